//! The time, as a value: [`Clock`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where this crate takes the time from. Tests turn a manual one forward instead of sleeping.
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
pub struct Clock(Option<Arc<AtomicU64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `now` since the Unix epoch until it is moved. Its clones move with it.
    pub fn manual(now: Duration) -> Self {
        Self(Some(Arc::new(AtomicU64::new(millis(now)))))
    }

    /// Turns a manual clock forward.
    ///
    /// # Panics
    ///
    /// On the system clock.
    pub fn advance(&self, by: Duration) {
        let manual = self.0.as_ref().expect("only a manual clock can be turned forward");
        manual.fetch_add(millis(by), Ordering::SeqCst);
    }

    /// The time since the Unix epoch, in whole milliseconds.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Some(manual) => Duration::from_millis(manual.load(Ordering::SeqCst)),
            None => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Duration::new(now.as_secs(), now.subsec_millis() * 1_000_000)
            }
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock::manual" } else { "Clock::system" })
    }
}

fn millis(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000).saturating_add(time.subsec_millis().into())
}
