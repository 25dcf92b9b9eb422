//! How account holders manage their own logins and tokens.

use std::time::Duration;

use auth_runtime::store::{AccessToken, CredentialStore, Id, LoginEntry, NewAccessToken, StoreResult, TokenEntry};

use super::logins::touch_login;
use super::{MemoryStore, Tables, TokenRow, number};
use crate::{Account, last_use};
use auth_runtime::store::Keep;

/// Finds a token that belongs to a login of the account.
fn access_token<'a>(tables: &'a mut Tables, user: &Account, id: &Id) -> Option<&'a mut TokenRow> {
    let row = tables.tokens.get_mut(&number(id))?;
    (row.account == user.id && row.epoch == user.epoch && row.login().is_some()).then_some(row)
}

/// Finds a token of the account that does not belong to a login.
fn personal_token<'a>(tables: &'a mut Tables, user: &Account, id: &Id) -> Option<&'a mut TokenRow> {
    let row = tables.tokens.get_mut(&number(id))?;
    (row.account == user.id && row.login().is_none()).then_some(row)
}

/// Returns the wanted end, or the end of the login if that is earlier.
fn end_with_login(tables: &Tables, login: i64, wanted: Option<Duration>) -> Option<Duration> {
    let end = tables.logins.get(&login).and_then(|row| row.login().expires);
    wanted.into_iter().chain(end).min()
}

impl CredentialStore for MemoryStore {
    async fn logins(&self, user: &Account) -> StoreResult<Vec<LoginEntry>> {
        let tables = self.tables()?;
        let own = tables.logins.values().filter(|row| row.account == user.id && row.epoch == user.epoch);
        let mut own: Vec<_> =
            own.map(|row| LoginEntry { token_expires: tables.token_end(row), ..row.entry.clone() }).collect();
        own.sort_by_key(|entry| std::cmp::Reverse((entry.login.created, number(&entry.login.id))));
        Ok(own)
    }

    async fn rename_login(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let row = tables.logins.get_mut(&number(id)).filter(|row| row.account == user.id);
        Ok(row.map(|row| name.clone_into(&mut row.entry.name)).is_some())
    }

    async fn revoke_login(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(id) = tables.login(user, id).map(super::LoginRow::id) else { return Ok(false) };
        Ok(tables.end_logins(|row| row.id() == id) > 0)
    }

    async fn revoke_logins(&self, user: &Account, except: Option<&Id>) -> StoreResult<u64> {
        Ok(self.tables()?.begin_epoch(user.id, Keep { login: except, personal_tokens: true }))
    }

    async fn renew_token(&self, user: &Account, old: &Id, new: NewAccessToken) -> StoreResult<Option<AccessToken>> {
        let mut tables = self.tables()?;
        if !tables.is_current(user) {
            return Ok(None);
        }
        tables.claim(&new.digest)?;
        let Some(old_token) = access_token(&mut tables, user, old).map(|row| row.entry.token.clone()) else {
            return Ok(None);
        };
        let login = old_token.login.as_ref().map_or(0, number);
        tables.end_tokens(|row| row.entry.token.id == *old);
        touch_login(&mut tables, login, new.created, last_use::latest_at(new.created));
        let token = AccessToken {
            created: new.created,
            last_used: Some(new.created),
            expires: end_with_login(&tables, login, new.expires),
            ..old_token
        };
        Ok(Some(tables.insert_token(user, new.digest, String::new(), token)))
    }

    async fn extend_token(
        &self,
        user: &Account,
        id: &Id,
        expires: Option<Duration>,
    ) -> StoreResult<Option<AccessToken>> {
        let mut tables = self.tables()?;
        let Some(login) = access_token(&mut tables, user, id).and_then(|row| row.login()) else { return Ok(None) };
        let expires = end_with_login(&tables, login, expires);
        Ok(access_token(&mut tables, user, id).map(|row| {
            row.entry.token.expires = expires;
            row.entry.token.clone()
        }))
    }

    async fn tokens(&self, user: &Account) -> StoreResult<Vec<TokenEntry>> {
        let tables = self.tables()?;
        let own = tables
            .tokens
            .values()
            .filter(|row| row.account == user.id && row.epoch == user.epoch && row.login().is_none());
        let mut own: Vec<_> = own.map(|row| row.entry.clone()).collect();
        own.sort_by_key(|entry| std::cmp::Reverse((entry.token.created, number(&entry.token.id))));
        Ok(own)
    }

    async fn rename_token(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let row = personal_token(&mut tables, user, id);
        Ok(row.map(|row| name.clone_into(&mut row.entry.name)).is_some())
    }

    async fn revoke_token(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        if personal_token(&mut tables, user, id).is_none() {
            return Ok(false);
        }
        Ok(tables.end_tokens(|row| row.entry.token.id == *id) > 0)
    }

    async fn revoke_tokens(&self, user: &Account) -> StoreResult<u64> {
        Ok(self.tables()?.end_tokens(|row| row.account == user.id && row.login().is_none()))
    }
}
