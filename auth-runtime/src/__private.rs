//! Items for generated code. Not part of the public interface.

use std::marker::PhantomData;

use crate::context::state::AuthState;
use crate::identity::{FromIdentity, User};
use crate::login::csrf::VerifiesCsrfForm;
use crate::policy::contract::{Policy, PolicyUser};
use crate::policy::default_rules::{DefaultPermission, DefaultThrottles};
use crate::policy::permission::Permission;
use crate::policy::throttle;
use crate::policy::throttle::Throttle;
use crate::refusal::AuthError;
use crate::scheme::authenticator::{Authenticator, Scheme};
use crate::scheme::chain::{Chain, Select};
use crate::scheme::resolved::Resolved;
use crate::scheme::source::CredentialSource;
use crate::store::LoginCredentials;

pub use crate::policy::assertions::{
    LastExtractor, PartsExtractor, Returned, assert_extractor, assert_last_extractor, assert_returned,
};
pub use crate::policy::handler::{
    HandlerPolicy, NoThrottles, OptionalPermission, SelectedPolicy, SomePermission, StatePermission, StateThrottles,
    StaticPolicy, ThrottleSource,
};
pub use crate::policy::steps::Steps;
pub use crate::policy::witness::{GuardedHandler, Guards, assert_guarded};

/// Returns whether two schemes of a chain read the same part of a request.
pub const fn collide(a: &CredentialSource, b: &CredentialSource) -> bool {
    a.collides_with(b)
}

/// Picks the credentials that an `#[auth]` argument asks for.
pub fn select<T, At, A: Select<T, At>>(auth: A) -> Option<T> {
    auth.select()
}

/// Asks a chain for the caller, with the client of the credentials.
pub async fn resolve_with_client<'a, S, C, T>(
    chain: &'a C,
    request: &'a http::request::Parts,
    state: &'a S,
    pick: impl Fn(C::Auth) -> Option<T> + Send + Sync + 'a,
) -> Result<Resolved<C::User, T>, AuthError>
where
    S: Sync,
    C: Chain<S, Auth: LoginCredentials>,
{
    Ok(chain.resolve(request, state).await?.with_client().pick(pick))
}

/// Drops the credentials that no argument asks for.
pub fn leave<A, T>(_: A) -> Option<T> {
    None
}

/// Replaces a marked argument in a handler that does not compile, so that a router reports no further error about it.
#[derive(Debug)]
pub struct Faulty<T>(pub T);

