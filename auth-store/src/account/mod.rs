//! The account that the stores of this crate keep.

mod name;
mod store;

use std::borrow::Cow;

use auth_runtime::User;
use auth_runtime::store::{Id, NamedUser};

pub(crate) use self::name::{KeptName, has_nul};
pub use self::store::Store;
pub(crate) use self::store::swept_until;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The primary key.
    pub id: i64,
    /// The name to log in with, as a [`Username`](auth_runtime::Username) is written. Unique, case-sensitive. An account from
    /// before this rule, or from [another system](auth_runtime::store::NewAccount::imported), may have a name in another form.
    pub username: String,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Whether the account belongs to a staff member.
    pub is_staff: bool,
    /// The account's epoch: incremented each time that all logins and tokens of the account end. A login or a token of an
    /// earlier epoch is not valid.
    pub(crate) epoch: i64,
}

impl Account {
    /// Creates an active account that is in no store, for `auth_runtime::testing`. Set other fields afterwards:
    ///
    /// ```
    /// # use auth_store::Account;
    /// let mut ada = Account::for_test(1, "ada");
    /// ada.is_staff = true;
    /// ```
    ///
    /// A login or a token that is created for it is not valid, unless a store has an account with this `id`.
    #[cfg(feature = "test")]
    pub fn for_test(id: i64, username: impl Into<String>) -> Self {
        Self { id, username: username.into(), is_active: true, is_staff: false, epoch: 0 }
    }

    /// Returns the primary key as an `Id`, as the runtime's traits use it.
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

impl NamedUser for Account {
    fn username(&self) -> &str {
        &self.username
    }
}
