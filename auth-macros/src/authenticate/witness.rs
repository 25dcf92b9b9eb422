//! What stands beside a handler so that it does not compile without its guard.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::Visit;
use syn::{Attribute, FnArg, ItemFn, Meta, Path};

use super::signature::is_always_there;
use crate::tokens::split;

/// A function with what is demanded of the handler. It is called by nobody, and its name keeps rustc from saying so; nor is what
/// it names in use by that, so that rustc still warns of a handler that no router has.
pub(super) fn function(demands: &TokenStream) -> TokenStream {
    quote! {
        #[allow(deprecated)]
        fn _witness_of_the_handler() { #demands }
    }
}

/// That the first argument of the handler guards it by `policy`. `before` is what stands before its name in a path.
///
/// Nothing where the handler cannot be named without its parameters.
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

/// Whether a type has parameters that are not written as such: `impl Trait`, or what a macro may make of it.
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

/// What of the attributes decides whether the handler is there at all, for the items that stand beside it.
pub(super) fn configuration(attributes: &[Attribute]) -> Vec<TokenStream> {
    let metas = attributes.iter().filter_map(|attribute| configuring(&attribute.meta));
    metas.map(|meta| quote!(#[#meta])).collect()
}

/// `cfg(..)`, and what of a `cfg_attr(..)` comes to one.
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
