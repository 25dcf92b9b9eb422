//! Attempts that wait for others in flight: [`Turns`].

use std::pin::pin;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::store::StoreResult;
use crate::store::counters::{AttemptLimit, AttemptStart, Counters};
use crate::value::clock::Clock;

/// How long an attempt waits for others in flight.
const PATIENCE: Duration = Duration::from_secs(5);

/// A queue for attempts that only other attempts in flight keep from starting. A program that sends a right password many times
/// at once is served, and concurrent guesses are still judged no more often than the limit allows.
pub(crate) struct Turns {
    ended: Notify,
    places: Semaphore,
}

impl Turns {
    /// Creates a queue with this many places. Further attempts are refused at once.
    pub(crate) fn new(places: usize) -> Self {
        Self { ended: Notify::new(), places: Semaphore::new(places.min(Semaphore::MAX_PERMITS)) }
    }

    /// Starts an attempt as soon as others in flight allow it. Returns when it started and whether it may proceed.
    pub(crate) async fn start(
        &self,
        counters: &Counters,
        limits: &[AttemptLimit],
        clock: &Clock,
    ) -> StoreResult<(Duration, AttemptStart)> {
        let (mut place, deadline) = (None, Instant::now() + PATIENCE);
        loop {
            // Registered before the attempt, so that no end is missed.
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            let now = clock.now();
            let start = counters.start_attempt(limits, now).await?;
            if start != AttemptStart::TooManyInFlight {
                return Ok((now, start));
            }
            if place.is_none() {
                place = self.places.try_acquire().ok();
            }
            // Only the wait has a timeout: a start that is cancelled half-way would count.
            if place.is_none() || timeout_at(deadline, ended).await.is_err() {
                return Ok((now, start));
            }
        }
    }

    /// Wakes waiting attempts.
    pub(crate) fn end(&self) {
        self.ended.notify_waiters();
    }
}
