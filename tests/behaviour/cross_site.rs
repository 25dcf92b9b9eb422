//! Requests that another site made a browser send: every scheme is checked, built in or custom.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use auth_runtime::http::request::Parts;
use auth_runtime::http::{HeaderValue, Version};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, Bearer, GatewayUser, RemoteUser, Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings};
use auth_runtime::store::Login;
use auth_runtime::{
    Auth, AuthError, Authenticator, Chain, CsrfCheck, CsrfForm, Identity, NoSchemes, Outcome, Policy, Resolved, Scheme,
    SchemeResult, TrustedOrigin, User, authenticate, guard,
};
use auth_signatures::{CavageSignature, Hawk, HawkBewit, HttpSignature};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tests::{App, CSRF, app_with, send, settings};

use crate::support::{basic, refusal, state_with_default};

#[derive(Debug, Clone)]
pub(crate) struct Partner;

impl User for Partner {
    fn id(&self) -> Cow<'_, str> {
        "partner".into()
    }
}

async fn find(key: &str) -> Result<Option<Partner>, AuthError> {
    Ok((key.trim_start_matches("Basic ") == "good").then_some(Partner))
}

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = Partner)]
struct CookieKey;

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = Partner, csrf = false)]
struct UncheckedCookie;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Partner)]
struct HeaderKey;

#[derive(Authenticator)]
#[authenticator(header = "X-Forwarded-User", verify = find, user = Partner, csrf = browser)]
struct GatewayHeader;

#[derive(Authenticator)]
#[authenticator(header = "authorization", verify = find, user = Partner)]
struct WholeAuthorization;

#[derive(Authenticator)]
#[authenticator(header = "COOKIE", verify = find, user = Partner)]
struct WholeCookie;

#[derive(Authenticator)]
#[authenticator(query = "key", verify = find, user = Partner)]
struct QueryKey;

#[derive(Authenticator)]
#[authenticator(wraps(CookieKey), map_user = same, user = Partner, state = App)]
struct WrappedCookie;

#[derive(Authenticator)]
#[authenticator(wraps(Session), map_user = of_account, user = Partner, state = App)]
struct WrappedSession;

fn same(partner: Partner) -> Partner {
    partner
}

fn of_account(_: Account) -> Partner {
    Partner
}

/// What a TLS acceptor put among the extensions.
#[derive(Clone)]
struct Serial;

/// Says nothing of what a browser sends: the default is the safe one.
#[derive(Authenticator)]
struct ClientCertificate;

impl<S: Sync> Scheme<S> for ClientCertificate {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Partner> {
        Ok(match request.extensions.get::<Serial>() {
            Some(Serial) => Outcome::Authenticated(Partner, ()),
            None => Outcome::Skipped,
        })
    }
}

/// Says what it reads. Two of it in a chain are an array.
#[derive(Authenticator)]
#[authenticator(csrf = cookie)]
struct CookieByHand {
    #[authenticator(default = "other")]
    name: &'static str,
}

impl<S: Sync> Scheme<S> for CookieByHand {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Partner> {
        let cookies = request.headers.get("cookie").and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
        let wanted = format!("{}=good", self.name);
        let is_there = cookies.split("; ").any(|cookie| cookie == wanted);
        Ok(if is_there { Outcome::Authenticated(Partner, ()) } else { Outcome::Skipped })
    }
}

/// Asks `Session` by itself, and says nothing of it.
#[derive(Authenticator)]
struct SessionByHand;

impl Scheme<App> for SessionByHand {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, app: &App) -> SchemeResult<Partner> {
        Ok(match Session::DEFAULT.authenticate(request, app).await? {
            Outcome::Authenticated(_, _) => Outcome::Authenticated(Partner, ()),
            Outcome::Deferred(_, _, deferred) => Outcome::Deferred(Partner, (), deferred),
            _ => Outcome::Skipped,
        })
    }
}

struct ChainByHand;

impl Chain<App> for ChainByHand {
    type User = Account;
    type Auth = Login;

