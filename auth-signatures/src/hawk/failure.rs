//! Refusals: the client can tell bad credentials from a malformed message, and nothing more.

use std::error::Error;
use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm, KeyRecord, KeyStore};
use auth_runtime::{AuthError, Challenge};

use super::artifacts::{mac, of_time};
use crate::caller::find_signer;
use auth_keys::signature::ClaimedSignature;

/// Returns the error for credentials that are not valid, with the same text for every reason. The reason is logged.
pub(super) fn failed(reason: impl Into<Box<dyn Error + Send + Sync>>) -> AuthError {
    AuthError::authentication_failed("Hawk authentication failed.").because(reason)
}

/// Returns the error for a malformed message. The reason is logged.
pub(super) fn malformed(reason: &'static str) -> AuthError {
    AuthError::authentication_failed("The Hawk credentials are malformed.")
        .with_code("malformed_credentials")
        .with_challenge(Challenge::new("Hawk").param("error", "Malformed credentials"))
        .because(reason)
}

/// Returns the error for a caller whose clock is wrong. It has this server's time, authenticated with the caller's key, so that
/// the caller can adjust its clock.
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

/// Returns the key and the account of a message if `claimed` is its MAC over `text`.
pub(super) async fn accept<B: KeyStore>(
    store: &B,
    id: &str,
    sha1: bool,
    now: Duration,
    text: &str,
    claimed: &str,
) -> Result<KeyRecord<B::User>, AuthError> {
    let usable = |algorithm| match algorithm {
        KeyAlgorithm::HmacSha256 => true,
        KeyAlgorithm::HmacSha1 => sha1,
        _ => false,
    };
    find_signer(store, id, usable, now, text.as_bytes(), ClaimedSignature::Base64(claimed)).await?.map_err(failed)
}
