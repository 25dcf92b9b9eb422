//! A root secret and a sealing key as text, and sealed bytes.

#![no_main]

use auth_keys::{RootSecret, SealingKey, SealingKeys};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(root) = text.parse::<RootSecret>() {
        let again: RootSecret = root.to_text().parse().expect("what was written is read");
        assert_eq!(*again.to_text(), *root.to_text());
        assert_eq!(again.derive("label").as_bytes(), root.derive("label").as_bytes());
    }
    let _ = text.parse::<SealingKey>().is_ok();
    let keys = SealingKeys::new().with(SealingKey::new(&[7; 32]));
    assert!(keys.open("label", "id", text.as_bytes()).is_err(), "nobody sealed this");
});
