//! The token endpoint: exchanges a user name and a password for a token.

use std::future::Future;
use std::marker::PhantomData;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::header::{ALLOW, CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use super::fields::{Fields, Invalid, UnreadFields};
use crate::audit::{Methods, post};
use crate::context::event::{Event, EventKind};
use crate::context::state::AuthState;
use crate::cross_site::DeferredCsrf;
use crate::identity::{Access, Identity, User};
use crate::login::personal_token::WantedToken;
use crate::policy::contract::{Policy, PolicyUser};
use crate::policy::declaration::Declaration;
use crate::policy::extract::Auth;
use crate::policy::permission::Anonymous;
use crate::policy::steps::Challenges;
use crate::refusal::{AuthError, ErrorKind};
use crate::scheme::resolved::Resolved;
use crate::store::{AtLimit, PasswordStore, TokenStore};
use crate::value::secret::NewSecret;
use crate::{login, personal_token};

/// Exchanges a `POST` of `username` and `password`, as JSON or as a form (multipart with the feature `multipart`), for
/// `{"token": ".."}`.
///
/// Each call makes a new token according to [`Settings::personal_tokens`](crate::Settings::personal_tokens). An account that
/// has reached its limit loses its oldest token. The request must satisfy the policy `P` first. With
/// [`AllowAnonymous`](crate::AllowAnonymous), a stale token in `Authorization` does not keep its owner from getting a new one.
///
/// | answer | when |
/// |---|---|
/// | 200 `{"token": ".."}` | the password is right |
/// | 400 `{"non_field_errors": [..]}` | wrong, unknown or inactive: all the same |
/// | 400 `{"username": [..], "password": [..]}` | a field is missing, blank, or not a text |
/// | 405, 415 | another method, another media type |
///
/// ```
/// # use auth_runtime::{AuthState, AllowAnonymous, store::{PasswordStore, TokenStore}};
/// fn app<S: AuthState>() -> axum::Router<S> where S::Backend: PasswordStore + TokenStore {
///     axum::Router::new().route("/api-token-auth/", auth_runtime::views::obtain_token::<S, AllowAnonymous>())
/// }
/// ```
pub fn obtain_token<S: AuthState, P: Policy<S>>() -> MethodRouter<S>
where
    S::Backend: PasswordStore + TokenStore,
{
    obtain_token_methods::<S, P>().into_router()
}

/// [`obtain_token`] for an [audited](crate::audit) application. With [`AllowAnonymous`](crate::AllowAnonymous), it is open to
/// anonymous callers.
///
/// ```
/// use auth_runtime::audit::Routes;
/// use auth_runtime::{AllowAnonymous, views::obtain_token_methods};
/// # use auth_runtime::{AuthState, store::{PasswordStore, TokenStore}};
/// # fn test<S: AuthState>() where S::Backend: PasswordStore + TokenStore {
/// let routes = Routes::<S>::new().route("/api-token-auth/", obtain_token_methods::<S, AllowAnonymous>());
/// routes.audit().assert_public(&["POST /api-token-auth/"]);
/// # }
/// ```
pub fn obtain_token_methods<S: AuthState, P: Policy<S>>() -> Methods<S>
where
    S::Backend: PasswordStore + TokenStore,
{
    post(serve::<S, P>).method_not_allowed_fallback(serve::<S, P>).layer(map_response(with_headers))
}

/// The caller of the endpoint, anonymous or not.
type Caller<S, P> = Auth<Identity<PolicyUser<S, P>>, ReadsForm<P>>;

async fn serve<S: AuthState, P: Policy<S>>(
    Auth { user: caller, .. }: Caller<S, P>,
    State(state): State<S>,
    request: Request,
) -> Response
where
    S::Backend: PasswordStore + TokenStore,
{
    match obtain(&state, &caller, request).await {
        Ok(token) => Json(json!({ "token": token.reveal() })).into_response(),
        Err(refusal) => refusal,
    }
}

/// Adds the headers of every answer, including refusals.
async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn obtain<S: AuthState, U: User>(state: &S, caller: &Identity<U>, request: Request) -> Result<NewSecret, Response>
where
    S::Backend: PasswordStore + TokenStore,
{
    let (mut parts, body) = request.into_parts();
    let refuse = |error: AuthError| caller.reject(error).into_response();
    if parts.method == Method::OPTIONS {
        return Err(StatusCode::OK.into_response());
    }
    if parts.method != Method::POST {
        let detail = format!("Method \"{}\" not allowed.", parts.method);
        return Err(refuse(AuthError::other(StatusCode::METHOD_NOT_ALLOWED, detail, "method_not_allowed")));
    }
    let deferred = parts.extensions.remove::<DeferredCsrf>();
    let fields = Fields::read_verified(state, &parts, body, deferred).await;
    let mut fields = fields.map_err(|unread| match unread {
        UnreadFields::Refused(error) => refuse(error),
        UnreadFields::Invalid(invalid) => invalid.into_response(),
    })?;
    let (username, password) = (fields.text("username", true), fields.text("password", false));
    let (Some(username), Some(password)) = (username, password) else { return Err(fields.invalid().into_response()) };

    let context = state.auth_context();
    let user = login::check_attempt(context, &parts, &username, &password).await.map_err(refuse)?;
    let refused = || Invalid::other(state, "Unable to log in with provided credentials.").into_response();
    let Some(user) = user else { return Err(refused()) };
    let settings = context.settings();
    let event = Event::new(EventKind::TokenCreated, settings.clock().now());
    let event = event.from_address(settings.client_address(&parts));
    // With a limit that refuses, a program that asks for a token at each start would be locked out.
    let wanted = WantedToken::default().with_at_limit(AtLimit::EndOldest);
    match personal_token::issue(context, &user, wanted, event).await {
        Ok(issued) => Ok(issued.secret),
        Err(error) if error.kind() == ErrorKind::AuthenticationFailed => Err(refused()),
        Err(error) => Err(refuse(error)),
    }
}

/// `P`, for a handler that verifies the CSRF field of a form itself.
struct ReadsForm<P>(PhantomData<fn() -> P>);

impl<S: AuthState, P: Policy<S>> Policy<S> for ReadsForm<P> {
    type User = P::User;
    type Auth = P::Auth;

    const CHALLENGES: Challenges = P::CHALLENGES;
    const VERIFIES_CSRF_FORM: bool = true;
    const HAS_PERMISSION: bool = P::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = P::ANONYMOUS;
    const DECLARED: Declaration = Declaration::new("obtain_token", module_path!(), file!(), line!()).over(&P::DECLARED);

    fn resolve<'a>(
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<P::User, P::Auth>, AuthError>> + Send + 'a {
        P::resolve(request, state)
    }

    fn challenges(state: &S) -> Vec<Option<HeaderValue>> {
        P::challenges(state)
    }

    fn permit<'a>(access: &'a Access<'a, S, P::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        P::permit(access)
    }

    fn throttle<'a>(access: &'a Access<'a, S, P::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        P::throttle(access)
    }
}
