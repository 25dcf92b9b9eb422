//! `auth logins` and `auth sweep`.

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    AccountStore as _, Client, LoginStore as _, NewCredential, NewLogin, NewToken, TokenStore as _,
};
use serde_json::json;

use crate::support::Bench;

const MADE: Duration = Duration::from_millis(1_704_164_645_678);

/// Logs `user` in with a token.
async fn log_in(bench: &Bench, user: &str, token: &str, lifetime: Option<Duration>) {
    let store = bench.store().await;
    let account = store.account(user).await.unwrap().unwrap();
    let client = Client::new("phone").unwrap().with_idle_lifetime(None).with_absolute_lifetime(lifetime);
    let digest = Digest::of(token.as_bytes());
    let mut login = NewLogin::new(NewCredential::Token { digest }, client, MADE);
    "kitchen".clone_into(&mut login.name);
    login.address = Some("192.0.2.7".parse().unwrap());
    "curl/8\u{1b}[2J".clone_into(&mut login.user_agent);
    store.insert_login(&account, login).await.unwrap().kept().unwrap();
    store.close().await;
}

#[tokio::test]
async fn logins_are_listed_and_ended() {
    let bench = Bench::new("logins");
    bench.user("ada");
    assert_eq!(bench.run(&["logins", "list", "ada"]).text(), "ada is logged in nowhere.\n");
    log_in(&bench, "ada", "one", None).await;
    log_in(&bench, "ada", "two", Some(Duration::from_secs(60))).await;
    log_in(&bench, "ada", "three", Some(Duration::from_secs(40_000 * 86_400))).await;

    let table = "\
ID  CLIENT  NAME     CREATED               LAST USED             ENDS                  ADDRESS    PROGRAM
3   phone   kitchen  2024-01-02T03:04:05Z  2024-01-02T03:04:05Z  2133-07-09T03:04:05Z  192.0.2.7  curl/8\\u{1b}[2J
2   phone   kitchen  2024-01-02T03:04:05Z  2024-01-02T03:04:05Z  expired               192.0.2.7  curl/8\\u{1b}[2J
1   phone   kitchen  2024-01-02T03:04:05Z  2024-01-02T03:04:05Z  never                 192.0.2.7  curl/8\\u{1b}[2J
";
    assert_eq!(bench.run(&["logins", "list", "ada"]).text(), table);
    let listed = bench.json(&["logins", "list", "ada"]);
    let expected = json!({
        "id": "2",
        "client": "phone",
        "name": "kitchen",
        "created": "2024-01-02T03:04:05.678Z",
        "last_used": "2024-01-02T03:04:05.678Z",
        "idle_timeout": null,
        "expires": "2024-01-02T03:05:05.678Z",
        "has_expired": true,
        "address": "192.0.2.7",
        "user_agent": "curl/8\u{1b}[2J",
    });
    assert_eq!(listed["logins"][1], expected);

    let failure = bench.run(&["logins", "revoke", "ada", "-7"]).failure(3);
    assert_eq!(failure, "auth: ada has no login -7; `auth logins list ada` shows all\n");
    assert_eq!(bench.run(&["logins", "revoke", "ada", "3"]).text(), "The login 3 of ada has ended.\n");
    bench.run(&["logins", "revoke", "ada", "3"]).failure(3);
    let ended = bench.json(&["logins", "revoke", "ada", "--all"]);
    assert_eq!(ended, json!({ "user": "ada", "id": null, "ended": 2 }));
    assert_eq!(bench.json(&["logins", "list", "ada"])["logins"], json!([]));
}

#[tokio::test]
async fn what_has_expired_is_swept() {
    let bench = Bench::new("sweep");
    bench.user("ada");
    log_in(&bench, "ada", "one", None).await;
    log_in(&bench, "ada", "two", Some(Duration::from_secs(60))).await;
    let store = bench.store().await;
    let account = store.account("ada").await.unwrap().unwrap();
    let mut token = NewToken::new(Digest::of(b"three"), MADE);
    token.expires = Some(MADE + Duration::from_secs(60));
    store.insert_token(&account, token).await.unwrap();
    store.close().await;

    // The access token of the login is one of the tokens.
    assert_eq!(bench.json(&["sweep"]), json!({ "logins": 1, "tokens": 2, "replays": 0 }));
    assert_eq!(bench.json(&["logins", "list", "ada"])["logins"].as_array().unwrap().len(), 1);
    let text = bench.run(&["sweep"]).text();
    assert_eq!(text, "Deleted what had expired: 0 logins, 0 tokens, 0 records of what may be used once.\n");
}
