#![doc = include_str!("../docs/crate.md")]

mod body_digest;
mod caller;
pub mod cavage;
mod content;
mod destination;
pub mod digest;
mod exchange;
pub mod hawk;
pub mod http_signature;
mod inline_vec;
mod layer;
mod option;
#[cfg(test)]
mod tests;

pub use self::cavage::CavageSignature;
pub use self::hawk::{Hawk, HawkBewit};
pub use self::http_signature::HttpSignature;
pub use self::layer::{SignatureLayer, SignatureService};
