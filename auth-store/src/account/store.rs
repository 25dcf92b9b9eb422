//! [`Store`]: everything that a store of this crate implements.

use std::time::Duration;

use auth_runtime::store::{
    AccountStore, Backend, ClientStore, CredentialStore, GroupStore, LoginStore, PasswordStore, PermissionStore,
    RemoteUserStore, ReplayStore, SweepStore, TokenStore,
};

use super::Account;

/// How long a sweep keeps expired rows, since last uses are written with a short delay.
const GRACE: Duration = Duration::from_secs(60);

/// How much longer a sweep keeps replay records. If they were swept while the clock was ahead, they would be missing once the
/// clock is set back, and a nonce or code could be used again.
const REPLAY_GRACE: Duration = Duration::from_secs(3_600);

/// Returns the times before which something must have expired to be swept at `now`: for tokens and logins, and for replay
/// records.
pub(crate) fn swept_until(now: Duration) -> (Duration, Duration) {
    let until = now.saturating_sub(GRACE);
    (until, until.saturating_sub(REPLAY_GRACE))
}

/// Every store trait that the stores of this crate implement.
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
