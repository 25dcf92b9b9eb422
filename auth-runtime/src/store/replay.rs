//! [`ReplayStore`]: what may be used only once.

use std::future::Future;
use std::time::Duration;

use super::backend::StoreResult;
use crate::value::secret::Digest;

/// Records of what was used: nonces of signed requests, one-time codes.
///
/// The record is made before anything is accepted, in one atomic step, so that only one of many concurrent uses is the first.
/// Schemes call [`AuthContext::record_use`](crate::AuthContext::record_use), which also covers what records in memory cannot
/// know: whether something was used before the process started.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no records of what was used",
    note = "implement `auth_runtime::store::ReplayStore` for it: one method, which may ask an `auth_keys::MemoryKeys` or \
            `KeyFile` that the backend has as a field"
)]
pub trait ReplayStore: Send + Sync + 'static {
    /// Records the use of `key` within `scope` until `expires`, since the Unix epoch. Returns whether it is the first use.
    ///
    /// Keep a record until that much time has really passed: a clock that goes forward and back again must not lose it.
    fn first_use(
        &self,
        scope: &str,
        key: &Digest,
        now: Duration,
        expires: Duration,
    ) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Returns whether the records survive a restart of this process, as those in a database do. `false` by default: then
    /// anything made before the start is refused, since it may have been used.
    fn survives_restarts(&self) -> bool {
        false
    }
}

/// The result of [`AuthContext::record_use`](crate::AuthContext::record_use).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Use {
    /// This is the first use. It is now recorded.
    First,
    /// It was used before.
    Repeated,
    /// It was made before the records began, so it may have been used already. The caller must make another one.
    BeforeRecords,
}
