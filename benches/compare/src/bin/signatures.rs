//! `cargo run --release -p compare --bin signatures`, in the folder `benches`: what verifying a signed request costs beside
//! its bare primitive. Prints the table, and writes `results/signatures.json`, `results/signatures.md` and the page of the
//! guide.

use std::collections::BTreeMap;
use std::fs;

use clap::Parser;
use compare::program::Program;
use compare::row::grouped;
use compare::{machine, page};
use harness::callgrind;
use serde_json::{Value, json};

/// Measures signed requests.
#[derive(Parser)]
struct Options {
    /// How often the program is asked.
    #[arg(long, default_value_t = 3)]
    passes: usize,
    /// How many rounds it measures each time.
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// How many requests are counted.
    #[arg(long, default_value_t = 200)]
    counted: usize,
    /// Prints the table and writes nothing.
    #[arg(long)]
    dry: bool,
    /// Only what has one of these words in its name, and nothing is written.
    words: Vec<String>,
}

/// What was measured of one kind of request.
struct Kind {
    name: String,
    bare: Subject,
    primitive: Subject,
    scheme: Subject,
}

/// Nanoseconds a request of each round, and how often one allocates.
#[derive(Default)]
struct Subject {
    times: Vec<f64>,
    allocations: f64,
}

impl Subject {
    fn median(&self) -> f64 {
        quantile(self.times.clone(), 0.5)
    }
}

impl Kind {
    /// What the scheme costs more than no authentication, over the primitive: of the medians.
    fn ratio(&self) -> f64 {
        (self.scheme.median() - self.bare.median()) / self.primitive.median()
    }

    /// The same of each round, in which all take turns: of so many of them.
    fn ratio_of_rounds(&self, part: f64) -> f64 {
        let rounds = self.scheme.times.iter().zip(&self.bare.times).zip(&self.primitive.times);
        quantile(rounds.map(|((scheme, bare), primitive)| (scheme - bare) / primitive).collect(), part)
    }

    fn more_allocations(&self) -> f64 {
        self.scheme.allocations - self.bare.allocations
    }

    fn to_json(&self) -> Value {
        let round = |number: f64, unit: f64| (number * unit).round() / unit;
        let [bare, primitive, scheme] =
            [&self.bare, &self.primitive, &self.scheme].map(|subject| round(subject.median(), 10.0));
        let quartiles = [0.25, 0.75].map(|part| round(self.ratio_of_rounds(part), 1_000.0));
        json!({
            "name": self.name,
            "rounds": self.scheme.times.len(),
            "nanoseconds": { "bare": bare, "primitive": primitive, "scheme": scheme },
            "over_primitive": round(self.ratio(), 1_000.0),
            "quartiles_of_rounds": quartiles,
            "more_allocations": round(self.more_allocations(), 100.0),
        })
    }
}

fn quantile(mut numbers: Vec<f64>, part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = ((numbers.len() - 1) as f64 * part).round() as usize;
    numbers[at]
}

fn main() -> Result<(), String> {
    let options = Options::parse();
    let program = Program::of_package("signatures")?;
    let mut subjects = times(&program, &options)?;
    count(&program, &mut subjects, options.counted)?;
    let kinds: Vec<Kind> = names(&program)?
        .into_iter()
        .filter_map(|name| {
            let mut take = |name: &str| subjects.remove(name);
            let (bare, primitive) = (take(&format!("bare for {name}"))?, take(&format!("primitive of {name}"))?);
            Some(Kind { bare, primitive, scheme: take(&name)?, name })
        })
        .collect();

    let text = table(&kinds);
    println!("{}", text.replace('\u{202f}', " "));
    if options.dry || !options.words.is_empty() {
        return Ok(());
    }
    let results = machine::benches().join("results");
    let write = |name: &str, text: String| fs::write(results.join(name), text).map_err(|error| error.to_string());
    let all = json!({
        "machine": machine::description(),
        "versions": machine::versions(),
        "kinds": kinds.iter().map(Kind::to_json).collect::<Vec<_>>(),
    });
    let all = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
    write("signatures.json", all + "\n")?;
    write("signatures.md", text.clone())?;
    page::replace("signatures", &text);
    Ok(())
}

/// The kinds by the names of the subjects that have the scheme.
fn names(program: &Program) -> Result<Vec<String>, String> {
    let lines = program.ask(&["list"])?;
    let scheme = lines.into_iter().filter_map(|line| line.into_iter().next());
    Ok(scheme.filter(|name| !name.starts_with("bare for ") && !name.starts_with("primitive of ")).collect())
}

/// A kind at a time: what it keeps in memory is touched again before the machine finds it idle.
fn times(program: &Program, options: &Options) -> Result<BTreeMap<String, Subject>, String> {
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    let rounds = options.rounds.to_string();
    let is_asked = |name: &String| options.words.is_empty() || options.words.iter().any(|word| name.contains(word));
    let kinds: Vec<String> = names(program)?.into_iter().filter(is_asked).collect();
    for pass in 1..=options.passes {
        eprintln!("Time, pass {pass} of {} ..", options.passes);
        for kind in &kinds {
            for line in program.ask(&["time", &rounds, kind])? {
                let times = line[1..].iter().filter_map(|time| time.parse::<f64>().ok());
                subjects.entry(line[0].clone()).or_default().times.extend(times);
            }
        }
    }
    Ok(subjects)
}

fn count(program: &Program, subjects: &mut BTreeMap<String, Subject>, requests: usize) -> Result<(), String> {
    eprintln!("Allocations ..");
    let folder = std::env::temp_dir().join(format!("callgrind-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // A handler without authentication does not look at what signs the request: one of each body counts for all.
    let body = |name: &str| name.rsplit(", ").next().unwrap_or_default().to_owned();
    let mut counted = BTreeMap::new();
    for name in subjects.keys().filter(|name| !name.starts_with("primitive of ")) {
        counted.entry(if name.starts_with("bare for ") { body(name) } else { name.clone() }).or_insert(name.clone());
    }
    let names: Vec<(String, usize)> = counted.values().map(|name| (name.clone(), requests)).collect();
    let costs = callgrind::count_all(program.file(), &names, &folder);
    fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    let costs = costs?;
    for (name, subject) in subjects {
        let like = counted.get(name).or_else(|| counted.get(&body(name)));
        subject.allocations = like.and_then(|like| costs.get(like)).map_or(0.0, |cost| cost.allocations);
    }
    Ok(())
}

fn table(kinds: &[Kind]) -> String {
    let mut text =
        "| | bare, ns | primitive, ns | scheme, ns | (scheme − bare) ÷ primitive | quartiles | allocations more than \
                    bare |\n|---|--:|--:|--:|--:|:-:|--:|\n"
            .to_owned();
    for kind in kinds {
        let [low, high] = [0.25, 0.75].map(|part| format!("{:.2}", kind.ratio_of_rounds(part)));
        let cells = [
            kind.name.clone(),
            grouped(kind.bare.median()),
            grouped(kind.primitive.median()),
            grouped(kind.scheme.median()),
            format!("{:.2}", kind.ratio()),
            format!("{low} – {high}"),
            format!("{:.0}", kind.more_allocations()),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}
