//! Signing in and out.

use auth_runtime::views::see_other;
use std::time::Duration;

use auth_runtime::event::{Event, EventKind};
use auth_runtime::permission::AllowAny;
use auth_runtime::{AuthError, AuthState, CsrfToken, ErrorKind, User, authenticate, csrf, login};
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use maud::html;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::here::Here;
use crate::refusal::Refusal;
use crate::store::AdminStore;
use crate::{layout, staff};

/// The message for a wrong name, a wrong password, and an account that is not staff, so that the cause stays hidden.
const WRONG: &str = "That is not the name and password of an account of the staff. Both may be case-sensitive.";

#[derive(Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Attempt {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Nothing {}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(crate) async fn show<S: AuthState>(
    State(state): State<S>,
    Query(Next { next }): Query<Next>,
    mut request: Parts,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let token = token(&mut request, &state).await?;
    Ok(page(&staff::here(&request)?, token, StatusCode::OK, "", &next, None))
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(crate) async fn sign_in<S: AuthState>(State(state): State<S>, request: Request) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let (mut request, form) = csrf::verify_form::<S, Attempt>(&state, request).await?;
    let here = staff::here(&request)?;
    let error = match attempt(&state, &request, &form).await {
        Ok(cookies) => return Ok((cookies, see_other(&here.link_back(&form.next))).into_response()),
        Err(error) => error,
    };
    let (status, text) = match error.kind() {
        ErrorKind::AuthenticationFailed => (StatusCode::UNPROCESSABLE_ENTITY, WRONG.to_owned()),
        ErrorKind::Throttled => (StatusCode::TOO_MANY_REQUESTS, too_many(error.retry_after())),
        ErrorKind::PermissionDenied => (StatusCode::FORBIDDEN, error.detail().to_owned()),
        _ => return Err(error.into()),
    };
    let token = token(&mut request, &state).await?;
    let mut response = page(&here, token, status, &form.username, &form.next, Some(&text));
    response.headers_mut().extend(error.retry_after().map(|wait| (RETRY_AFTER, HeaderValue::from(wait.as_secs()))));
    Ok(response)
}

/// Logs a staff member in. Every other attempt gets the same answer, and no login.
async fn attempt<S: AuthState>(state: &S, request: &Parts, form: &Attempt) -> Result<login::LoginCookies, AuthError>
where
    S::Backend: AdminStore,
{
    let context = state.auth_context();
    let user = login::check_attempt(context, request, &form.username, &form.password).await?;
    let user = user.ok_or_else(AuthError::incorrect_credentials)?;
    if !user.is_active() || !user.is_staff() {
        let (settings, id) = (context.settings(), user.id());
        let reason = if user.is_active() { "not_staff" } else { "inactive" };
        let event = Event::new(EventKind::LoginRefused, settings.clock().now()).of(&id).reason(reason);
        settings.events().emit(&event.from_address(settings.client_address(request)));
        return Err(AuthError::incorrect_credentials());
    }
    Ok(login::log_in(context, request, &user).await?.1)
}

fn too_many(wait: Option<Duration>) -> String {
    let minutes = wait.map_or(1, |wait| wait.as_secs().div_ceil(60).max(1));
    let minutes = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    format!("There were too many failed attempts. Please try again in {minutes}.")
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(crate) async fn sign_out<S: AuthState>(State(state): State<S>, request: Request) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let (request, Nothing {}) = csrf::verify_form::<S, Nothing>(&state, request).await?;
    let cookies = login::log_out(state.auth_context(), &request).await?;
    Ok((cookies, see_other(&staff::here(&request)?.link("sign-in"))).into_response())
}

async fn token<S: AuthState>(request: &mut Parts, state: &S) -> Result<CsrfToken, Refusal>
where
    S::Backend: AdminStore,
{
    CsrfToken::from_request_parts(request, state).await.map_err(|rejection| Refusal::of(rejection.error()))
}

fn page(
    here: &Here,
    token: CsrfToken,
    status: StatusCode,
    username: &str,
    next: &str,
    error: Option<&str>,
) -> Response {
    let content = html! {
        div.narrow {
            h1 { "Sign in" }
            @if let Some(error) = error { p.error role="alert" #error { (error) } }
            form method="post" action=(here.link("sign-in")) {
                (layout::csrf_field(&token))
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="username" { "Name" }
                    input #username name="username" value=(username) autocomplete="username" autocapitalize="none"
                        spellcheck="false" required autofocus[username.is_empty()]
                        aria-describedby=[error.map(|_| "error")];
                }
                div.field {
                    label for="password" { "Password" }
                    input #password name="password" type="password" autocomplete="current-password" required
                        autofocus[!username.is_empty()] aria-describedby=[error.map(|_| "error")];
                }
                button.primary { "Sign in" }
            }
        }
    };
    let title = if error.is_some() { "Error: Sign in" } else { "Sign in" };
    (status, token, layout::document(here, title, None, content)).into_response()
}
