//! Why a request is refused, and how that is answered.

mod error;
mod kind;
mod place;
mod response;
mod words;

pub use self::error::AuthError;
pub(crate) use self::error::{failed, fixed};
pub use self::kind::ErrorKind;
pub(crate) use self::place::Place;
pub use self::response::{Answer, ErrorFormat, Rejection};
pub(crate) use self::words::Words;
