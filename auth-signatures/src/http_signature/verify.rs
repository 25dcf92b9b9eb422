//! [`ResponseVerifier`]: verifies responses.

use std::time::Duration;

use auth_runtime::Clock;
use auth_runtime::store::Key;
use http::{HeaderMap, Request, Response};

use super::base::{Message, RequestHead};
use super::component::{Components, MAX_RESPONSE_COMPONENTS};
use super::error::SignatureError;
use super::field::StructuredField;
use super::input::SignatureInput;
use super::read;
use super::signature::{Demands, VerifiedSignature, covers_all, verify};
use crate::content;
use crate::digest::{CONTENT_DIGEST, ContentDigest, ContentDigestError};

/// Verifies signed responses of a server (RFC 9421 section 2.4), for a client.
///
/// By default, a response must cover `@status`, and `@method`, `@path` and `@authority` of its request. If it has content, it
/// must cover `content-digest`, and `content-type` and `content-encoding` if they are present. If the request has a nonce, the
/// response must have the same one, so that an earlier response to an equal request is refused.
///
/// ```no_run
/// # use auth_runtime::store::Key;
/// # use auth_signatures::http_signature::{ResponseVerifier, SignatureError};
/// # fn example(
/// #     server_key: Key, request: http::Request<Vec<u8>>, response: http::Response<Vec<u8>>
/// # ) -> Result<(), SignatureError> {
/// let verifier = ResponseVerifier::new([server_key]);
/// let signature = verifier.verify(&request, &response, response.body())?;
/// println!("signed with {}", signature.key_id());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ResponseVerifier {
    keys: Vec<Key>,
    clock: Clock,
    components: Vec<String>,
    max_age: Duration,
    max_skew: Duration,
    tag: Option<String>,
    nonce: bool,
    unsigned_body: bool,
    unsigned_content_type: bool,
    structured: Vec<StructuredField>,
}

impl ResponseVerifier {
    /// Creates a verifier with these keys of the server. The signature names the key to use.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            clock: Clock::system(),
            components: ["@status", "@method;req", "@path;req", "@authority;req"].map(str::to_owned).into(),
            max_age: Duration::from_secs(300),
            max_skew: Duration::from_secs(30),
            tag: None,
            nonce: true,
            unsigned_body: false,
            unsigned_content_type: false,
            structured: Vec::new(),
        }
    }

    /// Uses this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the required components: `@status`, `content-type`, `@query;req`. Content is required without being listed.
    #[must_use]
    pub fn with_components<T: Into<String>>(mut self, components: impl IntoIterator<Item = T>) -> Self {
        self.components = components.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the maximum age of a response's signature, in whole seconds. The default is 300.
    #[must_use]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Sets how far in the future a response may have been signed, in whole seconds. The default is 30.
    #[must_use]
    pub fn with_max_skew(mut self, max_skew: Duration) -> Self {
        self.max_skew = max_skew;
        self
    }

    /// Sets the required tag.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Sets whether the response must have the nonce of the request, if the request has one.
    #[must_use]
    pub fn with_nonce(mut self, same: bool) -> Self {
        self.nonce = same;
        self
    }

    /// Sets whether the signature may leave out the content, as for streams. If it covers the content, it is still verified.
    #[must_use]
    pub fn with_unsigned_body(mut self, accepted: bool) -> Self {
        self.unsigned_body = accepted;
        self
    }

    /// Sets whether a signature that covers content may leave out `content-type` and `content-encoding`, for servers that do
    /// not sign them.
    #[must_use]
    pub fn with_unsigned_content_type(mut self, accepted: bool) -> Self {
        self.unsigned_content_type = accepted;
        self
    }

    /// Declares these fields as structured, besides those of the registry.
    #[must_use]
    pub fn with_structured_fields(mut self, fields: impl IntoIterator<Item = StructuredField>) -> Self {
        self.structured = fields.into_iter().collect();
        self
    }

    /// Verifies a response with this content. Pass the request as it was signed.
    ///
    /// # Errors
    ///
    /// If the response has no valid signature. If it has several, the error is that of the first one.
    pub fn verify<A, B>(
        &self,
        request: &Request<A>,
        response: &Response<B>,
        body: &[u8],
    ) -> Result<VerifiedSignature, SignatureError> {
        self.verify_message(request, response, body, None)
    }

    /// Does the same for a response with trailers, which its signature may cover (`tr`).
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_with_trailers<A, B>(
        &self,
        request: &Request<A>,
        response: &Response<B>,
        body: &[u8],
        trailers: &HeaderMap,
    ) -> Result<VerifiedSignature, SignatureError> {
        self.verify_message(request, response, body, Some(trailers))
    }

    fn verify_message<A, B>(
        &self,
        request: &Request<A>,
        response: &Response<B>,
        body: &[u8],
        trailers: Option<&HeaderMap>,
    ) -> Result<VerifiedSignature, SignatureError> {
        let mut wanted = Components::parse(&self.components)?;
        if !body.is_empty() && !self.unsigned_body {
            let description =
                if self.unsigned_content_type { [None; 2] } else { content::description(response.headers()) };
            for name in [CONTENT_DIGEST].into_iter().chain(description.into_iter().flatten()) {
                if !wanted.touches(name) {
                    wanted.add(name)?;
                }
            }
        }
        let asked = read::read(request.headers(), MAX_RESPONSE_COMPONENTS)?;
        let message = Message {
            request: Some(RequestHead::sent(request)),
            response: Some((response.status(), response.headers())),
            trailers,
            structured: &self.structured,
        };
        let mut first_fault = None;
        for input in read::read(response.headers(), MAX_RESPONSE_COMPONENTS)? {
            match self.verify_one(&input, &wanted, &asked, &message, body) {
                Ok(key) => return Ok(VerifiedSignature::new(input, key)),
                Err(fault) => {
                    first_fault.get_or_insert(fault);
                }
            }
        }
        Err(first_fault.unwrap_or(SignatureError::NotSigned))
    }

    fn verify_one(
        &self,
        input: &SignatureInput,
        wanted: &Components,
        asked: &[SignatureInput],
        message: &Message<'_>,
        body: &[u8],
    ) -> Result<Key, SignatureError> {
        let now = self.clock.now();
        let demands = Demands {
            max_age: self.max_age.as_secs(),
            max_skew: self.max_skew.as_secs(),
            require_nonce: false,
            tag: self.tag.as_deref(),
        };
        demands.check(input, now)?;
        covers_all(&input.components, wanted)?;
        let mut nonces = asked.iter().filter_map(SignatureInput::nonce).peekable();
        if self.nonce && nonces.peek().is_some() && !nonces.any(|nonce| input.nonce().as_ref() == Some(&nonce)) {
            return Err(SignatureError::Nonce);
        }
        let base = message.base(&input.components, input.params())?;
        let id = input.keyid().ok_or(SignatureError::Lacks("keyid"))?;
        let key = self.keys.iter().find(|key| key.id() == id).ok_or(SignatureError::NoSuchKey)?;
        verify(input, &base, key, now)?;
        if input.components.touches(CONTENT_DIGEST) {
            let headers = message.response.map(|(_, headers)| headers).ok_or(ContentDigestError::Missing)?;
            if !ContentDigest::of(headers)?.matches(body) {
                return Err(ContentDigestError::Mismatch.into());
            }
        }
        Ok(key.clone())
    }
}
