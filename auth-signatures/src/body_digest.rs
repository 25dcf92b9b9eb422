//! [`BodyDigest`]: a body against the digests of it that a signature covers.

use auth_runtime::AuthError;
use auth_runtime::body::BodyVerifier;
use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{Algorithm, Context, MAX_OUTPUT_LEN};

use crate::inline_vec::InlineVec;

/// Hashes a body and compares it with what was signed.
pub(crate) struct BodyDigest {
    expected: InlineVec<Expected>,
    mismatch: fn() -> AuthError,
}

struct Expected {
    context: Context,
    /// The digest, at the start. `None` where it has not the length of the algorithm's, so that no body has it.
    digest: Option<[u8; MAX_OUTPUT_LEN]>,
}

impl BodyDigest {
    /// Without digests, of which there must be some; `mismatch` is what is said when one is not the body's.
    pub(crate) fn new(mismatch: fn() -> AuthError) -> Self {
        Self { expected: InlineVec::default(), mismatch }
    }

    /// With a digest that the body must have besides the others.
    pub(crate) fn add(&mut self, algorithm: &'static Algorithm, digest: &[u8]) {
        let mut bytes = [0; MAX_OUTPUT_LEN];
        let length = algorithm.output_len();
        let digest = (digest.len() == length).then(|| {
            bytes[..length].copy_from_slice(digest);
            bytes
        });
        self.expected.push(Expected { context: Context::new(algorithm), digest });
    }

    /// Whether it has no digests.
    pub(crate) fn is_empty(&self) -> bool {
        self.expected.is_empty()
    }
}

impl BodyVerifier for BodyDigest {
    fn update(&mut self, chunk: &[u8]) {
        for Expected { context, .. } in self.expected.iter_mut() {
            context.update(chunk);
        }
    }

    fn finish(self: Box<Self>) -> Result<(), AuthError> {
        let has = |Expected { context, digest }| {
            let found = context.finish();
            let found = found.as_ref();
            digest.is_some_and(|digest| constant_time::verify_slices_are_equal(found, &digest[..found.len()]).is_ok())
        };
        if !self.is_empty() && self.expected.into_iter().all(has) { Ok(()) } else { Err((self.mismatch)()) }
    }
}
