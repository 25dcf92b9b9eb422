//! Hexadecimal digits.

use zeroize::Zeroizing;

/// Decodes pairs of digits, in either case.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for &[high, low] in pairs {
        bytes.push(digit(high)? << 4 | digit(low)?);
    }
    Some(bytes)
}

/// Encodes in lower case.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(digit.into(), 16).expect("four bits are a digit"));
        }
    }
    text
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_that_is_not_hexadecimal_is_refused() {
        for text in ["0", "0g", "é", "0x", " 0", "00 "] {
            assert!(decode(text).is_none(), "{text}");
        }
        assert_eq!(decode("00fFAb").unwrap().as_slice(), [0, 0xff, 0xab]);
    }

    proptest! {
        #[test]
        fn bytes_are_written_and_read_again(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)).unwrap().to_vec(), bytes);
        }
    }
}
