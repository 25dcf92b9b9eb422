//! Which handler an operation of a document belongs to, and what is written into it.

use auth_runtime::audit::{self, Routes};
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::{Policy, authenticate, openapi};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use serde_json::{Value, json};
use tests::{App, app, settings};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem, Paths};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Info, OpenApi, Response};

#[authenticate(Token(keyword = "Bearer"))]
#[permit(IsAuthenticated)]
#[throttle(user = "10/minute")]
async fn bearer(State(_app): State<App>) {}

#[authenticate(Basic)]
async fn basic(#[user] _me: Account, State(_app): State<App>) {}

#[authenticate(Session)]
#[permit(IsAuthenticated)]
async fn session(State(_app): State<App>) {}

#[authenticate(Token(keyword = "Bearer"))]
#[permit(IsAuthenticatedOrReadOnly)]
async fn readers(State(_app): State<App>) {}

#[authenticate(RemoteUser)]
#[permit(IsAuthenticated)]
async fn gateway(State(_app): State<App>) {}

#[authenticate(none)]
#[permit(AllowAny)]
async fn open() {}

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer"), Session), permit(IsStaff), throttle(user = "5/minute"))]
struct Staff;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")), permit(IsAuthenticatedOrReadOnly))]
struct Readers;

/// A document with these operations, each of which answers 200.
fn document(operations: &[(HttpMethod, &str)]) -> OpenApi {
    let mut paths = Paths::new();
    for (method, path) in operations {
        let operation = OperationBuilder::new().response("200", Response::new("Done")).build();
        paths.add_path_operation(*path, vec![method.clone()], operation);
    }
    OpenApi::new(Info::new("Test", "1"), paths)
}

fn secured(operations: &[(HttpMethod, &str)], routes: &Routes<App>) -> Value {
    let mut document = document(operations);
    openapi::secure(&mut document, &routes.audit(), &settings()).unwrap();
    serde_json::to_value(&document).unwrap()
}

#[test]
fn names_of_parameters_do_not_matter() {
    let routes = Routes::new()
        .nest("/pets", Routes::new().route("/{pet}", audit::get(bearer)).route("/{pet}/toys/{toy}", audit::get(basic)))
        .route("/files/{*rest}", audit::get(session))
        .route("/files", audit::get(open));
    let document = secured(
        &[
            (HttpMethod::Get, "/pets/{id}"),
            (HttpMethod::Get, "/pets/{pet}/toys/{id}"),
            (HttpMethod::Get, "/files/{path}"),
            (HttpMethod::Get, "/files"),
        ],
        &routes,
    );
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/pets/{id}"), json!([{ "http_bearer": [] }]));
    assert_eq!(security("/pets/{pet}/toys/{id}"), json!([{ "http_basic": [] }]));
    assert_eq!(security("/files/{path}"), json!([{ "cookie_sessionid": [] }]));
    assert_eq!(security("/files"), json!([]));
}

#[test]
fn an_operation_without_a_handler_is_reported() {
    let routes = Routes::new().route("/pets/{pet}", audit::get(bearer)).undeclared(
        "/static",
        Router::new().route("/logo", axum::routing::get(async || "")),
        "files",
    );
    let operations = [
        (HttpMethod::Get, "/pets/{id}"),
        (HttpMethod::Post, "/pets/{id}"),
        (HttpMethod::Get, "/pets/{id}/"),
        (HttpMethod::Get, "/pets"),
        (HttpMethod::Get, "/static/logo"),
        (HttpMethod::Get, "/statics"),
        (HttpMethod::Trace, "/trace"),
    ];
    let mut document = document(&operations);
    document.paths.add_path_operation(
        "/by-hand",
        vec![HttpMethod::Get],
        OperationBuilder::new().security(SecurityRequirement::new("other", [] as [&str; 0])).build(),
    );
    let unmatched = openapi::secure(&mut document, &routes.audit(), &settings()).unwrap_err();
    assert_eq!(
        unmatched.operations(),
        ["GET /pets", "POST /pets/{id}", "GET /pets/{id}/", "GET /statics", "TRACE /trace"]
    );
    let text = unmatched.to_string();
    assert!(text.contains("no handler for GET /pets, POST /pets/{id}") && text.contains("security(..)"), "{text}");
    let document = serde_json::to_value(&document).unwrap();
    assert_eq!(
        document["paths"]["/pets/{id}"]["get"]["security"],
        json!([{ "http_bearer": [] }]),
        "the others are written"
    );
    assert_eq!(document["paths"]["/by-hand"]["get"]["security"], json!([{ "other": [] }]));
    assert_eq!(document["paths"]["/static/logo"]["get"]["security"], Value::Null);
}

#[test]
fn the_closest_handler_is_the_one_that_is_served() {
    let routes = Routes::new()
        .route("/both", audit::any(bearer))
        .route("/both", audit::get(basic))
        .route("/files", audit::get(session));
    let operations = [
        (HttpMethod::Get, "/both"),
        (HttpMethod::Put, "/both"),
        (HttpMethod::Trace, "/both"),
        (HttpMethod::Head, "/files"),
    ];
    let document = secured(&operations, &routes);
    let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
    assert_eq!(security("/both", "get"), json!([{ "http_basic": [] }]));
    assert_eq!(security("/both", "put"), json!([{ "http_bearer": [] }]));
    assert_eq!(security("/both", "trace"), json!([{ "http_bearer": [] }]));
    assert_eq!(security("/files", "head"), json!([{ "cookie_sessionid": [] }]));
}

#[test]
fn the_empty_requirement_stands_where_anonymous_callers_may_come_in() {
    let routes =
        Routes::new().route("/readers", audit::get(readers).post(readers)).route("/gateway", audit::get(gateway));
    let operations = [(HttpMethod::Get, "/readers"), (HttpMethod::Post, "/readers"), (HttpMethod::Get, "/gateway")];
    let document = secured(&operations, &routes);
    assert_eq!(document["paths"]["/readers"]["get"]["security"], json!([{ "http_bearer": [] }, {}]));
    assert_eq!(document["paths"]["/readers"]["post"]["security"], json!([{ "http_bearer": [] }]));
    assert_eq!(document["paths"]["/gateway"]["get"]["security"], json!([]));
}

#[tokio::test]
async fn behind_a_guard_both_chains_count() {
    let app = app().await;
    let inner = || {
        Routes::new()
            .route("/open", audit::get(open))
            .route("/basic", audit::get(basic))
            .route("/bearer", audit::get(bearer))
    };
    let routes = Routes::new()
        .nest("/staff", inner().guarded_by::<Staff>(&app))
        .nest("/readers", inner().guarded_by::<Readers>(&app));
    let operations = ["/staff/open", "/staff/basic", "/staff/bearer", "/readers/open", "/readers/basic"];
    let document = secured(&operations.map(|path| (HttpMethod::Get, path)), &routes);
    let get = |path: &str| &document["paths"][path]["get"];
    assert_eq!(get("/staff/open")["security"], json!([{ "http_bearer": [] }, { "cookie_sessionid": [] }]));
    assert_eq!(
        get("/staff/basic")["security"],
        json!([{ "http_basic": [], "http_bearer": [] }, { "cookie_sessionid": [], "http_basic": [] }])
    );
    assert_eq!(
        get("/staff/bearer")["security"],
        json!([{ "http_bearer": [] }, { "cookie_sessionid": [], "http_bearer": [] }])
    );
    assert_eq!(get("/readers/open")["security"], json!([{ "http_bearer": [] }, {}]));
    assert_eq!(
        get("/readers/basic")["security"],
        json!([{ "http_basic": [], "http_bearer": [] }, { "http_basic": [] }])
    );
    assert!(get("/staff/open")["responses"]["429"].is_object(), "the throttle of the guard");
}

#[test]
fn refusals_are_described_where_the_document_does_not() {
    let routes = Routes::new()
        .route("/bearer", audit::get(bearer))
        .route("/basic", audit::get(basic))
        .route("/session", audit::get(session))
        .route("/open", audit::get(open));
    let operations = ["/bearer", "/basic", "/session", "/open"].map(|path| (HttpMethod::Get, path));
    let document = secured(&operations, &routes);
    let statuses = |path: &str| -> Vec<String> {
        let responses = document["paths"][path]["get"]["responses"].as_object().unwrap();
        assert!(responses.values().all(|response| response["description"].is_string()), "{responses:?}");
        responses.keys().cloned().collect()
    };
    assert_eq!(statuses("/bearer"), ["200", "401", "403", "429"]);
    assert_eq!(statuses("/basic"), ["200", "401"]);
    assert_eq!(statuses("/session"), ["200", "403"], "a login cookie has no challenge");
    assert_eq!(statuses("/open"), ["200"]);
}

#[test]
fn refusals_that_the_document_describes_stay() {
    for (own, expected) in [("401", &["401", "403", "429"][..]), ("4XX", &["4XX"]), ("default", &["default"])] {
        let operation = OperationBuilder::new().response(own, Response::new("Own words")).build();
        let mut paths = Paths::new();
        paths.add_path_operation("/bearer", vec![HttpMethod::Get], operation);
        let mut document = OpenApi::new(Info::new("Test", "1"), paths);
        let routes = Routes::new().route("/bearer", audit::get(bearer));
        openapi::secure(&mut document, &routes.audit(), &settings()).unwrap();
        let PathItem { get, .. } = &document.paths.paths["/bearer"];
        let responses = serde_json::to_value(&get.as_ref().unwrap().responses).unwrap();
        assert_eq!(responses.as_object().unwrap().keys().collect::<Vec<_>>(), expected);
        assert_eq!(responses[own]["description"], "Own words");
    }
}
