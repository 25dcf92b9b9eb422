//! Reports last uses to the store, outside of requests.

use std::future::Future;
use std::time::Duration;

use super::last_used::{GATHER_FOR, LastUsed, is_old};
use super::state::AuthContext;
use crate::store::{AccessToken, Backend, Login, LoginStore, StoreResult, TokenStore};

/// The flush that is due. At most one exists, until it ends in any way.
struct Due<B> {
    context: AuthContext<B>,
    uses: fn(&AuthContext<B>) -> &LastUsed,
    has_ended: bool,
}

impl<B> Due<B> {
    /// Ends the flush, unless notes were added since it last began. Returns whether it ended.
    fn ends(&mut self) -> bool {
        let mut notes = (self.uses)(&self.context).notes();
        self.has_ended = !notes.has_new;
        notes.is_flush_due = notes.has_new;
        self.has_ended
    }
}

impl<B> Drop for Due<B> {
    fn drop(&mut self) {
        // Another flush may be due since this one ended.
        if !self.has_ended {
            (self.uses)(&self.context).notes().is_flush_due = false;
        }
    }
}

fn later<B, F>(mut due: Due<B>, flush: impl Fn(AuthContext<B>) -> F + Send + 'static)
where
    B: Backend,
    F: Future<Output = StoreResult<()>> + Send,
{
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(GATHER_FOR).await;
            if let Err(error) = flush(due.context.clone()).await {
                tracing::warn!(target: "auth::store", %error, "the last use of logins could not be noted");
                return;
            }
            if due.ends() {
                return;
            }
        }
    });
}

impl<B: LoginStore> AuthContext<B> {
    /// Updates `last_used` to what this process knows. Returns whether it is old enough for another note.
    pub(crate) fn refresh_login(&self, login: &mut Login, now: Duration) -> bool {
        is_old(login.created, login.last_used, login.idle_timeout, now) && {
            login.last_used = self.login_uses().newest(&login.id, login.last_used, now);
            is_old(login.created, login.last_used, login.idle_timeout, now)
        }
    }

    /// Notes that a login was used.
    pub(crate) fn note_login_use(&self, login: &Login, now: Duration) {
        if self.login_uses().note(&login.id, now) {
            let due = Due { context: self.clone(), uses: Self::login_uses, has_ended: false };
            later(due, |context| async move { context.flush_logins().await });
        }
    }

    /// Reports to the store now when logins were last used, after any call in progress. Call it before a program ends.
    ///
    /// # Errors
    ///
    /// If the store does not answer. The next call reports the same uses again.
    pub async fn flush_logins(&self) -> StoreResult<()> {
        let notes = self.login_uses();
        let _turn = notes.telling.lock().await;
        let used = notes.untold(self.settings().clock().now());
        if !used.is_empty() {
            self.backend().touch_logins(&used).await?;
            notes.told(&used);
        }
        Ok(())
    }
}

impl<B: TokenStore> AuthContext<B> {
    /// Updates `last_used` to what this process knows. Returns whether it is old enough for another note.
    pub(crate) fn refresh_token(&self, token: &mut AccessToken, now: Duration) -> bool {
        let recorded = token.last_used.unwrap_or(token.created);
        if !is_old(token.created, recorded, token.idle_timeout, now) {
            return token.last_used.is_none();
        }
        let newest = self.token_uses().newest(&token.id, recorded, now);
        if newest != recorded {
            token.last_used = Some(newest);
        }
        token.last_used.is_none() || is_old(token.created, newest, token.idle_timeout, now)
    }

    /// Notes that a token was used.
    pub(crate) fn note_token_use(&self, token: &AccessToken, now: Duration) {
        if self.token_uses().note(&token.id, now) {
            let due = Due { context: self.clone(), uses: Self::token_uses, has_ended: false };
            later(due, |context| async move { context.flush_tokens().await });
        }
    }

