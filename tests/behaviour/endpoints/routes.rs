//! What holds of every route: who may call it, by which methods, and what it says when the store does not answer.

use std::collections::BTreeSet;

use auth_runtime::store::{Client, ClientStore};
use axum::Router;
use serde_json::{Value, json};
use tests::{CSRF, request_with, send};

use super::{Who, built, call, is_good, log_in, sent, start};
use crate::support::refusal;

/// A route: method, path, a body that is good, and whether a personal token of the staff may call it.
type Route = (&'static str, &'static str, Option<Value>, bool);

const LOGIN: &str = "/auth/login/";

fn routes() -> Vec<Route> {
    vec![
        ("POST", LOGIN, Some(json!({ "username": "boss", "password": "pw" })), true),
        ("POST", "/auth/obtain/", None, false),
        // These two need a login, and say so in their own way.
        ("POST", "/auth/renew/", None, true),
        ("POST", "/auth/logout/", None, true),
        ("POST", "/auth/logout/all/", None, false),
        ("GET", "/auth/logins/", None, true),
        ("PATCH", "/auth/logins/{id}/", Some(json!({ "name": "phone" })), false),
        ("DELETE", "/auth/logins/{id}/", None, false),
        ("GET", "/auth/tokens/", None, true),
        ("POST", "/auth/tokens/", Some(json!({ "name": "backup" })), false),
        ("PATCH", "/auth/tokens/{id}/", Some(json!({ "name": "backup" })), false),
        ("DELETE", "/auth/tokens/{id}/", None, false),
        ("GET", "/auth/clients/", None, false),
        ("GET", "/auth/clients/{name}/", None, false),
        ("PUT", "/auth/clients/{name}/", Some(json!({})), false),
        ("DELETE", "/auth/clients/{name}/", None, false),
    ]
}

/// The path with an id of nobody's, and the name of a client that is there.
fn path(route: &str) -> String {
    route.replace("{id}", "1000000").replace("{name}", "phone")
}

async fn with_phone() -> (tests::App, Router) {
    let (app, router) = start().await;
    app.backend().put_client(&Client::new("phone").unwrap()).await.unwrap();
    (app, router)
}

fn is_unsafe(method: &str) -> bool {
    method != "GET"
}

#[tokio::test]
async fn every_route_of_the_routers_is_in_the_table() {
    let (_, router) = with_phone().await;
    // A router lists its paths when it is printed, and its methods when another is asked for.
    let printed = format!("{router:?}");
    let paths: BTreeSet<&str> = printed.split('"').filter(|text| text.starts_with("/auth/")).collect();
    let mut found = BTreeSet::new();
    for route in paths {
        let answer = call(&router, &Who::browser("boss"), "BREW", &path(route), None).await;
        assert_eq!(refusal(&answer), (405, "method_not_allowed".to_owned()), "{route}");
        assert_eq!(answer.detail(), "Method \"BREW\" not allowed.");
        let methods = answer.header("allow").unwrap().split(',').filter(|method| *method != "HEAD");
        found.extend(methods.map(|method| (method.to_owned(), route.to_owned())));
    }
    let listed = routes().into_iter().map(|(method, path, ..)| (method.to_owned(), path.to_owned()));
    assert_eq!(found, listed.collect());
}

#[tokio::test]
async fn nobody_may_call_any_but_the_log_in() {
    let (_, router) = with_phone().await;
    for (method, route, body, _) in routes() {
        for body in [body, None] {
            let answer = call(&router, &Who::NoUser, method, &path(route), body.clone()).await;
            if route == LOGIN {
                assert_eq!(answer.status, if body.is_some() { 200 } else { 400 }, "{route}");
                continue;
            }
            assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{method} {route}");
            assert_eq!(answer.all("www-authenticate"), ["Token"], "{method} {route}");
        }
    }
}

