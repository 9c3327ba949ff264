//! IP addresses, kept only as networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The network of the first public address in a list such as X-Forwarded-For (of the first address, if none is
/// public): the first 24 bits of IPv4, the first 48 of IPv6, the rest zero.
///
/// ```
/// use clickstream::derive::ip::network;
/// assert_eq!(network("203.0.113.77").as_deref(), Some("203.0.113.0"));
/// assert_eq!(network("10.0.0.1, 203.0.113.77:443").as_deref(), Some("203.0.113.0"));
/// assert_eq!(network("2001:db8:85a3:8d3::1").as_deref(), Some("2001:db8:85a3::"));
/// ```
pub fn network(text: &str) -> Option<String> {
    // Most records hold one IPv4 address, which has one spelling.
    if let Some((v4, last)) = v4(text.as_bytes())
        && is_public(&v4.into())
    {
        return Some([&text[..last], ".0"].concat());
    }
    let addresses = || text.split(',').filter_map(|part| address(part.trim()));
    let chosen = addresses().find(is_public).or_else(|| addresses().next())?;
    Some(match chosen {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & !0xff).to_string(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).to_string(),
    })
}

/// The IPv4 address that a text is, and where its last dot stands.
fn v4(text: &[u8]) -> Option<(Ipv4Addr, usize)> {
    let (mut octets, mut dots, mut last) = ([0u8; 4], 0, 0);
    let mut begun = false;
    for (byte, at) in text.iter().zip(0..) {
        let octet = &mut octets[dots];
        match byte {
            // Only zero begins with a zero.
            b'0'..=b'9' if !begun || *octet > 0 => *octet = octet.checked_mul(10)?.checked_add(byte - b'0')?,
            b'.' if begun && dots < 3 => (dots, last) = (dots + 1, at),
            _ => return None,
        }
        begun = *byte != b'.';
    }
    (begun && dots == 3).then(|| (octets.into(), last))
}

/// An address with or without a port or brackets; IPv4 inside IPv6 is IPv4.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(address.to_canonical())
}

fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => {
            !(v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_ipv4_address_is_what_the_library_says(text in "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}\\.?|[0-9.]{0,16}|(1|25[0-6])\\.0\\.0{1,2}\\.9") {
            let theirs = text.parse::<Ipv4Addr>().ok().map(|v4| (v4, text.rfind('.').expect("a dot")));
            prop_assert_eq!(v4(text.as_bytes()), theirs);
        }
    }

    #[test]
    fn ports_brackets_lists_and_private_addresses() {
        for (text, expected) in [
            ("127.0.0.1", Some("127.0.0.0")),
            ("[2001:db8::1]:443", Some("2001:db8::")),
            ("[2001:db8::1]", Some("2001:db8::")),
            ("::ffff:203.0.113.77", Some("203.0.113.0")),
            ("unknown, fd00::1, 198.51.100.9", Some("198.51.100.0")),
            ("", None),
            ("3338ca302fa1531f", None),
            ("1.2.3.4.5", None),
        ] {
            assert_eq!(network(text).as_deref(), expected, "{text}");
        }
    }
}
