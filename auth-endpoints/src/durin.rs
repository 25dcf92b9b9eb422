//! The paths and bodies of Django-Rest-Durin 1.1, so that a front end written for it can move unchanged.
//!
//! | endpoint | answer |
//! |---|---|
//! | `POST login/` with `username`, `password`, `client` | 200 `{"expiry", "token"}`, and `"user"` where [`with_user`](Durin::with_user) is set; 400 |
//! | `POST refresh/` | 200 `{"expiry"}`: the same token lasts longer |
//! | `POST logout/` | 204; ends the presented token |
//! | `POST logoutall/` | 204; ends all of the user's logins and tokens |
//! | `GET sessions/` | 200 with a list |
//! | `DELETE sessions/{id}` | 204; 400 for the session of the request itself; 404 |
//! | `GET`, `POST`, `DELETE apiaccess/` | 200, 201 with the token, 204; 404 if there is no token, 400 if there is one already |
//!
//! A token is the access token of a login with the named client; its access lifetime corresponds to Durin's `token_ttl`. Set
//! the client's idle lifetime to the same value, so that a login ends if its token was not refreshed in time, and its absolute
//! lifetime to `None`. The token of `apiaccess/` is a personal token. [The guide](auth_runtime::guide::moving) lists the
//! differences.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::audit::{Routes, delete, get, post};
use auth_runtime::event::EventKind;
use auth_runtime::personal_token::{IssuedPersonalToken, Lifetime};
use auth_runtime::store::{AccessToken, Client, CredentialStore, Id, LoginEntry, TokenEntry, TokenStore};
use auth_runtime::views::{Fields, Invalid, UnreadFields};
use auth_runtime::{AllowAnonymous, Auth, AuthError, AuthState, Ignored, Rejection, User as _, login};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::body::{PathName, answer, django_time};
use crate::caller::{Application, Caller, Callers, User, of};
use crate::compat::{self, POST, WriteTime, endpoint, open_endpoint};
use crate::service;

/// The endpoints and their settings.
///
/// ```
/// use auth_runtime::permission::IsAuthenticated;
/// use auth_runtime::scheme::Token;
/// use auth_runtime::{AuthContext, Policy};
/// use auth_store::{Account, MemoryStore};
/// use auth_endpoints::durin::Durin;
/// use axum::Router;
/// use serde_json::json;
///
/// /// Who may call all of them but `login/`.
/// #[derive(Policy)]
/// #[policy(chain(Token), permit(IsAuthenticated))]
/// struct ByToken;
///
/// type App = AuthContext<MemoryStore>;
/// let durin = Durin::<App>::new()
///     .with_user(|account: &Account| json!({ "username": account.username }))
///     .with_api_access_client("api");
/// let router: Router = Router::new()
///     .nest("/auth", durin.endpoints::<ByToken>())
///     .with_state(AuthContext::new(MemoryStore::new()));
/// ```
pub struct Durin<S: AuthState> {
    user: Option<fn(&User<S>) -> Value>,
    expiry: WriteTime,
    api_access: Option<Arc<str>>,
}

impl<S: Application> fmt::Debug for Durin<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durin").finish_non_exhaustive()
    }
}

impl<S: Application> Default for Durin<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Application> Durin<S> {
    /// Creates the endpoints without a `"user"` in answers, and without `apiaccess/`.
    pub fn new() -> Self {
        Self { user: None, expiry: compat::write_time, api_access: None }
    }

    /// Adds this `"user"` to the answers of `login/`.
    #[must_use]
    pub fn with_user(self, user: fn(&User<S>) -> Value) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Sets how the answers of `login/` and `refresh/` format the `"expiry"`. Replaces the setting `EXPIRY_DATETIME_FORMAT`.
    /// The time is since the Unix epoch.
    #[must_use]
    pub fn with_expiry(self, expiry: fn(Duration) -> Value) -> Self {
        Self { expiry, ..self }
    }

    /// Adds `apiaccess/`, whose tokens last as long as those of logins with this client.
    #[must_use]
    pub fn with_api_access_client(self, client: &str) -> Self {
        Self { api_access: Some(client.into()), ..self }
    }

