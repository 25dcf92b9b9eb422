//! axum-login on the sessions of tower-sessions, in its memory store.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, UserId};
use cost::{Account, App, Axum, Kind, USERS, app, greeted, request};
use tower_service::Service as _;
use tower_sessions::{MemoryStore, SessionManagerLayer};

#[derive(Debug, Clone)]
struct LoginUser(Account);

impl AuthUser for LoginUser {
    type Id = i64;

    fn id(&self) -> i64 {
        self.0.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"the hash of a password"
    }
}

#[derive(Clone)]
struct Backend(App);

impl AuthnBackend for Backend {
    type User = LoginUser;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<LoginUser>, Infallible> {
        Ok(None)
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<LoginUser>, Infallible> {
        Ok(self.0.backend().account(*id).filter(|user| user.is_active).map(LoginUser))
    }
}

async fn hello(session: AuthSession<Backend>) -> Result<&'static str, StatusCode> {
    let LoginUser(me) = session.user.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(greeted(&me))
}

async fn log_in(mut session: AuthSession<Backend>, State(app): State<App>, Path(id): Path<i64>) {
    let user = app.backend().account(id).expect("an account");
    session.login(&LoginUser(user)).await.expect("the memory store keeps it");
}

fn router() -> Router {
    let app = app();
    let layer = AuthManagerLayerBuilder::new(Backend(app.clone()), SessionManagerLayer::new(MemoryStore::default()));
    Router::new().route("/hello", get(hello)).route("/login/{id}", post(log_in)).layer(layer.build()).with_state(app)
}

/// Requests of users that logged in.
pub(crate) async fn logged_in() -> Axum {
    let mut router = router();
    let mut cookies = Vec::new();
    for id in 1..=USERS {
        let request = Request::post(format!("/login/{id}")).body(Body::empty()).expect("a request");
        let Ok(response) = router.call(request).await;
        let cookie = response.headers()[SET_COOKIE].to_str().expect("text").split(';').next().unwrap_or_default();
        cookies.push(format!("theme=dark; {cookie}"));
    }
    let make = move |n: usize| {
        let mut request = request(Kind::Nothing, n);
        request.headers_mut().insert(COOKIE, cookies[n].parse().expect("a header"));
        request
    };
    Axum::with(router, make, StatusCode::OK)
}

/// Requests without a cookie.
pub(crate) async fn anonymous() -> Axum {
    Axum::new(router(), Kind::Nothing, StatusCode::UNAUTHORIZED)
}
