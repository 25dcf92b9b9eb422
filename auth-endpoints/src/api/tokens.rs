//! The endpoints for the caller's personal tokens.

use std::time::Duration;

use auth_runtime::personal_token::{IssuedPersonalToken, Lifetime};
use auth_runtime::store::{AccessToken, CredentialStore, Id};
use auth_runtime::{AuthError, Rejection};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::logins::Name;
use crate::body::{PathName, answer, read, time};
use crate::caller::{Application, Caller, Callers, of};
use crate::service;

#[derive(Deserialize)]
struct New {
    name: String,
    /// In seconds. If it is missing, the settings determine the lifetime.
    expires_in: Option<u64>,
}

/// A personal token as its owner sees it.
#[derive(Serialize)]
struct View<'a> {
    id: String,
    name: &'a str,
    created: String,
    last_used: Option<String>,
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(token: &AccessToken, name: &'a str) -> Self {
        Self {
            id: token.id.to_string(),
            name,
            created: time(token.created),
            last_used: token.last_used.map(time),
            expires: token.expires.map(time),
            token: None,
        }
    }
}

pub(super) async fn list<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
) -> Result<Response, Rejection> {
    let now = of(&state).settings().clock().now();
    let entries = of(&state).backend().tokens(&caller.user).await.map_err(|error| caller.reject(error))?;
    let live = entries.iter().filter(|entry| !entry.token.has_expired(now));
    Ok(answer(StatusCode::OK, &live.map(|entry| View::of(&entry.token, &entry.name)).collect::<Vec<_>>()))
}

/// Checks the name of a token, which its owner recognizes it by.
fn checked_name(name: &str) -> Result<&str, AuthError> {
    match service::checked_name(name)? {
        "" => Err(AuthError::other(StatusCode::BAD_REQUEST, "A token needs a name.", "invalid")),
        name => Ok(name),
    }
}

pub(super) async fn create<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let answer = async {
        let New { name, expires_in } = read(&parts, body).await?;
        let name = checked_name(&name)?;
        if expires_in == Some(0) {
            let detail = "`expires_in` is a number of seconds above 0.";
            return Err(AuthError::other(StatusCode::BAD_REQUEST, detail, "invalid"));
        }
        let lifetime = expires_in.map_or(Lifetime::Default, |seconds| Lifetime::Of(Duration::from_secs(seconds)));
        let IssuedPersonalToken { secret, token, .. } =
            service::create_token(&state, &parts, &caller, name, lifetime).await?;
        Ok(answer(StatusCode::CREATED, &View { token: Some(secret.reveal()), ..View::of(&token, name) }))
    };
    answer.await.map_err(|error| caller.reject(error))
}

pub(super) async fn rename<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(id): PathName,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let answer = async {
        let Name { name } = read(&parts, body).await?;
        let name = checked_name(&name)?;
        service::found(of(&state).backend().rename_token(&caller.user, &Id::from(id.as_str()), name).await?)?;
        Ok(answer(StatusCode::OK, &serde_json::json!({ "id": id, "name": name })))
    };
    answer.await.map_err(|error: AuthError| caller.reject(error))
}

/// Ends a personal token. A personal token can end only itself.
pub(super) async fn revoke<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(id): PathName,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let id = Id::from(id.as_str());
    if caller.token() != Some(&id) {
        caller.needs_more_than_a_personal_token()?;
    }
    let revoked = service::revoke_token(&state, &parts, &caller, &id).await;
    let revoked = revoked.and_then(service::found);
    revoked.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}
