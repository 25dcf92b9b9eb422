//! Credentials that are broken, stale, doubled or huge, and a store that does not answer.

use std::time::Duration;

use auth_runtime::scheme::{Basic, GatewayUser, RemoteUser, Session, Token};
use auth_runtime::store::{AccountStore, CredentialStore, NameRejection, NewAccount};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, CsrfToken, InvalidUsername, authenticate};
use auth_store::Account;
use axum::Router;
use axum::http::Request;
use axum::routing::get as on_get;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use tests::{App, account, app, get, give_login, give_token, request, request_with, send};

use crate::support::{basic, basic_of, raw, refusal};

#[authenticate(Basic)]
async fn by_basic(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
async fn by_token(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session)]
async fn by_session(#[user] me: Account) -> String {
    me.username
}

#[authenticate(RemoteUser)]
async fn by_gateway(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Session, Basic, RemoteUser)]
async fn optional(#[user] me: Option<Account>) -> String {
    me.map_or_else(|| "nobody".to_owned(), |me| me.username)
}

async fn page(token: CsrfToken) -> (CsrfToken, &'static str) {
    (token, "page")
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/basic", on_get(by_basic))
        .route("/token", on_get(by_token))
        .route("/session", on_get(by_session))
        .route("/gateway", on_get(by_gateway))
        .route("/optional", on_get(optional).post(optional))
        .route("/page", on_get(page))
        .route("/obtain", obtain_token::<App, AllowAnonymous>())
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

async fn new_account(app: &App, username: &str, password: &str) {
    let hash = app.passwords().hash(password).await.unwrap();
    app.backend().create_account(&NewAccount::new(username).with_password_hash(hash)).await.unwrap().unwrap();
}

fn of_gateway(path: &str, name: &str) -> Request<axum::body::Body> {
    let mut request = request("GET", path, &[]);
    request.extensions_mut().insert(GatewayUser(name.to_owned()));
    request
}

#[tokio::test]
async fn base64_is_read_strictly() {
    let app = app().await;
    new_account(&app, "url", "~~~???>>>").await;
    let router = router(&app);
    let standard = Base64::encode_string(b"url:~~~???>>>");
    let url_safe = Base64UrlUnpadded::encode_string(b"url:~~~???>>>");
    assert_ne!(standard.trim_end_matches('='), url_safe, "the pair needs a letter that the alphabets differ in");
    for good in ["Ym9zczpwdw==", "YWRhOnB3", &standard] {
        assert_eq!(get(&router, "/basic", &[("authorization", &format!("Basic {good}"))]).await.status, 200, "{good}");
    }
    let spaces = "Invalid basic header. Credentials string should not contain spaces.";
    let base64 = "Invalid basic header. Credentials not correctly base64 encoded.";
    let nothing = "Invalid basic header. No credentials provided.";
    for (bad, detail) in [
        ("Ym9zczpwdw", base64),
        ("Ym9zczpwdw=", base64),
        ("Ym9zczpwdw===", base64),
        ("Ym9zczpwdx==", base64),
        ("Ym9zczpwdw==YWRh", base64),
        ("YWRhOnB3=", base64),
        ("YWRhOnB", base64),
        ("YWRh.OnB3", base64),
        ("====", base64),
        (&url_safe, base64),
        ("YWRh OnB3", spaces),
        ("YWRh\tOnB3", spaces),
        ("", nothing),
        ("   ", nothing),
    ] {
        let answer = get(&router, "/basic", &[("authorization", &format!("Basic {bad}"))]).await;
        assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, detail), "{bad:?}");
    }
    let answer = get(&router, "/basic", &[("authorization", "Basic")]).await;
    assert_eq!(answer.detail(), nothing);
    let answer = get(&router, "/basic", &[("authorization", &basic_of(b"ada"))]).await;
    assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, base64), "there is no colon");
}

#[tokio::test]
async fn the_first_colon_ends_the_name_and_the_text_is_utf_8_or_else_latin_1() {
    let app = app().await;
    new_account(&app, "josé", "a:b:ñ").await;
    let router = router(&app);
    let latin_1: Vec<u8> = "josé:a:b:ñ".chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    for pair in ["josé:a:b:ñ".as_bytes(), &latin_1] {
        let answer = get(&router, "/basic", &[("authorization", &basic_of(pair))]).await;
        assert_eq!(answer.body, "josé", "{pair:?}");
    }
}

