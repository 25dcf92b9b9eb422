//! `durin_client` and `durin_authtoken`.

use auth_store::Store;

use super::job::Import;
use super::read::{DurinClient, Token, client_named};
use super::report::{Outcome, Reason};
use super::source::Row;
use super::tokens::{Kept, without_rules};
use crate::failure::Failure;

impl<S: Store> Import<'_, S> {
    pub(super) async fn durin_client(&mut self, row: &Row) -> Result<Outcome, Failure> {
        let Ok(id) = row.text(0) else { return Ok(Outcome::Unreadable("id")) };
        let there = match DurinClient::read(row) {
            Ok(there) => there,
            Err(column) => return Ok(Outcome::Unreadable(column)),
        };
        let client = client_named(there.name, |name| self.clients.is_taken(name, there.name));
        self.clients.by_id.insert(id.to_owned(), client.name().to_owned());
        if self.store.find_client(client.name()).await?.is_some() {
            return Ok(Outcome::Skipped(Reason::AlreadyThere));
        }
        if client.name() != there.name {
            self.report.renamed_client(there.name, client.name());
        }
        if there.rate.is_err() {
            self.report.without_rate(there.name);
        }
        let client = client
            .with_idle_lifetime(Some(there.lifetime))
            .with_absolute_lifetime(None)
            .with_access_lifetime(Some(there.lifetime))
            .with_rate(there.rate.unwrap_or_default());
        if !self.dry_run {
            self.store.put_client(&client).await?;
        }
        Ok(Outcome::Imported)
    }

    pub(super) async fn durin_token(&mut self, row: &Row) -> Result<Outcome, Failure> {
        let (token, client) = match Token::read_durin(row) {
            Ok(read) => read,
            Err(column) => return Ok(Outcome::Unreadable(column)),
        };
        let Some(client) = self.clients.by_id.get(client) else {
            return Ok(Outcome::Skipped(Reason::NoClient));
        };
        self.keep(&token, Kept::Renewable(without_rules(client))).await
    }
}
