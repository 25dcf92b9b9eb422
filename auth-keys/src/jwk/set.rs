//! [`KeySet`]: the public JWK Set of another party.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use auth_runtime::store::{Key, KeyAlgorithm};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::members::{Members, read_object};
use crate::error::InvalidKey;
use crate::signature::prepare;

/// The maximum number of keys in a set.
const MAX_KEYS: usize = 100;

/// The public keys of another party, such as a token issuer: a JWK Set (RFC 7517 section 5). Keys are found by id and
/// algorithm.
///
/// A key that cannot be used is left out and [reported](Self::rejected), so that the other keys still work: a key that is not
/// for signatures, has an unknown algorithm, is too short, or has inconsistent members. Shared secrets and keys with their
/// private half are also left out, since they do not belong in a public set. If two keys have the same id and algorithm, both
/// are left out.
///
/// ```
/// use auth_keys::KeySet;
/// use auth_runtime::store::KeyAlgorithm::{Ed25519, RsaV15Sha256};
///
/// // RFC 8037 appendix A.2
/// let set = r#"{"keys": [
///     {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
///     {"kty": "OKP", "crv": "X25519", "kid": "b", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}
/// ]}"#;
/// let keys = KeySet::from_jwks(set, &[RsaV15Sha256])?;
/// assert!(keys.find("a", Ed25519).is_some() && keys.find("a", RsaV15Sha256).is_none());
/// assert!(keys.rejected()[0].to_string().starts_with("key 2 (`b`): "));
/// # Ok::<(), auth_keys::InvalidKeySet>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: HashMap<String, Vec<SetKey>>,
    rejected: Vec<RejectedJwk>,
}

/// A key of a [`KeySet`].
#[derive(Debug, Clone)]
pub struct SetKey {
    key: Key,
    issuer: Option<String>,
}

impl SetKey {
    /// Returns the key, prepared for verification.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the member `issuer`, with which Entra says which of several issuers the key belongs to.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }
}

/// Why an entry of a JWK Set was left out. Displays its number, its id and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedJwk {
    number: usize,
    id: Option<String>,
    reason: InvalidKey,
}

impl fmt::Display for RejectedJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "key {} (`{}`): {}", self.number, id.escape_debug(), self.reason),
            None => write!(f, "key {}: {}", self.number, self.reason),
        }
    }
}

/// Why a text is not a JWK Set with at least one usable key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidKeySet(String);

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidKeySet {}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Option<Vec<&'a RawValue>>,
}

/// A member that only sets have.
#[derive(Deserialize)]
struct Issuer {
    issuer: Option<String>,
}

impl KeySet {
    /// Reads a JWK Set.
    ///
    /// An RSA key that does not name an algorithm (`alg`, RFC 7517 section 4.4) can be used with each of `rsa_algorithms`. The
    /// caller chooses them, never a token. Preferably pass one. If the list is empty, such keys are left out.
    ///
    /// # Errors
    ///
    /// If the text is not a JWK Set, has more than 100 keys, or has no usable key.
    pub fn from_jwks(text: &str, rsa_algorithms: &[KeyAlgorithm]) -> Result<Self, InvalidKeySet> {
        let document: Document<'_> = read_object(text).map_err(InvalidKeySet)?;
        let entries =
            document.keys.ok_or_else(|| InvalidKeySet("it is not a JWK Set: `keys` is missing".to_owned()))?;
        if entries.len() > MAX_KEYS {
            return Err(InvalidKeySet(format!("it has {} keys, and may have {MAX_KEYS}", entries.len())));
        }
        let mut set = Self { keys: HashMap::new(), rejected: Vec::new() };
        let mut numbers: HashMap<(String, KeyAlgorithm), Vec<usize>> = HashMap::new();
        for (number, entry) in (1..).zip(entries) {
            match read(entry, rsa_algorithms) {
                Ok(keys) => {
                    for key in keys {
                        let (id, algorithm) = (key.key.id().to_owned(), key.key.algorithm());
                        numbers.entry((id.clone(), algorithm)).or_default().push(number);
                        set.keys.entry(id).or_default().push(key);
                    }
                }
                Err((id, reason)) => set.rejected.push(RejectedJwk { number, id, reason }),
            }
        }
        set.remove_duplicates(numbers);
        if set.keys.is_empty() {
            let first = set.rejected.first().map(|first| format!(": {first}")).unwrap_or_default();
            return Err(InvalidKeySet(format!("it has no key that can be used{first}")));
        }
        set.iter().for_each(|key| prepare(key.key()));
        Ok(set)
    }

    /// Leaves out all keys that share their id and algorithm with another key, since choosing one would be a guess.
    fn remove_duplicates(&mut self, numbers: HashMap<(String, KeyAlgorithm), Vec<usize>>) {
        for ((id, algorithm), numbers) in numbers {
            if numbers.len() < 2 {
                continue;
            }
            if let Some(keys) = self.keys.get_mut(&id) {
                keys.retain(|key| key.key.algorithm() != algorithm);
                if keys.is_empty() {
                    self.keys.remove(&id);
                }
            }
            let reason = InvalidKey::new(format!("another key for {algorithm} has the same id"));
            let rejected = numbers.into_iter().map(|number| (number, Some(id.clone()), reason.clone()));
            self.rejected.extend(rejected.map(|(number, id, reason)| RejectedJwk { number, id, reason }));
        }
        self.rejected.sort_by_key(|rejected| rejected.number);
    }

    /// Returns the key with exactly this id, for this algorithm.
    pub fn find(&self, id: &str, algorithm: KeyAlgorithm) -> Option<&SetKey> {
        self.keys.get(id)?.iter().find(|key| key.key.algorithm() == algorithm)
    }

    /// Returns whether any key has this id.
    pub fn has_id(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    /// Returns the key for this algorithm if the set has exactly one.
    pub fn only(&self, algorithm: KeyAlgorithm) -> Option<&SetKey> {
        let mut keys = self.iter().filter(|key| key.key.algorithm() == algorithm);
        keys.next().filter(|_| keys.next().is_none())
    }

    /// Returns the keys, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &SetKey> {
        self.keys.values().flatten()
    }

    /// Returns which entries were left out, and why.
    pub fn rejected(&self) -> &[RejectedJwk] {
        &self.rejected
    }
}

/// Reads an entry: more than one key if it is an RSA key for several algorithms.
fn read(entry: &RawValue, rsa_algorithms: &[KeyAlgorithm]) -> Result<Vec<SetKey>, (Option<String>, InvalidKey)> {
    let members = Members::read(entry.get()).map_err(|reason| (None, reason))?;
    let named = |reason| (members.kid().map(str::to_owned), reason);
    if members.is_symmetric() {
        return Err(named(InvalidKey::new("it is a shared secret, which does not belong into a public set")));
    }
    let issuer: Issuer = read_object(entry.get()).map_err(|fault| named(InvalidKey::new(fault)))?;
    let keys = members.verifying_keys(rsa_algorithms).map_err(named)?;
    Ok(keys.into_iter().map(|key| SetKey { key, issuer: issuer.issuer.clone() }).collect())
}
