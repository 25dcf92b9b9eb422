//! Every door where a password is tried counts the same failures, and refuses what is too long or too much.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::event::EventKind;
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, Token};
use auth_runtime::settings::{LoginFailures, PasswordSettings};
use auth_runtime::store::{AccountStore, Keep, NewAccount};
use auth_runtime::testing::RecordedEvents;
use auth_runtime::throttle::{Counters, Limit, MemoryCounters};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, Policy, authenticate};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get as on_get;
use proptest::prelude::*;
use tests::{Answer, App, CSRF, account, app, app_with, request_with, send, settings};
use tokio::task::JoinSet;

use crate::support::{basic, from_peer};

#[derive(Policy)]
#[policy(chain(Basic), permit(IsAuthenticated))]
struct ByPassword;

#[derive(Policy)]
#[policy(chain(Token), permit(IsAuthenticated))]
struct ByToken;

#[authenticate(Basic)]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Basic(counted = false))]
async fn uncounted(#[user] me: Account) -> String {
    me.username
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", on_get(me))
        .route("/uncounted", on_get(uncounted))
        .route("/obtain", obtain_token::<App, AllowAnonymous>())
        .nest("/pages", login_pages())
        .nest("/api", auth_endpoints::endpoints::<App, ByToken>())
        .nest("/knox", Knox::new().endpoints::<ByPassword, ByToken>())
        .nest("/durin", Durin::new().with_api_access_client("default").endpoints::<ByToken>())
        .nest("/admin", auth_admin::pages())
        .with_state(app.clone())
}

/// A place where a name and a password are tried, and the statuses of its answers.
#[derive(Debug, Clone, Copy)]
struct Door {
    path: &'static str,
    right: u16,
    wrong: u16,
}

const BASIC: Door = Door { path: "/me", right: 200, wrong: 401 };
const PAGE: Door = Door { path: "/pages/login/", right: 303, wrong: 200 };

/// All of them, for `boss`, who is staff.
const DOORS: [Door; 7] = [
    BASIC,
    PAGE,
    Door { path: "/obtain", right: 200, wrong: 400 },
    Door { path: "/api/login/", right: 200, wrong: 401 },
    Door { path: "/knox/login/", right: 200, wrong: 401 },
    Door { path: "/durin/login/", right: 200, wrong: 400 },
    Door { path: "/admin/sign-in", right: 303, wrong: 422 },
];

impl Door {
    fn request(&self, username: &str, password: &str) -> Request<Body> {
        let pair = [("username", username), ("password", password)];
        match self.path {
            "/me" | "/uncounted" => {
                request_with("GET", self.path, &[("authorization", &basic(username, password))], "")
            }
            "/knox/login/" => request_with("POST", self.path, &[("authorization", &basic(username, password))], ""),
            "/pages/login/" | "/admin/sign-in" => {
                let fields = [pair[0], pair[1], ("csrfmiddlewaretoken", CSRF)];
                let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let cookie = format!("csrftoken={CSRF}");
                let form_type = "application/x-www-form-urlencoded";
                let headers = [("origin", "http://testserver"), ("cookie", &cookie), ("content-type", form_type)];
                request_with("POST", self.path, &headers, &form.join("&"))
            }
            _ => {
                let body = serde_json::json!({ "username": username, "password": password, "client": "default" });
                request_with("POST", self.path, &[("content-type", "application/json")], &body.to_string())
            }
        }
    }

    async fn tried(&self, router: &Router, username: &str, password: &str) -> Answer {
        send(router, self.request(username, password)).await
    }

    async fn tried_from(&self, router: &Router, peer: &str, username: &str, password: &str) -> Answer {
        send(router, from_peer(self.request(username, password), peer)).await
    }
}

async fn add(app: &App, name: &str) {
    let hash = app.passwords().hash("pw").await.unwrap();
    app.backend().create_account(&NewAccount::new(name).with_password_hash(hash)).await.unwrap().unwrap();
}