    /// Returns the endpoints. `T` is the policy of all of them except `login/`: a chain with only `Token`.
    pub fn endpoints<T>(self) -> Router<S>
    where
        T: Callers<S>,
    {
        self.routes::<T>().into_router()
    }

    /// Returns [`endpoints`](Self::endpoints) for an [audited](auth_runtime::audit) application. Anonymous callers can only
    /// call `POST login/`.
    pub fn routes<T>(self) -> Routes<S>
    where
        T: Callers<S>,
    {
        let Self { user, expiry, api_access } = self;
        let log_in = post(move |_: Auth<Ignored, AllowAnonymous>, State(state): State<S>, request: Request| {
            log_in(state, request, user, expiry)
        });
        let refresh = post(move |caller: Caller<S, T>, State(state): State<S>, request: Request| {
            refresh(caller, state, request, expiry)
        });
        let session = || endpoint::<S, T>(delete(end_session::<S, T>), "DELETE, OPTIONS");
        let mut routes = Routes::new()
            .route("/login/", open_endpoint(log_in, POST))
            .route("/refresh/", endpoint::<S, T>(refresh, POST))
            .route("/sessions/", endpoint::<S, T>(get(sessions::<S, T>), "GET, HEAD, OPTIONS"))
            .route("/sessions/{id}", session())
            // The address that Durin's own router has for this endpoint.
            .route("/sessions//{id}", session());
        if let Some(client) = api_access {
            let (shown, made) = (Arc::clone(&client), Arc::clone(&client));
            let methods =
                get(move |caller: Caller<S, T>, State(state): State<S>| api_access_info::<S, T>(caller, state, shown))
                    .post(move |caller: Caller<S, T>, State(state): State<S>, request: Request| {
                        make_api_access(caller, state, request, made)
                    })
                    .delete(move |caller: Caller<S, T>, State(state): State<S>, request: Request| {
                        end_api_access(caller, state, request, client)
                    });
            let allow = "GET, POST, DELETE, HEAD, OPTIONS";
            routes = routes.route("/apiaccess/", endpoint::<S, T>(methods, allow));
        }
        compat::with_log_out::<S, T>(routes)
    }
}

/// An error of the caller, in the form that a front end expects.
enum Refused {
    Error(AuthError),
    Invalid(Invalid),
    NoClient,
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        Self::Error(error)
    }
}

impl From<UnreadFields> for Refused {
    fn from(unread: UnreadFields) -> Self {
        match unread {
            UnreadFields::Refused(error) => Self::Error(error),
            UnreadFields::Invalid(invalid) => Self::Invalid(invalid),
        }
    }
}

async fn log_in<S: Application>(
    state: S,
    request: Request,
    user: Option<fn(&User<S>) -> Value>,
    expiry: WriteTime,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let made = async {
        let mut fields = Fields::read(&state, &parts, body).await?;
        let account = checked(&state, &parts, &mut fields).await?;
        let Some(account) = account else { return Err(Refused::Invalid(fields.invalid())) };
        let client = client(&state, fields.get("client")).await?;
        let token = login::log_in_for_token(of(&state), &parts, &account, client, "").await?;
        Ok(compat::issued(&token, expiry, &account, user))
    };
    match made.await {
        Ok(body) => Ok(answer(StatusCode::OK, &body)),
        Err(Refused::Invalid(invalid)) => Ok(invalid.into_response()),
        Err(Refused::NoClient) => Ok(answer(StatusCode::BAD_REQUEST, &json!({ "detail": "No client specified." }))),
        Err(Refused::Error(error)) => Err(Rejection::without_chain(error, &parts, &state)),
    }
}

/// Returns the account for the name and the password in the fields. `None` means that one of them is missing or not text.
async fn checked<S: Application>(state: &S, request: &Parts, fields: &mut Fields) -> Result<Option<User<S>>, Refused> {
    let (username, password) = (fields.text("username", true), fields.text("password", false));
    let (Some(username), Some(password)) = (username, password) else { return Ok(None) };
    let user = login::check_attempt(of(state), request, &username, &password).await?;
    // An inactive account is refused at its next request, even if the backend lets it log in.
    let user = user.filter(User::<S>::is_active);
    let wrong = || Refused::Invalid(Invalid::other(state, "Unable to log in with provided credentials."));
    user.ok_or_else(wrong).map(Some)
}

