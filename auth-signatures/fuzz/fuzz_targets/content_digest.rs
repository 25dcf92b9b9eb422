//! `Content-Digest`, and its content in the first line.
#![no_main]

use auth_signatures::digest::ContentDigest;
use axum::http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|&byte| byte == b'\n');
    let content = lines.next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    for value in lines.filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append("content-digest", value);
    }
    if let Ok(digest) = ContentDigest::of(&headers) {
        let good = digest == ContentDigest::sha256(content) || digest == ContentDigest::sha512(content);
        assert!(digest.matches(content) || !good);
        let written = HeaderMap::from_iter([("content-digest".parse().unwrap(), digest.to_header_value())]);
        assert_eq!(ContentDigest::of(&written), Ok(digest));
    }
    for digest in [ContentDigest::sha256(content), ContentDigest::sha512(content)] {
        assert!(digest.matches(content));
        let written = HeaderMap::from_iter([("content-digest".parse().unwrap(), digest.to_header_value())]);
        assert_eq!(ContentDigest::of(&written), Ok(digest));
    }
});
