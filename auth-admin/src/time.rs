//! Times as people read them: UTC, in the proleptic Gregorian calendar (RFC 3339).

use std::time::Duration;

use maud::{Markup, html};

const DAY: u64 = 86_400;

/// A time since the Unix epoch, to the minute; its seconds are in `datetime`.
pub(crate) fn time(at: Duration) -> Markup {
    let (day, second) = (at.as_secs() / DAY, at.as_secs() % DAY);
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    html! {
        time datetime=(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")) {
            // Where there is no room for both, the line breaks between them.
            span { (format!("{year:04}-{month:02}-{day:02}")) } " "
            span { (format!("{hour:02}:{minute:02} UTC")) }
        }
    }
}

/// Year, month and day of a day since the Unix epoch.
fn date(days: u64) -> (u64, u64, u64) {
    // 400 years always have as many days. Within them the loops are short.
    const ERA: u64 = 146_097;
    let (mut year, mut day) = (1970 + days / ERA * 400, days % ERA);
    while day >= length(year) {
        day -= length(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    (year, month, day + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn length(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (second, shown, exact) in [
            (0, "1970-01-01 00:00 UTC", "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28 23:59 UTC", "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29 00:00 UTC", "2000-02-29T00:00:00Z"),
            (1_800_000_000, "2027-01-15 08:00 UTC", "2027-01-15T08:00:00Z"),
            (4_107_542_399, "2100-02-28 23:59 UTC", "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01 00:00 UTC", "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31 23:59 UTC", "9999-12-31T23:59:59Z"),
        ] {
            let markup = time(Duration::from_secs(second)).into_string();
            assert_eq!(
                markup.replace("<span>", "").replace("</span>", ""),
                format!("<time datetime=\"{exact}\">{shown}</time>")
            );
        }
    }

    #[test]
    fn days_follow_each_other_without_a_gap() {
        let mut last = date(0);
        for day in 1..3 * 146_097 {
            let (year, month, of_month) = date(day);
            let follows = match last {
                (y, m, d) if (y, m, d + 1) == (year, month, of_month) => true,
                (y, 12, 31) => (y + 1, 1, 1) == (year, month, of_month),
                (y, m, d) => d >= 28 && (y, m + 1, 1) == (year, month, of_month),
            };
            assert!(follows, "{last:?} {year}-{month}-{of_month}");
            last = (year, month, of_month);
        }
        assert!(time(Duration::MAX).into_string().contains("UTC"), "no time is too late");
    }
}
