//! Requests that no well-meaning client sends: each is refused in words, and the server goes on.

use std::net::SocketAddr;

use base64ct::{Base64, Encoding};
use serde_json::json;

use crate::client::{Request, exchange};
use crate::server::{Folder, Server};
use crate::ways_in::{basic, bearer, log_in};

/// Sends `/me` with this `Authorization`: status and detail.
fn me(address: SocketAddr, authorization: impl AsRef<[u8]>) -> (u16, String) {
    let answer = Request::get("/me").header("Authorization", authorization).send(address);
    (answer.status.as_u16(), answer.detail())
}

fn served(folder: &Folder, server: &Server) {
    assert_eq!(Request::get("/me").header("Authorization", bearer(server.address)).send(server.address).status, 200);
    assert!(!folder.log().contains("panicked"), "{}", folder.log());
}

#[test]
fn an_odd_authorization_header_is_401() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let token = bearer(server.address);
    let truncated = &token[..token.len() - 1];
    let longer = format!("{token}0");
    let cases: &[(&[u8], &str)] = &[
        (b"Bearer", "Invalid token header. No credentials provided."),
        (b"Bearer one two", "Invalid token header. Token string should not contain spaces."),
        (b"Bearer \xff\xfe", "Invalid token header. Token string should not contain invalid characters."),
        (truncated.as_bytes(), "Invalid token."),
        (longer.as_bytes(), "Invalid token."),
        (b"Basic", "Invalid basic header. No credentials provided."),
        (b"Basic !!!", "Invalid basic header. Credentials not correctly base64 encoded."),
        (b"Basic YWRhOmNvcnJlY3QgaG9yc2U", "Invalid basic header. Credentials not correctly base64 encoded."),
        (b"Basic YWRh", "Invalid basic header. Credentials not correctly base64 encoded."),
        (b"Basic \xe2\x82\xac", "Invalid basic header. Credentials not correctly base64 encoded."),
        (b"\xff\xfe", "Authentication credentials were not provided."),
        (b"", "Authentication credentials were not provided."),
    ];
    for (authorization, detail) in cases {
        let shown = String::from_utf8_lossy(authorization);
        assert_eq!(me(server.address, authorization), (401, (*detail).to_owned()), "{shown}");
    }
    let latin1 = Base64::encode_string(b"ada:\xe9");
    assert_eq!(me(server.address, format!("Basic {latin1}")), (401, "Invalid username/password.".to_owned()));
    served(&folder, &server);
}

#[test]
fn a_repeated_authorization_header_admits_nobody() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let (bearer, basic) = (bearer(server.address), basic("boss", "battery staple"));
    for (first, second) in [(&bearer, &bearer), (&bearer, &basic), (&basic, &bearer), (&basic, &basic)] {
        let request = Request::get("/me").header("Authorization", first).header("Authorization", second);
        assert_eq!(request.send(server.address).status, 401);
    }
    served(&folder, &server);
}

#[test]
fn a_large_header_is_read_and_a_huge_one_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let long = "x".repeat(60 * 1024);
    assert_eq!(me(server.address, format!("Bearer {long}")), (401, "Invalid token.".to_owned()));
    assert_eq!(me(server.address, format!("Basic {}", Base64::encode_string(long.as_bytes()))).0, 401);
    let cookie = Request::get("/me").header("Cookie", format!("sessionid={long}"));
    assert_eq!(cookie.send(server.address).status, 401);

    let huge = "x".repeat(1024 * 1024);
    let refused = exchange(server.address, format!("GET /me HTTP/1.1\r\nHost: x\r\nA: {huge}\r\n\r\n").as_bytes());
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status == 431));
    served(&folder, &server);
}

#[test]
fn a_tampered_login_cookie_is_nobody() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let good = log_in(server.address);
    let last = if good.ends_with('A') { "B" } else { "A" };
    let ask = |path: &str, cookie: &[u8]| Request::get(path).header("Cookie", cookie).send(server.address);
    let cookie = |value: &str| [b"sessionid=", value.as_bytes()].concat();
    for tampered in [
        cookie(&format!("{}{last}", &good[..good.len() - 1])),
        cookie(&good[..good.len() - 1]),
        cookie(&good.to_uppercase()),
        cookie(""),
        b"sessionid=\xff\xfe".to_vec(),
        [cookie(&good), cookie("planted")].join(&b"; "[..]),
    ] {
        let shown = String::from_utf8_lossy(&tampered).into_owned();
        assert_eq!(ask("/me", &tampered).status, 401, "{shown}");
        assert_eq!(ask("/public", &tampered).json()["user"], json!(null), "{shown}");
        let home = ask("/", &tampered);
        assert_eq!((home.status.as_u16(), home.header("location")), (303, Some("/auth/login/?next=/")), "{shown}");
    }
    assert_eq!(ask("/me", &cookie(&good)).status, 200);
    served(&folder, &server);
}

#[test]
fn a_login_never_leads_to_another_host() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    for next in ["https://evil.example/", "//evil.example/", "/%5Cevil.example/", "javascript:alert(1)"] {
        let fields = format!("username=ada&password=correct+horse&next={next}");
        let answer = crate::ways_in::post_login(server.address, &fields);
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("/")), "{next}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    for garbage in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"hello\r\n\r\n", b"GET / HTTP/9\r\n\r\n"]
    {
        let refused = exchange(server.address, garbage);
        assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status == 400));
    }
    for (media_type, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        ("application/json", r#"{"username": {}, "password": []}"#, 400),
        ("application/json", "\u{0}", 400),
        ("application/x-www-form-urlencoded", "username=%FF&password=%00", 400),
        ("text/plain", "username=ada", 415),
    ] {
        let answer = Request::new("POST", "/api-token-auth/").body(media_type, body).send(server.address);
        assert_eq!(answer.status, status, "{media_type} {body}: {}", answer.body);
    }
    let too_large = "x".repeat(2 * 1024 * 1024 + 1);
    let answer = Request::new("POST", "/api-token-auth/").body("application/json", &too_large).send(server.address);
    assert_eq!(answer.status, 413);
    assert_eq!(Request::get("/api-token-auth/").send(server.address).status, 405);
    served(&folder, &server);
}
