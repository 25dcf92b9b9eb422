//! Logins and tokens of requests.

use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Client, Id, InsertOutcome, Login, LoginEntry, LoginRecord, LoginStore, NewCredential, NewLogin,
    NewToken, StoreResult, TokenLimit, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken};

use super::{LoginRow, MemoryStore, Tables, number};
use crate::{Account, last_use};

impl LoginStore for MemoryStore {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let tables = self.tables()?;
        let Some(row) = tables.cookies.get(digest).and_then(|id| tables.logins.get(id)) else { return Ok(None) };
        let record = |user: &Account| LoginRecord {
            user: user.clone(),
            login: row.login().clone(),
            csrf_secret: row.csrf_secret.clone(),
        };
        Ok(tables.current(row.account, row.epoch).map(record))
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        let mut tables = self.tables()?;
        if !tables.is_current(user) {
            return Ok(InsertOutcome::AccountChanged);
        }
        let digest = *login.credential.digest();
        tables.claim(&digest)?;
        if !make_room(&mut tables, user, &login) {
            return Ok(InsertOutcome::LimitReached);
        }
        let id = tables.next_id();
        let made = login.as_login(id);
        let (cookie, csrf_secret) = match &login.credential {
            NewCredential::Cookie { csrf_secret, .. } => (Some(digest), csrf_secret.clone()),
            NewCredential::Token { .. } => (None, None),
        };
        if cookie.is_some() {
            tables.cookies.insert(digest, id);
        } else {
            let token = AccessToken {
                id: Id::default(),
                login: Some(id.into()),
                client: made.client.clone(),
                created: made.created,
                last_used: Some(made.created),
                idle_timeout: made.idle_timeout,
                expires: login.token_expires(),
            };
            tables.insert_token(user, digest, String::new(), token);
        }
        let entry = LoginEntry {
            login: made.clone(),
            token_expires: None,
            name: login.name,
            address: login.address,
            user_agent: login.user_agent,
        };
        tables.logins.insert(id, LoginRow { account: user.id, epoch: user.epoch, cookie, csrf_secret, entry });
        Ok(InsertOutcome::Kept(made))
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        let (mut tables, latest) = (self.tables()?, last_use::latest(used));
        for (id, at) in used {
            touch_login(&mut tables, number(id), *at, latest);
        }
        Ok(())
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        Ok(self.tables()?.end_logins(|row| row.cookie.as_ref() == Some(digest)) > 0)
    }

    async fn find_client(&self, name: &str) -> StoreResult<Option<Client>> {
        Ok(self.tables()?.clients.get(name).cloned())
    }
}

impl TokenStore for MemoryStore {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        let tables = self.tables()?;
        let digests = [Some(token.digest()), token.imported_digest()];
        let id = digests.into_iter().flatten().find_map(|digest| tables.digests.get(digest));
        let Some(row) = id.and_then(|id| tables.tokens.get(id)) else { return Ok(None) };
        let record = |user: &Account| TokenRecord { user: user.clone(), token: row.entry.token.clone() };
        Ok(tables.current(row.account, row.epoch).map(record))
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        let mut tables = self.tables()?;
        if !tables.is_current(user) {
            return Ok(InsertOutcome::AccountChanged);
        }
        tables.claim(&token.digest)?;
        if let Some(limit) = token.limit
            && !make_room_for_token(&mut tables, user, limit, token.created)
        {
            return Ok(InsertOutcome::LimitReached);
        }
        let kept = AccessToken { created: token.created, expires: token.expires, ..AccessToken::default() };
        Ok(InsertOutcome::Kept(tables.insert_token(user, token.digest, token.name, kept)))
    }

    async fn touch_tokens(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        let (mut tables, latest) = (self.tables()?, last_use::latest(used));
        for (id, at) in used {
            let Some(row) = tables.tokens.get_mut(&number(id)) else { continue };
            let token = &mut row.entry.token;
            let newer = |kept| last_use::newer(token.created, kept, *at, latest);
            token.last_used = Some(token.last_used.map_or(*at, newer));
            if let Some(login) = row.login() {
                touch_login(&mut tables, login, *at, latest);
            }
        }
        Ok(())
    }
}

pub(super) fn touch_login(tables: &mut Tables, id: i64, at: Duration, latest: Duration) {
    if let Some(row) = tables.logins.get_mut(&id) {
        let login = &mut row.entry.login;
        login.last_used = last_use::newer(login.created, login.last_used, at, latest);
    }
}

/// Ends the logins that the client's rules end, unless there would still be no room for one more login.
fn make_room(tables: &mut Tables, user: &Account, login: &NewLogin) -> bool {
    if *login.client.max_logins() == Some(0) {
        return false;
    }
    if *login.client.single_login() {
        tables.end_logins(|row| row.account == user.id);
    }
    let Some(max) = *login.client.max_logins() else { return true };
    let live = tables.logins.values().filter(|row| {
        row.account == user.id
            && row.login().client == login.client.name()
            && !row.login().has_expired(login.created)
            && tables.token_end(row).is_none_or(|end| end > login.created)
    });
    let mut live: Vec<_> = live.map(|row| (row.login().created, row.id())).collect();
    let Some(excess) = login.client.at_limit().make_room(live.len(), max) else { return false };
    live.sort_unstable();
    for (_, id) in live.into_iter().take(excess) {
        tables.end_logins(|row| row.id() == id);
    }
    true
}

/// Ends the tokens that the limit ends, unless there would still be no room for one more token.
fn make_room_for_token(tables: &mut Tables, user: &Account, limit: TokenLimit, now: Duration) -> bool {
    let live = tables.tokens.iter().filter(|(_, row)| {
        row.account == user.id && row.epoch == user.epoch && row.login().is_none() && !row.entry.token.has_expired(now)
    });
    let mut live: Vec<_> = live.map(|(id, row)| (row.entry.token.created, *id)).collect();
    let Some(excess) = limit.at_limit.make_room(live.len(), limit.max) else { return false };
    live.sort_unstable();
    for (_, id) in live.into_iter().take(excess) {
        tables.end_tokens(|row| row.entry.token.id == id.into());
    }
    true
}
