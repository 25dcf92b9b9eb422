//! What the bodies of requests may be.

use axum::Router;
use axum::body::Body;
use serde_json::json;
use tests::{Answer, request_with};

use super::{Who, built, call, sent, start, text};
use crate::support::refusal;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Those that read a body, with one that is good as JSON, one that is good as a form, and a form that is not.
const READERS: [(&str, &str, &str, &str, &str); 7] = [
    ("POST", "/auth/login/", r#"{"username":"boss","password":"pw"}"#, "username=boss&password=pw", "username=boss"),
    ("POST", "/auth/obtain/", r#"{"client":null,"name":"phone"}"#, "client=default&name=phone", "client=a&client=b"),
    (
        "POST",
        "/auth/tokens/",
        r#"{"name":"backup","expires_in":60}"#,
        "name=backup&expires_in=60",
        "name=backup&expires_in=x",
    ),
    ("POST", "/auth/logout/all/", r#"{"except_current":true}"#, "except_current=true", "except_current=1"),
    ("PATCH", "/auth/logins/{login}/", r#"{"name":"phone"}"#, "name=phone", "title=phone"),
    ("PATCH", "/auth/tokens/{token}/", r#"{"name":"backup"}"#, "name=backup", "name=a&name=b"),
    (
        "PUT",
        "/auth/clients/phone/",
        r#"{"max_logins":2,"allowed_origins":[]}"#,
        "max_logins=2",
        "allowed_origins=https%3A%2F%2Fa.example",
    ),
];

/// The path with ids of the boss's.
async fn path(router: &Router, path: &str) -> String {
    let boss = Who::browser("boss");
    let login = super::ids(router, &boss, "/auth/logins/").await.pop().unwrap();
    let token = super::ids(router, &boss, "/auth/tokens/").await.pop().unwrap();
    path.replace("{login}", &login).replace("{token}", &token)
}

async fn post(router: &Router, method: &str, path: &str, media_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = built(&Who::browser("boss"), method, path, None);
    if let Some(media_type) = media_type {
        request.headers_mut().insert("content-type", media_type.parse().unwrap());
    }
    *request.body_mut() = body.into();
    sent(router, request).await
}

#[tokio::test]
async fn json_and_forms_are_read() {
    for (method, route, json, form, _) in READERS {
        let (_, router) = start().await;
        let path = path(&router, route).await;
        for (media_type, body) in [
            (JSON, json),
            ("Application/JSON; charset=utf-8", json),
            (FORM, form),
            ("application/x-www-form-urlencoded;charset=utf-8", form),
        ] {
            let answer = post(&router, method, &path, Some(media_type), body).await;
            assert!(answer.status.is_success(), "{method} {path} {media_type}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn no_body_has_no_fields() {
    let (_, router) = start().await;
    for (method, route, wanted, detail) in [
        ("POST", "/auth/login/", 400, "The field `username` is missing."),
        ("POST", "/auth/obtain/", 200, ""),
        ("POST", "/auth/tokens/", 400, "The field `name` is missing."),
        ("PATCH", "/auth/logins/{login}/", 400, "The field `name` is missing."),
        ("PATCH", "/auth/tokens/{token}/", 400, "The field `name` is missing."),
        ("PUT", "/auth/clients/phone/", 201, ""),
        ("PUT", "/auth/clients/phone/", 200, ""),
        ("POST", "/auth/logout/all/", 204, ""),
    ] {
        let path = if wanted == 204 { route.to_owned() } else { path(&router, route).await };
        for media_type in [None, Some(JSON), Some("text/plain")].iter().take(if wanted == 400 { 3 } else { 1 }) {
            let answer = post(&router, method, &path, *media_type, "").await;
            let seen = (answer.status.as_u16(), answer.detail());
            assert_eq!(seen, (wanted, detail.to_owned()), "{method} {path} {media_type:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_broken_is_400() {
    let (_, router) = start().await;
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep = ["name", "username", "max_logins", "except_current"].map(|field| format!("\"{field}\":{deep}"));
    let deep = format!("{{{}}}", deep.join(","));
    for (method, route, good, _, bad_form) in READERS {
        let path = path(&router, route).await;
        let twice = good.replacen('{', r#"{"name":"a","name":"b","username":"a","username":"b","max_logins":1,"#, 1);
        for (media_type, body) in [
            (JSON, b"{".to_vec()),
            (JSON, b"null".to_vec()),
            (JSON, b"7".to_vec()),
            (JSON, b"\"name\"".to_vec()),
            (JSON, b"[]".to_vec()),
            (JSON, br#" ["boss", "pw"]"#.to_vec()),
            (JSON, b"{\"name\":\"\xff\",\"username\":\"\xff\"}".to_vec()),
            (JSON, format!("{good}x").into_bytes()),
            (JSON, format!("\u{feff}{good}").into_bytes()),
            (JSON, deep.clone().into_bytes()),
            (JSON, br#"{"name":7,"username":7,"max_logins":"7","except_current":1}"#.to_vec()),
            (JSON, br#"{"name":{},"username":[],"max_logins":-1,"except_current":"true"}"#.to_vec()),
            (FORM, bad_form.as_bytes().to_vec()),
        ] {
            let what = format!("{method} {path} {media_type} {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
            let answer = post(&router, method, &path, Some(media_type), body).await;
            assert_eq!(refusal(&answer), (400, "invalid".to_owned()), "{what}");
        }
        if !route.contains("logout") {
            let answer = post(&router, method, &path, Some(JSON), twice).await;
            assert_eq!(refusal(&answer), (400, "invalid".to_owned()), "twice {method} {path}");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_415() {
    let (_, router) = start().await;
    for (method, route, good, ..) in READERS {
        let path = path(&router, route).await;
        for media_type in
            [None, Some(""), Some("text/plain"), Some("multipart/form-data; boundary=x"), Some("application/jsonp")]
        {
            let answer = post(&router, method, &path, media_type, good).await;
            assert_eq!(refusal(&answer), (415, "unsupported_media_type".to_owned()), "{method} {path} {media_type:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let (_, router) = start().await;
    let large = "x".repeat(2 * 1024 * 1024 + 1);
    for (method, route, ..) in READERS {
        let path = path(&router, route).await;
        for media_type in [JSON, FORM, "text/plain"] {
            let answer = post(&router, method, &path, Some(media_type), large.clone()).await;
            assert_eq!(refusal(&answer), (413, "invalid".to_owned()), "{method} {path} {media_type}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said_without_repeating_it() {
    let (_, router) = start().await;
    for body in [
        r#"{"username":"ada","password":["correct horse"]}"#,
        r#"{"username":"ada","password":"correct horse""#,
        r#"{"username":"ada","password":"correct horse","client":9}"#,
        r#"{"username":"ada","correct horse":"correct horse"}"#,
    ] {
        let headers = [("content-type", JSON)];
        let answer = sent(&router, request_with("POST", "/auth/login/", &headers, body)).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(!answer.body.contains("correct"), "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn names_are_trimmed_and_neither_long_nor_of_control_characters() {
    let (_, router) = start().await;
    let boss = Who::browser("boss");
    for (name, kept) in [
        ("phone", Some("phone")),
        ("  my phone\u{a0}", Some("my phone")),
        ("Ünïcode 📱", Some("Ünïcode 📱")),
        ("é".repeat(100).as_str(), Some("é".repeat(100).as_str())),
        ("é".repeat(101).as_str(), None),
        ("a\nb", None),
        ("a\0", None),
        ("\u{85}a\u{9f}", None),
    ] {
        let log_in = json!({ "username": "ada", "password": "pw", "name": name });
        for (method, route, body) in [
            ("POST", "/auth/login/", log_in),
            ("POST", "/auth/obtain/", json!({ "name": name })),
            ("POST", "/auth/tokens/", json!({ "name": name })),
            ("PATCH", "/auth/logins/{login}/", json!({ "name": name })),
            ("PATCH", "/auth/tokens/{token}/", json!({ "name": name })),
        ] {
            let path = path(&router, route).await;
            let answer = call(&router, &boss, method, &path, body).await;
            match kept {
                None => assert_eq!(refusal(&answer), (400, "invalid".to_owned()), "{method} {path} {name:?}"),
                Some(kept) => {
                    assert!(answer.status.is_success(), "{method} {path} {name:?}: {answer:?}");
                    if path.contains("/tokens/") || method == "PATCH" {
                        assert_eq!(text(&answer.json(), "name"), kept, "{method} {path}");
                    }
                }
            }
        }
    }
}
