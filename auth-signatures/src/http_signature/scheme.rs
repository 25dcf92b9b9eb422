//! [`HttpSignature`]: requests signed with RFC 9421.

use std::time::Duration;

use auth_runtime::body::{DEFAULT_LIMIT, DeferredBody, RequestBody};
use auth_runtime::store::{Backend, KeyAlgorithm, KeyRecord, KeyStore, ReplayStore, Use};
use auth_runtime::{
    AuthError, AuthState, Authenticator, Challenge, CheckedScheme, CredentialSource, CsrfCheck, Digest, Outcome,
    Scheme, SchemeResult, Settings, is_same_text,
};
use http::HeaderMap;
use http::request::Parts;

use super::accept::{ContentComponents, WantedSignature};
use super::base::{Message, RequestHead};
use super::component::{Kind, MAX_COMPONENTS, is_field_name};
use super::error::SignatureError;
use super::field::StructuredField;
use super::input::{self, SignatureInput};
use super::read;
use super::response::ResponseSigner;
use super::signature::{Demands, VerifiedSignature};
use crate::caller::find_signer;
use crate::content;
use crate::digest::{CONTENT_DIGEST, ContentDigest, ContentDigestError};
use crate::exchange::{BEFORE_RECORDS, Exchange};
use crate::option::{LONGEST, is_printable};
use auth_keys::signature::ClaimedSignature;

/// The algorithms of RFC 9421 section 6.2.
pub(super) const ALGORITHMS: [KeyAlgorithm; 6] = [
    KeyAlgorithm::EcdsaP256Sha256,
    KeyAlgorithm::EcdsaP384Sha384,
    KeyAlgorithm::Ed25519,
    KeyAlgorithm::HmacSha256,
    KeyAlgorithm::RsaPssSha512,
    KeyAlgorithm::RsaV15Sha256,
];

/// Verifies a signature in `Signature-Input` and `Signature` (RFC 9421), over the components of the request that it lists.
///
/// One look-up of the key finds the account. The algorithm is always that of the key. By default, content must be signed as
/// well, through its `Content-Digest` (RFC 9530). The router needs a [`SignatureLayer`](crate::SignatureLayer). The
/// [guide](crate::http_signature) shows both sides. Verifying a request takes 7 allocations with a MAC, or 14 with content of
/// one chunk; with a public key aws-lc makes some more.
///
/// ```
/// # use auth_runtime::{authenticate, permission::IsAuthenticated};
/// # use auth_signatures::HttpSignature;
/// #[authenticate(HttpSignature(components = &["@method", "@target-uri", "content-type"], tag = Some("orders")))]
/// #[permit(IsAuthenticated)]
/// async fn order() -> &'static str {
///     "done"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, clippy::struct_excessive_bools)] // options, named where they are set
pub struct HttpSignature {
    /// The components that a signature must cover: field names in lower case, and derived components of RFC 9421 section 2.2.
    /// Covering `@target-uri` is equivalent to covering `@authority`, `@path` and `@query` together, and includes each part of
    /// it.
    ///
    /// A request with content must also cover `content-digest`, and `content-type` and `content-encoding` if it has them; they
    /// need not be listed.
    pub components: &'static [&'static str],
    /// Whether a signature may leave out the content of a request. If it covers the content, it is still verified.
    pub unsigned_body: bool,
    /// Whether a signature that covers content may leave out `content-type` and `content-encoding`. For callers that do not
    /// sign them: an intermediary can then choose how a handler reads the content.
    pub unsigned_content_type: bool,
    /// The maximum age of a signature, in seconds.
    pub max_age: u64,
    /// How far in the future a signature may have been made, in seconds: how far the caller's clock may be ahead.
    pub max_skew: u64,
    /// Whether a nonce is required. A signature is accepted once in either case. Without a nonce, two equal requests in the
    /// same second have the same signature, so the second one is refused.
    pub require_nonce: bool,
    /// The `tag` that the signature must have. `None` accepts any tag, or none.
    pub tag: Option<&'static str>,
    /// The accepted algorithms. The key determines which of them is used.
    pub algorithms: &'static [KeyAlgorithm],
    /// The realm of the challenge. Must not be empty.
    pub realm: &'static str,
    /// The maximum length of signed content, in bytes. Longer content is refused with 413.
    pub body_limit: usize,
    /// Whether the content is passed on while it is being verified, regardless of its length: see
    /// [`DeferredBody::with_stream`](auth_runtime::body::DeferredBody::with_stream).
    pub stream: bool,
    /// Structured fields besides those of the registry, for signatures that cover their strict form.
    pub structured_fields: &'static [StructuredField],
}

