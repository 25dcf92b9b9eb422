//! Reports numbers to the facade [metrics](https://docs.rs/metrics). Behind the feature `metrics`.
//!
//! The [guide](crate::guide::observability) explains them and the values of their labels. Nothing is counted before the
//! application installs a recorder.

use std::time::Duration;

use ::metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use super::event_kind::EventKind;

/// Counts requests by `scheme` and `outcome`.
pub const REQUESTS: &str = "auth_requests_total";

/// Measures how long schemes, permission and throttles took, in seconds, by `scheme` and `outcome`.
pub const DURATION: &str = "auth_duration_seconds";

/// Counts what happened to accounts, logins and tokens, by `event`.
pub const EVENTS: &str = "auth_events_total";

/// Describes the numbers to the recorder. Call it once, after the recorder was installed.
pub fn describe() {
    describe_counter!(REQUESTS, "Requests, by the scheme that decided and what became of them.");
    describe_histogram!(DURATION, Unit::Seconds, "How long authentication, permission and throttles took.");
    describe_counter!(EVENTS, "What happened to accounts, logins and tokens.");
}

pub(crate) fn count_request(scheme: &'static str, outcome: &'static str, took: Duration) {
    counter!(REQUESTS, "scheme" => scheme, "outcome" => outcome).increment(1);
    histogram!(DURATION, "scheme" => scheme, "outcome" => outcome).record(took);
}

pub(crate) fn count_event(event: EventKind) {
    counter!(EVENTS, "event" => event.as_str()).increment(1);
}