impl<S: Sync, T> axum::extract::FromRequestParts<S> for Faulty<T> {
    type Rejection = http::StatusCode;

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, http::StatusCode> {
        Err(http::StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Asserts that `T` is exactly this type: lets rustc infer a router state from a handler that names it.
pub trait Is<T> {}

impl<T> Is<T> for T {}

pub const fn assert_state<S: AuthState>() {}

pub const fn assert_scheme<T: Scheme<S>, S>() {}

/// Asserts that `T` identifies the same user as the first scheme of its chain.
pub const fn assert_same_user<T: Scheme<S, User = U>, S, U>() {}

pub const fn assert_permission<P: Permission<S, U>, S, U>() {}

pub const fn assert_throttle<T: Throttle<S, U>, S, U>() {}

/// Asserts that the permission of the state's default policy fits a handler that keeps it.
pub const fn assert_default_permission<S: AuthState<DefaultPolicy: DefaultPermission<S, U>>, U>() {}

/// Asserts that the throttles of the state's default policy fit a handler that keeps them.
pub const fn assert_default_throttles<S: AuthState<DefaultPolicy: DefaultThrottles<S, U, A>>, U, A>() {}

/// Asserts that the scheme's credentials reveal the client.
pub const fn assert_tells_client<T: Authenticator<Auth: LoginCredentials>>() {}

pub const fn assert_login_credentials<A: LoginCredentials>() {}

/// Returns the name of a scope, if it is valid.
#[track_caller]
pub const fn scope_name(name: &'static str) -> &'static str {
    throttle::scope_name(name)
}

pub const fn assert_policy<P: Policy<S>, S>() {}

pub const fn assert_user_argument<T: FromIdentity<U>, U: User>() {}

pub const fn assert_verifies_csrf_form<T: VerifiesCsrfForm>() {}

/// The credentials of a chain whose type is written out.
pub type ChainAuth<C, S> = <C as Chain<S>>::Auth;

/// Catches the call of `declare` on a type without one: the missing derive is reported elsewhere.
pub trait NotDerived: Sized {
    fn declare(self) -> crate::CheckedScheme<Self> {
        unreachable!("generated code calls it in constants alone, where it cannot be called")
    }
}

impl<T> NotDerived for T {}

/// What `Policy::challenges` returns.
pub type ChallengeList = Vec<Option<http::HeaderValue>>;

/// What `Policy::first_challenge` returns.
pub type FirstChallenge = Option<Option<http::HeaderValue>>;

/// Names the user of a scheme.
pub type SchemeUser<T, S> = <T as Scheme<S>>::User;

/// Names the user of a policy.
pub type UserOf<P, S> = PolicyUser<S, P>;

/// A value that a derived scheme reads.
#[derive(Debug)]
pub enum Source<'a> {
    Absent,
    Present(std::borrow::Cow<'a, str>),
    /// Present, but more than once, or not text.
    Unreadable,
}

/// Returns the value of one header.
pub fn header<'a>(request: &'a http::request::Parts, name: &http::HeaderName) -> Source<'a> {
    let mut values = request.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Source::Absent,
        (Some(value), None) => match std::str::from_utf8(value.as_bytes()) {
            Ok("") => Source::Absent,
            Ok(text) => Source::Present(text.into()),
            Err(_) => Source::Unreadable,
        },
        (Some(_), Some(_)) => Source::Unreadable,
    }
}

/// Returns the value of one parameter of the query string.
pub fn query<'a>(request: &'a http::request::Parts, name: &str) -> Source<'a> {
    let Some(query) = request.uri.query() else { return Source::Absent };
    let Ok(pairs) = serde_urlencoded::from_str::<Vec<(String, String)>>(query) else { return Source::Unreadable };
    let mut values = pairs.into_iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Source::Absent,
        (Some(value), None) if value.is_empty() => Source::Absent,
        (Some(value), None) => Source::Present(value.into()),
        (Some(_), Some(_)) => Source::Unreadable,
    }
}

/// Returns the value of one cookie.
pub fn cookie<'a>(request: &'a http::request::Parts, name: &str) -> Source<'a> {
    match crate::wire::cookie::value(&request.headers, name) {
        None | Some("") => Source::Absent,
        Some(text) => Source::Present(text.into()),
    }
}

/// Carries the generic parameters of a handler's policy.
pub type Marker<T> = PhantomData<fn() -> T>;

/// Finds the check for the fields of a permission, in constants: `Options::<P>::RULES.declare(P { .. })`.
///
/// Permissions of this crate have their own `RULES`; all others use those of [`NoRules`].
#[derive(Debug)]
pub struct Options<P>(PhantomData<P>);

/// Accepts any fields of a permission.
#[derive(Debug)]
pub struct EveryOption;

impl EveryOption {
    pub const fn declare<P>(self, permission: P) -> P {
        permission
    }
}

/// The rules of a permission that has none of its own.
pub trait NoRules {
    const RULES: EveryOption = EveryOption;
}

impl<P> NoRules for Options<P> {}

/// Defines the rules of permissions that have some.
macro_rules! rules {
    ($($name:ident $rules:ident),+ $(,)?) => {$(
        #[derive(Debug)]
        pub struct $rules;

        impl $rules {
            #[track_caller]
            pub const fn declare(self, permission: crate::permission::$name) -> crate::permission::$name {
                permission.declare()
            }
        }

        impl Options<crate::permission::$name> {
            pub const RULES: $rules = $rules;
        }
    )+};
}

rules! {
    HasPermission HasPermissionRules,
    ModelPermissions ModelPermissionsRules,
    ModelPermissionsOrAnonReadOnly ModelPermissionsOrAnonReadOnlyRules,
    ModelPermissionsWithView ModelPermissionsWithViewRules,
    ObjectPermissions ObjectPermissionsRules,
    ObjectPermissionsWithView ObjectPermissionsWithViewRules,
}
