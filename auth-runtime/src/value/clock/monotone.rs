//! The machine's clock, except that it does not go back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How much the clock may go back, in milliseconds. Within it, a reading costs one comparison.
const SLACK: u64 = 1_000;

static CLOCK: Monotone = Monotone::new();

/// Returns the time since the Unix epoch, in whole milliseconds; zero before it.
#[inline]
pub(super) fn now() -> Duration {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    CLOCK.reading(time, Instant::now)
}

/// Keeps a clock from going back.
struct Monotone {
    /// No reading is below it, in milliseconds.
    floor: AtomicU64,
    /// Where the floor was last raised.
    anchor: Mutex<Option<Anchor>>,
}

struct Anchor {
    time: Duration,
    /// The same moment, by a monotonic timer.
    instant: Instant,
    /// Whether the machine's clock was behind.
    is_ahead: bool,
}

impl Monotone {
    const fn new() -> Self {
        Self { floor: AtomicU64::new(0), anchor: Mutex::new(None) }
    }

    /// Returns the reading to show if the machine's clock says `machine`.
    #[inline]
    fn reading(&self, machine: Duration, timer: impl FnOnce() -> Instant) -> Duration {
        let subsec_millis = machine.subsec_millis();
        let millis = machine.as_secs().wrapping_mul(1_000).wrapping_add(subsec_millis.into());
        if millis.wrapping_sub(self.floor.load(Ordering::Relaxed)) < SLACK {
            return Duration::new(machine.as_secs(), subsec_millis * 1_000_000);
        }
        self.raise_floor(machine, timer())
    }

    /// Called once per second, and for each reading while the machine's clock is behind.
    #[cold]
    #[inline(never)]
    fn raise_floor(&self, machine: Duration, instant: Instant) -> Duration {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let (shown, was_ahead) = match &*anchor {
            Some(last) => (last.time + instant.saturating_duration_since(last.instant) / 2, last.is_ahead),
            None => (Duration::ZERO, false),
        };
        let ahead = shown.saturating_sub(machine);
        // Two threads may arrive here in another order than they read the machine's clock.
        let is_ahead = ahead > Duration::from_millis(SLACK);
        let time = shown.max(machine);
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.floor.store(millis, Ordering::Relaxed);
        *anchor = Some(Anchor { time, instant, is_ahead });
        // Unlocks first, since a subscriber may read the clock.
        drop(anchor);
        if is_ahead && !was_ahead {
            tracing::warn!(
                ahead_seconds = ahead.as_secs(),
                "the machine's clock went back; this process goes on at half speed until it has caught up. If the clock was \
                 wrong before, restart the process"
            );
        }
        Duration::from_millis(millis)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A simulated machine: its clock and its timer.
    struct Machine {
        clock: Monotone,
        says: Duration,
        timer: Instant,
    }

    impl Machine {
        fn new(says: Duration) -> Self {
            Self { clock: Monotone::new(), says, timer: Instant::now() }
        }

        fn pass(&mut self, time: Duration) {
            self.says += time;
            self.timer += time;
        }

        fn reads(&self) -> Duration {
            self.clock.reading(self.says, || self.timer)
        }
    }

    #[test]
    fn clock_that_runs_is_followed_to_the_millisecond() {
        let mut machine = Machine::new(NOW);
        for step in [0, 1, 10, 999, 1_000, 86_400_000, 3] {
            machine.pass(Duration::from_millis(step));
            assert_eq!(machine.reads(), machine.says, "{step}");
        }
        machine.pass(Duration::from_nanos(1_999_999));
        assert_eq!(machine.reads(), machine.says.saturating_sub(Duration::from_nanos(999_999)));
    }

    #[test]
    fn boot_in_1970_is_corrected_at_once() {
        let mut machine = Machine::new(Duration::ZERO);
        assert_eq!(machine.reads(), Duration::ZERO);
        machine.pass(seconds(20));
        assert_eq!(machine.reads(), seconds(20));
        machine.says = NOW;
        assert_eq!(machine.reads(), NOW);
    }

    #[test]
    fn clock_that_was_set_back_goes_on_at_half_speed_until_it_is_caught_up_with() {
        let mut machine = Machine::new(NOW + seconds(400));
        assert_eq!(machine.reads(), NOW + seconds(400));
        machine.says = NOW;
        assert_eq!(machine.reads(), NOW + seconds(400));
        machine.pass(seconds(100));
        assert_eq!(machine.reads(), NOW + seconds(450));
        for _ in 0..2_000 {
            machine.pass(Duration::from_micros(50_000));
            let _ = machine.reads();
        }
        assert_eq!(machine.reads(), NOW + seconds(500), "small steps are not lost");
        machine.pass(seconds(599));
        assert!(machine.reads() > machine.says);
        machine.pass(seconds(2));
        assert_eq!(machine.reads(), machine.says);
        machine.pass(Duration::from_millis(1));
        assert_eq!(machine.reads(), machine.says);
    }

    proptest! {
        #[test]
        fn no_reading_is_more_than_a_second_before_an_earlier_one(
            steps in prop::collection::vec((0_u64..5_000, prop::option::of(0_u64..4_000_000_000_000)), 1..60)
        ) {
            let mut machine = Machine::new(NOW);
            let mut latest = machine.reads();
            for (passed, set) in steps {
                machine.pass(Duration::from_millis(passed));
                if let Some(set) = set {
                    machine.says = Duration::from_millis(set);
                }
                let reading = machine.reads();
                prop_assert!(reading + Duration::from_millis(SLACK) > latest, "{reading:?} {latest:?}");
                prop_assert!(reading + Duration::from_millis(1) > machine.says.min(latest));
                latest = latest.max(reading);
            }
        }
    }
}
