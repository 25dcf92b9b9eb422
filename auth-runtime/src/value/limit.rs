//! [`Limit`]: how often something may happen.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How often something may happen: `100/hour`.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::throttle::Limit;
///
/// const LIMIT: Limit = Limit::of("100/hour");
/// assert_eq!(LIMIT, Limit::new(100, Duration::from_secs(3600)));
/// assert_eq!("10/10minute burst 3".parse::<Limit>().unwrap().burst, Some(3));
/// assert!("often".parse::<Limit>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The number of times. 0 means never.
    pub count: u32,
    /// The period, of any start. A fraction of a millisecond counts as a whole one.
    pub window: Duration,
    /// Counts with a token bucket instead of a sliding window: `count` times within `window` on average, and this many at once,
    /// at least one. `None` means a sliding window.
    pub burst: Option<u32>,
}

/// The text is not a [`Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidLimit;

const WORDS: &str = "a limit is a number and a period, such as `100/hour` or `10/5minute`, and perhaps a burst, such as \
                     `100/hour burst 20`; the periods are second, minute, hour and day, or s, m, h and d";

impl fmt::Display for InvalidLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WORDS)
    }
}

impl std::error::Error for InvalidLimit {}

/// The names of each period and its seconds, the longest last.
const PERIODS: [(&[&str], &str, u64); 4] = [
    (&["s", "sec", "second"], "second", 1),
    (&["m", "min", "minute"], "minute", 60),
    (&["h", "hour"], "hour", 3_600),
    (&["d", "day"], "day", 86_400),
];

impl Limit {
    /// Creates a limit of `count` times within any `window`.
    pub const fn new(count: u32, window: Duration) -> Self {
        Self { count, window, burst: None }
    }

    /// Counts with a token bucket that allows `burst` at once.
    #[must_use]
    pub const fn with_burst(self, burst: u32) -> Self {
        Self { burst: Some(burst), ..self }
    }

    /// Reads `100/hour`, `10/5minute` or `100/hour burst 20`.
    ///
    /// # Errors
    ///
    /// If the text has none of these forms.
    pub const fn parse(text: &str) -> Result<Self, InvalidLimit> {
        let text = text.as_bytes();
        let Some((count, text)) = number(text) else { return Err(InvalidLimit) };
        let Some((b'/', text)) = first(text) else { return Err(InvalidLimit) };
        let (times, text) = match number(text) {
            Some((0, _)) => return Err(InvalidLimit),
            Some(read) => read,
            None => (1, text),
        };
        let mut period = 0;
        while period < PERIODS.len() {
            let (names, _, seconds) = PERIODS[period];
            let mut name = 0;
            while name < names.len() {
                if let Some(rest) = after(text, names[name].as_bytes()) {
                    let window = Duration::from_secs(seconds * times as u64);
                    if rest.is_empty() {
                        return Ok(Self::new(count, window));
                    }
                    if let Some(rest) = after(rest, b" burst ")
                        && let Some((burst, [])) = number(rest)
                        && burst > 0
                    {
                        return Ok(Self::new(count, window).with_burst(burst));
                    }
                }
                name += 1;
            }
            period += 1;
        }
        Err(InvalidLimit)
    }

    /// Reads a limit, for a constant.
    ///
    /// # Panics
    ///
    /// If the text is not a limit. In a constant, this is a compile error.
    #[track_caller]
    pub const fn of(text: &str) -> Self {
        match Self::parse(text) {
            Ok(limit) => limit,
            Err(InvalidLimit) => panic!("{}", WORDS),
        }
    }
}

/// Splits off the number that a text begins with.
const fn number(mut text: &[u8]) -> Option<(u32, &[u8])> {
    let mut found: Option<u32> = None;
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        let so_far = match found {
            Some(number) => number,
            None => 0,
        };
        let Some(tenfold) = so_far.checked_mul(10) else { return None };
        found = tenfold.checked_add((*digit - b'0') as u32);
        if found.is_none() {
            return None;
        }
        text = rest;
    }
    match found {
        Some(number) => Some((number, text)),
        None => None,
    }
}

const fn first(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [first, rest @ ..] => Some((*first, rest)),
        [] => None,
    }
}

/// Returns the rest of the text after `beginning`, if the text begins with it.
const fn after<'a>(mut text: &'a [u8], mut beginning: &[u8]) -> Option<&'a [u8]> {
    while let Some((wanted, more)) = first(beginning) {
        match first(text) {
            Some((found, rest)) if found == wanted => text = rest,
            _ => return None,
        }
        beginning = more;
    }
    Some(text)
}

impl FromStr for Limit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        Self::parse(text)
    }
}

impl fmt::Display for Limit {
    /// Writes the longest period of which the window is a multiple. Drops a fraction of a second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = self.window.as_secs().max(1);
        let longest = PERIODS.iter().rev().find(|(_, _, seconds)| window.is_multiple_of(*seconds));
        let (_, name, seconds) = longest.unwrap_or(&PERIODS[0]);
        match window / seconds {
            1 => write!(f, "{}/{name}", self.count)?,
            times => write!(f, "{}/{times}{name}", self.count)?,
        }
        match self.burst {
            Some(burst) => write!(f, " burst {burst}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn written_limit_is_read_back(
            count in any::<u32>(),
            seconds in 1..=u64::from(u32::MAX),
            burst in proptest::option::of(1..=u32::MAX),
        ) {
            let limit = Limit { burst, ..Limit::new(count, Duration::from_secs(seconds)) };
            prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
        }

        #[test]
        fn parsed_limit_is_written_back(text in "[0-9]{0,11}/?[0-9]{0,11}[a-z]{0,6}( burst [0-9]{0,11})?") {
            if let Ok(limit) = text.parse::<Limit>() {
                prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
            }
        }

        #[test]
        fn any_text_is_parsed_without_panicking(text in any::<String>()) {
            let _ = Limit::parse(&text);
        }
    }

    #[test]
    fn a_limit_reads_and_writes_itself() {
        for (text, count, seconds, burst) in [
            ("100/hour", 100, 3_600, None),
            ("0/second", 0, 1, None),
            ("10/5minute", 10, 300, None),
            ("1/day", 1, 86_400, None),
            ("100/hour burst 20", 100, 3_600, Some(20)),
        ] {
            let limit: Limit = text.parse().unwrap();
            assert_eq!((limit.count, limit.window.as_secs(), limit.burst), (count, seconds, burst), "{text}");
            assert_eq!(limit.to_string(), text);
        }
        for (short, long) in [("3/s", "3/second"), ("3/sec", "3/second"), ("3/m", "3/minute"), ("3/min", "3/minute")] {
            assert_eq!(short.parse::<Limit>().unwrap().to_string(), long);
        }
        assert_eq!("48/2h".parse::<Limit>().unwrap(), Limit::new(48, Duration::from_secs(7_200)));
        for bad in [
            "",
            "100",
            "/hour",
            "100/",
            "100/hours",
            "100/month",
            "-1/hour",
            "+1/hour",
            "1.5/hour",
            " 1/hour",
            "1/ hour",
            "1/0minute",
            "1/hour ",
            "1/hour burst",
            "1/hour burst 0",
            "1/hour burst 2x",
            "4294967296/hour",
            "1/HOUR",
        ] {
            assert_eq!(bad.parse::<Limit>(), Err(InvalidLimit), "{bad:?}");
        }
    }
}
