//! A new access token in the place of the one that is presented.

use std::time::Duration;

use auth_runtime::store::{Client, ClientStore};
use tests::account;
use tokio::task::JoinSet;

use super::{Who, call, ids, is_good, keys, log_in, logged_in, start, text};
use crate::support::refusal;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn phone() -> Client {
    Client::new("phone").unwrap().with_access_lifetime(Some(seconds(600))).with_absolute_lifetime(Some(seconds(1500)))
}

#[tokio::test]
async fn the_old_token_ends_and_the_new_one_is_good() {
    let (app, router) = start().await;
    let first = logged_in(&router, "ada", None).await;
    let old = Who::Token(text(&first, "token"));
    let answer = call(&router, &old, "POST", "/auth/renew/", None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let renewed = answer.json();
    assert_eq!(keys(&renewed), ["expires", "login", "token"]);
    assert_eq!(renewed["login"]["id"], first["login"]["id"]);
    let new = Who::Token(text(&renewed, "token"));
    assert!(!is_good(&app, &old).await && is_good(&app, &new).await);
    assert_eq!(call(&router, &old, "POST", "/auth/renew/", None).await.status, 401);
    assert_eq!(ids(&router, &new, "/auth/logins/").await.len(), 2, "no login was added or lost");
    assert_eq!(call(&router, &new, "POST", "/auth/logout/", None).await.status, 204);
    assert!(!is_good(&app, &new).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_is_renewed() {
    let (app, router) = start().await;
    for _ in 0..5 {
        let old = log_in(&router, "ada", None).await;
        let mut calls = JoinSet::new();
        for _ in 0..20 {
            let (router, old) = (router.clone(), old.clone());
            calls.spawn(async move { call(&router, &old, "POST", "/auth/renew/", None).await });
        }
        let answers = calls.join_all().await;
        let (renewed, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(renewed.len(), 1);
        assert!(is_good(&app, &Who::Token(text(&renewed[0].json(), "token"))).await);
        for answer in refused {
            assert_eq!(refusal(answer), (401, "authentication_failed".to_owned()));
        }
    }
}

#[tokio::test]
async fn what_is_no_access_token_cannot_be_renewed() {
    let (app, router) = start().await;
    for who in [Who::personal("ada"), Who::browser("ada"), Who::Basic("ada")] {
        let answer = call(&router, &who, "POST", "/auth/renew/", None).await;
        assert_eq!(refusal(&answer), (400, "no_login".to_owned()), "{who:?}");
    }
    assert!(is_good(&app, &Who::personal("ada")).await && is_good(&app, &Who::browser("ada")).await);
}

#[tokio::test]
async fn a_renewed_token_lasts_anew_and_never_longer_than_its_login() {
    let (app, router) = start().await;
    app.backend().put_client(&phone()).await.unwrap();
    let answer = logged_in(&router, "ada", Some("phone")).await;
    assert_eq!(answer["expires"], "2027-01-15T08:10:00.000Z");
    let mut who = Who::Token(text(&answer, "token"));
    for expires in ["2027-01-15T08:19:59.999Z", "2027-01-15T08:25:00.000Z"] {
        app.settings().clock().advance(Duration::from_millis(599_999));
        let answer = call(&router, &who, "POST", "/auth/renew/", None).await.json();
        assert_eq!(answer["expires"], expires);
        who = Who::Token(text(&answer, "token"));
    }
    app.settings().clock().advance(seconds(300) + Duration::from_millis(1));
    assert!(is_good(&app, &who).await);
    app.settings().clock().advance(Duration::from_millis(1));
    assert!(!is_good(&app, &who).await);
    assert_eq!(call(&router, &who, "POST", "/auth/renew/", None).await.status, 401);
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_renewed() {
    let (app, router) = start().await;
    app.backend().put_client(&phone()).await.unwrap();
    let who = log_in(&router, "ada", Some("phone")).await;
    app.settings().clock().advance(seconds(600));
    let answer = call(&router, &who, "POST", "/auth/renew/", None).await;
    assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, "Invalid token."));
}

#[tokio::test]
async fn the_lifetime_is_the_one_that_the_client_has_now() {
    let (app, router) = start().await;
    app.backend().put_client(&phone()).await.unwrap();
    let who = log_in(&router, "ada", Some("phone")).await;
    app.backend().put_client(&phone().with_access_lifetime(Some(seconds(60)))).await.unwrap();
    let answer = call(&router, &who, "POST", "/auth/renew/", None).await.json();
    assert_eq!(answer["expires"], "2027-01-15T08:01:00.000Z");
    let who = Who::Token(text(&answer, "token"));
    app.backend().put_client(&phone().with_access_lifetime(None)).await.unwrap();
    let answer = call(&router, &who, "POST", "/auth/renew/", None).await.json();
    assert_eq!(answer["expires"], "2027-01-15T08:25:00.000Z", "as long as the login");

    let who = Who::Token(text(&answer, "token"));
    app.backend().delete_client("phone").await.unwrap();
    assert_eq!(call(&router, &who, "POST", "/auth/renew/", None).await.status, 401);
    assert_eq!(account(&app, "ada").await.username, "ada");
}
