//! The caller of an endpoint, and the login of the request.

use auth_runtime::audit::Declares;
use auth_runtime::store::{Backend, CredentialStore, Id, LoginCredentials, PasswordStore};
use auth_runtime::{Auth, AuthContext, AuthError, AuthState, Credentials, Declaration, Identity, Policy, Rejection};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// A router state whose backend implements the stores that the endpoints need.
pub trait Application: AuthState<Backend: CredentialStore + PasswordStore> {}

impl<S: AuthState<Backend: CredentialStore + PasswordStore>> Application for S {}

/// The account type of a router state.
pub type User<S> = <<S as AuthState>::Backend as Backend>::User;

/// A policy that identifies accounts of the state's backend.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no policy that identifies accounts of the backend of `{S}`",
    note = "to name a policy, write `#[derive(Policy)] #[policy(chain(..), permit(IsAuthenticated))] struct Name;`"
)]
pub trait Callers<S: AuthState>:
    Policy<S, User = <<S as AuthState>::Backend as Backend>::User, Auth: LoginCredentials>
{
}

impl<S, P> Callers<S> for P
where
    S: AuthState,
    P: Policy<S, User = <<S as AuthState>::Backend as Backend>::User, Auth: LoginCredentials>,
{
}

/// The caller of an endpoint with the policy `P`.
pub(crate) struct Caller<S: AuthState, P: Policy<S>> {
    identity: Identity<P::User>,
    pub(crate) user: P::User,
    login: Option<Id>,
    token: Option<Id>,
    client: Option<String>,
}

impl<S: AuthState, P: Callers<S>> Caller<S, P> {
    /// Returns the rejection of this caller.
    pub(crate) fn reject(&self, error: impl Into<AuthError>) -> Rejection {
        self.identity.reject(error.into())
    }

    /// Returns the scheme that identified the caller.
    pub(crate) fn scheme(&self) -> Option<&'static str> {
        self.identity.scheme()
    }

    /// Returns the login of the request.
    pub(crate) fn login(&self) -> Option<&Id> {
        self.login.as_ref()
    }

    /// Returns the token of the request.
    pub(crate) fn token(&self) -> Option<&Id> {
        self.token.as_ref()
    }

    /// Returns the client that the login was made with.
    pub(crate) fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// Refuses a personal token where credentials are created, so that a stolen one cannot create others.
    pub(crate) fn needs_more_than_a_personal_token(&self) -> Result<(), Rejection> {
        if self.token().is_some() && self.login().is_none() {
            let error = AuthError::permission_denied()
                .with_detail("A personal token cannot do this. Log in first.")
                .with_code("login_required");
            return Err(self.reject(error));
        }
        Ok(())
    }
}

impl<S, P> FromRequestParts<S> for Caller<S, P>
where
    S: AuthState,
    P: Callers<S>,
    P::User: Clone,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Auth { user: identity, auth: Credentials(auth), .. } =
            Auth::<Identity<P::User>, P, Credentials<Option<P::Auth>>>::from_request_parts(parts, state).await?;
        let login = auth.as_ref().and_then(LoginCredentials::login).cloned();
        let token = auth.as_ref().and_then(LoginCredentials::token).cloned();
        let client = auth.as_ref().and_then(LoginCredentials::client).map(str::to_owned);
        // A policy may allow anonymous callers, but these endpoints have nothing for them.
        match identity.user().filter(|_| identity.is_authenticated()).cloned() {
            Some(user) => Ok(Self { identity, user, login, token, client }),
            None => Err(identity.reject(AuthError::not_authenticated())),
        }
    }
}

impl<S: AuthState, P: Callers<S>> Declares<S> for Caller<S, P> {
    const DECLARED: Declaration = Declaration::of_policy::<S, P>().caller(auth_runtime::Caller::Required);
}

/// Returns the authentication context of a state; shorter than naming its type.
pub(crate) fn of<S: AuthState>(state: &S) -> &AuthContext<S::Backend> {
    state.auth_context()
}
