//! How requests are refused: what the client sees tells bad credentials from a malformed message, and nothing more.

use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm, KeyRecord};
use auth_runtime::{AuthError, Challenge, User};

use super::artifacts::{mac, of_time, verifies, verifies_nothing};

/// Credentials that are no good, in one text for all. The reason is traced.
pub(super) fn failed(reason: &'static str) -> AuthError {
    AuthError::authentication_failed("Hawk authentication failed.").because(reason)
}

/// A message that is none of Hawk. The reason is traced.
pub(super) fn malformed(reason: &'static str) -> AuthError {
    AuthError::authentication_failed("The Hawk credentials are malformed.")
        .with_code("malformed_credentials")
        .with_challenge(Challenge::new("Hawk").param("error", "Malformed credentials"))
        .because(reason)
}

/// A message of a caller whose clock is wrong: with this server's time under the caller's key, by which it can be set.
pub(super) fn stale(key: &Key, now: Duration) -> AuthError {
    let ts = now.as_secs().to_string();
    let challenge = Challenge::new("Hawk")
        .param("ts", &ts)
        .param("tsm", &mac(key, &of_time(&ts)))
        .param("error", "Stale timestamp");
    AuthError::authentication_failed("The timestamp of the request is stale. Is your clock correct?")
        .with_code("stale_timestamp")
        .with_challenge(challenge)
}

/// The key and the account of a message, if `claimed` is its MAC over `text`.
///
/// A key that may not be used costs the time of one that may, and is refused in the same words.
pub(super) fn accept<U: User>(
    record: Option<KeyRecord<U>>,
    sha1: bool,
    now: Duration,
    text: &str,
    claimed: &str,
) -> Result<KeyRecord<U>, AuthError> {
    match usable(record, sha1, now) {
        Ok(record) if verifies(&record.key, text, claimed) => Ok(record),
        Ok(_) => Err(failed("the MAC is another: another key, or something that it covers was changed")),
        Err(reason) => {
            verifies_nothing(text, claimed);
            Err(failed(reason))
        }
    }
}

fn usable<U: User>(record: Option<KeyRecord<U>>, sha1: bool, now: Duration) -> Result<KeyRecord<U>, &'static str> {
    let record = record.ok_or("the key is unknown")?;
    match record.key.algorithm() {
        KeyAlgorithm::HmacSha256 => {}
        KeyAlgorithm::HmacSha1 if sha1 => {}
        KeyAlgorithm::HmacSha1 => return Err("the key is for SHA-1, which the option `sha1` would accept"),
        _ => return Err("the key is for an algorithm that Hawk does not have"),
    }
    if !record.key.is_good(now) {
        return Err("the key is not good yet, or no more");
    }
    if !record.user.is_active() {
        return Err("the account of the key is inactive");
    }
    Ok(record)
}