impl HttpSignature {
    /// Checks the options when the chain is compiled.
    ///
    /// # Panics
    ///
    /// If the options are not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            !self.components.is_empty(),
            "`components` is empty, so that a signature would say nothing of the request; name what it must cover, such as \
             `components = &[\"@method\", \"@target-uri\"]`"
        );
        assert!(
            self.components.len() <= MAX_COMPONENTS,
            "`components` has more than 32, and no signature may cover so many; remove some"
        );
        let mut at = 0;
        while at < self.components.len() {
            check_component(self.components[at]);
            let mut earlier = 0;
            while earlier < at {
                assert!(
                    !is_same_text(self.components[earlier], self.components[at]),
                    "`components` names one twice; remove one of them"
                );
                earlier += 1;
            }
            at += 1;
        }
        assert!(
            self.max_age > 0,
            "`max_age` is 0, so that every signature is too old; give it some seconds, such as `max_age = 300`"
        );
        assert!(
            self.max_age <= LONGEST && self.max_skew <= LONGEST,
            "`max_age` or `max_skew` is more than a day; give it in seconds, such as `max_age = 300`"
        );
        if let Some(tag) = self.tag {
            assert!(
                !tag.is_empty() && is_printable(tag),
                "`tag` is empty or not printable ASCII; use a word, such as `tag = Some(\"orders\")`"
            );
        }
        assert!(
            !self.algorithms.is_empty(),
            "`algorithms` is empty, so that no key is accepted; name some, such as `algorithms = &[KeyAlgorithm::Ed25519]`"
        );
        let mut at = 0;
        while at < self.algorithms.len() {
            assert!(
                is_registered(self.algorithms[at]),
                "`algorithms` has one that RFC 9421 does not have; use `EcdsaP256Sha256`, `EcdsaP384Sha384`, `Ed25519`, \
                 `HmacSha256`, `RsaPssSha512` or `RsaV15Sha256`"
            );
            at += 1;
        }
        assert!(
            !self.realm.is_empty() && is_printable(self.realm),
            "`realm` is empty or not printable ASCII; give the protected space a name, such as `realm = \"api\"`"
        );
        assert!(
            self.body_limit > 0 || self.stream,
            "`body_limit` is 0, so that every content is too long; give it some bytes, or write `stream = true`"
        );
        CheckedScheme { claim: CredentialSource::Header("signature-input"), scheme: self }
    }

    const fn demands(&self) -> Demands<'static> {
        Demands { max_age: self.max_age, max_skew: self.max_skew, require_nonce: self.require_nonce, tag: self.tag }
    }

    /// Returns the components of the content that a signature must cover, besides `components`.
    fn content_components(&self, headers: &HeaderMap, has_content: bool) -> ContentComponents {
        if !has_content || self.unsigned_body {
            return [None; 3];
        }
        let [media_type, encoding] = if self.unsigned_content_type { [None; 2] } else { content::description(headers) };
        [Some(CONTENT_DIGEST), media_type, encoding]
    }

    /// Checks that the signature covers the required components.
    fn check_coverage(&self, input: &SignatureInput, content: ContentComponents) -> Result<(), SignatureError> {
        for name in self.components.iter().copied().chain(content.into_iter().flatten()) {
            if !input.components.covers(Kind::of(name).unwrap_or(Kind::Field), name, false) {
                return Err(SignatureError::NotCovered(format!("\"{name}\"")));
            }
        }
        Ok(())
    }

    /// Returns the first valid signature, its key, and the digest that records its use. If none is valid, returns the error of
    /// the first one.
    async fn verify<S>(
        &self,
        inputs: &[SignatureInput],
        request: &Parts,
        state: &S,
        now: Duration,
        has_content: bool,
    ) -> Result<(usize, KeyRecord<<S::Backend as Backend>::User>, Digest), AuthError>
    where
        S: AuthState,
        S::Backend: KeyStore,
    {
        let head = RequestHead::received(request, state.auth_context().settings().public_origin());
        let head = head.map_err(|fault| invalid().because(fault))?;
        let message = Message::request(head, self.structured_fields);
        let content = self.content_components(&request.headers, has_content);
        let mut first_fault = None;
        for (at, input) in inputs.iter().enumerate() {
            let base = self
                .demands()
                .check(input, now)
                .and_then(|()| self.check_coverage(input, content))
                .and_then(|()| message.base(&input.components, input.params()))
                .and_then(|base| Ok((base, input.keyid().ok_or(SignatureError::Lacks("keyid"))?)));
            let fault = match base {
                Ok((base, key_id)) => {
                    let alg = input.alg();
                    let usable = |algorithm: KeyAlgorithm| {
                        self.algorithms.contains(&algorithm) && alg.as_deref().is_none_or(|alg| alg == algorithm.name())
                    };
                    let backend = state.auth_context().backend();
                    let signature = ClaimedSignature::Bytes(&input.signature);
                    let record = find_signer(backend, &key_id, usable, now, base.as_bytes(), signature).await?;
                    match record {
                        Ok(record) => {
                            let used = used_by(input, record.key.id(), &base);
                            return Ok((at, record, used));
                        }
                        Err(not_signed) => invalid().because(not_signed),
                    }
                }
                Err(fault) => invalid().because(fault),
            };
            first_fault.get_or_insert(fault);
        }
        Err(first_fault.unwrap_or_else(invalid))
    }

    /// Authenticates a request that has the field.
    async fn judge<S>(
        &self,
        request: &Parts,
        state: &S,
        exchange: &Exchange,
        body: &RequestBody,
    ) -> SchemeResult<<S::Backend as Backend>::User, VerifiedSignature>
    where
        S: AuthState,
        S::Backend: KeyStore + ReplayStore,
    {
        let mut inputs = read::read(&request.headers, MAX_COMPONENTS).map_err(malformed)?;
        if inputs.is_empty() {
            // A dictionary without members has no signature, but the caller intends to sign.
            return Err(malformed(SignatureError::NotSigned));
        }
        let settings = state.auth_context().settings();
        let now = settings.clock().now();
        let (at, record, used) = self.verify(&inputs, request, state, now, !body.is_empty()).await?;
        let input = &inputs[at];
        let digest = Self::content(input, request, body)?;
        let validity = self.demands().validity(input);
        match exchange.record_use(state.auth_context(), "http-signature", used, validity).await? {
            Use::First => {}
            Use::BeforeRecords => return Err(invalid().because(BEFORE_RECORDS)),
            _ if input.nonce().is_some() => return Err(invalid().because(SignatureError::Nonce)),
            _ => return Err(invalid().because(SignatureError::Repeated)),
        }
        self.have_response_signed(exchange, settings, request, input)?;
        let signature = VerifiedSignature::new(inputs.swap_remove(at), record.key);
        let mismatch = || invalid().because(SignatureError::from(ContentDigestError::Mismatch));
        Ok(match digest.and_then(|digest| digest.verifier(mismatch)) {
            None => Outcome::Authenticated(record.user, signature),
            Some(digest) => {
                let body = DeferredBody::new(digest).with_limit(self.body_limit).with_stream(self.stream);
                Outcome::Deferred(record.user, signature, body.into())
            }
        })
    }

    /// Returns the digest that the content must have. `None` if no digest is signed, or if there is no content and the digest
    /// is that of empty content.
    fn content(
        input: &SignatureInput,
        request: &Parts,
        body: &RequestBody,
    ) -> Result<Option<ContentDigest>, AuthError> {
        if !input.components.touches(CONTENT_DIGEST) {
            return Ok(None);
        }
        let wrong = |error: ContentDigestError| invalid().because(SignatureError::from(error));
        let digest = ContentDigest::of(&request.headers).map_err(wrong)?;
        if !body.is_empty() {
            return Ok(Some(digest));
        }
        if digest.matches(&[]) { Ok(None) } else { Err(wrong(ContentDigestError::Mismatch)) }
    }

    fn have_response_signed(
        &self,
        exchange: &Exchange,
        settings: &Settings,
        request: &Parts,
        input: &SignatureInput,
    ) -> Result<(), AuthError> {
        let Some(key) = exchange.response_key() else { return Ok(()) };
        let clock = settings.clock().clone();
        let signer =
            ResponseSigner::new(key.clone(), clock, request, settings.public_origin(), input, self.structured_fields);
        let signer = signer.map_err(|fault| invalid().because(fault))?;
        exchange.sign_response(|| Some(signer));
        Ok(())
    }
}

