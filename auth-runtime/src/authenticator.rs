//! What a scheme is: [`Authenticator`], [`Scheme`], and what one says of a request.

use std::future::Future;

use http::request::Parts;

use crate::body::Deferred;
use crate::challenge::Challenge;
use crate::csrf::CsrfCheck;
use crate::error::AuthError;
use crate::identity::User;

/// A struct that can be named in `#[authenticate(..)]`, with the options it has there.
///
/// `#[derive(Authenticator)]` implements it. Deriving it without any `#[authenticator(..)]` attribute is how a scheme
/// whose [`Scheme`] is written by hand becomes usable in a chain:
///
/// ```
/// use auth_runtime::{Authenticator, Outcome, Scheme, User, Verdict, http::request::Parts};
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
///     async fn authenticate(&self, request: &Parts, _: &S) -> Verdict<Caller> {
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
    /// [`AuthError::authentication_failed`] when the credentials are wrong: no later scheme is asked.
    /// [`AuthError::unavailable`] when a store does not answer. `?` on a store call does that.
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Verdict<Self::User, Self::Auth>> + Send + 'a;

    /// Whether the request has anything for this scheme at all. Where there is nothing, a chain of several schemes passes over this
    /// one without more ado.
    ///
    /// True unless implemented otherwise. It must be cheap, and false only where [`authenticate`](Self::authenticate) would say
    /// [`Outcome::Skipped`].
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

/// What a scheme says of a request, or why it refuses it.
pub type Verdict<U, A = ()> = Result<Outcome<U, A>, AuthError>;

/// What a scheme says of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<U, A = ()> {
    /// The request carries no credentials for this scheme: the next one is asked.
    Skipped,
    /// The credentials are right.
    Authenticated(U, A),
    /// No credentials, but this is the user and auth that an unauthenticated request has: the chain ends here and the
    /// request stays anonymous. For a scheme at the end of a chain that replaces the anonymous default. A handler sees the auth
    /// in an `Option` alone: an `#[auth]` argument without one needs an authenticated caller.
    Anonymous(Option<U>, Option<A>),
    /// The credentials are right, provided that what the scheme hands on holds.
    ///
    /// [`Session`](crate::scheme::Session) hands on the CSRF secret of its login. A scheme for signed bodies hands on what
    /// verifies the body: the request is refused unless [`BodyLayer`](crate::body::BodyLayer) is around the router.
    Deferred(U, A, Deferred),
}

impl<U, A> Outcome<U, A> {
    /// The same outcome for another user type, for a scheme that wraps another.
    pub fn map_user<V>(self, map: impl FnOnce(U) -> V) -> Outcome<V, A> {
        match self {
            Self::Skipped => Outcome::Skipped,
            Self::Authenticated(user, auth) => Outcome::Authenticated(map(user), auth),
            Self::Anonymous(user, auth) => Outcome::Anonymous(user.map(map), auth),
            Self::Deferred(user, auth, check) => Outcome::Deferred(map(user), auth, check),
        }
    }
}

/// The part of a request that a scheme reads. Two schemes that claim the same part cannot stand in one chain: the first
/// would refuse what the second could have accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// `Authorization` with this keyword, compared without regard to case.
    Authorization(&'static str),
    /// The cookie with this name.
    Cookie(&'static str),
    /// The header with this name, compared without regard to case.
    Header(&'static str),
    /// The parameter with this name in the query string.
    Query(&'static str),
    /// The login cookie, whatever [`SessionSettings`](crate::settings::SessionSettings) calls it.
    Login,
    /// What the trusted gateway says.
    Gateway,
    /// Nothing that another scheme could want too.
    Nothing,
}

impl Claim {
    /// Whether both read the same part of a request.
    pub const fn collides_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Authorization(a), Self::Authorization(b)) | (Self::Header(a), Self::Header(b)) => {
                eq_ignore_ascii_case(a, b)
            }
            (Self::Cookie(a), Self::Cookie(b)) | (Self::Query(a), Self::Query(b)) => is_same_text(a, b),
            (Self::Authorization(_), Self::Header(name)) | (Self::Header(name), Self::Authorization(_)) => {
                eq_ignore_ascii_case(name, "authorization")
            }
            (Self::Login, Self::Login) | (Self::Gateway, Self::Gateway) => true,
            _ => false,
        }
    }
}

/// A scheme whose options were checked, with what it reads.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Declared<T> {
    /// The scheme.
    pub scheme: T,
    /// What it reads of a request.
    pub claim: Claim,
}

/// Whether `text` is one token of RFC 9110 section 5.6.2, as an authentication scheme's keyword must be.
pub const fn is_http_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~' => {
            }
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        at += 1;
    }
    !bytes.is_empty()
}

/// Whether both are the same text, in a constant: for the rules of a scheme's options.
pub const fn is_same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn eq_ignore_ascii_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_collide_as_a_request_would_see_them() {
        assert!(Claim::Authorization("bearer").collides_with(&Claim::Authorization("Bearer")));
        assert!(Claim::Header("X-Key").collides_with(&Claim::Header("x-key")));
        assert!(Claim::Header("Authorization").collides_with(&Claim::Authorization("Bearer")));
        assert!(!Claim::Cookie("a").collides_with(&Claim::Cookie("A")), "cookie names are case-sensitive");
        assert!(!Claim::Query("key").collides_with(&Claim::Cookie("key")));
        assert!(!Claim::Nothing.collides_with(&Claim::Nothing));
        assert!(Claim::Login.collides_with(&Claim::Login));
    }

    #[test]
    fn an_http_token_has_no_space_and_is_not_empty() {
        assert!(is_http_token("Bearer"));
        assert!(is_http_token("X!#$%&'*+-.^_`|~9"));
        assert!(!is_http_token("Api Key"));
        assert!(!is_http_token(""));
        assert!(!is_http_token("clé"));
    }
}
