//! The login page and the logout endpoint.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::see_other::see_other;
use crate::audit::{Routes, get, post};
use crate::body::form::Form;
use crate::context::state::AuthState;
use crate::identity::User;
use crate::login::csrf::CsrfToken;
use crate::policy::permission::AllowAny;
use crate::refusal::{Answer, AuthError, ErrorKind, Rejection};
use crate::store::{LoginStore, PasswordStore, StoreError};
use crate::{authenticate, csrf, login};

/// `GET` and `POST /login/`, `POST /logout/`: for [`Session`](crate::scheme::Session).
///
/// Login and logout always check for [CSRF](crate::csrf), whether or not the caller is logged in. `next`, in the query or the
/// form, is where the browser goes afterwards, if it is a path of this host. Otherwise it goes to
/// [`Settings::login_redirect`](crate::Settings::login_redirect), and after a logout to the login page.
///
/// ```
/// # use auth_runtime::{AuthState, store::{LoginStore, PasswordStore}};
/// fn app<S: AuthState>() -> axum::Router<S> where S::Backend: PasswordStore + LoginStore {
///     axum::Router::new().nest("/auth", auth_runtime::views::login_pages())
/// }
/// ```
pub fn login_pages<S: AuthState>() -> Router<S>
where
    S::Backend: PasswordStore + LoginStore,
{
    login_routes().into_router()
}

/// [`login_pages`] for an [audited](crate::audit) application. All of them are open to anonymous callers.
///
/// ```
/// use auth_runtime::audit::Routes;
/// use auth_runtime::views::login_routes;
/// # use auth_runtime::{AuthState, store::{LoginStore, PasswordStore}};
/// # fn test<S: AuthState>() where S::Backend: PasswordStore + LoginStore {
/// let routes = Routes::<S>::new().nest("/auth", login_routes());
/// routes.audit().assert_public(&["GET /auth/login/", "POST /auth/login/", "POST /auth/logout/"]);
/// # }
/// ```
pub fn login_routes<S: AuthState>() -> Routes<S>
where
    S::Backend: PasswordStore + LoginStore,
{
    Routes::new().route("/login/", get(show::<S>).post(log_in::<S>)).route("/logout/", post(log_out::<S>))
}

/// The `next` of the query.
#[derive(Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

/// A form whose CSRF token was verified.
struct Verified {
    form: Form,
    next: String,
    bound: Option<String>,
}

