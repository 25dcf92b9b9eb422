//! Who a request is from: [`Identity`], and how a handler's argument takes it.

use std::borrow::Cow;
use std::fmt;

use http::request::Parts;

use crate::refusal::{Answer, AuthError, Rejection};

/// An account that schemes can identify.
pub trait User: Send + Sync + 'static {
    /// Returns a stable name for the account that is never reused, such as its primary key.
    fn id(&self) -> Cow<'_, str>;

    /// Returns whether the account may be used. Checked at every request, whichever scheme identified the account.
    /// [`Session`](crate::scheme::Session) and [`RemoteUser`](crate::scheme::RemoteUser) skip an account that is not active;
    /// every other scheme refuses it with the code `user_inactive`.
    fn is_active(&self) -> bool {
        true
    }

    /// Returns whether [`IsStaff`](crate::permission::IsStaff) holds.
    fn is_staff(&self) -> bool {
        false
    }

    /// Returns whether this value represents an anonymous caller, so that
    /// [`IsAuthenticated`](crate::permission::IsAuthenticated) does not hold.
    fn is_anonymous(&self) -> bool {
        false
    }
}

/// The user of a chain without schemes. Has no values.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_enums)]
pub enum NoUser {}

impl User for NoUser {
    fn id(&self) -> Cow<'_, str> {
        match *self {}
    }
}

/// Who a request is from.
///
/// As a handler's `#[user]` argument it accepts anonymous callers too. A handler that refuses a caller itself gets the right
/// status and challenge from [`reject`](Self::reject):
///
/// ```
/// # use auth_runtime::{AuthError, Identity, Rejection, User};
/// fn may_read<U: User>(who: &Identity<U>, owner: &str) -> Result<(), Rejection> {
///     match who.user() {
///         Some(user) if user.id() == owner => Ok(()),
///         Some(_) => Err(who.reject(AuthError::permission_denied())),
///         None => Err(who.reject(AuthError::not_authenticated())),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Identity<U> {
    user: Option<U>,
    scheme: Option<&'static str>,
    answer: Option<Box<Answer>>,
}

impl<U: User> Identity<U> {
    /// Creates the identity of a caller whom `scheme` identified as `user`.
    pub fn authenticated(user: U, scheme: &'static str) -> Self {
        Self { user: Some(user), scheme: Some(scheme), answer: None }
    }

    /// Creates the identity of a caller whom no scheme identified. `user` is the application's replacement for an anonymous
    /// user, if any.
    pub fn anonymous(user: Option<U>) -> Self {
        Self { user, scheme: None, answer: None }
    }

    /// Returns the user. For an anonymous caller, returns `None` or the application's replacement.
    pub fn user(&self) -> Option<&U> {
        self.user.as_ref()
    }

    /// Returns the user by value.
    pub fn into_user(self) -> Option<U> {
        self.user
    }

    /// Returns the name of the scheme that identified the caller. `None` means that no scheme did.
    pub fn scheme(&self) -> Option<&'static str> {
        self.scheme
    }

    /// Returns whether a scheme identified the caller as an account.
    pub fn is_authenticated(&self) -> bool {
        self.scheme.is_some() && self.user.as_ref().is_some_and(|user| !user.is_anonymous())
    }

    /// Returns the response that refuses this caller: `error`, with the status, challenge and body that its chain gives it.
    pub fn reject(&self, error: AuthError) -> Rejection {
        Rejection::new(error, self.answer.as_deref().cloned().unwrap_or_default())
    }

    /// Returns this caller's request, for an object-level check in a handler.
    pub fn access<'a, S>(&'a self, request: &'a Parts, state: &'a S) -> Access<'a, S, U> {
        Access { request, identity: self, state, client: None }
    }

    pub(crate) fn set_answer(&mut self, answer: Answer) {
        self.answer = Some(Box::new(answer));
    }

    pub(crate) fn answers_anonymous_with_denial(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.has_no_schemes())
    }
}

impl<U: fmt::Debug> fmt::Debug for Identity<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("user", &self.user).field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// A request, its caller and the router state: the input of a permission.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs)]
pub struct Access<'a, S, U> {
    /// The head of the request.
    pub request: &'a Parts,
    /// The caller.
    pub identity: &'a Identity<U>,
    /// The router state.
    pub state: &'a S,
    /// The name of the client of the caller's login, if a throttle counts by it.
    pub client: Option<&'a str>,
}

