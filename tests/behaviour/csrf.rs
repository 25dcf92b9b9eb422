//! Cross-site request forgery.

use auth_runtime::scheme::{Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings};
use auth_runtime::store::{Client, LoginStore, NewCredential, NewLogin};
use auth_runtime::views::login_pages;
use auth_runtime::{CsrfForm, CsrfToken, Digest, Proxies, PublicOrigin, Settings, TrustedOrigin, authenticate};
use auth_store::Account;
use axum::Router;
use axum::routing::{any, get as on_get, post as on_post};
use tests::{Answer, App, CSRF, account, app_with, get, request, request_with, send, settings};

use crate::support::{cookie_set, from_peer, refusal};

#[authenticate(Session, Token)]
async fn change(#[user] me: Option<Account>) -> String {
    me.map_or_else(|| "nobody".to_owned(), |me| me.username)
}

#[derive(serde::Deserialize)]
struct Note {
    text: String,
}

#[authenticate(Session, Token)]
async fn note(#[user] me: Account, CsrfForm(note): CsrfForm<Note>) -> String {
    format!("{}: {}", me.username, note.text)
}

async fn page(token: CsrfToken) -> (CsrfToken, String) {
    let value = token.value().to_owned();
    (token, value)
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/change", any(change))
        .route("/note", on_post(note))
        .route("/page", on_get(page))
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

/// A secret that is not [`CSRF`].
const OTHER: &str = "ZYXWVUTSRQPONMLKJIHGFEDCBA987654";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// With a login `bound` of ada's, whose CSRF secret is [`OTHER`].
async fn app(settings: Settings) -> App {
    let app = app_with(settings).await;
    let credential = NewCredential::Cookie { digest: Digest::of(b"bound"), csrf_secret: Some(OTHER.to_owned()) };
    let login = NewLogin::new(credential, Client::default(), app.settings().clock().now());
    app.backend().insert_login(&account(&app, "ada").await, login).await.unwrap().kept().unwrap();
    app
}

/// `ok`, or what a refusal says after `CSRF Failed: `.
fn verdict(answer: &Answer) -> String {
    match refusal(answer) {
        (200, _) if answer.body == "ada" => "ok".to_owned(),
        (403, code) if code == "csrf_failed" => answer.detail().trim_start_matches("CSRF Failed: ").to_owned(),
        _ => format!("{answer:?}"),
    }
}

async fn post(router: &Router, headers: &[(&str, &str)]) -> String {
    verdict(&send(router, request("POST", "/change", headers)).await)
}

const LOGIN: (&str, &str) = ("cookie", "sessionid=ada-login");
const BOTH: (&str, &str) = ("cookie", "sessionid=ada-login; csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF");
const HEADER: (&str, &str) = ("x-csrftoken", CSRF);
const NOT_SET: &str = "CSRF cookie not set.";
const MISSING: &str = "CSRF token missing.";
const FOREIGN_SITE: &str = "Origin checking failed - the request comes from another site.";

fn foreign(origin: &str) -> String {
    format!("Origin checking failed - {origin} does not match any trusted origins.")
}

#[tokio::test]
async fn the_browsers_word_counts_or_else_the_token() {
    let router = router(&app(settings()).await);
    for (headers, wanted) in [
        (&[LOGIN][..], NOT_SET),
        (&[LOGIN, ("origin", "http://testserver")], "ok"),
        (&[LOGIN, ("origin", "HTTP://TestServer:80")], "ok"),
        (&[LOGIN, ("origin", "http://testserver"), ("sec-fetch-site", "cross-site")], "ok"),
        (&[LOGIN, ("sec-fetch-site", "same-origin")], "ok"),
        (&[LOGIN, ("sec-fetch-site", "none")], NOT_SET),
        (&[BOTH, ("sec-fetch-site", "none")], MISSING),
        (&[BOTH, HEADER, ("sec-fetch-site", "none")], "ok"),
        (&[BOTH, HEADER, ("sec-fetch-site", "same-site")], FOREIGN_SITE),
        (&[BOTH, HEADER, ("sec-fetch-site", "cross-site")], FOREIGN_SITE),
        (&[BOTH, HEADER, ("sec-fetch-site", "")], FOREIGN_SITE),
        (&[BOTH, HEADER, ("sec-fetch-site", "Same-Origin")], FOREIGN_SITE),
        (&[BOTH, HEADER], "ok"),
        (&[BOTH], MISSING),
        (&[LOGIN, HEADER], NOT_SET),
        (&[BOTH, ("x-csrftoken", OTHER)], "CSRF token from the 'X-Csrftoken' HTTP header incorrect."),
        (&[BOTH, ("x-csrftoken", "short")], "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length."),
        (
            &[BOTH, ("x-csrftoken", "abcdefghijklmnopqrstuvwxyzABCDE-")],
            "CSRF token from the 'X-Csrftoken' HTTP header has invalid characters.",
        ),
        (&[("cookie", "sessionid=ada-login; csrftoken=x"), HEADER], "CSRF cookie has incorrect length."),
    ] {
        assert_eq!(post(&router, headers).await, wanted, "{headers:?}");
    }
    for origin in ["null", "https://testserver", "http://testserver:8000", "http://testserver.evil", "http://evil", ""]
    {
        assert_eq!(post(&router, &[BOTH, HEADER, ("origin", origin)]).await, foreign(origin), "{origin}");
    }
}

#[tokio::test]
async fn token_mode_wants_the_token_always() {
    let settings = settings().with_csrf(CsrfSettings::default().with_mode(CsrfMode::Token));
    let router = router(&app(settings).await);
    let own = ("origin", "http://testserver");
    for (headers, wanted) in [
        (&[LOGIN, own][..], NOT_SET),
        (&[BOTH, own], MISSING),
        (&[LOGIN, ("sec-fetch-site", "same-origin")], NOT_SET),
        (&[BOTH, HEADER], "ok"),
        (&[BOTH, HEADER, own], "ok"),
        (&[BOTH, HEADER, ("sec-fetch-site", "cross-site")], FOREIGN_SITE),
        (&[BOTH, HEADER, ("origin", "http://evil")], &foreign("http://evil")),
    ] {
        assert_eq!(post(&router, headers).await, wanted, "{headers:?}");
    }
}

#[tokio::test]
async fn over_https_the_referer_stands_in_for_a_missing_origin() {
    for mode in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        let csrf = CsrfSettings::default()
            .with_mode(mode)
            .with_trusted_origins(vec![TrustedOrigin::parse("https://*.example.org").unwrap()]);
        let router = router(&app(settings().with_csrf(csrf).with_public_origin(PublicOrigin::host_header(true))).await);
        let no_match = |referer| format!("Referer checking failed - {referer} does not match any trusted origins.");
        let insecure = "Referer checking failed - Referer is insecure while host is secure.";
        let malformed = "Referer checking failed - Referer is malformed.";
        assert_eq!(post(&router, &[BOTH, HEADER]).await, "Referer checking failed - no Referer.");
        assert_eq!(post(&router, &[BOTH, HEADER, ("origin", "https://testserver")]).await, "ok");
        for (referer, wanted) in [
            ("https://testserver/a?b", "ok".to_owned()),
            ("https://TESTSERVER:443/", "ok".to_owned()),
            ("https://a.example.org/x", "ok".to_owned()),
            ("https://testserver:444/", no_match("https://testserver:444/")),
            ("https://evil.example/testserver", no_match("https://evil.example/testserver")),
            ("https://testserver@evil.example/", no_match("https://testserver@evil.example/")),
            ("http://testserver/", insecure.to_owned()),
            ("/local", malformed.to_owned()),
            ("", malformed.to_owned()),
            ("https://", malformed.to_owned()),
        ] {
            assert_eq!(post(&router, &[BOTH, HEADER, ("referer", referer)]).await, wanted, "{mode:?} {referer}");
        }
        assert_eq!(post(&router, &[BOTH, ("referer", "https://testserver/")]).await, MISSING, "it is no proof alone");
    }
}

