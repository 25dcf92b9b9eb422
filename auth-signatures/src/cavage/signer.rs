//! [`CavageSigner`]: signs requests for servers that do not support anything newer.

use auth_runtime::Clock;
use base64ct::{Base64, Encoding};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, DATE, HOST, InvalidHeaderValue};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use super::signing_string::Message;
use super::{algorithm, digest};
use crate::{content, destination};
use auth_keys::SigningKey;

/// Signs requests as [`CavageSignature`](super::CavageSignature) requires by default: it covers `(request-target)`, `host` and
/// `date`. If there is a body, it also covers `digest`, `content-length`, and `content-type` and `content-encoding` if they are
/// present, so set them before signing.
///
/// ```
/// use auth_runtime::Clock;
/// use auth_runtime::http::Request;
/// use auth_runtime::store::KeyAlgorithm;
/// use auth_keys::SigningKey;
/// use auth_signatures::cavage::CavageSigner;
///
/// let key = SigningKey::generate("billing", KeyAlgorithm::HmacSha256)?;
/// let (mut head, body) = Request::post("https://api.example.org/notes").body("text")?.into_parts();
/// CavageSigner::new(key, Clock::system()).sign(&mut head, body.as_bytes())?;
/// assert!(head.headers["authorization"].to_str()?.starts_with("Signature keyId=\"billing\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CavageSigner {
    key: SigningKey,
    clock: Clock,
}

impl CavageSigner {
    /// Creates a signer with this key, whose id becomes the `keyId`.
    pub fn new(key: SigningKey, clock: Clock) -> Self {
        Self { key, clock }
    }

    /// Signs a request with an absolute URI. Adds `Authorization`. Also adds `Host`, `Date` and, if there is a body, `Digest`
    /// and `Content-Length`, if they are missing.
    ///
    /// # Errors
    ///
    /// If the id of the key is not valid in a header.
    ///
    /// # Panics
    ///
    /// If an existing header is not ASCII text.
    pub fn sign(&self, request: &mut Parts, body: &[u8]) -> Result<(), InvalidHeaderValue> {
        let origin = destination::sent(&request.uri, &request.headers);
        let authority = origin.map(|origin| origin.authority().to_owned()).unwrap_or_default();
        let mut names = vec!["(request-target)", HOST.as_str(), DATE.as_str()];
        let description = content::description(&request.headers);
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + self.clock.now());
        let mut add = |name: HeaderName, value: String| -> Result<(), InvalidHeaderValue> {
            let value = HeaderValue::try_from(value)?;
            request.headers.entry(name).or_insert(value);
            Ok(())
        };
        add(HOST, authority.clone())?;
        add(DATE, date)?;
        if !body.is_empty() {
            names.extend(["digest", CONTENT_LENGTH.as_str()]);
            names.extend(description.into_iter().flatten());
            add(digest::DIGEST.clone(), digest::of(body))?;
            add(CONTENT_LENGTH, body.len().to_string())?;
        }
        let message = Message {
            method: &request.method,
            target: request.uri.path_and_query().map_or("/", |path| path.as_str()),
            authority: &authority,
            headers: &request.headers,
            created: None,
            expires: None,
        };
        let signed = message.signing_string(&names).expect("what is covered was added");
        let signature = Base64::encode_string(&self.key.sign(signed.as_bytes()));
        let (id, names) = (self.key.id(), names.join(" "));
        let algorithm = algorithm::name(self.key.algorithm());
        let value =
            format!("Signature keyId=\"{id}\",algorithm=\"{algorithm}\",headers=\"{names}\",signature=\"{signature}\"");
        request.headers.insert(AUTHORIZATION, HeaderValue::try_from(value)?);
        Ok(())
    }
}