    async fn resolve<'a>(&'a self, request: &'a Parts, app: &'a App) -> Result<Resolved<Account, Login>, AuthError> {
        Ok(Resolved::from_scheme::<Session>(Session::DEFAULT.authenticate(request, app).await?))
    }

    fn challenges(&self, app: &App) -> Vec<Option<HeaderValue>> {
        NoSchemes.challenges(app)
    }
}

struct PolicyByHand;

impl Policy<App> for PolicyByHand {
    type User = Account;
    type Auth = Login;

    async fn resolve<'a>(request: &'a Parts, app: &'a App) -> Result<Resolved<Account, Login>, AuthError> {
        ChainByHand.resolve(request, app).await
    }

    fn challenges(app: &App) -> Vec<Option<HeaderValue>> {
        ChainByHand.challenges(app)
    }

    async fn permit<'a>(_: &'a auth_runtime::permission::Access<'a, App, Account>) -> Result<(), AuthError> {
        Ok(())
    }
}

#[derive(Policy)]
#[policy(chain(Session), permit(IsAuthenticated))]
struct Guard;

/// 101 to a handshake, as an upgrade extractor answers, and 200 to everything else.
fn answer(request: &Parts) -> Response {
    let is_handshake = request.headers.contains_key("upgrade") || request.method == "CONNECT";
    if is_handshake { StatusCode::SWITCHING_PROTOCOLS } else { StatusCode::OK }.into_response()
}

macro_rules! handlers {
    ($($name:ident: [$($scheme:tt)*] $user:ty),+ $(,)?) => {$(
        #[authenticate($($scheme)*, state = App)]
        async fn $name(#[user] _: $user, request: Parts) -> Response {
            answer(&request)
        }
    )+};
}

handlers! {
    session: [Session] Account,
    session_last: [Token, Basic, Session] Account,
    by_array: [CookieByHand, CookieByHand(name = "key")] Partner,
    by_basic: [Basic] Account,
    by_gateway: [RemoteUser] Account,
    by_token: [Token] Account,
    by_cookie_key: [CookieKey] Partner,
    by_unchecked_cookie: [UncheckedCookie] Partner,
    by_header_key: [HeaderKey] Partner,
    by_gateway_header: [GatewayHeader] Partner,
    by_whole_authorization: [WholeAuthorization] Partner,
    by_whole_cookie: [WholeCookie] Partner,
    by_query_key: [QueryKey] Partner,
    by_wrapped_cookie: [WrappedCookie] Partner,
    by_wrapped_session: [WrappedSession] Partner,
    by_session_by_hand: [SessionByHand] Partner,
    by_certificate: [ClientCertificate] Partner,
    by_policy_by_hand: [policy = PolicyByHand] Account,
    as_anybody: [Session] Identity<Account>,
    as_option: [Session] Option<Account>,
}

async fn by_extractor(_: Auth<Account, PolicyByHand>, request: Parts) -> Response {
    answer(&request)
}

#[authenticate(Session, state = App)]
#[permit(IsAuthenticated)]
async fn guarded(request: Parts) -> Response {
    answer(&request)
}

#[authenticate(Session)]
async fn form(#[user] me: Account, CsrfForm(fields): CsrfForm<Vec<(String, String)>>) -> String {
    format!("{} {}", me.username, fields[0].1)
}

#[authenticate(CookieKey)]
async fn partner_form(#[user] _: Partner, CsrfForm(fields): CsrfForm<Vec<(String, String)>>) -> String {
    format!("partner {}", fields[0].1)
}

