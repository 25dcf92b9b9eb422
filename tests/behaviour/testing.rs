//! The test kit: forced users, the client, recorded events. And that no request switches any of it on.

use std::sync::Arc;
use std::time::Duration;

use auth_runtime::event::EventKind;
use auth_runtime::http::Method;
use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings, SessionSettings};
use auth_runtime::store::{AccessToken, Login};
use auth_runtime::testing::{Client, FORCED, RecordedEvents, RequestBuilder, force_authenticate};
use auth_runtime::views::login_pages;
use auth_runtime::{Auth, CsrfForm, CurrentUser, Identity, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{any, get as on_get, post as on_post};
use tests::{App, account, app, app_with, settings};

use crate::support::state_with_default;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[authenticate(Token, Session)]
async fn me(#[user] who: Identity<Account>) -> String {
    format!("{} by {}", who.user().map_or("nobody", |user| &user.username), who.scheme().unwrap_or("none"))
}

#[authenticate(Token)]
#[permit(IsAuthenticated, IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

#[authenticate(Token, Session)]
async fn token(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id)
}

#[authenticate(none)]
#[permit(IsAuthenticated)]
async fn nobody() -> &'static str {
    "somebody"
}

#[authenticate(Session)]
async fn write(#[user] me: Account, CsrfForm(fields): CsrfForm<Vec<(String, String)>>) -> String {
    format!("{} wrote {}", me.username, fields[0].1)
}

#[authenticate(Session)]
async fn write_json(#[user] me: Account, axum::Json(text): axum::Json<String>) -> String {
    format!("{} wrote {text}", me.username)
}

/// What a request has that nobody marked.
async fn seen(request: Parts) -> String {
    let mut names: Vec<String> =
        request.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    names.sort();
    names.join("\n")
}

#[derive(Clone)]
struct Stranger;

impl auth_runtime::User for Stranger {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "stranger".into()
    }
}

fn router_of(app: App) -> Router {
    Router::new()
        .route("/me", any(me))
        .route("/staff", on_get(staff))
        .route("/token", on_get(token))
        .route("/nobody", on_get(nobody))
        .route("/write", on_post(write))
        .route("/json", any(write_json))
        .route("/seen", any(seen))
        .nest("/auth", login_pages())
        .with_state(app)
}

async fn client() -> Client {
    Client::new(router_of(app().await)).with_origin("http://testserver")
}

fn grace(is_staff: bool) -> Account {
    let mut grace = Account::for_test(7, "grace");
    grace.is_staff = is_staff;
    grace
}

#[tokio::test]
async fn a_forced_user_is_whom_the_handler_sees() {
    let client = client().await;
    let by_force = format!("grace by {FORCED}");
    for credentials in ["Token ada-token", "Token nonsense", "Basic !"] {
        let request = client.get("/me").header("authorization", credentials).force_authenticate(grace(false));
        assert_eq!(request.await.text(), by_force, "{credentials}");
    }
    let foreign = client.post("/me").header("cookie", "sessionid=ada-login").header("origin", "http://evil");
    let answer = foreign.force_authenticate(grace(false)).await;
    assert_eq!(answer.text(), by_force, "no scheme is asked, so that nothing checks for CSRF");
    assert_eq!(client.get("/me").await.text(), "nobody by none", "and only that request");

    client.force_authenticate(grace(false));
    for _ in 0..2 {
        assert_eq!(client.get("/me").await.text(), by_force, "a client's user stays");
    }
    client.forget();
    assert_eq!(client.get("/me").await.text(), "nobody by none");
}

#[tokio::test]
async fn every_extractor_of_a_request_sees_the_forced_user() {
    state_with_default!(State, Tokens);
    #[derive(auth_runtime::Policy)]
    #[policy(chain(Token), permit(IsAuthenticated))]
    struct Tokens;
    let mut parts = RequestBuilder::new(Method::GET, "/").force_authenticate(grace(false)).parts();
    let state = State(app().await);
    let CurrentUser(first) = CurrentUser::<Account>::from_request_parts(&mut parts, &state).await.unwrap();
    let Auth { user: second, .. } = Auth::<Account, Tokens>::from_request_parts(&mut parts, &state).await.unwrap();
    assert_eq!((first, second), (grace(false), grace(false)));
}

