//! When logins and tokens were last used, noted off the path of requests.
//!
//! A request leaves a note in memory at most once a minute for each login or token. The first note starts a task that hands
//! all of them to the store in one call a second later. What a crash loses are the notes of that second.
//!
//! What the store was told is remembered a little longer: a look-up that was under way, or that a cache of the store answers,
//! may still say what was before, and must not end a login that is in use.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::state::Authentication;
use crate::store::{AccessToken, Id, Login, LoginStore, StoreResult, TokenStore};

/// How old the note of a last use may become before it is renewed; a tenth of the idle timeout if that is less.
const RENEW_AFTER: Duration = Duration::from_secs(60);

/// How long notes are gathered.
const GATHER_FOR: Duration = Duration::from_secs(1);

/// How long a note is remembered that the store has got.
const KEEP_FOR: Duration = Duration::from_secs(120);

/// How many notes are kept. Beyond that they are dropped: the next request of the same login leaves one again.
const MOST: usize = 100_000;

/// The notes that the store has not got yet, or only just.
#[derive(Debug, Default)]
pub(crate) struct LastUsed(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    used: HashMap<Id, Note>,
    is_flush_due: bool,
}

#[derive(Debug)]
struct Note {
    at: Duration,
    is_told: bool,
}

impl LastUsed {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newer one of what the store and what this process knows.
    fn newest(&self, id: &Id, recorded: Duration) -> Duration {
        self.notes().used.get(id).map_or(recorded, |note| note.at.max(recorded))
    }

    /// Leaves a note. Whether it is the first one since the last flush, which this call must see to.
    fn note(&self, id: &Id, at: Duration) -> bool {
        let mut notes = self.notes();
        if notes.used.len() < MOST || notes.used.contains_key(id) {
            notes.used.insert(id.clone(), Note { at, is_told: false });
        }
        !std::mem::replace(&mut notes.is_flush_due, true)
    }

    /// The notes to tell the store. Drops those that it has had long enough.
    fn untold(&self, now: Duration) -> Vec<(Id, Duration)> {
        let mut notes = self.notes();
        notes.is_flush_due = false;
        let has_room = notes.used.len() < MOST / 2;
        notes.used.retain(|_, note| !note.is_told || (has_room && now.saturating_sub(note.at) < KEEP_FOR));
        notes.used.iter().filter(|(_, note)| !note.is_told).map(|(id, note)| (id.clone(), note.at)).collect()
    }

    /// Remembers that the store has got these, but for those that were renewed meanwhile.
    fn told(&self, used: &[(Id, Duration)]) {
        let mut notes = self.notes();
        for (id, at) in used {
            if let Some(note) = notes.used.get_mut(id).filter(|note| note.at == *at) {
                note.is_told = true;
            }
        }
    }
}

/// Whether a note of `last_used` is old enough to be renewed.
fn is_old(last_used: Duration, idle_timeout: Option<Duration>, now: Duration) -> bool {
    let renew_after = idle_timeout.map_or(RENEW_AFTER, |idle| RENEW_AFTER.min(idle / 10));
    now.saturating_sub(last_used) > renew_after
}

fn later(flush: impl Future<Output = StoreResult<()>> + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep(GATHER_FOR).await;
        if let Err(error) = flush.await {
            tracing::warn!(target: "auth::store", %error, "the last use of logins could not be noted");
        }
    });
}

impl<B: LoginStore> Authentication<B> {
    /// Brings `last_used` up to what this process knows. Whether that is old enough for another note.
    pub(crate) fn refresh_login(&self, login: &mut Login, now: Duration) -> bool {
        is_old(login.last_used, login.idle_timeout, now) && {
            login.last_used = self.login_uses().newest(&login.id, login.last_used);
            is_old(login.last_used, login.idle_timeout, now)
        }
    }

    /// Notes that a login was used.
    pub(crate) fn note_login_use(&self, login: &Login, now: Duration) {
        if self.login_uses().note(&login.id, now) {
            let authentication = self.clone();
            later(async move { authentication.flush_logins().await });
        }
    }

    /// Tells the store now when logins were last used: before a program ends.
    ///
    /// # Errors
    ///
    /// When the store does not answer; it is told the next time.
    pub async fn flush_logins(&self) -> StoreResult<()> {
        let used = self.login_uses().untold(self.settings().clock().now());
        if !used.is_empty() {
            self.backend().touch_logins(&used).await?;
            self.login_uses().told(&used);
        }
        Ok(())
    }
}

impl<B: TokenStore> Authentication<B> {
    /// Brings `last_used` up to what this process knows. Whether that is old enough for another note.
    pub(crate) fn refresh_token(&self, token: &mut AccessToken, now: Duration) -> bool {
        let recorded = token.last_used.unwrap_or(token.created);
        if !is_old(recorded, token.idle_timeout, now) {
            return token.last_used.is_none();
        }
        let newest = self.token_uses().newest(&token.id, recorded);
        if newest > recorded {
            token.last_used = Some(newest);
        }
        token.last_used.is_none() || is_old(newest, token.idle_timeout, now)
    }

    /// Notes that a token was used.
    pub(crate) fn note_token_use(&self, token: &AccessToken, now: Duration) {
        if self.token_uses().note(&token.id, now) {
            let authentication = self.clone();
            later(async move { authentication.flush_tokens().await });
        }
    }

    /// Tells the store now when tokens were last used: before a program ends.
    ///
    /// # Errors
    ///
    /// When the store does not answer; it is told the next time.
    pub async fn flush_tokens(&self) -> StoreResult<()> {
        let used = self.token_uses().untold(self.settings().clock().now());
        if !used.is_empty() {
            self.backend().touch_tokens(&used).await?;
            self.token_uses().told(&used);
        }
        Ok(())
    }
}
