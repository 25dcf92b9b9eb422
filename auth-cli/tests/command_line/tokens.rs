//! `auth tokens`.

use std::time::Duration;

use auth_runtime::store::{AccountStore, NewToken, TokenStore};
use auth_runtime::{Digest, TokenFormat, TokenKind};
use serde_json::json;

use crate::support::{Bench, present, user_of};

#[tokio::test]
async fn a_token_stands_alone_on_the_standard_output() {
    let bench = Bench::new("tokens-create");
    bench.user("ada");
    let run = bench.run(&["tokens", "create", "ada", "--name", "ci", "--expires", "30d"]);
    assert_eq!(run.code, Some(0));
    let token = run.out.strip_suffix('\n').unwrap();
    let presented = TokenFormat::default().read(token.as_bytes()).unwrap();
    assert_eq!(presented.kind(), Some(TokenKind::Personal));
    assert!(run.err.starts_with("This is token 1 of ada, called `ci`. It ends at 20"), "{}", run.err);
    assert!(!run.err.contains(token));
    assert!(!bench.holds(token));

    let store = bench.store().await;
    let (account, access) = present(&store, token, &TokenFormat::default()).await.unwrap();
    assert_eq!(account.username, "ada");
    assert_eq!(access.expires, Some(access.created + Duration::from_secs(30 * 86_400)));
}

#[tokio::test]
async fn a_token_in_a_document_comes_with_all_that_is_known() {
    let bench = Bench::new("tokens-json");
    bench.user("ada");
    let json = bench.json(&["tokens", "create", "ada"]);
    let token = json["token"].as_str().unwrap();
    assert_eq!(user_of(&bench.store().await, token).await.as_deref(), Some("ada"));
    assert_eq!((&json["id"], &json["user"]), (&json!("1"), &json!("ada")));
    let (_, access) = present(&bench.store().await, token, &TokenFormat::default()).await.unwrap();
    assert_eq!(access.expires, Some(access.created + Duration::from_secs(90 * 86_400)));
    assert!(json["created"].as_str().unwrap().ends_with('Z'), "{json}");
}

#[tokio::test]
async fn tokens_begin_as_those_of_the_application() {
    let bench = Bench::new("tokens-app");
    bench.user("ada");
    let run = bench.run(&["tokens", "create", "ada", "--app", "shop"]);
    let token = run.out.trim_end();
    assert!(token.starts_with("shop_pat_"), "{run:?}");
    let store = bench.store().await;
    assert!(present(&store, token, &TokenFormat::new("shop").unwrap()).await.is_ok());
    assert!(present(&store, token, &TokenFormat::default()).await.is_err());
    let failure = bench.run(&["tokens", "create", "ada", "--app", "My Shop"]).failure(2);
    assert!(failure.contains("lower-case letters"), "{failure}");
    let from_variable = bench.command(&["tokens", "create", "ada"]).env("AUTH_APP", "shop").output().unwrap();
    assert!(from_variable.stdout.starts_with(b"shop_pat_"));
}

#[test]
fn tokens_are_listed_without_themselves() {
    let bench = Bench::new("tokens-list");
    bench.user("ada");
    assert_eq!(bench.run(&["tokens", "list", "ada"]).text(), "ada has no tokens.\n");
    let first = bench.token("ada");
    bench.run(&["tokens", "create", "ada", "--name", "ci", "--expires", "1h"]);
    let table = bench.run(&["tokens", "list", "ada"]).text();
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["ID", "NAME", "CREATED", "LAST", "USED", "ENDS"]);
    assert_eq!((lines[1][..2].to_vec(), lines[1].len()), (vec!["2", "ci"], 5));
    assert_eq!((lines[2][0], lines[2][2]), ("1", "never"), "never used");
    let json = bench.json(&["tokens", "list", "ada"]);
    assert_eq!((&json["tokens"][0]["name"], &json["tokens"][0]["has_expired"]), (&json!("ci"), &json!(false)));
    assert!(!table.contains(&first) && !json.to_string().contains(&first));
}

