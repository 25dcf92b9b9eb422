//! The primitive alone.

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use aws_lc_rs::{constant_time, hmac};
use harness::{Case, Local};

use crate::Kind;
use crate::request::{Requests, Signed};

/// Verifies what is signed, as one writes it by hand with a key from a store, and nothing besides.
pub(crate) struct Primitive {
    requests: Requests,
    key: Key,
    prepared: Vec<Signed>,
}

impl Primitive {
    pub(crate) fn new(kind: Kind) -> Self {
        let requests = Requests::new(kind);
        Self { key: requests.verifying_key(), requests, prepared: Vec::new() }
    }
}

impl Case for Primitive {
    fn prepare(&mut self, requests: usize) {
        self.prepared = (0..requests).map(|_| self.requests.next_signed().1).collect();
    }

    fn serve(&mut self, requests: usize) -> Local<'_, ()> {
        Box::pin(async move {
            for Signed { message, signature, body } in self.prepared.drain(..requests) {
                assert!(verifies(&self.key, &message, &signature));
                if let Some((parts, digest)) = body {
                    let mut context = Context::new(&SHA256);
                    for part in &parts {
                        context.update(part);
                    }
                    let is_equal = constant_time::verify_slices_are_equal(context.finish().as_ref(), &digest);
                    assert!(is_equal.is_ok());
                }
            }
        })
    }
}

fn verifies(key: &Key, message: &[u8], signature: &[u8]) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match key.algorithm() {
        KeyAlgorithm::HmacSha256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key.material());
            return hmac::verify(&key, message, signature).is_ok();
        }
        KeyAlgorithm::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_FIXED,
        KeyAlgorithm::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_FIXED,
        KeyAlgorithm::Ed25519 => &signature::ED25519,
        KeyAlgorithm::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        KeyAlgorithm::RsaV15Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        other => unreachable!("{other} is not measured"),
    };
    UnparsedPublicKey::new(algorithm, key.material()).verify(message, signature).is_ok()
}
