//! [`Kind`]: how a request is signed, and what body it has.

use auth_runtime::store::KeyAlgorithm;

/// What a request is signed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Scheme {
    Hawk,
    HawkBewit,
    HttpSignature(KeyAlgorithm),
    CavageSignature(KeyAlgorithm),
}

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What it is signed by.
    pub scheme: Scheme,
    /// How long its body is, in bytes: 0 for a `GET`.
    pub body: usize,
}

const BODIES: [usize; 3] = [0, 1 << 10, 64 << 10];

impl Kind {
    /// All that are measured.
    pub fn all() -> impl Iterator<Item = Self> {
        let http = [
            KeyAlgorithm::HmacSha256,
            KeyAlgorithm::Ed25519,
            KeyAlgorithm::EcdsaP256Sha256,
            KeyAlgorithm::EcdsaP384Sha384,
            KeyAlgorithm::RsaPssSha512,
            KeyAlgorithm::RsaV15Sha256,
        ];
        let cavage = [KeyAlgorithm::HmacSha256, KeyAlgorithm::RsaV15Sha256];
        let of = |scheme, bodies: &'static [usize]| bodies.iter().map(move |&body| Self { scheme, body });
        of(Scheme::Hawk, &BODIES)
            .chain(of(Scheme::HawkBewit, &[0]))
            .chain(http.into_iter().flat_map(move |algorithm| of(Scheme::HttpSignature(algorithm), &BODIES)))
            .chain(cavage.into_iter().flat_map(move |algorithm| of(Scheme::CavageSignature(algorithm), &BODIES)))
    }

    /// The algorithm of the key.
    pub fn algorithm(self) -> KeyAlgorithm {
        match self.scheme {
            Scheme::Hawk | Scheme::HawkBewit => KeyAlgorithm::HmacSha256,
            Scheme::HttpSignature(algorithm) | Scheme::CavageSignature(algorithm) => algorithm,
        }
    }

    /// The name of the subject with the scheme.
    pub fn scheme(self) -> String {
        let scheme = match self.scheme {
            Scheme::Hawk => "Hawk".to_owned(),
            Scheme::HawkBewit => "HawkBewit".to_owned(),
            Scheme::HttpSignature(algorithm) => format!("HttpSignature, {algorithm}"),
            Scheme::CavageSignature(algorithm) => format!("CavageSignature, {algorithm}"),
        };
        match self.body {
            0 => format!("{scheme}, GET"),
            bytes => format!("{scheme}, POST of {} KiB", bytes >> 10),
        }
    }

    /// The name of the subject without authentication.
    pub fn bare(self) -> String {
        format!("bare for {}", self.scheme())
    }

    /// The name of the subject that is the primitive.
    pub fn primitive(self) -> String {
        format!("primitive of {}", self.scheme())
    }
}
