//! Logging in and out: the one place that makes logins.

use std::time::Duration;

use axum::response::{IntoResponseParts, ResponseParts};
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use crate::context::event::{Event, EventKind};
use crate::context::login_cookie::cookie_digest;
use crate::context::state::AuthContext;
use crate::cross_site::{new_secret, sent_origin};
use crate::identity::User;
use crate::login::csrf::CsrfToken;
use crate::refusal::AuthError;
use crate::store::{Client, InsertOutcome, Login, LoginStore, NewCredential, NewLogin, StoreError, StoreResult};
use crate::value::secret::NewSecret;
use crate::wire::cookie;

/// Cookies of a response. The response must not be cached.
#[derive(Clone)]
#[must_use = "the browser is not logged in or out before it gets these cookies"]
pub struct LoginCookies(Vec<HeaderValue>);

impl std::fmt::Debug for LoginCookies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginCookies(..)")
    }
}

impl IntoResponseParts for LoginCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let headers = response.headers_mut();
        for cookie in self.0 {
            headers.append(SET_COOKIE, cookie);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// Logs `user` in from a browser: a new login with a new CSRF secret. The login that the request came with, if any, ends, so
/// that a cookie that was planted before is worthless afterwards.
///
/// Check the CSRF token of the request first, and the password with [`check_attempt`](crate::login::check_attempt). The bundled
/// [`login_pages`](crate::views::login_pages) do both.
///
/// # Errors
///
/// 403 if the rules of the [client](crate::Settings::client) forbid it, 401 if the account was changed since `user` was read,
/// 503 if the store does not answer or the operating system provides no randomness. No login is made then.
pub async fn log_in<B: LoginStore>(
    context: &AuthContext<B>,
    request: &Parts,
    user: &B::User,
) -> Result<(Login, LoginCookies), AuthError> {
    let settings = context.settings();
    let secret = NewSecret::generate_long().map_err(StoreError::new)?;
    let csrf_secret = new_secret().map_err(StoreError::new)?;
    let credential = NewCredential::Cookie { digest: secret.digest(), csrf_secret: Some(csrf_secret.clone()) };
    let client = client(context, None).await?;
    let login = new_login(context, request, user, credential, client, "")?;
    let client = login.client.name().to_owned();
    // A browser may keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
    let age = login.client.absolute_lifetime().unwrap_or(Duration::from_secs(400 * 86_400));
    // The current login ends before the new one is stored, since it counts towards the client's limit.
    end_current(context, &request.headers).await?;
    let login = match context.backend().insert_login(user, login).await? {
        InsertOutcome::Kept(login) => login,
        insertion => return Err(refused(context, request, user, &client, &insertion)),
    };
    logged_in(context, request, user, &login);
    let session = settings.session();
    let cookies = [
        cookie::set(session.cookie_name(), secret.reveal(), age, session.is_secure(), true),
        CsrfToken::cookie(settings, &csrf_secret),
    ];
    Ok((login, LoginCookies(cookies.into_iter().flatten().collect())))
}

/// Returns the named client, or the default client.
///
/// # Errors
///
/// 400 if the client does not exist, 503 if the store does not answer.
pub async fn client<B: LoginStore>(context: &AuthContext<B>, name: Option<&str>) -> Result<Client, AuthError> {
    let wanted = name.unwrap_or(Client::DEFAULT_NAME);
    if let Some(client) = context.backend().find_client(wanted).await? {
        return Ok(client);
    }
    let default = context.settings().client();
    if name.is_none_or(|name| name == default.name()) {
        return Ok(default.clone());
    }
    Err(AuthError::other(StatusCode::BAD_REQUEST, "No client with that name.", "unknown_client"))
}

/// Creates the login for a request, if a page of its origin may log in.
pub(super) fn new_login<B: LoginStore>(
    context: &AuthContext<B>,
    request: &Parts,
    user: &B::User,
    credential: NewCredential,
    client: Client,
    name: &str,
) -> Result<NewLogin, AuthError> {
    if !client.allowed_origins().is_empty()
        && let Some(origin) = sent_origin(&request.headers)
        && !origin.is_ok_and(|origin| client.allows_origin(&origin))
    {
        login_refused(context, request, user, client.name(), "origin_not_allowed");
        return Err(AuthError::permission_denied()
            .with_detail("This client may not be used from this origin.")
            .with_code("origin_not_allowed"));
    }
    let settings = context.settings();
    let user_agent = request.headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    Ok(NewLogin {
        name: name.to_owned(),
        address: settings.client_address(request),
        user_agent: user_agent.map(|agent| agent.chars().take(200).collect()).unwrap_or_default(),
        ..NewLogin::new(credential, client, settings.clock().now())
    })
}

/// Returns why a login was not stored.
pub(super) fn refused<B: LoginStore>(
    context: &AuthContext<B>,
    request: &Parts,
    user: &B::User,
    client: &str,
    insertion: &InsertOutcome<Login>,
) -> AuthError {
    let (reason, error) = match insertion {
        InsertOutcome::LimitReached => (
            "login_limit",
            AuthError::permission_denied()
                .with_detail("You have reached the maximum number of active logins. Log out somewhere else first.")
                .with_code("login_limit"),
        ),
        _ => ("account_changed", AuthError::incorrect_credentials()),
    };
    login_refused(context, request, user, client, reason);
    error
}

/// Sends the event of a new login.
pub(super) fn logged_in<B: LoginStore>(context: &AuthContext<B>, request: &Parts, user: &B::User, login: &Login) {
    let id = user.id();
    let event = event(context, request, EventKind::LoggedIn);
    context.settings().events().emit(&event.of(&id).client(&login.client).login(&login.id));
}

/// Sends the event of a login that was refused although the password is right.
fn login_refused<B: LoginStore>(context: &AuthContext<B>, request: &Parts, user: &B::User, client: &str, reason: &str) {
    let id = user.id();
    let event = event(context, request, EventKind::LoginRefused);
    context.settings().events().emit(&event.of(&id).client(client).reason(reason));
}

/// Creates an event that this request caused.
fn event<B: LoginStore>(context: &AuthContext<B>, request: &Parts, kind: EventKind) -> Event<'static> {
    let settings = context.settings();
    Event::new(kind, settings.clock().now()).from_address(settings.client_address(request))
}

