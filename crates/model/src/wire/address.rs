//! Addresses of repositories: a scheme that package managers know, and no secrets.

/// Schemes that package managers fetch by. Sources: apt-transport-http(1), -https(1), -mirror(1),
/// sources.list(5) (`cdrom`, `copy`, `file`, `ftp`, `ssh`, `rsh`), the transports packaged for
/// Debian (`tor`, `s3`, `gs`, `ar`, `spacewalk`, `debtorrent`), dnf.conf(5), pacman.conf(5).
const SCHEMES: [&str; 17] = [
    "http",
    "https",
    "ftp",
    "ftps",
    "file",
    "copy",
    "cdrom",
    "media",
    "ssh",
    "rsh",
    "rsync",
    "mirror",
    "s3",
    "gs",
    "ar",
    "spacewalk",
    "debtorrent",
];

/// An address without its user name and password: `https://me:secret@mirror.example/debian` becomes
/// `https://mirror.example/debian`. Text that is no address with an authority stays as it is.
///
/// Agents strip addresses before they send them; a server strips them once more before it stores
/// them, for agents that did not.
#[must_use]
pub fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    // RFC 3986, section 3.2: the authority ends at the first `/`, `?` or `#`. Managers take a
    // password with an unescaped `@`, so its last one counts.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => address.to_owned(),
    }
}

/// What is wrong with the scheme of a repository's address. A path of the host itself (apk's
/// `/media/cdrom/apks`) has none.
pub(super) fn scheme_fault(address: &str) -> Option<String> {
    if address.starts_with('/') {
        return None;
    }
    let Some((scheme, _)) = address.split_once(':') else {
        return Some("is no address: expected SCHEME:..., or a path".to_owned());
    };
    // `mirror+https`, `tor+http`, `ar+https`: a transport over another.
    let known = |part: &str| part == "tor" || SCHEMES.contains(&part);
    if scheme.to_ascii_lowercase().split('+').all(known) {
        return None;
    }
    let shown: String = scheme.chars().take(32).collect();
    Some(format!("has the scheme '{}', by which no package manager fetches", shown.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: RFC 3986, section 3.2.1, and what curl sends as Host for each.
    #[test]
    fn user_and_password_are_left_out() {
        for (address, without) in [
            ("https://me:secret@mirror.example/debian", "https://mirror.example/debian"),
            ("https://me@mirror.example:8443", "https://mirror.example:8443"),
            ("http://me:pa@ss@mirror.example/a@b", "http://mirror.example/a@b"),
            ("http://mirror.example/~me@home/", "http://mirror.example/~me@home/"),
            ("http://mirror.example?token@x", "http://mirror.example?token@x"),
            ("https://u:p@[2001:db8::1]/debian", "https://[2001:db8::1]/debian"),
            ("mirror+https://u:p@m.example/list", "mirror+https://m.example/list"),
            ("cdrom:[Debian @ home]/", "cdrom:[Debian @ home]/"),
            ("file:/srv/u:p@x", "file:/srv/u:p@x"),
            ("baseos", "baseos"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(address), without);
        }
    }

    #[test]
    fn schemes_are_known_ones() {
        for known in [
            "http://a",
            "HTTPS://a",
            "cdrom:[Debian]/",
            "file:/srv",
            "mirror+https://a/b",
            "tor+http://a.onion",
            "ar+https://a",
            "/media/cdrom/apks",
        ] {
            assert_eq!(scheme_fault(known), None, "{known}");
        }
        for (unknown, why) in [
            ("javascript:alert(1)", "'javascript'"),
            ("data:text/html,x", "'data'"),
            ("mirror.example/debian", "no address"),
            ("http+gopher://a", "'http+gopher'"),
            ("", "no address"),
        ] {
            assert!(scheme_fault(unknown).is_some_and(|fault| fault.contains(why)), "{unknown}");
        }
    }
}
