//! The `Authorization` header: `Basic`, `Token` and `Bearer`, once or twice.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let values: Vec<&[u8]> = data.splitn(2, |&byte| byte == b'\n').collect();
    let headers: Vec<(&str, &[u8])> = values.iter().map(|value| ("authorization", *value)).collect();
    let status = auth_runtime_fuzz::status("GET", "/", &headers).unwrap();
    let text = String::from_utf8_lossy(data);
    let may_be_right = text.contains("ada-token") || text.contains("YWRhOnB3");
    assert!(status == 401 || status == 200 && may_be_right, "{status}");

    for keyword in ["Basic", "Token", "X"] {
        let mut map = auth_runtime::http::HeaderMap::new();
        for value in &values {
            if let Ok(value) = auth_runtime::http::HeaderValue::from_bytes(value) {
                map.append("authorization", value);
            }
        }
        if let Ok(Some(word)) = auth_runtime::authorization_credentials(&map, keyword) {
            assert!(map.len() == 1 && !word.is_empty() && !word.iter().any(u8::is_ascii_whitespace));
        }
    }
});
