//! What the routers that replace other packages share: the behaviour of Django REST framework's views.

use auth_runtime::audit::{Methods, Routes, post};
use auth_runtime::event::EventKind;
use auth_runtime::login::IssuedToken;
use auth_runtime::{AuthError, Rejection};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::body::{django_time, method_not_allowed, uncached};
use crate::caller::{Application, Caller, Callers};
use crate::service;

/// A function that formats a time: see `with_expiry`.
pub(crate) type WriteTime = fn(std::time::Duration) -> Value;

pub(crate) const POST: &str = "POST, OPTIONS";

/// Formats a time as the framework does.
pub(crate) fn write_time(time: std::time::Duration) -> Value {
    json!(django_time(time))
}

/// Creates an endpoint with these methods for callers of the policy `P`. The caller is checked before the method.
pub(crate) fn endpoint<S: Application, P: Callers<S>>(methods: Methods<S>, allow: &'static str) -> Methods<S> {
    allowing(methods.method_not_allowed_fallback(other_method::<S, P>), allow)
}

/// Creates an endpoint with these methods for everyone.
#[cfg(feature = "durin")]
pub(crate) fn open_endpoint<S: Application>(methods: Methods<S>, allow: &'static str) -> Methods<S> {
    allowing(methods.method_not_allowed_fallback(other_method_of_anybody::<S>), allow)
}

/// Adds `Allow` with the supported methods to every answer.
fn allowing<S: Application>(methods: Methods<S>, allow: &'static str) -> Methods<S> {
    methods.layer(map_response(move |mut response: Response| async move {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        response
    }))
}

async fn other_method<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    method: Method,
) -> Result<StatusCode, Rejection> {
    options(&method).map_err(|error| caller.reject(error))
}

#[cfg(feature = "durin")]
async fn other_method_of_anybody<S: Application>(
    State(state): State<S>,
    request: Parts,
) -> Result<StatusCode, Rejection> {
    options(&request.method).map_err(|error| Rejection::without_chain(error, &request, &state))
}

fn options(method: &Method) -> Result<StatusCode, AuthError> {
    if method == Method::OPTIONS { Ok(StatusCode::OK) } else { Err(method_not_allowed(method)) }
}

/// Adds `logout/` and `logoutall/` to the routes.
pub(crate) fn with_log_out<S: Application, P: Callers<S>>(routes: Routes<S>) -> Routes<S> {
    routes
        .route("/logout/", endpoint::<S, P>(post(log_out::<S, P>), POST))
        .route("/logoutall/", endpoint::<S, P>(post(log_out_everywhere::<S, P>), POST))
        .layer(map_response(uncached))
}

/// Ends the presented token, whether it belongs to a login or was imported.
async fn log_out<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let ended = async {
        match (caller.login(), caller.token()) {
            (Some(login), _) => {
                service::end_login(&state, &parts, &caller, login, EventKind::LoggedOut).await?;
            }
            (None, Some(token)) => {
                service::revoke_token(&state, &parts, &caller, token).await?;
            }
            (None, None) => return Err(AuthError::not_authenticated()),
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ended.await.map_err(|error| caller.reject(error))
}

/// Ends all logins and tokens of the user, whichever token was presented: an imported token counts like one of a login.
async fn log_out_everywhere<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let ended = everything(&state, &parts, &caller).await;
    ended.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}

async fn everything<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
) -> Result<(), AuthError> {
    service::end_logins(state, request, caller, None).await?;
    service::revoke_tokens(state, request, caller).await
}

/// Returns the answer to a login.
pub(crate) fn issued<U>(
    token: &IssuedToken,
    write: WriteTime,
    account: &U,
    user: Option<fn(&U) -> Value>,
) -> Map<String, Value> {
    let unused = token.login.idle_timeout.map(|idle| token.login.created.saturating_add(idle));
    // A login that ends when idle may end as early as this.
    let expires = token.expires.into_iter().chain(unused).min();
    let mut body = Map::new();
    body.insert("expiry".to_owned(), json!(expires.map(write)));
    body.insert("token".to_owned(), token.secret.reveal().into());
    body.extend(user.map(|user| ("user".to_owned(), user(account))));
    body
}
