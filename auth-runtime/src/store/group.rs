//! Groups and what is granted to them and to accounts: [`GroupStore`].

use std::future::Future;

use super::backend::{Backend, StoreResult};

/// A group of accounts, which hold what it holds.
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
    /// The [key](crate::permission::Object::key) of the only object that it is for; `None` for all.
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

impl Held {
    /// Creates the record of a permission for all objects, which was granted directly.
    pub fn new(codename: impl Into<String>) -> Self {
        Self { codename: codename.into(), object: None, group: None }
    }
}

/// What became of a change of groups or grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum ChangeOutcome {
    /// It was made.
    Made,
    /// It was so before.
    Unchanged,
    /// There is no such account.
    NoAccount,
    /// There is no such group.
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
    fn add_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Takes an account out of a group.
    fn remove_member(&self, group: &str, username: &str) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Grants a permission. A codename that is none, or a key that is empty or has a NUL character in it, is an error.
    fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// Takes back what was granted to the holder itself. What an account has from a group stays.
    fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> impl Future<Output = StoreResult<ChangeOutcome>> + Send;

    /// All that an account or a group holds, by codename, object and group. `None` when there is no such holder.
    fn held(&self, holder: Holder<'_>) -> impl Future<Output = StoreResult<Option<Vec<Held>>>> + Send;
}
