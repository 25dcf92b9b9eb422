//! Logins, tokens and clients of members.

use std::cmp::Reverse;
use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Client, ClientStore, CredentialStore, Id, InsertOutcome, Login, LoginEntry, LoginRecord, LoginStore,
    NewAccessToken, NewCredential, NewLogin, NewToken, StoreResult, TokenEntry, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken};

use crate::tables::{LoginRow, Member, Rows, Tables, TokenRow, number};

impl LoginStore for Tables {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Member>>> {
        let rows = self.rows();
        let Some(row) = rows.logins.values().find(|row| row.cookie.as_ref() == Some(digest)) else { return Ok(None) };
        let record = |user| LoginRecord { user, login: row.entry.login.clone(), csrf_secret: row.csrf_secret.clone() };
        Ok(rows.member(row.owner).map(record))
    }

    async fn insert_login(&self, user: &Member, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        let mut rows = self.rows();
        if rows.member(user.number).is_none_or(|member| member.is_banned) {
            return Ok(InsertOutcome::AccountChanged);
        }
        if *login.client.single_login() {
            rows.end_logins(|_, row| row.owner == user.number);
        }
        if let Some(max) = *login.client.max_logins() {
            let (name, now) = (login.client.name(), login.created);
            let live = rows.logins.iter().filter(|(_, row)| {
                let kept = &row.entry.login;
                row.owner == user.number && kept.client == name && !kept.has_expired(now)
            });
            let live: Vec<u64> = live.map(|(id, _)| *id).collect();
            let Some(excess) = login.client.at_limit().make_room(live.len(), max) else {
                return Ok(InsertOutcome::LimitReached);
            };
            rows.end_logins(|id, _| live[..excess].contains(&id));
        }
        let id = rows.next_id();
        let made = login.as_login(Id::from(id.to_string().as_str()));
        let token_expires = login.token_expires();
        let (cookie, csrf_secret) = match login.credential {
            NewCredential::Cookie { digest, csrf_secret } => (Some(digest), csrf_secret),
            NewCredential::Token { digest } => {
                let token = AccessToken {
                    login: Some(made.id.clone()),
                    client: made.client.clone(),
                    created: made.created,
                    idle_timeout: made.idle_timeout,
                    expires: token_expires,
                    ..AccessToken::default()
                };
                insert_token(&mut rows, user, digest, String::new(), token);
                (None, None)
            }
        };
        let (name, address, user_agent) = (login.name, login.address, login.user_agent);
        let entry = LoginEntry { login: made.clone(), token_expires: None, name, address, user_agent };
        rows.logins.insert(id, LoginRow { owner: user.number, cookie, csrf_secret, entry });
        Ok(InsertOutcome::Kept(made))
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        let mut rows = self.rows();
        for (id, at) in used {
            if let Some(row) = rows.logins.get_mut(&number(id)) {
                row.entry.login.last_used = row.entry.login.last_used.max(*at);
            }
        }
        Ok(())
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        Ok(self.rows().end_logins(|_, row| row.cookie.as_ref() == Some(digest)) > 0)
    }

    async fn find_client(&self, name: &str) -> StoreResult<Option<Client>> {
        Ok(self.rows().clients.get(name).cloned())
    }
}

impl TokenStore for Tables {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Member>>> {
        let rows = self.rows();
        let Some(row) = rows.tokens.values().find(|row| row.digest == *token.digest()) else { return Ok(None) };
        Ok(rows.member(row.owner).map(|user| TokenRecord { user, token: row.entry.token.clone() }))
    }

    async fn insert_token(&self, user: &Member, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        let mut rows = self.rows();
        if rows.member(user.number).is_none_or(|member| member.is_banned) {
            return Ok(InsertOutcome::AccountChanged);
        }
        if let Some(limit) = token.limit {
            let live = rows.tokens.iter().filter(|(_, row)| {
                let kept = &row.entry.token;
                row.owner == user.number && kept.login.is_none() && !kept.has_expired(token.created)
            });
            let live: Vec<u64> = live.map(|(id, _)| *id).collect();
            let Some(excess) = limit.at_limit.make_room(live.len(), limit.max) else {
                return Ok(InsertOutcome::LimitReached);
            };
            rows.tokens.retain(|id, _| !live[..excess].contains(id));
        }
        let kept = AccessToken { created: token.created, expires: token.expires, ..AccessToken::default() };
        Ok(InsertOutcome::Kept(insert_token(&mut rows, user, token.digest, token.name, kept)))
    }

    async fn touch_tokens(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        let mut rows = self.rows();
        for (id, at) in used {
            if let Some(row) = rows.tokens.get_mut(&number(id)) {
                row.entry.token.last_used = row.entry.token.last_used.max(Some(*at));
            }
        }
        Ok(())
    }
}