#[tokio::test]
async fn ten_failures_at_any_door_lock_a_name_at_every_door() {
    for first in DOORS {
        let app = app().await;
        let router = router(&app);
        for username in ["boss", "nobody"] {
            for failure in 0..10 {
                let answer = first.tried_from(&router, "203.0.113.7", username, "wrong").await;
                assert_eq!(answer.status, first.wrong, "{first:?} {username} {failure}: {answer:?}");
            }
            // A store that is asked now would be a 503.
            for door in DOORS {
                // Some read the CSRF secret or the client first.
                app.backend().set_down(["/me", "/obtain", "/knox/login/", "/durin/login/"].contains(&door.path));
                for password in ["wrong", "pw"] {
                    let answer = door.tried_from(&router, "203.0.113.7", username, password).await;
                    let got = (answer.status.as_u16(), answer.header("retry-after"));
                    assert_eq!(got, (429, Some("600")), "{first:?}, then {door:?} {username} {password}");
                }
                app.backend().set_down(false);
            }
        }
        assert_eq!(BASIC.tried_from(&router, "203.0.113.7", "ada", "pw").await.status, 200, "another name is open");
    }
}

#[tokio::test]
async fn a_right_password_is_never_locked_out_at_any_door() {
    for door in DOORS {
        let app = app().await;
        let router = router(&app);
        for _ in 0..(if door.path == "/me" { 1_000 } else { 25 }) {
            let answer = door.tried_from(&router, "203.0.113.7", "boss", "pw").await;
            assert_eq!(answer.status, door.right, "{door:?}: {answer:?}");
        }
        for failure in 0..9 {
            let answer = door.tried_from(&router, "203.0.113.7", "boss", "wrong").await;
            assert_eq!(answer.status, door.wrong, "{door:?} {failure}");
        }
        assert_eq!(door.tried_from(&router, "203.0.113.7", "boss", "pw").await.status, door.right, "{door:?}");
    }
}

#[tokio::test]
async fn a_hundred_failures_from_one_address_close_it_whatever_the_names() {
    let router = router(&app().await);
    for guess in 0..100 {
        let answer = BASIC.tried_from(&router, "203.0.113.7", &format!("name-{guess}"), "wrong").await;
        assert_eq!(answer.status, 401, "{guess}");
    }
    for door in DOORS {
        assert_eq!(door.tried_from(&router, "203.0.113.7", "boss", "pw").await.status, 429, "{door:?}");
        assert_eq!(door.tried_from(&router, "203.0.113.8", "boss", "pw").await.status, door.right, "{door:?}");
    }
}

#[tokio::test]
async fn locking_a_name_from_one_network_leaves_its_owner_in_from_another() {
    for door in DOORS {
        let router = router(&app().await);
        for _ in 0..10 {
            assert_eq!(door.tried_from(&router, "127.0.0.2", "boss", "wrong").await.status, door.wrong, "{door:?}");
        }
        assert_eq!(door.tried_from(&router, "127.0.0.2", "boss", "pw").await.status, 429, "{door:?}");
        assert_eq!(door.tried_from(&router, "127.0.0.1", "boss", "pw").await.status, door.right, "{door:?}");
        assert_eq!(door.tried_from(&router, "2001:db8::1", "boss", "pw").await.status, door.right, "{door:?}");
        assert_eq!(door.tried(&router, "boss", "pw").await.status, door.right, "{door:?}: without an address");
    }
}

