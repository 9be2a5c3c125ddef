//! The order of package versions, exactly as each package manager defines it.
//!
//! Every scheme gives [`Scheme::compare`], and [`Scheme::key`]: bytes whose plain lexicographic
//! order (`memcmp`) equals `compare`, so that sorting, range scans and databases need no callback.
//!
//! **Invariant**: `compare(a, b) == key(a).cmp(&key(b))` for every two strings, valid or not.

mod dpkg;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version scheme, named after the tool whose order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Debian and derivatives: deb-version(7).
    Dpkg,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 1] = [Self::Dpkg];

    /// The word on the command line and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
        }
    }

    /// The scheme of a distribution's packages (os-release's `ID`), if it is one that is known.
    #[must_use]
    pub fn of_distribution(id: &str) -> Option<Self> {
        matches!(id, "debian" | "ubuntu" | "raspbian" | "linuxmint" | "kali" | "devuan" | "proxmox" | "pop")
            .then_some(Self::Dpkg)
    }

    /// Orders two versions. Any two strings have an order; [`Scheme::check`] says what is no version.
    #[must_use]
    pub fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Dpkg => dpkg::compare(a, b),
        }
    }

    /// Bytes that order as the version does.
    #[must_use]
    pub fn key(self, version: &str) -> Vec<u8> {
        match self {
            Self::Dpkg => dpkg::key(version),
        }
    }

    /// Whether the tool would take the text for a version.
    ///
    /// # Errors
    /// Says what is wrong, as a fragment: `'1_0' holds '_', which no version may hold`.
    pub fn check(self, version: &str) -> Result<(), InvalidVersion> {
        match self {
            Self::Dpkg => dpkg::check(version),
        }
        .map_err(InvalidVersion)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str() == name).ok_or_else(|| {
            format!("'{name}' is not a version scheme: expected {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidVersion(String);

impl fmt::Display for InvalidVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidVersion {}