fn router(app: &App) -> Router {
    let behind_guard =
        guard::<Guard, App>(Router::new().route("/behind-guard", any(async |parts: Parts| answer(&parts))), app);
    Router::new()
        .route("/session", any(session))
        .route("/session-last", any(session_last))
        .route("/array", any(by_array))
        .route("/basic", any(by_basic))
        .route("/gateway", any(by_gateway))
        .route("/token", any(by_token))
        .route("/cookie-key", any(by_cookie_key))
        .route("/unchecked-cookie", any(by_unchecked_cookie))
        .route("/header-key", any(by_header_key))
        .route("/gateway-header", any(by_gateway_header))
        .route("/whole-authorization", any(by_whole_authorization))
        .route("/whole-cookie", any(by_whole_cookie))
        .route("/query-key", any(by_query_key))
        .route("/wrapped-cookie", any(by_wrapped_cookie))
        .route("/wrapped-session", any(by_wrapped_session))
        .route("/session-by-hand", any(by_session_by_hand))
        .route("/certificate", any(by_certificate))
        .route("/policy-by-hand", any(by_policy_by_hand))
        .route("/extractor", any(by_extractor))
        .route("/guarded", any(guarded))
        .route("/anybody", any(as_anybody))
        .route("/option", any(as_option))
        .route("/form", any(form))
        .route("/partner-form", any(partner_form))
        .merge(behind_guard)
        .with_state(app.clone())
}

