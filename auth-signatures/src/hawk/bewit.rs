//! [`HawkBewit`]: a signed URL that expires.

use std::time::Duration;

use auth_runtime::store::{Backend, KeyRecord, KeyStore};
use auth_runtime::{
    AuthError, AuthState, Authenticator, Challenge, CheckedScheme, CredentialSource, CsrfCheck, Outcome, PublicOrigin,
    Scheme, SchemeResult,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, StatusCode};

use super::artifacts::{Kind, Signed};
use super::attributes::{MAX_LENGTH, seconds};
use super::failure::{accept, failed, malformed};
use crate::destination;

/// A week in seconds. Links in mails and exports are rarely valid for longer.
const WEEK: u64 = 7 * 86_400;

/// Verifies `?bewit=`, a MAC over a URL and its expiry time: for links that are passed on.
///
/// Only for `GET` and `HEAD`. Anyone who has the link has access until it expires, any number of times. It does not cover a
/// body or headers. By default, a link may be valid for at most seven days; see `max_lifetime`. Verifying a link takes 6
/// allocations.
///
/// ```
/// # use auth_runtime::{authenticate, permission::IsAuthenticated};
/// use auth_signatures::hawk::HawkBewit;
///
/// #[authenticate(HawkBewit)]
/// #[permit(IsAuthenticated)]
/// async fn download() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct HawkBewit {
    /// How far ahead a link may expire, in seconds. A link that is valid for longer is refused until its expiry comes within
    /// this limit: a bewit contains its expiry time, not when it was made.
    pub max_lifetime: u64,
    /// Whether keys for HMAC with SHA-1 are accepted. For clients that do not support anything else.
    pub sha1: bool,
}

/// What the MAC of a bewit covers, besides the identity of the signer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BewitCredentials {
    /// The id of the key.
    pub key_id: String,
    /// The `ext` attribute of the signer's application.
    pub ext: Option<String>,
    /// When the URL expires, since the Unix epoch.
    pub expires: Duration,
}

impl HawkBewit {
    /// Checks the options when the chain is compiled.
    ///
    /// # Panics
    ///
    /// If the options are not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            self.max_lifetime > 0,
            "`max_lifetime` is 0, so that every link is good for too long; leave it out for seven days"
        );
        CheckedScheme { claim: CredentialSource::Query("bewit"), scheme: self }
    }

    /// Verifies the bewit of a request whose path and query have this length.
    async fn verify<S: AuthState>(
        self,
        length: usize,
        presented: Result<Presented<'_>, &'static str>,
        request: &Parts,
        state: &S,
    ) -> SchemeResult<<S::Backend as Backend>::User, BewitCredentials>
    where
        S::Backend: KeyStore,
    {
        let settings = state.auth_context().settings();
        let (text, resource) = read(request, length, presented)?;
        let bewit = Bewit::parse(&text).map_err(malformed)?;
        let signed = signed(request, settings.public_origin(), &bewit, &resource)?;

        let (backend, now) = (state.auth_context().backend(), settings.clock().now());
        let KeyRecord { key, user } = accept(backend, bewit.id, self.sha1, now, &signed, bewit.mac).await?;
        let expires = Duration::from_secs(bewit.seconds);
        if expires <= now {
            return Err(failed("the bewit has expired"));
        }
        if expires > now.saturating_add(Duration::from_secs(self.max_lifetime)) {
            return Err(failed("the bewit is good for longer than `max_lifetime`"));
        }
        let ext = Some(bewit.ext).filter(|ext| !ext.is_empty()).map(str::to_owned);
        Ok(Outcome::Authenticated(user, BewitCredentials { key_id: key.id().to_owned(), ext, expires }))
    }
}

impl Authenticator for HawkBewit {
    type Auth = BewitCredentials;
    const NAME: &'static str = "HawkBewit";
    const DEFAULT: Self = Self { max_lifetime: WEEK, sha1: false };
    const CSRF: CsrfCheck = CsrfCheck::Off;
}

impl<S: AuthState> Scheme<S> for HawkBewit
where
    S::Backend: KeyStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User, BewitCredentials> {
        let settings = state.auth_context().settings();
        let path_and_query = settings.public_origin().path_and_query(request);
        match Presented::find(&path_and_query) {
            None => Ok(Outcome::Skipped),
            // Boxed to keep the handler's future small, and with it the allocation for every request.
            Some(presented) => Box::pin(self.verify(path_and_query.len(), presented, request, state)).await,
        }
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Hawk"))
    }
}

