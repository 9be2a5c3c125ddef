//! The one way in which feeds check a fixed version.

use versions::Scheme;

/// Longest fixed version in bytes. Real ones have at most some 100; the record has to hold it, and
/// every comparison has to walk it.
const MAX_BYTES: usize = 1024;

/// Whether a fixed version is one that the package manager would take and of a length that one has.
///
/// # Errors
/// Why not, in words.
pub(crate) fn check(scheme: Scheme, version: &str) -> Result<(), String> {
    if version.len() > MAX_BYTES {
        return Err(format!("the version has {} bytes, more than {MAX_BYTES}", version.len()));
    }
    // A word in its place (`Unknown`) is less than any version by most orders, so that everything would have the fix.
    if !version.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(format!("'{}' is no version: it has no digit", version.escape_debug()));
    }
    scheme.check(version).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_version() {
        for scheme in [Scheme::Dpkg, Scheme::Rpm, Scheme::Pacman, Scheme::Apk] {
            for word in ["Unknown", "banana", "-"] {
                assert!(check(scheme, word).is_err(), "{scheme:?} {word}");
            }
            assert_eq!(check(scheme, "0"), Ok(()), "{scheme:?}");
        }
    }

    #[test]
    fn a_version_has_a_ceiling() {
        let digits = |count| "1".repeat(count);
        for scheme in [Scheme::Dpkg, Scheme::Rpm, Scheme::Pacman, Scheme::Apk] {
            assert_eq!(check(scheme, &digits(MAX_BYTES)), Ok(()), "{scheme:?}");
            let why = check(scheme, &digits(10_000)).unwrap_err();
            assert_eq!(why, "the version has 10000 bytes, more than 1024", "{scheme:?}");
        }
    }
}
