//! What a scheme reads of a request: [`CredentialSource`].

use crate::wire::http_token::{eq_ignore_ascii_case, is_same_text};

/// The part of a request that a scheme reads. Two schemes in one chain cannot claim the same part: the first would refuse what
/// the second could have accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialSource {
    /// `Authorization` with this keyword, compared without regard to case.
    Authorization(&'static str),
    /// The cookie with this name.
    Cookie(&'static str),
    /// The header with this name, compared without regard to case.
    Header(&'static str),
    /// The parameter with this name in the query string.
    Query(&'static str),
    /// The login cookie, whatever [`SessionSettings`](crate::settings::SessionSettings) calls it.
    Login,
    /// What the trusted gateway says.
    Gateway,
    /// Nothing that another scheme could also read.
    Nothing,
}

impl CredentialSource {
    /// Returns whether both read the same part of a request.
    pub const fn collides_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Authorization(a), Self::Authorization(b)) | (Self::Header(a), Self::Header(b)) => {
                eq_ignore_ascii_case(a, b)
            }
            (Self::Cookie(a), Self::Cookie(b)) | (Self::Query(a), Self::Query(b)) => is_same_text(a, b),
            (Self::Authorization(_), Self::Header(name)) | (Self::Header(name), Self::Authorization(_)) => {
                eq_ignore_ascii_case(name, "authorization")
            }
            (Self::Login, Self::Login) | (Self::Gateway, Self::Gateway) => true,
            _ => false,
        }
    }
}

/// A scheme with checked options, and what it reads.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct CheckedScheme<T> {
    /// The scheme.
    pub scheme: T,
    /// What it reads of a request.
    pub claim: CredentialSource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_read_the_same_part_collide() {
        assert!(CredentialSource::Authorization("bearer").collides_with(&CredentialSource::Authorization("Bearer")));
        assert!(CredentialSource::Header("X-Key").collides_with(&CredentialSource::Header("x-key")));
        assert!(CredentialSource::Header("Authorization").collides_with(&CredentialSource::Authorization("Bearer")));
        assert!(
            !CredentialSource::Cookie("a").collides_with(&CredentialSource::Cookie("A")),
            "cookie names are case-sensitive"
        );
        assert!(!CredentialSource::Query("key").collides_with(&CredentialSource::Cookie("key")));
        assert!(!CredentialSource::Nothing.collides_with(&CredentialSource::Nothing));
        assert!(CredentialSource::Login.collides_with(&CredentialSource::Login));
    }
}
