//! The text of the tokens that an application issues: [`TokenFormat`].

use std::borrow::Cow;
use std::fmt;

use zeroize::{Zeroize as _, Zeroizing};

use super::secret::{Digest, NewSecret};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is a little more than 2^256.
const RANDOM: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM: usize = 6;

/// What an issued token is for. Its text contains it, for people and for scanners of leaked secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// Created by a login: `at`.
    Access,
    /// Created by its owner, for a program: `pat`.
    Personal,
}

impl TokenKind {
    /// Returns the text in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "at",
            Self::Personal => "pat",
        }
    }
}

/// The text cannot be the prefix of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidAppName;

impl fmt::Display for InvalidAppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "tokens begin with 1 to 16 lower-case letters and digits, a letter first, such as the application's name",
        )
    }
}

impl std::error::Error for InvalidAppName {}

/// The format of issued tokens: `<app>_<kind>_`, 43 random base62 digits (256 bits), and a checksum of all that in six more.
///
/// A store knows a token by the SHA-256 digest of the text before the checksum. The checksum is the first four bytes of that
/// digest, as a big-endian integer. It is not a security measure: it only sorts out tokens that were cut short, mistyped or
/// made up, so that they are not looked up.
///
/// ```
/// use auth_runtime::{TokenFormat, TokenKind};
///
/// let format = TokenFormat::new("shop").unwrap();
/// let token = format.generate(TokenKind::Personal).unwrap();
/// assert!(token.reveal().starts_with("shop_pat_"));
///
/// let presented = format.read(token.reveal().as_bytes()).unwrap();
/// assert_eq!(presented.kind(), Some(TokenKind::Personal));
/// assert_eq!(*presented.digest(), token.digest());
///
/// assert!(format.read(b"shop_pat_guessed").is_none());
/// assert!(format.read(b"9944b09199c62bcf9418ad846dd0e4bb").is_none());
/// assert!(format.with_foreign(true).read(b"9944b09199c62bcf9418ad846dd0e4bb").is_some());
/// ```
#[derive(Debug, Clone)]
pub struct TokenFormat {
    app: Cow<'static, str>,
    accepts_foreign: bool,
}

impl Default for TokenFormat {
    /// Returns the format of tokens that begin with `auth_`. Accepts no others.
    fn default() -> Self {
        Self { app: Cow::Borrowed("auth"), accepts_foreign: false }
    }
}

impl TokenFormat {
    /// Creates the format of tokens that begin with `app` and an underscore. Accepts no others.
    ///
    /// # Errors
    ///
    /// If `app` is not 1 to 16 lower-case ASCII letters and digits that begin with a letter.
    pub fn new(app: impl Into<Cow<'static, str>>) -> Result<Self, InvalidAppName> {
        let app = app.into();
        let good = app.len() <= 16
            && app.starts_with(|first: char| first.is_ascii_lowercase())
            && app.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if good { Ok(Self { app, accepts_foreign: false }) } else { Err(InvalidAppName) }
    }

    /// Replaces [`accepts_foreign`](Self::accepts_foreign).
    #[must_use]
    pub fn with_foreign(mut self, accepts_foreign: bool) -> Self {
        self.accepts_foreign = accepts_foreign;
        self
    }

    /// Returns whether tokens of another form are looked up at all, such as imported ones or an application's own. `false` by
    /// default.
    pub fn accepts_foreign(&self) -> bool {
        self.accepts_foreign
    }

    /// Generates a token from 256 random bits of the operating system.
    ///
    /// # Errors
    ///
    /// If the operating system provides no randomness.
    pub fn generate(&self, kind: TokenKind) -> Result<NewSecret, getrandom::Error> {
        Ok(self.compose(kind, &*random_digits()?))
    }

