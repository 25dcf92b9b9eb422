//! Origins (RFC 6454): [`PublicOrigin`], which browsers see the application under, and the origins that it trusts.

use std::fmt;

use http::uri::Authority;

/// A scheme and an authority, such as `https://app.example.org:8443`. Default ports are left out, letters are lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    authority: String,
}

/// The text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidOrigin;

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an origin is `http://` or `https://`, a host and perhaps a port, such as `https://app.example.org`",
        )
    }
}

impl std::error::Error for InvalidOrigin {}

impl Origin {
    /// Reads an origin as written in the `Origin` header.
    ///
    /// # Errors
    ///
    /// If the text is not an origin. `null` is not one, nor is anything with a path.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let (https, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            _ => return Err(InvalidOrigin),
        };
        Self::new(https, rest)
    }

    pub(crate) fn new(https: bool, authority: &str) -> Result<Self, InvalidOrigin> {
        // Fast path: nearly every request has only a lower-case host.
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        if !authority.is_empty() && authority.bytes().all(is_plain) {
            return Ok(Self { https, authority: authority.to_owned() });
        }
        if authority.contains('@') {
            return Err(InvalidOrigin);
        }
        let authority = authority.parse::<Authority>().map_err(|_| InvalidOrigin)?;
        if authority.host().is_empty() {
            return Err(InvalidOrigin);
        }
        let mut text = authority.host().to_ascii_lowercase();
        let default = if https { 443 } else { 80 };
        match authority.port_u16() {
            None if authority.as_str().len() != authority.host().len() => return Err(InvalidOrigin),
            Some(port) if port != default => text = format!("{text}:{port}"),
            _ => {}
        }
        Ok(Self { https, authority: text })
    }

    /// Adds a port. The origin must not have one yet.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        if port != self.port() {
            self.authority = format!("{}:{port}", self.authority);
        }
        self
    }

    /// Returns whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Returns the host, with the port unless it is the default one.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the host without the port. An IPv6 address is in brackets.
    pub fn host(&self) -> &str {
        self.split().0
    }

    /// Returns the port, explicit or default.
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
    /// If the text is neither.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let bare = text.replacen("://*.", "://", 1);
        Ok(Self { origin: Origin::parse(&bare)?, subdomains: bare != text })
    }

    /// Returns whether a request from `origin` is trusted.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::public_origin::PublicOrigin;

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
            assert_eq!(Origin::parse(bad), Err(InvalidOrigin), "{bad}");
        }
    }

    #[test]
    fn host_and_port_are_split() {
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
    fn wildcard_matches_the_domain_and_its_subdomains() {
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
