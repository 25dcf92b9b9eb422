//! Every way in: what the program prints to try, and the rest of each endpoint.

use std::net::SocketAddr;

use base64ct::{Base64, Encoding};
use serde_json::json;
use tests::Answer;

use crate::client::{Request, set_cookie};
use crate::curl;
use crate::server::{Folder, Server, is_on_postgres};

pub(crate) fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", Base64::encode_string(format!("{username}:{password}").as_bytes()))
}

/// A token for this account.
pub(crate) fn token(address: SocketAddr, username: &str, password: &str) -> String {
    let body = json!({ "username": username, "password": password }).to_string();
    let answer = Request::new("POST", "/api-token-auth/").body("application/json", &body).send(address);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["token"].as_str().unwrap().to_owned()
}

pub(crate) fn bearer(address: SocketAddr) -> String {
    format!("Bearer {}", token(address, "ada", "correct horse"))
}

/// The value of the login cookie of a fresh login as `ada`, by the login page's form without a browser's headers.
pub(crate) fn log_in(address: SocketAddr) -> String {
    let answer = post_login(address, "username=ada&password=correct+horse&next=/me");
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("/me")), "{}", answer.body);
    set_cookie(&answer, "sessionid").unwrap()
}

pub(crate) fn post_login(address: SocketAddr, fields: &str) -> Answer {
    let page = Request::get("/auth/login/").send(address);
    let csrf = set_cookie(&page, "csrftoken").unwrap();
    Request::form("/auth/login/", &format!("csrfmiddlewaretoken={csrf}&{fields}"))
        .header("Cookie", format!("csrftoken={csrf}"))
        .send(address)
}

