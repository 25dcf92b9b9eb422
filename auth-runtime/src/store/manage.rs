//! What account holders do with their own logins and tokens, and what staff do with clients.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use super::Client;
use super::backend::{Backend, StoreResult};
use super::id::Id;
use super::login::{Login, LoginStore};
use super::token::{AccessToken, TokenStore};
use crate::identity::NoUser;
use crate::value::secret::Digest;

/// Credentials that may belong to a login or be a token.
///
/// The credentials of the built-in schemes and of whole chains implement it. Implement it for the credentials of your own
/// scheme, if they are neither, as `impl LoginCredentials for MyCredentials {}`.
#[diagnostic::on_unimplemented(
    message = "nobody can tell which login the credentials `{Self}` belong to",
    label = "not known of these credentials",
    note = "implement `auth_runtime::store::LoginCredentials` for `{Self}`; an empty block says: to none"
)]
pub trait LoginCredentials {
    /// Returns the login that they belong to.
    fn login(&self) -> Option<&Id> {
        None
    }

    /// Returns the token that they are.
    fn token(&self) -> Option<&Id> {
        None
    }

    /// Returns the name of the client that the login was made with.
    fn client(&self) -> Option<&str> {
        None
    }
}

impl LoginCredentials for () {}

impl LoginCredentials for NoUser {}

impl LoginCredentials for Login {
    fn login(&self) -> Option<&Id> {
        Some(&self.id)
    }

    fn client(&self) -> Option<&str> {
        Some(&self.client)
    }
}

impl LoginCredentials for AccessToken {
    fn login(&self) -> Option<&Id> {
        self.login.as_ref()
    }

    fn token(&self) -> Option<&Id> {
        Some(&self.id)
    }

    fn client(&self) -> Option<&str> {
        self.login.as_ref().map(|_| self.client.as_str())
    }
}

/// An entry in an account's list of logins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct LoginEntry {
    /// The login.
    pub login: Login,
    /// When its access token ends. `None` means never, or a login that uses a cookie.
    pub token_expires: Option<Duration>,
    /// What its owner calls it.
    pub name: String,
    /// The address that it was made from.
    pub address: Option<IpAddr>,
    /// The `User-Agent` that it was made with.
    pub user_agent: String,
}

impl LoginEntry {
    /// Returns whether the login can no longer be used: it has ended, was unused for too long, or its access token ended
    /// without being renewed.
    pub fn has_ended(&self, now: Duration) -> bool {
        self.login.has_expired(now) || self.token_expires.is_some_and(|expires| now >= expires)
    }
}

/// An entry in an account's list of personal tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct TokenEntry {
    /// The token.
    pub token: AccessToken,
    /// What its owner calls it.
    pub name: String,
}

/// An access token that replaces another one of the same login.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct NewAccessToken {
    /// Its digest.
    pub digest: Digest,
    /// When it is made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch. `None` means together with its login.
    pub expires: Option<Duration>,
}

/// What account holders see and end of their own: for the endpoints of `auth-endpoints` and the admin pages.
///
/// Every method only touches what belongs to `user`: an id of another account counts as unknown.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` does not let account holders manage their logins and tokens",
    note = "implement `auth_runtime::store::CredentialStore` for it"
)]
pub trait CredentialStore: LoginStore + TokenStore {
    /// Returns the account's logins, newest first. May include expired ones.
    fn logins(&self, user: &Self::User) -> impl Future<Output = StoreResult<Vec<LoginEntry>>> + Send;

    /// Renames a login. Returns whether it exists.
    fn rename_login(&self, user: &Self::User, id: &Id, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends a login and its tokens. Returns whether it existed.
    fn revoke_login(&self, user: &Self::User, id: &Id) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends the account's logins and their tokens, except `except`. Returns how many ended.
    ///
    /// A store may count this as a change of the account, so that a login that is being made meanwhile results in
    /// [`AccountChanged`](super::InsertOutcome::AccountChanged): the stores of `auth-store` do. To log the account in
    /// afterwards, read it again.
    fn revoke_logins(&self, user: &Self::User, except: Option<&Id>) -> impl Future<Output = StoreResult<u64>> + Send;

    /// Replaces the access token `old`, which ends. `None` means that `old` is no longer an access token of the account: of
    /// many concurrent calls, only one gets the new token. The new token never outlives its login.
    fn renew_token(
        &self,
        user: &Self::User,
        old: &Id,
        new: NewAccessToken,
    ) -> impl Future<Output = StoreResult<Option<AccessToken>>> + Send;

    /// Extends an access token until `expires`, or until its login ends if that is earlier or `expires` is `None`.
    fn extend_token(
        &self,
        user: &Self::User,
        id: &Id,
        expires: Option<Duration>,
    ) -> impl Future<Output = StoreResult<Option<AccessToken>>> + Send;

    /// Returns the account's personal tokens, newest first. May include expired ones.
    fn tokens(&self, user: &Self::User) -> impl Future<Output = StoreResult<Vec<TokenEntry>>> + Send;

    /// Renames a personal token. Returns whether it exists.
    fn rename_token(&self, user: &Self::User, id: &Id, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends a personal token. Returns whether it existed.
    fn revoke_token(&self, user: &Self::User, id: &Id) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends the account's personal tokens. Returns how many ended.
    fn revoke_tokens(&self, user: &Self::User) -> impl Future<Output = StoreResult<u64>> + Send;
}

/// Clients besides the one in the settings.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no clients",
    note = "implement `auth_runtime::store::ClientStore` for it"
)]
pub trait ClientStore: Backend {
    /// Returns all clients, ordered by name.
    fn clients(&self) -> impl Future<Output = StoreResult<Vec<Client>>> + Send;

    /// Creates a client, or replaces the rules of the one with this name. Returns whether it was created.
    fn put_client(&self, client: &Client) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a client and ends its logins. Returns whether it existed.
    fn delete_client(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;
}
