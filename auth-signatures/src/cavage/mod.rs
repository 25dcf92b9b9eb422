#![doc = include_str!("../../docs/cavage.md")]

mod algorithm;
mod digest;
mod header;
mod signer;
mod signing_string;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

use auth_runtime::body::{DEFAULT_LIMIT, DeferredBody, RequestBody};
use auth_runtime::http::header::{AUTHORIZATION, DATE};
use auth_runtime::http::request::Parts;
use auth_runtime::http::{HeaderMap, HeaderName};
use auth_runtime::store::{Backend, KeyStore, ReplayStore, Use};
use auth_runtime::{
    AuthError, AuthState, Authenticator, Challenge, CheckedScheme, CredentialSource, CsrfCheck, Digest, Outcome,
    Scheme, SchemeResult, authorization_after_keyword, authorization_is_for, is_same_text,
};

pub use self::signer::CavageSigner;

use self::algorithm::agrees;
use self::header::{Fault, Parameters};
use self::signing_string::Message;
use crate::caller::find_signer;
use crate::exchange::{BEFORE_RECORDS, Exchange};
use crate::option::{LONGEST, is_printable};
use crate::{content, destination};
use auth_keys::signature::ClaimedSignature;

/// Verifies `Authorization: Signature keyId="..",..` of the expired draft `draft-cavage-http-signatures-12`, for callers that
/// do not support anything newer. Verifying a request takes 5 allocations with a MAC, or 11 with a body of one chunk; with a
/// public key aws-lc makes some more.
///
/// ```
/// use auth_runtime::authenticate;
/// use auth_runtime::permission::IsAuthenticated;
/// use auth_signatures::CavageSignature;
///
/// #[authenticate(CavageSignature(max_age = 60))]
/// #[permit(IsAuthenticated)]
/// async fn inbox() -> &'static str {
///     "empty"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, clippy::struct_excessive_bools)] // options, named where they are set
pub struct CavageSignature {
    /// The names that a signature must cover, in lower case: headers, `(request-target)`, `(created)`, `(expires)`.
    pub headers: &'static [&'static str],
    /// How many seconds a request is accepted after its `Date`, or `created`.
    pub max_age: u64,
    /// How many seconds the caller's clock may be ahead.
    pub max_skew: u64,
    /// The realm of the challenge.
    pub realm: &'static str,
    /// Whether the signature is in the header `Signature` instead of `Authorization`.
    pub signature_header: bool,
    /// Whether a body without a signed `Digest` is accepted.
    pub unsigned_body: bool,
    /// Whether a signature that covers a `Digest` may leave out `Content-Type` and `Content-Encoding`. For callers that do not
    /// sign them: an intermediary can then choose how a handler reads the body.
    pub unsigned_content_type: bool,
    /// The maximum length of the body, in bytes.
    pub body_limit: usize,
    /// Whether the body is passed on while it is being verified: see [`DeferredBody::with_stream`].
    pub stream: bool,
}

/// What a request signed with [`CavageSignature`]: a handler's `#[auth]`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CavageCredentials {
    /// The id of the key.
    pub key_id: String,
}

