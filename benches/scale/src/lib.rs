//! What this package's programs share.

pub mod credential;
pub mod fill;
pub mod memory;
pub mod places;
pub mod report;
pub mod requests;
