//! Tokens: what [`Token`](crate::scheme::Token) and the token endpoint need from a store.

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
    /// The store's name for the token. Reveals nothing about the token itself.
    pub id: Id,
    /// The login that it belongs to and ends with. `None` means a personal token.
    pub login: Option<Id>,
    /// The client that the login was made with. Empty for a personal token.
    pub client: String,
    /// When it was made.
    pub created: Duration,
    /// When it was last used, accurate to about a minute. `None` means never, or not recorded.
    pub last_used: Option<Duration>,
    /// How long it may go unused. `None` means unlimited.
    pub idle_timeout: Option<Duration>,
    /// When it ends. `None` means never.
    pub expires: Option<Duration>,
}

impl AccessToken {
    /// Returns whether it has ended at `now`, or was unused for too long.
    pub fn has_expired(&self, now: Duration) -> bool {
        has_expired(now, self.expires, self.last_used.unwrap_or(self.created), self.idle_timeout)
    }
}

/// Returns whether something has ended or was unused for too long. The moment of the end itself counts as ended.
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
    /// The maximum number of tokens that have not ended.
    pub max: u32,
    /// What happens when that number is reached.
    pub at_limit: AtLimit,
}

impl TokenLimit {
    /// Creates a limit of `max` tokens.
    pub fn new(max: u32, at_limit: AtLimit) -> Self {
        Self { max, at_limit }
    }
}

/// A token to store that belongs to no login.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewToken {
    /// Its digest.
    pub digest: Digest,
    /// What its owner calls it.
    pub name: String,
    /// When it was made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch. `None` means never.
    pub expires: Option<Duration>,
    /// How many tokens the account may have, including this one. `None` means unlimited.
    pub limit: Option<TokenLimit>,
}

impl NewToken {
    /// Creates a token without a name, an end or a limit, such as an imported one.
    /// [`personal_token::issue`](crate::personal_token::issue) makes new tokens.
    pub fn new(digest: Digest, created: Duration) -> Self {
        Self { digest, name: String::new(), created, expires: None, limit: None }
    }
}

/// Accounts that present tokens: for `Token` and the token endpoint.
///
/// Changing an account's password or disabling it ends its tokens.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no tokens",
    note = "implement `auth_runtime::store::TokenStore` for it"
)]
pub trait TokenStore: Backend {
    /// Finds the token with [this digest](PresentedToken::digest) and its account, in one lookup. May return expired tokens:
    /// the scheme checks.
    fn find_token(
        &self,
        token: &PresentedToken,
    ) -> impl Future<Output = StoreResult<Option<TokenRecord<Self::User>>>> + Send;

    /// Stores a token of `user`, unless [its limit](NewToken::limit) allows no more. Concurrent calls never exceed the limit.
    /// Tokens that belong to a login and tokens that have ended do not count.
    fn insert_token(
        &self,
        user: &Self::User,
        token: NewToken,
    ) -> impl Future<Output = StoreResult<InsertOutcome<AccessToken>>> + Send;

    /// Records when tokens were last used. Called in the background with many tokens at once, never within a request. Each
    /// process makes one call at a time.
    ///
    /// A newer recorded time stays, unless it lies more than [`LAST_USE_TOLERANCE`](super::LAST_USE_TOLERANCE) after all of
    /// `used`: then it was recorded before the clock was set back, and would keep an idle timeout from counting. A token that
    /// was made that late keeps its time, since then the current clock is wrong.
    ///
    /// Does nothing by default. A store that supports [idle timeouts](AccessToken::idle_timeout) must implement it.
    fn touch_tokens(&self, used: &[(Id, Duration)]) -> impl Future<Output = StoreResult<()>> + Send {
        let _ = used;
        async { Ok(()) }
    }
}
