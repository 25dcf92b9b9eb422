//! The names of accounts, as stores keep them.

use auth_runtime::store::NewAccount;
use auth_runtime::{InvalidUsername, Username};

/// The name of an account, as a store keeps it.
pub(crate) struct KeptName {
    /// The username. Unique.
    pub(crate) username: String,
    /// The [skeleton](Username::skeleton) of the username, used for searching. It is unique among new accounts.
    pub(crate) skeleton: String,
}

impl KeptName {
    /// Returns the name that the new account will have.
    pub(crate) fn of(account: &NewAccount) -> Result<Self, InvalidUsername> {
        let name = Username::parse(&account.username)?;
        let username = if account.is_imported { name.typed() } else { name.as_str() };
        Ok(Self { username: username.to_owned(), skeleton: name.skeleton() })
    }
}

/// Returns whether the text contains a NUL character. No stored name does, and PostgreSQL rejects such a text as a parameter.
pub(crate) fn has_nul(text: &str) -> bool {
    text.contains('\0')
}
