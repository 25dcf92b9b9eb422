//! Cross-site request forgery: how a logged-in browser's own requests are told from those that another site made it send.
//!
//! Only schemes whose credentials the browser sends by itself need it, so [`Session`](crate::scheme::Session) alone
//! checks, and only for a caller that it identified and a method that changes something. The token and its cookie are
//! those of Django, so that a front end can move unchanged.

use std::fmt;

use http::header::{ORIGIN, REFERER};
use http::request::Parts;
use http::{Method, Uri};

use crate::authenticator::{Outcome, Verdict};
use crate::cookie;
use crate::error::AuthError;
use crate::form::Form;
use crate::origin::Origin;
use crate::settings::{CsrfMode, CsrfSettings, Settings};

mod form;
mod token;

pub use self::form::{CsrfForm, VerifiesCsrfForm, verify_form};
pub(crate) use self::form::{VerifiedForm, read_verified};
pub use self::token::CsrfToken;
use self::token::Secret;
pub(crate) use self::token::new_secret;

/// The name of the form field with the token.
pub const FORM_FIELD: &str = "csrfmiddlewaretoken";

/// What is left to be proved by the field of a form: see [`Outcome::Deferred`].
#[derive(Debug, Clone)]
pub struct DeferredCsrf {
    expected: Secret,
    without_form: Result<(), Failure>,
}

impl DeferredCsrf {
    /// What holds when nobody reads the form.
    pub(crate) fn without_form(&self) -> Result<(), AuthError> {
        self.without_form.clone().map_err(Failure::into_error)
    }

    /// What holds with this value of the field. A field that is there decides; the header counts where there is none.
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

/// Checks a request of a logged-in caller. `bound` is the secret of its login record.
pub(crate) fn check(request: &Parts, settings: &Settings, bound: Option<&str>) -> Result<Checked, AuthError> {
    if is_safe(&request.method) {
        return Ok(Checked::Passed);
    }
    check_unsafe(request, settings, bound, !*settings.csrf().secret_in_login()).map_err(Failure::into_error)
}

/// Checks a request whose form was read already, whoever it is from.
pub(crate) fn check_form(
    request: &Parts,
    settings: &Settings,
    bound: Option<&str>,
    field: Option<&str>,
) -> Result<(), AuthError> {
    // Before anybody is logged in there is no login to keep the secret.
    match check_unsafe(request, settings, bound, !*settings.csrf().secret_in_login() || bound.is_none()) {
        Ok(Checked::Passed) => Ok(()),
        Ok(Checked::NeedsForm(deferred)) => deferred.with_field(field),
        Err(failure) => Err(failure.into_error()),
    }
}

pub(crate) fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(method)
}

/// The verdict of a scheme of one's own that knows the caller by what a browser sends by itself: a cookie of another layer, a
/// client certificate, an address. A method that changes something must pass the check that
/// [`Session`](crate::scheme::Session) makes.
///
/// Where the browser says neither `Origin` nor `Sec-Fetch-Site`, and in [`CsrfMode::Token`], the cookie's token counts: there
/// is no login record that could keep it.
///
/// ```
/// use auth_runtime::http::request::Parts;
/// use auth_runtime::{AuthState, Outcome, User, Verdict, csrf};
///
/// fn judge<S: AuthState, U: User>(known: Option<U>, request: &Parts, state: &S) -> Verdict<U> {
///     match known.filter(User::is_active) {
///         Some(user) => csrf::protect(request, state.authentication().settings(), user, ()),
///         None => Ok(Outcome::Skipped),
///     }
/// }
/// ```
///
/// # Errors
///
/// 403 when the request comes from another site, or does not prove that it does not.
pub fn protect<U, A>(request: &Parts, settings: &Settings, user: U, auth: A) -> Verdict<U, A> {
    if is_safe(&request.method) {
        return Ok(Outcome::Authenticated(user, auth));
    }
    Ok(match check_unsafe(request, settings, None, true).map_err(Failure::into_error)? {
        Checked::Passed => Outcome::Authenticated(user, auth),
        Checked::NeedsForm(deferred) => Outcome::Deferred(user, auth, deferred.into()),
    })
}

fn check_unsafe(
    request: &Parts,
    settings: &Settings,
    bound: Option<&str>,
    cookie_counts: bool,
) -> Result<Checked, Failure> {
    let csrf = settings.csrf();
    if check_provenance(request, settings)? == Provenance::Own && *csrf.mode() == CsrfMode::OriginOrToken {
        return Ok(Checked::Passed);
    }
    let cookie = if cookie_counts { cookie::value(&request.headers, settings.csrf_cookie_name()) } else { None };
    let expected = match (cookie.map(Secret::of_cookie).transpose()?, bound) {
        (_, Some(bound)) if *csrf.secret_in_login() || cookie.is_some() => Secret::of_cookie(bound)?,
        (Some(cookie), _) => cookie,
        (None, _) => return Err(Failure::CookieNotSet),
    };
    let without_form = check_header(request, csrf, &expected);
    if request.method == Method::POST && Form::is_in(&request.headers) {
        return Ok(Checked::NeedsForm(DeferredCsrf { expected, without_form }));
    }
    without_form.map(|()| Checked::Passed)
}

