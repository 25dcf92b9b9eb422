//! Accounts, for programs that administer them: [`AccountStore`].

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::backend::{Backend, StoreResult};
use super::id::Id;
use crate::identity::User;
use crate::value::username::InvalidUsername;

/// A user who logs in by a name.
pub trait NamedUser: User {
    /// Returns the name to log in with.
    fn username(&self) -> &str;
}

/// An account to create.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAccount {
    /// The name to log in with.
    pub username: String,
    /// The hash of its password. `None` means that it has no usable password.
    pub password_hash: Option<String>,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Whether it belongs to the staff.
    pub is_staff: bool,
    /// Whether it comes from another system, so that its name is kept as it is.
    pub is_imported: bool,
}

impl NewAccount {
    /// Creates an active account without a usable password. Its name is written as a [`Username`](crate::Username) is.
    pub fn new(username: impl Into<String>) -> Self {
        Self { username: username.into(), password_hash: None, is_active: true, is_staff: false, is_imported: false }
    }

    /// Creates an active account for a user of another system. It keeps its name exactly as it is. Its name may look like that
    /// of another account: [`AccountStore::look_alikes`] finds those.
    pub fn imported(username: impl Into<String>) -> Self {
        Self { is_imported: true, ..Self::new(username) }
    }

    /// Sets the password by its hash, from [`Passwords::hash`](crate::Passwords::hash).
    #[must_use]
    pub fn with_password_hash(mut self, hash: impl Into<String>) -> Self {
        self.password_hash = Some(hash.into());
        self
    }

    /// Sets whether the account may be used.
    #[must_use]
    pub fn active(mut self, is_active: bool) -> Self {
        self.is_active = is_active;
        self
    }

    /// Sets whether the account belongs to the staff.
    #[must_use]
    pub fn staff(mut self, is_staff: bool) -> Self {
        self.is_staff = is_staff;
        self
    }
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("username", &self.username)
            .field("is_active", &self.is_active)
            .field("is_staff", &self.is_staff)
            .finish_non_exhaustive()
    }
}

/// Why no account was created with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameRejection {
    /// The name is not valid.
    Invalid(InvalidUsername),
    /// An account already has this name.
    Taken,
    /// Another account's name looks the same to people: the two differ only in case, spaces, invisible characters, or
    /// compatibility forms of characters.
    LooksLike(String),
}

impl fmt::Display for NameRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(fault) => fault.fmt(f),
            Self::Taken => f.write_str("the name is taken; choose another one"),
            Self::LooksLike(name) => {
                write!(f, "the name looks like `{}`, which is taken; choose another one", name.escape_debug())
            }
        }
    }
}

impl Error for NameRejection {}

impl From<InvalidUsername> for NameRejection {
    fn from(fault: InvalidUsername) -> Self {
        Self::Invalid(fault)
    }
}

/// What stays when a password is changed. Nothing by default.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Keep<'a> {
    /// The login that the password is changed with.
    pub login: Option<&'a Id>,
    /// The account's personal tokens.
    pub personal_tokens: bool,
}

/// Accounts, for programs that administer them.
///
/// Methods that change an account send no event: use [`Accounts`](crate::Accounts), which does.
///
/// A lookup by name finds the account that has exactly this name, or else the one that has its [normalized
/// form](crate::Username::as_str). A name that is not valid finds no account. Implement this for your own tables to use
/// [`Accounts`](crate::Accounts) and the admin pages with them.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` does not keep accounts that can be administered",
    note = "implement `auth_runtime::store::AccountStore` for it, and `NamedUser` for its user"
)]
pub trait AccountStore: Backend<User: NamedUser> {
    /// Creates an account, unless its name is not valid, is taken, or [looks like](NameRejection::LooksLike) the name of
    /// another account. When several concurrent calls ask for names that look alike, only one creates an account.
    fn create_account(
        &self,
        account: &NewAccount,
    ) -> impl Future<Output = StoreResult<Result<Self::User, NameRejection>>> + Send;

    /// Finds the account with this name.
    fn account(&self, username: &str) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;

    /// Finds the account whose [`User::id`](crate::User::id) is written as `id`.
    fn account_by_id(&self, id: &Id) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;

    /// Returns at most `limit` other accounts whose names look like this one: they have the same
    /// [skeleton](crate::Username::skeleton). Ordered by name, by code points.
    fn look_alikes(&self, username: &str, limit: u32) -> impl Future<Output = StoreResult<Vec<Self::User>>> + Send;

    /// Returns at most `limit` accounts whose name contains `search`, ordered by name, by code points, starting after the name
    /// `after`. Ignores case, compatibility forms, invisible characters and the number of spaces, in any script: it compares
    /// [skeletons](crate::Username::skeleton_of).
    fn accounts(
        &self,
        search: &str,
        after: &str,
        limit: u32,
    ) -> impl Future<Output = StoreResult<Vec<Self::User>>> + Send;

    /// Enables or disables an account. Disabling it ends its logins and tokens. Returns whether the account exists.
    fn set_active(&self, username: &str, is_active: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Makes an account staff, or takes that away. Returns whether the account exists.
    fn set_staff(&self, username: &str, is_staff: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Changes or removes a password and ends the account's logins and tokens except for those that are kept, atomically.
    /// Returns whether the account exists.
    fn set_password_hash(
        &self,
        username: &str,
        hash: Option<&str>,
        keep: Keep<'_>,
    ) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes an account with its tokens, logins and grants. Returns whether it existed.
    fn delete_account(&self, username: &str) -> impl Future<Output = StoreResult<bool>> + Send;
}

/// What a sweep deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Swept {
    /// Expired logins, with their tokens.
    pub logins: u64,
    /// Expired tokens.
    pub tokens: u64,
    /// Expired records of nonces and codes.
    pub replays: u64,
}

/// Stores that can delete what has expired.
pub trait SweepStore: Backend {
    /// Deletes what has expired before `now`, since the Unix epoch. Deletes a few thousand rows at a time, so that other
    /// queries do not wait. Tokens and logins are deleted a minute after their end. Records of nonces and codes are deleted an
    /// hour later still, so that none is missing when a clock was ahead by less than that and is set back.
    fn sweep(&self, now: Duration) -> impl Future<Output = StoreResult<Swept>> + Send;
}
