//! The account that the stores of this crate keep.

mod changes;
mod name;
mod store;

use std::borrow::Cow;
use std::fmt;

use auth_runtime::User;
use auth_runtime::store::Id;

pub use self::changes::Accounts;
pub use self::name::NameRefused;
pub(crate) use self::name::{KeptName, has_nul};
pub(crate) use self::store::swept_until;
pub use self::store::{AccountStore, Keep, Store, Swept};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The primary key.
    pub id: i64,
    /// The name to log in with, as a [`Username`](auth_runtime::Username) is written. Unique, case-sensitive. An account from
    /// before this rule, or from [another system](NewAccount::imported), may have a name in another form.
    pub username: String,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Whether it belongs to the staff.
    pub is_staff: bool,
    /// How often everything that hung on the account was ended. A login or a token of an earlier epoch is none.
    pub(crate) epoch: i64,
}

impl Account {
    /// An active account that no store knows, for `auth_runtime::testing`. Whatever else it is, is set afterwards:
    ///
    /// ```
    /// # use auth_store::Account;
    /// let mut ada = Account::for_test(1, "ada");
    /// ada.is_staff = true;
    /// ```
    ///
    /// A login or a token that is made for it is none, unless a store has an account with this `id`.
    #[cfg(feature = "test")]
    pub fn for_test(id: i64, username: impl Into<String>) -> Self {
        Self { id, username: username.into(), is_active: true, is_staff: false, epoch: 0 }
    }

    /// The primary key, as the runtime's traits have it.
    pub fn key(&self) -> Id {
        self.id.into()
    }
}

impl User for Account {
    fn id(&self) -> Cow<'_, str> {
        self.id.to_string().into()
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn is_staff(&self) -> bool {
        self.is_staff
    }
}

/// An account to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub(crate) username: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) is_active: bool,
    pub(crate) is_staff: bool,
    /// Whether it comes from another system, so that its name is kept as it is.
    pub(crate) is_imported: bool,
}

impl NewAccount {
    /// An active account without a usable password. Its name is written as a [`Username`](auth_runtime::Username) is.
    pub fn new(username: impl Into<String>) -> Self {
        Self { username: username.into(), password_hash: None, is_active: true, is_staff: false, is_imported: false }
    }

    /// The same for an account that exists in another system. It keeps its name exactly as it is, and may have one that
    /// looks like another account's: [`AccountStore::look_alikes`] tells.
    pub fn imported(username: impl Into<String>) -> Self {
        Self { is_imported: true, ..Self::new(username) }
    }

    /// With a password: its hash by [`Passwords::hash`](auth_runtime::Passwords::hash).
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
