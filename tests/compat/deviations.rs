//! Where the routers differ: the table of `deviations.json`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One decision to differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    pub(crate) id: String,
    /// What the packages do.
    there: String,
    /// What the routers do.
    here: String,
    reason: String,
    /// Whether nobody relies on what they do, so that the guide need not tell.
    #[serde(default)]
    unprinted: bool,
    /// The exchanges that differ, as `scenario/number`, with what comes in the place of what was recorded: `status`, `body`,
    /// or a header by its name. Each must differ.
    #[serde(default)]
    pub(crate) at: BTreeMap<String, Map<String, Value>>,
    /// The file of the tests that show what no exchange can.
    shown_by: Option<String>,
}

pub(crate) fn load() -> Vec<Deviation> {
    let table: Vec<Deviation> = serde_json::from_str(include_str!("deviations.json")).expect("deviations.json");
    for deviation in &table {
        let said = [&deviation.there, &deviation.here, &deviation.reason];
        assert!(!said.iter().any(|text| text.is_empty()), "{} does not say what differs and why", deviation.id);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let shown = deviation.shown_by.as_ref().is_some_and(|file| root.join(file).exists());
        assert!(shown || !deviation.at.is_empty(), "{} does not say where", deviation.id);
    }
    table
}

/// The table as the guide prints it.
pub(crate) fn table() -> String {
    let mut table = "| there | here | why |\n|---|---|---|\n".to_owned();
    for Deviation { there, here, reason, .. } in load().iter().filter(|deviation| !deviation.unprinted) {
        writeln!(table, "| {there} | {here} | {reason} |").unwrap();
    }
    table
}
