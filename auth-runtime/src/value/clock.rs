//! The time, as a value that tests can control: [`Clock`].

mod monotone;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The source of time for this crate. Tests move a manual clock forward instead of sleeping.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::Clock;
///
/// let clock = Clock::manual(Duration::from_secs(1_700_000_000));
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Duration::from_secs(1_700_000_060));
/// ```
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<Manual>>);

/// A clock that is moved by hand.
struct Manual {
    millis: AtomicU64,
    /// The earliest value of the next mark: no two marks are equal, even if the clock stands still.
    next_mark: AtomicU64,
}

impl Clock {
    /// The machine's clock, which never goes back by more than a second within a process.
    ///
    /// Where the machine's clock is set forward, this one follows at once, so a machine that boots in 1970 is right as soon as
    /// its clock is. Where the machine's clock is set back, this one goes on from the latest time that it has shown, at half
    /// speed, until the machine's clock has caught up. Meanwhile:
    ///
    /// - What has expired stays expired, and what was used once stays used.
    /// - What expires takes up to twice as long to do so.
    /// - Signed requests of callers whose clocks are right look old: they are refused while this clock is further ahead than
    ///   a scheme's `max_age` or `max_skew` allows.
    ///
    /// A warning is logged when this begins. After a clock that was wrong by more than minutes, restart the process: a new
    /// process begins with the machine's time.
    pub fn system() -> Self {
        Self(None)
    }

    /// Creates a clock that stands still at `now`, since the Unix epoch, until it is moved. Its clones move with it.
    pub fn manual(now: Duration) -> Self {
        Self(Some(Arc::new(Manual { millis: AtomicU64::new(millis(now)), next_mark: AtomicU64::new(0) })))
    }

    /// Moves a manual clock forward.
    ///
    /// # Panics
    ///
    /// If this is the system clock.
    pub fn advance(&self, by: Duration) {
        let manual = self.0.as_ref().expect("only a manual clock can be turned forward");
        manual.millis.fetch_add(millis(by), Ordering::SeqCst);
    }

    /// Returns the time since the Unix epoch, in whole milliseconds.
    #[inline]
    pub fn now(&self) -> Duration {
        match &self.0 {
            Some(manual) => Duration::from_millis(manual.millis.load(Ordering::SeqCst)),
            None => monotone::now(),
        }
    }

    /// Marks this moment as the start of something that knows nothing of earlier events. Each mark of a manual clock is later
    /// than the one before it, so that a test can simulate a restart while the clock stands still.
    pub(crate) fn mark(&self) -> Mark {
        match &self.0 {
            Some(manual) => {
                let now = manual.millis.load(Ordering::SeqCst);
                let mark = manual.next_mark.fetch_max(now, Ordering::SeqCst).max(now);
                manual.next_mark.fetch_max(mark.saturating_add(1), Ordering::SeqCst);
                Mark { time: Duration::from_millis(mark), since: None }
            }
            None => Mark { time: self.now(), since: Some(Instant::now()) },
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock::manual" } else { "Clock::system" })
    }
}

/// A moment by a [`Clock`], as [`Clock::mark`] made it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    time: Duration,
    /// When it was, by a monotonic timer. `None` for a manual clock.
    since: Option<Instant>,
}

impl Mark {
    /// Returns the time of this mark on a clock that shows `now`. If the clock was set forward in the meantime, as after a boot
    /// in 1970, it was wrong when the mark was made, and the mark moves with it.
    pub(crate) fn time(&self, now: Duration) -> Duration {
        let by_timer = self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since.elapsed()));
        self.time.max(by_timer)
    }
}

fn millis(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000).saturating_add(time.subsec_millis().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    #[test]
    fn each_mark_is_later_than_the_one_before_it() {
        let clock = Clock::manual(NOW);
        assert_eq!(clock.mark().time(NOW), NOW);
        assert_eq!(clock.clone().mark().time(NOW), NOW + Duration::from_millis(1));
        assert_eq!(clock.mark().time(NOW), NOW + Duration::from_millis(2));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.mark().time(NOW), clock.now());

        let system = Clock::system();
        let read = system.now();
        assert!(system.mark().time(read) >= read);
    }

    #[test]
    fn mark_moves_with_a_clock_that_is_set_forward_and_not_back() {
        let booted = Mark { time: Duration::from_secs(7), since: Some(Instant::now()) };
        let moved = booted.time(NOW);
        assert!(moved <= NOW && moved > NOW.saturating_sub(Duration::from_secs(60)), "{moved:?}");
        assert_eq!(booted.time(Duration::from_secs(3)), Duration::from_secs(7));
        let manual = Clock::manual(NOW);
        let mark = manual.mark();
        assert_eq!(mark.time(NOW + Duration::from_secs(400)), NOW);
    }
}
