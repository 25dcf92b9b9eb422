//! The rules that need more than one token. All faults are collected.

use darling::Error;
use darling::error::Accumulator;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::{Attribute, Ident, ItemFn, Path, ReturnType, Type};

use super::attr::Args;
use super::marks::{mark, take_marked, unknown_mark};
use super::model::{Chain, Handler, MarkedArgument, Owner};
use super::signature::{arguments, is_always_there, is_csrf_form, names_parameter, parameters_of, state_argument};
use crate::attribute::{is_inert, is_named, ours_in_cfg_attr};
use crate::chain::twice_apart;
use crate::error::fault;
use crate::policy::Rules;
use crate::tokens::text;
use crate::{chain, crate_path, message, permit, throttle};

/// The maximum number of arguments for which axum implements `Handler`.
const MOST_ARGUMENTS: usize = 16;

pub(super) fn check(args: Args, mut function: ItemFn, owner: Option<&Owner>) -> Result<Handler, Error> {
    let mut faults = Error::accumulator();
    check_shape(&function, &mut faults);
    let (is_permit_stated, permit) =
        take(&mut function, "permit", message::PERMIT_TWICE, permit::of_attribute, &mut faults);
    let (_, throttle) = take(&mut function, "throttle", message::THROTTLE_TWICE, throttle::of_attribute, &mut faults);
    let (user, auth) = take_marked(&mut function, &mut faults);
    let Args { schemes, none, policy, state, challenges, crate_path, faults: of_syntax } = args;
    let syntax_is_good = of_syntax.is_empty();
    faults.extend(of_syntax);

    check_neighbours(&schemes, none.as_ref(), policy.as_ref(), challenges.as_ref(), &mut faults);
    chain::check_length(&schemes, &mut faults);
    let argument = user.as_ref().or(auth.as_ref());
    if let (Some(_), Some(argument)) = (&none, argument) {
        faults.push(fault(&argument.pattern, message::NONE_WITH_ARGUMENT));
    }
    if argument.is_none() && !is_permit_stated && syntax_is_good {
        // May be one of ours that the user imported under another name.
        let is_known = |attribute: &Attribute| {
            is_inert(attribute) || is_named(attribute, "authenticate") || mark(attribute).is_some()
        };
        let unknown = function.attrs.iter().find(|attribute| !is_known(attribute));
        let is_hidden = function.attrs.iter().any(|attribute| ours_in_cfg_attr(&attribute.meta).is_some());
        let has_mark = function.attrs.iter().any(|attribute| mark(attribute).is_some());
        match unknown {
            _ if is_hidden || has_mark => {}
            _ if let Some(mark) = unknown_mark(&function) => faults.push(fault(mark.path(), message::UNKNOWN_MARK)),
            Some(unknown) => faults.push(fault(unknown.path(), message::unread_caller_beside(&text(unknown.path())))),
            None => faults.push(fault(&function.sig.ident, message::UNREAD_CALLER)),
        }
    }
    if let (Some(_), Some(scheme)) = (&auth, twice_apart(&schemes)) {
        faults.push(fault(&scheme.path, message::TWICE_APART));
    }
    if function.sig.inputs.len() >= MOST_ARGUMENTS {
        faults.push(fault(&function.sig.inputs[MOST_ARGUMENTS - 1], message::TOO_MANY_ARGUMENTS));
    }
    if owner.is_some() {
        let paths = schemes.iter().map(|scheme| &scheme.path).chain(policy.iter().map(|(_, path)| path));
        for path in paths.filter(|path| path.segments.first().is_some_and(|first| first.ident == "Self")) {
            faults.push(fault(path, message::HANDLERS_SELF));
        }
    }

    let router_state = state.filter(|state| !names_parameter(state, &function));
    let from_argument = || state_argument(&function).filter(|state| !names_parameter(state, &function));
    let state = router_state.clone().or_else(from_argument);
    let chain = match (policy, none.is_none() && schemes.is_empty()) {
        (Some((_, path)), _) => {
            let parameters = parameters_of(&path, &function);
            Chain::Policy { path, parameters }
        }
        (None, true) => Chain::StateDefault,
        (None, false) => Chain::Schemes { schemes, all_challenges: challenges.is_some_and(|(_, all)| all) },
    };
    if let Some(auth) = &auth {
        check_selectable(auth, &chain, state.as_ref(), &mut faults);
    }
    let policy_name = match owner {
        Some(Owner { name, .. }) => {
            format_ident!("__auth_{}_{}", name, function.sig.ident, span = function.sig.ident.span())
        }
        None => format_ident!("__auth_{}", function.sig.ident),
    };
    let csrf_form = arguments(&function)
        .find(|argument| is_csrf_form(&argument.ty) && is_always_there(argument))
        .map(|form| (*form.ty).clone());
    faults.finish_with(Handler {
        function,
        chain,
        rules: Rules { permit, throttle },
        user,
        auth,
        csrf_form,
        state,
        router_state,
        runtime: crate_path.unwrap_or_else(crate_path::default),
        policy_name,
        before: owner.map_or_else(|| Some(TokenStream::new()), |owner| owner.before.clone()),
    })
}

