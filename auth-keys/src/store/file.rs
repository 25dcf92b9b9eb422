//! [`KeyFile`]: the keys of a JWK Set in a file, reloaded when it changes.

mod error;
mod read;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use auth_runtime::store::{Backend, Key, KeyRecord, KeyStore, ReplayStore, StoreError, StoreResult};
use auth_runtime::{Clock, Digest, User};

pub use self::error::KeyFileError;
use self::read::{Read, Stamp};
pub(crate) use self::text::read_private;
use super::memory::MemoryKeys;
use super::service::Service;

/// How often the file is checked for changes.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long the previous keys stay valid if the file cannot be read. They may include keys that were withdrawn.
const STALE_LIMIT: Duration = Duration::from_secs(3_600);

/// The keys of a JWK Set in a file (RFC 7517 section 5), and replay records. Clones share them.
///
/// Each key has a member `user`, the name of its account. It may have `nbf` and `exp`, which limit its validity, in whole
/// seconds since the Unix epoch. While requests arrive, the file is checked every five seconds and reloaded if it has changed.
/// If the file cannot be read or is not valid, an error is logged, and the previous keys stay valid for an hour. After that,
/// every request with a signature is answered with 503 until the file is corrected.
///
/// If the file contains shared secrets, only its owner may read it (`chmod 600`); its group may read it if the group cannot
/// write it, as for secrets that are mounted with mode 440. Only owner and group may write a key file.
///
/// The replay records are lost when the process ends. A signed request from before the start is refused, since it may have been
/// used already: the caller must sign again. [`guide`](crate::guide#where-records-are-kept) shows how to keep records in a
/// database that several processes share.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use auth_runtime::AuthContext;
/// use auth_keys::KeyFile;
///
/// # let path = std::env::temp_dir().join(format!("auth-keys-example-{}.json", std::process::id()));
/// let set = r#"{"keys": [{
///     "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
///     "kid": "billing-2026", "user": "billing", "exp": 1798761600
/// }]}"#;
/// std::fs::write(&path, set)?;
/// let keys = KeyFile::open(&path)?;
/// let context = AuthContext::new(keys);
/// # std::fs::remove_file(path)?; Ok(()) }
/// ```
pub struct KeyFile<U = Service>(Arc<Inner<U>>);

struct Inner<U> {
    path: PathBuf,
    user: Box<FindUser<U>>,
    clock: Clock,
    keys: MemoryKeys<U>,
    /// When to check the file again, in milliseconds since the Unix epoch.
    next_look: AtomicU64,
    /// When the keys become stale because the file cannot be read, in milliseconds since the Unix epoch.
    stale_from: AtomicU64,
    /// Held while the file is checked, so that concurrent callers wait for the result.
    look: tokio::sync::Mutex<()>,
    seen: std::sync::Mutex<Seen>,
}

type FindUser<U> = dyn Fn(&str) -> Option<U> + Send + Sync;

/// The result of the last check.
struct Seen {
    stamp: Option<Stamp>,
    /// The fault that was logged, so that it is logged only once.
    fault: Option<String>,
}

impl KeyFile<Service> {
    /// Opens a file whose accounts are [services](Service).
    ///
    /// # Errors
    ///
    /// If the file cannot be read, an entry is not a valid key, or others may read its secrets.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        Self::open_with(path, |name| Some(Service::new(name)))
    }
}

impl<U: User + Clone> KeyFile<U> {
    /// Opens a file and finds accounts by name with `user`. If `user` returns `None`, the file is refused.
    ///
    /// # Errors
    ///
    /// Fails as [`open`](Self::open) does, and if an account is not found.
    pub fn open_with(
        path: impl AsRef<Path>,
        user: impl Fn(&str) -> Option<U> + Send + Sync + 'static,
    ) -> Result<Self, KeyFileError> {
        let path = path.as_ref().to_owned();
        let Read { keys, stamp } = read::read(&path, &user)?;
        let inner = Inner {
            path,
            user: Box::new(user),
            clock: Clock::system(),
            keys: MemoryKeys::new(),
            next_look: AtomicU64::new(0),
            stale_from: AtomicU64::new(u64::MAX),
            look: tokio::sync::Mutex::default(),
            seen: std::sync::Mutex::new(Seen { stamp: Some(stamp), fault: None }),
        };
        inner.keys.replace_all(keys);
        inner.set_next_look();
        Ok(Self(Arc::new(inner)))
    }

