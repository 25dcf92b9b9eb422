//! What changes something, from the application's own page.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::client::Request;
use crate::driver::Browser;
use crate::log_in::log_in;
use crate::server::{Folder, Server};

/// The notes, as the logged-in page would fetch them.
pub(crate) fn notes(browser: &Browser, address: SocketAddr) -> Value {
    let cookie = format!("sessionid={}", browser.cookie_value("sessionid"));
    Request::get("/notes").header("Cookie", cookie).send(address).json()
}

#[test]
fn the_form_adds_a_note_and_shows_it_as_text() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let text = "<b>tea</b> & \"cake\" – été";
    browser.enter("#text", text);
    browser.click("#note button");
    assert_eq!(browser.text("#notes li"), format!("ada: {text}"));
    assert_eq!(browser.url(), format!("http://{}/", server.address));
    assert_eq!(notes(&browser, server.address), json!([format!("ada: {text}")]));
}

#[test]
fn a_script_of_the_page_adds_notes_with_the_token_or_by_the_word_of_the_browser() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let with_token = "const token = document.cookie.match(/csrftoken=([^;]*)/)[1]; \
        const answer = await fetch('/notes', { method: 'POST', headers: { 'X-CSRFToken': token }, \
            body: new URLSearchParams({ text: 'by token' }) }); \
        return [answer.status, answer.url]";
    let home = format!("http://{}/", server.address);
    assert_eq!(browser.script(with_token), json!([200, home]));

    // Without a token the browser's own `Origin` proves the same (`CsrfMode::OriginOrToken`).
    let by_origin = "const answer = await fetch('/notes', \
            { method: 'POST', body: new URLSearchParams({ text: 'by origin' }) }); \
        return [answer.status, answer.url]";
    assert_eq!(browser.script(by_origin), json!([200, home]));
    browser.open(&home);
    browser.script("document.querySelector('#note [name=csrfmiddlewaretoken]').remove()");
    browser.enter("#text", "by a form");
    browser.click("#note button");
    assert_eq!(browser.text("#notes li:nth-child(3)"), "ada: by a form");
    assert_eq!(notes(&browser, server.address), json!(["ada: by token", "ada: by origin", "ada: by a form"]));
}

#[test]
fn without_the_word_of_a_browser_the_token_decides() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let (login, csrf) = (browser.cookie_value("sessionid"), browser.cookie_value("csrftoken"));
    let post = |fields: &str| {
        let cookies = format!("sessionid={login}; csrftoken={csrf}");
        Request::form("/notes", fields).header("Cookie", cookies)
    };
    let wrong: String = csrf.chars().rev().collect();
    for (request, detail) in [
        (post("text=evil"), "CSRF Failed: CSRF token missing."),
        (post(&format!("text=evil&csrfmiddlewaretoken={wrong}")), "CSRF Failed: CSRF token from POST incorrect."),
        (post("text=evil").header("X-CSRFToken", &wrong), "header incorrect."),
        (post("text=evil&csrfmiddlewaretoken=short"), "CSRF Failed: CSRF token from POST has incorrect length."),
        (
            post(&format!("text=evil&csrfmiddlewaretoken={csrf}")).header("Origin", "null"),
            "CSRF Failed: Origin checking",
        ),
        (post("text=evil").header("Sec-Fetch-Site", "same-site"), "CSRF Failed: Origin checking"),
    ] {
        let refused = request.send(server.address);
        assert_eq!(refused.status, 403, "{}", refused.body);
        assert!(refused.detail().contains(detail), "{}", refused.body);
    }
    assert_eq!(notes(&browser, server.address), json!([]));
    let shown = browser.script("return document.querySelector('#note [name=csrfmiddlewaretoken]').value");
    let good = post(&format!("text=good&csrfmiddlewaretoken={}", shown.as_str().unwrap())).send(server.address);
    assert_eq!((good.status.as_u16(), good.header("location")), (303, Some("/")), "{}", good.body);
    assert_eq!(notes(&browser, server.address), json!(["ada: good"]));
}
