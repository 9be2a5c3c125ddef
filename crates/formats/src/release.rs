//! What an archive says of a suite: `Release` and `InRelease`, Debian repository format.
//!
//! An `InRelease` is a `Release` in an OpenPGP clear-signed message (RFC 4880, 7); the armour is
//! taken off, the signature is apt's business and was checked by it when the list was fetched.

use crate::deb822::Stanza;
use crate::{Skipped, truth};

/// The facts about a suite that apt decides by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// `Origin`: the archive's name for itself.
    pub origin: String,
    /// `Label`
    pub label: String,
    /// `Suite`: `oldstable-security`.
    pub suite: String,
    /// `Codename`: `bookworm-security`.
    pub codename: String,
    /// `Version`: `12.11`.
    pub version: String,
    /// `Date`, as written.
    pub date: String,
    /// `Valid-Until`, as written.
    pub valid_until: String,
    /// `NotAutomatic`: nothing is taken from here unless asked for.
    pub not_automatic: bool,
    /// `ButAutomaticUpgrades`: but what came from here is kept up to date from here.
    pub but_automatic_upgrades: bool,
    /// `Architectures`; empty is all.
    pub architectures: Vec<String>,
    /// `Components`; empty is all.
    pub components: Vec<String>,
}

/// Reads a suite's facts from the whole document.
///
/// Lines that are no fields are passed over and named; a document without any field is one such.
#[must_use]
pub fn parse(document: &[u8]) -> (Release, Vec<Skipped>) {
    let mut release = Release::default();
    let mut skipped = Vec::new();
    let content = strip_armor(document);
    let mut any = false;
    for field in first_stanza(&content).fields() {
        let field = match field {
            Ok(field) => field,
            Err(skip) => {
                // One is enough: binary junk would fill the list.
                if skipped.is_empty() {
                    skipped.push(skip);
                }
                continue;
            }
        };
        any = true;
        let target = match field.name.to_ascii_lowercase().as_slice() {
            b"origin" => &mut release.origin,
            b"label" => &mut release.label,
            b"suite" => &mut release.suite,
            b"codename" => &mut release.codename,
            b"version" => &mut release.version,
            b"date" => &mut release.date,
            b"valid-until" => &mut release.valid_until,
            b"notautomatic" => {
                release.not_automatic = truth(&field.text()).unwrap_or(false);
                continue;
            }
            b"butautomaticupgrades" => {
                release.but_automatic_upgrades = truth(&field.text()).unwrap_or(false);
                continue;
            }
            b"architectures" => {
                release.architectures = words(&field.text());
                continue;
            }
            b"components" => {
                release.components = words(&field.text());
                continue;
            }
            _ => continue,
        };
        *target = clean(&field.text());
    }
    if !any {
        skipped.push(Skipped::new(1, "no field of a Release file"));
    }
    (release, skipped)
}

/// The size that the document's sums give for an index such as `main/binary-amd64/Packages`, in
/// bytes, uncompressed; `None` where it names none such. An empty index is often not fetched.
#[must_use]
pub fn index_size(document: &[u8], index: &str) -> Option<u64> {
    let content = strip_armor(document);
    let stanza = first_stanza(&content);
    ["SHA256", "SHA512", "SHA1", "MD5Sum"].iter().find_map(|sums| {
        stanza.field(sums)?.value.split(|b| *b == b'\n').find_map(|line| {
            let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            let (_, size, name) = (words.next()?, words.next()?, words.next()?);
            if name != index.as_bytes() {
                return None;
            }
            std::str::from_utf8(size).ok()?.parse().ok()
        })
    })
}

const MOST_WORDS: usize = 1000;

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().take(MOST_WORDS).map(str::to_owned).collect()
}

/// One line without control characters, of bounded length.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

fn first_stanza(content: &[u8]) -> Stanza<'_> {
    let from = content.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(content.len());
    let content = &content[from..];
    let end = [&b"\n\n"[..], b"\n\r\n"].iter().filter_map(|gap| memchr::memmem::find(content, gap)).min();
    Stanza::of(&content[..end.unwrap_or(content.len())])
}

/// The message within the armour; a document without armour as it is.
fn strip_armor(document: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    const BEGIN: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
    const SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
    if !document.starts_with(BEGIN) {
        return document.into();
    }
    let mut message = Vec::with_capacity(document.len());
    // Armour headers end at the first empty line.
    let mut lines = document.split_inclusive(|b| *b == b'\n');
    for line in lines.by_ref() {
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    for line in lines {
        if line.starts_with(SIGNATURE) {
            break;
        }
        message.extend_from_slice(line.strip_prefix(b"- ").unwrap_or(line));
    }
    message.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// bookworm-security's InRelease, trimmed.
    const SIGNED: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\n\
        Label: Debian-Security\nSuite: oldstable-security\nVersion: 12\nCodename: bookworm-security\n\
        Date: Fri, 20 Nov 2026 00:12:41 UTC\nValid-Until: Fri, 27 Nov 2026 00:12:41 UTC\n\
        Architectures: all amd64 arm64\nComponents: updates/main main\nNotAutomatic: yes\nSHA256:\n \
        aa 123 main/binary-amd64/Packages\n bb 0 main/binary-i386/Packages\n bb 45 main/binary-i386/Packages.xz\n\
        -----BEGIN PGP SIGNATURE-----\n\nSuite: forged\n-----END PGP SIGNATURE-----\n";

    #[test]
    fn reads_within_the_armour_only() {
        let (release, skipped) = parse(SIGNED);
        assert_eq!(skipped, []);
        assert_eq!(release.origin, "Debian");
        assert_eq!(release.label, "Debian-Security");
        assert_eq!(release.suite, "oldstable-security");
        assert_eq!(release.codename, "bookworm-security");
        assert_eq!(release.version, "12");
        assert_eq!(release.date, "Fri, 20 Nov 2026 00:12:41 UTC");
        assert_eq!(release.valid_until, "Fri, 27 Nov 2026 00:12:41 UTC");
        assert!(release.not_automatic && !release.but_automatic_upgrades);
        assert_eq!(release.architectures, ["all", "amd64", "arm64"]);
        assert_eq!(release.components, ["updates/main", "main"]);
    }

    #[test]
    fn knows_the_sizes_of_indices() {
        assert_eq!(index_size(SIGNED, "main/binary-amd64/Packages"), Some(123));
        assert_eq!(index_size(SIGNED, "main/binary-i386/Packages"), Some(0));
        assert_eq!(index_size(SIGNED, "main/binary-armhf/Packages"), None);
    }

    #[test]
    fn unsigned_documents_and_dash_escapes_are_read() {
        assert_eq!(parse(b"Suite: stable\r\nCodename: x\r\n").0.suite, "stable");
        let escaped = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- Label: -dash\n";
        assert_eq!(parse(escaped).0.label, "-dash");
    }

    #[test]
    fn junk_is_named() {
        let (release, skipped) = parse(b"\x7fELF\x02\x01\0\0\n\xff\xfe\n");
        assert_eq!(release, Release::default());
        assert_eq!(skipped[0].to_string(), "line 1: neither field nor continuation: \\u{7f}ELF\\u{2}\\u{1}\\0\\0");
        assert_eq!(parse(b"").1, [Skipped::new(1, "no field of a Release file")]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(128))]
        #[test]
        fn never_panics(junk in proptest::collection::vec(proptest::num::u8::ANY, 0..200), signed: bool) {
            let mut document = if signed { SIGNED[..60].to_vec() } else { Vec::new() };
            document.extend(junk);
            let _ = parse(&document);
            let _ = index_size(&document, "main");
        }
    }
}