/// Credentials, where they are sent to, and how the scheme is checked.
struct Way {
    path: &'static str,
    header: Option<(&'static str, String)>,
    check: Check,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Check {
    Cookie,
    Browser,
    Off,
}

fn ways() -> Vec<Way> {
    let way = |path, name, value: &str, check| Way { path, header: Some((name, value.to_owned())), check };
    let login = "sessionid=ada-login";
    let mut ways: Vec<Way> = [
        "/session",
        "/session-last",
        "/wrapped-session",
        "/session-by-hand",
        "/policy-by-hand",
        "/extractor",
        "/guarded",
        "/behind-guard",
        "/anybody",
        "/option",
    ]
    .map(|path| way(path, "cookie", login, Check::Cookie))
    .into();
    ways.extend([
        way("/cookie-key", "cookie", "key=good", Check::Cookie),
        way("/array", "cookie", "key=good", Check::Cookie),
        way("/wrapped-cookie", "cookie", "key=good", Check::Cookie),
        way("/whole-cookie", "cookie", "good", Check::Cookie),
        way("/basic", "authorization", &basic("ada", "pw"), Check::Browser),
        way("/session-last", "authorization", &basic("ada", "pw"), Check::Browser),
        way("/whole-authorization", "authorization", "Basic good", Check::Browser),
        way("/gateway-header", "x-forwarded-user", "good", Check::Browser),
        Way { path: "/gateway", header: None, check: Check::Browser },
        Way { path: "/certificate", header: None, check: Check::Browser },
        way("/token", "authorization", "Token ada-token", Check::Off),
        way("/session-last", "authorization", "Token ada-token", Check::Off),
        way("/header-key", "x-api-key", "good", Check::Off),
        way("/query-key?key=good", "accept", "*/*", Check::Off),
        way("/unchecked-cookie", "cookie", "key=good", Check::Off),
    ]);
    ways
}

impl Way {
    fn request(&self, method: &str, headers: &[(&str, &str)]) -> Request<Body> {
        let mut request = tests::request(method, self.path, headers);
        if let Some((name, value)) = &self.header {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request.extensions_mut().insert(GatewayUser("ada".to_owned()));
        request.extensions_mut().insert(Serial);
        request
    }

    /// `ok`, or what a refusal says after `CSRF Failed: `.
    async fn seen(&self, router: &Router, request: Request<Body>) -> String {
        let answer = send(router, request).await;
        match refusal(&answer) {
            (101 | 200, _) => "ok".to_owned(),
            (403, code) if code == "csrf_failed" => answer.detail().trim_start_matches("CSRF Failed: ").to_owned(),
            _ => format!("{}: {answer:?}", self.path),
        }
    }
}

const OWN: (&str, &str) = ("origin", "http://testserver");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const NULL: (&str, &str) = ("origin", "null");
const OTHER_PORT: (&str, &str) = ("origin", "http://testserver:8000");
const OTHER_SCHEME: (&str, &str) = ("origin", "https://testserver");
const NOT_SET: &str = "CSRF cookie not set.";
const FOREIGN_SITE: &str = "Origin checking failed - the request comes from another site.";

const fn site(value: &'static str) -> (&'static str, &'static str) {
    ("sec-fetch-site", value)
}

/// What browsers say of a request, and whether it is foreign.
fn words() -> Vec<(Vec<(&'static str, &'static str)>, Option<String>)> {
    let foreign = |origin: &str| Some(format!("Origin checking failed - {origin} does not match any trusted origins."));
    let other_site = || Some(FOREIGN_SITE.to_owned());
    vec![
        (vec![OWN], None),
        (vec![OWN, site("same-origin")], None),
        (vec![OWN, site("cross-site")], None),
        (vec![OWN, OWN], None),
        (vec![site("same-origin")], None),
        (vec![site("same-origin"), site("same-origin")], None),
        (vec![NULL, site("same-origin")], None),
        (vec![OTHER_PORT, site("same-origin")], None),
        (vec![OTHER_SCHEME, site("same-origin")], None),
        (vec![EVIL], foreign("https://evil.example")),
        (vec![EVIL, site("same-origin")], foreign("https://evil.example")),
        (vec![EVIL, site("none")], foreign("https://evil.example")),
        (vec![("origin", "http://a.testserver"), site("same-origin")], foreign("http://a.testserver")),
        (vec![("origin", "http://a.testserver"), site("same-site")], foreign("http://a.testserver")),
        (vec![NULL], foreign("null")),
        (vec![NULL, site("cross-site")], foreign("null")),
        (vec![NULL, site("same-site")], foreign("null")),
        (vec![NULL, site("none")], foreign("null")),
        (vec![("origin", ""), site("same-origin")], foreign("")),
        (vec![("origin", "file://"), site("same-origin")], foreign("file://")),
        (vec![OTHER_PORT], foreign("http://testserver:8000")),
        (vec![OTHER_PORT, site("same-site")], foreign("http://testserver:8000")),
        (vec![OTHER_SCHEME], foreign("https://testserver")),
        (vec![OWN, EVIL], foreign("http://testserver, https://evil.example")),
        (vec![EVIL, OWN, site("same-origin")], foreign("https://evil.example, http://testserver")),
        (vec![NULL, OWN, site("same-origin")], foreign("null, http://testserver")),
        (vec![OWN, site("same-origin"), site("cross-site")], other_site()),
        (vec![site("same-origin"), site("cross-site")], other_site()),
        (vec![site("same-origin, cross-site")], other_site()),
        (vec![site("same-site")], other_site()),
        (vec![site("cross-site")], other_site()),
        (vec![site("Same-Origin")], other_site()),
        (vec![site("")], other_site()),
    ]
}

#[tokio::test]
async fn what_a_browser_sends_by_itself_is_refused_to_other_sites() {
    let router = router(&app_with(settings()).await);
    for way in ways() {
        for (headers, foreign) in words() {
            let wanted = foreign.filter(|_| way.check != Check::Off).unwrap_or_else(|| "ok".to_owned());
            for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE"] {
                let seen = way.seen(&router, way.request(method, &headers)).await;
                assert_eq!(seen, wanted, "{method} {} {headers:?}", way.path);
            }
        }
    }
}

#[tokio::test]
async fn a_program_needs_a_token_with_a_cookie_alone() {
    let router = router(&app_with(settings()).await);
    for way in ways() {
        for headers in [&[][..], &[site("none")]] {
            let wanted = if way.check == Check::Cookie { NOT_SET } else { "ok" };
            assert_eq!(way.seen(&router, way.request("POST", headers)).await, wanted, "{} {headers:?}", way.path);
        }
        let mut request = way.request("DELETE", &[("x-csrftoken", CSRF)]);
        let cookie =
            request.headers().get("cookie").map_or(String::new(), |cookie| cookie.to_str().unwrap().to_owned());
        if way.path != "/whole-cookie" {
            request.headers_mut().insert("cookie", format!("{cookie}; csrftoken={CSRF}").parse().unwrap());
            assert_eq!(way.seen(&router, request).await, "ok", "{}", way.path);
        }
    }
}

#[tokio::test]
async fn a_handshake_is_checked_as_a_change_and_needs_no_token() {
    for mode in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        let router = router(&app_with(settings().with_csrf(CsrfSettings::default().with_mode(mode))).await);
        for way in ways() {
            for (headers, foreign) in words().into_iter().chain([(vec![], None), (vec![site("none")], None)]) {
                let wanted = foreign.filter(|_| way.check != Check::Off).unwrap_or_else(|| "ok".to_owned());
                for upgrade in ["websocket", "WebSocket", "h2c, websocket", "anything"] {
                    let handshake = [&[("upgrade", upgrade), ("connection", "Upgrade")], &headers[..]].concat();
                    let seen = way.seen(&router, way.request("GET", &handshake)).await;
                    assert_eq!(seen, wanted, "{mode:?} {} {handshake:?}", way.path);
                }
                for version in [Version::HTTP_2, Version::HTTP_3] {
                    let mut connect = way.request("CONNECT", &headers);
                    *connect.version_mut() = version;
                    let seen = way.seen(&router, connect).await;
                    assert_eq!(seen, wanted, "{mode:?} CONNECT {} {headers:?}", way.path);
                }
            }
            let without_token = way.seen(&router, way.request("CONNECT", &[])).await;
            let wanted = if way.check == Check::Cookie { NOT_SET } else { "ok" };
            assert_eq!(without_token, wanted, "HTTP/1.1 has no handshake by this method: {}", way.path);
            let change = way.seen(&router, way.request("POST", &[("upgrade", "websocket")])).await;
            assert_eq!(change, wanted, "a change stays one: {}", way.path);
        }
    }
}

#[tokio::test]
async fn a_request_that_changes_nothing_is_not_checked() {
    let router = router(&app_with(settings()).await);
    for way in ways() {
        for (headers, _) in words() {
            for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
                let seen = way.seen(&router, way.request(method, &headers)).await;
                assert_eq!(seen, "ok", "{method} {} {headers:?}", way.path);
            }
        }
    }
}

