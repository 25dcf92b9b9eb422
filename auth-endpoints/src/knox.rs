//! The paths and bodies of django-rest-knox 5, so that a front end written for it can move unchanged.
//!
//! | endpoint | answer |
//! |---|---|
//! | `POST login/` | 200 `{"expiry", "token"}`, and `"user"` where [`with_user`](Knox::with_user) is set; 403 at the client's limit |
//! | `POST logout/` | 204; ends the presented token |
//! | `POST logoutall/` | 204; ends all of the user's logins and tokens |
//!
//! A token is the access token of a login with the client `knox`, or with the default client if `knox` does not exist. The
//! client's lifetimes and limit correspond to knox's settings `TOKEN_TTL`, `AUTO_REFRESH` and `TOKEN_LIMIT_PER_USER`. Tokens
//! that `auth import` took over keep working once [foreign tokens](auth_runtime::TokenFormat::with_foreign) are accepted. [The
//! guide](auth_runtime::guide::moving) lists the differences.

use std::fmt;

use std::time::Duration;

use auth_runtime::audit::{Routes, post};
use auth_runtime::store::LoginStore;
use auth_runtime::{AuthState, Rejection, login};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::body::answer;
use crate::caller::{Application, Caller, Callers, User, of};
use crate::compat::{self, POST, WriteTime, endpoint};

/// The endpoints, and how their answers describe a user.
///
/// ```
/// use auth_runtime::permission::IsAuthenticated;
/// use auth_runtime::scheme::{Basic, Token};
/// use auth_runtime::{AuthContext, Policy};
/// use auth_store::{Account, MemoryStore};
/// use auth_endpoints::knox::Knox;
/// use axum::Router;
/// use serde_json::json;
///
/// /// Who gets a token.
/// #[derive(Policy)]
/// #[policy(chain(Basic), permit(IsAuthenticated))]
/// struct ByPassword;
///
/// /// Who has one.
/// #[derive(Policy)]
/// #[policy(chain(Token), permit(IsAuthenticated))]
/// struct ByToken;
///
/// type App = AuthContext<MemoryStore>;
/// let knox = Knox::<App>::new().with_user(|account: &Account| json!({ "username": account.username }));
/// let router: Router = Router::new()
///     .nest("/auth", knox.endpoints::<ByPassword, ByToken>())
///     .with_state(AuthContext::new(MemoryStore::new()));
/// ```
pub struct Knox<S: AuthState> {
    user: Option<fn(&User<S>) -> Value>,
    expiry: WriteTime,
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
    /// Creates the endpoints without a `"user"` in answers.
    pub fn new() -> Self {
        Self { user: None, expiry: compat::write_time }
    }

    /// Adds this `"user"` to the answers of `login/`.
    #[must_use]
    pub fn with_user(self, user: fn(&User<S>) -> Value) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Sets how the answers of `login/` format the `"expiry"`. Replaces the setting `EXPIRY_DATETIME_FORMAT`. The time is since
    /// the Unix epoch.
    #[must_use]
    pub fn with_expiry(self, expiry: fn(Duration) -> Value) -> Self {
        Self { expiry, ..self }
    }

    /// Returns the endpoints. `L` is the policy of `login/`, and `T` that of the others: a chain with only `Token`.
    pub fn endpoints<L, T>(self) -> Router<S>
    where
        L: Callers<S>,
        T: Callers<S>,
    {
        self.routes::<L, T>().into_router()
    }

    /// Returns [`endpoints`](Self::endpoints) for an [audited](auth_runtime::audit) application. Anonymous callers are refused.
    pub fn routes<L, T>(self) -> Routes<S>
    where
        L: Callers<S>,
        T: Callers<S>,
    {
        let Self { user, expiry } = self;
        let log_in = post(move |caller: Caller<S, L>, State(state): State<S>, request: Request| {
            log_in(caller, state, request, user, expiry)
        });
        let routes = Routes::new().route("/login/", endpoint::<S, L>(log_in, POST));
        compat::with_log_out::<S, T>(routes)
    }
}

async fn log_in<S: Application, L: Callers<S>>(
    caller: Caller<S, L>,
    state: S,
    request: Request,
    user: Option<fn(&User<S>) -> Value>,
    expiry: WriteTime,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
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
    Ok(answer(StatusCode::OK, &compat::issued(&issued, expiry, &caller.user, user)))
}
