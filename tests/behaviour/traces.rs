//! What is traced of a request: the documented fields, and nothing that somebody typed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, Once};

use auth_runtime::http::Method;
use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings, LoginFailures};
use auth_runtime::testing::{Answer, Client, RequestBuilder};
use auth_runtime::throttle::Limit;
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{
    AllowAnonymous, AuthError, Authenticator, Digest, Peers, Proxies, Settings, TokenFormat, authenticate,
};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::{any, get as on_get};
use tests::{App, CSRF, app, app_with, request, request_with, send, settings};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[cfg(unix)]
use crate::support::{basic, from_peer, from_unix_peer};

/// A span or an event, with all its fields.
#[derive(Debug, Clone, Default)]
struct Line {
    target: String,
    name: String,
    level: String,
    fields: Vec<(String, String)>,
}

impl Line {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.push((field.name().to_owned(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name().to_owned(), value.to_owned()));
    }
}

/// Keeps everything, at every level.
#[derive(Clone, Default)]
struct Recorder {
    lines: Arc<Mutex<Vec<Line>>>,
}

impl Recorder {
    fn begin(&self, of: &Metadata<'_>, fields: impl FnOnce(&mut Line)) -> usize {
        let mut line = Line {
            target: of.target().to_owned(),
            name: of.name().to_owned(),
            level: of.level().to_string(),
            ..Line::default()
        };
        fields(&mut line);
        let mut lines = self.lines.lock().unwrap();
        lines.push(line);
        lines.len() - 1
    }

    fn take(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }

    /// `scheme` and `outcome` of each request so far.
    fn outcomes(&self) -> Vec<(String, String)> {
        let spans = self.take().into_iter().filter(|line| line.name == "auth.authenticate");
        spans
            .map(|span| {
                assert_eq!((span.target.as_str(), span.level.as_str()), ("auth::request", "DEBUG"));
                let odd =
                    span.fields.iter().find(|(name, _)| !["scheme", "outcome", "address"].contains(&name.as_str()));
                assert_eq!(odd, None, "{span:?}");
                (span.field("scheme").unwrap().to_owned(), span.field("outcome").unwrap().to_owned())
            })
            .collect()
    }
}

thread_local! {
    /// Who keeps what happens on this thread.
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Keeps what happens on this thread, for as long as the guard lives.
fn record(recorder: &Recorder) -> impl Drop {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            RECORDER.take();
        }
    }
    // For all threads: whether anybody listens to a line is remembered for all of them.
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(OfThisThread).unwrap());
    RECORDER.replace(Some(recorder.clone()));
    Guard
}

/// Hands everything to the recorder of its thread.
struct OfThisThread;

impl OfThisThread {
    fn begin(of: &Metadata<'_>, fields: impl FnOnce(&mut Line)) -> Option<u64> {
        RECORDER.with_borrow(|recorder| Some(recorder.as_ref()?.begin(of, fields) as u64))
    }
}

impl Subscriber for OfThisThread {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Id::from_u64(Self::begin(span.metadata(), |line| span.record(line)).unwrap_or(u64::from(u32::MAX)) + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let at = usize::try_from(span.into_u64()).unwrap() - 1;
        RECORDER.with_borrow(|recorder| {
            let Some(recorder) = recorder else { return };
            if let Some(line) = recorder.lines.lock().unwrap().get_mut(at) {
                values.record(line);
            }
        });
    }

    fn event(&self, event: &Event<'_>) {
        Self::begin(event.metadata(), |line| event.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Debug, Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_partner, state = App)]
struct PartnerKey;

async fn find_partner(key: &str, app: &App) -> Result<Option<Account>, auth_runtime::store::StoreError> {
    use auth_runtime::store::AccountStore;
    if key == "partner-key-secret" { app.backend().account("ada").await } else { Ok(None) }
}

#[authenticate(Token, Basic, Session)]
#[permit(IsAuthenticated)]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
async fn anybody(#[user] who: Option<Account>) -> String {
    who.map_or_else(|| "nobody".to_owned(), |who| who.username)
}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn staff() {}

#[authenticate(PartnerKey, state = App)]
#[permit(IsAuthenticated)]
async fn partner() {}

#[authenticate(RemoteUser)]
#[permit(IsAuthenticated)]
async fn gateway() {}

#[authenticate(none)]
#[permit(auth_runtime::permission::AllowAny)]
async fn open() {}

#[derive(Debug)]
struct Tired;

impl<S: Sync, U: auth_runtime::User> auth_runtime::Permission<S, U> for Tired {
    async fn has_permission(&self, _: &auth_runtime::permission::Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::throttled(None))
    }
}

