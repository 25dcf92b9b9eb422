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

/// Signs requests of a client with RFC 9421.
///
/// By default it covers `@method` and `@target-uri`, and gives each signature a random nonce. If the request has content, it
/// covers `content-digest`, and `content-type` and `content-encoding` if they are present, so set them before signing.
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
/// A request without an authority in its URI is signed for its `Host`, with https.
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

/// The requested parts of a signature besides its components.
struct Asked<'a> {
    label: &'a str,
    nonce: Option<String>,
    lifetime: Option<Duration>,
    tag: Option<&'a str>,
    alg: bool,
}

impl MessageSigner {
    /// Creates a signer with this key.
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

    /// Uses this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the components to cover: `@method`, `content-type`, `@query-param;name="page"`. Content is covered without being
    /// listed.
    #[must_use]
    pub fn with_components<T: Into<String>>(mut self, components: impl IntoIterator<Item = T>) -> Self {
        self.components = components.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the label, in lower case. The default is `sig1`.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the tag, which says what the signature is for.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Sets whether to add a random nonce, by which the server recognizes a repeated signature.
    #[must_use]
    pub fn with_nonce(mut self, nonce: bool) -> Self {
        self.nonce = nonce;
        self
    }

    /// Sets how long the signature is valid, in whole seconds. By default, only the server limits its age.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sets whether to name the algorithm of the key. The server does not need it, since it knows the key.
    #[must_use]
    pub fn with_algorithm(mut self, says: bool) -> Self {
        self.says_algorithm = says;
        self
    }

    /// Declares these fields as structured, besides those of the registry.
    #[must_use]
    pub fn with_structured_fields(mut self, fields: impl IntoIterator<Item = StructuredField>) -> Self {
        self.structured = fields.into_iter().collect();
        self
    }

    /// Signs a request with this content; `&[]` if it has none. Adds `Content-Digest`, `Signature-Input` and `Signature`.
    ///
    /// Keeps signatures with other labels and replaces one with the same label.
    ///
    /// # Errors
    ///
    /// If the request does not have one of the components, or a parameter is not valid text for a signature.
    pub fn sign<B>(&self, request: &mut Request<B>, body: &[u8]) -> Result<(), SignatureError> {
        put_digest(request, body);
        self.sign_head(request)
    }

    /// Signs a request whose content is a stream. The content is covered if the request has a `Content-Digest` already.
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

    /// Signs a request as requested by the `Accept-Signature` of a response (RFC 9421 section 5.2). Picks the first requested
    /// signature that this key can make.
    ///
    /// The signature covers the requested components, and also those that this signer covers anyway: a server that requests
    /// fewer does not get a signature that is valid for another request.
    ///
    /// # Errors
    ///
    /// Returns [`SignatureError::NotSigned`] if this key can make none of the requested signatures. Otherwise fails as
    /// [`sign`](Self::sign) does.
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

    /// Returns the components that are always covered.
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

/// Removes the signature with this label from a message that is signed again.
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
