//! Requests of random accounts, served in process: [`Requests`].

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use auth_runtime::settings::PasswordSettings;
use auth_runtime::store::StoreResult;
use auth_runtime::{AuthContext, Clock, Settings, TokenKind};
use auth_store::Store;
use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE, HOST, USER_AGENT};
use axum::http::{Request, StatusCode};
use tower_service::Service as _;

use crate::credential::{cookie, token};
use crate::places::{Kind, Opened, Places};

/// The scheme of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Scheme {
    Token,
    Session,
}

impl Scheme {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "Token",
            Self::Session => "Session",
        }
    }
}

/// A router for each kind of store: the macro writes the state's type into its handlers.
macro_rules! routers {
    ($($module:ident: $store:ty;)+) => {$(mod $module {
        use auth_runtime::scheme::{Session, Token};
        use auth_runtime::{AuthContext, authenticate};
        use auth_store::Account;
        use axum::Router;
        use axum::routing::get;

        type App = AuthContext<$store>;

        #[authenticate(Token(keyword = "Bearer"), state = App)]
        async fn token(#[user] me: Account) -> String {
            me.username
        }

        #[authenticate(Session, state = App)]
        async fn session(#[user] me: Account) -> String {
            me.username
        }

        pub(super) fn router(app: App) -> Router {
            Router::new().route("/token", get(token)).route("/session", get(session)).with_state(app)
        }
    })+};
}

routers! {
    sql: auth_store::AnyStore;
    redis: auth_store::RedisStore<auth_store::AnyStore>;
}

/// The state, whose store is of one type or the other.
enum App {
    Sql(AuthContext<auth_store::AnyStore>),
    Redis(AuthContext<auth_store::RedisStore<auth_store::AnyStore>>),
}

/// One router over one database.
pub struct Requests {
    app: App,
    router: Router,
    clock: Clock,
    kind: Kind,
    size: u64,
    random: u64,
}

impl Requests {
    /// Over the database of so many. Its time stands at `now`.
    pub async fn new(places: &Places, kind: Kind, size: u64, now: Duration) -> Self {
        let clock = Clock::manual(now);
        // Nobody presents a password here.
        let passwords = PasswordSettings::default().with_memory_kib(8).with_iterations(1);
        let settings = Settings::default().with_clock(clock.clone()).with_passwords(passwords);
        let (app, router) = match places.open(kind, size).await {
            Opened::Sql(store) => {
                let app = AuthContext::with_settings(store, settings);
                (App::Sql(app.clone()), sql::router(app))
            }
            Opened::Redis(store) => {
                let app = AuthContext::with_settings(store, settings);
                (App::Redis(app.clone()), redis::router(app))
            }
        };
        Self { app, router, clock, kind, size, random: RandomState::new().build_hasher().finish() }
    }

    /// Moves the time.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Its time.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// A request of a random account.
    pub fn request(&mut self, scheme: Scheme) -> Request<Body> {
        // splitmix64, by Sebastiano Vigna.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let n = (mixed ^ (mixed >> 31)) % self.size + 1;

        let request =
            Request::builder().header(HOST, "api.example.org").header(USER_AGENT, "curl/8.5.0").header(ACCEPT, "*/*");
        let kept_in_redis = matches!(self.kind, Kind::RedisOverSqlite | Kind::RedisOverPostgres);
        let kind = if kept_in_redis { TokenKind::Access } else { TokenKind::Personal };
        let request = match scheme {
            Scheme::Token => request.uri("/token").header(AUTHORIZATION, format!("Bearer {}", token(kind, n))),
            Scheme::Session => request.uri("/session").header(COOKIE, format!("__Host-sessionid={}", cookie(n))),
        };
        request.body(Body::empty()).expect("a request")
    }

    /// Answers a request.
    pub async fn serve(&mut self, request: Request<Body>) {
        let Ok(response) = self.router.call(request).await;
        assert_eq!(response.status(), StatusCode::OK, "{:?} with {}", self.kind, self.size);
    }

    /// Writes the last uses that were noted, as a task does once a second.
    pub async fn flush(&self) {
        match &self.app {
            App::Sql(app) => flush(app).await,
            App::Redis(app) => flush(app).await,
        }
        .expect("the store answers");
    }
}

async fn flush<B: Store>(app: &AuthContext<B>) -> StoreResult<()> {
    app.flush_tokens().await?;
    app.flush_logins().await
}