impl Authenticator for HttpSignature {
    type Auth = VerifiedSignature;
    const NAME: &'static str = "HttpSignature";
    const DEFAULT: Self = Self {
        components: &["@method", "@target-uri"],
        unsigned_body: false,
        unsigned_content_type: false,
        max_age: 300,
        max_skew: 30,
        require_nonce: false,
        tag: None,
        algorithms: &ALGORITHMS,
        realm: "api",
        body_limit: DEFAULT_LIMIT,
        stream: false,
        structured_fields: &[],
    };
    const CSRF: CsrfCheck = CsrfCheck::Off;
}

impl<S: AuthState> Scheme<S> for HttpSignature
where
    S::Backend: KeyStore + ReplayStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User, VerifiedSignature> {
        let (exchange, body) = (Exchange::of(request)?, RequestBody::of(request)?);
        let verdict = if request.headers.contains_key(&input::SIGNATURE_INPUT) {
            // Boxed to keep the handler's future small, and with it the allocation for every request.
            Box::pin(self.judge(request, state, exchange, body)).await
        } else {
            Ok(Outcome::Skipped)
        };
        // If the content still has to be verified, the request may end with a 401, too.
        if !matches!(verdict, Ok(Outcome::Authenticated(..))) {
            exchange.accept(WantedSignature {
                components: self.components,
                content: self.content_components(&request.headers, !body.is_empty()),
                algorithms: self.algorithms,
                nonce: self.require_nonce,
                tag: self.tag,
            });
        }
        verdict
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Signature").param("realm", self.realm))
    }
}

