//! [`Client`]: signs requests and URLs, and verifies responses.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm};
use auth_runtime::{Clock, authorization_after_keyword};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

use super::artifacts::{Artifacts, Kind, mac, of_time, verifies};
use super::attributes::{KEYWORD, MAX_LENGTH, is_value, next, parse, seconds, write};
use super::bewit::{Presented, encode, signed_text};
use super::payload::{PayloadHash, content_type};
use super::response::SERVER_AUTHORIZATION;
use super::sign::{SignError, SignOptions};
use auth_keys::{InvalidKey, SigningKey};

/// Signs requests to a server that has the same key. Clones share the key and the offset of the server's clock.
///
/// ```
/// use auth_runtime::store::KeyAlgorithm;
/// use auth_keys::SigningKey;
/// use auth_signatures::hawk::{Client, SignOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SigningKey::shared("partner-1", KeyAlgorithm::HmacSha256, b"werxhqb98rpaxn39848xrunpaw3489ru")?;
/// let client = Client::new(key)?;
///
/// let mut request = http::Request::post("https://api.example.org/notes?draft=1")
///     .header("content-type", "application/json")
///     .body(r#"{"text": "hello"}"#)?;
/// let artifacts = client.sign(&mut request, &SignOptions::new().with_ext("import"))?;
/// assert!(request.headers()["authorization"].to_str()?.starts_with("Hawk id=\"partner-1\", ts="));
/// # let _ = artifacts;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    key: Key,
    clock: Clock,
    /// How many seconds the server's clock is ahead of ours.
    offset: Arc<AtomicI64>,
}

/// Why a response is not what the server signed for this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The response is not signed.
    Unsigned,
    /// The signature, or the challenge, is malformed.
    Malformed,
    /// The signature does not cover the body.
    UnsignedBody,
    /// The MAC does not match: it was made with another key or for another request, or the response was changed.
    WrongMac,
    /// The body or its media type was changed.
    WrongBody,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsigned => "the response is not signed",
            Self::Malformed => "the signature of the response is malformed",
            Self::UnsignedBody => "the signature of the response covers no body",
            Self::WrongMac => "the MAC of the response is another",
            Self::WrongBody => "the body of the response is not what was signed",
        })
    }
}

impl std::error::Error for ResponseError {}

impl Client {
    /// Creates a client with the system clock and a key for HMAC with SHA-256, or with SHA-1 if the server does not support
    /// anything else.
    ///
    /// # Errors
    ///
    /// If the key is for another algorithm, or its id is not valid in a header.
    pub fn new(key: SigningKey) -> Result<Self, InvalidKey> {
        if !matches!(key.algorithm(), KeyAlgorithm::HmacSha1 | KeyAlgorithm::HmacSha256) {
            return Err(InvalidKey::new(format!("Hawk has no {}; take a key for hmac-sha256", key.algorithm())));
        }
        if !is_value(key.id()) {
            return Err(InvalidKey::new(
                "the id of a key of Hawk has visible ASCII characters and spaces without `\"` and `\\`, and at least one",
            ));
        }
        Ok(Self { key: key.verifying_key(), clock: Clock::system(), offset: Arc::default() })
    }

    /// Creates a client with any key, since the published examples use short ones.
    #[cfg(test)]
    pub(super) fn with_key(key: Key) -> Self {
        Self { key, clock: Clock::system(), offset: Arc::default() }
    }

    /// Uses this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Returns the time by the server's clock, in seconds since the Unix epoch.
    fn now(&self) -> u64 {
        self.clock.now().as_secs().saturating_add_signed(self.offset.load(Ordering::Relaxed))
    }

    /// Starts a hash of a body that comes in pieces and has this `Content-Type`. Pass an empty string if it has none.
    pub fn payload_hash(&self, content_type: &str) -> PayloadHash {
        PayloadHash::new(self.key.algorithm(), content_type.as_bytes())
    }

    /// Signs a request and its body: adds `Authorization`, and returns what is needed to verify the response.
    ///
    /// An empty body without a `Content-Type` is not hashed, which is what a server expects of a `GET`.
    ///
    /// # Errors
    ///
    /// If the URI is not absolute, or an attribute is not valid in the header.
    pub fn sign<B: AsRef<[u8]>>(
        &self,
        request: &mut Request<B>,
        options: &SignOptions,
    ) -> Result<Artifacts, SignError> {
        let body = request.body().as_ref();
        let is_there = !body.is_empty() || request.headers().contains_key(CONTENT_TYPE);
        let hash = match &options.hash {
            None if is_there => Some(PayloadHash::of(self.key.algorithm(), request.headers(), body)),
            given => given.clone(),
        };
        let artifacts = self.artifacts(request.method(), request.uri(), hash, options)?;
        self.authorize(request.headers_mut(), &artifacts)?;
        Ok(artifacts)
    }

