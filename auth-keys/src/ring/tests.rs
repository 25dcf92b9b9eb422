use std::time::{Duration, SystemTime, UNIX_EPOCH};

use KeyAlgorithm::{EcdsaP256Sha256, Ed25519, HmacSha1, HmacSha256, HmacSha512};
use auth_runtime::store::KeyAlgorithm;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::signature::{ClaimedSignature, verify};
use crate::{RootSecret, SealingError, SealingKey, SealingKeys, SigningKey};

const HOUR: Duration = Duration::from_secs(3_600);

/// So many hours after some whole second.
fn hour(hours: u32) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000) + hours * HOUR
}

fn key(id: &str, algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(id, algorithm).unwrap()
}

/// One that is published for an hour, and after which the old key verifies for two.
fn rotation(now: SystemTime) -> Rotation {
    Rotation::new(now, HOUR, 2 * HOUR)
}

fn states(ring: &KeyRing, now: SystemTime) -> Vec<(&str, KeyState)> {
    ring.iter().map(|key| (key.id(), key.state(now))).collect()
}

fn active(ring: &KeyRing, algorithm: KeyAlgorithm, now: SystemTime) -> Option<&str> {
    ring.active(algorithm, now).map(SigningKey::id)
}

/// The key `a`, active since hour 0, and `b`, published in hour 10 to follow it.
fn rotated() -> KeyRing {
    let mut ring = KeyRing::new();
    ring.rotate(key("a", Ed25519), Rotation::immediate(hour(0), HOUR)).unwrap();
    ring.rotate(key("b", Ed25519), rotation(hour(10))).unwrap();
    ring
}

fn reason<T>(result: Result<T, InvalidKeyRing>) -> String {
    result.map(drop).expect_err("it is not a ring").to_string()
}

fn document(ring: &KeyRing) -> Value {
    serde_json::from_str(&ring.to_private_jwks()).unwrap()
}