#[authenticate(Token)]
#[permit(Tired)]
async fn tired() {}

#[authenticate(Token)]
async fn note(#[user] who: auth_runtime::Identity<Account>) -> auth_runtime::Rejection {
    who.reject(AuthError::not_found())
}

fn client(app: &App) -> Client {
    let router = Router::new()
        .route("/notes/{name}", on_get(note))
        .route("/me", any(me))
        .route("/anybody", on_get(anybody))
        .route("/staff", on_get(staff))
        .route("/partner", on_get(partner))
        .route("/gateway", on_get(gateway))
        .route("/open", on_get(open))
        .route("/tired", on_get(tired))
        .nest("/auth", login_pages())
        .route("/api-token-auth/", obtain_token::<App, AllowAnonymous>())
        .with_state(app.clone());
    Client::new(router).with_origin("http://testserver")
}

async fn with(request: RequestBuilder<&Client>, header: &str, value: &str) -> Answer {
    request.header(header, value).await
}

#[tokio::test]
async fn each_request_has_a_span_with_its_scheme_and_its_outcome() {
    let app = app().await;
    let client = client(&app);
    let recorder = Recorder::default();
    let _guard = record(&recorder);
    let token = ("authorization", "Token ada-token");
    let basic_right = basic("ada", "pw");
    for (path, (header, value), wanted) in [
        ("/me", token, ("Token", "authenticated")),
        ("/me", ("authorization", basic_right.as_str()), ("Basic", "authenticated")),
        ("/me", ("cookie", "sessionid=ada-login"), ("Session", "authenticated")),
        ("/me", ("authorization", "Token wrong"), ("Token", "failed")),
        ("/me", ("authorization", "Basic wrong"), ("Basic", "failed")),
        ("/me", ("cookie", "sessionid=wrong"), ("none", "denied")),
        ("/anybody", ("x", "y"), ("none", "anonymous")),
        ("/open", token, ("none", "anonymous")),
        ("/staff", token, ("Token", "denied")),
        ("/staff", ("x", "y"), ("none", "denied")),
        ("/tired", token, ("Token", "throttled")),
        ("/tired", ("x", "y"), ("none", "throttled")),
        ("/partner", ("x-api-key", "partner-key-secret"), ("PartnerKey", "authenticated")),
        ("/partner", ("x-api-key", "wrong"), ("PartnerKey", "failed")),
    ] {
        with(client.get(path), header, value).await;
        let (scheme, outcome) = recorder.outcomes().pop().unwrap();
        assert_eq!((scheme.as_str(), outcome.as_str()), wanted, "{path} {header}: {value}");
    }
    let foreign = client.post("/me").header("cookie", "sessionid=ada-login").header("origin", "http://evil");
    foreign.await;
    assert_eq!(recorder.outcomes().pop().unwrap(), ("Session".into(), "denied".into()));
    app.backend().set_down(true);
    with(client.get("/me"), token.0, token.1).await;
    assert_eq!(recorder.outcomes().pop().unwrap(), ("Token".into(), "unavailable".into()));
    assert_eq!(recorder.outcomes().len(), 16, "one for each");
    let refused = recorder.take().pop().unwrap();
    assert_eq!((refused.target.as_str(), refused.level.as_str()), ("auth::request", "ERROR"));
    assert_eq!(
        (refused.field("code"), refused.field("status")),
        (Some("unavailable"), Some("503 Service Unavailable"))
    );
    assert!(refused.field("source").is_some(), "{refused:?}");
}

