//! Times in a form for people, in UTC.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// Renders a time since the Unix epoch, to the minute. The attribute `datetime` includes the seconds (RFC 3339).
pub(crate) fn time(at: Duration) -> Markup {
    let since = SignedDuration::try_from(at).unwrap_or(SignedDuration::MAX);
    let at = Timestamp::from_duration(since).unwrap_or(Timestamp::MAX);
    html! {
        time datetime=(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()) {
            // If both do not fit on a line, it breaks between them.
            span { (at.strftime("%Y-%m-%d").to_string()) } " "
            span { (at.strftime("%H:%M UTC").to_string()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_match_the_calendar() {
        for (second, shown, exact) in [
            (0, "1970-01-01 00:00 UTC", "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29 00:00 UTC", "2000-02-29T00:00:00Z"),
            (1_800_000_000, "2027-01-15 08:00 UTC", "2027-01-15T08:00:00Z"),
        ] {
            let markup = time(Duration::from_secs(second)).into_string();
            assert_eq!(
                markup.replace("<span>", "").replace("</span>", ""),
                format!("<time datetime=\"{exact}\">{shown}</time>")
            );
        }
        assert!(time(Duration::MAX).into_string().contains("9999-12-30"), "no time is too late");
    }
}
