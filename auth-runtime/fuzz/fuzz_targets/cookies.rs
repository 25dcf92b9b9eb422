//! The `Cookie` header and the CSRF token: two lines of cookies, and the token's header.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |&byte| byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let headers = [("cookie", line()), ("cookie", line()), ("x-csrftoken", line())];
    let is_logged_in = String::from_utf8_lossy(data).contains("ada-login");
    let status = |method, path| auth_runtime_fuzz::status(method, path, &headers).unwrap().as_u16();

    let seen = status("GET", "/session");
    assert!(seen == 403 || seen == 200 && is_logged_in, "{seen}");
    assert_eq!(status("GET", "/page"), 200);
    let changed = status("POST", "/session");
    let has_token = headers[2].1.len() >= 32;
    assert!(changed == 403 || changed == 200 && is_logged_in && has_token, "{changed}");
    assert!(!(changed == 200 && seen != 200), "a change is never easier than a look");
    let logged_out = status("POST", "/auth/logout/");
    assert!(logged_out == 403 || logged_out == 303 && has_token, "{logged_out}");
});