#[test]
fn every_line_that_is_printed_does_what_it_shows() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let lines: Vec<&str> = server.printed.lines().filter(|line| line.contains("curl -")).collect();
    let expected = [
        ("/public", 200, r#"{"user":null,"scheme":null}"#, None),
        ("/me", 401, "credentials were not provided", Some("Bearer")),
        ("/me", 200, r#"{"user":"ada","scheme":"Basic"}"#, None),
        ("/api-token-auth/", 200, r#"{"token":""#, None),
        ("/me", 200, r#"{"user":"ada","scheme":"Token"}"#, None),
        ("/notes", 303, "", None),
        ("/api/auth/login/", 200, r#"{"token":"auth_at_"#, None),
        ("/api/auth/tokens/", 201, r#""name":"laptop""#, None),
        ("/api/auth/logins/", 200, r#""client":"default""#, None),
        ("/public", 401, "Invalid token.", Some("Bearer")),
        ("/session-first", 403, "Invalid token.", None),
        ("/partner", 200, "prices for Analytical Engines", None),
        ("/staff", 200, "boss is staff", None),
    ];
    assert_eq!(lines.len(), expected.len(), "{}", server.printed);
    let mut token = String::new();
    for (line, (path, status, body, challenge)) in lines.into_iter().zip(expected) {
        let obtains =
            line.trim().strip_prefix("TOKEN=$(").and_then(|line| line.split_once(" | ")).map(|(curl, _)| curl);
        let (found, request) = curl::request(obtains.unwrap_or(line.trim()), &token);
        let answer = request.send(server.address);
        assert_eq!((found.as_str(), answer.status.as_u16()), (path, status), "{line}: {}", answer.body);
        assert!(answer.body.contains(body), "{line}: {}", answer.body);
        assert_eq!(answer.header("www-authenticate"), challenge, "{line}");
        if obtains.is_some() {
            answer.body.split('"').nth(3).unwrap().clone_into(&mut token);
        }
    }
    let notes = Request::get("/notes").header("Authorization", format!("Bearer {token}")).send(server.address);
    assert_eq!(notes.json(), json!(["ada: hello"]));
}

#[test]
fn a_token_is_given_for_json_and_for_a_form_and_is_never_the_same() {
    let folder = Folder::new();
    let address = Server::start(&folder);
    let (server, address) = (&address, address.address);
    let json = token(address, "ada", "correct horse");
    let form = Request::form("/api-token-auth/", "username=ada&password=correct+horse").send(address);
    assert_eq!(form.header("cache-control"), Some("no-store"));
    let form = form.json()["token"].as_str().unwrap().to_owned();
    assert_ne!(json, form);
    for token in [json, form] {
        let me = Request::get("/me").header("Authorization", format!("bearer {token}")).send(address);
        assert_eq!(me.json()["user"], "ada");
        if !is_on_postgres() {
            let database = std::fs::read(folder.join("quickstart.sqlite-wal")).unwrap();
            let kept = database.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!kept, "the database has the token in clear");
        }
        assert!(!folder.log().contains(&token) && !server.printed.contains(&token), "the log has the token");
    }
    for fields in ["username=ada&password=wrong", "username=nobody&password=correct+horse"] {
        let refused = Request::form("/api-token-auth/", fields).send(address);
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert_eq!(refused.json(), json!({ "non_field_errors": ["Unable to log in with provided credentials."] }));
    }
}

#[test]
fn me_is_told_by_session_and_the_first_scheme_that_fits_decides() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let cookie = format!("sessionid={}", log_in(server.address));
    let by_session = Request::get("/me").header("Cookie", &cookie);
    assert_eq!(by_session.send(server.address).json(), json!({ "user": "ada", "scheme": "Session" }));

    let boss = basic("boss", "battery staple");
    let session_before_basic = by_session.clone().header("Authorization", &boss).send(server.address);
    assert_eq!(session_before_basic.json()["user"], "ada");
    let wrong_token = by_session.clone().header("Authorization", "Bearer wrong").send(server.address);
    assert_eq!((wrong_token.status.as_u16(), wrong_token.detail()), (401, "Invalid token.".to_owned()));
}

#[test]
fn wrong_credentials_are_refused_where_everybody_may_come_in() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    assert_eq!(Request::get("/public").send(server.address).status, 200);
    for authorization in ["Bearer wrong".to_owned(), basic("ada", "wrong"), basic("nobody", "wrong")] {
        let refused = Request::get("/public").header("Authorization", &authorization).send(server.address);
        assert_eq!(refused.status, 401, "{authorization}");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"), "the first scheme's, whatever came");
        assert_eq!(refused.json()["code"], "authentication_failed");
    }
    let other_keyword = Request::get("/public").header("Authorization", "Digest x").send(server.address);
    assert_eq!(other_keyword.json()["user"], json!(null), "{}", other_keyword.body);
}

#[test]
fn a_session_first_gives_403_without_a_challenge() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    for request in [
        Request::get("/session-first"),
        Request::get("/session-first").header("Authorization", "Token wrong"),
        Request::get("/session-first").header("Authorization", basic("ada", "correct horse")),
    ] {
        let answer = request.send(server.address);
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (403, None), "{}", answer.body);
    }
    let token = format!("Token {}", token(server.address, "ada", "correct horse"));
    let known = Request::get("/session-first").header("Authorization", token).send(server.address);
    assert_eq!(known.json(), json!({ "user": "ada", "scheme": "Token" }));
}

#[test]
fn a_partner_comes_in_by_its_key_alone() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let good = Request::get("/partner").header("X-Api-Key", "partner-demo-key");
    assert_eq!(good.send(server.address).body, "prices for Analytical Engines\n");
    for request in [
        Request::get("/partner"),
        Request::get("/partner").header("X-Api-Key", "partner-demo-keY"),
        Request::get("/partner").header("X-Api-Key", ""),
        Request::get("/partner").header("Authorization", bearer(server.address)),
        good.header("X-Api-Key", "another"),
    ] {
        let refused = request.send(server.address);
        assert_eq!(refused.status, 401, "{}", refused.body);
        assert_eq!(refused.header("www-authenticate"), Some(r#"ApiKey realm="partners""#));
    }
}

#[test]
fn staff_is_for_staff() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let ask = |authorization: &str| Request::get("/staff").header("Authorization", authorization).send(server.address);
    let ada = ask(&basic("ada", "correct horse"));
    assert_eq!((ada.status.as_u16(), ada.header("www-authenticate")), (403, None));
    assert_eq!(ada.json()["code"], "permission_denied");
    assert_eq!(ask(&bearer(server.address)).status, 403);
    assert_eq!(ask(&basic("boss", "battery staple")).body, "boss is staff\n");
    assert_eq!(ask(&format!("Bearer {}", token(server.address, "boss", "battery staple"))).status, 200);
    let nobody = Request::get("/staff").send(server.address);
    assert_eq!((nobody.status.as_u16(), nobody.header("www-authenticate")), (401, Some("Bearer")));
}
