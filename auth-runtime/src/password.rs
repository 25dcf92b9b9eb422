//! Passwords: [`Passwords`], argon2id off the async threads.

use std::fmt;

use argon2::Argon2;
use zeroize::Zeroizing;

use self::argon2id::Memory;
pub(crate) use self::remembered::{Remembered, find_remembered};
use self::threads::HashingThreads;
use crate::settings::PasswordSettings;
use crate::state::Authentication;
use crate::store::{PasswordRecord, PasswordStore, StoreResult};

mod argon2id;
#[cfg(feature = "django")]
mod django;
mod remembered;
mod threads;

/// Hashes and verifies passwords with argon2id (RFC 9106).
///
/// Hashes run on threads of their own, no more of them at once than the settings say. A request that is given up keeps its
/// place until its hash is done.
pub struct Passwords {
    hasher: Argon2<'static>,
    threads: HashingThreads,
    decoy: String,
    /// Of the hashes that are made today, the part before the salt.
    beginning: String,
    remembered: Option<Remembered>,
}

impl Passwords {
    pub(crate) fn new(settings: &PasswordSettings) -> Self {
        let hasher = argon2id::hasher(settings);
        let decoy = argon2id::hash(&hasher, b"nobody's password", &mut Memory::of(hasher.params()))
            .expect("these parameters were just accepted");
        Self {
            threads: HashingThreads::new(*settings.concurrency(), hasher.params()),
            beginning: beginning(&decoy).to_owned(),
            decoy,
            hasher,
            remembered: (*settings.cache_size() > 0).then(|| Remembered::new(*settings.cache_size())),
        }
    }

    /// Hashes a password to be kept, as a PHC string with a salt of the operating system's.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness, no thread or no memory.
    pub async fn hash(&self, password: &str) -> StoreResult<String> {
        let password = Zeroizing::new(password.to_owned());
        let hasher = self.hasher.clone();
        self.threads.run(move |memory| argon2id::hash(&hasher, password.as_bytes(), memory)).await?
    }

    /// Whether `password` is the one that was hashed to `hash`. Takes the same time when there is no hash.
    ///
    /// A hash that [`is_password_hash`] does not know is wrong for every password. With the feature `django` those of
    /// Django are known: they take another time than argon2id, so that until its next login an account that has one can be
    /// told from a name that nobody has.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread or no memory.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> StoreResult<bool> {
        let password = Zeroizing::new(password.to_owned());
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let right = self.threads.run(move |memory| verify(password.as_bytes(), &hash, memory)).await??;
        Ok(right && known)
    }

    /// Where [`Basic`](crate::scheme::Basic) remembers what was right, if it does.
    pub(crate) fn remembered(&self) -> Option<&Remembered> {
        self.remembered.as_ref()
    }

    /// Whether `hash` was made with other parameters than those of today.
    pub fn is_outdated(&self, hash: &str) -> bool {
        // So nearly all begin.
        !hash.starts_with(&self.beginning) && argon2id::is_outdated(hash, &self.hasher)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("params", self.hasher.params()).finish_non_exhaustive()
    }
}

/// Whether `text` is a hash that [`Passwords::verify`] can read: argon2 as a PHC string, with any parameters; with the feature
/// `django`, `pbkdf2_sha256$<iterations>$<salt>$<hash>` of Django as well. For the import of accounts.
///
/// ```
/// use auth_runtime::is_password_hash;
///
/// assert!(is_password_hash("$argon2id$v=19$m=19456,t=2,p=1$c2Vhc2FsdHM$tNyZ2gDjsmK0zVSHh4gK6Q"));
/// assert!(!is_password_hash("bcrypt$$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"));
/// assert!(!is_password_hash("!"));
/// ```
pub fn is_password_hash(text: &str) -> bool {
    #[cfg(feature = "django")]
    if django::Pbkdf2::parse(text).is_some() {
        return true;
    }
    argon2id::is_hash(text)
}

