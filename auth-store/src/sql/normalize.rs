//! The migration that normalizes account names.

use auth_runtime::Username;
use sqlx::{Row as _, query};

use super::super::dialect::{Connection, OTHER_NAMES, Row};

/// Fills the new column `skeleton` for names whose skeleton is not their lower case, and normalizes these names. If the
/// normalized form is taken by another account, the name stays as it is, and the account is found only by exactly this name.
pub(in super::super) async fn normalize_names(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let mut after = i64::MIN;
    loop {
        // In batches of a few hundred.
        let rows: Vec<Row> = query(OTHER_NAMES).bind(after).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get(0)?;
        for row in &rows {
            let (id, name): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
            query("UPDATE auth_account SET skeleton = $1 WHERE id = $2")
                .bind(Username::skeleton_of(name))
                .bind(id)
                .execute(&mut *connection)
                .await?;
            if let Ok(name) = Username::parse(name)
                && !name.is_normalized()
            {
                query(
                    "UPDATE auth_account SET username = $1 \
                     WHERE id = $2 AND NOT EXISTS (SELECT 1 FROM auth_account WHERE username = $1)",
                )
                .bind(name.as_str())
                .bind(id)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
}