/// Returns the digest that records the use of a signature: of its nonce, or else of everything that it signs.
fn used_by(input: &SignatureInput, key_id: &str, base: &str) -> Digest {
    // Ids and nonces do not contain zero bytes, so the parts cannot be split in another way.
    match input.nonce() {
        Some(nonce) => Digest::of_parts(&[key_id.as_bytes(), b"\0", nonce.as_bytes()]),
        None => Digest::of_parts(&[key_id.as_bytes(), b"\0\0", base.as_bytes()]),
    }
}

fn invalid() -> AuthError {
    AuthError::authentication_failed("Invalid signature.")
}

fn malformed(fault: SignatureError) -> AuthError {
    AuthError::authentication_failed("Malformed signature.").because(fault)
}

#[track_caller]
const fn check_component(name: &str) {
    assert!(!is_same_text(name, "@status"), "`components` has `@status`, which only a response has; remove it");
    assert!(
        !is_same_text(name, "@signature-params"),
        "`components` has `@signature-params`, which every signature covers; remove it"
    );
    assert!(
        !is_same_text(name, "@query-param"),
        "`components` has `@query-param`, which is one parameter of the query; require all of it with `@query`"
    );
    assert!(
        !is_same_text(name, "signature") && !is_same_text(name, "signature-input"),
        "`components` has `signature` or `signature-input`, which are the signature itself; remove it"
    );
    assert!(
        is_derived(name) || is_field_name(name),
        "`components` has what is no component; write the name of a field in lower case, such as `\"content-type\"`, or \
         `@method`, `@target-uri`, `@authority`, `@scheme`, `@request-target`, `@path` or `@query`"
    );
}

