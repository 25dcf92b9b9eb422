//! Requests that their caller signed, as schemes of [`auth_runtime`].

mod crypto;
mod exchange;
pub mod hawk;
mod layer;
mod signing_key;

pub use self::layer::{SignatureLayer, SignatureService};
pub use self::signing_key::{NotAKey, SigningKey};
