//! By what requests are counted: users, addresses, scopes.

use std::time::Duration;

use auth_runtime::http::Method;
use auth_runtime::permission::Access;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::throttle::{Admission, CountOutcome, Limit, Throttle};
use auth_runtime::{AuthError, AuthState, Proxies, User, authenticate};
use auth_store::Account;
use axum::Router;
use axum::routing::{any, get as on_get};
use tests::{App, app, app_with, request, settings};

use super::{ADA, BOSS, advance, status_from, status_of, statuses};
use crate::support::basic;

#[authenticate(Token, Session, Basic)]
#[throttle(user = "2/minute")]
async fn user(#[user] _who: Option<Account>) {}

#[authenticate(Token, Session, Basic)]
#[throttle(user = "2/minute")]
async fn the_same(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "4/day")]
async fn per_day(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(anon = "2/minute")]
async fn anon(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(user = "3/minute", anon = "1/minute")]
async fn both(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(scope(name = "uploads", rate = "2/minute"))]
async fn upload(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(scope(name = "uploads", rate = "2/minute"))]
async fn upload_of_another_kind(#[user] _who: Option<Account>) {}

#[authenticate(Token)]
#[throttle(scope(name = "downloads", rate = "2/minute"))]
async fn download(#[user] _who: Option<Account>) {}

/// So many requests that change something, of everybody together.
struct Changes {
    per_minute: u32,
}

impl<S: AuthState, U: User> Throttle<S, U> for Changes {
    async fn admit(&self, access: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        if access.request.method == Method::GET {
            return Ok(Admission::Granted);
        }
        let settings = access.state.auth_context().settings();
        let limit = Limit::new(self.per_minute, Duration::from_secs(60));
        Ok(match settings.counters().take("changes", limit, settings.clock().now()).await? {
            CountOutcome::Counted => Admission::Granted,
            CountOutcome::Wait(_) => Admission::Refused { wait: None, quota: None },
        })
    }
}

#[authenticate(Token)]
#[throttle(Changes(per_minute = 1 + 1), user = "5/minute")]
async fn changes(#[user] _who: Option<Account>) {}

fn router(app: &App) -> Router {
    Router::new()
        .route("/user", on_get(user))
        .route("/the-same", on_get(the_same))
        .route("/per-day", on_get(per_day))
        .route("/anon", on_get(anon))
        .route("/both", on_get(both))
        .route("/upload", on_get(upload))
        .route("/upload-of-another-kind", on_get(upload_of_another_kind))
        .route("/download", on_get(download))
        .route("/changes", any(changes))
        .with_state(app.clone())
}

#[tokio::test]
async fn a_user_is_counted_whatever_the_scheme_and_the_address() {
    let router = router(&app().await);
    let by_password = basic("ada", "pw");
    assert_eq!(status_from(&router, "/user", "192.0.2.1", &[ADA]).await, 200);
    assert_eq!(status_from(&router, "/user", "192.0.2.2", &[("cookie", "sessionid=ada-login")]).await, 200);
    assert_eq!(status_from(&router, "/user", "192.0.2.3", &[("authorization", &by_password)]).await, 429);
    assert_eq!(status_from(&router, "/user", "192.0.2.1", &[BOSS]).await, 200, "another user");
    assert_eq!(status_from(&router, "/user", "192.0.2.1", &[]).await, 200, "nobody");
}

#[tokio::test]
async fn an_anonymous_caller_is_counted_by_address() {
    let router = router(&app().await);
    for path in ["/user", "/anon"] {
        for wanted in [200, 200, 429] {
            assert_eq!(status_from(&router, path, "192.0.2.1", &[]).await, wanted, "{path}");
        }
        assert_eq!(status_from(&router, path, "192.0.2.2", &[]).await, 200, "{path}");
    }
}

#[tokio::test]
async fn those_of_whom_no_address_is_known_count_together() {
    let router = router(&app().await);
    assert_eq!(statuses(&router, "/anon", &[], 3).await, [200, 200, 429]);
    assert_eq!(statuses(&router, "/anon", &[("x-forwarded-for", "192.0.2.9")], 1).await, [429]);
    assert_eq!(status_from(&router, "/anon", "192.0.2.1", &[]).await, 200);
}

#[tokio::test]
async fn a_header_names_the_address_where_proxies_are_trusted_and_nowhere_else() {
    // As many proxies, the header of two requests, and whether they count as one caller.
    for (proxies, first, second, is_one) in [
        (0, "198.51.100.1", "198.51.100.2", true),
        (1, "198.51.100.1", "198.51.100.2", false),
        (1, "198.51.100.1", "203.0.113.9, 198.51.100.1", true),
        (1, "203.0.113.9, 198.51.100.1", "203.0.113.9, 198.51.100.2", false),
        (2, "198.51.100.1, 10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", true),
        (2, "198.51.100.1, 10.0.0.1", "198.51.100.2, 10.0.0.1", false),
        (2, "198.51.100.1", "198.51.100.2", true),
        (1, "unknown", "junk", true),
        (1, "198.51.100.1:1234", "198.51.100.1:5678", true),
    ] {
        let app = app_with(settings().with_proxies(Proxies::hops(proxies))).await;
        let router = router(&app);
        for header in [first, first] {
            assert_eq!(status_from(&router, "/anon", "192.0.2.1", &[("x-forwarded-for", header)]).await, 200);
        }
        let status = status_from(&router, "/anon", "192.0.2.1", &[("x-forwarded-for", second)]).await;
        assert_eq!(status == 429, is_one, "{proxies} {first} {second}");
    }
}

#[tokio::test]
async fn an_ipv6_network_of_64_bits_is_one_caller() {
    for (first, second, is_one) in [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("192.0.2.1", "192.0.2.2", false),
    ] {
        let router = router(&app().await);
        for _ in 0..2 {
            assert_eq!(status_from(&router, "/anon", first, &[]).await, 200);
        }
        assert_eq!(status_from(&router, "/anon", second, &[]).await == 429, is_one, "{first} {second}");
    }
}

#[tokio::test]
async fn anon_counts_nobody_whom_a_scheme_identified() {
    let router = router(&app().await);
    assert_eq!(statuses(&router, "/anon", &[ADA], 5).await, [200; 5]);
    assert_eq!(statuses(&router, "/anon", &[], 3).await, [200, 200, 429]);
    assert_eq!(statuses(&router, "/anon", &[ADA], 1).await, [200]);
    assert_eq!(statuses(&router, "/both", &[], 2).await, [200, 429]);
    assert_eq!(statuses(&router, "/both", &[ADA], 4).await, [200, 200, 200, 429]);
}

#[tokio::test]
async fn handlers_that_state_the_same_rate_count_together_and_another_rate_by_itself() {
    let app = app().await;
    let router = router(&app);
    assert_eq!(statuses(&router, "/user", &[ADA], 1).await, [200]);
    assert_eq!(statuses(&router, "/the-same", &[ADA], 2).await, [200, 429]);
    assert_eq!(statuses(&router, "/user", &[ADA], 1).await, [429]);

    assert_eq!(statuses(&router, "/per-day", &[ADA], 3).await, [200; 3]);
    for _ in 0..5 {
        advance(&app, 60.0);
        assert_eq!(statuses(&router, "/user", &[ADA], 3).await, [200, 200, 429]);
    }
    let days = statuses(&router, "/per-day", &[ADA], 2).await;
    assert_eq!(days, [200, 429], "what is counted by the minute takes nothing away from the day");
}

#[tokio::test]
async fn handlers_of_a_scope_count_together() {
    let router = router(&app().await);
    assert_eq!(statuses(&router, "/upload", &[ADA], 1).await, [200]);
    assert_eq!(statuses(&router, "/upload-of-another-kind", &[ADA], 2).await, [200, 429]);
    assert_eq!(statuses(&router, "/upload", &[ADA], 1).await, [429]);
    assert_eq!(statuses(&router, "/download", &[ADA], 3).await, [200, 200, 429], "another scope");
    assert_eq!(statuses(&router, "/user", &[ADA], 1).await, [200], "no scope");
    assert_eq!(statuses(&router, "/upload", &[BOSS], 3).await, [200, 200, 429], "another user");
    assert_eq!(status_from(&router, "/upload", "192.0.2.1", &[]).await, 200, "nobody");
}

#[tokio::test]
async fn a_throttle_of_ones_own_counts_as_it_likes() {
    let router = router(&app().await);
    let change = |who| request("POST", "/changes", &[who]);
    assert_eq!(statuses(&router, "/changes", &[ADA], 2).await, [200, 200]);
    assert_eq!(status_of(&router, change(ADA)).await, 200);
    assert_eq!(status_of(&router, change(BOSS)).await, 200);
    assert_eq!(status_of(&router, change(BOSS)).await, 429, "everybody together");
    assert_eq!(status_of(&router, change(ADA)).await, 429);
    assert_eq!(statuses(&router, "/changes", &[ADA], 2).await, [200, 429], "and the rate beside it");
}