#[tokio::test]
async fn a_hundred_failures_from_many_networks_lock_a_name_everywhere() {
    let app = app().await;
    let router = router(&app);
    for guess in 0..100 {
        let peer = format!("2001:db8:0:{}::1", guess / 9);
        assert_eq!(BASIC.tried_from(&router, &peer, "boss", "wrong").await.status, 401, "{guess}");
    }
    let answer = PAGE.tried_from(&router, "203.0.113.1", "boss", "pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("600")));
    assert_eq!(PAGE.tried_from(&router, "203.0.113.1", "ada", "pw").await.status, 303);
    app.settings().clock().advance(Duration::from_secs(600));
    assert_eq!(PAGE.tried_from(&router, "203.0.113.1", "boss", "pw").await.status, 303);
}

#[tokio::test]
async fn the_addresses_of_one_network_share_its_limit() {
    let router = router(&app().await);
    for guess in 0..10 {
        assert_eq!(BASIC.tried_from(&router, &format!("2001:db8:0:1::{guess}"), "boss", "wrong").await.status, 401);
    }
    assert_eq!(BASIC.tried_from(&router, "2001:db8:0:1:ffff::1", "boss", "pw").await.status, 429);
    assert_eq!(BASIC.tried_from(&router, "2001:db8:0:2::1", "boss", "pw").await.status, 200);
}

#[tokio::test]
async fn without_a_known_address_all_callers_share_a_network() {
    let router = router(&app().await);
    for _ in 0..10 {
        assert_eq!(BASIC.tried(&router, "boss", "wrong").await.status, 401);
    }
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 429);
    assert_eq!(BASIC.tried(&router, "ada", "pw").await.status, 200);
}

#[tokio::test]
async fn credentials_that_basic_remembers_are_not_counted_and_locked_ones_stay_in() {
    let passwords = PasswordSettings::default().with_memory_kib(8).with_iterations(1).with_cache_size(4);
    let router = router(&app_with(settings().with_passwords(passwords)).await);
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200);
    for _ in 0..10 {
        assert_eq!(BASIC.tried(&router, "boss", "wrong").await.status, 401);
    }
    assert_eq!(BASIC.tried(&router, "boss", "wrong").await.status, 429);
    for _ in 0..100 {
        assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200, "a script with the right password goes on");
    }
    assert_eq!(PAGE.tried(&router, "boss", "pw").await.status, 429);
}

#[tokio::test]
async fn an_application_behind_a_gateway_may_count_no_failures_of_basic() {
    let events = RecordedEvents::default();
    let router = router(&app_with(settings().with_event_listener(events.clone())).await);
    let uncounted = Door { path: "/uncounted", ..BASIC };
    for _ in 0..50 {
        assert_eq!(uncounted.tried(&router, "boss", "wrong").await.status, 401);
    }
    assert_eq!(events.of_kind(EventKind::LoginFailed).len(), 50, "the events are still emitted");
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200, "and lock nobody out elsewhere");
    for _ in 0..10 {
        BASIC.tried(&router, "boss", "wrong").await;
    }
    assert_eq!(uncounted.tried(&router, "boss", "pw").await.status, 200);
}

#[tokio::test]
async fn a_password_over_1024_bytes_is_wrong_for_every_name_without_a_hash() {
    let events = RecordedEvents::default();
    let passwords = one_at_a_time().with_queue(1);
    let app = app_with(settings().with_passwords(passwords).with_event_listener(events.clone())).await;
    let router = router(&app);
    let (longest, long) = ("x".repeat(1_024), "x".repeat(1_025));
    let hash = app.passwords().hash(&longest).await.unwrap();
    app.backend().set_password_hash("boss", Some(&hash), Keep::default()).await.unwrap();
    assert!(app.passwords().hash(&long).await.is_err());
    // All places are taken: what would be hashed now is refused with 503.
    let other = stalled(&app).await;
    let mut waiting = Box::pin(app.passwords().hash("another"));
    assert!(poll_once(waiting.as_mut()).await.is_pending());
    for door in DOORS {
        for username in ["boss", "nobody"] {
            events.take();
            let answer = door.tried_from(&router, "203.0.113.7", username, &long).await;
            assert_eq!(answer.status, door.wrong, "{door:?} {username}");
            let failed = events.of_kind(EventKind::LoginFailed);
            assert_eq!(failed.len(), 1, "{door:?} {username}");
            assert_eq!((failed[0].user.as_deref(), failed[0].reason.as_deref()), (None, Some("password_too_long")));
            let answer = door.tried_from(&router, "203.0.113.8", username, &longest).await;
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1")), "{door:?} {username}");
        }
    }
    drop((other, waiting));
    assert_eq!(BASIC.tried_from(&router, "203.0.113.8", "boss", &longest).await.status, 200);
    for _ in 0..3 {
        assert_eq!(BASIC.tried_from(&router, "203.0.113.7", "boss", &long).await.status, 401);
    }
    assert_eq!(BASIC.tried_from(&router, "203.0.113.7", "boss", &long).await.status, 429, "they count as failures");
}

