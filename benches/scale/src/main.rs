//! `scale/run`, in the folder `benches`: what an authenticated request costs with few and with many tokens and logins, in
//! SQLite, in PostgreSQL and in Redis. It prints the tables and writes `results/scale.json`, `results/scale.md` and the page of
//! the guide.
//!
//! Requests are served in process, one after the other, each of a random account. In each round both sizes take turns
//! of fifty requests, and their ratio is that of the round, so that what else the machine does matters little. A request's use is noted and written
//! at most once a minute for each token; what that costs is measured by itself, with every request noted and all notes of a
//! round written in one call, as a program does each second. Both sizes fit the memory of the machine: what is
//! measured is depth, not disks.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, io};

use clap::{Parser, Subcommand};
use compare::row::grouped;
use compare::{machine, page};
use scale::memory::Memory;
use scale::places::{Kind, Places};
use scale::report::{Bytes, Times, tables};
use scale::requests::{Requests, Scheme};
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

/// Measures what the number of tokens and logins costs a request.
#[derive(Parser)]
struct Options {
    /// How many accounts have a token and a login, few.
    #[arg(long, default_value_t = 10_000)]
    few: u64,
    /// How many, many.
    #[arg(long, default_value_t = 1_000_000)]
    many: u64,
    /// How often everything is measured.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// How many requests one measurement is the mean of.
    #[arg(long, default_value_t = 1_000)]
    requests: u32,
    /// How many requests of each scheme a process serves whose memory is measured.
    #[arg(long, default_value_t = 20_000)]
    memory_requests: u32,
    /// Measures only the store of this name.
    #[arg(long)]
    only: Option<String>,
    /// Fills all databases anew.
    #[arg(long)]
    anew: bool,
    /// Prints the tables and writes nothing.
    #[arg(long)]
    dry: bool,
    /// Where databases are kept.
    #[arg(long, default_value_os_t = machine::benches().join("target/databases"))]
    databases: PathBuf,
    /// A PostgreSQL database whose role may make others.
    #[arg(long, env = "AUTH_TEST_POSTGRES", hide_env_values = true)]
    postgres: String,
    /// A Redis that holds nothing you need.
    #[arg(long, env = "AUTH_TEST_REDIS", hide_env_values = true)]
    redis: String,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// Serves requests over one store and prints its own memory: how the program measures each store.
    Memory { store: String, size: u64 },
}

/// How long a note of a use is new enough not to be renewed.
const NOTED_FOR: Duration = Duration::from_secs(61);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // As in a program; and it says why, if a store does not answer.
    tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(io::stderr).init();
    let options = Options::parse();
    let (mut places, are_old) = Places::new(options.databases.clone(), options.postgres.clone(), options.redis.clone());
    if let Some(Part::Memory { store, size }) = &options.part {
        let (kind, _) = Kind::ALL.into_iter().find(|(_, name)| name == store).expect("the name of a store");
        return measure_own_memory(&places, kind, *size, options.memory_requests).await;
    }
    assert!(options.few < options.many, "few are fewer than many");
    assert_ne!(Places::number(options.few), Places::number(options.many), "many are ten times as many as few");
    let wanted: Vec<Kind> = kinds(&options).map(|(kind, _)| kind).collect();
    for size in [options.few, options.many] {
        places.furnish(&wanted, size, options.anew || are_old).await;
        places.used_until(places.since);
        places.read(&wanted, size).await;
    }
    let times = measure_times(&mut places, &options).await;
    let mut bytes = Vec::new();
    for (kind, name) in kinds(&options) {
        eprintln!("Memory with {name} ..");
        bytes.push(measure_memory(&mut places, kind, &options).await);
    }

    let sizes = [options.few, options.many].map(|size| grouped(f64::from(u32::try_from(size).expect("a size"))));
    let text = tables(&sizes, &times, &bytes);
    println!("{}", text.replace('\u{202f}', " "));
    if options.dry {
        return;
    }
    let machine = machine::description();
    let said = |key: &str| machine[key].as_str().unwrap_or("unknown").to_owned();
    let fragment = format!(
        "Measured on {}: {}, {} processors, {}; {}.\n\n{text}",
        said("date"),
        said("processor"),
        machine["processors"],
        said("kernel"),
        places.versions().await,
    );
    let all = json!({
        "machine": machine,
        "load": load(),
        "few": options.few,
        "many": options.many,
        "requests_a_round": options.requests,
        "times": times.iter().map(Times::to_json).collect::<Vec<Value>>(),
        "memory_requests": options.memory_requests,
        "bytes": bytes.iter().map(Bytes::to_json).collect::<Vec<Value>>(),
    });
    let results = machine::benches().join("results");
    fs::create_dir_all(&results).expect("a folder");
    let all = serde_json::to_string_pretty(&all).expect("numbers and texts");
    fs::write(results.join("scale.json"), all + "\n").expect("the folder can be written");
    fs::write(results.join("scale.md"), &fragment).expect("the folder can be written");
    page::replace("scale", &fragment);
}

