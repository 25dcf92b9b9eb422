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

/// An account to be made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAccount {
    /// The name to log in with.
    pub username: String,
    /// The hash of its password; `None` without a usable password.
    pub password_hash: Option<String>,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Whether it belongs to the staff.
    pub is_staff: bool,
    /// Whether it comes from another system, so that its name is kept as it is.
    pub is_imported: bool,
}

impl NewAccount {
    /// An active account without a usable password. Its name is written as a [`Username`](crate::Username) is.
    pub fn new(username: impl Into<String>) -> Self {
        Self { username: username.into(), password_hash: None, is_active: true, is_staff: false, is_imported: false }
    }

    /// The same for an account that exists in another system. It keeps its name exactly as it is, and may have one that
    /// looks like another account's: [`AccountStore::look_alikes`] tells.
    pub fn imported(username: impl Into<String>) -> Self {
        Self { is_imported: true, ..Self::new(username) }
    }

    /// With a password: its hash by [`Passwords::hash`](crate::Passwords::hash).
    #[must_use]
    pub fn with_password_hash(mut self, hash: impl Into<String>) -> Self {
        self.password_hash = Some(hash.into());
        self
    }

    /// Active or not.
    #[must_use]
    pub fn active(mut self, is_active: bool) -> Self {
        self.is_active = is_active;
        self
    }

    /// Staff or not.
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

/// Why no account was made with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameRejection {
    /// No account can have such a name.
    Invalid(InvalidUsername),
    /// An account has this name.
    Taken,
    /// Another account has this name, which people cannot tell from the new one: the two differ only in case, spaces,
    /// invisible characters, or compatibility forms of characters.
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

/// What stays when a password is changed. Nothing, unless said.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Keep<'a> {
    /// The login of the one who changes it.
    pub login: Option<&'a Id>,
    /// The account's personal tokens.
    pub personal_tokens: bool,
}

/// Accounts, for programs that administer them.
///
/// Methods that change an account send no event: use [`Accounts`](crate::Accounts), which does.
///
/// A name finds the account that has exactly this name, or else the one that has its
/// [normalized form](crate::Username::as_str). What cannot be a name finds no account.
/// Implement it for tables of your own to use [`Accounts`](crate::Accounts) and the admin pages with them.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` does not keep accounts that can be administered",
    note = "implement `auth_runtime::store::AccountStore` for it, and `NamedUser` for its user"
)]
pub trait AccountStore: Backend<User: NamedUser> {
    /// Makes an account, unless its name is not valid, is taken, or [looks like](NameRejection::LooksLike) the name of another
    /// account. Of several calls at the same time for new accounts whose names look alike, one
    /// makes an account.
    fn create_account(
        &self,
        account: &NewAccount,
    ) -> impl Future<Output = StoreResult<Result<Self::User, NameRejection>>> + Send;

    /// Finds the account with this name.
    fn account(&self, username: &str) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;

    /// Finds the account whose [`User::id`](crate::User::id) is written like `id`.
    fn account_by_id(&self, id: &Id) -> impl Future<Output = StoreResult<Option<Self::User>>> + Send;

    /// At most `limit` other accounts whose names look like this one: they have the same
    /// [skeleton](crate::Username::skeleton). In the order of their names by code points.
    fn look_alikes(&self, username: &str, limit: u32) -> impl Future<Output = StoreResult<Vec<Self::User>>> + Send;

    /// At most `limit` accounts whose name contains `search`, in the order of their names by code points, from the one after
    /// `after` on. Case, compatibility forms, invisible characters and the number of spaces make no difference, in any
    /// script: their [skeletons](crate::Username::skeleton_of) are compared.
    fn accounts(
        &self,
        search: &str,
        after: &str,
        limit: u32,
    ) -> impl Future<Output = StoreResult<Vec<Self::User>>> + Send;

    /// Lets an account be used, or no longer: then its logins and tokens end. Whether there is one.
    fn set_active(&self, username: &str, is_active: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Makes an account staff, or no longer. Whether there is one.
    fn set_staff(&self, username: &str, is_staff: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Changes a password, or takes it away, and ends what hangs on the account but for what is kept, at once and together.
    /// Whether there is such an account.
    fn set_password_hash(
        &self,
        username: &str,
        hash: Option<&str>,
        keep: Keep<'_>,
    ) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes an account with its tokens, logins and grants. Whether there was one.
    fn delete_account(&self, username: &str) -> impl Future<Output = StoreResult<bool>> + Send;
}

/// What a sweep deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Swept {
    /// Logins past their end, with their tokens.
    pub logins: u64,
    /// Tokens past their end.
    pub tokens: u64,
    /// Records of nonces and codes that have expired by themselves meanwhile.
    pub replays: u64,
}

/// What has expired, for stores that keep it.
pub trait SweepStore: Backend {
    /// Deletes what has expired before `now`, since the Unix epoch, a few thousand rows at a time, so that nobody waits: tokens and
    /// logins a minute after their end, and records of what was used an hour later still, so that none is missing when a clock
    /// was ahead by less than that and is set back.
    fn sweep(&self, now: Duration) -> impl Future<Output = StoreResult<Swept>> + Send;
}