    /// Signs the head of a request. The body is signed only if the options contain its [hash](SignOptions::with_hash).
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn sign_parts(&self, request: &mut Parts, options: &SignOptions) -> Result<Artifacts, SignError> {
        let artifacts = self.artifacts(&request.method, &request.uri, options.hash.clone(), options)?;
        self.authorize(&mut request.headers, &artifacts)?;
        Ok(artifacts)
    }

    fn artifacts(
        &self,
        method: &Method,
        uri: &Uri,
        hash: Option<String>,
        options: &SignOptions,
    ) -> Result<Artifacts, SignError> {
        let Target { host, port, resource } = Target::of(uri)?;
        let nonce = match &options.nonce {
            Some(nonce) => nonce.clone(),
            None => {
                let mut random = [0; 12];
                aws_lc_rs::rand::fill(&mut random).map_err(|_| SignError::NoRandomness)?;
                Base64UrlUnpadded::encode_string(&random)
            }
        };
        let artifacts = Artifacts {
            ts: options.timestamp.unwrap_or_else(|| self.now()).to_string(),
            nonce,
            method: method.as_str().to_owned(),
            resource: resource.to_owned(),
            host,
            port,
            hash,
            ext: options.ext.clone(),
            app: options.app.clone(),
            dlg: options.dlg.clone(),
        };
        let Artifacts { nonce, hash, ext, app, dlg, .. } = &artifacts;
        let attributes = [("nonce", Some(nonce)), ("hash", hash.as_ref()), ("ext", ext.as_ref())];
        for (name, value) in attributes.into_iter().chain([("app", app.as_ref()), ("dlg", dlg.as_ref())]) {
            if value.is_some_and(|value| !is_value(value)) {
                return Err(SignError::InvalidAttribute(name));
            }
        }
        Ok(artifacts)
    }

    fn authorize(&self, headers: &mut HeaderMap, artifacts: &Artifacts) -> Result<(), SignError> {
        let mac = mac(&self.key, &artifacts.of_request());
        let value = write(&[
            ("id", Some(self.key.id())),
            ("ts", Some(&artifacts.ts)),
            ("nonce", Some(&artifacts.nonce)),
            ("hash", artifacts.hash.as_deref()),
            ("ext", artifacts.ext.as_deref()),
            ("mac", Some(&mac)),
            ("app", artifacts.app.as_deref()),
            ("dlg", artifacts.dlg.as_deref()),
        ]);
        if value.len() > MAX_LENGTH {
            return Err(SignError::TooLong);
        }
        let value = HeaderValue::try_from(value).map_err(|_| SignError::InvalidAttribute("id"))?;
        headers.insert(AUTHORIZATION, value);
        Ok(())
    }

    /// Verifies the response to the request of these artifacts, and returns the `ext` that the server signed with it.
    ///
    /// If there is a `body`, the signature must cover it and its media type. Pass `None` for a stream; then only the head is
    /// verified.
    ///
    /// # Errors
    ///
    /// If the response is not what the server signed.
    pub fn verify_response(
        &self,
        artifacts: &Artifacts,
        response: &http::response::Parts,
        body: Option<&[u8]>,
    ) -> Result<Option<String>, ResponseError> {
        let mut values = response.headers.get_all(SERVER_AUTHORIZATION).iter();
        let value = values.next().ok_or(ResponseError::Unsigned)?;
        if values.next().is_some() || value.len() > MAX_LENGTH {
            return Err(ResponseError::Malformed);
        }
        let text =
            authorization_after_keyword(value.as_bytes(), KEYWORD).and_then(|text| std::str::from_utf8(text).ok());
        let [claimed, hash, ext] =
            text.and_then(|text| parse(text, ["mac", "hash", "ext"]).ok()).ok_or(ResponseError::Malformed)?;
        let claimed = claimed.ok_or(ResponseError::Malformed)?;
        if !verifies(&self.key, &artifacts.normalized(Kind::Response, hash, ext), claimed) {
            return Err(ResponseError::WrongMac);
        }
        if let Some(body) = body {
            let hash = hash.ok_or(ResponseError::UnsignedBody)?;
            let mut taken = PayloadHash::new(self.key.algorithm(), content_type(&response.headers));
            taken.update(body);
            if !taken.is(hash) {
                return Err(ResponseError::WrongBody);
            }
        }
        Ok(ext.map(str::to_owned))
    }

