//! Access control: [`Staff`] for pages, [`StaffForm`] for forms that change something.
//!
//! These extractors replace `#[authenticate(Session)]` and `#[permit(IsStaff)]` on each handler, since a refusal here must be a
//! page and not the answer that the application sends to programs.

use std::net::IpAddr;

use auth_runtime::audit::Declares;
use auth_runtime::event::{Event, EventKind};
use auth_runtime::permission::{Access, Anonymous, IsStaff};
use auth_runtime::scheme::Session;
use auth_runtime::store::{Login, NamedUser};
use auth_runtime::{
    Accounts, Auth, AuthError, AuthState, Authenticator, Caller, Credentials, CsrfToken, Declaration, Policy, Resolved,
    Select, User, csrf,
};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::here::Here;
use crate::refusal::Refusal;
use crate::store::{AdminStore, UserOf};

#[derive(Debug, Policy)]
#[policy(chain(Session), permit(IsStaff), throttle(none))]
struct StaffSession;

/// [`StaffSession`], once for pages and once for forms: only [`StaffForm`] checks the CSRF token.
#[derive(Debug)]
struct StaffOnly<const FORM: bool>;

impl<S: AuthState, const FORM: bool> Policy<S> for StaffOnly<FORM>
where
    S::Backend: AdminStore,
{
    type User = UserOf<S>;
    type Auth = Login;
    const VERIFIES_CSRF_FORM: bool = FORM;
    const ANONYMOUS: Anonymous = <StaffSession as Policy<S>>::ANONYMOUS;
    const DECLARED: Declaration = <StaffSession as Policy<S>>::DECLARED;

    async fn resolve<'a>(request: &'a Parts, state: &'a S) -> Result<Resolved<UserOf<S>, Login>, AuthError> {
        Ok(StaffSession::resolve(request, state).await?.pick(Select::select))
    }

    fn challenges(state: &S) -> Vec<Option<HeaderValue>> {
        <StaffSession as Policy<S>>::challenges(state)
    }

    fn first_challenge(state: &S) -> Option<Option<HeaderValue>> {
        <StaffSession as Policy<S>>::first_challenge(state)
    }

    async fn permit<'a>(access: &'a Access<'a, S, UserOf<S>>) -> Result<(), AuthError> {
        <StaffSession as Policy<S>>::permit(access).await
    }
}

/// A signed-in staff member.
#[derive(Debug)]
pub(crate) struct Staff {
    /// The name of the account.
    pub(crate) name: String,
    /// The login of this browser.
    pub(crate) login: Login,
    pub(crate) token: CsrfToken,
    pub(crate) here: Here,
    /// The id of the account, in the form that events use.
    operator: String,
    address: Option<IpAddr>,
}

/// A staff member, and a form whose CSRF token was verified. Nothing else is extracted, and the form is not read, before the
/// staff member is authenticated. Therefore a handler takes only this argument.
#[derive(Debug)]
pub(crate) struct StaffForm<T, E> {
    pub(crate) staff: Staff,
    /// The other extractors of the handler.
    pub(crate) with: E,
    pub(crate) form: T,
}

async fn staff<S: AuthState, const FORM: bool>(parts: &mut Parts, state: &S) -> Result<Staff, Refusal>
where
    S::Backend: AdminStore,
{
    let caller = Auth::<UserOf<S>, StaffOnly<FORM>, Credentials<Login>>::from_request_parts(parts, state).await;
    let Auth { user: account, auth: Credentials(login), .. } =
        caller.map_err(|rejection| Refusal::of(rejection.error()))?;
    let token = CsrfToken::from_request_parts(parts, state).await;
    let token = token.map_err(|rejection| Refusal::of(rejection.error()))?;
    let address = state.auth_context().settings().client_address(parts);
    let (name, operator) = (account.username().to_owned(), account.id().into_owned());
    Ok(Staff { name, login, token, here: here(parts)?, operator, address })
}

/// Returns the location of a request, which [`finish`](crate::answer::finish) stored.
pub(crate) fn here(parts: &Parts) -> Result<Here, Refusal> {
    parts.extensions.get().cloned().ok_or_else(|| AuthError::internal("the pages' own layer is missing").into())
}

impl<S: AuthState> FromRequestParts<S> for Staff
where
    S::Backend: AdminStore,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        staff::<S, false>(parts, state).await
    }
}

impl<S, T, E> FromRequest<S> for StaffForm<T, E>
where
    S: AuthState,
    S::Backend: AdminStore,
    T: DeserializeOwned,
    E: FromRequestParts<S> + Send,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let staff = staff::<S, true>(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let with = E::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let form = csrf::verify_form(state, Request::from_parts(parts, body)).await;
        let (_, form) = form.map_err(|error| Refusal::of(&error).into_response())?;
        Ok(Self { staff, with, form })
    }
}

impl<S: AuthState> Declares<S> for Staff
where
    S::Backend: AdminStore,
{
    const DECLARED: Declaration = Declaration::of_policy::<S, StaffOnly<false>>().caller(Caller::Required);
}

impl<S: AuthState, T, E> Declares<S> for StaffForm<T, E>
where
    S::Backend: AdminStore,
{
    const DECLARED: Declaration = Declaration::of_policy::<S, StaffOnly<true>>().caller(Caller::Required);
}

impl Staff {
    /// Returns whether this is the operator's own account.
    pub(crate) fn is(&self, account: &impl NamedUser) -> bool {
        self.operator == account.id()
    }

    /// Creates an event for this request, about the changed account or client.
    pub(crate) fn event<S: AuthState>(&self, state: &S, kind: EventKind) -> Event<'_> {
        let event = Event::new(kind, state.auth_context().settings().clock().now());
        event.by(Some(&self.operator)).scheme(Some(Session::NAME)).from_address(self.address)
    }

    /// Returns the `Accounts` with which this operator changes accounts.
    pub(crate) fn accounts<'a, S: AuthState>(&'a self, state: &'a S) -> Accounts<'a, S::Backend>
    where
        S::Backend: AdminStore,
    {
        let accounts = Accounts::of(state.auth_context());
        accounts.changed_by(&self.operator, Some(Session::NAME)).asked_from(self.address)
    }

    /// Logs who changed what: `account` and `client` are the changed objects.
    pub(crate) fn note(&self, action: &'static str, account: Option<&dyn User>, client: Option<&str>) {
        let id = account.map(User::id);
        let account = id.as_deref().map(tracing::field::display);
        tracing::info!(target: "auth::admin", operator = self.operator, action, account, client);
    }
}
