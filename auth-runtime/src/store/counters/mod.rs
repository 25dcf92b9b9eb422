//! Counters that say whether something happened too often under a key: for throttles and for failed logins.
//!
//! A counter is a sliding log: it keeps the time of every event, so that no window of the limit's length, wherever it
//! begins, holds more events than the limit allows. A counter that is reset every minute lets twice as many through.

mod attempts;
mod contract;
mod handle;
mod key;
mod memory;

pub use self::contract::{ATTEMPT_IN_FLIGHT, AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore};
pub use self::handle::Counters;
pub use self::memory::MemoryCounters;
