//! The order of package versions, exactly as each package manager defines it.
//!
//! Every scheme gives [`Scheme::compare`], and [`Scheme::key`]: bytes whose plain lexicographic
//! order (`memcmp`) equals `compare`, so that sorting, range scans and databases need no callback.
//! Advisories, whose fixed version may lack a release, are compared by [`Scheme::compare_fixed`] or
//! [`compare_fixed_keys`]; what people type by [`Scheme::compare_literal`].
//!
//! **Invariant**: `compare(a, b) == key(a).cmp(&key(b))` for every two strings, valid or not; it is an
//! order (total, transitive) even where the tool's own verdicts are none.
//!
//! Time and memory are linear in the length of the texts, numbers have any number of digits.

mod apk;
mod dpkg;
mod evr;
mod number;
mod pacman;
mod rpm;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version scheme, named after the tool whose order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Debian and derivatives: deb-version(7).
    Dpkg,
    /// Red Hat, Fedora, SUSE and their kin: rpm-version(7).
    Rpm,
    /// Arch Linux and derivatives: vercmp(8).
    Pacman,
    /// Alpine and Wolfi: apk-tools 3, and 2 where that has nothing to say.
    Apk,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 4] = [Self::Dpkg, Self::Rpm, Self::Pacman, Self::Apk];

    /// The word on the command line and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::Rpm => "rpm",
            Self::Pacman => "pacman",
            Self::Apk => "apk",
        }
    }

    /// The scheme of a distribution's packages (os-release's `ID`), if it is one that is known.
    #[must_use]
    pub fn of_distribution(id: &str) -> Option<Self> {
        Some(match id {
            "debian" | "ubuntu" | "raspbian" | "linuxmint" | "kali" | "devuan" | "proxmox" | "pop" => Self::Dpkg,
            "rhel"
            | "centos"
            | "fedora"
            | "almalinux"
            | "rocky"
            | "ol"
            | "amzn"
            | "scientific"
            | "cloudlinux"
            | "opensuse"
            | "opensuse-leap"
            | "opensuse-tumbleweed"
            | "opensuse-leap-micro"
            | "opensuse-microos"
            | "sles"
            | "sled"
            | "sles_sap"
            | "sle-micro"
            | "sl-micro"
            | "suse"
            | "mageia"
            | "openEuler"
            | "openeuler"
            | "photon"
            | "mariner"
            | "azurelinux" => Self::Rpm,
            "arch" | "archarm" | "artix" | "cachyos" | "endeavouros" | "garuda" | "manjaro" | "manjaro-arm" => {
                Self::Pacman
            }
            "alpine" | "chainguard" | "postmarketos" | "wolfi" => Self::Apk,
            _ => return None,
        })
    }

    /// Orders two versions. Any two strings have an order; [`Scheme::check`] says what is no version.
    #[must_use]
    pub fn compare(self, a: &str, b: &str) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        match self {
            Self::Dpkg => dpkg::compare(a, b),
            Self::Rpm => rpm::compare(a, b),
            Self::Pacman => pacman::compare(a, b),
            Self::Apk => apk::compare(a, b),
        }
    }

    /// What the tool itself says of two versions: the same as [`Scheme::compare`], but for pacman, whose
    /// `vercmp` computes no order. To it versions are equal that differ only in that one of them has no
    /// pkgrel, so never sort by this.
    #[must_use]
    pub fn compare_as_tool(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Pacman => pacman::compare_as_tool(a, b),
            _ => self.compare(a, b),
        }
    }

    /// Orders an installed version against the version in which an advisory says a fault is fixed: less
    /// means not fixed. A missing epoch is 0. A fixed version of rpm or pacman without release fixes by
    /// its version alone: `1.0-3` equals a fixed `1.0`. [`compare_fixed_keys`] is the same on keys.
    ///
    /// ```
    /// # use std::cmp::Ordering;
    /// # use versions::Scheme;
    /// assert_eq!(Scheme::Rpm.compare_fixed("1.0-3.el9", "1.0"), Ordering::Equal);
    /// assert_eq!(Scheme::Rpm.compare_fixed("1.0-3.el9", "1.0-4.el9"), Ordering::Less);
    /// assert_eq!(Scheme::Rpm.compare_fixed("1.0-3.el9", "1:0.9"), Ordering::Less);
    /// ```
    #[must_use]
    pub fn compare_fixed(self, installed: &str, fixed: &str) -> Ordering {
        match self {
            Self::Rpm => rpm::compare_fixed(installed, fixed),
            Self::Pacman => pacman::compare_fixed(installed, fixed),
            Self::Dpkg | Self::Apk => self.compare(installed, fixed),
        }
    }

    /// Orders an installed version against what somebody typed: a literal without epoch or release
    /// (dpkg's revision, pacman's pkgrel, apk's `-rN`) ignores that part of the installed version.
    ///
    /// ```
    /// # use std::cmp::Ordering;
    /// # use versions::Scheme;
    /// assert_eq!(Scheme::Dpkg.compare_literal("1:9.18.24-1", "9.18.24"), Ordering::Equal);
    /// assert_eq!(Scheme::Dpkg.compare_literal("1:9.18.24-1", "0:9.18.24"), Ordering::Greater);
    /// assert_eq!(Scheme::Apk.compare_literal("3.1.4-r5", "3.1.4"), Ordering::Equal);
    /// ```
    #[must_use]
    pub fn compare_literal(self, installed: &str, literal: &str) -> Ordering {
        match self {
            Self::Dpkg => dpkg::compare_literal(installed, literal),
            Self::Rpm => rpm::compare_literal(installed, literal),
            Self::Pacman => pacman::compare_literal(installed, literal),
            Self::Apk => apk::compare_literal(installed, literal),
        }
    }

    /// Bytes that order as the version does. Keys of different schemes have nothing to do with each
    /// other. About as long as the version, and at most three bytes for each of its bytes and a
    /// dozen more.
    #[must_use]
    pub fn key(self, version: &str) -> Vec<u8> {
        match self {
            Self::Dpkg => dpkg::key(version),
            Self::Rpm => rpm::key(version),
            Self::Pacman => pacman::key(version),
            Self::Apk => apk::key(version),
        }
    }

    /// Whether the tool would take the text for a version.
    ///
    /// # Errors
    /// Says what is wrong, as a fragment: `'1_0' holds '_', which no version may hold`.
    pub fn check(self, version: &str) -> Result<(), InvalidVersion> {
        match self {
            Self::Dpkg => dpkg::check(version),
            Self::Rpm => rpm::check(version),
            Self::Pacman => pacman::check(version),
            Self::Apk => apk::check(version),
        }
        .map_err(InvalidVersion)
    }
}

/// [`Scheme::compare_fixed`] on the two versions' keys.
///
/// No key is the beginning of another, except that of a version without release (rpm, pacman), which
/// every release of it begins with: so a fixed version without release is met by its whole key.
#[must_use]
pub fn compare_fixed_keys(installed: &[u8], fixed: &[u8]) -> Ordering {
    if installed.starts_with(fixed) { Ordering::Equal } else { installed.cmp(fixed) }
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
