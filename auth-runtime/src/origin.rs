//! Origins (RFC 6454): [`PublicOrigin`], under which a browser sees the application, and whom it trusts.

use std::borrow::Cow;
use std::fmt;

use http::Uri;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};

use crate::proxies::Proxies;

/// A scheme and an authority, such as `https://app.example.org:8443`. Default ports are left out, letters are lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    authority: String,
}

/// Text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAnOrigin;

impl fmt::Display for NotAnOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an origin is `http://` or `https://`, a host and perhaps a port, such as `https://app.example.org`",
        )
    }
}

impl std::error::Error for NotAnOrigin {}

impl Origin {
    /// Reads an origin as the `Origin` header has it.
    ///
    /// # Errors
    ///
    /// When it is none, `null` and everything with a path included.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let (https, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            _ => return Err(NotAnOrigin),
        };
        Self::new(https, rest)
    }

    pub(crate) fn new(https: bool, authority: &str) -> Result<Self, NotAnOrigin> {
        // A host alone, as nearly every request has it, is its own form.
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        if !authority.is_empty() && authority.bytes().all(is_plain) {
            return Ok(Self { https, authority: authority.to_owned() });
        }
        if authority.contains('@') {
            return Err(NotAnOrigin);
        }
        let authority = authority.parse::<Authority>().map_err(|_| NotAnOrigin)?;
        if authority.host().is_empty() {
            return Err(NotAnOrigin);
        }
        let mut text = authority.host().to_ascii_lowercase();
        let default = if https { 443 } else { 80 };
        match authority.port_u16() {
            None if authority.as_str().len() != authority.host().len() => return Err(NotAnOrigin),
            Some(port) if port != default => text = format!("{text}:{port}"),
            _ => {}
        }
        Ok(Self { https, authority: text })
    }

    /// The same host at this port. It must not have one yet.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        if port != self.port() {
            self.authority = format!("{}:{port}", self.authority);
        }
        self
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host, with the port where it is not the default one.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone; an IPv6 address stands in its brackets.
    pub fn host(&self) -> &str {
        self.split().0
    }

    /// The port, said or not.
    pub fn port(&self) -> u16 {
        self.split().1.unwrap_or(if self.https { 443 } else { 80 })
    }

    fn split(&self) -> (&str, Option<u16>) {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (&self.authority, None),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// An origin, or all origins below a domain, whose requests count as the application's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedOrigin {
    origin: Origin,
    subdomains: bool,
}

impl TrustedOrigin {
    /// Reads `https://app.example.org`, or `https://*.example.org` for that domain and all below it.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let bare = text.replacen("://*.", "://", 1);
        Ok(Self { origin: Origin::parse(&bare)?, subdomains: bare != text })
    }

    /// Whether a request from `origin` is trusted.
    pub fn matches(&self, origin: &Origin) -> bool {
        self.origin.https == origin.https && self.matches_authority(&origin.authority)
    }

    pub(crate) fn matches_authority(&self, authority: &str) -> bool {
        authority == self.origin.authority
            || self.subdomains
                && authority
                    .strip_suffix(&self.origin.authority)
                    .is_some_and(|below| below.ends_with('.') && below.len() > 1)
    }
}

impl fmt::Display for TrustedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, subdomains } = self;
        let (scheme, below) = (if origin.https { "https" } else { "http" }, if *subdomains { "*." } else { "" });
        write!(f, "{scheme}://{below}{}", origin.authority)
    }
}

/// How the application learns under which origin a browser sees it.
///
/// The HTTP/1.1 request line has no authority and no scheme, and a proxy may have changed both, so the settings say it.
#[derive(Debug, Clone)]
pub struct PublicOrigin {
    source: Source,
    path_prefix: String,
    /// Those of [`Settings::with_proxies`](crate::Settings::with_proxies).
    proxies: Proxies,
}

#[derive(Debug, Clone)]
enum Source {
    Configured(Origin),
    HostHeader { https: bool },
}

impl Default for PublicOrigin {
    /// `https` and the host that the caller asked for.
    fn default() -> Self {
        Self::host_header(true)
    }
}

impl PublicOrigin {
    /// Always this origin. The safest choice, for an application with one name.
    ///
    /// # Errors
    ///
    /// When the text is not an origin.
    pub fn configured(origin: &str) -> Result<Self, NotAnOrigin> {
        Ok(Self::from(Source::Configured(Origin::parse(origin)?)))
    }