    /// Adjusts this client's clock to the server's after a 401 because of a stale timestamp. Returns whether the response was
    /// such a 401; if so, sign and send the request again.
    ///
    /// The key authenticates the server's time, but not that it is current: an old response sets an old time.
    ///
    /// # Errors
    ///
    /// If the time in the challenge is not authenticated by the key of this client.
    pub fn resync(&self, response: &http::response::Parts) -> Result<bool, ResponseError> {
        let values = response.headers.get_all(WWW_AUTHENTICATE).iter();
        let Some((ts, tsm)) = values.filter_map(|value| value.to_str().ok()).find_map(server_time) else {
            return Ok(false);
        };
        let theirs = seconds(ts).and_then(|ts| i64::try_from(ts).ok()).ok_or(ResponseError::Malformed)?;
        if !verifies(&self.key, &of_time(ts), tsm) {
            return Err(ResponseError::WrongMac);
        }
        let ours = i64::try_from(self.clock.now().as_secs()).unwrap_or(i64::MAX);
        self.offset.store(theirs - ours, Ordering::Relaxed);
        Ok(true)
    }

    /// Creates a bewit for `GET` and `HEAD` of this URI: a value for its parameter `bewit`, valid for `lifetime` in whole
    /// seconds.
    ///
    /// # Errors
    ///
    /// If the URI is not absolute, has a bewit already or would be too long, or if the lifetime is less than a second.
    pub fn bewit(&self, uri: &Uri, lifetime: Duration, ext: Option<&str>) -> Result<String, SignError> {
        let Target { host, port, resource } = Target::of(uri)?;
        if Presented::find(resource).is_some() {
            return Err(SignError::HasBewit);
        }
        if ext.is_some_and(|ext| !is_value(ext)) {
            return Err(SignError::InvalidAttribute("ext"));
        }
        if lifetime.as_secs() == 0 {
            return Err(SignError::NoLifetime);
        }
        let exp = self.now().saturating_add(lifetime.as_secs());
        let mac = mac(&self.key, &signed_text(&exp.to_string(), resource, &host, port, ext));
        let bewit = encode(self.key.id(), exp, &mac, ext.unwrap_or_default());
        if resource.len() + "?bewit=".len() + bewit.len() > MAX_LENGTH {
            return Err(SignError::TooLong);
        }
        Ok(bewit)
    }

    /// Returns this URI with a [bewit](Self::bewit).
    ///
    /// ```
    /// # use auth_runtime::store::KeyAlgorithm;
    /// # use auth_keys::SigningKey;
    /// # use auth_signatures::hawk::Client;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = Client::new(SigningKey::generate("partner-1", KeyAlgorithm::HmacSha256)?)?;
    /// let uri = "https://api.example.org/reports/7?format=pdf".parse()?;
    /// let link = client.signed_uri(&uri, std::time::Duration::from_secs(600), None)?;
    /// assert!(link.to_string().starts_with("https://api.example.org/reports/7?format=pdf&bewit="));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bewit`](Self::bewit).
    pub fn signed_uri(&self, uri: &Uri, lifetime: Duration, ext: Option<&str>) -> Result<Uri, SignError> {
        let bewit = self.bewit(uri, lifetime, ext)?;
        let resource = Target::of(uri)?.resource;
        let separator = if resource.contains('?') { '&' } else { '?' };
        let mut parts = uri.clone().into_parts();
        let signed = format!("{resource}{separator}bewit={bewit}");
        parts.path_and_query = Some(signed.parse().map_err(|_| SignError::TooLong)?);
        Uri::from_parts(parts).map_err(|_| SignError::RelativeUri)
    }
}

/// The parts of a URI that a MAC covers.
struct Target<'a> {
    host: String,
    port: u16,
    resource: &'a str,
}

impl<'a> Target<'a> {
    fn of(uri: &'a Uri) -> Result<Self, SignError> {
        let default = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => return Err(SignError::RelativeUri),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(SignError::RelativeUri)?;
        let resource = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self { host: host.to_ascii_lowercase(), port: uri.port_u16().unwrap_or(default), resource })
    }
}

/// Returns `ts` and `tsm` of the Hawk challenge, which may be one of several in a header.
fn server_time(challenges: &str) -> Option<(&str, &str)> {
    let starts =
        (0..challenges.len()).filter(|&at| at == 0 || matches!(challenges.as_bytes()[at - 1], b' ' | b'\t' | b','));
    let hawks = starts.filter_map(|at| authorization_after_keyword(&challenges.as_bytes()[at..], KEYWORD));
    hawks.filter_map(|parameters| std::str::from_utf8(parameters).ok()).find_map(|mut rest| {
        let (mut ts, mut tsm) = (None, None);
        while let Some((name, value, after)) = next(rest) {
            match name {
                "ts" => ts = Some(value),
                "tsm" => tsm = Some(value),
                _ => {}
            }
            let Some(after) = after.trim_start().strip_prefix(',') else { break };
            rest = after;
        }
        ts.zip(tsm)
    })
}