#[tokio::test]
async fn token_mode_wants_the_token_with_every_cookie() {
    let router = router(&app_with(settings().with_csrf(CsrfSettings::default().with_mode(CsrfMode::Token))).await);
    for way in ways() {
        for (headers, foreign) in words() {
            let wanted = match (way.check, foreign) {
                (Check::Cookie, None) => NOT_SET.to_owned(),
                (Check::Browser | Check::Cookie, Some(foreign)) => foreign,
                (Check::Browser, None) | (Check::Off, _) => "ok".to_owned(),
            };
            let seen = way.seen(&router, way.request("POST", &headers)).await;
            assert_eq!(seen, wanted, "{} {headers:?}", way.path);
        }
    }
}

#[tokio::test]
async fn pages_of_a_trusted_origin_may_send_what_own_pages_may() {
    let trusted = vec![TrustedOrigin::parse("https://*.example.org").unwrap()];
    let router = router(&app_with(settings().with_csrf(CsrfSettings::default().with_trusted_origins(trusted))).await);
    for way in ways() {
        for request in [("POST", None), ("GET", Some(("upgrade", "websocket")))] {
            let (method, upgrade) = request;
            for (origin, is_trusted) in [("https://app.example.org", true), ("https://app.example.com", false)] {
                let mut headers = vec![("origin", origin), site("cross-site")];
                headers.extend(upgrade);
                let seen = way.seen(&router, way.request(method, &headers)).await;
                assert_eq!(seen == "ok", is_trusted || way.check == Check::Off, "{method} {} {origin}", way.path);
            }
        }
    }
}

