//! Names: which account one means, and that no new one looks like another.

use std::borrow::Cow;

use auth_runtime::Username;
use auth_runtime::store::StoreResult;
use sqlx::{Row as _, query};

use super::super::{Connection, OTHER_NAMES, Row, Store};
use super::{account, get};
use crate::account::KeptName;
use crate::{Account, NameRefused, NewAccount};

impl Store {
    /// The name in the table that `name` means: itself as it was typed, if an account is called so, or else its normalized
    /// form. A name that was typed in its normalized form costs no query.
    pub(super) async fn kept_name<'n>(&self, name: &'n Username<'_>) -> StoreResult<&'n str> {
        if name.is_normalized() {
            return Ok(name.as_str());
        }
        let find = "SELECT 1 FROM auth_account WHERE username = $1";
        let row = self.find(|| query(find).bind(name.typed())).await?;
        Ok(if row.is_some() { name.typed() } else { name.as_str() })
    }

    /// The same of a text; `None` when no account can be called so.
    pub(super) async fn kept_name_of<'n>(&self, typed: &'n str) -> StoreResult<Option<Cow<'n, str>>> {
        let Ok(name) = Username::parse(typed) else { return Ok(None) };
        let is_typed = self.kept_name(&name).await? == typed;
        Ok(Some(if is_typed { Cow::Borrowed(typed) } else { name.into() }))
    }

    pub(super) async fn account_named(&self, name: &Username<'_>) -> StoreResult<Option<Account>> {
        let name = self.kept_name(name).await?;
        let find = "SELECT id, username, is_active, is_staff, epoch FROM auth_account WHERE username = $1";
        let row = self.find(|| query(find).bind(name)).await?;
        row.as_ref().map(account).transpose()
    }

    /// Inserts an account, unless another one is in the way. Of two such statements at the same time, one waits for the other
    /// at the unique index of names or at that of the skeletons of new accounts.
    pub(super) async fn insert_account(&self, new: &NewAccount, name: &KeptName) -> StoreResult<Option<Account>> {
        let insert = "INSERT INTO auth_account \
                 (username, skeleton, may_look_alike, password_hash, is_active, is_staff) \
             SELECT $1, $2, $3, $4, $5, $6 \
             WHERE $3 OR NOT EXISTS (SELECT 1 FROM auth_account WHERE skeleton = $2) \
             ON CONFLICT DO NOTHING RETURNING id, username, is_active, is_staff, epoch";
        let insert = query(insert).bind(&name.username).bind(&name.skeleton).bind(new.is_imported);
        let insert = insert.bind(&new.password_hash).bind(new.is_active).bind(new.is_staff);
        self.written(insert).await?.as_ref().map(account).transpose()
    }

    /// Why a name was refused, if that is still so.
    pub(super) async fn in_the_way(&self, name: &KeptName) -> StoreResult<Option<NameRefused>> {
        let find = "SELECT username FROM auth_account WHERE username = $1 OR skeleton = $2 \
             ORDER BY CASE WHEN username = $1 THEN 0 ELSE 1 END, username LIMIT 1";
        let row = self.find(|| query(find).bind(&name.username).bind(&name.skeleton)).await?;
        let Some(row) = row else { return Ok(None) };
        let other: String = get(&row, 0)?;
        Ok(Some(if other == name.username { NameRefused::Taken } else { NameRefused::LooksLike(other) }))
    }
}

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
