//! Runs the cases of Django REST framework against this project, and those of `more.jsonl`, which were written here.
//!
//! `CONFORMANCE_CASES` names another file of cases, `CONFORMANCE_LEVEL=all` runs those of every level, and
//! `CONFORMANCE_VERBOSE=1` shows the deviations.

mod backend;
mod case;
mod deviations;
mod expect;
mod macro_views;
mod model;
mod permission;
mod request;
mod scheme;
mod state;
mod throttle;
mod view;

use std::collections::BTreeSet;
use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use auth_runtime::store::{AccountStore, CredentialStore, StoreResult};
use auth_store::MemoryStore;
use serde::Deserialize;
use serde_json::Value;

use crate::case::{Case, Expect, Request};
use crate::deviations::{Deviation, Differing};
use crate::macro_views::MacroView;
use crate::request::Jar;
use crate::state::{VIEW, World};

const GROUPS: [&str; 14] = [
    "basic",
    "token",
    "customkeywordtoken",
    "customtoken",
    "session",
    "chain",
    "custom",
    "remote_user",
    "settings",
    "permissions",
    "login",
    "obtain_token",
    "lifecycle",
    "throttling",
];

/// Groups whose cases of the level `extension` run too.
const EXTENSIONS: [&str; 2] = ["permissions-model", "permissions-object"];

/// What came of a case.
enum Outcome<'t> {
    Passed,
    Deviates(&'t Deviation),
    Failed(Vec<String>),
}

/// What came of all of them.
#[derive(Default)]
struct Report {
    passed: BTreeSet<String>,
    failed: Vec<(String, Vec<String>)>,
    deviations: usize,
    combinations: BTreeSet<usize>,
    macro_runs: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(report) if report.failed.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Report, String> {
    let table = deviations::load()?;
    let declared = macro_views::table();
    let verbose = env::var_os("CONFORMANCE_VERBOSE").is_some_and(|value| value == "1");
    let mut report = Report::default();
    for (id, case) in load()? {
        match case {
            Ok(case) => run_case(&case, &table, &declared, verbose, &mut report).await,
            Err(error) => report.failed.push((id, vec![format!("not understood: {error}")])),
        }
    }
    let stale = deviations::stale(&table, &report.passed);
    report.failed.extend(stale.into_iter().map(|text| ("deviations.json".to_owned(), vec![text])));
    for (id, faults) in &report.failed {
        println!("FAILED {id}");
        for fault in faults {
            println!("    {fault}");
        }
    }
    println!("{} combinations declared with the macros, in {} cases", report.combinations.len(), report.macro_runs);
    println!("{} passed, {} failed, {} deviations", report.passed.len(), report.failed.len(), report.deviations);
    Ok(report)
}

type Loaded = Vec<(String, Result<Case, serde_json::Error>)>;

/// The cases of the groups and levels that are asked for.
fn load() -> Result<Loaded, String> {
    let text = match env::var_os("CONFORMANCE_CASES") {
        None => concat!(include_str!("cases.jsonl"), include_str!("more.jsonl")).to_owned(),
        Some(path) => std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?,
    };
    let every_level = env::var_os("CONFORMANCE_LEVEL").is_some_and(|value| value == "all");
    let mut cases = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))?;
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        let is_extension = EXTENSIONS.contains(&text("group")) && text("level") == "extension";
        let is_core = GROUPS.contains(&text("group")) && (every_level || text("level") == "core");
        if is_core || is_extension {
            let id = text("id").to_owned();
            cases.push((id, Case::deserialize(value)));
        }
    }
    Ok(cases)
}

