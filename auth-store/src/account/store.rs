//! What the command line, the admin pages and applications do with accounts: [`AccountStore`].

use std::future::Future;
use std::time::Duration;

use auth_runtime::store::{
    Backend, ClientStore, Id, LoginStore, ManageStore, PasswordStore, PermissionStore, RemoteUserStore, ReplayStore,
    StoreResult, TokenStore,
};

use super::{Account, NameRefused, NewAccount};
use crate::GroupStore;

/// What stays when a password is changed. Nothing, unless said.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Keep<'a> {
    /// The login of the one who changes it.
    pub login: Option<&'a Id>,
    /// The account's personal tokens.
    pub personal_tokens: bool,
}

/// How long a sweep leaves what has expired, since last uses are noted a little late.
const GRACE: Duration = Duration::from_secs(60);

/// How much longer it leaves records of what was used. Those that are swept while the clock is ahead are missing when it is set
/// back, and what they are about could be used again.
const REPLAY_GRACE: Duration = Duration::from_secs(3_600);

/// Until when something must have expired to be swept at `now`: tokens and logins, and records of what was used.
pub(crate) fn swept_until(now: Duration) -> (Duration, Duration) {
    let until = now.saturating_sub(GRACE);
    (until, until.saturating_sub(REPLAY_GRACE))
}

/// What a sweep deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Swept {
    /// Logins past their end, with their tokens.
    pub logins: u64,
    /// Tokens past their end.
    pub tokens: u64,
    /// Records of nonces and codes that have expired by themselves meanwhile.
    pub replays: u64,
}

/// Accounts, for programs that administer them.
///
/// Methods that change an account send no event: use [`Accounts`](crate::Accounts), which does.
///
/// A name finds the account that has exactly this name, or else the one that has its
/// [normalized form](auth_runtime::Username::as_str). What cannot be a name finds no account.
pub trait AccountStore: Backend<User = Account> {
    /// Makes an account, unless its name is not valid, is taken, or [looks like](NameRefused::LooksLike) the name of another
    /// account. Of several calls at the same time for new accounts whose names look alike, one
    /// makes an account.
    fn create_account(
        &self,
        account: &NewAccount,
    ) -> impl Future<Output = StoreResult<Result<Account, NameRefused>>> + Send;

    /// The account with this name.
    fn account(&self, username: &str) -> impl Future<Output = StoreResult<Option<Account>>> + Send;

    /// The account with this primary key.
    fn account_by_id(&self, id: i64) -> impl Future<Output = StoreResult<Option<Account>>> + Send;

    /// At most `limit` other accounts whose names look like this one: they have the same
    /// [skeleton](auth_runtime::Username::skeleton). In the order of their names by code points.
    fn look_alikes(&self, username: &str, limit: u32) -> impl Future<Output = StoreResult<Vec<Account>>> + Send;

    /// At most `limit` accounts whose name contains `search`, in the order of their names by code points, from the one after
    /// `after` on. Case, compatibility forms, invisible characters and the number of spaces make no difference, in any
    /// script: their [skeletons](auth_runtime::Username::skeleton_of) are compared.
    fn accounts(&self, search: &str, after: &str, limit: u32)
    -> impl Future<Output = StoreResult<Vec<Account>>> + Send;

    /// Lets an account be used, or no longer: then its logins and tokens end. Whether there is one.
    fn set_active(&self, username: &str, is_active: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Makes an account staff, or no longer. Whether there is one.
    fn set_staff(&self, username: &str, is_staff: bool) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Changes a password, or takes it away, and ends what hangs on the account but for what is kept, at once and together.
    /// Whether there is such an account.
    fn set_password_hash(
        &self,
        username: &str,
        hash: Option<&str>,
        keep: Keep<'_>,
    ) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes an account with its tokens, logins and grants. Whether there was one.
    fn delete_account(&self, username: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes what has expired before `now`, since the Unix epoch, a few thousand rows at a time, so that nobody waits: tokens and
    /// logins a minute after their end, and records of what was used an hour later still, so that none is missing when a clock
    /// was ahead by less than that and is set back.
    fn sweep(&self, now: Duration) -> impl Future<Output = StoreResult<Swept>> + Send;
}

/// Everything that a store of this crate does.
pub trait Store:
    AccountStore
    + ClientStore
    + GroupStore
    + LoginStore
    + ManageStore
    + PasswordStore
    + PermissionStore
    + RemoteUserStore
    + ReplayStore
    + TokenStore
{
}

impl<S> Store for S where
    S: AccountStore
        + ClientStore
        + GroupStore
        + LoginStore
        + ManageStore
        + PasswordStore
        + PermissionStore
        + RemoteUserStore
        + ReplayStore
        + TokenStore
{
}
