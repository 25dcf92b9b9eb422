//! Groups and grants, which the inner store keeps.

use auth_runtime::store::{PermissionStore, StoreResult};

use super::RedisStore;
use crate::{Account, Store};
use auth_runtime::store::{ChangeOutcome, Grant, Group, GroupStore, Held, Holder};

impl<B: Store> PermissionStore for RedisStore<B> {
    async fn has_permissions(&self, user: &Account, codenames: &[&str], object: Option<&str>) -> StoreResult<bool> {
        self.accounts.has_permissions(user, codenames, object).await
    }
}

impl<B: Store> GroupStore for RedisStore<B> {
    async fn create_group(&self, name: &str) -> StoreResult<bool> {
        self.accounts.create_group(name).await
    }

    async fn delete_group(&self, name: &str) -> StoreResult<bool> {
        self.accounts.delete_group(name).await
    }

    async fn groups(&self) -> StoreResult<Vec<Group>> {
        self.accounts.groups().await
    }

    async fn members(&self, group: &str) -> StoreResult<Option<Vec<String>>> {
        self.accounts.members(group).await
    }

    async fn add_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        self.accounts.add_member(group, username).await
    }

    async fn remove_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        self.accounts.remove_member(group, username).await
    }

    async fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        self.accounts.grant(holder, grant).await
    }

    async fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        self.accounts.revoke(holder, grant).await
    }

    async fn held(&self, holder: Holder<'_>) -> StoreResult<Option<Vec<Held>>> {
        self.accounts.held(holder).await
    }
}
