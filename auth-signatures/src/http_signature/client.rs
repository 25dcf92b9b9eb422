//! [`MessageSigner`]: signs requests.

use std::time::Duration;

use auth_runtime::Clock;
use base64ct::{Base64UrlUnpadded, Encoding};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use sfv::{Dictionary, FieldType, KeyRef, Parser, StringRef};

use super::base::{Message, RequestHead};
use super::component::Components;
use super::error::SignatureError;
use super::field::StructuredField;
use super::input::{SIGNATURE, SIGNATURE_INPUT, SignatureInput};
use super::read;
use super::response::{add, push_params};
use crate::content;
use crate::digest::{CONTENT_DIGEST, ContentDigest};
use auth_keys::SigningKey;

/// Signs requests by RFC 9421, for a client.
///
/// Unless told otherwise it covers `@method` and `@target-uri`, and gives each signature a random nonce. Where the request has
/// a content it covers `content-digest`, and `content-type` and `content-encoding` if they are there: set them before signing.
///
/// ```
/// use auth_runtime::store::KeyAlgorithm;
/// use auth_keys::SigningKey;
/// use auth_signatures::http_signature::MessageSigner;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SigningKey::generate("partner-7", KeyAlgorithm::Ed25519)?;
/// let signer = MessageSigner::new(key).with_tag("orders");
///
/// let body = br#"{"item": 3}"#;
/// let mut request = http::Request::post("https://api.example.org/orders").body(body.to_vec())?;
/// signer.sign(&mut request, body)?;
/// assert!(request.headers().contains_key("content-digest"));
/// assert!(request.headers().contains_key("signature"));
/// # Ok(())
/// # }
/// ```
///
/// A request without authority in its URI goes to its `Host`, by https.
#[derive(Debug, Clone)]
pub struct MessageSigner {
    key: SigningKey,
    clock: Clock,
    label: String,
    components: Vec<String>,
    tag: Option<String>,
    nonce: bool,
    lifetime: Option<Duration>,
    says_algorithm: bool,
    structured: Vec<StructuredField>,
}

/// What a signature has besides its components.
struct Asked<'a> {
    label: &'a str,
    nonce: Option<String>,
    lifetime: Option<Duration>,
    tag: Option<&'a str>,
    alg: bool,
}

impl MessageSigner {
    /// Signs with this key.
    pub fn new(key: SigningKey) -> Self {
        Self {
            key,
            clock: Clock::system(),
            label: "sig1".to_owned(),
            components: vec!["@method".to_owned(), "@target-uri".to_owned()],
            tag: None,
            nonce: true,
            lifetime: None,
            says_algorithm: false,
            structured: Vec::new(),
        }
    }

    /// With the time from this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Covering these components: `@method`, `content-type`, `@query-param;name="page"`. A content is covered without being
    /// listed.
    #[must_use]
    pub fn with_components<T: Into<String>>(mut self, components: impl IntoIterator<Item = T>) -> Self {
        self.components = components.into_iter().map(Into::into).collect();
        self
    }

    /// Under this label, in lower case. `sig1`, unless set.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Saying what the signature is for.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// With or without a random nonce, by which the server knows a signature that comes again.
    #[must_use]
    pub fn with_nonce(mut self, nonce: bool) -> Self {
        self.nonce = nonce;
        self
    }

    /// Good for this long, in whole seconds. Without it, the server alone says how long.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Naming the algorithm of the key, or not. A server knows it by the key.
    #[must_use]
    pub fn with_algorithm(mut self, says: bool) -> Self {
        self.says_algorithm = says;
        self
    }

    /// Knowing that these fields are structured, besides those of the registry.
    #[must_use]
    pub fn with_structured_fields(mut self, fields: impl IntoIterator<Item = StructuredField>) -> Self {
        self.structured = fields.into_iter().collect();
        self
    }

    /// Signs a request with this content; `&[]` when it has none. Adds `Content-Digest`, `Signature-Input` and `Signature`.
    ///
    /// Signatures with other labels stay; one with the same label is replaced.
    ///
    /// # Errors
    ///
    /// When the request does not have a component, or something is not text that a signature can have.
    pub fn sign<B>(&self, request: &mut Request<B>, body: &[u8]) -> Result<(), SignatureError> {
        put_digest(request, body);
        self.sign_head(request)
    }

    /// Signs a request whose content is a stream. It is covered when the request has a `Content-Digest` already.
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn sign_head<B>(&self, request: &mut Request<B>) -> Result<(), SignatureError> {
        let components = self.components(request)?;
        let nonce = if self.nonce { Some(random_nonce()?) } else { None };
        let (label, lifetime, tag) = (&*self.label, self.lifetime, self.tag.as_deref());
        self.sign_as(request, &components, Asked { label, nonce, lifetime, tag, alg: self.says_algorithm })
    }

