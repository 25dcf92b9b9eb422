//! [`Claimed`]: a signature, as a message has it.

use aws_lc_rs::constant_time;
use base64ct::{Base64, Encoding};

/// How long a signature may be, in bytes: as long as the modulus of the largest RSA key.
const LONGEST: usize = 8192 / 8;

/// How many digits of base64 the longest MAC or hash has, SHA-512's.
const LONGEST_ENCODED: usize = 88;

/// A signature that a message claims to be its own.
///
/// A MAC in base64 is compared as it stands: to write the right one in base64 is quicker than to read the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Claimed<'a> {
    Bytes(&'a [u8]),
    /// What is no base64 is the signature of no key.
    Base64(&'a str),
}

impl Claimed<'_> {
    /// How many bytes it has. Of what is no base64 it is any number.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Base64(text) => {
                let padding = text.bytes().rev().take(2).take_while(|byte| *byte == b'=').count();
                (text.len() / 4 * 3).saturating_sub(padding)
            }
        }
    }

    /// Whether it is these bytes, a MAC or a hash, in constant time.
    pub(crate) fn is(self, expected: &[u8]) -> bool {
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

    /// What `judge` says of its bytes; `false` where there are none.
    pub(crate) fn is_judged(self, judge: impl FnOnce(&[u8]) -> bool) -> bool {
        match self {
            Self::Bytes(bytes) => judge(bytes),
            Self::Base64(text) => {
                let mut bytes = [0; LONGEST];
                Base64::decode(text, &mut bytes).is_ok_and(judge)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_base64_is_nothing() {
        for text in ["", "=", "====", "YQ", "YQ=", "YR==", "YQ==\n", "Y Q=", "YWI-", "é", "YQ==YQ=="] {
            assert!(!Claimed::Base64(text).is(b"a"), "{text}");
            assert!(!Claimed::Base64(text).is_judged(|bytes| bytes == b"a"), "{text}");
            let _ = Claimed::Base64(text).len();
        }
        assert!(Claimed::Base64("YQ==").is(b"a") && Claimed::Base64("YQ==").is_judged(|bytes| bytes == b"a"));
    }

    proptest! {
        #[test]
        fn both_forms_say_the_same(bytes in prop::collection::vec(any::<u8>(), 0..=64), other: Vec<u8>) {
            let text = Base64::encode_string(&bytes);
            for claimed in [Claimed::Bytes(&bytes), Claimed::Base64(&text)] {
                prop_assert_eq!(claimed.len(), bytes.len());
                prop_assert!(claimed.is(&bytes));
                prop_assert!(claimed.is_judged(|judged| judged == bytes));
                if other.len() <= 64 {
                    prop_assert_eq!(claimed.is(&other), bytes == other);
                }
            }
        }
    }
}
