//! What a scheme reads of a request: [`Claim`].

use crate::wire::http_token::{eq_ignore_ascii_case, is_same_text};

/// The part of a request that a scheme reads. Two schemes that claim the same part cannot stand in one chain: the first
/// would refuse what the second could have accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
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
    /// Nothing that another scheme could want too.
    Nothing,
}

impl Claim {
    /// Whether both read the same part of a request.
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

/// A scheme whose options were checked, with what it reads.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Declared<T> {
    /// The scheme.
    pub scheme: T,
    /// What it reads of a request.
    pub claim: Claim,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_collide_as_a_request_would_see_them() {
        assert!(Claim::Authorization("bearer").collides_with(&Claim::Authorization("Bearer")));
        assert!(Claim::Header("X-Key").collides_with(&Claim::Header("x-key")));
        assert!(Claim::Header("Authorization").collides_with(&Claim::Authorization("Bearer")));
        assert!(!Claim::Cookie("a").collides_with(&Claim::Cookie("A")), "cookie names are case-sensitive");
        assert!(!Claim::Query("key").collides_with(&Claim::Cookie("key")));
        assert!(!Claim::Nothing.collides_with(&Claim::Nothing));
        assert!(Claim::Login.collides_with(&Claim::Login));
    }
}
