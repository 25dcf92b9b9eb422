//! Groups and what is granted to them and to accounts: [`GroupStore`].

use std::future::Future;

use super::backend::{Backend, StoreResult};

/// A group of accounts. Its members hold the permissions that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Its name. Unique, case-sensitive.
    pub name: String,
    /// How many accounts are in it.
    pub members: u64,
}

impl Group {
    /// Creates the record of a group.
    pub fn new(name: impl Into<String>, members: u64) -> Self {
        Self { name: name.into(), members }
    }
}

/// Who is granted a permission, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Holder<'a> {
    /// The account with this name.
    Username(&'a str),
    /// The group with this name: all accounts in it.
    Group(&'a str),
}

/// A permission that is granted: for all objects, or for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Grant<'a> {
    /// The permission, such as `blog.change_note`.
    pub codename: &'a str,
    /// The [key](crate::permission::Object::key) of the only object that the grant is for. `None` means all objects.
    pub object: Option<&'a str>,
}

impl<'a> Grant<'a> {
    /// Grants the permission for all objects.
    pub fn of(codename: &'a str) -> Self {
        Self { codename, object: None }
    }

    /// Limits the grant to the object with this key.
    #[must_use]
    pub fn for_object(self, key: &'a str) -> Self {
        Self { object: Some(key), ..self }
    }
}

/// A permission that an account or a group holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Held {
    /// The permission.
    pub codename: String,
    /// The key of the only object that it is for. `None` means all objects.
    pub object: Option<String>,
    /// The group through which an account holds it. `None` means that it was granted directly.
    pub group: Option<String>,
}

impl Held {
    /// Creates the record of a permission for all objects, which was granted directly.
    pub fn new(codename: impl Into<String>) -> Self {
        Self { codename: codename.into(), object: None, group: None }
    }
}

/// The result of changing groups or grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum ChangeOutcome {
    /// The change was made.
    Made,
    /// Nothing changed: it was so before.
    Unchanged,
    /// The account does not exist.
    NoAccount,
    /// The group does not exist.
    NoGroup,
}

/// Groups and grants, for programs that administer them. A change takes effect with the next request.
///
/// ```
/// use auth_runtime::store::{Grant, GroupStore, Holder, StoreResult};
///
/// async fn make_editor<B: GroupStore>(store: &B, username: &str) -> StoreResult<()> {
///     store.create_group("editors").await?;
///     store.grant(Holder::Group("editors"), Grant::of("blog.change_note")).await?;
///     store.add_member("editors", username).await?;
///     Ok(())
/// }
/// ```
pub trait GroupStore: Backend {
    /// Creates a group without members. Returns whether the name was free. An empty name, or one that contains a NUL character,
    /// is an error.
    fn create_group(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a group and its grants. Returns whether it existed.
    fn delete_group(&self, name: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Returns all groups, ordered by name, by code points.
    fn groups(&self) -> impl Future<Output = StoreResult<Vec<Group>>> + Send;

    /// Returns the names of the accounts in a group, ordered by code points. `None` means that the group does not exist.
    fn members(&self, group: &str) -> impl Future<Output = StoreResult<Option<Vec<String>>>> + Send;

    /// Adds an account to a group.
    fn add_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Removes an account from a group.
    fn remove_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Grants a permission. An invalid codename is an error, and so is a key that is empty or contains a NUL character.
    fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Revokes a direct grant. Permissions that an account holds through a group stay.
    fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Returns all permissions that an account or a group holds, ordered by codename, object and group. `None` means that the
    /// holder does not exist.
    fn held(&self, holder: Holder<'_>) -> impl Future<Output = StoreResult<Option<Vec<Held>>>> + Send;
}
