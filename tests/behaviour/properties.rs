//! Properties of arbitrary input.

use std::sync::LazyLock;

use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings, LoginFailures};
use auth_runtime::store::{AccountStore, NewAccount};
use auth_runtime::views::login_pages;
use auth_runtime::{AuthError, Authenticator, Challenge, CsrfToken, Origin, Username, authenticate};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, Uri};
use axum::routing::{any as on_any, get as on_get};
use proptest::collection::vec;
use proptest::prelude::*;
use tests::{App, CSRF, account, app, app_with, get, give_token, request, request_with, send, settings};
use tokio::runtime::Runtime;

use crate::support::{basic, cookie_set};

#[derive(Authenticator)]
#[authenticator(query = "key", verify = no_key, state = App)]
struct Key;

async fn no_key(_: &str, _: &App) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[authenticate(Basic, Token, Token(keyword = "Bearer"), Session, RemoteUser(header = "X-Remote-User"), Key, state = App)]
async fn protected(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session)]
async fn by_session(#[user] me: Account) -> String {
    me.username
}

async fn page(token: CsrfToken) -> (CsrfToken, String) {
    let value = token.value().to_owned();
    (token, value)
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", on_any(protected))
        .route("/session", on_any(by_session))
        .route("/page", on_get(page))
        .nest("/auth", login_pages())
        .with_state(app)
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
/// Without a limit of failed logins: every case is judged.
static SHARED: LazyLock<Router> = LazyLock::new(|| {
    let failures = LoginFailures::unlimited();
    router(RUNTIME.block_on(app_with(settings().with_login_failures(failures))))
});
static TOKEN_MODE: LazyLock<Router> = LazyLock::new(|| {
    let csrf = CsrfSettings::default().with_mode(CsrfMode::Token);
    router(RUNTIME.block_on(app_with(settings().with_csrf(csrf))))
});

/// Any bytes that a header's value may have, often with the beginning of something that is understood.
fn header_value(beginnings: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let legal =
        prop_oneof![4 => 0x20..0x7f_u8, 1 => Just(b'\t'), 1 => 0x80..=0xff_u8, 1 => Just(b'='), 1 => Just(b' ')];
    (prop::sample::select(beginnings), vec(legal, 0..60)).prop_map(|(beginning, rest)| {
        let mut value = beginning.as_bytes().to_vec();
        value.extend(rest);
        value
    })
}

fn add(request: &mut Request<Body>, name: &'static str, value: &[u8]) {
    request.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
}

fn printable(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    vec(any::<char>().prop_filter("no control character", |letter| !letter.is_control()), length)
        .prop_map(String::from_iter)
}

/// The parameters of a challenge, read by RFC 9110 section 11.2 with quoted strings alone.
fn parse_challenge(text: &str) -> Option<(String, Vec<(String, String)>)> {
    let (keyword, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut params = Vec::new();
    while !rest.is_empty() {
        let (name, quoted) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut letters = quoted.char_indices();
        let end = loop {
            match letters.next()? {
                (_, '\\') => value.push(letters.next()?.1),
                (at, '"') => break at + 1,
                (_, letter) => value.push(letter),
            }
        };
        params.push((name.to_owned(), value));
        rest = &quoted[end..];
        rest = if rest.is_empty() { rest } else { rest.strip_prefix(", ")? };
    }
    Some((keyword.to_owned(), params))
}

proptest! {
    #[test]
    fn an_arbitrary_authorization_header_is_401(
        values in vec(header_value(&["", "Basic ", "Token ", "Bearer ", "basic\t", "Basic YWRhOnB", "Token ada-toke"]), 1..3),
    ) {
        let mut request = request("GET", "/", &[]);
        for value in &values { add(&mut request, "authorization", value); }
        let answer = RUNTIME.block_on(send(&SHARED, request));
        let right = values.len() == 1 && ["Token ada-token", "Bearer ada-token", "Basic YWRhOnB3"].iter().any(|good| {
            let words: Vec<_> = std::str::from_utf8(&values[0]).unwrap_or_default().split_ascii_whitespace().collect();
            words.join(" ").eq_ignore_ascii_case(good)
        });
        prop_assert!(answer.status == 401 || right, "{:?}: {:?}", values, answer);
    }

    #[test]
    fn an_arbitrary_cookie_header_logs_nobody_in(
        values in vec(header_value(&["", "sessionid=", "csrftoken=", "sessionid=\"", "a=b; sessionid=ada-logi"]), 1..3),
    ) {
        for (path, status) in [("/", 401), ("/session", 403), ("/page", 200), ("/auth/login/", 200)] {
            let mut request = request("GET", path, &[]);
            for value in &values { add(&mut request, "cookie", value); }
            let answer = RUNTIME.block_on(send(&SHARED, request));
            let right = values.iter().any(|value| String::from_utf8_lossy(value).contains("ada-login"));
            prop_assert!(answer.status == status || right, "{} {:?}: {:?}", path, values, answer);
        }
    }

    #[test]
    fn arbitrary_proof_never_passes_the_csrf_check(
        name in prop::sample::select(&["x-csrftoken", "origin", "referer", "sec-fetch-site"][..]),
        value in header_value(&["", "http://testserver", "http://testserver:80", "https://", "same-origin", "http://[", "null"]),
        host in header_value(&["", "testserver", "testserver:", "a@", "[::1]"]),
        has_cookie in any::<bool>(),
    ) {
        let cookie = if has_cookie { format!("sessionid=ada-login; csrftoken={CSRF}") } else { "sessionid=ada-login".to_owned() };
        for (router, path) in [(&SHARED, "/session"), (&TOKEN_MODE, "/session"), (&SHARED, "/auth/logout/")] {
            let mut request = request("POST", path, &[("cookie", &cookie)]);
            request.headers_mut().insert("host", HeaderValue::from_bytes(&host).unwrap());
            add(&mut request, name, &value);
            let answer = RUNTIME.block_on(send(router, request));
            let text = String::from_utf8_lossy(&value).to_ascii_lowercase();
            let host = String::from_utf8_lossy(&host).to_ascii_lowercase();
            let own = name == "sec-fetch-site" && text == "same-origin"
                || name == "origin" && text.trim_end_matches(":80") == format!("http://{}", host.trim_end_matches(":80"));
            prop_assert!(answer.status == 403 || own, "{} {:?} {:?}: {:?}", name, text, host, answer);
        }
    }

    #[test]
    fn an_arbitrary_query_is_no_key(query in "[ -~]{0,40}", beginning in prop::sample::select(&["", "key=", "key=a&key=", "%6bey="][..])) {
        let Ok(uri) = format!("/?{beginning}{query}").parse::<Uri>() else { return Ok(()) };
        let mut request = request("GET", "/", &[]);
        *request.uri_mut() = uri;
        let answer = RUNTIME.block_on(send(&SHARED, request));
        prop_assert_eq!(answer.status, 401);
    }

    #[test]
    fn an_arbitrary_gateway_header_of_a_client_is_nobody(value in header_value(&["", "ada", "boss"])) {
        let mut request = request("GET", "/", &[("x-remote-user", "ada")]);
        add(&mut request, "x-remote-user", &value);
        prop_assert_eq!(RUNTIME.block_on(send(&SHARED, request)).status, 401);
    }

    #[test]
    fn an_arbitrary_body_logs_nobody_in(body in vec(any::<u8>(), 0..80), text in printable(0..20)) {
        let body = if text.is_empty() { body } else { format!("username=ada&password={text}").into_bytes() };
        let headers = [("origin", "http://testserver"), ("content-type", "application/x-www-form-urlencoded")];
        let request = request_with("POST", "/auth/login/", &headers, "").map(|_| Body::from(body.clone()));
        let answer = RUNTIME.block_on(send(&SHARED, request));
        prop_assert!(answer.status == 200 || text == "pw", "{:?}: {:?}", body, answer);
    }

    #[test]
    fn after_a_log_in_the_browser_stays_on_this_host(next in "[/\\\\a-z:.%?#\t\r\n\u{0}é@ ]{0,12}") {
        let next: String = next.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
        let headers = [("origin", "http://testserver"), ("content-type", "application/x-www-form-urlencoded")];
        let body = format!("username=ada&password=pw&next={next}");
        let answer = RUNTIME.block_on(send(&SHARED, request_with("POST", "/auth/login/", &headers, &body)));
        prop_assert_eq!(answer.status, 303);
        let location = answer.headers["location"].as_bytes();
        prop_assert!(location[0] == b'/' && !matches!(location.get(1), Some(b'/' | b'\\')), "{:?}", location);
        prop_assert!(location.iter().all(u8::is_ascii_graphic), "{:?}", location);
    }

    #[test]
    fn every_printable_name_and_password_logs_in_by_basic(
        username in printable(0..24).prop_map(|name| name.replace(':', "")),
        password in printable(0..24),
    ) {
        let answers = RUNTIME.block_on(async {
            let app = app().await;
            let hash = app.passwords().hash(&password).await.unwrap();
            let account = NewAccount::new(&username).with_password_hash(hash);
            app.backend().create_account(&account).await.unwrap().ok()?;
            let router = router(app);
            let good = get(&router, "/", &[("authorization", &basic(&username, &password))]).await;
            let bad = get(&router, "/", &[("authorization", &basic(&username, &format!("{password}x")))]).await;
            Some((good, bad))
        });
        if let Some((good, bad)) = answers {
            let name = Username::parse(&username).unwrap();
            prop_assert_eq!((good.status.as_u16(), good.body.as_str()), (200, name.as_str()));
            prop_assert_eq!(bad.status, 401);
        }
    }

    #[test]
    fn every_token_without_white_space_authenticates(token in printable(1..60)) {
        let token: String = token.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        prop_assume!(!token.is_empty() && token != "ada-token");
        let (good, bad) = RUNTIME.block_on(async {
            let app = app().await;
            give_token(&app, &account(&app, "boss").await, &token, None).await;
            let router = router(app);
            let with = |token: String| {
                let mut request = request("GET", "/", &[]);
                add(&mut request, "authorization", format!("Bearer {token}").as_bytes());
                request
            };
            (send(&router, with(token.clone())).await, send(&router, with(format!("{token}x"))).await)
        });
        prop_assert_eq!((good.status.as_u16(), good.body.as_str()), (200, "boss"));
        prop_assert_eq!(bad.status, 401);
    }

    #[test]
    fn a_csrf_token_passes_and_with_one_other_letter_fails(at in 0..64_usize, letter in 0x20..0x7f_u8, short in any::<bool>()) {
        let page = RUNTIME.block_on(get(&TOKEN_MODE, "/page", &[]));
        let secret = cookie_set(&page, "csrftoken").unwrap();
        let token = if short { secret.clone() } else { page.body };
        let cookie = format!("sessionid=ada-login; csrftoken={secret}");
        let status = |token: &str| {
            let headers = [("cookie", cookie.as_str()), ("x-csrftoken", token)];
            RUNTIME.block_on(send(&TOKEN_MODE, request("POST", "/session", &headers))).status.as_u16()
        };
        prop_assert_eq!(status(&token), 200);
        let at = at % token.len();
        prop_assume!(token.as_bytes()[at] != letter);
        let mut changed = token.into_bytes();
        changed[at] = letter;
        prop_assert_eq!(status(std::str::from_utf8(&changed).unwrap()), 403);
    }

    #[test]
    fn a_challenge_is_read_back_as_it_was_written(
        params in vec(("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}", printable(0..20)), 0..4),
    ) {
        let mut challenge = Challenge::new("Basic");
        for (name, value) in &params {
            challenge = challenge.param(name, value);
        }
        let value = challenge.to_header_value().unwrap();
        let text = std::str::from_utf8(value.as_bytes()).unwrap();
        prop_assert_eq!(parse_challenge(text), Some(("Basic".to_owned(), params)));
    }

    #[test]
    fn an_origin_is_read_back_as_it_was_written(
        scheme in prop::sample::select(&["http", "https", "HTTP", "hTTps"][..]),
        host in prop_oneof!["[a-zA-Z0-9.-]{1,20}", "[0-9]{1,3}\\.[0-9]{1,3}\\.0\\.1", "\\[[0-9a-fA-F:]{2,20}\\]", "[ -~]{0,12}"],
        port in proptest::option::of(prop_oneof![Just(80), Just(443), any::<u16>()]),
    ) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let text = format!("{scheme}://{host}{port}");
        if let Ok(origin) = Origin::parse(&text) {
            prop_assert_eq!(Origin::parse(&origin.to_string()), Ok(origin.clone()), "{}", text);
            prop_assert_eq!(origin.is_https(), scheme.eq_ignore_ascii_case("https"));
            prop_assert!(!origin.authority().contains(['/', '@', '?', '#']), "{}", text);
        } else {
            let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric());
            prop_assert!(!plain || host.is_empty(), "{} is an origin", text);
        }
    }
}