    /// Reports to the store now when tokens were last used, after any call in progress. Call it before a program ends.
    ///
    /// # Errors
    ///
    /// If the store does not answer. The next call reports the same uses again.
    pub async fn flush_tokens(&self) -> StoreResult<()> {
        let notes = self.token_uses();
        let _turn = notes.telling.lock().await;
        let used = notes.untold(self.settings().clock().now());
        if !used.is_empty() {
            self.backend().touch_tokens(&used).await?;
            notes.told(&used);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::runtime::{Builder, Runtime};
    use tokio::sync::Semaphore;
    use tokio::time::sleep;

    use super::*;
    use crate::Digest;
    use crate::identity::NoUser;
    use crate::store::{Id, InsertOutcome, LoginRecord, NewLogin, StoreError};
    use std::sync::Mutex;

    const AFTER_A_FLUSH: Duration = GATHER_FOR.saturating_add(Duration::from_millis(1));

    /// A store that waits with its answers until the test allows them.
    #[derive(Clone)]
    struct Slow {
        told: Arc<Mutex<Vec<Vec<String>>>>,
        may_answer: Arc<Semaphore>,
        fails: Arc<AtomicBool>,
    }

    impl Slow {
        fn told(&self) -> Vec<Vec<String>> {
            self.told.lock().unwrap().clone()
        }
    }

    impl Backend for Slow {
        type User = NoUser;
    }

    impl LoginStore for Slow {
        async fn find_login(&self, _: &Digest) -> StoreResult<Option<LoginRecord<NoUser>>> {
            Ok(None)
        }

        async fn insert_login(&self, _: &NoUser, _: NewLogin) -> StoreResult<InsertOutcome<Login>> {
            Ok(InsertOutcome::LimitReached)
        }

        async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
            let mut ids: Vec<_> = used.iter().map(|(id, _)| id.to_string()).collect();
            ids.sort_unstable();
            self.told.lock().unwrap().push(ids);
            self.may_answer.acquire().await.unwrap().forget();
            if self.fails.load(Ordering::Relaxed) { Err(StoreError::new("no")) } else { Ok(()) }
        }

        async fn end_login(&self, _: &Digest) -> StoreResult<bool> {
            Ok(false)
        }
    }

    fn app() -> AuthContext<Slow> {
        let may_answer = Arc::new(Semaphore::new(0));
        AuthContext::new(Slow { told: Arc::default(), may_answer, fails: Arc::default() })
    }

    fn use_login(app: &AuthContext<Slow>, id: i64) {
        let login = Login {
            id: id.into(),
            client: String::new(),
            created: Duration::ZERO,
            last_used: Duration::ZERO,
            idle_timeout: None,
            expires: None,
        };
        app.note_login_use(&login, app.settings().clock().now());
    }

    #[tokio::test(start_paused = true)]
    async fn slow_store_gets_one_call_at_a_time() {
        let app = app();
        let store = app.backend();
        use_login(&app, 1);
        sleep(AFTER_A_FLUSH).await;
        assert_eq!(store.told(), [["1"]]);
        for id in [2, 3] {
            use_login(&app, id);
            sleep(10 * AFTER_A_FLUSH).await;
            assert_eq!(store.told(), [["1"]], "it has not answered yet");
        }
        store.may_answer.add_permits(1);
        sleep(AFTER_A_FLUSH).await;
        assert_eq!(store.told(), [vec!["1"], vec!["2", "3"]], "without another request");
        store.may_answer.add_permits(1);
        sleep(10 * AFTER_A_FLUSH).await;
        assert_eq!(store.told().len(), 2, "there is nothing more to tell");
        use_login(&app, 4);
        sleep(AFTER_A_FLUSH).await;
        assert_eq!(store.told()[2..], [["4"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn flush_waits_for_the_call_in_progress() {
        let app = app();
        let store = app.backend();
        use_login(&app, 1);
        sleep(AFTER_A_FLUSH).await;
        use_login(&app, 2);
        let flush = tokio::spawn({
            let app = app.clone();
            async move { app.flush_logins().await }
        });
        sleep(10 * AFTER_A_FLUSH).await;
        assert!(!flush.is_finished());
        store.may_answer.add_permits(2);
        flush.await.unwrap().unwrap();
        sleep(10 * AFTER_A_FLUSH).await;
        assert_eq!(store.told(), [["1"], ["2"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn next_flush_after_a_failure_sends_all_missing_uses() {
        let app = app();
        let store = app.backend();
        store.may_answer.add_permits(9);
        store.fails.store(true, Ordering::Relaxed);
        for id in [1, 2] {
            use_login(&app, id);
            sleep(AFTER_A_FLUSH).await;
        }
        store.fails.store(false, Ordering::Relaxed);
        use_login(&app, 3);
        sleep(10 * AFTER_A_FLUSH).await;
        assert_eq!(store.told(), [vec!["1"], vec!["1", "2"], vec!["1", "2", "3"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_back_leaves_no_last_use_ahead_of_it() {
        let app = app();
        let (now, year) = (Duration::from_secs(1_800_000_000), Duration::from_secs(365 * 86_400));
        let idle = Duration::from_secs(1_200);
        let used_at = |last_used| Login {
            id: 1.into(),
            client: String::new(),
            created: Duration::ZERO,
            last_used,
            idle_timeout: Some(idle),
            expires: None,
        };
        app.note_login_use(&used_at(now), now + year);
        assert_eq!(
            app.login_uses().untold(now),
            [(1.into(), now)],
            "the store is not told of a time that is yet to come"
        );

        let mut login = used_at(now + year);
        app.login_uses().told(&[(1.into(), now)]);
        assert!(!app.refresh_login(&mut login, now), "noted just now");
        assert_eq!(login.last_used, now);
        let mut login = used_at(now + year);
        let later = now + idle;
        assert!(app.refresh_login(&mut login, later) && login.has_expired(later), "it counts from the last use");

        let mut unknown = Login { id: 2.into(), ..used_at(now + year) };
        assert!(app.refresh_login(&mut unknown, now), "to be noted, since it cannot be right");
        let mut made_later = Login { id: 3.into(), created: now + year, ..used_at(now + year) };
        assert!(!app.refresh_login(&mut made_later, now), "it is the clock that is wrong");
    }

    #[test]
    fn flush_lost_with_its_runtime_is_repeated_by_another() {
        let app = app();
        let runtime = || -> Runtime { Builder::new_current_thread().enable_time().start_paused(true).build().unwrap() };
        // The first runtime ends while notes are gathered, the second one during the call to the store.
        for (id, wait) in [(1, GATHER_FOR / 2), (2, AFTER_A_FLUSH), (3, AFTER_A_FLUSH)] {
            runtime().block_on(async {
                use_login(&app, id);
                sleep(wait).await;
            });
        }
        assert_eq!(app.backend().told(), [vec!["1", "2"], vec!["1", "2", "3"]]);
    }
}
