//! Validation of groups and grants.

use auth_runtime::permission::is_codename;
use auth_runtime::store::{Grant, StoreError, StoreResult};

use crate::account::has_nul;

/// Returns an error if the grant is not valid.
pub(crate) fn check_grant(grant: Grant<'_>) -> StoreResult<()> {
    if !is_codename(grant.codename) {
        return Err(StoreError::new("a permission has a name such as `blog.change_note`"));
    }
    match grant.object {
        Some(key) if is_invalid_object_key(key) => {
            Err(StoreError::new("an object's key is not empty and has no NUL in it"))
        }
        _ => Ok(()),
    }
}

/// Returns whether the key is not valid for an object.
pub(crate) fn is_invalid_object_key(key: &str) -> bool {
    key.is_empty() || has_nul(key)
}

/// Returns an error if the group name is not valid.
pub(crate) fn check_group(name: &str) -> StoreResult<()> {
    if name.is_empty() || has_nul(name) {
        return Err(StoreError::new("a group's name is not empty and has no NUL character in it"));
    }
    Ok(())
}

/// Returns the requested codenames without duplicates. `None` means that no account can hold all of them.
pub(crate) fn asked<'a>(codenames: &[&'a str], object: Option<&str>) -> Option<Vec<&'a str>> {
    let mut asked = codenames.to_vec();
    asked.sort_unstable();
    asked.dedup();
    let possible = !object.is_some_and(is_invalid_object_key) && asked.iter().all(|codename| is_codename(codename));
    possible.then_some(asked)
}
