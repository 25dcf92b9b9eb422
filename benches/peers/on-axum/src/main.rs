//! Other crates that authenticate on axum, each over the same handler, request and look-up: see `harness`.

mod login;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Bearer;
use cost::{Account, App, Axum, Kind, app, bare, baseline, find, greeted, router, subject, token};
use harness::Subject;
use tower_http::validate_request::ValidateRequestHeaderLayer;

struct TypedUser(Account);

impl FromRequestParts<App> for TypedUser {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StatusCode> {
        let header = TypedHeader::<Authorization<Bearer>>::from_request_parts(parts, app).await;
        let TypedHeader(header) = header.map_err(|_| StatusCode::UNAUTHORIZED)?;
        find(app.backend(), header.token()).map(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

async fn typed(TypedUser(me): TypedUser) -> &'static str {
    greeted(&me)
}

/// One token for all callers, as tower-http has it.
#[allow(deprecated)] // there is nothing else of it in tower-http
fn one_token() -> Router {
    let layer = ValidateRequestHeaderLayer::bearer(&token(0));
    Router::new().route("/hello", get(bare)).layer(layer).with_state(app())
}

/// The look-up in tower-http's layer for what one writes oneself. It only says yes or no.
fn validated() -> Router {
    let app = app();
    let state = app.clone();
    let layer = ValidateRequestHeaderLayer::custom(move |request: &mut Request<Body>| {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer "));
        if token.and_then(|token| find(app.backend(), token)).is_some() {
            return Ok(());
        }
        let mut refusal = Response::new(Body::empty());
        *refusal.status_mut() = StatusCode::UNAUTHORIZED;
        Err(refusal)
    });
    Router::new().route("/hello", get(bare)).layer(layer).with_state(state)
}

fn subjects() -> Vec<Subject> {
    let (ok, unauthorized) = (StatusCode::OK, StatusCode::UNAUTHORIZED);
    let mut subjects = Vec::new();
    for kind in [Kind::Token, Kind::UnknownToken, Kind::Session, Kind::Nothing] {
        subjects
            .push(Subject::new(baseline(kind), baseline(kind), async move || Axum::new(router(bare, app()), kind, ok)));
    }
    let named = |name: &str, kind: Kind| (format!("{name}, {}", kind.name()), baseline(kind));
    for (kind, status) in [(Kind::Token, ok), (Kind::UnknownToken, unauthorized)] {
        subjects.push(subject("axum-extra, typed header", kind, status, typed));
        let (name, over) = named("tower-http, validate with a look-up", kind);
        subjects.push(Subject::new(name, over, async move || Axum::new(validated(), kind, status)));
        let (name, over) = named("tower-http, bearer: one token for all", kind);
        subjects.push(Subject::new(name, over, async move || Axum::new(one_token(), kind, status).of_users(1)));
    }
    let (name, over) = named("axum-login", Kind::Session);
    subjects.push(Subject::new(name, over, login::logged_in));
    let (name, over) = named("axum-login", Kind::Nothing);
    subjects.push(Subject::new(name, over, login::anonymous));
    subjects
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    harness::main(subjects()).await;
}
