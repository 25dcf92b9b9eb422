//! [`AllowAnonymous`]: the policy of public endpoints.

use std::future::{Future, ready};

use http::HeaderValue;
use http::request::Parts;

use super::contract::Policy;
use super::declaration::Declaration;
use super::default_rules::{DefaultPermission, DefaultThrottles};
use crate::identity::{Access, NoUser, User};
use crate::policy::permission::Anonymous;
use crate::refusal::AuthError;
use crate::scheme::resolved::Resolved;

/// The policy that ignores credentials, accepts every caller and throttles none, regardless of the state's defaults:
/// `#[authenticate(none)]` with `#[permit(AllowAny)]` and `#[throttle(none)]`.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct AllowAnonymous;

impl<S: Sync> Policy<S> for AllowAnonymous {
    type User = NoUser;
    type Auth = ();

    const ANONYMOUS: Anonymous = Anonymous::ALLOWED;
    const DECLARED: Declaration =
        Declaration::new("AllowAnonymous", module_path!(), file!(), line!()).rules(Some("AllowAny"), None);

    async fn resolve<'a>(_: &'a Parts, _: &'a S) -> Result<Resolved<NoUser, ()>, AuthError> {
        Ok(Resolved::anonymous())
    }

    fn challenges(_: &S) -> Vec<Option<HeaderValue>> {
        Vec::new()
    }

    async fn permit<'a>(_: &'a Access<'a, S, NoUser>) -> Result<(), AuthError> {
        Ok(())
    }
}

impl<S: Sync, U: User> DefaultPermission<S, U> for AllowAnonymous {
    const ANONYMOUS: Anonymous = Anonymous::ALLOWED;
    const DECLARED: Option<&'static str> = Some("AllowAny");

    fn permit<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}

impl<S, U, A> DefaultThrottles<S, U, A> for AllowAnonymous {
    fn throttle<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}
