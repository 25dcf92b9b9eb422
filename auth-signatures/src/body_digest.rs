//! [`BodyDigest`]: verifies a body against the digests that a signature covers.

use auth_runtime::AuthError;
use auth_runtime::body::BodyVerifier;
use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{Algorithm, Context, MAX_OUTPUT_LEN};

use crate::inline_vec::InlineVec;

/// Hashes a body and compares the result with the signed digests.
pub(crate) struct BodyDigest {
    expected: InlineVec<Expected>,
    mismatch: fn() -> AuthError,
}

struct Expected {
    context: Context,
    /// The expected digest. `None` if its length is wrong for the algorithm, so that no body matches.
    digest: Option<[u8; MAX_OUTPUT_LEN]>,
}

impl BodyDigest {
    /// Creates a verifier without digests. At least one must be added. `mismatch` makes the error for a body that does not
    /// match.
    pub(crate) fn new(mismatch: fn() -> AuthError) -> Self {
        Self { expected: InlineVec::default(), mismatch }
    }

    /// Adds a digest that the body must match as well.
    pub(crate) fn add(&mut self, algorithm: &'static Algorithm, digest: &[u8]) {
        let mut bytes = [0; MAX_OUTPUT_LEN];
        let length = algorithm.output_len();
        let digest = (digest.len() == length).then(|| {
            bytes[..length].copy_from_slice(digest);
            bytes
        });
        self.expected.push(Expected { context: Context::new(algorithm), digest });
    }

    /// Returns whether there are no digests.
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
