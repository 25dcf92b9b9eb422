//! The threads that hash passwords: [`HashingThreads`].

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::Params;
use tokio::sync::{Semaphore, oneshot};

use super::argon2id::Memory;
use super::error::HashPasswordError;
use crate::store::{StoreError, StoreResult};

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// How long an idle thread stays, with its memory.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// A few threads for work of milliseconds that is not interrupted, started on demand.
///
/// tokio has many blocking threads, and operating systems prefer a thread that has just slept to those that were busy. A flood
/// of passwords, each on a different blocking thread, would delay the threads that serve requests. The operating system lets a
/// thread wait that goes from one hash to the next.
pub(super) struct HashingThreads {
    most: usize,
    permits: Arc<Semaphore>,
    /// Places for running and waiting work.
    places: Arc<Semaphore>,
    shared: Arc<Shared>,
}

struct Shared {
    params: Params,
    kept_for: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Work>,
    threads: usize,
    is_closed: bool,
}

impl HashingThreads {
    /// Creates at most `most` threads, each with memory for a hash with these parameters. `queue` is how much work may wait for
    /// each of them.
    pub(super) fn new(most: usize, queue: usize, params: &Params) -> Self {
        Self::kept_for(KEPT_FOR, most, queue, params)
    }

    fn kept_for(kept_for: Duration, most: usize, queue: usize, params: &Params) -> Self {
        let most = most.max(1);
        let places = most.saturating_mul(queue.saturating_add(1)).min(Semaphore::MAX_PERMITS);
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { params: params.clone(), kept_for, state, changed });
        Self { most, permits: Arc::new(Semaphore::new(most)), places: Arc::new(Semaphore::new(places)), shared }
    }

    /// Returns the result of `work`. The permits move with it: an abandoned request keeps its place until its hash is done.
    ///
    /// # Errors
    ///
    /// If too much other work waits, the operating system starts no thread, or `work` panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, HashPasswordError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashPasswordError::QueueFull)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(StoreError::new)?;
        let (done, result) = oneshot::channel();
        self.queue(Box::new(move |memory| {
            let result = work(memory);
            // Released first, so that the place is free when the caller gets the result.
            drop((permit, place));
            drop(done.send(result));
        }))?;
        Ok(result.await.map_err(StoreError::new)?)
    }

    fn queue(&self, work: Work) -> StoreResult<()> {
        let mut state = self.shared.state();
        state.queue.push_back(work);
        // Each permit is work that runs, is queued or is about to be. Counted under the lock, so that the last caller counts
        // all.
        let permits = self.most.saturating_sub(self.permits.available_permits());
        if state.threads < permits {
            let shared = Arc::clone(&self.shared);
            match thread::Builder::new().name("auth-passwords".to_owned()).spawn(move || shared.work()) {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    state.queue.pop_back();
                    return Err(StoreError::new(error));
                }
                // The existing threads do the work.
                Err(_) => {}
            }
        }
        drop(state);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Drop for HashingThreads {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a thread.
    fn work(&self) {
        let mut memory = Memory::of(&self.params);
        while let Some(work) = self.next() {
            // After a panic, the caller learns of it because the sender is dropped.
            drop(catch_unwind(AssertUnwindSafe(|| work(&mut memory))));
        }
    }

    /// Returns the next work. `None` means that there was none for a while, or that there will be no more: the thread ends.
    fn next(&self) -> Option<Work> {
        let nothing = |state: &mut State| state.queue.is_empty() && !state.is_closed;
        let waited = self.changed.wait_timeout_while(self.state(), self.kept_for, nothing);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let work = state.queue.pop_front();
        if work.is_none() {
            state.threads -= 1;
        }
        work
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Barrier, mpsc};
    use std::thread::ThreadId;

    use super::*;

    /// Sends when its thread ends.
    struct Ends(mpsc::Sender<ThreadId>);

    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).unwrap();
        }
    }

    thread_local! {
        static ENDS: std::cell::RefCell<Option<Ends>> = const { std::cell::RefCell::new(None) };
    }

    #[tokio::test]
    async fn one_after_the_other_all_run_on_one_thread() {
        let threads = HashingThreads::new(3, 64, &Params::DEFAULT);
        let first = threads.run(|_| thread::current().id()).await.unwrap();
        for _ in 0..50 {
            assert_eq!(threads.run(|_| thread::current().id()).await.unwrap(), first);
        }
        assert_ne!(first, thread::current().id());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn work_runs_up_to_the_limit_and_no_further() {
        for (most, at_once) in [(0, 1), (1, 1), (3, 3)] {
            let threads = Arc::new(HashingThreads::new(most, 64, &Params::DEFAULT));
            let barrier = Arc::new(Barrier::new(at_once));
            let tasks: Vec<_> = (0..12)
                .map(|_| {
                    let (threads, barrier) = (Arc::clone(&threads), Arc::clone(&barrier));
                    let work = move |_: &mut Memory| {
                        barrier.wait();
                        thread::current().id()
                    };
                    tokio::spawn(async move { threads.run(work).await.unwrap() })
                })
                .collect();
            let mut used = HashSet::new();
            for task in tasks {
                used.insert(task.await.unwrap());
            }
            assert_eq!(used.len(), at_once);
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_leaves_the_place_and_the_thread() {
        let threads = HashingThreads::new(1, 64, &Params::DEFAULT);
        let first = threads.run(|_| thread::current().id()).await.unwrap();
        threads.run(|_| panic!("on purpose")).await.unwrap_err();
        assert_eq!(threads.run(|_| thread::current().id()).await.unwrap(), first);
    }

    /// Starts a thread that does something and reports when it ends.
    async fn telling(threads: &HashingThreads) -> (ThreadId, mpsc::Receiver<ThreadId>) {
        let (ends, ended) = mpsc::channel();
        let work = |_: &mut Memory| {
            ENDS.set(Some(Ends(ends)));
            thread::current().id()
        };
        (threads.run(work).await.unwrap(), ended)
    }

    #[tokio::test]
    async fn threads_end_when_their_owner_is_dropped() {
        let threads = HashingThreads::kept_for(Duration::MAX, 1, 64, &Params::DEFAULT);
        let (id, ended) = telling(&threads).await;
        ended.try_recv().unwrap_err();
        drop(threads);
        assert_eq!(ended.recv().unwrap(), id);
    }

    #[tokio::test]
    async fn a_thread_with_nothing_to_do_ends_and_another_takes_its_place() {
        let threads = HashingThreads::kept_for(Duration::ZERO, 1, 64, &Params::DEFAULT);
        for _ in 0..10 {
            let (id, ended) = telling(&threads).await;
            assert_eq!(ended.recv().unwrap(), id);
        }
    }
}
