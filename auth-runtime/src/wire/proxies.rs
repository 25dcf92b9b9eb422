//! The servers in front of the application: [`Proxies`] configures which of them are trusted, and reads what they report.

use std::borrow::Cow;
use std::net::IpAddr;
use std::num::NonZeroU8;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use super::origin::Origin;

mod lists;
mod peers;

use self::peers::Peer;
pub use self::peers::{InvalidPeer, Peers};
pub(crate) use self::peers::{Peer as ConnectedPeer, peer};

/// The trusted proxies in front of the application. They report the address that a request comes from, and the scheme, host and
/// port that the caller asked for.
///
/// ```
/// use std::net::IpAddr;
/// use auth_runtime::{Proxies, Settings};
///
/// let settings = Settings::default().with_proxies(Proxies::hops(1));
/// let (request, ()) = http::Request::get("/")
///     .header("Host", "127.0.0.1:8000")
///     .header("X-Forwarded-For", "10.0.0.1, 203.0.113.7")
///     .header("X-Forwarded-Proto", "https")
///     .header("X-Forwarded-Host", "app.example.org")
///     .body(())?
///     .into_parts();
/// // The proxy wrote the last value; the caller may have made up the others.
/// assert_eq!(settings.client_address(&request), Some(IpAddr::from([203, 0, 113, 7])));
/// assert_eq!(settings.public_origin().of(&request).unwrap().to_string(), "https://app.example.org");
/// # Ok::<(), http::Error>(())
/// ```
///
/// # Which headers count
///
/// | | says | the outermost proxy must |
/// |---|---|---|
/// | `X-Forwarded-For` | the caller's address | append the address of its peer, or overwrite the header |
/// | `X-Forwarded-Proto` | the scheme: `https`, `http`, `wss` or `ws` | overwrite or remove it |
/// | `X-Forwarded-Ssl` | the scheme, where `X-Forwarded-Proto` is absent: `on` or `off` | overwrite or remove it |
/// | `X-Forwarded-Host` | the host, perhaps with a port; else `Host` does | overwrite or remove it |
/// | `X-Forwarded-Port` | the port, where the host has none | overwrite or remove it |
///
/// A proxy that does neither passes on what the caller wrote, and the caller is believed. [The
/// guide](crate::guide::behind_a_proxy) has configurations.
///
/// With [`with_forwarded_header`](Self::with_forwarded_header), only `Forwarded` (RFC 7239) counts, and none of these. The two
/// are never mixed.
///
/// # Several proxies in a row
///
/// The outermost trusted proxy knows best what the caller asked for, so its values count. [`hops`](Self::hops) finds it by its
/// position, [`trusted`](Self::trusted) by following the addresses in `X-Forwarded-For` from the right as long as they are
/// trusted. In `X-Forwarded-Proto`, `-Ssl`, `-Host` and `-Port`, a single value is that of the outermost proxy, passed on by
/// the others. In a list, each proxy has added one value. A list with fewer values than proxies is ignored.
///
/// # What cannot be read
///
/// If an address cannot be read, or is `unknown` or an obfuscated name, the peer's address is used. A scheme, host or port that
/// cannot be read counts as absent.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trust: Trust,
    family: Family,
}

#[derive(Debug, Clone, Default)]
enum Trust {
    #[default]
    NoUser,
    Hops(NonZeroU8),
    Peers(Peers),
}

/// Which headers the proxies write.
#[derive(Debug, Clone, Copy, Default)]
enum Family {
    #[default]
    XForwarded,
    Forwarded,
}

impl Proxies {
    /// Trusts no proxy. The peer of the connection is the caller, and `Host` names the host that it asked for.
    pub fn none() -> Self {
        Self::default()
    }

    /// Trusts this many proxies in a row in front of the application, whatever their addresses. 0 is [`none`](Self::none).
    ///
    /// Use it only if the application cannot be reached except through its proxies: a caller who bypasses them is believed. If
    /// a request's list of addresses is shorter than the number of proxies, it did not come through them, and all its headers
    /// are ignored.
    pub fn hops(count: u8) -> Self {
        Self::from(NonZeroU8::new(count).map_or(Trust::NoUser, Trust::Hops))
    }

