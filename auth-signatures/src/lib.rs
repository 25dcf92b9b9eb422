//! Requests that their caller signed, as schemes of [`auth_runtime`].

mod body_digest;
mod caller;
#[allow(rustdoc::broken_intra_doc_links)]
pub mod cavage;
mod crypto;
mod exchange;
pub mod hawk;
pub mod keys;
mod layer;
mod signing_key;

pub use self::cavage::CavageSignature;
pub use self::hawk::{Hawk, HawkBewit};
pub use self::layer::{SignatureLayer, SignatureService};
pub use self::signing_key::{NotAKey, SigningKey};
