//! Attempts that may fail: what counters in memory and in Redis promise.

use std::sync::Arc;
use std::time::Duration;

use auth_runtime::throttle::{ATTEMPT_IN_FLIGHT, AttemptLimit, AttemptStart, CounterStore, Limit, MemoryCounters};
use tokio::task::JoinSet;

use crate::given::{NOW, seconds};

const MINUTES: Duration = Duration::from_secs(600);

/// Limits of these many failures in ten minutes under keys of these names.
fn limits(of: &[(&str, u32)]) -> Vec<AttemptLimit> {
    of.iter().map(|(key, most)| AttemptLimit { key: (*key).to_owned(), limit: Limit::new(*most, MINUTES) }).collect()
}

fn too_many(limit: usize, wait: u64) -> AttemptStart {
    AttemptStart::TooManyFailures { limit, wait: seconds(wait) }
}

async fn start(counters: &impl CounterStore, of: &[(&str, u32)], after: u64) -> AttemptStart {
    counters.start_attempt(&limits(of), NOW + seconds(after)).await.unwrap()
}

async fn end(counters: &impl CounterStore, of: &[(&str, u32)], started_after: u64, failed: bool) {
    counters.end_attempt(&limits(of), NOW + seconds(started_after), failed).await.unwrap();
}

async fn a_failure_counts_until_it_is_as_old_as_the_window<C: CounterStore>([first, second]: [C; 2]) {
    let ada = [("ada", 2)];
    for after in [0, 30] {
        assert_eq!(start(&first, &ada, after).await, AttemptStart::Started);
        end(&second, &ada, after, true).await;
    }
    assert_eq!(start(&second, &ada, 30).await, too_many(0, 570));
    assert_eq!(start(&first, &ada, 599).await, too_many(0, 1));
    assert_eq!(start(&first, &ada, 600).await, AttemptStart::Started);
    assert_eq!(start(&first, &[("bob", 2)], 30).await, AttemptStart::Started);
}

async fn a_success_counts_no_more<C: CounterStore>([first, second]: [C; 2]) {
    let ada = [("ada", 1)];
    for after in 0..5 {
        assert_eq!(start(&first, &ada, after).await, AttemptStart::Started, "{after}");
        end(&second, &ada, after, false).await;
    }
    // What did not start cannot end.
    end(&first, &ada, 9, true).await;
    assert_eq!(start(&first, &ada, 9).await, AttemptStart::Started);
}

async fn attempts_in_flight_are_no_failures<C: CounterStore>([first, second]: [C; 2]) {
    let ada = [("ada", 3)];
    for _ in 0..3 {
        assert_eq!(start(&first, &ada, 0).await, AttemptStart::Started);
    }
    assert_eq!(start(&second, &ada, 1).await, AttemptStart::TooManyInFlight);
    end(&first, &ada, 0, true).await;
    end(&first, &ada, 0, true).await;
    assert_eq!(start(&second, &ada, 1).await, AttemptStart::TooManyInFlight, "two failures are not three");
    end(&first, &ada, 0, false).await;
    assert_eq!(start(&second, &ada, 1).await, AttemptStart::Started);
    end(&second, &ada, 1, true).await;
    assert_eq!(start(&first, &ada, 1).await, too_many(0, 599));
}

async fn an_attempt_that_never_ends_becomes_a_failure<C: CounterStore>([first, second]: [C; 2]) {
    let (ada, late) = ([("ada", 1)], ATTEMPT_IN_FLIGHT.as_secs());
    assert_eq!(start(&first, &ada, 0).await, AttemptStart::Started);
    assert_eq!(start(&second, &ada, late - 1).await, AttemptStart::TooManyInFlight);
    assert_eq!(start(&second, &ada, late).await, too_many(0, 600 - late));
    // It ends well after all.
    end(&first, &ada, 0, false).await;
    assert_eq!(start(&second, &ada, late).await, AttemptStart::Started);
}