fn insert_token(rows: &mut Rows, user: &Member, digest: Digest, name: String, token: AccessToken) -> AccessToken {
    let id = rows.next_id();
    let token = AccessToken { id: Id::from(id.to_string().as_str()), ..token };
    let entry = TokenEntry { token: token.clone(), name };
    rows.tokens.insert(id, TokenRow { owner: user.number, digest, entry });
    token
}

/// Finds a token of the member: one of a login if `of_login` is true, or else a personal one.
fn token_of<'a>(rows: &'a mut Rows, user: &Member, id: &Id, of_login: bool) -> Option<&'a mut TokenRow> {
    let row = rows.tokens.get_mut(&number(id))?;
    (row.owner == user.number && row.entry.token.login.is_some() == of_login).then_some(row)
}

impl CredentialStore for Tables {
    async fn logins(&self, user: &Member) -> StoreResult<Vec<LoginEntry>> {
        let rows = self.rows();
        let of_login = |login: &Id| {
            let mut tokens = rows.tokens.values().map(|row| &row.entry.token);
            tokens.find(|token| token.login.as_ref() == Some(login)).and_then(|token| token.expires)
        };
        let own = rows.logins.values().filter(|row| row.owner == user.number);
        let mut own: Vec<_> =
            own.map(|row| LoginEntry { token_expires: of_login(&row.entry.login.id), ..row.entry.clone() }).collect();
        own.sort_by_key(|entry| Reverse(entry.login.created));
        Ok(own)
    }

    async fn rename_login(&self, user: &Member, id: &Id, name: &str) -> StoreResult<bool> {
        let mut rows = self.rows();
        let row = rows.logins.get_mut(&number(id)).filter(|row| row.owner == user.number);
        Ok(row.map(|row| name.clone_into(&mut row.entry.name)).is_some())
    }

    async fn revoke_login(&self, user: &Member, id: &Id) -> StoreResult<bool> {
        Ok(self.rows().end_logins(|login, row| row.owner == user.number && login == number(id)) > 0)
    }

    async fn revoke_logins(&self, user: &Member, except: Option<&Id>) -> StoreResult<u64> {
        let kept = except.map(number);
        Ok(self.rows().end_logins(|id, row| row.owner == user.number && Some(id) != kept))
    }

    async fn renew_token(&self, user: &Member, old: &Id, new: NewAccessToken) -> StoreResult<Option<AccessToken>> {
        let mut rows = self.rows();
        let Some(row) = token_of(&mut rows, user, old, true) else { return Ok(None) };
        let token = AccessToken { created: new.created, expires: new.expires, ..row.entry.token.clone() };
        rows.tokens.remove(&number(old));
        Ok(Some(insert_token(&mut rows, user, new.digest, String::new(), token)))
    }

    async fn extend_token(
        &self,
        user: &Member,
        id: &Id,
        expires: Option<Duration>,
    ) -> StoreResult<Option<AccessToken>> {
        let mut rows = self.rows();
        Ok(token_of(&mut rows, user, id, true).map(|row| {
            row.entry.token.expires = expires;
            row.entry.token.clone()
        }))
    }

    async fn tokens(&self, user: &Member) -> StoreResult<Vec<TokenEntry>> {
        let rows = self.rows();
        let own = rows.tokens.values().filter(|row| row.owner == user.number && row.entry.token.login.is_none());
        let mut own: Vec<_> = own.map(|row| row.entry.clone()).collect();
        own.sort_by_key(|entry| Reverse(entry.token.created));
        Ok(own)
    }

    async fn rename_token(&self, user: &Member, id: &Id, name: &str) -> StoreResult<bool> {
        let mut rows = self.rows();
        Ok(token_of(&mut rows, user, id, false).map(|row| name.clone_into(&mut row.entry.name)).is_some())
    }

    async fn revoke_token(&self, user: &Member, id: &Id) -> StoreResult<bool> {
        let mut rows = self.rows();
        let is_own = token_of(&mut rows, user, id, false).is_some();
        Ok(is_own && rows.tokens.remove(&number(id)).is_some())
    }

    async fn revoke_tokens(&self, user: &Member) -> StoreResult<u64> {
        let mut rows = self.rows();
        let before = rows.tokens.len();
        rows.tokens.retain(|_, row| row.owner != user.number || row.entry.token.login.is_some());
        Ok((before - rows.tokens.len()) as u64)
    }
}

impl ClientStore for Tables {
    async fn clients(&self) -> StoreResult<Vec<Client>> {
        let mut clients: Vec<_> = self.rows().clients.values().cloned().collect();
        clients.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        Ok(clients)
    }

    async fn put_client(&self, client: &Client) -> StoreResult<bool> {
        Ok(self.rows().clients.insert(client.name().to_owned(), client.clone()).is_none())
    }

    async fn delete_client(&self, name: &str) -> StoreResult<bool> {
        let mut rows = self.rows();
        rows.end_logins(|_, row| row.entry.login.client == name);
        Ok(rows.clients.remove(name).is_some())
    }
}
