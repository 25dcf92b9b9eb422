//! [`ReplayStore`]: what may be used only once.

use std::future::Future;
use std::time::Duration;

use super::backend::StoreResult;
use crate::value::secret::Digest;

/// Records of what was used: nonces of signed requests, one-time codes.
///
/// The record is made before anything is accepted, in one atomic step, so that of many uses at once one is the first. Schemes
/// ask [`AuthContext::record_use`](crate::AuthContext::record_use), which also knows what records in memory cannot: whether
/// something was used before the process started.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no records of what was used",
    note = "implement `auth_runtime::store::ReplayStore` for it: one method, which may ask an `auth_keys::MemoryKeys` or \
            `KeyFile` that the backend has as a field"
)]
pub trait ReplayStore: Send + Sync + 'static {
    /// Records the use of `key` within `scope` until `expires`, since the Unix epoch. Whether it is the first one.
    ///
    /// A record stays until the time it was to be kept has really passed: a clock that goes forward and back again must not
    /// lose it.
    fn first_use(
        &self,
        scope: &str,
        key: &Digest,
        now: Duration,
        expires: Duration,
    ) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Whether the records are still there after a restart of this process, as those in a database are. They are not, unless a
    /// store says so: then what was made before the start is refused, since it may have been used.
    fn survives_restarts(&self) -> bool {
        false
    }
}

/// What [`AuthContext::record_use`](crate::AuthContext::record_use) finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Use {
    /// It is the first use, and now recorded.
    First,
    /// It was used before.
    Repeated,
    /// It was made before the records began, so that nobody knows whether it was used. The caller makes another.
    BeforeRecords,
}
