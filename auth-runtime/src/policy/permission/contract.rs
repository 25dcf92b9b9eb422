//! What a caller may do: [`Permission`], asked after authentication and before anything else.

use std::future::Future;

use super::anonymous::Anonymous;
use super::methods::reads_only;
use crate::identity::{Access, User};
use crate::refusal::{AuthError, ErrorKind, Rejection};

impl<S: Sync, U: User> Access<'_, S, U> {
    /// Asks `permission` about one object, as a handler does once it has it.
    ///
    /// ```
    /// # use auth_runtime::{AuthError, Identity, Rejection, User, http::request::Parts};
    /// # use auth_runtime::permission::{Access, IsStaff, ObjectPermission, Or, Permission};
    /// struct Note { owner: String }
    ///
    /// struct IsOwner;
    /// impl<S: Sync, U: User> Permission<S, U> for IsOwner {
    ///     async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
    ///         Ok(())
    ///     }
    /// }
    /// impl<S: Sync, U: User> ObjectPermission<S, U, Note> for IsOwner {
    ///     async fn has_object_permission(&self, access: &Access<'_, S, U>, note: &Note) -> Result<(), AuthError> {
    ///         match access.identity.user() {
    ///             Some(user) if user.id() == note.owner => Ok(()),
    ///             _ => Err(AuthError::permission_denied().with_detail("This note is not yours.").with_code("not_owner")),
    ///         }
    ///     }
    /// }
    ///
    /// async fn edit<U: User>(who: Identity<U>, request: Parts, note: Note) -> Result<String, Rejection> {
    ///     who.access(&request, &()).check_object(&Or(IsStaff, IsOwner), &note).await?;
    ///     Ok(note.owner)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal, ready to be returned from the handler.
    pub async fn check_object<O: Sync + ?Sized>(
        &self,
        permission: &impl ObjectPermission<S, U, O>,
        object: &O,
    ) -> Result<(), Rejection> {
        permission.has_object_permission(self, object).await.map_err(|error| {
            let anonymous = self.identity.scheme().is_none() && !self.identity.answers_anonymous_with_denial();
            let error = match error.kind() {
                ErrorKind::PermissionDenied if anonymous => AuthError::not_authenticated(),
                _ => error,
            };
            self.identity.reject(error)
        })
    }
}

/// A rule that decides whether a caller may make a request.
///
/// `#[permit(..)]` names it. To deny, it returns [`AuthError::permission_denied`], which may have its own detail and code. A
/// caller whom a scheme identified sees them; any other caller is asked to authenticate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission for the user `{U}` and the router state `{S}`",
    label = "not a permission here",
    note = "implement `Permission<{S}, {U}>` for `{Self}`; the built-in ones are `AllowAny`, `IsAuthenticated`, \
            `IsAuthenticatedOrReadOnly` and `IsStaff` of `auth_runtime::permission`"
)]
pub trait Permission<S, U>: Send + Sync + 'static {
    /// What [`has_permission`](Self::has_permission) decides about anonymous callers.
    ///
    /// Unknown by default, which the [audit](crate::audit) counts as "may be allowed". It is enforced: with
    /// [`Anonymous::DENIED`], an anonymous caller is refused even if `has_permission` allows the request.
    ///
    /// ```
    /// use auth_runtime::permission::{Access, Anonymous, Permission};
    /// use auth_runtime::{AuthError, User};
    ///
    /// struct HasShortId;
    ///
    /// impl<S: Sync, U: User> Permission<S, U> for HasShortId {
    ///     const ANONYMOUS: Anonymous = Anonymous::DENIED;
    ///
    ///     async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
    ///         match access.identity.user() {
    ///             Some(user) if user.id().len() < 4 => Ok(()),
    ///             _ => Err(AuthError::permission_denied()),
    ///         }
    ///     }
    /// }
    /// ```
    const ANONYMOUS: Anonymous = Anonymous::UNKNOWN;

    /// Decides before the handler runs.
    ///
    /// # Errors
    ///
    /// [`AuthError::permission_denied`] to deny; any other error is answered as it is.
    fn has_permission(&self, access: &Access<'_, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send;
}

/// A [`Permission`] that can also be checked for one object. [`Access::check_object`] does so.
#[diagnostic::on_unimplemented(
    message = "the permission `{Self}` says nothing about a `{O}`",
    label = "not an object permission here",
    note = "implement `ObjectPermission<{S}, {U}, {O}>` for `{Self}`; an empty `impl` allows every object"
)]
pub trait ObjectPermission<S, U, O: ?Sized>: Permission<S, U> {
    /// Decides about `object`. Allows every object by default.
    ///
    /// # Errors
    ///
    /// As [`Permission::has_permission`].
    fn has_object_permission(
        &self,
        _access: &Access<'_, S, U>,
        _object: &O,
    ) -> impl Future<Output = Result<(), AuthError>> + Send {
        async { Ok(()) }
    }
}

/// Allows every caller, anonymous or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct AllowAny;

/// Allows callers whom a scheme identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct IsAuthenticated;

/// Allows staff: [`User::is_staff`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct IsStaff;

/// Allows callers whom a scheme identified, and every caller for `GET`, `HEAD` and `OPTIONS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct IsAuthenticatedOrReadOnly;

/// Implements a permission that only depends on the request and its caller.
macro_rules! permission {
    ($name:ident, $anonymous:ident, |$access:ident| $holds:expr) => {
        impl<S: Sync, U: User> Permission<S, U> for $name {
            const ANONYMOUS: Anonymous = Anonymous::$anonymous;

            async fn has_permission(&self, $access: &Access<'_, S, U>) -> Result<(), AuthError> {
                if $holds { Ok(()) } else { Err(AuthError::permission_denied()) }
            }
        }

        impl<S: Sync, U: User, O: Sync + ?Sized> ObjectPermission<S, U, O> for $name {}
    };
}

permission!(AllowAny, ALLOWED, |_access| true);
permission!(IsAuthenticated, DENIED, |access| access.identity.is_authenticated());
permission!(IsStaff, DENIED, |access| access.identity.is_authenticated()
    && access.identity.user().is_some_and(User::is_staff));
permission!(IsAuthenticatedOrReadOnly, READ_ONLY, |access| access.identity.is_authenticated()
    || reads_only(&access.request.method));
