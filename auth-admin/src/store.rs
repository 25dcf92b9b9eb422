//! [`AdminStore`]: the store traits that the pages need.

use auth_runtime::AuthState;
use auth_runtime::store::{AccountStore, Backend, ClientStore, CredentialStore, LoginStore, PasswordStore, TokenStore};

/// The store traits that the pages use. Implemented for every store that implements all of them: those of `auth-store`, and
/// those over an application's own tables.
pub trait AdminStore: AccountStore + ClientStore + LoginStore + CredentialStore + PasswordStore + TokenStore {}

impl<B: AccountStore + ClientStore + LoginStore + CredentialStore + PasswordStore + TokenStore> AdminStore for B {}

/// The account type of a router state.
pub(crate) type UserOf<S> = <<S as AuthState>::Backend as Backend>::User;
