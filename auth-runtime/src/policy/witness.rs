//! The witness of each handler's guard: `#[authenticate]` generates it beside a handler, so that a handler without its guard
//! does not compile.

use super::extract::{Auth, Guarded};

/// An argument that guards a handler by the policy `P`.
#[diagnostic::on_unimplemented(
    message = "`#[authenticate]` does not guard this handler: its first argument is `{Self}`",
    label = "not guarded by what is declared above it",
    note = "put `#[authenticate(..)]` above an attribute that changes the arguments of the function; if there is none, this is a \
            fault of `#[authenticate]`: please report it"
)]
pub trait Guards<P> {}

impl<U, P, A> Guards<P> for Auth<U, P, A> {}

impl<P, T> Guards<P> for Guarded<P, T> {}

/// A function whose first argument guards it by the policy `P`; `A` are all of its arguments.
#[diagnostic::on_unimplemented(
    message = "`#[authenticate]` does not guard this handler: its arguments are not those of `{Self}`",
    label = "not guarded by what is declared above it",
    note = "put `#[authenticate(..)]` above an attribute that changes the arguments of the function; if there is none, this is a \
            fault of `#[authenticate]`: please report it"
)]
pub trait GuardedHandler<P, A> {}

macro_rules! guarded_handler {
    ($($rest:ident)*) => {
        impl<P, F, R, T: Guards<P>, $($rest),*> GuardedHandler<P, (T, $($rest,)*)> for F where F: Fn(T, $($rest),*) -> R {}
    };
}

guarded_handler!();
guarded_handler!(A);
guarded_handler!(A B);
guarded_handler!(A B C);
guarded_handler!(A B C D);
guarded_handler!(A B C D E);
guarded_handler!(A B C D E G);
guarded_handler!(A B C D E G H);
guarded_handler!(A B C D E G H I);
guarded_handler!(A B C D E G H I J);
guarded_handler!(A B C D E G H I J K);
guarded_handler!(A B C D E G H I J K L);
guarded_handler!(A B C D E G H I J K L M);
guarded_handler!(A B C D E G H I J K L M N);
guarded_handler!(A B C D E G H I J K L M N O);
guarded_handler!(A B C D E G H I J K L M N O Q);

/// Asserts that the first argument of `handler` guards it by the policy `P`.
pub const fn assert_guarded<P, A, F: GuardedHandler<P, A>>(_: &F) {}
