//! Schemes in order: [`Chain`].

use std::future::Future;

use http::HeaderValue;
use http::request::Parts;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::{Outcome, SchemeResult};
use super::resolved::Resolved;
use crate::cross_site::CsrfCheck;
use crate::identity::{NoUser, User};
use crate::refusal::AuthError;
use crate::store::{Id, LoginCredentials};

/// Schemes that are asked in order. The first one that does not skip the request decides.
///
/// A tuple of one to eight schemes is a chain, an array of one scheme with several options is one element of it, and
/// [`NoSchemes`] is the chain that ignores credentials.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a chain of schemes for the router state `{S}`",
    label = "not a chain here",
    note = "every element must be a `Scheme<{S}>`, and all of them must identify the same `User`"
)]
pub trait Chain<S>: Send + Sync + 'static {
    /// The user: the same type for every scheme.
    type User: User;
    /// The credentials of any of the schemes, as [`OneOf`].
    type Auth: Send + 'static;

    /// Asks the schemes in order.
    ///
    /// # Errors
    ///
    /// The first error of a scheme: later ones are not asked.
    fn resolve<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a;

    /// As [`resolve`](Self::resolve), but keeps only what `pick` takes out of the credentials, so that the rest is dropped at
    /// once.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    fn resolve_picked<'a, T: Send + 'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
        pick: impl Fn(Self::Auth) -> Option<T> + Send + Sync + 'a,
    ) -> impl Future<Output = Result<Resolved<Self::User, T>, AuthError>> + Send + 'a {
        let resolved = self.resolve(request, state);
        async move { Ok(resolved.await?.pick(pick)) }
    }

    /// Returns the challenge of each scheme, in order. `None` means that a scheme has none.
    fn challenges(&self, state: &S) -> Vec<Option<HeaderValue>>;

    /// Returns the first of the [`challenges`](Self::challenges). `None` means that there are no schemes. Most refusals only
    /// need this one, so a chain should not build the others for it.
    fn first_challenge(&self, state: &S) -> Option<Option<HeaderValue>> {
        self.challenges(state).into_iter().next()
    }
}

/// The credentials of one of several schemes.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums)]
pub enum OneOf<A, B> {
    /// The credentials of the first scheme.
    This(A),
    /// The credentials of a later one.
    Later(B),
}

impl<A: LoginCredentials, B: LoginCredentials> LoginCredentials for OneOf<A, B> {
    fn login(&self) -> Option<&Id> {
        match self {
            Self::This(auth) => auth.login(),
            Self::Later(rest) => rest.login(),
        }
    }

    fn token(&self) -> Option<&Id> {
        match self {
            Self::This(auth) => auth.token(),
            Self::Later(rest) => rest.token(),
        }
    }

    fn client(&self) -> Option<&str> {
        match self {
            Self::This(auth) => auth.client(),
            Self::Later(rest) => rest.client(),
        }
    }
}

/// Takes a `T` out of [`OneOf`] several. `At` is its position and is inferred.
#[diagnostic::on_unimplemented(
    message = "no scheme of this chain has `{T}` as its credentials",
    label = "not the credentials of a scheme of this chain",
    note = "`Bearer` and `Token` have an `AccessToken`, `Session` a `Login`, `Basic` and `RemoteUser` have `()`; of \
            `auth_signatures`, `Hawk` has `HawkCredentials`, `HttpSignature` a `VerifiedSignature`, `CavageSignature` \
            `CavageCredentials`"
)]
pub trait Select<T, At> {
    /// Returns the `T`, if the caller came with it.
    fn select(self) -> Option<T>;
}

/// The `T` of [`Select`] is the first one.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)]
pub enum First {}

/// The `T` of [`Select`] is a later one.
#[derive(Debug)]
pub struct Later<At>(At);

impl<T, B> Select<T, First> for OneOf<T, B> {
    fn select(self) -> Option<T> {
        match self {
            Self::This(auth) => Some(auth),
            Self::Later(_) => None,
        }
    }
}

impl<T, A, B: Select<T, At>, At> Select<T, Later<At>> for OneOf<A, B> {
    fn select(self) -> Option<T> {
        match self {
            Self::This(_) => None,
            Self::Later(rest) => rest.select(),
        }
    }
}

/// The empty chain: ignores credentials, so that every caller is anonymous.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct NoSchemes;

impl<S: Sync> Chain<S> for NoSchemes {
    type User = NoUser;
    type Auth = OneOf<(), NoUser>;

    async fn resolve<'a>(&'a self, _: &'a Parts, _: &'a S) -> Result<Resolved<NoUser, Self::Auth>, AuthError> {
        Ok(Resolved::anonymous())
    }

    fn challenges(&self, _: &S) -> Vec<Option<HeaderValue>> {
        Vec::new()
    }
}

