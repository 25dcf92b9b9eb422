//! The endpoints for the caller's logins.

use auth_runtime::Rejection;
use auth_runtime::event::EventKind;
use auth_runtime::store::{CredentialStore, Id};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::login::LoginView;
use crate::body::{PathName, answer, read};
use crate::caller::{Application, Caller, Callers, of};
use crate::service;

/// A login in the list of its owner.
#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    login: LoginView,
    name: String,
    address: Option<String>,
    user_agent: String,
    is_current: bool,
}

#[derive(Deserialize)]
pub(super) struct Name {
    pub(super) name: String,
}

pub(super) async fn list<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
) -> Result<Response, Rejection> {
    let now = of(&state).settings().clock().now();
    let entries = of(&state).backend().logins(&caller.user).await.map_err(|error| caller.reject(error))?;
    let live = entries.into_iter().filter(|entry| !entry.has_ended(now));
    let views: Vec<Entry> = live
        .map(|entry| Entry {
            is_current: caller.login() == Some(&entry.login.id),
            login: LoginView::of(&entry.login),
            name: entry.name,
            address: entry.address.map(|address| address.to_string()),
            user_agent: entry.user_agent,
        })
        .collect();
    Ok(answer(StatusCode::OK, &views))
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
        let name = service::checked_name(&name)?;
        service::found(of(&state).backend().rename_login(&caller.user, &Id::from(id.as_str()), name).await?)?;
        Ok(answer(StatusCode::OK, &serde_json::json!({ "id": id, "name": name })))
    };
    answer.await.map_err(|error: auth_runtime::AuthError| caller.reject(error))
}

pub(super) async fn end<S: Application, P: Callers<S>>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(id): PathName,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let id = Id::from(id.as_str());
    let ended = service::end_login(&state, &parts, &caller, &id, EventKind::LoginRevoked).await;
    let ended = ended.and_then(service::found);
    ended.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}
