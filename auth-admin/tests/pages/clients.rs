//! Clients.

use std::time::Duration;

use auth_runtime::TrustedOrigin;
use auth_runtime::store::{AtLimit, Client, ClientStore, LoginStore};
use auth_runtime::throttle::Limit;

use crate::support::Pages;

const FULL: [(&str, &str); 9] = [
    ("name", "web"),
    ("absolute_lifetime", "1d 12h"),
    ("idle_lifetime", ""),
    ("access_lifetime", "15m"),
    ("max_logins", "3"),
    ("at_limit", "end-oldest"),
    ("single_login", "on"),
    ("rate", "10/10minute"),
    ("allowed_origins", "https://app.example.org\r\nhttps://*.example.net\r\n"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let other = |name: &str| changes.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    FULL.iter().map(|(name, value)| (*name, other(name).unwrap_or(value))).collect()
}

async fn find(pages: &Pages, name: &str) -> Option<Client> {
    pages.app.backend().find_client(name).await.unwrap()
}

#[tokio::test]
async fn a_client_is_made_with_every_field() {
    let pages = Pages::new().await;
    let form = pages.get("/clients/new").await;
    form.assert_page(200, "New client");
    assert!(form.contains("name=\"absolute_lifetime\" value=\"90d\""), "it begins as the default one");
    let answer = pages.post("/clients/new", &FULL).await;
    assert_eq!(answer.location(), "../clients?done=client-made");
    let made = Client::new("web")
        .unwrap()
        .with_absolute_lifetime(Some(Duration::from_secs(129_600)))
        .with_idle_lifetime(None)
        .with_access_lifetime(Some(Duration::from_secs(900)))
        .with_max_logins(Some(3))
        .with_at_limit(AtLimit::EndOldest)
        .with_single_login(true)
        .with_rate(Some(Limit::new(10, Duration::from_secs(600))))
        .with_allowed_origins(vec![
            TrustedOrigin::parse("https://app.example.org").unwrap(),
            TrustedOrigin::parse("https://*.example.net").unwrap(),
        ]);
    assert_eq!(find(&pages, "web").await, Some(made));
    let list = pages.get("/clients?done=client-made").await;
    for text in [
        "role=\"status\">The client is made.",
        "href=\"./clients/edit?name=web\"",
        "1d 12h",
        "15m",
        "3 each",
        "then the oldest ends",
        "ends all others",
        "10/10minute",
        "https://*.example.net",
    ] {
        assert!(list.contains(text), "{text}: {}", list.body);
    }
}

#[tokio::test]
async fn a_client_is_edited_and_its_name_stays() {
    let pages = Pages::new().await;
    pages.app.backend().put_client(&Client::new("web").unwrap()).await.unwrap();
    let form = pages.get("/clients/edit?name=web").await;
    form.assert_page(200, "Client web");
    assert!(!form.contains("name=\"name\""));
    for text in ["value=\"90d\"", "value=\"14d\"", "value=\"refuse\" checked"] {
        assert!(form.contains(text), "{text}: {}", form.body);
    }
    let fields = with(&[("name", "other"), ("max_logins", ""), ("at_limit", "refuse"), ("allowed_origins", "")]);
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != "single_login").collect();
    let answer = pages.post("/clients/edit?name=web", &fields).await;
    assert_eq!(answer.location(), "../clients?done=client-saved");
    assert_eq!(find(&pages, "other").await, None);
    let saved = find(&pages, "web").await.unwrap();
    assert_eq!((*saved.max_logins(), *saved.at_limit(), *saved.single_login()), (None, AtLimit::Refuse, false));
    assert!(saved.allowed_origins().is_empty() && saved.idle_lifetime().is_none());
}