    /// Signs a request as the `Accept-Signature` of a response asks for (RFC 9421 section 5.2): the first of the signatures
    /// asked for that this key can make.
    ///
    /// It covers what is asked for, and then what this signer covers anyway: a server that asks for less gets no signature
    /// that is good for another request.
    ///
    /// # Errors
    ///
    /// [`SignatureError::NotSigned`] when nothing is asked for that this key can make. Otherwise as [`sign`](Self::sign).
    pub fn answer<B>(&self, asked: &HeaderMap, request: &mut Request<B>, body: &[u8]) -> Result<(), SignatureError> {
        let asked = read::read_accept(asked)?;
        let asked = asked.iter().find(|asked| self.can_make(asked)).ok_or(SignatureError::NotSigned)?;
        put_digest(request, body);
        let mut components = asked.components.clone();
        let own = self.components(request)?;
        for component in own.iter().filter(|component| !asked.components.covers_as(&own, component)) {
            components.add(own.id(component))?;
        }
        let nonce = match asked.nonce() {
            Some(nonce) => Some(nonce.into_owned()),
            None if self.nonce => Some(random_nonce()?),
            None => None,
        };
        let tag = asked.tag();
        let asked_for = Asked {
            label: asked.label(),
            nonce,
            lifetime: self.lifetime.or(asked.expires.map(|_| Duration::from_secs(300))),
            tag: tag.as_deref().or(self.tag.as_deref()),
            alg: self.says_algorithm || asked.alg().is_some(),
        };
        self.sign_as(request, &components, asked_for)
    }

    /// What is covered anyway.
    fn components<B>(&self, request: &Request<B>) -> Result<Components, SignatureError> {
        let mut components = Components::parse(&self.components)?;
        if request.headers().contains_key(CONTENT_DIGEST) {
            let description = content::description(request.headers()).into_iter().flatten();
            for name in [CONTENT_DIGEST].into_iter().chain(description) {
                if !components.touches(name) {
                    components.add(name)?;
                }
            }
        }
        Ok(components)
    }

    fn can_make(&self, asked: &SignatureInput) -> bool {
        asked.alg().is_none_or(|alg| alg == self.key.algorithm().name())
            && asked.keyid().is_none_or(|id| id == self.key.id())
    }

    fn sign_as<B>(
        &self,
        request: &mut Request<B>,
        components: &Components,
        asked: Asked<'_>,
    ) -> Result<(), SignatureError> {
        if !super::scheme::ALGORITHMS.contains(&self.key.algorithm()) {
            return Err(SignatureError::AlgorithmNotAccepted);
        }
        for text in [Some(self.key.id()), asked.tag].into_iter().flatten() {
            StringRef::from_str(text).map_err(|error| SignatureError::Malformed(format!("`{text}`: {error}")))?;
        }
        KeyRef::from_str(asked.label)
            .map_err(|error| SignatureError::Malformed(format!("label `{}`: {error}", asked.label)))?;
        remove(request.headers_mut(), asked.label)?;
        let created = self.clock.now().as_secs();
        let expires = asked.lifetime.map(|lifetime| created.saturating_add(lifetime.as_secs()));
        let mut params = String::with_capacity(256);
        for component in components.iter() {
            params.extend([if params.is_empty() { "(" } else { " " }, components.id(component)]);
        }
        params.push_str(if params.is_empty() { "()" } else { ")" });
        push_params(&mut params, &self.key, created, expires, asked.nonce.as_deref(), asked.tag, asked.alg);
        let message = Message::request(RequestHead::sent(request), &self.structured);
        let base = message.base(components, &params)?;
        add(request.headers_mut(), asked.label, &params, &self.key.sign(base.as_bytes()));
        Ok(())
    }
}

fn random_nonce() -> Result<String, SignatureError> {
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| SignatureError::NoRandomness)?;
    Ok(Base64UrlUnpadded::encode_string(&random))
}

fn put_digest<B>(request: &mut Request<B>, body: &[u8]) {
    if !body.is_empty() {
        let digest = ContentDigest::sha256(body).to_header_value();
        request.headers_mut().insert(HeaderName::from_static(CONTENT_DIGEST), digest);
    }
}

/// Takes the signature with this label out of a message, where it is signed a second time.
fn remove(headers: &mut HeaderMap, label: &str) -> Result<(), SignatureError> {
    for name in [&SIGNATURE_INPUT, &SIGNATURE] {
        let Some(text) = read::joined(headers, name)? else { continue };
        let malformed = |error: sfv::Error| SignatureError::Malformed(format!("`{name}`: {error}"));
        let mut signatures: Dictionary = Parser::new(&*text).parse().map_err(malformed)?;
        if signatures.shift_remove(label).is_none() {
            continue;
        }
        headers.remove(name);
        if let Some(value) = signatures.serialize().and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(name, value);
        }
    }
    Ok(())
}
