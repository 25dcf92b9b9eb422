//! The arguments that are marked `#[user]` or `#[auth]`.

use darling::error::Accumulator;
use syn::{Attribute, FnArg, ItemFn, Meta, Type};

use super::model::MarkedArgument;
use crate::attribute::{is_lint, is_named};
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

/// Takes the marked arguments out of the list.
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
            faults.push(fault(beside.path(), message::MARK_BESIDE));
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
