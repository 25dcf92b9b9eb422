//! Reading a key file.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use auth_runtime::store::{Key, KeyRecord};
use serde::Deserialize;

use super::error::KeyFileError;
use super::text::{check_mode, read_text, unreadable};
use crate::error::InvalidKey;
use crate::jwk::{Members, fault_of};

/// The content of a file, with the stamp of its version.
pub(super) struct Read<U> {
    pub(super) keys: HashMap<String, KeyRecord<U>>,
    pub(super) stamp: Stamp,
}

/// Identifies a version of a file.
#[derive(PartialEq, Eq)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// On Unix, the inode number and the time of the last change of the inode.
    node: [i64; 3],
    read_at: ReadAt,
}

/// When a file was read. It is ignored in comparisons.
struct ReadAt(SystemTime);

impl PartialEq for ReadAt {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ReadAt {}

/// The coarsest resolution of modification times among file systems.
const COARSEST: Duration = Duration::from_secs(2);

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let node = {
            use std::os::unix::fs::MetadataExt as _;
            [metadata.ino().cast_signed(), metadata.ctime(), metadata.ctime_nsec()]
        };
        #[cfg(not(unix))]
        let node = [0; 3];
        let read_at = ReadAt(SystemTime::now());
        Self { modified: metadata.modified().ok(), length: metadata.len(), node, read_at }
    }

    /// Returns whether every later change is certain to get a different stamp.
    pub(super) fn is_settled(&self) -> bool {
        let age = self.modified.and_then(|modified| self.read_at.0.duration_since(modified).ok());
        age.is_some_and(|age| age > COARSEST)
    }
}

pub(super) fn stamp(path: &Path) -> Result<Stamp, KeyFileError> {
    std::fs::metadata(path).map(|metadata| Stamp::of(&metadata)).map_err(|error| unreadable(path, &error))
}

/// Reads a file. Blocks the thread.
pub(super) fn read<U>(path: &Path, user: impl Fn(&str) -> Option<U>) -> Result<Read<U>, KeyFileError> {
    let (text, metadata) = read_text(path)?;
    let keys = keys_of(&text, user).map_err(|fault| KeyFileError(format!("{}: {fault}", path.display())))?;
    let secrets = keys.values().any(|record| record.key.algorithm().is_symmetric());
    check_mode(path, &metadata, secrets)?;
    Ok(Read { keys, stamp: Stamp::of(&metadata) })
}

/// A JWK Set (RFC 7517 section 5).
#[derive(Deserialize)]
struct Set {
    keys: Option<Vec<Members>>,
}

/// Returns the keys of a set, by id.
fn keys_of<U>(text: &str, user: impl Fn(&str) -> Option<U>) -> Result<HashMap<String, KeyRecord<U>>, String> {
    let set: Set = serde_json::from_str(text).map_err(|error| fault_of(&error))?;
    let entries = set.keys.ok_or("it is not a JWK Set: `keys` is missing; write {\"keys\": [..]}")?;
    let mut keys = HashMap::with_capacity(entries.len());
    for (number, entry) in (1..).zip(entries) {
        let name = match entry.kid() {
            Some(kid) => format!("key {number} (`{}`)", kid.escape_debug()),
            None => format!("key {number}"),
        };
        let key: Key = entry.verifying_key(None).map_err(|fault: InvalidKey| format!("{name}: {fault}"))?;
        let account = entry.user.as_deref().filter(|account| !account.is_empty());
        let account = account.ok_or_else(|| format!("{name}: `user` is missing; add the name of the account"))?;
        let user = user(account).ok_or_else(|| {
            format!("{name}: there is no account `{}`; make it, or correct `user`", account.escape_debug())
        })?;
        if keys.insert(key.id().to_owned(), KeyRecord { key, user }).is_some() {
            return Err(format!("{name}: another key has the same id; give each its own `kid`"));
        }
    }
    Ok(keys)
}