impl CavageSignature {
    /// Checks the options when the chain is compiled.
    ///
    /// # Panics
    ///
    /// If the options are not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        let (mut at, mut target) = (0, false);
        while at < self.headers.len() {
            let name = self.headers[at];
            assert!(
                is_name(name),
                "`headers` has something that is no name; write headers in lower case, such as `\"content-type\"`, and \
                 `\"(request-target)\"`"
            );
            let mut earlier = 0;
            while earlier < at {
                assert!(!is_same_text(self.headers[earlier], name), "`headers` names one twice; remove one of them");
                earlier += 1;
            }
            target |= is_same_text(name, "(request-target)");
            at += 1;
        }
        // Besides these, a signature covers a time, the digest of the body, and two headers that describe it.
        assert!(
            self.headers.len() <= header::MAX_NAMES - 4,
            "`headers` has more than 28, and no signature may cover so many; remove some"
        );
        assert!(
            target,
            "`headers` lacks `\"(request-target)\"`, so that a signature would be good for every path; add it"
        );
        assert!(
            self.max_age > 0 && self.max_age <= LONGEST,
            "`max_age` is not between a second and a day; give it in seconds, such as `max_age = 300`"
        );
        assert!(self.max_skew <= LONGEST, "`max_skew` is more than a day; give it in seconds, such as `max_skew = 30`");
        assert!(
            !self.realm.is_empty() && is_printable(self.realm),
            "`realm` is empty or not printable ASCII; give the protected space a name, such as `realm = \"api\"`"
        );
        assert!(
            self.body_limit > 0 || self.stream,
            "`body_limit` is 0, so that every body is too long; give it some bytes, or write `stream = true`"
        );
        let claim = if self.signature_header {
            CredentialSource::Header("signature")
        } else {
            CredentialSource::Authorization("Signature")
        };
        CheckedScheme { claim, scheme: self }
    }

    /// Returns the parameters of the signature, if the request has one for this scheme.
    fn read<'a>(&self, request: &'a Parts) -> Result<Option<&'a str>, Fault> {
        let name = if self.signature_header { HeaderName::from_static("signature") } else { AUTHORIZATION };
        if self.signature_header && request.headers.contains_key("signature-input") {
            // The header of this name belongs to RFC 9421.
            return Ok(None);
        }
        let mut values = request.headers.get_all(name).iter();
        let Some(value) = values.next() else { return Ok(None) };
        let parameters = if self.signature_header {
            value.as_bytes()
        } else {
            match authorization_after_keyword(value.as_bytes(), "Signature") {
                Some(parameters) => parameters,
                None => return Ok(None),
            }
        };
        if values.next().is_some() {
            return Err("the header stands twice");
        }
        std::str::from_utf8(parameters).map(Some).map_err(|_| "the header is no text")
    }

    /// Returns when the request was made, and when it expires.
    fn validity(&self, request: &Parts, parameters: &Parameters<'_>, now: Duration) -> Result<Range<Duration>, Fault> {
        let covers = |name| parameters.names.contains(&name);
        let made = if covers("(created)") {
            seconds(parameters.created.unwrap_or_default()).ok_or("`created` is no time")?
        } else if covers("date") {
            let date = request.headers.get(DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| httpdate::parse_http_date(date).ok()).ok_or("`Date` is no time")?;
            date.duration_since(UNIX_EPOCH).map_err(|_| "`Date` is before 1970")?
        } else {
            return Err("neither `date` nor `(created)` is covered");
        };
        if made > now + Duration::from_secs(self.max_skew) {
            return Err("the request is from the future");
        }
        let until = made.saturating_add(Duration::from_secs(self.max_age));
        let until = match parameters.expires {
            Some(_) if !covers("(expires)") => return Err("`expires` is not covered"),
            Some(expires) => until.min(seconds(expires).ok_or("`expires` is no time")?),
            None => until,
        };
        if now < until { Ok(made..until) } else { Err("the request is too old") }
    }

    /// Returns a name other than a time that must be covered but is not.
    fn uncovered(&self, parameters: &Parameters<'_>, request: &HeaderMap, has_body: bool) -> Option<&'static str> {
        let signs_body = has_body && !self.unsigned_body;
        let digest = signs_body.then_some("digest");
        let signs_type = signs_body && !self.unsigned_content_type;
        let description = if signs_type { content::description(request) } else { [None; 2] };
        let mut wanted = self.headers.iter().copied().chain(digest).chain(description.into_iter().flatten());
        wanted.find(|name| !parameters.names.contains(name))
    }

    /// Verifies the signature with these parameters.
    async fn verify<S: AuthState>(
        self,
        text: &str,
        request: &Parts,
        state: &S,
    ) -> SchemeResult<<S::Backend as Backend>::User, CavageCredentials>
    where
        S::Backend: KeyStore + ReplayStore,
    {
        let (exchange, body) = (Exchange::of(request)?, RequestBody::of(request)?);
        let settings = state.auth_context().settings();
        let (backend, now) = (state.auth_context().backend(), settings.clock().now());

        let parameters = Parameters::parse(text).map_err(refused)?;
        let origin = destination::received(request, settings.public_origin()).map_err(refused)?;
        let origin = origin.ok_or_else(|| refused("the request names no host"))?;
        let message = Message {
            method: &request.method,
            target: &settings.public_origin().path_and_query(request),
            authority: origin.authority(),
            headers: &request.headers,
            created: parameters.created,
            expires: parameters.expires,
        };
        let signed = message.signing_string(&parameters.names);
        let signed = signed.map_err(|name| refused(format!("`{name}` is covered and not there, or no text")))?;
        let usable = |algorithm| agrees(parameters.algorithm, algorithm);
        let signature = ClaimedSignature::Base64(parameters.signature);
        let record = find_signer(backend, parameters.key_id, usable, now, signed.as_bytes(), signature).await?;
        let record = record.map_err(refused)?;

        if let Some(name) = self.uncovered(&parameters, &request.headers, !body.is_empty()) {
            return Err(refused(format!("`{name}` is not covered")));
        }
        let validity = self.validity(request, &parameters, now).map_err(refused)?;
        let digest = if parameters.names.contains(&"digest") {
            Some(digest::verifier(&request.headers, || refused("the body is another one")).map_err(refused)?)
        } else {
            None
        };
        // The draft has no nonce, but requests with different times or bodies never have the same parameters.
        let nonce = Digest::of_parts(&[parameters.key_id.as_bytes(), b"\0", signed.as_bytes()]);
        match exchange.record_use(state.auth_context(), "cavage", nonce, validity).await? {
            Use::First => {}
            Use::BeforeRecords => return Err(refused(BEFORE_RECORDS)),
            _ => return Err(refused("the signature was used before")),
        }
        let credentials = CavageCredentials { key_id: record.key.id().to_owned() };
        Ok(match digest {
            None => Outcome::Authenticated(record.user, credentials),
            Some(digest) => {
                let body = DeferredBody::new(digest).with_limit(self.body_limit).with_stream(self.stream);
                Outcome::Deferred(record.user, credentials, body.into())
            }
        })
    }
}