/// What a handler does with its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Caller {
    /// Nothing: the permission alone decides.
    Ignored,
    /// It takes an authenticated caller, or none.
    Optional,
    /// It requires an authenticated caller.
    Required,
}

impl Caller {
    /// Combines what two arguments of a handler do with its caller.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Required, _) | (_, Self::Required) => Self::Required,
            (Self::Optional, _) | (_, Self::Optional) => Self::Optional,
            (Self::Ignored, Self::Ignored) => Self::Ignored,
        }
    }
}

/// A type that a `#[user]` argument may have in a chain whose user is `U`: `U` itself, `Option<U>` or [`Identity<U>`].
#[diagnostic::on_unimplemented(
    message = "a `#[user]` argument of this chain cannot be `{Self}`",
    label = "the schemes of this chain identify a `{U}`",
    note = "take `{U}` for an authenticated user, `Option<{U}>` or `Identity<{U}>` to accept anonymous callers too"
)]
pub trait FromIdentity<U>: Sized {
    /// Whether an authenticated caller is required.
    ///
    /// [`Caller::Required`] is enforced before throttles count and before [`from_identity`](Self::from_identity) is called, and
    /// the [audit](crate::audit) shows it for the handler. Anything else counts as "may serve anonymous callers".
    const CALLER: Caller = Caller::Optional;

    /// Converts `identity`. `answer` returns the answer for the handler's own refusals.
    ///
    /// # Errors
    ///
    /// [`AuthError::not_authenticated`] if the type needs a user and there is none.
    fn from_identity(identity: Identity<U>, answer: impl FnOnce() -> Answer) -> Result<Self, AuthError>;
}

/// Returns the refusal of a caller who is not authenticated.
pub(crate) fn no_user<U>(identity: &Identity<U>) -> AuthError {
    if identity.scheme.is_some() { AuthError::permission_denied() } else { AuthError::not_authenticated() }
}

impl<U: User> FromIdentity<U> for U {
    const CALLER: Caller = Caller::Required;

    fn from_identity(identity: Identity<U>, _: impl FnOnce() -> Answer) -> Result<Self, AuthError> {
        match identity {
            Identity { user: Some(user), scheme: Some(_), .. } if !user.is_anonymous() => Ok(user),
            identity => Err(no_user(&identity)),
        }
    }
}

impl<U: User> FromIdentity<U> for Option<U> {
    fn from_identity(identity: Identity<U>, _: impl FnOnce() -> Answer) -> Result<Self, AuthError> {
        Ok(if identity.is_authenticated() { identity.user } else { None })
    }
}

impl<U: User> FromIdentity<U> for Identity<U> {
    fn from_identity(mut identity: Identity<U>, answer: impl FnOnce() -> Answer) -> Result<Self, AuthError> {
        identity.set_answer(answer());
        Ok(identity)
    }
}

/// A placeholder for a handler that takes no `#[user]` or no `#[auth]`.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Ignored;

impl<U: User> FromIdentity<U> for Ignored {
    const CALLER: Caller = Caller::Ignored;

    fn from_identity(_: Identity<U>, _: impl FnOnce() -> Answer) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

/// A type that an `#[auth]` argument may have where the chain gives an `A`: `A` itself or `Option<A>`.
#[diagnostic::on_unimplemented(
    message = "an `#[auth]` argument of this chain cannot be `{Self}`",
    label = "the credentials of this chain are `{A}`",
    note = "take `{A}` to require them, or `Option<{A}>`"
)]
pub trait FromCredentials<A>: Sized {
    /// Whether an authenticated caller is required, as [`FromIdentity::CALLER`].
    const CALLER: Caller = Caller::Optional;

    /// Takes the credentials. `None` means that the caller came without credentials, or with those of another scheme.
    ///
    /// # Errors
    ///
    /// If the type needs them: [`AuthError::permission_denied`] for an `authenticated` caller,
    /// [`AuthError::not_authenticated`] for an anonymous one.
    fn from_credentials(credentials: Option<A>, authenticated: bool) -> Result<Self, AuthError>;
}

impl<A> FromCredentials<A> for A {
    const CALLER: Caller = Caller::Required;

    fn from_credentials(credentials: Option<A>, authenticated: bool) -> Result<Self, AuthError> {
        credentials
            .ok_or_else(|| if authenticated { AuthError::permission_denied() } else { AuthError::not_authenticated() })
    }
}

impl<A> FromCredentials<A> for Option<A> {
    fn from_credentials(credentials: Option<A>, _: bool) -> Result<Self, AuthError> {
        Ok(credentials)
    }
}
