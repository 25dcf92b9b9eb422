//! `&`, `|`, `!` and lists of permissions.

use super::anonymous::Anonymous;
use super::contract::{ObjectPermission, Permission};
use crate::identity::{Access, User};
use crate::refusal::{AuthError, ErrorKind};

/// `a & b`: both must hold. The second is not asked if the first denies. A denial has no text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct And<A, B>(pub A, pub B);

/// `a | b`: one must hold. The second is not asked if the first allows. A denial has no text of its own.
///
/// An object is allowed if one of the two allows both the request and the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct Or<A, B>(pub A, pub B);

/// `!a`: must not hold, neither for the request nor for an object that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct Not<A>(pub A);

/// Drops the text of a denial. A failure, such as a store that does not answer, stays unchanged.
fn without_words(error: AuthError) -> AuthError {
    match error.kind() {
        ErrorKind::PermissionDenied => AuthError::permission_denied(),
        _ => error,
    }
}

/// Returns whether the decision allows. An error that is not a denial is returned as it is.
fn allowed(decision: Result<(), AuthError>) -> Result<bool, AuthError> {
    match decision {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(error),
    }
}

fn decide(allow: bool) -> Result<(), AuthError> {
    if allow { Ok(()) } else { Err(AuthError::permission_denied()) }
}

impl<S: Sync, U: User, A: Permission<S, U>, B: Permission<S, U>> Permission<S, U> for And<A, B> {
    const ANONYMOUS: Anonymous = A::ANONYMOUS.and(B::ANONYMOUS);

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        self.0.has_permission(access).await.map_err(without_words)?;
        self.1.has_permission(access).await.map_err(without_words)
    }
}

impl<S: Sync, U: User, O: Sync + ?Sized, A, B> ObjectPermission<S, U, O> for And<A, B>
where
    A: ObjectPermission<S, U, O>,
    B: ObjectPermission<S, U, O>,
{
    async fn has_object_permission(&self, access: &Access<'_, S, U>, object: &O) -> Result<(), AuthError> {
        self.0.has_object_permission(access, object).await.map_err(without_words)?;
        self.1.has_object_permission(access, object).await.map_err(without_words)
    }
}

impl<S: Sync, U: User, A: Permission<S, U>, B: Permission<S, U>> Permission<S, U> for Or<A, B> {
    const ANONYMOUS: Anonymous = A::ANONYMOUS.or(B::ANONYMOUS);

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        if allowed(self.0.has_permission(access).await)? {
            return Ok(());
        }
        decide(allowed(self.1.has_permission(access).await)?)
    }
}

impl<S: Sync, U: User, O: Sync + ?Sized, A, B> ObjectPermission<S, U, O> for Or<A, B>
where
    A: ObjectPermission<S, U, O>,
    B: ObjectPermission<S, U, O>,
{
    async fn has_object_permission(&self, access: &Access<'_, S, U>, object: &O) -> Result<(), AuthError> {
        if allowed(self.0.has_permission(access).await)? && allowed(self.0.has_object_permission(access, object).await)?
        {
            return Ok(());
        }
        decide(
            allowed(self.1.has_permission(access).await)?
                && allowed(self.1.has_object_permission(access, object).await)?,
        )
    }
}

impl<S: Sync, U: User, A: Permission<S, U>> Permission<S, U> for Not<A> {
    const ANONYMOUS: Anonymous = A::ANONYMOUS.not();

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        decide(!allowed(self.0.has_permission(access).await)?)
    }
}

impl<S: Sync, U: User, O: Sync + ?Sized, A: ObjectPermission<S, U, O>> ObjectPermission<S, U, O> for Not<A> {
    async fn has_object_permission(&self, access: &Access<'_, S, U>, object: &O) -> Result<(), AuthError> {
        decide(!allowed(self.0.has_object_permission(access, object).await)?)
    }
}

/// A list of permissions, all of which must hold. The text is that of the first one that denies.
macro_rules! list {
    ($($permission:ident $at:tt),+) => {
        impl<S: Sync, U: User, $($permission: Permission<S, U>),+> Permission<S, U> for ($($permission,)+) {
            const ANONYMOUS: Anonymous = Anonymous::ALLOWED$(.and($permission::ANONYMOUS))+;

            async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
                $(self.$at.has_permission(access).await?;)+
                Ok(())
            }
        }

        impl<S: Sync, U: User, O: Sync + ?Sized, $($permission: ObjectPermission<S, U, O>),+> ObjectPermission<S, U, O>
            for ($($permission,)+)
        {
            async fn has_object_permission(&self, access: &Access<'_, S, U>, object: &O) -> Result<(), AuthError> {
                $(self.$at.has_object_permission(access, object).await?;)+
                Ok(())
            }
        }
    };
}

list!(A 0);
list!(A 0, B 1);
list!(A 0, B 1, C 2);
list!(A 0, B 1, C 2, D 3);
list!(A 0, B 1, C 2, D 3, E 4);
list!(A 0, B 1, C 2, D 3, E 4, F 5);
list!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
list!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