fn check_shape(function: &ItemFn, faults: &mut Accumulator) {
    let returns_future = match &function.sig.output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => ty.to_token_stream().to_string().contains("Future"),
    };
    if function.sig.asyncness.is_none() && !returns_future {
        faults.push(fault(&function.sig.fn_token, message::NOT_ASYNC));
    }
    if let Some(receiver) = function.sig.receiver() {
        faults.push(fault(receiver, message::SELF_ARGUMENT));
    }
    for second in function.attrs.iter().filter(|attribute| is_named(attribute, "authenticate")) {
        faults.push(fault(second.path(), message::TWO_AUTHENTICATE));
    }
    for mark in function.attrs.iter().filter(|attribute| mark(attribute).is_some()) {
        faults.push(fault(mark.path(), message::MARK_ON_HANDLER));
    }
    for hidden in function.attrs.iter().filter_map(|attribute| ours_in_cfg_attr(&attribute.meta)) {
        faults.push(fault(&hidden, message::BY_CFG_ATTR));
    }
}

/// Removes one of our attributes. Returns whether it exists, and its content if it can be read.
fn take<T>(
    function: &mut ItemFn,
    name: &str,
    twice: &str,
    read: impl Fn(&Attribute) -> darling::Result<T>,
    faults: &mut Accumulator,
) -> (bool, Option<T>) {
    let mut is_stated = false;
    let mut stated = None;
    function.attrs.retain(|attribute| {
        if !is_named(attribute, name) {
            return true;
        }
        if is_stated {
            faults.push(fault(attribute.path(), twice));
        } else {
            is_stated = true;
            stated = faults.handle(read(attribute));
        }
        false
    });
    (is_stated, stated)
}

/// Checks for parts of the parentheses that exclude each other.
fn check_neighbours(
    schemes: &[chain::Scheme],
    none: Option<&Path>,
    policy: Option<&(Ident, Path)>,
    challenges: Option<&(Ident, bool)>,
    faults: &mut Accumulator,
) {
    if let Some(none) = none
        && (!schemes.is_empty() || policy.is_some() || challenges.is_some())
    {
        faults.push(fault(none, message::NONE_WITH_OTHERS));
        return;
    }
    if let (Some((key, _)), false) = (policy, schemes.is_empty()) {
        faults.push(fault(key, message::POLICY_WITH_SCHEMES));
    }
    if let (Some((key, _)), true) = (challenges, schemes.is_empty()) {
        faults.push(fault(key, message::CHALLENGES_ELSEWHERE));
    }
}

/// Credentials can only be picked where their types are known: in a chain that is written out, or with a known state.
fn check_selectable(auth: &MarkedArgument, chain: &Chain, state: Option<&Type>, faults: &mut Accumulator) {
    match chain {
        Chain::Policy { parameters, .. } if !parameters.is_empty() => {
            faults.push(fault(&auth.ty, message::AUTH_OF_GENERIC_POLICY));
        }
        Chain::Policy { .. } | Chain::StateDefault if state.is_none() => {
            faults.push(fault(&auth.ty, message::AUTH_WITHOUT_STATE));
        }
        _ => {}
    }
}