#[tokio::test]
async fn the_trace_of_a_refusal_says_which_route_and_from_where() {
    let app = app().await;
    let client = client(&app);
    let recorder = Recorder::default();
    let _guard = record(&recorder);
    let token = ("authorization", "Token ada-token");
    for (method, path, (header, value), status, route, scheme) in [
        (Method::GET, "/me?secret=x", ("authorization", "Token wrong"), "401 Unauthorized", "/me", Some("Token")),
        (Method::DELETE, "/me", ("x", "y"), "401 Unauthorized", "/me", None),
        (Method::GET, "/staff", token, "403 Forbidden", "/staff", None),
        (Method::GET, "/tired", token, "429 Too Many Requests", "/tired", None),
        (Method::GET, "/notes/secret", token, "404 Not Found", "/notes/{name}", None),
        (Method::POST, "/auth/login/", ("origin", "http://evil"), "403 Forbidden", "/auth/login/", None),
    ] {
        let request = client.request(method.clone(), path).header(header, value).peer([203, 0, 113, 7].into());
        request.await;
        let lines = recorder.take();
        let line = lines.iter().rfind(|line| line.field("code").is_some()).unwrap();
        assert_eq!(line.field("status"), Some(status), "{path}: {line:?}");
        assert_eq!(line.field("method"), Some(method.as_str()), "{path}: {line:?}");
        assert_eq!(line.field("path"), Some(route), "{path}: {line:?}");
        assert_eq!(line.field("address"), Some("203.0.113.7"), "{path}: {line:?}");
        assert_eq!(line.field("scheme"), scheme, "{path}: {line:?}");
    }
    app.backend().set_down(true);
    client.get("/me").header(token.0, token.1).peer([203, 0, 113, 7].into()).await;
    let line = recorder.take().pop().unwrap();
    let route = (line.level.as_str(), line.field("method"), line.field("path"), line.field("address"));
    assert_eq!(route, ("ERROR", Some("GET"), Some("/me"), Some("203.0.113.7")));
    let spans = recorder.take().into_iter().filter(|line| line.name == "auth.authenticate");
    assert!(spans.map(|span| span.field("address").map(str::to_owned)).all(|address| address.is_some()));
}

/// All that is secret in the runs below, or typed by somebody into the field for the name.
const SECRETS: [&str; 12] = [
    "ada-token",
    "ada-login",
    "partner-key-secret",
    "wrong-token-secret",
    "wrong-key-secret",
    "wrong-cookie-secret",
    "wrong-password-secret",
    "typed-name",
    "right-password-secret",
    CSRF,
    "wrongcsrfwrongcsrfwrongcsrfwrong",
    "wrong-gateway-name",
];

