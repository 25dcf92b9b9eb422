//! Property tests over arbitrary and over signed messages.

use std::borrow::Cow;
use std::time::Duration;

use auth_runtime::PublicOrigin;
use auth_runtime::store::{Key, KeyAlgorithm};
use http::{HeaderMap, HeaderValue, Request};
use proptest::prelude::*;

use super::super::base::{Message, RequestHead};
use super::super::component::{Components, MAX_COMPONENTS, MAX_RESPONSE_COMPONENTS};
use super::super::error::SignatureError;
use super::super::input::SignatureInput;
use super::super::signature::verify;
use super::super::{MessageSigner, read};
use super::vectors::request;
use auth_keys::SigningKey;

/// Components that the request of [`pool_request`] has.
const POOL: [&str; 16] = [
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "@query",
    "@query-param;name=\"a\"",
    "@query-param;name=\"b%20c\"",
    "host",
    "x-value",
    "x-value;bs",
    "priority",
    "priority;sf",
    "priority;key=\"u\"",
    "content-type",
];

fn pool_request(value: HeaderValue) -> Request<()> {
    let mut request = request(
        "POST /path?a=1&b+c=%2D\nHost: example.com\nPriority: u=1,   i\nContent-Type: text/plain\nContent-Length: 0",
    );
    request.headers_mut().insert("x-value", value);
    request
}

fn verdict(request: Request<()>, key: &Key) -> Result<SignatureInput, SignatureError> {
    let (parts, ()) = request.into_parts();
    let mut inputs = read::read(&parts.headers, MAX_RESPONSE_COMPONENTS)?;
    let input = inputs.pop().ok_or(SignatureError::NotSigned)?;
    let head = RequestHead::received(&parts, &PublicOrigin::host_header(true)).unwrap();
    let base = Message::request(head, &[]).base(&input.components, input.params())?;
    verify(&input, &base, key, Duration::ZERO).map(|()| input)
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_nothing_else(
        components in proptest::sample::subsequence(&POOL[..], 0..=POOL.len()).prop_shuffle(),
        value in "[ -~]{0,20}",
        other in "[ -~]{0,20}",
        nonce: bool,
        tag in proptest::option::of("[ -~]{1,10}"),
        id in "[ -~]{0,10}",
    ) {
        let signing = SigningKey::shared(&id, KeyAlgorithm::HmacSha256, &[7; 32]).unwrap();
        let mut signer = MessageSigner::new(signing.clone()).with_nonce(nonce).with_components(components.iter().copied());
        if let Some(tag) = &tag {
            signer = signer.with_tag(tag);
        }
        let mut request = pool_request(HeaderValue::from_str(&value).unwrap());
        signer.sign(&mut request, b"").unwrap();
        let key = signing.verifying_key();
        let input = verdict(request.clone(), &key).unwrap();
        prop_assert_eq!(input.keyid().map(Cow::into_owned), Some(id));
        prop_assert_eq!(input.tag().map(Cow::into_owned), tag);
        prop_assert_eq!(input.components.iter().count(), components.len());

        let mut changed = request.clone();
        changed.headers_mut().insert("x-value", HeaderValue::from_str(&other).unwrap());
        let is_covered = components.iter().any(|component| component.starts_with("x-value"));
        prop_assert_eq!(verdict(changed, &key).is_ok(), !is_covered || other.trim() == value.trim());

        let mut changed = request;
        *changed.uri_mut() = "/path?a=1&b+c=%2E".parse().unwrap();
        let covers_query = |component: &&str| {
            matches!(*component, "@target-uri" | "@request-target" | "@query") || component.contains("b%20c")
        };
        prop_assert_eq!(verdict(changed, &key).is_ok(), !components.iter().any(covers_query));
    }

    #[test]
    fn anything_can_be_read(
        text in "\\PC{0,60}|[a-c]=\\(( ?\"@?[a-z-]{1,9}\"(;(sf|bs|tr|req|key=\"a\"))?){0,4}\\)(;[a-z]{1,6}=[\"0-9a-z]{0,5}){0,3}",
        signature in "\\PC{0,40}|[a-c]=:[A-Za-z0-9+/=]{0,12}:",
    ) {
        let mut headers = HeaderMap::new();
        for (name, text) in [("signature-input", &text), ("signature", &signature), ("accept-signature", &text)] {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        let _ = read::read_accept(&headers);
        if let Ok(inputs) = read::read(&headers, MAX_COMPONENTS) {
            let (mut parts, ()) = pool_request(HeaderValue::from_static("1")).into_parts();
            parts.headers.extend(headers);
            let message = Message::request(RequestHead::received(&parts, &PublicOrigin::default()).unwrap(), &[]);
            for input in inputs {
                let _ = message.base(&input.components, input.params());
            }
        }
        let _ = Components::parse([&text]);
    }
}
