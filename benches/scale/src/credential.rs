//! Tokens and cookies that are computed from a number, so that no list of a million of them is in the memory that is measured.

use auth_runtime::{Digest, TokenKind};

/// The token of the account `n`, as the default [`TokenFormat`](auth_runtime::TokenFormat) reads it.
pub fn token(kind: TokenKind, n: u64) -> String {
    cost::with_checksum(&without_checksum(kind, n))
}

/// What a store keeps of the token of the account `n`.
pub fn token_digest(kind: TokenKind, n: u64) -> Digest {
    digest(&without_checksum(kind, n))
}

fn without_checksum(kind: TokenKind, n: u64) -> String {
    format!("auth_{}_{n:043}", kind.as_str())
}

/// The login cookie of the account `n`: as many digits as the login pages make.
pub fn cookie(n: u64) -> String {
    format!("{n:064x}")
}

/// What a store keeps of the login cookie of the account `n`.
pub fn cookie_digest(n: u64) -> Digest {
    digest(&cookie(n))
}

/// The CSRF secret of the login of the account `n`.
pub fn csrf_secret(n: u64) -> String {
    format!("{n:032}")
}

/// What a store keeps of a text.
pub fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

/// The name of the account `n`.
pub fn username(n: u64) -> String {
    format!("user-{n:07}")
}

#[cfg(test)]
mod tests {
    use auth_runtime::TokenFormat;

    use super::*;

    #[test]
    fn a_token_is_read_as_what_it_is() {
        for kind in [TokenKind::Access, TokenKind::Personal] {
            for n in [0, 1, 999_999, u64::MAX] {
                let token = token(kind, n);
                let presented = TokenFormat::default().read(token.as_bytes()).expect("a token");
                assert_eq!((presented.kind(), *presented.digest()), (Some(kind), token_digest(kind, n)));
            }
        }
    }
}