#[tokio::test]
async fn only_a_logged_in_callers_change_is_checked() {
    let app = app(settings()).await;
    let router = router(&app);
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        let answer = send(&router, request(method, "/change", &[LOGIN, ("origin", "http://evil")])).await;
        assert_eq!(answer.status, 200, "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE", "post"] {
        let answer = send(&router, request(method, "/change", &[LOGIN])).await;
        assert_eq!(verdict(&answer), NOT_SET, "{method}");
    }
    for (headers, body) in [
        (&[("origin", "http://evil")][..], "nobody"),
        (&[("origin", "http://evil"), ("cookie", "sessionid=unknown")], "nobody"),
        (&[("origin", "http://evil"), ("authorization", "Token ada-token")], "ada"),
    ] {
        assert_eq!(send(&router, request("POST", "/change", headers)).await.body, body, "{headers:?}");
    }
    let both = [LOGIN, ("authorization", "Token ada-token")];
    assert_eq!(post(&router, &both).await, NOT_SET, "the login is asked first, and its failure is final");
    app.settings().clock().advance(app.settings().client().idle_lifetime().unwrap());
    assert_eq!(send(&router, request("POST", "/change", &[LOGIN])).await.body, "nobody", "an expired login is nobody");
}

#[tokio::test]
async fn the_secret_of_the_login_beats_a_planted_cookie() {
    let router = router(&app(settings()).await);
    let planted = ("cookie", "sessionid=bound; csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF");
    let wrong = "CSRF token from the 'X-Csrftoken' HTTP header incorrect.";
    assert_eq!(post(&router, &[planted, HEADER]).await, wrong);
    assert_eq!(post(&router, &[planted, ("x-csrftoken", OTHER)]).await, "ok");
    assert_eq!(post(&router, &[("cookie", "sessionid=bound"), ("x-csrftoken", OTHER)]).await, NOT_SET);
    let twice = ("cookie", "sessionid=bound; csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF; csrftoken=x");
    assert_eq!(post(&router, &[twice, ("x-csrftoken", OTHER)]).await, NOT_SET, "a doubled cookie is none");
    let answer = get(&router, "/page", &[planted]).await;
    assert_eq!(cookie_set(&answer, "csrftoken").as_deref(), Some(OTHER), "a page puts the right cookie back");
    assert_eq!(post(&router, &[planted, ("x-csrftoken", &answer.body)]).await, "ok");
}

