//! [`Hawk`]: requests with a MAC in the `Authorization` header.

use std::time::Duration;

use auth_runtime::body::{DEFAULT_LIMIT, DeferredBody, RequestBody};
use auth_runtime::store::{Backend, Key, KeyRecord, KeyStore, ReplayStore, Use};
use auth_runtime::{
    AuthContext, AuthError, AuthState, Authenticator, Challenge, CheckedScheme, CredentialSource, CsrfCheck, Digest,
    Outcome, PublicOrigin, Scheme, SchemeResult, authorization_after_keyword, authorization_is_for,
};
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;

use super::artifacts::{Artifacts, Kind, Signed};
use super::attributes::{KEYWORD, MAX_LENGTH, parse, seconds};
use super::failure::{accept, failed, malformed, stale};
use super::payload::{ClaimedHash, PayloadHash, content_type};
use super::response::Signer;
use crate::destination;
use crate::exchange::{BEFORE_RECORDS, Exchange};

/// How much longer than its message a nonce is kept, since the clocks of several servers differ.
const GRACE: Duration = Duration::from_secs(5);

/// Verifies `Authorization: Hawk`, a MAC over the method, the URL, the time, a nonce and, by default, the body.
///
/// The router needs a [`SignatureLayer`](crate::SignatureLayer). The [module](crate::hawk) describes what is signed and how
/// requests are refused. Verifying a request takes 4 allocations, or 11 with a body of one chunk.
///
/// ```
/// # use auth_runtime::{authenticate, permission::IsAuthenticated};
/// use auth_signatures::hawk::Hawk;
///
/// #[authenticate(Hawk(max_skew = 30))]
/// #[permit(IsAuthenticated)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Hawk {
    /// How far the caller's clock may differ from this server's, in seconds: 1 to 3600. Nonces are kept as long.
    pub max_skew: u64,
    /// Whether a body may be unsigned. If there is a hash, it is still verified.
    pub unsigned_body: bool,
    /// The maximum length of a body, in bytes; a longer one is refused with 413.
    pub body_limit: usize,
    /// Whether the body is passed on while it is being verified, regardless of its length: see [`DeferredBody::with_stream`].
    pub stream: bool,
    /// Whether keys for HMAC with SHA-1 are accepted. For clients that do not support anything else.
    pub sha1: bool,
}

/// What the MAC of a request covers, besides the identity of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HawkCredentials {
    /// The id of the key.
    pub key_id: String,
    /// The `ext` attribute of the caller's application.
    pub ext: Option<String>,
    /// The application that the credentials were issued to.
    pub app: Option<String>,
    /// The application that delegated them.
    pub dlg: Option<String>,
    /// Whether the MAC covers the body and its media type.
    pub signs_body: bool,
}

impl Hawk {
    /// Checks the options when the chain is compiled.
    ///
    /// # Panics
    ///
    /// If the options are not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            self.max_skew >= 1 && self.max_skew <= 3600,
            "`max_skew` is not between 1 and 3600 seconds; leave it out for 60"
        );
        assert!(self.body_limit > 0, "`body_limit` is 0, so that no body could be verified; give a number of bytes");
        assert!(
            !self.stream || self.body_limit == DEFAULT_LIMIT,
            "`body_limit` has no meaning with `stream`, which keeps no body; leave one of them out"
        );
        CheckedScheme { claim: CredentialSource::Authorization(KEYWORD), scheme: self }
    }

    /// Verifies a message with this text after the keyword.
    async fn verify<S: AuthState>(
        self,
        text: Result<&str, &'static str>,
        request: &Parts,
        state: &S,
    ) -> SchemeResult<<S::Backend as Backend>::User, HawkCredentials>
    where
        S::Backend: KeyStore + ReplayStore,
    {
        let (exchange, body) = (Exchange::of(request)?, RequestBody::of(request)?);
        let header = text.and_then(Header::parse).map_err(malformed)?;
        let settings = state.auth_context().settings();
        let signed = header.signed(request, settings.public_origin()).map_err(malformed)?;

        let backend = state.auth_context().backend();
        let now = settings.clock().now();
        let KeyRecord { key, user } = accept(backend, header.id, self.sha1, now, &signed, header.mac).await?;
        drop(signed);
        let hash = self.hash(&header, request, body)?;
        self.first_use(&header, &key, now, exchange, state.auth_context()).await?;

        let credentials = header.credentials();
        let deferred = hash.map(|hash| self.deferred(&key, &request.headers, hash));
        exchange.sign_response(|| {
            let request = header.artifacts(request, settings.public_origin())?;
            Some(Signer { key, request })
        });
        Ok(match deferred {
            Some(body) => Outcome::Deferred(user, credentials, body.into()),
            None => Outcome::Authenticated(user, credentials),
        })
    }

    /// Returns the claimed hash of the body. Fails if the hash is missing but required.
    fn hash<'a>(self, header: &Header<'a>, request: &Parts, body: &RequestBody) -> Result<Option<&'a str>, AuthError> {
        let mut types = request.headers.get_all(CONTENT_TYPE).iter();
        let has_type = types.next().is_some();
        match header.hash {
            // The hash would cover only one of them, and a handler could read another one.
            Some(_) if types.next().is_some() => Err(failed("there is more than one Content-Type")),
            None if !self.unsigned_body && (has_type || !body.is_empty()) => {
                Err(failed("there is a body or a Content-Type, and no hash of it"))
            }
            hash => Ok(hash),
        }
    }

    /// Accepts a message with a valid MAC unless it was used before.
    async fn first_use<B: Backend + ReplayStore>(
        self,
        header: &Header<'_>,
        key: &Key,
        now: Duration,
        exchange: &Exchange,
        context: &AuthContext<B>,
    ) -> Result<(), AuthError> {
        let made = Duration::from_secs(header.seconds);
        let skew = Duration::from_secs(self.max_skew);
        if now.abs_diff(made) > skew {
            return Err(stale(key, now));
        }
        // Attributes do not contain line breaks.
        let nonce = Digest::of_parts(&[header.id, "\n", header.ts, "\n", header.nonce].map(str::as_bytes));
        match exchange.record_use(context, "hawk", nonce, made..made + skew + GRACE).await? {
            Use::First => Ok(()),
            // A client that adjusts its clock by the challenge and signs again is accepted.
            Use::BeforeRecords => Err(stale(key, now).because(BEFORE_RECORDS)),
            _ => Err(failed("the nonce was used before")),
        }
    }

    fn deferred(self, key: &Key, headers: &HeaderMap, hash: &str) -> DeferredBody {
        let hasher = PayloadHash::new(key.algorithm(), content_type(headers));
        let body = DeferredBody::new(ClaimedHash { hash: hasher, claimed: hash.to_owned() });
        body.with_limit(self.body_limit).with_stream(self.stream)
    }
}

