//! Logging out.

use serde_json::json;

use crate::client::Request;
use crate::driver::Browser;
use crate::log_in::log_in;
use crate::server::{Folder, Server};

#[test]
fn log_out_ends_the_login_for_whoever_has_its_cookie() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let browser = Browser::start();
    log_in(&browser, server.address);
    let old = format!("sessionid={}", browser.cookie_value("sessionid"));
    let replay = |path: &str| Request::get(path).header("Cookie", &old).send(server.address);
    assert_eq!(replay("/me").status, 200);

    browser.open(&format!("http://{}/auth/logout/", server.address));
    assert_eq!(replay("/me").status, 200, "a link logs nobody out");
    browser.open(&format!("http://{}/", server.address));
    browser.click("#logout button");
    assert_eq!(browser.text("label[for=id_username]"), "Username:");
    assert_eq!(browser.url(), format!("http://{}/auth/login/", server.address));
    assert_eq!(browser.cookie("sessionid"), None);
    browser.back();
    let login_page = format!("http://{}/auth/login/?next=/", server.address);
    assert_eq!(browser.url(), login_page, "the signed-in page is not shown again from a cache");
    browser.open(&format!("http://{}/", server.address));
    assert_eq!(browser.url(), login_page);

    assert_eq!(replay("/me").status, 401);
    assert_eq!(replay("/session-first").status, 403);
    assert_eq!(replay("/public").json(), json!({ "user": null, "scheme": null }));
    assert_eq!((replay("/").status.as_u16(), replay("/").header("location")), (303, Some("/auth/login/?next=/")));
}
