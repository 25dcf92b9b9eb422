//! [`BodyDigest`]: a body against the digests of it that a signature covers.

use auth_runtime::AuthError;
use auth_runtime::body::BodyVerifier;
use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{Algorithm, Context};

/// Hashes a body and compares it with what was signed.
pub(crate) struct BodyDigest {
    expected: Vec<(Context, Vec<u8>)>,
    mismatch: fn() -> AuthError,
}

impl BodyDigest {
    /// All of the digests must be of the body; `mismatch` is what is said when one is not. `None` when there are none.
    pub(crate) fn new(
        digests: impl IntoIterator<Item = (&'static Algorithm, Vec<u8>)>,
        mismatch: fn() -> AuthError,
    ) -> Option<Self> {
        let expected: Vec<_> =
            digests.into_iter().map(|(algorithm, digest)| (Context::new(algorithm), digest)).collect();
        (!expected.is_empty()).then_some(Self { expected, mismatch })
    }
}

impl BodyVerifier for BodyDigest {
    fn update(&mut self, chunk: &[u8]) {
        for (context, _) in &mut self.expected {
            context.update(chunk);
        }
    }

    fn finish(self: Box<Self>) -> Result<(), AuthError> {
        let mut pairs = self.expected.into_iter();
        let all_equal = pairs.all(|(context, expected)| {
            constant_time::verify_slices_are_equal(context.finish().as_ref(), &expected).is_ok()
        });
        if all_equal { Ok(()) } else { Err((self.mismatch)()) }
    }
}
