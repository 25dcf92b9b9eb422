//! `bash soak`, in the folder `benches`: the quickstart, built for release, over a SQLite file under all the load that wrk can
//! make over loopback, with tokens and login cookies of many users.
//!
//! **No growth**: the first minute warms up, or half of the time if that is less. Through the memory (`VmRSS`, every five seconds) of the rest a line
//! is laid by least squares; over the rest it rises by no more than 2 % of the median, or 1 MiB. **No error**: every answer
//! is 200, wrk counts no error, and the server warns of nothing and ends well when it is told to. The write-ahead log and the server's open files
//! are written down too.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use auth_runtime::{Clock, TokenKind};
use clap::Parser;
use compare::machine;
use scale::credential::{cookie, token};
use scale::fill::{Filling, sqlite};
use scale::memory::Memory;
use scale::report::quantile;
use serde_json::{Value, json};

/// Puts a server under full load and watches its memory.
#[derive(Parser)]
struct Options {
    /// For how long.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// How many users have a token and a login.
    #[arg(long, default_value_t = 100_000)]
    users: u64,
    /// How many connections are open.
    #[arg(long, default_value_t = 64)]
    connections: u32,
    /// The quickstart.
    #[arg(long)]
    server: PathBuf,
    /// Where the database is made.
    #[arg(long, default_value_os_t = machine::benches().join("target/databases"))]
    databases: PathBuf,
}

/// What was seen at one moment.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    resident: u64,
    peak: u64,
    log: u64,
    files: usize,
}

