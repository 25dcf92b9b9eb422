use KeyAlgorithm::{Ed25519, RsaPssSha256, RsaPssSha512, RsaV15Sha256};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::jwk::keys_from_jwk;
use crate::signature::{ClaimedSignature, verify};
use crate::signing_key::SigningKey;

const RFC_9421: &str = include_str!("../../fixtures/rfc9421.jwks.json");

fn rsa() -> SigningKey {
    SigningKey::from_pem("rsa", RsaV15Sha256, include_str!("../../fixtures/test-key-rsa.private.pem")).unwrap()
}

/// A public RSA key that names no algorithm.
fn rsa_without_alg() -> Value {
    let mut jwk: Value = serde_json::from_str(&rsa().to_public_jwk().unwrap()).unwrap();
    jwk.as_object_mut().unwrap().remove("alg");
    jwk
}

fn ed25519(id: &str) -> Value {
    let key = SigningKey::generate(id, Ed25519).unwrap();
    serde_json::from_str(&key.to_public_jwk().unwrap()).unwrap()
}

fn with(mut jwk: Value, member: &str, value: impl Into<Value>) -> Value {
    jwk[member] = value.into();
    jwk
}

fn read(keys: &[Value], rsa_algorithms: &[KeyAlgorithm]) -> Result<KeySet, InvalidKeySet> {
    KeySet::from_jwks(&json!({ "keys": keys, "other": 1 }).to_string(), rsa_algorithms)
}

fn rejected(set: &KeySet) -> Vec<String> {
    set.rejected().iter().map(ToString::to_string).collect()
}

#[test]
fn an_rsa_key_without_alg_verifies_by_the_chosen_algorithms_alone() {
    let jwk = rsa_without_alg();
    for algorithm in [RsaV15Sha256, RsaPssSha256, RsaPssSha512] {
        let key =
            SigningKey::from_jwk(&rsa().to_private_jwk().replace("RS256", crate::jws::name(algorithm).unwrap()), None);
        let signature = key.unwrap().sign(b"message");
        for chosen in [&[RsaV15Sha256][..], &[RsaPssSha256], &[RsaV15Sha256, RsaPssSha256, RsaV15Sha256]] {
            let set = read(std::slice::from_ref(&jwk), chosen).unwrap();
            let found = set.find("rsa", algorithm);
            assert_eq!(found.is_some(), chosen.contains(&algorithm));
            for key in set.iter() {
                let is_valid = verify(key.key(), true, b"message", ClaimedSignature::Bytes(&signature));
                assert_eq!(is_valid, key.key().algorithm() == algorithm, "{algorithm} by {:?}", key.key());
            }
        }
    }
}

#[test]
fn an_rsa_key_with_alg_is_for_that_alone() {
    let set = read(&[with(rsa_without_alg(), "alg", "PS256")], &[RsaV15Sha256]).unwrap();
    assert!(set.find("rsa", RsaPssSha256).is_some() && set.find("rsa", RsaV15Sha256).is_none());
}

#[test]
fn an_rsa_key_without_alg_needs_a_choice() {
    let jwk = rsa_without_alg().to_string();
    let reason = |algorithms: &[KeyAlgorithm]| keys_from_jwk(&jwk, algorithms).unwrap_err().to_string();
    assert!(reason(&[]).contains("no algorithm was chosen"));
    assert!(reason(&[RsaV15Sha256, Ed25519]).contains("ed25519 is not an algorithm of RSA keys"));
    assert_eq!(keys_from_jwk(&ed25519("k").to_string(), &[]).unwrap().len(), 1);
    let error = read(&[rsa_without_alg()], &[]).unwrap_err().to_string();
    assert!(error.starts_with("it has no key that can be used: key 1 (`rsa`): `alg` is missing"), "{error}");
}

