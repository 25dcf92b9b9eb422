//! The list of accounts, one account, and what is done to it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use auth_runtime::store::{Client, CredentialStore, LoginStore, NewAccount};

use crate::support::{Answer, Pages};

/// The link behind these words.
fn link(page: &Answer, words: &str) -> Option<String> {
    let before = page.body.split(&format!(">{words}</a>")).next().filter(|before| before.len() < page.body.len())?;
    let path = before.rsplit("href=\"").next()?.split('"').next()?;
    Some(path.replace("&amp;", "&").trim_start_matches('.').to_owned())
}

/// The names in the list.
fn names(page: &Answer) -> Vec<String> {
    let rows = page.body.split("scope=\"row\"").skip(1);
    rows.map(|row| row.split("<bdi>").nth(1).unwrap().split("</bdi>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_is_paged_and_searched() {
    let pages = Pages::new().await;
    let page = pages.get("/users").await;
    page.assert_page(200, "Users");
    assert_eq!(names(&page), ["ada", "boss", "chief"]);
    assert!(page.contains("made, and their passwords set, on the command line"));
    assert_eq!((link(&page, "Next page"), link(&page, "First page")), (None, None));

    let mut all: Vec<String> = (0..120).map(|number| format!("Nr {number:03} & co")).collect();
    for name in &all {
        pages.add(&NewAccount::new(name)).await;
    }
    all.extend(["ada", "boss", "chief"].map(str::to_owned));
    let (mut seen, mut path) = (Vec::new(), "/users".to_owned());
    loop {
        let page = pages.get(&path).await;
        assert!(names(&page).len() <= 50);
        seen.extend(names(&page).iter().map(|name| name.replace("&amp;", "&")));
        assert_eq!(link(&page, "First page").is_some(), path != "/users");
        match link(&page, "Next page") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(seen, all, "each once, in order");

    let found = pages.get("/users?search=nr+11").await;
    assert_eq!(names(&found).len(), 10, "without regard to case");
    assert!(found.contains("Users with “nr 11”") && found.contains("value=\"nr 11\""));
    let nothing = pages.get("/users?search=%25").await;
    assert!(nothing.contains("No account has this in its name.") && names(&nothing).is_empty());
    let page = pages.get("/users?search=co").await;
    let next = link(&page, "Next page").unwrap();
    assert!(next.contains("search=co") && next.contains("after=Nr+049+%26+co"), "{next}");
    assert_eq!(link(&pages.get(&next).await, "First page").unwrap(), "/users?search=co");
}

#[tokio::test]
async fn a_search_ignores_case_in_every_script_and_takes_any_text() {
    let pages = Pages::new().await;
    for name in ["Müller", "Σίσυφος", "ДАША", "Groß", "zo\u{200b}e"] {
        pages.add(&NewAccount::new(name)).await;
    }
    for (search, found) in [
        ("m%C3%9CLL", &["Müller"][..]),
        ("Mu%CC%88l", &["Müller"]),
        ("%CE%A3%CE%8A%CE%A3%CE%A5%CE%A6%CE%9F%CE%A3", &["Σίσυφος"]),
        ("%D0%B4%D0%B0%D1%88", &["ДАША"]),
        ("GROSS", &["Groß"]),
        ("+ADA+", &["ada"]),
        ("ZOE", &["zo\u{200b}e"]),
        ("%00", &[]),
        ("a%00", &[]),
    ] {
        assert_eq!(names(&pages.get(&format!("/users?search={search}")).await), found, "{search}");
    }
    assert_eq!(pages.get("/users?after=%00").await.status, 200);
}

#[tokio::test]
async fn states_are_shown_in_words() {
    let pages = Pages::new().await;
    pages.add(&NewAccount::new("zoe").active(false)).await;
    let page = pages.get("/users?search=zoe").await;
    assert!(page.contains(">disabled</span>") && !page.contains(">staff</span>"));
    let page = pages.get("/users?search=boss").await;
    assert!(page.contains(">active</span>") && page.contains(">staff</span>"));
}

#[tokio::test]
async fn an_account_is_disabled_and_enabled() {
    let pages = Pages::new().await;
    pages.give_token("ada", "script").await;
    let (user, id) = (pages.user("ada").await, pages.account("ada").await.id);
    let answer = pages.post(&format!("{user}/disable"), &[]).await;
    assert_eq!(answer.location(), format!("../../users/{id}?done=disabled"));
    assert!(!pages.account("ada").await.is_active && !pages.is_logged_in("ada-login").await);
    let told = [
        pages.by_boss(&format!("account_disabled user={id}")).await,
        pages.by_boss(&format!("login_revoked user={id}")).await + " reason=account_disabled",
        pages.by_boss(&format!("token_revoked user={id}")).await + " reason=account_disabled",
    ];
    assert_eq!(pages.events(), told);
    let page = pages.get(&format!("{user}?done=disabled")).await;
    assert!(page.contains("role=\"status\">The account is disabled."));
    assert!(page.contains("Enable this account") && !page.contains("Disable this account"));
    assert!(!page.contains("Create a token"), "a disabled account gets none");

    let answer = pages.post(&format!("{user}/enable"), &[]).await;
    assert_eq!(answer.location(), format!("../../users/{id}?done=enabled"));
    assert_eq!(pages.events(), [pages.by_boss(&format!("account_enabled user={id}")).await]);
    assert!(pages.account("ada").await.is_active);
    assert!(!pages.is_logged_in("ada-login").await, "what has ended stays ended");
}

#[tokio::test]
async fn staff_is_made_and_unmade() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    assert!(pages.get(&user).await.contains("Make this user staff"));
    assert!(pages.post(&format!("{user}/make-staff"), &[]).await.location().ends_with("?done=made-staff"));
    assert!(pages.account("ada").await.is_staff);
    assert!(pages.get(&user).await.contains("Remove this user from staff"));
    assert!(pages.post(&format!("{user}/remove-staff"), &[]).await.location().ends_with("?done=removed-staff"));
    assert!(!pages.account("ada").await.is_staff && pages.is_logged_in("ada-login").await);
    let changed = pages.by_boss(&format!("staff_changed user={}", pages.account("ada").await.id)).await;
    assert_eq!(pages.events(), [format!("{changed} reason=staff"), format!("{changed} reason=not_staff")]);
}

#[tokio::test]
async fn nobody_shuts_the_door_behind_himself() {
    let pages = Pages::new().await;
    let user = pages.user("boss").await;
    let page = pages.get(&user).await;
    assert!(page.contains("This is your own account."));
    assert!(!page.contains("/disable") && !page.contains("/remove-staff"));
    for action in ["disable", "remove-staff"] {
        pages.post(&format!("{user}/{action}"), &[]).await.assert_page(409, "Nothing was changed");
    }
    let boss = pages.account("boss").await;
    assert!(boss.is_active && boss.is_staff && pages.is_logged_in("boss-login").await);

    // The button for everybody keeps the login that presses it.
    pages.log_in("boss", "boss-elsewhere").await;
    assert!(pages.post(&format!("{user}/logins/end-all"), &[]).await.location().ends_with("?done=logins-ended"));
    assert!(pages.is_logged_in("boss-login").await && !pages.is_logged_in("boss-elsewhere").await);
}

#[tokio::test]
async fn logins_are_listed_and_ended() {
    let pages = Pages::new().await;
    pages.clock.advance(Duration::from_secs(3600));
    let mut login = pages.new_login("phone");
    login.client = Client::new("phone").unwrap().with_absolute_lifetime(None).with_idle_lifetime(None);
    login.name = "my phone".to_owned();
    login.address = Some(IpAddr::from(Ipv4Addr::new(203, 0, 113, 7)));
    login.user_agent = "Phone/1.0".to_owned();
    let ada = pages.account("ada").await;
    let phone = pages.app.backend().insert_login(&ada, login).await.unwrap().kept().unwrap();

    let user = pages.user("ada").await;
    let page = pages.get(&user).await;
    for text in [
        "<bdi>phone</bdi>",
        "<bdi>my phone</bdi>",
        "203.0.113.7",
        "<bdi>Phone/1.0</bdi>",
        "<time datetime=\"2027-01-15T09:00:00Z\"><span>2027-01-15</span> <span>09:00 UTC</span></time>",
        "<time datetime=\"2027-01-15T08:00:00Z\"><span>2027-01-15</span> <span>08:00 UTC</span></time>",
        "<time datetime=\"2027-04-15T08:00:00Z\">",
        "or unused for 14d",
        "never",
        "unknown address",
        "unknown program",
    ] {
        assert!(page.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.contains("this is you"));
    assert_eq!(pages.get(&pages.user("boss").await).await.body.matches("this is you").count(), 1);

    let id = phone.id.to_string();
    let answer = pages.post(&format!("{user}/logins/end"), &[("login", &id)]).await;
    assert_eq!(answer.location(), format!("../../../users/{}?done=login-ended", ada.id));
    assert!(!pages.is_logged_in("phone").await && pages.is_logged_in("ada-login").await);
    let ended = pages.by_boss(&format!("login_revoked user={} login={id} client=phone", ada.id)).await;
    assert_eq!(pages.events(), [ended]);
    let again = pages.post(&format!("{user}/logins/end"), &[("login", &id)]).await;
    again.assert_page(404, "There is no such login of this account.");

    assert!(pages.post(&format!("{user}/logins/end-all"), &[]).await.location().ends_with("?done=logins-ended"));
    assert!(!pages.is_logged_in("ada-login").await && pages.is_logged_in("boss-login").await);
    assert_eq!(pages.events(), [pages.by_boss(&format!("login_revoked user={}", ada.id)).await]);
    assert!(pages.get(&user).await.contains("Nobody is signed in with this account."));
}

#[tokio::test]
async fn a_login_of_another_account_is_none_of_this_one() {
    let pages = Pages::new().await;
    let chief = pages.app.backend().logins(&pages.account("chief").await).await.unwrap();
    let id = chief[0].login.id.to_string();
    let path = pages.user("ada").await + "/logins/end";
    pages.post(&path, &[("login", &id)]).await.assert_page(404, "Not found");
    assert!(pages.is_logged_in("chief-login").await);
}

#[tokio::test]
async fn expired_logins_are_told_from_live_ones() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    assert!(!pages.get(&user).await.contains(">expired</span>"));
    pages.clock.advance(Duration::from_secs(15 * 86_400));
    pages.log_in("boss", "boss-later").await;
    let ask = crate::support::Ask::get(&user).header("cookie", "sessionid=boss-later");
    assert!(pages.send(ask).await.contains(">expired</span>"));
}

#[tokio::test]
async fn unknown_ids_get_a_page_that_says_so() {
    let pages = Pages::new().await;
    for id in ["0", "-1", "4711", "ada", "1x", "99999999999999999999", "%00", "%2e%2e%2f", "1%20"] {
        pages.get(&format!("/users/{id}")).await.assert_page(404, "There is no account with this id.");
        pages.post(&format!("/users/{id}/disable"), &[]).await.assert_page(404, "There is no account");
    }
    pages.get("/users/1/nothing").await.assert_page(404, "No such page");
    pages.get("/users/%ff").await.assert_page(400, "Not understood");
}
