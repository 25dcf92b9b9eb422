//! Tokens: what [`Token`](crate::scheme::Token) and the token endpoint ask of a store.

use std::future::Future;
use std::time::Duration;

use super::backend::{Backend, InsertOutcome, StoreResult};
use super::client::AtLimit;
use super::id::Id;
use crate::value::secret::Digest;
use crate::value::token_format::PresentedToken;

/// A token that came with a request: the credentials of [`Token`](crate::scheme::Token).
///
/// Times are since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct AccessToken {
    /// The store's name for the token. Says nothing about the token itself.
    pub id: Id,
    /// The login that it belongs to and ends with; `None` for a personal token.
    pub login: Option<Id>,
    /// The client that the login was made with; empty for a personal token.
    pub client: String,
    /// When it was made.
    pub created: Duration,
    /// When it was last used, not newer than a minute or so; `None` for never, or where nobody notes it.
    pub last_used: Option<Duration>,
    /// How long it may go unused; `None` for ever.
    pub idle_timeout: Option<Duration>,
    /// When it ends; `None` for never.
    pub expires: Option<Duration>,
}

impl AccessToken {
    /// Whether it is past its end at `now`, or was left unused for too long.
    pub fn has_expired(&self, now: Duration) -> bool {
        has_expired(now, self.expires, self.last_used.unwrap_or(self.created), self.idle_timeout)
    }
}

/// Whether something is past its end or was left unused for too long. At the moment of its end it is.
pub(crate) fn has_expired(
    now: Duration,
    expires: Option<Duration>,
    last_used: Duration,
    idle_timeout: Option<Duration>,
) -> bool {
    expires.is_some_and(|expires| now >= expires)
        || idle_timeout.is_some_and(|idle| now.saturating_sub(last_used) >= idle)
}

/// A token with its account.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct TokenRecord<U> {
    /// The account.
    pub user: U,
    /// The token.
    pub token: AccessToken,
}

/// How many personal tokens an account may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenLimit {
    /// That many that have not ended.
    pub max: u32,
    /// What happens when there are as many.
    pub at_limit: AtLimit,
}

impl TokenLimit {
    /// That many tokens, and what happens when there are as many.
    pub fn new(max: u32, at_limit: AtLimit) -> Self {
        Self { max, at_limit }
    }
}

/// A token to be kept that belongs to no login.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewToken {
    /// Its digest.
    pub digest: Digest,
    /// What its owner calls it.
    pub name: String,
    /// When it was made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch; `None` for never.
    pub expires: Option<Duration>,
    /// How many tokens the account may have, with this one; `None` means unlimited.
    pub limit: Option<TokenLimit>,
}

impl NewToken {
    /// A token without a name, without an end and without a limit, such as one that is imported. New tokens are made by
    /// [`personal_token::issue`](crate::personal_token::issue).
    pub fn new(digest: Digest, created: Duration) -> Self {
        Self { digest, name: String::new(), created, expires: None, limit: None }
    }
}

/// Accounts that present tokens: for `Token` and the token endpoint.
///
/// A change of password and a disabled account end the account's tokens.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no tokens",
    note = "implement `auth_runtime::store::TokenStore` for it"
)]
pub trait TokenStore: Backend {
    /// The token with [this digest](PresentedToken::digest) and its account, in one look-up. Expired ones may be returned:
    /// the scheme checks.
    fn find_token(
        &self,
        token: &PresentedToken,
    ) -> impl Future<Output = StoreResult<Option<TokenRecord<Self::User>>>> + Send;

    /// Keeps a token of `user`, unless [its limit](NewToken::limit) allows no more. However many calls run at once, there
    /// are never more. Tokens that belong to a login and tokens that have ended do not count.
    fn insert_token(
        &self,
        user: &Self::User,
        token: NewToken,
    ) -> impl Future<Output = StoreResult<InsertOutcome<AccessToken>>> + Send;

    /// Notes when tokens were last used. Called in the background with many at once, never within a request, and
    /// by one process with one call at a time.
    ///
    /// A newer time stays, unless it lies more than [`LAST_USE_TOLERANCE`](super::LAST_USE_TOLERANCE) after all of `used`: then it
    /// was noted before the clock was set back, and would keep an idle timeout from counting. What was made as late as that keeps
    /// its time: there it is the clock that is wrong.
    ///
    /// Notes nothing, unless implemented otherwise. A store that keeps [idle timeouts](AccessToken::idle_timeout) must.
    fn touch_tokens(&self, used: &[(Id, Duration)]) -> impl Future<Output = StoreResult<()>> + Send {
        let _ = used;
        async { Ok(()) }
    }
}
