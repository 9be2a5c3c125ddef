//! apk's repositories and what the administrator asked for by name.

use crate::Root;
use crate::text::identifier;
use model::wire::sections::Skipped;
use model::wire::without_credentials;
use sha1::{Digest as _, Sha1};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use versions::Scheme;

/// Largest file, in bytes.
const MOST_BYTES: u64 = 4 << 20;
/// The file of repositories, and folders of more, of apk 3.
const MAIN: &str = "/etc/apk/repositories";
const FOLDERS: [&str; 3] = ["/etc/apk/repositories.d", "/lib/apk/repositories.d", "/usr/lib/apk/repositories.d"];
/// What was asked for by name.
const WORLD: &str = "/etc/apk/world";
/// Where indexes are kept: a link to where the administrator keeps packages, else apk's own place.
const CACHES: [&str; 2] = ["/etc/apk/cache", "/var/cache/apk"];
/// Most repositories; apk takes 32.
const MOST_REPOSITORIES: usize = 1000;

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Repository {
    /// Without credentials.
    pub(super) uri: String,
    /// Only packages that were asked for by this tag come from it; empty where it has none.
    pub(super) tag: String,
    /// Where its index may lie.
    pub(super) indexes: Vec<String>,
}

/// What was asked for by one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// As it was written.
    pub(super) text: String,
    pub(super) tag: String,
    operator: String,
    version: String,
}

impl Wish {
    fn parse(text: &str) -> Option<(String, Self)> {
        let (rest, operator, version) = match text.find(['<', '>', '=', '~']) {
            Some(at) => {
                let (rest, relation) = text.split_at(at);
                let version = relation.trim_start_matches(['<', '>', '=', '~']);
                (rest, &relation[..relation.len() - version.len()], version)
            }
            None => (text, "", ""),
        };
        let (name, tag) = rest.split_once('@').unwrap_or((rest, ""));
        let (version, behind) = version.split_once('@').unwrap_or((version, ""));
        let wish = Self {
            text: text.to_owned(),
            tag: if tag.is_empty() { behind } else { tag }.to_owned(),
            operator: operator.to_owned(),
            version: version.to_owned(),
        };
        (!name.is_empty() && !name.starts_with('!')).then(|| (name.to_owned(), wish))
    }

    /// Whether it keeps a package from becoming ever newer.
    pub(super) fn holds(&self) -> bool {
        !self.operator.is_empty() && !self.operator.starts_with('>')
    }

    /// Whether a version will do. `~` asks for a version that begins so, up to the end of a number.
    pub(super) fn allows(&self, version: &str) -> bool {
        let order = || Scheme::Apk.compare(version, &self.version);
        let begins = || {
            let rest = version.strip_prefix(&self.version);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        match self.operator.as_str() {
            "=" => order() == Ordering::Equal,
            "<" => order() == Ordering::Less,
            "<=" => order() != Ordering::Greater,
            ">" => order() == Ordering::Greater,
            ">=" => order() != Ordering::Less,
            "~" | "~=" | "=~" => begins(),
            "<~" | "<=~" => order() == Ordering::Less || begins(),
            ">~" | ">=~" => order() == Ordering::Greater || begins(),
            _ => true,
        }
    }
}

/// Everything that is configured.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) repositories: Vec<Repository>,
    /// By name; `None` where what was asked for is not known.
    pub(super) world: Option<BTreeMap<String, Wish>>,
    pub(super) skipped: Vec<Skipped>,
}

impl Settings {
    /// Reads the settings. `arch` is the host's architecture.
    pub(super) fn read(root: &Root, arch: &str) -> Self {
        let mut settings = Self::default();
        settings.file(root, MAIN, arch);
        for folder in FOLDERS {
            let entries = root.list(folder).unwrap_or_default().into_iter();
            for entry in entries.filter(|entry| entry.is_file && entry.name.ends_with(".list")) {
                settings.file(root, &format!("{folder}/{}", entry.name), arch);
            }
        }
        match root.text(WORLD, MOST_BYTES) {
            Ok(text) => settings.world = Some(text.split_whitespace().filter_map(Wish::parse).collect()),
            Err(why) if why.is_missing() => {}
            Err(why) => settings.skip(WORLD, why.why.to_string()),
        }
        settings
    }

