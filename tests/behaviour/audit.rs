//! What is mounted and declared: as a table, in tests, and in an OpenAPI document.

use auth_runtime::audit::{self, Routes};
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::{AllowAnonymous, Identity, Policy, authenticate, openapi, views};
use auth_store::Account;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};
use tests::{App, app, panic_of, settings};
use utoipa::OpenApi;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer"), Basic), permit(IsAuthenticated), throttle(user = "100/hour"))]
struct Api;

#[utoipa::path(get, path = "/v1/me", responses((status = 200, description = "Done")))]
#[authenticate(Token(keyword = "Bearer"), Session, Basic)]
#[permit(IsAuthenticated & !IsStaff)]
#[throttle(user = "1000/day", scope(name = "me", rate = "10/minute"))]
async fn me(#[user] me: Account, State(_app): State<App>) -> String {
    me.username
}

#[utoipa::path(post, path = "/v1/named/{id}", params(("id" = String, Path)), responses((status = 200, description = "Done")))]
#[authenticate(policy = Api)]
async fn named(#[user] _me: Account, Path(_id): Path<String>, State(_app): State<App>) {}

#[authenticate(policy = Api)]
#[permit(AllowAny)]
async fn replaced(State(_app): State<App>) {}

#[utoipa::path(get, path = "/v1/open", responses((status = 200, description = "Done")))]
#[authenticate(Token, RemoteUser)]
#[permit(AllowAny)]
async fn open(#[user] _who: Identity<Account>, State(_app): State<App>) {}

#[utoipa::path(get, path = "/health", responses((status = 200, description = "Done")))]
#[authenticate(none)]
#[permit(AllowAny)]
async fn health() -> &'static str {
    "ok"
}

fn routes() -> Routes<App> {
    let v1 = Routes::new()
        .route("/me", audit::get(me))
        .route("/named/{id}", audit::post(named).delete(replaced))
        .route("/open", audit::get(open));
    let foreign = Router::new().route("/logo", get(async || "logo"));
    Routes::new().nest("/v1", v1).merge(Routes::new().route("/health", audit::any(health))).undeclared(
        "/static",
        foreign,
        "files that everybody may have",
    )
}

#[tokio::test]
async fn what_is_mounted_is_served() {
    let router = routes().into_router().with_state(app().await);
    let bearer = [("authorization", "Bearer ada-token")];
    for (path, headers, status) in [
        ("/v1/me", &bearer[..], 200),
        ("/v1/me", &[], 401),
        ("/v1/open", &[], 200),
        ("/health", &[], 200),
        ("/static/logo", &[], 200),
        ("/me", &bearer, 404),
    ] {
        assert_eq!(tests::get(&router, path, headers).await.status, status, "{path}");
    }
}

#[test]
fn the_table_says_what_is_enforced_and_where_it_is_written() {
    let audit = routes().audit();
    let cells = |row: &audit::Row| {
        let it = row.declaration;
        (
            format!("{} {}", row.method, row.path),
            it.map(|it| it.chain().to_string()),
            it.and_then(|it| it.permit),
            it.and_then(|it| it.throttle),
        )
    };
    let found: Vec<_> = audit.rows().iter().map(cells).collect();
    let api = Some(r#"Token(keyword = "Bearer"), Basic"#.to_owned());
    let expected = [
        ("* /health".to_owned(), Some("none".to_owned()), Some("AllowAny"), None),
        ("* /static".to_owned(), None, None, None),
        (
            "GET /v1/me".to_owned(),
            Some(r#"Token(keyword = "Bearer"), Session, Basic"#.to_owned()),
            Some("(IsAuthenticated & !IsStaff)"),
            Some(r#"user = "1000/day", scope(name = "me", rate = "10/minute")"#),
        ),
        ("DELETE /v1/named/{id}".to_owned(), api.clone(), Some("AllowAny"), Some(r#"user = "100/hour""#)),
        ("POST /v1/named/{id}".to_owned(), api, Some("IsAuthenticated"), Some(r#"user = "100/hour""#)),
        ("GET /v1/open".to_owned(), Some("Token, RemoteUser".to_owned()), Some("AllowAny"), None),
    ];
    assert_eq!(found, expected);

    let me = audit.rows()[2].declaration.unwrap();
    let source = include_str!("audit.rs").lines().nth(me.line as usize - 1).unwrap();
    assert_eq!(source, "#[authenticate(Token(keyword = \"Bearer\"), Session, Basic)]", "line {}", me.line);
    assert!(me.file.ends_with("audit.rs") && me.module.ends_with("audit") && me.name == "me", "{me:?}");

    let text = audit.to_string();
    let head: Vec<_> = text.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["method", "path", "anonymous", "schemes", "permission", "throttle", "declared"]);
    assert!(text.contains("undeclared: files that everybody may have"), "{text}");
    let json = serde_json::to_value(&audit).unwrap();
    assert_eq!(json[0]["handler"].as_str().unwrap(), format!("{}::health", module_path!()));
    assert_eq!((&json[1]["undeclared"], &json[1]["schemes"]), (&json!("files that everybody may have"), &Value::Null));
    assert_eq!(json[2]["schemes"][1], "Session");
}

#[test]
fn a_test_names_the_handlers_that_are_public() {
    let audit = routes().audit();
    audit.assert_public(&["* /health", "GET /v1/open", "DELETE /v1/named/{id}"]);
    let more = panic_of(|| audit.assert_public(&["* /health", "GET /v1/open"]));
    assert!(
        more.contains("anonymous callers may come in here, and these are not listed: [\"DELETE /v1/named/{id}\"]"),
        "{more}"
    );
    let less = panic_of(|| {
        audit.assert_public(&["* /health", "GET /v1/open", "DELETE /v1/named/{id}", "GET /v1/me", "GET /gone"]);
    });
    assert!(
        less.contains(
            "anonymous callers cannot come in here, or these are not mounted: [\"GET /v1/me\", \"GET /gone\"]"
        ),
        "{less}"
    );
    let undeclared = panic_of(|| audit.assert_all_declared());
    assert!(undeclared.contains("nothing is declared here: [\"/static\"]"), "{undeclared}");
    Routes::<App>::new().route("/health", audit::any(health)).audit().assert_all_declared();
}

#[test]
fn a_router_that_declares_nothing_counts_as_public_and_needs_a_reason() {
    let foreign = || Router::new().route("/logo", get(async || "logo"));
    let explained = Routes::<App>::new().undeclared("/static", foreign(), "files that everybody may have").audit();
    assert!(explained.rows()[0].is_public());
    explained.assert_public(&[]);
    explained.assert_public(&["* /static"]);
    for blank in ["", " \n"] {
        let audit = Routes::<App>::new().undeclared("/static", foreign(), blank).audit();
        for listed in [&[][..], &["* /static"]] {
            let message = panic_of(|| audit.assert_public(listed));
            assert!(message.contains("declare nothing and give no reason: [\"* /static\"]"), "{message}");
        }
    }
}

#[tokio::test]
async fn a_router_that_declares_nothing_can_be_mounted_at_the_root() {
    let foreign = Router::new().route("/logo", get(async || "logo"));
    let routes = Routes::new().route("/health", audit::get(health)).undeclared("/", foreign, "a foreign router");
    let routes = Routes::new().nest("/v1", routes);
    let paths: Vec<_> = routes.audit().rows().iter().map(|row| row.path.clone()).collect();
    assert_eq!(paths, ["/v1", "/v1/health"]);
    let router = routes.into_router().with_state(app().await);
    assert_eq!(tests::get(&router, "/v1/logo", &[]).await.body, "logo");
}

#[tokio::test]
async fn nested_paths_are_those_that_are_served() {
    let inner = || Routes::new().route("/", audit::get(health)).route("/open", audit::get(open));
    for (prefix, paths) in [("/v1", ["/v1", "/v1/open"]), ("/v1/", ["/v1/", "/v1/open"])] {
        let routes = Routes::new().nest(prefix, inner());
        let audit = routes.audit();
        assert_eq!(audit.rows().iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), paths);
        let router = routes.into_router().with_state(app().await);
        for path in paths {
            assert_eq!(tests::get(&router, path, &[]).await.status, 200, "{prefix} {path}");
        }
    }
}

/// Where a panic is said to be, and what it says.
fn panic_place(mount: impl FnOnce() -> Routes<App>) -> (String, String) {
    use std::sync::{Arc, Mutex};
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock();
    let place = Arc::new(Mutex::new(String::new()));
    let (before, seen, here) = (std::panic::take_hook(), Arc::clone(&place), std::thread::current().id());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == here {
            panic.location().unwrap().file().clone_into(&mut seen.lock().unwrap());
        }
    }));
    let message = panic_of(|| drop(mount()));
    std::panic::set_hook(before);
    let place = place.lock().unwrap().clone();
    (place, message)
}

#[test]
fn a_route_that_cannot_be_mounted_is_reported_where_it_is_written() {
    let one = || Routes::<App>::new().route("/health", audit::get(health));
    let (place, message) = panic_place(|| one().nest("/", one()));
    assert!(place.ends_with("behaviour/audit.rs"), "{place}");
    assert!(message.contains("merge them instead"), "{message}");
    let mounts: [fn(Routes<App>) -> Routes<App>; 6] = [
        |one| one.route("/health", audit::get(health)),
        |one| one.merge(Routes::new().route("/health", audit::get(health))),
        |one| one.undeclared("/", Router::new().route("/health", get(async || "")), "foreign"),
        |one| one.undeclared("no-slash", Router::new(), "foreign"),
        |one| one.undeclared("", Router::new(), "foreign"),
        |one| one.nest("no-slash", Routes::new()),
    ];
    for mount in mounts {
        let (place, message) = panic_place(|| mount(one()));
        assert!(place.ends_with("behaviour/audit.rs"), "{place}: {message}");
    }
}

/// The endpoints and pages that the project has itself, under one roof.
fn own_routes() -> Routes<App> {
    let knox = auth_endpoints::knox::Knox::new().routes::<Api, Api>();
    let durin = auth_endpoints::durin::Durin::new().with_api_access_client("default").routes::<Api>();
    Routes::new()
        .nest("/pages", views::login_routes())
        .route("/obtain", views::obtain_token_methods::<App, AllowAnonymous>())
        .route("/obtain-again", views::obtain_token_methods::<App, Api>())
        .nest("/auth", auth_endpoints::routes::<App, Api>().merge(auth_endpoints::client_routes::<App, Api>()))
        .nest("/knox", knox)
        .nest("/durin", durin)
        .nest("/admin", auth_admin::routes())
}

#[test]
fn the_projects_own_routes_are_declared() {
    let audit = own_routes().audit();
    audit.assert_all_declared();
    audit.assert_public(&[
        "GET /pages/login/",
        "POST /pages/login/",
        "POST /pages/logout/",
        "POST /obtain",
        "POST /auth/login/",
        "POST /durin/login/",
        "GET /admin/sign-in",
        "POST /admin/sign-in",
        "POST /admin/sign-out",
        "GET /admin/style.css",
        "* /admin/{*rest}",
    ]);
}

#[tokio::test]
async fn the_projects_own_routes_refuse_anonymous_callers_where_the_audit_says_so() {
    let router = own_routes().into_router().with_state(app().await);
    for row in own_routes().audit().rows().iter().filter(|row| !row.is_public()) {
        let path = row.path.replace("{id}", "1").replace("{name}", "web");
        let answer = tests::send(&router, tests::request(row.method, &path, &[])).await;
        let is_refused = match answer.status.as_u16() {
            401 | 403 => true,
            303 => answer.header("location").unwrap().contains("sign-in"),
            _ => false,
        };
        assert!(is_refused, "{} {path}: {}", row.method, answer.status);
    }
}

#[derive(OpenApi)]
#[openapi(paths(me, named, open, health))]
struct Document;

/// The document of these handlers.
pub(crate) fn document() -> Value {
    let mut document = Document::openapi();
    openapi::secure(&mut document, &routes().audit(), &settings()).unwrap();
    serde_json::to_value(&document).unwrap()
}

#[test]
fn a_document_has_the_security_that_is_enforced() {
    let document = document();
    let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
    assert_eq!(
        security("/v1/me", "get"),
        json!([{ "http_bearer": [] }, { "cookie_sessionid": [] }, { "http_basic": [] }])
    );
    assert_eq!(security("/v1/named/{id}", "post"), json!([{ "http_bearer": [] }, { "http_basic": [] }]));
    assert_eq!(security("/v1/open", "get"), json!([{ "authorization_Token": [] }, {}]));
    assert_eq!(security("/health", "get"), json!([]));
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "authorization_Token": {
                "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token ` and the credentials.",
            },
            "cookie_sessionid": { "type": "apiKey", "in": "cookie", "name": "sessionid" },
            "http_basic": { "type": "http", "scheme": "basic" },
            "http_bearer": { "type": "http", "scheme": "bearer" },
        })
    );
}
