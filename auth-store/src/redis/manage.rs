//! How account holders manage their own logins and tokens.

use std::time::Duration;

use auth_runtime::store::{AccessToken, CredentialStore, Id, LoginEntry, NewAccessToken, StoreResult, TokenEntry};

use super::RedisStore;
use super::logins::{access_token, login, time};
use super::script::{END_LOGIN, EXTEND, Fields, LIST, RENAME, RENEW};
use super::values::{hex, maybe_millis, millis, own_number};
use crate::{Account, Store, last_use};

impl<B: Store> CredentialStore for RedisStore<B> {
    async fn logins(&self, user: &Account) -> StoreResult<Vec<LoginEntry>> {
        let call = self.redis.call();
        let found: Vec<Vec<Option<String>>> = call.read(&LIST, &[user.id.to_string()]).await?;
        let mut entries = call.behind(self.accounts.logins(user)).await?;
        for mut fields in found.into_iter().filter_map(Fields::read) {
            let login = login(&mut fields)?;
            if fields.number()? == user.epoch {
                let (name, address, user_agent) = (fields.text(), fields.text().parse().ok(), fields.text());
                let (token, expires) = (fields.text(), fields.maybe_number()?.map(time));
                let token_expires = expires.filter(|_| !token.is_empty());
                entries.push(LoginEntry { login, token_expires, name, address, user_agent });
            }
        }
        // The absolute values of ids increase.
        let age = |entry: &LoginEntry| (entry.login.created, entry.login.id.number().map(i64::unsigned_abs));
        entries.sort_by_key(|entry| std::cmp::Reverse(age(entry)));
        Ok(entries)
    }

    async fn rename_login(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        match own_number(id) {
            Some(own) => {
                let arguments = [user.id.to_string(), own.to_string(), name.to_owned()];
                Ok(self.redis.call().run::<i64>(&RENAME, &arguments).await? > 0)
            }
            None => self.accounts.rename_login(user, id, name).await,
        }
    }

    async fn revoke_login(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        match own_number(id) {
            Some(own) => {
                let arguments = [user.id.to_string(), own.to_string()];
                Ok(self.redis.call().run::<i64>(&END_LOGIN, &arguments).await? > 0)
            }
            None => self.accounts.revoke_login(user, id).await,
        }
    }

    async fn revoke_logins(&self, user: &Account, except: Option<&Id>) -> StoreResult<u64> {
        let call = self.redis.call();
        // The inner store starts a new epoch of the account. From here on no earlier login is valid, even if Redis does not
        // receive the change or loses it.
        let behind = call.behind(self.accounts.revoke_logins(user, except)).await?;
        Ok(match call.behind(self.accounts.account_by_id(&user.key())).await? {
            Some(account) => behind + self.end_those_before(&call, &account, except).await,
            None => behind,
        })
    }

    async fn renew_token(&self, user: &Account, old: &Id, new: NewAccessToken) -> StoreResult<Option<AccessToken>> {
        let Some(own) = own_number(old) else { return self.accounts.renew_token(user, old, new).await };
        let call = self.redis.call();
        if self.current(&call, user.id, user.epoch).await?.is_none() {
            return Ok(None);
        }
        self.claim_behind(&call, &new.digest).await?;
        let arguments = [
            user.id.to_string(),
            user.epoch.to_string(),
            own.to_string(),
            hex(&new.digest),
            millis(new.created).to_string(),
            maybe_millis(new.expires),
            millis(last_use::latest_at(new.created)).to_string(),
        ];
        let fields = Fields::read(call.run(&RENEW, &arguments).await?);
        fields.map(|mut fields| access_token(&mut fields)).transpose()
    }

    async fn extend_token(
        &self,
        user: &Account,
        id: &Id,
        expires: Option<Duration>,
    ) -> StoreResult<Option<AccessToken>> {
        let Some(own) = own_number(id) else { return self.accounts.extend_token(user, id, expires).await };
        let call = self.redis.call();
        if self.current(&call, user.id, user.epoch).await?.is_none() {
            return Ok(None);
        }
        let arguments = [user.id.to_string(), own.to_string(), maybe_millis(expires), user.epoch.to_string()];
        let fields = Fields::read(call.run(&EXTEND, &arguments).await?);
        fields.map(|mut fields| access_token(&mut fields)).transpose()
    }

    async fn tokens(&self, user: &Account) -> StoreResult<Vec<TokenEntry>> {
        self.accounts.tokens(user).await
    }

    async fn rename_token(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        self.accounts.rename_token(user, id, name).await
    }

    async fn revoke_token(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        self.accounts.revoke_token(user, id).await
    }

    async fn revoke_tokens(&self, user: &Account) -> StoreResult<u64> {
        self.accounts.revoke_tokens(user).await
    }
}