#[tokio::test]
async fn faults_are_said_beside_their_fields_and_nothing_is_lost() {
    let pages = Pages::new().await;
    pages.app.backend().put_client(&Client::new("taken").unwrap()).await.unwrap();
    for (field, typed, fault) in [
        ("name", "", "A client’s name is 1 to 64 letters"),
        ("name", "two words", "A client’s name is 1 to 64 letters"),
        ("name", "taken", "There is a client with this name already."),
        ("absolute_lifetime", "14", "Write a number with d, h, m or s behind it"),
        ("idle_lifetime", "<b>", "Write a number with d, h, m or s behind it"),
        ("access_lifetime", "0m", "Nothing can last for no time at all."),
        ("access_lifetime", "99999999999d", "Write a hundred years"),
        ("max_logins", "-1", "Write a whole number"),
        ("max_logins", "4294967296", "The number is too large."),
        ("at_limit", "explode", "Choose one of these."),
        ("rate", "often", "A limit is a number and a period"),
        ("allowed_origins", "app.example.org", "“app.example.org” is none: an origin is"),
        ("allowed_origins", "https://a.example/path", "is none: an origin is"),
    ] {
        let page = pages.post("/clients/new", &with(&[(field, typed)])).await;
        let fault = fault.replace('’', "'");
        page.assert_page(422, &fault);
        assert!(page.contains(&format!("id=\"{field}-fault\"")), "{field}");
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: the list of faults leads to the field");
        if field != "at_limit" {
            assert!(page.contains("aria-invalid=\"true\""), "{field}");
            let escaped = typed.replace('<', "&lt;").replace('>', "&gt;");
            assert!(page.contains(&escaped), "{field}: what was typed stays");
        }
        assert!(page.contains("value=\"10/10minute\"") || field == "rate");
        assert!(page.contains("<title>Error: New client"));
    }
    assert_eq!(pages.app.backend().clients().await.unwrap().len(), 1);
    assert_eq!(find(&pages, "taken").await, Some(Client::new("taken").unwrap()), "nothing is written over");

    let page = pages.post("/clients/edit?name=taken", &with(&[("rate", "x")])).await;
    page.assert_page(422, "Client taken");
    assert!(page.contains("id=\"rate-fault\""));
}

#[tokio::test]
async fn a_client_is_deleted_after_a_page_that_says_what_that_does() {
    let pages = Pages::new().await;
    let web = Client::new("web").unwrap();
    pages.app.backend().put_client(&web).await.unwrap();
    let mut login = pages.new_login("with-web");
    login.client = web;
    pages.app.backend().insert_login(&pages.account("ada").await, login).await.unwrap().kept().unwrap();

    let page = pages.get("/clients/delete?name=web").await;
    page.assert_page(200, "Delete client web?");
    assert!(page.contains("All logins that were made with this client end at once"));
    assert!(!page.contains("you will be signed out"));
    assert!(find(&pages, "web").await.is_some(), "a link deletes nothing");

    let answer = pages.post("/clients/delete?name=web", &[]).await;
    assert_eq!(answer.location(), "../clients?done=client-deleted");
    assert!(find(&pages, "web").await.is_none());
    assert!(!pages.is_logged_in("with-web").await && pages.is_logged_in("ada-login").await);
    assert_eq!(pages.events(), [pages.by_boss("login_revoked client=web").await]);
    pages.post("/clients/delete?name=web", &[]).await.assert_page(404, "There is no client with this name.");
}

#[tokio::test]
async fn whoever_deletes_the_client_of_his_own_login_is_warned() {
    let pages = Pages::new().await;
    pages.app.backend().put_client(&Client::default()).await.unwrap();
    let page = pages.get("/clients/delete?name=default").await;
    assert!(page.contains("you will be signed out") && page.contains("follow the settings of the application"));
    let answer = pages.post("/clients/delete?name=default", &[]).await;
    assert_eq!(answer.location(), "../clients?done=client-deleted");
    assert_eq!(pages.get("/clients").await.location(), "./sign-in?next=%2Fclients");
}

#[tokio::test]
async fn names_that_a_path_could_not_hold_are_names() {
    let pages = Pages::new().await;
    for name in ["0", "a..", "a-", "a.b_c-D"] {
        assert_eq!(pages.post("/clients/new", &with(&[("name", name)])).await.status, 303, "{name}");
        pages.get(&format!("/clients/edit?name={name}")).await.assert_page(200, "Save client");
        assert_eq!(pages.post(&format!("/clients/delete?name={name}"), &[]).await.status, 303, "{name}");
        assert_eq!(find(&pages, name).await, None);
    }
    for name in [".", "..", "-a"] {
        assert_eq!(pages.post("/clients/new", &with(&[("name", name)])).await.status, 422, "{name}");
    }
    for name in ["", "nobody", "%3Cscript%3E", "a%00b", "%F0%9F%8D%B5"] {
        for page in ["edit", "delete"] {
            let answer = pages.get(&format!("/clients/{page}?name={name}")).await;
            answer.assert_page(404, "There is no client with this name.");
            assert!(!answer.contains("script"));
        }
    }
}
