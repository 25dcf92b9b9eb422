//! The rules that need more than one token. All faults are collected.

use darling::Error;
use darling::error::Accumulator;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::visit::Visit;
use syn::{Attribute, FnArg, GenericParam, Ident, ItemFn, PatType, Path, ReturnType, Type};

use super::Owner;
use super::attr::Args;
use super::model::{Chain, Handler, Marked};
use crate::chain::twice_apart;
use crate::error::fault;
use crate::permit::{Permissions, is_named};
use crate::policy::Rules;
use crate::throttle::Throttles;
use crate::{chain, crate_path, message};

/// As many arguments as axum implements `Handler` for.
const MOST_ARGUMENTS: usize = 16;

pub(super) fn check(args: Args, mut function: ItemFn, owner: Option<&Owner>) -> Result<Handler, Error> {
    let mut faults = Error::accumulator();
    check_shape(&function, &mut faults);
    let (is_permit_stated, permit) =
        take(&mut function, "permit", message::PERMIT_TWICE, Permissions::of_attribute, &mut faults);
    let (_, throttle) = take(&mut function, "throttle", message::THROTTLE_TWICE, Throttles::of_attribute, &mut faults);
    let (user, auth) = take_marked(&mut function, &mut faults);
    let Args { schemes, none, policy, state, challenges, crate_path, faults: of_syntax } = args;
    let syntax_is_good = of_syntax.is_empty();
    faults.extend(of_syntax);

    check_neighbours(&schemes, none.as_ref(), policy.as_ref(), challenges.as_ref(), &mut faults);
    chain::check_length_of(&schemes, &mut faults);
    let argument = user.as_ref().or(auth.as_ref());
    if let (Some(_), Some(argument)) = (&none, argument) {
        faults.push(fault(&argument.pattern, message::NONE_WITH_ARGUMENT));
    }
    if argument.is_none() && !is_permit_stated && syntax_is_good {
        faults.push(fault(&function.sig.ident, message::UNREAD_CALLER));
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

/// The handler without our marks, so that an editor and rustc see the rest of it.
pub(super) fn without_marks(mut function: ItemFn, runtime: &Path) -> ItemFn {
    let ours = ["authenticate", "permit", "throttle"];
    function.attrs.retain(|attribute| !ours.iter().any(|name| is_named(attribute, name)));
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(argument) = input {
            let before = argument.attrs.len();
            argument.attrs.retain(|attribute| mark(attribute).is_none());
            if argument.attrs.len() < before && !matches!(*argument.ty, Type::Reference(_)) {
                let PatType { pat, ty, .. } = argument;
                *argument = syn::parse_quote!(#runtime::__private::Faulty(#pat): #runtime::__private::Faulty<#ty>);
            }
        }
    }
    function
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
}

/// Takes an attribute of ours away. Whether there is one, and what it says if it can be read.
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

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    User,
    Auth,
}

fn mark(attribute: &Attribute) -> Option<Mark> {
    if attribute.path().is_ident("user") {
        Some(Mark::User)
    } else if attribute.path().is_ident("auth") {
        Some(Mark::Auth)
    } else {
        None
    }
}

/// Takes the marked arguments out of the list.
fn take_marked(function: &mut ItemFn, faults: &mut Accumulator) -> (Option<Marked>, Option<Marked>) {
    let (mut user, mut auth) = (None, None);
    let inputs = std::mem::take(&mut function.sig.inputs);
    for input in inputs {
        let FnArg::Typed(mut argument) = input else {
            function.sig.inputs.push(input);
            continue;
        };
        let marks: Vec<_> = argument.attrs.extract_if(.., |attribute| mark(attribute).is_some()).collect();
        let Some(first) = marks.first() else {
            function.sig.inputs.push(FnArg::Typed(argument));
            continue;
        };
        for with_args in marks.iter().filter(|mark| !matches!(mark.meta, syn::Meta::Path(_))) {
            faults.push(fault(&with_args.meta, message::MARK_ARGS));
        }
        if let Some(second) = marks.get(1) {
            faults.push(fault(second.path(), message::BOTH_MARKS));
        }
        if let Type::Reference(reference) = &*argument.ty {
            faults.push(fault(reference, message::REFERENCE));
        }
        for beside in argument.attrs.iter().filter(|attribute| !is_lint(attribute)) {
            faults.push(fault(beside.path(), message::MARK_BESIDE));
        }
        let (slot, name) = if mark(first) == Some(Mark::User) { (&mut user, "user") } else { (&mut auth, "auth") };
        if slot.is_some() {
            faults.push(fault(first.path(), message::second_mark(name)));
        } else {
            *slot = Some(Marked { lints: argument.attrs, pattern: *argument.pat, ty: *argument.ty });
        }
    }
    (user, auth)
}

/// What may not stand beside each other in the parentheses.
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

/// Credentials are picked where their types are known: in a chain that is written out, or with a known state.
fn check_selectable(auth: &Marked, chain: &Chain, state: Option<&Type>, faults: &mut Accumulator) {
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

fn arguments(function: &ItemFn) -> impl Iterator<Item = &PatType> {
    function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    })
}

/// Whether the attribute of an argument is a lint, so that the argument is there whatever it says.
pub(super) fn is_lint(attribute: &Attribute) -> bool {
    const LINTS: [&str; 5] = ["allow", "deny", "expect", "forbid", "warn"];
    LINTS.iter().any(|lint| attribute.path().is_ident(lint))
}

/// Whether no attribute can take the argument away, as `cfg` and `cfg_attr` can, and as others might.
pub(super) fn is_always_there(argument: &PatType) -> bool {
    argument.attrs.iter().all(is_lint)
}

fn is_csrf_form(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "CsrfForm"))
}

/// The `T` of the only type `State<T>` among the arguments, as axum's `debug_handler` takes it.
fn state_argument(function: &ItemFn) -> Option<Type> {
    let mut states = arguments(function).filter(|argument| is_always_there(argument)).filter_map(|argument| {
        let Type::Path(path) = &*argument.ty else { return None };
        let last = path.path.segments.last().filter(|last| last.ident == "State")?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        match arguments.args.first() {
            Some(syn::GenericArgument::Type(state)) if arguments.args.len() == 1 => Some(state.clone()),
            _ => None,
        }
    });
    let first = states.next()?;
    states.all(|other| other == first).then_some(first)
}

fn type_parameters(function: &ItemFn) -> Vec<&Ident> {
    let parameters = function.sig.generics.params.iter();
    parameters
        .filter_map(|parameter| if let GenericParam::Type(ty) = parameter { Some(&ty.ident) } else { None })
        .collect()
}

struct Names<'a> {
    wanted: &'a Ident,
    found: bool,
}

impl Visit<'_> for Names<'_> {
    fn visit_path(&mut self, path: &Path) {
        self.found |= path.segments.first().is_some_and(|first| first.ident == *self.wanted);
        syn::visit::visit_path(self, path);
    }
}

/// Whether the type names a type parameter of the handler.
pub(super) fn names_parameter(ty: &Type, function: &ItemFn) -> bool {
    type_parameters(function).into_iter().any(|wanted| {
        let mut names = Names { wanted, found: false };
        names.visit_type(ty);
        names.found
    })
}

fn parameters_of(path: &Path, function: &ItemFn) -> Vec<Ident> {
    let mut parameters = type_parameters(function);
    parameters.retain(|wanted| {
        let mut names = Names { wanted, found: false };
        names.visit_path(path);
        names.found
    });
    parameters.into_iter().cloned().collect()
}
