//! What is mounted and declared: as a table, in tests, and in an OpenAPI document.

use auth_runtime::audit::{self, Routes};
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::{Authenticator, Identity, authenticate, openapi};
use auth_store::Account;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};
use tests::{App, app, settings};
use utoipa::OpenApi;

#[derive(Authenticator)]
#[authenticator(chain(Token(keyword = "Bearer"), Basic), permit(IsAuthenticated), throttle(user = "100/hour"))]
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
    assert!(text.starts_with("method  path"), "{text}");
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
    let panics = |check: &dyn Fn()| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
        caught.unwrap_err().downcast_ref::<String>().unwrap().clone()
    };
    let more = panics(&|| audit.assert_public(&["* /health", "GET /v1/open"]));
    assert!(more.contains("everybody may come in here too: [\"DELETE /v1/named/{id}\"]"), "{more}");
    let less = panics(&|| {
        audit.assert_public(&["* /health", "GET /v1/open", "DELETE /v1/named/{id}", "GET /v1/me", "GET /gone"]);
    });
    assert!(
        less.contains("not everybody may come in here, or it is not mounted: [\"GET /v1/me\", \"GET /gone\"]"),
        "{less}"
    );
    let undeclared = panics(&|| audit.assert_all_declared());
    assert!(undeclared.contains("nothing is declared here: [\"/static\"]"), "{undeclared}");
    Routes::<App>::new().route("/health", audit::any(health)).audit().assert_all_declared();
}

#[derive(OpenApi)]
#[openapi(paths(me, named, open, health))]
struct Document;

/// The document of these handlers.
pub(crate) fn document() -> Value {
    let mut document = Document::openapi();
    openapi::secure(&mut document, &routes().audit(), &settings());
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