impl Authenticator for Hawk {
    type Auth = HawkCredentials;
    const NAME: &'static str = "Hawk";
    const DEFAULT: Self =
        Self { max_skew: 60, unsigned_body: false, body_limit: DEFAULT_LIMIT, stream: false, sha1: false };
    const CSRF: CsrfCheck = CsrfCheck::Off;
}

impl<S: AuthState> Scheme<S> for Hawk
where
    S::Backend: KeyStore + ReplayStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User, HawkCredentials> {
        match Header::find(&request.headers) {
            None => Ok(Outcome::Skipped),
            // Boxed to keep the handler's future small, and with it the allocation for every request.
            Some(text) => Box::pin(self.verify(text, request, state)).await,
        }
    }

    fn is_addressed(&self, request: &Parts, _: &S) -> bool {
        authorization_is_for(&request.headers, KEYWORD)
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new(KEYWORD))
    }
}

/// The attributes of a request.
struct Header<'a> {
    id: &'a str,
    ts: &'a str,
    seconds: u64,
    nonce: &'a str,
    mac: &'a str,
    hash: Option<&'a str>,
    ext: Option<&'a str>,
    app: Option<&'a str>,
    dlg: Option<&'a str>,
}

impl<'a> Header<'a> {
    /// Returns the text after the keyword, if the keyword is Hawk's.
    fn find(headers: &'a HeaderMap) -> Option<Result<&'a str, &'static str>> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next()?.as_bytes();
        let text = authorization_after_keyword(value, KEYWORD)?;
        Some(if values.next().is_some() {
            Err("there is more than one Authorization header")
        } else if value.len() > MAX_LENGTH {
            Err("the header is too long")
        } else {
            std::str::from_utf8(text).map_err(|_| "the header is not ASCII")
        })
    }

    fn parse(text: &'a str) -> Result<Self, &'static str> {
        let names = ["id", "ts", "nonce", "mac", "hash", "ext", "app", "dlg"];
        let [id, ts, nonce, mac, hash, ext, app, dlg] = parse(text, names)?;
        let (Some(id), Some(ts), Some(nonce), Some(mac)) = (id, ts, nonce, mac) else {
            return Err("id, ts, nonce or mac is missing");
        };
        let seconds = seconds(ts).ok_or("ts is not a number of seconds")?;
        // The MAC covers `dlg` only if there is an `app`.
        if dlg.is_some() && app.is_none() {
            return Err("there is a dlg without an app");
        }
        Ok(Self { id, ts, seconds, nonce, mac, hash, ext, app, dlg })
    }

    /// Returns the text that the MAC should cover.
    ///
    /// # Errors
    ///
    /// If the request names no host or two hosts.
    fn signed(&self, request: &Parts, origin: &PublicOrigin) -> Result<String, &'static str> {
        let resource = &origin.path_and_query(request);
        let origin = destination::received(request, origin)?.ok_or("the request names no host")?;
        let Self { ts, nonce, hash, ext, app, dlg, .. } = *self;
        let (method, host, port) = (request.method.as_str(), origin.host(), origin.port());
        Ok(Signed { ts, nonce, method, resource, host, port, hash, ext, app, dlg }.text(Kind::Header))
    }

    /// Returns the same data, to be kept until the response is signed.
    fn artifacts(&self, request: &Parts, origin: &PublicOrigin) -> Option<Artifacts> {
        let resource = origin.path_and_query(request).into_owned();
        let origin = origin.of(request)?;
        Some(Artifacts {
            ts: self.ts.to_owned(),
            nonce: self.nonce.to_owned(),
            method: request.method.as_str().to_owned(),
            resource,
            host: origin.host().to_owned(),
            port: origin.port(),
            hash: self.hash.map(str::to_owned),
            ext: self.ext.map(str::to_owned),
            app: self.app.map(str::to_owned),
            dlg: self.dlg.map(str::to_owned),
        })
    }

    fn credentials(&self) -> HawkCredentials {
        HawkCredentials {
            key_id: self.id.to_owned(),
            ext: self.ext.map(str::to_owned),
            app: self.app.map(str::to_owned),
            dlg: self.dlg.map(str::to_owned),
            signs_body: self.hash.is_some(),
        }
    }
}
