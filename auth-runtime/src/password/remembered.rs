//! Credentials that were right before: [`find_remembered`].

use crate::context::state::AuthContext;
use crate::store::{PasswordRecord, PasswordStore, StoreResult};
use crate::value::username::Username;

/// Returns the account of credentials that were right before and still are. `None` does not mean that credentials are wrong.
///
/// # Errors
///
/// If the store does not answer.
pub(crate) async fn find_remembered<B: PasswordStore>(
    context: &AuthContext<B>,
    credentials: &[u8],
) -> StoreResult<Option<B::User>> {
    let known = context.passwords().remembered().and_then(|remembered| remembered.find(credentials));
    let Some(known) = known else { return Ok(None) };
    let backend = context.backend();
    let still_right = |record: &PasswordRecord<B::User>| {
        record.hash.as_deref() == Some(&*known.hash) && backend.may_log_in(&record.user)
    };
    let Ok(username) = Username::parse(&known.username) else { return Ok(None) };
    let record = backend.find_by_username(&username).await?;
    Ok(record.filter(still_right).map(|record| record.user))
}