    /// The host that the caller asked for, under `https` or `http`.
    ///
    /// The host is that of the `Host` header, and what a [trusted proxy](crate::Settings::with_proxies) says of scheme, host and
    /// port counts before both.
    pub fn host_header(https: bool) -> Self {
        Self::from(Source::HostHeader { https })
    }

    /// Behind a proxy that takes this from the front of each path, such as `/api` where it answers at `/api/notes` what it asks
    /// of this application at `/notes`. Signatures are over the path that the caller wrote.
    #[must_use]
    pub fn with_path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    /// Path and query as the caller wrote them: before any `nest`, with the [prefix](Self::with_path_prefix) that a proxy took
    /// away. Nothing of it is decoded or put in order.
    ///
    /// What [`nest`](axum::Router::nest) took away is known where the feature `original-uri` is on.
    pub fn path_and_query<'a>(&self, request: &'a Parts) -> Cow<'a, str> {
        let path = original_uri(request).path_and_query().map_or("/", PathAndQuery::as_str);
        if self.path_prefix.is_empty() { path.into() } else { format!("{}{path}", self.path_prefix).into() }
    }

    /// The origin of this request; `None` when it names no host, or two that differ.
    pub fn of(&self, request: &Parts) -> Option<Origin> {
        match &self.source {
            Source::Configured(origin) => Some(origin.clone()),
            Source::HostHeader { https } => self.proxies.origin(request, *https),
        }
    }

    pub(crate) fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    pub(crate) fn behind(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }
}

impl From<Source> for PublicOrigin {
    fn from(source: Source) -> Self {
        Self { source, path_prefix: String::new(), proxies: Proxies::default() }
    }
}

/// The URI of a request before any router took a part of it.
#[cfg(feature = "original-uri")]
fn original_uri(request: &Parts) -> &Uri {
    request.extensions.get::<axum::extract::OriginalUri>().map_or(&request.uri, |original| &original.0)
}

#[cfg(not(feature = "original-uri"))]
fn original_uri(request: &Parts) -> &Uri {
    &request.uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_authority_and_nothing_else() {
        for good in ["https://example.org", "HTTPS://Example.org:443", "https://example.org:443"] {
            assert_eq!(Origin::parse(good).unwrap().to_string(), "https://example.org", "{good}");
        }
        assert_eq!(Origin::parse("http://[::1]:8000").unwrap().to_string(), "http://[::1]:8000");
        for bad in [
            "null",
            "",
            "example.org",
            "https://",
            "https://a/b",
            "https://u@a",
            "ftp://a",
            "https://a:b",
            "https://a b",
        ] {
            assert_eq!(Origin::parse(bad), Err(NotAnOrigin), "{bad}");
        }
    }

    #[test]
    fn host_and_port_are_told_apart() {
        for (origin, host, port) in [
            ("https://example.org", "example.org", 443),
            ("http://example.org", "example.org", 80),
            ("http://[::1]:8000", "[::1]", 8000),
            ("http://[::1]", "[::1]", 80),
        ] {
            let origin = Origin::parse(origin).unwrap();
            assert_eq!((origin.host(), origin.port()), (host, port));
        }
    }

    #[test]
    fn a_configured_origin_and_a_path_prefix_are_as_configured() {
        let (request, ()) = http::Request::get("/notes?a=1").header("host", "inner:80").body(()).unwrap().into_parts();
        let origin = PublicOrigin::configured("https://a.example").unwrap().with_path_prefix("/api");
        assert_eq!(origin.of(&request).unwrap().to_string(), "https://a.example");
        assert_eq!(origin.path_and_query(&request), "/api/notes?a=1");
    }

    #[test]
    fn a_wildcard_takes_the_domain_and_what_is_below_it() {
        let trusted = TrustedOrigin::parse("https://*.example.org").unwrap();
        for (origin, matches) in [
            ("https://example.org", true),
            ("https://a.example.org", true),
            ("https://a.b.example.org", true),
            ("http://a.example.org", false),
            ("https://notexample.org", false),
            ("https://a.example.org:8443", false),
            ("https://example.org.evil", false),
        ] {
            assert_eq!(trusted.matches(&Origin::parse(origin).unwrap()), matches, "{origin}");
        }
        let exact = TrustedOrigin::parse("https://example.org").unwrap();
        assert!(!exact.matches(&Origin::parse("https://a.example.org").unwrap()));
    }
}
