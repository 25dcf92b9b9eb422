//! When logins and tokens were last used, noted off the path of requests.
//!
//! A request leaves a note in memory at most once a minute for each login or token. The first note starts a task that hands
//! all of them to the store in one call a second later, and goes on as long as others come in meanwhile. The store is told by
//! one call at a time, so that one that is slow is told nothing twice. What a crash loses are the notes of that second, and of
//! the call under way.
//!
//! What the store was told is remembered a little longer: a look-up that was under way, or that a cache of the store answers,
//! may still say what was before, and must not end a login that is in use.
//!
//! A time that lies ahead of the clock was noted before the clock was set back. It is never the newest, or idle timeouts would not
//! count until the clock is there again. If the login was made ahead of the clock as well, it is rather the clock that is wrong, and
//! nothing is noted.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::{Id, LAST_USE_TOLERANCE};

/// How old the note of a last use may become before it is renewed; a tenth of the idle timeout if that is less.
const RENEW_AFTER: Duration = Duration::from_secs(60);

/// How long notes are gathered.
pub(super) const GATHER_FOR: Duration = Duration::from_secs(1);

/// How long a note is remembered that the store has got.
const KEEP_FOR: Duration = Duration::from_secs(120);

/// How many notes are kept. Beyond that they are dropped: the next request of the same login leaves one again.
const MOST: usize = 100_000;

/// The notes that the store has not got yet, or only just.
#[derive(Debug, Default)]
pub(crate) struct LastUsed {
    notes: Mutex<Notes>,
    /// Held while the store is told.
    pub(super) telling: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
pub(super) struct Notes {
    used: HashMap<Id, Note>,
    /// Whether a task flushes, or will.
    pub(super) is_flush_due: bool,
    /// Whether a note was left since the last flush began.
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

    /// The newer one of what the store and what this process knows, and has not yet to come.
    pub(super) fn newest(&self, id: &Id, recorded: Duration, now: Duration) -> Duration {
        let noted = self.notes().used.get(id).map(|note| note.at);
        noted.into_iter().chain([recorded]).filter(|at| !is_ahead(*at, now)).max().unwrap_or(recorded)
    }

    /// Leaves a note. Whether no flush is due, so that this call must see to one.
    pub(super) fn note(&self, id: &Id, at: Duration) -> bool {
        let mut notes = self.notes();
        if notes.used.len() < MOST || notes.used.contains_key(id) {
            notes.used.insert(id.clone(), Note { at, is_told: false });
        }
        notes.has_new = true;
        !std::mem::replace(&mut notes.is_flush_due, true)
    }

    /// The notes to tell the store. Drops those that it has had long enough.
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

    /// Remembers that the store has got these, but for those that were renewed meanwhile.
    pub(super) fn told(&self, used: &[(Id, Duration)]) {
        let mut notes = self.notes();
        for (id, at) in used {
            if let Some(note) = notes.used.get_mut(id).filter(|note| note.at == *at) {
                note.is_told = true;
            }
        }
    }
}

/// Whether a time is too far ahead of the clock for another machine's clock to be the reason.
fn is_ahead(at: Duration, now: Duration) -> bool {
    at.saturating_sub(now) > LAST_USE_TOLERANCE
}

/// Whether a note of `last_used` is old enough to be renewed, or was never right.
pub(super) fn is_old(created: Duration, last_used: Duration, idle_timeout: Option<Duration>, now: Duration) -> bool {
    let renew_after = idle_timeout.map_or(RENEW_AFTER, |idle| RENEW_AFTER.min(idle / 10));
    now.saturating_sub(last_used) > renew_after || is_ahead(last_used, now) && !is_ahead(created, now)
}