    /// Trusts the proxies with these addresses. [`Peers::parse`] reads the list. It can contain ranges, such as `10.0.0.0/8`,
    /// and `unix:` for a proxy that connects over a Unix socket.
    ///
    /// The server must record the peers of its connections: with `into_make_service_with_connect_info::<SocketAddr>()`, or on a
    /// Unix socket as [the guide](crate::guide::behind_a_proxy#unix-sockets) shows. The headers of other peers are ignored.
    ///
    /// ```
    /// use auth_runtime::Proxies;
    ///
    /// let proxies = Proxies::trusted(["10.0.0.0/8", "::1"])?;
    /// # Ok::<(), auth_runtime::InvalidPeer>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If an entry is not an address, a range or `unix:`.
    pub fn trusted<I>(peers: I) -> Result<Self, InvalidPeer>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Peers::parse(peers).map(Self::from)
    }

    /// Trusts a proxy that connects over a Unix socket. The same as [`trusted`](Self::trusted) with only `unix:`.
    pub fn unix() -> Self {
        Self::from(Peers::unix())
    }

    /// Reads `Forwarded` (RFC 7239) instead of the headers `X-Forwarded-*`. Each proxy must append its element; the outermost
    /// one may overwrite the header.
    #[must_use]
    pub fn with_forwarded_header(mut self) -> Self {
        self.family = Family::Forwarded;
        self
    }

    /// Returns the address of the caller. An IPv4 address stays one, even if it was mapped into IPv6.
    pub(crate) fn client_address(&self, request: &Parts) -> Option<IpAddr> {
        let peer = peer(request);
        let outermost = self.outermost(request, peer);
        let said = outermost.and_then(|said| said.clients().nth(said.place)?).and_then(Peer::address);
        said.or_else(|| peer?.address())
    }

    /// Returns the origin that the caller asked for. `https` states the scheme if no trusted proxy reports it. `None` means
    /// that the request names no host, or more than one.
    pub(crate) fn origin(&self, request: &Parts, https: bool) -> Option<Origin> {
        let Some(said) = self.outermost(request, peer(request)) else { return Origin::new(https, host(request)?).ok() };
        let https = said.is_https().unwrap_or(https);
        let readable = |host: &str| Some((Origin::new(https, host).ok()?, has_port(host)));
        let (origin, has_port) = match said.host().and_then(|host| readable(&host)) {
            Some(forwarded) => forwarded,
            None => readable(host(request)?)?,
        };
        // A proxy that terminates TLS in front of another one leaves it with a port that the caller did not ask for.
        let other_default = if https { 80 } else { 443 };
        match said.port() {
            Some(port) if !has_port && port != other_default => Some(origin.with_port(port)),
            _ => Some(origin),
        }
    }

    /// Returns what the outermost trusted proxy reports. `None` means that the request did not come through trusted proxies.
    fn outermost<'a>(&self, request: &'a Parts, peer: Option<Peer>) -> Option<Said<'a>> {
        let mut said = Said { headers: &request.headers, family: self.family, place: 0 };
        let place = match &self.trust {
            Trust::NoUser => None,
            Trust::Hops(count) => {
                let (count, listed) = (usize::from(count.get()), said.clients().count());
                (listed == 0 || listed >= count).then(|| count - 1)
            }
            Trust::Peers(trusted) => peer.filter(|peer| trusted.contains(*peer)).map(|_| {
                let is_trusted = |client: &Option<Peer>| client.is_some_and(|client| trusted.contains(client));
                let further = said.clients().take_while(is_trusted).count();
                // If the whole list is trusted, the caller is one of the proxies.
                further.min(said.clients().count().saturating_sub(1))
            }),
        };
        let Some(place) = place else {
            said.trace_ignored();
            return None;
        };
        said.place = place;
        Some(said)
    }
}

impl From<Trust> for Proxies {
    fn from(trust: Trust) -> Self {
        Self { trust, family: Family::default() }
    }
}

/// Trusts these peers.
impl From<Peers> for Proxies {
    fn from(peers: Peers) -> Self {
        Self::from(Trust::Peers(peers))
    }
}

/// What a proxy reports about a request: the values at its position, counted from the right and from 0.
struct Said<'a> {
    headers: &'a HeaderMap,
    family: Family,
    place: usize,
}

