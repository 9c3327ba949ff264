//! IP addresses, kept only as networks.

use crate::coerce::number;
use std::net::{IpAddr, SocketAddr};

/// The longest network.
const LONGEST: usize = "ffff:ffff:ffff::".len();

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
    let mut network = String::with_capacity(LONGEST);
    network_into(text, &mut network).then_some(network)
}

/// Appends [`network`]; false, and nothing is appended, where there is none.
pub(crate) fn network_into(text: &str, out: &mut String) -> bool {
    // Most records hold one address, in its usual spelling. IPv4 has no other.
    if let Some(last) = v4(text.as_bytes()) {
        out.push_str(&text[..=last]);
        out.push('0');
        return true;
    }
    if let Some(network) = v6(text.as_bytes()) {
        push_v6(network, out);
        return true;
    }
    let addresses = || text.split(',').filter_map(|part| address(part.trim()));
    match addresses().find(is_public).or_else(|| addresses().next()) {
        Some(IpAddr::V4(v4)) => {
            for octet in &v4.octets()[..3] {
                number::push(i64::from(*octet), out);
                out.push('.');
            }
            out.push('0');
        }
        Some(IpAddr::V6(v6)) => {
            let [first, second, third, ..] = v6.segments();
            push_v6([first, second, third], out);
        }
        None => return false,
    }
    true
}

/// Where the last dot stands in a text that is an IPv4 address.
fn v4(text: &[u8]) -> Option<usize> {
    let (mut dots, mut last) = (0, 0);
    // The number so far; none before its first digit.
    let mut octet = None;
    for (byte, at) in text.iter().zip(0..) {
        octet = match (byte, octet) {
            (b'0'..=b'9', None) => Some(u32::from(byte - b'0')),
            // Only zero begins with a zero.
            (b'0'..=b'9', Some(octet @ 1..=25)) => {
                Some(octet * 10 + u32::from(byte - b'0')).filter(|octet| *octet < 256)?.into()
            }
            (b'.', Some(_)) if dots < 3 => {
                (dots, last) = (dots + 1, at);
                None
            }
            _ => return None,
        };
    }
    (dots == 3 && octet.is_some()).then_some(last)
}

/// The first three groups of a text that is an IPv6 address: written in full or with a gap after them, and not IPv4 inside.
fn v6(text: &[u8]) -> Option<[u16; 3]> {
    let (mut groups, mut count, mut gap) = ([0u16; 8], 0, None);
    let mut digits = 0;
    for byte in text {
        match byte {
            b':' if digits > 0 => (count, digits) = (count + 1, 0),
            b':' if gap.is_none() && count >= 3 => gap = Some(count),
            b':' => return None,
            _ => {
                let digit = char::from(*byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok())?;
                let group = groups.get_mut(count).filter(|_| digits < 4)?;
                (*group, digits) = (*group << 4 | digit, digits + 1);
            }
        }
    }
    let is_whole = match gap {
        // A gap stands for one group or more.
        Some(gap) => {
            if digits > 0 {
                count < 7
            } else {
                count == gap && gap < 8
            }
        }
        None => digits > 0 && count == 7,
    };
    let [first, second, third, ..] = groups;
    (is_whole && first > 0).then_some([first, second, third])
}

/// Appends the IPv6 network with these groups.
fn push_v6(network: [u16; 3], out: &mut String) {
    let used = network.iter().rposition(|group| *group > 0).map_or(0, |last| last + 1);
    for group in &network[..used] {
        let digits = (0..4).rev().map(|place| group >> (4 * place)).skip_while(|rest| *rest == 0);
        out.extend(digits.filter_map(|rest| char::from_digit(u32::from(rest & 0xf), 16)));
        if *group == 0 {
            out.push('0');
        }
        out.push(':');
    }
    out.push_str(if used == 0 { "::" } else { ":" });
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
    use std::net::{Ipv4Addr, Ipv6Addr};

    proptest! {
        #[test]
        fn an_ipv4_address_is_what_the_library_says(text in "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}\\.?|[0-9.]{0,16}|(1|25[0-6])\\.0\\.0{1,2}\\.9") {
            let theirs = text.parse::<Ipv4Addr>().ok().map(|v4| Ipv4Addr::from_bits(v4.to_bits() & !0xff).to_string());
            prop_assert_eq!(v4(text.as_bytes()).map(|last| [&text[..=last], "0"].concat()), theirs);
        }

        #[test]
        fn an_address_in_any_place_has_the_network_that_the_library_writes(v4 in any::<[u8; 4]>(), v6 in proptest::array::uniform8(prop_oneof![Just(0), 0..0x100u16, any::<u16>()])) {
            let (v4, v6) = (Ipv4Addr::from(v4), Ipv6Addr::from(v6));
            let networks = [
                Ipv4Addr::from_bits(v4.to_bits() & !0xff).to_string(),
                Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).to_string(),
            ];
            prop_assert_eq!(network(&v4.to_string()), Some(networks[0].clone()));
            prop_assert_eq!(network(&format!("{v4}:80")), Some(networks[0].clone()));
            if v6.to_canonical() == v6 {
                prop_assert_eq!(network(&v6.to_string()), Some(networks[1].clone()));
                prop_assert_eq!(network(&format!("[{v6}]:80")), Some(networks[1].clone()));
            }
        }

        #[test]
        fn an_ipv6_network_is_what_the_library_says(
            text in "([0-9a-fA-F]{1,4}:){7}[0-9a-f]{1,4}|([0-2]:){3,8}(:[0-2]){0,5}|(0|00|f|2001)(:[0-9a-fg]{0,5}){2,8}|([0-9a-f]{0,4}:){2,9}",
        ) {
            if let Some(network) = v6(text.as_bytes()) {
                let mut ours = String::new();
                push_v6(network, &mut ours);
                let theirs = text.parse::<Ipv6Addr>().map(|v6| Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).to_string());
                prop_assert_eq!(Ok(ours), theirs, "{}", text);
            }
        }
    }

    #[test]
    fn usual_ipv6_addresses_need_no_library() {
        for text in ["2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:0:1::", "2001:0DB8:85a3::8a2e:370:7334"] {
            assert!(v6(text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "1::2:3:4:5:6:7",
            "::ffff:1.2.3.4",
            "0:0:0:0:0:ffff:102:304",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8::",
            "1:2:3::4::",
        ] {
            assert!(v6(text.as_bytes()).is_none(), "{text}");
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
