//! What a scheme is: [`Authenticator`], [`Scheme`], and what one says of a request.

use std::future::Future;

use http::request::Parts;

use super::outcome::SchemeResult;
use crate::cross_site::CsrfCheck;
use crate::identity::User;
use crate::wire::challenge::Challenge;

/// A struct that can be named in `#[authenticate(..)]`, with the options it has there.
///
/// `#[derive(Authenticator)]` implements it. Deriving it without any `#[authenticator(..)]` attribute is how a scheme
/// whose [`Scheme`] is written by hand becomes usable in a chain:
///
/// ```
/// use auth_runtime::{Authenticator, Outcome, Scheme, User, SchemeResult, http::request::Parts};
///
/// #[derive(Clone)]
/// struct Caller(String);
/// impl User for Caller {
///     fn id(&self) -> std::borrow::Cow<'_, str> { self.0.as_str().into() }
/// }
///
/// #[derive(Authenticator)]
/// struct XUsername;
///
/// impl<S: Sync> Scheme<S> for XUsername {
///     type User = Caller;
///     async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Caller> {
///         match request.headers.get("x-username").map(|name| name.to_str()) {
///             Some(Ok(name)) if !name.is_empty() => Ok(Outcome::Authenticated(Caller(name.into()), ())),
///             _ => Ok(Outcome::Skipped),
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used in `#[authenticate(..)]`",
    label = "not an authentication scheme",
    note = "add `#[derive(Authenticator)]` to `{Self}`; with `#[authenticator(header = \"..\", verify = ..)]` it is complete, \
            without it implement `Scheme` by hand",
    note = "if `{Self}` is a policy, write `#[authenticate(policy = {Self})]`",
    note = "the built-in schemes are `Basic`, `Bearer`, `RemoteUser`, `Session` and `Token` of `auth_runtime::scheme`; those of \
            `auth_signatures` are `Hawk`, `HawkBewit`, `HttpSignature` and `CavageSignature`"
)]
pub trait Authenticator: Sized + Send + Sync + 'static {
    /// The credentials a request carries besides its user, such as an [`AccessToken`](crate::store::AccessToken);
    /// `()` when there is nothing to tell.
    type Auth: Send + 'static;

    /// The name reported by [`Identity::scheme`](crate::Identity::scheme) and in traces.
    const NAME: &'static str;

    /// The options as they are where `#[authenticate(..)]` does not set them.
    const DEFAULT: Self;

    /// How the requests of this scheme are checked for [cross-site request forgery](crate::csrf). By default as those of a
    /// scheme whose credentials a browser may send by itself.
    ///
    /// The derive sets it by what the scheme reads, or as its key `csrf` says.
    const CSRF: CsrfCheck = CsrfCheck::Browser;
}

/// A scheme that can identify the caller of a request served with state `S`.
///
/// A scheme only reads the head of a request: it never consumes a body and changes nothing.
#[diagnostic::on_unimplemented(
    message = "the scheme `{Self}` does not work with the router state `{S}`",
    label = "needs something that `{S}` does not have",
    note = "a scheme of your own needs `impl Scheme<{S}> for {Self}`",
    note = "a built-in scheme needs `impl AuthState for {S}` whose backend implements the scheme's store: `PasswordStore` for \
            `Basic`, `TokenStore` for `Bearer` and `Token`, `LoginStore` for `Session`, `RemoteUserStore` for `RemoteUser`",
    note = "a derived scheme works with the state it names: `#[authenticator(state = {S}, ..)]`, or with every state without it"
)]
pub trait Scheme<S>: Authenticator {
    /// Who the caller is.
    type User: User;

    /// Looks for this scheme's credentials in `request` and verifies them.
    ///
    /// # Errors
    ///
    /// [`AuthError::authentication_failed`](crate::AuthError::authentication_failed) when the credentials are wrong: no later scheme is asked.
    /// [`AuthError::unavailable`](crate::AuthError::unavailable) when a store does not answer. `?` on a store call does that.
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = SchemeResult<Self::User, Self::Auth>> + Send + 'a;

    /// Whether the request has anything for this scheme at all. Where there is nothing, a chain of several schemes passes over this
    /// one without more ado.
    ///
    /// True unless implemented otherwise. It must be cheap, and false only where [`authenticate`](Self::authenticate) would say
    /// [`Outcome::Skipped`](crate::Outcome::Skipped).
    fn is_addressed(&self, request: &Parts, state: &S) -> bool {
        let _ = (request, state);
        true
    }

    /// The first of several that is [addressed](Self::is_addressed), for a scheme that stands with several options.
    #[doc(hidden)]
    fn first_addressed(schemes: &[Self], request: &Parts, state: &S) -> Option<usize> {
        schemes.iter().position(|scheme| scheme.is_addressed(request, state))
    }

    /// What `WWW-Authenticate` says when this scheme stands first in its chain (RFC 9110 section 11.6.1).
    ///
    /// `None` turns every 401 of the chain into a 403.
    fn challenge(&self) -> Option<Challenge> {
        None
    }

    /// The challenges of all that this scheme accepts: several where it stands with several options.
    #[doc(hidden)]
    fn challenges(&self) -> Vec<Option<Challenge>> {
        vec![self.challenge()]
    }
}