    fn file(&mut self, root: &Root, path: &str, arch: &str) {
        let text = match root.text(path, MOST_BYTES) {
            Ok(text) => text,
            Err(why) => {
                if !why.is_missing() {
                    self.skip(path, why.why.to_string());
                }
                return;
            }
        };
        for (number, line) in (1_u64..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if self.repositories.len() >= MOST_REPOSITORIES {
                let why = format!("read no further: more than {MOST_REPOSITORIES} repositories");
                return self.skip(&format!("{path} line {number}"), why);
            }
            let (tag, url) = match line.strip_prefix('@').and_then(|rest| rest.split_once(char::is_whitespace)) {
                Some((tag, url)) => (tag, url.trim()),
                None => ("", line),
            };
            if !(url.starts_with('/') || url.contains("://")) || url.contains(char::is_whitespace) {
                self.skip(&format!("{path} line {number}"), "is no repository");
                continue;
            }
            let indexes = if url.starts_with('/') {
                vec![format!("{}/{arch}/APKINDEX.tar.gz", url.trim_end_matches('/'))]
            } else {
                CACHES.iter().map(|cache| format!("{cache}/{}", cached_name(url))).collect()
            };
            let uri = identifier(&without_credentials(url));
            self.repositories.push(Repository { uri, tag: tag.to_owned(), indexes });
        }
    }

    pub(super) fn skip(&mut self, record: &str, why: impl Into<String>) {
        self.skipped.push(Skipped { record: record.to_owned(), why: why.into() });
    }
}

/// The name of a remote repository's index in the cache: the first four bytes of the SHA-1 of its address as it is
/// written. Source: the files in images of Alpine, below.
fn cached_name(url: &str) -> String {
    let digest = Sha1::digest(url.as_bytes());
    let hex = hex::encode(digest.get(..4).unwrap_or_default());
    format!("APKINDEX.{hex}.tar.gz")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that Alpine's images of these releases are known for, as their build logs show them beside the addresses.
    #[test]
    fn indexes_have_the_names_that_apk_gives_them() {
        for (url, wanted) in [
            ("http://dl-cdn.alpinelinux.org/alpine/v3.9/main", "APKINDEX.b89edf6e.tar.gz"),
            ("http://dl-cdn.alpinelinux.org/alpine/v3.9/community", "APKINDEX.737f7e01.tar.gz"),
            ("http://dl-cdn.alpinelinux.org/alpine/v3.12/main", "APKINDEX.2c4ac24e.tar.gz"),
            ("http://dl-cdn.alpinelinux.org/alpine/edge/main", "APKINDEX.066df28d.tar.gz"),
        ] {
            assert_eq!(cached_name(url), wanted);
        }
    }

    /// The forms of apk-world(5).
    #[test]
    fn wishes_allow_what_they_say() {
        for (text, version, wanted) in [
            ("a", "9-r0", true),
            ("a=1.2-r0", "1.2-r0", true),
            ("a=1.2-r0", "1.2-r1", false),
            ("a<2", "1.9-r3", true),
            ("a<2", "2.1-r0", false),
            ("a>=2", "2.1-r0", true),
            ("a~3.6", "3.6.1-r0", true),
            ("a~3.6", "3.60-r0", false),
            ("a=~3.6", "3.7-r0", false),
            ("a@edge", "9-r0", true),
        ] {
            let (name, wish) = Wish::parse(text).unwrap();
            assert_eq!((name.as_str(), wish.allows(version)), ("a", wanted), "{text} {version}");
        }
        assert_eq!(Wish::parse("a@edge").unwrap().1.tag, "edge");
        assert_eq!(Wish::parse("a@edge=1").unwrap().1.tag, "edge");
        assert_eq!(Wish::parse("!a"), None);
        assert!(Wish::parse("a~1").unwrap().1.holds() && !Wish::parse("a>1").unwrap().1.holds());
    }
}