#[tokio::test]
async fn control_characters_are_in_no_name_and_never_log_in() {
    let app = app().await;
    for control in ['\0', '\n', '\r', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}'] {
        let refused = app.backend().create_account(&NewAccount::new(format!("a{control}b"))).await.unwrap();
        assert_eq!(refused, Err(NameRejection::Invalid(InvalidUsername::ControlCharacter)), "{control:?}");
        new_account(&app, &format!("b{}", u32::from(control)), &format!("p{control}w")).await;
    }
    let router = router(&app);
    for control in ['\0', '\n', '\r', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}'] {
        let name = basic(&format!("a{control}b"), "pw");
        let password = basic(&format!("b{}", u32::from(control)), &format!("p{control}w"));
        for header in [name, password] {
            let answer = get(&router, "/basic", &[("authorization", &header)]).await;
            let seen = (answer.status.as_u16(), answer.detail());
            assert_eq!(seen, (401, "Invalid username/password.".to_owned()), "{control:?}");
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_or_ignored() {
    let router = router(&app().await);
    for (path, value, code) in [
        ("/basic", b"Basic \xff\xfe".as_slice(), "authentication_failed"),
        ("/basic", b"Basic YWRhOnB3\xe9", "authentication_failed"),
        ("/token", b"Token \xff\xfe", "authentication_failed"),
        ("/token", b"Token ada-token\xff", "authentication_failed"),
        ("/basic", b"\xff\xfe", "not_authenticated"),
        ("/token", b"\xff\xfe ada-token", "not_authenticated"),
        ("/token", b"Token\xff ada-token", "not_authenticated"),
        ("/token", b"", "not_authenticated"),
    ] {
        let answer = send(&router, raw(path, &[("authorization", value)])).await;
        assert_eq!(refusal(&answer), (401, code.to_owned()), "{path} {value:?}");
    }
    let answer = send(&router, raw("/session", &[("cookie", b"sessionid=ada-login\xff")])).await;
    assert_eq!(refusal(&answer), (403, "not_authenticated".to_owned()));
    let answer = send(&router, raw("/session", &[("cookie", b"x=\xff; sessionid=ada-login; \xff")])).await;
    assert_eq!(answer.body, "ada", "another cookie's bytes do not matter");
}

#[tokio::test]
async fn a_repeated_authorization_header_is_refused() {
    let router = router(&app().await);
    let (ada, token): (&[u8], &[u8]) = (b"Basic YWRhOnB3", b"Token ada-token");
    let spaces = "string should not contain spaces.";
    for (path, first, second) in
        [("/basic", ada, ada), ("/basic", ada, token), ("/token", token, token), ("/token", token, ada)]
    {
        let answer = send(&router, raw(path, &[("authorization", first), ("authorization", second)])).await;
        assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{path}");
        assert!(answer.detail().ends_with(spaces), "{answer:?}");
    }
    for (path, first, second) in [("/basic", token, ada), ("/token", ada, token)] {
        let answer = send(&router, raw(path, &[("authorization", first), ("authorization", second)])).await;
        assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{path}: the first one decides");
    }
    let answer = get(&router, "/token", &[("authorization", "Token ada-token, Basic YWRhOnB3")]).await;
    assert!(answer.detail().ends_with(spaces), "as one list: {answer:?}");
}

#[tokio::test]
async fn huge_headers_are_read_or_refused() {
    let app = app().await;
    let huge = "x".repeat(200 * 1024);
    give_token(&app, &account(&app, "ada").await, &huge, None).await;
    let longest = "x".repeat(1_024);
    new_account(&app, "giant", &longest).await;
    let router = router(&app);
    for (path, name, value, status) in [
        ("/token", "authorization", format!("Token {huge}"), 200),
        ("/token", "authorization", format!("Token {huge}x"), 401),
        ("/token", "authorization", huge.clone(), 401),
        ("/basic", "authorization", basic("giant", &longest), 200),
        ("/basic", "authorization", basic("giant", &huge), 401),
        ("/basic", "authorization", basic(&huge, "pw"), 401),
        ("/basic", "authorization", format!("Basic {}", " ".repeat(200 * 1024)), 401),
        ("/session", "cookie", format!("sessionid={huge}"), 403),
        ("/session", "cookie", format!("{} sessionid=ada-login", "a=b;".repeat(50 * 1024)), 200),
    ] {
        let answer = get(&router, path, &[(name, &value)]).await;
        assert_eq!(answer.status, status, "{path} {}", &value[..value.len().min(20)]);
    }
}

#[tokio::test]
async fn a_token_is_good_until_the_instant_it_expires() {
    let app = app().await;
    give_token(&app, &account(&app, "ada").await, "short", Some(Duration::from_secs(60))).await;
    let router = router(&app);
    let short = [("authorization", "Token short")];
    app.settings().clock().advance(Duration::from_millis(59_999));
    assert_eq!(get(&router, "/token", &short).await.status, 200);
    app.settings().clock().advance(Duration::from_millis(1));
    let answer = get(&router, "/token", &short).await;
    assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()));
    assert_eq!(answer.detail(), "Invalid token.", "it is answered like one that nobody knows");
    assert_eq!(get(&router, "/optional", &short).await.status, 401, "an expired token is never anonymous");
}

