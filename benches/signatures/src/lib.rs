//! What verifying a signed request costs, beside its bare cryptographic primitive.
//!
//! Each [`Kind`] of request is three subjects:
//!
//! - [`bare`](Kind::bare): a handler under a `SignatureLayer`, without authentication;
//! - [`primitive`](Kind::primitive): the MAC or the signature alone, by aws-lc-rs and the raw material of the key, and the
//!   digest of the body where there is one;
//! - [`scheme`](Kind::scheme): the same handler with the scheme, and the keys in memory.
//!
//! Requests are signed before they are measured, each with its own nonce and path.

mod handlers;
mod kind;
mod primitive;
mod request;

use harness::Subject;

pub use self::kind::{Kind, Scheme};

/// How many requests a round measures: fewer than elsewhere, since to sign with RSA takes a millisecond.
const REQUESTS: usize = 100;

/// All of this crate.
pub fn subjects() -> Vec<Subject> {
    Kind::all().flat_map(of_kind).collect()
}

fn of_kind(kind: Kind) -> [Subject; 3] {
    [
        Subject::new(kind.bare(), kind.bare(), async move || handlers::Routed::bare(kind)),
        Subject::new(kind.primitive(), kind.bare(), async move || primitive::Primitive::new(kind)),
        Subject::new(kind.scheme(), kind.bare(), async move || handlers::Routed::authenticated(kind)),
    ]
    .map(|subject| subject.with_requests(REQUESTS))
}