fn kinds(options: &Options) -> impl Iterator<Item = (Kind, &'static str)> {
    Kind::ALL.into_iter().filter(|(_, name)| options.only.as_ref().is_none_or(|only| only == name))
}

/// What is measured in a round, of few and of many.
struct Pair {
    times: Times,
    scheme: Scheme,
    databases: [Requests; 2],
}

async fn measure_times(places: &mut Places, options: &Options) -> Vec<Times> {
    let mut pairs = Vec::new();
    for (kind, store) in kinds(options) {
        for scheme in [Scheme::Token, Scheme::Session] {
            for is_noted in [false, true] {
                // A use that is later than now is no reason to note another one.
                let now = if is_noted { places.unused_after + NOTED_FOR } else { places.since };
                let few = Requests::new(places, kind, options.few, now).await;
                let databases = [few, Requests::new(places, kind, options.many, now).await];
                let times = Times { store, scheme: scheme.name(), is_noted, few: Vec::new(), many: Vec::new() };
                pairs.push(Pair { times, scheme, databases });
            }
        }
    }
    for round in 0..=options.rounds {
        eprint!("\rRound {round} of {} .. ", options.rounds);
        for pair in &mut pairs {
            let [few, many] = measure_round(pair, round, options.requests).await;
            // The first round warms everything.
            if round > 0 {
                pair.times.few.push(few);
                pair.times.many.push(many);
            }
            places.used_until(pair.databases[1].now());
        }
    }
    eprintln!();
    pairs.into_iter().map(|pair| pair.times).collect()
}

/// How many requests of one size are served before the other size has its turn.
const TURN: usize = 50;

/// Microseconds a request of few and of many.
async fn measure_round(pair: &mut Pair, round: usize, requests: u32) -> [f64; 2] {
    let (scheme, mut times) = (pair.scheme, [Duration::ZERO; 2]);
    let mut prepared = Vec::new();
    for database in &mut pair.databases {
        if pair.times.is_noted {
            database.advance(NOTED_FOR);
        }
        prepared.push((0..requests).map(|_| database.request(scheme)).collect::<Vec<_>>());
    }
    // Neither size is always the one after the other.
    let turns = if round.is_multiple_of(2) { [0, 1] } else { [1, 0] };
    while !prepared[0].is_empty() {
        for which in turns {
            let left = prepared[which].len().saturating_sub(TURN);
            let some = prepared[which].split_off(left);
            let since = Instant::now();
            for request in some {
                pair.databases[which].serve(request).await;
            }
            times[which] += since.elapsed();
        }
    }
    if pair.times.is_noted {
        for which in turns {
            let since = Instant::now();
            pair.databases[which].flush().await;
            times[which] += since.elapsed();
        }
    }
    times.map(|time| time.as_secs_f64() * 1e6 / f64::from(requests))
}

/// Of processes that do nothing else, since the peak is that of all that a process ever did.
async fn measure_memory(places: &mut Places, kind: Kind, options: &Options) -> Bytes {
    let mut bytes = Bytes { store: kind.name(), opened: [0; 2], found: [0; 2], peak: [0; 2], database: [0; 2] };
    for (at, size) in [options.few, options.many].into_iter().enumerate() {
        let output = Command::new(env::current_exe().expect("this program"))
            .arg("--databases")
            .arg(&options.databases)
            .args(["--memory-requests", &options.memory_requests.to_string()])
            .args(["memory", kind.name(), &size.to_string()])
            .env("AUTH_TEST_POSTGRES", &options.postgres)
            .env("AUTH_TEST_REDIS", &options.redis)
            .output()
            .expect("this program can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<u64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [opened, found, peak, used_until] = numbers[..] else { panic!("{text:?}") };
        places.used_until(Duration::from_secs(used_until));
        (bytes.opened[at], bytes.found[at], bytes.peak[at]) = (opened, found, peak);
        bytes.database[at] = places.bytes(kind, size).await;
    }
    bytes
}

/// Prints what this process has once the store is open, what it has after requests that need no note, the most that it had
/// with requests that need one, and the time until which the database was used.
async fn measure_own_memory(places: &Places, kind: Kind, size: u64, requests: u32) {
    const A_SECOND: u32 = 5_000;
    let own = || Memory::of(std::process::id()).expect("this process");
    let mut database = Requests::new(places, kind, size, places.since).await;
    let opened = own().resident;
    for _ in 0..requests {
        for scheme in [Scheme::Token, Scheme::Session] {
            let request = database.request(scheme);
            database.serve(request).await;
        }
    }
    let found = own().resident;
    database.advance(places.unused_after.saturating_sub(places.since) + NOTED_FOR);
    for n in 1..=requests {
        for scheme in [Scheme::Token, Scheme::Session] {
            let request = database.request(scheme);
            database.serve(request).await;
        }
        // As if that many came in a second.
        if n.is_multiple_of(A_SECOND) {
            database.flush().await;
            database.advance(Duration::from_secs(1));
        }
    }
    database.flush().await;
    println!("{opened} {found} {} {}", own().peak, database.now().as_secs());
}

/// The load of the machine in the last minutes.
fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok().map(|load| load.trim().to_owned())
}
