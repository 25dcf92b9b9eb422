//! Permissions that accounts were granted: what the model permissions ask of a store.

use std::future::Future;

use super::backend::{Backend, StoreResult};

/// Accounts that were granted permissions, for all objects or for single ones: for
/// [`HasPermission`](crate::permission::HasPermission), [`ModelPermissions`](crate::permission::ModelPermissions) and
/// [`ObjectPermissions`](crate::permission::ObjectPermissions).
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no permissions",
    note = "implement `auth_runtime::store::PermissionStore` for it"
)]
pub trait PermissionStore: Backend {
    /// Whether `user` was granted every one of `codenames`, such as `blog.change_note`, itself or through a group, in one
    /// look-up.
    ///
    /// Without an `object` only what was granted for all objects counts, with one only what was granted for this one:
    /// neither implies the other. The empty text is the key of no object. An account that is gone or may not be used holds
    /// nothing, whatever was read of it before.
    fn has_permissions(
        &self,
        user: &Self::User,
        codenames: &[&str],
        object: Option<&str>,
    ) -> impl Future<Output = StoreResult<bool>> + Send;
}