/// The seconds that warm up, unless half of the time is less.
const WARM: f64 = 60.0;
/// How much of the median a line may rise.
const GROWTH: f64 = 0.02;
/// How many bytes a line may rise in any case.
const LEAST_GROWTH: f64 = 1_048_576.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    fs::create_dir_all(&options.databases).expect("a folder");
    let database = options.databases.join("soak.sqlite");
    for suffix in ["sqlite", "sqlite-wal", "sqlite-shm"] {
        drop(fs::remove_file(database.with_extension(suffix)));
    }
    eprintln!("Filling {} ..", database.display());
    // Yesterday, so that the first request of each user leaves a note of its use at once, while everything warms up.
    let since = Duration::from_secs(Clock::system().now().as_secs() - 86_400);
    sqlite::fill(&database, &Filling::new(options.users, since).await).await;
    let credentials = options.databases.join("soak.txt");
    write_credentials(&credentials, options.users);

    let load_before = load();
    let (mut server, address, warnings) = start(&options.server, &database);
    let before = sample(server.id(), &database, 0.0).expect("the server");
    let wrk = wrk(&options, &address, &credentials);
    let samples = watch(server.id(), &database, options.seconds);
    let output = wrk.wait_with_output().expect("wrk");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}");
    let ended_well = stop(&mut server);
    let warnings = warnings.join().expect("text can be counted");
    let counts = text.lines().find_map(|line| line.strip_prefix("soak: "));
    let counts: Value = counts.and_then(|counts| serde_json::from_str(counts).ok()).expect("wrk ran the script");

    let verdict = verdict(&samples, &counts, ended_well && warnings == 0, options.seconds);
    let all = json!({
        "machine": machine::description(),
        "load_before": load_before,
        "load_after": load(),
        "users": options.users,
        "connections": options.connections,
        "wrk": counts,
        "warnings": warnings,
        "before": seen(&before),
        "verdict": verdict,
        "samples": samples.iter().map(seen).collect::<Vec<_>>(),
    });
    let results = machine::benches().join("results");
    fs::create_dir_all(&results).expect("a folder");
    let all = serde_json::to_string_pretty(&all).expect("numbers and texts");
    fs::write(results.join("soak.json"), all + "\n").expect("the folder can be written");
    println!("{}", serde_json::to_string_pretty(&verdict).expect("numbers and texts"));
    if verdict["no_growth"] == true && verdict["no_error"] == true { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One header a line: of a token or of a login, by turns.
fn write_credentials(file: &Path, users: u64) {
    let mut text = String::new();
    for n in 1..=users {
        text += &format!("Authorization: Bearer {}\nCookie: sessionid={}\n", token(TokenKind::Personal, n), cookie(n));
    }
    fs::write(file, text).expect("the folder can be written");
}

/// The server, where it listens, and how many lines it has written of what went wrong.
fn start(program: &Path, database: &Path) -> (Child, String, JoinHandle<usize>) {
    let mut server = Command::new(program)
        .args(["--listen", "127.0.0.1:0", "--database"])
        .arg(database)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server can be run");
    let warnings = BufReader::new(server.stderr.take().expect("it is piped")).lines();
    let warnings = std::thread::spawn(|| warnings.map_while(Result::ok).inspect(|line| eprintln!("\r{line}")).count());
    let mut lines = BufReader::new(server.stdout.take().expect("it is piped")).lines();
    let line = lines.next().expect("the server starts").expect("text");
    let address = line.strip_prefix("Listening on ").and_then(|line| line.split_once(',')).expect("an address").0;
    let address = address.to_owned();
    // It says more, and must not wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (server, address, warnings)
}

fn wrk(options: &Options, address: &str, credentials: &Path) -> Child {
    Command::new("wrk")
        .args(["--threads", "1", "--latency", "--timeout", "10s"])
        .args(["--connections", &options.connections.to_string()])
        .args(["--duration", &format!("{}s", options.seconds)])
        .arg("--script")
        .arg(machine::benches().join("scale/soak.lua"))
        .arg(format!("{address}/me"))
        .arg("--")
        .arg(credentials)
        .stdout(Stdio::piped())
        .spawn()
        .expect("wrk can be run")
}

/// What is seen every five seconds, or more often when there is little time.
fn watch(server: u32, database: &Path, seconds: u64) -> Vec<Sample> {
    let every = Duration::from_secs(5).min(Duration::from_secs(seconds) / 20);
    let (since, mut samples) = (Instant::now(), Vec::new());
    while since.elapsed() + every < Duration::from_secs(seconds) {
        sleep(every);
        let Some(sample) = sample(server, database, since.elapsed().as_secs_f64()) else { break };
        eprint!("\r{:4.0} s: {:6.1} MiB ", sample.seconds, mib(sample.resident));
        drop(std::io::stderr().flush());
        samples.push(sample);
    }
    eprintln!();
    samples
}

fn sample(server: u32, database: &Path, seconds: f64) -> Option<Sample> {
    let Memory { resident, peak } = Memory::of(server)?;
    let log = fs::metadata(database.with_extension("sqlite-wal")).map_or(0, |file| file.len());
    let files = fs::read_dir(format!("/proc/{server}/fd")).map_or(0, Iterator::count);
    Some(Sample { seconds, resident, peak, log, files })
}

/// Asks the server to end. Whether it does, and says that all was well.
fn stop(server: &mut Child) -> bool {
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    told.is_ok_and(|status| status.success()) && server.wait().is_ok_and(|status| status.success())
}

#[allow(clippy::cast_precision_loss)] // memories are below 2^52
fn verdict(samples: &[Sample], counts: &Value, was_well: bool, seconds: u64) -> Value {
    let warm = WARM.min(seconds as f64 / 2.0);
    let rest: Vec<&Sample> = samples.iter().filter(|sample| sample.seconds >= warm).collect();
    let resident: Vec<f64> = rest.iter().map(|sample| sample.resident as f64).collect();
    let times: Vec<f64> = rest.iter().map(|sample| sample.seconds).collect();
    let rise = slope(&times, &resident) * (times[times.len() - 1] - times[0]);
    let median = quantile(&resident, 0.5);
    let errors = ["not_200", "connect", "read", "write", "timeout"];
    let is_clean = errors.iter().all(|error| counts[error] == 0);
    json!({
        "no_growth": rise <= (median * GROWTH).max(LEAST_GROWTH),
        "no_error": is_clean && counts["requests"].as_u64().is_some_and(|count| count > 0) && was_well,
        "median_mib": round(median / LEAST_GROWTH),
        "rise_mib": round(rise / LEAST_GROWTH),
        "rise_allowed_mib": round((median * GROWTH / LEAST_GROWTH).max(1.0)),
        "least_mib": round(quantile(&resident, 0.0) / LEAST_GROWTH),
        "most_mib": round(quantile(&resident, 1.0) / LEAST_GROWTH),
        "log_most_mib": round(samples.iter().map(|sample| mib(sample.log)).fold(0.0, f64::max)),
        "requests_a_second": (counts["requests"].as_f64().unwrap_or(0.0) / counts["seconds"].as_f64().unwrap_or(1.0)).round(),
        "server_was_well": was_well,
    })
}

/// The slope of the line of least squares.
#[allow(clippy::cast_precision_loss)] // few samples
fn slope(times: &[f64], values: &[f64]) -> f64 {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let (time, value) = (mean(times), mean(values));
    let above: f64 = times.iter().zip(values).map(|(at, is)| (at - time) * (is - value)).sum();
    let below: f64 = times.iter().map(|at| (at - time).powi(2)).sum();
    above / below
}

#[allow(clippy::cast_precision_loss)] // to a tenth
fn mib(bytes: u64) -> f64 {
    bytes as f64 / LEAST_GROWTH
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn seen(sample: &Sample) -> Value {
    json!({
        "seconds": round(sample.seconds),
        "resident_mib": round(mib(sample.resident)),
        "peak_mib": round(mib(sample.peak)),
        "log_mib": round(mib(sample.log)),
        "files": sample.files,
    })
}

/// The load of the machine in the last minutes.
fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok().map(|load| load.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident: impl Fn(u32) -> u64) -> Vec<Sample> {
        let sample = |n: u32| Sample { seconds: f64::from(n) * 5.0, resident: resident(n), peak: 0, log: 0, files: 0 };
        (1..120).map(sample).collect()
    }

    fn counts(not_200: u64) -> Value {
        json!({ "requests": 1, "seconds": 600.0, "not_200": not_200, "connect": 0, "read": 0, "write": 0, "timeout": 0 })
    }

    #[test]
    fn memory_that_grows_after_the_warm_up_is_growth() {
        let steady = samples(|n| if n < 12 { u64::from(n) << 20 } else { (50 << 20) + (u64::from(n % 7) << 16) });
        assert_eq!(verdict(&steady, &counts(0), true, 600)["no_growth"], true);
        let growing = samples(|n| (50 << 20) + (u64::from(n) << 15));
        assert_eq!(verdict(&growing, &counts(0), true, 600)["no_growth"], false);
    }

    #[test]
    fn one_other_answer_is_an_error_and_so_is_a_warning() {
        let steady = samples(|_| 50 << 20);
        for (not_200, was_well, no_error) in [(0, true, true), (1, true, false), (0, false, false)] {
            assert_eq!(verdict(&steady, &counts(not_200), was_well, 600)["no_error"], no_error);
        }
    }
}
