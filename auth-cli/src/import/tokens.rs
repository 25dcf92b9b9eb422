//! `authtoken_token` and `knox_authtoken`, and what is the same for all tokens.

use auth_runtime::PresentedToken;
use auth_runtime::store::{Client, InsertOutcome, NewCredential, NewLogin, NewToken, StoreResult};
use auth_store::{Account, Store};

use super::job::Import;
use super::read::Token;
use super::report::{Outcome, Reason};
use super::source::Row;
use crate::failure::Failure;

/// What is made of a token here.
pub(super) enum Kept {
    /// A personal token with this name.
    Personal(&'static str),
    /// A login of this client with an access token; but for its name, the client has no rules.
    Login(Client),
    /// The same, where the token may be made to last longer.
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

    /// Keeps a token, unless it is worth nothing or there already.
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
            // Another import may have been quicker.
            Err(_) if self.is_there(token).await? => Ok(Outcome::Skipped(Reason::AlreadyThere)),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_there(&self, token: &Token<'_>) -> StoreResult<bool> {
        Ok(self.store.find_token(&PresentedToken::of(token.digest)).await?.is_some())
    }

    /// Whether it is kept: not when the account was changed meanwhile.
    async fn insert(&self, account: &Account, token: &Token<'_>, kept: Kept) -> StoreResult<bool> {
        // One that was made later than now would end before it was made.
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

/// A client of this name by whose rules a login lasts for ever, as long as there are any.
pub(super) fn without_rules(name: &str) -> Client {
    let client = Client::new(name).unwrap_or_default();
    client.with_idle_lifetime(None).with_absolute_lifetime(None)
}
