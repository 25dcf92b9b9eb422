//! The paths and bodies of Django-Rest-Durin 1.1, so that a front end written for it can move unchanged.
//!
//! | endpoint | answer |
//! |---|---|
//! | `POST login/` with `username`, `password`, `client` | 200 `{"expiry", "token"}`, and `"user"` where [`with_user`](Durin::with_user) is set; 400 |
//! | `POST refresh/` | 200 `{"expiry"}`: the same token lasts longer |
//! | `POST logout/` | 204; ends the presented token |
//! | `POST logoutall/` | 204; ends all of the user's |
//! | `GET sessions/` | 200 with a list |
//! | `DELETE sessions/{id}` | 204; 400 for the one of the request itself; 404 |
//! | `GET`, `POST`, `DELETE apiaccess/` | 200, 201 with the token, 204; 404 when there is none, 400 when there is one already |
//!
//! A token is the access token of a login with the named client: its access lifetime is what `token_ttl` is there. The token
//! of `apiaccess/` is a personal one. How this differs is in [the guide](auth_runtime::guide::moving).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::event::EventKind;
use auth_runtime::login;
use auth_runtime::store::{AccessToken, Id, ManageStore, TokenEntry};
use auth_runtime::{AuthError, AuthState, Rejection};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::body::{answer, django_time, read};
use crate::caller::{Application, Caller, Callers, User, of, split};
use crate::service;

/// The endpoints, and what their settings say.
///
/// ```
/// use auth_runtime::permission::IsAuthenticated;
/// use auth_runtime::scheme::Token;
/// use auth_runtime::{Authentication, Authenticator};
/// use auth_store::{Account, MemoryStore};
/// use auth_tokens::durin::Durin;
/// use axum::Router;
/// use serde_json::json;
///
/// /// Who may call all of them but `login/`.
/// #[derive(Authenticator)]
/// #[authenticator(chain(Token), permit(IsAuthenticated))]
/// struct ByToken;
///
/// type App = Authentication<MemoryStore>;
/// let durin = Durin::<App>::new()
///     .with_user(|account: &Account| json!({ "username": account.username }))
///     .with_api_access_client("api");
/// let router: Router = Router::new()
///     .nest("/auth", durin.endpoints::<ByToken>())
///     .with_state(Authentication::new(MemoryStore::new()));
/// ```
pub struct Durin<S: AuthState> {
    user: Option<fn(&User<S>) -> Value>,
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
    /// Without a `"user"` in answers, and without `apiaccess/`.
    pub fn new() -> Self {
        Self { user: None, api_access: None }
    }

    /// Answers of `login/` with this `"user"`.
    #[must_use]
    pub fn with_user(self, user: fn(&User<S>) -> Value) -> Self {
        Self { user: Some(user), ..self }
    }

    /// With `apiaccess/`, for tokens with the lifetime of this client: its absolute one.
    #[must_use]
    pub fn with_api_access_client(self, client: &str) -> Self {
        Self { api_access: Some(client.into()), ..self }
    }

