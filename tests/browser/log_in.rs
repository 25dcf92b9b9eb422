//! The login page, and what the browser then keeps.

use std::net::SocketAddr;

use serde_json::json;

use crate::client::Request;
use crate::driver::Browser;
use crate::server::{Folder, Server};

fn submit(browser: &Browser, password: &str) {
    browser.enter("#id_password", password);
    browser.click("form button");
}

/// Logs `ada` in, from the start page on.
pub(crate) fn log_in(browser: &Browser, address: SocketAddr) {
    browser.open(&format!("http://{address}/"));
    browser.enter("#id_username", "ada");
    submit(browser, "correct horse");
    assert_eq!(browser.text("#user"), "ada");
}

#[test]
fn a_wrong_password_shows_an_alert_and_the_right_one_the_page() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    let home = format!("http://{}/", server.address);
    browser.open(&home);
    assert_eq!(browser.url(), format!("{home}auth/login/?next=/"));
    assert_eq!(browser.text("h1"), "Log in");
    assert_eq!(browser.script("return document.activeElement.id"), "id_username", "one can type at once");
    let colour = browser.script(
        "document.body.append(Object.assign(document.createElement('p'), { role: 'alert' })); \
                                 return getComputedStyle(document.querySelector('p[role=alert]')).color",
    );
    assert_eq!(colour, "rgb(170, 0, 0)", "the policy of the page lets its own style through");
    browser.open(&home);
    browser.screenshot("login.png");

    browser.enter("#id_username", "ada");
    submit(&browser, "wrong");
    assert!(browser.text("[role=alert]").starts_with("Please enter a correct username and password."));
    browser.screenshot("login-refused.png");
    assert_eq!(browser.cookie("sessionid"), None);
    let fields = "return ['id_username', 'id_password'].map(id => document.getElementById(id).value)";
    assert_eq!(browser.script(fields), json!(["ada", ""]), "the name stays, the password does not");

    submit(&browser, "correct horse");
    assert_eq!(browser.text("#user"), "ada");
    assert_eq!(browser.url(), home);
    browser.screenshot("signed-in.png");
}

#[test]
fn a_script_sees_the_csrf_cookie_and_not_the_login() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let seen = browser.script("return document.cookie");
    let seen = seen.as_str().unwrap();
    assert!(seen.contains("csrftoken=") && !seen.contains("sessionid"), "{seen}");
    let login = browser.cookie("sessionid").unwrap();
    assert_eq!((&login["httpOnly"], &login["sameSite"], &login["path"]), (&json!(true), &json!("Lax"), &json!("/")));
    assert_eq!(browser.cookie("csrftoken").unwrap()["httpOnly"], false);
}

#[test]
fn a_cookie_from_before_the_login_is_worth_nothing_after_it() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    browser.open(&format!("http://{}/", server.address));
    browser.plant_cookie("sessionid", "planted");
    let csrf = browser.cookie_value("csrftoken");
    log_in(&browser, server.address);
    let first = browser.cookie_value("sessionid");
    assert_ne!(first, "planted");
    assert_ne!(browser.cookie_value("csrftoken"), csrf);

    browser.open(&format!("http://{}/auth/login/", server.address));
    browser.enter("#id_username", "boss");
    submit(&browser, "battery staple");
    assert_eq!(browser.text("#user"), "boss");
    assert_ne!(browser.cookie_value("sessionid"), first);
    for cookie in ["planted", &first] {
        let replayed = Request::get("/me").header("Cookie", format!("sessionid={cookie}")).send(server.address);
        assert_eq!(replayed.status, 401);
    }
}