/// Good and bad requests of each scheme, and the secrets that they were answered with.
async fn run(app: &App) -> Vec<String> {
    let mut given = Vec::new();
    let hash = app.passwords().hash("right-password-secret").await.unwrap();
    auth_runtime::store::AccountStore::set_password_hash(
        app.backend(),
        "ada",
        Some(&hash),
        auth_runtime::store::Keep { login: None, personal_tokens: true },
    )
    .await
    .unwrap();
    given.push(hash);
    let token = tests::account(app, "ada").await;
    tests::give_login(app, &token, "ada-login").await;
    let client = client(app);
    let right = basic("ada", "right-password-secret");
    let wrong = basic("typed-name", "wrong-password-secret");
    given.extend([right.clone(), wrong.clone()].map(|value| value.split(' ').nth(1).unwrap().to_owned()));
    for path in ["/me", "/staff", "/partner", "/gateway", "/anybody", "/open", "/tired"] {
        for (header, value) in [
            ("authorization", "Token ada-token"),
            ("authorization", "Token wrong-token-secret"),
            ("authorization", "Token wrong-token-secret wrong-token-secret"),
            ("authorization", &right),
            ("authorization", &wrong),
            ("cookie", "sessionid=ada-login"),
            ("cookie", "sessionid=wrong-cookie-secret"),
            ("cookie", "sessionid=ada-login; sessionid=wrong-cookie-secret"),
            ("x-api-key", "partner-key-secret"),
            ("x-api-key", "wrong-key-secret"),
            ("remote-user", "wrong-gateway-name"),
        ] {
            with(client.get(path), header, value).await;
        }
        client.get(path).header("remote-user", "wrong-gateway-name").peer([127, 0, 0, 1].into()).await;
    }
    for (csrf, token) in [(CSRF, CSRF), (CSRF, "wrongcsrfwrongcsrfwrongcsrfwrong"), ("wrong-cookie-secret", CSRF)] {
        for method in [Method::POST, Method::DELETE] {
            let request = client.request(method, "/me").header("x-csrftoken", token);
            request.header("cookie", &format!("sessionid=ada-login; csrftoken={csrf}")).await;
        }
    }
    for (name, password) in
        [("ada", "right-password-secret"), ("typed-name", "wrong-password-secret"), ("ada", "wrong-password-secret")]
    {
        client.log_in("/auth/login/", name, password).await;
        given.extend(["sessionid", "csrftoken"].iter().filter_map(|name| client.cookie(name)));
        let page = client.get("/auth/login/").await.text().into_owned();
        let masked = page.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        assert_eq!(masked.len(), 64, "{page}");
        given.push(masked);
        client.post("/me").form(&[("a", "b")]).await;
        let answer = client
            .post("/api-token-auth/")
            .json(
                &[("username", name), ("password", password)].into_iter().collect::<std::collections::HashMap<_, _>>(),
            )
            .await;
        if answer.status() == 200 {
            given.push(answer.json::<std::collections::HashMap<String, String>>()["token"].clone());
        }
    }
    client.post("/auth/logout/").await;
    given
}

#[tokio::test]
async fn a_forged_request_is_traced_with_both_origins_and_the_setting() {
    let app = app_with(settings()).await;
    let client = client(&app);
    let origin = |value| vec![("origin", value)];
    for (headers, words) in [
        (origin("https://evil.example"), &["https://evil.example", "with_public_origin", "with_trusted_origins"][..]),
        (origin("https://testserver"), &["https://testserver", "scheme", "with_public_origin"]),
        (origin("null"), &["null", "Referrer-Policy: same-origin", "with_trusted_origins"]),
        (vec![("sec-fetch-site", "cross-site")], &["cross-site", "with_trusted_origins"]),
    ] {
        for (name, value) in [("cookie", "sessionid=ada-login"), ("authorization", &basic("ada", "pw"))] {
            let recorder = Recorder::default();
            let guard = record(&recorder);
            let mut request = client.post("/me").without_header("origin").without_header("sec-fetch-site");
            request = request.header(name, value);
            for (name, value) in &headers {
                request = request.header(name, value);
            }
            let answer = request.await;
            drop(guard);
            assert_eq!((answer.status().as_u16(), answer.code().as_deref()), (403, Some("csrf_failed")), "{headers:?}");
            let lines = recorder.take();
            let refusal = lines.iter().find(|line| line.field("code") == Some("csrf_failed")).unwrap();
            let source = refusal.field("source").unwrap();
            for word in words.iter().chain(&["this application is http://testserver by `Settings::public_origin`"]) {
                assert!(source.contains(word), "{word} is not in {source}");
            }
            assert!(!answer.text().contains("with_"), "a client learns nothing of settings");
        }
    }
}

