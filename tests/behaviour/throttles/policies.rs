//! Throttles of named policies, of the state's default and of methods.

use auth_runtime::permission::{AllowAny, IsStaff};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{Client, ClientStore};
use auth_runtime::throttle::Limit;
use auth_runtime::views::obtain_token;
use auth_runtime::{AllowAnonymous, CurrentUser, Policy, authenticate, handlers};
use auth_store::Account;
use axum::Router;
use axum::routing::{get as on_get, post as on_post};
use tests::{App, app, request_with, send};

use super::{ADA, BOSS, status_from, statuses};
use crate::support::state_with_default;

#[derive(Policy)]
#[policy(chain(Token, Session), throttle(user = "2/minute"))]
struct Api;

#[derive(Policy)]
#[policy(chain(Token, Session), throttle(none))]
struct Unlimited;

#[derive(Policy)]
#[policy(chain(Token, Session), permit(IsStaff), throttle(user = "1/minute", client = "3/minute"))]
struct Admin;

state_with_default!(Own, Api);

#[authenticate(policy = Api)]
async fn named(#[user] _who: Option<Account>) {}

#[authenticate(policy = Api)]
#[permit(AllowAny)]
async fn with_a_permission_of_its_own() {}

#[authenticate(policy = Api)]
#[throttle(scope(name = "more", rate = "4/minute"))]
async fn with_throttles_of_its_own(#[user] _who: Option<Account>) {}

#[authenticate(policy = Unlimited)]
#[throttle(scope(name = "some", rate = "1/minute"))]
async fn limited_by_itself(#[user] _who: Option<Account>) {}

#[authenticate(policy = Unlimited)]
async fn unlimited(#[user] _who: Option<Account>) {}

#[authenticate(policy = Admin)]
#[throttle(client = "2/minute")]
async fn admin(#[user] _who: Account) {}

#[authenticate]
async fn default(#[user] _who: Option<Account>) {}

#[authenticate]
#[throttle(scope(name = "default", rate = "3/minute"))]
async fn default_with_throttles_of_its_own(#[user] _who: Option<Account>) {}

async fn current(CurrentUser(_who): CurrentUser<Option<Account>>) {}

#[authenticate(policy = P)]
async fn generic<P: Policy<Own, User = Account>>(#[user] _who: Option<Account>) {}

#[authenticate(policy = P)]
#[throttle(scope(name = "generic", rate = "3/minute"))]
async fn generic_with_throttles_of_its_own<P: Policy<Own, User = Account>>(#[user] _who: Option<Account>) {}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(anon = "2/minute")]
async fn open() {}

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[throttle(scope(name = "notes", rate = "2/minute"))]
    async fn list(#[user] _who: Option<Account>) {}

    #[authenticate(Token)]
    async fn count(#[user] _who: Option<Account>) {}
}

async fn router() -> Router {
    Router::new()
        .route("/named", on_get(named))
        .route("/with-a-permission-of-its-own", on_get(with_a_permission_of_its_own))
        .route("/with-throttles-of-its-own", on_get(with_throttles_of_its_own))
        .route("/limited-by-itself", on_get(limited_by_itself))
        .route("/unlimited", on_get(unlimited))
        .route("/default", on_get(default))
        .route("/default-with-throttles-of-its-own", on_get(default_with_throttles_of_its_own))
        .route("/current", on_get(current))
        .route("/generic", on_get(generic::<Api>))
        .route("/generic-unlimited", on_get(generic::<Unlimited>))
        .route("/generic-with-throttles-of-its-own", on_get(generic_with_throttles_of_its_own::<Api>))
        .route("/open", on_get(open))
        .route("/notes", on_get(Notes::list))
        .route("/notes/count", on_get(Notes::count))
        .with_state(Own(app().await))
}

#[tokio::test]
async fn the_throttles_of_a_policy_hold_for_its_handlers_until_one_states_its_own() {
    for (path, allowed) in [
        ("/named", 2),
        ("/with-a-permission-of-its-own", 2),
        ("/with-throttles-of-its-own", 4),
        ("/limited-by-itself", 1),
        ("/unlimited", 6),
        ("/default", 2),
        ("/default-with-throttles-of-its-own", 3),
        ("/current", 2),
        ("/generic", 2),
        ("/generic-unlimited", 6),
        ("/generic-with-throttles-of-its-own", 3),
        ("/notes", 2),
        ("/notes/count", 2),
    ] {
        let router = router().await;
        let mut wanted = [429; 6];
        wanted[..allowed].fill(200);
        assert_eq!(statuses(&router, path, &[ADA], 6).await, wanted, "{path}");
        assert_eq!(statuses(&router, path, &[], 6).await, wanted, "{path}: nobody");
    }
}

#[tokio::test]
async fn what_a_handler_states_leaves_the_quota_of_its_policy_alone() {
    let router = router().await;
    assert_eq!(statuses(&router, "/with-throttles-of-its-own", &[ADA], 5).await, [200, 200, 200, 200, 429]);
    assert_eq!(statuses(&router, "/named", &[ADA], 1).await, [200]);
    assert_eq!(statuses(&router, "/default", &[ADA], 2).await, [200, 429], "all handlers of the policy count together");
}

#[tokio::test]
async fn the_client_of_a_policy_s_login_is_counted_by_a_handler_of_it() {
    let app = app().await;
    app.backend().put_client(&Client::default()).await.unwrap();
    let router = Router::new().route("/", on_get(admin)).with_state(app.clone());
    let cookie = [("cookie", "sessionid=boss-login")];
    assert_eq!(statuses(&router, "/", &cookie, 3).await, [200, 200, 429]);
    assert_eq!(statuses(&router, "/", &[BOSS], 3).await, [200; 3], "the policy's own throttles are replaced");
    app.backend().put_client(&Client::default().with_rate(Some(Limit::of("1/minute")))).await.unwrap();
    app.settings().clock().advance(std::time::Duration::from_secs(60));
    assert_eq!(statuses(&router, "/", &cookie, 2).await, [200, 429]);
    assert_eq!(statuses(&router, "/", &[ADA], 1).await, [403]);
}

#[tokio::test]
async fn a_handler_that_ignores_credentials_counts_everybody_by_address() {
    let router = router().await;
    assert_eq!(status_from(&router, "/open", "192.0.2.1", &[ADA]).await, 200);
    assert_eq!(status_from(&router, "/open", "192.0.2.1", &[BOSS]).await, 200);
    assert_eq!(status_from(&router, "/open", "192.0.2.1", &[]).await, 429);
    assert_eq!(status_from(&router, "/open", "192.0.2.2", &[ADA]).await, 200);
}

#[tokio::test]
async fn a_view_is_throttled_by_its_policy() {
    let app = app().await;
    let router = Router::new()
        .route("/throttled", obtain_token::<App, Api>())
        .route("/unlimited", obtain_token::<App, AllowAnonymous>())
        .route("/other", on_post(unlimited))
        .with_state(app);
    let obtain = |path: &'static str| {
        let json = [("content-type", "application/json")];
        request_with("POST", path, &json, r#"{"username": "ada", "password": "pw"}"#)
    };
    for wanted in [200, 200, 429] {
        assert_eq!(send(&router, obtain("/throttled")).await.status, wanted);
    }
    for _ in 0..3 {
        assert_eq!(send(&router, obtain("/unlimited")).await.status, 200);
    }
}
