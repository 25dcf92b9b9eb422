//! The `Authorization` header of Hawk, once or twice, and whatever text a client is asked to sign.
#![no_main]

use auth_signatures::hawk::SignOptions;
use auth_signatures_fuzz::{CLIENT, ORIGIN, answer};
use axum::body::Body;
use axum::http::{HeaderValue, Request, header::AUTHORIZATION};
use libfuzzer_sys::fuzz_target;

/// The MAC of the seed that is good.
const GOOD: &str = "mac=\"btXTLFirB82zukZuT4d6MsVPyaBNgCKG5P5RgiCZ78w=\"";

fuzz_target!(|data: &[u8]| {
    let mut request = Request::get("/header").body(Body::empty()).unwrap();
    for value in data.splitn(2, |&byte| byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request.headers_mut().append(AUTHORIZATION, value);
        }
    }
    let (status, _) = answer(request);
    let may_be_right = String::from_utf8_lossy(data).contains(GOOD);
    assert!(status == 401 || status == 200 && may_be_right, "{status}");

    if let Ok(text) = std::str::from_utf8(data) {
        let mut request = Request::get(format!("{ORIGIN}/header")).body("").unwrap();
        if CLIENT.sign(&mut request, &SignOptions::new().with_ext(text)).is_ok() {
            let (status, told) = answer(request.map(Body::from));
            assert!(status == 200 && told == data, "{status}");
        }
    }
});