/// Returns the client with this name. A name that is not a string is looked up as its JSON text.
async fn client<S: Application>(state: &S, name: Option<&Value>) -> Result<Client, Refused> {
    let name = match name {
        None | Some(Value::Null | Value::Bool(false)) => return Err(Refused::NoClient),
        Some(Value::String(name)) if name.is_empty() => return Err(Refused::NoClient),
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
    };
    Ok(login::client(of(state), Some(&name)).await?)
}

async fn refresh<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    state: S,
    request: Request,
    expiry: WriteTime,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let (Some(login), Some(token)) = (caller.login(), caller.token()) else {
        return Err(
            caller.reject(AuthError::permission_denied().with_detail("Only the token of a login lasts longer."))
        );
    };
    let extended = async {
        let now = of(&state).settings().clock().now();
        // Credentials that do not name a client belong to the default client.
        let client = caller.client().unwrap_or_default();
        let expires = service::access_end(&state, client, now).await?;
        let token = of(&state).backend().extend_token(&caller.user, token, expires).await?;
        let token: AccessToken = token.ok_or_else(AuthError::incorrect_credentials)?;
        // Other uses are recorded once a minute. With an idle lifetime equal to the access lifetime, the token would then end
        // too early.
        of(&state).backend().touch_tokens(&[(token.id.clone(), now)]).await?;
        service::tell(&state, &parts, &caller, EventKind::TokenRenewed, Some(login), Some(&token.id));
        Ok(answer(StatusCode::OK, &json!({ "expiry": token.expires.map(expiry) })))
    };
    extended.await.map_err(|error: AuthError| caller.reject(error))
}

async fn sessions<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    State(state): State<S>,
) -> Result<Response, Rejection> {
    let now = of(&state).settings().clock().now();
    let entries = of(&state).backend().logins(&caller.user).await.map_err(|error| caller.reject(error))?;
    // Oldest first, like a table without an explicit order.
    let list = entries.into_iter().rev().map(|entry| session(&entry, caller.login(), now));
    Ok(answer(StatusCode::OK, &list.collect::<Vec<_>>()))
}

fn session(entry: &LoginEntry, current: Option<&Id>, now: Duration) -> Value {
    let login = &entry.login;
    let unused = login.idle_timeout.map(|idle| login.last_used.saturating_add(idle));
    let expires = entry.token_expires.or_else(|| login.expires.into_iter().chain(unused).min());
    json!({
        "id": login.id.number().map_or_else(|| json!(login.id), |number| json!(number)),
        "client": login.client,
        "created": django_time(login.created),
        "expiry": expires.map(django_time),
        "has_expired": entry.has_ended(now),
        "is_current": current == Some(&login.id),
        "expires_in_str": time_left(expires, now),
    })
}

async fn end_session<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    State(state): State<S>,
    PathName(id): PathName,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let id = Id::from(id.as_str());
    if caller.login() == Some(&id) {
        let message = json!(["This is the session of the request itself. Use logout/ to end it."]);
        return Ok(answer(StatusCode::BAD_REQUEST, &message));
    }
    let ended = service::end_login(&state, &parts, &caller, &id, EventKind::LoginRevoked).await;
    let ended = ended.and_then(service::found);
    ended.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}

/// The live token of `apiaccess/`: the personal one with the name of its client.
async fn find_api_access<S: Application, T: Callers<S>>(
    caller: &Caller<S, T>,
    state: &S,
    client: &str,
) -> Result<Option<AccessToken>, AuthError> {
    let now = of(state).settings().clock().now();
    let entries = of(state).backend().tokens(&caller.user).await?;
    let is_it = |entry: &TokenEntry| entry.name == client && !entry.token.has_expired(now);
    Ok(entries.into_iter().find(is_it).map(|entry| entry.token))
}

