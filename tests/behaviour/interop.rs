//! The recipes of the guide: sessions of axum-login and tower-sessions, and an identity in the extensions.

use auth_runtime::http::Method;
use auth_runtime::http::request::Parts;
use auth_runtime::scheme::Token;
use auth_runtime::settings::{CsrfMode, CsrfSettings};
use auth_runtime::store::{AccountStore, Keep};
use auth_runtime::testing::{Answer, Client};
use auth_runtime::{
    AuthError, AuthState, Authenticator, CsrfForm, Identity, Outcome, Scheme, SchemeResult, User, Username,
    authenticate, csrf,
};
use auth_store::Account;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get as on_get, post as on_post};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use tests::{App, app, app_with, settings};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

/// The account as axum-login has it.
#[derive(Clone)]
struct Member {
    account: Account,
    password: String,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({})", self.account.id)
    }
}

impl AuthUser for Member {
    type Id = String;

    fn id(&self) -> String {
        self.account.username.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password.as_bytes()
    }
}

/// axum-login over the accounts of the application.
#[derive(Clone)]
struct Members(App);

impl AuthnBackend for Members {
    type User = Member;
    type Credentials = String;
    type Error = auth_runtime::store::StoreError;

    async fn authenticate(&self, name: String) -> Result<Option<Member>, Self::Error> {
        self.get_user(&name).await
    }

    async fn get_user(&self, name: &String) -> Result<Option<Member>, Self::Error> {
        use auth_runtime::store::PasswordStore;
        let Ok(name) = Username::parse(name) else { return Ok(None) };
        let record = self.0.backend().find_by_username(&name).await?;
        Ok(record.map(|record| Member { account: record.user, password: record.hash.unwrap_or_default() }))
    }
}

#[derive(Debug, Authenticator)]
#[authenticator(csrf = cookie)]
struct AxumLogin;

impl<S: AuthState> Scheme<S> for AxumLogin {
    type User = Account;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Account> {
        let session = request.extensions.get::<AuthSession<Members>>();
        let session = session.ok_or_else(|| AuthError::internal("the layer of axum-login is missing"))?;
        match session.user.clone().map(|member| member.account).filter(User::is_active) {
            Some(account) => Ok(Outcome::Authenticated(account, ())),
            None => Ok(Outcome::Skipped),
        }
    }
}

#[derive(Debug, Authenticator)]
#[authenticator(csrf = cookie)]
struct TowerSession;

impl Scheme<App> for TowerSession {
    type User = Account;

    async fn authenticate(&self, request: &Parts, app: &App) -> SchemeResult<Account> {
        let session = request.extensions.get::<Session>();
        let session = session.ok_or_else(|| AuthError::internal("the layer of tower-sessions is missing"))?;
        let Some(id) = session.get::<i64>("account").await.map_err(AuthError::unavailable)? else {
            return Ok(Outcome::Skipped);
        };
        match app.backend().account_by_id(&id.into()).await?.filter(User::is_active) {
            Some(account) => Ok(Outcome::Authenticated(account, ())),
            None => Ok(Outcome::Skipped),
        }
    }
}

/// What a layer in front says of those it knows.
#[derive(Clone)]
struct SignedOn {
    account: Account,
}

#[derive(Debug, Authenticator)]
#[authenticator(csrf = browser)]
struct FromExtension;

impl<S: AuthState> Scheme<S> for FromExtension {
    type User = Account;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Account> {
        Ok(match request.extensions.get::<SignedOn>() {
            Some(SignedOn { account }) => Outcome::Authenticated(account.clone(), ()),
            None => Outcome::Skipped,
        })
    }
}

fn say(who: &Identity<Account>) -> String {
    format!("{} by {}", who.user().map_or("nobody", |user| &user.username), who.scheme().unwrap_or("none"))
}

#[authenticate(Token, AxumLogin)]
async fn token_first(#[user] who: Identity<Account>) -> String {
    say(&who)
}

#[authenticate(AxumLogin, Token)]
async fn session_first(#[user] who: Identity<Account>) -> String {
    say(&who)
}

#[authenticate(Token, AxumLogin)]
async fn only_users(#[user] me: Account) -> String {
    me.username
}

#[authenticate(AxumLogin, Token)]
async fn only_users_session_first(#[user] me: Account) -> String {
    me.username
}

#[authenticate(AxumLogin)]
async fn form(#[user] me: Account, CsrfForm(fields): CsrfForm<Vec<(String, String)>>) -> String {
    format!("{} {}", me.username, fields[0].1)
}

#[authenticate(Token, TowerSession)]
async fn by_tower_session(#[user] who: Identity<Account>) -> String {
    say(&who)
}

