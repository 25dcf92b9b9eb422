//! When a key of a ring is used.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::InvalidKeyRing;

/// When a key is published, signs and verifies. Times are kept in whole seconds, rounded down.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_keys::ring::Schedule;
///
/// let (now, hour) = (SystemTime::now(), Duration::from_secs(3_600));
/// let schedule = Schedule::new(now, now + hour).with_retirement(now + 24 * hour, now + 25 * hour);
/// assert!(schedule.retired_until().unwrap() > schedule.active_until().unwrap());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    published: SystemTime,
    active_from: SystemTime,
    retirement: Option<Retirement>,
}

/// The end of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Retirement {
    active_until: SystemTime,
    retired_until: SystemTime,
}

impl Schedule {
    /// Creates the schedule of a key that is published at one time and signs from another time on, without an end.
    pub fn new(published: SystemTime, active_from: SystemTime) -> Self {
        Self { published: whole_seconds(published), active_from: whole_seconds(active_from), retirement: None }
    }

    /// Sets when the key stops signing, and when its signatures are no longer verified.
    #[must_use]
    pub fn with_retirement(mut self, active_until: SystemTime, retired_until: SystemTime) -> Self {
        let (active_until, retired_until) = (whole_seconds(active_until), whole_seconds(retired_until));
        self.retirement = Some(Retirement { active_until, retired_until });
        self
    }

    /// Lets the key sign without an end.
    pub(super) fn without_retirement(self) -> Self {
        Self { retirement: None, ..self }
    }

    /// Returns when the key is published.
    pub fn published(&self) -> SystemTime {
        self.published
    }

    /// Returns when the key starts to sign.
    pub fn active_from(&self) -> SystemTime {
        self.active_from
    }

    /// Returns when the key stops signing; `None` means never.
    pub fn active_until(&self) -> Option<SystemTime> {
        self.retirement.map(|retirement| retirement.active_until)
    }

    /// Returns when the key stops verifying; `None` means never.
    pub fn retired_until(&self) -> Option<SystemTime> {
        self.retirement.map(|retirement| retirement.retired_until)
    }

    /// Returns an error if the times are in the wrong order.
    pub(super) fn check(&self) -> Result<(), InvalidKeyRing> {
        let error = |reason: &str| Err(InvalidKeyRing(reason.to_owned()));
        if self.published > self.active_from {
            return error("it signs before it is published");
        }
        match self.retirement {
            Some(Retirement { active_until, .. }) if active_until < self.active_from => {
                error("`active_until` is before `active_from`")
            }
            Some(Retirement { active_until, retired_until }) if retired_until < active_until => {
                error("`retired_until` is before `active_until`, so that what it signed last could not be verified")
            }
            _ => Ok(()),
        }
    }

    /// Returns whether both keys would sign at some time.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, other: &Self| one.active_until().is_some_and(|until| until <= other.active_from);
        !ends_before(self, other) && !ends_before(other, self)
    }
}

/// How a new key replaces the active one.
///
/// Verifiers cache the public set, so the new key is published for a while before it signs. The old key must verify until
/// everything that it signed has expired.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_keys::ring::Rotation;
///
/// // The public set may be cached for 5 minutes, and tokens live for an hour.
/// let rotation = Rotation::new(SystemTime::now(), Duration::from_secs(360), Duration::from_secs(3_660));
/// # let _ = rotation;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    now: SystemTime,
    publish_for: Duration,
    verify_for: Duration,
}

impl Rotation {
    /// Publishes the new key at `now` and activates it after `publish_for`. From then on, the old key verifies for
    /// `verify_for`.
    pub fn new(now: SystemTime, publish_for: Duration, verify_for: Duration) -> Self {
        Self { now, publish_for, verify_for }
    }

    /// Activates the new key at once, though verifiers with a cached set may not know it yet. The old key verifies for
    /// `verify_for`.
    pub fn immediate(now: SystemTime, verify_for: Duration) -> Self {
        Self::new(now, Duration::ZERO, verify_for)
    }

    pub(super) fn now(&self) -> SystemTime {
        self.now
    }

    /// Returns the schedule of the new key.
    pub(super) fn of_next(&self) -> Schedule {
        Schedule::new(self.now, self.now + self.publish_for)
    }

    /// Returns the schedule of the old key.
    pub(super) fn of_previous(&self, schedule: Schedule) -> Schedule {
        let active_until = self.of_next().active_from().max(schedule.active_from());
        schedule.with_retirement(active_until, active_until + self.verify_for)
    }
}

fn whole_seconds(time: SystemTime) -> SystemTime {
    at(seconds(time))
}

/// Returns whole seconds since the Unix epoch. An earlier time gives 0.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Returns the time this many seconds after the Unix epoch, or the epoch if the system cannot represent it.
pub(super) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}
