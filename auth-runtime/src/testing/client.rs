//! A browser without a network: [`Client`].

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use http::header::{COOKIE, HOST, ORIGIN, REFERER, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use tower_service::Service;

use super::cookies::Cookies;
use super::request::{Payload, RequestBuilder};
use super::{Answer, expect, force_authenticate, force_credentials};
use crate::body::form::Form;
use crate::context::settings::{CSRF_COOKIE, CsrfSettings, SECURE_CSRF_COOKIE};
use crate::cross_site::FORM_FIELD;
use crate::identity::User;
use crate::wire::method::is_safe;
use crate::wire::origin::Origin;

/// Sends requests to a router as one person's browser does: it keeps cookies, and every request that changes something has the
/// `Origin`, the `Sec-Fetch-Site` and the CSRF token that a page of the application would send. It does not follow redirects,
/// but returns them as answers.
///
/// ```
/// use auth_runtime::testing::Client;
/// # use auth_runtime::axum::{Router, routing::get};
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let router = Router::new().route("/health", get(async || "fine"));
/// let client = Client::new(router);
/// let answer = client.get("/health").await;
/// assert_eq!((answer.status().as_u16(), &*answer.text()), (200, "fine"));
/// # }
/// ```
pub struct Client {
    router: Router,
    origin: Origin,
    csrf: CsrfSettings,
    person: Mutex<Person>,
}

/// The state of the current user of the browser.
#[derive(Default)]
struct Person {
    cookies: Cookies,
    headers: HeaderMap,
    forced: Vec<Force>,
}

/// Forces a user or credentials on a request.
type Force = Arc<dyn Fn(&mut Request<Body>) + Send + Sync>;

impl Client {
    /// Creates a browser that shows `https://testserver`. As any browser over HTTPS, it keeps `Secure` cookies.
    pub fn new(router: Router) -> Self {
        let origin = expect(Origin::parse("https://testserver"), "no origin");
        Self { router, origin, csrf: CsrfSettings::default(), person: Mutex::default() }
    }

    /// Shows the application at another origin, such as `http://localhost:8000`. Over `http` it keeps no `Secure` cookie.
    ///
    /// # Panics
    ///
    /// If `origin` is not valid.
    #[must_use]
    #[track_caller]
    pub fn with_origin(mut self, origin: &str) -> Self {
        self.origin = expect(Origin::parse(origin), "no origin");
        self
    }

    /// Sets the names of the CSRF cookie and header, for an application that does not use the default ones.
    #[must_use]
    pub fn with_csrf(mut self, settings: CsrfSettings) -> Self {
        self.csrf = settings;
        self
    }

    fn person(&self) -> MutexGuard<'_, Person> {
        self.person.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs in with the form at `path`, such as that of [`login_pages`](crate::views::login_pages) or of Django: fetches
    /// the page for its CSRF cookie, then sends the fields `username` and `password`. The answer is 303 if they are right.
    pub async fn log_in(&self, path: &str, username: &str, password: &str) -> Answer {
        self.get(path).await;
        self.post(path).form(&[("username", username), ("password", password)]).await
    }

    /// Makes all further requests come from `user`: see [`force_authenticate`].
    pub fn force_authenticate<U: User + Clone>(&self, user: U) {
        self.force(move |request| force_authenticate(request, user.clone()));
    }

    /// Gives the forced user these credentials in all further requests: see [`force_credentials`].
    pub fn force_credentials<A: Clone + Send + Sync + 'static>(&self, auth: A) {
        self.force(move |request| force_credentials(request, auth.clone()));
    }

    fn force(&self, force: impl Fn(&mut Request<Body>) + Send + Sync + 'static) {
        self.person().forced.push(Arc::new(force));
    }

    /// Adds this header to all further requests, such as `Authorization`. Replaces an earlier value.
    ///
    /// # Panics
    ///
    /// If it is not a valid header.
    #[track_caller]
    pub fn set_header(&self, name: &str, value: &str) {
        let name = expect(HeaderName::from_bytes(name.as_bytes()), "no name of a header");
        self.person().headers.insert(name, expect(HeaderValue::from_str(value), "no value of a header"));
    }

    /// Returns the value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.person().cookies.value(name).map(str::to_owned)
    }

    /// Sets a cookie for the whole host.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.person().cookies.put(name, value);
    }

    /// Forgets cookies, headers and forced users, as if another person used the browser. Does not log anyone out.
    pub fn forget(&self) {
        let mut person = self.person();
        person.cookies.clear();
        person.headers.clear();
        person.forced.clear();
    }

    /// Starts a `GET` request.
    #[track_caller]
    pub fn get(&self, path: &str) -> RequestBuilder<&Self> {
        self.request(Method::GET, path)
    }

    /// Starts a `POST` request.
    #[track_caller]
    pub fn post(&self, path: &str) -> RequestBuilder<&Self> {
        self.request(Method::POST, path)
    }

    /// Starts a `PUT` request.
    #[track_caller]
    pub fn put(&self, path: &str) -> RequestBuilder<&Self> {
        self.request(Method::PUT, path)
    }

    /// Starts a `PATCH` request.
    #[track_caller]
    pub fn patch(&self, path: &str) -> RequestBuilder<&Self> {
        self.request(Method::PATCH, path)
    }

    /// Starts a `DELETE` request.
    #[track_caller]
    pub fn delete(&self, path: &str) -> RequestBuilder<&Self> {
        self.request(Method::DELETE, path)
    }

    /// Starts a request with this method. `.await` sends it.
    ///
    /// # Panics
    ///
    /// If `path` is not valid.
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder<&Self> {
        RequestBuilder::of(self, method, path)
    }

    /// Sends a complete request, adding only what a browser adds. The body is sent as it is: a form only has a CSRF token if
    /// the request already contains it.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_without(request, Vec::new()).await
    }

    pub(super) async fn send_without(&self, mut request: Request<Body>, without: Vec<HeaderName>) -> Answer {
        let path = request.uri().path().to_owned();
        for (name, value) in self.headers(&request) {
            if !without.contains(&name) {
                request.headers_mut().entry(name).or_insert(value);
            }
        }
        let forced = self.person().forced.clone();
        for force in forced {
            force(&mut request);
        }
        let response = self.router.clone().call(request).await.into_response();
        for cookie in response.headers().get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.person().cookies.set(cookie, &path, self.origin.is_https());
            }
        }
        Answer::read(response).await
    }

    /// Returns the headers that a browser adds to a request from a page of the application.
    fn headers(&self, request: &Request<Body>) -> Vec<(HeaderName, HeaderValue)> {
        let origin = self.origin.to_string();
        let mut headers = vec![
            (HOST, self.origin.authority().to_owned()),
            (REFERER, format!("{origin}/")),
            (HeaderName::from_static("sec-fetch-site"), "same-origin".to_owned()),
        ];
        if !is_safe(request.method()) {
            headers.push((ORIGIN, origin));
            // A page puts the token into a form; a script puts it into the header.
            if let Some(token) = self.csrf_token().filter(|_| !Form::is_in(request.headers()))
                && let Ok(name) = HeaderName::from_bytes(self.csrf.header_name().as_bytes())
            {
                headers.push((name, token));
            }
        }
        let person = self.person();
        headers.extend(person.cookies.header(request.uri().path()).map(|cookies| (COOKIE, cookies)));
        let own = person.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        let added = headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)));
        own.chain(added).collect()
    }

    /// Returns the CSRF token, if the application has set its cookie.
    pub fn csrf_token(&self) -> Option<String> {
        match self.csrf.cookie_name() {
            Some(name) => self.cookie(name),
            None => self.cookie(SECURE_CSRF_COOKIE).or_else(|| self.cookie(CSRF_COOKIE)),
        }
    }
}

impl<'a> IntoFuture for RequestBuilder<&'a Client> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { client, request, body, without } = self;
        let body = match body {
            Payload::Raw(body) => body,
            Payload::Form(mut form) => {
                let has_token = form.split('&').any(|pair| pair.split('=').next() == Some(FORM_FIELD));
                if let Some(token) = client.csrf_token().filter(|_| !has_token) {
                    let separator = if form.is_empty() { "" } else { "&" };
                    form = format!("{form}{separator}{FORM_FIELD}={token}");
                }
                form.into_bytes()
            }
        };
        Box::pin(client.send_without(request.map(|()| Body::from(body)), without))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("origin", &self.origin).finish_non_exhaustive()
    }
}
