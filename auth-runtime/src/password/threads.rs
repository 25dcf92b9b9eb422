//! The threads that hash passwords: [`HashingThreads`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::store::{StoreError, StoreResult};

type Work = Box<dyn FnOnce() + Send>;

/// A few threads for work of milliseconds that nothing interrupts, started when they are needed.
///
/// tokio's blocking threads are many, and operating systems prefer a thread that has just slept to those that were busy:
/// a flood of passwords, each on another of them, would hold up what serves requests. A thread that goes from one hash to
/// the next is what they let wait.
pub(super) struct HashingThreads {
    most: usize,
    permits: Arc<Semaphore>,
    started: AtomicUsize,
    queue: mpsc::Sender<Work>,
    waiting: Arc<Mutex<mpsc::Receiver<Work>>>,
}

impl HashingThreads {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let (queue, waiting) = mpsc::channel();
        Self {
            most,
            permits: Arc::new(Semaphore::new(most)),
            started: AtomicUsize::new(0),
            queue,
            waiting: Arc::new(Mutex::new(waiting)),
        }
    }

    /// What `work` returns. The permit moves with it: a request that is given up keeps its place until its hash is done.
    ///
    /// # Errors
    ///
    /// When the operating system starts no thread, or `work` panics.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> StoreResult<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(StoreError::new)?;
        self.start_if_all_are_busy()?;
        let (done, result) = oneshot::channel();
        let work = move || {
            let result = work();
            // First, so that whoever hears of the result finds the place free.
            drop(permit);
            drop(done.send(result));
        };
        self.queue.send(Box::new(work)).map_err(|_| StoreError::new("the threads for passwords have ended"))?;
        result.await.map_err(StoreError::new)
    }

    /// Permits that are taken are work that runs or is about to be queued, the caller's included.
    fn start_if_all_are_busy(&self) -> StoreResult<()> {
        let taken = self.most.saturating_sub(self.permits.available_permits());
        let one_more = |started| (started < taken).then_some(started + 1);
        if self.started.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_err() {
            return Ok(());
        }
        let waiting = Arc::clone(&self.waiting);
        let thread = thread::Builder::new().name("auth-passwords".to_owned()).spawn(move || work_on(&waiting));
        thread.map(drop).map_err(|error| {
            self.started.fetch_sub(1, Ordering::Relaxed);
            StoreError::new(error)
        })
    }
}

/// Until the queue is dropped.
fn work_on(waiting: &Mutex<mpsc::Receiver<Work>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // Whoever waits for the result learns of a panic by the sender that is dropped with it.
        drop(catch_unwind(AssertUnwindSafe(work)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
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
        let threads = HashingThreads::new(3);
        let first = threads.run(|| thread::current().id()).await.unwrap();
        for _ in 0..50 {
            assert_eq!(threads.run(|| thread::current().id()).await.unwrap(), first);
        }
        assert_ne!(first, thread::current().id());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn as_many_run_at_once_as_are_allowed_and_no_more() {
        for (most, at_once) in [(0, 1), (1, 1), (3, 3)] {
            let threads = Arc::new(HashingThreads::new(most));
            let barrier = Arc::new(std::sync::Barrier::new(at_once));
            let tasks: Vec<_> = (0..12)
                .map(|_| {
                    let (threads, barrier) = (Arc::clone(&threads), Arc::clone(&barrier));
                    let work = move || {
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
        let threads = HashingThreads::new(1);
        let first = threads.run(|| thread::current().id()).await.unwrap();
        threads.run(|| panic!("on purpose")).await.unwrap_err();
        assert_eq!(threads.run(|| thread::current().id()).await.unwrap(), first);
    }

    #[tokio::test]
    async fn the_threads_end_with_what_started_them() {
        let threads = HashingThreads::new(1);
        let (ends, ended) = mpsc::channel();
        let id = threads
            .run(|| {
                ENDS.set(Some(Ends(ends)));
                thread::current().id()
            })
            .await
            .unwrap();
        ended.try_recv().unwrap_err();
        drop(threads);
        assert_eq!(ended.recv().unwrap(), id);
    }
}
