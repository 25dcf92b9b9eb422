//! What is emitted of a handler whose declaration cannot work: the handler for the editor, which no router gets.

use syn::{FnArg, ItemFn, PatType, Path, Type};

use super::marks::mark;
use crate::attribute::is_named;

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
