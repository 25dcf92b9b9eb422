//! Permissions that are granted for single objects.

use std::borrow::Cow;

use super::anonymous::Anonymous;
use super::codename::{Action, is_model};
use super::contract::{ObjectPermission, Permission};
use super::methods::reads_only;
use super::model::{action, caller, declare_model, has_model_permission, may};
use crate::context::state::AuthState;
use crate::identity::{Access, User};
use crate::refusal::AuthError;
use crate::store::PermissionStore;

/// An object that permissions can be granted for.
///
/// ```
/// # use auth_runtime::permission::Object;
/// # use std::borrow::Cow;
/// struct Note { id: u64 }
///
/// impl Object for Note {
///     fn key(&self) -> Cow<'_, str> {
///         self.id.to_string().into()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no permission can be granted for a `{Self}`: it has no key",
    label = "not an object of permissions",
    note = "implement `auth_runtime::permission::Object` for `{Self}`"
)]
pub trait Object {
    /// Returns the object's name in grants: unique among the objects of its model and never reused, such as the primary key.
    /// Not empty.
    fn key(&self) -> Cow<'_, str>;
}

/// [`ModelPermissions`](super::ModelPermissions) that also require the same permission for each object, in the manner of Django
/// REST framework's `DjangoObjectPermissions`.
///
/// The handler checks an object with [`Access::check_object`]. A grant for all objects does not imply one for a single object,
/// nor the reverse: a caller needs both.
///
/// Reading needs no permission, so a denial is a 403. [`ObjectPermissionsWithView`] hides what a caller may not read.
///
/// ```
/// # use auth_runtime::{authenticate, AuthError, AuthState, Identity, Rejection, http::request::Parts, scheme::Token};
/// # use auth_runtime::{permission::{Object, ObjectPermissions}, store::{Backend, PermissionStore, TokenStore}, User};
/// # use axum::extract::State;
/// # struct Note;
/// # impl Object for Note { fn key(&self) -> std::borrow::Cow<'_, str> { "1".into() } }
/// # struct Database;
/// # #[derive(Clone)] struct Account;
/// # impl User for Account { fn id(&self) -> std::borrow::Cow<'_, str> { "1".into() } }
/// # impl Backend for Database { type User = Account; }
/// # impl PermissionStore for Database {
/// #     async fn has_permissions(&self, _: &Account, _: &[&str], _: Option<&str>) -> auth_runtime::store::StoreResult<bool> { Ok(true) }
/// # }
/// # impl TokenStore for Database {
/// #     async fn find_token(&self, _: &auth_runtime::PresentedToken) -> auth_runtime::store::StoreResult<Option<auth_runtime::store::TokenRecord<Account>>> { Ok(None) }
/// #     async fn insert_token(&self, _: &Account, _: auth_runtime::store::NewToken) -> auth_runtime::store::StoreResult<auth_runtime::store::InsertOutcome<auth_runtime::store::AccessToken>> { Ok(auth_runtime::store::InsertOutcome::AccountChanged) }
/// # }
/// # #[derive(Clone)] struct App { context: auth_runtime::AuthContext<Database> }
/// # impl AuthState for App { type Backend = Database; type DefaultPolicy = auth_runtime::NoDefaultPolicy; fn auth_context(&self) -> &auth_runtime::AuthContext<Database> { &self.context } }
/// # async fn find() -> Note { Note }
/// const NOTES: ObjectPermissions = ObjectPermissions { model: "blog.note" }.declare();
///
/// #[authenticate(Token)]
/// #[permit(ObjectPermissions(model = "blog.note"))]
/// async fn change(#[user] who: Identity<Account>, State(app): State<App>, request: Parts) -> Result<(), Rejection> {
///     let note = find().await;
///     who.access(&request, &app).check_object(&NOTES, &note).await
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct ObjectPermissions {
    /// The model: `app.model`, see [`is_model`](super::is_model).
    pub model: &'static str,
}

/// [`ObjectPermissions`] that require `blog.view_note` for reading.
///
/// A caller who may not even read the object gets a 404, which hides that the object exists. A caller who may read it gets a
/// 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct ObjectPermissionsWithView {
    /// The model: `app.model`, see [`is_model`](super::is_model).
    pub model: &'static str,
}

declare_model!(ObjectPermissions, ObjectPermissionsWithView);

async fn has_object_permission<S: AuthState, U: User>(
    access: &Access<'_, S, U>,
    model: &str,
    reading: Option<Action>,
    object: &(impl Object + Sync + ?Sized),
) -> Result<(), AuthError>
where
    S::Backend: PermissionStore<User = U>,
{
    let user = caller(access).ok_or_else(AuthError::permission_denied)?;
    let Some(wanted) = action(&access.request.method, reading)? else { return Ok(()) };
    let key = object.key();
    if may(access, user, model, wanted, Some(&key)).await? {
        return Ok(());
    }
    let may_read = match reading {
        _ if reads_only(&access.request.method) => false,
        None => true,
        Some(reading) => may(access, user, model, reading, Some(&key)).await?,
    };
    Err(if may_read { AuthError::permission_denied() } else { AuthError::not_found() })
}

/// Checks the model for a request, and the object for an object.
macro_rules! permission {
    ($name:ident, $reading:expr) => {
        impl<S: AuthState, U: User> Permission<S, U> for $name
        where
            S::Backend: PermissionStore<User = U>,
        {
            const ANONYMOUS: Anonymous = Anonymous::DENIED;

            async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
                has_model_permission(access, self.model, $reading).await
            }
        }

        impl<S: AuthState, U: User, O: Object + Sync + ?Sized> ObjectPermission<S, U, O> for $name
        where
            S::Backend: PermissionStore<User = U>,
        {
            async fn has_object_permission(&self, access: &Access<'_, S, U>, object: &O) -> Result<(), AuthError> {
                has_object_permission(access, self.model, $reading, object).await
            }
        }
    };
}

permission!(ObjectPermissions, None);
permission!(ObjectPermissionsWithView, Some(Action::View));
