//! Rates of clients: as the client says, or else as the handler does.

use std::time::Duration;

use auth_runtime::authenticate;
use auth_runtime::login::log_in_for_token;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::{Client, ClientStore};
use auth_runtime::testing::force_authenticate;
use auth_runtime::throttle::Limit;
use auth_store::Account;
use axum::Router;
use axum::routing::get as on_get;
use tests::{App, account, app, app_with, get, request, send, settings};

use super::{ADA, advance, statuses};
use crate::support::basic;

#[authenticate(Token, Session, Basic)]
#[throttle(client = "3/minute")]
async fn search(#[user] _who: Option<Account>) {}

fn router(app: &App) -> Router {
    Router::new().route("/", on_get(search)).with_state(app.clone())
}

fn client(name: &str, rate: Option<&str>) -> Client {
    Client::new(name).unwrap().with_rate(rate.map(Limit::of))
}

/// A login of this user's with a client that the store has.
async fn log_in(app: &App, username: &str, client: &Client) -> String {
    app.backend().put_client(client).await.unwrap();
    let (head, _) = request("POST", "/", &[]).into_parts();
    let account = account(app, username).await;
    let issued = log_in_for_token(app, &head, &account, client.clone(), "").await.unwrap();
    format!("Token {}", issued.secret.reveal())
}

/// How many of six requests are let in.
async fn let_in(router: &Router, authorization: &str) -> usize {
    let statuses = statuses(router, "/", &[("authorization", authorization)], 6).await;
    assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
    statuses.into_iter().filter(|status| *status == 200).count()
}

#[tokio::test]
async fn the_rate_of_the_client_goes_before_that_of_the_handler() {
    for (rate, wanted) in
        [(Some("1/minute"), 1), (Some("5/minute"), 5), (Some("0/day"), 0), (Some("60/minute burst 2"), 2), (None, 3)]
    {
        let app = app().await;
        let phone = log_in(&app, "ada", &client("phone", rate)).await;
        assert_eq!(let_in(&router(&app), &phone).await, wanted, "{rate:?}");
    }
}

#[tokio::test]
async fn each_user_and_each_client_is_counted_by_itself() {
    let app = app().await;
    let router = router(&app);
    let phone = client("phone", Some("2/minute"));
    let first = log_in(&app, "ada", &phone).await;
    let second = log_in(&app, "ada", &phone).await;
    let web = log_in(&app, "ada", &client("web", Some("4/minute"))).await;
    let of_boss = log_in(&app, "boss", &phone).await;
    assert_eq!(let_in(&router, &first).await, 2);
    assert_eq!(let_in(&router, &second).await, 0, "both logins of the user count together");
    assert_eq!(let_in(&router, &web).await, 4);
    assert_eq!(let_in(&router, &of_boss).await, 2);
}

#[tokio::test]
async fn a_caller_without_a_login_is_not_counted() {
    let app = app().await;
    let router = router(&app);
    assert_eq!(let_in(&router, &basic("ada", "pw")).await, 6);
    assert_eq!(let_in(&router, ADA.1).await, 6, "a personal token is no login");
    assert_eq!(statuses(&router, "/", &[], 6).await, [200; 6]);
    let ada = account(&app, "ada").await;
    for _ in 0..6 {
        let mut forced = request("GET", "/", &[]);
        force_authenticate(&mut forced, ada.clone());
        assert_eq!(send(&router, forced).await.status, 200);
    }
}

#[tokio::test]
async fn a_login_by_cookie_has_the_client_of_the_settings_where_the_store_has_none_of_its_name() {
    let cookie = [("cookie", "sessionid=ada-login")];
    let settings = settings().with_client(Client::default().with_rate(Some(Limit::of("1/minute"))));
    let app = app_with(settings).await;
    let router = router(&app);
    assert_eq!(statuses(&router, "/", &cookie, 2).await, [200, 429]);
    app.backend().put_client(&Client::default().with_rate(Some(Limit::of("2/minute")))).await.unwrap();
    advance(&app, 10.0);
    assert_eq!(statuses(&router, "/", &cookie, 3).await, [200, 200, 429]);
}

#[tokio::test]
async fn a_change_of_the_rate_holds_within_ten_seconds() {
    let app = app().await;
    let router = router(&app);
    let phone = log_in(&app, "ada", &client("phone", Some("2/minute"))).await;
    assert_eq!(let_in(&router, &phone).await, 2);
    for (rate, wanted) in [(Some("4/minute"), 4), (Some("1/minute"), 1), (Some("60/minute burst 5"), 5), (None, 3)] {
        app.backend().put_client(&client("phone", rate)).await.unwrap();
        advance(&app, 10.0);
        assert_eq!(let_in(&router, &phone).await, wanted, "{rate:?}");
    }
}

#[tokio::test]
async fn a_rate_is_looked_up_once_in_ten_seconds() {
    let app = app().await;
    let router = router(&app);
    let phone = log_in(&app, "ada", &client("phone", Some("2/minute"))).await;
    assert_eq!(let_in(&router, &phone).await, 2);
    app.backend().put_client(&client("phone", Some("5/minute"))).await.unwrap();
    app.settings().clock().advance(Duration::from_millis(9_999));
    assert_eq!(get(&router, "/", &[("authorization", &phone)]).await.status, 429, "still the former one");
    app.settings().clock().advance(Duration::from_millis(1));
    assert_eq!(get(&router, "/", &[("authorization", &phone)]).await.status, 200);
}
