//! The report of an import.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use super::table::Table;
use crate::address::Address;
use crate::output::{Answer, Table as Lines, plain, visible};

/// The outcome for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Imported,
    Skipped(Reason),
    /// This column cannot be read.
    Unreadable(&'static str),
}

/// Why a row was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    AlreadyThere,
    Expired,
    NoUser,
    NoClient,
    ChangeOutcome,
    Unreadable,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::AlreadyThere => "already there",
            Self::Expired => "expired",
            Self::NoUser => "of nobody here",
            Self::NoClient => "of no client",
            Self::ChangeOutcome => "of a user who was changed meanwhile",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The outcome for a table.
#[derive(Debug, Serialize)]
struct Tally {
    table: Table,
    /// Whether the table exists.
    found: bool,
    /// The missing table that the rows of this one refer to.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Table>,
    read: u64,
    imported: u64,
    skipped: BTreeMap<Reason, u64>,
}

#[derive(Debug, Serialize)]
struct WithoutPassword {
    username: String,
    /// The algorithm of the hash. `None` means that there was no password.
    algorithm: Option<String>,
}

/// A row that cannot be read. It is identified by a key column, and never by a token.
#[derive(Debug, Serialize)]
struct UnreadableRow {
    table: Table,
    key: &'static str,
    value: Option<String>,
    column: &'static str,
}

#[derive(Debug, Serialize)]
struct Renamed {
    was: String,
    is: String,
}

/// A user whose name people cannot tell apart from others.
#[derive(Debug, Serialize)]
struct LookAlike {
    username: String,
    like: Vec<String>,
}

/// The outcome of an import.
#[derive(Debug, Default)]
pub(super) struct Report {
    tables: Vec<Tally>,
    without_password: Vec<WithoutPassword>,
    renamed_users: Vec<Renamed>,
    look_alikes: Vec<LookAlike>,
    renamed_clients: Vec<Renamed>,
    without_rate: Vec<String>,
    unreadable: Vec<UnreadableRow>,
}

const REMINDERS: [&str; 2] = [
    "Imported tokens have another form than new ones: set TokenFormat::default().with_foreign(true) in the application.",
    "For Django's passwords the application needs the feature `django` of auth-runtime.",
];

/// The maximum number of names in the text. The JSON document has all of them.
const NAMED: usize = 50;

impl Report {
    /// Starts a table whose rows follow, or that is missing.
    pub(super) fn begin(&mut self, table: Table, found: bool, needs: Option<Table>) {
        self.tables.push(Tally { table, found, needs, read: 0, imported: 0, skipped: BTreeMap::new() });
    }

    /// Counts a row of the current table, with the key `key`.
    pub(super) fn count(&mut self, key: Option<&str>, outcome: Outcome) {
        let Some(tally) = self.tables.last_mut() else { return };
        tally.read += 1;
        let reason = match outcome {
            Outcome::Imported => {
                tally.imported += 1;
                return;
            }
            Outcome::Skipped(reason) => reason,
            Outcome::Unreadable(column) => {
                let (table, value) = (tally.table, key.map(ToOwned::to_owned));
                self.unreadable.push(UnreadableRow { table, key: table.key(), value, column });
                Reason::Unreadable
            }
        };
        *tally.skipped.entry(reason).or_default() += 1;
    }

    pub(super) fn without_password(&mut self, username: &str, algorithm: Option<String>) {
        self.without_password.push(WithoutPassword { username: username.to_owned(), algorithm });
    }

    pub(super) fn renamed_user(&mut self, was: &str, is: &str) {
        self.renamed_users.push(Renamed { was: was.to_owned(), is: is.to_owned() });
    }

    pub(super) fn look_alike(&mut self, username: &str, like: Vec<String>) {
        self.look_alikes.push(LookAlike { username: username.to_owned(), like });
    }

    pub(super) fn renamed_client(&mut self, was: &str, is: &str) {
        self.renamed_clients.push(Renamed { was: was.to_owned(), is: is.to_owned() });
    }

    pub(super) fn without_rate(&mut self, client: &str) {
        self.without_rate.push(client.to_owned());
    }

    pub(super) fn answer(&self, from: &Address, dry_run: bool) -> Answer {
        let json = json!({
            "dry_run": dry_run,
            "tables": self.tables,
            "users_without_password": self.without_password,
            "renamed_users": self.renamed_users,
            "users_that_look_alike": self.look_alikes,
            "renamed_clients": self.renamed_clients,
            "clients_without_rate": self.without_rate,
            "unreadable": self.unreadable,
            "reminders": REMINDERS,
        });
        let begin = if dry_run { "Would be imported" } else { "Imported" };
        let mut text = format!(
            "{begin} from {from}:

"
        );
        text.push_str(&self.table());
        self.details(&mut text);
        text.push('\n');
        for reminder in REMINDERS {
            text.push_str(reminder);
            text.push('\n');
        }
        Answer::new(json, text)
    }

    fn table(&self) -> String {
        let mut lines = Lines::new(["table", "read", "imported", "skipped"]);
        for tally in &self.tables {
            let skipped = match tally.needs {
                _ if !tally.found => "there is no such table".to_owned(),
                Some(needed) => format!("all, for there is no table {}", needed.name()),
                None => {
                    let reasons = tally.skipped.iter().map(|(reason, count)| format!("{count} {}", reason.text()));
                    reasons.collect::<Vec<_>>().join(", ")
                }
            };
            lines.row([tally.table.name().to_owned(), tally.read.to_string(), tally.imported.to_string(), skipped]);
        }
        lines.lines()
    }

    fn details(&self, text: &mut String) {
        let passwords = self.without_password.iter().map(|user| {
            let why = user.algorithm.as_deref().map_or("had none", |algorithm| algorithm);
            format!("{} ({why})", plain(&user.username))
        });
        list(text, "Users without a password here, until they are given one", passwords);
        let users = self.renamed_users.iter().map(|user| format!("{} is {}", visible(&user.was), visible(&user.is)));
        list(text, "Users under another name here", users);
        let alike = self.look_alikes.iter().map(|user| {
            let others: Vec<String> = user.like.iter().map(|other| visible(other)).collect();
            format!("{} looks like {}", visible(&user.username), others.join(", "))
        });
        list(text, "Users whose names look like those of others", alike);
        let clients = self.renamed_clients.iter().map(|client| format!("{} is {}", plain(&client.was), client.is));
        list(text, "Clients under another name here", clients);
        let rates = self.without_rate.iter().map(|client| plain(client));
        list(text, "Clients without a rate here, for theirs cannot be read", rates);
        let rows = self.unreadable.iter().map(|row| {
            let value = plain(row.value.as_deref().unwrap_or("unknown"));
            format!("{} with {} {value}: {}", row.table.name(), row.key, row.column)
        });
        list(text, "Rows that cannot be read, with the column at fault", rows);
    }
}

/// Appends a list of names.
fn list(text: &mut String, what: &str, names: impl ExactSizeIterator<Item = String>) {
    let count = names.len();
    if count == 0 {
        return;
    }
    let _ = writeln!(text, "\n{what} ({count}):");
    for name in names.take(NAMED) {
        let _ = writeln!(text, "  {name}");
    }
    if count > NAMED {
        let _ = writeln!(text, "  and {} more, which --json names", count - NAMED);
    }
}
