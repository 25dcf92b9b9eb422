//! What machine and what versions numbers are of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

/// The folder `benches`.
pub fn benches() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// What a command prints, in one line.
pub fn said(command: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(command).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Date, processor, and the versions of tools.
pub fn description() -> Value {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    json!({
        "date": said("date", &["-u", "+%F"]),
        "processor": field("model name"),
        "sha_instructions": field("flags").map(|flags| flags.split(' ').any(|flag| flag == "sha_ni")),
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "kernel": said("uname", &["-sr"]),
        "rustc": said("rustc", &["--version"]),
        "valgrind": said("valgrind", &["--version"]),
        "python": said("python3", &["--version"]),
    })
}

/// The versions of what is compared, from the lock file and Django's requirements.
pub fn versions() -> Value {
    const COMPARED: [&str; 12] = [
        "actix-web",
        "actix-web-httpauth",
        "auth-runtime",
        "axum",
        "axum-extra",
        "axum-login",
        "poem",
        "poem-openapi",
        "sha2",
        "tokio",
        "tower-http",
        "tower-sessions",
    ];
    let mut versions = Map::new();
    let lock = fs::read_to_string(benches().join("Cargo.lock")).unwrap_or_default();
    let lines: Vec<&str> = lock.lines().collect();
    for pair in lines.windows(2) {
        let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.strip_suffix('"')?.to_owned());
        if let (Some(name), Some(version)) = (value(pair[0], "name = \""), value(pair[1], "version = \""))
            && COMPARED.contains(&name.as_str())
        {
            versions.insert(name, version.into());
        }
    }
    let requirements = fs::read_to_string(benches().join("peers/django/requirements.txt")).unwrap_or_default();
    for (name, version) in requirements.lines().filter_map(|line| line.split_once("==")) {
        versions.insert(name.to_owned(), version.into());
    }
    Value::Object(versions)
}
