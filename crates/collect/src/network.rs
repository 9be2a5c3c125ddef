//! Addresses of the host, from the kernel's tables in /proc: no name is resolved, no socket opened.

use crate::Root;
use crate::host::MOST_BYTES;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most addresses in a report; a host with many containers has hundreds.
const MOST_ADDRESSES: usize = 1000;

/// All addresses but loopback, link-local and temporary ones, sorted as text.
pub(crate) fn addresses(root: &Root) -> Vec<String> {
    let text = |path: &str| root.text(path, MOST_BYTES).unwrap_or_default();
    let mut addresses: Vec<String> = ipv4(&text("/proc/net/fib_trie"))
        .into_iter()
        .map(IpAddr::from)
        .chain(ipv6(&text("/proc/net/if_inet6")).into_iter().map(IpAddr::from))
        .map(|address| address.to_string())
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses.truncate(MOST_ADDRESSES);
    addresses
}

/// The routing trie has each own address as a leaf, `|-- 10.0.0.5`, with `/32 host LOCAL` below.
fn ipv4(trie: &str) -> Vec<Ipv4Addr> {
    let mut leaf = None;
    let mut found = Vec::new();
    for line in trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse::<Ipv4Addr>().ok();
        } else if line.starts_with("/32 host LOCAL") {
            found.extend(leaf.filter(|address| !address.is_loopback() && !address.is_link_local()));
        }
    }
    found
}

/// Lines of address, interface number, prefix length, scope and flags, all in hexadecimal.
fn ipv6(table: &str) -> Vec<Ipv6Addr> {
    /// `IPV6_ADDR_SCOPE` of the kernel: global is 0, loopback 0x10, link-local 0x20.
    const GLOBAL: &str = "00";
    /// `IFA_F_TEMPORARY`: privacy addresses, which change every day.
    const TEMPORARY: u32 = 1;
    let line = |line: &str| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [address, _, _, scope, flags, ..] = words[..] else { return None };
        let flags = u32::from_str_radix(flags, 16).ok()?;
        let address = Ipv6Addr::from(u128::from_str_radix(address, 16).ok()?);
        (scope == GLOBAL && flags & TEMPORARY == 0).then_some(address)
    };
    table.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_kernels_tables() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     +-- 10.0.2.0/24 2 0 2\n\
                    |-- 10.0.2.0\n /24 link UNICAST\n |-- 10.0.2.15\n /32 host LOCAL\n |-- 10.0.2.255\n /32 link BROADCAST\n\
                    |-- 127.0.0.1\n /32 host LOCAL\n |-- 169.254.1.1\n /32 host LOCAL\n";
        assert_eq!(ipv4(trie), [Ipv4Addr::new(10, 0, 2, 15)]);
        let table = "fe80000000000000505400fffe123456 02 40 20 80     eth0\n\
                     00000000000000000000000000000001 01 80 10 80       lo\n\
                     20010db8000000000000000000000005 02 40 00 80     eth0\n\
                     20010db80000000000000000deadbeef 02 40 00 01     eth0\n";
        assert_eq!(ipv6(table), ["2001:db8::5".parse::<Ipv6Addr>().unwrap()]);
        assert!(ipv6("x\ny z").is_empty() && ipv4("|-- x\n/32 host LOCAL").is_empty());
    }
}
