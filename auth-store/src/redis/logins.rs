//! Logins and access tokens of requests.

use std::time::Duration;

use auth_runtime::store::{
    AccessToken, AtLimit, Client, Id, Insertion, Login, LoginRecord, LoginStore, NewCredential, NewLogin, NewToken,
    StoreError, StoreResult, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken, TokenKind};

use super::script::{END_COOKIE, Fields, INSERT, TOUCH};
use super::{Redis, RedisStore, failed, hex, maybe_millis, millis, own, own_number};
use crate::{Account, Store};

pub(super) fn time(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// The login in `login client created used idle ends`.
pub(super) fn login(fields: &mut Fields) -> StoreResult<Login> {
    Ok(Login {
        id: own(fields.number()?),
        client: fields.text(),
        created: time(fields.number()?),
        last_used: time(fields.number()?),
        idle_timeout: fields.maybe_number()?.map(time),
        expires: fields.maybe_number()?.map(time),
    })
}

/// The token in `token login client made token_used idle expires`.
pub(super) fn access_token(fields: &mut Fields) -> StoreResult<AccessToken> {
    Ok(AccessToken {
        id: own(fields.number()?),
        login: Some(own(fields.number()?)),
        client: fields.text(),
        created: time(fields.number()?),
        last_used: Some(time(fields.number()?)),
        idle_timeout: fields.maybe_number()?.map(time),
        expires: fields.maybe_number()?.map(time),
    })
}

impl Redis {
    async fn fields(&self, digest: &Digest, names: &[&str]) -> StoreResult<Option<Fields>> {
        let key = format!("{}credential:{}", self.prefix, hex(digest));
        let mut command = redis::cmd("HMGET");
        command.arg(key).arg(names);
        Ok(Fields::read(command.query_async(&mut self.connection.clone()).await.map_err(failed)?))
    }
}

impl<B: Store> RedisStore<B> {
    /// The account of this id, if it is still of this epoch.
    pub(super) async fn current(&self, id: i64, epoch: i64) -> StoreResult<Option<Account>> {
        Ok(self.accounts.account_by_id(id).await?.filter(|account| account.epoch == epoch))
    }

    async fn own_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let names = ["login", "client", "created", "used", "idle", "ends", "token", "csrf", "account", "epoch"];
        let Some(mut fields) = self.redis.fields(digest, &names).await? else { return Ok(None) };
        let login = login(&mut fields)?;
        let (token, csrf_secret) = (fields.text(), Some(fields.text()).filter(|secret| !secret.is_empty()));
        let (account, epoch) = (fields.number()?, fields.number()?);
        if !token.is_empty() {
            return Ok(None);
        }
        Ok(self.current(account, epoch).await?.map(|user| LoginRecord { user, login, csrf_secret }))
    }

    async fn own_token(&self, digest: &Digest) -> StoreResult<Option<TokenRecord<Account>>> {
        let names = ["token", "login", "client", "made", "token_used", "idle", "expires", "account", "epoch"];
        // The field of a login that presents a cookie is empty.
        let Some(mut fields) = self.redis.fields(digest, &names).await?.filter(Fields::starts_filled) else {
            return Ok(None);
        };
        let token = access_token(&mut fields)?;
        let (account, epoch) = (fields.number()?, fields.number()?);
        Ok(self.current(account, epoch).await?.map(|user| TokenRecord { user, token }))
    }

    /// A digest that the store behind has already is an error, as it is to an index.
    pub(super) async fn claim_behind(&self, digest: &Digest) -> StoreResult<()> {
        let is_token = self.accounts.find_token(&PresentedToken::of(*digest)).await?.is_some();
        if is_token || self.accounts.find_login(digest).await?.is_some() { Err(taken()) } else { Ok(()) }
    }

    async fn touch(&self, what: &str, used: &[(Id, Duration)]) -> StoreResult<()> {
        // Not too many at once: Redis serves nobody else meanwhile.
        for used in used.chunks(1_000) {
            let mut arguments = vec![what.to_owned()];
            for (id, at) in used {
                let Some(id) = own_number(id) else { continue };
                arguments.extend([id.to_string(), millis(*at).to_string()]);
            }
            if arguments.len() > 1 {
                self.redis.run::<i64>(&TOUCH, &arguments).await?;
            }
        }
        Ok(())
    }
}

