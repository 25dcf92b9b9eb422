//! Why a request is refused as a forgery: the framework's text for the client, and the cause for the log.

use std::fmt;

use crate::refusal::AuthError;
use crate::wire::origin::Origin;

/// Why the check failed. `Display` writes what the client sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    ForeignOrigin { origin: String, own: Option<Origin> },
    ForeignSite { site: String, own: Option<Origin> },
    NoReferer,
    MalformedReferer,
    InsecureReferer,
    ForeignReferer { referer: String, origin: Option<Origin>, own: Origin },
    CookieNotSet,
    Cookie(Fault),
    TokenMissing,
    Token(TokenSource, Fault),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenSource {
    Form,
    Header(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Length,
    Characters,
    Value,
}

impl Failure {
    pub(super) fn into_error(self) -> AuthError {
        let error = AuthError::permission_denied().with_detail(format!("CSRF Failed: {self}")).with_code("csrf_failed");
        match self.cause() {
            Some(cause) => error.because(cause),
            None => error,
        }
    }

    /// Returns the origins that were compared, if any were.
    fn cause(self) -> Option<Mismatch> {
        let (header, sent, own) = match self {
            Self::ForeignOrigin { origin, own } => ("Origin", origin, own),
            Self::ForeignSite { site, own } => ("Sec-Fetch-Site", site, own),
            // The path may contain secrets.
            Self::ForeignReferer { origin, own, .. } => {
                ("Referer", origin.map_or_else(|| "not an origin".to_owned(), |origin| origin.to_string()), Some(own))
            }
            _ => return None,
        };
        Some(Mismatch { header, sent, own })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignOrigin { origin, .. } => {
                write!(f, "Origin checking failed - {origin} does not match any trusted origins.")
            }
            Self::ForeignSite { .. } => f.write_str("Origin checking failed - the request comes from another site."),
            Self::NoReferer => f.write_str("Referer checking failed - no Referer."),
            Self::MalformedReferer => f.write_str("Referer checking failed - Referer is malformed."),
            Self::InsecureReferer => f.write_str("Referer checking failed - Referer is insecure while host is secure."),
            Self::ForeignReferer { referer, .. } => {
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

/// Two origins that differ, and the setting that would allow it. Logged, never sent.
#[derive(Debug)]
struct Mismatch {
    header: &'static str,
    sent: String,
    own: Option<Origin>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { header, sent, own } = self;
        write!(f, "`{header}` says {sent}; ")?;
        match own {
            Some(own) => write!(f, "this application is {own} by `Settings::public_origin`. ")?,
            None => f.write_str("the request names no host, so that `Settings::public_origin` finds no origin. ")?,
        }
        let sent = Origin::parse(sent).ok();
        match (&sent, own) {
            (Some(sent), Some(own)) if sent.host() == own.host() && sent.is_https() != own.is_https() => {
                let scheme = if sent.is_https() { "https" } else { "http" };
                write!(
                    f,
                    "The scheme differs: if browsers use {scheme}, say so by `Settings::with_public_origin`, or name the proxy \
                     that takes off TLS by `Settings::with_proxies`; on your own machine use `Settings::for_development`"
                )
            }
            (Some(sent), _) => write!(
                f,
                "If browsers know the application as {sent}, say so by `Settings::with_public_origin`; if pages of that \
                 origin may send requests, add it by `CsrfSettings::with_trusted_origins`"
            ),
            (None, _) => f.write_str(
                "If it is a page of the application, let it send `Referrer-Policy: same-origin`; if pages of another \
                 origin may send requests, add that origin by `CsrfSettings::with_trusted_origins`",
            ),
        }
    }
}

impl std::error::Error for Mismatch {}
