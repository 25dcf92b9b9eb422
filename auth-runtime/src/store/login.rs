//! Logins: what [`Session`](crate::scheme::Session), the login pages and the endpoints need from a store.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use super::Client;
use super::backend::{Backend, InsertOutcome, StoreResult};
use super::id::Id;
use super::token::has_expired;
use crate::value::secret::Digest;

/// A login of an account: the credentials of [`Session`](crate::scheme::Session).
///
/// Times are since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Login {
    /// The store's name for the login. Reveals nothing about the cookie.
    pub id: Id,
    /// The client that it was made with.
    pub client: String,
    /// When it was made.
    pub created: Duration,
    /// When it was last used, accurate to about a minute.
    pub last_used: Duration,
    /// How long it may go unused. `None` means unlimited.
    pub idle_timeout: Option<Duration>,
    /// When it ends. `None` means never.
    pub expires: Option<Duration>,
}

impl Login {
    /// Returns whether it has ended at `now`, or was unused for too long.
    pub fn has_expired(&self, now: Duration) -> bool {
        has_expired(now, self.expires, self.last_used, self.idle_timeout)
    }
}

/// A login with its account.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct LoginRecord<U> {
    /// The account.
    pub user: U,
    /// The login.
    pub login: Login,
    /// The CSRF secret bound to it, 32 letters and digits. `None` means that only the CSRF cookie holds the secret.
    pub csrf_secret: Option<String>,
}

impl<U: fmt::Debug> fmt::Debug for LoginRecord<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRecord").field("user", &self.user).field("login", &self.login).finish_non_exhaustive()
    }
}

/// A login to store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewLogin {
    /// What its owner will present.
    pub credential: NewCredential,
    /// The client and its rules.
    pub client: Client,
    /// When it is made, since the Unix epoch.
    pub created: Duration,
    /// What its owner calls it.
    pub name: String,
    /// The address that it was made from.
    pub address: Option<IpAddr>,
    /// The `User-Agent` that it was made with, cut to 200 characters.
    pub user_agent: String,
}

/// What the owner of a new login will present.
#[derive(Clone)]
#[allow(clippy::exhaustive_enums)]
pub enum NewCredential {
    /// A cookie.
    Cookie {
        /// The digest of the cookie.
        digest: Digest,
        /// The CSRF secret bound to it.
        csrf_secret: Option<String>,
    },
    /// An access token.
    Token {
        /// The digest of the token.
        digest: Digest,
    },
}

impl NewCredential {
    /// The digest of the cookie or the token.
    pub fn digest(&self) -> &Digest {
        match self {
            Self::Cookie { digest, .. } | Self::Token { digest } => digest,
        }
    }
}

impl fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cookie { .. } => "Cookie(..)",
            Self::Token { .. } => "Token(..)",
        })
    }
}

impl NewLogin {
    /// Creates a login of `client` without a name, an address or a user agent.
    pub fn new(credential: NewCredential, client: Client, created: Duration) -> Self {
        Self { credential, client, created, name: String::new(), address: None, user_agent: String::new() }
    }

    /// Returns when the login ends, since the Unix epoch. `None` means never.
    pub fn expires(&self) -> Option<Duration> {
        self.client.absolute_lifetime().map(|lifetime| self.created.saturating_add(lifetime))
    }

    /// Returns when its access token ends, since the Unix epoch. `None` means never.
    pub fn token_expires(&self) -> Option<Duration> {
        let access = self.client.access_lifetime().map(|lifetime| self.created.saturating_add(lifetime));
        access.into_iter().chain(self.expires()).min()
    }

    /// Returns the record of this login under the id that the store gave it.
    pub fn as_login(&self, id: impl Into<Id>) -> Login {
        Login {
            id: id.into(),
            client: self.client.name().to_owned(),
            created: self.created,
            last_used: self.created,
            idle_timeout: *self.client.idle_lifetime(),
            expires: self.expires(),
        }
    }
}

/// Accounts that log in with a browser: for `Session`, the login page and the logout page.
///
/// Changing an account's password or disabling it ends its logins.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no logins",
    note = "implement `auth_runtime::store::LoginStore` for it"
)]
pub trait LoginStore: Backend {
    /// Finds the login of the cookie with this digest and its account, in one lookup. May return expired logins: the scheme
    /// checks.
    fn find_login(&self, digest: &Digest) -> impl Future<Output = StoreResult<Option<LoginRecord<Self::User>>>> + Send;

    /// Stores a login of `user`, unless [its client](NewLogin::client) allows no more of them. Concurrent calls never exceed
    /// the limit.
    fn insert_login(
        &self,
        user: &Self::User,
        login: NewLogin,
    ) -> impl Future<Output = StoreResult<InsertOutcome<Login>>> + Send;

    /// Records when logins were last used. Called in the background with many logins at once, never within a request. Each
    /// process makes one call at a time.
    ///
    /// A newer recorded time stays, unless it lies more than [`LAST_USE_TOLERANCE`](super::LAST_USE_TOLERANCE) after all of
    /// `used`: then it was recorded before the clock was set back, and would keep an idle timeout from counting. A login that
    /// was made that late keeps its time, since then the current clock is wrong.
    fn touch_logins(&self, used: &[(Id, Duration)]) -> impl Future<Output = StoreResult<()>> + Send;

    /// Ends the login of the cookie with this digest. Returns whether there was one.
    fn end_login(&self, digest: &Digest) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Finds the client with this name. Finds none by default.
    fn find_client(&self, name: &str) -> impl Future<Output = StoreResult<Option<Client>>> + Send {
        let _ = name;
        async { Ok(None) }
    }
}
