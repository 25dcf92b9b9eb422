#![doc = include_str!("../../docs/http-signatures.md")]

mod accept;
mod base;
mod canonical;
mod client;
mod component;
mod error;
mod field;
mod input;
mod query;
mod read;
mod response;
mod scheme;
mod signature;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use self::accept::WantedSignature;
pub use self::client::MessageSigner;
pub use self::error::SignatureError;
pub use self::field::StructuredField;
pub use self::scheme::HttpSignature;
pub use self::signature::VerifiedSignature;
pub use self::verify::ResponseVerifier;
