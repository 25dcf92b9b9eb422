//! A policy in front of a whole router.

use auth_runtime::audit::{self, Routes};
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::{Policy, authenticate, guard};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use tests::{App, app, request, request_with, send};

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer"), Session), permit(IsStaff), throttle(user = "3/minute"))]
struct Staff;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")), permit(AllowAny))]
struct Everybody;

#[authenticate(Basic)]
async fn by_password(#[user] me: Account, State(_): State<App>) -> String {
    me.username
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn open() -> &'static str {
    "open"
}

#[authenticate(Token(keyword = "Bearer"))]
#[permit(IsAuthenticated)]
async fn report(State(_): State<App>) -> &'static str {
    "report"
}

const BOSS: (&str, &str) = ("authorization", "Bearer boss-token");
const ADA: (&str, &str) = ("authorization", "Bearer ada-token");

fn plain() -> Router<App> {
    Router::new()
        .route("/by-password", get(by_password))
        .route("/open", get(open))
        .route("/report", get(report).post(report))
        .route("/undeclared", get(async || "undeclared"))
}

#[tokio::test]
async fn a_guard_closes_every_route_and_opens_none() {
    let app = app().await;
    let router = guard::<Staff, App>(plain(), &app).with_state(app);
    for path in ["/open", "/report", "/undeclared", "/by-password"] {
        let nobody = tests::get(&router, path, &[]).await;
        assert_eq!((nobody.status.as_u16(), nobody.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        assert_eq!(tests::get(&router, path, &[ADA]).await.status, 403, "{path}");
    }
    for (path, status) in [("/open", 200), ("/undeclared", 200)] {
        assert_eq!(tests::get(&router, path, &[BOSS]).await.status, status, "{path}");
    }
    assert_eq!(tests::get(&router, "/by-password", &[BOSS]).await.status, 401, "the handler asks for a password still");
    assert_eq!(tests::get(&router, "/open", &[BOSS]).await.status, 429, "the guard's throttle");
    assert_eq!(tests::get(&router, "/nowhere", &[]).await.status, 404);
}

#[tokio::test]
async fn a_guard_that_lets_everybody_in_leaves_handlers_as_they_are() {
    let app = app().await;
    let router = guard::<Everybody, App>(plain(), &app).with_state(app);
    assert_eq!(tests::get(&router, "/open", &[]).await.status, 200);
    assert_eq!(tests::get(&router, "/report", &[]).await.status, 401);
    assert_eq!(tests::get(&router, "/report", &[ADA]).await.status, 200);
    let wrong = tests::get(&router, "/open", &[("authorization", "Bearer wrong")]).await;
    assert_eq!(wrong.status, 401, "wrong credentials are refused by the guard");
}

#[tokio::test]
async fn a_guard_closes_the_fallback_of_its_router() {
    let app = app().await;
    let foreign = || Router::new().route("/logo", get(async || "logo")).fallback(async || "any file");
    let guarded = guard::<Staff, App>(foreign(), &app);
    let nested = guard::<Staff, App>(Router::new().nest("/files", foreign()), &app);
    let routes = Routes::new().undeclared("/static", foreign(), "files").guarded_by::<Staff>(&app);
    routes.audit().assert_public(&[]);
    let router = Router::new().merge(nested).merge(routes.into_router()).nest("/own", guarded).with_state(app);
    for folder in ["/own", "/files", "/static"] {
        for path in ["/logo", "/file", "/deep/file"] {
            let path = format!("{folder}{path}");
            assert_eq!(tests::get(&router, &path, &[]).await.status, 401, "{path}");
            assert_eq!(tests::get(&router, &path, &[ADA]).await.status, 403, "{path}");
        }
    }
    assert_eq!(tests::get(&router, "/own/file", &[BOSS]).await.body, "any file");
    assert_eq!(tests::get(&router, "/nowhere", &[]).await.status, 404, "no route of any of them");
}

#[tokio::test]
async fn a_guard_closes_every_method() {
    let app = app().await;
    let router = Router::new().route("/any", axum::routing::any(open)).route("/get", get(open));
    let router = guard::<Staff, App>(router, &app).with_state(app);
    for method in ["GET", "HEAD", "POST", "OPTIONS", "BREW"] {
        for path in ["/any", "/get"] {
            assert_eq!(send(&router, request(method, path, &[])).await.status, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn routes_that_are_added_after_a_guard_are_not_guarded_and_the_audit_says_so() {
    let app = app().await;
    let routes =
        Routes::new().route("/before", audit::get(open)).guarded_by::<Staff>(&app).route("/after", audit::get(open));
    routes.audit().assert_public(&["GET /after"]);
    let router = routes.into_router().with_state(app);
    assert_eq!(tests::get(&router, "/before", &[]).await.status, 401);
    assert_eq!(tests::get(&router, "/after", &[]).await.status, 200);
}

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")), permit(IsAuthenticatedOrReadOnly))]
struct Readers;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")), permit(!IsStaff))]
struct NotStaff;

#[tokio::test]
async fn a_guard_counts_by_what_it_decides_and_not_by_its_name() {
    let app = app().await;
    let both = || Routes::new().route("/open", audit::get(open).post(open));
    let routes = Routes::new()
        .nest("/readers", both().guarded_by::<Readers>(&app))
        .nest("/not-staff", both().guarded_by::<NotStaff>(&app))
        .nest("/two", both().guarded_by::<NotStaff>(&app).guarded_by::<Staff>(&app));
    routes.audit().assert_public(&["GET /readers/open", "GET /not-staff/open", "POST /not-staff/open"]);
    let router = routes.into_router().with_state(app);
    for (method, path, status) in [
        ("GET", "/readers/open", 200),
        ("POST", "/readers/open", 401),
        ("GET", "/not-staff/open", 200),
        ("POST", "/not-staff/open", 200),
        ("GET", "/two/open", 401),
    ] {
        assert_eq!(send(&router, request(method, path, &[])).await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn a_browser_behind_a_guard_proves_that_it_is_ours() {
    let app = app().await;
    let router = guard::<Staff, App>(plain(), &app).with_state(app);
    let cookie = ("cookie", "sessionid=boss-login");
    let post = |headers: &[(&str, &str)]| request_with("POST", "/report", headers, "");
    assert_eq!(send(&router, post(&[cookie, ("origin", "http://evil.example")])).await.status, 403);
    let ours = send(&router, post(&[cookie, ("origin", "http://testserver")])).await;
    assert_eq!(ours.status, 401, "past the guard, and the handler takes a token alone");
}

#[tokio::test]
async fn the_audit_knows_what_stands_in_front() {
    let app = app().await;
    let routes = Routes::new()
        .nest("/inside", Routes::new().route("/open", audit::get(open)).guarded_by::<Staff>(&app))
        .nest("/beside", Routes::new().route("/open", audit::get(open)).guarded_by::<Everybody>(&app))
        .route("/open", audit::get(open));
    let audit = routes.audit();
    audit.assert_public(&["GET /open", "GET /beside/open"]);
    let inside = audit.rows().iter().find(|row| row.path == "/inside/open").unwrap();
    assert_eq!(inside.guards.iter().map(|guard| guard.name).collect::<Vec<_>>(), ["Staff"]);
    assert!(audit.to_string().contains("open, behind Staff"), "{audit}");
    let served = routes.into_router().with_state(app);
    assert_eq!(tests::get(&served, "/inside/open", &[]).await.status, 401);
    assert_eq!(tests::get(&served, "/beside/open", &[]).await.status, 200);
}
