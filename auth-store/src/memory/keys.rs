//! The keys that accounts sign with. They are not stored on disk, so they are not sealed.

use std::collections::btree_map::Entry;
use std::time::Duration;

use auth_runtime::store::{Key, KeyRecord, KeyStore, StoreResult};
use zeroize::Zeroizing;

use super::{KeyRow, MemoryStore};
use crate::{Account, KeyInsertOutcome, NewSigningKey, SigningKeyEntry, SigningKeyStore};

impl KeyStore for MemoryStore {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        let tables = self.tables()?;
        let Some(row) = tables.keys.get(id) else { return Ok(None) };
        let user = tables.accounts.get(&row.account).map(|row| row.account.clone());
        Ok(user.map(|user| KeyRecord { key: row.new.key.clone(), user }))
    }
}

impl SigningKeyStore for MemoryStore {
    async fn add_key(&self, user: &Account, new: &NewSigningKey) -> StoreResult<KeyInsertOutcome> {
        new.check()?;
        let mut tables = self.tables()?;
        if !tables.accounts.contains_key(&user.id) {
            return Ok(KeyInsertOutcome::NoAccount);
        }
        Ok(match tables.keys.entry(new.key.id().to_owned()) {
            Entry::Occupied(_) => KeyInsertOutcome::IdTaken,
            Entry::Vacant(place) => {
                place.insert(KeyRow { account: user.id, new: new.clone() });
                KeyInsertOutcome::Added
            }
        })
    }

    async fn signing_keys(&self, user: Option<&Account>) -> StoreResult<Vec<SigningKeyEntry>> {
        let tables = self.tables()?;
        let rows = tables.keys.values().filter(|row| user.is_none_or(|user| user.id == row.account));
        let entries = rows.filter_map(|row| {
            let NewSigningKey { key, created, label } = &row.new;
            Some(SigningKeyEntry {
                id: key.id().to_owned(),
                algorithm: key.algorithm(),
                username: tables.accounts.get(&row.account)?.account.username.clone(),
                label: label.clone(),
                created: *created,
                not_before: key.not_before(),
                expires: key.expires(),
            })
        });
        Ok(entries.collect())
    }

    async fn expire_key(&self, id: &str, expires: Option<Duration>) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(KeyRow { new: NewSigningKey { key, .. }, .. }) = tables.keys.get_mut(id) else { return Ok(false) };
        let material = Zeroizing::new(key.material().to_vec());
        *key = Key::new(key.id(), key.algorithm(), material, key.not_before(), expires);
        Ok(true)
    }

    async fn remove_key(&self, id: &str) -> StoreResult<bool> {
        Ok(self.tables()?.keys.remove(id).is_some())
    }

    async fn reseal_keys(&self) -> StoreResult<u64> {
        self.tables().map(|_| 0)
    }
}
