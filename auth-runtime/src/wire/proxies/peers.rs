//! The other end of a connection, and lists of trusted ones: [`Peers`].

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use http::request::Parts;

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// An IPv4 address stays one, even if it was mapped into IPv6.
    Address(IpAddr),
    /// A program on this machine that connected to a Unix socket.
    Unix,
}

impl Peer {
    pub(crate) fn address(self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(address),
            Self::Unix => None,
        }
    }
}

/// Returns the peer of the connection of a request. `None` means that the server does not record it.
pub(crate) fn peer(request: &Parts) -> Option<Peer> {
    if let Some(ConnectInfo(address)) = request.extensions.get::<ConnectInfo<SocketAddr>>() {
        return Some(Peer::Address(address.ip().to_canonical()));
    }
    #[cfg(unix)]
    if request.extensions.get::<ConnectInfo<tokio::net::unix::SocketAddr>>().is_some() {
        return Some(Peer::Unix);
    }
    None
}

/// A list of trusted peers: addresses, ranges of addresses, and Unix sockets.
///
/// ```
/// use auth_runtime::{Peers, Settings};
///
/// let gateways = Peers::parse(["10.1.0.0/16", "2001:db8::5", "unix:"])?;
/// let settings = Settings::default().with_gateways(gateways);
/// # Ok::<(), auth_runtime::InvalidPeer>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peers {
    ranges: Vec<Range>,
    unix: bool,
}

impl Peers {
    /// Reads a list. Each entry is an address (`10.1.2.3`, `2001:db8::5`), a range in CIDR notation (`10.1.0.0/16`,
    /// `2001:db8::/32`; RFC 4632, RFC 4291), or `unix:` for every peer that connects over a Unix socket.
    ///
    /// # Errors
    ///
    /// If an entry is none of these. Host names are refused, since they can resolve to other addresses later.
    pub fn parse<I>(peers: I) -> Result<Self, InvalidPeer>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut list = Self::default();
        for peer in peers {
            match peer.as_ref().trim() {
                "unix:" => list.unix = true,
                text => list.ranges.push(text.parse()?),
            }
        }
        Ok(list)
    }

    /// Contains every peer that connects over a Unix socket. The permissions of the socket control who can.
    pub fn unix() -> Self {
        Self { ranges: Vec::new(), unix: true }
    }

    pub(crate) fn contains(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.ranges.iter().any(|range| range.contains(address)),
            Peer::Unix => self.unix,
        }
    }
}

/// An entry of a list of [`Peers`] cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPeer {
    text: String,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Form,
    Prefix {
        longest: u8,
    },
    /// Bits are set beyond the prefix. Contains the range that was probably meant.
    HostBits(Range),
}

impl fmt::Display for InvalidPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a peer: ", self.text.escape_debug())?;
        match &self.fault {
            Fault::Form => f.write_str(
                "use an address such as `10.1.2.3`, a range such as `10.1.0.0/16` or `2001:db8::/32`, or `unix:`",
            ),
            Fault::Prefix { longest } => write!(f, "the number after `/` must be between 0 and {longest}"),
            Fault::HostBits(range) => {
                write!(
                    f,
                    "the address has bits beyond the prefix; use `{range}` for the range, or leave out `/{}`",
                    range.length
                )
            }
        }
    }
}

impl std::error::Error for InvalidPeer {}

/// The addresses that share the first `length` bits of `first`. IPv4 is kept as IPv4, mapped or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    first: IpAddr,
    length: u8,
}

impl Range {
    fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { first: address, length: bits(address) }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => first.to_bits() == address.to_bits() & mask_v4(self.length),
            (IpAddr::V6(first), IpAddr::V6(address)) => first.to_bits() == address.to_bits() & mask_v6(self.length),
            _ => false,
        }
    }

    /// Returns the range of this length that contains `address`.
    fn around(address: IpAddr, length: u8) -> Self {
        let first = match address {
            IpAddr::V4(address) => IpAddr::V4((address.to_bits() & mask_v4(length)).into()),
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & mask_v6(length)).into()),
        };
        Self { first, length }
    }
}

impl FromStr for Range {
    type Err = InvalidPeer;

