//! Networks: an address with the length of its prefix (RFC 4632, RFC 4291).

use std::fmt;
use std::net::IpAddr;

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u8,
}

/// The bits of an address, left-aligned, and how many there are.
fn bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

fn mask(prefix: u8) -> u128 {
    if prefix == 0 { 0 } else { u128::MAX << (128 - u32::from(prefix.min(128))) }
}

/// Why a text is no network.
pub(super) enum Bad {
    /// It is no address.
    Address,
    /// The prefix is no number from 0 to so many.
    Prefix(u8),
    /// Bits are set behind the prefix; the network that was probably meant.
    HostBits(Network),
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    pub(super) fn read(text: &str) -> Result<Self, Bad> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| Bad::Address)?;
        let (of, length) = bits(address);
        let prefix = match prefix {
            None => length,
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => {
                prefix.parse().ok().filter(|prefix| *prefix <= length).ok_or(Bad::Prefix(length))?
            }
            Some(_) => return Err(Bad::Prefix(length)),
        };
        let network = of & mask(prefix);
        if network == of {
            return Ok(Self { address, prefix });
        }
        let address = match address {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(network >> 96).unwrap_or_default().into()),
            IpAddr::V6(_) => IpAddr::V6(network.into()),
        };
        Err(Bad::HostBits(Self { address, prefix }))
    }

    /// Whether an address is in it; none of the other version is.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let ((of, length), (bits, of_length)) = (bits(self.address), bits(address));
        length == of_length && bits & mask(self.prefix) == of
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == bits(self.address).1 {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_those_of_the_standards() {
        let network = |text: &str| Network::read(text).ok().unwrap();
        let within = |network_text: &str, address: &str| network(network_text).contains(address.parse().unwrap());
        // RFC 1918's blocks and their ends.
        assert!(within("172.16.0.0/12", "172.31.255.255") && !within("172.16.0.0/12", "172.32.0.0"));
        assert!(within("10.0.0.0/8", "10.255.255.255") && !within("10.0.0.0/8", "11.0.0.0"));
        // RFC 3849's block for documentation.
        assert!(within("2001:db8::/32", "2001:db8:ffff::1") && !within("2001:db8::/32", "2001:db9::"));
        assert!(within("0.0.0.0/0", "203.0.113.7") && !within("0.0.0.0/0", "2001:db8::1"));
        assert!(within("::/0", "2001:db8::1") && !within("::/0", "203.0.113.7"));
        assert!(within("192.0.2.7", "192.0.2.7") && !within("192.0.2.7", "192.0.2.8"));
        assert_eq!(network("192.0.2.7/32").to_string(), "192.0.2.7");
        assert_eq!(network("2001:DB8:0::/32").to_string(), "2001:db8::/32");
        let bad = |text: &str| Network::read(text).err().unwrap();
        assert!(matches!(bad("10.0.0"), Bad::Address) && matches!(bad("web"), Bad::Address));
        assert!(matches!(bad("10.0.0.0/33"), Bad::Prefix(32)) && matches!(bad("::/129"), Bad::Prefix(128)));
        assert!(matches!(bad("10.0.0.0/+8"), Bad::Prefix(32)) && matches!(bad("10.0.0.0/"), Bad::Prefix(32)));
        assert!(matches!(bad("10.1.2.3/8"), Bad::HostBits(of) if of == network("10.0.0.0/8")));
        assert!(matches!(bad("2001:db8::1/32"), Bad::HostBits(of) if of == network("2001:db8::/32")));
    }
}
