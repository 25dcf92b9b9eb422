//! The endpoints for clients, for staff.

use std::time::Duration;

use auth_runtime::audit::{Routes, get};
use auth_runtime::store::{AtLimit, Client, ClientStore, LoginStore};
use auth_runtime::{AuthError, Rejection, TrustedOrigin, User as _};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::finished;
use crate::body::{PathName, answer, read};
use crate::caller::{Application, Caller, Callers, of};
use crate::service;

/// Creates `GET clients/`, and `GET`, `PUT` and `DELETE clients/{name}/`, for staff among the callers of the policy `P`.
///
/// A client is `{"name", "idle_lifetime", "absolute_lifetime", "access_lifetime", "max_logins", "at_limit": "refuse" |
/// "end_oldest", "single_login", "rate", "allowed_origins": [..]}`. Lifetimes are in seconds, and `null` means unlimited. `PUT`
/// replaces all fields: missing ones get the value of the default client, and the name is the one in the path.
pub fn clients<S, P>() -> Router<S>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    client_routes::<S, P>().into_router()
}

/// Creates [`clients`] for an [audited](auth_runtime::audit) application. Anonymous callers are refused.
pub fn client_routes<S, P>() -> Routes<S>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    let routes = Routes::new()
        .route("/clients/", get(list::<S, P>))
        .route("/clients/{name}/", get(show::<S, P>).put(put::<S, P>).delete(delete::<S, P>));
    finished(routes)
}

/// A client as JSON, with durations in whole seconds.
#[derive(Serialize, Deserialize)]
#[serde(default = "View::unsaid", deny_unknown_fields)]
struct View {
    name: Option<String>,
    idle_lifetime: Option<u64>,
    absolute_lifetime: Option<u64>,
    access_lifetime: Option<u64>,
    max_logins: Option<u32>,
    at_limit: AtLimitView,
    single_login: bool,
    rate: Option<String>,
    allowed_origins: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AtLimitView {
    Refuse,
    EndOldest,
}

impl View {
    /// Returns the values for fields that a caller leaves out.
    fn unsaid() -> Self {
        Self { name: None, ..Self::of(&Client::default()) }
    }

    fn of(client: &Client) -> Self {
        let seconds = |lifetime: &Option<Duration>| lifetime.map(|lifetime| lifetime.as_secs());
        Self {
            name: Some(client.name().to_owned()),
            idle_lifetime: seconds(client.idle_lifetime()),
            absolute_lifetime: seconds(client.absolute_lifetime()),
            access_lifetime: seconds(client.access_lifetime()),
            max_logins: *client.max_logins(),
            at_limit: match client.at_limit() {
                AtLimit::EndOldest => AtLimitView::EndOldest,
                _ => AtLimitView::Refuse,
            },
            single_login: *client.single_login(),
            rate: client.rate().map(|rate| rate.to_string()),
            allowed_origins: client.allowed_origins().iter().map(ToString::to_string).collect(),
        }
    }

    fn client(&self, name: &str) -> Result<Client, AuthError> {
        let invalid = |detail: String| AuthError::other(StatusCode::BAD_REQUEST, detail, "invalid");
        let origins: Result<Vec<_>, _> =
            self.allowed_origins.iter().map(|origin| TrustedOrigin::parse(origin)).collect();
        if self.name.as_ref().is_some_and(|own| own != name) {
            return Err(invalid("A client cannot get another name.".to_owned()));
        }
        let rate = self.rate.as_deref().map(str::parse).transpose();
        Ok(Client::new(name)
            .map_err(|error| invalid(error.to_string()))?
            .with_idle_lifetime(self.idle_lifetime.map(Duration::from_secs))
            .with_absolute_lifetime(self.absolute_lifetime.map(Duration::from_secs))
            .with_access_lifetime(self.access_lifetime.map(Duration::from_secs))
            .with_max_logins(self.max_logins)
            .with_at_limit(match self.at_limit {
                AtLimitView::EndOldest => AtLimit::EndOldest,
                AtLimitView::Refuse => AtLimit::Refuse,
            })
            .with_single_login(self.single_login)
            .with_rate(rate.map_err(|error: auth_runtime::throttle::InvalidLimit| invalid(format!("rate: {error}")))?)
            .with_allowed_origins(origins.map_err(|error| invalid(format!("allowed_origins: {error}")))?))
    }
}

/// Refuses callers that are not staff, and personal tokens even of staff.
fn needs_staff<S: Application, P: Callers<S>>(caller: &Caller<S, P>) -> Result<(), Rejection> {
    caller.needs_more_than_a_personal_token()?;
    if caller.user.is_staff() { Ok(()) } else { Err(caller.reject(AuthError::permission_denied())) }
}

async fn list<S, P>(caller: Caller<S, P>, State(state): State<S>) -> Result<Response, Rejection>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    needs_staff(&caller)?;
    let clients = of(&state).backend().clients().await.map_err(|error| caller.reject(error))?;
    Ok(answer(StatusCode::OK, &clients.iter().map(View::of).collect::<Vec<_>>()))
}

async fn show<S, P>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(name): PathName,
) -> Result<Response, Rejection>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    needs_staff(&caller)?;
    let client = of(&state).backend().find_client(&name).await.map_err(|error| caller.reject(error))?;
    let client = client.ok_or_else(|| caller.reject(AuthError::not_found()))?;
    Ok(answer(StatusCode::OK, &View::of(&client)))
}

async fn put<S, P>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(name): PathName,
    request: Request,
) -> Result<Response, Rejection>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    let (parts, body) = request.into_parts();
    needs_staff(&caller)?;
    let answer = async {
        let view: View = read(&parts, body).await?;
        let client = view.client(&name)?;
        let is_new = of(&state).backend().put_client(&client).await?;
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        Ok(answer(status, &View::of(&client)))
    };
    answer.await.map_err(|error: AuthError| caller.reject(error))
}

async fn delete<S, P>(
    caller: Caller<S, P>,
    State(state): State<S>,
    PathName(name): PathName,
) -> Result<Response, Rejection>
where
    S: Application,
    S::Backend: ClientStore,
    P: Callers<S>,
{
    needs_staff(&caller)?;
    let deleted = of(&state).backend().delete_client(&name).await.map_err(AuthError::from);
    let deleted = deleted.and_then(service::found);
    deleted.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}
