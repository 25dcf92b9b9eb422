//! [`VerifiedSignature`]: the content of a valid signature.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm};

use super::component::Components;
use super::error::SignatureError;
use super::input::SignatureInput;
use auth_keys::signature::{self, ClaimedSignature};

/// A verified signature: of a request, which a handler receives as `#[auth]`, or of a response.
///
/// ```
/// use auth_runtime::authenticate;
/// use auth_signatures::{HttpSignature, http_signature::VerifiedSignature};
/// # use auth_runtime::{AuthState, AuthContext, User, store::{Backend, KeyRecord, KeyStore, ReplayStore, StoreResult}};
/// # use std::{borrow::Cow, time::Duration};
/// # #[derive(Clone)] struct Partner;
/// # impl User for Partner { fn id(&self) -> Cow<'_, str> { "1".into() } }
/// # struct Store;
/// # impl Backend for Store { type User = Partner; }
/// # impl KeyStore for Store { async fn find_key(&self, _: &str) -> StoreResult<Option<KeyRecord<Partner>>> { Ok(None) } }
/// # impl ReplayStore for Store {
/// #     async fn first_use(&self, _: &str, _: &auth_runtime::Digest, _: Duration, _: Duration) -> StoreResult<bool> { Ok(true) }
/// # }
///
/// #[authenticate(HttpSignature, state = AuthContext<Store>)]
/// async fn order(#[user] partner: Partner, #[auth] signature: VerifiedSignature) -> String {
///     format!("signed with {}, {}", signature.key_id(), signature.components().collect::<Vec<_>>().join(" "))
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct VerifiedSignature {
    input: SignatureInput,
    key: Key,
}

impl VerifiedSignature {
    pub(super) fn new(input: SignatureInput, key: Key) -> Self {
        Self { input, key }
    }

    /// Returns the id of the key.
    pub fn key_id(&self) -> &str {
        self.key.id()
    }

    /// Returns the algorithm of the key.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.key.algorithm()
    }

    /// Returns the label of this signature in the message, such as `sig1`.
    pub fn label(&self) -> &str {
        self.input.label()
    }

    /// Returns the tag, by which the signer says what the signature is for.
    pub fn tag(&self) -> Option<Cow<'_, str>> {
        self.input.tag()
    }

    /// Returns the nonce.
    pub fn nonce(&self) -> Option<Cow<'_, str>> {
        self.input.nonce()
    }

    /// Returns when the signature was made, since the Unix epoch.
    pub fn created(&self) -> Duration {
        Duration::from_secs(self.input.created.unwrap_or_default())
    }

    /// Returns when the signature expires, since the Unix epoch.
    pub fn expires(&self) -> Option<Duration> {
        self.input.expires.map(Duration::from_secs)
    }

    /// Returns the covered components in order, in the syntax of RFC 9421: `"@method"`, `"@query-param";name="page"`.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.input.components.iter().map(|component| self.input.components.id(component))
    }

    /// Returns whether a component is covered: `@path`, `content-type`, `@method;req`. Covering `@target-uri` covers its parts
    /// as well.
    pub fn covers(&self, component: &str) -> bool {
        Components::parse([component]).is_ok_and(|wanted| covers_all(&self.input.components, &wanted).is_ok())
    }
}

impl fmt::Debug for VerifiedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSignature").field("key", &self.key).field("input", &self.input.params()).finish()
    }
}

/// What a verifier requires of a signature, besides being correct.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demands<'a> {
    /// In seconds.
    pub(super) max_age: u64,
    /// In seconds.
    pub(super) max_skew: u64,
    pub(super) require_nonce: bool,
    pub(super) tag: Option<&'a str>,
}

impl Demands<'_> {
    /// Checks the parameters of the signature.
    pub(super) fn check(&self, input: &SignatureInput, now: Duration) -> Result<(), SignatureError> {
        if self.tag.is_some_and(|tag| input.tag().as_deref() != Some(tag)) {
            return Err(SignatureError::OtherTag);
        }
        if self.require_nonce && input.nonce().is_none() {
            return Err(SignatureError::Lacks("nonce"));
        }
        let created = Duration::from_secs(input.created.ok_or(SignatureError::Lacks("created"))?);
        if created > now.saturating_add(Duration::from_secs(self.max_skew)) {
            return Err(SignatureError::FromTheFuture);
        }
        if now > created.saturating_add(Duration::from_secs(self.max_age)) {
            return Err(SignatureError::TooOld);
        }
        if input.expires.is_some_and(|expires| now > Duration::from_secs(expires)) {
            return Err(SignatureError::Expired);
        }
        Ok(())
    }

    /// Returns the time from when the message was made until it is no longer accepted.
    pub(super) fn validity(&self, input: &SignatureInput) -> Range<Duration> {
        let created = input.created.unwrap_or_default();
        let last = created.saturating_add(self.max_age).min(input.expires.unwrap_or(u64::MAX));
        Duration::from_secs(created)..Duration::from_secs(last.saturating_add(1))
    }
}

/// Checks that all of `wanted` is covered.
pub(super) fn covers_all(covered: &Components, wanted: &Components) -> Result<(), SignatureError> {
    match wanted.iter().find(|component| !covered.covers_as(wanted, component)) {
        Some(component) => Err(SignatureError::NotCovered(wanted.id(component).to_owned())),
        None => Ok(()),
    }
}

/// Checks that the signature over `base` was made with the key, which must be valid now.
pub(super) fn verify(input: &SignatureInput, base: &str, key: &Key, now: Duration) -> Result<(), SignatureError> {
    if !key.is_good(now) {
        return Err(SignatureError::NoSuchKey);
    }
    if input.alg().is_some_and(|alg| alg != key.algorithm().name()) {
        return Err(SignatureError::OtherAlgorithm);
    }
    let signature = ClaimedSignature::Bytes(&input.signature);
    if signature::verify(key, true, base.as_bytes(), signature) { Ok(()) } else { Err(SignatureError::Wrong) }
}
