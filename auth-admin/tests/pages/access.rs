//! Who may come in, route by route.

use std::collections::BTreeSet;

use crate::support::{Ask, Pages};

/// Who gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Everybody,
    Staff,
}
use Who::{Everybody, Staff};

/// Every route, and what the staff gets of it: with no fields, and for `ada` where an account is meant.
const ROUTES: [(&str, &str, Who, u16); 25] = [
    ("GET", "/", Staff, 303),
    ("GET", "/style.css", Everybody, 200),
    ("GET", "/sign-in", Everybody, 200),
    ("POST", "/sign-in", Everybody, 422),
    ("POST", "/sign-out", Everybody, 303),
    ("GET", "/users", Staff, 200),
    ("GET", "/users/{id}", Staff, 200),
    ("POST", "/users/{id}/disable", Staff, 303),
    ("POST", "/users/{id}/enable", Staff, 303),
    ("POST", "/users/{id}/make-staff", Staff, 303),
    ("POST", "/users/{id}/remove-staff", Staff, 303),
    ("POST", "/users/{id}/logins/end", Staff, 404),
    ("POST", "/users/{id}/logins/end-all", Staff, 303),
    ("POST", "/users/{id}/tokens", Staff, 422),
    ("POST", "/users/{id}/tokens/revoke", Staff, 404),
    ("POST", "/users/{id}/tokens/revoke-all", Staff, 303),
    ("GET", "/clients", Staff, 200),
    ("GET", "/clients/new", Staff, 200),
    ("POST", "/clients/new", Staff, 422),
    ("GET", "/clients/edit", Staff, 404),
    ("POST", "/clients/edit", Staff, 404),
    ("GET", "/clients/delete", Staff, 404),
    ("POST", "/clients/delete", Staff, 404),
    // What no route is for.
    ("GET", "/nothing", Everybody, 404),
    ("DELETE", "/users", Everybody, 405),
];

/// Every route with a method that changes something.
pub(crate) fn posts() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().filter(|(method, ..)| *method == "POST").map(|(_, path, ..)| *path)
}

/// Every route with a page.
pub(crate) fn gets() -> impl Iterator<Item = (&'static str, u16)> {
    ROUTES.iter().filter(|(method, ..)| *method == "GET").map(|(_, path, _, status)| (*path, *status))
}

#[test]
fn every_route_has_its_rule_here() {
    let source = include_str!("../../src/lib.rs");
    let mut routes = BTreeSet::new();
    for route in source.split(".route(\"").skip(1) {
        let (path, handlers) = route.split_once('"').unwrap();
        let handlers = handlers.lines().next().unwrap();
        for (call, method) in [("get(", "GET"), ("post(", "POST"), ("any(", "any")] {
            if handlers.contains(call) {
                routes.insert((method, path));
            }
        }
    }
    let ruled = ROUTES.map(|(method, path, ..)| (method, path)).into();
    let unruled: Vec<_> = routes.difference(&ruled).collect();
    assert_eq!(unruled, [&("any", "/{*rest}")], "a route without a rule");
    let unrouted: Vec<_> = ruled.difference(&routes).collect();
    assert_eq!(unrouted, [&("DELETE", "/users"), &("GET", "/nothing")], "a rule without a route");
    for other in [".merge(", ".nest(", "_service(", "put(", "patch(", "delete(", "on("] {
        let calls = source.lines().filter(|line| !line.starts_with("//") && line.contains(other));
        let calls: Vec<_> = calls.filter(|line| !line.contains("::delete(")).collect();
        assert!(calls.is_empty(), "this test does not know {other}: {calls:?}");
    }
}

#[tokio::test]
async fn each_route_lets_in_whom_it_is_for() {
    for (method, route, who, status) in ROUTES {
        for caller in ["", "ada", "boss"] {
            let pages = Pages::new().await;
            let user = pages.user("ada").await;
            let path = route.replace("/users/{id}", &user);
            let ask = if method == "POST" { Ask::post(&path, &[]).with_token() } else { Ask::new(method, &path) };
            let answer = pages.send(ask.by(caller)).await;
            let context = format!("{method} {route} by {caller:?}: {}", answer.body);
            match (who, caller) {
                (Staff, "") => {
                    assert_eq!(answer.status, 303, "{context}");
                    let sign_in = answer.location();
                    assert!(sign_in.contains("sign-in?next=%2F"), "{sign_in}");
                    assert!(!answer.contains("ada"), "{context}");
                }
                (Staff, "ada") => {
                    answer.assert_page(403, "For staff only");
                    assert!(!answer.contains(&user), "{context}");
                }
                _ => assert_eq!(answer.status, status, "{context}"),
            }
            if caller != "boss" && who == Staff {
                assert!(pages.is_logged_in("ada-login").await && pages.is_logged_in("boss-login").await, "{context}");
                let ada = pages.account("ada").await;
                assert!(ada.is_active && !ada.is_staff, "{context}");
            }
        }
    }
}

#[tokio::test]
async fn who_is_no_longer_staff_or_active_is_out_at_once() {
    use auth_runtime::store::AccountStore;

    let pages = Pages::new().await;
    pages.get("/users").await.assert_page(200, "Users");
    pages.app.backend().set_staff("boss", false).await.unwrap();
    pages.get("/users").await.assert_page(403, "For staff only");
    pages.app.backend().set_staff("boss", true).await.unwrap();
    pages.get("/users").await.assert_page(200, "Users");
    pages.app.backend().set_active("boss", false).await.unwrap();
    assert_eq!(pages.get("/users").await.location(), "./sign-in?next=%2Fusers");
}

#[tokio::test]
async fn other_ways_in_do_not_lead_here() {
    let pages = Pages::new().await;
    pages.give_token("boss", "boss-token").await;
    for value in ["Basic Ym9zczpwdw==", "Bearer boss-token", "Token boss-token"] {
        let answer = pages.send(Ask::get("/users").header("authorization", value)).await;
        assert_eq!(answer.location(), "./sign-in?next=%2Fusers", "{value}");
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_a_page_and_lets_nobody_in() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    pages.app.backend().set_down(true);
    for (method, route, _, status) in ROUTES {
        if ["/style.css", "/nothing"].contains(&route) || status == 405 {
            continue;
        }
        let path = route.replace("/users/{id}", &user);
        let fields = [("username", "boss"), ("password", "pw")];
        let ask = if method == "POST" { Ask::post(&path, &fields).with_token() } else { Ask::new(method, &path) };
        let answer = pages.send(ask.by("boss")).await;
        answer.assert_page(503, "Not available");
        assert!(!answer.contains("taken down by a test"), "{method} {route}: the reason is for the log");
    }
}
