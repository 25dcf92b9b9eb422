//! Signing in and out.

use std::time::Duration;

use auth_runtime::store::NewAccount;

use crate::support::{Answer, Ask, Pages};

async fn attempt(pages: &Pages, username: &str, password: &str) -> Answer {
    pages.post("/sign-in", &[("username", username), ("password", password), ("next", "/users/2?done=enabled")]).await
}

fn login_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let mut values = cookies.filter_map(|cookie| cookie.split(';').next()?.strip_prefix("sessionid="));
    values.find(|value| !value.is_empty()).map(str::to_owned)
}

#[tokio::test]
async fn staff_signs_in_and_comes_to_what_it_wanted() {
    let pages = Pages::new().await;
    let wanted = pages.send(Ask::get("/users/2?done=enabled")).await;
    assert_eq!(wanted.location(), "../sign-in?next=%2Fusers%2F2%3Fdone%3Denabled");
    let form = pages.send(Ask::get("/sign-in?next=%2Fusers%2F2%3Fdone%3Denabled")).await;
    form.assert_page(200, "Sign in");
    assert!(form.contains("name=\"next\" value=\"/users/2?done=enabled\""));
    let answer = attempt(&pages, "boss", "pw").await;
    assert_eq!(answer.location(), "./users/2?done=enabled");
    assert!(!pages.is_logged_in("boss-login").await, "the login of before has ended");
    let cookie = login_cookie(&answer).unwrap();
    assert!(pages.is_logged_in(&cookie).await);
    let events = pages.events();
    let logged_in = format!("logged_in user={} login=", pages.account("boss").await.id);
    assert!(events.len() == 1 && events[0].starts_with(&logged_in), "{events:?}");
}

#[tokio::test]
async fn next_leads_nowhere_else() {
    let pages = Pages::new().await;
    for (next, location) in [
        ("", "./users"),
        ("/", "./users"),
        ("/clients", "./clients"),
        ("https://evil.example/", "./users"),
        ("javascript:x", "./users"),
        ("/../../evil", "./users"),
        ("/\r\nX: y", "./users"),
        // Behind the dot these are paths of this host.
        ("//evil.example/", ".//evil.example/"),
        ("/\\evil.example/", "./%5Cevil.example/"),
    ] {
        let fields = [("username", "boss"), ("password", "pw"), ("next", next)];
        let answer = pages.post("/sign-in", &fields).await;
        assert_eq!((answer.location(), answer.header("x")), (location, None), "{next}");
    }
}

#[tokio::test]
async fn whoever_does_not_come_in_gets_the_same_words_and_no_login() {
    let pages = Pages::new().await;
    let hash = pages.app.passwords().hash("pw").await.unwrap();
    pages.add(&NewAccount::new("gone").with_password_hash(hash).staff(true).active(false)).await;
    let mut bodies = Vec::new();
    for (username, password) in
        [("boss", "wrong"), ("nobody", "pw"), ("ada", "pw"), ("ada", "wrong"), ("gone", "pw"), ("", "")]
    {
        let answer = attempt(&pages, username, password).await;
        answer.assert_page(422, "Sign in");
        assert!(answer.contains("role=\"alert\"") && !answer.contains("value=\"pw\""), "{username}");
        assert_eq!(login_cookie(&answer), None, "{username}");
        let body = answer.body.replace(&format!("value=\"{username}\""), "");
        let token = body.split("csrfmiddlewaretoken\" value=\"").nth(1).unwrap()[..64].to_owned();
        bodies.push(body.replace(&token, "").replace(" autofocus", ""));
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    assert!(pages.is_logged_in("ada-login").await, "a login that was there stays");
    let events = pages.events();
    let id = async |name: &str| pages.account(name).await.id;
    assert_eq!(
        events,
        [
            format!("login_failed user={} reason=wrong_password", id("boss").await),
            "login_failed reason=unknown_name".to_owned(),
            format!("login_refused user={} reason=not_staff", id("ada").await),
            format!("login_failed user={} reason=wrong_password", id("ada").await),
            format!("login_failed user={} reason=not_allowed", id("gone").await),
            "login_failed reason=unknown_name".to_owned(),
        ]
    );
}

#[tokio::test]
async fn failures_are_throttled_with_a_page_that_says_how_long() {
    let pages = Pages::new().await;
    for _ in 0..10 {
        assert_eq!(attempt(&pages, "boss", "wrong").await.status, 422);
    }
    for password in ["wrong", "pw"] {
        let answer = attempt(&pages, "boss", password).await;
        answer.assert_page(429, "Please try again in 10 minutes.");
        assert_eq!(answer.header("retry-after"), Some("600"));
        assert!(answer.contains("id=\"password\"") && login_cookie(&answer).is_none());
    }
    assert_eq!(attempt(&pages, "chief", "pw").await.status, 303, "another name goes on");
    pages.clock.advance(Duration::from_secs(600));
    assert_eq!(attempt(&pages, "boss", "pw").await.status, 303);
}

#[tokio::test]
async fn a_limit_of_logins_is_said() {
    use auth_runtime::store::{Client, ClientStore};

    let pages = Pages::new().await;
    let client = Client::default().with_max_logins(Some(0));
    pages.app.backend().put_client(&client).await.unwrap();
    let answer = attempt(&pages, "boss", "pw").await;
    answer.assert_page(403, "You have reached the maximum number of active logins.");
    assert_eq!(login_cookie(&answer), None);
}

#[tokio::test]
async fn signing_out_ends_the_login_and_shows_the_form() {
    let pages = Pages::new().await;
    let boss = pages.account("boss").await.id;
    let answer = pages.post("/sign-out", &[]).await;
    assert_eq!(answer.location(), "./sign-in");
    assert!(!pages.is_logged_in("boss-login").await && pages.is_logged_in("chief-login").await);
    assert_eq!(pages.get("/users").await.location(), "./sign-in?next=%2Fusers");
    let events = pages.events();
    assert!(events.len() == 1 && events[0].starts_with(&format!("logged_out user={boss} login=")), "{events:?}");
}
