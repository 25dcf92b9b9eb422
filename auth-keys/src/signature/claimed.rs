//! [`ClaimedSignature`]: the signature in a message.

use aws_lc_rs::constant_time;
use base64ct::{Base64, Encoding};

/// The maximum length of a signature, in bytes: the modulus of the largest RSA key.
const LONGEST: usize = 8192 / 8;

/// The maximum length of a MAC or hash in base64, that of SHA-512.
const LONGEST_ENCODED: usize = 88;

/// The signature that a message claims to have.
///
/// A MAC in base64 is compared in base64, since encoding the correct one is faster than decoding the claimed one.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_enums)] // callers make it
pub enum ClaimedSignature<'a> {
    /// The bytes of the signature.
    Bytes(&'a [u8]),
    /// The signature in base64 (RFC 4648 section 4). Text that is not base64 is never a valid signature.
    Base64(&'a str),
}

impl ClaimedSignature<'_> {
    /// Returns the length in bytes. For text that is not base64, the result can be any number.
    #[allow(clippy::len_without_is_empty)] // the length alone matters
    pub fn len(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Base64(text) => {
                let padding = text.bytes().rev().take(2).take_while(|byte| *byte == b'=').count();
                (text.len() / 4 * 3).saturating_sub(padding)
            }
        }
    }

    /// Returns whether the signature equals `expected`, a MAC or a hash of at most 64 bytes, in constant time.
    pub fn equals(self, expected: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) => constant_time::verify_slices_are_equal(expected, bytes).is_ok(),
            Self::Base64(text) => {
                let mut digits = [0; LONGEST_ENCODED];
                Base64::encode(expected, &mut digits).is_ok_and(|expected| {
                    constant_time::verify_slices_are_equal(expected.as_bytes(), text.as_bytes()).is_ok()
                })
            }
        }
    }

    /// Returns whether the signature can be decoded and its bytes satisfy `predicate`.
    pub(crate) fn satisfies(self, predicate: impl FnOnce(&[u8]) -> bool) -> bool {
        match self {
            Self::Bytes(bytes) => predicate(bytes),
            Self::Base64(text) => {
                let mut bytes = [0; LONGEST];
                Base64::decode(text, &mut bytes).is_ok_and(predicate)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_that_is_not_base64_is_never_a_signature() {
        for text in ["", "=", "====", "YQ", "YQ=", "YR==", "YQ==\n", "Y Q=", "YWI-", "é", "YQ==YQ=="] {
            assert!(!ClaimedSignature::Base64(text).equals(b"a"), "{text}");
            assert!(!ClaimedSignature::Base64(text).satisfies(|bytes| bytes == b"a"), "{text}");
            let _ = ClaimedSignature::Base64(text).len();
        }
        assert!(
            ClaimedSignature::Base64("YQ==").equals(b"a")
                && ClaimedSignature::Base64("YQ==").satisfies(|bytes| bytes == b"a")
        );
    }

    proptest! {
        #[test]
        fn both_forms_compare_alike(bytes in prop::collection::vec(any::<u8>(), 0..=64), other: Vec<u8>) {
            let text = Base64::encode_string(&bytes);
            for claimed in [ClaimedSignature::Bytes(&bytes), ClaimedSignature::Base64(&text)] {
                prop_assert_eq!(claimed.len(), bytes.len());
                prop_assert!(claimed.equals(&bytes));
                prop_assert!(claimed.satisfies(|decoded| decoded == bytes));
                if other.len() <= 64 {
                    prop_assert_eq!(claimed.equals(&other), bytes == other);
                }
            }
        }
    }
}