async fn run_case(case: &Case, table: &[Deviation], declared: &[MacroView], verbose: bool, report: &mut Report) {
    let mut outcome = run_with(case, table, None).await;
    if let Some((at, view)) = declared_view(case, declared).await {
        report.combinations.insert(at);
        report.macro_runs += 1;
        outcome = match (outcome, run_with(case, table, Some(view)).await) {
            (Outcome::Failed(faults), _) => Outcome::Failed(faults),
            (_, Outcome::Failed(faults)) => {
                Outcome::Failed(faults.into_iter().map(|fault| format!("declared with the macros: {fault}")).collect())
            }
            (Outcome::Passed, Outcome::Deviates(deviation)) | (Outcome::Deviates(deviation), Outcome::Passed) => {
                Outcome::Failed(vec![format!("the view and the one of the macros differ: {}", deviation.id)])
            }
            (outcome, _) => outcome,
        };
    }
    match outcome {
        Outcome::Passed => {
            report.passed.insert(case.id.clone());
        }
        Outcome::Deviates(deviation) => {
            report.deviations += 1;
            if verbose {
                let rule = &deviation.rule;
                println!("DEVIATES {} by {} ({rule}): {}", case.id, deviation.id, deviation.reason);
            }
        }
        Outcome::Failed(faults) => report.failed.push((format!("{} {}", case.id, case.title), faults)),
    }
}

/// The handler of the macros that stands for the case's view, where nothing else is asked for.
async fn declared_view<'d>(case: &Case, declared: &'d [MacroView]) -> Option<(usize, &'d MacroView)> {
    let only_view = exchanges(case).all(|(request, _)| request.path.starts_with("/view/"));
    let world = World::build(&case.setup).await.ok()?;
    let lists = world.view(VIEW).plain.as_ref().filter(|_| only_view)?;
    declared.iter().enumerate().find(|(_, view)| view.stands_for(lists))
}

fn exchanges(case: &Case) -> impl Iterator<Item = (&Request, Option<&Expect>)> {
    let before = case.pre.iter().map(|exchange| (&exchange.request, exchange.expect.as_ref()));
    before.chain([(&case.request, Some(&case.expect))])
}

async fn run_with<'t>(case: &Case, table: &'t [Deviation], declared: Option<&MacroView>) -> Outcome<'t> {
    let world = match World::build(&case.setup).await {
        Ok(world) => Arc::new(world),
        Err(error) => return Outcome::Failed(vec![format!("not understood: {error}")]),
    };
    let mut jar = Jar::new();
    let mut faults = Vec::new();
    let mut deviation = None;
    for (request, wanted) in exchanges(case) {
        for _ in 0..request.repeat.unwrap_or(1) {
            let got = request::send(&world, request, &mut jar, declared).await;
            let Some(wanted) = wanted else { continue };
            let differs = match &got {
                Ok(got) => expect::check(wanted, got),
                Err(error) => vec![format!("not understood: {error}")],
            };
            if differs.is_empty() {
                continue;
            }
            let differing = Differing { case, request, wanted, got: got.as_ref().map_err(String::as_str) };
            match deviations::explain(table, differing) {
                Some(found) => deviation = Some(found),
                None => {
                    faults.extend(differs.iter().map(|fault| format!("{} {}: {fault}", request.method, request.path)));
                }
            }
        }
    }
    if let Err(error) = check_after(case, &world, table, &mut deviation).await {
        faults.push(error);
    }
    match deviation {
        _ if !faults.is_empty() => Outcome::Failed(faults),
        Some(deviation) => Outcome::Deviates(deviation),
        None => Outcome::Passed,
    }
}

async fn check_after<'t>(
    case: &Case,
    world: &World,
    table: &'t [Deviation],
    deviation: &mut Option<&'t Deviation>,
) -> Result<(), String> {
    let Some(after) = &case.post_state else { return Ok(()) };
    let store = &world.backend().store;
    for (names, exist) in [(&after.users_exist, true), (&after.users_absent, false)] {
        for name in names {
            let account = store.account(name).await.map_err(|error| error.to_string())?;
            if account.is_some() != exist {
                let wanted = if exist { "the user" } else { "no user" };
                return Err(format!("afterwards: wanted {wanted} {name}"));
            }
        }
    }
    let Some(wanted) = after.token_count else { return Ok(()) };
    let got = token_count(store).await.map_err(|error| error.to_string())?;
    if got == wanted {
        return Ok(());
    }
    *deviation = deviations::explain_token_count(table, case, got);
    if deviation.is_some() { Ok(()) } else { Err(format!("afterwards: wanted {wanted} tokens, got {got}")) }
}

/// How many tokens all accounts have together.
async fn token_count(store: &MemoryStore) -> StoreResult<usize> {
    let mut count = 0;
    for account in store.accounts("", "", u32::MAX).await? {
        count += store.tokens(&account).await?.len();
    }
    Ok(count)
}
