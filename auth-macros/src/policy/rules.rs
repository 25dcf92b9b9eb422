//! Turns rules into the bounds, constants and methods of a policy. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::model::Rules;
use crate::chain::Scheme;
use crate::permit::Permissions;
use crate::throttle::Throttles;
use crate::tokens::respanned;

/// The policy's rules if a handler states none: the paths before `::permit` and `::throttle`.
pub(crate) struct Fallback {
    pub(crate) permit: TokenStream,
    pub(crate) throttle: TokenStream,
    /// Whether the stated permission is part of `__WRITTEN`.
    pub(crate) is_written: bool,
}

impl Rules {
    /// Builds an alias for each stated permission and throttle.
    pub(crate) fn aliases(&self, runtime: &Path) -> TokenStream {
        let permissions = self.permit.as_ref().map(Permissions::aliases);
        let throttles = self.throttle.as_ref().map(|throttles| throttles.aliases(runtime));
        quote!(#permissions #throttles)
    }

    /// Returns the bounds of an impl on them, since it may know neither the state nor the user.
    pub(crate) fn bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let mut bounds = self.permit_bounds(runtime, state, user);
        bounds.extend(self.throttle_bounds(runtime, state, user));
        bounds
    }

    pub(crate) fn permit_bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let bounds = self.permit.iter().flat_map(Permissions::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::Permission<#state, #user>,);
            respanned(bound, leaf.span())
        });
        bounds.collect()
    }

    pub(crate) fn throttle_bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let bounds = self.throttle.iter().flat_map(Throttles::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::throttle::Throttle<#state, #user>,);
            respanned(bound, leaf.span())
        });
        bounds.collect()
    }

    /// Returns the permission as it was written, as an `Option` of a text.
    pub(crate) fn permit_text(&self) -> TokenStream {
        optional(self.permit.as_ref().map(Permissions::text))
    }

    /// Returns the throttles as they were written, as an `Option` of a text.
    pub(crate) fn throttle_text(&self) -> TokenStream {
        optional(self.throttle.as_ref().map(Throttles::text))
    }

    /// Builds the methods `permit` and `throttle`: from the stated rules, or else from `of`.
    ///
    /// They return the future of what they ask if they can, since each `async` block costs every handler compile time.
    pub(crate) fn methods(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: &Fallback,
    ) -> TokenStream {
        let access = quote!(access: &'a #runtime::permission::Access<'a, #state, #user>);
        let decision = quote!(::core::result::Result<(), #runtime::AuthError>);
        let future = sent_future(&decision);
        let Fallback { permit: other_permit, throttle: other_throttle, is_written } = of;
        let permit = match &self.permit {
            Some(_) if *is_written => quote! {
                fn permit<'a>(#access) -> #future {
                    #runtime::Permission::<#state, #user>::has_permission(&__WRITTEN.permission.0, access)
                }
            },
            Some(permit) => {
                let (ty, value, imports) = (permit.ty(runtime), permit.value(runtime), permit.imports(runtime));
                quote! {
                    fn permit<'a>(#access) -> #future {
                        #imports
                        static __PERMIT: #ty = #value;
                        #runtime::Permission::<#state, #user>::has_permission(&__PERMIT, access)
                    }
                }
            }
            None => quote!(fn permit<'a>(#access) -> #future { #other_permit::permit(access) }),
        };
        let throttle = match &self.throttle {
            Some(throttle) if throttle.is_none() => TokenStream::new(),
            Some(throttle) => {
                let body = throttle.body(runtime, state, user);
                quote!(async fn throttle<'a>(#access) -> #decision { #body })
            }
            None => quote!(fn throttle<'a>(#access) -> #future { #other_throttle::throttle(access) }),
        };
        quote!(#permit #throttle)
    }

    /// Returns whether handlers with these rules share the code that asks `schemes`. Not if they state their own throttles,
    /// which are not part of the written chain. A scheme with several options is asked in a loop, which is much faster if rustc
    /// knows each of them.
    pub(crate) fn shares_steps(&self, schemes: &[Scheme]) -> bool {
        let again = |(at, scheme): (usize, &Scheme)| schemes[..at].iter().any(|other| other.path == scheme.path);
        self.throttle.as_ref().is_none_or(Throttles::is_none) && !schemes.iter().enumerate().any(again)
    }

    /// Returns the type and the value of the permission in the written chain.
    pub(super) fn asks(&self, runtime: &Path) -> (TokenStream, TokenStream) {
        match &self.permit {
            Some(permit) => {
                let (ty, value) = (permit.ty(runtime), permit.value(runtime));
                (quote!(#runtime::__private::SomePermission<#ty>), quote!(#runtime::__private::SomePermission(#value)))
            }
            None => (quote!(#runtime::__private::StatePermission), quote!(#runtime::__private::StatePermission)),
        }
    }

    /// Builds the constants `HAS_PERMISSION` and `ANONYMOUS`: of the stated permission, or else of what `of` names.
    pub(crate) fn constants(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: &TokenStream,
    ) -> TokenStream {
        let (has_permission, anonymous) = match &self.permit {
            Some(permit) => {
                let ty = permit.ty(runtime);
                (quote!(true), quote!(<#ty as #runtime::Permission<#state, #user>>::ANONYMOUS))
            }
            None => (quote!(#of::HAS_PERMISSION), quote!(#of::ANONYMOUS)),
        };
        quote! {
            const HAS_PERMISSION: bool = #has_permission;
            const ANONYMOUS: #runtime::permission::Anonymous = #anonymous;
        }
    }

    /// Returns the source of the throttles in the written chain.
    pub(super) fn throttled_by(&self, runtime: &Path) -> TokenStream {
        match &self.throttle {
            Some(_) => quote!(#runtime::__private::NoThrottles),
            None => quote!(#runtime::__private::StateThrottles),
        }
    }
}

/// Builds an `Option` of a text.
fn optional(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// Returns the type of a future of this result that is `Send` and borrows for `'a`.
pub(super) fn sent_future(result: &TokenStream) -> TokenStream {
    quote!(impl ::core::future::Future<Output = #result> + ::core::marker::Send + 'a)
}
