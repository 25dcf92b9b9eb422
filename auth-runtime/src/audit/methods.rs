//! [`Methods`]: the handlers of a path, of which each declares something.

use std::convert::Infallible;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower_layer::Layer;
use tower_service::Service;

use crate::identity::FromIdentity;
use crate::policy::contract::{Policy, PolicyUser};
use crate::policy::declaration::Declaration;
use crate::policy::defaults::StateDefault;
use crate::policy::extract::{Auth, AuthSlot, CurrentUser, Guarded};

/// An argument of a handler that carries its declaration: the one that `#[authenticate]` puts in front.
///
/// An extractor of your own that asks a policy implements it too, with what it enforces:
///
/// ```
/// use auth_runtime::audit::Declares;
/// use auth_runtime::http::request::Parts;
/// use auth_runtime::{AuthState, CurrentUser, Declaration, FromIdentity, Policy, PolicyUser, StateDefault};
/// use axum::extract::FromRequestParts;
/// use axum::response::Redirect;
///
/// /// The user; a caller without one is sent to the login page.
/// struct OrLogIn<U>(U);
///
/// impl<S: AuthState, U: FromIdentity<PolicyUser<S, StateDefault>>> FromRequestParts<S> for OrLogIn<U>
/// where
///     StateDefault: Policy<S>,
/// {
///     type Rejection = Redirect;
///
///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Redirect> {
///         let caller = CurrentUser::<U>::from_request_parts(parts, state).await;
///         caller.map(|CurrentUser(user)| Self(user)).map_err(|_| Redirect::to("/login"))
///     }
/// }
///
/// impl<S: AuthState, U: FromIdentity<PolicyUser<S, StateDefault>>> Declares<S> for OrLogIn<U>
/// where
///     StateDefault: Policy<S>,
/// {
///     const DECLARED: Declaration = <CurrentUser<U> as Declares<S>>::DECLARED;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this handler declares nothing: its first argument is `{Self}`",
    label = "this handler is not declared",
    note = "write `#[authenticate(..)]` above the handler, or mount it by `Routes::undeclared` with a reason"
)]
pub trait Declares<S> {
    /// The declaration.
    const DECLARED: Declaration;
}

impl<S, U, P, A> Declares<S> for Auth<U, P, A>
where
    P: Policy<S>,
    U: FromIdentity<PolicyUser<S, P>>,
    A: AuthSlot<P::Auth>,
{
    const DECLARED: Declaration = Declaration::of_policy::<S, P>().caller(U::CALLER.and(A::CALLER));
}

impl<S, P: Policy<S>, T> Declares<S> for Guarded<P, T> {
    const DECLARED: Declaration = Declaration::of_policy::<S, P>();
}

impl<S, U> Declares<S> for CurrentUser<U>
where
    StateDefault: Policy<S>,
    U: FromIdentity<PolicyUser<S, StateDefault>>,
{
    const DECLARED: Declaration = Declaration::of_policy::<S, StateDefault>().caller(U::CALLER);
}

/// The arguments of a handler, as axum has them in a tuple, of which the first one carries its declaration.
#[diagnostic::on_unimplemented(
    message = "this handler declares nothing: it has no argument that `#[authenticate]` puts in front",
    label = "this handler is not declared",
    note = "write `#[authenticate(..)]` above the handler, or mount it by `Routes::undeclared` with a reason"
)]
pub trait DeclaredArguments<S> {
    /// The declaration.
    const DECLARED: Declaration;
}

macro_rules! declared_arguments {
    ($($rest:ident)*) => {
        impl<S, M, T: Declares<S>, $($rest),*> DeclaredArguments<S> for (M, T, $($rest,)*) {
            const DECLARED: Declaration = T::DECLARED;
        }
    };
}

declared_arguments!();
declared_arguments!(A);
declared_arguments!(A B);
declared_arguments!(A B C);
declared_arguments!(A B C D);
declared_arguments!(A B C D E);
declared_arguments!(A B C D E F);
declared_arguments!(A B C D E F G);
declared_arguments!(A B C D E F G H);
declared_arguments!(A B C D E F G H I);
declared_arguments!(A B C D E F G H I J);
declared_arguments!(A B C D E F G H I J K);
declared_arguments!(A B C D E F G H I J K L);
declared_arguments!(A B C D E F G H I J K L N);
declared_arguments!(A B C D E F G H I J K L N O);
declared_arguments!(A B C D E F G H I J K L N O P);

/// The handlers of a path, with what they declare.
#[derive(Debug)]
pub struct Methods<S> {
    pub(super) router: MethodRouter<S>,
    pub(super) declared: Vec<(&'static str, Declaration)>,
}

// No macro writes these functions: what the compiler says of a handler would lead the reader into it.

/// All methods, of a declared handler.
pub fn any<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::any(handler), declared: vec![("*", T::DECLARED)] }
}

/// `DELETE` of a declared handler.
pub fn delete<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::delete(handler), declared: vec![("DELETE", T::DECLARED)] }
}

/// `GET` of a declared handler.
pub fn get<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::get(handler), declared: vec![("GET", T::DECLARED)] }
}

/// `PATCH` of a declared handler.
pub fn patch<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::patch(handler), declared: vec![("PATCH", T::DECLARED)] }
}

/// `POST` of a declared handler.
pub fn post<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::post(handler), declared: vec![("POST", T::DECLARED)] }
}

/// `PUT` of a declared handler.
pub fn put<H, T, S>(handler: H) -> Methods<S>
where
    H: Handler<T, S>,
    T: DeclaredArguments<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    Methods { router: axum::routing::put(handler), declared: vec![("PUT", T::DECLARED)] }
}

impl<S: Clone + Send + Sync + 'static> Methods<S> {
    /// The handlers without what they declare, for a plain router.
    pub fn into_router(self) -> MethodRouter<S> {
        self.router
    }

    /// Puts a layer around all of them: see [`MethodRouter::layer`].
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(layer), ..self }
    }

    /// Answers the methods that have no handler: see [`MethodRouter::fallback`]. The audit has no row for it, so it is for
    /// endpoints of this project alone, which refuse there.
    #[doc(hidden)]
    #[must_use]
    pub fn method_not_allowed_fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { router: self.router.fallback(handler), ..self }
    }

    /// And `DELETE` of another one.
    #[must_use]
    #[track_caller]
    pub fn delete<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("DELETE", T::DECLARED));
        Self { router: self.router.delete(handler), ..self }
    }

    /// And `GET` of another one.
    #[must_use]
    #[track_caller]
    pub fn get<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("GET", T::DECLARED));
        Self { router: self.router.get(handler), ..self }
    }

    /// And `PATCH` of another one.
    #[must_use]
    #[track_caller]
    pub fn patch<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("PATCH", T::DECLARED));
        Self { router: self.router.patch(handler), ..self }
    }

    /// And `POST` of another one.
    #[must_use]
    #[track_caller]
    pub fn post<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("POST", T::DECLARED));
        Self { router: self.router.post(handler), ..self }
    }

    /// And `PUT` of another one.
    #[must_use]
    #[track_caller]
    pub fn put<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("PUT", T::DECLARED));
        Self { router: self.router.put(handler), ..self }
    }
}
