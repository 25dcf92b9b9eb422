//! The structure of the workspace: no circle between files, and files of `auth-runtime` use only what stands below them.

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use self::sources::Sources;

/// The folders and files of `auth-runtime/src`, the lowest first. A file uses its own storey and those before it.
const STOREYS: &[&str] = &[
    "wire",
    "value",
    "refusal",
    "body",
    "identity",
    "store",
    "hashing",
    "context",
    "cross_site",
    "password",
    "scheme",
    "policy",
    "audit",
    "login",
    "views",
    "openapi",
    "testing",
    "guide",
    "__private",
    "lib",
];

type Arrows = BTreeMap<String, BTreeMap<String, String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the root files of all crates that stand in `folder`.
fn crates_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let src = entry.unwrap().path().join("src");
        found.extend(["lib.rs", "main.rs"].map(|file| src.join(file)).into_iter().filter(|file| file.exists()));
    }
    found
}

/// Returns the files that can be reached from `file`.
fn reachable<'a>(arrows: &'a Arrows, file: &'a str) -> BTreeSet<&'a str> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![file]);
    while let Some(file) = next.pop() {
        for target in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(target.as_str()) {
                next.push(target);
            }
        }
    }
    seen
}

/// Describes the arrows of all circles.
fn circles(arrows: &Arrows) -> String {
    let reachable: BTreeMap<_, _> = arrows.keys().map(|file| (file.as_str(), reachable(arrows, file))).collect();
    let mut found = String::new();
    for (file, targets) in arrows {
        for (target, path) in targets {
            if reachable.get(target.as_str()).is_some_and(|back| back.contains(file.as_str())) {
                let _ = writeln!(found, "{file} -> {target} ({path})");
            }
        }
    }
    found
}

#[test]
fn no_crate_has_a_circle_between_files() {
    let mut crates = crates_in(&root());
    crates.extend(crates_in(&root().join("examples")));
    assert!(crates.len() > 10, "{crates:?}");
    for krate in crates {
        let found = circles(&Sources::read(&krate).arrows());
        assert!(found.is_empty(), "{} has circles:\n{found}", krate.display());
    }
}

#[test]
fn files_of_the_runtime_use_only_what_stands_below() {
    let arrows = Sources::read(&root().join("auth-runtime/src/lib.rs")).arrows();
    let storey = |file: &str| {
        let name = file.split('/').next().unwrap().trim_end_matches(".rs");
        let found = STOREYS.iter().position(|storey| *storey == name);
        found.unwrap_or_else(|| panic!("{file} stands in no storey: add `{name}` to STOREYS"))
    };
    let mut up = String::new();
    for (file, targets) in &arrows {
        for (target, path) in targets {
            if storey(target) > storey(file) {
                let _ = writeln!(up, "{file} -> {target} ({path})");
            }
        }
    }
    assert!(up.is_empty(), "arrows that point up:\n{up}");
    assert!(arrows.len() > 100, "only {} files were read", arrows.len());
}

#[test]
fn circles_and_re_exports_are_recognised() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("storeys");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("a")).unwrap();
    let write = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    write("lib.rs", "mod a; mod b; pub use a::One;");
    write("a/mod.rs", "mod one; pub use self::one::One;");
    write("a/one.rs", "pub struct One; fn two() { let _ = crate::b::Two; }");
    write("b.rs", "use crate::One; pub struct Two; #[cfg(test)] mod tests { use crate::a::One; }");
    let arrows = Sources::read(&folder.join("lib.rs")).arrows();
    assert_eq!(circles(&arrows), "a/one.rs -> b.rs (crate::b::Two)\nb.rs -> a/one.rs (crate::One)\n");
    write("b.rs", "/// See [`crate::One`].\npub struct Two; #[cfg(test)] mod tests { use crate::a::One; }");
    assert_eq!(circles(&Sources::read(&folder.join("lib.rs")).arrows()), "");
}

/// Every password that somebody tries must be counted first, so only one file verifies passwords.
#[test]
fn passwords_are_verified_in_one_place() {
    let src = root().join("auth-runtime/src");
    let mut callers = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                if code.contains(".verify_password(") {
                    callers.push(path.strip_prefix(&src).unwrap().to_owned());
                }
            }
        }
    }
    assert_eq!(callers, [Path::new("password/attempt.rs")]);
}