#[authenticate(Token, FromExtension)]
async fn by_extension(#[user] who: Identity<Account>) -> String {
    say(&who)
}

async fn foreign_login(mut session: AuthSession<Members>, name: String) -> StatusCode {
    let member = session.authenticate(name).await.unwrap().unwrap();
    session.login(&member).await.unwrap();
    StatusCode::NO_CONTENT
}

async fn foreign_logout(mut session: AuthSession<Members>) -> StatusCode {
    session.logout().await.unwrap();
    StatusCode::NO_CONTENT
}

async fn keep_id(State(app): State<App>, session: Session, name: String) -> StatusCode {
    session.cycle_id().await.unwrap();
    session.insert("account", tests::account(&app, &name).await.id).await.unwrap();
    StatusCode::NO_CONTENT
}

async fn drop_id(session: Session) -> StatusCode {
    session.flush().await.unwrap();
    StatusCode::NO_CONTENT
}

fn client(app: &App) -> Client {
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let login = AuthManagerLayerBuilder::new(Members(app.clone()), sessions).build();
    let router = Router::new()
        .route("/foreign/login", on_post(foreign_login))
        .route("/foreign/logout", on_post(foreign_logout))
        .route("/keep", on_post(keep_id))
        .route("/drop", on_post(drop_id))
        .route("/token-first", any(token_first))
        .route("/session-first", on_get(session_first))
        .route("/only-users", on_get(only_users))
        .route("/only-users-session-first", on_get(only_users_session_first))
        .route("/form", on_post(form))
        .route("/tower", any(by_tower_session))
        .with_state(app.clone())
        .layer(login);
    Client::new(router).with_origin("http://testserver")
}

async fn with_token(client: &Client, path: &str, token: &str) -> Answer {
    client.get(path).header("authorization", &format!("Token {token}")).await
}

#[tokio::test]
async fn a_login_of_axum_login_is_seen_and_its_end_too() {
    let client = client(&app().await);
    assert_eq!(client.get("/token-first").await.text(), "nobody by none");
    assert_eq!(client.post("/foreign/login").body("ada").await.status(), 204);
    assert_eq!(client.get("/token-first").await.text(), "ada by AxumLogin");
    assert_eq!(client.get("/only-users").await.text(), "ada");
    let cookie = client.cookie("id").unwrap();
    assert_eq!(client.post("/foreign/logout").await.status(), 204);
    assert_eq!(client.get("/token-first").await.text(), "nobody by none");
    client.set_cookie("id", &cookie);
    assert_eq!(client.get("/token-first").await.text(), "nobody by none", "and the old cookie is worth nothing");
}

#[tokio::test]
async fn what_ends_an_account_ends_its_foreign_login() {
    let app = app().await;
    let client = client(&app);
    client.post("/foreign/login").body("ada").await;
    app.backend().set_active("ada", false).await.unwrap();
    assert_eq!(client.get("/token-first").await.text(), "nobody by none");
    app.backend().set_active("ada", true).await.unwrap();
    assert_eq!(client.get("/token-first").await.text(), "ada by AxumLogin");
    app.backend().set_password_hash("ada", Some("another"), Keep::default()).await.unwrap();
    assert_eq!(client.get("/token-first").await.text(), "nobody by none");
}

#[tokio::test]
async fn the_order_of_the_chain_decides_between_a_token_and_a_foreign_login() {
    let client = client(&app().await);
    assert_eq!(client.get("/only-users").await.status(), 401, "the token's challenge");
    assert_eq!(client.get("/only-users-session-first").await.status(), 403, "the session has none");
    client.post("/foreign/login").body("ada").await;
    assert_eq!(with_token(&client, "/token-first", "boss-token").await.text(), "boss by Token");
    assert_eq!(with_token(&client, "/token-first", "wrong").await.status(), 401, "no fallback for a wrong token");
    assert_eq!(with_token(&client, "/session-first", "boss-token").await.text(), "ada by AxumLogin");
    assert_eq!(with_token(&client, "/session-first", "wrong").await.text(), "ada by AxumLogin");
    client.forget();
    assert_eq!(with_token(&client, "/session-first", "boss-token").await.text(), "boss by Token");
}