/// Decodes the bewit of a request, and returns it with the path and query without it.
fn read(
    request: &Parts,
    length: usize,
    presented: Result<Presented<'_>, &'static str>,
) -> Result<(String, String), AuthError> {
    let Presented { value, resource } = presented.map_err(malformed)?;
    if length > MAX_LENGTH {
        return Err(malformed("the URI is too long"));
    }
    if value.is_empty() {
        return Err(malformed("the bewit is empty"));
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(failed("a bewit is for GET and HEAD alone"));
    }
    if request.headers.contains_key(AUTHORIZATION) {
        return Err(AuthError::other(
            StatusCode::BAD_REQUEST,
            "The request has a bewit and an Authorization header.",
            "multiple_authentications",
        ));
    }
    let text = Base64UrlUnpadded::decode_vec(value).map_err(|_| malformed("the bewit is not base64url"))?;
    let text = String::from_utf8(text).map_err(|_| malformed("the bewit is not UTF-8"))?;
    Ok((text, resource))
}

/// Returns the text that the signer signed.
fn signed(request: &Parts, origin: &PublicOrigin, bewit: &Bewit<'_>, resource: &str) -> Result<String, AuthError> {
    let origin = destination::received(request, origin).and_then(|origin| origin.ok_or("the request names no host"));
    let origin = origin.map_err(malformed)?;
    Ok(signed_text(bewit.exp, resource, origin.host(), origin.port(), Some(bewit.ext)))
}

/// The bewit parameter, and the path and query without it.
pub(super) struct Presented<'a> {
    pub(super) value: &'a str,
    pub(super) resource: String,
}

impl<'a> Presented<'a> {
    /// Finds the bewit of a URL at any position among the parameters. Everything else is unchanged.
    pub(super) fn find(path_and_query: &'a str) -> Option<Result<Self, &'static str>> {
        let (path, query) = path_and_query.split_once('?')?;
        let mut bewits = query.split('&').filter_map(bewit);
        let value = bewits.next()?;
        if bewits.next().is_some() {
            return Some(Err("there is more than one bewit"));
        }
        let mut resource = String::with_capacity(path_and_query.len());
        resource.push_str(path);
        let others = query.split('&').filter(|parameter| bewit(parameter).is_none());
        for (at, parameter) in others.enumerate() {
            resource.push(if at == 0 { '?' } else { '&' });
            resource.push_str(parameter);
        }
        Some(Ok(Self { value, resource }))
    }
}

/// Returns the value of the parameter if it is a bewit.
fn bewit(parameter: &str) -> Option<&str> {
    match parameter.strip_prefix("bewit")? {
        "" => Some(""),
        rest => rest.strip_prefix('='),
    }
}

/// The content of a bewit. `ext` is empty if it is missing.
struct Bewit<'a> {
    id: &'a str,
    exp: &'a str,
    seconds: u64,
    mac: &'a str,
    ext: &'a str,
}

impl<'a> Bewit<'a> {
    fn parse(text: &'a str) -> Result<Self, &'static str> {
        let mut parts = text.split('\\');
        let (Some(id), Some(exp), Some(mac), Some(ext), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("the bewit has not four parts");
        };
        if id.is_empty() || mac.is_empty() {
            return Err("the bewit has no id or no mac");
        }
        let seconds = seconds(exp).ok_or("the bewit's expiry is not a number of seconds")?;
        Ok(Self { id, exp, seconds, mac, ext })
    }
}

/// Encodes id, expiry, MAC and `ext` as one parameter.
pub(super) fn encode(id: &str, exp: u64, mac: &str, ext: &str) -> String {
    Base64UrlUnpadded::encode_string(format!("{id}\\{exp}\\{mac}\\{ext}").as_bytes())
}

/// Returns the text that the MAC of a bewit covers.
pub(super) fn signed_text(exp: &str, resource: &str, host: &str, port: u16, ext: Option<&str>) -> String {
    let method = Method::GET.as_str();
    Signed { ts: exp, method, resource, host, port, ext, ..Signed::default() }.text(Kind::Bewit)
}
