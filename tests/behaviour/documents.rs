//! The documents say what the tests know. `BLESS=1 cargo test -p tests documents` writes them anew.

use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

use crate::compat;

/// The text of every file below `folder` whose name ends with one of `endings`, with its path.
fn texts(folder: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "target" {
            texts(&path, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

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

#[test]
fn every_program_that_is_shown_serves_with_connect_info() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut shown = vec![("README.md".to_owned(), std::fs::read_to_string(root.join("README.md")).unwrap())];
    texts(&root.join("examples"), &[".rs", ".md"], &mut shown);
    for entry in std::fs::read_dir(&root).unwrap() {
        let docs = entry.unwrap().path().join("docs");
        if docs.is_dir() {
            texts(&docs, &[".md"], &mut shown);
        }
    }
    let mut count = 0;
    for (path, text) in shown {
        let served = text.matches("axum::serve(").count();
        let with_connect_info = text.matches("into_make_service_with_connect_info::<").count();
        assert!(served <= with_connect_info, "{path} serves without the addresses of callers");
        count += served;
    }
    assert!(count >= 6, "{count} programs were found; README and the examples have more");
}
