//! What a throttled caller is told, and that exactly as many are let in as may be.

use std::time::Duration;

use auth_runtime::permission::{Access, AllowAny};
use auth_runtime::scheme::Token;
use auth_runtime::throttle::{Admission, Counters, Limit, Quota, Throttle};
use auth_runtime::{AuthError, ErrorFormat, Identity, Rejection, User, authenticate};
use auth_store::Account;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get as on_get;
use tests::{Answer, App, app, app_with, get, settings};
use tokio::task::JoinSet;

use super::{ADA, BOSS, Watched, advance, statuses};
use crate::support::refusal;

#[authenticate(Token)]
#[throttle(user = "2/minute")]
async fn twice(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "3/minute", scope(name = "search", rate = "1/second"))]
async fn two(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "0/minute")]
async fn never(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "60/minute burst 3")]
async fn bucket(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "20/hour")]
async fn twenty(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
async fn by_hand(#[user] who: Identity<Account>) -> Result<(), Rejection> {
    Err(who.reject(AuthError::throttled(Some(Duration::from_secs(5)))))
}

/// Refuses whoever asks, with what it was told.
struct Closed {
    wait: Option<Duration>,
    quota: Option<Quota>,
}

impl<S: Sync, U: User> Throttle<S, U> for Closed {
    async fn admit(&self, _: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        Ok(Admission::Refused { wait: self.wait, quota: self.quota.clone() })
    }
}

#[authenticate(Token)]
#[permit(AllowAny)]
#[throttle(Closed(wait = None, quota = None))]
async fn closed() {}

#[authenticate(Token)]
#[permit(AllowAny)]
#[throttle(Closed(wait = Some(Duration::ZERO), quota = None))]
async fn closed_for_no_time() {}

#[authenticate(Token)]
#[permit(AllowAny)]
#[throttle(
    Closed(wait = Some(Duration::from_millis(2_100)), quota = None),
    Closed(wait = None, quota = Some(Quota { name: "plan", limit: Limit::of("5/day") })),
)]
async fn closed_for_two_reasons() {}

/// Cannot say anything.
struct Broken;

impl<S: Sync, U: User> Throttle<S, U> for Broken {
    async fn admit(&self, _: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        Err(AuthError::unavailable("no answer"))
    }
}

#[authenticate(Token)]
#[permit(AllowAny)]
#[throttle(Broken)]
async fn broken() {}

fn router(app: &App) -> Router {
    Router::new()
        .route("/twice", on_get(twice))
        .route("/two", on_get(two))
        .route("/never", on_get(never))
        .route("/bucket", on_get(bucket))
        .route("/twenty", on_get(twenty))
        .route("/by-hand", on_get(by_hand))
        .route("/closed", on_get(closed))
        .route("/closed-for-no-time", on_get(closed_for_no_time))
        .route("/closed-for-two-reasons", on_get(closed_for_two_reasons))
        .route("/broken", on_get(broken))
        .with_state(app.clone())
}

/// `Retry-After`, `RateLimit-Policy` and `RateLimit`.
fn told(answer: &Answer) -> [Option<&str>; 3] {
    ["retry-after", "ratelimit-policy", "ratelimit"].map(|name| answer.header(name))
}