/// Ends the login that the request came with, and removes its cookies.
///
/// # Errors
///
/// If the store does not answer: the login may still be valid then.
pub async fn log_out<B: LoginStore>(context: &AuthContext<B>, request: &Parts) -> StoreResult<LoginCookies> {
    let settings = context.settings();
    if let Some(digest) = cookie_digest(&request.headers, settings) {
        let record = context.backend().find_login(&digest).await?;
        if context.backend().end_login(&digest).await? {
            let id = record.as_ref().map(|record| record.user.id());
            let login = record.as_ref().map(|record| &record.login.id);
            let event = event(context, request, EventKind::LoggedOut);
            settings.events().emit(&Event { user: id.as_deref(), login, ..event });
        }
    }
    let secure = settings.session().is_secure();
    let gone = Duration::ZERO;
    let cookies = [
        cookie::set(settings.session().cookie_name(), "", gone, secure, true),
        cookie::set(settings.csrf_cookie_name(), "", gone, secure, false),
    ];
    Ok(LoginCookies(cookies.into_iter().flatten().collect()))
}

/// Ends the login of the request's cookie. Returns whether there was one.
async fn end_current<B: LoginStore>(context: &AuthContext<B>, request: &HeaderMap) -> StoreResult<bool> {
    match cookie_digest(request, context.settings()) {
        Some(digest) => context.backend().end_login(&digest).await,
        None => Ok(false),
    }
}
