//! What a page of another origin makes the browser of somebody logged in send.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::foreign_page::ForeignPage;
use crate::log_in::log_in;
use crate::notes::notes;
use crate::server::{Folder, Server};

/// A page whose form is sent as soon as it is there.
fn form(action: &str, fields: &[(&str, &str)]) -> ForeignPage {
    let fields = fields.iter().map(|(name, value)| format!(r#"<input type="hidden" name="{name}" value="{value}">"#));
    let fields = fields.collect::<Vec<_>>().concat();
    ForeignPage::serve(format!(
        r#"<!doctype html><form method="post" action="{action}">{fields}</form><script>document.forms[0].submit()</script>"#
    ))
}

/// The refusal that the browser shows.
fn refusal(browser: &Browser) -> Value {
    serde_json::from_str(&browser.text("pre")).unwrap()
}

fn foreign_origin(origin: &str) -> Value {
    let detail = format!("CSRF Failed: Origin checking failed - {origin} does not match any trusted origins.");
    json!({ "detail": detail, "code": "csrf_failed" })
}

#[test]
fn a_foreign_form_adds_no_note() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let target = format!("http://{}/notes", server.address);
    let page = form(&target, &[("text", "evil")]);

    browser.open(&page.same_site());
    assert_eq!(refusal(&browser), foreign_origin(&page.same_site()));
    assert_eq!(browser.url(), target, "this is the application's answer");
    assert_eq!(notes(&browser, server.address), json!([]));

    browser.open(&page.cross_site());
    assert_eq!(refusal(&browser)["code"], "not_authenticated", "the browser keeps the login's cookie back");
    assert_eq!(notes(&browser, server.address), json!([]));
    browser.open(&format!("http://{}/", server.address));
    assert_eq!(browser.text("#user"), "ada", "the login is as it was");
}

#[test]
fn a_foreign_script_adds_no_note() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let page = ForeignPage::serve("<!doctype html><title>foreign</title>".to_owned());
    let post = |headers: &str, mode: &str| {
        format!(
            "const answer = await fetch('http://{}/notes', {{ method: 'POST', mode: '{mode}', credentials: 'include', \
             headers: {headers}, body: new URLSearchParams({{ text: 'evil' }}) }}); return answer.type",
            server.address
        )
    };
    for (origin, refused_because) in [
        (page.same_site(), format!("Origin checking failed - {} does not match", page.same_site())),
        (page.cross_site(), "Authentication credentials were not provided.".to_owned()),
    ] {
        browser.open(&origin);
        assert_eq!(browser.script(&post("{}", "no-cors")), "opaque", "it is sent, and its answer not shown");
        assert!(folder.log().contains(&refused_because), "{}", folder.log());
        for headers in ["{}", "{ 'X-CSRFToken': 'a'.repeat(32) }"] {
            assert_eq!(browser.script(&post(headers, "cors")), "TypeError: Failed to fetch");
        }
    }
    browser.open(&format!("http://{}/", server.address));
    assert_eq!(browser.text("#user"), "ada");
    assert_eq!(notes(&browser, server.address), json!([]));
}

#[test]
fn a_foreign_form_logs_nobody_in_or_out() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    let home = format!("http://{}/", server.address);
    let log_in_as_boss =
        form(&format!("{home}auth/login/"), &[("username", "boss"), ("password", "battery staple"), ("next", "/")]);
    let log_out = form(&format!("{home}auth/logout/"), &[]);
    for origin in [log_in_as_boss.same_site(), log_in_as_boss.cross_site()] {
        browser.open(&origin);
        assert_eq!(refusal(&browser), foreign_origin(&origin));
        assert_eq!(browser.cookie("sessionid"), None);
    }
    log_in(&browser, server.address);
    for page in [log_in_as_boss, log_out] {
        for origin in [page.same_site(), page.cross_site()] {
            browser.open(&origin);
            assert_eq!(refusal(&browser), foreign_origin(&origin));
            browser.open(&home);
            assert_eq!(browser.text("#user"), "ada");
        }
    }
}

#[test]
fn the_login_page_shows_in_no_foreign_frame() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    let framed = |path: &str| {
        let frame = format!(r#"<!doctype html><iframe src="http://{}{path}"></iframe>"#, server.address);
        browser.open(&ForeignPage::serve(frame).same_site());
        browser.enter_frame("iframe");
        browser.script("return [location.pathname, document.querySelectorAll('form').length]")
    };
    assert_eq!(framed("/public"), json!(["/public", 0]), "frames work");
    assert_eq!(framed("/auth/login/")[1], 0, "the form is not there to be clicked");
}
