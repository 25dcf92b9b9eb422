//! Creates and changes accounts, with an event for each change: [`Accounts`].

use std::net::IpAddr;

use http::request::Parts;

use crate::context::event::{Event, EventKind};
use crate::context::settings::Settings;
use crate::context::state::AuthContext;
use crate::identity::User;
use crate::store::{AccountStore, Keep, NameRejection, NewAccount, StoreResult};

/// Creates, changes and deletes accounts, and sends an [event](crate::event) for each change.
///
/// Use it wherever accounts are created or changed: the methods of [`AccountStore`] change the data but send no event. The
/// admin pages and the command line use it too. The command line `auth` sends its events only to its own `tracing`, since the
/// listeners of an application run in the application.
///
/// ```
/// use auth_runtime::store::{AccountStore, NewAccount};
/// use auth_runtime::{Accounts, AuthError, AuthContext};
///
/// async fn add_user<B: AccountStore>(app: &AuthContext<B>, name: &str, password: &str) -> Result<B::User, AuthError> {
///     let hash = app.passwords().hash(password).await?;
///     let created = Accounts::of(app).create(&NewAccount::new(name).with_password_hash(hash)).await?;
///     created.map_err(|refused| AuthError::other(axum::http::StatusCode::CONFLICT, refused.to_string(), "name_refused"))
/// }
/// ```
///
/// A listener must not block. To do something for each new account, send its id through a channel to a task.
#[derive(Debug)]
pub struct Accounts<'a, S> {
    store: &'a S,
    settings: &'a Settings,
    operator: Option<&'a str>,
    scheme: Option<&'a str>,
    address: Option<IpAddr>,
}

impl<'a, S: AccountStore> Accounts<'a, S> {
    /// Returns the accounts of an application.
    pub fn of(context: &'a AuthContext<S>) -> Self {
        Self::over(context.backend(), context.settings())
    }

    /// Returns the accounts of a store, with the clock and the listeners of these settings.
    pub fn over(store: &'a S, settings: &'a Settings) -> Self {
        Self { store, settings, operator: None, scheme: None, address: None }
    }

    /// Sets the account that makes the changes, by its [id](User::id), and the scheme that identified it.
    #[must_use]
    pub fn changed_by(self, operator: &'a str, scheme: Option<&'a str>) -> Self {
        Self { operator: Some(operator), scheme, ..self }
    }

    /// Sets the request that asks for the changes. Events contain its address.
    #[must_use]
    pub fn asked_by(self, request: &Parts) -> Self {
        let address = self.settings.client_address(request);
        self.asked_from(address)
    }

    /// Sets the address that asks for the changes.
    #[must_use]
    pub fn asked_from(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// Creates an account: see [`AccountStore::create_account`]. Sends `account_created`.
    ///
    /// # Errors
    ///
    /// As [`AccountStore::create_account`].
    pub async fn create(&self, account: &NewAccount) -> StoreResult<Result<S::User, NameRejection>> {
        let made = self.store.create_account(account).await?;
        if let Ok(account) = &made {
            self.emit(account, &[(EventKind::AccountCreated, None)]);
        }
        Ok(made)
    }

    /// Enables or disables an account: see [`AccountStore::set_active`]. Sends `account_enabled`, or `account_disabled` with
    /// `login_revoked` and `token_revoked`.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let events: &[_] = if is_active {
            &[(EventKind::AccountEnabled, None)]
        } else {
            const REASON: Option<&str> = Some("account_disabled");
            &[(EventKind::AccountDisabled, None), (EventKind::LoginRevoked, REASON), (EventKind::TokenRevoked, REASON)]
        };
        self.change(username, events, self.store.set_active(username, is_active)).await
    }

    /// Makes an account staff, or takes that away: see [`AccountStore::set_staff`]. Sends `staff_changed` with the reason
    /// `staff` or `not_staff`.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn set_staff(&self, username: &str, is_staff: bool) -> StoreResult<bool> {
        let reason = if is_staff { "staff" } else { "not_staff" };
        let events = [(EventKind::StaffChanged, Some(reason))];
        self.change(username, &events, self.store.set_staff(username, is_staff)).await
    }

    /// Changes or removes a password: see [`AccountStore::set_password_hash`]. Sends `password_changed`, with the reason
    /// `removed` if it was removed, then `login_revoked`, and `token_revoked` unless personal tokens are kept.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn set_password_hash(&self, username: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        const REASON: Option<&str> = Some("password_changed");
        let events = [
            (EventKind::PasswordChanged, if hash.is_none() { Some("removed") } else { None }),
            (EventKind::LoginRevoked, REASON),
            (EventKind::TokenRevoked, REASON),
        ];
        let events = if keep.personal_tokens { &events[..2] } else { &events };
        self.change(username, events, self.store.set_password_hash(username, hash, keep)).await
    }

    /// Deletes an account with its tokens, logins and grants: see [`AccountStore::delete_account`]. Sends `account_deleted`.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn delete(&self, username: &str) -> StoreResult<bool> {
        let events = [(EventKind::AccountDeleted, None)];
        self.change(username, &events, self.store.delete_account(username)).await
    }

    /// Makes a change, and sends its events if the account exists. Sends them even if nothing is different afterwards: the data
    /// read before the change may be out of date.
    async fn change(
        &self,
        username: &str,
        events: &[(EventKind, Option<&str>)],
        change: impl Future<Output = StoreResult<bool>>,
    ) -> StoreResult<bool> {
        let Some(account) = self.store.account(username).await? else { return Ok(false) };
        let is_there = change.await?;
        if is_there {
            self.emit(&account, events);
        }
        Ok(is_there)
    }

    fn emit(&self, account: &S::User, events: &[(EventKind, Option<&str>)]) {
        let (id, at) = (account.id(), self.settings.clock().now());
        for (kind, reason) in events {
            let event = Event::new(*kind, at).of(&id).by(self.operator).scheme(self.scheme).from_address(self.address);
            self.settings.events().emit(&event.reason(*reason));
        }
    }
}
