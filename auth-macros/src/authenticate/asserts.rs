//! Assertions on a handler's own types: on its arguments if the router state is known, and on its return type.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{FnArg, ItemFn, Path, ReturnType, Type};

use super::signature::{is_always_there, names_parameter};

/// Asserts that each argument is an extractor for `state`. If an argument may be configured out, so may its type.
pub(super) fn of_arguments(function: &ItemFn, state: &Type, runtime: &Path) -> TokenStream {
    let inputs = &function.sig.inputs;
    let asserts = inputs.iter().enumerate().filter_map(|(at, input)| {
        let FnArg::Typed(argument) = input else { return None };
        let ty = &*argument.ty;
        if !is_always_there(argument) || !stands_alone(ty, function) {
            return None;
        }
        // Whether the last argument that is certainly present is the last one.
        let is_last = inputs.iter().skip(at + 1).all(|later| !matches!(later, FnArg::Typed(it) if is_always_there(it)));
        Some(if is_last {
            quote_spanned!(ty.span()=> #runtime::__private::assert_last_extractor::<#ty, #state, _>();)
        } else {
            quote_spanned!(ty.span()=> #runtime::__private::assert_extractor::<#ty, #state>();)
        })
    });
    asserts.collect()
}

/// Asserts that the handler returns a response.
pub(super) fn of_result(function: &ItemFn, runtime: &Path) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = &function.sig.output else { return None };
    if function.sig.asyncness.is_none() || matches!(**ty, Type::Never(_)) || !stands_alone(ty, function) {
        return None;
    }
    Some(quote_spanned!(ty.span()=> #runtime::__private::assert_returned::<#ty>();))
}

/// Returns whether the type means the same outside of the handler.
pub(super) fn stands_alone(ty: &Type, function: &ItemFn) -> bool {
    let mut needs = NeedsTheHandler(false);
    needs.visit_type(ty);
    !needs.0 && !names_parameter(ty, function) && function.sig.generics.const_params().next().is_none()
}

/// Finds what a type can only contain in the signature of its function: elided or named lifetimes, `Self`, `impl Trait`, and
/// macros, which may expand to these.
struct NeedsTheHandler(bool);

impl Visit<'_> for NeedsTheHandler {
    fn visit_lifetime(&mut self, lifetime: &syn::Lifetime) {
        self.0 |= lifetime.ident != "static";
    }

    fn visit_type_reference(&mut self, reference: &syn::TypeReference) {
        self.0 |= reference.lifetime.is_none();
        syn::visit::visit_type_reference(self, reference);
    }

    fn visit_path(&mut self, path: &Path) {
        self.0 |= path.segments.first().is_some_and(|first| first.ident == "Self");
        syn::visit::visit_path(self, path);
    }

    fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
        self.0 = true;
    }

    fn visit_type_infer(&mut self, _: &syn::TypeInfer) {
        self.0 = true;
    }

    fn visit_type_macro(&mut self, _: &syn::TypeMacro) {
        self.0 = true;
    }
}
