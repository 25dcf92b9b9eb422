//! Reading and writing keys: those of RFC 9421 appendix B.1, and keys from OpenSSL.

use KeyAlgorithm::{
    EcdsaP256Sha256, EcdsaP384Sha384, Ed25519, HmacSha1, HmacSha256, HmacSha512, RsaPssSha256, RsaPssSha512,
    RsaV15Sha256, RsaV15Sha512,
};
use auth_runtime::store::{Key, KeyAlgorithm};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::signature::{ClaimedSignature, verify};

macro_rules! pem {
    ($name:literal) => {
        (
            include_str!(concat!("fixtures/", $name, ".private.pem")),
            include_str!(concat!("fixtures/", $name, ".public.pem")),
        )
    };
}

const RSA: (&str, &str) = pem!("test-key-rsa");
const PSS: (&str, &str) = pem!("test-key-rsa-pss");
const P256: (&str, &str) = pem!("test-key-ecc-p256");
const P384: (&str, &str) = pem!("p384");
const ED25519: (&str, &str) = pem!("test-key-ed25519");
const PSS_SHA256: (&str, &str) = pem!("pss-sha256");
const PSS_SHA512: (&str, &str) = pem!("pss-sha512");
const RSA_1024: (&str, &str) = pem!("rsa-1024");
const P256_OPENSSL: (&str, &str) = pem!("p256-sec1");
const COMPRESSED: &str = include_str!("fixtures/p384-compressed.public.pem");
const ENCRYPTED: &str = include_str!("fixtures/p384-encrypted.private.pem");
const RFC_9421: &str = include_str!("fixtures/rfc9421.jwks.json");

fn private(algorithm: KeyAlgorithm, pem: &str) -> Result<SigningKey, InvalidKey> {
    SigningKey::from_pem("k", algorithm, pem)
}

fn public(algorithm: KeyAlgorithm, pem: &str) -> Result<Key, InvalidKey> {
    public_key_from_pem("k", algorithm, pem)
}

fn reason<T>(result: Result<T, InvalidKey>) -> String {
    result.map(drop).expect_err("it is not a key").to_string()
}

/// The JWKs of RFC 9421, with private halves.
fn jwks() -> Vec<Value> {
    let set: Value = serde_json::from_str(RFC_9421).unwrap();
    set["keys"].as_array().unwrap().clone()
}

fn without_private_half(mut jwk: Value) -> Value {
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        jwk.as_object_mut().unwrap().remove(member);
    }
    jwk
}

fn jwk(value: &Value) -> Result<Key, InvalidKey> {
    key_from_jwk(&value.to_string(), None)
}

#[test]
fn both_halves_are_read_from_pem_and_match() {
    for (algorithm, (secret, shown)) in [
        (RsaV15Sha256, RSA),
        (RsaV15Sha512, RSA),
        (RsaPssSha512, RSA),
        (RsaPssSha512, PSS),
        (RsaPssSha512, PSS_SHA512),
        (RsaPssSha256, RSA),
        (RsaPssSha256, PSS),
        (RsaPssSha256, PSS_SHA256),
        (EcdsaP256Sha256, P256),
        (EcdsaP256Sha256, P256_OPENSSL),
        (EcdsaP384Sha384, P384),
        (Ed25519, ED25519),
    ] {
        let (secret, shown) = (private(algorithm, secret).unwrap(), public(algorithm, shown).unwrap());
        assert_eq!(secret.verifying_key().material(), shown.material(), "{algorithm}");
        assert!(verify(&shown, false, b"message", ClaimedSignature::Bytes(&secret.sign(b"message"))), "{algorithm}");
        assert_eq!((shown.id(), shown.algorithm()), ("k", algorithm));
    }
}

