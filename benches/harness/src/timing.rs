//! Time, by turns.

use std::time::Instant;

use crate::{Case, Subject};

/// The nanoseconds a request of each subject in each round, after a first round that warms everything.
pub(crate) async fn by_turns(subjects: Vec<Subject>, rounds: usize) -> Vec<(String, Vec<f64>)> {
    let mut cases: Vec<(Box<dyn Case>, Subject, Vec<f64>)> = Vec::new();
    for subject in subjects {
        cases.push(((subject.make)().await, subject, Vec::new()));
    }
    for round in 0..=rounds {
        // Another one is first in each round, so that none is always measured after the same one.
        if !cases.is_empty() {
            let by = 7 % cases.len();
            cases.rotate_left(by);
        }
        for (case, subject, times) in &mut cases {
            case.prepare(subject.requests);
            let since = Instant::now();
            case.serve(subject.requests).await;
            let time = since.elapsed();
            if round > 0 {
                let requests = u32::try_from(subject.requests).expect("a small number");
                times.push(time.as_secs_f64() * 1e9 / f64::from(requests));
            }
        }
    }
    cases.into_iter().map(|(_, subject, times)| (subject.name, times)).collect()
}
