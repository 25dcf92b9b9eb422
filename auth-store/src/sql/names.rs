//! Names: finding the account for a name, and rejecting new names that look like existing ones.

use std::borrow::Cow;

use auth_runtime::Username;
use auth_runtime::store::StoreResult;
use sqlx::query;

use super::super::Store;
use super::row::{account, get};
use crate::Account;
use crate::account::KeptName;
use auth_runtime::store::{NameRejection, NewAccount};

impl Store {
    /// Returns the stored name that `name` refers to: the name as it was typed, if an account has it, or else its normalized
    /// form. A name that was typed in normalized form costs no query.
    pub(super) async fn kept_name<'n>(&self, name: &'n Username<'_>) -> StoreResult<&'n str> {
        if name.is_normalized() {
            return Ok(name.as_str());
        }
        let find = "SELECT 1 FROM auth_account WHERE username = $1";
        let row = self.find(|| query(find).bind(name.typed())).await?;
        Ok(if row.is_some() { name.typed() } else { name.as_str() })
    }

    /// Does the same for a text. `None` means that no account can have this name.
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

    /// Inserts an account unless it conflicts with another one. If two such statements run at once, one waits for the other at
    /// the unique index of names or at that of the skeletons of new accounts.
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

    /// Returns why a name was rejected, if the conflict still exists.
    pub(super) async fn in_the_way(&self, name: &KeptName) -> StoreResult<Option<NameRejection>> {
        let find = "SELECT username FROM auth_account WHERE username = $1 OR skeleton = $2 \
             ORDER BY CASE WHEN username = $1 THEN 0 ELSE 1 END, username LIMIT 1";
        let row = self.find(|| query(find).bind(&name.username).bind(&name.skeleton)).await?;
        let Some(row) = row else { return Ok(None) };
        let other: String = get(&row, 0)?;
        Ok(Some(if other == name.username { NameRejection::Taken } else { NameRejection::LooksLike(other) }))
    }
}