impl Verified {
    fn field(&self, name: &str) -> &str {
        self.form.field(name).unwrap_or_default()
    }
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
async fn show<S: AuthState>(State(state): State<S>, request: Parts) -> Result<Response, Rejection>
where
    S::Backend: PasswordStore + LoginStore,
{
    let reject = |error| Rejection::without_chain(error, &request, &state);
    let bound = csrf::csrf_secret(state.auth_context(), &request.headers).await;
    let bound = bound.map_err(|error| reject(error.into()))?;
    let next = next_of(&request, None);
    page(&state, &request, bound.as_deref(), "", &next, None).map_err(reject)
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
async fn log_in<S: AuthState>(State(state): State<S>, request: Request) -> Result<Response, Rejection>
where
    S::Backend: PasswordStore + LoginStore,
{
    let (request, body) = request.into_parts();
    let refusal = Answer::without_chain(&request, &state);
    let reject = |error| Rejection::new(error, refusal.clone());
    let context = state.auth_context();
    let (request, form) = verify(&state, Request::from_parts(request, body)).await.map_err(reject)?;
    let (username, password) = (form.field("username"), form.field("password"));
    let answer = async {
        // An inactive account would be anonymous at its next request, even if the store lets it log in.
        let user = login::check_attempt(context, &request, username, password).await?;
        match user.filter(User::is_active) {
            Some(user) => Ok(login::log_in(context, &request, &user).await?.1),
            None => Err(AuthError::incorrect_credentials()),
        }
    };
    let error = match answer.await {
        Ok(cookies) => {
            let next = local_path(&form.next).unwrap_or(context.settings().login_redirect());
            return Ok((cookies, see_other(next)).into_response());
        }
        Err(error) => error,
    };
    let (status, text) = match error.kind() {
        ErrorKind::AuthenticationFailed => (
            StatusCode::OK,
            "Please enter a correct username and password. Note that both fields may be case-sensitive.",
        ),
        ErrorKind::Throttled => (StatusCode::TOO_MANY_REQUESTS, "Too many failed attempts. Please try again later."),
        ErrorKind::PermissionDenied if error.code() == "login_limit" => (StatusCode::FORBIDDEN, error.detail()),
        _ => return Err(reject(error)),
    };
    let page = page(&state, &request, form.bound.as_deref(), username, &form.next, Some(text)).map_err(reject)?;
    let retry = error.retry_after().map(|wait| [(RETRY_AFTER, wait.as_secs().to_string())]);
    Ok(match retry {
        Some(retry) => (status, retry, page).into_response(),
        None => (status, page).into_response(),
    })
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
async fn log_out<S: AuthState>(State(state): State<S>, request: Request) -> Result<Response, Rejection>
where
    S::Backend: PasswordStore + LoginStore,
{
    let (request, body) = request.into_parts();
    let refusal = Answer::without_chain(&request, &state);
    let reject = |error| Rejection::new(error, refusal.clone());
    let (request, form) = verify(&state, Request::from_parts(request, body)).await.map_err(reject)?;
    let cookies = login::log_out(state.auth_context(), &request).await;
    let cookies = cookies.map_err(|error| reject(error.into()))?;
    Ok((cookies, see_other(local_path(&form.next).unwrap_or("../login/"))).into_response())
}

/// Reads the form and verifies its CSRF token, for any caller.
async fn verify<S: AuthState>(state: &S, request: Request) -> Result<(Parts, Verified), AuthError>
where
    S::Backend: LoginStore,
{
    let csrf::VerifiedForm { request, form, bound } = csrf::read_verified(state, request).await?;
    let next = next_of(&request, Some(&form));
    Ok((request, Verified { form, next, bound }))
}

/// Returns where to go afterwards: the form's `next`, or else the query's.
fn next_of(request: &Parts, form: Option<&Form>) -> String {
    match form.and_then(|form| form.field("next")) {
        Some(next) if !next.is_empty() => next.to_owned(),
        _ => serde_urlencoded::from_str::<Next>(request.uri.query().unwrap_or_default()).unwrap_or_default().next,
    }
}

/// Returns `next` if it stays on this host: one slash, and nothing that a browser reads as another host.
fn local_path(next: &str) -> Option<&str> {
    let stays =
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control);
    stays.then_some(next)
}

fn page<S: AuthState>(
    state: &S,
    request: &Parts,
    bound: Option<&str>,
    username: &str,
    next: &str,
    error: Option<&str>,
) -> Result<Response, AuthError> {
    let token = CsrfToken::of(request, state.auth_context().settings(), bound).map_err(StoreError::new)?;
    let error = error.map(|error| format!("<p role=\"alert\">{error}</p>")).unwrap_or_default();
    let (first, second) = if username.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Log in</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n<body><main>\
         <h1>Log in</h1>{error}<form method=\"post\">\
         <input type=\"hidden\" name=\"{field}\" value=\"{token}\">\
         <input type=\"hidden\" name=\"next\" value=\"{next}\">\
         <p><label for=\"id_username\">Username:</label>\
         <input id=\"id_username\" name=\"username\" value=\"{username}\" autocomplete=\"username\"{first} required></p>\
         <p><label for=\"id_password\">Password:</label>\
         <input id=\"id_password\" name=\"password\" type=\"password\" autocomplete=\"current-password\"{second} required></p>\
         <p><button>Log in</button></p></form></main></body></html>\n",
        field = csrf::FORM_FIELD,
        token = token.value(),
        next = escape(next),
        username = escape(username),
    );
    Ok((token, HEADERS, Html(html)).into_response())
}

/// No script, no content from other origins, no frames, and the form is only sent to this origin.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
                              frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Hides `next` from other sites; the form keeps its `Origin`.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh}\
                     main{width:18rem}label,input,button{display:block;width:100%;box-sizing:border-box}\
                     input,button{font:inherit;padding:.5rem}[role=alert]{color:#a00}";

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_stays_on_this_host() {
        assert_eq!(local_path("/notes?a=b"), Some("/notes?a=b"));
        for foreign in
            ["", "notes", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "javascript:x"]
        {
            assert_eq!(local_path(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn input_is_escaped_in_the_page() {
        assert_eq!(escape("\"><script>'&"), "&quot;&gt;&lt;script&gt;&#39;&amp;");
    }
}
