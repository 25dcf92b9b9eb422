//! The extractor behind `#[authenticate(..)]`: [`Auth`].

use std::marker::PhantomData;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use tracing::Instrument;

use super::answer;
use super::contract::{Policy, PolicyUser};
use super::defaults::StateDefault;
use super::steps::Steps;
use crate::body::RequestBody;
use crate::context::observation;
use crate::context::observation::Observation;
use crate::context::state::AuthState;
use crate::identity::{Access, Caller, FromCredentials, FromIdentity, Ignored, no_user};
use crate::refusal::{AuthError, Rejection};
use crate::scheme::outcome::ToVerify;
use crate::scheme::resolved::Accepted;

/// Authenticates a request by the policy `P`, asks its permission, and extracts the user and the credentials.
///
/// This is what `#[authenticate(..)]` puts in front of a handler's arguments. Use it directly in a handler without the macro:
/// `U` is the user's type, `Option` of it or [`Identity`](crate::Identity) of it; `A` is [`Credentials`] of the credentials'
/// type, or [`Ignored`].
///
/// ```
/// use auth_runtime::{Auth, AuthState, Authenticator, Policy, User};
/// # use auth_runtime::{http, Outcome, Scheme, SchemeResult};
/// # #[derive(Clone)] struct Caller;
/// # impl User for Caller { fn id(&self) -> std::borrow::Cow<'_, str> { "1".into() } }
/// # #[derive(Authenticator)] struct PartnerKey;
/// # impl<S: Sync> Scheme<S> for PartnerKey {
/// #     type User = Caller;
/// #     async fn authenticate(&self, _: &http::request::Parts, _: &S) -> SchemeResult<Caller> { Ok(Outcome::Skipped) }
/// # }
/// #[derive(Policy)]
/// #[policy(chain(PartnerKey))]
/// struct Partners;
///
/// async fn prices(Auth { user, .. }: Auth<Caller, Partners>) -> String {
///     format!("prices for {}", user.id())
/// }
/// # fn main() { let _: axum::Router = axum::Router::new().route("/", axum::routing::get(prices)); }
/// ```
#[derive(Debug)]
pub struct Auth<U, P, A = Ignored> {
    /// The user.
    pub user: U,
    /// The credentials.
    pub auth: A,
    policy: PhantomData<fn() -> P>,
}

/// An extractor behind the policy `P`: it extracts nothing for a caller that the policy refuses.
///
/// `#[authenticate(..)]` wraps the first argument of a handler that takes no caller in it, so that the number of arguments
/// stays the same.
#[derive(Debug)]
pub struct Guarded<P, T> {
    /// The extracted value.
    pub inner: T,
    policy: PhantomData<fn() -> P>,
}

/// Extracts the user by the default policy of the state.
///
/// Does the same as a bare `#[authenticate]` with `#[user] me: U`.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct CurrentUser<U>(pub U);

impl<S, U, P, A> FromRequestParts<S> for Auth<U, P, A>
where
    S: AuthState,
    P: Policy<S>,
    U: FromIdentity<PolicyUser<S, P>>,
    A: AuthSlot<P::Auth>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let (user, auth) = extract(P::steps(), parts, state).await?;
        Ok(Self { user, auth, policy: PhantomData })
    }
}

/// Extracts the parts of [`Auth`]. This function and those below depend only on the steps of the policy, so they are compiled
/// once for all handlers that share these steps.
async fn extract<S, P, U, A>(policy: P, parts: &mut Parts, state: &S) -> Result<(U, A), Rejection>
where
    S: AuthState,
    P: Steps<S>,
    U: FromIdentity<P::User>,
    A: AuthSlot<P::Auth>,
{
    let result = if Observation::is_wanted() {
        // Boxed, so that requests that are not observed stay small.
        Box::pin(observed(policy, parts, state)).await
    } else {
        authenticate(policy, parts, state, &mut None).await
    };
    result.map_err(|error| {
        observation::credentials_refused(&error, parts, state.auth_context().settings());
        Rejection::new(error, answer::answer_of(policy, state).to(parts, state))
    })
}

/// Calls [`authenticate`] and observes it.
async fn observed<S, P, U, A>(policy: P, parts: &mut Parts, state: &S) -> Result<(U, A), AuthError>
where
    S: AuthState,
    P: Steps<S>,
    U: FromIdentity<P::User>,
    A: AuthSlot<P::Auth>,
{
    let observation = Observation::begin(parts, state.auth_context().settings());
    let mut scheme = None;
    let result = authenticate(policy, parts, state, &mut scheme).instrument(observation.span()).await;
    observation.end(scheme, &result);
    result
}

