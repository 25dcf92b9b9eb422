//! The check itself, on the head of a request.

use http::header::UPGRADE;
use http::request::Parts;
use http::{Method, Version};

use super::failure::{Failure, TokenSource};
use super::provenance::{Provenance, check_referer};
use super::secret::Secret;
use crate::body::form::Form;
use crate::context::settings::{CsrfMode, CsrfSettings, Settings};
use crate::refusal::AuthError;
use crate::wire::cookie;
use crate::wire::method::is_safe;

/// How the requests of a scheme are checked for [forgery](crate::csrf): the value of
/// [`Authenticator::CSRF`](crate::Authenticator::CSRF).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum CsrfCheck {
    /// The credentials are a cookie, or depend on one. The browser must state that the request comes from an own page. If the
    /// browser states nothing, the request must carry the token.
    Cookie,
    /// A browser may send the credentials by itself, such as a password of `Basic` or a client certificate. A request is
    /// refused if the browser states that it comes from a page of another origin.
    Browser,
    /// A browser only sends the credentials if a page that knows them does so explicitly, as with an API key in a header.
    /// Nothing is checked.
    Off,
}

/// The CSRF secret of the login that a request came with. `None` means a login without one.
#[derive(Clone)]
pub(crate) struct LoginSecret(pub(crate) Option<String>);

impl std::fmt::Debug for LoginSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginSecret(..)")
    }
}

/// What the field of a form still has to prove.
#[derive(Debug, Clone)]
pub(crate) struct DeferredCsrf {
    expected: Secret,
    without_form: Result<(), Failure>,
}

impl DeferredCsrf {
    /// Returns the result if the form is not read.
    pub(crate) fn without_form(&self) -> Result<(), AuthError> {
        self.without_form.clone().map_err(Failure::into_error)
    }

    /// Returns the result for this value of the field. If the field is present, it decides; otherwise the header does.
    pub(crate) fn with_field(&self, field: Option<&str>) -> Result<(), AuthError> {
        match field {
            None | Some("") => self.without_form(),
            Some(token) => self.expected.matches(token, &TokenSource::Form).map_err(Failure::into_error),
        }
    }
}

/// What the head of a request proves.
#[derive(Debug)]
pub(crate) enum Checked {
    Passed,
    NeedsForm(DeferredCsrf),
}

/// What a request must prove.
enum Demand {
    Nothing,
    /// The request does not come from a page of another origin. A browser cannot send a token with a handshake.
    Provenance,
    /// The same, and the token unless the browser vouches for the request.
    Token,
}

impl Demand {
    fn of(request: &Parts) -> Self {
        if is_safe(&request.method) {
            if request.headers.contains_key(UPGRADE) { Self::Provenance } else { Self::Nothing }
        } else if request.method == Method::CONNECT && request.version >= Version::HTTP_2 {
            Self::Provenance
        } else {
            Self::Token
        }
    }
}

/// Checks the request of a caller whom a scheme identified. `login` is present if the caller used a login cookie.
///
/// Costs next to nothing if there is nothing to check, which is nearly always.
#[inline]
pub(crate) fn check(
    request: &Parts,
    settings: &Settings,
    scheme: CsrfCheck,
    login: Option<&LoginSecret>,
) -> Result<Checked, AuthError> {
    if scheme == CsrfCheck::Off {
        return Ok(Checked::Passed);
    }
    match (Demand::of(request), scheme) {
        (Demand::Nothing, _) => Ok(Checked::Passed),
        (Demand::Token, CsrfCheck::Cookie) => check_cookie(request, settings, login),
        (Demand::Provenance | Demand::Token, _) => check_provenance(request, settings),
    }
    .map_err(Failure::into_error)
}

/// Checks a request whose form was already read, for any caller.
pub(crate) fn check_form(
    request: &Parts,
    settings: &Settings,
    login: Option<&LoginSecret>,
    field: Option<&str>,
) -> Result<(), AuthError> {
    match check_cookie(request, settings, login) {
        Ok(Checked::Passed) => Ok(()),
        Ok(Checked::NeedsForm(deferred)) => deferred.with_field(field),
        Err(failure) => Err(failure.into_error()),
    }
}

/// Returns whether the request of a caller with a login cookie passes regardless of its CSRF token. If not, the login's secret
/// decides.
#[inline]
pub(crate) fn needs_no_token(request: &Parts, settings: &Settings) -> bool {
    is_safe(&request.method) || Provenance::of(request, settings).is_ok_and(|from| is_enough(&from, settings))
}

/// Returns whether a request from there needs no CSRF token.
fn is_enough(provenance: &Provenance, settings: &Settings) -> bool {
    *provenance == Provenance::Own && *settings.csrf().mode() == CsrfMode::OriginOrToken
}

fn check_provenance(request: &Parts, settings: &Settings) -> Result<Checked, Failure> {
    Provenance::of(request, settings).map(|_| Checked::Passed)
}

fn check_cookie(request: &Parts, settings: &Settings, login: Option<&LoginSecret>) -> Result<Checked, Failure> {
    let csrf = settings.csrf();
    let provenance = Provenance::of(request, settings)?;
    if is_enough(&provenance, settings) {
        return Ok(Checked::Passed);
    }
    if provenance == Provenance::Unknown {
        check_referer(request, settings)?;
    }
    let expected = expected_secret(request, settings, login)?;
    let without_form = check_header(request, csrf, &expected);
    if request.method == Method::POST && Form::is_in(&request.headers) {
        return Ok(Checked::NeedsForm(DeferredCsrf { expected, without_form }));
    }
    without_form.map(|()| Checked::Passed)
}

/// Returns the secret that the token must match: the login's, or else the cookie's.
fn expected_secret(request: &Parts, settings: &Settings, login: Option<&LoginSecret>) -> Result<Secret, Failure> {
    let is_in_login = *settings.csrf().secret_in_login() && login.is_some();
    let cookie = if is_in_login { None } else { cookie::value(&request.headers, settings.csrf_cookie_name()) };
    let cookie = cookie.map(Secret::of_cookie).transpose()?;
    match login.and_then(|LoginSecret(secret)| secret.as_deref()) {
        Some(secret) if is_in_login || cookie.is_some() => Secret::of_cookie(secret),
        _ => cookie.ok_or(Failure::CookieNotSet),
    }
}

fn check_header(request: &Parts, csrf: &CsrfSettings, expected: &Secret) -> Result<(), Failure> {
    let Some(token) = request.headers.get(csrf.header_name()) else { return Err(Failure::TokenMissing) };
    expected.matches(&String::from_utf8_lossy(token.as_bytes()), &TokenSource::Header(csrf.header_name().clone()))
}