async fn an_attempt_counts_under_all_keys_or_under_none<C: CounterStore>([counters, _]: [C; 2]) {
    let both = [("name", 1), ("address", 3)];
    assert_eq!(start(&counters, &both, 0).await, AttemptStart::Started);
    end(&counters, &both, 0, true).await;
    for _ in 0..10 {
        assert_eq!(start(&counters, &both, 1).await, too_many(0, 599));
    }
    for guess in 0..2 {
        let other = [(["x", "y"][guess], 1), ("address", 3)];
        assert_eq!(start(&counters, &other, 2).await, AttemptStart::Started, "a refused attempt is not counted");
        end(&counters, &other, 2, true).await;
    }
    assert_eq!(start(&counters, &[("z", 1), ("address", 3)], 2).await, too_many(1, 598));
    assert_eq!(
        start(&counters, &both, 2).await,
        too_many(0, 598),
        "of two waits the longest, and of equal ones the first"
    );
}

async fn of_many_at_once_no_more_start_than_allowed<C: CounterStore>(counters: [C; 2]) {
    let counters = counters.map(Arc::new);
    let mut tasks = JoinSet::new();
    for n in 0..60 {
        let counters = Arc::clone(&counters[n % 2]);
        tasks.spawn(async move { start(&*counters, &[("ada", 7), ("address", 50)], 0).await });
    }
    let starts = tasks.join_all().await;
    assert_eq!(starts.iter().filter(|start| **start == AttemptStart::Started).count(), 7);
    assert_eq!(starts.iter().filter(|start| **start == AttemptStart::TooManyInFlight).count(), 53);
}

async fn a_clock_that_was_ahead_closes_a_name_for_a_minute_longer_at_most<C: CounterStore>([counters, _]: [C; 2]) {
    let (ada, hour) = ([("ada", 1)], 3_600);
    assert_eq!(start(&counters, &ada, hour).await, AttemptStart::Started);
    end(&counters, &ada, hour, true).await;
    assert_eq!(start(&counters, &ada, 0).await, too_many(0, 600));
    assert_eq!(start(&counters, &ada, 659).await, too_many(0, 1));
    assert_eq!(start(&counters, &ada, 660).await, AttemptStart::Started);
}

async fn a_limit_of_none_lets_nothing_start<C: CounterStore>([counters, _]: [C; 2]) {
    assert_eq!(start(&counters, &[("ada", 0)], 0).await, too_many(0, 600));
}

async fn events_and_attempts_under_one_key_are_independent<C: CounterStore>([counters, _]: [C; 2]) {
    use auth_runtime::throttle::CountOutcome;

    let once = Limit::new(1, MINUTES);
    assert_eq!(start(&counters, &[("ada", 1)], 0).await, AttemptStart::Started);
    assert_eq!(counters.take("ada", once, NOW).await.unwrap(), CountOutcome::Counted);
    end(&counters, &[("ada", 1)], 0, false).await;
    assert_eq!(counters.take("ada", once, NOW).await.unwrap(), CountOutcome::Wait(MINUTES));
    assert_eq!(start(&counters, &[("ada", 1)], 0).await, AttemptStart::Started);
}

/// Asks counters in memory, and those in Redis where there is one.
macro_rules! ask_all_counters {
    ($($name:ident,)+) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let counters = std::sync::Arc::new(super::MemoryCounters::default());
                super::$name([std::sync::Arc::clone(&counters), counters]).await;
            })+
        }

        #[cfg(all(feature = "services", feature = "sqlite"))]
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::redis::two_counters().await).await;
            })+
        }
    };
}

ask_all_counters! {
    a_failure_counts_until_it_is_as_old_as_the_window,
    a_success_counts_no_more,
    attempts_in_flight_are_no_failures,
    an_attempt_that_never_ends_becomes_a_failure,
    an_attempt_counts_under_all_keys_or_under_none,
    of_many_at_once_no_more_start_than_allowed,
    a_clock_that_was_ahead_closes_a_name_for_a_minute_longer_at_most,
    a_limit_of_none_lets_nothing_start,
    events_and_attempts_under_one_key_are_independent,
}
