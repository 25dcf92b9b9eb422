//! `bash soak`, in the folder `benches`: the quickstart, built for release, over a SQLite file under all the load that wrk can
//! make over loopback, with tokens and login cookies of many users.
//!
//! Every five seconds it is written down how many bytes the server has allocated, as malloc counts them in Rust and in
//! SQLite alike, how many malloc holds from the system for them, and the memory of the process (`VmRSS`).
//!
//! **No growth**: what is allocated is what would grow without end if anything were kept for good. It goes up and
//! down by what SQLite's connections have in their caches, which each commit empties, and by the last uses that are
//! noted once a minute, which are some MiB while a batch of them is being written: so the median of each minute
//! counts. Through those a line is laid by least squares, after the first two and a half minutes, since what is
//! remembered of uses is remembered for two. It rises by no more than 2 % of their median, or 2 MiB: that is less
//! than a byte for each request. What malloc holds is more than what is allocated: each burst leaves holes in the
//! arenas of the threads that served it, and the process rises in steps until all arenas have seen one. With
//! `MALLOC_ARENA_MAX=1` in the environment it does not. Through the memory of the process another line is laid,
//! over the last half, which rises by no more than 10 %, or 4 MiB. With less time than five minutes, the first half
//! warms up.
//!
//! **No error**: every answer is 200, wrk counts no error, and the server warns of nothing and ends well when it is told to.
//! The write-ahead log and the server's open files are written down too.

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
    /// The library of `scale/heap.c`.
    #[arg(long)]
    heap: PathBuf,
    /// Where the database is made.
    #[arg(long, default_value_os_t = machine::benches().join("target/databases"))]
    databases: PathBuf,
}

/// What was seen at one moment.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    allocated: u64,
    held: u64,
    resident: u64,
    peak: u64,
    log: u64,
    files: usize,
}

/// The seconds of which the median counts, unless a sixth of the time that is left is less.
const WINDOW: f64 = 60.0;
/// The seconds that warm up, unless half of the time is less.
const WARM: f64 = 150.0;
const MIB: f64 = 1_048_576.0;
/// How much of the median a line may rise, and how many bytes in any case.
const GROWTH: Growth = Growth { part: 0.02, bytes: 2.0 * MIB };
const GROWTH_OF_PROCESS: Growth = Growth { part: 0.1, bytes: 4.0 * MIB };

#[derive(Debug, Clone, Copy)]
struct Growth {
    part: f64,
    bytes: f64,
}

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
    let (mut server, address, warnings) = start(&options, &database);
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
fn start(options: &Options, database: &Path) -> (Child, String, JoinHandle<usize>) {
    let mut server = Command::new(&options.server)
        .env("LD_PRELOAD", fs::canonicalize(&options.heap).expect("the library"))
        .env("SOAK_HEAP", heap_of(database))
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
        let [allocated, resident] = [sample.allocated, sample.resident].map(mib);
        eprint!("\r{:4.0} s: {allocated:6.1} MiB allocated, {resident:6.1} MiB resident ", sample.seconds);
        drop(std::io::stderr().flush());
        samples.push(sample);
    }
    eprintln!();
    samples
}

fn sample(server: u32, database: &Path, seconds: f64) -> Option<Sample> {
    let Memory { resident, peak } = Memory::of(server)?;
    let heap = fs::read_to_string(heap_of(database)).expect("the server writes it");
    let mut heap = heap.split_whitespace().filter_map(|number| number.parse().ok());
    let (allocated, held) = heap.next().zip(heap.next()).expect("two numbers");
    let log = fs::metadata(database.with_extension("sqlite-wal")).map_or(0, |file| file.len());
    let files = fs::read_dir(format!("/proc/{server}/fd")).map_or(0, Iterator::count);
    Some(Sample { seconds, allocated, held, resident, peak, log, files })
}

/// Where the server writes what it has allocated.
fn heap_of(database: &Path) -> PathBuf {
    database.with_extension("heap")
}

/// Asks the server to end. Whether it does, and says that all was well.
fn stop(server: &mut Child) -> bool {
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    told.is_ok_and(|status| status.success()) && server.wait().is_ok_and(|status| status.success())
}