#[tokio::test]
async fn who_is_told_that_the_credentials_are_wrong_learns_nothing_of_the_body_or_the_path() {
    let (_, router) = with_phone().await;
    let stale = Who::Token("stale".to_owned());
    for (method, route, ..) in routes().into_iter().filter(|(_, route, ..)| *route != LOGIN) {
        for path in [path(route), route.replace("{id}", "%ff").replace("{name}", "%ff")] {
            let mut request = built(&stale, method, &path, None);
            *request.body_mut() = "{".into();
            let answer = sent(&router, request).await;
            assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{method} {path}");
            assert_eq!(answer.all("www-authenticate"), ["Token"], "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503() {
    let (app, router) = with_phone().await;
    let token = log_in(&router, "boss", None).await;
    app.backend().set_down(true);
    for (method, route, body, _) in routes() {
        for who in [token.clone(), Who::personal("boss"), Who::browser("boss"), Who::Basic("boss")] {
            let answer = call(&router, &who, method, &path(route), body.clone()).await;
            assert_eq!(refusal(&answer), (503, "unavailable".to_owned()), "{method} {route} {who:?}");
            assert_eq!(answer.header("www-authenticate"), None, "{method} {route} {who:?}");
            assert!(!answer.body.contains("taken down"), "{method} {route}: {answer:?}");
        }
    }
    app.backend().set_down(false);
    assert!(is_good(&app, &token).await);
}

#[tokio::test]
async fn every_kind_of_caller_may_call_every_route() {
    for (method, route, body, _) in routes() {
        let (_, router) = with_phone().await;
        let token = log_in(&router, "boss", None).await;
        for who in [Who::browser("boss"), Who::Basic("boss"), token] {
            let answer = call(&router, &who, method, &path(route), body.clone()).await;
            let wanted: &[u16] = match (route, &who) {
                ("/auth/renew/", Who::Basic(_) | Who::Cookie(_)) | ("/auth/logout/", Who::Basic(_)) => &[400],
                (route, _) if route.contains("{id}") => &[404],
                // It is gone after the first one.
                ("/auth/clients/{name}/", _) if method == "DELETE" => &[204, 404],
                ("/auth/logout/all/", Who::Token(_)) => &[401],
                _ => &[200, 201, 204],
            };
            assert!(wanted.contains(&answer.status.as_u16()), "{method} {route} {who:?}: {answer:?}");
            if answer.status == 400 {
                assert_eq!(refusal(&answer).1, "no_login", "{method} {route} {who:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_personal_token_does_nothing_that_makes_or_ends_others() {
    for (method, route, body, may) in routes() {
        let (_, router) = with_phone().await;
        let answer = call(&router, &Who::personal("boss"), method, &path(route), body).await;
        let refused = refusal(&answer) == (403, "login_required".to_owned());
        assert_eq!(refused, !may, "{method} {route}: {answer:?}");
        if refused {
            assert_eq!(answer.detail(), "A personal token cannot do this. Log in first.");
        }
    }
}

#[tokio::test]
async fn a_browser_proves_that_a_request_that_changes_something_is_its_own() {
    for (method, route, body, _) in routes().into_iter().filter(|(_, route, ..)| *route != LOGIN) {
        let (app, router) = with_phone().await;
        let with = async |headers: &[(&str, &str)]| {
            let mut all = vec![("content-type", "application/json")];
            all.extend(headers);
            let body = body.as_ref().map(Value::to_string).unwrap_or_default();
            send(&router, request_with(method, &path(route), &all, &body)).await
        };
        let cookie = ("cookie", "sessionid=boss-login");
        for foreign in [&[cookie][..], &[cookie, ("origin", "http://evil.example")]] {
            let answer = with(foreign).await;
            let is_refused = refusal(&answer) == (403, "csrf_failed".to_owned());
            assert_eq!(is_refused, is_unsafe(method), "{method} {route}: {answer:?}");
        }
        assert!(is_good(&app, &Who::browser("boss")).await, "{method} {route}");
        let cookies = format!("sessionid=boss-login; csrftoken={CSRF}");
        let answer = with(&[("cookie", &cookies), ("x-csrftoken", CSRF)]).await;
        assert_ne!(answer.status, 403, "{method} {route}: {answer:?}");
    }
}

#[tokio::test]
async fn the_routers_may_be_nested_below_a_path_with_names_of_its_own() {
    let (app, _) = with_phone().await;
    let endpoints = auth_endpoints::endpoints::<tests::App, super::Api>();
    let router = Router::new().nest("/{tenant}/{area}", endpoints).with_state(app.clone());
    let token = Who::Token({
        let body = json!({ "username": "ada", "password": "pw" });
        super::text(&call(&router, &Who::NoUser, "POST", "/a/b/login/", body).await.json(), "token")
    });
    let ids = super::ids(&router, &token, "/a/b/logins/").await;
    assert_eq!(call(&router, &token, "DELETE", &format!("/a/b/logins/{}/", ids[1]), None).await.status, 204);
    assert!(is_good(&app, &token).await && !is_good(&app, &Who::browser("ada")).await);
}
