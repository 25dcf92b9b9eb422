//! The endpoints for logging in and out, and for renewing a token.

use auth_runtime::event::EventKind;
use auth_runtime::login::{self, IssuedToken};
use auth_runtime::permission::AllowAny;
use auth_runtime::store::{Client, Login};
use auth_runtime::{AuthError, Rejection, authenticate};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::body::{answer, read, time};
use crate::caller::{Application, Caller, Callers, of};
use crate::service;

#[derive(Deserialize)]
struct Attempt {
    username: String,
    password: Zeroizing<String>,
    #[serde(flatten)]
    from: From,
}

/// How the program that logs in describes itself.
#[derive(Default, Deserialize)]
struct From {
    client: Option<String>,
    #[serde(default)]
    name: String,
}

#[derive(Default, Deserialize)]
struct Everywhere {
    #[serde(default)]
    except_current: bool,
}

/// A new token, shown to its owner only once.
#[derive(Serialize)]
struct Issued<'a> {
    token: &'a str,
    expires: Option<String>,
    login: LoginView,
}

/// A login as its owner sees it.
#[derive(Serialize)]
pub(super) struct LoginView {
    id: String,
    client: String,
    created: String,
    last_used: String,
    expires: Option<String>,
}

impl LoginView {
    pub(super) fn of(login: &Login) -> Self {
        Self {
            id: login.id.to_string(),
            client: login.client.clone(),
            created: time(login.created),
            last_used: time(login.last_used),
            expires: login.expires.map(time),
        }
    }
}

fn issued(issued: &IssuedToken) -> Response {
    let login = LoginView::of(&issued.login);
    answer(StatusCode::OK, &Issued { token: issued.secret.reveal(), expires: issued.expires.map(time), login })
}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(super) async fn log_in<S: Application>(State(state): State<S>, request: Request) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let answer = async {
        let attempt: Attempt = read(&parts, body).await?;
        let name = service::checked_name(&attempt.from.name)?;
        let client = login::client(of(&state), attempt.from.client.as_deref()).await?;
        let made = service::log_in(&state, &parts, &attempt.username, &attempt.password, client, name).await?;
        let (_, token) = made.ok_or_else(AuthError::incorrect_credentials)?;
        Ok(issued(&token))
    };
    answer.await.map_err(|error: AuthError| unasked(error, &parts, &state))
}

/// Returns the refusal of a login. It is a 401 although the endpoint has no chain: the credentials are wrong, and a browser
/// does not prompt for others on its own.
fn unasked<S: Application>(error: AuthError, request: &Parts, state: &S) -> Rejection {
    let error = match error.kind() {
        auth_runtime::ErrorKind::AuthenticationFailed => {
            AuthError::other(StatusCode::UNAUTHORIZED, error.detail().to_owned(), "authentication_failed")
        }
        _ => error,
    };
    Rejection::without_chain(error, request, state)
}

pub(super) async fn obtain<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let answer = async {
        let from: From = read(&parts, body).await?;
        let name = service::checked_name(&from.name)?;
        let client: Client = login::client(of(&state), from.client.as_deref()).await?;
        login::log_in_for_token(of(&state), &parts, &caller.user, client, name).await
    };
    answer.await.map(|token| issued(&token)).map_err(|error| caller.reject(error))
}

pub(super) async fn renew<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let (Some(login), Some(token)) = (caller.login(), caller.token()) else {
        return Err(caller.reject(no_login("Only an access token can be renewed.")));
    };
    let answer = async {
        let entries = auth_runtime::store::CredentialStore::logins(of(&state).backend(), &caller.user).await?;
        let entry = entries.into_iter().find(|entry| entry.login.id == *login);
        let login = entry.ok_or_else(AuthError::incorrect_credentials)?.login;
        let renewed = service::renew(&state, &parts, &caller, token, caller.client().unwrap_or(&login.client)).await?;
        // Fails if another request has renewed the token in the meantime.
        let (secret, token) = renewed.ok_or_else(AuthError::incorrect_credentials)?;
        let login = LoginView::of(&login);
        Ok(answer(StatusCode::OK, &Issued { token: secret.reveal(), expires: token.expires.map(time), login }))
    };
    answer.await.map_err(|error: AuthError| caller.reject(error))
}

pub(super) async fn log_out<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let Some(login) = caller.login() else {
        return Err(caller.reject(no_login("These credentials belong to no login that could end.")));
    };
    let ended = service::end_login(&state, &parts, &caller, login, EventKind::LoggedOut).await;
    // If another request has just ended the login, it has ended, which is a success.
    ended.map(|_| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}

pub(super) async fn log_out_everywhere<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let answer = async {
        let Everywhere { except_current } = read(&parts, body).await?;
        let except = caller.login().filter(|_| except_current);
        service::end_logins(&state, &parts, &caller, except).await
    };
    answer.await.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}

fn no_login(detail: &'static str) -> AuthError {
    AuthError::other(StatusCode::BAD_REQUEST, detail, "no_login")
}