/// Sets `known_by` to the scheme that identified the caller, whatever the result is.
async fn authenticate<S, P, U, A>(
    policy: P,
    parts: &mut Parts,
    state: &S,
    known_by: &mut Option<&'static str>,
) -> Result<(U, A), AuthError>
where
    S: AuthState,
    P: Steps<S>,
    U: FromIdentity<P::User>,
    A: AuthSlot<P::Auth>,
{
    let (settings, verifies_form) = (state.auth_context().settings(), policy.verifies_csrf_form());
    // Destructured here so that the future does not hold the whole value across awaits.
    #[cfg(not(feature = "test"))]
    let Accepted { identity, auth, deferred, client } =
        policy.resolve(parts, state).await?.accept(parts, settings, verifies_form)?;
    #[cfg(feature = "test")]
    let Accepted { identity, auth, deferred, client } = match crate::scheme::forced::forced(parts) {
        Some(forced) => forced,
        None => policy.resolve(parts, state).await?,
    }
    .accept(parts, settings, verifies_form)?;
    *known_by = identity.scheme();
    let access = Access { request: parts, identity: &identity, state, client: client.as_deref() };
    let auth = A::fill(auth, identity.scheme().is_some());
    admit::<S, P, U, A>(policy, &access, auth.is_ok()).await?;
    let auth = auth?;
    if let Some(deferred) = deferred {
        let ToVerify { form, body, .. } = *deferred.0;
        if let Some(form) = form {
            parts.extensions.insert(form);
        }
        // The body is not read for a caller who is refused.
        if let Some(body) = body {
            let verdict = Box::pin(RequestBody::of(parts)?.verify(body)).await;
            verdict.map_err(|error| error.in_scheme(identity.scheme().unwrap_or_default()))?;
        }
    }
    Ok((U::from_identity(identity, || answer::answer_of(policy, state).to(parts, state))?, auth))
}

/// Checks whether the caller is accepted: permission, the handler's arguments, throttles.
///
/// One future, so that the caller is only stored across one await.
async fn admit<S, P, U, A>(policy: P, access: &Access<'_, S, P::User>, has_auth: bool) -> Result<(), AuthError>
where
    S: AuthState,
    P: Steps<S>,
    U: FromIdentity<P::User>,
    A: AuthSlot<P::Auth>,
{
    if P::HAS_PERMISSION {
        answer::permit(policy, access).await?;
    }
    // A handler that the audit shows as closed to anonymous callers is closed, even if its permission is wrong about itself.
    let is_required = matches!(U::CALLER.and(A::CALLER), Caller::Required);
    if (is_required || !P::ANONYMOUS.may_allow_every_method())
        && !access.identity.is_authenticated()
        && (is_required || !P::ANONYMOUS.on(&access.request.method).may_allow())
    {
        return Err(no_user(access.identity));
    }
    // Last, so that a refused request does not consume quota.
    if has_auth { policy.throttle(access).await } else { Ok(()) }
}

/// Where [`Auth`] puts the credentials: it hands them to the handler as [`Credentials`], or drops them as [`Ignored`].
pub trait AuthSlot<A>: Sized + Send {
    /// Whether an authenticated caller is required, as [`FromIdentity::CALLER`].
    const CALLER: Caller = Caller::Optional;

    /// Fills the slot.
    ///
    /// # Errors
    ///
    /// As [`FromCredentials::from_credentials`].
    fn fill(credentials: Option<A>, authenticated: bool) -> Result<Self, AuthError>;
}

/// The credentials that a handler takes: `T` if they are required, or `Option` of it.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct Credentials<T>(pub T);

impl<A, T: FromCredentials<A> + Send> AuthSlot<A> for Credentials<T> {
    const CALLER: Caller = T::CALLER;

    fn fill(credentials: Option<A>, authenticated: bool) -> Result<Self, AuthError> {
        T::from_credentials(credentials, authenticated).map(Self)
    }
}

impl<A> AuthSlot<A> for Ignored {
    const CALLER: Caller = Caller::Ignored;

    fn fill(_: Option<A>, _: bool) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

impl<S, P, T> FromRequestParts<S> for Guarded<P, T>
where
    S: AuthState,
    P: Policy<S>,
    T: FromRequestParts<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        Auth::<Ignored, P>::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let inner = T::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { inner, policy: PhantomData })
    }
}

impl<S, P, T> FromRequest<S> for Guarded<P, T>
where
    S: AuthState,
    P: Policy<S>,
    T: FromRequest<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        Auth::<Ignored, P>::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts, body);
        let inner = T::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { inner, policy: PhantomData })
    }
}

impl<S, U> FromRequestParts<S> for CurrentUser<U>
where
    S: AuthState,
    StateDefault: Policy<S>,
    U: FromIdentity<PolicyUser<S, StateDefault>>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Auth { user, .. } = Auth::<U, StateDefault>::from_request_parts(parts, state).await?;
        Ok(Self(user))
    }
}