fn check_header(request: &Parts, csrf: &CsrfSettings, expected: &Secret) -> Result<(), Failure> {
    let Some(token) = request.headers.get(csrf.header_name()) else { return Err(Failure::TokenMissing) };
    expected.matches(&String::from_utf8_lossy(token.as_bytes()), &TokenSource::Header(csrf.header_name().clone()))
}

/// What a browser says of the page that a request comes from.
#[derive(PartialEq, Eq)]
enum Provenance {
    Own,
    Unknown,
}

fn check_provenance(request: &Parts, settings: &Settings) -> Result<Provenance, Failure> {
    let own = settings.public_origin().of(request);
    let trusted = settings.csrf().trusted_origins();
    if let Some(origin) = request.headers.get(ORIGIN) {
        let text = String::from_utf8_lossy(origin.as_bytes());
        let good = Origin::parse(&text).is_ok_and(|origin| {
            Some(&origin) == own.as_ref() || trusted.iter().any(|trusted| trusted.matches(&origin))
        });
        return if good { Ok(Provenance::Own) } else { Err(Failure::ForeignOrigin(text.into_owned())) };
    }
    if *settings.csrf().mode() == CsrfMode::OriginOrToken
        && let Some(site) = request.headers.get("sec-fetch-site")
    {
        match site.as_bytes() {
            b"same-origin" => return Ok(Provenance::Own),
            b"none" => {}
            _ => return Err(Failure::ForeignSite),
        }
    }
    if own.as_ref().is_some_and(Origin::is_https) {
        check_referer(request, own.as_ref(), settings.csrf())?;
    }
    Ok(Provenance::Unknown)
}

fn check_referer(request: &Parts, own: Option<&Origin>, csrf: &CsrfSettings) -> Result<(), Failure> {
    let Some(referer) = request.headers.get(REFERER) else { return Err(Failure::NoReferer) };
    let text = String::from_utf8_lossy(referer.as_bytes()).into_owned();
    let parsed = text.parse::<Uri>().ok();
    let (Some(scheme), Some(authority)) =
        (parsed.as_ref().and_then(Uri::scheme_str), parsed.as_ref().and_then(Uri::authority))
    else {
        return Err(Failure::MalformedReferer);
    };
    if scheme != "https" {
        return Err(Failure::InsecureReferer);
    }
    let good = Origin::parse(&format!("https://{authority}")).is_ok_and(|origin| {
        Some(&origin) == own
            || csrf.trusted_origins().iter().any(|trusted| trusted.matches_authority(origin.authority()))
    });
    if good { Ok(()) } else { Err(Failure::ForeignReferer(text)) }
}

/// Why the check failed. What it displays is what the caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Failure {
    ForeignOrigin(String),
    ForeignSite,
    NoReferer,
    MalformedReferer,
    InsecureReferer,
    ForeignReferer(String),
    CookieNotSet,
    Cookie(Fault),
    TokenMissing,
    Token(TokenSource, Fault),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenSource {
    Form,
    Header(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Length,
    Characters,
    Value,
}

impl Failure {
    fn into_error(self) -> AuthError {
        AuthError::permission_denied().with_detail(format!("CSRF Failed: {self}")).with_code("csrf_failed")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignOrigin(origin) => {
                write!(f, "Origin checking failed - {origin} does not match any trusted origins.")
            }
            Self::ForeignSite => f.write_str("Origin checking failed - the request comes from another site."),
            Self::NoReferer => f.write_str("Referer checking failed - no Referer."),
            Self::MalformedReferer => f.write_str("Referer checking failed - Referer is malformed."),
            Self::InsecureReferer => f.write_str("Referer checking failed - Referer is insecure while host is secure."),
            Self::ForeignReferer(referer) => {
                write!(f, "Referer checking failed - {referer} does not match any trusted origins.")
            }
            Self::CookieNotSet => f.write_str("CSRF cookie not set."),
            Self::Cookie(fault) => write!(f, "CSRF cookie {fault}."),
            Self::TokenMissing => f.write_str("CSRF token missing."),
            Self::Token(source, fault) => write!(f, "CSRF token from {source} {fault}."),
        }
    }
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("POST"),
            Self::Header(name) => {
                f.write_str("the '")?;
                for (at, word) in name.split('-').enumerate() {
                    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                    let dash = if at == 0 { "" } else { "-" };
                    write!(f, "{dash}{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())?;
                }
                f.write_str("' HTTP header")
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "has incorrect length",
            Self::Characters => "has invalid characters",
            Self::Value => "incorrect",
        })
    }
}
