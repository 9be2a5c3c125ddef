//! Addresses: where they lead, and what is asked for there.

/// Whether a host is this machine.
pub(super) fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// The address that a `Location` means. RFC 3986 5.2 for what servers really send: an address, a
/// network path, an absolute path.
pub(super) fn follow(url: &str, location: &str) -> Option<String> {
    if location.starts_with("https://") || location.starts_with("http://") {
        return Some(location.to_owned());
    }
    let (scheme, rest) = url.split_once("://")?;
    if location.starts_with("//") {
        return Some(format!("{scheme}:{location}"));
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    location.starts_with('/').then(|| format!("{scheme}://{authority}{location}"))
}

/// What may be done to a document on its way: nothing, where it is packed already, so that it can be taken up
/// where a download ended.
pub(super) fn accepted_encoding(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let packed = [".zst", ".gz", ".bz2", ".xz", ".zip"].iter().any(|end| path.ends_with(end));
    if packed { "identity" } else { "gzip" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved_against_the_address() {
        let follow = |location| follow("https://a.example/b/c?d", location);
        assert_eq!(follow("https://e.example/f").as_deref(), Some("https://e.example/f"));
        assert_eq!(follow("/f").as_deref(), Some("https://a.example/f"));
        assert_eq!(follow("//e.example/f").as_deref(), Some("https://e.example/f"));
        assert_eq!(follow(""), None);
        assert_eq!(follow("javascript:x"), None);
    }

    #[test]
    fn packed_documents_are_not_packed_again() {
        assert_eq!(accepted_encoding("https://a.example/b.tar.zst?x=1"), "identity");
        assert_eq!(accepted_encoding("https://a.example/b.json"), "gzip");
    }
}