#[test]
fn keys_that_cannot_be_used_are_left_out_and_reported() {
    let private: Value = serde_json::from_str(&SigningKey::generate("p", Ed25519).unwrap().to_private_jwk()).unwrap();
    let secret = SigningKey::generate("s", KeyAlgorithm::HmacSha256).unwrap();
    let secret: Value = serde_json::from_str(&secret.to_private_jwk()).unwrap();
    let without_kid = with(ed25519("none"), "kid", Value::Null);
    let bad = [
        (private, "key 2 (`p`): it contains the private key"),
        (secret, "key 3 (`s`): it is a shared secret"),
        (with(ed25519("e"), "use", "enc"), "key 4 (`e`): `use` says that the key is not for signatures"),
        (with(ed25519("o"), "key_ops", json!(["sign"])), "key 5 (`o`): `key_ops` does not have \"verify\""),
        (with(ed25519("t"), "kty", "XYZ"), "key 6 (`t`): a key for ed25519 has `kty` \"OKP\""),
        (with(ed25519("c"), "crv", "Ed448"), "key 7 (`c`): a key for ed25519 has `kty` \"OKP\" and `crv` \"Ed25519\""),
        (with(ed25519("a"), "alg", "ES512"), "key 8 (`a`): `alg` is `ES512`"),
        (with(ed25519("f"), "alg", "RS256"), "key 9 (`f`): a key for rsa-v1_5-sha256 has `kty` \"RSA\""),
        (with(ed25519("x"), "x", "AAEC"), "key 10 (`x`): `x` must have 32 bytes, and has 3"),
        (with(ed25519("i"), "issuer", 7), "key 11 (`i`): a member has the wrong type"),
        (json!({"kty": 7, "kid": "n"}), "key 12: a member has the wrong type"),
        (json!(["EdDSA", "Ed25519"]), "key 13: this is an array"),
        (with(rsa_without_alg(), "e", "AQ"), "key 14 (`rsa`): "),
        (with(rsa_without_alg(), "e", "AQAA"), "key 15 (`rsa`): "),
    ];
    let mut keys = vec![ed25519("good")];
    keys.extend(bad.iter().map(|(key, _)| key.clone()));
    keys.push(without_kid);
    let set = read(&keys, &[RsaV15Sha256]).unwrap();
    assert_eq!(set.iter().count(), 2);
    assert!(set.find("good", Ed25519).is_some() && set.has_id("good") && !set.has_id("p"));
    let reasons = rejected(&set);
    assert_eq!(reasons.len(), bad.len(), "{reasons:?}");
    for (reason, (_, expected)) in reasons.iter().zip(&bad) {
        assert!(reason.starts_with(expected), "{reason}");
    }
}

#[test]
fn a_member_that_is_there_twice_rejects_its_key_alone() {
    let (good, twice) = (ed25519("good"), ed25519("twice"));
    let twice = twice.to_string().replace("\"kty\":", "\"kty\":\"oct\",\"kty\":");
    let set = KeySet::from_jwks(&format!(r#"{{"keys": [{twice}, {good}]}}"#), &[]).unwrap();
    assert_eq!(rejected(&set).len(), 1);
    assert!(set.find("good", Ed25519).is_some() && !set.has_id("twice"));
}

#[test]
fn two_keys_of_one_id_are_told_apart_by_their_algorithm_or_left_out() {
    let set = read(&[with(rsa_without_alg(), "kid", "k"), ed25519("k"), ed25519("l")], &[RsaV15Sha256]).unwrap();
    assert!(set.find("k", RsaV15Sha256).is_some() && set.find("k", Ed25519).is_some());
    assert!(set.only(Ed25519).is_none() && set.only(RsaV15Sha256).is_some() && set.only(RsaPssSha256).is_none());

    let set = read(&[ed25519("k"), ed25519("l"), ed25519("k")], &[]).unwrap();
    assert!(!set.has_id("k"));
    assert_eq!(set.only(Ed25519).unwrap().key().id(), "l");
    let reason = "another key for ed25519 has the same id";
    assert_eq!(rejected(&set), [format!("key 1 (`k`): {reason}"), format!("key 3 (`k`): {reason}")]);
}

#[test]
fn an_issuer_of_a_key_is_kept() {
    let set = read(&[with(ed25519("k"), "issuer", "https://issuer.example"), ed25519("l")], &[]).unwrap();
    assert_eq!(set.find("k", Ed25519).unwrap().issuer(), Some("https://issuer.example"));
    assert_eq!(set.find("l", Ed25519).unwrap().issuer(), None);
}

#[test]
fn a_document_that_is_not_a_set_is_refused() {
    let reason = |text: &str| KeySet::from_jwks(text, &[]).unwrap_err().to_string();
    assert!(reason("<html>").contains("not JSON") && reason(" [[]]").contains("this is an array"));
    assert!(
        reason("{}").contains("`keys` is missing") && reason(r#"{"keys": []}"#).contains("no key that can be used")
    );
    assert!(reason(r#"{"keys": 7}"#).contains("wrong type"));
    let many: Vec<Value> = vec![json!({}); 101];
    assert_eq!(read(&many, &[]).unwrap_err().to_string(), "it has 101 keys, and may have 100");
    assert!(reason(RFC_9421).contains("it contains the private key"), "private halves do not belong there");
}

#[test]
fn keys_are_prepared_when_the_set_is_read() {
    let set = read(&[ed25519("k"), rsa_without_alg()], &[RsaV15Sha256, RsaPssSha256]).unwrap();
    assert_eq!(set.iter().count(), 3);
    for key in set.iter() {
        assert!(key.key().prepared(|_| "not yet").is_none(), "{key:?}");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(
        text in "\\{\"keys\": \\[(\\{(\"(kty|kid|x|n|e|alg|crv|use|issuer)\": (\"(OKP|RSA|EC|EdDSA|RS256|Ed25519|P-256|sig|[A-Za-z0-9_-]{0,50})\"|[0-9]{1,9}|null|\\[\\]),?){0,7}\\},?){0,3}\\]\\}|\\PC{0,30}",
    ) {
        let _ = KeySet::from_jwks(&text, &[RsaV15Sha256, RsaPssSha256]).is_ok();
    }
}
