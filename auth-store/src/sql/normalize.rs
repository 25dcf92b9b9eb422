//! The migration that normalizes the names of accounts.

use auth_runtime::Username;
use sqlx::{Row as _, query};

use super::super::dialect::{Connection, OTHER_NAMES, Row};

/// For the migration that adds the column `skeleton`: fills it, for the names whose skeleton is not their lower case, and
/// normalizes those names. One whose normalized form is another account's stays as it is, and is found under exactly this
/// name.
pub(in super::super) async fn normalize_names(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let mut after = i64::MIN;
    loop {
        // A few hundred at a time.
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