fn hex(digest: &Digest) -> String {
    let mut text = String::new();
    for byte in digest.as_bytes() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// As `Debug` shows bytes.
fn listed(bytes: &[u8]) -> String {
    format!("{bytes:?}").trim_matches(['[', ']']).to_owned()
}

#[tokio::test]
async fn nothing_secret_is_traced_and_no_name_that_was_typed() {
    for (mode, down) in [(CsrfMode::OriginOrToken, false), (CsrfMode::Token, false), (CsrfMode::Token, true)] {
        let failures =
            LoginFailures::default().with_by_name_and_network(Some(Limit::new(1, std::time::Duration::from_secs(600))));
        let settings = settings()
            .with_csrf(CsrfSettings::default().with_mode(mode))
            .with_login_failures(failures)
            .with_gateways(Peers::parse(["127.0.0.1"]).unwrap())
            .with_token_format(TokenFormat::default().with_foreign(mode == CsrfMode::Token));
        let app = app_with(settings).await;
        let recorder = Recorder::default();
        let guard = record(&recorder);
        let mut secrets: Vec<String> = SECRETS.map(str::to_owned).into();
        secrets.extend(run(&app).await);
        if down {
            app.backend().set_down(true);
            for (header, value) in [("authorization", "Token ada-token"), ("cookie", "sessionid=ada-login")] {
                with(client(&app).get("/me"), header, value).await;
            }
            client(&app).log_in("/auth/login/", "typed-name", "wrong-password-secret").await;
        }
        drop(guard);

        let lines = recorder.take();
        let digests: Vec<String> = secrets.iter().map(|secret| hex(&Digest::of(secret.as_bytes()))).collect();
        let bytes: Vec<String> = secrets
            .iter()
            .flat_map(|secret| [listed(secret.as_bytes()), listed(Digest::of(secret.as_bytes()).as_bytes())])
            .collect();
        assert!(secrets.len() > 20 && lines.len() > 100, "{} secrets, {} lines", secrets.len(), lines.len());
        for line in &lines {
            let text = format!("{line:?}");
            for secret in secrets.iter().chain(&digests) {
                assert!(!text.contains(secret.as_str()), "{secret} in {text}");
            }
            for bytes in &bytes {
                assert!(!text.contains(bytes.as_str()), "{bytes} in {text}");
            }
        }
        for (target, name) in [("auth::request", "code"), ("auth::request", "scheme"), ("auth::event", "event")] {
            let seen = lines.iter().any(|line| line.target == target && line.field(name).is_some());
            assert!(seen, "{target} has {name}");
        }
        let ours = lines.iter().filter(|line| line.target.starts_with("auth"));
        let odd: Vec<&Line> = ours
            .filter(|line| {
                let known: &[&str] = match line.target.as_str() {
                    "auth::request" => &[
                        "message", "scheme", "outcome", "status", "code", "method", "path", "address", "source",
                        "token", "cookie",
                    ],
                    "auth::settings" => &["message"],
                    "auth::event" => {
                        &["event", "user", "operator", "scheme", "login", "token", "client", "address", "reason"]
                    }
                    "auth::store" => &["message", "error"],
                    _ => &[],
                };
                known.is_empty() || line.fields.iter().any(|(name, _)| !known.contains(&name.as_str()))
            })
            .collect();
        assert!(odd.is_empty(), "not in the documentation: {odd:?}");
        let events: Vec<&str> =
            lines.iter().filter(|line| line.target == "auth::event").filter_map(|line| line.field("event")).collect();
        for event in ["logged_in", "login_failed", "login_throttled", "logged_out", "credentials_refused"] {
            assert!(events.contains(&event), "{event} in {events:?}");
        }
    }
}

/// What was said of settings, at the level of warnings.
fn warnings(recorder: &Recorder) -> Vec<String> {
    let lines = recorder.take().into_iter().filter(|line| line.target == "auth::settings");
    lines
        .map(|line| {
            assert_eq!(line.level, "WARN", "{line:?}");
            line.field("message").unwrap().to_owned()
        })
        .collect()
}

#[authenticate(Token)]
#[throttle(anon = "100/minute")]
async fn throttled(#[user] who: Option<Account>) -> String {
    who.map_or_else(String::new, |who| who.username)
}

fn counting_router(app: &App) -> Router {
    Router::new()
        .nest("/auth", login_pages())
        .route("/obtain", obtain_token::<App, AllowAnonymous>())
        .route("/throttled", on_get(throttled))
        .with_state(app.clone())
}

/// Requests that are counted by address: a login at each door, and a throttled one.
fn counted() -> Vec<Request<Body>> {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let origin = ("origin", "http://testserver");
    let attempt = "username=ada&password=wrong";
    vec![
        request_with("POST", "/obtain", &[form], attempt),
        request_with("POST", "/auth/login/", &[form, origin], attempt),
        request("GET", "/throttled", &[]),
    ]
}

#[tokio::test]
async fn an_address_that_is_needed_and_unknown_is_warned_of_once() {
    for first in 0..counted().len() {
        let app = app().await;
        let router = counting_router(&app);
        let recorder = Recorder::default();
        let _guard = record(&recorder);
        send(&router, from_peer(counted().remove(first), "192.0.2.1")).await;
        assert_eq!(warnings(&recorder), [""; 0], "{first}: the address is known");
        send(&router, counted().remove(first)).await;
        let warned = warnings(&recorder);
        assert_eq!(warned.len(), 1, "{first}: {warned:?}");
        assert!(warned[0].contains("into_make_service_with_connect_info::<SocketAddr>()"), "{warned:?}");
        for request in counted().into_iter().chain(counted()) {
            send(&router, request).await;
        }
        assert_eq!(warnings(&recorder).len(), 1, "{first}: once");
    }
}

#[tokio::test]
async fn without_a_limit_by_address_nothing_is_warned_of() {
    let app = app_with(
        settings().with_login_failures(LoginFailures::default().with_by_name_and_network(None).with_by_address(None)),
    )
    .await;
    let recorder = Recorder::default();
    let _guard = record(&recorder);
    send(&counting_router(&app), counted().remove(0)).await;
    send(&counting_router(&app), request("GET", "/throttled", &[("authorization", "Token ada-token")])).await;
    assert_eq!(warnings(&recorder), [""; 0]);
}

#[cfg(unix)]
#[tokio::test]
async fn behind_a_unix_socket_the_warning_names_the_proxy() {
    let recorder = Recorder::default();
    let _guard = record(&recorder);
    let router = counting_router(&app().await);
    send(&router, from_unix_peer(counted().remove(0))).await;
    let warned = warnings(&recorder);
    assert!(warned.last().unwrap().contains("`Settings::with_proxies(Proxies::unix())`"), "{warned:?}");

    let recorder = Recorder::default();
    let _guard = record(&recorder);
    let router = counting_router(&app_with(settings().with_proxies(Proxies::unix())).await);
    let before = warnings(&recorder).len();
    let mut forwarded = from_unix_peer(counted().remove(0));
    forwarded.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
    send(&router, forwarded).await;
    assert_eq!(warnings(&recorder).len(), before, "the proxy says the address");
}

#[tokio::test]
async fn settings_for_development_are_warned_of_and_others_are_not() {
    let recorder = Recorder::default();
    let _guard = record(&recorder);
    drop(auth_runtime::AuthContext::with_settings(auth_store::MemoryStore::new(), Settings::default()));
    assert_eq!(warnings(&recorder), [""; 0]);
    drop(auth_runtime::AuthContext::with_settings(auth_store::MemoryStore::new(), Settings::for_development()));
    let warned = warnings(&recorder);
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("development") && warned[0].contains("`Settings::default()`"), "{warned:?}");
}

#[tokio::test]
async fn headers_of_a_peer_that_is_not_trusted_are_traced_by_name() {
    for (proxies, peer, traced) in [
        (Proxies::none(), "10.0.0.1", true),
        (Proxies::trusted(["10.0.0.2"]).unwrap(), "10.0.0.1", true),
        (Proxies::trusted(["10.0.0.1"]).unwrap(), "10.0.0.1", false),
        (Proxies::hops(1), "10.0.0.1", false),
    ] {
        let router = counting_router(&app_with(settings().with_proxies(proxies.clone())).await);
        let recorder = Recorder::default();
        let _guard = record(&recorder);
        let mut request = from_peer(counted().remove(2), peer);
        request.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
        send(&router, request).await;
        // Whatever needs the address looks for it.
        let lines = recorder.take().into_iter().filter_map(|line| line.field("header").map(str::to_owned));
        let lines: BTreeSet<_> = lines.collect();
        let wanted: &[&str] = if traced { &["x-forwarded-for"] } else { &[] };
        assert_eq!(lines.into_iter().collect::<Vec<_>>(), wanted, "{proxies:?}");
    }
}
