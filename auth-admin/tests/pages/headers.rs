//! What every answer carries.

use crate::access::gets;
use crate::support::{Answer, Ask, MOUNT, Pages};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[track_caller]
fn assert_headers(answer: &Answer) {
    assert_eq!(answer.header("content-security-policy"), Some(POLICY));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    for name in ["content-security-policy", "cache-control", "referrer-policy", "x-content-type-options"] {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{name}");
    }
}

#[tokio::test]
async fn every_answer_is_kept_by_nobody_and_loads_nothing_from_elsewhere() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    for (route, status) in gets().filter(|(route, _)| *route != "/style.css") {
        for (caller, status) in [("boss", Some(status)), ("ada", None), ("", None)] {
            let answer = pages.send(Ask::get(&route.replace("/users/{id}", &user)).by(caller)).await;
            assert!(status.is_none_or(|status| answer.status == status), "{route}: {}", answer.status);
            assert_headers(&answer);
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{route} by {caller:?}");
            for forbidden in ["<script", "style=\"", " onclick", "javascript:", "http://", "https://", "<img", "<style"]
            {
                let body = answer.body.replace("https://app.example.org", "").replace("https://*.example.org", "");
                assert!(!body.contains(forbidden), "{route}: {forbidden}");
            }
        }
    }
    for answer in [
        pages.post(&format!("{user}/disable"), &[]).await,
        pages.post(&format!("{user}/tokens"), &[]).await,
        pages.post("/clients/new", &[]).await,
        pages.post("/sign-in", &[("username", "boss"), ("password", "pw")]).await,
        pages.send(Ask::new("PUT", "/users")).await,
    ] {
        assert_headers(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_long_and_named_by_what_it_says() {
    let pages = Pages::new().await;
    let page = pages.send(Ask::get("/sign-in")).await;
    let link = page.body.split("rel=\"stylesheet\" href=\".").nth(1).unwrap().split('"').next().unwrap();
    assert!(link.starts_with("/style.css?v="), "{link}");
    let sheet = pages.send(Ask::get(link)).await;
    assert_headers(&sheet);
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(sheet.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for forbidden in ["url(", "@import", "http"] {
        assert!(!sheet.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn links_hold_where_the_pages_are_mounted() {
    let pages = Pages::new().await;
    assert_eq!(pages.get("/").await.location(), "./office/users", "seen from {MOUNT}");
    let user = pages.user("ada").await;
    for (path, up) in [("/users", "./"), (user.as_str(), "../"), ("/clients/new", "../"), ("/a/b/c", "../../")] {
        let page = pages.get(path).await;
        for kind in ["href=\"", "action=\""] {
            for link in page.body.split(kind).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(link.starts_with(up) || link.starts_with('#'), "{path}: {link}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_says_which_methods_there_are() {
    let pages = Pages::new().await;
    let answer = pages.send(Ask::get("/sign-out")).await;
    answer.assert_page(405, "No such page");
    assert_eq!(answer.header("allow"), Some("POST"));
}
