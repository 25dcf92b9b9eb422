//! The names of accounts: how they are kept, and why one is refused.

use std::error::Error;
use std::fmt;

use auth_runtime::{InvalidUsername, Username};

use super::NewAccount;

/// Why no account was made with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameRefused {
    /// No account can have such a name.
    Invalid(InvalidUsername),
    /// An account has this name.
    Taken,
    /// Another account has this name, which people cannot tell from the new one: the two differ only in case, spaces,
    /// invisible characters, or compatibility forms of characters.
    LooksLike(String),
}

impl fmt::Display for NameRefused {
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

impl Error for NameRefused {}

impl From<InvalidUsername> for NameRefused {
    fn from(fault: InvalidUsername) -> Self {
        Self::Invalid(fault)
    }
}

/// The name of an account, as a store keeps it.
pub(crate) struct KeptName {
    /// What the account is called. Unique.
    pub(crate) username: String,
    /// Its [skeleton](Username::skeleton), by which it is searched for, and which new accounts have for themselves alone.
    pub(crate) skeleton: String,
}

impl NewAccount {
    /// The name that the account is going to have.
    pub(crate) fn name(&self) -> Result<KeptName, InvalidUsername> {
        let name = Username::parse(&self.username)?;
        let username = if self.is_imported { name.typed() } else { name.as_str() };
        Ok(KeptName { username: username.to_owned(), skeleton: name.skeleton() })
    }
}

/// Whether nothing can be called so: PostgreSQL cannot even be asked for a text with a NUL character.
pub(crate) fn has_nul(text: &str) -> bool {
    text.contains('\0')
}
