//! How a request is measured, whatever framework serves it.
//!
//! A program hands its [`Subject`]s to [`main`], and is then asked by its command line:
//!
//! - `list`: one line a subject, its name and the name of its baseline, separated by a tab;
//! - `time ROUNDS [WORD..]`: one line a subject whose name contains one of the words, or all of them: its name and the
//!   nanoseconds a request of each round, separated by tabs. Every round measures all subjects by turns;
//! - `run SUBJECT PREPARED SERVED`: makes so many requests and serves the first ones of them, for [`callgrind`];
//! - `step SUBJECT PREPARED SERVED`: the same, for [`steps`].

pub mod callgrind;
pub mod steps;
mod timing;

use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;

/// A future that stays on its thread.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Requests that can be made and served.
pub trait Case {
    /// Makes so many requests, in the place of those that are left.
    fn prepare(&mut self, requests: usize);

    /// Serves so many of them, each until its response is there.
    fn serve(&mut self, requests: usize) -> Local<'_, ()>;
}

/// One thing that is measured.
pub struct Subject {
    /// What it is called in tables, unique.
    pub name: String,
    /// What its ratios are over: the name of the subject that serves the same request without any authentication.
    pub baseline: String,
    /// How many requests one round measures.
    pub requests: usize,
    /// Sets it up.
    pub make: Box<dyn Fn() -> Local<'static, Box<dyn Case>>>,
}

impl Subject {
    /// A subject whose baseline is `baseline`: 500 requests a round.
    pub fn new<C: Case + 'static>(
        name: impl Into<String>,
        baseline: impl Into<String>,
        make: impl AsyncFn() -> C + Clone + 'static,
    ) -> Self {
        let make = move || {
            let make = make.clone();
            let case: Local<'static, Box<dyn Case>> = Box::pin(async move { Box::new(make().await) as Box<dyn Case> });
            case
        };
        Self { name: name.into(), baseline: baseline.into(), requests: 500, make: Box::new(make) }
    }

    /// For slow ones.
    #[must_use]
    pub fn with_requests(self, requests: usize) -> Self {
        Self { requests, ..self }
    }
}

/// Does what the command line says, on whatever executor drives this future.
pub async fn main(subjects: Vec<Subject>) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => {
            for Subject { name, baseline, requests, .. } in subjects {
                println!("{name}\t{baseline}\t{requests}");
            }
        }
        ["time", rounds, words @ ..] => {
            let rounds = rounds.parse().expect("a number of rounds");
            let is_asked = |subject: &Subject| words.is_empty() || words.iter().any(|word| subject.name.contains(word));
            let subjects = subjects.into_iter().filter(is_asked).collect();
            for (name, times) in timing::by_turns(subjects, rounds).await {
                let times: Vec<String> = times.iter().map(|time| format!("{time:.1}")).collect();
                println!("{name}\t{}", times.join("\t"));
            }
        }
        [how @ ("run" | "step"), name, prepared, served] => {
            let subject = subjects.iter().find(|subject| subject.name == *name).expect("a subject of this name");
            let [prepared, served] = [prepared, served].map(|number| number.parse().expect("a number"));
            let mut case = (subject.make)().await;
            // Whatever is done once only, at the first request, is done.
            case.prepare(WARM);
            case.serve(WARM).await;
            case.prepare(prepared);
            let is_stepped = *how == "step";
            if is_stepped {
                steps::begin();
            }
            case.serve(served).await;
            if is_stepped {
                steps::mark();
            }
            std::io::stdout().flush().expect("stdout");
            // Without dropping what was prepared and not served.
            std::process::exit(0);
        }
        _ => panic!("the command line is `list`, `time ROUNDS [WORD..]` or `run` or `step SUBJECT PREPARED SERVED`"),
    }
}

const WARM: usize = 5;
