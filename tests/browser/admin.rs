//! The admin pages, by keyboard alone.

use std::net::SocketAddr;

use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccountStore, Client, ClientStore, LoginStore, NewAccount, NewCredential, NewLogin};
use auth_runtime::{Digest, Identity, Settings, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::json;
use tests::App;

use crate::client::Request;
use crate::driver::Browser;

const TAB: &str = "\u{e004}";
const SELECT_ALL: &str = "\u{e009}a";
const ENTER: &str = "\u{e007}";

#[authenticate(Token(keyword = "Bearer"), Session)]
#[permit(IsAuthenticated)]
async fn me(#[user] who: Identity<Account>, State(_): State<App>) -> String {
    who.into_user().map(|user| user.username).unwrap_or_default()
}

/// An application with the pages, on a port of its own as long as the test runs.
pub(crate) struct Site {
    address: SocketAddr,
    app: App,
    runtime: tokio::runtime::Runtime,
}

impl Site {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let settings: Settings = tests::settings().with_clock(auth_runtime::Clock::system());
        let (app, listener) = runtime.block_on(async {
            let app = tests::app_with(settings).await;
            furnish(&app).await;
            (app, tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap())
        });
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/me", get(me)).nest("/staff/admin", auth_admin::pages());
        let service = router.with_state(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self { address, app, runtime }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/staff/admin{path}", self.address)
    }

    /// The path of an account's page.
    pub(crate) fn user(&self, name: &str) -> String {
        format!("/users/{}", self.runtime.block_on(tests::account(&self.app, name)).id)
    }

    fn client(&self, name: &str) -> Client {
        self.runtime.block_on(self.app.backend().find_client(name)).unwrap().unwrap()
    }

    /// The status of `/me`, and the body.
    fn me(&self, header: &str, value: &str) -> (u16, String) {
        let answer = Request::get("/me").header(header, value).send(self.address);
        (answer.status.as_u16(), answer.body)
    }
}

/// What a site has after a while, and names that fit nowhere.
async fn furnish(app: &App) {
    let backend = app.backend();
    let phone = Client::new("phone").unwrap().with_absolute_lifetime(None).with_max_logins(Some(3));
    backend.put_client(&phone).await.unwrap();
    backend.put_client(&Client::new("web").unwrap()).await.unwrap();
    for number in 0..60 {
        let account = NewAccount::new(format!("user-{number:02}")).active(number % 7 != 3);
        backend.create_account(&account).await.unwrap().unwrap();
    }
    for name in ["Zoë Müller", "محمد", &"long".repeat(60), "<b>bold</b>"] {
        backend.create_account(&NewAccount::new(name)).await.unwrap().unwrap();
    }
    for name in ["ada", &"long".repeat(60)] {
        let ada = tests::account(app, name).await;
        let credential = NewCredential::Token { digest: Digest::of(name.as_bytes()) };
        let mut login = NewLogin::new(credential, phone.clone(), app.settings().clock().now());
        "Ada’s phone".clone_into(&mut login.name);
        login.address = Some("2001:db8:85a3:8d3:1319:8a2e:370:7348".parse().unwrap());
        login.user_agent = format!("Mozilla/5.0 (Linux; Android 15; {})", "x".repeat(150));
        backend.insert_login(&ada, login).await.unwrap().kept().unwrap();
    }
}

impl Browser {
    /// What the focus is on, as a screen reader would say it. Whatever it is on must show that.
    fn focused(&self) -> String {
        let said = self.script(
            "const at = document.activeElement; \
             const shows = at.matches('body, main') || getComputedStyle(at).outlineStyle === 'solid'; \
             const words = at.labels?.length ? at.labels[0].innerText : at.getAttribute('aria-label') ?? at.innerText; \
             return (shows ? '' : 'without an outline: ') + at.localName + ' ' + words.replace(/\\s+/g, ' ').trim()",
        );
        said.as_str().unwrap().to_owned()
    }

    /// Presses these keys and waits for the page that they lead to.
    fn go(&self, keys: &str) {
        self.script("document.documentElement.dataset.left = ''");
        self.press(keys);
        self.text("html:not([data-left])");
        self.script(
            "if (document.readyState !== 'complete') await new Promise(done => addEventListener('load', done))",
        );
    }

    /// Presses Tab until the focus is on what says `words`.
    fn tab_to(&self, words: &str) {
        let mut seen = Vec::new();
        for _ in 0..90 {
            self.press(TAB);
            let said = self.focused();
            assert!(!said.starts_with("without"), "{said}");
            if said == words {
                return;
            }
            seen.push(said);
        }
        panic!("no Tab leads to {words}, only to {seen:?}");
    }

    /// Follows the link, or presses the button, that says `words`.
    fn choose(&self, words: &str) {
        self.tab_to(words);
        self.go(ENTER);
    }

    pub(crate) fn sign_in(&self, site: &Site, path: &str) {
        // Without a screen no window has the focus.
        self.devtools("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        self.open(&site.url(path));
        assert_eq!(self.text("h1"), "Sign in");
        assert_eq!(self.focused(), "input Name");
        self.go(&format!("boss{TAB}pw{ENTER}"));
    }
}

#[test]
fn the_staff_does_its_work_by_keyboard_alone() {
    let (site, browser) = (Site::start(), Browser::start());
    let ada = site.user("ada");
    browser.sign_in(&site, &format!("{ada}?done=enabled"));
    assert_eq!(browser.url(), site.url(&format!("{ada}?done=enabled")), "one comes to what one wanted");
    assert_eq!(browser.text("[role=status]"), "The account is enabled.");

    browser.press(TAB);
    assert_eq!(browser.focused(), "a Skip to the content");
    browser.press(ENTER);
    assert!(browser.focused().starts_with("main"));
    browser.tab_to("summary Disable … the account");

    browser.choose("a Users");
    browser.tab_to("input Name contains");
    browser.go(&format!("AD{ENTER}"));
    assert_eq!(browser.text("h1"), "Users with “AD”");
    browser.choose("a ada");
    assert_eq!(browser.text("h1"), "ada");

    browser.tab_to("input Name");
    browser.go(&format!("nightly job{ENTER}"));
    assert_eq!(browser.text("h1"), "Token created");
    assert_eq!(browser.focused(), "textarea Token", "it can be copied at once");
    let token = browser.script("return document.activeElement.value");
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    assert_eq!(site.me("authorization", &bearer), (200, "ada".to_owned()));

    browser.choose("a Back to ada");
    assert!(browser.text("[aria-label='Personal tokens'] tbody").contains("nightly job"));
    assert_eq!(site.me("cookie", "sessionid=ada-login").0, 200);
    browser.tab_to("summary End … with default of number 3");
    browser.press(&format!("{ENTER}{TAB}"));
    assert_eq!(browser.focused(), "button End this login");
    browser.go(ENTER);
    assert_eq!(browser.text("[role=status]"), "The login has ended.");
    assert_eq!(site.me("cookie", "sessionid=ada-login").0, 401);
    browser.tab_to("summary Revoke all tokens …");
    browser.press(ENTER);
    browser.choose("button Revoke all tokens");
    assert_eq!(browser.text("[role=status]"), "All tokens are revoked.");
    assert_eq!(site.me("authorization", &bearer).0, 401);

    browser.choose("a Clients");
    browser.choose("a phone");
    browser.tab_to("input Lifetime of a login");
    browser.go(&format!("a while{ENTER}"));
    assert!(browser.text("[role=alert]").starts_with("Nothing was saved."));
    browser.tab_to("a Lifetime of a login");
    browser.press(ENTER);
    assert_eq!(browser.focused(), "input Lifetime of a login");
    browser.press(SELECT_ALL);
    browser.go(&format!("30d{ENTER}"));
    assert_eq!(browser.text("[role=status]"), "The client is saved. New logins follow its rules.");
    let month = std::time::Duration::from_secs(30 * 86_400);
    assert_eq!(*site.client("phone").absolute_lifetime(), Some(month));

    browser.choose("button Sign out");
    assert_eq!(browser.text("h1"), "Sign in");
    browser.back();
    browser.open(&site.url("/users"));
    assert_eq!(browser.text("h1"), "Sign in");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