#[allow(clippy::cast_precision_loss)] // seconds are few
fn verdict(samples: &[Sample], counts: &Value, was_well: bool, seconds: u64) -> Value {
    let half = seconds as f64 / 2.0;
    let (heap, heap_is_steady) = rise(samples, WARM.min(half), |sample| sample.allocated, GROWTH);
    let (process, process_is_steady) = rise(samples, half, |sample| sample.resident, GROWTH_OF_PROCESS);
    let errors = ["not_200", "connect", "read", "write", "timeout"];
    let is_clean = errors.iter().all(|error| counts[error] == 0);
    json!({
        "no_growth": heap_is_steady && process_is_steady,
        "no_error": is_clean && counts["requests"].as_u64().is_some_and(|count| count > 0) && was_well,
        "allocated": heap,
        "resident": process,
        "log_most_mib": round(samples.iter().map(|sample| mib(sample.log)).fold(0.0, f64::max)),
        "requests_a_second": (counts["requests"].as_f64().unwrap_or(0.0) / counts["seconds"].as_f64().unwrap_or(1.0)).round(),
        "server_was_well": was_well,
    })
}

/// How the line rises that is laid through the median of each minute from so many seconds on, and whether it may.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // memories are below 2^52
fn rise(samples: &[Sample], from: f64, bytes: impl Fn(&Sample) -> u64, allowed: Growth) -> (Value, bool) {
    let end = samples.last().expect("a sample").seconds;
    let window = WINDOW.min((end - from) / 6.0);
    let middle = |number: u32| {
        let at = from + f64::from(number) * window;
        let within = samples.iter().filter(|sample| (at..at + window).contains(&sample.seconds));
        let within: Vec<f64> = within.map(|sample| bytes(sample) as f64).collect();
        (!within.is_empty()).then(|| (at, quantile(&within, 0.5)))
    };
    let middles = (0..((end - from) / window) as u32).filter_map(middle);
    let (times, bytes): (Vec<f64>, Vec<f64>) = middles.unzip();
    let rise = slope(&times, &bytes) * (times[times.len() - 1] - times[0]);
    let [least, median, most] = [0.0, 0.5, 1.0].map(|part| quantile(&bytes, part));
    let allowed = (median * allowed.part).max(allowed.bytes);
    let seen = json!({
        "from_second": from,
        "rise_mib": round(rise / MIB),
        "rise_allowed_mib": round(allowed / MIB),
        "median_mib": round(median / MIB),
        "least_mib": round(least / MIB),
        "most_mib": round(most / MIB),
    });
    (seen, rise <= allowed)
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
    bytes as f64 / MIB
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn seen(sample: &Sample) -> Value {
    json!({
        "seconds": round(sample.seconds),
        "allocated_mib": round(mib(sample.allocated)),
        "held_mib": round(mib(sample.held)),
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

    fn samples(allocated: impl Fn(u32) -> u64, resident: impl Fn(u32) -> u64) -> Vec<Sample> {
        let sample = |n: u32| Sample {
            seconds: f64::from(n) * 5.0,
            allocated: allocated(n) << 10,
            held: 0,
            resident: resident(n) << 10,
            peak: 0,
            log: 0,
            files: 0,
        };
        (1..120).map(sample).collect()
    }

    fn counts(not_200: u64) -> Value {
        json!({ "requests": 1, "seconds": 600.0, "not_200": not_200, "connect": 0, "read": 0, "write": 0, "timeout": 0 })
    }

    #[test]
    fn what_grows_after_it_was_warm_is_growth() {
        let steady = |n: u32| 50_000 + u64::from(n % 7) * 64;
        let warms = |n: u32| if n < 30 { u64::from(n) * 1_000 } else { steady(n) };
        let climbs = |n: u32| if n < 60 { u64::from(n) * 1_000 } else { steady(n) };
        let grows = |n: u32| 50_000 + u64::from(n) * 200;
        let leaks = |n: u32| 50_000 + u64::from(n) * 50;
        let empties = |n: u32| if n % 5 == n / 20 % 5 { 25_000 } else { 50_000 };
        let no_growth = |samples: Vec<Sample>| verdict(&samples, &counts(0), true, 600)["no_growth"] == true;
        assert!(no_growth(samples(warms, climbs)));
        assert!(no_growth(samples(empties, steady)), "caches are emptied now and then");
        assert!(!no_growth(samples(climbs, steady)), "it is warm after two and a half minutes");
        assert!(!no_growth(samples(leaks, steady)));
        assert!(no_growth(samples(steady, leaks)), "of the whole process less is known");
        assert!(!no_growth(samples(steady, grows)));
    }

    #[test]
    fn one_other_answer_is_an_error_and_so_is_a_warning() {
        let steady = samples(|_| 50_000, |_| 50_000);
        for (not_200, was_well, no_error) in [(0, true, true), (1, true, false), (0, false, false)] {
            assert_eq!(verdict(&steady, &counts(not_200), was_well, 600)["no_error"], no_error);
        }
    }
}