#[tokio::test]
async fn a_token_must_be_exact_and_not_revoked() {
    let app = app().await;
    let router = router(&app);
    for token in ["ada-toke", "da-token", "ada-token1", "ADA-TOKEN", "\"ada-token\"", "ada-token,", "ada%2Dtoken", "-"]
    {
        let answer = get(&router, "/token", &[("authorization", &format!("Token {token}"))]).await;
        assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, "Invalid token."), "{token}");
    }
    for keyword in ["token", "TOKEN", "tOkEn"] {
        assert_eq!(get(&router, "/token", &[("authorization", &format!("{keyword} ada-token"))]).await.status, 200);
    }
    assert_eq!(app.backend().revoke_tokens(&account(&app, "ada").await).await.unwrap(), 1);
    let answer = get(&router, "/token", &[("authorization", "Token ada-token")]).await;
    assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, "Invalid token."));
    assert_eq!(get(&router, "/token", &[("authorization", "Token boss-token")]).await.body, "boss");
}

#[tokio::test]
async fn a_login_cookie_must_be_exact_and_there_once() {
    let router = router(&app().await);
    for (cookies, good) in [
        (&["sessionid=ada-login"][..], true),
        (&["sessionid=\"ada-login\""], true),
        (&["a=1;sessionid = ada-login ;b=2"], true),
        (&["a=1", "sessionid=ada-login", "b=2"], true),
        (&["sessionid=ada-login; sessionid=ada-login"], true),
        (&["sessionid=ada-login; sessionid=\"ada-login\""], true),
        (&["Sessionid=x; sessionid=ada-login"], true),
        (&["xsessionid=x; sessionid=ada-login"], true),
        (&["sessionid; sessionid=ada-login"], true),
        (&["sessionid=ada-login; sessionid=boss-login"], false),
        (&["sessionid=boss-login; sessionid=ada-login"], false),
        (&["sessionid=ada-login; sessionid="], false),
        (&["sessionid=ada-login", "sessionid=boss-login"], false),
        (&["sessionid=ada-login; sessionid=\u{fffd}"], false),
        (&["sessionid=ada-logi"], false),
        (&["sessionid=ada-login1"], false),
        (&["sessionid=ADA-LOGIN"], false),
        (&["sessionid=\"ada-login"], false),
        (&["sessionid=ada-login\""], false),
        (&["sessionid=\""], false),
        (&["sessionid=\"\""], false),
        (&["sessionid="], false),
        (&["sessionid"], false),
        (&["=ada-login"], false),
        (&["SESSIONID=ada-login"], false),
        (&["sessionid=ada-login, a=b"], false),
        (&["__Host-sessionid=ada-login"], false),
    ] {
        let headers: Vec<(&str, &[u8])> = cookies.iter().map(|cookie| ("cookie", cookie.as_bytes())).collect();
        let answer = send(&router, raw("/session", &headers)).await;
        let wanted = if good { (200, String::new()) } else { (403, "not_authenticated".to_owned()) };
        assert_eq!(refusal(&answer), wanted, "{cookies:?}");
        let answer = send(&router, raw("/optional", &headers)).await;
        assert_eq!(answer.body, if good { "ada" } else { "nobody" }, "{cookies:?}");
    }
}

