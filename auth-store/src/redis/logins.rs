//! Logins and access tokens of requests.

use std::time::Duration;

use auth_runtime::store::{
    AccessToken, AtLimit, Client, Id, InsertOutcome, Login, LoginRecord, LoginStore, NewCredential, NewLogin, NewToken,
    StoreError, StoreResult, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken, TokenKind};

use super::RedisStore;
use super::call::Call;
use super::script::{END_COOKIE, Fields, INSERT, TOUCH};
use super::values::{hex, maybe_millis, millis, own, own_number};
use crate::{Account, Store, last_use};

pub(super) fn time(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// Reads a login from the fields `login client created used idle ends`.
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

/// Reads a token from the fields `token login client made token_used idle expires`.
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

impl<B: Store> RedisStore<B> {
    /// Returns the account with this id if `epoch` is its current epoch.
    pub(super) async fn current(&self, call: &Call<'_>, id: i64, epoch: i64) -> StoreResult<Option<Account>> {
        Ok(call.behind(self.accounts.account_by_id(&Id::from(id))).await?.filter(|account| account.epoch == epoch))
    }

    async fn own_login(&self, call: &Call<'_>, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let names = ["login", "client", "created", "used", "idle", "ends", "token", "csrf", "account", "epoch"];
        let Some(mut fields) = call.fields(digest, &names).await? else { return Ok(None) };
        let login = login(&mut fields)?;
        let (token, csrf_secret) = (fields.text(), Some(fields.text()).filter(|secret| !secret.is_empty()));
        let (account, epoch) = (fields.number()?, fields.number()?);
        if !token.is_empty() {
            return Ok(None);
        }
        Ok(self.current(call, account, epoch).await?.map(|user| LoginRecord { user, login, csrf_secret }))
    }

    async fn own_token(&self, call: &Call<'_>, digest: &Digest) -> StoreResult<Option<TokenRecord<Account>>> {
        let names = ["token", "login", "client", "made", "token_used", "idle", "expires", "account", "epoch"];
        // This field is empty in a login that presents a cookie.
        let Some(mut fields) = call.fields(digest, &names).await?.filter(Fields::starts_filled) else {
            return Ok(None);
        };
        let token = access_token(&mut fields)?;
        let (account, epoch) = (fields.number()?, fields.number()?);
        Ok(self.current(call, account, epoch).await?.map(|user| TokenRecord { user, token }))
    }

    /// Returns an error if the inner store has the digest already, as a unique index does.
    pub(super) async fn claim_behind(&self, call: &Call<'_>, digest: &Digest) -> StoreResult<()> {
        let is_token = call.behind(self.accounts.find_token(&PresentedToken::of(*digest))).await?.is_some();
        if is_token || call.behind(self.accounts.find_login(digest)).await?.is_some() { Err(taken()) } else { Ok(()) }
    }

    /// Ends the logins that the inner store still has of an account, from before Redis was put in front of it. One by one,
    /// since ending all at once would start a new epoch of the account.
    async fn end_logins_behind(&self, call: &Call<'_>, user: &Account) -> StoreResult<()> {
        for entry in call.behind(self.accounts.logins(user)).await? {
            call.behind(self.accounts.revoke_login(user, &entry.login.id)).await?;
        }
        Ok(())
    }

    async fn touch(&self, what: &str, used: &[(Id, Duration)]) -> StoreResult<()> {
        // In batches, since Redis serves no other client while a script runs.
        let latest = millis(last_use::latest(used)).to_string();
        for used in used.chunks(1_000) {
            let mut arguments = vec![what.to_owned(), latest.clone()];
            for (id, at) in used {
                let Some(id) = own_number(id) else { continue };
                arguments.extend([id.to_string(), millis(*at).to_string()]);
            }
            if arguments.len() > 2 {
                self.redis.call().run::<i64>(&TOUCH, &arguments).await?;
            }
        }
        Ok(())
    }
}

fn taken() -> StoreError {
    StoreError::new("there is something with this digest already")
}

/// Returns the uses that belong to the inner store.
fn others(used: &[(Id, Duration)]) -> Vec<(Id, Duration)> {
    used.iter().filter(|(id, _)| own_number(id).is_none()).cloned().collect()
}

impl<B: Store> LoginStore for RedisStore<B> {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let call = self.redis.call();
        match self.own_login(&call, digest).await? {
            Some(record) => Ok(Some(record)),
            None => call.behind(self.accounts.find_login(digest)).await,
        }
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        // A login that is inserted while the account changes is never found, since its epoch is past.
        let call = self.redis.call();
        if self.current(&call, user.id, user.epoch).await?.is_none() {
            return Ok(InsertOutcome::AccountChanged);
        }
        let (is_token, csrf_secret) = match &login.credential {
            NewCredential::Cookie { csrf_secret, .. } => (false, csrf_secret.as_deref().unwrap_or_default()),
            NewCredential::Token { .. } => (true, ""),
        };
        self.claim_behind(&call, login.credential.digest()).await?;
        let flag = |holds: bool| i32::from(holds).to_string();
        let client = &login.client;
        let id: i64 = call
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
            return Ok(InsertOutcome::LimitReached);
        }
        if *client.single_login() {
            self.end_logins_behind(&call, user).await?;
        }
        Ok(InsertOutcome::Kept(login.as_login(own(id))))
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch("login", used).await?;
        self.accounts.touch_logins(&others(used)).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        let call = self.redis.call();
        let ended: i64 = call.run(&END_COOKIE, &[hex(digest)]).await?;
        Ok(ended > 0 || call.behind(self.accounts.end_login(digest)).await?)
    }

    async fn find_client(&self, name: &str) -> StoreResult<Option<Client>> {
        self.accounts.find_client(name).await
    }
}

impl<B: Store> TokenStore for RedisStore<B> {
    /// Looks up an access token in Redis, a personal token in the inner store, and a token of another form in both.
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        let call = self.redis.call();
        if token.kind() != Some(TokenKind::Access)
            && let Some(record) = call.behind(self.accounts.find_token(token)).await?
        {
            return Ok(Some(record));
        }
        if token.kind() == Some(TokenKind::Personal) {
            return Ok(None);
        }
        if let Some(record) = self.own_token(&call, token.digest()).await? {
            return Ok(Some(record));
        }
        match token.imported_digest() {
            Some(imported) => self.own_token(&call, imported).await,
            None if token.kind() == Some(TokenKind::Access) => call.behind(self.accounts.find_token(token)).await,
            None => Ok(None),
        }
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        let call = self.redis.call();
        if call.fields(&token.digest, &["login"]).await?.is_some() {
            return Err(taken());
        }
        call.behind(self.accounts.insert_token(user, token)).await
    }

    async fn touch_tokens(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch("token", used).await?;
        self.accounts.touch_tokens(&others(used)).await
    }
}
