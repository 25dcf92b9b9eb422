//! What was measured of one subject.

use harness::callgrind::Cost;
use serde_json::{Value, json};

/// One subject of one program.
#[derive(Debug, Clone)]
pub struct Row {
    /// The program's name.
    pub program: String,
    /// The subject's.
    pub name: String,
    /// The subject of the same program that its ratios are over.
    pub baseline: String,
    /// How many requests a round measures.
    pub requests: usize,
    /// Nanoseconds a request of each round, sorted.
    pub times: Vec<f64>,
    /// What was counted, if it was.
    pub cost: Option<Cost>,
    /// Instructions that were stepped through, if they were.
    pub stepped: Option<f64>,
}

impl Row {
    /// The time that so many of the rounds stay under: 0.5 for the median.
    pub fn time(&self, quantile: f64) -> f64 {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = ((self.times.len() - 1) as f64 * quantile).round() as usize;
        self.times[at]
    }

    /// The row that the ratios are over.
    pub fn baseline<'a>(&self, rows: &'a [Self]) -> &'a Self {
        let is_it = |row: &&Self| row.program == self.program && row.name == self.baseline;
        rows.iter().find(is_it).expect("every baseline is measured")
    }

    /// Median over the baseline's median.
    pub fn time_ratio(&self, rows: &[Self]) -> f64 {
        self.time(0.5) / self.baseline(rows).time(0.5)
    }

    /// Instructions over the baseline's.
    pub fn instruction_ratio(&self, rows: &[Self]) -> Option<f64> {
        Some(self.cost?.instructions / self.baseline(rows).cost?.instructions)
    }

    /// Allocations more than the baseline has.
    pub fn more_allocations(&self, rows: &[Self]) -> Option<f64> {
        Some(self.cost?.allocations - self.baseline(rows).cost?.allocations)
    }

    /// Everything.
    pub fn to_json(&self, rows: &[Self]) -> Value {
        let round = |number: f64, unit: f64| (number * unit).round() / unit;
        let times: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0].map(|part| round(self.time(part), 10.0)).into();
        json!({
            "program": self.program,
            "name": self.name,
            "baseline": self.baseline,
            "rounds": self.times.len(),
            "nanoseconds": { "least": times[0], "quartile": times[1], "median": times[2], "third": times[3], "most": times[4] },
            "instructions": self.cost.map(|cost| round(cost.instructions, 10.0)),
            "instructions_with_portable_digest": self.cost.map(|cost| round(cost.portable, 10.0)),
            "instructions_stepped": self.stepped.map(|count| round(count, 10.0)),
            "allocations": self.cost.map(|cost| round(cost.allocations, 100.0)),
            "time_ratio": round(self.time_ratio(rows), 1_000.0),
            "instruction_ratio": self.instruction_ratio(rows).map(|ratio| round(ratio, 1_000.0)),
            "more_allocations": self.more_allocations(rows).map(|more| round(more, 100.0)),
        })
    }
}

/// A table in Markdown. Rows that lack a figure have a dash.
pub fn table(shown: &[Row], rows: &[Row]) -> String {
    let mut text = "| | ns, median | quartiles | × bare | instructions | × bare | allocations | more than bare |\n\
                    |---|--:|:-:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    for row in shown {
        let is_baseline = row.name == row.baseline;
        let ratio = |ratio: f64| if is_baseline { "1".to_owned() } else { format!("{ratio:.2}") };
        // A program has a baseline of its own, with the features that its dependencies switch on.
        let is_another = rows.iter().any(|other| other.name == row.name && other.program < row.program);
        let name = if is_another { format!("{}, {}", row.name, row.program) } else { row.name.clone() };
        let cells = [
            name,
            grouped(row.time(0.5)),
            format!("{} – {}", grouped(row.time(0.25)), grouped(row.time(0.75))),
            ratio(row.time_ratio(rows)),
            or_dash(row.cost.map(|cost| grouped(cost.instructions))),
            or_dash(row.instruction_ratio(rows).map(ratio)),
            or_dash(row.cost.map(|cost| format!("{:.0}", cost.allocations))),
            or_dash(row.more_allocations(rows).map(|more| format!("{more:.0}"))),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// A number without its fraction, with a thin space between thousands.
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