impl<'a> Said<'a> {
    /// Returns the client of each proxy, starting with that of the nearest proxy.
    fn clients(&self) -> impl Iterator<Item = Option<Peer>> + use<'a> {
        let (plain, elements) = match self.family {
            Family::XForwarded => (Some(lists::plain(self.headers, "x-forwarded-for")), None),
            Family::Forwarded => (None, Some(lists::elements(self.headers))),
        };
        let plain = plain.into_iter().flatten().map(|text| lists::node(str::from_utf8(text).ok()?));
        let elements = elements.into_iter().flatten().map(|element| lists::node(&lists::parameter(element, "for")?));
        plain.chain(elements)
    }

    /// Returns the value of a header `X-Forwarded-*`.
    fn value(&self, name: &'static str) -> Option<&'a str> {
        let mut values = lists::plain(self.headers, name);
        let nearest = values.next()?;
        let value = match self.place.checked_sub(1) {
            None => nearest,
            Some(further) => match values.nth(further) {
                Some(value) => value,
                None if lists::plain(self.headers, name).count() == 1 => nearest,
                None => return None,
            },
        };
        str::from_utf8(value).ok().filter(|value| !value.is_empty())
    }

    /// Returns a parameter of the proxy's element of `Forwarded`.
    fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        lists::parameter(lists::elements(self.headers).nth(self.place)?, name)
    }

    fn is_https(&self) -> Option<bool> {
        let scheme = |text: &str| {
            let is = |scheme| text.eq_ignore_ascii_case(scheme);
            if is("https") || is("wss") { Some(true) } else { (is("http") || is("ws")).then_some(false) }
        };
        match self.family {
            Family::Forwarded => scheme(&self.parameter("proto")?),
            Family::XForwarded if self.headers.contains_key("x-forwarded-proto") => {
                scheme(self.value("x-forwarded-proto")?)
            }
            Family::XForwarded => match self.value("x-forwarded-ssl")? {
                text if text.eq_ignore_ascii_case("on") => Some(true),
                text if text.eq_ignore_ascii_case("off") => Some(false),
                _ => None,
            },
        }
    }

    fn host(&self) -> Option<Cow<'a, str>> {
        match self.family {
            Family::Forwarded => self.parameter("host"),
            Family::XForwarded => self.value("x-forwarded-host").map(Cow::from),
        }
    }

    fn port(&self) -> Option<u16> {
        match self.family {
            Family::Forwarded => None,
            Family::XForwarded => {
                let text = self.value("x-forwarded-port")?;
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|port| is_number && *port != 0)
            }
        }
    }

    /// Logs that headers are present but ignored. Omits their values, which the caller controls.
    fn trace_ignored(&self) {
        let is_forwarding = |name: &&HeaderName| *name == "forwarded" || name.as_str().starts_with("x-forwarded-");
        if tracing::enabled!(target: "auth::request", tracing::Level::DEBUG)
            && let Some(header) = self.headers.keys().find(is_forwarding)
        {
            tracing::debug!(
                target: "auth::request",
                header = header.as_str(),
                "ignored, since the request did not come through the proxies of `Settings::with_proxies`"
            );
        }
    }
}

/// Returns the host that a request is sent to, according to HTTP itself. `None` means that it names two: a program that uses
/// the other one would take it for a different request.
fn host(request: &Parts) -> Option<&str> {
    let mut hosts = request.headers.get_all(HOST).into_iter();
    let (host, another) = (hosts.next(), hosts.next());
    match (request.uri.authority(), host) {
        _ if another.is_some() => None,
        (None, host) => host?.to_str().ok(),
        (Some(authority), None) => Some(authority.as_str()),
        (Some(authority), Some(host)) => is_same_host(authority.as_str(), host.as_bytes()).then(|| authority.as_str()),
    }
}

/// Returns whether both are the same host. One of the two may have the default port of its scheme.
fn is_same_host(authority: &str, host: &[u8]) -> bool {
    let in_scheme = |https| {
        let host = Origin::new(https, std::str::from_utf8(host).ok()?).ok()?;
        Some(Origin::new(https, authority).ok()? == host)
    };
    host.eq_ignore_ascii_case(authority.as_bytes())
        || [true, false].into_iter().any(|https| in_scheme(https) == Some(true))
}

/// Returns whether an authority has a port. A colon inside brackets is part of an IPv6 address.
fn has_port(authority: &str) -> bool {
    authority.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'))
}

#[cfg(test)]
mod tests;
