//! The rules that a client has for the logins that are made with it.

use std::time::Duration;

use auth_runtime::http::request::Parts;
use auth_runtime::login::{self, log_in_for_token};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::settings::CsrfSettings;
use auth_runtime::store::{AtLimit, Client, ClientStore, CredentialStore};
use auth_runtime::views::login_pages;
use auth_runtime::{Identity, Rejection, TrustedOrigin, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get as on_get, post as on_post};
use tests::{Answer, App, account, app, app_with, get, request, request_with, send, settings};
use tokio::task::JoinSet;

use crate::support::{basic, cookie_set, refusal};

#[authenticate(Token, Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

/// A login for a program: its password for an access token.
#[authenticate(Basic)]
async fn log_in(
    #[user] who: Identity<Account>,
    State(app): State<App>,
    Path(client): Path<String>,
    request: Parts,
) -> Result<String, Rejection> {
    let issued = async {
        let client = login::client(&app, Some(&client)).await?;
        log_in_for_token(&app, &request, who.user().unwrap(), client, "my phone").await
    };
    match issued.await {
        Ok(issued) => Ok(issued.secret.reveal().to_owned()),
        Err(error) => Err(who.reject(error)),
    }
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", on_get(me))
        .route("/log-in/{client}", on_post(log_in))
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

fn phone() -> Client {
    Client::new("phone").unwrap()
}

async fn with_clients(clients: &[Client]) -> (App, Router) {
    let app = app().await;
    for client in clients {
        app.backend().put_client(client).await.unwrap();
    }
    let router = router(&app);
    (app, router)
}

async fn log_in_with(router: &Router, username: &str, client: &str, headers: &[(&str, &str)]) -> Answer {
    let basic = basic(username, "pw");
    let mut all = vec![("authorization", basic.as_str())];
    all.extend(headers);
    send(router, request("POST", &format!("/log-in/{client}"), &all)).await
}

/// The token of a login of ada's that is let in.
async fn token(router: &Router, client: &str) -> String {
    let answer = log_in_with(router, "ada", client, &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

async fn is_good(router: &Router, token: &str) -> bool {
    get(router, "/me", &[("authorization", &format!("Token {token}"))]).await.status == 200
}

async fn log_in_by_page(router: &Router, cookie: Option<&str>) -> Answer {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("origin", "http://testserver")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    send(router, request_with("POST", "/auth/login/", &headers, "username=ada&password=pw")).await
}

#[tokio::test]
async fn a_login_is_kept_with_where_it_was_made() {
    let (app, router) = with_clients(&[phone()]).await;
    let long = "x".repeat(300);
    log_in_with(&router, "ada", "phone", &[("user-agent", &long)]).await;
    let logins = app.backend().logins(&account(&app, "ada").await).await.unwrap();
    let made = logins.iter().find(|entry| entry.login.client == "phone").unwrap();
    assert_eq!((made.name.as_str(), made.user_agent.len(), made.address), ("my phone", 200, None));
}

#[tokio::test]
async fn a_client_that_nobody_made_is_400() {
    let (_, router) = with_clients(&[phone()]).await;
    for name in ["tablet", "Phone", "phone%20", "%F0%9F%94%91"] {
        let answer = log_in_with(&router, "ada", name, &[]).await;
        assert_eq!(refusal(&answer), (400, "unknown_client".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn at_the_limit_another_login_is_refused() {
    let (app, router) = with_clients(&[phone().with_max_logins(Some(2)), Client::new("web").unwrap()]).await;
    let first = token(&router, "phone").await;
    let second = token(&router, "phone").await;
    let answer = log_in_with(&router, "ada", "phone", &[]).await;
    assert_eq!(refusal(&answer), (403, "login_limit".to_owned()));
    assert!(is_good(&router, &first).await && is_good(&router, &second).await);
    token(&router, "web").await;
    assert_eq!(log_in_with(&router, "boss", "phone", &[]).await.status, 200, "another account has its own");

    app.backend().revoke_logins(&account(&app, "ada").await, None).await.unwrap();
    token(&router, "phone").await;
    token(&router, "phone").await;
    assert_eq!(log_in_with(&router, "ada", "phone", &[]).await.status, 403);
    app.settings().clock().advance(Duration::from_secs(14 * 86_400));
    token(&router, "phone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_logins_at_once_no_more_are_kept_than_allowed() {
    let client = phone().with_max_logins(Some(3));
    for at_limit in [AtLimit::Refuse, AtLimit::EndOldest] {
        let (app, router) = with_clients(&[client.clone().with_at_limit(at_limit)]).await;
        let mut logins = JoinSet::new();
        for _ in 0..20 {
            let router = router.clone();
            logins.spawn(async move { log_in_with(&router, "ada", "phone", &[]).await });
        }
        let answers = logins.join_all().await;
        let made = answers.iter().filter(|answer| answer.status == 200);
        assert_eq!(made.clone().count(), if at_limit == AtLimit::Refuse { 3 } else { 20 }, "{at_limit:?}");
        let mut good = 0;
        for answer in made {
            good += usize::from(is_good(&router, &answer.body).await);
        }
        assert_eq!(good, 3, "{at_limit:?}");
        let kept = app.backend().logins(&account(&app, "ada").await).await.unwrap();
        assert_eq!(kept.iter().filter(|entry| entry.login.client == "phone").count(), 3, "{at_limit:?}");
    }
}

#[tokio::test]
async fn at_the_limit_the_oldest_login_ends_where_the_client_says_so() {
    let client = phone().with_max_logins(Some(2)).with_at_limit(AtLimit::EndOldest);
    let (app, router) = with_clients(&[client]).await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(token(&router, "phone").await);
        app.settings().clock().advance(Duration::from_secs(1));
    }
    let mut good = Vec::new();
    for token in &tokens {
        good.push(is_good(&router, token).await);
    }
    assert_eq!(good, [false, false, true, true]);
}

#[tokio::test]
async fn a_single_login_ends_every_other_one_of_the_account() {
    let (_, router) = with_clients(&[phone(), Client::new("bank").unwrap().with_single_login(true)]).await;
    let phone = token(&router, "phone").await;
    let first = token(&router, "bank").await;
    assert!(!is_good(&router, &phone).await);
    let second = token(&router, "bank").await;
    assert!(!is_good(&router, &first).await && is_good(&router, &second).await);
    let ada = get(&router, "/me", &[("cookie", "sessionid=ada-login")]).await;
    assert_eq!(ada.status, 401, "a browser's too");
    assert_eq!(get(&router, "/me", &[("cookie", "sessionid=boss-login")]).await.body, "boss");
    assert!(is_good(&router, "ada-token").await, "a personal token is no login");
}

#[tokio::test]
async fn only_pages_of_allowed_origins_log_in() {
    let parse =
        |origins: &[&str]| origins.iter().map(|origin| TrustedOrigin::parse(origin).unwrap()).collect::<Vec<_>>();
    let allowed = parse(&["https://app.example.org", "https://*.example.net"]);
    // A browser sends the password by itself, so that the application must trust a page before its client may.
    let trusted =
        ["https://*.example.org", "http://app.example.org", "https://app.example.org:8443", "https://*.example.net"];
    let app = app_with(settings().with_csrf(CsrfSettings::default().with_trusted_origins(parse(&trusted)))).await;
    for client in [phone().with_allowed_origins(allowed), Client::new("any").unwrap()] {
        app.backend().put_client(&client).await.unwrap();
    }
    let router = router(&app);
    let before = app.backend().logins(&account(&app, "ada").await).await.unwrap().len();
    for origin in ["https://other.example.org", "http://app.example.org", "https://app.example.org:8443"] {
        let answer = log_in_with(&router, "ada", "phone", &[("origin", origin)]).await;
        assert_eq!(refusal(&answer), (403, "origin_not_allowed".to_owned()), "{origin}");
    }
    for origin in ["https://evil.example", "null", "", "junk"] {
        for client in ["phone", "any"] {
            let answer = log_in_with(&router, "ada", client, &[("origin", origin)]).await;
            assert_eq!(refusal(&answer), (403, "csrf_failed".to_owned()), "{origin}");
        }
    }
    assert_eq!(app.backend().logins(&account(&app, "ada").await).await.unwrap().len(), before);
    for origin in ["https://app.example.org", "https://APP.example.org:443", "https://a.example.net"] {
        let answer = log_in_with(&router, "ada", "phone", &[("origin", origin)]).await;
        assert_eq!(answer.status, 200, "{origin}");
    }
    token(&router, "phone").await;
    for origin in trusted.iter().filter(|origin| !origin.contains('*')) {
        assert_eq!(log_in_with(&router, "ada", "any", &[("origin", origin)]).await.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn an_access_token_ends_before_its_login_or_with_it() {
    for (access, absolute, ends) in
        [(Some(50), Some(100), 50), (Some(100), Some(100), 100), (Some(1000), Some(100), 100), (None, Some(100), 100)]
    {
        let seconds = |seconds: Option<u64>| seconds.map(Duration::from_secs);
        let client = phone().with_access_lifetime(seconds(access)).with_absolute_lifetime(seconds(absolute));
        let (app, router) = with_clients(&[client]).await;
        let token = token(&router, "phone").await;
        app.settings().clock().advance(Duration::from_millis(ends * 1000 - 1));
        assert!(is_good(&router, &token).await, "{access:?} {absolute:?}");
        app.settings().clock().advance(Duration::from_millis(1));
        assert!(!is_good(&router, &token).await, "{access:?} {absolute:?}");
    }
}

#[tokio::test]
async fn without_an_access_lifetime_or_an_end_the_other_one_counts() {
    let client = phone().with_access_lifetime(Some(Duration::from_secs(50))).with_absolute_lifetime(None);
    let (app, router) = with_clients(&[client]).await;
    let token = token(&router, "phone").await;
    app.settings().clock().advance(Duration::from_secs(50));
    assert!(!is_good(&router, &token).await);
}

#[tokio::test]
async fn a_client_named_default_in_the_store_takes_the_place_of_the_settings_one() {
    let one_day = Duration::from_secs(86_400);
    let app = app_with(settings().with_client(Client::default().with_absolute_lifetime(Some(7 * one_day)))).await;
    let router = router(&app);
    let max_age = |answer: &Answer| {
        let cookies = answer.all("set-cookie");
        let cookie = cookies.iter().find(|cookie| cookie.starts_with("sessionid=")).unwrap();
        cookie.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().to_owned()
    };
    assert_eq!(max_age(&log_in_by_page(&router, None).await), "604800");
    assert_eq!(log_in_with(&router, "ada", "default", &[]).await.status, 200, "it may be named");

    app.backend().put_client(&Client::default().with_absolute_lifetime(Some(one_day))).await.unwrap();
    let cookie = log_in_by_page(&router, None).await;
    assert_eq!(max_age(&cookie), "86400");
    let token = token(&router, "default").await;
    app.settings().clock().advance(one_day);
    assert!(!is_good(&router, &token).await);
    let cookie = format!("sessionid={}", cookie_set(&cookie, "sessionid").unwrap());
    assert_eq!(get(&router, "/me", &[("cookie", &cookie)]).await.status, 401);

    assert!(app.backend().delete_client("default").await.unwrap());
    assert_eq!(max_age(&log_in_by_page(&router, None).await), "604800");
}

#[tokio::test]
async fn a_cookie_of_a_login_without_an_end_is_as_old_as_browsers_allow() {
    let app = app_with(settings().with_client(Client::default().with_absolute_lifetime(None))).await;
    let answer = log_in_by_page(&router(&app), None).await;
    let max_age = format!("Max-Age={};", 400 * 86_400);
    assert!(answer.all("set-cookie").iter().any(|cookie| cookie.contains(&max_age)), "{answer:?}");
}

#[tokio::test]
async fn the_login_page_says_that_the_limit_is_reached_and_counts_no_failure() {
    let client = Client::default().with_max_logins(Some(1));
    let app = app_with(settings().with_client(client)).await;
    let router = router(&app);
    for _ in 0..20 {
        let answer = log_in_by_page(&router, None).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains("You have reached the maximum number of active logins."), "{answer:?}");
        assert_eq!(cookie_set(&answer, "sessionid"), None);
    }
    let again = log_in_by_page(&router, Some("sessionid=ada-login")).await;
    assert_eq!(again.status, 303, "the login that the browser comes with makes room");
}
