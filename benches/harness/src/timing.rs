//! Time, by turns.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Instant;

use crate::{Case, Subject};

/// The nanoseconds a request of each subject in each round.
pub(crate) async fn by_turns(subjects: Vec<Subject>, rounds: usize) -> Vec<(String, Vec<f64>)> {
    let mut cases: Vec<(Box<dyn Case>, Subject, Vec<f64>)> = Vec::new();
    for subject in subjects {
        cases.push(((subject.make)().await, subject, Vec::new()));
    }
    for _ in 0..rounds {
        // In another order each time, so that none is always measured after the same one.
        cases.sort_by_cached_key(|_| RandomState::new().build_hasher().finish());
        for (case, subject, times) in &mut cases {
            // What the others left in the caches of the processor is no part of it.
            case.prepare(subject.requests);
            case.serve(subject.requests).await;
            case.prepare(subject.requests);
            let since = Instant::now();
            case.serve(subject.requests).await;
            let time = since.elapsed();
            let requests = u32::try_from(subject.requests).expect("a small number");
            times.push(time.as_secs_f64() * 1e9 / f64::from(requests));
        }
    }
    cases.into_iter().map(|(_, subject, times)| (subject.name, times)).collect()
}
