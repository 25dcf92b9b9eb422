//! Where a request comes from: [`ClientAddress`].

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::request::Parts;

use crate::origin;

/// How the application learns from which address a request comes.
///
/// ```
/// use std::net::IpAddr;
/// use auth_runtime::ClientAddress;
///
/// let (parts, ()) = http::Request::get("/")
///     .header("X-Forwarded-For", "10.0.0.1, 203.0.113.7")
///     .body(())
///     .unwrap()
///     .into_parts();
/// // The proxy wrote the last value; what stands before it came with the request, and may be made up.
/// assert_eq!(ClientAddress::behind(1).of(&parts), Some(IpAddr::from([203, 0, 113, 7])));
/// assert_eq!(ClientAddress::peer().of(&parts), None); // no server, no peer
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClientAddress {
    proxies: u8,
}

impl ClientAddress {
    /// From the peer of the connection.
    ///
    /// The peer is known where the server runs with `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn peer() -> Self {
        Self { proxies: 0 }
    }

    /// From `X-Forwarded-For`, to which each of this many proxies in a row adds the address that it was called from.
    ///
    /// The value counts that the first of them added: the one at this place from the right, over all headers of that name.
    /// Where there is none, or it is no address, the peer counts. An application that can be reached past its proxies
    /// must not say this: then the header is whatever the caller likes.
    pub fn behind(proxies: u8) -> Self {
        Self { proxies }
    }

    /// The address of whom this request comes from; an IPv4 address as such, mapped into IPv6 or not. `None` when no proxy
    /// says it and the server was not told to note the peer.
    pub fn of(&self, request: &Parts) -> Option<IpAddr> {
        self.forwarded(request).or_else(|| origin::peer(request))
    }

    fn forwarded(&self, request: &Parts) -> Option<IpAddr> {
        let place = usize::from(self.proxies).checked_sub(1)?;
        let headers = request.headers.get_all("x-forwarded-for").into_iter().rev();
        // An empty value keeps its place: if it had none, the caller could move the others.
        let mut values = headers.flat_map(|header| header.as_bytes().rsplit(|byte| *byte == b','));
        address(str::from_utf8(values.nth(place)?).ok()?.trim())
    }
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    let address = text.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())).or_else(bracketed)?;
    Some(address.to_canonical())
}

/// Whom `address` counts as for a throttle: an IPv6 subscriber has a /64 to choose addresses from (RFC 6177, section 2).
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::ConnectInfo;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const PEER: &str = "192.0.2.1";

    /// A request from [`PEER`] with these headers `X-Forwarded-For`.
    fn request(forwarded: &[&[u8]]) -> Parts {
        let mut request = http::Request::get("/");
        for value in forwarded {
            request = request.header("X-Forwarded-For", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer = SocketAddr::new(PEER.parse().unwrap(), 40_000);
        parts.extensions.insert(ConnectInfo(peer));
        parts
    }

    fn client(proxies: u8, forwarded: &[&str]) -> String {
        let forwarded: Vec<&[u8]> = forwarded.iter().map(|value| value.as_bytes()).collect();
        ClientAddress::behind(proxies).of(&request(&forwarded)).unwrap().to_string()
    }

    #[test]
    fn without_proxies_the_peer_counts() {
        let parts = request(&[b"203.0.113.7"]);
        for setting in [ClientAddress::peer(), ClientAddress::default(), ClientAddress::behind(0)] {
            assert_eq!(setting.of(&parts), Some(PEER.parse().unwrap()), "{setting:?}");
        }
    }

    #[test]
    fn an_unknown_peer_is_no_address() {
        let (parts, ()) = http::Request::get("/").body(()).unwrap().into_parts();
        assert_eq!(ClientAddress::peer().of(&parts), None);
        assert_eq!(ClientAddress::behind(1).of(&parts), None);
    }

    #[test]
    fn what_stands_left_of_the_proxies_is_ignored() {
        assert_eq!(client(1, &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(1, &["10.0.0.1, junk,,203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(2, &["10.0.0.1,203.0.113.7 , 198.51.100.1"]), "203.0.113.7");
    }

    #[test]
    fn several_headers_are_one_list() {
        assert_eq!(client(1, &["10.0.0.1", "203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(2, &["10.0.0.1, 203.0.113.7", "198.51.100.1"]), "203.0.113.7");
        assert_eq!(client(3, &["10.0.0.1, 203.0.113.7", "198.51.100.1"]), "10.0.0.1");
    }

    #[test]
    fn a_value_that_is_not_there_or_is_no_address_gives_the_peer() {
        assert_eq!(client(1, &[]), PEER);
        assert_eq!(client(2, &["203.0.113.7"]), PEER);
        assert_eq!(client(255, &["203.0.113.7, 203.0.113.8"]), PEER);
        for junk in
            ["", "unknown", "example.org", "203.0.113", "203.0.113.7:", "203.0.113.7:x", "[::1", "::1]", "[1.2.3.4]"]
        {
            assert_eq!(client(1, &[&format!("203.0.113.7, {junk}")]), PEER, "{junk}");
        }
        let parts = request(&[b"203.0.113.7, \xff"]);
        assert_eq!(ClientAddress::behind(1).of(&parts), Some(PEER.parse().unwrap()));
    }

    #[test]
    fn an_empty_value_keeps_its_place() {
        assert_eq!(client(2, &["203.0.113.7, , 198.51.100.1"]), PEER);
        assert_eq!(client(2, &["203.0.113.7", "", "198.51.100.1"]), PEER);
    }

    #[test]
    fn ports_brackets_and_mappings_are_taken_off() {
        for (value, address) in [
            ("203.0.113.7:567", "203.0.113.7"),
            ("[2001:db8::1]:5", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:5", "203.0.113.7"),
        ] {
            assert_eq!(client(1, &[value]), address, "{value}");
        }
    }

    #[test]
    fn neighbours_in_ipv6_count_as_one() {
        for (address, whole) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("2001:db8:1:3::", "2001:db8:1:3::"),
        ] {
            assert_eq!(network(address.parse().unwrap()), whole.parse::<IpAddr>().unwrap(), "{address}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_caller_sends_changes_what_the_proxies_add(
            sent in vec(vec(prop_oneof![Just(b','), Just(b' '), 0x20_u8..0x7f, 0x80_u8..], 0..40), 0..4),
            joined in any::<bool>(),
            proxies in 1_u8..4,
        ) {
            let chain = ["203.0.113.7", "198.51.100.1", "198.51.100.2"];
            let added = chain[..usize::from(proxies)].join(", ");
            let mut headers = sent;
            match headers.last_mut() {
                Some(last) if joined => last.extend(format!(", {added}").bytes()),
                _ => headers.push(added.into_bytes()),
            }
            let headers: Vec<&[u8]> = headers.iter().map(Vec::as_slice).collect();
            let client = ClientAddress::behind(proxies).of(&request(&headers));
            prop_assert_eq!(client, Some(IpAddr::from([203, 0, 113, 7])));
        }
    }
}
