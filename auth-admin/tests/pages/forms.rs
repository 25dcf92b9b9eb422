//! Cross-site request forgery, on every form.

use crate::access::posts;
use crate::support::{Ask, CSRF, Pages};

#[tokio::test]
async fn no_form_is_accepted_without_its_token_or_from_another_site() {
    for route in posts() {
        let pages = Pages::new().await;
        let path = route.replace("/users/{id}", &pages.user("ada").await);
        let fields =
            [("username", "boss"), ("password", "pw"), ("name", "made"), ("expires", "7"), ("at_limit", "refuse")];
        let form = || Ask::post(&path, &fields);
        let other = CSRF.to_lowercase();
        for (why, ask) in [
            ("no token", form().by("boss")),
            ("no cookie", form().header("cookie", "sessionid=boss-login").with_token()),
            ("another token", Ask::post(&path, &[("csrfmiddlewaretoken", &other)]).by("boss")),
            ("a foreign origin", form().by("boss").with_token().header("origin", "http://evil.example")),
            ("a hidden origin", form().by("boss").with_token().header("origin", "null")),
            ("another site", form().by("boss").with_token().header("sec-fetch-site", "cross-site")),
        ] {
            let answer = pages.send(ask).await;
            answer.assert_page(403, "The form was not accepted");
            assert_eq!(answer.header("set-cookie"), None, "{route}, {why}");
        }
        let ada = pages.account("ada").await;
        assert!(ada.is_active && !ada.is_staff, "{route}");
        assert!(pages.is_logged_in("ada-login").await && pages.is_logged_in("boss-login").await, "{route}");
        assert_eq!(pages.events(), Vec::<String>::new(), "{route}");
        assert!(pages.get("/clients").await.contains("There are no clients."), "{route}");
    }
}

#[tokio::test]
async fn no_handshake_of_another_site_is_accepted() {
    let pages = Pages::new().await;
    for (origin, status) in [("http://evil.example", 403), ("null", 403), ("http://testserver", 200)] {
        let ask = Ask::get("/users").by("boss").header("upgrade", "websocket").header("origin", origin);
        assert_eq!(pages.send(ask).await.status, status, "{origin}");
        let plain = Ask::get("/users").by("boss").header("origin", origin);
        assert_eq!(pages.send(plain).await.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn the_word_of_the_browser_is_as_good_as_the_token() {
    let pages = Pages::new().await;
    let path = pages.user("ada").await + "/disable";
    let answer = pages.send(Ask::post(&path, &[]).by("boss").header("origin", "http://testserver")).await;
    assert_eq!(answer.location(), format!("../../users/{}?done=disabled", pages.account("ada").await.id));
}

#[tokio::test]
async fn the_pages_have_the_token_that_their_forms_need() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    for path in ["/sign-in", "/users", &user, "/clients/new"] {
        let page = pages.get(path).await;
        let tokens: Vec<&str> = page
            .body
            .split("name=\"csrfmiddlewaretoken\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(page.body.matches("method=\"post\"").count(), tokens.len(), "{path}");
        let cookies = format!("sessionid=boss-login; csrftoken={CSRF}");
        let path = format!("{user}/enable");
        let answer =
            pages.send(Ask::post(&path, &[("csrfmiddlewaretoken", tokens[0])]).header("cookie", &cookies)).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_changes_nothing() {
    let pages = Pages::new().await;
    let path = pages.user("ada").await + "/tokens";
    let twice = Ask::post(&path, &[("name", "a"), ("name", "b"), ("expires", "7")]).by("boss").with_token();
    pages.send(twice).await.assert_page(400, "Not understood");
    let long = "x".repeat(3_000_000);
    let answer = pages.send(Ask::post(&path, &[("name", &long)]).by("boss").with_token()).await;
    answer.assert_page(413, "Too long");
    assert_eq!(pages.events(), Vec::<String>::new());
}
