//! [`KeyRing`].

use std::time::SystemTime;

use auth_runtime::store::{Key, KeyAlgorithm};

use super::error::InvalidKeyRing;
use super::key::{KeyState, RingKey};
use super::schedule::{Rotation, Schedule};
use crate::jws;
use crate::signing_key::SigningKey;

/// The keys that a service signs with, for example its tokens: next, active, retired and expired keys, including their private
/// halves.
///
/// Each algorithm has at most one active key. The state of a key follows from its [`Schedule`] and the time, so that all
/// processes with the same ring agree without communicating.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_keys::{KeyRing, SigningKey, ring::Rotation};
/// use auth_runtime::store::KeyAlgorithm::Ed25519;
///
/// let (now, hour) = (SystemTime::now(), Duration::from_secs(3_600));
/// let first = SigningKey::generate_named(Ed25519)?;
/// let mut ring = KeyRing::new();
/// ring.rotate(first.clone(), Rotation::immediate(now, hour))?;
/// assert_eq!(ring.active(Ed25519, now).unwrap().id(), first.id());
///
/// // A year later, the next key is published for an hour, and then the first one verifies for another.
/// let later = now + 365 * 24 * hour;
/// let next = SigningKey::generate_named(Ed25519)?;
/// ring.rotate(next.clone(), Rotation::new(later, hour, hour))?;
/// assert_eq!(ring.active(Ed25519, later).unwrap().id(), first.id());
/// assert_eq!(ring.active(Ed25519, later + hour).unwrap().id(), next.id());
/// assert!(ring.find(first.id(), later + hour).is_some() && ring.find(first.id(), later + 2 * hour).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct KeyRing(Vec<RingKey>);

impl KeyRing {
    /// Creates an empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key with its schedule: for stores that keep a row for each key. To replace the active key, use
    /// [`rotate`](Self::rotate).
    ///
    /// # Errors
    ///
    /// If the id is taken or is not 1 to 255 bytes without control characters, if the key is not
    /// [good enough](jws::check_key) for JSON Web Signatures, if the times are in the wrong order, or if another key for this
    /// algorithm would sign at the same time.
    pub fn add(&mut self, key: SigningKey, schedule: Schedule) -> Result<(), InvalidKeyRing> {
        self.check(&key, schedule).map_err(|error| error.of_key(key.id()))?;
        self.0.push(RingKey::new(key, schedule));
        Ok(())
    }

    fn check(&self, key: &SigningKey, schedule: Schedule) -> Result<(), InvalidKeyRing> {
        if !is_valid_id(key.id()) {
            return Err(InvalidKeyRing("an id has 1 to 255 bytes, and no control characters".to_owned()));
        }
        if self.get(key.id()).is_some() {
            return Err(InvalidKeyRing("another key has the same id".to_owned()));
        }
        jws::check_key(&key.verifying_key()).map_err(|error| InvalidKeyRing(error.to_string()))?;
        schedule.check()?;
        match self.of_algorithm(key.algorithm()).find(|other| other.schedule().overlaps(&schedule)) {
            Some(other) => Err(InvalidKeyRing(format!(
                "it would sign at the same time as `{}`, which is for {} too; end one before the other begins",
                other.id().escape_debug(),
                key.algorithm()
            ))),
            None => Ok(()),
        }
    }

    /// Schedules a new key to replace the active key of its algorithm, if there is one. The new key is next and then active.
    /// The old key stays active until then, and is then retired and later expired.
    ///
    /// # Errors
    ///
    /// Fails as [`add`](Self::add) does, and if another key is next already: [remove](Self::remove) it, or wait until it signs.
    /// The ring is unchanged on errors.
    pub fn rotate(&mut self, next: SigningKey, rotation: Rotation) -> Result<(), InvalidKeyRing> {
        let (algorithm, now) = (next.algorithm(), rotation.now());
        if let Some(pending) = self.of_algorithm(algorithm).find(|key| key.state(now) == KeyState::Next) {
            return Err(InvalidKeyRing(format!("`{}` is next already", pending.id().escape_debug())).of_key(next.id()));
        }
        let mut rotated = self.clone();
        let is_active = |key: &&mut RingKey| key.algorithm() == algorithm && key.state(now) == KeyState::Active;
        if let Some(previous) = rotated.0.iter_mut().find(is_active) {
            previous.set_schedule(rotation.of_previous(previous.schedule()));
        }
        rotated.add(next, rotation.of_next())?;
        *self = rotated;
        Ok(())
    }

    /// Removes a key and returns it. Its signatures are refused from now on. If it was the next key, the active key stays
    /// active without an end. If it was active, no key signs until the next rotation.
    pub fn remove(&mut self, id: &str, now: SystemTime) -> Option<RingKey> {
        let at = self.0.iter().position(|key| key.id() == id)?;
        let removed = self.0.remove(at);
        if removed.state(now) == KeyState::Next {
            let gave_way = |key: &&mut RingKey| {
                key.algorithm() == removed.algorithm()
                    && key.schedule().active_until() == Some(removed.schedule().active_from())
            };
            if let Some(previous) = self.0.iter_mut().find(gave_way) {
                previous.set_schedule(previous.schedule().without_retirement());
            }
        }
        Some(removed)
    }

    /// Removes expired keys. Returns how many it removed.
    pub fn remove_expired(&mut self, now: SystemTime) -> usize {
        let before = self.0.len();
        self.0.retain(|key| key.state(now) != KeyState::Expired);
        before - self.0.len()
    }

    /// Returns the active key for this algorithm.
    pub fn active(&self, algorithm: KeyAlgorithm, now: SystemTime) -> Option<&SigningKey> {
        let active = self.of_algorithm(algorithm).find(|key| key.state(now) == KeyState::Active);
        active.map(RingKey::signing_key)
    }

    /// Returns the verifying key with exactly this id, unless it is expired. A key that is next verifies as well, since the
    /// clocks of processes differ.
    pub fn find(&self, id: &str, now: SystemTime) -> Option<&Key> {
        let key = self.get(id).filter(|key| key.state(now) != KeyState::Expired);
        key.map(RingKey::verifying_key)
    }

    /// Returns the key with exactly this id, in any state.
    pub fn get(&self, id: &str) -> Option<&RingKey> {
        self.0.iter().find(|key| key.id() == id)
    }

    /// Returns all keys, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &RingKey> {
        self.0.iter()
    }

    /// Returns the public keys that are not expired and may be published. Shared secrets have none.
    pub fn public_keys(&self, now: SystemTime) -> impl Iterator<Item = &Key> {
        let public =
            self.0.iter().filter(move |key| !key.algorithm().is_symmetric() && key.state(now) != KeyState::Expired);
        public.map(RingKey::verifying_key)
    }

    fn of_algorithm(&self, algorithm: KeyAlgorithm) -> impl Iterator<Item = &RingKey> {
        self.0.iter().filter(move |key| key.algorithm() == algorithm)
    }
}

fn is_valid_id(id: &str) -> bool {
    (1..=255).contains(&id.len()) && !id.chars().any(char::is_control)
}

impl InvalidKeyRing {
    pub(super) fn of_key(self, id: &str) -> Self {
        Self(format!("key `{}`: {}", id.escape_debug(), self.0))
    }
}