    fn compose(&self, kind: TokenKind, random: &[u8; RANDOM]) -> NewSecret {
        // Allocates all of it at once, so that a growing string leaves no copy of a part behind.
        let length = self.app.len() + kind.as_str().len() + 2 + RANDOM + CHECKSUM;
        let mut text = Zeroizing::new(String::with_capacity(length));
        for part in [&self.app, "_", kind.as_str(), "_"] {
            text.push_str(part);
        }
        text.extend(random.iter().copied().map(char::from));
        let digest = Digest::of(text.as_bytes());
        text.extend(checksum(&digest).map(char::from));
        NewSecret::known_by(digest, text)
    }

    /// Reads a token that came with a request.
    ///
    /// `None` means that the token cannot be a known one: it begins with this application's name and an underscore, but is
    /// malformed or has a wrong checksum; or it begins differently, and such tokens are not accepted.
    pub fn read(&self, word: &[u8]) -> Option<PresentedToken> {
        if self.own_part(word).is_some() {
            return self.read_own(word);
        }
        self.accepts_foreign.then(|| PresentedToken {
            kind: None,
            digest: Digest::of(word),
            imported_digest: Some(Digest::of_sha512(word)),
        })
    }

    /// Reads a token of this application's own form.
    pub(crate) fn read_own(&self, word: &[u8]) -> Option<PresentedToken> {
        let own = self.own_part(word)?;
        let (kind, rest) = [TokenKind::Access, TokenKind::Personal].into_iter().find_map(|kind| {
            let rest = own.strip_prefix(kind.as_str().as_bytes())?.strip_prefix(b"_")?;
            Some((kind, rest))
        })?;
        if rest.len() != RANDOM + CHECKSUM {
            return None;
        }
        let (text, claimed) = word.split_last_chunk()?;
        let digest = Digest::of(text);
        let presented = PresentedToken { kind: Some(kind), digest, imported_digest: None };
        (*claimed == checksum(&digest)).then_some(presented)
    }

    /// Returns the text after the name of this application.
    fn own_part<'a>(&self, word: &'a [u8]) -> Option<&'a [u8]> {
        word.strip_prefix(self.app.as_bytes())?.strip_prefix(b"_")
    }
}

fn random_digits() -> Result<Zeroizing<[u8; RANDOM]>, getrandom::Error> {
    let mut digits = Zeroizing::new([0; RANDOM]);
    let mut bytes = Zeroizing::new([0_u8; 64]);
    let mut filled = 0;
    while filled < RANDOM {
        getrandom::fill(bytes.as_mut())?;
        for random in bytes.iter().filter_map(|byte| digit(*byte)).take(RANDOM - filled) {
            digits[filled] = random;
            filled += 1;
        }
        bytes.zeroize();
    }
    Ok(digits)
}

/// 248 is the largest multiple of 62 in a byte: with the values above it, some digits would be more frequent.
fn digit(byte: u8) -> Option<u8> {
    (byte < 248).then(|| DIGITS[usize::from(byte % 62)])
}