    /// Uses this clock instead of the system's. Call it before the file is cloned.
    ///
    /// # Panics
    ///
    /// If there are clones.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        let inner = Arc::get_mut(&mut self.0).expect("the clock is set before the key file is cloned");
        inner.clock = clock;
        inner.set_next_look();
        self
    }

    /// Returns the keys, ordered by id.
    pub fn keys(&self) -> Vec<Key> {
        self.0.keys.keys()
    }

    /// Checks the file now, and reloads it if it has changed.
    ///
    /// # Errors
    ///
    /// Fails as [`open_with`](Self::open_with) does. The keys are unchanged on errors.
    pub async fn reload(&self) -> Result<(), KeyFileError> {
        let inner = Arc::clone(&self.0);
        let looked = tokio::task::spawn_blocking(move || inner.look()).await;
        looked.unwrap_or_else(|error| Err(KeyFileError(format!("the key file was not read: {error}"))))
    }

    /// Checks the file if it is due.
    async fn keep_up(&self) -> StoreResult<()> {
        if !self.0.is_time() {
            return Ok(());
        }
        let _look = self.0.look.lock().await;
        if self.0.is_time() {
            let inner = Arc::clone(&self.0);
            let looked = tokio::task::spawn_blocking(move || drop(inner.look()));
            looked.await.map_err(StoreError::new)?;
        }
        Ok(())
    }

    /// Returns the keys unless they are stale.
    fn current(&self) -> StoreResult<&MemoryKeys<U>> {
        let stale_from = self.0.stale_from.load(Ordering::Acquire);
        if stale_from != u64::MAX && millis(self.0.clock.now()) >= stale_from {
            return Err(StoreError::new("the key file could not be read for an hour; correct it"));
        }
        Ok(&self.0.keys)
    }
}

impl<U> Inner<U> {
    fn is_time(&self) -> bool {
        millis(self.clock.now()) >= self.next_look.load(Ordering::Acquire)
    }

    fn set_next_look(&self) {
        self.next_look.store(millis(self.clock.now() + INTERVAL), Ordering::Release);
    }

    fn look(&self) -> Result<(), KeyFileError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let looked = self.read_if_changed(&mut seen);
        let fault = looked.as_ref().err().map(ToString::to_string);
        if let Some(fault) = &fault
            && seen.fault.as_ref() != Some(fault)
        {
            tracing::error!(%fault, "the key file cannot be read again; the keys that were read before stay valid for an hour");
        }
        if fault.is_none() {
            self.stale_from.store(u64::MAX, Ordering::Release);
        } else if seen.fault.is_none() {
            self.stale_from.store(millis(self.clock.now() + STALE_LIMIT), Ordering::Release);
        }
        seen.fault = fault;
        self.set_next_look();
        looked
    }

    fn read_if_changed(&self, seen: &mut Seen) -> Result<(), KeyFileError> {
        let stamp = read::stamp(&self.path)?;
        if seen.stamp.as_ref().is_some_and(|seen| seen.is_settled() && *seen == stamp) && seen.fault.is_none() {
            return Ok(());
        }
        let Read { keys, stamp } = read::read(&self.path, &self.user)?;
        self.keys.replace_all(keys);
        seen.stamp = Some(stamp);
        Ok(())
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl<U> Clone for KeyFile<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<U> fmt::Debug for KeyFile<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("path", &self.0.path).field("keys", &self.0.keys).finish_non_exhaustive()
    }
}

impl<U: User + Clone> Backend for KeyFile<U> {
    type User = U;
}

impl<U: User + Clone> KeyStore for KeyFile<U> {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<U>>> {
        self.keep_up().await?;
        self.current()?.find_key(id).await
    }

    fn keeps_keys(&self) -> bool {
        self.0.keys.keeps_keys()
    }
}

impl<U: User + Clone> ReplayStore for KeyFile<U> {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        self.0.keys.first_use(scope, key, now, expires).await
    }
}
