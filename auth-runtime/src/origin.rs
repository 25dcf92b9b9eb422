//! Origins (RFC 6454): [`PublicOrigin`], under which a browser sees the application, and whom it trusts.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

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

    fn new(https: bool, authority: &str) -> Result<Self, NotAnOrigin> {
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

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host, with the port where it is not the default one.
    pub fn authority(&self) -> &str {
        &self.authority
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
/// The HTTP/1.1 request line has no authority and no scheme, and a proxy may have changed both, so it must be said.
#[derive(Debug, Clone)]
pub struct PublicOrigin(Source);

#[derive(Debug, Clone)]
enum Source {
    Configured(Origin),
    HostHeader { https: bool },
    Forwarded { proxies: Vec<IpAddr>, https: bool },
}

impl Default for PublicOrigin {
    /// `https` and the `Host` header.
    fn default() -> Self {
        Self::host_header(true)
    }
}

impl PublicOrigin {
    /// Always this origin. The safest choice, for an application with one name.
    ///
    /// # Errors
    ///
    /// When it is no origin.
    pub fn configured(origin: &str) -> Result<Self, NotAnOrigin> {
        Ok(Self(Source::Configured(Origin::parse(origin)?)))
    }

    /// The `Host` header, under `https` or `http`.
    pub fn host_header(https: bool) -> Self {
        Self(Source::HostHeader { https })
    }

    /// What `X-Forwarded-Proto` and `X-Forwarded-Host` say, when the peer is one of these proxies; the `Host` header under
    /// `https` or `http` for everybody else, and where a proxy leaves one of the two out.
    ///
    /// The peer is known where the server runs with `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn forwarded(proxies: Vec<IpAddr>, https: bool) -> Self {
        Self(Source::Forwarded { proxies, https })
    }

    /// The origin of this request; `None` when it names no host.
    pub fn of(&self, request: &Parts) -> Option<Origin> {
        match &self.0 {
            Source::Configured(origin) => Some(origin.clone()),
            Source::HostHeader { https } => Origin::new(*https, host(request)?).ok(),
            Source::Forwarded { proxies, https } => {
                let trusted =
                    peer(request).is_some_and(|peer| proxies.iter().any(|proxy| proxy.to_canonical() == peer));
                let forwarded = |name| if trusted { last_value(request, name) } else { None };
                let https = forwarded("x-forwarded-proto").map_or(*https, |proto| proto.eq_ignore_ascii_case("https"));
                Origin::new(https, forwarded("x-forwarded-host").or_else(|| host(request))?).ok()
            }
        }
    }
}

/// The address of the peer, where the server was told to note it.
pub(crate) fn peer(request: &Parts) -> Option<IpAddr> {
    request.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
}

fn host(request: &Parts) -> Option<&str> {
    match request.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers.get(HOST)?.to_str().ok(),
    }
}

/// The last element of a list header: what the nearest proxy put there.
fn last_value<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    let value = request.headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
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