/// Returns the beginning of a digest in base62, including leading zeros.
fn checksum(digest: &Digest) -> [u8; CHECKSUM] {
    let [a, b, c, d, ..] = *digest.as_bytes();
    let mut rest = u32::from_be_bytes([a, b, c, d]);
    let mut digits = [0; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

/// A token that came with a request, as the digests that a store finds it by.
#[derive(Clone)]
pub struct PresentedToken {
    kind: Option<TokenKind>,
    digest: Digest,
    imported_digest: Option<Digest>,
}

impl PresentedToken {
    /// Creates a token of another form with this digest: for the tests of a store.
    pub fn of(digest: Digest) -> Self {
        Self { kind: None, digest, imported_digest: None }
    }

    /// Returns what it is for. `None` means a token of another form.
    pub fn kind(&self) -> Option<TokenKind> {
        self.kind
    }

    /// Returns the SHA-256 digest that a store knows it by: of the text before the checksum, or of all of a token of another
    /// form.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns what an import of django-rest-knox keeps of a token of another form, see [`Digest::of_sha512_hex`].
    ///
    /// django-rest-knox 5 digests the text of a token. Version 4 digested the bytes that its hexadecimal digits represent; its
    /// tokens are not found by this digest.
    pub fn imported_digest(&self) -> Option<&Digest> {
        self.imported_digest.as_ref()
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedToken").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const KINDS: [TokenKind; 2] = [TokenKind::Access, TokenKind::Personal];

    fn format(app: &'static str) -> TokenFormat {
        TokenFormat::new(app).unwrap()
    }

    /// Generates a token of random digits.
    fn token() -> impl Strategy<Value = (TokenKind, String)> {
        (select(&KINDS[..]), vec(0..62_usize, RANDOM)).prop_map(|(kind, digits)| {
            let random = std::array::from_fn(|at| DIGITS[digits[at]]);
            (kind, TokenFormat::default().compose(kind, &random).reveal().to_owned())
        })
    }

    /// Returns all texts that one typing error makes of `token`, whose first `kept` bytes stay.
    fn slips(token: &[u8], kept: usize) -> Vec<Vec<u8>> {
        let mut slips = Vec::new();
        for at in kept..=token.len() {
            for byte in 0..=u8::MAX {
                slips.push([&token[..at], &[byte], &token[at..]].concat());
                if at < token.len() && token[at] != byte {
                    slips.push([&token[..at], &[byte], &token[at + 1..]].concat());
                }
            }
            if at < token.len() {
                slips.push([&token[..at], &token[at + 1..]].concat());
            }
            if at + 1 < token.len() && token[at] != token[at + 1] {
                let mut swapped = token.to_vec();
                swapped.swap(at, at + 1);
                slips.push(swapped);
            }
        }
        slips
    }

    #[test]
    fn an_application_is_named_by_few_lower_case_letters_and_digits() {
        for good in ["a", "shop", "shop2", "abcdefghijklmnop"] {
            assert!(TokenFormat::new(good).is_ok(), "{good}");
        }
        for bad in ["", "2shop", "Shop", "shop_eu", "shop-eu", "shöp", "abcdefghijklmnopq", "shop "] {
            assert_eq!(TokenFormat::new(bad).err(), Some(InvalidAppName), "{bad}");
        }
    }

    #[test]
    fn a_token_is_its_parts_and_the_checksum_of_them() {
        let token = TokenFormat::default().compose(TokenKind::Access, &[b'0'; RANDOM]);
        let text = format!("auth_at_{}", "0".repeat(43));
        // The digest begins with bfec0f62 by sha256sum.
        assert_eq!(token.reveal(), format!("{text}3VuRwQ"));
        assert_eq!(token.digest(), Digest::of(text.as_bytes()));
    }

    #[test]
    fn a_checksum_keeps_its_leading_zeros() {
        assert_eq!(checksum(&Digest::from([0; 32])), *b"000000");
        assert_eq!(checksum(&Digest::from([255; 32])), *b"4gfFC3");
    }

    #[test]
    fn a_new_token_is_read_by_its_own_format_only() {
        for kind in KINDS {
            let token = format("shop").generate(kind).unwrap();
            let word = token.reveal().as_bytes();
            let presented = format("shop").read(word).unwrap();
            assert_eq!((presented.kind(), presented.imported_digest()), (Some(kind), None));
            assert_eq!(*presented.digest(), token.digest());
            for other in ["sho", "shop2", "hop", "auth"] {
                assert!(format(other).read(word).is_none(), "{other}");
                assert_eq!(format(other).with_foreign(true).read(word).unwrap().kind(), None, "{other}");
            }
        }
    }

    #[test]
    fn two_tokens_differ() {
        let token = || TokenFormat::default().generate(TokenKind::Access).unwrap();
        assert_ne!(token().reveal(), token().reveal());
    }

    #[test]
    fn every_digit_is_equally_likely() {
        for expected in DIGITS {
            assert_eq!((0..=u8::MAX).filter(|byte| digit(*byte) == Some(*expected)).count(), 4);
        }
    }

    #[test]
    fn each_token_has_new_random_digits() {
        let (a, b) = (random_digits().unwrap(), random_digits().unwrap());
        assert!(a.iter().all(u8::is_ascii_alphanumeric));
        // All but a few of 43 digits differ, each with a probability of 61 in 62.
        assert!(a.iter().zip(b.iter()).filter(|(a, b)| a != b).count() > RANDOM / 2);
    }

    #[test]
    fn a_right_checksum_does_not_make_a_malformed_token_good() {
        let with_checksum = |text: &str| [text.as_bytes(), &checksum(&Digest::of(text.as_bytes()))].concat();
        let digits = "0".repeat(RANDOM);
        assert!(TokenFormat::default().read(&with_checksum(&format!("auth_at_{digits}"))).is_some());
        for text in [
            format!("auth_at_{digits}0"),
            format!("auth_at_{}", &digits[1..]),
            format!("auth_xt_{digits}"),
            format!("auth__{digits}"),
            format!("auth_{digits}"),
        ] {
            assert!(TokenFormat::default().read(&with_checksum(&text)).is_none(), "{text}");
        }
    }

    #[test]
    fn a_foreign_token_is_known_by_both_digests_where_it_is_accepted() {
        let word = b"9944b09199c62bcf9418ad846dd0e4bb";
        assert!(TokenFormat::default().read(word).is_none());
        let presented = TokenFormat::default().with_foreign(true).read(word).unwrap();
        assert_eq!(presented.kind(), None);
        assert_eq!(*presented.digest(), Digest::of(word));
        assert_eq!(presented.imported_digest(), Some(&Digest::of_sha512(word)));
    }

    #[test]
    fn malformed_own_token_is_not_accepted_as_foreign() {
        for word in ["auth_", "auth_at_", "auth_x", "auth__", "auth_at_0"] {
            assert!(TokenFormat::default().with_foreign(true).read(word.as_bytes()).is_none(), "{word}");
        }
    }

    #[test]
    fn debug_hides_a_presented_token() {
        let presented = TokenFormat::default().with_foreign(true).read(b"secret").unwrap();
        assert_eq!(format!("{presented:?}"), "PresentedToken { kind: None, .. }");
    }

    proptest! {
        // One error in 2^32 has the right checksum: too few to occur here.
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn token_is_read_with_its_kind_and_digest((kind, token) in token()) {
            let presented = TokenFormat::default().read(token.as_bytes()).unwrap();
            prop_assert_eq!(presented.kind(), Some(kind));
            prop_assert_eq!(*presented.digest(), Digest::of(&token.as_bytes()[..token.len() - CHECKSUM]));
        }

        #[test]
        fn every_typing_error_is_refused((_, token) in token()) {
            for slip in slips(token.as_bytes(), 0) {
                prop_assert!(TokenFormat::default().read(&slip).is_none(), "{}", slip.escape_ascii());
            }
            // An error in the application's name makes a foreign token; an error after it never does.
            let accepting = TokenFormat::default().with_foreign(true);
            for slip in slips(token.as_bytes(), "auth_".len()) {
                prop_assert!(accepting.read(&slip).is_none(), "{}", slip.escape_ascii());
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            prefix in select(&["", "auth_", "auth_at_", "auth_pat_"][..]),
            rest in prop_oneof![vec(any::<u8>(), 0..80), vec(select(&DIGITS[..]), RANDOM + CHECKSUM)],
        ) {
            let word = [prefix.as_bytes(), &rest].concat();
            prop_assert!(TokenFormat::default().read(&word).is_none());
            let foreign = TokenFormat::default().with_foreign(true).read(&word);
            prop_assert_eq!(foreign.is_some(), !word.starts_with(b"auth_"));
        }
    }
}