#[tokio::test]
async fn a_token_is_ended_by_its_number_or_with_all_others() {
    let bench = Bench::new("tokens-revoke");
    bench.user("ada");
    bench.user("bob");
    let (one, two, bobs) = (bench.token("ada"), bench.token("ada"), bench.token("bob"));
    let store = bench.store().await;

    let failure = bench.run(&["tokens", "revoke", "ada", "3"]).failure(3);
    assert_eq!(failure, "auth: ada has no personal token 3; `auth tokens list ada` shows all\n");
    assert_eq!(bench.run(&["tokens", "revoke", "ada", "1"]).text(), "The token 1 of ada has ended.\n");
    assert_eq!(user_of(&store, &one).await, None);
    assert_eq!(user_of(&store, &two).await.as_deref(), Some("ada"));

    bench.run(&["tokens", "revoke", "ada", "1"]).failure(3);
    bench.run(&["tokens", "revoke", "ada", "first"]).failure(3);
    bench.run(&["tokens", "revoke", "ada"]).failure(2);
    bench.run(&["tokens", "revoke", "ada", "2", "--all"]).failure(2);
    assert_eq!(user_of(&store, &two).await.as_deref(), Some("ada"));

    let json = bench.json(&["tokens", "revoke", "ada", "--all"]);
    assert_eq!(json, json!({ "user": "ada", "id": null, "ended": 1 }));
    assert_eq!(user_of(&store, &two).await, None);
    assert_eq!(bench.run(&["tokens", "revoke", "ada", "--all"]).text(), "Ended tokens of ada: 0.\n");
    assert_eq!(user_of(&store, &bobs).await.as_deref(), Some("bob"));
}

#[test]
fn a_token_of_a_user_who_is_locked_out_is_made_with_a_warning() {
    let bench = Bench::new("tokens-inactive");
    bench.run(&["users", "create", "ada", "--inactive", "--no-password"]).text();
    let run = bench.run(&["tokens", "create", "ada"]);
    assert_eq!(run.code, Some(0));
    assert!(run.err.contains("is refused until `auth users enable`"), "{}", run.err);
}

#[tokio::test]
async fn only_beyond_the_limits_a_token_lasts_for_longer_than_a_year() {
    let bench = Bench::new("tokens-beyond");
    bench.user("ada");
    for length in ["367d", "never"] {
        let failure = bench.run(&["tokens", "create", "ada", "--expires", length]).failure(2);
        assert!(failure.contains("366 days at most") && failure.contains("--beyond-limits"), "{failure}");
    }
    assert_eq!(bench.json(&["tokens", "list", "ada"])["tokens"], json!([]));
    let json = bench.json(&["tokens", "create", "ada", "--expires", "never", "--beyond-limits"]);
    assert_eq!(json["expires"], json!(null));
    let json = bench.json(&["tokens", "create", "ada", "--expires", "400d", "--beyond-limits"]);
    assert_ne!(json["expires"], json!(null));
}

#[tokio::test]
async fn only_beyond_the_limits_a_user_gets_more_than_a_hundred_tokens() {
    let bench = Bench::new("tokens-many");
    bench.user("ada");
    let store = bench.store().await;
    let ada = store.account("ada").await.unwrap().unwrap();
    for n in 0..100_u8 {
        let token = NewToken::new(Digest::of(&[n]), Duration::from_secs(1));
        store.insert_token(&ada, token).await.unwrap().kept().unwrap();
    }
    let failure = bench.run(&["tokens", "create", "ada"]).failure(3);
    assert!(failure.contains("as many personal tokens as an account may have"), "{failure}");
    assert_eq!(bench.run(&["tokens", "create", "ada", "--beyond-limits"]).code, Some(0));
}

#[test]
fn a_length_that_is_none_makes_no_token() {
    let bench = Bench::new("tokens-lengths");
    bench.user("ada");
    for length in ["0d", "30", "soon", "-1d", "2000000d"] {
        bench.run(&["tokens", "create", "ada", &format!("--expires={length}")]).failure(2);
    }
    assert_eq!(bench.json(&["tokens", "list", "ada"])["tokens"], json!([]));
}