#[tokio::test]
async fn another_site_cannot_use_a_foreign_login() {
    for mode in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        let app =
            app_with(settings().with_csrf(CsrfSettings::default().with_mode(mode).with_secret_in_login(true))).await;
        let client = client(&app);
        client.post("/foreign/login").body("ada").await;
        client.set_cookie("csrftoken", tests::CSRF);
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let own = client.request(method.clone(), "/token-first").await;
            assert_eq!(own.text(), "ada by AxumLogin", "{mode:?} {method}");
            let foreign = client.request(method.clone(), "/token-first").header("origin", "http://evil.example").await;
            assert_eq!(foreign.code().as_deref(), Some("csrf_failed"), "{mode:?} {method}");
            let mute = client.request(method.clone(), "/token-first").without_header("origin");
            let mute = mute.without_header("sec-fetch-site").without_header("x-csrftoken").await;
            assert_eq!(mute.code().as_deref(), Some("csrf_failed"), "{mode:?} {method}");
        }
        for (origin, code) in [("http://evil.example", Some("csrf_failed")), ("http://testserver", None)] {
            let handshake = client.get("/token-first").header("upgrade", "websocket").header("origin", origin).await;
            assert_eq!(handshake.code().as_deref(), code, "{mode:?} {origin}");
        }
        let with_token = client.post("/token-first").header("origin", "http://evil.example");
        let with_token = with_token.header("authorization", "Token boss-token").await;
        assert_eq!(with_token.text(), "boss by Token", "no browser sends a token by itself");

        assert_eq!(client.post("/form").form(&[("text", "hi")]).await.text(), "ada hi", "{mode:?}");
        let forged = client.post("/form").form(&[("text", "hi"), (csrf::FORM_FIELD, "wrong")]);
        let forged = forged.without_header("origin").without_header("sec-fetch-site").await;
        assert_eq!(forged.code().as_deref(), Some("csrf_failed"), "{mode:?}");
    }
}

#[tokio::test]
async fn a_session_of_tower_sessions_is_seen_and_its_end_too() {
    let app = app().await;
    let client = client(&app);
    assert_eq!(client.get("/tower").await.text(), "nobody by none");
    client.post("/keep").body("ada").await;
    assert_eq!(client.get("/tower").await.text(), "ada by TowerSession");
    let foreign = client.post("/tower").header("origin", "http://evil.example").await;
    assert_eq!(foreign.code().as_deref(), Some("csrf_failed"));
    assert_eq!(with_token(&client, "/tower", "boss-token").await.text(), "boss by Token");
    app.backend().set_down(true);
    assert_eq!(client.get("/tower").await.status(), 503, "never anonymous");
    app.backend().set_down(false);
    client.post("/drop").await;
    assert_eq!(client.get("/tower").await.text(), "nobody by none");
}

#[tokio::test]
async fn a_router_without_the_layer_takes_nobody_for_anonymous() {
    let router = Router::new()
        .route("/login", on_get(token_first))
        .route("/tower", on_get(by_tower_session))
        .with_state(app().await);
    let client = Client::new(router);
    for path in ["/login", "/tower"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status().as_u16(), answer.code().as_deref()), (500, Some("error")), "{path}");
        assert!(!answer.text().contains("layer"), "{answer:?}");
    }
}

/// A single sign-on that knows by a ticket, as a foreign layer may.
async fn sign_on(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let ticket = request.headers().get("x-ticket").and_then(|ticket| ticket.to_str().ok()).map(str::to_owned);
    if let Some(name) = ticket
        && let Ok(Some(account)) = app.backend().account(&name).await
    {
        request.extensions_mut().insert(SignedOn { account });
    }
    next.run(request).await
}

#[tokio::test]
async fn an_identity_in_the_extensions_is_the_last_resort() {
    let app = app().await;
    let router = Router::new().route("/", any(by_extension)).with_state(app.clone());
    let bare = Client::new(router.clone()).with_origin("http://testserver");
    let client =
        Client::new(router.layer(middleware::from_fn_with_state(app, sign_on))).with_origin("http://testserver");
    assert_eq!(client.get("/").header("x-ticket", "ada").await.text(), "ada by FromExtension");
    assert_eq!(client.get("/").header("x-ticket", "nobody").await.text(), "nobody by none");
    assert_eq!(client.get("/").await.text(), "nobody by none", "its end over there is its end here");
    let both = client.get("/").header("x-ticket", "ada").header("authorization", "Token boss-token").await;
    assert_eq!(both.text(), "boss by Token");
    let wrong = client.get("/").header("x-ticket", "ada").header("authorization", "Token wrong").await;
    assert_eq!(wrong.status(), 401);
    let foreign = client.post("/").header("x-ticket", "ada").header("origin", "http://evil.example").await;
    assert_eq!(foreign.code().as_deref(), Some("csrf_failed"));
    assert_eq!(client.post("/").header("x-ticket", "ada").await.text(), "ada by FromExtension");
    assert_eq!(bare.get("/").header("x-ticket", "ada").await.text(), "nobody by none", "the header alone says nothing");
}
