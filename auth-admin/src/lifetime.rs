//! Durations as people type them: `14d`, `1d 12h`.

use std::fmt::Write as _;
use std::time::Duration;

/// The units in milliseconds, from the longest to the shortest.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A hundred years: more could overflow a store's numbers.
const LONGEST: u64 = 36_525 * 86_400_000;

/// The message for text that is not a duration.
pub(crate) const WRONG: &str =
    "Write a number with d, h, m or s behind it, such as 14d or 12h. Several add up, as in 1d 12h.";
const ZERO: &str = "Leave the field empty for no limit. Nothing can last for no time at all.";
const TOO_LONG: &str = "Write a hundred years (36525d) at most, or leave the field empty for no limit.";

/// Parses a duration. Empty text gives `None`, which means unlimited.
///
/// # Errors
///
/// Returns the message to show.
pub(crate) fn parse(text: &str) -> Result<Option<Duration>, &'static str> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Ok(None);
    }
    let mut millis = 0_u64;
    while !rest.is_empty() {
        let (digits, behind) = split(rest, |c| c.is_ascii_digit());
        let (unit, behind) = split(behind.trim_start(), |c| c.is_ascii_alphabetic());
        let scale = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or(WRONG)?.1;
        if digits.is_empty() {
            return Err(WRONG);
        }
        let part = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
        millis = part.and_then(|part| part.checked_add(millis)).ok_or(TOO_LONG)?;
        rest = behind.trim_start();
    }
    match millis {
        0 => Err(ZERO),
        millis if millis > LONGEST => Err(TOO_LONG),
        millis => Ok(Some(Duration::from_millis(millis))),
    }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// Formats a duration so that [`parse`] can read it. Omits fractions of a millisecond.
pub(crate) fn format(lifetime: Duration) -> String {
    let mut rest = lifetime.as_millis();
    let mut text = String::new();
    for (name, millis) in UNITS {
        let (number, left) = (rest / u128::from(millis), rest % u128::from(millis));
        rest = left;
        if number > 0 {
            let space = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{space}{number}{name}");
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_add_up() {
        for (text, seconds) in [
            ("14d", 14 * 86_400),
            ("12h", 43_200),
            ("30 m", 1_800),
            (" 45S ", 45),
            ("1d12h", 129_600),
            ("1h 1h", 7_200),
        ] {
            assert_eq!(parse(text), Ok(Some(Duration::from_secs(seconds))), "{text}");
        }
        assert_eq!(parse("  "), Ok(None));
        assert_eq!(format(Duration::from_secs(129_600)), "1d 12h");
    }

    #[test]
    fn text_that_is_not_a_duration_is_refused() {
        for text in ["14", "d", "-1d", "1.5h", "14 days", "1d,2h", "1d x", "١d", "1d\u{a0}\0"] {
            assert_eq!(parse(text), Err(WRONG), "{text}");
        }
        assert_eq!(parse("0s"), Err(ZERO));
        for text in ["36526d", "99999999999999999999d", "18446744073709551615d", "36525d 1s"] {
            assert_eq!(parse(text), Err(TOO_LONG), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(millis in 1..=LONGEST) {
            let lifetime = Duration::from_millis(millis);
            prop_assert_eq!(parse(&format(lifetime)), Ok(Some(lifetime)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            if let Ok(Some(lifetime)) = parse(&text) {
                prop_assert!(!lifetime.is_zero() && lifetime <= Duration::from_millis(LONGEST));
            }
        }
    }
}
