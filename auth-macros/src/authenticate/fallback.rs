//! The output for a handler with a faulty declaration: the handler for the editor, which no router gets.

use syn::{FnArg, ItemFn, PatType, Path, TraitItemFn, Type};

use super::marks::{is_unknown, mark};
use crate::attribute::{Note, is_ours, ours_in_cfg_attr};

/// Returns the handler without our marks, so that an editor and rustc see the rest of it.
pub(super) fn without_marks(mut function: ItemFn, runtime: &Path) -> ItemFn {
    function.attrs.retain(|attribute| {
        !is_ours(attribute) && mark(attribute).is_none() && ours_in_cfg_attr(&attribute.meta).is_none()
    });
    Note::Faulty.leave(&mut function.attrs);
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(argument) = input {
            let before = argument.attrs.len();
            argument.attrs.retain(|attribute| mark(attribute).is_none() && !is_unknown(attribute));
            if argument.attrs.len() < before && !matches!(*argument.ty, Type::Reference(_)) {
                let PatType { pat, ty, .. } = argument;
                *argument = syn::parse_quote!(#runtime::__private::Faulty(#pat): #runtime::__private::Faulty<#ty>);
            }
        }
    }
    function
}

/// Returns a method without a body, without our marks.
pub(super) fn declared_without_marks(mut method: TraitItemFn) -> TraitItemFn {
    method.attrs.retain(|attribute| !is_ours(attribute));
    for input in &mut method.sig.inputs {
        if let FnArg::Typed(argument) = input {
            argument.attrs.retain(|attribute| mark(attribute).is_none());
        }
    }
    method
}
