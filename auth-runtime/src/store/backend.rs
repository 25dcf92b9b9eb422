//! What every store has: [`Backend`], its errors, and the accounts that log in.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::identity::User;
use crate::refusal::AuthError;
use crate::value::username::Username;

/// A store did not answer, or could not do what it was asked. Its source is logged and never sent.
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the error of a store's driver.
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

/// How far the time of a last use may lie ahead of another, since the clocks of several machines differ. A time that lies
/// farther ahead was recorded before the clock was set back: [`touch_logins`](crate::store::LoginStore::touch_logins) and
/// [`touch_tokens`](crate::store::TokenStore::touch_tokens) replace it.
pub const LAST_USE_TOLERANCE: Duration = Duration::from_secs(120);

/// What a store's methods return.
pub type StoreResult<T> = Result<T, StoreError>;

/// The result of inserting a login or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum InsertOutcome<T> {
    /// It was stored.
    Kept(T),
    /// The account has reached its limit. Nothing was stored.
    LimitReached,
    /// The account was deleted, disabled, or given another password since it was read. Nothing was stored.
    AccountChanged,
}

impl<T> InsertOutcome<T> {
    /// Returns what was stored, if anything.
    pub fn kept(self) -> Option<T> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::LimitReached | Self::AccountChanged => None,
        }
    }
}

/// An application's data. The other traits of this module extend it.
pub trait Backend: Send + Sync + 'static {
    /// The account that the built-in schemes identify.
    type User: User + Clone;
}

/// The backend of an application whose schemes need none.
impl Backend for () {
    type User = crate::identity::NoUser;
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
    /// Finds the account with exactly this name, in [normalized form](Username::as_str).
    fn find_by_username(
        &self,
        username: &Username<'_>,
    ) -> impl Future<Output = StoreResult<Option<PasswordRecord<Self::User>>>> + Send;

    /// Replaces the hash `old` by `new`, a hash of the same password with newer parameters. Ends no login.
    fn upgrade_hash(&self, user: &Self::User, old: &str, new: &str) -> impl Future<Output = StoreResult<()>> + Send;

    /// Returns whether this account may log in by password at all. By default, every active account may.
    fn may_log_in(&self, user: &Self::User) -> bool {
        user.is_active()
    }
}

/// Accounts that a gateway in front of the application identifies: for `RemoteUser`.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` knows no remote users",
    note = "implement `auth_runtime::store::RemoteUserStore` for it"
)]
pub trait RemoteUserStore: Backend {
    /// Finds the account that the gateway calls `name`, or creates it. `None` leaves the caller anonymous.
    fn remote_user(&self, name: &Username<'_>) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;
}
