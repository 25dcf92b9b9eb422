//! Signatures over responses (RFC 9421 section 2.4).

use std::fmt::Write as _;

use auth_runtime::{Clock, PublicOrigin};
use base64ct::{Base64, Encoding};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use sfv::{ItemSerializer, StringRef};

use super::base::{Message, RequestHead};
use super::component::{Components, Kind};
use super::error::SignatureError;
use super::field;
use super::input::{SIGNATURE, SIGNATURE_INPUT, SignatureInput};
use crate::content::DESCRIPTION;
use crate::digest::{CONTENT_DIGEST, ContentDigest};
use crate::exchange::SignResponse;
use auth_keys::SigningKey;

/// The label of the response's signature.
const LABEL: &str = "sig1";

/// Signs the response to a request whose signature was good.
pub(super) struct ResponseSigner {
    key: SigningKey,
    clock: Clock,
    nonce: Option<String>,
    /// The components of the request, as identifiers.
    covered: String,
    /// The lines of these components in the signature base.
    lines: String,
}

impl ResponseSigner {
    /// Creates the signer of the response to this request. The signature covers `@method`, `@path` and `@authority` of the
    /// request, and everything that the request's own signature covers.
    ///
    /// # Errors
    ///
    /// If the request does not have one of these components.
    pub(super) fn new(
        key: SigningKey,
        clock: Clock,
        request: &Parts,
        origin: &PublicOrigin,
        input: &SignatureInput,
        structured: &[field::StructuredField],
    ) -> Result<Self, SignatureError> {
        let mut components = Components::parse(["@method;req", "@path;req", "@authority;req"])?;
        for component in input.components.iter() {
            // RFC 9421 section 2.4: the request's signature is not signed again.
            let is_signature = component.kind == Kind::Field && SIGNATURE == *input.components.name(component);
            let is_there = matches!(component.kind, Kind::Method | Kind::Path | Kind::Authority);
            if !is_signature && !is_there {
                components.add(&format!("{};req", input.components.id(component)))?;
            }
        }
        let nothing = http::HeaderMap::new();
        let message = Message {
            request: Some(RequestHead::received(request, origin)?),
            response: Some((http::StatusCode::OK, &nothing)),
            trailers: None,
            structured,
        };
        let mut lines = message.base(&components, "")?;
        lines.truncate(lines.rfind('\n').map_or(0, |end| end + 1));
        let nonce = input.nonce().map(std::borrow::Cow::into_owned);
        Ok(Self { key, clock, nonce, covered: components.text, lines })
    }
}

impl SignResponse for ResponseSigner {
    fn sign(&self, response: &mut http::response::Parts, body: Option<&[u8]>) {
        // With two layers, the inner one has signed already.
        let is_ours = |value: &HeaderValue| {
            value.as_bytes().strip_prefix(LABEL.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
        };
        if response.headers.get_all(&SIGNATURE_INPUT).iter().any(is_ours) {
            return;
        }
        let mut base = format!("\"@status\": {}\n", response.status.as_str());
        let mut params = "(\"@status\"".to_owned();
        if let Some(body) = body {
            let digest = ContentDigest::sha256(body).to_header_value();
            response.headers.insert(HeaderName::from_static(CONTENT_DIGEST), digest);
        }
        // The digest that a handler claims for a stream was not verified, so it is not signed.
        let digest = body.map(|_| CONTENT_DIGEST);
        for name in digest.into_iter().chain(DESCRIPTION) {
            let mut value = String::new();
            if field::push_combined(&response.headers, name, &mut value).is_ok() {
                base.extend(["\"", name, "\": ", &value, "\n"]);
                params.extend([" \"", name, "\""]);
            }
        }
        base.push_str(&self.lines);
        params.extend([" ", &self.covered, ")"]);
        push_params(&mut params, &self.key, self.clock.now().as_secs(), None, self.nonce.as_deref(), None, false);
        base.extend(["\"@signature-params\": ", &params]);
        add(&mut response.headers, LABEL, &params, &self.key.sign(base.as_bytes()));
    }
}

/// Writes the parameters of a signature. Omits texts that are not valid as a string of a structured field.
pub(super) fn push_params(
    text: &mut String,
    key: &SigningKey,
    created: u64,
    expires: Option<u64>,
    nonce: Option<&str>,
    tag: Option<&str>,
    alg: bool,
) {
    let _ = write!(text, ";created={created}");
    if let Some(expires) = expires {
        let _ = write!(text, ";expires={expires}");
    }
    let alg = if alg { Some(key.algorithm().name()) } else { None };
    for (name, value) in [("nonce", nonce), ("alg", alg), ("keyid", Some(key.id())), ("tag", tag)] {
        if let Some(value) = value.and_then(|value| StringRef::from_str(value).ok()) {
            text.extend([";", name, "="]);
            let _ = ItemSerializer::with_buffer(text).bare_item(value);
        }
    }
}

/// Adds the two fields of a signature to a message.
pub(super) fn add(headers: &mut http::HeaderMap, label: &str, params: &str, signature: &[u8]) {
    let input = HeaderValue::try_from(format!("{label}={params}"));
    let signature = HeaderValue::try_from(format!("{label}=:{}:", Base64::encode_string(signature)));
    if let (Ok(input), Ok(signature)) = (input, signature) {
        headers.append(&SIGNATURE_INPUT, input);
        headers.append(&SIGNATURE, signature);
    }
}
