//! The documents say what the tests know. `BLESS=1 cargo test -p tests documents` writes them anew.

use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

use crate::compat;

#[derive(Deserialize)]
struct Deviation {
    rule: String,
    there: String,
    here: String,
    reason: String,
}

fn table() -> String {
    let deviations: Vec<Deviation> = serde_json::from_str(include_str!("../conformance/deviations.json")).unwrap();
    let mut table = "| there | here | why |\n|---|---|---|\n".to_owned();
    for Deviation { rule, there, here, reason } in deviations {
        writeln!(table, "| {there} ({rule}) | {here} | {reason} |").unwrap();
    }
    table
}

/// Puts `table` between the marks of a document, and says whether it stood there.
fn is_printed(document: &str, table: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- deviations -->\n").unwrap();
    let (printed, after) = rest.split_once("<!-- /deviations -->").unwrap();
    if std::env::var_os("BLESS").is_some() {
        let text = format!("{before}<!-- deviations -->\n{table}<!-- /deviations -->{after}");
        std::fs::write(&path, text).unwrap();
        return true;
    }
    printed == table
}

#[test]
fn the_deviations_are_printed() {
    for document in ["README.md", "auth-runtime/docs/guide/deviations.md"] {
        assert!(is_printed(document, &table()), "{document} does not print conformance/deviations.json; BLESS=1 does");
    }
    let guide = "auth-runtime/docs/guide/moving.md";
    assert!(is_printed(guide, &compat::table()), "{guide} does not print compat/deviations.json; BLESS=1 does");
}
