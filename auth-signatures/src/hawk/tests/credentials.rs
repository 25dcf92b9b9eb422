//! Keys and their accounts.

use super::*;

async fn ask(server: &Server, key: Key, url: &str) -> Answer {
    let mut request = get(url);
    client(key).with_clock(server.clock.clone()).sign(&mut request, &SignOptions::new()).unwrap();
    server.send(request).await
}

#[tokio::test]
async fn unknown_id_and_wrong_secret_get_the_same_answer() {
    let server = Server::new();
    ask(&server, key("nobody", KeyAlgorithm::HmacSha256, K1), URL).await.assert_failed();
    ask(&server, key("DH37FGJ492JE", KeyAlgorithm::HmacSha256, K1), URL).await.assert_failed();
    ask(&server, key("dh37fgj492je", KeyAlgorithm::HmacSha256, K2), URL).await.assert_failed();
    ask(&server, key("dh37fgj492je", KeyAlgorithm::HmacSha1, K1), URL).await.assert_failed();
    ask(&server, key("dh37fgj492je", KeyAlgorithm::HmacSha256, K1), URL).await.assert_good();
}

#[tokio::test]
async fn keys_of_other_algorithms_get_the_same_answer() {
    let server = Server::new();
    let public = auth_keys::SigningKey::generate("public", KeyAlgorithm::Ed25519).unwrap().verifying_key();
    // If the server took a public key for a shared secret, anyone could sign with it.
    let forged = Key::new("public", KeyAlgorithm::HmacSha256, Zeroizing::new(public.material().to_vec()), None, None);
    server.backend().insert(public, "ada", true);
    server.backend().insert(key("sha512", KeyAlgorithm::HmacSha512, K1), "ada", true);
    server.backend().insert(key("sha1", KeyAlgorithm::HmacSha1, K1), "ada", true);
    ask(&server, forged, URL).await.assert_failed();
    ask(&server, key("sha512", KeyAlgorithm::HmacSha256, K1), URL).await.assert_failed();
    ask(&server, key("sha1", KeyAlgorithm::HmacSha256, K1), URL).await.assert_failed();
    ask(&server, key("sha1", KeyAlgorithm::HmacSha1, K1), URL).await.assert_failed();
    let answer = ask(&server, key("sha1", KeyAlgorithm::HmacSha1, K1), "https://example.com/sha1").await;
    assert!(answer.assert_good().starts_with("ada|sha1|"));
}

#[tokio::test]
async fn key_is_valid_only_between_its_limits() {
    let server = Server::new();
    let (from, until) = (Duration::from_secs(NOW + 10), Duration::from_secs(NOW + 20));
    let secret = Zeroizing::new(K1.as_bytes().to_vec());
    let limited = Key::new("limited", KeyAlgorithm::HmacSha256, secret, Some(from), Some(until));
    server.backend().insert(limited.clone(), "ada", true);
    for (seconds, good) in [(0, false), (9, false), (1, true), (9, true), (1, false)] {
        server.clock.advance(Duration::from_secs(seconds));
        let answer = ask(&server, limited.clone(), URL).await;
        if good {
            answer.assert_good();
        } else {
            answer.assert_failed();
        }
    }
}

#[tokio::test]
async fn inactive_account_gets_the_same_answer() {
    let server = Server::new();
    let inactive = key("inactive", KeyAlgorithm::HmacSha256, K1);
    server.backend().insert(inactive.clone(), "gone", false);
    ask(&server, inactive, URL).await.assert_failed();
}

#[tokio::test]
async fn key_can_be_replaced_without_downtime() {
    let server = Server::new();
    let old = key("dh37fgj492je", KeyAlgorithm::HmacSha256, K1);
    let new = key("new", KeyAlgorithm::HmacSha256, "a new secret of enough bytes");
    ask(&server, new.clone(), URL).await.assert_failed();
    server.backend().insert(new.clone(), "ada", true);
    for key in [old.clone(), new.clone()] {
        assert!(ask(&server, key, URL).await.assert_good().starts_with("ada|"));
    }
    server.backend().keys.lock().unwrap().remove("dh37fgj492je");
    ask(&server, old, URL).await.assert_failed();
    ask(&server, new, URL).await.assert_good();
}

#[tokio::test]
async fn failing_store_refuses_requests_without_details() {
    let server = Server::new();
    for down in [&server.backend().keys_are_down, &server.backend().uses_are_down] {
        down.store(true, Ordering::SeqCst);
        let answer = server.get(URL).await;
        assert_eq!(answer.head.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.text().contains("hunter2"), "{}", answer.text());
        down.store(false, Ordering::SeqCst);
    }
    server.get(URL).await.assert_good();
}

#[test]
fn client_rejects_keys_that_hawk_does_not_support() {
    // Generating RSA key pairs takes seconds.
    for algorithm in KeyAlgorithm::ALL.into_iter().filter(|algorithm| !algorithm.name().starts_with("rsa")) {
        let key = auth_keys::SigningKey::generate("k", algorithm).unwrap();
        let fits = matches!(algorithm, KeyAlgorithm::HmacSha1 | KeyAlgorithm::HmacSha256);
        assert_eq!(Client::new(key).is_ok(), fits, "{algorithm}");
    }
    for id in ["", "a\\b", "a\"b", "a\nb", "é"] {
        let key = auth_keys::SigningKey::generate(id, KeyAlgorithm::HmacSha256).unwrap();
        assert!(Client::new(key).is_err(), "{id}");
    }
    let client = Server::new().client();
    assert!(!format!("{client:?}").contains(&K1[..8]));
}

#[test]
fn reason_is_logged_and_not_sent() {
    let error = super::super::failure::failed("the key is unknown");
    assert_eq!(error.detail(), "Hawk authentication failed.");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the key is unknown");
}
