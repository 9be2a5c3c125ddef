//! A document with what can be checked of it, and what an administrator may set for a feed.

use crate::feed::Document;
use crate::signature::{Keyring, SignaturePolicy, Signed, Trust};
use std::path::PathBuf;

/// A document to fetch, and how to tell that it is the vendor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The document.
    pub document: Document,
    /// Its checksum as published, where an index gives it.
    pub checksum: Option<Checksum>,
    /// The address of a file with its SHA-256 (`archive.tar.zst.sha256`), where the vendor publishes such.
    pub checksum_file: Option<String>,
    /// The address of its signature (`archive.tar.zst.asc`), where the vendor signs it.
    pub signature_file: Option<String>,
    /// Who signed the index that gives its checksum.
    pub index_signed: Signed,
}

impl From<Document> for Source {
    fn from(document: Document) -> Self {
        Self { document, checksum: None, checksum_file: None, signature_file: None, index_signed: Signed::NotAsked }
    }
}

/// A checksum of bytes as published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// Its kind, `sha256` or `sha512`.
    pub kind: String,
    /// Its hexadecimal digits, lower case.
    pub digits: String,
}

/// What an administrator may set for a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedConfig {
    /// An address in place of the vendor's own.
    pub url: Option<String>,
    /// Addresses of the same kind, asked in this order for what the first one does not give.
    pub mirrors: Vec<String>,
    /// What is asked of signatures, and the keys.
    pub trust: Trust,
    /// Most bytes of a document after decompression, in place of the feed's own ceiling.
    pub max_bytes: Option<u64>,
    /// Most documents that are fetched one by one at a time, of feeds that publish what has changed; the rest is
    /// fetched the next time.
    pub max_changes: Option<usize>,
    /// Fewest records of a whole edition, in place of what is usual for the feed ([`crate::Feed::usual_records`]):
    /// for mirrors of a part.
    pub min_records: Option<u64>,
}

/// Documents fetched one by one at a time unless told otherwise.
pub const MAX_CHANGES: usize = 2_000;

impl FeedConfig {
    /// Reads what is set for a feed. Of the feed `debian-dsa`, `get` is asked for `MENDWATCH_FEED_DEBIAN_DSA_URL`,
    /// `..._MIRRORS` (addresses with blanks between them), `..._SIGNATURE` (`required`, `if-signed`, `off`),
    /// `..._KEYRING` (files and folders with `:` between them), `..._MAX_BYTES` and `..._MAX_CHANGES`.
    ///
    /// # Errors
    /// Which variable is wrong, and why.
    pub fn of(feed: &str, get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let prefix = format!("MENDWATCH_FEED_{}_", feed.to_uppercase().replace('-', "_"));
        let value = |name: &str| get(&format!("{prefix}{name}")).filter(|value| !value.is_empty());
        let wrong = |name: &str, why: String| format!("{prefix}{name}: {why}");
        let number = |name: &str| {
            value(name)
                .map(|text| text.parse::<u64>().map_err(|_| wrong(name, format!("'{text}' is no number"))))
                .transpose()
        };
        let policy = value("SIGNATURE").map(|text| text.parse::<SignaturePolicy>()).transpose();
        let paths: Vec<PathBuf> = value("KEYRING")
            .iter()
            .flat_map(|paths| paths.split(':'))
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .collect();
        let keyring = Keyring::read(&paths).map_err(|error| wrong("KEYRING", error.to_string()))?;
        let policy = policy.map_err(|why| wrong("SIGNATURE", why))?.unwrap_or_default();
        if policy == SignaturePolicy::Required && keyring.is_empty() {
            return Err(wrong("SIGNATURE", format!("a signature can't be required without {prefix}KEYRING")));
        }
        Ok(Self {
            url: value("URL"),
            mirrors: value("MIRRORS").iter().flat_map(|urls| urls.split_whitespace()).map(str::to_owned).collect(),
            trust: Trust { policy, keyring },
            max_bytes: number("MAX_BYTES")?,
            min_records: number("MIN_RECORDS")?,
            max_changes: number("MAX_CHANGES")?.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        })
    }

    /// The configuration of each address in turn: the first, then the mirrors.
    pub(crate) fn places(&self) -> Vec<Self> {
        let mirrors = self.mirrors.iter().map(|url| Self { url: Some(url.clone()), ..self.clone() });
        std::iter::once(self.clone()).chain(mirrors).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<FeedConfig, String> {
        let get = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        FeedConfig::of("redhat-vex", &get)
    }

    #[test]
    fn settings_are_read_by_the_feeds_name() {
        assert_eq!(of(&[("MENDWATCH_FEED_REDHAT_CSAF_URL", "https://x.example/")]), Ok(FeedConfig::default()));
        let config = of(&[
            ("MENDWATCH_FEED_REDHAT_VEX_URL", "https://a.example/vex/"),
            ("MENDWATCH_FEED_REDHAT_VEX_MIRRORS", "https://b.example/ https://c.example/"),
            ("MENDWATCH_FEED_REDHAT_VEX_SIGNATURE", "off"),
            ("MENDWATCH_FEED_REDHAT_VEX_MAX_BYTES", "1000"),
            ("MENDWATCH_FEED_REDHAT_VEX_MAX_CHANGES", "7"),
            ("MENDWATCH_FEED_REDHAT_VEX_MIN_RECORDS", "8"),
        ])
        .unwrap();
        assert_eq!(
            (config.max_bytes, config.max_changes, config.min_records, config.trust.policy),
            (Some(1000), Some(7), Some(8), SignaturePolicy::Off)
        );
        let places: Vec<_> = config.places().into_iter().filter_map(|place| place.url).collect();
        assert_eq!(places, ["https://a.example/vex/", "https://b.example/", "https://c.example/"]);
    }

    #[test]
    fn a_setting_that_is_none_is_named() {
        for (name, value, why) in [
            ("SIGNATURE", "maybe", "MENDWATCH_FEED_REDHAT_VEX_SIGNATURE: 'maybe' is none of required, if-signed, off"),
            ("MAX_BYTES", "1G", "MENDWATCH_FEED_REDHAT_VEX_MAX_BYTES: '1G' is no number"),
            (
                "SIGNATURE",
                "required",
                "MENDWATCH_FEED_REDHAT_VEX_SIGNATURE: a signature can't be required without MENDWATCH_FEED_REDHAT_VEX_KEYRING",
            ),
        ] {
            assert_eq!(of(&[(&format!("MENDWATCH_FEED_REDHAT_VEX_{name}"), value)]).unwrap_err(), why);
        }
        let missing = of(&[("MENDWATCH_FEED_REDHAT_VEX_KEYRING", "/nonexistent/keys.gpg")]).unwrap_err();
        assert!(
            missing.starts_with("MENDWATCH_FEED_REDHAT_VEX_KEYRING: the keyring /nonexistent/keys.gpg: "),
            "{missing}"
        );
    }
}
