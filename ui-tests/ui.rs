//! Compiles every case, and asks of what the compiler says that it be worth reading.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rustc whose words the `.stderr` files are.
const RUSTC: &str = "rustc 1.95.";

/// The cases with more than two errors for one mistake, with the number and the reason. Sorted.
const MANY_ERRORS: &[(&str, usize, &str)] = &[
    (
        "derive/generic",
        3,
        "rustc misses the parameters wherever the scheme is named, and axum where the handler is routed",
    ),
    ("half/argument", 3, "rustc reports the missing type and goes on without it"),
    ("half/body", 3, "rustc reads the body again after the macro"),
    ("names/crate-renamed-elsewhere", 3, "rustc reports each token under which a path of the crate is written"),
    (
        "names/derive-renamed-and-named-by-its-own-name",
        3,
        "no macro of ours is called: rustc reports the derive, its attribute and the router",
    ),
    ("permission/scheme", 3, ROUTED),
    ("scheme/named-policy", 3, ROUTED),
    ("scheme/own-token-beside-a-glob", 3, ROUTED),
    ("scheme/own-token-in-a-function", 3, ROUTED),
    ("scheme/without-derive", 4, ROUTED),
    (
        "shape/associated-function",
        5,
        "a macro does not see that it stands in an `impl` block, and rustc refuses each item there",
    ),
    ("signatures/backend-without-keys", 3, "one for each store that is missing, and axum where the handler is routed"),
    ("state/argument-without-authentication", 3, ROUTED),
    ("state/backend-without-anything", 5, "one for each store that is missing, and axum where the handler is routed"),
    ("state/default-is-a-scheme", 3, ROUTED),
    ("state/from-ref", 3, ROUTED),
    (
        "state/named-policy-without-tokens",
        6,
        "one for each store that is missing and each impl of the policy, and axum where the handler is routed",
    ),
    (
        "state/no-default-for-credentials",
        8,
        "there is no token that names the default, and rustc reports each item of the policy",
    ),
    ("state/without-authentication", 3, ROUTED),
    ("user/credentials-misspelt", 3, "rustc reports each token under which the type is written"),
];

const ROUTED: &str = "a bound that does not hold is reported of the declaration, of a part of it, and by axum where the handler is routed";

/// The cases whose first error stands away from the token of the user's that is wrong, with the reason. Sorted.
const ELSEWHERE: &[(&str, &str)] = &[
    ("derive/verify-of-another-user", "the mismatch is in a call that the derive writes"),
    (
        "half/comma-alone",
        "nothing is declared, and the state has no default: that is known where the handler is routed",
    ),
    ("shape/associated-function", "rustc refuses items in an `impl` block before a macro can say more"),
    ("shape/closure-calls-the-handler", "the mistake stands where the handler is routed"),
    ("state/no-default-for-credentials", "there is no token that names the default"),
    ("state/router-without-authentication", "the state is known where the handler is routed"),
    ("user/another-type-by-the-router", "the state is known where the handler is routed"),
];

/// The verbs that begin advice.
const VERBS: [&str; 22] = [
    "add",
    "choose",
    "combine",
    "consider",
    "give",
    "implement",
    "import",
    "let",
    "list",
    "make",
    "mark",
    "move",
    "name",
    "put",
    "remove",
    "say",
    "separate",
    "set",
    "state",
    "take",
    "use",
    "write",
];

/// What else says what to write.
const PHRASES: [&str; 6] =
    ["as in `", "such as `", "available fields are", "available values", "did you mean", "with a similar name exists"];

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
fn every_fault_has_a_case_with_its_output() {
    let (cases, outputs) = (fail_files("rs"), fail_files("stderr"));
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let missing: Vec<_> = cases.iter().filter(|case| !outputs.contains(&case.with_extension("stderr"))).collect();
    let left_over: Vec<_> = outputs.iter().filter(|output| !cases.contains(&output.with_extension("rs"))).collect();
    assert!(missing.is_empty() && left_over.is_empty(), "{missing:?} have no output, {left_over:?} no case");
}

