//! The arguments that are marked `#[user]` or `#[auth]`.

use darling::error::Accumulator;
use syn::{Attribute, FnArg, ItemFn, Meta, Type};

use super::model::MarkedArgument;
use crate::attribute::{is_inert, is_lint, is_named, is_ours};
use crate::error::fault;
use crate::message;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mark {
    User,
    Auth,
}

pub(super) fn mark(attribute: &Attribute) -> Option<Mark> {
    if is_named(attribute, "user") {
        Some(Mark::User)
    } else if is_named(attribute, "auth") {
        Some(Mark::Auth)
    } else {
        None
    }
}

/// Finds an unknown attribute of an argument, such as a mark with a typing error.
pub(super) fn unknown_mark(function: &ItemFn) -> Option<&Attribute> {
    let arguments = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(&argument.attrs),
        FnArg::Receiver(_) => None,
    });
    arguments.flatten().find(|attribute| is_unknown(attribute))
}

/// Returns whether the attribute is neither ours nor the compiler's.
pub(super) fn is_unknown(attribute: &Attribute) -> bool {
    mark(attribute).is_none() && !is_inert(attribute) && attribute.path().get_ident().is_some()
}

/// Removes the marked arguments from the list.
pub(super) fn take_marked(
    function: &mut ItemFn,
    faults: &mut Accumulator,
) -> (Option<MarkedArgument>, Option<MarkedArgument>) {
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
        for with_args in marks.iter().filter(|mark| !matches!(mark.meta, Meta::Path(_))) {
            faults.push(fault(&with_args.meta, message::MARK_ARGS));
        }
        if let Some(second) = marks.get(1) {
            faults.push(fault(second.path(), message::BOTH_MARKS));
        }
        if let Type::Reference(reference) = &*argument.ty {
            faults.push(fault(reference, message::REFERENCE));
        }
        for beside in argument.attrs.iter().filter(|attribute| !is_lint(attribute)) {
            let message = if is_ours(beside) { message::ON_ARGUMENT } else { message::MARK_BESIDE };
            faults.push(fault(beside.path(), message));
        }
        let (slot, name) = if mark(first) == Some(Mark::User) { (&mut user, "user") } else { (&mut auth, "auth") };
        if slot.is_some() {
            faults.push(fault(first.path(), message::second_mark(name)));
        } else {
            *slot = Some(MarkedArgument { lints: argument.attrs, pattern: *argument.pat, ty: *argument.ty });
        }
    }
    (user, auth)
}
