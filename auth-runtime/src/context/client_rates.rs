//! The rates of clients, as the store had them a moment ago: [`ClientRates`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::value::limit::Limit;

/// How long a client's rate is remembered: a change takes effect after this time at the latest.
const REMEMBERED: Duration = Duration::from_secs(10);

/// The rates of clients, as the store had them a moment ago.
#[derive(Debug, Default)]
pub(crate) struct ClientRates(Mutex<HashMap<String, (Duration, Option<Limit>)>>);

impl ClientRates {
    #[allow(clippy::option_option)] // whether it is remembered, and whether there is one
    pub(crate) fn remembered(&self, client: &str, now: Duration) -> Option<Option<Limit>> {
        let rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, rate) = rates.get(client)?;
        now.checked_sub(*since).is_some_and(|age| age < REMEMBERED).then_some(*rate)
    }

    pub(crate) fn remember(&self, client: &str, now: Duration, rate: Option<Limit>) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There are few clients. Clearing keeps deleted names from piling up.
        if rates.len() >= 1_000 {
            rates.clear();
        }
        rates.insert(client.to_owned(), (now, rate));
    }
}
