//! Networks that callers are counted by.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;

use crate::wire::proxies::{ConnectedPeer, peer};

/// Returns the network of an address. An IPv6 subscriber has a /64 to choose addresses from (RFC 6177, section 2), so all of it
/// counts as one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

/// Whether the warning was logged. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnknownAddress(Arc<AtomicBool>);

impl UnknownAddress {
    pub(crate) fn warn_once(&self, request: &Parts) {
        if self.0.swap(true, Ordering::Relaxed) {
            return;
        }
        match peer(request) {
            Some(ConnectedPeer::Unix) => tracing::warn!(
                target: "auth::settings",
                "the address of a caller is not known, so limits by address do not work: requests come over a Unix socket; \
                 set `Settings::with_proxies(Proxies::unix())` and have the proxy send `X-Forwarded-For`"
            ),
            _ => tracing::warn!(
                target: "auth::settings",
                "the address of a caller is not known, so limits by address do not work: the server does not record \
                 its peers; serve with `into_make_service_with_connect_info::<SocketAddr>()`, and behind a proxy set \
                 `Settings::with_proxies`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
