//! [`RemoteUser`]: the gateway in front of the application authenticates.

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
/// It comes from a [`GatewayUser`] among the request's extensions, which only code of the application can put there. With
/// the option `header` it also comes from that header, but only of the peers listed in
/// [`Settings::with_gateways`](crate::Settings::with_gateways), by address, range or Unix socket. A client's own header never
/// counts.
///
/// No name, an unknown name and an inactive account are no error: the next scheme is asked.
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
    /// The header of the trusted gateways. Empty, as by default, for none.
    pub header: &'static str,
}

/// The user that the gateway names, put among a request's extensions by the application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct GatewayUser(pub String);

impl RemoteUser {
    /// Checks the options, when the chain is compiled.
    ///
    /// # Panics
    ///
    /// When they cannot work.
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
    // The gateway adds the name to every request of a browser that it knows, including those that other sites cause.
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