#[tokio::test]
async fn the_field_of_a_form_is_verified_for_every_cookie() {
    let router = router(&app_with(settings()).await);
    for (path, cookie, who) in [("/form", "sessionid=ada-login", "ada"), ("/partner-form", "key=good", "partner")] {
        let cookies = format!("{cookie}; csrftoken={CSRF}");
        let form = |headers: &[(&str, &str)], token: &str| {
            let headers =
                [&[("content-type", "application/x-www-form-urlencoded"), ("cookie", &cookies)], headers].concat();
            tests::request_with("POST", path, &headers, &format!("text=hi&csrfmiddlewaretoken={token}"))
        };
        assert_eq!(send(&router, form(&[], CSRF)).await.body, format!("{who} hi"));
        assert_eq!(send(&router, form(&[OWN], "")).await.body, format!("{who} hi"));
        for (headers, token) in [(&[][..], "ZYXWVUTSRQPONMLKJIHGFEDCBA987654"), (&[], ""), (&[EVIL], CSRF)] {
            let answer = send(&router, form(headers, token)).await;
            assert_eq!(refusal(&answer), (403, "csrf_failed".to_owned()), "{path} {headers:?} {token}");
        }
    }
}

/// The names of the schemes that a crate's sources have, but for those of its tests.
fn schemes_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().unwrap() != "tests" {
                schemes_in(&path, names);
            }
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for (line, next) in text.lines().zip(text.lines().skip(1)) {
            if let Some((_, name)) = line.strip_prefix("impl").and_then(|line| line.split_once(" Authenticator for ")) {
                // An array of one scheme with several options is not another scheme.
                if !name.starts_with('[') {
                    names.insert(name.split([' ', '<']).next().unwrap().to_owned());
                }
            }
            let is_derived = line.starts_with("#[derive(") && line.contains("Authenticator");
            assert!(
                !is_derived || next.contains("chain("),
                "{}: a scheme that is not in the test: {next}",
                path.display()
            );
        }
    }
}

#[test]
fn every_scheme_of_the_crates_says_what_a_browser_sends() {
    fn check<T: Authenticator>() -> (String, CsrfCheck) {
        (T::NAME.to_owned(), T::CSRF)
    }
    let known = BTreeMap::from([
        check::<Basic>(),
        check::<Bearer>(),
        check::<RemoteUser>(),
        check::<Session>(),
        check::<Token>(),
        check::<CavageSignature>(),
        check::<Hawk>(),
        check::<HawkBewit>(),
        check::<HttpSignature>(),
    ]);
    let (mut found, workspace) = (BTreeSet::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    for folder in ["auth-runtime/src/scheme", "auth-signatures/src", "auth-store/src", "auth-admin/src"] {
        schemes_in(&workspace.join(folder), &mut found);
    }
    assert_eq!(found, known.keys().cloned().collect(), "add the new scheme above, and decide how it is checked below");
    for (name, check) in known {
        let wanted = match name.as_str() {
            "Session" => CsrfCheck::Cookie,
            "Basic" | "RemoteUser" => CsrfCheck::Browser,
            _ => CsrfCheck::Off,
        };
        assert_eq!(check, wanted, "{name}");
    }
    assert_eq!(check::<[Session; 2]>().1, CsrfCheck::Cookie);
    assert_eq!(check::<[Token; 2]>().1, CsrfCheck::Off);
    assert_eq!(check::<ClientCertificate>().1, CsrfCheck::Browser, "what says nothing is checked");
}

#[authenticate]
async fn by_default(#[user] me: Account) -> String {
    me.username
}

async fn current(auth_runtime::CurrentUser(me): auth_runtime::CurrentUser<Account>) -> String {
    me.username
}

#[tokio::test]
async fn the_default_policy_is_checked() {
    state_with_default!(Own, Guard);
    let own = Own(app_with(settings()).await);
    let router = Router::new().route("/bare", any(by_default)).route("/current", any(current)).with_state(own);
    for path in ["/bare", "/current"] {
        let login = ("cookie", "sessionid=ada-login");
        assert_eq!(send(&router, tests::request("POST", path, &[login, OWN])).await.body, "ada");
        let answer = send(&router, tests::request("POST", path, &[login, EVIL])).await;
        assert_eq!(refusal(&answer), (403, "csrf_failed".to_owned()), "{path}");
    }
}