#[tokio::test]
async fn inactive_and_deleted_accounts_do_not_come_in() {
    let basic = ("authorization", "Basic YWRhOnB3");
    let token = ("authorization", "Token ada-token");
    let cookie = ("cookie", "sessionid=ada-login");
    let nobody = "Authentication credentials were not provided.";
    for is_deleted in [false, true] {
        let app = app().await;
        let router = router(&app);
        let attempts = || {
            [("/basic", basic), ("/token", token), ("/session", cookie)]
                .map(|(path, header)| request("GET", path, &[header]))
                .into_iter()
                .chain([of_gateway("/gateway", "ada")])
        };
        for attempt in attempts() {
            assert_eq!(send(&router, attempt).await.body, "ada");
        }
        let changed = if is_deleted {
            app.backend().delete_account("ada").await
        } else {
            app.backend().set_active("ada", false).await
        };
        assert!(changed.unwrap());
        let mut answers = Vec::new();
        for attempt in attempts() {
            let answer = send(&router, attempt).await;
            answers.push((answer.status.as_u16(), answer.detail()));
        }
        let wanted = [(401, "Invalid username/password."), (401, "Invalid token."), (403, nobody), (403, nobody)];
        assert_eq!(answers, wanted.map(|(status, detail)| (status, detail.to_owned())), "deleted: {is_deleted}");
    }
}

#[tokio::test]
async fn what_an_account_had_before_it_was_disabled_stays_ended() {
    let app = app().await;
    let router = router(&app);
    for is_active in [false, true] {
        app.backend().set_active("ada", is_active).await.unwrap();
    }
    assert_eq!(get(&router, "/token", &[("authorization", "Token ada-token")]).await.status, 401);
    assert_eq!(get(&router, "/session", &[("cookie", "sessionid=ada-login")]).await.status, 403);
    assert_eq!(
        get(&router, "/basic", &[("authorization", "Basic YWRhOnB3")]).await.body,
        "ada",
        "the password is good"
    );
}

#[tokio::test]
async fn what_is_made_for_an_inactive_account_does_not_let_it_in() {
    let app = app().await;
    let router = router(&app);
    app.backend().set_active("ada", false).await.unwrap();
    give_token(&app, &account(&app, "ada").await, "later-token", None).await;
    give_login(&app, &account(&app, "ada").await, "later-login").await;
    let answer = get(&router, "/token", &[("authorization", "Token later-token")]).await;
    assert_eq!(refusal(&answer), (401, "user_inactive".to_owned()));
    assert_eq!(answer.detail(), "User inactive or deleted.");
    let answer = get(&router, "/session", &[("cookie", "sessionid=later-login")]).await;
    assert_eq!(refusal(&answer), (403, "not_authenticated".to_owned()));
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503_and_never_a_guess() {
    let app = app().await;
    let router = router(&app);
    app.backend().set_down(true);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let own = ("origin", "http://testserver");
    let cookie = ("cookie", "sessionid=ada-login");
    let requests = || {
        let mut requests = Vec::new();
        for (path, header) in [
            ("/basic", ("authorization", "Basic YWRhOnB3")),
            ("/token", ("authorization", "Token ada-token")),
            ("/session", cookie),
            ("/page", cookie),
            ("/auth/login/", cookie),
            ("/optional", ("authorization", "Basic YWRhOnB3")),
            ("/optional", ("authorization", "Token ada-token")),
            ("/optional", cookie),
        ] {
            requests.push(request("GET", path, &[header]));
        }
        requests.push(of_gateway("/gateway", "ada"));
        requests.push(of_gateway("/optional", "ada"));
        requests.push(request_with("POST", "/auth/login/", &[form, own], "username=ada&password=pw"));
        requests.push(request_with("POST", "/auth/login/", &[form, own, cookie], "username=ada&password=pw"));
        requests.push(request_with("POST", "/auth/logout/", &[form, own, cookie], ""));
        requests.push(request_with("POST", "/obtain", &[form], "username=ada&password=pw"));
        requests
    };
    for request in requests() {
        let what = format!("{} {}", request.method(), request.uri());
        let answer = send(&router, request).await;
        assert_eq!(answer.status, 503, "{what}: {answer:?}");
        let body = r#"{"detail":"Authentication is temporarily unavailable.","code":"unavailable"}"#;
        assert_eq!(answer.body, body, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        assert_eq!(answer.header("www-authenticate"), None, "{what}");
        assert_eq!(answer.header("set-cookie"), None, "{what}");
    }
    assert_eq!(get(&router, "/optional", &[]).await.body, "nobody", "without credentials nothing is looked up");
    app.backend().set_down(false);
    for request in requests() {
        let what = format!("{} {}", request.method(), request.uri());
        assert!(send(&router, request).await.status.as_u16() < 400, "{what}");
    }
}
