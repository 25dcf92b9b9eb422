//! Permissions that are granted: for one codename, or for actions on a model.

use http::Method;

use super::anonymous::Anonymous;
use super::codename::{Action, Codename, is_codename, is_model};
use super::contract::{ObjectPermission, Permission};
use super::methods::reads_only;
use crate::context::state::AuthState;
use crate::identity::{Access, User};
use crate::refusal::AuthError;
use crate::store::PermissionStore;

/// Allows callers who hold a permission for all objects: [`PermissionStore::has_permissions`].
///
/// ```
/// # use auth_runtime::{authenticate, permission::HasPermission, scheme::Token};
/// #[authenticate(Token)]
/// #[permit(HasPermission(codename = "blog.publish_note"))]
/// async fn publish() {}
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct HasPermission {
    /// The permission: `app.permission`, see [`is_codename`].
    pub codename: &'static str,
}

impl HasPermission {
    /// Checks the codename at compile time.
    ///
    /// # Panics
    ///
    /// If it is not a valid codename.
    #[must_use]
    #[track_caller]
    pub const fn declare(self) -> Self {
        assert!(
            is_codename(self.codename),
            "`codename` is not the name of a permission; write the application and the permission with one dot between \
             them, such as `codename = \"blog.publish_note\"`"
        );
        self
    }
}

impl<S: AuthState, U: User> Permission<S, U> for HasPermission
where
    S::Backend: PermissionStore<User = U>,
{
    const ANONYMOUS: Anonymous = Anonymous::DENIED;

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        let user = caller(access).ok_or_else(AuthError::permission_denied)?;
        let backend = access.state.auth_context().backend();
        let holds = backend.has_permissions(user, &[self.codename], None).await?;
        if holds { Ok(()) } else { Err(AuthError::permission_denied()) }
    }
}

/// Allows callers who may do to a model's objects what the method does, in the manner of Django REST framework's
/// `DjangoModelPermissions`. Only checks the model; [`ObjectPermissions`](super::ObjectPermissions) also checks each object.
///
/// | method | permission |
/// |---|---|
/// | `GET`, `HEAD`, `OPTIONS` | none, but the caller must be authenticated |
/// | `POST` | `blog.add_note` |
/// | `PUT`, `PATCH` | `blog.change_note` |
/// | `DELETE` | `blog.delete_note` |
/// | any other | 405; an anonymous caller is asked to authenticate first |
///
/// ```
/// # use auth_runtime::{authenticate, permission::ModelPermissions, scheme::Token};
/// #[authenticate(Token)]
/// #[permit(ModelPermissions(model = "blog.note"))]
/// async fn notes() {}
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct ModelPermissions {
    /// The model: `app.model`, see [`is_model`].
    pub model: &'static str,
}

/// [`ModelPermissions`] that require `blog.view_note` for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct ModelPermissionsWithView {
    /// The model: `app.model`, see [`is_model`].
    pub model: &'static str,
}

/// [`ModelPermissions`] that also allow every caller for `GET`, `HEAD` and `OPTIONS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct ModelPermissionsOrAnonReadOnly {
    /// The model: `app.model`, see [`is_model`].
    pub model: &'static str,
}

/// Adds the check of the model to a permission.
macro_rules! declare_model {
    ($($name:ident),+) => {$(
        impl $name {
            /// Checks the model at compile time.
            ///
            /// # Panics
            ///
            /// If it is not a valid model.
            #[must_use]
            #[track_caller]
            pub const fn declare(self) -> Self {
                assert!(is_model(self.model), "{}", $crate::permission::model::NO_MODEL);
                self
            }
        }
    )+};
}

pub(super) use declare_model;

pub(super) const NO_MODEL: &str = "`model` is not the name of a model; write the application and the model in lower-case letters, digits and \
     underscores with one dot between them, such as `model = \"blog.note\"`";

declare_model!(ModelPermissions, ModelPermissionsWithView, ModelPermissionsOrAnonReadOnly);

/// Returns the user that a store can be asked about.
pub(super) fn caller<'a, S, U: User>(access: &Access<'a, S, U>) -> Option<&'a U> {
    access.identity.user().filter(|_| access.identity.is_authenticated())
}

/// Returns what `method` does to objects of a model. `reading` is the action that reading requires.
pub(super) fn action(method: &Method, reading: Option<Action>) -> Result<Option<Action>, AuthError> {
    Ok(Some(match *method {
        _ if reads_only(method) => return Ok(reading),
        Method::POST => Action::Add,
        Method::PUT | Method::PATCH => Action::Change,
        Method::DELETE => Action::Delete,
        _ => return Err(AuthError::method_not_allowed(method, "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE")),
    }))
}

/// Returns whether `user` may do this to the object with this key, or to all objects.
pub(super) async fn may<S: AuthState, U: User>(
    access: &Access<'_, S, U>,
    user: &U,
    model: &str,
    action: Action,
    object: Option<&str>,
) -> Result<bool, AuthError>
where
    S::Backend: PermissionStore<User = U>,
{
    let codename = Codename::of(model, action).ok_or_else(|| AuthError::internal(NO_MODEL))?;
    Ok(access.state.auth_context().backend().has_permissions(user, &[codename.as_str()], object).await?)
}

/// Checks whether an authenticated caller may do what the method does.
pub(super) async fn has_model_permission<S: AuthState, U: User>(
    access: &Access<'_, S, U>,
    model: &str,
    reading: Option<Action>,
) -> Result<(), AuthError>
where
    S::Backend: PermissionStore<User = U>,
{
    let user = caller(access).ok_or_else(AuthError::permission_denied)?;
    match action(&access.request.method, reading)? {
        Some(action) if !may(access, user, model, action, None).await? => Err(AuthError::permission_denied()),
        _ => Ok(()),
    }
}

impl<S: AuthState, U: User> Permission<S, U> for ModelPermissions
where
    S::Backend: PermissionStore<User = U>,
{
    const ANONYMOUS: Anonymous = Anonymous::DENIED;

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        has_model_permission(access, self.model, None).await
    }
}

impl<S: AuthState, U: User> Permission<S, U> for ModelPermissionsWithView
where
    S::Backend: PermissionStore<User = U>,
{
    const ANONYMOUS: Anonymous = Anonymous::DENIED;

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        has_model_permission(access, self.model, Some(Action::View)).await
    }
}

impl<S: AuthState, U: User> Permission<S, U> for ModelPermissionsOrAnonReadOnly
where
    S::Backend: PermissionStore<User = U>,
{
    const ANONYMOUS: Anonymous = Anonymous::READ_ONLY;

    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        match action(&access.request.method, None)? {
            Some(_) => has_model_permission(access, self.model, None).await,
            None => Ok(()),
        }
    }
}

/// Implements a permission that allows every object.
macro_rules! every_object {
    ($($name:ident),+) => {$(
        impl<S: AuthState, U: User, O: Sync + ?Sized> ObjectPermission<S, U, O> for $name where
            S::Backend: PermissionStore<User = U>
        {
        }
    )+};
}

every_object!(HasPermission, ModelPermissions, ModelPermissionsWithView, ModelPermissionsOrAnonReadOnly);
