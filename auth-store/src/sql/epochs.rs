//! Epochs of accounts: logins and tokens are valid only in the account's current epoch.

use auth_runtime::store::StoreResult;
use sqlx::query;

use super::call::Transaction;
use super::row::number;
use auth_runtime::store::Keep;

/// Ends the logins and tokens of an account whose epoch has just become `epoch`. Those to keep move on from the previous epoch.
/// Returns how many logins ended.
pub(super) async fn end_those_before(
    transaction: &mut Transaction<'_>,
    account: i64,
    epoch: i64,
    keep: Keep<'_>,
) -> StoreResult<u64> {
    if let Some(login) = keep.login.map(number) {
        for moved in [
            "UPDATE auth_login SET epoch = $1 WHERE account_id = $2 AND id = $3 AND epoch = $1 - 1",
            "UPDATE auth_token SET epoch = $1 WHERE account_id = $2 AND login_id = $3 AND epoch = $1 - 1",
        ] {
            transaction.execute(query(moved).bind(epoch).bind(account).bind(login)).await?;
        }
    }
    if keep.personal_tokens {
        let moved = "UPDATE auth_token SET epoch = $1 WHERE account_id = $2 AND login_id IS NULL AND epoch = $1 - 1";
        transaction.execute(query(moved).bind(epoch).bind(account)).await?;
    }
    let logins = "DELETE FROM auth_login WHERE account_id = $1 AND epoch < $2";
    let ended = transaction.execute(query(logins).bind(account).bind(epoch)).await?;
    let tokens = "DELETE FROM auth_token WHERE account_id = $1 AND epoch < $2";
    transaction.execute(query(tokens).bind(account).bind(epoch)).await?;
    Ok(ended)
}
