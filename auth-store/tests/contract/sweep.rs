//! What is swept away: what has expired, and nothing else.

use std::time::Duration;

use auth_runtime::store::{NewToken, Swept};

use crate::given::{
    Contract, NOW, access_of, client, cookie_of, digest, find_login, find_token, has_login, has_token, keep, log_in,
    make, seconds,
};

/// Sweeps wait this long, since last uses are noted a little late.
const GRACE: Duration = Duration::from_secs(60);
/// Records of what was used wait this much longer, since clocks go back.
const REPLAY_GRACE: Duration = Duration::from_secs(3_600);
const MILLISECOND: Duration = Duration::from_millis(1);

async fn what_has_expired_is_swept_a_minute_later(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let idle = client("idle").with_idle_lifetime(Some(seconds(100))).with_absolute_lifetime(None);
    let absolute = client("absolute").with_idle_lifetime(None).with_absolute_lifetime(Some(seconds(100)));
    let forever = client("forever").with_idle_lifetime(None).with_absolute_lifetime(None);
    for rules in [&idle, &absolute, &forever] {
        log_in(&store, &ada, cookie_of(rules, &format!("cookie-{}", rules.name()), NOW)).await;
        log_in(&store, &ada, access_of(rules, &format!("token-{}", rules.name()), NOW)).await;
    }
    let mut short = NewToken::new(digest("personal-short"), NOW);
    short.expires = Some(NOW + seconds(100));
    keep(&store, &ada, short).await;
    keep(&store, &ada, NewToken::new(digest("personal-forever"), NOW)).await;
    assert!(store.first_use("nonce", &digest("nonce"), NOW, NOW + seconds(100)).await.unwrap());

    let end = NOW + seconds(100) + GRACE;
    for early in [Duration::ZERO, NOW, end - MILLISECOND] {
        assert_eq!(store.sweep(early).await.unwrap(), Swept::default(), "{early:?}");
    }
    assert_eq!(store.logins(&ada).await.unwrap().len(), 6);
    assert_eq!(store.sweep(end).await.unwrap(), Swept { logins: 4, tokens: 3, replays: 0 });
    assert_eq!(store.sweep(end).await.unwrap(), Swept::default());
    for rules in ["idle", "absolute"] {
        assert!(!has_login(&store, &format!("cookie-{rules}")).await, "{rules}");
        assert!(!has_token(&store, &format!("token-{rules}")).await, "{rules}");
    }
    assert!(!has_token(&store, "personal-short").await && has_token(&store, "personal-forever").await);
    assert!(has_login(&store, "cookie-forever").await && has_token(&store, "token-forever").await);
    assert_eq!(store.sweep(end + REPLAY_GRACE - MILLISECOND).await.unwrap(), Swept::default());
    let replays = Swept { logins: 0, tokens: 0, replays: 1 };
    assert_eq!(store.sweep(end + REPLAY_GRACE).await.unwrap(), replays);
    assert_eq!(store.sweep(Duration::MAX).await.unwrap(), Swept::default());
}

async fn an_expired_access_token_takes_its_login_along(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let rules = client("short").with_access_lifetime(Some(seconds(100)));
    log_in(&store, &ada, access_of(&rules, "token", NOW)).await;
    let swept = store.sweep(NOW + seconds(100) + GRACE).await.unwrap();
    assert_eq!(swept, Swept { logins: 1, tokens: 1, replays: 0 });
    assert!(!has_token(&store, "token").await);
    assert_eq!(store.logins(&ada).await.unwrap().len(), 0);
}

async fn what_is_in_use_is_not_swept(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let idle = client("idle").with_idle_lifetime(Some(seconds(100))).with_absolute_lifetime(None);
    let cookie = log_in(&store, &ada, cookie_of(&idle, "cookie", NOW)).await;
    log_in(&store, &ada, access_of(&idle, "token", NOW)).await;
    let token = find_token(&store, "token").await.unwrap().token.id;
    let used = NOW + seconds(90);
    store.touch_logins(&[(cookie.id, used)]).await.unwrap();
    store.touch_tokens(&[(token, used)]).await.unwrap();
    let end = used + seconds(100) + GRACE;
    assert_eq!(store.sweep(end - MILLISECOND).await.unwrap(), Swept::default());
    assert!(has_login(&store, "cookie").await && has_token(&store, "token").await);
    assert_eq!(store.sweep(end).await.unwrap(), Swept { logins: 2, tokens: 1, replays: 0 });
}

async fn a_sweep_corrects_uses_that_lie_ahead(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let idle = client("idle").with_idle_lifetime(Some(seconds(100))).with_absolute_lifetime(None);
    let ids = [
        log_in(&store, &ada, cookie_of(&idle, "far", NOW)).await.id,
        log_in(&store, &ada, cookie_of(&idle, "near", NOW)).await.id,
    ];
    log_in(&store, &ada, access_of(&idle, "token", NOW)).await;
    let token = find_token(&store, "token").await.unwrap().token.id;
    let day = seconds(86_400);
    // By another clock each, and so not together.
    store.touch_logins(&[(ids[1].clone(), NOW + day)]).await.unwrap();
    store.touch_logins(&[(ids[0].clone(), NOW + 365 * day)]).await.unwrap();
    store.touch_tokens(&[(token, NOW + 365 * day)]).await.unwrap();
    assert_eq!(store.sweep(NOW).await.unwrap(), Swept::default());
    let last_used = async |text: &str| find_login(&store, text).await.unwrap().login.last_used;
    assert_eq!((last_used("far").await, last_used("near").await), (NOW, NOW + day));
    assert_eq!(find_token(&store, "token").await.unwrap().token.last_used, Some(NOW));
    let swept = store.sweep(NOW + seconds(100) + GRACE).await.unwrap();
    assert_eq!(swept, Swept { logins: 2, tokens: 1, replays: 0 }, "the idle timeout counts from the sweep");
}

async fn many_are_swept_whatever_their_number(store: impl Contract) {
    let ada = make(&store, "ada").await;
    for n in 0..300_u64 {
        let mut token = NewToken::new(digest(&format!("token-{n}")), NOW);
        token.expires = Some(if n % 3 == 0 { NOW + seconds(1_000) } else { NOW });
        keep(&store, &ada, token).await;
    }
    assert_eq!(store.sweep(NOW + GRACE).await.unwrap(), Swept { logins: 0, tokens: 200, replays: 0 });
    assert_eq!(store.tokens(&ada).await.unwrap().len(), 100);
    assert!(has_token(&store, "token-0").await && !has_token(&store, "token-1").await);
}

ask_every_store_that_sweeps! { one:
    what_has_expired_is_swept_a_minute_later,
    an_expired_access_token_takes_its_login_along,
    what_is_in_use_is_not_swept,
    a_sweep_corrects_uses_that_lie_ahead,
    many_are_swept_whatever_their_number,
}
