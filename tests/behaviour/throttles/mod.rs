//! `#[throttle(..)]`: what is counted, by what, and what the answer says.

mod answers;
mod callers;
mod clients;
mod order;
mod policies;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth_runtime::store::{StoreError, StoreResult};
use auth_runtime::throttle::{
    AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore, Counters, Limit, MemoryCounters,
};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tests::{App, app_with, get, request, send, settings};

use crate::support::from_peer;

const ADA: (&str, &str) = ("authorization", "Token ada-token");
const BOSS: (&str, &str) = ("authorization", "Token boss-token");

/// The statuses of as many requests one after the other.
async fn statuses(router: &Router, path: &str, headers: &[(&str, &str)], times: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(get(router, path, headers).await.status.as_u16());
    }
    statuses
}

async fn status_from(router: &Router, path: &str, peer: &str, headers: &[(&str, &str)]) -> u16 {
    send(router, from_peer(request("GET", path, headers), peer)).await.status.as_u16()
}

async fn status_of(router: &Router, request: Request<Body>) -> u16 {
    send(router, request).await.status.as_u16()
}

fn advance(app: &App, seconds: f64) {
    app.settings().clock().advance(Duration::from_secs_f64(seconds));
}

/// Counters that tell how often they were asked, and that can be down.
#[derive(Clone, Default)]
struct Watched {
    counters: Arc<MemoryCounters>,
    asked: Arc<AtomicUsize>,
    is_down: bool,
}

impl Watched {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn app(&self) -> App {
        app_with(settings().with_counters(Counters::shared(self.clone()))).await
    }
}

impl CounterStore for Watched {
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.is_down {
                return Err(StoreError::new("down"));
            }
            // Others run between the question and the answer, as they do with a store on another machine.
            tokio::task::yield_now().await;
            Ok(self.counters.take_now(key, limit, now))
        })
    }

    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async move {
            self.counters.give_back_now(key, at);
            Ok(())
        })
    }

    fn start_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        now: Duration,
    ) -> BoxFuture<'a, StoreResult<AttemptStart>> {
        self.counters.start_attempt(limits, now)
    }

    fn end_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        started: Duration,
        failed: bool,
    ) -> BoxFuture<'a, StoreResult<()>> {
        self.counters.end_attempt(limits, started, failed)
    }
}
