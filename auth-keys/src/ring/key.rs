//! [`RingKey`]: a key of a ring.

use std::fmt;
use std::time::SystemTime;

use auth_runtime::store::{Key, KeyAlgorithm};

use super::schedule::Schedule;
use crate::signature::prepare;
use crate::signing_key::SigningKey;

/// What a key of a ring is used for at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // a key goes through them in this order
pub enum KeyState {
    /// Published, so that verifiers know the key before it starts to sign.
    Next,
    /// Signs.
    Active,
    /// No longer signs, but its signatures still verify.
    Retired,
    /// Neither signs nor verifies.
    Expired,
}

impl KeyState {
    /// Returns its name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A key of a [`KeyRing`](super::KeyRing), with its schedule.
#[derive(Debug, Clone)]
pub struct RingKey {
    signing: SigningKey,
    verifying: Key,
    schedule: Schedule,
}

impl RingKey {
    pub(super) fn new(signing: SigningKey, schedule: Schedule) -> Self {
        let verifying = signing.verifying_key();
        prepare(&verifying);
        Self { signing, verifying, schedule }
    }

    pub(super) fn set_schedule(&mut self, schedule: Schedule) {
        self.schedule = schedule;
    }

    /// Returns the id, which is the `kid` of the signatures.
    pub fn id(&self) -> &str {
        self.signing.id()
    }

    /// Returns its algorithm.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.signing.algorithm()
    }

    /// Returns when it is used.
    pub fn schedule(&self) -> Schedule {
        self.schedule
    }

    /// Returns what it is used for at this time.
    pub fn state(&self, now: SystemTime) -> KeyState {
        let has_passed = |time: Option<SystemTime>| time.is_some_and(|time| time <= now);
        if now < self.schedule.active_from() {
            KeyState::Next
        } else if has_passed(self.schedule.retired_until()) {
            KeyState::Expired
        } else if has_passed(self.schedule.active_until()) {
            KeyState::Retired
        } else {
            KeyState::Active
        }
    }

    /// Returns the private key or the secret, for a store that seals it. To sign, use the [active key](super::KeyRing::active)
    /// of the ring.
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// Returns the key that verifies its signatures, prepared for verification.
    pub fn verifying_key(&self) -> &Key {
        &self.verifying
    }
}
