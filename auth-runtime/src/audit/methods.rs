//! [`Methods`]: the handlers of a path, of which each declares something.

use axum::handler::Handler;
use axum::routing::MethodRouter;

use crate::declaration::Declaration;
use crate::extract::{Auth, Guarded};
use crate::policy::Policy;

/// An argument of a handler that carries its declaration: the one that `#[authenticate]` puts in front.
#[diagnostic::on_unimplemented(
    message = "this handler declares nothing: its first argument is `{Self}`",
    label = "this handler is not declared",
    note = "write `#[authenticate(..)]` above the handler, or mount it by `Routes::undeclared` with a reason"
)]
pub trait Declares<S> {
    /// The declaration.
    const DECLARED: Declaration;
}

impl<S, U, P: Policy<S>, A> Declares<S> for Auth<U, P, A> {
    const DECLARED: Declaration = P::DECLARED;
}

impl<S, P: Policy<S>, T> Declares<S> for Guarded<P, T> {
    const DECLARED: Declaration = P::DECLARED;
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
    /// And `DELETE` of another one.
    #[must_use]
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
    pub fn put<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: DeclaredArguments<S> + 'static,
    {
        self.declared.push(("PUT", T::DECLARED));
        Self { router: self.router.put(handler), ..self }
    }
}
