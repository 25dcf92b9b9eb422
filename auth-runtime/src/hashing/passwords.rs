//! Passwords: [`Passwords`], which runs argon2id outside of the async threads.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::MAX_PASSWORD_BYTES;
use super::error::HashPasswordError;
use super::hasher::{self, Hasher};
use super::remembered::Remembered;
use super::settings::PasswordSettings;
use super::threads::HashingThreads;
use super::turns::Turns;

/// Hashes passwords with argon2id (RFC 9106), and verifies them for [`check_attempt`](crate::login::check_attempt).
///
/// Hashes run on their own threads, no more of them at once than [`PasswordSettings`] allow. An abandoned request keeps its
/// place until its hash is done.
pub struct Passwords {
    hasher: Arc<Hasher>,
    threads: HashingThreads,
    pub(crate) turns: Turns,
    remembered: Option<Remembered>,
}

impl Passwords {
    /// The maximum length of a password, in bytes. A longer one is refused before it is hashed, and is wrong in every check.
    pub const MAX_BYTES: usize = MAX_PASSWORD_BYTES;

    pub(crate) fn new(settings: &PasswordSettings) -> Self {
        let hasher = Hasher::new(settings);
        Self {
            threads: HashingThreads::new(*settings.concurrency(), *settings.queue(), hasher.params()),
            hasher: Arc::new(hasher),
            turns: Turns::new(settings.queue().saturating_mul((*settings.concurrency()).max(1))),
            remembered: (*settings.cache_size() > 0).then(|| Remembered::new(*settings.cache_size())),
        }
    }

    /// Hashes a password for storage. Returns a PHC string with a random salt.
    ///
    /// # Errors
    ///
    /// If the password is longer than [`MAX_BYTES`](Self::MAX_BYTES), if too many others wait to be hashed, or if the operating
    /// system provides no randomness, no thread or no memory.
    pub async fn hash(&self, password: &str) -> Result<String, HashPasswordError> {
        if password.len() > Self::MAX_BYTES {
            return Err(HashPasswordError::TooLong);
        }
        let (hasher, password) = (Arc::clone(&self.hasher), Zeroizing::new(password.to_owned()));
        Ok(self.threads.run(move |memory| hasher.hash(password.as_bytes(), memory)).await??)
    }

    /// Returns whether `password` matches `stored`. A wrong password takes the same time if nothing is stored, or if the stored
    /// text cannot be read.
    ///
    /// Only `password::attempt` calls it, so that every attempt is counted. A test enforces that.
    pub(crate) async fn verify_password(
        &self,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, HashPasswordError> {
        let (hasher, password) = (Arc::clone(&self.hasher), Zeroizing::new(password.to_owned()));
        let stored = stored.map(str::to_owned);
        let verify = move |memory: &mut _| hasher.verify(password.as_bytes(), stored.as_deref(), memory);
        Ok(self.threads.run(verify).await??)
    }

    /// Returns the cache of [`Basic`](crate::scheme::Basic) for right credentials, if it is enabled.
    pub(crate) fn remembered(&self) -> Option<&Remembered> {
        self.remembered.as_ref()
    }

    /// Returns whether `hash` has other parameters than those of today.
    pub fn is_outdated(&self, hash: &str) -> bool {
        self.hasher.is_outdated(hash)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("params", &self.hasher).finish_non_exhaustive()
    }
}

/// Returns whether `text` is a password hash that can be verified here: argon2 as a PHC string, with any parameters; with the
/// feature `django` also `pbkdf2_sha256$<iterations>$<salt>$<hash>` of Django. For the import of accounts.
///
/// ```
/// use auth_runtime::is_password_hash;
///
/// assert!(is_password_hash("$argon2id$v=19$m=19456,t=2,p=1$c2Vhc2FsdHM$tNyZ2gDjsmK0zVSHh4gK6Q"));
/// assert!(!is_password_hash("bcrypt$$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"));
/// assert!(!is_password_hash("!"));
/// ```
pub fn is_password_hash(text: &str) -> bool {
    hasher::is_hash(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::AuthError;

    fn cheap() -> PasswordSettings {
        PasswordSettings::default().with_memory_kib(8).with_iterations(1)
    }

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() {
        let passwords = Passwords::new(&cheap());
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(passwords.verify_password("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify_password("correct horse ", Some(&hash)).await.unwrap());
        assert!(!passwords.verify_password("nobody's password", None).await.unwrap());
        assert!(!passwords.verify_password("x", Some("not a hash")).await.unwrap());
    }

    #[tokio::test]
    async fn password_over_the_maximum_length_is_refused() {
        let passwords = Passwords::new(&cheap());
        passwords.hash(&"x".repeat(1_024)).await.unwrap();
        for long in ["x".repeat(1_025), "ä".repeat(513)] {
            let error = passwords.hash(&long).await.unwrap_err();
            assert!(matches!(error, HashPasswordError::TooLong), "{error}");
            let refusal = AuthError::from(error);
            assert_eq!((refusal.status().as_u16(), refusal.code()), (400, "password_too_long"));
        }
    }

    #[tokio::test]
    async fn is_hash_accepts_only_readable_hashes() {
        let passwords = Passwords::new(&cheap());
        let hash = passwords.hash("x").await.unwrap();
        for (part, other) in [("", ""), ("$v=19", "$v=16"), ("t=1", "t=2"), ("argon2id", "argon2i")] {
            let text = hash.replacen(part, other, 1);
            assert!(is_password_hash(&text), "{text}");
            let right = passwords.verify_password("x", Some(&text)).await.unwrap();
            assert_eq!(right, text == hash, "{text}");
        }
        let (without_output, _) = hash.rsplit_once('$').unwrap();
        let (without_salt, _) = without_output.rsplit_once('$').unwrap();
        for text in [
            "",
            "!",
            "x",
            without_output,
            without_salt,
            &hash[1..],
            &hash.replace("argon2id", "scrypt"),
            &hash.replace("$v=19", "$v=20"),
            &hash.replace("m=8", "m=7"),
            &hash.replace("t=1", "t=0"),
            &hash.replace("p=1", "q=1"),
        ] {
            assert!(!is_password_hash(text), "{text}");
            assert!(!passwords.verify_password("x", Some(text)).await.unwrap(), "{text}");
        }
    }

    #[cfg(not(feature = "django"))]
    #[tokio::test]
    async fn a_hash_of_django_is_wrong_without_the_feature() {
        let hash = "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";
        assert!(!is_password_hash(hash));
        assert!(!Passwords::new(&cheap()).verify_password("correct horse", Some(hash)).await.unwrap());
    }
}
