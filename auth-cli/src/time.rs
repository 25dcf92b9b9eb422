//! Times and durations in the format that operators read and type.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

/// Formats a time since the Unix epoch as RFC 3339 in UTC, in whole seconds. A time after the year 9999 becomes its last day.
pub(crate) fn rfc3339(time: Duration) -> String {
    timestamp(Duration::from_secs(time.as_secs())).to_string()
}

/// Does the same, to the millisecond, for programs.
pub(crate) fn rfc3339_exact(time: Duration) -> String {
    timestamp(time).to_string()
}

/// Formats when something ends, for a table.
pub(crate) fn end(end: Option<Duration>, has_ended: bool) -> String {
    match end {
        _ if has_ended => "expired".to_owned(),
        Some(end) => rfc3339(end),
        None => "never".to_owned(),
    }
}

fn timestamp(time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).ok();
    millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or(Timestamp::MAX)
}

/// Longer than any useful duration, and short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(1_000 * 365 * 86_400);

const UNITS: [(char, u64); 5] = [('w', 7 * 86_400), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// A duration: numbers with units, such as `30d`, `12h` or `1d12h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) Duration);

/// The text is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidLength(&'static str);

impl fmt::Display for InvalidLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidLength {}

const MALFORMED: InvalidLength =
    InvalidLength("write a number and a unit, such as 30d; the units are w, d, h, m and s");

impl FromStr for Length {
    type Err = InvalidLength;

    fn from_str(text: &str) -> Result<Self, InvalidLength> {
        let (mut seconds, mut rest) = (0_u64, text);
        while !rest.is_empty() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, after) = rest.split_at(digits);
            let unit = after.chars().next().ok_or(MALFORMED)?;
            let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(MALFORMED)?;
            // Fails if there are no digits.
            let number: u64 = number.parse().map_err(|_| MALFORMED)?;
            seconds = number
                .checked_mul(*length)
                .and_then(|more| seconds.checked_add(more))
                .filter(|&seconds| seconds <= LONGEST.as_secs())
                .ok_or(InvalidLength("that is more than a thousand years"))?;
            rest = &after[unit.len_utf8()..];
        }
        match seconds {
            0 if text.is_empty() => Err(MALFORMED),
            0 => Err(InvalidLength("that is no time at all")),
            _ => Ok(Self(Duration::from_secs(seconds))),
        }
    }
}

impl fmt::Display for Length {
    /// Formats the duration in days, hours, minutes and seconds, without fractions of a second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_secs();
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, length) in UNITS.into_iter().skip(1) {
            if rest >= length {
                write!(f, "{}{name}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

/// A duration that can be unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime(pub(crate) Option<Duration>);

impl FromStr for Lifetime {
    type Err = InvalidLength;

    fn from_str(text: &str) -> Result<Self, InvalidLength> {
        if text == "never" { Ok(Self(None)) } else { Ok(Self(Some(text.parse::<Length>()?.0))) }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(length) => Length(length).fmt(f),
            None => f.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> Option<u64> {
        text.parse::<Length>().ok().map(|length| length.0.as_secs())
    }

    #[test]
    fn lengths_are_numbers_with_units() {
        for (text, expected) in [
            ("30d", 30 * 86_400),
            ("2w", 14 * 86_400),
            ("12h", 43_200),
            ("90m", 5_400),
            ("1d12h", 129_600),
            ("1s", 1),
            ("365000d", 1_000 * 365 * 86_400),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "d", "30", "30 d", "-1d", "+1d", "1.5h", "1y", "30D", "0d", "365001d", "99999999999999999999d"]
        {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_shown_in_whole_units() {
        for (seconds, text) in [(14 * 86_400, "14d"), (5_400, "1h30m"), (59, "59s"), (90_061, "1d1h1m1s"), (0, "0s")] {
            assert_eq!(Length(Duration::from_secs(seconds)).to_string(), text);
        }
        assert_eq!(Lifetime(None).to_string(), "never");
        assert_eq!("never".parse(), Ok(Lifetime(None)));
    }

    #[test]
    fn times_are_rfc3339_in_utc() {
        let time = Duration::from_millis(1_704_164_645_678);
        assert_eq!(rfc3339(time), "2024-01-02T03:04:05Z");
        assert_eq!(rfc3339_exact(time), "2024-01-02T03:04:05.678Z");
        for late in [Duration::MAX, Duration::from_millis(u64::MAX)] {
            assert!(rfc3339_exact(late).starts_with("9999-12-30T"), "{}", rfc3339(late));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(seconds in 1..=LONGEST.as_secs()) {
            let length = Length(Duration::from_secs(seconds));
            prop_assert_eq!(length.to_string().parse::<Length>(), Ok(length));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9wdhms]{0,6}|.{0,12}") {
            if let Ok(length) = text.parse::<Length>() {
                prop_assert!(length.0 > Duration::ZERO && length.0 <= LONGEST);
            }
        }
    }
}
