//! Checks what authentication may cost: `cargo run --release -p cost --bin budgets`, after `cost` was built.
//!
//! Instructions and allocations only, no time: the same everywhere, however busy the machine is.

use std::collections::BTreeMap;
use std::process::ExitCode;

use cost::{Kind, baseline};
use harness::callgrind::{Cost, count_all};

/// How many requests are counted.
const REQUESTS: usize = 200;

/// What was counted, by the names of subjects.
struct Costs(BTreeMap<String, Cost>);

impl Costs {
    fn of(&self, name: &str, kind: Kind) -> Cost {
        self.0[&format!("{name}, {}", kind.name())]
    }

    fn bare(&self, kind: Kind) -> Cost {
        self.0[&baseline(kind)]
    }

    /// Instructions over those of bare axum.
    fn over_bare(&self, name: &str, kind: Kind) -> f64 {
        self.of(name, kind).instructions / self.bare(kind).instructions
    }
}

/// One line of the answer.
struct Budget {
    text: String,
    measured: f64,
    /// What the design aims at.
    goal: f64,
    /// What was reached, with room for another processor and C library: more than that is a step back.
    most: f64,
}

fn budgets(costs: &Costs) -> Vec<Budget> {
    let mut budgets = Vec::new();
    let mut most = |text: String, measured: f64, goal: f64, most: f64| {
        budgets.push(Budget { text, measured, goal, most: most.max(goal) });
    };
    for (scheme, by_hand, kind, over_by_hand) in
        [("Token", "token by hand", Kind::Token, 1.15), ("Session", "session by hand", Kind::Session, 1.07)]
    {
        let (ours, theirs) = (costs.of(scheme, kind), costs.of(by_hand, kind));
        most(format!("{scheme}: instructions over bare axum"), costs.over_bare(scheme, kind), 1.35, 1.46);
        most(
            format!("{scheme}: instructions over by hand"),
            ours.instructions / theirs.instructions,
            1.05,
            over_by_hand,
        );
        let theirs = costs.of(&format!("{by_hand}, the same checks"), kind);
        most(
            format!("{scheme}: instructions over by hand with the same checks"),
            ours.instructions / theirs.instructions,
            1.05,
            1.13,
        );
        let more = ours.allocations - costs.bare(kind).allocations;
        most(format!("{scheme}: allocations more than bare axum"), more, 0.0, 0.0);
    }
    most(
        "Basic with its cache: instructions over bare axum".into(),
        costs.over_bare("Basic with its cache", Kind::Basic),
        1.5,
        0.0,
    );
    for (name, kind) in [
        ("chain of 1", Kind::Nothing),
        ("chain of 1", Kind::Foreign),
        ("Session passed over", Kind::Nothing),
        ("Session passed over", Kind::ForeignCookie),
        ("Basic passed over", Kind::Nothing),
        ("Basic passed over", Kind::Foreign),
        ("RemoteUser passed over", Kind::Nothing),
        ("a derived scheme passed over", Kind::Nothing),
    ] {
        let text = format!("{name}, {}: instructions over bare axum", kind.name());
        most(text, costs.over_bare(name, kind), 1.05, if kind == Kind::ForeignCookie { 1.26 } else { 1.21 });
    }
    for kind in [Kind::Nothing, Kind::Foreign] {
        let of = |length: usize| costs.over_bare(&format!("chain of {length}"), kind);
        let text = format!("chain of 8, {}: instructions over bare axum", kind.name());
        most(text, of(8), 1.0 + 8.0 * 0.05, 0.0);
        let text = format!("Token with 8 keywords, {}: instructions over bare axum", kind.name());
        most(text, costs.over_bare("Token with 8 keywords passed over", kind), 1.0 + 8.0 * 0.05, 1.46);
        let text = format!("each scheme more in a chain, {}: share of bare axum", kind.name());
        most(text, (of(8) - of(1)) / 7.0, 0.03, 0.04);
        let steepest = (2..=8).map(|length| of(length) - of(length - 1)).fold(0.0, f64::max);
        most(format!("the steepest step of a chain, {}: share of bare axum", kind.name()), steepest, 0.05, 0.06);
    }
    for (name, refused, accepted, reached) in [
        ("Token", Kind::UnknownToken, Kind::Token, 1.12),
        ("Token", Kind::MalformedToken, Kind::Token, 1.04),
        ("Token", Kind::Nothing, Kind::Token, 0.0),
        ("Session", Kind::UnknownSession, Kind::Session, 1.07),
        ("Session", Kind::Nothing, Kind::Session, 0.0),
    ] {
        let text = format!("{name}, {}: instructions over the accepted request", refused.name());
        most(text, costs.of(name, refused).instructions / costs.of(name, accepted).instructions, 1.0, reached);
    }
    budgets
}

fn main() -> ExitCode {
    let program = std::env::current_exe().expect("this program").with_file_name("cost");
    let folder = std::env::temp_dir().join(format!("budgets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let subjects = cost::subjects().into_iter().map(|subject| subject.name);
    let subjects: Vec<_> =
        subjects.filter(|name| !name.starts_with("Basic without")).map(|name| (name, REQUESTS)).collect();
    let costs = count_all(&program, &subjects, &folder);
    drop(std::fs::remove_dir_all(&folder));
    let budgets = match costs {
        Ok(costs) => budgets(&Costs(costs)),
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    };
    println!("{:72} {:>9} {:>7} {:>7}", "", "measured", "goal", "at most");
    let (mut broken, mut reached) = (0, 0);
    for Budget { text, measured, goal, most } in &budgets {
        // What is printed is what is compared.
        let is_kept = (measured * 1_000.0).round() <= (most * 1_000.0).round();
        broken += u32::from(!is_kept);
        reached += u32::from(measured <= goal);
        println!("{text:72} {measured:9.3} {goal:7.3} {most:7.3}{}", if is_kept { "" } else { "  BROKEN" });
    }
    println!("{reached} of {} reach their goal, {broken} are worse than before", budgets.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
