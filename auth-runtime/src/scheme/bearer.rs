//! [`Bearer`]: [`Token`] under the keyword of RFC 6750.

use std::future::Future;

use http::request::Parts;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::SchemeResult;
use super::source::CheckedScheme;
use super::token::{Token, verify};
use crate::context::state::AuthState;
use crate::cross_site::CsrfCheck;
use crate::store::{AccessToken, Backend, TokenStore};
use crate::wire::challenge::Challenge;

/// `Authorization: Bearer` and an opaque token (RFC 6750 section 2.1): [`Token`] with another default keyword.
///
/// Both accept the same tokens of the same store. [`Identity::scheme`](crate::Identity::scheme) and traces call this one
/// `Bearer`. `Bearer` and `Token(keyword = "Bearer")` read the same credentials and do not compile in one chain. To accept both
/// keywords where the handler takes the credentials, write `Token, Token(keyword = "Bearer")`.
///
/// ```
/// # use auth_runtime::{authenticate, scheme::Bearer, permission::IsAuthenticated};
/// #[authenticate(Bearer)]
/// #[permit(IsAuthenticated)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Bearer {
    /// The word before the token: one token of RFC 9110, compared without regard to case.
    pub keyword: &'static str,
}

impl Bearer {
    /// Checks the options at compile time.
    ///
    /// # Panics
    ///
    /// If an option is not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        CheckedScheme { claim: Token { keyword: self.keyword }.declare().claim, scheme: self }
    }
}

impl Authenticator for Bearer {
    type Auth = AccessToken;
    const NAME: &'static str = "Bearer";
    const DEFAULT: Self = Self { keyword: "Bearer" };
    const CSRF: CsrfCheck = Token::CSRF;
}

impl<S: AuthState> Scheme<S> for Bearer
where
    S::Backend: TokenStore,
{
    type User = <S::Backend as Backend>::User;

    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = SchemeResult<Self::User, AccessToken>> + Send + 'a {
        verify::<Self, S>(self.keyword, request, state)
    }

    fn is_addressed(&self, request: &Parts, state: &S) -> bool {
        Token { keyword: self.keyword }.is_addressed(request, state)
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new(self.keyword))
    }
}
