//! Where a name and a password are tried: how many failures are let through, and who hears of it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_runtime::event::{Event, EventKind};
use auth_runtime::settings::LoginFailures;
use auth_runtime::store::{StoreError, StoreResult};
use auth_runtime::throttle::{AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore, Counters, Limit};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, Proxies, Settings};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tests::{Answer, App, account, app, app_with, request_with, send, settings};
use tokio::task::JoinSet;

use crate::support::{cookie_set, from_peer, refusal};

const PAGE: &str = "/auth/login/";
const OBTAIN: &str = "/obtain";

fn router(app: &App) -> Router {
    Router::new()
        .route(OBTAIN, obtain_token::<App, AllowAnonymous>())
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

fn attempt(path: &str, username: &str, password: &str) -> Request<Body> {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://testserver")];
    request_with("POST", path, &headers, &format!("username={username}&password={password}"))
}

async fn log_in(router: &Router, path: &str, username: &str, password: &str) -> Answer {
    send(router, attempt(path, username, password)).await
}

/// The statuses that an entrance gives to a right password and to a wrong one.
const ENTRANCES: [(&str, u16, u16); 2] = [(PAGE, 303, 200), (OBTAIN, 200, 400)];

fn minute() -> Duration {
    Duration::from_secs(60)
}

#[tokio::test]
async fn ten_failures_with_one_name_close_it_for_ten_minutes() {
    for (path, right, wrong) in ENTRANCES {
        let app = app().await;
        let router = router(&app);
        for username in ["ada", "nobody"] {
            for failure in 0..10 {
                let answer = log_in(&router, path, username, "wrong").await;
                assert_eq!(answer.status, wrong, "{path} {username}, failure {failure}");
            }
            // A store that is asked now would be a 503.
            app.backend().set_down(path == OBTAIN);
            for password in ["pw", "wrong"] {
                let answer = log_in(&router, path, username, password).await;
                assert_eq!(answer.status, 429, "{path} {username} {password}");
                assert_eq!(answer.header("retry-after"), Some("600"), "{path} {username} {password}");
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{path} {username} {password}");
                assert_eq!(cookie_set(&answer, "sessionid"), None, "{path} {username} {password}");
            }
            app.backend().set_down(false);
        }
        assert_eq!(log_in(&router, path, "boss", "pw").await.status, right, "{path}: another name is open");

        app.settings().clock().advance(Duration::from_millis(599_999));
        let answer = log_in(&router, path, "ada", "pw").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")), "{path}");
        app.settings().clock().advance(Duration::from_millis(1));
        assert_eq!(log_in(&router, path, "ada", "pw").await.status, right, "{path}");
    }
}

#[tokio::test]
async fn the_spellings_of_a_name_count_together() {
    for (path, right, wrong) in ENTRANCES {
        let router = router(&app().await);
        for username in ["ada", "ADA", "Ada", "aDa", "adA", "+ada", "ada+", "+Ada+", "ADa", "AdA"] {
            assert_eq!(log_in(&router, path, username, "wrong").await.status, wrong, "{path} {username}");
        }
        assert_eq!(log_in(&router, path, "ada", "pw").await.status, 429, "{path}");
        assert_eq!(log_in(&router, path, "boss", "pw").await.status, right, "{path}");
    }
}

#[tokio::test]
async fn a_throttled_caller_is_told_so() {
    let router = router(&app().await);
    for _ in 0..10 {
        log_in(&router, PAGE, "ada", "wrong").await;
    }
    let page = log_in(&router, PAGE, "ada", "pw").await;
    assert!(page.body.contains("Too many failed attempts. Please try again later."), "{page:?}");
    let answer = log_in(&router, OBTAIN, "ada", "pw").await;
    assert_eq!(refusal(&answer), (429, "throttled".to_owned()), "both entrances count together");
}

#[tokio::test]
async fn a_success_is_no_failure_and_forgives_none() {
    for (path, right, wrong) in ENTRANCES {
        let router = router(&app().await);
        for _ in 0..30 {
            assert_eq!(log_in(&router, path, "ada", "pw").await.status, right, "{path}");
        }
        for _ in 0..9 {
            assert_eq!(log_in(&router, path, "ada", "wrong").await.status, wrong, "{path}");
        }
        for _ in 0..3 {
            assert_eq!(log_in(&router, path, "ada", "pw").await.status, right, "{path}");
        }
        assert_eq!(log_in(&router, path, "ada", "wrong").await.status, wrong, "{path}");
        assert_eq!(log_in(&router, path, "ada", "pw").await.status, 429, "{path}");
    }
}

#[tokio::test]
async fn each_failure_is_forgotten_at_its_own_time() {
    let app = app().await;
    let router = router(&app);
    for _ in 0..10 {
        log_in(&router, OBTAIN, "ada", "wrong").await;
        app.settings().clock().advance(minute());
    }
    for _ in 0..3 {
        assert_eq!(log_in(&router, OBTAIN, "ada", "wrong").await.status, 400);
        assert_eq!(log_in(&router, OBTAIN, "ada", "wrong").await.status, 429, "one a minute has gone");
        app.settings().clock().advance(minute());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_guesses_at_once_no_more_are_looked_at() {
    for (path, _, wrong) in ENTRANCES {
        for username in ["ada", "nobody"] {
            let heard = Heard::default();
            let router = router(&app_with(settings().with_event_listener(heard.listener())).await);
            let mut guesses = JoinSet::new();
            for guess in 0..50 {
                let (router, password) = (router.clone(), format!("guess-{guess}"));
                guesses.spawn(async move { log_in(&router, path, username, &password).await.status.as_u16() });
            }
            let statuses = guesses.join_all().await;
            let count = |status| statuses.iter().filter(|&&seen| seen == status).count();
            assert_eq!((count(wrong), count(429)), (10, 40), "{path} {username}");
            let kinds = heard.kinds();
            let count = |kind| kinds.iter().filter(|&&seen| seen == kind).count();
            let counts = (count(EventKind::LoginFailed), count(EventKind::LoginThrottled));
            assert_eq!(counts, (10, 40), "{path} {username}");
        }
    }
}

/// Five failures a minute from an address, and as many as one likes with a name.
fn by_address() -> Settings {
    let limit = Limit::new(5, minute());
    settings().with_login_failures(LoginFailures::unlimited().with_by_address(Some(limit)))
}

#[tokio::test]
async fn failures_from_one_address_close_it_whatever_the_names() {
    for (path, right, wrong) in ENTRANCES {
        let app = app_with(by_address()).await;
        let router = router(&app);
        let from = async |peer: &str, username: &str, password: &str| {
            send(&router, from_peer(attempt(path, username, password), peer)).await.status
        };
        for guess in 0..5 {
            assert_eq!(from("203.0.113.7", &format!("name-{guess}"), "wrong").await, wrong, "{path}");
        }
        assert_eq!(from("203.0.113.7", "ada", "pw").await, 429, "{path}");
        assert_eq!(from("::ffff:203.0.113.7", "ada", "pw").await, 429, "{path}: the same, written otherwise");
        assert_eq!(from("203.0.113.8", "ada", "pw").await, right, "{path}");
        assert_eq!(log_in(&router, path, "ada", "pw").await.status, right, "{path}: the address is not known");
        app.settings().clock().advance(minute());
        assert_eq!(from("203.0.113.7", "ada", "pw").await, right, "{path}");

        for guess in 0..5 {
            assert_eq!(from(&format!("2001:db8:0:1::{guess}"), "ada", "wrong").await, wrong, "{path}");
        }
        assert_eq!(from("2001:db8:0:1:ffff::1", "ada", "pw").await, 429, "{path}: neighbours are one");
        assert_eq!(from("2001:db8:0:2::1", "ada", "pw").await, right, "{path}");
    }
}

#[tokio::test]
async fn behind_a_proxy_the_address_that_it_adds_counts() {
    let trusted = Proxies::trusted(["10.0.0.0/8"]).unwrap();
    for (header, before, proxies) in [
        ("x-forwarded-for", "", Proxies::hops(1)),
        ("x-forwarded-for", "", trusted.clone()),
        ("forwarded", "for=", trusted.with_forwarded_header()),
    ] {
        let app = app_with(by_address().with_proxies(proxies)).await;
        let router = router(&app);
        let from = async |forwarded: &str, password| {
            let mut request = from_peer(attempt(OBTAIN, "ada", password), "10.0.0.1");
            request.headers_mut().append(header, forwarded.parse().unwrap());
            send(&router, request).await.status
        };
        for guess in 0..5 {
            assert_eq!(from(&format!("{before}192.0.2.{guess}, {before}203.0.113.7"), "wrong").await, 400);
        }
        let forged = format!("{before}192.0.2.99, {before}203.0.113.7");
        assert_eq!(from(&forged, "pw").await, 429, "what the caller wrote before it does not help");
        assert_eq!(from(&format!("{before}203.0.113.8"), "pw").await, 200);
    }
}

#[tokio::test]
async fn who_is_refused_for_the_address_does_not_close_the_name() {
    let limit = Limit::new(5, minute());
    let failures = LoginFailures::unlimited().with_by_name(Some(limit)).with_by_address(Some(limit));
    let router = router(&app_with(settings().with_login_failures(failures)).await);
    for guess in 0..5 {
        let request = from_peer(attempt(OBTAIN, &format!("name-{guess}"), "wrong"), "203.0.113.7");
        assert_eq!(send(&router, request).await.status, 400);
    }
    for _ in 0..20 {
        let request = from_peer(attempt(OBTAIN, "ada", "wrong"), "203.0.113.7");
        assert_eq!(send(&router, request).await.status, 429);
    }
    assert_eq!(send(&router, from_peer(attempt(OBTAIN, "ada", "pw"), "203.0.113.8")).await.status, 200);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_no_wrong_password() {
    let app = app().await;
    let router = router(&app);
    app.backend().set_down(true);
    for _ in 0..30 {
        assert_eq!(log_in(&router, OBTAIN, "ada", "pw").await.status, 503);
    }
    app.backend().set_down(false);
    assert_eq!(log_in(&router, OBTAIN, "ada", "pw").await.status, 200);
}

/// Counters that nobody can reach.
struct Down;

impl CounterStore for Down {
    fn take<'a>(&'a self, _: &'a str, _: Limit, _: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
        Box::pin(async { Err(StoreError::new("down")) })
    }

    fn give_back<'a>(&'a self, _: &'a str, _: Duration) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async { Err(StoreError::new("down")) })
    }

    fn start_attempt<'a>(&'a self, _: &'a [AttemptLimit], _: Duration) -> BoxFuture<'a, StoreResult<AttemptStart>> {
        Box::pin(async { Err(StoreError::new("down")) })
    }

    fn end_attempt<'a>(&'a self, _: &'a [AttemptLimit], _: Duration, _: bool) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async { Err(StoreError::new("down")) })
    }
}

#[tokio::test]
async fn without_its_counters_nobody_logs_in() {
    let router = router(&app_with(settings().with_counters(Counters::shared(Down))).await);
    for (path, _, _) in ENTRANCES {
        assert_eq!(refusal(&log_in(&router, path, "ada", "pw").await), (503, "unavailable".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn whoever_wants_no_limit_has_none() {
    let settings = settings().with_login_failures(LoginFailures::unlimited()).with_counters(Counters::shared(Down));
    let router = router(&app_with(settings).await);
    for _ in 0..20 {
        assert_eq!(log_in(&router, OBTAIN, "ada", "wrong").await.status, 400);
    }
    assert_eq!(log_in(&router, OBTAIN, "ada", "pw").await.status, 200);
}

/// What a listener heard: the kinds, and all that the events say.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(EventKind, String)>>>);

impl Heard {
    fn listener(&self) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
        let heard = Arc::clone(&self.0);
        move |event| heard.lock().unwrap().push((event.kind, format!("{event:?}")))
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.0.lock().unwrap().iter().map(|(kind, _)| *kind).collect()
    }
}

#[tokio::test]
async fn listeners_hear_what_happened_and_nothing_that_is_secret() {
    type Seen = (EventKind, Option<String>, bool, bool, Option<String>, Option<IpAddr>);
    let (heard, parts) = (Heard::default(), Arc::new(Mutex::new(Vec::<Seen>::new())));
    let listener = Arc::clone(&parts);
    let settings = settings().with_event_listener(heard.listener()).with_event_listener(move |event: &Event<'_>| {
        let user = event.user.map(str::to_owned);
        let (has_login, has_token) = (event.login.is_some(), event.token.is_some());
        let client = event.client.map(str::to_owned);
        listener.lock().unwrap().push((event.kind, user, has_login, has_token, client, event.address));
    });
    let app = app_with(settings).await;
    let router = router(&app);
    let address: IpAddr = [203, 0, 113, 7].into();
    let from = async |request| send(&router, from_peer(request, "203.0.113.7")).await;

    from(attempt(PAGE, "typed-name", "typed-password")).await;
    let page = from(attempt(PAGE, "ada", "pw")).await;
    let cookie = cookie_set(&page, "sessionid").unwrap();
    let csrf = cookie_set(&page, "csrftoken").unwrap();
    let with_cookie = format!("sessionid={cookie}");
    for _ in 0..2 {
        let own = [("origin", "http://testserver"), ("cookie", with_cookie.as_str())];
        assert_eq!(from(request_with("POST", "/auth/logout/", &own, "")).await.status, 303);
    }
    let token = from(attempt(OBTAIN, "ada", "pw")).await.json()["token"].as_str().unwrap().to_owned();
    for _ in 0..10 {
        from(attempt(OBTAIN, "typed-name", "typed-password")).await;
    }

    let ada = Some(account(&app, "ada").await.id.to_string());
    let (default, address) = (Some("default".to_owned()), Some(address));
    let failed = (EventKind::LoginFailed, None, false, false, None, address);
    let mut wanted = vec![
        failed.clone(),
        (EventKind::LoggedIn, ada.clone(), true, false, default, address),
        (EventKind::LoggedOut, ada.clone(), true, false, None, address),
        (EventKind::TokenCreated, ada, false, true, None, address),
    ];
    wanted.extend(vec![failed; 9]);
    wanted.push((EventKind::LoginThrottled, None, false, false, None, address));
    assert_eq!(*parts.lock().unwrap(), wanted);

    let said = format!("{:?}", heard.0.lock().unwrap());
    for secret in ["typed-name", "typed-password", "pw", &cookie, &csrf, &token, "ada"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}
