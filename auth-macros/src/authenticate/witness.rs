//! Items beside a handler that keep it from compiling without its guard.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::Visit;
use syn::{Attribute, FnArg, ItemFn, Meta, Path};

use super::signature::is_always_there;
use crate::tokens::split;

/// Builds a function with the demands on the handler. It is never called, and its name keeps rustc from reporting that. It does
/// not count as a use of the items that it names, so rustc still warns about a handler that no router has.
pub(super) fn function(demands: &TokenStream) -> TokenStream {
    quote! {
        #[allow(deprecated)]
        fn _witness_of_the_handler() { #demands }
    }
}

/// Asserts that the first argument of the handler guards it by `policy`. `before` is the path before its name.
///
/// Returns nothing if the handler cannot be named without its parameters.
pub(super) fn of_guard(
    function: &ItemFn,
    before: &TokenStream,
    policy: &TokenStream,
    runtime: &Path,
) -> Option<TokenStream> {
    let mut parameters = HasParameters(!function.sig.generics.params.is_empty());
    let inputs = &function.sig.inputs;
    inputs.iter().for_each(|input| parameters.visit_fn_arg(input));
    if parameters.0 {
        return None;
    }
    let is_certain = |input: &FnArg| matches!(input, FnArg::Typed(argument) if is_always_there(argument));
    let arguments = if inputs.iter().all(is_certain) {
        let each = inputs.iter().map(|_| quote!(_));
        quote!((#(#each,)*))
    } else {
        quote!(_)
    };
    let name = &function.sig.ident;
    Some(quote_spanned!(name.span()=> #runtime::__private::assert_guarded::<#policy, #arguments, _>(&#before #name);))
}

/// Finds implicit type parameters: `impl Trait`, or a macro that may expand to it.
struct HasParameters(bool);

impl Visit<'_> for HasParameters {
    fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
        self.0 = true;
    }

    fn visit_type_macro(&mut self, _: &syn::TypeMacro) {
        self.0 = true;
    }

    fn visit_pat(&mut self, _: &syn::Pat) {}
}

/// Returns the attributes that decide whether the handler exists at all, for the items beside it.
pub(super) fn configuration(attributes: &[Attribute]) -> Vec<TokenStream> {
    let metas = attributes.iter().filter_map(|attribute| configuring(&attribute.meta));
    metas.map(|meta| quote!(#[#meta])).collect()
}

/// Returns `cfg(..)`, or the part of a `cfg_attr(..)` that amounts to one.
fn configuring(meta: &Meta) -> Option<TokenStream> {
    let Meta::List(list) = meta else { return None };
    if list.path.is_ident("cfg") {
        return Some(meta.to_token_stream());
    }
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let mut parts = split(list.tokens.clone()).into_iter();
    let predicate = parts.next()?;
    let inner: Vec<_> =
        parts.filter_map(|part| syn::parse2::<Meta>(part).ok()).filter_map(|meta| configuring(&meta)).collect();
    (!inner.is_empty()).then(|| quote!(cfg_attr(#predicate, #(#inner),*)))
}
