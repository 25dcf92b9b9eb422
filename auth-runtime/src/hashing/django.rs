//! Password hashes of Django: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), as `django.contrib.auth.hashers` writes it.

use base64ct::{Base64, Encoding as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Django 5.2 uses a million. A larger number than this is not from Django, but would occupy a thread for a long time.
const MAX_ITERATIONS: u32 = 10_000_000;

/// `pbkdf2_sha256$<iterations>$<salt>$<hash>`: a decimal number, any text, and 32 bytes in base64.
pub(super) struct Pbkdf2<'a> {
    iterations: u32,
    salt: &'a str,
    hash: [u8; 32],
}

impl<'a> Pbkdf2<'a> {
    /// Parses a hash. `None` means that `text` is malformed or another kind of hash.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (iterations, rest) = text.strip_prefix("pbkdf2_sha256$")?.split_once('$')?;
        let (salt, encoded) = rest.split_once('$')?;
        // The number's own parser also accepts a sign and leading zeros.
        if salt.is_empty() || !iterations.starts_with(|first: char| ('1'..='9').contains(&first)) {
            return None;
        }
        let iterations = iterations.parse().ok().filter(|number| (1..=MAX_ITERATIONS).contains(number))?;
        let mut hash = [0; 32];
        let length = Base64::decode(encoded, &mut hash).ok()?.len();
        (length == hash.len()).then_some(Self { iterations, salt, hash })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let computed = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, self.salt.as_bytes(), self.iterations);
        computed.ct_eq(&self.hash).into()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;
    use crate::login::check_attempt;
    use crate::settings::{PasswordSettings, Settings};
    use crate::store::{Backend, PasswordRecord, PasswordStore, StoreResult};
    use crate::{AuthContext, Passwords, User, Username, is_password_hash};

    /// Created by `PBKDF2PasswordHasher.encode` of Django 5.2.
    const HASHES: [(&str, &str); 3] = [
        ("correct horse", "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso="),
        ("Pässwörter", "pbkdf2_sha256$1$Iodé$pL4oFDu1+VuIru6ypD1uR/ZuliFzB/qeXIwxJPpuDfM="),
        ("", "pbkdf2_sha256$3$salt2$TC9NGwZhvu385r1W04AjZXk7B7Acq0q9JI2ld3REqcU="),
    ];

    fn cheap() -> PasswordSettings {
        PasswordSettings::default().with_memory_kib(8).with_iterations(1)
    }

    fn encoded(iterations: &str, salt: &str, hash: &str) -> String {
        format!("pbkdf2_sha256${iterations}${salt}${hash}")
    }

    #[tokio::test]
    async fn a_hash_of_django_is_right_for_its_password_only() {
        let passwords = Passwords::new(&cheap());
        for (password, hash) in HASHES {
            assert!(is_password_hash(hash), "{hash}");
            assert!(passwords.is_outdated(hash), "{hash}");
            assert!(passwords.verify_password(password, Some(hash)).await.unwrap(), "{hash}");
            assert!(!passwords.verify_password(&format!("{password} "), Some(hash)).await.unwrap(), "{hash}");
            for (other, _) in HASHES.iter().filter(|(other, _)| *other != password) {
                assert!(!passwords.verify_password(other, Some(hash)).await.unwrap(), "{hash}: {other}");
            }
        }
    }

    #[tokio::test]
    async fn every_part_of_a_hash_counts() {
        let good = "mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";
        let passwords = Passwords::new(&cheap());
        for (iterations, salt, hash) in [
            ("1001", "seasalt", good),
            ("1000", "seasalT", good),
            ("1000", "seasalt", "nQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso="),
            ("1000", "seasalt", "mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmsk="),
        ] {
            let hash = encoded(iterations, salt, hash);
            assert!(is_password_hash(&hash), "{hash}");
            assert!(!passwords.verify_password("correct horse", Some(&hash)).await.unwrap(), "{hash}");
        }
    }

    #[tokio::test]
    async fn malformed_hash_is_wrong_for_every_password() {
        let good = "mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";
        let long = format!("{}==", "A".repeat(46));
        let passwords = Passwords::new(&cheap());
        for hash in [
            encoded("", "seasalt", good),
            encoded("0", "seasalt", good),
            encoded("01000", "seasalt", good),
            encoded("-1000", "seasalt", good),
            encoded("+1000", "seasalt", good),
            encoded(" 1000", "seasalt", good),
            encoded("1e3", "seasalt", good),
            encoded("10000001", "seasalt", good),
            encoded("4294968296", "seasalt", good),
            encoded("1000", "", good),
            encoded("1000", "sea$salt", good),
            encoded("1000", "seasalt", ""),
            encoded("1000", "seasalt", good.trim_end_matches('=')),
            encoded("1000", "seasalt", &format!("{good}\n")),
            encoded("1000", "seasalt", &format!("{good}$")),
            encoded("1000", "seasalt", &good.replace("mso=", "msp=")),
            encoded("1000", "seasalt", &good.replace('m', "-")),
            encoded("1000", "seasalt", "mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdf"),
            encoded("1000", "seasalt", &long),
            format!("PBKDF2_SHA256$1000$seasalt${good}"),
            format!("$pbkdf2_sha256$1000$seasalt${good}"),
            "pbkdf2_sha256$1000$seasalt".to_owned(),
            "pbkdf2_sha256".to_owned(),
            "pbkdf2_sha1$1000$seasalt$iQvkNOF1wEL4Khh8eogJ8rUhipM=".to_owned(),
            "!Rjoc7AbIaUSFCNIeT9pRSRJnVHlUwMWz4HNvsJuK".to_owned(),
            String::new(),
        ] {
            assert!(!is_password_hash(&hash), "{hash}");
            assert!(!passwords.verify_password("correct horse", Some(&hash)).await.unwrap(), "{hash}");
        }
    }

    #[test]
    fn iteration_limit_leaves_room_for_future_django_versions() {
        assert!(is_password_hash(&encoded("10000000", "seasalt", "mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=")));
    }

    #[derive(Clone)]
    struct Ada;

    impl User for Ada {
        fn id(&self) -> Cow<'_, str> {
            "1".into()
        }
    }

    /// One account, with this hash.
    struct Accounts(Mutex<String>);

    impl Backend for Accounts {
        type User = Ada;
    }

    impl PasswordStore for Accounts {
        async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Ada>>> {
            let hash = Some(self.0.lock().unwrap().clone());
            Ok((username.as_str() == "ada").then_some(PasswordRecord { user: Ada, hash }))
        }

        async fn upgrade_hash(&self, _: &Ada, old: &str, new: &str) -> StoreResult<()> {
            let mut hash = self.0.lock().unwrap();
            assert_eq!(*hash, old);
            new.clone_into(&mut hash);
            Ok(())
        }
    }

    #[tokio::test]
    async fn login_replaces_an_outdated_hash() {
        let (password, django) = HASHES[0];
        let accounts = Accounts(Mutex::new(django.to_owned()));
        let context = AuthContext::with_settings(accounts, Settings::default().with_passwords(cheap()));
        let hash = || context.backend().0.lock().unwrap().clone();
        let (request, ()) = http::Request::new(()).into_parts();

        assert!(check_attempt(&context, &request, "ada", "wrong").await.unwrap().is_none());
        assert_eq!(hash(), django);

        assert!(check_attempt(&context, &request, "ada", password).await.unwrap().is_some());
        let renewed = hash();
        assert!(renewed.starts_with("$argon2id$"), "{renewed}");

        assert!(check_attempt(&context, &request, "ada", password).await.unwrap().is_some());
        assert!(check_attempt(&context, &request, "ada", "wrong").await.unwrap().is_none());
        assert_eq!(hash(), renewed, "a hash of today's stays");
    }

    proptest! {
        #[test]
        fn hash_that_django_writes_is_read(
            iterations in 1..=MAX_ITERATIONS,
            salt in "[^$]{1,30}",
            hash in any::<[u8; 32]>(),
        ) {
            let text = encoded(&iterations.to_string(), &salt, &Base64::encode_string(&hash));
            let read = Pbkdf2::parse(&text).unwrap();
            prop_assert_eq!((read.iterations, read.salt, read.hash), (iterations, salt.as_str(), hash));
        }

        #[test]
        fn changed_text_is_another_hash_or_invalid(
            at in 0..HASHES[0].1.len(),
            length in 0..3_usize,
            put in "[0-9A-Za-z+/=$ ]{0,2}|.",
        ) {
            let mut text = HASHES[0].1.to_owned();
            text.replace_range(at..(at + length).min(text.len()), &put);
            if let Some(read) = Pbkdf2::parse(&text) {
                prop_assert_eq!(encoded(&read.iterations.to_string(), read.salt, &Base64::encode_string(&read.hash)), text);
            }
        }
    }
}
