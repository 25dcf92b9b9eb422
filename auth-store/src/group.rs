//! Groups and what is granted to them and to accounts: [`GroupStore`].

use std::future::Future;

use auth_runtime::permission::is_codename;
use auth_runtime::store::{Backend, StoreError, StoreResult};

use crate::Account;
use crate::account::has_nul;

/// A group of accounts, which hold what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Its name. Unique, case-sensitive.
    pub name: String,
    /// How many accounts are in it.
    pub members: u64,
}

/// Who is granted a permission, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Holder<'a> {
    /// The account of this name.
    Username(&'a str),
    /// The group of this name: all accounts in it.
    Group(&'a str),
}

/// A permission that is granted: for all objects, or for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Grant<'a> {
    /// The permission, such as `blog.change_note`.
    pub codename: &'a str,
    /// The [key](auth_runtime::permission::Object::key) of the only object that it is for; `None` for all.
    pub object: Option<&'a str>,
}

impl<'a> Grant<'a> {
    /// For all objects.
    pub fn of(codename: &'a str) -> Self {
        Self { codename, object: None }
    }

    /// For the object of this key alone.
    #[must_use]
    pub fn for_object(self, key: &'a str) -> Self {
        Self { object: Some(key), ..self }
    }

    /// An error when there cannot be such a grant.
    pub(crate) fn check(self) -> StoreResult<()> {
        if !is_codename(self.codename) {
            return Err(StoreError::new("a permission has a name such as `blog.change_note`"));
        }
        match self.object {
            Some(key) if is_no_key(key) => Err(StoreError::new("an object's key is not empty and has no NUL in it")),
            _ => Ok(()),
        }
    }
}

/// A permission that an account or a group holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Held {
    /// The permission.
    pub codename: String,
    /// The key of the only object that it is for; `None` for all.
    pub object: Option<String>,
    /// The group that an account has it from; `None` for what it was granted itself.
    pub group: Option<String>,
}

/// What became of a change of groups or grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Change {
    /// It was made.
    Made,
    /// It was so before.
    Unchanged,
    /// There is no such account.
    NoAccount,
    /// There is no such group.
    NoGroup,
}

/// Groups and grants, for whoever administers them. What changes counts from the next request on.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> auth_runtime::store::StoreResult<()> {
/// use auth_runtime::store::PermissionStore;
/// use auth_store::{AccountStore, Grant, GroupStore, Holder, MemoryStore, NewAccount};
///
/// let store = MemoryStore::new();
/// let ada = store.create_account(&NewAccount::new("ada")).await?.unwrap();
/// store.create_group("editors").await?;
/// store.grant(Holder::Group("editors"), Grant::of("blog.change_note")).await?;
/// store.add_member("editors", "ada").await?;
/// assert!(store.has_permissions(&ada, &["blog.change_note"], None).await?);
/// # Ok(()) }
/// ```
pub trait GroupStore: Backend<User = Account> {
    /// Makes a group without members. Whether there was none of this name. An empty name, or one with a NUL character in it,
    /// is an error.
    fn create_group(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a group with what it was granted. Whether there was one.
    fn delete_group(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// All groups, in the order of their names by code points.
    fn groups(&self) -> impl Future<Output = StoreResult<Vec<Group>>> + Send;

    /// The names of the accounts in a group, in their order by code points. `None` when there is no such group.
    fn members(&self, group: &str) -> impl Future<Output = StoreResult<Option<Vec<String>>>> + Send;

    /// Puts an account into a group.
    fn add_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<Change>> + Send;

    /// Takes an account out of a group.
    fn remove_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<Change>> + Send;

    /// Grants a permission. A codename that is none, or a key that is empty or has a NUL character in it, is an error.
    fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<Change>> + Send;

    /// Takes back what was granted to the holder itself. What an account has from a group stays.
    fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<Change>> + Send;

    /// All that an account or a group holds, by codename, object and group. `None` when there is no such holder.
    fn held(&self, holder: Holder<'_>) -> impl Future<Output = StoreResult<Option<Vec<Held>>>> + Send;
}

/// Whether no object has such a key.
pub(crate) fn is_no_key(key: &str) -> bool {
    key.is_empty() || has_nul(key)
}

/// An error when there cannot be such a group.
pub(crate) fn check_group(name: &str) -> StoreResult<()> {
    if name.is_empty() || has_nul(name) {
        return Err(StoreError::new("a group's name is not empty and has no NUL character in it"));
    }
    Ok(())
}

/// What is asked for, each once; `None` when nobody can hold all of it.
pub(crate) fn asked<'a>(codenames: &[&'a str], object: Option<&str>) -> Option<Vec<&'a str>> {
    let mut asked = codenames.to_vec();
    asked.sort_unstable();
    asked.dedup();
    let possible = !object.is_some_and(is_no_key) && asked.iter().all(|codename| is_codename(codename));
    possible.then_some(asked)
}