#[tokio::test]
async fn permissions_still_apply_to_a_forced_user() {
    let client = client().await;
    client.force_authenticate(grace(false));
    let answer = client.get("/staff").await;
    assert_eq!((answer.status().as_u16(), answer.code().as_deref()), (403, Some("permission_denied")));
    client.force_authenticate(grace(true));
    assert_eq!(client.get("/staff").await.text(), "staff");
}

#[tokio::test]
async fn credentials_are_forced_beside_the_user_and_never_alone() {
    let client = client().await;
    let seven = AccessToken { id: "7".into(), ..AccessToken::default() };
    let answer = client.get("/token").force_authenticate(grace(false)).await;
    assert_eq!(answer.code().as_deref(), Some("permission_denied"), "the handler wants a token");
    let answer = client.get("/token").force_credentials(seven.clone()).await;
    assert_eq!((answer.status().as_u16(), answer.code().as_deref()), (401, Some("not_authenticated")));
    let login = Login { id: "7".into(), ..Login::default() };
    let answer = client.get("/token").force_authenticate(grace(false)).force_credentials(login).await;
    assert_eq!(answer.code().as_deref(), Some("permission_denied"), "credentials of another type");

    client.force_authenticate(grace(false));
    client.force_credentials(seven);
    assert_eq!(client.get("/token").await.text(), "grace 7");
}

#[tokio::test]
async fn a_user_of_another_type_is_ignored() {
    let client = client().await;
    client.force_authenticate(Stranger);
    assert_eq!(client.get("/me").await.text(), "nobody by none");
    assert_eq!(client.get("/me").header("authorization", "Token ada-token").await.text(), "ada by Token");
    assert_eq!(client.get("/staff").await.status(), 401);
    let answer = client.get("/nobody").force_authenticate(grace(true)).await;
    assert_eq!(answer.status(), 403, "a chain without schemes has no users");
}

const HOSTILE: [(&str, &str); 9] = [
    ("forced", "grace"),
    ("x-forced", "grace"),
    ("force-authenticate", "ada"),
    ("x-force-authenticate", "1"),
    ("remote-user", "ada"),
    ("authorization", "Forced grace"),
    ("cookie", "Forced=grace; forced=ada; sessionid=Forced"),
    ("x-test", "auth_runtime::testing"),
    ("extensions", "ForcedUser(grace)"),
];

#[tokio::test]
async fn no_header_forces_anything_from_outside() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router_of(app().await)).into_future());
    for (name, value) in HOSTILE {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /me?forced=ada&user=grace HTTP/1.1\r\nhost: testserver\r\nconnection: close\r\n{name}: {value}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("nobody by none"), "{name}: {answer}");
    }
}

#[tokio::test]
async fn no_extension_of_a_foreign_layer_forces_anything() {
    let client = client().await;
    let identity = Identity::authenticated(grace(true), FORCED);
    let request = client.get("/me").extension(grace(true)).extension(Arc::new(grace(true)));
    let request =
        request.extension(Some(grace(true))).extension(identity).extension(FORCED).extension(FORCED.to_owned());
    assert_eq!(request.await.text(), "nobody by none");
}

#[tokio::test]
async fn a_client_logs_in_keeps_its_cookies_and_logs_out() {
    for csrf in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        let app = app_with(settings().with_csrf(CsrfSettings::default().with_mode(csrf))).await;
        let client = Client::new(router_of(app)).with_origin("http://testserver");
        let failed = client.log_in("/auth/login/", "ada", "wrong").await;
        assert_eq!((failed.status().as_u16(), client.cookie("sessionid")), (200, None));
        assert_eq!(client.get("/me").await.text(), "nobody by none");

        assert_eq!(client.log_in("/auth/login/", "ada", "pw").await.status(), 303);
        assert_eq!(client.get("/me").await.text(), "ada by Session");
        assert_eq!(client.post("/write").form(&[("text", "a & b")]).await.text(), "ada wrote a & b", "{csrf:?}");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(client.request(method, "/json").json("hi").await.text(), "ada wrote hi", "{csrf:?}");
        }
        let own = Client::new(router_of(tests::app().await));
        assert_eq!(own.get("/me").await.text(), "nobody by none", "another client has other cookies");

        assert_eq!(client.post("/auth/logout/").form(&[("", ""); 0]).await.status(), 303);
        assert_eq!((client.cookie("sessionid"), client.csrf_token()), (None, None));
        assert_eq!(client.get("/me").await.text(), "nobody by none");
    }
}