impl<T: Authenticator, const N: usize> Authenticator for [T; N] {
    type Auth = T::Auth;
    const NAME: &'static str = T::NAME;
    const DEFAULT: Self = [T::DEFAULT; N];
    const CSRF: CsrfCheck = T::CSRF;
}

impl<S: Sync, T: Scheme<S>, const N: usize> Scheme<S> for [T; N] {
    type User = T::User;

    async fn authenticate<'a>(&'a self, request: &'a Parts, state: &'a S) -> SchemeResult<T::User, T::Auth> {
        let Some(first) = T::first_addressed(self, request, state) else { return Ok(Outcome::Skipped) };
        for scheme in self[first..].iter().filter(|scheme| scheme.is_addressed(request, state)) {
            match scheme.authenticate(request, state).await? {
                Outcome::Skipped => {}
                decided => return Ok(decided),
            }
        }
        Ok(Outcome::Skipped)
    }

    fn is_addressed(&self, request: &Parts, state: &S) -> bool {
        T::first_addressed(self, request, state).is_some()
    }

    fn challenge(&self) -> Option<crate::Challenge> {
        self.first().and_then(T::challenge)
    }

    fn challenges(&self) -> Vec<Option<crate::Challenge>> {
        self.iter().flat_map(T::challenges).collect()
    }
}

/// Builds the type of the credentials of all schemes in order, nested as [`OneOf`].
macro_rules! one_of {
    () => { NoUser };
    ($first:ident $($later:ident)*) => { OneOf<$first::Auth, one_of!($($later)*)> };
}

/// Wraps the credentials of the scheme that comes after as many others as there are marks.
macro_rules! wrap {
    ($auth:ident) => { OneOf::This($auth) };
    ($auth:ident + $($mark:tt)*) => { OneOf::Later(wrap!($auth $($mark)*)) };
}

macro_rules! tuple_chain {
    ($($scheme:ident $at:tt [$($mark:tt)*]),+) => { tuple_chain!(@ $($scheme)+; $($scheme $at [$($mark)*]),+); };
    (@ $head:ident $($tail:ident)*; $($scheme:ident $at:tt [$($mark:tt)*]),+) => {
        impl<S: Sync, $head: Scheme<S>, $($tail: Scheme<S, User = $head::User>),*> Chain<S> for ($head, $($tail,)*) {
            type User = $head::User;
            type Auth = one_of!($head $($tail)*);

            fn resolve<'a>(
                &'a self,
                request: &'a Parts,
                state: &'a S,
            ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a {
                self.resolve_picked(request, state, Some)
            }

            async fn resolve_picked<'a, SelectedPolicy: Send + 'a>(
                &'a self,
                request: &'a Parts,
                state: &'a S,
                pick: impl Fn(Self::Auth) -> Option<SelectedPolicy> + Send + Sync + 'a,
            ) -> Result<Resolved<Self::User, SelectedPolicy>, AuthError> {
                // A scheme that is alone in its chain is asked at once.
                const ALONE: bool = [$($at),+].len() == 1;
                $(
                    if ALONE || self.$at.is_addressed(request, state) {
                        match self.$at.authenticate(request, state).await {
                            Ok(Outcome::Skipped) => {}
                            verdict => return Resolved::decided::<$scheme>(verdict, |auth| pick(wrap!(auth $($mark)*))),
                        }
                    }
                )+
                Ok(Resolved::anonymous())
            }

            fn challenges(&self, _: &S) -> Vec<Option<HeaderValue>> {
                let all = [$(self.$at.challenges()),+].into_iter().flatten();
                all.map(|challenge| challenge.and_then(|challenge| challenge.to_header_value())).collect()
            }

            fn first_challenge(&self, _: &S) -> Option<Option<HeaderValue>> {
                Some(self.0.challenge().and_then(|challenge| challenge.to_header_value()))
            }
        }
    };
}

tuple_chain!(A 0 []);
tuple_chain!(A 0 [], B 1 [+]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +], D 3 [+ + +]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +], D 3 [+ + +], E 4 [+ + + +]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +], D 3 [+ + +], E 4 [+ + + +], F 5 [+ + + + +]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +], D 3 [+ + +], E 4 [+ + + +], F 5 [+ + + + +], G 6 [+ + + + + +]);
tuple_chain!(A 0 [], B 1 [+], C 2 [+ +], D 3 [+ + +], E 4 [+ + + +], F 5 [+ + + + +], G 6 [+ + + + + +], H 7 [+ + + + + + +]);
