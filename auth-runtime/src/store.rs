//! What the built-in schemes ask of an application's data: one small trait per scheme.
//!
//! `auth-store` implements them; an application with tables of its own implements them for those. A look-up that finds
//! nothing is `Ok(None)`. An error means that the store did not answer: the request is refused with 503.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::error::AuthError;
use crate::identity::User;
use crate::secret::Digest;

/// A store that did not answer, or could not do what it was asked. Its source is traced, never sent.
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    /// The error of a store's driver.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store did not answer: {}", self.0)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        AuthError::unavailable(error)
    }
}

/// What a store's methods return.
pub type StoreResult<T> = Result<T, StoreError>;

/// An application's data, of which the other traits of this module are parts.
pub trait Backend: Send + Sync + 'static {
    /// The account that the built-in schemes identify.
    type User: User + Clone;
}

/// The backend of an application whose schemes need none.
impl Backend for () {
    type User = crate::identity::Nobody;
}

/// An account with its password's hash.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct PasswordRecord<U> {
    /// The account.
    pub user: U,
    /// The hash as a PHC string; `None` when the account has no usable password.
    pub hash: Option<String>,
}

/// Accounts that log in with a password: for `Basic`, the login page and the token endpoint.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no passwords",
    note = "implement `auth_runtime::store::PasswordStore` for it"
)]
pub trait PasswordStore: Backend {
    /// The account with exactly this name.
    fn find_by_username(
        &self,
        username: &str,
    ) -> impl Future<Output = StoreResult<Option<PasswordRecord<Self::User>>>> + Send;

    /// Puts `new` in the place of `old`, the hash of the same password with older parameters. Ends no login.
    fn upgrade_hash(&self, user: &Self::User, old: &str, new: &str) -> impl Future<Output = StoreResult<()>> + Send;

    /// Whether this account may log in by password at all. Everybody who is active, unless implemented otherwise.
    fn may_log_in(&self, user: &Self::User) -> bool {
        user.is_active()
    }
}

/// A token that came with a request: the credentials of [`Token`](crate::scheme::Token).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct AccessToken {
    /// The store's name for the token. Says nothing about the token itself.
    pub id: String,
    /// When it was made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch; `None` for never.
    pub expires: Option<Duration>,
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

/// A token to be kept.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct NewToken {
    /// Its digest.
    pub digest: Digest,
    /// When it was made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch; `None` for never.
    pub expires: Option<Duration>,
}

/// Accounts that present tokens: for `Token` and the token endpoint.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no tokens",
    note = "implement `auth_runtime::store::TokenStore` for it"
)]
pub trait TokenStore: Backend {
    /// The token with this digest and its account, in one look-up. Expired ones may be returned: the scheme checks.
    fn find_token(&self, digest: &Digest) -> impl Future<Output = StoreResult<Option<TokenRecord<Self::User>>>> + Send;

    /// Keeps a token of `user`.
    fn insert_token(&self, user: &Self::User, token: NewToken)
    -> impl Future<Output = StoreResult<AccessToken>> + Send;
}

/// A record of somebody logged in from a browser: the credentials of [`Session`](crate::scheme::Session).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Login {
    /// The store's name for the login. Says nothing about the cookie.
    pub id: String,
    /// When it was made, since the Unix epoch.
    pub created: Duration,
    /// When it was last used, since the Unix epoch; not newer than a minute or so.
    pub last_used: Duration,
}

/// A login with its account.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct LoginRecord<U> {
    /// The account.
    pub user: U,
    /// The login.
    pub login: Login,
    /// The CSRF secret bound to it, 32 letters and digits; `None` leaves the CSRF cookie to stand alone.
    pub csrf_secret: Option<String>,
}

impl<U: fmt::Debug> fmt::Debug for LoginRecord<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRecord").field("user", &self.user).field("login", &self.login).finish_non_exhaustive()
    }
}

/// A login to be kept.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct NewLogin {
    /// The digest of the cookie.
    pub digest: Digest,
    /// When it is made, since the Unix epoch.
    pub created: Duration,
    /// The CSRF secret bound to it.
    pub csrf_secret: Option<String>,
}

impl fmt::Debug for NewLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLogin").field("created", &self.created).finish_non_exhaustive()
    }
}

/// Accounts that are logged in from a browser: for `Session`, the login and the logout page.
///
/// A change of password must end the account's logins.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no logins",
    note = "implement `auth_runtime::store::LoginStore` for it"
)]
pub trait LoginStore: Backend {
    /// The login with this digest and its account, in one look-up. Expired ones may be returned: the scheme checks.
    fn find_login(&self, digest: &Digest) -> impl Future<Output = StoreResult<Option<LoginRecord<Self::User>>>> + Send;

    /// Keeps a login of `user`.
    fn insert_login(&self, user: &Self::User, login: NewLogin) -> impl Future<Output = StoreResult<Login>> + Send;

    /// Notes that the login was used.
    fn touch_login(&self, digest: &Digest, at: Duration) -> impl Future<Output = StoreResult<()>> + Send;

    /// Ends the login. Whether there was one.
    fn end_login(&self, digest: &Digest) -> impl Future<Output = StoreResult<bool>> + Send;
}

/// Accounts that a gateway in front of the application identifies: for `RemoteUser`.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` knows no remote users",
    note = "implement `auth_runtime::store::RemoteUserStore` for it"
)]
pub trait RemoteUserStore: Backend {
    /// The account that the gateway calls `name`. May create it; `None` leaves the caller anonymous.
    fn remote_user(&self, name: &str) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;
}