impl Authenticator for CavageSignature {
    type Auth = CavageCredentials;
    const NAME: &'static str = "CavageSignature";
    const DEFAULT: Self = Self {
        headers: &["(request-target)", "host"],
        max_age: 300,
        max_skew: 30,
        realm: "api",
        signature_header: false,
        unsigned_body: false,
        unsigned_content_type: false,
        body_limit: DEFAULT_LIMIT,
        stream: false,
    };
    const CSRF: CsrfCheck = CsrfCheck::Off;
}

impl<S: AuthState> Scheme<S> for CavageSignature
where
    S::Backend: KeyStore + ReplayStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User, CavageCredentials> {
        match self.read(request).map_err(refused)? {
            None => Ok(Outcome::Skipped),
            // Boxed to keep the handler's future small, and with it the allocation for every request.
            Some(text) => Box::pin(self.verify(text, request, state)).await,
        }
    }

    fn is_addressed(&self, request: &Parts, _: &S) -> bool {
        self.signature_header || authorization_is_for(&request.headers, "Signature")
    }

    fn challenge(&self) -> Option<Challenge> {
        let wanted = [&self.headers.join(" "), "date"].join(" ");
        Some(Challenge::new("Signature").param("realm", self.realm).param("headers", &wanted))
    }
}

/// Parses a time parameter: whole seconds since the Unix epoch. An optional fraction is ignored.
fn seconds(text: &str) -> Option<Duration> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    whole.parse().ok().map(Duration::from_secs)
}

fn refused(reason: impl Into<Box<dyn Error + Send + Sync>>) -> AuthError {
    AuthError::authentication_failed("Invalid signature.").because(reason)
}

/// Returns whether this is the name of a header in lower case, or one of the draft's own names.
const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !(bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit() || bytes[at] == b'-' || bytes[at] == b'_') {
            return is_same_text(name, "(request-target)")
                || is_same_text(name, "(created)")
                || is_same_text(name, "(expires)");
        }
        at += 1;
    }
    at > 0
}
