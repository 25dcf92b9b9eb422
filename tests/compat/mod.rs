//! The routers in the place of the framework's token endpoint, knox and durin answer as those do, but for the deviations.
//!
//! `record.py` has recorded what they answer; this sends the same requests to the routers here.

mod app;
mod deviations;
mod faults;
mod imported;
mod recording;

use std::collections::BTreeMap;

pub(crate) use self::deviations::table;
use self::recording::{Scenario, Sent};

/// What came in the place of what was recorded, by the name of the step.
async fn replay(scenario: &Scenario) -> BTreeMap<String, Sent> {
    let mut app = app::Replayed::of(scenario).await;
    let mut answers = BTreeMap::new();
    for (number, step) in scenario.steps.iter().enumerate() {
        answers.insert(format!("{}/{number}", scenario.id), app.take(step).await);
    }
    answers
}

#[tokio::test]
async fn the_routers_answer_as_recorded_but_for_the_deviations() {
    let recorded = recording::load();
    let mut faults = Vec::new();
    let mut steps = BTreeMap::new();
    for scenario in &recorded.scenarios {
        for (name, sent) in replay(scenario).await {
            steps.insert(name, sent);
        }
    }
    let table = deviations::load();
    for (name, sent) in &steps {
        match table.iter().find(|deviation| deviation.at.contains_key(name)) {
            None if sent.got != sent.wanted => {
                faults.push(format!("{name}\n  there {}\n  here  {}", sent.wanted, sent.got));
            }
            None => {}
            Some(deviation) if sent.got == sent.wanted => {
                faults.push(format!("stale deviation {}: {name} comes as recorded", deviation.id));
            }
            Some(deviation) => {
                let wanted = sent.wanted.but(&deviation.at[name]);
                if sent.got != wanted {
                    faults.push(format!("{name}, {}\n  listed {wanted}\n  here   {}", deviation.id, sent.got));
                }
            }
        }
    }
    for deviation in &table {
        for name in deviation.at.keys().filter(|name| !steps.contains_key(*name)) {
            faults.push(format!("deviation {}: there is no step {name}", deviation.id));
        }
    }
    assert!(faults.is_empty(), "{} of {} exchanges:\n{}", faults.len(), steps.len(), faults.join("\n"));
}
