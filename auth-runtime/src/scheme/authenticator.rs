//! What a scheme is: [`Authenticator`] and [`Scheme`].

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
    /// The credentials of a request besides its user, such as an [`AccessToken`](crate::store::AccessToken). `()` if there are
    /// none to return.
    type Auth: Send + 'static;

    /// The name reported by [`Identity::scheme`](crate::Identity::scheme) and in traces.
    const NAME: &'static str;

    /// The options that hold where `#[authenticate(..)]` does not set them.
    const DEFAULT: Self;

    /// How the requests of this scheme are checked for [cross-site request forgery](crate::csrf). By default, the check for
    /// credentials that a browser may send by itself.
    ///
    /// The derive sets it according to what the scheme reads, or to its key `csrf`.
    const CSRF: CsrfCheck = CsrfCheck::Browser;
}

/// A scheme that can identify the caller of a request served with state `S`.
///
/// A scheme only reads the head of a request: it never consumes a body and does not change anything.
#[diagnostic::on_unimplemented(
    message = "the scheme `{Self}` does not work with the router state `{S}`",
    label = "needs something that `{S}` does not have",
    note = "a scheme of your own needs `impl Scheme<{S}> for {Self}`",
    note = "a built-in scheme needs `impl AuthState for {S}` whose backend implements the scheme's store: `PasswordStore` for \
            `Basic`, `TokenStore` for `Bearer` and `Token`, `LoginStore` for `Session`, `RemoteUserStore` for `RemoteUser`",
    note = "a derived scheme works with the state it names: `#[authenticator(state = {S}, ..)]`, or with every state without it"
)]
pub trait Scheme<S>: Authenticator {
    /// The type of the user.
    type User: User;

    /// Looks for this scheme's credentials in `request` and verifies them.
    ///
    /// # Errors
    ///
    /// [`AuthError::authentication_failed`](crate::AuthError::authentication_failed) if the credentials are wrong: later
    /// schemes are not asked. [`AuthError::unavailable`](crate::AuthError::unavailable) if a store does not answer; `?` on a
    /// store call returns that.
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = SchemeResult<Self::User, Self::Auth>> + Send + 'a;

    /// Returns whether the request may have credentials for this scheme. If not, a chain of several schemes skips it.
    ///
    /// `true` by default. It must be cheap, and must only return `false` if [`authenticate`](Self::authenticate) would return
    /// [`Outcome::Skipped`](crate::Outcome::Skipped).
    fn is_addressed(&self, request: &Parts, state: &S) -> bool {
        let _ = (request, state);
        true
    }

    /// Returns the index of the first of several schemes that is [addressed](Self::is_addressed), for a scheme that appears
    /// with several options.
    #[doc(hidden)]
    fn first_addressed(schemes: &[Self], request: &Parts, state: &S) -> Option<usize> {
        schemes.iter().position(|scheme| scheme.is_addressed(request, state))
    }

    /// Returns the value of `WWW-Authenticate` if this scheme is first in its chain (RFC 9110 section 11.6.1).
    ///
    /// `None` turns every 401 of the chain into a 403.
    fn challenge(&self) -> Option<Challenge> {
        None
    }

    /// Returns the challenges of everything that this scheme accepts: several, if it appears with several options.
    #[doc(hidden)]
    fn challenges(&self) -> Vec<Option<Challenge>> {
        vec![self.challenge()]
    }
}