const fn is_derived(name: &str) -> bool {
    is_same_text(name, "@method")
        || is_same_text(name, "@target-uri")
        || is_same_text(name, "@authority")
        || is_same_text(name, "@scheme")
        || is_same_text(name, "@request-target")
        || is_same_text(name, "@path")
        || is_same_text(name, "@query")
}

const fn is_registered(algorithm: KeyAlgorithm) -> bool {
    !matches!(
        algorithm,
        KeyAlgorithm::HmacSha1 | KeyAlgorithm::HmacSha512 | KeyAlgorithm::RsaPssSha256 | KeyAlgorithm::RsaV15Sha512
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(scheme: HttpSignature) -> String {
        let fault = std::panic::catch_unwind(|| scheme.declare()).expect_err("must not compile");
        fault.downcast_ref::<&str>().map_or_else(String::new, ToString::to_string)
    }

    #[test]
    fn invalid_options_panic_with_the_fix() {
        let default = HttpSignature::DEFAULT;
        for (scheme, text) in [
            (HttpSignature { components: &[], ..default }, "`components` is empty"),
            (HttpSignature { components: &["x"; 33], ..default }, "`components` has more than 32"),
            (HttpSignature { components: &["Content-Type"], ..default }, "`components` has what is no component"),
            (HttpSignature { components: &["@foo"], ..default }, "`components` has what is no component"),
            (HttpSignature { components: &["a b"], ..default }, "`components` has what is no component"),
            (HttpSignature { components: &["@path;req"], ..default }, "`components` has what is no component"),
            (HttpSignature { components: &["@status"], ..default }, "`components` has `@status`"),
            (HttpSignature { components: &["@signature-params"], ..default }, "`components` has `@signature-params`"),
            (HttpSignature { components: &["@query-param"], ..default }, "`components` has `@query-param`"),
            (HttpSignature { components: &["signature"], ..default }, "`components` has `signature` or"),
            (HttpSignature { components: &["signature-input"], ..default }, "`components` has `signature` or"),
            (HttpSignature { components: &["date", "date"], ..default }, "`components` names one twice"),
            (HttpSignature { max_age: 0, ..default }, "`max_age` is 0"),
            (HttpSignature { max_age: 86_401, ..default }, "`max_age` or `max_skew` is more"),
            (HttpSignature { max_skew: 86_401, ..default }, "`max_age` or `max_skew` is more"),
            (HttpSignature { tag: Some(""), ..default }, "`tag` is empty"),
            (HttpSignature { tag: Some("é"), ..default }, "`tag` is empty"),
            (HttpSignature { algorithms: &[], ..default }, "`algorithms` is empty"),
            (HttpSignature { algorithms: &[KeyAlgorithm::HmacSha1], ..default }, "`algorithms` has one that"),
            (HttpSignature { algorithms: &[KeyAlgorithm::RsaPssSha256], ..default }, "`algorithms` has one that"),
            (HttpSignature { realm: "", ..default }, "`realm` is empty"),
            (HttpSignature { realm: "a\n", ..default }, "`realm` is empty"),
            (HttpSignature { body_limit: 0, ..default }, "`body_limit` is 0"),
        ] {
            assert!(fault(scheme).starts_with(text), "{text}: {}", fault(scheme));
        }
        let _ = HttpSignature { components: &["@authority", "@path", "@query", "x-id"], ..default }.declare();
        let _ = HttpSignature { body_limit: 0, stream: true, ..default }.declare();
    }
}
