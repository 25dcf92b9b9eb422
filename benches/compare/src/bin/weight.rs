//! `cargo run --release -p compare --bin weight`, in the folder `benches`: what the crates weigh. Prints the tables, and
//! writes `results/weight.json` and the page of the guide. Every build is a clean one, so that it takes a while.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Parser;
use compare::{machine, page};
use serde_json::{Value, json};

/// Measures the clean build, the crates, and a thousand handlers.
#[derive(Parser)]
struct Options {
    /// How often everything is built; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many handlers there are.
    #[arg(long, default_value_t = 1_000)]
    handlers: usize,
    /// The handlers only, without the clean builds. Writes nothing.
    #[arg(long)]
    handlers_only: bool,
    /// Prints the tables and writes nothing.
    #[arg(long)]
    dry: bool,
}

const SERVER: &str =
    "axum = \"0.8\"\ntokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n";

/// A package that is made for this, in a folder of its own.
struct Package {
    folder: PathBuf,
    target: PathBuf,
    name: &'static str,
}

impl Package {
    fn made(root: &Path, name: &str, dependencies: &str, source: &str) -> Self {
        let folder = root.join(name);
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"weighed\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{SERVER}\
             {dependencies}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
        fs::write(folder.join("src/main.rs"), source).expect("a file");
        Self { target: folder.join("target"), folder, name: "weighed" }
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("cargo")
            .args(arguments)
            .args(["--package", self.name])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// The crates that are compiled for the program itself and its macros, without what only builds scripts.
    fn crates(&self) -> Result<BTreeSet<String>, String> {
        let tree = self.cargo(&["tree", "--edges", "normal", "--prefix", "none"])?;
        let words = tree.lines().filter_map(|line| {
            let mut words = line.split(' ');
            Some(format!("{} {}", words.next().filter(|name| !name.is_empty())?, words.next()?))
        });
        Ok(words.filter(|name| !name.starts_with(self.name)).collect())
    }

    /// Seconds of a build from nothing.
    fn clean_build(&self) -> Result<f64, String> {
        if self.target.exists() {
            fs::remove_dir_all(&self.target).map_err(|error| error.to_string())?;
        }
        self.seconds("build")
    }

    /// Seconds to compile the package alone, when all that it depends on is there.
    fn rebuild(&self, command: &str) -> Result<f64, String> {
        let source = self.folder.join("src/main.rs");
        let text = fs::read_to_string(&source).map_err(|error| error.to_string())?;
        self.seconds(command)?;
        fs::write(&source, text).map_err(|error| error.to_string())?;
        self.seconds(command)
    }

    fn seconds(&self, command: &str) -> Result<f64, String> {
        let since = Instant::now();
        self.cargo(&[command, "--offline"])?;
        Ok(since.elapsed().as_secs_f64())
    }
}

const STATE: &str = r#"
use std::borrow::Cow;
use auth_runtime::store::*;
use auth_runtime::{AuthContext, PresentedToken, User};
use axum::{Router, routing::get};

#[derive(Clone)]
pub struct Account;
impl User for Account { fn id(&self) -> Cow<'_, str> { "1".into() } }
pub struct Store;
impl Backend for Store { type User = Account; }
impl TokenStore for Store {
    async fn find_token(&self, _: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> { Ok(None) }
    async fn insert_token(&self, _: &Account, _: NewToken) -> StoreResult<InsertOutcome<AccessToken>> { Err(StoreError::new("")) }
}
pub type App = AuthContext<Store>;
"#;

const BY_HAND: &str = r#"
pub struct Me(pub Account);
impl axum::extract::FromRequestParts<App> for Me {
    type Rejection = axum::http::StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Self::Rejection> {
        let token = parts.headers.get("authorization").map(|value| value.as_bytes());
        let token = token.ok_or(axum::http::StatusCode::UNAUTHORIZED)?;
        let token = PresentedToken::of(auth_runtime::Digest::of(token));
        let record = app.backend().find_token(&token).await.ok().flatten();
        Ok(Self(record.ok_or(axum::http::StatusCode::UNAUTHORIZED)?.user))
    }
}
"#;

/// A program with so many handlers, ten to a router.
fn handlers(prelude: &str, attribute: &str, argument: &str, count: usize) -> String {
    let mut source = format!("{STATE}{prelude}");
    for n in 0..count {
        _ = writeln!(source, "{attribute}\nasync fn handler{n}({argument}) -> &'static str {{ \"hello {n}\" }}");
    }
    let mut merged = String::new();
    for first in (0..count).step_by(10) {
        let routes = (first..count.min(first + 10)).map(|n| format!(".route(\"/{n}\", get(handler{n}))"));
        let routes: String = routes.collect();
        _ = writeln!(source, "fn routes{first}() -> Router<App> {{ Router::new(){routes} }}");
        _ = write!(merged, "app = app.merge(routes{first}());");
    }
    source
        + "fn main() { let mut app: Router<App> = Router::new();"
        + &merged
        + "drop::<Router>(app.with_state(App::new(Store))); }\n"
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// The clean builds: a table, and the numbers.
fn builds(root: &Path, repository: PathBuf, runtime: &str, rounds: usize) -> Result<(String, Vec<Value>), String> {
    let empty = "fn main() {}\n";
    let login = "axum-login = \"0.18\"\ntower-sessions = \"0.14\"";
    let packages = [
        ("axum alone", Package::made(root, "axum", "", empty)),
        ("axum and auth-runtime", Package::made(root, "runtime", runtime, empty)),
        ("axum, axum-login and tower-sessions in memory", Package::made(root, "login", login, empty)),
        ("the example quickstart", Package { folder: repository, target: root.join("quickstart"), name: "quickstart" }),
    ];
    // Downloads what is missing, too: the builds are made without a network.
    let bare = packages[0].1.crates()?;
    let mut crates = Vec::new();
    for (_, package) in &packages {
        crates.push(package.crates()?);
    }
    let mut seconds = vec![Vec::new(); packages.len()];
    for round in 1..=rounds {
        for (times, (name, package)) in seconds.iter_mut().zip(&packages) {
            eprintln!("{name}, round {round} ..");
            times.push(package.clean_build()?);
        }
    }
    let mut text =
        String::from("| clean `cargo build` | seconds | crates | more than axum alone |\n|---|--:|--:|--:|\n");
    let mut built = Vec::new();
    for (((name, _), crates), times) in packages.iter().zip(crates).zip(seconds) {
        let time = median(times);
        let added: Vec<&String> = crates.difference(&bare).collect();
        _ = writeln!(text, "| {name} | {time:.1} | {} | {} |", crates.len(), added.len());
        built.push(json!({ "name": name, "seconds": time, "crates": crates.len(), "added": added }));
    }
    Ok((text, built))
}

/// Many handlers: a table, and the numbers.
fn many(root: &Path, runtime: &str, count: usize, rounds: usize) -> Result<(String, Vec<Value>), String> {
    let marked = "#[auth_runtime::authenticate(auth_runtime::scheme::Token(keyword = \"Bearer\"))]";
    let programs = [
        ("bare", "bare", handlers("", "", "", count)),
        ("with an extractor by hand", "by-hand", handlers(BY_HAND, "", "_: Me", count)),
        ("with `#[authenticate]`", "marked", handlers("", marked, "#[user] _: Account", count)),
    ];
    let packages = programs.map(|(name, folder, source)| {
        let package = Package::made(root, folder, runtime, &source);
        // What they depend on is the same.
        (name, Package { target: root.join("handlers"), ..package })
    });
    packages[0].1.crates()?;
    let mut times = vec![(Vec::new(), Vec::new()); packages.len()];
    for round in 1..=rounds {
        for ((checks, builds), (name, package)) in times.iter_mut().zip(&packages) {
            eprintln!("{count} handlers {name}, round {round} ..");
            checks.push(package.rebuild("check")?);
            builds.push(package.rebuild("build")?);
        }
    }
    let mut text = format!("| {count} handlers | `cargo check`, seconds | `cargo build`, seconds |\n|---|--:|--:|\n");
    let mut compiled = Vec::new();
    for ((name, _), (checks, builds)) in packages.iter().zip(times) {
        let (checked, built) = (median(checks), median(builds));
        _ = writeln!(text, "| {name} | {checked:.1} | {built:.1} |");
        compiled.push(json!({ "name": name, "check_seconds": checked, "build_seconds": built, "handlers": count }));
    }
    Ok((text, compiled))
}

fn main() -> Result<(), String> {
    let options = Options::parse();
    let root = std::env::temp_dir().join(format!("weight-{}", std::process::id()));
    let repository = machine::benches().join("..").canonicalize().map_err(|error| error.to_string())?;
    let runtime = format!("auth-runtime = {{ path = \"{}\" }}", repository.join("auth-runtime").display());
    let (handlers, compiled) = many(&root, &runtime, options.handlers, options.rounds)?;
    if options.handlers_only {
        println!("{handlers}");
        return fs::remove_dir_all(&root).map_err(|error| error.to_string());
    }
    let (builds, built) = builds(&root, repository, &runtime, options.rounds)?;
    fs::remove_dir_all(&root).map_err(|error| error.to_string())?;
    let text = format!("{builds}\n{handlers}");
    println!("{text}");
    if !options.dry {
        let all = json!({ "machine": machine::description(), "builds": built, "handlers": compiled });
        let all = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
        fs::write(machine::benches().join("results/weight.json"), all + "\n").map_err(|error| error.to_string())?;
        page::replace("weight", &text);
    }
    Ok(())
}
