//! Keys as text: PEM (RFC 7468).

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use crate::error::InvalidKey;

/// The content of a PEM block.
pub(crate) struct Block<'a> {
    /// The label after `BEGIN`.
    pub(crate) label: &'a str,
    /// The DER.
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Reads the first key in `text`. Skips text around the block, in any encoding, and the parameters that OpenSSL writes before
/// an EC key.
pub(crate) fn read(text: &[u8]) -> Result<Block<'_>, InvalidKey> {
    let mut rest = text;
    loop {
        let (_, begun) =
            split_once(rest, b"-----BEGIN ").ok_or_else(|| InvalidKey::new("there is no PEM block in it"))?;
        let (label, body) =
            split_once(begun, b"-----").ok_or_else(|| InvalidKey::new("the first line of the PEM is cut"))?;
        let (body, after) = split_once(body, &[b"-----END ", label, b"-----"].concat())
            .ok_or_else(|| InvalidKey::new("the PEM block does not end as it begins"))?;
        let label = std::str::from_utf8(label).map_err(|_| InvalidKey::new("the first line of the PEM is not text"))?;
        let body = std::str::from_utf8(body).map_err(|_| not_base64())?;
        match label {
            "EC PARAMETERS" => rest = after,
            "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
            _ if body.contains("Proc-Type:") => return Err(encrypted()),
            _ => return Ok(Block { label, der: decode(body)? }),
        }
    }
}

fn encrypted() -> InvalidKey {
    InvalidKey::new("the private key is encrypted; take off the password with `openssl pkey -in FILE`")
}

fn not_base64() -> InvalidKey {
    InvalidKey::new("the PEM block is not base64")
}

fn split_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).position(|window| window == separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    Base64::decode_vec(&base64).map(Zeroizing::new).map_err(|_| not_base64())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reason(text: &str) -> String {
        read(text.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_block_is_found_among_other_text() {
        let text = "subject: ada\n-----BEGIN EC PARAMETERS-----\nBg==\n-----END EC PARAMETERS-----\n\
             -----BEGIN PUBLIC KEY-----\r\nAAEC\r\nAw==\r\n-----END PUBLIC KEY-----\r\n";
        let block = read(text.as_bytes()).unwrap();
        assert_eq!((block.label, block.der.as_slice()), ("PUBLIC KEY", &[0, 1, 2, 3][..]));
    }

    #[test]
    fn errors_name_the_problem() {
        assert!(reason("").contains("no PEM block"));
        assert!(reason("-----BEGIN PUBLIC KEY").contains("cut"));
        assert!(reason("-----BEGIN PUBLIC KEY-----\nAAEC\n-----END PRIVATE KEY-----").contains("does not end"));
        assert!(reason("-----BEGIN PUBLIC KEY-----\nAA!C\n-----END PUBLIC KEY-----").contains("not base64"));
        assert!(reason("-----BEGIN PUBLIC KEY-----\nAAF=\n-----END PUBLIC KEY-----").contains("not base64"));
        for label in ["ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"] {
            let body = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAEC";
            assert!(reason(&format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----")).contains("encrypted"));
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(-----(BEGIN|END) [A-Z ]{0,4}-----|[A-Za-z0-9=\n]{0,9}){0,6}") {
            let _ = read(text.as_bytes()).is_ok();
        }

        #[test]
        fn bytes_around_a_block_do_not_matter(before: Vec<u8>, after: Vec<u8>) {
            prop_assume!(!before.contains(&b'-'));
            let block: &[u8] = b"-----BEGIN PUBLIC KEY-----\nAAEC\n-----END PUBLIC KEY-----\n";
            let text = [&before[..], block, &after[..]].concat();
            let block = read(&text).unwrap();
            prop_assert_eq!(block.der.as_slice(), &[0, 1, 2][..]);
        }
    }
}
