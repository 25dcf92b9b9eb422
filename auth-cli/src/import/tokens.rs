//! Imports `authtoken_token` and `knox_authtoken`, and has the code that all tokens share.

use auth_runtime::PresentedToken;
use auth_runtime::store::{Client, InsertOutcome, NewCredential, NewLogin, NewToken, StoreResult};
use auth_store::{Account, Store};

use super::job::Import;
use super::read::Token;
use super::report::{Outcome, Reason};
use super::source::Row;
use crate::failure::Failure;

/// What a token is imported as.
pub(super) enum Kept {
    /// A personal token with this name.
    Personal(&'static str),
    /// A login of this client with an access token. The client has only a name and no rules.
    Login(Client),
    /// The same, but the lifetime of the token can be extended.
    Renewable(Client),
}

impl<S: Store> Import<'_, S> {
    pub(super) async fn token(&mut self, row: &Row) -> Result<Outcome, Failure> {
        match Token::read(row) {
            Ok(token) => self.keep(&token, Kept::Personal("imported")).await,
            Err(column) => Ok(Outcome::Unreadable(column)),
        }
    }

    pub(super) async fn knox(&mut self, row: &Row) -> Result<Outcome, Failure> {
        match Token::read_knox(row) {
            Ok(token) => self.keep(&token, Kept::Login(without_rules("knox"))).await,
            Err(column) => Ok(Outcome::Unreadable(column)),
        }
    }

    /// Imports a token unless it has expired, has no user or exists already.
    pub(super) async fn keep(&self, token: &Token<'_>, kept: Kept) -> Result<Outcome, Failure> {
        if token.expires.is_some_and(|end| end <= self.now) {
            return Ok(Outcome::Skipped(Reason::Expired));
        }
        let Some(username) = token.username else { return Ok(Outcome::Skipped(Reason::NoUser)) };
        let account = self.account(self.names.here(username)).await?;
        let will_be = self.dry_run && self.with_users && !self.unreadable_users.contains(username);
        if account.is_none() && !will_be {
            return Ok(Outcome::Skipped(Reason::NoUser));
        }
        if self.is_there(token).await? {
            return Ok(Outcome::Skipped(Reason::AlreadyThere));
        }
        let Some(account) = account.filter(|_| !self.dry_run) else { return Ok(Outcome::Imported) };
        match self.insert(&account, token, kept).await {
            Ok(true) => Ok(Outcome::Imported),
            Ok(false) => Ok(Outcome::Skipped(Reason::ChangeOutcome)),
            // Another import may have inserted it in the meantime.
            Err(_) if self.is_there(token).await? => Ok(Outcome::Skipped(Reason::AlreadyThere)),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_there(&self, token: &Token<'_>) -> StoreResult<bool> {
        Ok(self.store.find_token(&PresentedToken::of(token.digest)).await?.is_some())
    }

    /// Returns whether the token was stored. It is not if the account was changed in the meantime.
    async fn insert(&self, account: &Account, token: &Token<'_>, kept: Kept) -> StoreResult<bool> {
        // A token with a creation time in the future would end before it was created.
        let created = token.created.min(self.now);
        let lifetime = token.expires.map(|end| end.saturating_sub(created));
        let kept = match kept {
            Kept::Login(client) => Kept::Login(client.with_absolute_lifetime(lifetime)),
            Kept::Renewable(client) => {
                Kept::Renewable(client.with_idle_lifetime(lifetime).with_access_lifetime(lifetime))
            }
            personal @ Kept::Personal(_) => personal,
        };
        match kept {
            Kept::Personal(name) => {
                let mut new = NewToken::new(token.digest, created);
                name.clone_into(&mut new.name);
                new.expires = token.expires;
                Ok(matches!(self.store.insert_token(account, new).await?, InsertOutcome::Kept(_)))
            }
            Kept::Login(client) | Kept::Renewable(client) => {
                let new = NewLogin::new(NewCredential::Token { digest: token.digest }, client, created);
                Ok(matches!(self.store.insert_login(account, new).await?, InsertOutcome::Kept(_)))
            }
        }
    }
}

/// Returns a client with this name whose logins never expire.
pub(super) fn without_rules(name: &str) -> Client {
    let client = Client::new(name).unwrap_or_default();
    client.with_idle_lifetime(None).with_absolute_lifetime(None)
}
