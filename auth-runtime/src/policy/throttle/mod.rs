//! How many requests a caller may make: [`Throttle`], asked after permissions and before anything else; and the [`Counters`]
//! that tell whether something happened too often under a key.

mod admission;
mod rates;

pub use self::admission::{Admission, Rejections, Throttle};
pub(crate) use self::rates::scope_name;
pub use self::rates::{AnonRate, ClientRate, ScopedRate, UserRate};
pub use crate::store::counters::{
    ATTEMPT_IN_FLIGHT, AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore, Counters, MemoryCounters,
};
pub use crate::value::limit::{InvalidLimit, Limit};
pub use crate::value::quota::Quota;
