#![doc = include_str!("../../docs/hawk.md")]

mod artifacts;
mod attributes;
mod bewit;
mod client;
mod failure;
mod payload;
mod response;
mod scheme;
mod sign;
#[cfg(test)]
mod tests;

pub use self::artifacts::Artifacts;
pub use self::bewit::{BewitCredentials, HawkBewit};
pub use self::client::{Client, ResponseError};
pub use self::payload::PayloadHash;
pub use self::response::{InvalidExt, ResponseExt};
pub use self::scheme::{Hawk, HawkCredentials};
pub use self::sign::{SignError, SignOptions};
