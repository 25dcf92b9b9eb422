//! When logins and tokens were last used, recorded outside of requests.
//!
//! A request leaves a note in memory at most once a minute for each login or token. The first note starts a task that hands all
//! notes to the store in one call a second later, and continues as long as others arrive meanwhile. There is only one call at a
//! time, so that a slow store does not get a note twice. A crash loses the notes of that second and of the call in progress.
//!
//! Reported notes are remembered a little longer: a lookup that was in progress, or that the store answers from a cache, may
//! still return the old time, and must not end a login that is in use.
//!
//! A time ahead of the clock was recorded before the clock was set back. It never counts as the newest, otherwise idle timeouts
//! would not count until the clock catches up. If the login was made ahead of the clock as well, the clock is probably wrong,
//! and nothing is recorded.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::{Id, LAST_USE_TOLERANCE};

/// How old a recorded last use may become before it is renewed. A tenth of the idle timeout, if that is less.
const RENEW_AFTER: Duration = Duration::from_secs(60);

/// How long notes are gathered.
pub(super) const GATHER_FOR: Duration = Duration::from_secs(1);

/// How long a reported note is remembered.
const KEEP_FOR: Duration = Duration::from_secs(120);

/// The maximum number of notes. Notes beyond it are dropped: the next request of the same login leaves another one.
const MOST: usize = 100_000;

/// Notes that are not reported yet, or only just.
#[derive(Debug, Default)]
pub(crate) struct LastUsed {
    notes: Mutex<Notes>,
    /// Held during a call to the store.
    pub(super) telling: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
pub(super) struct Notes {
    used: HashMap<Id, Note>,
    /// Whether a task is flushing, or will.
    pub(super) is_flush_due: bool,
    /// Whether a note was added since the last flush began.
    pub(super) has_new: bool,
}

#[derive(Debug)]
struct Note {
    at: Duration,
    is_told: bool,
}

impl LastUsed {
    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the newer time of what the store and this process know, unless it lies in the future.
    pub(super) fn newest(&self, id: &Id, recorded: Duration, now: Duration) -> Duration {
        let noted = self.notes().used.get(id).map(|note| note.at);
        noted.into_iter().chain([recorded]).filter(|at| !is_ahead(*at, now)).max().unwrap_or(recorded)
    }

    /// Adds a note. Returns whether no flush is due, so that the caller must start one.
    pub(super) fn note(&self, id: &Id, at: Duration) -> bool {
        let mut notes = self.notes();
        if notes.used.len() < MOST || notes.used.contains_key(id) {
            notes.used.insert(id.clone(), Note { at, is_told: false });
        }
        notes.has_new = true;
        !std::mem::replace(&mut notes.is_flush_due, true)
    }

    /// Returns the notes to report. Drops those that were reported long enough ago.
    pub(super) fn untold(&self, now: Duration) -> Vec<(Id, Duration)> {
        let mut notes = self.notes();
        notes.has_new = false;
        let has_room = notes.used.len() < MOST / 2;
        notes.used.retain(|_, note| !note.is_told || (has_room && now.abs_diff(note.at) < KEEP_FOR));
        for note in notes.used.values_mut().filter(|note| is_ahead(note.at, now)) {
            note.at = now;
        }
        notes.used.iter().filter(|(_, note)| !note.is_told).map(|(id, note)| (id.clone(), note.at)).collect()
    }

    /// Marks these notes as reported, except those that were renewed meanwhile.
    pub(super) fn told(&self, used: &[(Id, Duration)]) {
        let mut notes = self.notes();
        for (id, at) in used {
            if let Some(note) = notes.used.get_mut(id).filter(|note| note.at == *at) {
                note.is_told = true;
            }
        }
    }
}

/// Returns whether a time is too far ahead of the clock to be explained by another machine's clock.
fn is_ahead(at: Duration, now: Duration) -> bool {
    at.saturating_sub(now) > LAST_USE_TOLERANCE
}

/// Returns whether the recorded `last_used` is old enough to be renewed, or was never right.
pub(super) fn is_old(created: Duration, last_used: Duration, idle_timeout: Option<Duration>, now: Duration) -> bool {
    let renew_after = idle_timeout.map_or(RENEW_AFTER, |idle| RENEW_AFTER.min(idle / 10));
    now.saturating_sub(last_used) > renew_after || is_ahead(last_used, now) && !is_ahead(created, now)
}
