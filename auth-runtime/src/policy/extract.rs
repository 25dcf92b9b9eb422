//! The extractor that everything else is sugar for: [`Auth`].

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

/// Authenticates a request by the policy `P`, asks its permission, and hands on the user and the credentials.
///
/// This is what `#[authenticate(..)]` puts in front of a handler's arguments, and what a handler takes that leaves the
/// macro: `U` is the user's type, `Option` of it or [`Identity`](crate::Identity) of it; `A` is [`Credentials`] of
/// the credentials' type, or [`Ignored`].
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

/// An extractor behind the policy `P`: nothing of it is extracted for a caller who may not come in.
///
/// This is what `#[authenticate(..)]` makes of the first argument of a handler that takes no caller, so that the number of
/// its arguments stays.
#[derive(Debug)]
pub struct Guarded<P, T> {
    /// What was extracted.
    pub inner: T,
    policy: PhantomData<fn() -> P>,
}

/// The user by the policy that the state names as its default.
///
/// What a bare `#[authenticate]` with `#[user] me: U` does, as an extractor of its own.
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

/// What [`Auth`] extracts. Of the policy it knows the steps alone, as all below: so it is compiled once for all the handlers
/// that have those in common.
async fn extract<S, P, U, A>(policy: P, parts: &mut Parts, state: &S) -> Result<(U, A), Rejection>
where
    S: AuthState,
    P: Steps<S>,
    U: FromIdentity<P::User>,
    A: AuthSlot<P::Auth>,
{
    let result = if Observation::is_wanted() {
        // On the heap, so that requests of which nobody is told stay small.
        Box::pin(observed(policy, parts, state)).await
    } else {
        authenticate(policy, parts, state, &mut None).await
    };
    result.map_err(|error| {
        observation::credentials_refused(&error, parts, state.auth_context().settings());
        Rejection::new(error, answer::answer_of(policy, state).to(parts, state))
    })
}

/// [`authenticate`], with what is told of it.
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

/// `known_by` becomes the scheme that identified the caller, whatever comes of it.
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
        // Of a body, nothing is read for a caller who is refused.
        if let Some(body) = body {
            let verdict = Box::pin(RequestBody::of(parts)?.verify(body)).await;
            verdict.map_err(|error| error.in_scheme(identity.scheme().unwrap_or_default()))?;
        }
    }
    Ok((U::from_identity(identity, || answer::answer_of(policy, state).to(parts, state))?, auth))
}

/// Whether the caller may come in: permission, what the handler takes, throttles.
///
/// In one future, so that what is known of the caller is carried over one wait alone.
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
    // What the audit says of anonymous callers holds even where a permission is wrong about itself.
    let is_required = matches!(U::CALLER.and(A::CALLER), Caller::Required);
    if (is_required || !P::ANONYMOUS.may_allow_every_method())
        && !access.identity.is_authenticated()
        && (is_required || !P::ANONYMOUS.on(&access.request.method).may_allow())
    {
        return Err(no_user(access.identity));
    }
    // Last, so that whoever is refused uses nothing up.
    if has_auth { policy.throttle(access).await } else { Ok(()) }
}

/// What [`Auth`] does with the credentials: hands them on as [`Credentials`], or leaves them [`Ignored`].
pub trait AuthSlot<A>: Sized + Send {
    /// Whether there must be an authenticated caller, as [`FromIdentity::CALLER`].
    const CALLER: Caller = Caller::Optional;

    /// Fills the slot.
    ///
    /// # Errors
    ///
    /// As [`FromCredentials::from_credentials`].
    fn fill(credentials: Option<A>, authenticated: bool) -> Result<Self, AuthError>;
}

/// Credentials as a handler takes them: `T` to require them, `Option` of it to go without.
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
