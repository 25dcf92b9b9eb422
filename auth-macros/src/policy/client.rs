//! What rules require of a chain if a throttle counts by the client of the caller's login.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Path};

use super::model::Rules;
use crate::throttle::Throttles;
use crate::tokens::respanned;

impl Rules {
    /// Returns whether a throttle counts by the client.
    pub(crate) fn reads_client(&self) -> bool {
        self.throttle.as_ref().and_then(Throttles::reads_client).is_some()
    }

    /// Returns `.with_client()` if a throttle counts by the client.
    pub(crate) fn with_client(&self) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        span.map(|span| quote_spanned!(span=> .with_client())).unwrap_or_default()
    }

    /// Asserts that the credentials of each scheme reveal the client, if a throttle counts by it.
    pub(crate) fn client_asserts(&self, runtime: &Path, schemes: &[Ident]) -> TokenStream {
        let Some(span) = self.throttle.as_ref().and_then(Throttles::reads_client) else { return TokenStream::new() };
        let schemes = schemes.iter().map(|scheme| {
            let scheme = Ident::new(&scheme.to_string(), span);
            respanned(quote!(#runtime::__private::assert_tells_client::<#scheme>();), span)
        });
        quote_spanned!(span=> const _: () = { #(#schemes)* };)
    }

    /// Asserts the same of the credentials of a policy.
    pub(crate) fn client_assert(&self, runtime: &Path, credentials: &TokenStream) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        let assert =
            span.map(|span| respanned(quote!(#runtime::__private::assert_login_credentials::<#credentials>();), span));
        assert.unwrap_or_default()
    }

    /// Returns the bound on the credentials if a throttle counts by the client.
    pub(crate) fn client_bound(&self, runtime: &Path, credentials: &TokenStream) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        let bound = span.map(|span| respanned(quote!(#credentials: #runtime::store::LoginCredentials,), span));
        bound.unwrap_or_default()
    }
}
