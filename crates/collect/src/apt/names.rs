//! Addresses as apt takes them apart, and the names of its list files.

use formats::sources_list::percent_decoded;

/// An address in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Uri {
    /// `https`, `file`, `cdrom` ...
    pub(super) access: String,
    /// Without brackets.
    pub(super) host: String,
    /// With its colon, or empty.
    port: String,
    /// From the `/` on, decoded.
    path: String,
    /// What apt takes for the path may begin with credentials: a password with a `/` in it, or an
    /// address with one `/` only. apt can't use such an address; a report must not show it.
    is_doubtful: bool,
}

impl Uri {
    /// Takes an address apart. Credentials are left out.
    pub(super) fn parse(text: &str) -> Self {
        let (access, rest) = text.split_once(':').unwrap_or(("", text));
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        // A name in brackets may hold slashes and colons: cdrom labels and IPv6 addresses.
        let mut bracketed = false;
        let end = rest.find(|c: char| {
            bracketed = c == '[' || bracketed && c != ']';
            c == '/' && !bracketed
        });
        let (authority, path) = rest.split_at(end.unwrap_or(rest.len()));
        let has_user = authority.contains('@');
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|inner| inner.rsplit_once(']')) {
            Some((host, port)) => (host, port),
            None => authority.split_at(authority.rfind(':').unwrap_or(authority.len())),
        };
        let is_port = port.len() > 1 && port[1..].bytes().all(|b| b.is_ascii_digit());
        let mut path = percent_decoded(path);
        if !path.ends_with('/') {
            path.push('/');
        }
        let is_remote = !matches!(access.rsplit('+').next(), Some("file" | "copy" | "cdrom"));
        Self {
            is_doubtful: is_remote && !has_user && (host.is_empty() || port.len() > 1 && !is_port),
            access: access.to_owned(),
            host: host.to_owned(),
            port: if is_port { port.to_owned() } else { String::new() },
            path,
        }
    }

    /// The address for people: no credentials, no `/` at its end.
    pub(super) fn shown(&self) -> String {
        let path = self.path.trim_end_matches('/');
        if let Some((_, behind)) = path.rsplit_once('@').filter(|_| self.is_doubtful) {
            return format!("{}://{behind}", self.access);
        }
        let host = if self.host.contains([':', '/']) { format!("[{}]", self.host) } else { self.host.clone() };
        let slashes = if self.host.is_empty() { "" } else { "//" };
        format!("{}:{slashes}{host}{}{path}", self.access, self.port)
    }
}

/// A suite's place below the address: `dists/SUITE/`, or the path of a flat repository.
pub(super) fn suite_path(suite: &str) -> String {
    // apt encodes these three in the suite before it encodes the whole again.
    let encoded = quoted(suite, "+~ ");
    match suite {
        "/" => String::new(),
        _ if suite.ends_with('/') => encoded,
        _ => format!("dists/{encoded}/"),
    }
}

/// The name of the list file for what lies at `below` under an address: the address without scheme
/// and credentials, `/` as `_`, special characters as `%xx`.
pub(super) fn file_name(uri: &Uri, below: &str) -> String {
    quoted(&format!("{}{}{}{below}", uri.host, uri.port, uri.path), "\\|{}[]<>\"^~_=!@#$%^&*").replace('/', "_")
}

fn quoted(text: &str, special: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        let c = char::from(byte);
        if special.contains(c) || byte == b'%' || byte <= 0x20 || byte >= 0x7f {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02x}");
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(uri: &str, suite: &str, component: &str) -> String {
        let below = if component.is_empty() { String::new() } else { format!("{component}/binary-amd64/") };
        file_name(&Uri::parse(uri), &format!("{}{below}Packages", suite_path(suite)))
    }

    /// Expected values: `apt-get indextargets --no-release-info --format '$(FILENAME)'` of apt 2.6.
    #[test]
    fn lists_are_named_as_apt_names_them() {
        for (uri, suite, component, expected) in [
            (
                "http://deb.debian.org/debian",
                "bookworm",
                "main",
                "deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages",
            ),
            (
                "http://user:pa%20ss@ex_ample.org:8080/de~bian+x/amd64/a%20b",
                "stable/up~da_tes+x=y",
                "con_trib",
                "ex%5fample.org:8080_de%7ebian+x_amd64_a%20b_dists_stable_up%257eda%5ftes%252bx%3dy_con%5ftrib_binary-amd64_Packages",
            ),
            ("file:/tmp/x_y/repo", "./", "", "_tmp_x%5fy_repo_._Packages"),
            ("file:///tmp/z", "/", "", "_tmp_z_Packages"),
            (
                "cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_ - Official amd64 DVD 20230610-10:23]/",
                "bookworm",
                "main",
                "Debian%20GNU_Linux%2012.0.0%20%5fBookworm%5f%20-%20Official%20amd64%20DVD%2020230610-10:23_dists_bookworm_main_binary-amd64_Packages",
            ),
            ("http://[::1]:99/deb", "amd64/x/", "", "::1:99_deb_amd64_x_Packages"),
            ("copy:/foo%5fbar", "stable", "main", "_foo%5fbar_dists_stable_main_binary-amd64_Packages"),
            (
                "https://HOST.Example/",
                "quo ted",
                "ma in",
                "HOST.Example_dists_quo%2520ted_ma%20in_binary-amd64_Packages",
            ),
            ("mirror+file:/etc/mirr.txt", "sid", "main", "_etc_mirr.txt_dists_sid_main_binary-amd64_Packages"),
            (
                "http://x/a//b//",
                "sid",
                "main/debian-installer",
                "x_a__b__dists_sid_main_debian-installer_binary-amd64_Packages",
            ),
            ("http://us@er:x@yhost/üml", "sid", "main", "yhost_%c3%bcml_dists_sid_main_binary-amd64_Packages"),
        ] {
            assert_eq!(packages(uri, suite, component), expected);
        }
    }

    #[test]
    fn addresses_are_shown_without_credentials() {
        let shown = |uri| Uri::parse(uri).shown();
        assert_eq!(shown("https://me:secret@e.org:8443/debian/"), "https://e.org:8443/debian");
        assert_eq!(shown("https://token@e.org/"), "https://e.org");
        assert_eq!(shown("https://me:sec/ret@e.org/debian/"), "https://e.org/debian");
        assert_eq!(shown("https:/me:secret@e.org/debian"), "https://e.org/debian");
        assert_eq!(shown("https:me:secret@e.org/debian"), "https://e.org/debian");
        assert_eq!(shown("https://e.org:8443/a@b"), "https://e.org:8443/a@b");
        assert_eq!(shown("file:/srv/a@b"), "file:/srv/a@b");
        assert_eq!(shown("file:/srv/repo"), "file:/srv/repo");
        assert_eq!(shown("http://[::1]:99/deb"), "http://[::1]:99/deb");
        assert_eq!(Uri::parse("http://user@[fe80::1]/x").host, "fe80::1");
    }
}
