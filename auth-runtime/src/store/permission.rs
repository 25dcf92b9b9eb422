//! Permissions that accounts were granted: what the model permissions need from a store.

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
    /// Returns whether `user` was granted every one of `codenames`, such as `blog.change_note`, directly or through a group, in
    /// one lookup.
    ///
    /// Without an `object`, only grants for all objects count. With one, only grants for this object count: neither implies the
    /// other. The empty text is never the key of an object. A deleted or disabled account holds nothing, even if it was read as
    /// active before.
    fn has_permissions(
        &self,
        user: &Self::User,
        codenames: &[&str],
        object: Option<&str>,
    ) -> impl Future<Output = StoreResult<bool>> + Send;
}