fn public_ids(ring: &KeyRing, now: SystemTime) -> Vec<String> {
    let set: Value = serde_json::from_str(&ring.to_public_jwks(now)).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_key_is_next_then_active_then_retired_then_expired() {
    use KeyState::{Active, Expired, Next, Retired};

    let ring = rotated();
    let second = Duration::from_secs(1);
    for (now, a, b) in [
        (hour(10), Active, Next),
        (hour(11) - second, Active, Next),
        (hour(11), Retired, Active),
        (hour(13) - second, Retired, Active),
        (hour(13), Expired, Active),
        (hour(99_999), Expired, Active),
    ] {
        assert_eq!(states(&ring, now), [("a", a), ("b", b)]);
        let signs = if b == Active { "b" } else { "a" };
        assert_eq!(active(&ring, Ed25519, now), Some(signs));
        assert_eq!((ring.find("a", now).is_some(), ring.find("b", now).is_some()), (a != Expired, true));
        let published = if a == Expired { vec!["b"] } else { vec!["a", "b"] };
        assert_eq!(public_ids(&ring, now), published);
    }
    assert_eq!(active(&ring, EcdsaP256Sha256, hour(10)), None);
    assert!(ring.find("c", hour(10)).is_none() && ring.find("A", hour(10)).is_none());
    let schedule = ring.get("a").unwrap().schedule();
    assert_eq!((schedule.published(), schedule.active_from()), (hour(0), hour(0)));
    assert_eq!((schedule.active_until(), schedule.retired_until()), (Some(hour(11)), Some(hour(13))));
    assert_eq!(
        [Next, Active, Retired, Expired].map(|state| state.to_string()),
        ["next", "active", "retired", "expired"]
    );
}

#[test]
fn what_the_active_key_signs_is_verified_until_it_expires() {
    let ring = rotated();
    let signing = ring.active(Ed25519, hour(10)).unwrap();
    let signature = signing.sign(b"message");
    let verifying = ring.find(signing.id(), hour(12)).unwrap();
    assert!(verify(verifying, true, b"message", ClaimedSignature::Bytes(&signature)));
    assert!(verifying.prepared(|_| "not yet").is_none(), "keys of a ring are prepared");
}

#[test]
fn each_algorithm_rotates_by_itself() {
    let mut ring = rotated();
    ring.rotate(key("s", HmacSha256), Rotation::immediate(hour(10), HOUR)).unwrap();
    ring.rotate(key("e", EcdsaP256Sha256), Rotation::immediate(hour(10), HOUR)).unwrap();
    let now = hour(12);
    assert_eq!(
        [Ed25519, HmacSha256, EcdsaP256Sha256].map(|algorithm| active(&ring, algorithm, now)),
        [Some("b"), Some("s"), Some("e")]
    );
    assert_eq!(ring.remove_expired(hour(13)), 1);
    assert_eq!(ring.iter().map(RingKey::id).collect::<Vec<_>>(), ["b", "s", "e"]);
    assert_eq!(ring.remove_expired(hour(13)), 0);
}

#[test]
fn only_one_key_can_be_next() {
    let mut ring = rotated();
    let before = document(&ring);
    let refused = ring.rotate(key("c", Ed25519), rotation(hour(10)));
    assert_eq!(reason(refused), "key `c`: `b` is next already");
    assert_eq!(document(&ring), before, "a failed rotation changes nothing");
    ring.rotate(key("c", Ed25519), rotation(hour(11))).unwrap();
    assert_eq!(active(&ring, Ed25519, hour(12)), Some("c"));

    let refused = ring.rotate(key("a", Ed25519), rotation(hour(20)));
    assert_eq!(reason(refused), "key `a`: another key has the same id");
    assert_eq!(active(&ring, Ed25519, hour(30)), Some("c"), "the active key has no end after a failed rotation");
}

#[test]
fn a_removed_key_signs_and_verifies_no_longer() {
    let mut ring = rotated();
    assert!(ring.remove("c", hour(10)).is_none());
    // The next key: the active one goes on.
    assert_eq!(ring.remove("b", hour(10)).unwrap().id(), "b");
    assert_eq!(active(&ring, Ed25519, hour(99)), Some("a"));

    // The active key: the retired one does not sign again.
    let mut ring = rotated();
    ring.remove("b", hour(12)).unwrap();
    assert_eq!((active(&ring, Ed25519, hour(12)), ring.find("b", hour(12)).is_none()), (None, true));
    assert!(ring.find("a", hour(12)).is_some());
    ring.rotate(key("c", Ed25519), Rotation::immediate(hour(12), HOUR)).unwrap();
    assert_eq!(active(&ring, Ed25519, hour(12)), Some("c"));
    assert_eq!(ring.get("a").unwrap().schedule().retired_until(), Some(hour(13)));
}

#[test]
fn schedules_that_cannot_work_are_refused() {
    let mut ring = KeyRing::new();
    let plain = Schedule::new(hour(0), hour(1));
    for (schedule, fault) in [
        (Schedule::new(hour(2), hour(1)), "it signs before it is published"),
        (plain.with_retirement(hour(0), hour(2)), "`active_until` is before `active_from`"),
        (plain.with_retirement(hour(3), hour(2)), "`retired_until` is before `active_until`"),
    ] {
        assert!(reason(ring.add(key("k", Ed25519), schedule)).starts_with(&format!("key `k`: {fault}")));
    }
    ring.add(key("a", Ed25519), plain.with_retirement(hour(5), hour(6))).unwrap();
    for overlapping in [plain, Schedule::new(hour(0), hour(4)), Schedule::new(hour(0), hour(0))] {
        assert!(reason(ring.add(key("b", Ed25519), overlapping)).contains("at the same time as `a`"));
    }
    ring.add(key("b", EcdsaP256Sha256), plain).unwrap();
    ring.add(key("c", Ed25519), Schedule::new(hour(0), hour(5))).unwrap();
    ring.add(key("d", Ed25519), Schedule::new(hour(0), hour(0)).with_retirement(hour(1), hour(1))).unwrap();
    for id in ["", "two\nlines", &"k".repeat(256)] {
        assert!(reason(ring.add(key(id, HmacSha256), plain)).contains("1 to 255 bytes"));
    }
}

#[test]
fn secrets_that_are_too_short_for_tokens_are_refused() {
    let mut ring = KeyRing::new();
    let schedule = Schedule::new(hour(0), hour(0));
    for (algorithm, length) in [(HmacSha256, 31), (HmacSha512, 63)] {
        let short = SigningKey::shared("s", algorithm, &vec![7; length]).unwrap();
        assert!(reason(ring.add(short, schedule)).contains(&format!("this one {length}")));
    }
    assert!(reason(ring.add(key("s", HmacSha1), schedule)).contains("use HS256"));
    assert_eq!(ring.iter().count(), 0);
}

#[test]
fn every_kind_of_key_is_written_and_read_again() {
    let mut ring = rotated();
    for algorithm in KeyAlgorithm::ALL.into_iter().filter(|algorithm| ![Ed25519, HmacSha1].contains(algorithm)) {
        let schedule = Schedule::new(hour(1), hour(2));
        ring.add(SigningKey::generate_named(algorithm).unwrap(), schedule).unwrap();
    }
    let again = KeyRing::from_private_jwks(&ring.to_private_jwks()).unwrap();
    assert_eq!(again.to_private_jwks(), ring.to_private_jwks());
    for (one, other) in ring.iter().zip(again.iter()) {
        assert_eq!((one.id(), one.algorithm(), one.schedule()), (other.id(), other.algorithm(), other.schedule()));
        let signature = other.signing_key().sign(b"message");
        assert!(verify(one.verifying_key(), true, b"message", ClaimedSignature::Bytes(&signature)), "{}", one.id());
    }
    // Fractions of a second are left out at once, not when the ring is written.
    let fraction = Duration::from_millis(999);
    assert_eq!(Schedule::new(hour(1) + fraction, hour(2) + fraction), Schedule::new(hour(1), hour(2)));
}

#[test]
fn the_public_set_has_public_members_alone() {
    let mut ring = rotated();
    for algorithm in KeyAlgorithm::ALL.into_iter().filter(|algorithm| ![Ed25519, HmacSha1].contains(algorithm)) {
        ring.add(SigningKey::generate_named(algorithm).unwrap(), Schedule::new(hour(0), hour(0))).unwrap();
    }
    let set: Value = serde_json::from_str(&ring.to_public_jwks(hour(10))).unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 8, "two of Ed25519, two of ECDSA, four of RSA, no secret");
    for key in keys {
        let expected: &[&str] = match key["kty"].as_str().unwrap() {
            "RSA" => &["alg", "e", "kid", "kty", "n", "use"],
            "EC" => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            _ => &["alg", "crv", "kid", "kty", "use", "x"],
        };
        let mut members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!((members, &key["use"]), (expected.to_vec(), &json!("sig")));
    }
    let set = crate::KeySet::from_jwks(&ring.to_public_jwks(hour(10)), &[]).unwrap();
    assert_eq!((set.iter().count(), set.rejected().len()), (8, 0));

    let mut secrets = KeyRing::new();
    secrets.rotate(key("s", HmacSha256), Rotation::immediate(hour(0), HOUR)).unwrap();
    assert_eq!(secrets.to_public_jwks(hour(0)), r#"{"keys":[]}"#);
    assert_eq!(secrets.public_keys(hour(0)).count(), 0);
    assert!(secrets.find("s", hour(0)).is_some());
}

#[test]
fn a_set_of_private_keys_without_times_is_a_ring() {
    let (one, other) = (key("a", Ed25519), key("b", EcdsaP256Sha256));
    let text = format!(r#"{{"keys": [{}, {}]}}"#, *one.to_private_jwk(), *other.to_private_jwk());
    let ring = KeyRing::from_private_jwks(&text).unwrap();
    assert_eq!((active(&ring, Ed25519, hour(0)), active(&ring, EcdsaP256Sha256, hour(0))), (Some("a"), Some("b")));
}

#[test]
fn the_entry_at_fault_is_named() {
    let ring = document(&rotated());
    for (member, value, fault) in [
        ("d", Value::Null, "key `b`: it contains only the public key"),
        ("d", json!("AAEC"), "key `b`: `d` must have 32 bytes"),
        ("kid", json!("a"), "key `a`: another key has the same id"),
        ("kid", json!(7), "key 2: a member has the wrong type"),
        ("active_from", json!("today"), "key `b`: a member has the wrong type"),
        ("active_until", json!(1_900_000_000), "key `b`: `active_until` and `retired_until` belong together"),
        ("active_from", json!(1_800_000_000), "key `b`: it signs before it is published"),
        ("published", Value::Null, "not a fault"),
    ] {
        let mut changed = ring.clone();
        changed["keys"][1][member] = value;
        match KeyRing::from_private_jwks(&changed.to_string()) {
            Ok(_) => assert_eq!(fault, "not a fault"),
            Err(error) => assert!(error.to_string().starts_with(fault), "{error}"),
        }
    }
    assert!(reason(KeyRing::from_private_jwks("{}")).contains("`keys` is missing"));
    assert!(reason(KeyRing::from_private_jwks("{")).contains("not JSON"));
    assert_eq!(KeyRing::from_private_jwks(r#"{"keys": []}"#).unwrap().iter().count(), 0);
}

#[test]
fn a_sealed_ring_opens_by_its_keys_and_name_alone() {
    let (ring, root) = (rotated(), RootSecret::generate().unwrap());
    let keys = root.sealing_keys();
    let sealed = ring.seal(&keys, "tokens").unwrap();
    let opened = KeyRing::open(&keys, "tokens", &sealed).unwrap();
    assert_eq!(opened.to_private_jwks(), ring.to_private_jwks());
    let not_opened = OpenKeyRingError::Sealing(SealingError::NotOpened);
    assert_eq!(KeyRing::open(&keys, "other", &sealed).unwrap_err(), not_opened);
    let other = SealingKeys::new().with(SealingKey::new(&[7; 32]));
    assert_eq!(KeyRing::open(&other, "tokens", &sealed).unwrap_err(), not_opened);
    assert_eq!(ring.seal(&SealingKeys::new(), "tokens").unwrap_err(), SealingError::NoKeys);

    for (bytes, fault) in [(&b"\xff"[..], "it is not text"), (b"{}", "`keys` is missing")] {
        let sealed = keys.seal("key ring", "tokens", bytes).unwrap();
        assert!(KeyRing::open(&keys, "tokens", &sealed).unwrap_err().to_string().contains(fault));
    }
}

#[test]
fn debug_and_errors_show_no_secret() {
    let ring = rotated();
    let shown = format!("{ring:?}");
    for key in document(&ring)["keys"].as_array().unwrap() {
        assert!(!shown.contains(key["d"].as_str().unwrap()) && shown.contains(key["kid"].as_str().unwrap()));
    }
    let text = r#"{"keys": [{"kty": "OKP", "d": "c2VjcmV0", "x": 7}]}"#;
    assert!(!reason(KeyRing::from_private_jwks(text)).contains("c2VjcmV0"));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let path = std::env::temp_dir().join(format!("auth-keys-ring-{}.json", std::process::id()));
    let ring = rotated();
    std::fs::write(&path, ring.to_private_jwks().as_bytes()).unwrap();
    let read = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        KeyRing::read_file(&path)
    };
    for mode in [0o600, 0o400, 0o440] {
        assert_eq!(read(mode).unwrap().to_private_jwks(), ring.to_private_jwks(), "{mode:o}");
    }
    for mode in [0o640, 0o644, 0o604, 0o666] {
        assert!(read(mode).unwrap_err().to_string().contains("chmod 600"), "{mode:o}");
    }
    std::fs::write(&path, "{}").unwrap();
    assert!(read(0o600).unwrap_err().to_string().contains("`keys` is missing"));
    std::fs::remove_file(&path).unwrap();
    assert!(KeyRing::read_file(&path).unwrap_err().to_string().contains("cannot be read"));
}

proptest! {
    #[test]
    fn at_every_time_of_any_rotations_one_key_signs_and_it_is_published(
        lengths in prop::collection::vec((0_u64..90, 0_u64..90, 0_u64..90), 1..8),
        now in 0_u64..700,
    ) {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let secret = |id: usize| SigningKey::shared(id.to_string(), HmacSha256, &[7; 32]).unwrap();
        let (mut ring, mut time) = (KeyRing::new(), 0);
        for (id, (pause, publish_for, verify_for)) in lengths.into_iter().enumerate() {
            let (publish_for, verify_for) = (if id == 0 { 0 } else { publish_for }, Duration::from_secs(verify_for));
            let rotation = Rotation::new(at(time), Duration::from_secs(publish_for), verify_for);
            ring.rotate(secret(id), rotation).unwrap();
            time += publish_for + pause;
        }
        let now = at(now);
        let signing = ring.iter().filter(|key| key.state(now) == KeyState::Active).map(RingKey::id).collect::<Vec<_>>();
        prop_assert_eq!(signing.len(), 1);
        prop_assert_eq!(active(&ring, HmacSha256, now), Some(signing[0]));
        prop_assert!(ring.find(signing[0], now).is_some());
        prop_assert_eq!(ring.to_private_jwks(), KeyRing::from_private_jwks(&ring.to_private_jwks()).unwrap().to_private_jwks());
    }

    #[test]
    fn reading_never_panics(
        text in "\\{\"keys\": \\[(\\{(\"(kty|kid|d|k|alg|active_from|active_until)\": (\"(oct|HS256|[A-Za-z0-9_-]{0,50})\"|[0-9]{1,20}|null),?){0,6}\\},?){0,2}\\]\\}",
    ) {
        let _ = KeyRing::from_private_jwks(&text).is_ok();
    }

    #[test]
    fn times_beyond_any_calendar_do_not_panic(times: [u64; 4]) {
        let mut jwk: Value = serde_json::from_str(&SigningKey::shared("s", HmacSha256, &[7; 32]).unwrap().to_private_jwk()).unwrap();
        for (member, time) in ["published", "active_from", "active_until", "retired_until"].into_iter().zip(times) {
            jwk[member] = time.into();
        }
        if let Ok(ring) = KeyRing::from_private_jwks(&json!({ "keys": [jwk] }).to_string()) {
            let _ = (active(&ring, HmacSha256, hour(0)), ring.to_private_jwks());
        }
    }
}