    fn from_str(text: &str) -> Result<Self, InvalidPeer> {
        let invalid = |fault| InvalidPeer { text: text.to_owned(), fault };
        let Some((address, length)) = text.split_once('/') else {
            return text.parse().map(Self::of).map_err(|_| invalid(Fault::Form));
        };
        let address: IpAddr = address.parse().map_err(|_| invalid(Fault::Form))?;
        let longest = bits(address);
        let is_number = length.bytes().all(|byte| byte.is_ascii_digit());
        let length = length.parse().ok().filter(|length| is_number && *length <= longest);
        let length = length.ok_or_else(|| invalid(Fault::Prefix { longest }))?;
        let range = Self::around(address, length);
        if range.first != address {
            return Err(invalid(Fault::HostBits(range)));
        }
        Ok(match range.first.to_canonical() {
            // An IPv4 address that is mapped into IPv6 comes after a fixed prefix of 96 bits.
            first @ IpAddr::V4(_) if longest == 128 && length >= 96 => Self { first, length: length - 96 },
            _ => range,
        })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn mask_v4(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

fn mask_v6(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn contains(list: &[&str], address: &str) -> bool {
        let address: IpAddr = address.parse().unwrap();
        Peers::parse(list).unwrap().contains(Peer::Address(address.to_canonical()))
    }

    #[test]
    fn range_contains_addresses_with_its_prefix() {
        for (list, inside, outside) in [
            (&["10.0.0.0/8"][..], &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"][..], &["11.0.0.0", "::a00:1"][..]),
            (&["10.1.2.3"], &["10.1.2.3"], &["10.1.2.2", "10.1.2.4"]),
            (&["10.1.2.2/31"], &["10.1.2.2", "10.1.2.3"], &["10.1.2.1", "10.1.2.4"]),
            (&["0.0.0.0/0"], &["0.0.0.0", "255.255.255.255"], &["::", "::1"]),
            (&["::/0"], &["::", "2001:db8::1"], &["10.0.0.1", "::ffff:10.0.0.1"]),
            (&["2001:db8::/33"], &["2001:db8:7fff::1"], &["2001:db8:8000::1", "2001:db9::"]),
            (&["::1"], &["::1"], &["::2", "127.0.0.1"]),
            (&["::ffff:10.0.0.0/104"], &["10.2.3.4"], &["11.0.0.1"]),
            (&["::ffff:10.1.2.3"], &["10.1.2.3"], &["10.1.2.4"]),
            (&[" 10.0.0.1 ", "unix:", "::1"], &["10.0.0.1", "::1"], &["10.0.0.2"]),
            (&[], &[], &["127.0.0.1", "0.0.0.0", "::"]),
        ] {
            for address in inside {
                assert!(contains(list, address), "{list:?} {address}");
            }
            for address in outside {
                assert!(!contains(list, address), "{list:?} {address}");
            }
        }
    }

    #[test]
    fn unix_sockets_are_trusted_only_by_name() {
        assert!(Peers::unix().contains(Peer::Unix));
        assert!(Peers::parse(["10.0.0.1", "unix:"]).unwrap().contains(Peer::Unix));
        assert!(!Peers::parse(["0.0.0.0/0", "::/0"]).unwrap().contains(Peer::Unix));
        assert!(!Peers::default().contains(Peer::Unix));
    }

    #[test]
    fn invalid_entry_is_refused_with_a_fix() {
        for (text, says) in [
            ("", "use an address"),
            ("localhost", "use an address"),
            ("10.0.0", "use an address"),
            ("[::1]", "use an address"),
            ("10.0.0.1:80", "use an address"),
            ("unix", "use an address"),
            ("*", "use an address"),
            ("/8", "use an address"),
            ("10.0.0.0/", "between 0 and 32"),
            ("10.0.0.0/33", "between 0 and 32"),
            ("10.0.0.0/+8", "between 0 and 32"),
            ("10.0.0.0/8/8", "between 0 and 32"),
            ("::/129", "between 0 and 128"),
            ("::/256", "between 0 and 128"),
            ("10.0.0.1/8", "use `10.0.0.0/8` for the range, or leave out `/8`"),
            ("2001:db8::1/32", "use `2001:db8::/32`"),
        ] {
            let error = Peers::parse(["10.0.0.1", text]).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC*") {
            drop(Peers::parse([text]));
        }

        #[test]
        fn parsing_addresses_with_any_suffix_never_panics(address: IpAddr, suffix in "[/:.0-9a-f%]{0,8}") {
            drop(Peers::parse([format!("{address}{suffix}")]));
        }

        #[test]
        fn a_range_contains_an_address_if_and_only_if_the_first_bits_agree(
            one: u128, other: u128, length in 0_u8..=128, as_v4: bool,
        ) {
            // Half of the pairs agree in their first bits.
            let other = if other & 1 == 0 { one ^ (other >> (length.min(127))) } else { other };
            let (one, other, length) = if as_v4 {
                let low = |bits: u128| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap()));
                (low(one), low(other), length.min(32))
            } else {
                (IpAddr::V6(Ipv6Addr::from_bits(one)), IpAddr::V6(Ipv6Addr::from_bits(other)), length)
            };
            let text = |address: IpAddr| match address {
                IpAddr::V4(address) => format!("{:032b}", address.to_bits()),
                IpAddr::V6(address) => format!("{:0128b}", address.to_bits()),
            };
            let agree = text(one)[..length.into()] == text(other)[..length.into()];
            let range = Range::around(one, length);
            prop_assert_eq!(range.contains(other), agree);
            prop_assert_eq!(range.to_string().parse::<Range>().unwrap().contains(other.to_canonical()),
                range.contains(other.to_canonical()) || one.to_canonical() != one && agree);
        }
    }
}
