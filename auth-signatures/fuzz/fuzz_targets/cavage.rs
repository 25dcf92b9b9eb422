//! The parameters of the old draft, and `Digest` beside them: whatever is sent lets nobody in.
#![no_main]

use auth_signatures_fuzz::answer;
use axum::body::Body;
use axum::http::{HeaderValue, Request, header::AUTHORIZATION};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut request =
        Request::post("/cavage").header("date", "Sun, 25 Nov 2012 08:30:34 GMT").body(Body::from("body")).unwrap();
    let mut lines = data.splitn(2, |&byte| byte == b'\n');
    for name in [AUTHORIZATION.as_str(), "digest"] {
        if let Some(Ok(value)) = lines.next().map(HeaderValue::from_bytes) {
            request.headers_mut().insert(name.parse::<axum::http::HeaderName>().unwrap(), value);
        }
    }
    assert_eq!(answer(request).0, 401);
});