/// Keeps the only hashing thread of an application from taking another password, until it is dropped. It has one place of those
/// that wait.
async fn stalled(app: &App) -> Pin<Box<dyn Future<Output = ()> + '_>> {
    let mut first = Box::pin(app.passwords().hash("first"));
    assert!(poll_once(first.as_mut()).await.is_pending());
    // It gets the thread after the first, and nobody polls it then.
    let mut second: Pin<Box<dyn Future<Output = ()> + '_>> = Box::pin(async move {
        let _ = app.passwords().hash("second").await;
    });
    assert!(poll_once(second.as_mut()).await.is_pending());
    first.await.unwrap();
    second
}

/// Hashes that take as long as those of an application, one at a time.
fn one_at_a_time() -> PasswordSettings {
    PasswordSettings::default().with_concurrency(1)
}

async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

#[tokio::test]
async fn beyond_a_full_queue_passwords_are_refused_at_once_and_nobody_is_counted() {
    let app = app_with(settings().with_passwords(one_at_a_time().with_queue(4))).await;
    let router = router(&app);
    for round in 0..3 {
        // With it, five.
        let other = stalled(&app).await;
        let mut waiting: Vec<_> = (0..4)
            .map(|guess| {
                let (router, name) = (router.clone(), format!("name-{round}-{guess}"));
                Box::pin(async move { BASIC.tried(&router, &name, "wrong").await })
            })
            .collect();
        for other in &mut waiting {
            assert!(poll_once(other.as_mut()).await.is_pending());
        }
        for door in DOORS {
            for _ in 0..11 {
                let mut sixth = Box::pin(door.tried(&router, "boss", "pw"));
                let Poll::Ready(answer) = poll_once(sixth.as_mut()).await else { panic!("{door:?} waits") };
                assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1")), "{door:?}");
            }
        }
        // One gives up and leaves its place; the others are answered.
        waiting.pop();
        drop(other);
        for other in waiting {
            assert_eq!(other.await.status, 401);
        }
        assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200, "the queue is empty again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attempts_in_flight_are_no_failures_and_guesses_at_once_are_judged_no_more_often_than_allowed() {
    for door in [BASIC, PAGE] {
        for (password, judged) in [("pw", door.right), ("wrong", door.wrong)] {
            let events = RecordedEvents::default();
            let app = app_with(settings().with_event_listener(events.clone())).await;
            let router = router(&app);
            let mut attempts = JoinSet::new();
            for _ in 0..60 {
                let router = router.clone();
                attempts.spawn(async move { door.tried(&router, "boss", password).await });
            }
            let answers = attempts.join_all().await;
            for answer in &answers {
                let retry = answer.header("retry-after");
                let is_full = retry == Some("600") && password == "wrong";
                assert!(
                    answer.status == judged || (answer.status == 429 && (retry == Some("1") || is_full)),
                    "{answer:?}"
                );
            }
            if password == "wrong" {
                let judged = answers.iter().filter(|answer| answer.status == judged).count();
                assert_eq!(judged, 10, "{door:?}");
                assert_eq!(events.of_kind(EventKind::LoginFailed).len(), 10, "{door:?}");
                let answer = door.tried(&router, "boss", "pw").await;
                assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("600")), "{door:?}");
            } else {
                assert_eq!(door.tried(&router, "boss", "pw").await.status, door.right, "{door:?}: nothing counts");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_attempts_in_flight_alone_may_come_again_in_a_second() {
    let events = RecordedEvents::default();
    let app = app_with(settings().with_passwords(one_at_a_time()).with_event_listener(events.clone())).await;
    let router = router(&app);
    let other = stalled(&app).await;
    let mut running: Vec<_> = (0..10).map(|_| Box::pin(BASIC.tried(&router, "boss", "pw"))).collect();
    for attempt in &mut running {
        assert!(poll_once(attempt.as_mut()).await.is_pending());
    }
    for door in DOORS {
        let answer = door.tried(&router, "boss", "pw").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")), "{door:?}");
        assert_eq!(events.last().unwrap().reason.as_deref(), Some("in_flight"), "{door:?}");
    }
    drop(other);
    for attempt in running {
        assert_eq!(attempt.await.status, 200);
    }
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200);
    assert_eq!(events.of_kind(EventKind::LoginFailed), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_right_password_that_is_sent_many_times_at_once_waits_for_its_turn() {
    for door in DOORS {
        let router = router(&app().await);
        let mut attempts = JoinSet::new();
        for _ in 0..40 {
            let router = router.clone();
            attempts.spawn(async move { door.tried(&router, "boss", "pw").await });
        }
        for answer in attempts.join_all().await {
            assert_eq!(answer.status, door.right, "{door:?}: {answer:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_that_are_given_up_count_as_failures_after_a_minute() {
    let app = app_with(settings().with_passwords(one_at_a_time())).await;
    let router = router(&app);
    let other = stalled(&app).await;
    for _ in 0..10 {
        let mut attempt = Box::pin(BASIC.tried(&router, "boss", "wrong"));
        assert!(poll_once(attempt.as_mut()).await.is_pending());
    }
    let answer = BASIC.tried(&router, "boss", "pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")));
    app.settings().clock().advance(Duration::from_secs(60));
    let answer = BASIC.tried(&router, "boss", "pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("540")));
    drop(other);
    app.settings().clock().advance(Duration::from_secs(540));
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200);
}

#[tokio::test]
async fn many_other_keys_do_not_free_a_locked_name() {
    const ROOM: usize = 1_000;
    let counters = Arc::new(MemoryCounters::with_capacity(ROOM));
    let app = app_with(settings().with_counters(Counters::shared(Arc::clone(&counters)))).await;
    let router = router(&app);
    for _ in 0..10 {
        assert_eq!(BASIC.tried_from(&router, "203.0.113.7", "boss", "wrong").await.status, 401);
    }
    let throttle = Limit::new(1, Duration::from_secs(600));
    for other in 0..2 * ROOM {
        // Throttles have room of their own.
        counters.take_now(&format!("caller-{other}"), throttle, app.settings().clock().now());
    }
    for other in 0..ROOM {
        let peer = format!("2001:db8:{:x}:{:x}::1", other / 50, other % 50);
        let answer = BASIC.tried_from(&router, &peer, &format!("name-{other}"), "wrong").await;
        assert_eq!(answer.status, 401, "{other}: there is room for keys that are not locked");
    }
    let answer = BASIC.tried_from(&router, "203.0.113.7", "boss", "pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("600")));
}

#[tokio::test]
async fn where_every_key_is_locked_new_ones_wait_a_moment() {
    let events = RecordedEvents::default();
    let failures = LoginFailures::default().with_by_name(None).with_by_address(None);
    let counters = Counters::shared(MemoryCounters::with_capacity(3));
    let settings = settings().with_login_failures(failures).with_counters(counters).with_event_listener(events.clone());
    let app = app_with(settings).await;
    let router = router(&app);
    for username in ["a", "b", "c"] {
        for _ in 0..10 {
            assert_eq!(BASIC.tried(&router, username, "wrong").await.status, 401);
        }
    }
    let answer = BASIC.tried(&router, "boss", "pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("1")));
    assert_eq!(events.last().unwrap().reason.as_deref(), Some("no_room"));
    for username in ["a", "b", "c"] {
        assert_eq!(BASIC.tried(&router, username, "wrong").await.header("retry-after"), Some("600"), "{username}");
    }
    app.settings().clock().advance(Duration::from_secs(600));
    assert_eq!(BASIC.tried(&router, "boss", "pw").await.status, 200);
}

#[tokio::test]
async fn a_failure_says_whose_how_and_why_and_nothing_that_was_typed() {
    let events = RecordedEvents::default();
    let app = app_with(settings().with_event_listener(events.clone())).await;
    let router = router(&app);
    app.backend().create_account(&NewAccount::new("gateway-only")).await.unwrap().unwrap();
    add(&app, "left").await;
    app.backend().set_active("left", false).await.unwrap();
    let boss = account(&app, "boss").await.id.to_string();
    let gateway_only = account(&app, "gateway-only").await.id.to_string();
    let left = account(&app, "left").await.id.to_string();
    for door in DOORS {
        let scheme = ["/me", "/knox/login/"].contains(&door.path).then_some("Basic");
        for (username, password, user, reason) in [
            ("boss", "typed-password", Some(&boss), "wrong_password"),
            ("typed-name", "typed-password", None, "unknown_name"),
            ("gateway-only", "typed-password", Some(&gateway_only), "no_password"),
            ("left", "pw", Some(&left), "not_allowed"),
        ] {
            events.take();
            door.tried_from(&router, "203.0.113.7", username, password).await;
            let all = events.all();
            let failed = &all[0];
            assert_eq!(failed.kind, EventKind::LoginFailed, "{door:?} {username}");
            assert_eq!(failed.user.as_deref(), user.map(String::as_str), "{door:?} {username}");
            assert_eq!(failed.reason.as_deref(), Some(reason), "{door:?} {username}");
            assert_eq!(failed.scheme.as_deref(), scheme, "{door:?} {username}");
            assert_eq!(failed.address, Some([203, 0, 113, 7].into()), "{door:?} {username}");
            // A scheme refuses the request besides.
            assert_eq!(all.len(), 1 + usize::from(scheme.is_some()), "{door:?}: {all:?}");
            let said = format!("{all:?}");
            for secret in ["typed-name", "typed-password", "pw", "boss", "gateway"] {
                assert!(!said.contains(secret), "{door:?}: {said}");
            }
        }
    }
    app.settings().clock().advance(Duration::from_secs(600));
    for (limits, reason) in [(10, "name_and_network"), (100, "name")] {
        for guess in 0..limits {
            let peer = if limits == 10 { "203.0.113.9".to_owned() } else { format!("2001:db8:0:{}::1", guess / 9) };
            BASIC.tried_from(&router, &peer, "boss", "wrong").await;
        }
        events.take();
        let peer = if limits == 10 { "203.0.113.9" } else { "203.0.113.200" };
        PAGE.tried_from(&router, peer, "boss", "pw").await;
        let throttled = events.last().unwrap();
        assert_eq!((throttled.kind, throttled.reason.as_deref()), (EventKind::LoginThrottled, Some(reason)));
        assert_eq!(throttled.address, Some(peer.parse().unwrap()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// However guesses are spread over doors and times, no more than the limit are judged in any window.
    #[test]
    fn no_mix_of_doors_judges_more_guesses_than_the_limit(
        steps in prop::collection::vec((0..DOORS.len(), 0..240_u64), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let app = app().await;
            let router = router(&app);
            let mut judged = Vec::new();
            for (door, passed) in steps {
                app.settings().clock().advance(Duration::from_secs(passed));
                let now = app.settings().clock().now().as_secs();
                let answer = DOORS[door].tried_from(&router, "203.0.113.7", "boss", "wrong").await;
                let recent = judged.iter().filter(|at| *at + 600 > now).count();
                if answer.status == DOORS[door].wrong { judged.push(now) } else { assert_eq!(answer.status, 429) }
                assert_eq!(answer.status == 429, recent >= 10, "{recent}");
            }
        });
    }
}
