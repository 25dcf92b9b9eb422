//! What the pages ask of an application's data: [`AdminStore`].

use auth_runtime::AuthState;
use auth_runtime::store::{AccountStore, Backend, ClientStore, CredentialStore, LoginStore, PasswordStore, TokenStore};

/// The store traits that the pages use. Every store that implements all of them is one: those of `auth-store`, and those over an
/// application's own tables.
pub trait AdminStore: AccountStore + ClientStore + LoginStore + CredentialStore + PasswordStore + TokenStore {}

impl<B: AccountStore + ClientStore + LoginStore + CredentialStore + PasswordStore + TokenStore> AdminStore for B {}

/// The accounts of a router state.
pub(crate) type UserOf<S> = <<S as AuthState>::Backend as Backend>::User;