#[tokio::test]
async fn one_too_many_is_429_with_the_wait_and_the_quota() {
    let app = app().await;
    let router = router(&app);
    for _ in 0..2 {
        let answer = get(&router, "/twice", &[ADA]).await;
        assert_eq!((answer.status.as_u16(), told(&answer)), (200, [None; 3]));
    }
    let answer = get(&router, "/twice", &[ADA]).await;
    assert_eq!(refusal(&answer), (429, "throttled".to_owned()));
    assert_eq!(answer.detail(), "Request was throttled. Expected available in 60 seconds.");
    assert_eq!(told(&answer), [Some("60"), Some(r#""user";q=2;w=60"#), Some(r#""user";r=0;t=60"#)]);
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    advance(&app, 0.5);
    assert_eq!(told(&get(&router, "/twice", &[ADA]).await)[0], Some("60"), "rounded up");
    advance(&app, 59.0);
    let answer = get(&router, "/twice", &[ADA]).await;
    assert_eq!(answer.detail(), "Request was throttled. Expected available in 1 second.");
    assert_eq!(told(&answer)[2], Some(r#""user";r=0;t=1"#));
    advance(&app, 0.5);
    assert_eq!(statuses(&router, "/twice", &[ADA], 3).await, [200, 200, 429], "what is one minute old counts no more");
}

#[tokio::test]
async fn all_throttles_are_asked_and_the_longest_wait_is_told() {
    let app = app().await;
    let router = router(&app);
    assert_eq!(get(&router, "/two", &[ADA]).await.status, 200);
    for _ in 0..2 {
        let answer = get(&router, "/two", &[ADA]).await;
        let wanted = [Some("1"), Some(r#""search";q=1;w=1"#), Some(r#""search";r=0;t=1"#)];
        assert_eq!(told(&answer), wanted, "the other one counts what this one refuses");
    }
    let both = get(&router, "/two", &[ADA]).await;
    let policies = Some(r#""user";q=3;w=60, "search";q=1;w=1"#);
    assert_eq!(told(&both), [Some("60"), policies, Some(r#""user";r=0;t=60, "search";r=0;t=1"#)]);
    advance(&app, 1.0);
    let one = get(&router, "/two", &[ADA]).await;
    assert_eq!(told(&one), [Some("59"), Some(r#""user";q=3;w=60"#), Some(r#""user";r=0;t=59"#)]);
    assert_eq!(get(&router, "/two", &[BOSS]).await.status, 200);
}

#[tokio::test]
async fn what_may_never_happen_is_not_a_matter_of_time() {
    let router = router(&app().await);
    let answer = get(&router, "/never", &[ADA]).await;
    assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (429, "Request was throttled."));
    assert_eq!(told(&answer), [None, Some(r#""user";q=0;w=60"#), Some(r#""user";r=0"#)]);
}

#[tokio::test]
async fn a_throttle_of_ones_own_is_told_of_as_it_says() {
    let router = router(&app().await);
    let answer = get(&router, "/closed", &[]).await;
    assert_eq!((refusal(&answer), answer.detail().as_str()), ((429, "throttled".into()), "Request was throttled."));
    assert_eq!(told(&answer), [None; 3]);

    let answer = get(&router, "/closed-for-no-time", &[]).await;
    assert_eq!(answer.detail(), "Request was throttled. Expected available in 0 seconds.");
    assert_eq!(told(&answer), [None; 3]);

    let answer = get(&router, "/closed-for-two-reasons", &[]).await;
    assert_eq!(answer.detail(), "Request was throttled. Expected available in 3 seconds.");
    assert_eq!(told(&answer), [Some("3"), Some(r#""plan";q=5;w=86400"#), Some(r#""plan";r=0"#)]);
}

#[tokio::test]
async fn the_headers_are_there_in_every_format() {
    let custom = ErrorFormat::custom(|error, _| error.code().to_owned().into_response());
    for format in [ErrorFormat::Json, ErrorFormat::DetailOnly, ErrorFormat::Problem, custom] {
        let app = app_with(settings().with_error_format(format.clone())).await;
        let router = router(&app);
        assert_eq!(statuses(&router, "/twice", &[], 2).await, [200, 200]);
        let answer = get(&router, "/twice", &[]).await;
        assert_eq!(answer.status, 429);
        let wanted = [Some("60"), Some(r#""user";q=2;w=60"#), Some(r#""user";r=0;t=60"#)];
        assert_eq!(told(&answer), wanted, "{format:?}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_handler_tells_of_no_quota() {
    let router = router(&app().await);
    assert_eq!(told(&get(&router, "/by-hand", &[ADA]).await), [Some("5"), None, None]);
}

#[tokio::test]
async fn a_token_bucket_lets_through_what_is_in_it_and_fills_again() {
    let app = app().await;
    let router = router(&app);
    assert_eq!(statuses(&router, "/bucket", &[ADA], 3).await, [200, 200, 200]);
    let answer = get(&router, "/bucket", &[ADA]).await;
    assert_eq!(told(&answer), [Some("1"), Some(r#""user";q=60;w=60"#), Some(r#""user";r=0;t=1"#)]);
    for _ in 0..2 {
        advance(&app, 1.0);
        assert_eq!(statuses(&router, "/bucket", &[ADA], 2).await, [200, 429]);
    }
    advance(&app, 3600.0);
    assert_eq!(statuses(&router, "/bucket", &[ADA], 4).await, [200, 200, 200, 429], "no more than it holds");
}

#[tokio::test]
async fn without_an_answer_of_the_counters_nobody_is_let_in() {
    let counters = Watched { is_down: true, ..Watched::default() };
    let router = router(&counters.app().await);
    let answer = get(&router, "/twice", &[ADA]).await;
    assert_eq!(refusal(&answer), (503, "unavailable".to_owned()));
    assert_eq!(told(&answer), [Some("5"), None, None]);
    assert!(!answer.body.contains("down"), "{answer:?}");
    assert_eq!(counters.asked(), 1);
    assert_eq!(refusal(&get(&router, "/broken", &[ADA]).await), (503, "unavailable".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_exactly_as_many_are_let_in_as_may_be() {
    for counters in [Counters::memory(), Counters::shared(Watched::default())] {
        let router = router(&app_with(settings().with_counters(counters.clone())).await);
        let mut requests = JoinSet::new();
        for _ in 0..50 {
            let router = router.clone();
            requests.spawn(async move { get(&router, "/twenty", &[ADA]).await.status.as_u16() });
        }
        let mut statuses = requests.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses[..20], [200; 20], "{counters:?}");
        assert_eq!(statuses[20..], [429; 30], "{counters:?}");
    }
}
