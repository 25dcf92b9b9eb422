//! Key rings as JWK Sets (RFC 7517 section 5).

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::error::InvalidKeyRing;
use super::keys::KeyRing;
use super::schedule::{Schedule, at, seconds};
use crate::jwk::{Members, read_object};

/// Large enough for the longest private key as JSON, so that growing does not leave pieces of a secret behind.
const ROOM_FOR_KEY: usize = 8 * 1024;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Option<Vec<&'a RawValue>>,
}

/// A serialized key.
#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    members: Members,
    #[serde(flatten)]
    times: Times,
}

/// The members that only rings have, in whole seconds since the Unix epoch.
#[derive(Deserialize, Serialize)]
struct Times {
    published: Option<u64>,
    active_from: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active_until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_until: Option<u64>,
}

impl Times {
    fn of(schedule: Schedule) -> Self {
        Self {
            published: Some(seconds(schedule.published())),
            active_from: Some(seconds(schedule.active_from())),
            active_until: schedule.active_until().map(seconds),
            retired_until: schedule.retired_until().map(seconds),
        }
    }

    /// Returns the schedule. A key without times signs, and always did.
    fn schedule(&self) -> Result<Schedule, InvalidKeyRing> {
        let active_from = self.active_from.unwrap_or_default();
        let schedule = Schedule::new(at(self.published.unwrap_or(active_from)), at(active_from));
        match (self.active_until, self.retired_until) {
            (None, None) => Ok(schedule),
            (Some(active_until), Some(retired_until)) => {
                Ok(schedule.with_retirement(at(active_until), at(retired_until)))
            }
            _ => Err(InvalidKeyRing("`active_until` and `retired_until` belong together; give both".to_owned())),
        }
    }
}

impl KeyRing {
    /// Writes the whole ring, including private halves and secrets, as a JWK Set. It is a secret: anyone who has it can sign.
    /// Keys have the members `published`, `active_from`, `active_until` and `retired_until`, in seconds since the Unix epoch.
    ///
    /// [`seal`](Self::seal) encrypts the same content for a database.
    ///
    /// # Panics
    ///
    /// Never: keys that were parsed can be written.
    pub fn to_private_jwks(&self) -> Zeroizing<String> {
        let entries = self
            .iter()
            .map(|key| Entry { members: Members::of_private(key.signing_key()), times: Times::of(key.schedule()) });
        Zeroizing::new(write(entries.collect()))
    }

    /// Writes the [public keys](Self::public_keys) as a JWK Set that others can verify with. It never contains private members
    /// or shared secrets: for a ring with only secrets it is `{"keys":[]}`.
    ///
    /// # Panics
    ///
    /// Never: keys that were parsed can be written.
    pub fn to_public_jwks(&self, now: SystemTime) -> String {
        write(
            self.public_keys(now).map(|key| Members::of_published(key).expect("a parsed key can be written")).collect(),
        )
    }

    /// Reads the output of [`to_private_jwks`](Self::to_private_jwks), or any JWK Set of private keys. A key without times is
    /// active without limits.
    ///
    /// # Errors
    ///
    /// If the text is not such a set, or one of its keys cannot be [added](Self::add).
    pub fn from_private_jwks(text: &str) -> Result<Self, InvalidKeyRing> {
        let document: Document<'_> = read_object(text).map_err(InvalidKeyRing)?;
        let missing = || InvalidKeyRing("it is not a JWK Set: `keys` is missing; write {\"keys\": [..]}".to_owned());
        let mut ring = Self::new();
        for (number, entry) in (1..).zip(document.keys.ok_or_else(missing)?) {
            ring.read_entry(entry).map_err(|InvalidKeyRing(reason)| {
                InvalidKeyRing(if reason.starts_with("key `") { reason } else { format!("key {number}: {reason}") })
            })?;
        }
        Ok(ring)
    }

    fn read_entry(&mut self, entry: &RawValue) -> Result<(), InvalidKeyRing> {
        let members = Members::read(entry.get()).map_err(|error| InvalidKeyRing(error.to_string()))?;
        let named = |error: InvalidKeyRing| members.kid().map_or(error.clone(), |kid| error.of_key(kid));
        let times: Times = read_object(entry.get()).map_err(|fault| named(InvalidKeyRing(fault)))?;
        let key = members.signing_key(None).map_err(|error| named(InvalidKeyRing(error.to_string())))?;
        self.add(key, times.schedule().map_err(named)?)
    }
}

/// Serializes a set whose entries have at most [`ROOM_FOR_KEY`] bytes each.
fn write<T: Serialize>(keys: Vec<T>) -> String {
    #[derive(Serialize)]
    struct Set<T> {
        keys: Vec<T>,
    }
    let mut json = Vec::with_capacity((keys.len() + 1) * ROOM_FOR_KEY);
    serde_json::to_writer(&mut json, &Set { keys }).expect("strings and numbers can be written");
    String::from_utf8(json).expect("JSON is UTF-8")
}
