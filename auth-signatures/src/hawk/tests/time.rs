//! Timestamps and nonces.

use auth_runtime::Clock;

use super::super::ResponseError;
use super::*;

async fn signed_at(server: &Server, url: &str, ts: u64) -> Answer {
    let mut request = get(url);
    server.client().sign(&mut request, &SignOptions::new().with_timestamp(ts)).unwrap();
    server.send(request).await
}

#[tokio::test]
async fn timestamp_may_differ_by_at_most_the_skew() {
    let server = Server::new();
    for ts in [NOW - 60, NOW, NOW + 60] {
        signed_at(&server, URL, ts).await.assert_good();
    }
    for ts in [0, 1, NOW - 61, NOW + 61, 999_999_999_999_999] {
        let answer = signed_at(&server, URL, ts).await;
        assert_eq!(answer.head.status, StatusCode::UNAUTHORIZED, "{ts}");
        assert!(answer.text().contains("stale_timestamp"), "{}", answer.text());
    }
    for ts in [NOW - 600, NOW + 600] {
        signed_at(&server, "https://example.com/patient", ts).await.assert_good();
    }
    signed_at(&server, "https://example.com/patient", NOW - 601).await;
    server.clock.advance(Duration::from_millis(1));
    assert_eq!(signed_at(&server, URL, NOW - 60).await.head.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn stale_challenge_authenticates_the_servers_time() {
    let server = Server::new();
    let answer = signed_at(&server, URL, NOW - 61).await;
    let expected =
        r#"Hawk ts="1353832234", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=", error="Stale timestamp""#;
    assert_eq!(answer.challenge(), expected);
    assert_eq!(answer.head.headers.get_all(WWW_AUTHENTICATE).iter().count(), 1);
}

#[tokio::test]
async fn stale_message_with_bad_mac_does_not_get_the_time() {
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new().with_timestamp(NOW - 61)).unwrap();
    edit(&mut request, "ts=\"1353832173\"", "ts=\"1353832172\"");
    server.send(request).await.assert_failed();
}

#[tokio::test]
async fn client_with_wrong_clock_adjusts_to_the_server() {
    let server = Server::new();
    let slow = server.client().with_clock(Clock::manual(Duration::from_secs(NOW - 100_000)));
    let mut request = get(URL);
    slow.sign(&mut request, &SignOptions::new()).unwrap();
    let answer = server.send(request).await;
    assert_eq!(answer.head.status, StatusCode::UNAUTHORIZED);

    let stranger = client(key("dh37fgj492je", KeyAlgorithm::HmacSha256, "another secret of many bytes"));
    assert_eq!(stranger.resync(&answer.head), Err(ResponseError::WrongMac));
    let mut head = answer.head.clone();
    let shifted = answer.challenge().replace("1353832234", "1353832235");
    head.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_str(&shifted).unwrap());
    assert_eq!(slow.resync(&head), Err(ResponseError::WrongMac));

    assert_eq!(slow.clone().resync(&answer.head), Ok(true));
    let mut request = get(URL);
    slow.sign(&mut request, &SignOptions::new()).unwrap();
    server.send(request).await.assert_good();
}

#[test]
fn hawk_challenge_is_found_among_others() {
    let challenge =
        r#"Hawk ts="1353832234", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=", error="Stale timestamp""#;
    let joined = format!("Basic realm=\"Hawk\", {challenge}, Bearer");
    let found = |values: &[&str]| {
        let mut response = http::Response::builder();
        for value in values {
            response = response.header(WWW_AUTHENTICATE, *value);
        }
        Server::new().client().resync(&response.body(()).unwrap().into_parts().0)
    };
    for values in [&["Basic", challenge][..], &[&joined], &[&challenge.replace("Hawk", "hawk")]] {
        assert_eq!(found(values), Ok(true), "{values:?}");
    }
    for values in [&[][..], &["Hawk"], &["Hawk error=\"x\""], &["Hawk ts=\"1\""], &["Bearer ts=\"1\", tsm=\"2\""]] {
        assert_eq!(found(values), Ok(false), "{values:?}");
    }
    assert_eq!(found(&["Hawk ts=\"now\", tsm=\"x\""]), Err(ResponseError::Malformed));
}

#[tokio::test]
async fn a_request_is_accepted_once() {
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    server.send(request.clone()).await.assert_good();
    server.send(request.clone()).await.assert_failed();
    server.clock.advance(Duration::from_secs(60));
    server.send(request.clone()).await.assert_failed();
    server.clock.advance(Duration::from_secs(1));
    assert!(server.send(request).await.text().contains("stale_timestamp"));
}

#[tokio::test]
async fn nonce_of_a_future_message_is_kept_until_it_expires() {
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new().with_timestamp(NOW + 60)).unwrap();
    server.send(request.clone()).await.assert_good();
    server.clock.advance(Duration::from_secs(120));
    server.send(request).await.assert_failed();
}

#[tokio::test]
async fn nonce_is_unique_per_key_and_time() {
    let server = Server::new();
    let second = key("second", KeyAlgorithm::HmacSha256, "another secret of many bytes");
    server.backend().insert(second.clone(), "ada", true);
    let second = client(second).with_clock(server.clock.clone());
    let options = SignOptions::new().with_nonce("j4h3g2");
    for client in [server.client(), second] {
        for options in [options.clone(), options.clone().with_timestamp(NOW - 1)] {
            let mut request = get(URL);
            client.sign(&mut request, &options).unwrap();
            server.send(request).await.assert_good();
        }
    }
    assert_eq!(server.backend().uses.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn the_same_nonce_for_another_resource_is_a_replay() {
    let server = Server::new();
    for (url, good) in [(URL, true), ("https://example.com/resource/2", false)] {
        let mut request = get(url);
        server.client().sign(&mut request, &SignOptions::new().with_nonce("j4h3g2")).unwrap();
        let answer = server.send(request).await;
        if good {
            answer.assert_good();
        } else {
            answer.assert_failed();
        }
    }
}

#[tokio::test]
async fn unauthenticated_requests_store_no_nonces() {
    let server = Server::new();
    let stranger = client(key("dh37fgj492je", KeyAlgorithm::HmacSha256, "another secret of many bytes"));
    let mut request = get(URL);
    stranger.with_clock(server.clock.clone()).sign(&mut request, &SignOptions::new()).unwrap();
    server.send(request).await.assert_failed();
    signed_at(&server, URL, NOW - 61).await;
    assert_eq!(server.backend().recorded.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn random_nonces_differ() {
    let client = Server::new().client();
    let sign = || client.sign(&mut get(URL), &SignOptions::new()).unwrap().nonce().to_owned();
    let (a, b) = (sign(), sign());
    assert!(a != b && a.len() == 16, "{a} {b}");
}