fn api_access_view(token: &AccessToken, client: &str, now: Duration) -> Map<String, Value> {
    let fields = [
        ("client", json!(client)),
        ("created", json!(django_time(token.created))),
        ("expiry", json!(token.expires.map(django_time))),
        ("has_expired", json!(false)),
        ("expires_in_str", json!(time_left(token.expires, now))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn api_access_info<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    state: S,
    client: Arc<str>,
) -> Result<Response, Rejection> {
    let now = of(&state).settings().clock().now();
    let token = find_api_access(&caller, &state, &client).await;
    let token = token.and_then(|token| token.ok_or_else(AuthError::not_found));
    token
        .map(|token| answer(StatusCode::OK, &api_access_view(&token, &client, now)))
        .map_err(|error| caller.reject(error))
}

async fn make_api_access<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    state: S,
    request: Request,
    client: Arc<str>,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    caller.needs_more_than_a_personal_token()?;
    let made = async {
        if find_api_access(&caller, &state, &client).await?.is_some() {
            return Ok(answer(StatusCode::BAD_REQUEST, &json!(["An API token was already issued to you."])));
        }
        let rules = login::client(of(&state), Some(&client)).await?;
        // The caller chose neither: the client's rules apply, within the limits of personal tokens.
        let of_rules = [rules.access_lifetime(), rules.absolute_lifetime()].into_iter().flatten().min();
        let max = of(&state).settings().personal_tokens().max_lifetime();
        let lifetime = of_rules.map_or(Lifetime::Default, |length| Lifetime::Of(*max.iter().fold(length, Ord::min)));
        let IssuedPersonalToken { secret, token, .. } =
            service::create_token(&state, &parts, &caller, &client, lifetime).await?;
        let mut body = api_access_view(&token, &client, of(&state).settings().clock().now());
        body.insert("token".to_owned(), secret.reveal().into());
        Ok(answer(StatusCode::CREATED, &body))
    };
    made.await.map_err(|error: AuthError| caller.reject(error))
}

async fn end_api_access<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    state: S,
    request: Request,
    client: Arc<str>,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let ended = async {
        let token = find_api_access(&caller, &state, &client).await?.ok_or_else(AuthError::not_found)?;
        service::found(service::revoke_token(&state, &parts, &caller, &token.id).await?)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ended.await.map_err(|error: AuthError| caller.reject(error))
}

/// Formats the remaining time for people, in its largest unit.
fn time_left(expires: Option<Duration>, now: Duration) -> String {
    let Some(expires) = expires else { return "never".to_owned() };
    let seconds = expires.saturating_sub(now).as_secs();
    let (minutes, hours, days) = ((seconds + 30) / 60, (seconds + 1_800) / 3_600, seconds / 86_400);
    // A month is 30.5 days.
    let months = (4 * days + 61) / 122;
    let (count, one, many) = match seconds {
        0 => return "a moment".to_owned(),
        1..60 => (seconds, "a second", "seconds"),
        60..3_600 if minutes < 60 => (minutes, "a minute", "minutes"),
        0..86_400 if hours < 24 => (hours, "an hour", "hours"),
        _ if months == 0 => (days.max(1), "a day", "days"),
        _ if months < 12 => (months, "a month", "months"),
        _ => ((days / 365).max(1), "a year", "years"),
    };
    if count == 1 { one.to_owned() } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_in_the_largest_unit() {
        let day = 86_400;
        for (seconds, text) in [
            (0, "a moment"),
            (1, "a second"),
            (59, "59 seconds"),
            (60, "a minute"),
            (89, "a minute"),
            (90, "2 minutes"),
            (3_569, "59 minutes"),
            (3_570, "an hour"),
            (5_400, "2 hours"),
            (84_599, "23 hours"),
            (84_600, "a day"),
            (2 * day - 1, "a day"),
            (2 * day, "2 days"),
            (15 * day, "15 days"),
            (16 * day, "a month"),
            (46 * day, "2 months"),
            (350 * day, "11 months"),
            (351 * day, "a year"),
            (729 * day, "a year"),
            (730 * day, "2 years"),
        ] {
            let now = Duration::from_secs(1_800_000_000);
            assert_eq!(time_left(Some(now + Duration::from_secs(seconds)), now), text, "{seconds}");
        }
        assert_eq!(time_left(None, Duration::ZERO), "never");
    }
}
