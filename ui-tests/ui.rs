//! Compiles every case, and asks of what the compiler says that it be worth reading.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rustc whose words the `.stderr` files are.
const RUSTC: &str = "rustc 1.95.";

/// The cases whose `.stderr` may say "this error originates in", with the reason. Sorted.
const ORIGINATES: &[(&str, &str)] = &[
    ("derive/verify-of-another-user", "the mismatch is in a call that the derive writes"),
    ("shape/associated-function", "rustc refuses items in an `impl` block before a macro can say more"),
    ("shape/returns-no-response", "axum's `get` is a function that a macro of axum writes"),
    ("state/no-default-for-credentials", "there is no token that names the default"),
    ("state/router-without-authentication", "axum's `get` is a function that a macro of axum writes"),
    ("user/another-type-by-the-router", "axum's `get` is a function that a macro of axum writes"),
];

#[test]
fn ui() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc --version");
    let version = String::from_utf8_lossy(&version.stdout);
    assert!(
        version.starts_with(RUSTC),
        "these cases are pinned to {RUSTC}x and this is {version}; run with the pinned toolchain"
    );
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*/fail/*.rs");
    cases.pass("*/pass/*.rs");
}

/// The files below `*/fail/` with this extension.
fn fail_files(extension: &str) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let families = entries(Path::new(env!("CARGO_MANIFEST_DIR")));
    let mut files: Vec<_> = families.iter().flat_map(|family| entries(&family.join("fail"))).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// What the compiler says, by `family/case`.
fn outputs() -> BTreeMap<String, String> {
    let name = |file: &Path| {
        let names: Vec<_> = file.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
        format!("{}/{}", names[names.len() - 3], names[names.len() - 1])
    };
    fail_files("stderr").iter().map(|file| (name(file), std::fs::read_to_string(file).expect("text"))).collect()
}

/// The messages of `message.rs`: each constant's text and each text of a `format!`, with continued lines joined.
fn messages(source: &str) -> Vec<String> {
    let starts = [": &str =", "format!("];
    let mut messages = Vec::new();
    let mut rest = source;
    while let Some(start) = starts.iter().filter_map(|start| Some(rest.find(start)? + start.len())).min() {
        rest = &rest[start..];
        let Some(text) = rest.trim_start().strip_prefix('"') else { continue };
        let mut message = String::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '"' => break,
                '\\' => match chars.next() {
                    Some('\n') => chars = chars.as_str().trim_start().chars(),
                    escaped => message.extend(escaped),
                },
                char => message.push(char),
            }
        }
        messages.push(message);
        rest = chars.as_str();
    }
    messages
}

/// The longest part of a message that no argument of `format!` changes.
fn fixed_part(message: &str) -> &str {
    message.split(['{', '}']).step_by(2).max_by_key(|part| part.len()).unwrap_or(message)
}

#[test]
fn every_message_of_the_macros_is_shown() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../auth-macros/src/message.rs");
    let source = std::fs::read_to_string(source).expect("the messages");
    let messages = messages(&source);
    assert_eq!(messages.len(), source.matches(": &str =").count() + source.matches("format!(").count());
    let outputs = outputs();
    let unseen: Vec<_> = messages
        .iter()
        .filter(|message| !outputs.values().any(|output| output.contains(fixed_part(message))))
        .collect();
    assert!(unseen.is_empty(), "no case shows {unseen:#?}");
}

#[test]
fn no_output_depends_on_the_sources_of_the_standard_library() {
    for (case, output) in outputs() {
        assert!(!output.contains("$RUST"), "{case} has `$RUST`");
    }
}

#[test]
fn errors_stand_on_the_users_own_tokens() {
    let outputs = outputs();
    let originating: Vec<_> = outputs
        .iter()
        .filter(|(_, output)| output.contains("this error originates in"))
        .map(|(case, _)| case.as_str())
        .collect();
    let known: Vec<_> = ORIGINATES.iter().map(|(case, _)| *case).collect();
    assert_eq!(originating, known);
    assert!(originating.len() * 20 <= outputs.len(), "more than 5 % of the cases");
}

#[test]
fn every_fault_has_a_case_with_its_output() {
    let (cases, outputs) = (fail_files("rs"), fail_files("stderr"));
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let missing: Vec<_> = cases.iter().filter(|case| !outputs.contains(&case.with_extension("stderr"))).collect();
    let left_over: Vec<_> = outputs.iter().filter(|output| !cases.contains(&output.with_extension("rs"))).collect();
    assert!(missing.is_empty() && left_over.is_empty(), "{missing:?} have no output, {left_over:?} no case");
}
