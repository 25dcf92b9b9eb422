//! The query string with a bewit in it, and whatever URL a client is asked to sign.
#![no_main]

use std::time::Duration;

use auth_signatures_fuzz::{CLIENT, ORIGIN, answer};
use axum::body::Body;
use axum::http::{Request, Uri};
use libfuzzer_sys::fuzz_target;

/// The bewit of the seed that is good.
const GOOD: &str = "YWRhXDE3MDAwMDAwMDBcekQ1L1JDelpVRVZNTWpXczY4cGRnVjlGdnRsa1ZyOUk0bmlNME5RSmxVaz1cc29tZS1hcHAtZGF0YQ";

fuzz_target!(|text: &str| {
    let Ok(uri) = format!("{ORIGIN}/bewit?{text}").parse::<Uri>() else { return };
    let (status, _) = answer(Request::get(&uri).body(Body::empty()).unwrap());
    assert!(status == 401 || status == 200 && text.contains(GOOD), "{status}");

    if let Ok(link) = CLIENT.signed_uri(&uri, Duration::from_secs(60), None) {
        let (status, _) = answer(Request::head(link).body(Body::empty()).unwrap());
        assert_eq!(status, 200);
    }
});
