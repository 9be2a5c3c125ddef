//! Which distribution and release a package or host belongs to.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// A distribution and its release, written `debian:12`, `ubuntu:22.04`, `arch:rolling`.
///
/// The distribution is os-release's `ID`, the release its `VERSION_ID`; a system without one
/// (Debian testing and sid, Arch) has its `VERSION_CODENAME`, or `rolling`. Copies share their text, since every
/// fact of a feed has one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Platform {
    /// As it is written.
    text: Arc<str>,
    /// Where the colon stands in it, the only one.
    colon: usize,
}

/// Why a text is not a platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a platform: expected DISTRIBUTION:RELEASE in lower case letters, digits, '.', '_', '-', such as debian:12"
)]
pub struct InvalidPlatform(pub String);

impl Platform {
    /// Makes a platform from os-release's `ID` and `VERSION_ID`.
    ///
    /// # Errors
    /// When either part is empty, longer than 64 bytes or holds anything but lower case letters,
    /// digits, `.`, `_` and `-` (the characters that os-release(5) allows).
    pub fn new(distribution: &str, release: &str) -> Result<Self, InvalidPlatform> {
        let part = |text: &str| {
            !text.is_empty()
                && text.len() <= 64
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
        };
        if part(distribution) && part(release) {
            Ok(Self::joined(distribution, release))
        } else {
            Err(InvalidPlatform(format!("{distribution}:{release}")))
        }
    }

    /// Of two parts that hold no colon.
    fn joined(distribution: &str, release: &str) -> Self {
        Self { text: format!("{distribution}:{release}").into(), colon: distribution.len() }
    }

    /// The distribution: `debian`.
    #[must_use]
    pub fn distribution(&self) -> &str {
        &self.text[..self.colon]
    }

    /// The release: `12`.
    #[must_use]
    pub fn release(&self) -> &str {
        &self.text[self.colon + 1..]
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (distribution, release) = (self.distribution(), self.release());
        f.debug_struct("Platform").field("distribution", &distribution).field("release", &release).finish()
    }
}

impl PartialEq for Platform {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text) || self.text == other.text
    }
}

impl Eq for Platform {}

impl Hash for Platform {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Platform {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By distribution, then by release, each as text.
impl Ord for Platform {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.text, &other.text) {
            return Ordering::Equal;
        }
        self.distribution().cmp(other.distribution()).then_with(|| self.release().cmp(other.release()))
    }
}

impl FromStr for Platform {
    type Err = InvalidPlatform;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (distribution, release) = text.split_once(':').ok_or_else(|| InvalidPlatform(text.to_owned()))?;
        Self::new(distribution, release).map_err(|_| InvalidPlatform(text.to_owned()))
    }
}

impl TryFrom<String> for Platform {
    type Error = InvalidPlatform;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.to_string()
    }
}

impl Platform {
    /// The platform of a host, whatever its os-release says: parts are lower-cased, other
    /// characters become `-`, and what is missing is `unknown` (`debian:sid`, `arch:rolling`,
    /// `linux:unknown`). A platform that no feed knows is *not assessed*, never refused.
    #[must_use]
    pub fn of_os(os: &crate::wire::sections::Os) -> Self {
        let clean = |text: &str| -> String {
            text.chars()
                .take(64)
                .map(|c| match c.to_ascii_lowercase() {
                    c @ ('a'..='z' | '0'..='9' | '.' | '_' | '-') => c,
                    _ => '-',
                })
                .collect()
        };
        let distribution = if os.id.is_empty() { "linux".to_owned() } else { clean(&os.id) };
        let release = match (os.version_id.as_str(), os.codename.as_str(), distribution.as_str()) {
            ("", "", "arch" | "archarm" | "manjaro" | "void" | "gentoo") => "rolling".to_owned(),
            ("", "", _) => "unknown".to_owned(),
            ("", codename, _) => clean(codename),
            (version, _, _) => clean(version),
        };
        Self::joined(&distribution, &release)
    }
}