#[test]
fn only_the_other_half_verifies_a_signature() {
    for algorithm in KeyAlgorithm::ALL {
        let key = SigningKey::generate("k", algorithm).unwrap();
        let signature = key.sign(b"message");
        let verifying = key.verifying_key();
        let other = SigningKey::generate("k", algorithm).unwrap().verifying_key();
        let text = Base64::encode_string(&signature);
        // From the second time on, a key that is kept is already prepared.
        for is_kept in [false, true, true] {
            for claimed in [ClaimedSignature::Bytes(&signature), ClaimedSignature::Base64(&text)] {
                assert!(verify(&verifying, is_kept, b"message", claimed), "{algorithm}");
                assert!(!verify(&verifying, is_kept, b"massage", claimed), "{algorithm}");
                assert!(!verify(&other, is_kept, b"message", claimed), "{algorithm}");
            }
            for claimed in [ClaimedSignature::Bytes(&signature[1..]), ClaimedSignature::Base64(&text[1..])] {
                assert!(!verify(&verifying, is_kept, b"message", claimed), "{algorithm}");
            }
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    let key = SigningKey::shared("k", HmacSha256, b"0123456789abcdef").unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey { id: \"k\", algorithm: HmacSha256, .. }");
    assert_eq!(format!("{:?}", key.verifying_key()), "Key { id: \"k\", algorithm: HmacSha256, .. }");
    assert!(SigningKey::shared("k", HmacSha256, b"short").is_err());
    assert!(SigningKey::shared("k", Ed25519, &[0; 32]).is_err());
    assert!(SigningKey::from_der("k", HmacSha256, &[0; 32]).is_err());
    assert!(SigningKey::from_der("k", Ed25519, b"no key").is_err());
}

#[test]
fn keys_of_another_algorithm_are_refused() {
    for (algorithm, (secret, shown)) in [
        (Ed25519, P256),
        (EcdsaP256Sha256, P384),
        (EcdsaP384Sha384, P256),
        (EcdsaP256Sha256, RSA),
        (RsaV15Sha256, ED25519),
        (RsaPssSha512, P384),
        (HmacSha256, ED25519),
        (HmacSha256, RSA),
    ] {
        assert!(private(algorithm, secret).is_err() && public(algorithm, shown).is_err(), "{algorithm}");
    }
    assert!(public_key_from_der("k", Ed25519, &[7; 32]).is_err(), "no bare bytes as DER");
    let spki = public(Ed25519, ED25519.1).unwrap();
    let longer = [spki.material(), &[0]].concat();
    assert!(public_key_from_der("k", Ed25519, &longer).is_err());
}

#[test]
fn error_names_the_wrong_half() {
    assert!(reason(public(Ed25519, ED25519.0)).contains("private key, which stays with its owner"));
    assert!(reason(public(RsaV15Sha256, RSA.0)).contains("private key, which stays with its owner"));
    assert!(reason(private(Ed25519, ED25519.1)).contains("which cannot sign"));
    assert!(reason(private(EcdsaP384Sha384, ENCRYPTED)).contains("encrypted"));
    let certificate = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----";
    assert!(reason(public(Ed25519, certificate)).contains("openssl x509"));
    assert!(reason(private(Ed25519, certificate)).contains("`CERTIFICATE` is not a private key"));
}

#[test]
fn short_keys_are_refused_with_their_length() {
    for algorithm in [RsaPssSha256, RsaPssSha512, RsaV15Sha256, RsaV15Sha512] {
        assert!(reason(private(algorithm, RSA_1024.0)).contains("this one 1024"));
        assert!(reason(public(algorithm, RSA_1024.1)).contains("this one 1024"));
    }
    for algorithm in [HmacSha1, HmacSha256, HmacSha512] {
        assert!(reason(shared_secret("k", algorithm, &[7; 15])).contains("at least 16 bytes"));
        assert!(shared_secret("k", algorithm, &[7; 16]).is_ok());
    }
    assert!(shared_secret("k", Ed25519, &[7; 32]).is_err());
    let short = json!({"kty": "oct", "kid": "k", "alg": "HS256", "k": "AAECAwQFBgcICQoLDA0O"});
    assert!(reason(jwk(&short)).contains("at least 16 bytes"));
    let n = "t".repeat(168);
    assert!(reason(jwk(&json!({"kty": "RSA", "alg": "PS512", "e": "AQAB", "n": n}))).contains("2048 to 8192 bits"));
}

#[test]
fn restrictions_to_rsassa_pss_are_enforced() {
    for pss in [PSS_SHA256, PSS_SHA512] {
        for algorithm in [RsaV15Sha256, RsaV15Sha512] {
            assert!(reason(private(algorithm, pss.0)).contains("for RSASSA-PSS alone"));
            assert!(reason(public(algorithm, pss.1)).contains("for RSASSA-PSS alone"));
        }
    }
    assert!(reason(private(RsaV15Sha256, PSS.0)).contains("for RSASSA-PSS alone"));
    assert!(reason(private(RsaPssSha512, PSS_SHA256.0)).contains("another hash function"));
    assert!(reason(public(RsaPssSha512, PSS_SHA256.1)).contains("another hash function"));
    assert!(reason(private(RsaPssSha256, PSS_SHA512.0)).contains("another hash function"));
    assert!(reason(public(RsaPssSha256, PSS_SHA512.1)).contains("another hash function"));
}

#[test]
fn a_compressed_point_is_kept_uncompressed() {
    let (one, other) = (public(EcdsaP384Sha384, COMPRESSED).unwrap(), public(EcdsaP384Sha384, P384.1).unwrap());
    assert_eq!(one.material(), other.material());
    assert_eq!(to_jwk(&one), to_jwk(&other));
}

#[test]
fn jwks_and_pems_of_rfc_9421_are_equal() {
    let pems = [(RsaV15Sha256, RSA), (RsaPssSha512, PSS), (EcdsaP256Sha256, P256), (Ed25519, ED25519)];
    for (whole, (algorithm, (secret, shown))) in jwks().iter().zip(pems) {
        let signing = SigningKey::from_jwk(&whole.to_string(), None).unwrap();
        assert_eq!((signing.algorithm(), signing.id()), (algorithm, whole["kid"].as_str().unwrap()));
        assert_eq!(signing.verifying_key().material(), private(algorithm, secret).unwrap().verifying_key().material());
        let verifying = jwk(&without_private_half(whole.clone())).unwrap();
        assert_eq!(verifying.material(), public(algorithm, shown).unwrap().material());

        let (private, public) = (signing.to_private_jwk(), signing.to_public_jwk().unwrap());
        assert_eq!(serde_json::from_str::<Value>(&private).unwrap(), *whole);
        assert_eq!(serde_json::from_str::<Value>(&public).unwrap(), without_private_half(whole.clone()));
    }
}

#[test]
fn every_kind_of_key_is_written_and_read_again() {
    for algorithm in KeyAlgorithm::ALL {
        let key = SigningKey::generate("k", algorithm).unwrap();
        let again = SigningKey::from_jwk(&key.to_private_jwk(), None).unwrap();
        assert_eq!((again.id(), again.algorithm()), ("k", algorithm));
        assert_eq!(again.verifying_key().material(), key.verifying_key().material());
        assert!(
            verify(&key.verifying_key(), false, b"message", ClaimedSignature::Bytes(&again.sign(b"message"))),
            "{algorithm}"
        );
        if algorithm.is_symmetric() {
            assert!(reason(key.to_public_jwk()).contains("no public half"));
            assert!(thumbprint(&key.verifying_key()).is_err());
        } else {
            let public = key_from_jwk(&key.to_public_jwk().unwrap(), None).unwrap();
            assert_eq!((public.id(), public.algorithm()), ("k", algorithm));
            assert_eq!(public.material(), key.verifying_key().material());
        }
    }
}

#[test]
fn thumbprint_matches_rfc_7638() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let key = jwk(&json!({"kty": "RSA", "alg": "RS256", "e": "AQAB", "n": n})).unwrap();
    assert_eq!(key.id(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(thumbprint(&key).unwrap(), key.id());
    // RFC 9449 section 6.1.
    let x = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
    let y = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA";
    let key = jwk(&json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "other": [1]})).unwrap();
    assert_eq!((key.id(), key.algorithm()), ("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", EcdsaP256Sha256));
}

#[test]
fn two_sources_of_the_algorithm_must_agree() {
    let [rsa, .., ed25519] = &jwks()[..] else { panic!() };
    let (mut rsa, mut ed25519) = (without_private_half(rsa.clone()), without_private_half(ed25519.clone()));
    let read = |jwk: &Value, algorithm| key_from_jwk(&jwk.to_string(), algorithm);
    assert_eq!(read(&rsa, Some(RsaV15Sha256)).unwrap().algorithm(), RsaV15Sha256);
    assert!(reason(read(&rsa, Some(RsaPssSha512))).contains("`alg` says rsa-v1_5-sha256, and rsa-pss-sha512"));
    rsa.as_object_mut().unwrap().remove("alg");
    assert_eq!(read(&rsa, Some(RsaPssSha512)).unwrap().algorithm(), RsaPssSha512);
    assert!(reason(read(&rsa, None)).contains("`alg` is missing"));
    assert!(reason(read(&rsa, Some(Ed25519))).contains("`kty` \"OKP\" and `crv` \"Ed25519\""));
    for (alg, known) in [("Ed25519", true), ("EdDSA", true), ("ES256", false), ("none", false), ("eddsa", false)] {
        ed25519["alg"] = alg.into();
        assert_eq!(read(&ed25519, None).is_ok(), known, "{alg}");
    }
}

#[test]
fn unusable_jwk_is_refused_with_a_reason() {
    let [rsa, _, p256, ed25519] = &jwks().into_iter().map(without_private_half).collect::<Vec<_>>()[..] else {
        panic!()
    };
    let secret = json!({"kty": "oct", "alg": "HS256", "kid": "k", "k": "AAECAwQFBgcICQoLDA0ODw"});
    assert!(jwk(&secret).is_ok());
    for (base, member, value, fault) in [
        (ed25519, "x", json!("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs="), "`x` is not base64url"),
        (ed25519, "x", json!("AAEC"), "`x` must have 32 bytes, and has 3"),
        (ed25519, "x", Value::Null, "`x` is missing"),
        (ed25519, "kty", json!("EC"), "`kty` \"OKP\""),
        (ed25519, "crv", json!("X25519"), "`crv` \"Ed25519\""),
        (ed25519, "use", json!("enc"), "`use`"),
        (ed25519, "key_ops", json!(["sign"]), "`key_ops` does not have \"verify\""),
        (ed25519, "kid", json!(""), "`kid` is empty"),
        (ed25519, "exp", json!("tomorrow"), "wrong type"),
        (ed25519, "d", json!("AAEC"), "it contains the private key"),
        (rsa, "oth", json!([]), "it contains the private key"),
        (rsa, "e", Value::Null, "`e` is missing"),
        (rsa, "e", json!("AA"), "not an RSA key"),
        (p256, "y", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "not a public key for ecdsa-p256-sha256"),
        (&secret, "kid", Value::Null, "needs a `kid`"),
        (&secret, "k", Value::Null, "`k` is missing"),
        (&secret, "alg", Value::Null, "`alg` is missing"),
        (&secret, "kty", json!("OKP"), "`kty` \"oct\""),
    ] {
        let mut bad = base.clone();
        bad[member] = value;
        assert!(reason(jwk(&bad)).contains(fault), "{member}: {}", reason(jwk(&bad)));
    }
    assert!(reason(key_from_jwk("{", None)).contains("not JSON (line 1"));
    assert!(reason(key_from_jwk(r#"["HS256",null,null]"#, None)).contains("this is an array"));
    assert!(reason(key_from_jwk(r#"{"kty":"oct","kty":"OKP"}"#, None)).contains("there twice"));
    assert!(!reason(key_from_jwk(r#"{"exp":"s3cret"}"#, None)).contains("s3cret"));
}

#[test]
fn a_private_jwk_must_be_complete_and_consistent() {
    for whole in jwks() {
        let shown = without_private_half(whole.clone()).to_string();
        assert!(reason(SigningKey::from_jwk(&shown, None)).contains("only the public key"));
        let mut other = whole.clone();
        other["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE".into();
        assert!(SigningKey::from_jwk(&other.to_string(), None).is_err(), "{}", whole["kid"]);
        let mut verify_only = whole.clone();
        verify_only["key_ops"] = json!(["verify"]);
        assert!(SigningKey::from_jwk(&verify_only.to_string(), None).is_err());
    }
    let mut rsa = jwks().swap_remove(0);
    rsa["oth"] = json!([]);
    assert!(reason(SigningKey::from_jwk(&rsa.to_string(), None)).contains("more than two primes"));
}

#[test]
fn limits_of_validity_are_read_and_written() {
    let mut limited = without_private_half(jwks().pop().unwrap());
    (limited["nbf"], limited["exp"]) = (1_700_000_000.into(), 1_800_000_000.into());
    let key = jwk(&limited).unwrap();
    let seconds = |time: Option<std::time::Duration>| time.map(|time| time.as_secs());
    assert_eq!((seconds(key.not_before()), seconds(key.expires())), (Some(1_700_000_000), Some(1_800_000_000)));
    assert_eq!(serde_json::from_str::<Value>(&to_jwk(&key).unwrap()).unwrap(), limited);
}

proptest! {
    #[test]
    fn reading_never_panics(
        kty in "OKP|EC|RSA|oct", alg in "EdDSA|ES256|ES384|PS512|HS256|none", crv in "Ed25519|P-256|P-384",
        value in "[A-Za-z0-9_-]{0,90}", member in "x|y|n|e|k|d",
    ) {
        let text = json!({"kty": kty, "alg": alg, "crv": crv, "x": value, "y": value, "n": value, member: value}).to_string();
        let _ = (key_from_jwk(&text, None).is_ok(), SigningKey::from_jwk(&text, None).is_ok());
        let _ = key_from_jwk(&value, None).is_ok();
        let _ = public_key_from_der("k", Ed25519, value.as_bytes()).is_ok();
    }
}

/// Verifies the signature over header and payload of each token, and refuses one with a changed character.
#[test]
fn signatures_of_published_tokens_verify() {
    let vectors: Value = serde_json::from_str(include_str!("fixtures/jws.json")).unwrap();
    let mut algorithms = Vec::new();
    for vector in vectors["signatures"].as_array().unwrap() {
        let source = (&vector["source"], &vector["alg"]);
        let algorithm = jws::from_name(vector["alg"].as_str().unwrap()).unwrap();
        let mut key = vector["key"].clone();
        key["kid"] = "k".into();
        let key = key_from_jwk(&key.to_string(), Some(algorithm)).unwrap();
        assert!(jws::check_key(&key).is_ok(), "{source:?}");
        let (signed, signature) = vector["token"].as_str().unwrap().rsplit_once('.').unwrap();
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        assert!(verify(&key, true, signed.as_bytes(), ClaimedSignature::Bytes(&signature)), "{source:?}");
        let changed = format!("{}_", &signed[..signed.len() - 1]);
        assert!(!verify(&key, true, changed.as_bytes(), ClaimedSignature::Bytes(&signature)), "{source:?}");
        algorithms.push(algorithm);
    }
    for algorithm in [EcdsaP256Sha256, EcdsaP384Sha384, Ed25519, HmacSha256, RsaPssSha256, RsaV15Sha256] {
        assert!(algorithms.contains(&algorithm), "{algorithm}");
    }
}

/// Signatures that OpenSSL made with salts of 0, 20, 32 and 64 bytes. RFC 7518 section 3.5: as long as the hash.
#[test]
fn ps256_has_a_salt_of_32_bytes() {
    let key = public(RsaPssSha256, RSA.1).unwrap();
    let signatures = include_str!("fixtures/ps256-salts.txt").lines();
    let verified = signatures.map(|text| verify(&key, true, b"message", ClaimedSignature::Base64(text)));
    assert_eq!(verified.collect::<Vec<_>>(), [false, false, true, false]);
    assert!(!verify(
        &public(RsaPssSha512, RSA.1).unwrap(),
        true,
        b"message",
        ClaimedSignature::Base64(include_str!("fixtures/ps256-salts.txt").lines().nth(2).unwrap())
    ));
}

#[test]
fn rsa_keys_with_an_even_or_tiny_exponent_are_refused() {
    let [rsa, ..] = &jwks()[..] else { panic!() };
    let rsa = without_private_half(rsa.clone());
    for e in ["AQ", "Ag", "AA", "", "AQAA", "BA"] {
        let mut bad = rsa.clone();
        bad["e"] = e.into();
        assert!(jwk(&bad).is_err(), "{e}");
    }
    let mut three = rsa.clone();
    three["e"] = "Aw".into();
    assert!(jwk(&three).is_ok());
}

#[test]
fn generated_names_are_thumbprints_or_random() {
    for algorithm in [Ed25519, EcdsaP256Sha256, EcdsaP384Sha384] {
        let key = SigningKey::generate_named(algorithm).unwrap();
        assert_eq!(key.id(), thumbprint(&key.verifying_key()).unwrap());
    }
    let secrets = [(); 2].map(|()| SigningKey::generate_named(HmacSha256).unwrap());
    assert_ne!(secrets[0].id(), secrets[1].id());
    assert_eq!(Base64UrlUnpadded::decode_vec(secrets[0].id()).unwrap().len(), 16);
}
