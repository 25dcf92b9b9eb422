//! `Origin`, `Referer`, `Host` and `Sec-Fetch-Site` of a logged-in caller's change, and origins as text.
#![no_main]

use auth_runtime::{Origin, TrustedOrigin};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |&byte| byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (own, host, other) = (line(), line(), line());
    for name in ["origin", "referer", "sec-fetch-site"] {
        let headers: [(&str, &[u8]); 4] =
            [("cookie", b"sessionid=ada-login"), ("host", host), (name, own), ("x-csrftoken", other)];
        let status = auth_runtime_fuzz::status("POST", "/session", &headers).unwrap();
        let text = String::from_utf8_lossy(own).to_ascii_lowercase();
        let may_be_right = match name {
            "origin" => text.starts_with("http://"),
            "sec-fetch-site" => text == "same-origin",
            _ => false,
        };
        assert!(status == 403 || status == 200 && may_be_right, "{name}: {status}");
    }
    if let Some(origin) = std::str::from_utf8(own).ok().and_then(|text| Origin::parse(text).ok()) {
        assert_eq!(Origin::parse(&origin.to_string()), Ok(origin.clone()));
        assert!(!origin.authority().contains(['/', '@', ' ']));
        let trusted = TrustedOrigin::parse("https://*.example.org").unwrap();
        let below = origin.authority() == "example.org" || origin.authority().ends_with(".example.org");
        assert_eq!(trusted.matches(&origin), origin.is_https() && below && origin.authority() != ".example.org");
    }
    if let Ok(text) = std::str::from_utf8(other) {
        let _ = TrustedOrigin::parse(text);
    }
});
