//! `auth import`: imports the users and tokens of a Django application.

mod accounts;
mod clients;
mod durin;
mod job;
mod names;
mod read;
mod report;
mod source;
mod table;
mod tokens;
mod users;

use std::collections::HashSet;

use auth_runtime::Settings;
use auth_store::Store;
use futures_util::StreamExt as _;

use self::clients::Clients;
use self::job::Import;
use self::names::Names;
use self::report::{Outcome, Report};
use self::source::{Row, Source};
use self::table::Table;
use crate::address::Address;
use crate::failure::Failure;
use crate::options::{Import as Options, Part};
use crate::output::Answer;
use crate::progress;

pub(crate) async fn run<S: Store>(store: &S, options: &Options, settings: &Settings) -> Result<Answer, Failure> {
    let address = Address::parse(&options.address, "the address to import from")?;
    let mut source = Source::open(&address).await?;
    let wants = |part: Part| options.only.is_empty() || options.only.contains(&part);
    let mut import = Import {
        store,
        settings,
        now: settings.clock().now(),
        dry_run: options.dry_run,
        with_users: wants(Part::Users),
        unreadable_users: HashSet::new(),
        clients: Clients::default(),
        names: Names::default(),
        report: Report::default(),
    };
    let mut there = Vec::new();
    for table in Table::ALL {
        if source.has(table).await? {
            there.push(table);
        }
    }
    if there.is_empty() {
        let names = Table::ALL.map(Table::name).join(", ");
        return Err(Failure::Usage(format!(
            "{address} holds none of the tables {names}; is that the database of the Django application?"
        )));
    }
    if there.contains(&Table::Users) {
        import.names.learn(&mut source).await?;
    }
    for table in Table::ALL.into_iter().filter(|table| wants(table.part())) {
        let missing = table.needs().iter().copied().find(|needed| !there.contains(needed));
        let found = there.contains(&table);
        import.report.begin(table, found, missing.filter(|_| found));
        if found && missing.is_none() {
            import.copy(&mut source, table).await?;
        }
    }
    Ok(import.report.answer(&address, options.dry_run))
}

impl<S: Store> Import<'_, S> {
    async fn copy(&mut self, source: &mut Source, table: Table) -> Result<(), Failure> {
        let bar = progress::rows(table.name(), source.count(table).await?);
        if table == Table::DurinClients {
            self.clients.reserve(source).await?;
        }
        let mut rows = source.rows(table);
        while let Some(row) = rows.next().await {
            let row = row?;
            let outcome = self.take(table, &row).await?;
            self.report.count(row.text(0).ok(), outcome);
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn take(&mut self, table: Table, row: &Row) -> Result<Outcome, Failure> {
        match table {
            Table::Users => self.user(row).await,
            Table::Tokens => self.token(row).await,
            Table::Knox => self.knox(row).await,
            Table::DurinClients => self.durin_client(row).await,
            Table::DurinTokens => self.durin_token(row).await,
        }
    }
}