fn taken() -> StoreError {
    StoreError::new("there is something with this digest already")
}

/// What belongs to the store behind.
fn others(used: &[(Id, Duration)]) -> Vec<(Id, Duration)> {
    used.iter().filter(|(id, _)| own_number(id).is_none()).cloned().collect()
}

impl<B: Store> LoginStore for RedisStore<B> {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        match self.own_login(digest).await? {
            Some(record) => Ok(Some(record)),
            None => self.accounts.find_login(digest).await,
        }
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<Insertion<Login>> {
        // One that is kept although the account is changed right now is never found: its epoch is past.
        if self.current(user.id, user.epoch).await?.is_none() {
            return Ok(Insertion::AccountChanged);
        }
        let (is_token, csrf_secret) = match &login.credential {
            NewCredential::Cookie { csrf_secret, .. } => (false, csrf_secret.as_deref().unwrap_or_default()),
            NewCredential::Token { .. } => (true, ""),
        };
        self.claim_behind(login.credential.digest()).await?;
        let flag = |holds: bool| i32::from(holds).to_string();
        let client = &login.client;
        let id: i64 = self
            .redis
            .run(
                &INSERT,
                &[
                    hex(login.credential.digest()),
                    user.id.to_string(),
                    user.epoch.to_string(),
                    client.name().to_owned(),
                    millis(login.created).to_string(),
                    maybe_millis(login.expires()),
                    maybe_millis(*client.idle_lifetime()),
                    client.max_logins().map(|most| most.to_string()).unwrap_or_default(),
                    flag(*client.at_limit() == AtLimit::EndOldest),
                    flag(*client.single_login()),
                    flag(is_token),
                    maybe_millis(login.token_expires()),
                    login.name.clone(),
                    login.address.map(|address| address.to_string()).unwrap_or_default(),
                    login.user_agent.clone(),
                    csrf_secret.to_owned(),
                ],
            )
            .await?;
        if id == 0 {
            return Ok(Insertion::LimitReached);
        }
        if *client.single_login() {
            self.end_logins_behind(user).await?;
        }
        Ok(Insertion::Kept(login.as_login(own(id))))
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch("login", used).await?;
        self.accounts.touch_logins(&others(used)).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        let ended: i64 = self.redis.run(&END_COOKIE, &[hex(digest)]).await?;
        Ok(ended > 0 || self.accounts.end_login(digest).await?)
    }

    async fn find_client(&self, name: &str) -> StoreResult<Option<Client>> {
        self.accounts.find_client(name).await
    }
}

impl<B: Store> TokenStore for RedisStore<B> {
    /// An access token is looked for here, a personal one in the store behind, and one of another form in both.
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        if token.kind() != Some(TokenKind::Access)
            && let Some(record) = self.accounts.find_token(token).await?
        {
            return Ok(Some(record));
        }
        if token.kind() == Some(TokenKind::Personal) {
            return Ok(None);
        }
        if let Some(record) = self.own_token(token.digest()).await? {
            return Ok(Some(record));
        }
        match token.imported_digest() {
            Some(imported) => self.own_token(imported).await,
            None if token.kind() == Some(TokenKind::Access) => self.accounts.find_token(token).await,
            None => Ok(None),
        }
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<Insertion<AccessToken>> {
        if self.redis.fields(&token.digest, &["login"]).await?.is_some() {
            return Err(taken());
        }
        self.accounts.insert_token(user, token).await
    }

    async fn touch_tokens(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch("token", used).await?;
        self.accounts.touch_tokens(&others(used)).await
    }
}