    /// The endpoints. `T` says who may call all of them but `login/`: a chain of `Token` alone.
    pub fn endpoints<T>(self) -> Router<S>
    where
        T: Callers<S>,
    {
        let Self { user, api_access } = self;
        let router = Router::new()
            .route("/login/", post(move |State(state): State<S>, request: Request| log_in::<S>(state, request, user)))
            .route("/refresh/", post(refresh::<S, T>))
            .route("/logout/", post(log_out::<S, T>))
            .route("/logoutall/", post(log_out_everywhere::<S, T>))
            .route("/sessions/", get(sessions::<S, T>))
            .route("/sessions/{id}", delete(end_session::<S, T>))
            // The address that its own router gives to this endpoint.
            .route("/sessions//{id}", delete(end_session::<S, T>));
        let Some(client) = api_access else { return router };
        let (shown, made) = (Arc::clone(&client), Arc::clone(&client));
        router.route(
            "/apiaccess/",
            get(move |caller: Caller<S, T>, State(state): State<S>| api_access_info::<S, T>(caller, state, shown))
                .post(move |State(state): State<S>, request: Request| make_api_access::<S, T>(state, request, made))
                .delete(move |State(state): State<S>, request: Request| end_api_access::<S, T>(state, request, client)),
        )
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Attempt {
    username: Option<String>,
    password: Option<String>,
    client: Option<String>,
}

/// What a caller got wrong, under the key that a front end looks for.
enum Refused {
    Error(AuthError),
    Fields(Value),
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        Self::Error(error)
    }
}

async fn log_in<S: Application>(
    state: S,
    request: Request,
    user: Option<fn(&User<S>) -> Value>,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let made = async {
        let attempt: Attempt = read(&parts, body).await?;
        let missing = |field: &Option<String>| field.as_deref().is_none_or(str::is_empty);
        let mut messages = Map::new();
        for (name, field) in [("username", &attempt.username), ("password", &attempt.password)] {
            if field.is_none() {
                messages.insert(name.to_owned(), json!(["This field is required."]));
            } else if missing(field) {
                messages.insert(name.to_owned(), json!(["This field may not be blank."]));
            }
        }
        if !messages.is_empty() {
            return Err(Refused::Fields(messages.into()));
        }
        if missing(&attempt.client) {
            return Err(Refused::Fields(json!({ "detail": "No client specified." })));
        }
        let client = login::client(of(&state), attempt.client.as_deref()).await?;
        let username = attempt.username.as_deref().unwrap_or_default();
        let password = attempt.password.as_deref().unwrap_or_default();
        let wrong = json!({ "non_field_errors": ["Unable to log in with provided credentials."] });
        service::log_in(&state, &parts, username, password, client, "").await?.ok_or(Refused::Fields(wrong))
    };
    match made.await {
        Ok((account, issued)) => {
            let mut body = Map::new();
            body.insert("expiry".to_owned(), issued.expires.map(django_time).into());
            body.insert("token".to_owned(), issued.secret.reveal().into());
            if let Some(user) = user {
                body.insert("user".to_owned(), user(&account));
            }
            Ok(answer(StatusCode::OK, &body))
        }
        Err(Refused::Fields(messages)) => Ok(answer(StatusCode::BAD_REQUEST, &messages)),
        Err(Refused::Error(error)) => Err(Rejection::without_chain(error, &state)),
    }
}

async fn refresh<S: Application, T: Callers<S>>(
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (caller, _, _) = split::<S, T>(&state, request).await?;
    let (Some(login), Some(token)) = (caller.login(), caller.token()) else {
        return Err(
            caller.reject(AuthError::permission_denied().with_detail("Only the token of a login lasts longer."))
        );
    };
    let extended = async {
        let entries = of(&state).backend().logins(&caller.user).await?;
        let entry = entries.into_iter().find(|entry| entry.login.id == *login);
        let client = entry.ok_or_else(AuthError::incorrect_credentials)?.login.client;
        let expires = service::access_end(&state, &client, of(&state).settings().clock().now()).await?;
        let token = of(&state).backend().extend_token(&caller.user, token, expires).await?;
        let token: AccessToken = token.ok_or_else(AuthError::incorrect_credentials)?;
        Ok(answer(StatusCode::OK, &json!({ "expiry": token.expires.map(django_time) })))
    };
    extended.await.map_err(|error: AuthError| caller.reject(error))
}

async fn log_out<S: Application, T: Callers<S>>(
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, T>(&state, request).await?;
    let ended = async {
        match (caller.login(), caller.token()) {
            (Some(login), _) => {
                service::end_login(&state, &parts, &caller.user, login, EventKind::LoggedOut).await?;
            }
            (None, Some(token)) => {
                service::revoke_token(&state, &parts, &caller.user, token).await?;
            }
            (None, None) => return Err(AuthError::not_authenticated()),
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ended.await.map_err(|error| caller.reject(error))
}

async fn log_out_everywhere<S: Application, T: Callers<S>>(
    State(state): State<S>,
    request: Request,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, T>(&state, request).await?;
    caller.needs_more_than_a_personal_token()?;
    let ended = service::end_logins(&state, &parts, &caller.user, None).await;
    ended.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(|error| caller.reject(error))
}

async fn sessions<S: Application, T: Callers<S>>(
    caller: Caller<S, T>,
    State(state): State<S>,
) -> Result<Response, Rejection> {
    let now = of(&state).settings().clock().now();
    let entries = of(&state).backend().logins(&caller.user).await.map_err(|error| caller.reject(error))?;
    let live = entries.into_iter().map(|entry| entry.login).filter(|login| !login.has_expired(now));
    let list = live.map(|login| {
        json!({
            "id": login.id.number().map_or_else(|| json!(login.id), |number| json!(number)),
            "client": login.client,
            "created": django_time(login.created),
            "expiry": login.expires.map(django_time),
            "has_expired": false,
            "is_current": caller.login() == Some(&login.id),
            "expires_in_str": time_left(login.expires, now),
        })
    });
    Ok(answer(StatusCode::OK, &list.collect::<Vec<_>>()))
}

async fn end_session<S: Application, T: Callers<S>>(
    State(state): State<S>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, T>(&state, request).await?;
    caller.needs_more_than_a_personal_token()?;
    let id = Id::from(id.as_str());
    if caller.login() == Some(&id) {
        let message = json!(["This is the session of the request itself. Use logout/ to end it."]);
        return Ok(answer(StatusCode::BAD_REQUEST, &message));
    }
    let ended = service::end_login(&state, &parts, &caller.user, &id, EventKind::LoginRevoked).await;
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
    state: S,
    request: Request,
    client: Arc<str>,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, T>(&state, request).await?;
    caller.needs_more_than_a_personal_token()?;
    let made = async {
        if find_api_access(&caller, &state, &client).await?.is_some() {
            return Ok(answer(StatusCode::BAD_REQUEST, &json!(["An API token was already issued to you."])));
        }
        let lifetime = *login::client(of(&state), Some(&client)).await?.absolute_lifetime();
        let (secret, token) = service::create_token(&state, &parts, &caller.user, &client, lifetime).await?;
        let mut body = api_access_view(&token, &client, of(&state).settings().clock().now());
        body.insert("token".to_owned(), secret.reveal().into());
        Ok(answer(StatusCode::CREATED, &body))
    };
    made.await.map_err(|error: AuthError| caller.reject(error))
}

async fn end_api_access<S: Application, T: Callers<S>>(
    state: S,
    request: Request,
    client: Arc<str>,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, T>(&state, request).await?;
    let ended = async {
        let token = find_api_access(&caller, &state, &client).await?.ok_or_else(AuthError::not_found)?;
        service::found(service::revoke_token(&state, &parts, &caller.user, &token.id).await?)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ended.await.map_err(|error: AuthError| caller.reject(error))
}

/// The time left, for people: its largest unit.
fn time_left(expires: Option<Duration>, now: Duration) -> String {
    let Some(expires) = expires else { return "never".to_owned() };
    let left = expires.saturating_sub(now).as_secs();
    let units = [(86_400, "a day", "days"), (3_600, "an hour", "hours"), (60, "a minute", "minutes")];
    for (seconds, one, many) in units {
        match left / seconds {
            0 => {}
            1 => return one.to_owned(),
            count => return format!("{count} {many}"),
        }
    }
    if left == 1 { "a second".to_owned() } else { format!("{left} seconds") }
}
