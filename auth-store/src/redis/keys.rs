//! The keys that accounts sign with, which the inner store keeps.

use std::time::Duration;

use auth_runtime::store::{KeyRecord, KeyStore, StoreResult};

use super::RedisStore;
use crate::{Account, KeyInsertOutcome, NewSigningKey, SigningKeyEntry, SigningKeyStore, Store};

impl<B: Store + SigningKeyStore> KeyStore for RedisStore<B> {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        self.accounts.find_key(id).await
    }
}

impl<B: Store + SigningKeyStore> SigningKeyStore for RedisStore<B> {
    async fn add_key(&self, user: &Account, key: &NewSigningKey) -> StoreResult<KeyInsertOutcome> {
        self.accounts.add_key(user, key).await
    }

    async fn signing_keys(&self, user: Option<&Account>) -> StoreResult<Vec<SigningKeyEntry>> {
        self.accounts.signing_keys(user).await
    }

    async fn expire_key(&self, id: &str, expires: Option<Duration>) -> StoreResult<bool> {
        self.accounts.expire_key(id, expires).await
    }

    async fn remove_key(&self, id: &str) -> StoreResult<bool> {
        self.accounts.remove_key(id).await
    }

    async fn reseal_keys(&self) -> StoreResult<u64> {
        self.accounts.reseal_keys().await
    }
}
