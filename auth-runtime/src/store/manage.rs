//! What account holders do with their own logins and tokens, and the staff with clients.

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

/// Credentials of which one may ask what can be ended: the login that they belong to, and the token that they are.
///
/// Those of the built-in schemes and of whole chains are. A scheme of one's own whose credentials are neither implements it
/// as `impl LoginCredentials for MyCredentials {}`.
#[diagnostic::on_unimplemented(
    message = "nobody can tell which login the credentials `{Self}` belong to",
    label = "not known of these credentials",
    note = "implement `auth_runtime::store::LoginCredentials` for `{Self}`; an empty block says: to none"
)]
pub trait LoginCredentials {
    /// The login.
    fn login(&self) -> Option<&Id> {
        None
    }

    /// The token.
    fn token(&self) -> Option<&Id> {
        None
    }

    /// The name of the client that the login was made with.
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

/// A login in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct LoginEntry {
    /// The login.
    pub login: Login,
    /// When its access token ends; `None` for never, and for a login that presents a cookie.
    pub token_expires: Option<Duration>,
    /// What its owner calls it.
    pub name: String,
    /// Where it was made from.
    pub address: Option<IpAddr>,
    /// What the program there called itself.
    pub user_agent: String,
}

impl LoginEntry {
    /// Whether nobody can come in with it any more: it is past its end, was left unused, or its access token has ended
    /// without being renewed.
    pub fn has_ended(&self, now: Duration) -> bool {
        self.login.has_expired(now) || self.token_expires.is_some_and(|expires| now >= expires)
    }
}

/// A personal token in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct TokenEntry {
    /// The token.
    pub token: AccessToken,
    /// What its owner calls it.
    pub name: String,
}

/// An access token in the place of another of the same login.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct NewAccessToken {
    /// Its digest.
    pub digest: Digest,
    /// When it is made, since the Unix epoch.
    pub created: Duration,
    /// When it ends, since the Unix epoch; `None` for as long as its login.
    pub expires: Option<Duration>,
}

/// What account holders see and end of their own: for the endpoints of `auth-endpoints` and the admin pages.
///
/// Every method touches what belongs to `user` alone: another account's id is an id that is not there.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` does not let account holders manage their logins and tokens",
    note = "implement `auth_runtime::store::CredentialStore` for it"
)]
pub trait CredentialStore: LoginStore + TokenStore {
    /// The account's logins, the newest first. Expired ones may be among them.
    fn logins(&self, user: &Self::User) -> impl Future<Output = StoreResult<Vec<LoginEntry>>> + Send;

    /// Gives a login another name. Whether there is one.
    fn rename_login(&self, user: &Self::User, id: &Id, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends a login and its tokens. Whether there was one.
    fn revoke_login(&self, user: &Self::User, id: &Id) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends the account's logins and their tokens, but for `except`. How many there were.
    ///
    /// A store may count this as a change of the account, so that a login that is being made meanwhile is
    /// [`AccountChanged`](super::InsertOutcome::AccountChanged): those of `auth-store` do. To log the account in afterwards, read it again.
    fn revoke_logins(&self, user: &Self::User, except: Option<&Id>) -> impl Future<Output = StoreResult<u64>> + Send;

    /// Puts a new access token in the place of `old`, which ends. `None` when `old` is no access token of the account any
    /// more: of many calls at once, one gets the new token. It never outlives its login.
    fn renew_token(
        &self,
        user: &Self::User,
        old: &Id,
        new: NewAccessToken,
    ) -> impl Future<Output = StoreResult<Option<AccessToken>>> + Send;

    /// Lets an access token last until `expires`, or as long as its login when that is less or `None`.
    fn extend_token(
        &self,
        user: &Self::User,
        id: &Id,
        expires: Option<Duration>,
    ) -> impl Future<Output = StoreResult<Option<AccessToken>>> + Send;

    /// The account's personal tokens, the newest first. Expired ones may be among them.
    fn tokens(&self, user: &Self::User) -> impl Future<Output = StoreResult<Vec<TokenEntry>>> + Send;

    /// Gives a personal token another name. Whether there is one.
    fn rename_token(&self, user: &Self::User, id: &Id, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends a personal token. Whether there was one.
    fn revoke_token(&self, user: &Self::User, id: &Id) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Ends the account's personal tokens. How many there were.
    fn revoke_tokens(&self, user: &Self::User) -> impl Future<Output = StoreResult<u64>> + Send;
}

/// Clients beside the one of the settings.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no clients",
    note = "implement `auth_runtime::store::ClientStore` for it"
)]
pub trait ClientStore: Backend {
    /// All clients, by name.
    fn clients(&self) -> impl Future<Output = StoreResult<Vec<Client>>> + Send;

    /// Makes a client, or gives the one of this name other rules. Whether it was made.
    fn put_client(&self, client: &Client) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a client and ends its logins. Whether there was one.
    fn delete_client(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;
}
