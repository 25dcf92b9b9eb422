//! A minimal DER parser (X.690): reads the algorithm of a key, and the numbers of an RSA key.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// `id-RSASSA-PSS`, 1.2.840.113549.1.1.10 (RFC 8017 appendix C).
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// `RSASSA-PSS-params` (RFC 8017 appendix A.2.3) up to the length of the salt: SHA-256, and MGF1 with SHA-256. With another
/// hash function the last byte of its two identifiers differs.
const SHA256_MGF1_SHA256: [u8; 47] = [
    0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0xa1, 0x1c,
    0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
    0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];

/// A hash function of RSASSA-PSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PssHash {
    Sha256,
    Sha512,
}

impl PssHash {
    /// Returns the length of the hash and of the salt, in bytes.
    fn len(self) -> u8 {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn parameters(self) -> [u8; 47] {
        let mut parameters = SHA256_MGF1_SHA256;
        for at in [14, 44] {
            parameters[at] = match self {
                Self::Sha256 => 1,
                Self::Sha512 => 3,
            };
        }
        parameters
    }
}

/// The remaining input.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Returns the contents of the next element if it has this tag.
    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let &[found, first] = self.take(2)? else { return None };
        if found != tag {
            return None;
        }
        let length = match usize::from(first) {
            short @ 0..=0x7f => short,
            long @ 0x81..=0x83 => {
                self.take(long & 0x7f)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
            }
            _ => return None,
        };
        self.take(length)
    }

    /// Returns the bytes of the next element, a positive INTEGER, without the zero before a high bit.
    fn positive(&mut self) -> Option<&'a [u8]> {
        match self.element(INTEGER)? {
            [0, number @ ..] if number.first().is_some_and(|first| *first >= 0x80) => Some(number),
            number @ [1..0x80, ..] => Some(number),
            _ => None,
        }
    }
}

/// A key that names its algorithm: `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7) or `PrivateKeyInfo` (RFC 5208).
pub(crate) struct Info<'a> {
    identifier: &'a [u8],
    parameters: &'a [u8],
    /// The key itself, in the format that its algorithm defines.
    pub(crate) key: &'a [u8],
}

impl<'a> Info<'a> {
    /// Reads a public key. Trailing data is an error.
    pub(crate) fn public(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader(der);
        let mut info = Reader(outer.element(SEQUENCE)?);
        let mut algorithm = Reader(info.element(SEQUENCE)?);
        let identifier = algorithm.element(OBJECT_IDENTIFIER)?;
        let [0, key @ ..] = info.element(BIT_STRING)? else { return None };
        (outer.0.is_empty() && info.0.is_empty()).then_some(Self { identifier, parameters: algorithm.0, key })
    }

    /// Reads a private key. Ignores what follows it (RFC 5958).
    pub(crate) fn private(der: &'a [u8]) -> Option<Self> {
        let mut info = Reader(Reader(der).element(SEQUENCE)?);
        info.element(INTEGER)?;
        let mut algorithm = Reader(info.element(SEQUENCE)?);
        let identifier = algorithm.element(OBJECT_IDENTIFIER)?;
        Some(Self { identifier, parameters: algorithm.0, key: info.element(OCTET_STRING)? })
    }

    /// Returns whether the key is restricted to RSASSA-PSS.
    pub(crate) fn is_for_pss_alone(&self) -> bool {
        self.identifier == RSASSA_PSS
    }

    /// Returns whether such a key may be used with this hash function and a salt as long as the hash: its parameters are
    /// absent, or they name this hash function and a minimum salt length that is not longer (RFC 4055 section 3.3).
    pub(crate) fn allows_pss(&self, hash: PssHash) -> bool {
        let mut parameters = Reader(self.parameters);
        if parameters.0.is_empty() {
            return true;
        }
        let Some(parameters) = parameters.element(SEQUENCE) else { return false };
        match parameters.strip_prefix(&hash.parameters()) {
            Some([]) => true,
            Some(&[0xa2, 0x03, INTEGER, 0x01, salt]) => salt <= hash.len(),
            _ => false,
        }
    }
}

/// Reads `n` and `e` of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
pub(crate) fn rsa_public(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut key = Reader(Reader(der).element(SEQUENCE)?);
    Some((key.positive()?, key.positive()?))
}

/// Reads `n`, `e`, `d`, `p`, `q`, `dP`, `dQ` and `qInv` of an `RSAPrivateKey` (RFC 8017 appendix A.1.2).
pub(crate) fn rsa_private(der: &[u8]) -> Option<[&[u8]; 8]> {
    let mut key = Reader(Reader(der).element(SEQUENCE)?);
    key.element(INTEGER)?;
    let mut numbers = [&[][..]; 8];
    for number in &mut numbers {
        *number = key.positive()?;
    }
    Some(numbers)
}

/// Returns the number of bits of a number without leading zero bytes.
pub(crate) fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invalid_numbers_are_refused() {
        for (der, number) in [
            (&[0x02, 0x01, 0x05][..], Some(&[5][..])),
            (&[0x02, 0x02, 0x00, 0x80], Some(&[0x80])),
            (&[0x02, 0x81, 0x01, 0x05], Some(&[5])),
            (&[0x02, 0x02, 0x00, 0x05], None),
            (&[0x02, 0x01, 0x80], None),
            (&[0x02, 0x01, 0x00], None),
            (&[0x02, 0x00], None),
            (&[0x02, 0x02, 0x05], None),
            (&[0x02, 0x80, 0x05], None),
            (&[0x04, 0x01, 0x05], None),
            (&[], None),
        ] {
            assert_eq!(Reader(der).positive(), number, "{der:?}");
        }
        assert_eq!((bits(&[]), bits(&[1]), bits(&[0x80, 0]), bits(&[0x7f, 0])), (0, 1, 16, 15));
    }

    proptest! {
        #[test]
        fn reading_never_panics(der in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = (Info::public(&der).is_some(), Info::private(&der).is_some());
            let _ = (rsa_public(&der), rsa_private(&der));
        }
    }
}