/// The algorithm, its version and its parameters: what stands before the salt in a PHC string.
fn beginning(hash: &str) -> &str {
    let without = |hash: &'_ str| hash.rsplit_once('$').map_or(0, |(rest, _)| rest.len());
    let salted = without(hash);
    &hash[..(without(&hash[..salted]) + 1).min(hash.len())]
}

fn verify(password: &[u8], hash: &str, memory: &mut Memory) -> StoreResult<bool> {
    #[cfg(feature = "django")]
    if let Some(hash) = django::Pbkdf2::parse(hash) {
        return Ok(hash.verify(password));
    }
    argon2id::verify(password, hash, memory)
}

/// The account that `username` and `password` belong to, for every place that takes both.
///
/// Unknown accounts, accounts without a password and accounts that may not log in take as long as a wrong password. A
/// hash with outdated parameters is replaced when its password is right.
///
/// # Errors
///
/// When the store does not answer.
pub async fn check_password<B: PasswordStore>(
    authentication: &Authentication<B>,
    username: &str,
    password: &str,
) -> StoreResult<Option<B::User>> {
    Ok(find_verified(authentication, username, password).await?.map(|record| record.user))
}

/// The same with the hash that the account has now.
pub(crate) async fn find_verified<B: PasswordStore>(
    authentication: &Authentication<B>,
    username: &str,
    password: &str,
) -> StoreResult<Option<PasswordRecord<B::User>>> {
    let (backend, passwords) = (authentication.backend(), authentication.passwords());
    // No account has such a name or password, and some databases cannot even be asked for it.
    let record = if username.contains('\0') { None } else { backend.find_by_username(username).await? };
    let hash = record.as_ref().and_then(|record| record.hash.as_deref());
    let right = passwords.verify(password, hash).await?;
    let Some(mut record) = record.filter(|record| right && backend.may_log_in(&record.user)) else {
        return Ok(None);
    };
    if let Some(old) = record.hash.as_deref()
        && passwords.is_outdated(old)
    {
        let new = passwords.hash(password).await?;
        match backend.upgrade_hash(&record.user, old, &new).await {
            Ok(()) => record.hash = Some(new),
            // The password is right whatever becomes of this: the next login tries again.
            Err(error) => {
                tracing::warn!(target: "auth::store", %error, "the hash of a password could not be renewed");
            }
        }
    }
    Ok(Some(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> PasswordSettings {
        PasswordSettings::default().with_memory_kib(8).with_iterations(1)
    }

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() {
        let passwords = Passwords::new(&cheap());
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse ", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("nobody's password", None).await.unwrap());
        assert!(!passwords.verify("x", Some("not a hash")).await.unwrap());
    }

    #[tokio::test]
    async fn other_parameters_are_outdated() {
        let hash = Passwords::new(&cheap()).hash("x").await.unwrap();
        assert!(!Passwords::new(&cheap()).is_outdated(&hash));
        assert!(Passwords::new(&cheap().with_iterations(2)).is_outdated(&hash));
        assert!(Passwords::new(&cheap().with_iterations(10)).is_outdated(&hash), "`t=1` begins as `t=10`");
        assert_eq!(beginning(&hash), "$argon2id$v=19$m=8,t=1,p=1$");
        assert!(Passwords::new(&cheap()).is_outdated("junk"));
    }

    #[tokio::test]
    async fn a_hash_is_one_that_can_be_read() {
        let passwords = Passwords::new(&cheap());
        let hash = passwords.hash("x").await.unwrap();
        for (part, other) in [("", ""), ("$v=19", "$v=16"), ("t=1", "t=2"), ("argon2id", "argon2i")] {
            let text = hash.replacen(part, other, 1);
            assert!(is_password_hash(&text), "{text}");
            let right = passwords.verify("x", Some(&text)).await.unwrap();
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
            assert!(!passwords.verify("x", Some(text)).await.unwrap(), "{text}");
        }
    }

    #[cfg(not(feature = "django"))]
    #[tokio::test]
    async fn a_hash_of_django_is_wrong_without_the_feature() {
        let hash = "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";
        assert!(!is_password_hash(hash));
        assert!(!Passwords::new(&cheap()).verify("correct horse", Some(hash)).await.unwrap());
    }
}
