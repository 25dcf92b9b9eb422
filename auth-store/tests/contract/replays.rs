//! What may be used only once.

use std::time::Duration;

use crate::given::{Contract, NOW, digest, seconds};

async fn a_key_is_used_once(store: impl Contract) {
    let expires = NOW + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), NOW, expires).await.unwrap());
    for later in [NOW, NOW + seconds(1), expires - Duration::from_millis(1)] {
        assert!(!store.first_use("nonce", &digest("a"), later, later + seconds(300)).await.unwrap(), "{later:?}");
    }
    assert!(store.first_use("nonce", &digest("b"), NOW, expires).await.unwrap());
}

async fn a_key_is_used_again_after_its_end(store: impl Contract) {
    let first = NOW + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), NOW, first).await.unwrap());
    // A refused use does not move the end.
    assert!(!store.first_use("nonce", &digest("a"), NOW + seconds(299), NOW + seconds(900)).await.unwrap());
    let second = first + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), first, second).await.unwrap());
    assert!(!store.first_use("nonce", &digest("a"), second - Duration::from_millis(1), second).await.unwrap());
    assert!(store.first_use("nonce", &digest("a"), second, second + seconds(1)).await.unwrap());
}

async fn scopes_are_apart(store: impl Contract) {
    for scope in ["nonce", "code", "", "Nonce", "nonce ", "é 🔑", &"long".repeat(100)] {
        assert!(store.first_use(scope, &digest("a"), NOW, NOW + seconds(300)).await.unwrap(), "{scope}");
        assert!(!store.first_use(scope, &digest("a"), NOW, NOW + seconds(300)).await.unwrap(), "{scope}");
    }
}

async fn what_lasts_for_ever_is_never_used_again(store: impl Contract) {
    assert!(store.first_use("code", &digest("a"), NOW, Duration::MAX).await.unwrap());
    let century = NOW + seconds(100 * 365 * 86_400);
    assert_eq!(store.sweep(century).await.unwrap().replays, 0);
    assert!(!store.first_use("code", &digest("a"), century, Duration::MAX).await.unwrap());
}

ask_every_store! { one:
    a_key_is_used_once,
    a_key_is_used_again_after_its_end,
    scopes_are_apart,
    what_lasts_for_ever_is_never_used_again,
}
