//! An application with the pages, and requests to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_runtime::event::Event;
use auth_runtime::personal_token::PersonalTokenSettings;
use auth_runtime::settings::{PasswordSettings, SessionSettings};
use auth_runtime::store::{AccountStore, LoginStore, NewAccount, NewCredential, NewLogin, NewToken, TokenStore};
use auth_runtime::{AuthContext, Clock, Digest, PublicOrigin, Settings};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// Where the pages are mounted: within another `nest`.
pub(crate) const MOUNT: &str = "/back/office";

/// A CSRF secret as a cookie has it.
pub(crate) const CSRF: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";

/// 2027-01-15 08:00 UTC.
pub(crate) const NOW: Duration = Duration::from_secs(1_800_000_000);

/// The application: `ada`, and `boss` and `chief`, who are staff, with password `pw` and login cookies such as `ada-login`.
pub(crate) struct Pages {
    pub(crate) app: AuthContext<MemoryStore>,
    pub(crate) clock: Clock,
    router: Router,
    events: Arc<Mutex<Vec<String>>>,
}

impl Pages {
    pub(crate) async fn new() -> Self {
        Self::with_personal_tokens(PersonalTokenSettings::default()).await
    }

    pub(crate) async fn with_personal_tokens(tokens: PersonalTokenSettings) -> Self {
        let (clock, events) = (Clock::manual(NOW), Arc::<Mutex<Vec<String>>>::default());
        let heard = Arc::clone(&events);
        let settings = Settings::default()
            .with_personal_tokens(tokens)
            .with_clock(clock.clone())
            .with_passwords(PasswordSettings::default().with_memory_kib(8).with_iterations(1))
            .with_public_origin(PublicOrigin::host_header(false))
            .with_session(SessionSettings::insecure_for_development())
            .with_event_listener(move |event: &Event<'_>| heard.lock().unwrap().push(describe(event)));
        let app = AuthContext::with_settings(MemoryStore::new(), settings);
        let router =
            Router::new().nest("/back", Router::new().nest("/office", auth_admin::pages())).with_state(app.clone());
        let pages = Self { app, clock, router, events };
        for (name, is_staff) in [("ada", false), ("boss", true), ("chief", true)] {
            let hash = pages.app.passwords().hash("pw").await.unwrap();
            pages.add(&NewAccount::new(name).with_password_hash(hash).staff(is_staff)).await;
            pages.log_in(name, &format!("{name}-login")).await;
        }
        pages
    }

    pub(crate) async fn add(&self, account: &NewAccount) -> Account {
        self.app.backend().create_account(account).await.unwrap().unwrap()
    }

    pub(crate) async fn account(&self, name: &str) -> Account {
        self.app.backend().account(name).await.unwrap().unwrap()
    }

    /// The path of an account's page.
    pub(crate) async fn user(&self, name: &str) -> String {
        format!("/users/{}", self.account(name).await.id)
    }

    pub(crate) async fn log_in(&self, name: &str, cookie: &str) {
        let account = self.account(name).await;
        let login = self.new_login(cookie);
        self.app.backend().insert_login(&account, login).await.unwrap().kept().unwrap();
    }

    pub(crate) fn new_login(&self, cookie: &str) -> NewLogin {
        let credential = NewCredential::Cookie { digest: Digest::of(cookie.as_bytes()), csrf_secret: None };
        NewLogin::new(credential, self.app.settings().client().clone(), self.clock.now())
    }

    pub(crate) async fn is_logged_in(&self, cookie: &str) -> bool {
        self.app.backend().find_login(&Digest::of(cookie.as_bytes())).await.unwrap().is_some()
    }

    pub(crate) async fn give_token(&self, name: &str, called: &str) -> String {
        let mut token = NewToken::new(Digest::of(called.as_bytes()), self.clock.now());
        called.clone_into(&mut token.name);
        let account = self.account(name).await;
        self.app.backend().insert_token(&account, token).await.unwrap().kept().unwrap().id.to_string()
    }

    /// The events since the last call.
    pub(crate) fn events(&self) -> Vec<String> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }

    pub(crate) async fn send(&self, request: Ask) -> Answer {
        let response = self.router.clone().oneshot(request.0.body(Body::from(request.1)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// What an event says that `boss` causes on a page.
    pub(crate) async fn by_boss(&self, event: &str) -> String {
        format!("{event} by={} scheme=Session", self.account("boss").await.id)
    }

    /// A page, as `boss` sees it.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path).by("boss")).await
    }

    /// A form, as `boss` sends it.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Ask::post(path, fields).by("boss").with_token()).await
    }
}

fn describe(event: &Event<'_>) -> String {
    let mut text = event.kind.to_string();
    for (name, value) in [
        ("user", event.user.map(str::to_owned)),
        ("login", event.login.map(ToString::to_string)),
        ("token", event.token.map(ToString::to_string)),
        ("client", event.client.map(str::to_owned)),
        ("by", event.operator.map(str::to_owned)),
        ("scheme", event.scheme.map(str::to_owned)),
        ("reason", event.reason.map(str::to_owned)),
    ] {
        text += &value.map(|value| format!(" {name}={value}")).unwrap_or_default();
    }
    text
}

/// A request.
pub(crate) struct Ask(http::request::Builder, String);

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let path = if path == "/" { "" } else { path };
        let request = Request::builder().method(method).uri(format!("{MOUNT}{path}")).header("host", "testserver");
        Self(request, String::new())
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str, fields: &[(&str, &str)]) -> Self {
        let form = serde_urlencoded::to_string(fields).unwrap();
        let ask = Self::new("POST", path).header("content-type", "application/x-www-form-urlencoded");
        Self(ask.0, form)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value), self.1)
    }

    /// With the login and the CSRF cookie of this account; of nobody when it is empty.
    pub(crate) fn by(self, name: &str) -> Self {
        let login = if name.is_empty() { String::new() } else { format!("sessionid={name}-login; ") };
        self.header("cookie", &format!("{login}csrftoken={CSRF}"))
    }

    /// With the field that a form of these pages has.
    pub(crate) fn with_token(self) -> Self {
        let Self(request, form) = self;
        let and = if form.is_empty() { "" } else { "&" };
        Self(request, format!("{form}{and}csrfmiddlewaretoken={CSRF}"))
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location").unwrap()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// Asserts that it is a page with this status and heading.
    #[track_caller]
    pub(crate) fn assert_page(&self, status: u16, heading: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        let h1: Vec<_> = self.body.matches("<h1>").collect();
        assert_eq!(h1.len(), 1, "one h1 a page: {}", self.body);
        assert!(self.body.contains(heading), "{heading}: {}", self.body);
    }
}