/// The diagnostics of an output that are errors, the first one first.
fn errors(output: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in output.lines() {
        if ["error", "warning"].iter().any(|level| line.starts_with(level)) {
            all.push(String::new());
        }
        if let Some(last) = all.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    all.retain(|diagnostic| diagnostic.starts_with("error"));
    all
}

/// Whether the case shows that several mistakes are reported together.
fn has_several_mistakes(case: &str) -> bool {
    case.contains("/several-") || case.ends_with("/several")
}

#[test]
fn no_mistake_has_more_than_two_errors() {
    let outputs = outputs();
    let counts = outputs
        .iter()
        .filter(|(case, _)| !has_several_mistakes(case))
        .map(|(case, output)| (case.as_str(), errors(output).len()));
    let many: Vec<_> = counts.filter(|(_, count)| *count > 2).collect();
    let known: Vec<_> = MANY_ERRORS.iter().map(|(case, count, _)| (*case, *count)).collect();
    assert_eq!(many, known);
}

/// Whether the first error stands on the declaration that is wrong: in the case itself, on a token of the user's own, and not where
/// the handler is routed.
fn stands_on_the_declaration(case: &str, first: &str) -> bool {
    let (family, name) = case.split_once('/').expect("a family");
    let place = first.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
    let source = first
        .lines()
        .find(|line| line.contains('|') && line.trim_start().starts_with(|first: char| first.is_ascii_digit()));
    place.starts_with(&format!("{family}/fail/{name}.rs:"))
        && !first.contains("this error originates in")
        && !source.unwrap_or_default().contains("routing::")
}

#[test]
fn first_errors_stand_on_the_declaration() {
    let outputs = outputs();
    let first = |output: &str| errors(output).into_iter().next().unwrap_or_default();
    let away: Vec<_> = outputs
        .iter()
        .filter(|(case, output)| !stands_on_the_declaration(case, &first(output)))
        .map(|(case, _)| case.as_str())
        .collect();
    let known: Vec<_> = ELSEWHERE.iter().map(|(case, _)| *case).collect();
    assert_eq!(away, known);
    assert!(away.len() * 20 <= outputs.len(), "{} of {} cases", away.len(), outputs.len());
}

/// What a diagnostic says in words: its message, its label, and the notes that rustc does not add by itself.
fn words(diagnostic: &str) -> String {
    const BY_ITSELF: [&str; 8] = [
        "the trait `",
        "the following",
        "this error originates",
        "required ",
        "for more information",
        "`#[warn",
        "expected ",
        "for that trait",
    ];
    let says = |line: &str| {
        let line = line.trim_start();
        let text = line
            .strip_prefix("= note: ")
            .or_else(|| line.strip_prefix("= help: "))
            .or_else(|| line.strip_prefix("help: "));
        match text {
            Some(text) => !BY_ITSELF.iter().any(|start| text.starts_with(start)),
            None => line.starts_with("error") || line.contains('^') && line.contains('|'),
        }
    };
    diagnostic.lines().filter(|line| says(line)).collect::<Vec<_>>().join("\n").to_lowercase()
}

/// Whether it says what to write instead: advice in words, with code, or a suggestion of rustc.
///
/// Advice begins a clause, or stands right before the code: "name" and "set" are nouns elsewhere.
fn says_what_to_write(diagnostic: &str) -> bool {
    let words = words(diagnostic);
    let advises = |verb: &&str| {
        words.match_indices(*verb).any(|(at, _)| {
            let (before, after) = (&words[..at], &words[at + verb.len()..]);
            let begins_clause = before.is_empty()
                || [": ", "; ", ", ", ". ", "\n", " and ", " or "].iter().any(|boundary| before.ends_with(boundary));
            after.starts_with(' ') && (begins_clause || before.ends_with(' ') && after.starts_with(" `"))
        })
    };
    let has_advice = PHRASES.iter().any(|phrase| words.contains(phrase)) || VERBS.iter().any(advises);
    words.contains('`') && has_advice || diagnostic.contains("\nhelp: ") && diagnostic.lines().any(is_suggestion)
}

/// Whether the line is code that rustc suggests.
fn is_suggestion(line: &str) -> bool {
    let after_number = line.trim_start().trim_start_matches(|char: char| char.is_ascii_digit()).trim_start();
    after_number.starts_with("+ ")
        || after_number.strip_prefix('|').is_some_and(|rest| {
            !rest.trim().is_empty() && rest.trim().chars().all(|char| matches!(char, '+' | '~' | ' '))
        })
}

#[test]
fn messages_say_what_to_write() {
    let outputs = outputs();
    let first = |output: &str| errors(output).into_iter().next().unwrap_or_default();
    let silent: Vec<_> =
        outputs.iter().filter(|(_, output)| !says_what_to_write(&first(output))).map(|(case, _)| case).collect();
    assert!(silent.len() * 5 <= outputs.len(), "{} of {} cases do not: {silent:#?}", silent.len(), outputs.len());
}

/// Whether a message of the macros recommends code.
fn recommends_code(message: &str) -> bool {
    ["write `", "add `", "take `", "as in `", "such as `", "make it `"].iter().any(|advice| message.contains(advice))
}

#[test]
fn recommendations_are_tested_by_doing_them() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../auth-macros/src/message.rs");
    let source = std::fs::read_to_string(source).expect("the messages");
    let outputs = outputs();
    let is_done = |case: &str| {
        let (family, name) = case.split_once('/').expect("a family");
        Path::new(env!("CARGO_MANIFEST_DIR")).join(family).join("pass").join(name).with_extension("rs").exists()
    };
    let undone: Vec<_> = messages(&source)
        .into_iter()
        .filter(|message| recommends_code(message))
        .filter(|message| !outputs.iter().any(|(case, output)| output.contains(fixed_part(message)) && is_done(case)))
        .collect();
    assert!(undone.is_empty(), "no case in `pass` has the name of one in `fail` with {undone:#?}");
}
