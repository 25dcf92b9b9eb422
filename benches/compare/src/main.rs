//! `cargo run --release -p compare`, in the folder `benches`: measures everything by turns, prints the table, and writes
//! `results/requests.json`, `results/requests.svg` and the page of the guide.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clap::Parser;
use compare::program::Program;
use compare::row::{Row, table};
use compare::{chart, machine, page};
use harness::{callgrind, steps};
use serde_json::{Value, json};

/// Measures what authentication costs a request, beside others.
#[derive(Parser)]
struct Options {
    /// How often all programs are measured, by turns.
    #[arg(long, default_value_t = 5)]
    passes: usize,
    /// How many rounds a program measures in a pass.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// How many requests are counted.
    #[arg(long, default_value_t = 200)]
    counted: usize,
    /// This product and the same by hand only.
    #[arg(long)]
    ours: bool,
    /// Prints the table and writes nothing.
    #[arg(long)]
    dry: bool,
}

/// What stands in the table of the guide and in the chart, by the beginning of the name. The rest is in the JSON.
const ACCEPTED: [(&str, bool); 17] = [
    ("Token, a token", true),
    ("token by hand, a token", false),
    ("token by hand, the same checks, a token", false),
    ("Session, a login cookie", true),
    ("session by hand, a login cookie", false),
    ("session by hand, the same checks, a login cookie", false),
    ("RemoteUser, a gateway", true),
    ("a derived scheme, a key", true),
    ("Basic with its cache, a password", true),
    ("tower-http, bearer: one token for all, a token", false),
    ("tower-http, validate with a look-up, a token", false),
    ("axum-extra, typed header, a token", false),
    ("axum-login, a login cookie", false),
    ("actix-web-httpauth, extractor, a token", false),
    ("actix-web-httpauth, middleware, a token", false),
    ("poem-openapi, security scheme, a token", false),
    ("Django REST framework, TokenAuthentication, a token", false),
];

/// What is stepped, too: to show that what is counted is what the machine executes.
const STEPPED: [&str; 6] = [
    "bare axum, a token",
    "Token, a token",
    "token by hand, a token",
    "bare axum, a login cookie",
    "Session, a login cookie",
    "session by hand, a login cookie",
];

fn main() -> Result<(), String> {
    let options = Options::parse();
    let programs = programs(options.ours)?;
    let mut rows = listed(&programs)?;
    time(&programs, &mut rows, &options)?;
    count(&programs, &mut rows, options.counted)?;
    let isolation = isolation()?;

    let text = text(&rows, &isolation);
    println!("{}", text.replace('\u{202f}', " "));
    if options.dry {
        return Ok(());
    }
    let results = machine::benches().join("results");
    let write = |name: &str, text: String| fs::write(results.join(name), text).map_err(|error| error.to_string());
    let subjects: Vec<Value> = rows.iter().map(|row| row.to_json(&rows)).collect();
    let all = json!({
        "machine": machine::description(),
        "versions": machine::versions(),
        "isolation_microseconds": isolation,
        "subjects": subjects,
    });
    let all = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
    write("requests.json", all + "\n")?;
    write("requests.svg", drawn(&rows, true) + "\n")?;
    page::replace("requests", &format!("{}\n\n{text}", drawn(&rows, false)));
    Ok(())
}

fn programs(ours: bool) -> Result<Vec<Program>, String> {
    let mut programs = vec![Program::of_package("cost")?];
    if !ours {
        for name in ["on-axum", "on-actix", "on-poem"] {
            programs.push(Program::of_package(name)?);
        }
        match Program::of_django() {
            Ok(django) => programs.push(django),
            Err(fault) => eprintln!("without Django: {fault}"),
        }
    }
    Ok(programs)
}

fn listed(programs: &[Program]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for program in programs {
        for line in program.ask(&["list"])? {
            let fault = || format!("{}: {line:?}", program.name);
            let [name, baseline, requests] = line.as_slice() else { return Err(fault()) };
            rows.push(Row {
                program: program.name.clone(),
                name: name.clone(),
                baseline: baseline.clone(),
                requests: requests.parse().map_err(|_| fault())?,
                times: Vec::new(),
                cost: None,
                stepped: None,
            });
        }
    }
    Ok(rows)
}

/// Every pass asks all programs, one after the other; each of them measures its subjects by turns.
fn time(programs: &[Program], rows: &mut [Row], options: &Options) -> Result<(), String> {
    for pass in 1..=options.passes {
        eprintln!("Time, pass {pass} of {} ..", options.passes);
        for program in programs {
            for line in program.ask(&["time", &options.rounds.to_string()])? {
                let row = rows.iter_mut().find(|row| row.program == program.name && row.name == line[0]);
                let row = row.ok_or_else(|| format!("{}: {line:?}", program.name))?;
                row.times.extend(line[1..].iter().filter_map(|time| time.parse::<f64>().ok()));
            }
        }
    }
    for row in rows {
        row.times.sort_by(f64::total_cmp);
    }
    Ok(())
}

