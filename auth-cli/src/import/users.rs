//! `auth_user`.

use auth_store::{Accounts, NewAccount, Store};

use super::Import;
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
        let there = if self.dry_run {
            self.store.account(user.username).await?.is_some()
        } else {
            let mut new = NewAccount::new(user.username).active(user.is_active).staff(user.is_staff);
            if let Password::Hash(hash) = &user.password {
                new = new.with_password_hash(hash.as_str());
            }
            Accounts::over(self.store, self.settings).create(&new).await?.is_none()
        };
        if there {
            return Ok(Outcome::Skipped(Reason::AlreadyThere));
        }
        match user.password {
            Password::Hash(_) => {}
            Password::Unusable => self.report.without_password(user.username, None),
            Password::Other(algorithm) => {
                let algorithm = algorithm.unwrap_or_else(|| "an unknown hash".to_owned());
                self.report.without_password(user.username, Some(algorithm));
            }
        }
        Ok(Outcome::Imported)
    }
}
