//! Personal tokens.

use std::cell::RefCell;
use std::io;
use std::time::Duration;

use auth_runtime::personal_token::PersonalTokenSettings;
use auth_runtime::store::{AccountStore, CredentialStore, TokenStore};

use crate::support::{Answer, NOW, Pages};

/// The secret that a page shows.
fn secret(page: &Answer) -> String {
    let text = page.body.split("<textarea").nth(1).unwrap().split('>').nth(1).unwrap();
    text.trim_end_matches("</textarea").to_owned()
}

#[tokio::test]
async fn a_token_is_made_and_shown_on_the_answer_alone() {
    let pages = Pages::new().await;
    let (user, ada) = (pages.user("ada").await, pages.account("ada").await);
    let page = pages.post(&format!("{user}/tokens"), &[("name", " nightly  job "), ("expires", "30")]).await;
    page.assert_page(200, "Token created");
    assert!(page.contains("it is not shown again") && page.contains("<bdi>nightly  job</bdi>"));
    assert!(page.contains("<time datetime=\"2027-02-14T08:00:00Z\">"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let secret = secret(&page);
    assert!(secret.starts_with("auth_pat_") && secret.len() > 50, "{secret}");
    assert_eq!(page.body.matches(&secret).count(), 1);
    assert!(!format!("{:?}", page.headers).contains(&secret));

    let presented = pages.app.settings().token_format().read(secret.as_bytes()).unwrap();
    let record = pages.app.backend().find_token(&presented).await.unwrap().unwrap();
    assert_eq!((record.user.id, record.token.expires), (ada.id, Some(NOW + Duration::from_secs(30 * 86_400))));
    let created = format!("token_created user={} token={}", ada.id, record.token.id);
    assert_eq!(pages.events(), [pages.by_boss(&created).await]);

    let list = pages.get(&user).await;
    assert!(list.contains("<bdi>nightly  job</bdi>"));
    let random = &secret["auth_pat_".len()..];
    for answer in [list, pages.get("/users").await, pages.post(&format!("{user}/enable"), &[]).await] {
        assert!(!answer.contains(random) && !format!("{:?}", answer.headers).contains(random));
    }
}

#[tokio::test]
async fn each_lifetime_is_what_it_says() {
    let pages = Pages::new().await;
    let path = pages.user("ada").await + "/tokens";
    for (choice, days) in [("7", Some(7)), ("30", Some(30)), ("90", Some(90)), ("365", Some(365))] {
        pages.post(&path, &[("name", choice), ("expires", choice)]).await;
        let tokens = pages.app.backend().tokens(&pages.account("ada").await).await.unwrap();
        let entry = tokens.iter().find(|entry| entry.name == choice).unwrap();
        assert_eq!(entry.token.expires, days.map(|days: u64| NOW + Duration::from_secs(days * 86_400)));
    }
}

#[tokio::test]
async fn the_settings_say_which_lifetimes_can_be_chosen() {
    let settings = PersonalTokenSettings::default();
    let day = Duration::from_secs(86_400);
    for (max, offered, left_out) in [
        (Some(366 * day), &["7", "30", "90", "365"][..], &["never"][..]),
        (Some(30 * day), &["7", "30"], &["90", "365", "never"]),
        (Some(day), &["default"], &["7", "30", "90", "365", "never"]),
        (None, &["7", "30", "90", "365", "never"], &["default"]),
    ] {
        let pages = Pages::with_personal_tokens(settings.clone().with_max_lifetime(max)).await;
        let user = pages.user("ada").await;
        let form = pages.get(&user).await;
        for value in left_out {
            assert!(!form.contains(&format!("value=\"{value}\"")), "{max:?}: {value}");
            let page = pages.post(&format!("{user}/tokens"), &[("name", "job"), ("expires", value)]).await;
            page.assert_page(422, "Choose one of these.");
        }
        for value in offered {
            assert!(form.contains(&format!("name=\"expires\" value=\"{value}\"")), "{max:?}: {value}");
            let page = pages.post(&format!("{user}/tokens"), &[("name", value), ("expires", value)]).await;
            assert_eq!(page.contains("It never ends."), *value == "never");
            let tokens = pages.app.backend().tokens(&pages.account("ada").await).await.unwrap();
            let end = tokens.iter().find(|entry| entry.name == *value).unwrap().token.expires;
            assert!(max.is_none() || end.is_some_and(|end| end <= NOW + max.unwrap()), "{max:?}: {value}");
        }
        assert_eq!(form.body.matches("checked").count(), 1, "{max:?}");
    }
}

#[tokio::test]
async fn an_account_with_as_many_tokens_as_it_may_have_gets_no_more() {
    let pages = Pages::with_personal_tokens(PersonalTokenSettings::default().with_max_per_account(Some(1))).await;
    let path = pages.user("ada").await + "/tokens";
    assert!(pages.post(&path, &[("name", "first"), ("expires", "7")]).await.contains("Token created"));
    let page = pages.post(&path, &[("name", "second"), ("expires", "7")]).await;
    page.assert_page(409, "The account has as many personal tokens as it may have.");
}

#[tokio::test]
async fn a_form_with_faults_keeps_what_was_typed() {
    let pages = Pages::new().await;
    let path = pages.user("ada").await + "/tokens";
    let long = "n".repeat(101);
    for (name, expires, fault) in [
        ("", "90", "Say what the token is for."),
        ("   ", "90", "Say what the token is for."),
        (long.as_str(), "90", "Write a hundred letters at most."),
        ("a\0b", "90", "The name has a letter that no store takes."),
        ("job", "1000", "Choose one of these."),
        ("job", "", "Choose one of these."),
    ] {
        let page = pages.post(&path, &[("name", name), ("expires", expires)]).await;
        page.assert_page(422, fault);
        if expires == "90" {
            assert!(page.contains("value=\"90\" checked") && page.contains("aria-invalid=\"true\""));
        } else {
            assert!(page.contains("value=\"job\""));
        }
        assert!(page.contains("<title>Error: ada"));
    }
    assert!(pages.app.backend().tokens(&pages.account("ada").await).await.unwrap().is_empty());
    assert_eq!(pages.events(), Vec::<String>::new());
}

#[tokio::test]
async fn tokens_are_revoked_one_by_one_and_together() {
    let pages = Pages::new().await;
    let (user, ada) = (pages.user("ada").await, pages.account("ada").await);
    let first = pages.give_token("ada", "first").await;
    for name in ["second", "third"] {
        pages.give_token("ada", name).await;
    }
    let theirs = pages.give_token("chief", "theirs").await;
    let count = async |name: &str| pages.app.backend().tokens(&pages.account(name).await).await.unwrap().len();

    let answer = pages.post(&format!("{user}/tokens/revoke"), &[("token", &first)]).await;
    assert!(answer.location().ends_with("?done=token-revoked"));
    assert_eq!(pages.events(), [pages.by_boss(&format!("token_revoked user={} token={first}", ada.id)).await]);
    assert_eq!(count("ada").await, 2);
    for id in [first.as_str(), &theirs, "", "x"] {
        pages.post(&format!("{user}/tokens/revoke"), &[("token", id)]).await.assert_page(404, "no such token");
    }
    assert_eq!((count("ada").await, count("chief").await), (2, 1));

    assert!(pages.post(&format!("{user}/tokens/revoke-all"), &[]).await.location().ends_with("?done=tokens-revoked"));
    assert_eq!(pages.events(), [pages.by_boss(&format!("token_revoked user={}", ada.id)).await]);
    assert_eq!((count("ada").await, count("chief").await), (0, 1));
    assert!(pages.is_logged_in("ada-login").await, "logins stay");
}

#[tokio::test]
async fn a_disabled_account_gets_no_token() {
    let pages = Pages::new().await;
    let path = pages.user("ada").await + "/tokens";
    pages.app.backend().set_active("ada", false).await.unwrap();
    let answer = pages.post(&path, &[("name", "job"), ("expires", "7")]).await;
    answer.assert_page(409, "The account is disabled");
    assert_eq!(pages.events(), Vec::<String>::new());
}

thread_local! {
    /// What was logged on this thread, which is what its test did.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_no_secret() {
    // For all threads: whether a line is logged is remembered for all of them.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Log)
        .init();
    let pages = Pages::new().await;
    let (user, ada, boss) = (pages.user("ada").await, pages.account("ada").await.id, pages.account("boss").await.id);
    LOG.take();
    let page = pages.post(&format!("{user}/tokens"), &[("name", "job"), ("expires", "7")]).await;
    pages.post("/sign-in", &[("username", "boss"), ("password", "pass-word")]).await.assert_page(422, "Sign in");
    let text = String::from_utf8(LOG.take()).unwrap();
    let line = format!("auth::admin: operator=\"{boss}\" action=\"create_token\" account={ada}");
    assert!(text.contains(&line), "{text}");
    let secret = secret(&page);
    for secret in [&secret["auth_pat_".len()..], "pass-word", "boss-login", crate::support::CSRF] {
        assert!(!text.contains(secret), "{text}");
    }
}