#[tokio::test]
async fn a_client_can_be_what_no_browser_is() {
    let client = client().await;
    client.log_in("/auth/login/", "ada", "pw").await;
    let foreign = client.post("/json").json("hi").header("origin", "http://evil.example");
    assert_eq!(foreign.await.code().as_deref(), Some("csrf_failed"));
    let mute = client.post("/json").json("hi").without_header("origin").without_header("sec-fetch-site");
    assert_eq!(mute.await.text(), "ada wrote hi", "the token is enough");
    let bare = client.post("/json").json("hi").without_header("origin").without_header("sec-fetch-site");
    let bare = bare.without_header("x-csrftoken").await;
    assert_eq!(bare.code().as_deref(), Some("csrf_failed"));
    let form = client.post("/write").form(&[("text", "hi"), ("csrfmiddlewaretoken", "wrong")]);
    let form = form.without_header("origin").without_header("sec-fetch-site").await;
    assert_eq!(form.code().as_deref(), Some("csrf_failed"), "a token that the test wrote stays");
}

#[tokio::test]
async fn what_a_client_sends_is_what_a_page_would() {
    let client = client().await;
    client.set_cookie("csrftoken", tests::CSRF);
    assert_eq!(
        client.get("/seen").await.text(),
        format!(
            "cookie: csrftoken={}\nhost: testserver\nreferer: http://testserver/\nsec-fetch-site: same-origin",
            tests::CSRF
        )
    );
    client.set_header("x-mine", "1");
    let sent = client.put("/seen").json(&[1]).header("referer", "http://testserver/page").await;
    assert_eq!(
        sent.text().lines().filter(|line| !line.starts_with("cookie")).collect::<Vec<_>>(),
        [
            "content-type: application/json",
            "host: testserver",
            "origin: http://testserver",
            "referer: http://testserver/page",
            "sec-fetch-site: same-origin",
            "x-csrftoken: abcdefghijklmnopqrstuvwxyzABCDEF",
            "x-mine: 1",
        ]
    );
}

#[tokio::test]
async fn secure_cookies_need_https() {
    let app = app_with(settings().with_session(SessionSettings::default())).await;
    let client = Client::new(router_of(app.clone())).with_origin("http://testserver");
    client.log_in("/auth/login/", "ada", "pw").await;
    assert_eq!(client.cookie("__Host-sessionid"), None);
    let app = app_with(
        settings().with_session(SessionSettings::default()).with_public_origin(auth_runtime::PublicOrigin::default()),
    )
    .await;
    let client = Client::new(router_of(app));
    client.log_in("/auth/login/", "ada", "pw").await;
    assert_eq!(client.get("/me").await.text(), "ada by Session");
}

#[tokio::test]
async fn events_are_kept_in_order() {
    let events = RecordedEvents::default();
    let app = app_with(settings().with_event_listener(events.clone())).await;
    let client = Client::new(router_of(app.clone())).with_origin("http://testserver");
    let from = [("username", "ada"), ("password", "wrong")];
    client.post("/auth/login/").form(&from).peer([192, 0, 2, 7].into()).await;
    app.settings().clock().advance(Duration::from_secs(5));
    client.log_in("/auth/login/", "ada", "pw").await;
    client.post("/auth/logout/").await;

    assert_eq!(events.kinds(), [EventKind::LoginFailed, EventKind::LoggedIn, EventKind::LoggedOut]);
    let failed = &events.of_kind(EventKind::LoginFailed)[0];
    let ada = account(&app, "ada").await.id.to_string();
    assert_eq!((failed.address, failed.user.as_ref()), (Some([192, 0, 2, 7].into()), Some(&ada)));
    assert_eq!(failed.reason.as_deref(), Some("wrong_password"));
    let logged_in = &events.of_kind(EventKind::LoggedIn)[0];
    assert_eq!(logged_in.at, failed.at + Duration::from_secs(5));
    assert!(logged_in.user.is_some() && logged_in.login.is_some());
    assert_eq!(events.last().unwrap().kind, EventKind::LoggedOut);
    assert_eq!((events.take().len(), events.all().len()), (3, 0));
}

#[tokio::test]
async fn a_request_of_the_factory_goes_to_a_router_by_itself() {
    let mut request = RequestBuilder::new(Method::GET, "/me?a=b").header("x-a", "1").header("x-a", "2").build();
    assert_eq!(request.headers().get_all("x-a").iter().count(), 2);
    assert_eq!(request.headers().len(), 2, "nothing is added");
    force_authenticate(&mut request, grace(false));
    assert_eq!(client().await.send(request).await.text(), format!("grace by {FORCED}"));
}
