//! The only place where passwords are checked.

mod attempt;
mod remembered;

pub(crate) use self::attempt::Attempt;
pub use self::attempt::check_attempt;
pub(crate) use self::remembered::find_remembered;