fn count(programs: &[Program], rows: &mut [Row], requests: usize) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("callgrind-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for program in programs.iter().filter(|program| program.is_counted()) {
        eprintln!("Instructions and allocations of {} ..", program.name);
        let own = || rows.iter().filter(|row| row.program == program.name);
        let subjects: Vec<(String, usize)> = own().map(|row| (row.name.clone(), row.requests.min(requests))).collect();
        let costs = callgrind::count_all(program.file(), &subjects, &folder)?;
        for row in rows.iter_mut().filter(|row| row.program == program.name) {
            row.cost = costs.get(&row.name).copied();
            if program.name == "cost" && STEPPED.contains(&row.name.as_str()) {
                row.stepped = Some(steps::count(program.file(), &row.name, 10)?);
            }
        }
    }
    fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}

/// The percentiles of other requests, idle and while all processors are busy with passwords.
fn isolation() -> Result<BTreeMap<String, BTreeMap<String, f64>>, String> {
    eprintln!("Isolation ..");
    let program = Program::of_binary("cost", "isolation")?;
    let mut percentiles: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for line in program.ask(&[])? {
        let [when, percentile, micros] = line.as_slice() else { return Err(format!("isolation: {line:?}")) };
        let micros = micros.parse().map_err(|_| format!("isolation: {line:?}"))?;
        percentiles.entry(when.clone()).or_default().insert(percentile.clone(), micros);
    }
    Ok(percentiles)
}

fn begins(row: &Row, with: &str) -> bool {
    row.name.starts_with(with)
}

fn drawn(rows: &[Row], standalone: bool) -> String {
    let mut bars = Vec::new();
    for (name, is_ours) in ACCEPTED {
        for row in rows.iter().filter(|row| begins(row, name) && row.name != row.baseline) {
            let label = row.name.split(", a ").next().unwrap_or_default().to_owned();
            bars.push(chart::Bar { label, value: row.time_ratio(rows), is_ours });
        }
    }
    chart::draw("Time of an accepted request over the same framework bare", &bars, standalone)
}

fn text(rows: &[Row], isolation: &BTreeMap<String, BTreeMap<String, f64>>) -> String {
    let chosen =
        |chosen: &dyn Fn(&Row) -> bool| -> Vec<Row> { rows.iter().filter(|row| chosen(row)).cloned().collect() };
    let accepted = chosen(&|row| row.name != row.baseline && ACCEPTED.iter().any(|(name, _)| begins(row, name)));
    let refused = chosen(&|row| {
        let is_one = ["unknown", "malformed", "wrong"].iter().any(|word| row.name.contains(word));
        let is_without =
            row.name.ends_with("no credentials") && !row.name.contains("passed over") && !begins(row, "chain");
        (is_one || is_without) && !begins(row, "bare") && !begins(row, "Basic without")
    });
    let passed = chosen(&|row| begins(row, "chain") || row.name.contains("passed over"));
    let slow = chosen(&|row| begins(row, "Basic without"));
    let shown: BTreeSet<&str> =
        accepted.iter().chain(&refused).chain(&passed).map(|row| row.baseline.as_str()).collect();
    let bare =
        chosen(&|row| row.name == row.baseline && shown.contains(row.name.as_str()) || begins(row, "bare Django,"));

    let machine = machine::description();
    let said = |key: &str| machine[key].as_str().unwrap_or("unknown").to_owned();
    let mut versions = String::new();
    if let Value::Object(all) = machine::versions() {
        let all: Vec<String> =
            all.iter().map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or(""))).collect();
        versions = all.join(", ");
    }
    let mut text = format!(
        "Measured on {}: {}, {} processors, {}; {}; {}.\n",
        said("date"),
        said("processor"),
        machine["processors"],
        said("kernel"),
        said("rustc"),
        versions
    );
    for (title, rows_of) in [
        ("Good credentials", &accepted),
        ("Bad and absent credentials, refused", &refused),
        ("Schemes that find nothing, in a handler for anybody", &passed),
        ("A password without a cache: argon2id is the cost", &slow),
        ("The same requests without authentication", &bare),
    ] {
        text += &format!("\n## {title}\n\n{}", table(rows_of, rows));
    }
    text += "\n## Other requests while others send nothing but passwords\n\n\
             | microseconds | median | 99th percentile |\n|---|--:|--:|\n";
    for (when, percentiles) in isolation {
        let of = |name: &str| percentiles.get(name).copied().unwrap_or(f64::NAN);
        text += &format!("| {when} | {:.0} | {:.0} |\n", of("50"), of("99"));
    }
    text
}
