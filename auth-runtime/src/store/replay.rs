//! [`ReplayStore`]: what may be used only once.

use std::future::Future;
use std::time::Duration;

use super::StoreResult;
use crate::secret::Digest;

/// Records of what was used: nonces of signed requests, one-time codes.
///
/// The record is made before anything is accepted, in one atomic step, so that of many uses at once one is the first.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no records of what was used",
    note = "implement `auth_runtime::store::ReplayStore` for it: one method, which may ask an `auth_signatures::keys::MemoryKeys` or \
            `KeyFile` that the backend has as a field"
)]
pub trait ReplayStore: Send + Sync + 'static {
    /// Records the use of `key` within `scope` until `expires`, since the Unix epoch. Whether it is the first one.
    fn first_use(
        &self,
        scope: &str,
        key: &Digest,
        now: Duration,
        expires: Duration,
    ) -> impl Future<Output = StoreResult<bool>> + Send;
}
