//! The query string that a derived scheme reads, and the login page's `next`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(status) = auth_runtime_fuzz::status("GET", &format!("/?{text}"), &[]) {
        let may_be_right = text.to_ascii_lowercase().contains('k') || text.contains('%');
        assert!(status == 401 || status == 200 && may_be_right, "{status}");
    }
    if let Some(status) = auth_runtime_fuzz::status("GET", &format!("/auth/login/?{text}"), &[]) {
        assert_eq!(status, 200);
    }
});
