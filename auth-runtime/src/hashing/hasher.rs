//! Hashes passwords at a constant cost: [`Hasher`].

use std::fmt;

use argon2::{Argon2, Params};

use super::argon2id::{self, Memory};
#[cfg(feature = "django")]
use super::django;
use super::settings::PasswordSettings;
use crate::store::StoreResult;

/// Hashes and verifies passwords with today's parameters.
pub(super) struct Hasher {
    argon2: Argon2<'static>,
    decoy: String,
    /// The part before the salt of the hashes that are made today.
    beginning: String,
}

impl Hasher {
    pub(super) fn new(settings: &PasswordSettings) -> Self {
        let argon2 = argon2id::hasher(settings);
        let decoy = argon2id::hash(&argon2, b"nobody's password", &mut Memory::of(argon2.params()))
            .expect("these parameters were just accepted");
        Self { beginning: beginning(&decoy).to_owned(), decoy, argon2 }
    }

    pub(super) fn params(&self) -> &Params {
        self.argon2.params()
    }

    pub(super) fn hash(&self, password: &[u8], memory: &mut Memory) -> StoreResult<String> {
        argon2id::hash(&self.argon2, password, memory)
    }

    /// Returns whether `password` matches `stored`. If the hash cannot be read, every password is wrong.
    ///
    /// A wrong password costs exactly one hash with today's parameters, whatever is stored, or if nothing is: the time of a
    /// refusal must not reveal which accounts exist. A hash with outdated parameters or another algorithm comes on top.
    pub(super) fn verify(&self, password: &[u8], stored: Option<&str>, memory: &mut Memory) -> StoreResult<bool> {
        if let Some(stored) = stored {
            match verify(password, stored, memory)? {
                Some(true) => return Ok(true),
                Some(false) if !self.is_outdated(stored) => return Ok(false),
                _ => {}
            }
        }
        argon2id::verify(password, &self.decoy, memory)?;
        Ok(false)
    }

    /// Returns whether `hash` has other parameters than those of today.
    pub(super) fn is_outdated(&self, hash: &str) -> bool {
        // Nearly all begin this way.
        !hash.starts_with(&self.beginning) && argon2id::is_outdated(hash, &self.argon2)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.params().fmt(f)
    }
}

/// Returns whether [`Hasher::verify`] can read `text`.
pub(super) fn is_hash(text: &str) -> bool {
    #[cfg(feature = "django")]
    if django::Pbkdf2::parse(text).is_some() {
        return true;
    }
    argon2id::is_hash(text)
}

/// Returns whether `password` matches `hash`. `None` means that `hash` cannot be read.
fn verify(password: &[u8], hash: &str, memory: &mut Memory) -> StoreResult<Option<bool>> {
    #[cfg(feature = "django")]
    if let Some(hash) = django::Pbkdf2::parse(hash) {
        return Ok(Some(hash.verify(password)));
    }
    argon2id::verify(password, hash, memory)
}

/// Returns the algorithm, its version and its parameters: the part before the salt in a PHC string.
fn beginning(hash: &str) -> &str {
    let without = |hash: &'_ str| hash.rsplit_once('$').map_or(0, |(rest, _)| rest.len());
    let salted = without(hash);
    &hash[..(without(&hash[..salted]) + 1).min(hash.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> PasswordSettings {
        PasswordSettings::default().with_memory_kib(8).with_iterations(1)
    }

    fn hash_of(settings: &PasswordSettings, password: &str) -> String {
        let hasher = Hasher::new(settings);
        hasher.hash(password.as_bytes(), &mut Memory::of(hasher.params())).unwrap()
    }

    #[test]
    fn other_parameters_are_outdated() {
        let hash = hash_of(&cheap(), "x");
        assert!(!Hasher::new(&cheap()).is_outdated(&hash));
        assert!(Hasher::new(&cheap().with_iterations(2)).is_outdated(&hash));
        assert!(Hasher::new(&cheap().with_iterations(10)).is_outdated(&hash), "`t=1` begins as `t=10`");
        assert_eq!(beginning(&hash), "$argon2id$v=19$m=8,t=1,p=1$");
        assert!(Hasher::new(&cheap()).is_outdated("junk"));
    }

    #[test]
    fn a_wrong_password_costs_one_hash_with_todays_parameters_whatever_is_stored() {
        let hasher = Hasher::new(&cheap());
        let today = hash_of(&cheap(), "right");
        let argon2i = today.replace("argon2id", "argon2i");
        let (without_output, _) = today.rsplit_once('$').unwrap();
        // How many hashes each costs in addition to the one of every wrong password.
        let stored = [
            (None, 0),
            (Some(today.clone()), 0),
            (Some(hash_of(&cheap().with_memory_kib(16), "right")), 1),
            (Some(hash_of(&cheap().with_iterations(2), "right")), 1),
            (Some(argon2i), 1),
            (Some("pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=".to_owned()), 0),
            (Some("bcrypt$$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned()), 0),
            (Some("!".to_owned()), 0),
            (Some(String::new()), 0),
            // What begins as hashes of today do, and cannot be read.
            (Some(without_output.to_owned()), 0),
            (Some(format!("{today}$")), 0),
            (Some(beginning(&today).to_owned()), 0),
            (Some(format!("{}c2E$tNyZ2gDjsmK0zVSHh4gK6Q", beginning(&today))), 0),
        ];
        for (stored, others) in stored {
            let mut memory = Memory::of(hasher.params());
            assert!(!hasher.verify(b"wrong", stored.as_deref(), &mut memory).unwrap(), "{stored:?}");
            assert_eq!(memory.computed.len(), others + 1, "{stored:?}: {:?}", memory.computed);
            assert_eq!(memory.computed.last(), Some(hasher.params()), "{stored:?}");
        }
    }

    #[test]
    fn right_password_with_current_hash_costs_one_hash() {
        let (hasher, stored) = (Hasher::new(&cheap()), hash_of(&cheap(), "right"));
        let mut memory = Memory::of(hasher.params());
        assert!(hasher.verify(b"right", Some(&stored), &mut memory).unwrap());
        assert_eq!(memory.computed.len(), 1);
    }
}
