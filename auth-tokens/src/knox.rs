//! The paths and bodies of django-rest-knox 5, so that a front end written for it can move unchanged.
//!
//! | endpoint | answer |
//! |---|---|
//! | `POST login/` | 200 `{"expiry", "token"}`, and `"user"` where [`with_user`](Knox::with_user) is set; 403 at the client's limit |
//! | `POST logout/` | 204; ends the presented token |
//! | `POST logoutall/` | 204; ends all of the user's |
//!
//! A token is the access token of a login with the client `knox`, or the default one where there is none of this name: its
//! lifetimes and limit are what the settings `TOKEN_TTL`, `AUTO_REFRESH` and `TOKEN_LIMIT_PER_USER` are there. Tokens that
//! `auth import` took over go on working, once [foreign tokens](auth_runtime::TokenFormat::with_foreign) are accepted.
//! How this differs is in [the guide](auth_runtime::guide::moving).

use std::fmt;

use auth_runtime::event::EventKind;
use auth_runtime::login;
use auth_runtime::store::LoginStore;
use auth_runtime::{AuthError, AuthState, Rejection};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};

use crate::body::{answer, django_time};
use crate::caller::{Application, Callers, User, of, split};
use crate::service;

/// The endpoints, and what their answers say of a user.
///
/// ```
/// use auth_runtime::permission::IsAuthenticated;
/// use auth_runtime::scheme::{Basic, Token};
/// use auth_runtime::{Authentication, Authenticator};
/// use auth_store::{Account, MemoryStore};
/// use auth_tokens::knox::Knox;
/// use axum::Router;
/// use serde_json::json;
///
/// /// Who gets a token.
/// #[derive(Authenticator)]
/// #[authenticator(chain(Basic), permit(IsAuthenticated))]
/// struct ByPassword;
///
/// /// Who has one.
/// #[derive(Authenticator)]
/// #[authenticator(chain(Token), permit(IsAuthenticated))]
/// struct ByToken;
///
/// type App = Authentication<MemoryStore>;
/// let knox = Knox::<App>::new().with_user(|account: &Account| json!({ "username": account.username }));
/// let router: Router = Router::new()
///     .nest("/auth", knox.endpoints::<ByPassword, ByToken>())
///     .with_state(Authentication::new(MemoryStore::new()));
/// ```
pub struct Knox<S: AuthState> {
    user: Option<fn(&User<S>) -> Value>,
}

impl<S: Application> fmt::Debug for Knox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knox").finish_non_exhaustive()
    }
}

impl<S: Application> Default for Knox<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Application> Knox<S> {
    /// Answers that say nothing of the user.
    pub fn new() -> Self {
        Self { user: None }
    }

    /// Answers of `login/` with this `"user"`.
    #[must_use]
    pub fn with_user(self, user: fn(&User<S>) -> Value) -> Self {
        Self { user: Some(user) }
    }

    /// The endpoints. `L` says who may call `login/`, and `T` who may call the others: a chain of `Token` alone.
    pub fn endpoints<L, T>(self) -> Router<S>
    where
        L: Callers<S>,
        T: Callers<S>,
    {
        let Self { user } = self;
        Router::new()
            .route(
                "/login/",
                post(move |State(state): State<S>, request: Request| log_in::<S, L>(state, request, user)),
            )
            .route("/logout/", post(log_out::<S, T>))
            .route("/logoutall/", post(log_out_everywhere::<S, T>))
    }
}

async fn log_in<S: Application, L: Callers<S>>(
    state: S,
    request: Request,
    user: Option<fn(&User<S>) -> Value>,
) -> Result<Response, Rejection> {
    let (caller, parts, _) = split::<S, L>(&state, request).await?;
    caller.needs_more_than_a_personal_token()?;
    let made = async {
        let client = match of(&state).backend().find_client("knox").await? {
            Some(client) => client,
            None => login::client(of(&state), None).await?,
        };
        login::log_in_for_token(of(&state), &parts, &caller.user, client, "").await
    };
    let issued = match made.await {
        Ok(issued) => issued,
        Err(error) if error.code() == "login_limit" => {
            let error = json!({ "error": "Maximum amount of tokens allowed per user exceeded." });
            return Ok(answer(StatusCode::FORBIDDEN, &error));
        }
        Err(error) => return Err(caller.reject(error)),
    };
    let mut body = Map::new();
    body.insert("expiry".to_owned(), issued.expires.map(django_time).into());
    body.insert("token".to_owned(), issued.secret.reveal().into());
    if let Some(user) = user {
        body.insert("user".to_owned(), user(&caller.user));
    }
    Ok(answer(StatusCode::OK, &body))
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
