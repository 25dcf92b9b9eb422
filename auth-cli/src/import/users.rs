//! `auth_user`.

use auth_runtime::Accounts;
use auth_runtime::store::{NameRejection, NewAccount};
use auth_store::Store;

use super::job::Import;
use super::read::{Password, User};
use super::report::{Outcome, Reason};
use super::source::Row;
use crate::failure::Failure;

impl<S: Store> Import<'_, S> {
    pub(super) async fn user(&mut self, row: &Row) -> Result<Outcome, Failure> {
        let user = match User::read(row) {
            Ok(user) => user,
            Err(column) => {
                if let Ok(name) = row.text(1) {
                    self.unreadable_users.insert(name.to_owned());
                }
                return Ok(Outcome::Unreadable(column));
            }
        };
        let name = self.names.here(user.username).to_owned();
        if self.dry_run {
            if self.account(&name).await?.is_some() {
                return Ok(Outcome::Skipped(Reason::AlreadyThere));
            }
        } else {
            let mut new = NewAccount::imported(name.as_str()).active(user.is_active).staff(user.is_staff);
            if let Password::Hash(hash) = &user.password {
                new = new.with_password_hash(hash.as_str());
            }
            match Accounts::over(self.store, self.settings).create(&new).await? {
                Ok(_) => {}
                Err(NameRejection::Invalid(_)) => return Ok(Outcome::Unreadable("username")),
                Err(_) => return Ok(Outcome::Skipped(Reason::AlreadyThere)),
            }
        }
        let alike = self.look_alikes(&name).await?;
        if !alike.is_empty() {
            self.report.look_alike(&name, alike);
        }
        if name != user.username {
            self.report.renamed_user(user.username, &name);
        }
        match user.password {
            Password::Hash(_) => {}
            Password::Unusable => self.report.without_password(&name, None),
            Password::Other(algorithm) => {
                let algorithm = algorithm.unwrap_or_else(|| "an unknown hash".to_owned());
                self.report.without_password(&name, Some(algorithm));
            }
        }
        Ok(Outcome::Imported)
    }
}
