//! Databases with so many accounts, each with one token and one login, filled past the store: through it a million would take
//! an hour. Rows are those that the store makes; [`check`] compares some with rows that it did make.
//!
//! The account `n` has the primary key `n`, a password, a personal token that was used when it was made, and a browser's
//! login. In Redis it has two logins: a browser's and one with an access token.

pub mod check;
pub mod postgres;
pub mod redis;
pub mod sqlite;

use std::ops::RangeInclusive;
use std::time::Duration;

use auth_runtime::store::Client;
use auth_runtime::{AuthContext, Digest};

/// What a browser calls itself, such as Firefox.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// Where all logins were made from (RFC 5737).
pub const ADDRESS: &str = "192.0.2.10";
/// What owners call their tokens.
pub const TOKEN_NAME: &str = "laptop";

/// How many rows one statement makes.
const AT_ONCE: u64 = 10_000;

/// What is filled in.
pub struct Filling {
    /// How many accounts, tokens and logins.
    pub size: u64,
    /// When all of them were made and last used, since the Unix epoch.
    pub since: Duration,
    /// The hash of everybody's password.
    pub hash: String,
}

impl Filling {
    /// Everything was made and last used at `since`, which has no fraction of a second.
    pub async fn new(size: u64, since: Duration) -> Self {
        let hash = AuthContext::new(()).passwords().hash("correct horse").await.expect("randomness");
        Self { size, since, hash }
    }

    fn since_millis(&self) -> i64 {
        millis(self.since)
    }

    fn expires_millis(&self) -> i64 {
        millis(self.since + Client::default().absolute_lifetime().expect("the default client's logins end"))
    }

    fn idle_millis() -> i64 {
        millis(Client::default().idle_lifetime().expect("the default client's logins end unused"))
    }

    /// The accounts, in parts of which each is one statement.
    fn parts(&self) -> impl Iterator<Item = RangeInclusive<u64>> + '_ {
        (0..self.size.div_ceil(AT_ONCE)).map(|part| part * AT_ONCE + 1..=((part + 1) * AT_ONCE).min(self.size))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).expect("a time of this millennium")
}

fn hex(digest: &Digest) -> String {
    use std::fmt::Write as _;
    digest.as_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