#[tokio::test]
async fn the_secret_may_stay_in_the_login_alone() {
    for mode in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        let csrf = CsrfSettings::default().with_secret_in_login(true).with_mode(mode);
        let router = router(&app(settings().with_csrf(csrf)).await);
        let bound = ("cookie", "sessionid=bound");
        assert_eq!(post(&router, &[bound, ("x-csrftoken", OTHER)]).await, "ok");
        assert_eq!(post(&router, &[bound]).await, MISSING);
        let planted = ("cookie", "sessionid=bound; csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF");
        let wrong = "CSRF token from the 'X-Csrftoken' HTTP header incorrect.";
        assert_eq!(post(&router, &[planted, HEADER]).await, wrong);
        assert_eq!(post(&router, &[BOTH, HEADER]).await, NOT_SET, "a cookie is nothing here");
        let answer = get(&router, "/page", &[bound]).await;
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(post(&router, &[bound, ("x-csrftoken", &answer.body)]).await, "ok");
    }
}

#[tokio::test]
async fn the_login_page_works_whatever_the_csrf_settings() {
    for mode in [CsrfMode::OriginOrToken, CsrfMode::Token] {
        for secret_in_login in [false, true] {
            let csrf = CsrfSettings::default().with_secret_in_login(secret_in_login).with_mode(mode);
            let router = router(&app(settings().with_csrf(csrf)).await);
            let answer = get(&router, "/auth/login/", &[]).await;
            let cookie = cookie_set(&answer, "csrftoken").unwrap_or_default();
            let cookie = format!("csrftoken={cookie}");
            let token = answer.body.split("name=\"csrfmiddlewaretoken\" value=\"").nth(1).unwrap();
            let token = token.split('"').next().unwrap();
            let body = format!("username=ada&password=pw&csrfmiddlewaretoken={token}");
            let headers = [FORM, ("origin", "http://testserver"), ("cookie", cookie.as_str())];
            let answer = send(&router, request_with("POST", "/auth/login/", &headers, &body)).await;
            assert_eq!(answer.status, 303, "{mode:?}, secret in login: {secret_in_login}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn login_and_logout_are_checked_for_everybody() {
    let app = app(settings()).await;
    let router = router(&app);
    let body = "username=ada&password=pw&csrfmiddlewaretoken=abcdefghijklmnopqrstuvwxyzABCDEF";
    let own = ("origin", "http://testserver");
    let cookie = ("cookie", "csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF");
    for path in ["/auth/login/", "/auth/logout/"] {
        for (headers, good) in [
            (&[FORM][..], false),
            (&[FORM, ("origin", "http://evil")], false),
            (&[FORM, cookie, ("origin", "http://evil")], false),
            (&[FORM, cookie, ("sec-fetch-site", "same-site")], false),
            (&[FORM, ("authorization", "Token ada-token")], false),
            (&[FORM, LOGIN], false),
            (&[FORM, own, ("origin", "http://evil")], false),
            (&[FORM, ("origin", "http://evil"), own, ("sec-fetch-site", "same-origin")], false),
            (&[FORM, own], true),
            (&[FORM, cookie], true),
            (&[FORM, cookie, HEADER], true),
        ] {
            let answer = send(&router, request_with("POST", path, headers, body)).await;
            let seen = if good { answer.status == 303 } else { refusal(&answer) == (403, "csrf_failed".to_owned()) };
            assert!(seen, "{path} {headers:?}: {answer:?}");
            assert_eq!(answer.header("set-cookie").is_some(), good, "{path} {headers:?}");
        }
    }
    let login = "username=ada&password=pw";
    for body in [login, &format!("{login}&csrfmiddlewaretoken={OTHER}"), &format!("{login}&csrfmiddlewaretoken=")] {
        let answer = send(&router, request_with("POST", "/auth/login/", &[FORM, cookie], body)).await;
        assert_eq!(refusal(&answer), (403, "csrf_failed".to_owned()), "{body}");
    }
    assert!(app.backend().find_login(&Digest::of(b"ada-login")).await.unwrap().is_some());
}

#[tokio::test]
async fn cookie_and_header_have_the_names_of_the_settings() {
    let csrf = CsrfSettings::default().with_cookie_name("xsrf".to_owned()).with_header_name("X-My-Token".to_owned());
    let router = router(&app(settings().with_csrf(csrf)).await);
    let cookies = ("cookie", "sessionid=ada-login; xsrf=abcdefghijklmnopqrstuvwxyzABCDEF");
    assert_eq!(post(&router, &[cookies, ("x-my-token", CSRF)]).await, "ok");
    assert_eq!(post(&router, &[cookies, HEADER]).await, MISSING);
    assert_eq!(post(&router, &[BOTH, ("x-my-token", CSRF)]).await, NOT_SET);
    let wrong = post(&router, &[cookies, ("x-my-token", "x")]).await;
    assert_eq!(wrong, "CSRF token from the 'X-My-Token' HTTP header has incorrect length.");
    assert!(cookie_set(&get(&router, "/page", &[]).await, "xsrf").is_some());
}

#[tokio::test]
async fn trusted_origins_count_as_ones_own() {
    let trusted = ["https://app.example.org", "http://*.dev.test:8000"].map(|text| TrustedOrigin::parse(text).unwrap());
    let csrf = CsrfSettings::default().with_trusted_origins(trusted.to_vec());
    let router = router(&app(settings().with_csrf(csrf)).await);
    for (origin, good) in [
        ("https://app.example.org", true),
        ("http://dev.test:8000", true),
        ("http://a.b.dev.test:8000", true),
        ("http://app.example.org", false),
        ("https://a.app.example.org", false),
        ("https://app.example.org:444", false),
        ("http://a.dev.test", false),
        ("http://xdev.test:8000", false),
        ("http://.dev.test:8000", false),
    ] {
        let wanted = if good { "ok".to_owned() } else { foreign(origin) };
        assert_eq!(post(&router, &[LOGIN, ("origin", origin)]).await, wanted, "{origin}");
    }
}

#[tokio::test]
async fn the_public_origin_is_forwarded_by_trusted_proxies_only() {
    let proxies = Proxies::trusted(["10.0.0.1", "2001:db8::1"]).unwrap();
    let router = router(&app(settings().with_proxies(proxies)).await);
    let forwarded = [
        LOGIN,
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example, app.example.org"),
        ("origin", "https://app.example.org"),
    ];
    for (peer, good) in [
        (Some("10.0.0.1"), true),
        (Some("::ffff:10.0.0.1"), true),
        (Some("2001:db8::1"), true),
        (Some("10.0.0.2"), false),
        (None, false),
    ] {
        let request = request("POST", "/change", &forwarded);
        let request = match peer {
            Some(peer) => from_peer(request, peer),
            None => request,
        };
        let wanted = if good { "ok".to_owned() } else { foreign("https://app.example.org") };
        assert_eq!(verdict(&send(&router, request).await), wanted, "{peer:?}");
    }
    let host_alone = [LOGIN, ("x-forwarded-proto", "https"), ("origin", "https://testserver")];
    let answer = send(&router, from_peer(request("POST", "/change", &host_alone), "10.0.0.1")).await;
    assert_eq!(verdict(&answer), "ok", "what a proxy leaves out is the Host header's");
    assert_eq!(post(&router, &[LOGIN, ("origin", "http://testserver")]).await, "ok", "others have the Host header");
}

#[tokio::test]
async fn a_port_that_a_proxy_leaves_out_is_no_other_origin() {
    let proxies = Proxies::trusted(["127.0.0.1"]).unwrap();
    let body = "username=ada&password=pw";
    let same = ("sec-fetch-site", "same-origin");
    for (proxies, headers) in [
        (proxies.clone(), &[FORM, same, ("x-forwarded-proto", "https"), ("origin", "https://testserver:8443")][..]),
        (proxies, &[FORM, same, ("x-forwarded-host", "testserver"), ("origin", "https://testserver:8443")]),
        (Proxies::none(), &[FORM, same, ("origin", "http://testserver:8443")]),
        (Proxies::none(), &[FORM, same, ("origin", "null")]),
    ] {
        let router = router(&app(settings().with_proxies(proxies)).await);
        let log_in = from_peer(request_with("POST", "/auth/login/", headers, body), "127.0.0.1");
        let answer = send(&router, log_in).await;
        assert_eq!(answer.status, 303, "{headers:?}: {}", answer.body);
        let login = cookie_set(&answer, "sessionid").unwrap();
        let cookie = format!("sessionid={login}");
        let headers = [&[("cookie", cookie.as_str())], &headers[1..]].concat();
        let answer = send(&router, from_peer(request("POST", "/change", &headers), "127.0.0.1")).await;
        assert_eq!(verdict(&answer), "ok", "{headers:?}");
        let without_word = headers.iter().filter(|header| **header != same).copied().collect::<Vec<_>>();
        let answer = send(&router, from_peer(request("POST", "/change", &without_word), "127.0.0.1")).await;
        assert!(verdict(&answer).starts_with("Origin checking failed"), "{without_word:?}");
    }
}

#[tokio::test]
async fn a_port_that_the_proxy_leaves_out_of_the_host_may_stand_in_a_header_of_its_own() {
    for proxies in [Proxies::trusted(["127.0.0.1"]).unwrap(), Proxies::hops(1)] {
        let router = router(&app(settings().with_proxies(proxies)).await);
        let form = "username=ada&password=pw";
        for (forwarded_host, port, origin, status) in [
            (None, "8443", "https://app.example:8443", 303),
            (Some("app.example"), "8443", "https://app.example:8443", 303),
            (None, "443", "https://app.example", 303),
            (None, "8443", "https://app.example", 403),
            (None, "8443", "https://app.example:8444", 403),
            (None, "8443", "http://app.example:8443", 403),
            (None, "8443", "https://evil.example:8443", 403),
        ] {
            let mut headers =
                vec![FORM, ("x-forwarded-proto", "https"), ("x-forwarded-port", port), ("origin", origin)];
            headers.extend(forwarded_host.map(|host| ("x-forwarded-host", host)));
            let mut request = request_with("POST", "/auth/login/", &headers, form);
            request.headers_mut().insert("host", "app.example".parse().unwrap());
            let answer = send(&router, from_peer(request, "127.0.0.1")).await;
            assert_eq!(answer.status, status, "{forwarded_host:?} {port} {origin}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_request_with_two_hosts_is_not_the_applications_own() {
    let router = router(&app(settings()).await);
    let headers = [LOGIN, ("host", "evil.example"), ("origin", "http://testserver")];
    assert_eq!(post(&router, &headers).await, foreign("http://testserver"));
    assert_eq!(
        post(&router, &[LOGIN, ("host", "evil.example"), ("origin", "http://evil.example")]).await,
        foreign("http://evil.example")
    );
}

#[tokio::test]
async fn a_configured_origin_ignores_what_the_request_says() {
    let origin = PublicOrigin::configured("http://app.example.org").unwrap();
    let router = router(&app(settings().with_public_origin(origin)).await);
    assert_eq!(post(&router, &[LOGIN, ("origin", "http://app.example.org")]).await, "ok");
    assert_eq!(post(&router, &[LOGIN, ("origin", "http://testserver")]).await, foreign("http://testserver"));
}

const MULTIPART: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");

/// A form with a note and this token, as a browser with `enctype="multipart/form-data"` sends it.
fn multipart(token: &str) -> String {
    let part =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    format!("{}{}--x--\r\n", part("text", "hi"), part("csrfmiddlewaretoken", token))
}

#[tokio::test]
async fn what_is_no_form_is_no_way_around_the_check() {
    let router = router(&app(settings()).await);
    for body in ["", "text=hi", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi"] {
        let answer = send(&router, request_with("POST", "/note", &[MULTIPART, BOTH], body)).await;
        assert_eq!(answer.status.as_u16() / 100, 4, "{body:?}: {answer:?}");
    }
}

#[tokio::test]
async fn the_field_of_a_form_decides_where_it_is_there() {
    let router = router(&app(settings()).await);
    let right = "text=hi&csrfmiddlewaretoken=abcdefghijklmnopqrstuvwxyzABCDEF";
    let wrong = "text=hi&csrfmiddlewaretoken=ZYXWVUTSRQPONMLKJIHGFEDCBA987654";
    for (path, headers, body, wanted) in [
        ("/note", &[FORM, BOTH][..], right, "ada: hi"),
        ("/note", &[FORM, BOTH, HEADER], "text=hi", "ada: hi"),
        ("/note", &[FORM, BOTH, HEADER], "text=hi&csrfmiddlewaretoken=", "ada: hi"),
        ("/note", &[FORM, BOTH, HEADER], wrong, "CSRF token from POST incorrect."),
        ("/note", &[FORM, BOTH], "text=hi", MISSING),
        ("/note", &[FORM, LOGIN, ("origin", "http://testserver")], "text=hi", "ada: hi"),
        ("/note", &[FORM, LOGIN], right, NOT_SET),
        ("/note", &[("content-type", "text/plain"), BOTH], right, MISSING),
        ("/note", &[MULTIPART, BOTH], &multipart(CSRF), "ada: hi"),
        ("/note", &[MULTIPART, BOTH], &multipart(OTHER), "CSRF token from POST incorrect."),
        ("/note", &[MULTIPART, BOTH, HEADER], &multipart(""), "ada: hi"),
        ("/note", &[FORM, BOTH], &format!("{right}&csrfmiddlewaretoken={CSRF}"), MISSING),
        ("/change", &[FORM, BOTH], right, MISSING),
        ("/change", &[FORM, BOTH, HEADER], right, "ada"),
    ] {
        let answer = send(&router, request_with("POST", path, headers, body)).await;
        let seen = if answer.status == 200 { answer.body.clone() } else { verdict(&answer) };
        assert_eq!(seen, wanted, "{path} {headers:?} {body}");
    }
}

#[tokio::test]
async fn a_page_sets_the_cookie_once_and_masks_the_token_anew() {
    let router = router(&app(settings()).await);
    let first = get(&router, "/page", &[]).await;
    let secret = cookie_set(&first, "csrftoken").unwrap();
    let cookie = format!("csrftoken={secret}; sessionid=ada-login");
    let cookie = ("cookie", cookie.as_str());
    let second = get(&router, "/page", &[cookie]).await;
    assert_eq!(second.header("set-cookie"), None);
    assert_ne!(first.body, second.body);
    for token in [&first.body, &second.body, &secret] {
        assert_eq!(post(&router, &[cookie, ("x-csrftoken", token)]).await, "ok");
    }
}
