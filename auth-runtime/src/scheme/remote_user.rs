//! [`RemoteUser`]: a gateway in front of the application authenticates the caller.

use http::request::Parts;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::{Outcome, SchemeResult};
use super::source::{CheckedScheme, CredentialSource};
use crate::context::state::AuthState;
use crate::cross_site::CsrfCheck;
use crate::identity::User;
use crate::store::{Backend, RemoteUserStore};
use crate::value::username::Username;
use crate::wire::http_token::is_http_token;
use crate::wire::proxies::{Peers, peer};

/// A user name that the gateway in front of the application vouches for.
///
/// The name comes from a [`GatewayUser`] in the request's extensions, which only code of the application can put there. With
/// the option `header` it also comes from that header, but only if the peer is one of
/// [`Settings::with_gateways`](crate::Settings::with_gateways), by address, range or Unix socket. A header that a client sends
/// itself never counts.
///
/// A missing name, an unknown name or an inactive account is not an error: the next scheme is asked.
///
/// ```
/// # use auth_runtime::{authenticate, scheme::RemoteUser, permission::IsAuthenticated};
/// #[authenticate(RemoteUser(header = "X-Remote-User"))]
/// #[permit(IsAuthenticated)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct RemoteUser {
    /// The header of the trusted gateways. Empty by default, which means no header.
    pub header: &'static str,
}

/// The user that the gateway names. The application puts it into a request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct GatewayUser(pub String);

impl RemoteUser {
    /// Checks the options at compile time.
    ///
    /// # Panics
    ///
    /// If an option is not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            self.header.is_empty() || is_http_token(self.header),
            "`header` is not the name of a header; use letters, digits and dashes, such as `header = \"X-Remote-User\"`"
        );
        CheckedScheme { claim: CredentialSource::Gateway, scheme: self }
    }

    fn name<'a>(&self, request: &'a Parts, gateways: &Peers) -> Option<&'a str> {
        if let Some(GatewayUser(name)) = request.extensions.get() {
            return Some(name);
        }
        if self.header.is_empty() || !peer(request).is_some_and(|peer| gateways.contains(peer)) {
            return None;
        }
        let mut values = request.headers.get_all(self.header).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => std::str::from_utf8(value.as_bytes()).ok(),
            _ => None,
        }
    }
}

impl Authenticator for RemoteUser {
    type Auth = ();
    const NAME: &'static str = "RemoteUser";
    const DEFAULT: Self = Self { header: "" };
    // The gateway adds the name to every request of a known browser, including those that other sites cause.
    const CSRF: CsrfCheck = CsrfCheck::Browser;
}

impl<S: AuthState> Scheme<S> for RemoteUser
where
    S::Backend: RemoteUserStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User> {
        let context = state.auth_context();
        let Some(name) = self.name(request, context.settings().gateways()) else { return Ok(Outcome::Skipped) };
        // No account has a name that is not valid.
        let Ok(name) = Username::parse(name) else { return Ok(Outcome::Skipped) };
        Ok(match context.backend().remote_user(&name).await? {
            Some(user) if user.is_active() => Outcome::Authenticated(user, ()),
            _ => Outcome::Skipped,
        })
    }

    fn is_addressed(&self, request: &Parts, state: &S) -> bool {
        self.name(request, state.auth_context().settings().gateways()).is_some()
    }
}
