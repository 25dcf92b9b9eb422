//! All that a store of this crate does: [`Store`].

use std::time::Duration;

use auth_runtime::store::{
    AccountStore, Backend, ClientStore, CredentialStore, GroupStore, LoginStore, PasswordStore, PermissionStore,
    RemoteUserStore, ReplayStore, SweepStore, TokenStore,
};

use super::Account;

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

/// Everything that a store of this crate does.
pub trait Store:
    AccountStore
    + Backend<User = Account>
    + ClientStore
    + GroupStore
    + LoginStore
    + CredentialStore
    + PasswordStore
    + PermissionStore
    + RemoteUserStore
    + ReplayStore
    + SweepStore
    + TokenStore
{
}

impl<S> Store for S where
    S: AccountStore
        + Backend<User = Account>
        + ClientStore
        + GroupStore
        + LoginStore
        + CredentialStore
        + PasswordStore
        + PermissionStore
        + RemoteUserStore
        + ReplayStore
        + SweepStore
        + TokenStore
{
}
