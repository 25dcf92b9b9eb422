//! The names of accounts, as stores keep them.

use auth_runtime::store::NewAccount;
use auth_runtime::{InvalidUsername, Username};

/// The name of an account, as a store keeps it.
pub(crate) struct KeptName {
    /// What the account is called. Unique.
    pub(crate) username: String,
    /// Its [skeleton](Username::skeleton), by which it is searched for, and which new accounts have for themselves alone.
    pub(crate) skeleton: String,
}

impl KeptName {
    /// The name that the account is going to have.
    pub(crate) fn of(account: &NewAccount) -> Result<Self, InvalidUsername> {
        let name = Username::parse(&account.username)?;
        let username = if account.is_imported { name.typed() } else { name.as_str() };
        Ok(Self { username: username.to_owned(), skeleton: name.skeleton() })
    }
}

/// Whether nothing can be called so: PostgreSQL cannot even be asked for a text with a NUL character.
pub(crate) fn has_nul(text: &str) -> bool {
    text.contains('\0')
}
