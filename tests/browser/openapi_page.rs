//! The page of `examples/openapi`: it knows the API by its document alone.

use std::net::SocketAddr;

use openapi::{ADA_PASSWORD, App, BOSS_PASSWORD};
use serde_json::json;

use crate::client::Request;
use crate::driver::Browser;

/// The example, on a port of its own as long as the test runs.
struct Site {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (app, listener) = runtime.block_on(async {
            (App::new().await.unwrap(), tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap())
        });
        let address = listener.local_addr().unwrap();
        let service = openapi::router(app).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { address, _runtime: runtime }
    }

    fn open(&self) -> Browser {
        let browser = Browser::start();
        browser.open(&format!("http://{}/", self.address));
        browser
    }

    fn token(&self, name: &str, password: &str) -> String {
        let body = json!({ "username": name, "password": password }).to_string();
        let answer = Request::new("POST", "/token").body("application/json", &body).send(self.address);
        answer.json()["token"].as_str().expect("a token").to_owned()
    }
}

/// Opens an operation, unless it is, and calls it: the status and the body that are shown.
fn call(browser: &Browser, operation: &str) -> (String, String) {
    let operation = format!("[data-operation='{operation}']");
    if browser.script(&format!("return document.querySelector(\"{operation}\").open")) == json!(false) {
        browser.click(&format!("{operation} summary"));
    }
    browser.click(&format!("{operation} form button"));
    let shown = |part: &str| browser.text(&format!("{operation} .answer .{part}"));
    (shown("status"), shown("body"))
}

fn authorise(browser: &Browser, scheme: &str, fields: &[(&str, &str)]) {
    let form = format!("[data-scheme={scheme}]");
    for (name, value) in fields {
        browser.enter(&format!("{form} [name={name}]"), value);
    }
    browser.click(&format!("{form} button"));
    assert_eq!(browser.text(&format!("{form} .state")), "Given: calls send it.");
}

#[test]
fn a_protected_operation_answers_when_authorised_and_refuses_without() {
    let site = Site::start();
    let browser = site.open();
    let (status, body) = call(&browser, "GET /me");
    assert_eq!(status, "401 Unauthorized", "{body}");
    assert_eq!(browser.text("[data-operation='GET /me'] .challenge"), "WWW-Authenticate: Bearer");

    authorise(&browser, "http_bearer", &[("value", &site.token("ada", ADA_PASSWORD))]);
    let (status, body) = call(&browser, "GET /me");
    assert_eq!(status, "200 OK", "{body}");
    assert!(body.contains(r#""user": "ada""#) && body.contains(r#""scheme": "Token""#), "{body}");
    browser.screenshot("openapi.png");
    assert_eq!(call(&browser, "POST /greeting"), ("200 OK".to_owned(), "hello, ada".to_owned()));
    assert_eq!(call(&browser, "GET /reports/{year}").0, "403 Forbidden", "ada is no staff");

    browser.click("[data-scheme=http_bearer] [name=forget]");
    assert_eq!(call(&browser, "GET /me").0, "401 Unauthorized", "what is forgotten is not sent");

    authorise(&browser, "http_basic", &[("username", "boss"), ("password", BOSS_PASSWORD)]);
    let report = ("200 OK".to_owned(), "figures of 1843, for boss".to_owned());
    assert_eq!(call(&browser, "GET /reports/{year}"), report);
    assert_eq!(call(&browser, "POST /greeting").0, "401 Unauthorized", "it takes no password, so none is sent");
    authorise(&browser, "http_basic", &[("username", "boss"), ("password", "wrong")]);
    assert_eq!(call(&browser, "GET /me").0, "401 Unauthorized");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_page_lists_what_the_document_has() {
    let site = Site::start();
    let browser = site.open();
    assert_eq!(browser.text("[data-operation='GET /health'] .needs"), "(open to everybody)");
    assert_eq!(browser.text("[data-operation='GET /me'] .needs"), "(http_bearer, or http_basic)");
    let shown =
        browser.script("return [...document.querySelectorAll('[data-operation]')].map(it => it.dataset.operation)");
    assert_eq!(shown, json!(["POST /greeting", "GET /health", "GET /me", "GET /reports/{year}", "POST /token"]));
    let unnamed = browser.script(include_str!("unnamed.js"));
    assert_eq!(unnamed, json!([]), "every field has a name for those who do not see it");
    let kept = browser.script("return [document.cookie, localStorage.length, sessionStorage.length]");
    assert_eq!(kept, json!(["", 0, 0]));
    assert_eq!(browser.complaints(), [""; 0]);
}
