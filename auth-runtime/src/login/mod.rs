//! Logging in and out: creates what [`Session`](crate::scheme::Session) and [`Token`](crate::scheme::Token) later find.

pub(crate) mod accounts;
pub mod csrf;
mod gate;
pub mod personal_token;
mod token;

pub use self::gate::{LoginCookies, client, log_in, log_out};
pub use self::token::{IssuedToken, log_in_for_token};
pub use crate::password::check_attempt;
