//! What was measured, as a table and as JSON.

use serde_json::{Value, json};

/// Microseconds a request of each round, of a database with few and of one with many.
#[derive(Debug, Clone)]
pub struct Times {
    /// The store.
    pub store: &'static str,
    /// The scheme.
    pub scheme: &'static str,
    /// Whether every request leaves a note of its use, which is written.
    pub is_noted: bool,
    /// With few, in the order of the rounds.
    pub few: Vec<f64>,
    /// With many, in the same order.
    pub many: Vec<f64>,
}

impl Times {
    /// Many over few, of each round.
    pub fn ratios(&self) -> Vec<f64> {
        self.few.iter().zip(&self.many).map(|(few, many)| many / few).collect()
    }

    /// Everything.
    pub fn to_json(&self) -> Value {
        let part = |numbers: &[f64]| {
            let [least, quartile, median, third, most] =
                [0.0, 0.25, 0.5, 0.75, 1.0].map(|part| (quantile(numbers, part) * 1_000.0).round() / 1_000.0);
            json!({ "least": least, "quartile": quartile, "median": median, "third": third, "most": most })
        };
        json!({
            "store": self.store,
            "scheme": self.scheme,
            "use_is_noted": self.is_noted,
            "rounds": self.few.len(),
            "few_microseconds": part(&self.few),
            "many_microseconds": part(&self.many),
            "ratio": part(&self.ratios()),
        })
    }
}

/// Bytes, of a database with few and of one with many.
#[derive(Debug, Clone, Copy)]
pub struct Bytes {
    /// The store.
    pub store: &'static str,
    /// The process once it has opened the store.
    pub opened: [u64; 2],
    /// The process after requests whose use need not be noted.
    pub found: [u64; 2],
    /// The most that the process ever had, with requests of which each is noted.
    pub peak: [u64; 2],
    /// The database itself: on disk, or in the memory of Redis.
    pub database: [u64; 2],
}

impl Bytes {
    /// Everything.
    pub fn to_json(&self) -> Value {
        json!({
            "store": self.store,
            "process_opened": self.opened,
            "process_after_requests": self.found,
            "process_peak": self.peak,
            "database": self.database,
        })
    }
}

/// The number that so large a part of all is not above: 0.5 for the median.
///
/// # Panics
///
/// When there is no number.
pub fn quantile(numbers: &[f64], part: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = ((sorted.len() - 1) as f64 * part).round() as usize;
    sorted[at]
}

/// Both tables in Markdown. `sizes` are few and many, in words.
pub fn tables(sizes: &[String; 2], times: &[Times], bytes: &[Bytes]) -> String {
    let [few, many] = sizes;
    let mut text = format!(
        "| microseconds a request | {few}: median | quartiles | {many}: median | quartiles | ratio of a round: median | quartiles |\n\
         |---|--:|:-:|--:|:-:|--:|:-:|\n"
    );
    for row in times {
        let of = |numbers: &[f64], digits: usize| {
            let [quartile, median, third] = [0.25, 0.5, 0.75].map(|part| quantile(numbers, part));
            format!("{median:.digits$} | {quartile:.digits$} – {third:.digits$}")
        };
        let noted = if row.is_noted { ", use noted" } else { "" };
        let cells = [of(&row.few, 1), of(&row.many, 1), of(&row.ratios(), 2)];
        text += &format!("| {}, {}{noted} | {} |\n", row.store, row.scheme, cells.join(" | "));
    }
    text += &format!(
        "\n| MiB | process: {few} | {many} | at most: {few} | {many} | database: {few} | {many} |\n\
         |---|--:|--:|--:|--:|--:|--:|\n"
    );
    #[allow(clippy::cast_precision_loss)] // to a tenth of a MiB
    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    for row in bytes {
        let cells = [row.found, row.peak, row.database].concat();
        text += &format!("| {} | {} |\n", row.store, cells.into_iter().map(mib).collect::<Vec<_>>().join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_numbers() {
        let numbers = [5.0, 1.0, 4.0, 2.0, 3.0];
        let quantiles = [0.0, 0.25, 0.5, 0.75, 1.0].map(|part| quantile(&numbers, part).to_string());
        assert_eq!(quantiles, ["1", "2", "3", "4", "5"]);
        assert_eq!(quantile(&[7.0], 0.5).to_string(), "7");
    }
}
