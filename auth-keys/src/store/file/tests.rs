use std::fs;
use std::time::SystemTime;

use auth_runtime::store::KeyAlgorithm;
use serde_json::{Value, json};

use super::*;
use crate::signing_key::SigningKey;

const NOW: Duration = Duration::from_secs(1_800_000_000);

/// A file that goes with it.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, keys: &[Value]) -> Self {
        let file = Self(std::env::temp_dir().join(format!("auth-key-file-{name}-{}.json", std::process::id())));
        file.write(keys);
        file
    }

    fn write(&self, keys: &[Value]) {
        self.write_text(&json!({ "keys": keys }).to_string());
    }

    fn write_text(&self, text: &str) {
        let _ = fs::remove_file(&self.0);
        fs::write(&self.0, text).unwrap();
        self.set_mode(0o600);
    }

    fn set_mode(&self, mode: u32) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&self.0, fs::Permissions::from_mode(mode)).unwrap();
        }
        let _ = mode;
    }

    fn open(&self) -> (KeyFile, Clock) {
        let clock = Clock::manual(NOW);
        (KeyFile::open(&self.0).unwrap().with_clock(clock.clone()), clock)
    }

    fn fault(&self) -> String {
        KeyFile::open(&self.0).expect_err("it is read").to_string()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn entry(id: &str, user: &str) -> Value {
    let key = SigningKey::generate(id, KeyAlgorithm::Ed25519).unwrap();
    let mut entry: Value = serde_json::from_str(&key.to_public_jwk().unwrap()).unwrap();
    entry["user"] = user.into();
    entry
}

fn secret(id: &str) -> Value {
    json!({"kty": "oct", "alg": "HS256", "kid": id, "k": "AAECAwQFBgcICQoLDA0ODw", "user": "billing"})
}

async fn users(file: &KeyFile, ids: &[&str]) -> Vec<Option<String>> {
    let mut users = Vec::new();
    for id in ids {
        users.push(file.find_key(id).await.unwrap().map(|record| record.user.name().to_owned()));
    }
    users
}

#[tokio::test]
async fn keys_are_found_with_their_accounts_and_limits() {
    let mut limited = entry("b", "bob");
    (limited["nbf"], limited["exp"]) = (100.into(), 200.into());
    let file = TempFile::new("found", &[entry("a", "ada"), limited, secret("s")]);
    let (keys, _) = file.open();
    assert_eq!(
        users(&keys, &["a", "b", "s", "", "A"]).await,
        [Some("ada".to_owned()), Some("bob".to_owned()), Some("billing".to_owned()), None, None]
    );
    let limits = keys.find_key("b").await.unwrap().unwrap().key;
    assert!(!limits.is_good(Duration::from_secs(99)) && limits.is_good(Duration::from_secs(100)));
    assert!(!limits.is_good(Duration::from_secs(200)));
    assert!(keys.first_use("nonce", &Digest::of(b"a"), NOW, NOW + INTERVAL).await.unwrap());
    assert!(!keys.first_use("nonce", &Digest::of(b"a"), NOW, NOW + INTERVAL).await.unwrap());
}

#[tokio::test]
async fn a_changed_file_is_read_again_when_it_is_due() {
    let file = TempFile::new("changed", &[entry("a", "ada")]);
    let (keys, clock) = file.open();
    file.write(&[entry("b", "bob")]);
    clock.advance(Duration::from_millis(4_999));
    assert_eq!(users(&keys, &["a", "b"]).await, [Some("ada".to_owned()), None]);
    clock.advance(Duration::from_millis(1));
    assert_eq!(users(&keys, &["a", "b"]).await, [None, Some("bob".to_owned())]);
    file.write(&[entry("c", "cyd")]);
    keys.reload().await.unwrap();
    assert_eq!(users(&keys.clone(), &["b", "c"]).await, [None, Some("cyd".to_owned())]);
}

#[tokio::test]
async fn a_broken_file_keeps_the_keys_until_it_is_corrected() {
    let file = TempFile::new("broken", &[entry("a", "ada")]);
    let (keys, clock) = file.open();
    for broken in ["", "{}", r#"{"keys": [{"kty": "OKP"}]}"#] {
        file.write_text(broken);
        clock.advance(INTERVAL);
        assert_eq!(users(&keys, &["a"]).await, [Some("ada".to_owned())], "{broken}");
        assert!(keys.reload().await.is_err());
    }
    fs::remove_file(&file.0).unwrap();
    clock.advance(INTERVAL);
    assert_eq!(users(&keys, &["a"]).await, [Some("ada".to_owned())]);
    file.write(&[entry("b", "bob")]);
    clock.advance(INTERVAL);
    assert_eq!(users(&keys, &["a", "b"]).await, [None, Some("bob".to_owned())]);
}

#[tokio::test]
async fn keys_of_a_file_that_cannot_be_read_for_an_hour_are_refused() {
    let file = TempFile::new("stale", &[entry("a", "ada")]);
    let (keys, clock) = file.open();
    file.write_text("{}");
    clock.advance(INTERVAL);
    assert_eq!(users(&keys, &["a"]).await, [Some("ada".to_owned())]);
    clock.advance(STALE_LIMIT.saturating_sub(Duration::from_millis(1)));
    assert_eq!(users(&keys, &["a"]).await, [Some("ada".to_owned())]);
    clock.advance(Duration::from_millis(1));
    assert!(keys.find_key("a").await.is_err());
    file.write(&[entry("b", "bob")]);
    clock.advance(INTERVAL);
    assert_eq!(users(&keys, &["a", "b"]).await, [None, Some("bob".to_owned())]);
}

#[tokio::test]
async fn a_change_that_leaves_time_and_length_is_seen_while_the_file_is_young() {
    let file = TempFile::new("young", &[entry("a", "ada")]);
    let (keys, _) = file.open();
    let modified = fs::metadata(&file.0).unwrap().modified().unwrap();
    let other = json!({ "keys": [entry("b", "ada")] }).to_string();
    fs::write(&file.0, other).unwrap();
    fs::File::options().write(true).open(&file.0).unwrap().set_modified(modified).unwrap();
    keys.reload().await.unwrap();
    assert_eq!(users(&keys, &["a", "b"]).await, [None, Some("ada".to_owned())]);
}

#[tokio::test]
async fn an_old_file_is_not_read_again_unless_it_has_changed() {
    let asked = Arc::new(AtomicU64::new(0));
    let file = TempFile::new("old", &[entry("a", "ada")]);
    let day = Duration::from_secs(86_400);
    fs::File::options().write(true).open(&file.0).unwrap().set_modified(SystemTime::now() - day).unwrap();
    let count = Arc::clone(&asked);
    let user = move |name: &str| {
        count.fetch_add(1, Ordering::SeqCst);
        Some(Service::new(name))
    };
    let keys = KeyFile::open_with(&file.0, user).unwrap();
    for _ in 0..3 {
        keys.reload().await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    file.write(&[entry("b", "ada")]);
    keys.reload().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn the_entry_at_fault_is_named_with_what_to_do() {
    let mut private: Value =
        serde_json::from_str(&SigningKey::generate("p", KeyAlgorithm::Ed25519).unwrap().to_private_jwk()).unwrap();
    private["user"] = "ada".into();
    let mut unowned = entry("n", "ada");
    unowned.as_object_mut().unwrap().remove("user");
    let mut unnamed = entry("u", "ada");
    unnamed["kid"] = Value::Null;
    unnamed["alg"] = "ES256".into();
    for (bad, fault) in [
        (private, "key 2 (`p`): it contains the private key (`d`), which stays with its owner"),
        (unowned, "key 2 (`n`): `user` is missing; add the name of the account"),
        (entry("e", ""), "key 2 (`e`): `user` is missing"),
        (entry("a", "bob"), "key 2 (`a`): another key has the same id; give each its own `kid`"),
        (unnamed, "key 2: a key for ecdsa-p256-sha256 has `kty` \"EC\""),
    ] {
        let file = TempFile::new("fault", &[entry("a", "ada"), bad]);
        let said = file.fault();
        assert!(said.contains(fault) && said.contains(&file.0.display().to_string()), "{said}");
    }
    let file = TempFile::new("strangers", &[entry("a", "ada"), entry("b", "bob")]);
    let known = |name: &str| (name == "ada").then(|| Service::new(name));
    let said = KeyFile::open_with(&file.0, known).err().unwrap().to_string();
    assert!(said.contains("key 2 (`b`): there is no account `bob`"), "{said}");
    file.write_text("{\"keys\": 1}");
    assert!(file.fault().contains("line 1"), "{}", file.fault());
    file.write_text("{}");
    assert!(file.fault().contains("`keys` is missing"), "{}", file.fault());
    fs::remove_file(&file.0).unwrap();
    assert!(file.fault().contains("cannot be read"), "{}", file.fault());
}

#[cfg(unix)]
#[test]
fn secrets_that_others_may_read_are_refused() {
    let file = TempFile::new("mode", &[entry("a", "ada"), secret("s")]);
    for mode in [0o640, 0o604, 0o660, 0o644] {
        file.set_mode(mode);
        let said = file.fault();
        assert!(said.contains("chmod 600") && said.contains(&format!("{mode:03o}")), "{said}");
    }
    for mode in [0o600, 0o400, 0o440] {
        file.set_mode(mode);
        assert!(KeyFile::open(&file.0).is_ok(), "{mode:o}");
    }
    for mode in [0o444, 0o460, 0o450] {
        file.set_mode(mode);
        assert!(file.fault().contains("mode 440"), "{mode:o}");
    }
    file.write(&[entry("a", "ada")]);
    for (mode, is_good) in [(0o644, true), (0o664, true), (0o666, false), (0o646, false)] {
        file.set_mode(mode);
        assert_eq!(KeyFile::open(&file.0).is_ok(), is_good, "{mode:o}");
    }
    assert!(file.fault().contains("chmod o-w"), "{}", file.fault());
}

#[tokio::test]
async fn the_file_in_the_guide_is_valid() {
    let guide = include_str!("../../../docs/keys.md");
    let (_, rest) = guide.split_once("```json\n").unwrap();
    let file = TempFile::new("guide", &[]);
    file.write_text(rest.split_once("```").unwrap().0);
    let (keys, _) = file.open();
    assert_eq!(
        users(&keys, &["billing-2026", "backup-1"]).await,
        [Some("billing".to_owned()), Some("backup".to_owned())]
    );
}
