//! Nothing that is sent is a fault of the server.

use std::sync::LazyLock;

use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::settings::LoginFailures;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tests::{app_with, send, settings};
use tokio::runtime::Runtime;

use super::{Api, Who, router};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// All routers, for callers of every kind.
static ALL: LazyLock<Router> = LazyLock::new(|| {
    let failures = LoginFailures::unlimited();
    let app = RUNTIME.block_on(app_with(settings().with_login_failures(failures)));
    let knox = Knox::new().with_user(|account: &auth_store::Account| json!(account.username)).endpoints::<Api, Api>();
    let durin = Durin::new().with_api_access_client("default").endpoints::<Api>();
    Router::new().merge(router(&app)).merge(Router::new().nest("/knox", knox).nest("/durin", durin).with_state(app))
});

const PATHS: [&str; 20] = [
    "/auth/login/",
    "/auth/obtain/",
    "/auth/renew/",
    "/auth/logout/",
    "/auth/logout/all/",
    "/auth/logins/",
    "/auth/logins/{}/",
    "/auth/tokens/",
    "/auth/tokens/{}/",
    "/auth/clients/",
    "/auth/clients/{}/",
    "/knox/login/",
    "/knox/logout/",
    "/knox/logoutall/",
    "/durin/login/",
    "/durin/refresh/",
    "/durin/logoutall/",
    "/durin/sessions/",
    "/durin/sessions/{}",
    "/durin/apiaccess/",
];

/// The fields that something reads, and one that nothing does.
const FIELDS: [&str; 14] = [
    "username",
    "password",
    "client",
    "name",
    "except_current",
    "expires_in",
    "idle_lifetime",
    "absolute_lifetime",
    "access_lifetime",
    "max_logins",
    "at_limit",
    "rate",
    "allowed_origins",
    "x",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(&["ada", "boss", "pw", "default", "1", "refuse", "9/s", "https://a.example", "\0"][..])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

fn fields() -> impl Strategy<Value = Value> {
    btree_map(prop::sample::select(&FIELDS[..]), value(), 0..6)
        .prop_map(|fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => fields().prop_map(|fields| fields.to_string().into_bytes()),
        1 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => "([a-z_]{1,9}=[ -~]{0,9}&?){0,4}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..80),
    ]
}

fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let names = ["authorization", "cookie", "origin", "content-type", "x-csrftoken", "user-agent", "host", "referer"];
    let beginnings =
        ["", "Token ", "Token auth_at_", "Basic ", "sessionid=", "http://", "multipart/form-data; boundary=", "\""];
    let rest = vec(prop_oneof![8 => 0x20..0x7f_u8, 1 => Just(b'\t'), 2 => 0x80..=0xff_u8], 0..40);
    (prop::sample::select(names.to_vec()), prop::sample::select(beginnings.to_vec()), rest)
        .prop_map(|(name, beginning, rest)| (name, [beginning.as_bytes(), &rest].concat()))
}

fn who() -> impl Strategy<Value = Who> {
    prop::sample::select(vec![Who::NoUser, Who::personal("boss"), Who::browser("boss"), Who::Basic("boss")])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn whatever_is_sent_is_answered(
        path in prop::sample::select(&PATHS[..]),
        id in prop_oneof!["[0-9]{1,20}", "[!-.:-~]{1,8}", "(%[0-9a-f]{2}){1,8}"],
        method in prop::sample::select(&["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"][..]),
        who in who(),
        headers in vec(header(), 0..3),
        media_type in prop::sample::select(&["", "application/json", "application/x-www-form-urlencoded"][..]),
        body in body(),
    ) {
        // No session ends, so that the next request is still from somebody.
        prop_assume!(!path.contains("logout") || matches!(who, Who::NoUser | Who::Basic(_)) && !path.contains("all"));
        let mut request = Request::new(Body::from(body.clone()));
        let id = id.replace(['#', '?', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '/'], "_");
        let Ok(uri) = path.replace("{}", &id).parse() else { return Ok(()) };
        *request.uri_mut() = uri;
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        let own = [vec![("host", "testserver".to_owned()), ("content-type", media_type.to_owned())], who.headers()];
        for (name, value) in own.into_iter().flatten() {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        for (name, value) in &headers {
            request.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        let shown = format!("{method} {} {who:?} {headers:?} {:?}", request.uri(), String::from_utf8_lossy(&body));
        let answer = RUNTIME.block_on(send(&ALL, request));
        prop_assert!(answer.status.as_u16() < 500, "{}: {:?}", shown, answer);
        prop_assert!(answer.header("cache-control") == Some("no-store"), "{}: {:?}", shown, answer);
    }
}
