//! The keys that accounts sign with.

use std::time::Duration;

use auth_keys::{SealingError, SealingKey, SealingKeys};
use auth_runtime::store::{Key, KeyAlgorithm, KeyRecord, KeyStore, StoreError, StoreResult};
use sqlx::query;
use zeroize::Zeroizing;

use super::super::Store;
use super::super::dialect::{LOCK_ACCOUNT, Row};
use super::row::{account, get, maybe_time_at, millis, time_at};
use crate::key::is_valid_key_id;
use crate::{Account, KeyInsertOutcome, NewSigningKey, SigningKeyEntry, SigningKeyStore};

impl Store {
    /// Adds a key that seals shared secrets at rest. The first key added seals; all keys open. To replace a key, add the new
    /// one first.
    #[must_use]
    pub fn with_sealing_key(self, key: SealingKey) -> Self {
        self.with_sealing_keys([key])
    }

    /// Adds keys that seal shared secrets at rest, such as those of a [`RootSecret`](auth_keys::RootSecret). The first key
    /// added seals; all keys open.
    ///
    /// ```no_run
    /// # async fn open(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "sqlite")] {
    /// use auth_keys::RootSecret;
    /// use auth_store::SqliteStore;
    ///
    /// let store = SqliteStore::open(path).await?.with_sealing_keys(RootSecret::from_env()?.sealing_keys());
    /// # let _ = store; }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_sealing_keys(mut self, keys: impl IntoIterator<Item = SealingKey>) -> Self {
        self.sealing.extend(keys);
        self
    }
}

/// Returns the stored form of a key: the public key, or the sealed secret.
fn seal(keys: &SealingKeys, key: &Key) -> StoreResult<Vec<u8>> {
    if !key.algorithm().is_symmetric() {
        return Ok(key.material().to_vec());
    }
    keys.seal(key.algorithm().name(), key.id(), key.material()).map_err(|error| failed(key.id(), error))
}

/// Reverses [`seal`].
fn open(keys: &SealingKeys, id: &str, algorithm: KeyAlgorithm, kept: Vec<u8>) -> StoreResult<Zeroizing<Vec<u8>>> {
    if !algorithm.is_symmetric() {
        return Ok(Zeroizing::new(kept));
    }
    keys.open(algorithm.name(), id, &kept).map_err(|error| failed(id, error))
}

fn failed(id: &str, error: SealingError) -> StoreError {
    let cure = match error {
        SealingError::NoKeys => ". Give its sealing keys to the store by `with_sealing_keys`",
        _ => "",
    };
    StoreError::new(format!("the secret of the key `{}`: {error}{cure}", id.escape_debug()))
}

fn algorithm(row: &Row, index: usize) -> StoreResult<KeyAlgorithm> {
    let name: String = get(row, index)?;
    let unknown = || StoreError::new(format!("a key has the algorithm `{}`, which is not known", name.escape_debug()));
    KeyAlgorithm::from_name(&name).ok_or_else(unknown)
}

fn entry(row: &Row) -> StoreResult<SigningKeyEntry> {
    Ok(SigningKeyEntry {
        id: get(row, 0)?,
        algorithm: algorithm(row, 1)?,
        username: get(row, 2)?,
        label: get(row, 3)?,
        created: time_at(row, 4)?,
        not_before: maybe_time_at(row, 5)?,
        expires: maybe_time_at(row, 6)?,
    })
}

impl KeyStore for Store {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        if !is_valid_key_id(id) {
            return Ok(None);
        }
        let find = "SELECT account.id, account.username, account.is_active, account.is_staff, account.epoch, signing.algorithm, \
             signing.material, signing.not_before, signing.expires \
             FROM auth_signing_key signing JOIN auth_account account ON account.id = signing.account_id \
             WHERE signing.id = $1";
        let Some(row) = self.find(|| query(find).bind(id)).await? else { return Ok(None) };
        let algorithm = algorithm(&row, 5)?;
        let material = open(&self.sealing, id, algorithm, get(&row, 6)?)?;
        let key = Key::new(id, algorithm, material, maybe_time_at(&row, 7)?, maybe_time_at(&row, 8)?);
        Ok(Some(KeyRecord { key, user: account(&row)? }))
    }
}

impl SigningKeyStore for Store {
    async fn add_key(&self, user: &Account, new: &NewSigningKey) -> StoreResult<KeyInsertOutcome> {
        new.check()?;
        let key = &new.key;
        let material = seal(&self.sealing, key)?;
        let mut transaction = self.begin().await?;
        if transaction.row(query(LOCK_ACCOUNT).bind(user.id)).await?.is_none() {
            return Ok(KeyInsertOutcome::NoAccount);
        }
        let insert = query(
            "INSERT INTO auth_signing_key (id, account_id, algorithm, material, label, created, not_before, expires) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        )
        .bind(key.id())
        .bind(user.id)
        .bind(key.algorithm().name())
        .bind(material)
        .bind(new.label.as_str())
        .bind(millis(new.created))
        .bind(key.not_before().map(millis))
        .bind(key.expires().map(millis));
        let is_added = transaction.execute(insert).await? > 0;
        transaction.commit().await?;
        Ok(if is_added { KeyInsertOutcome::Added } else { KeyInsertOutcome::IdTaken })
    }

    async fn signing_keys(&self, user: Option<&Account>) -> StoreResult<Vec<SigningKeyEntry>> {
        let list = "SELECT signing.id, signing.algorithm, account.username, signing.label, signing.created, signing.not_before, \
             signing.expires FROM auth_signing_key signing JOIN auth_account account ON account.id = signing.account_id \
             WHERE $1 OR signing.account_id = $2 ORDER BY signing.id";
        let account = user.map_or(0, |user| user.id);
        let rows = self.find_all(|| query(list).bind(user.is_none()).bind(account)).await?;
        rows.iter().map(entry).collect()
    }

    async fn expire_key(&self, id: &str, expires: Option<Duration>) -> StoreResult<bool> {
        if !is_valid_key_id(id) {
            return Ok(false);
        }
        let update = query("UPDATE auth_signing_key SET expires = $1 WHERE id = $2").bind(expires.map(millis)).bind(id);
        Ok(self.execute(update).await? > 0)
    }

    async fn remove_key(&self, id: &str) -> StoreResult<bool> {
        if !is_valid_key_id(id) {
            return Ok(false);
        }
        let delete = query("DELETE FROM auth_signing_key WHERE id = $1").bind(id);
        Ok(self.execute(delete).await? > 0)
    }

    async fn reseal_keys(&self) -> StoreResult<u64> {
        let rows = self.find_all(|| query("SELECT id, algorithm, material FROM auth_signing_key")).await?;
        let mut resealed = 0;
        for row in rows {
            let (id, algorithm, kept): (String, _, Vec<u8>) = (get(&row, 0)?, algorithm(&row, 1)?, get(&row, 2)?);
            if !algorithm.is_symmetric() {
                continue;
            }
            let sealed = self.sealing.reseal(algorithm.name(), &id, &kept).map_err(|error| failed(&id, error))?;
            let Some(sealed) = sealed else { continue };
            // If the key was replaced in the meantime, the first sealing key has sealed the new one already.
            let update = query("UPDATE auth_signing_key SET material = $1 WHERE id = $2 AND material = $3");
            resealed += self.execute(update.bind(sealed).bind(id).bind(kept)).await?;
        }
        Ok(resealed)
    }
}
