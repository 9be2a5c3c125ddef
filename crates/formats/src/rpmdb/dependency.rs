//! What a package needs, offers and excludes.
//!
//! Source: rpm's `docs/manual/dependencies.md`, `lib/rpmds.h` (`rpmsenseFlags`), `lib/rpmtag.h`.

use super::Header;
use std::borrow::Cow;
use std::fmt;

/// A kind of dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What it needs.
    Requires,
    /// What it stands for.
    Provides,
    /// What it can't be installed beside.
    Conflicts,
    /// What it replaces.
    Obsoletes,
}

impl Kind {
    /// Tags of names, flags and versions.
    fn tags(self) -> [u32; 3] {
        match self {
            Self::Requires => [1049, 1048, 1050],
            Self::Provides => [1047, 1112, 1113],
            Self::Conflicts => [1054, 1053, 1055],
            Self::Obsoletes => [1090, 1114, 1115],
        }
    }
}

/// Bits of the flags.
const LESS: u32 = 1 << 1;
const GREATER: u32 = 1 << 2;
const EQUAL: u32 = 1 << 3;
/// A feature that rpm itself must have.
const RPMLIB: u32 = 1 << 24;

/// One dependency: a name and, where a relation is asked for, a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dependency<'a> {
    /// The name: of a package, a file, a library (`libc.so.6(GLIBC_2.34)(64bit)`), or a whole
    /// expression in brackets (`(a if b)`).
    pub name: Cow<'a, str>,
    /// `rpmsenseFlags` as they stand in the header.
    pub flags: u32,
    /// The version, empty where any will do.
    pub version: Cow<'a, str>,
}

impl Dependency<'_> {
    /// `<`, `<=`, `=`, `>=` or `>`, empty where any version will do.
    #[must_use]
    pub fn relation(&self) -> &'static str {
        match (self.flags & LESS != 0, self.flags & GREATER != 0, self.flags & EQUAL != 0) {
            (true, false, false) => "<",
            (true, false, true) => "<=",
            (false, false, true) => "=",
            (false, true, true) => ">=",
            (false, true, false) => ">",
            _ => "",
        }
    }

    /// Whether it is about rpm's own features (`rpmlib(PayloadIsZstd)`) and no package.
    #[must_use]
    pub fn is_of_rpm(&self) -> bool {
        self.flags & RPMLIB != 0 || self.name.starts_with("rpmlib(")
    }
}

impl fmt::Display for Dependency<'_> {
    /// As `rpm -q --requires` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.relation().is_empty() && !self.version.is_empty() {
            write!(f, " {} {}", self.relation(), self.version)?;
        }
        Ok(())
    }
}

/// The dependencies of a kind, in the header's order. Flags and versions that are missing are empty.
pub(super) fn of<'a>(header: &Header<'a>, kind: Kind) -> impl Iterator<Item = Dependency<'a>> + use<'a> {
    let [names, flags, versions] = kind.tags();
    let (mut flags, mut versions) = (header.numbers(flags), header.texts(versions));
    header.texts(names).map(move |name| Dependency {
        name: String::from_utf8_lossy(name),
        flags: flags.next().unwrap_or_default(),
        version: versions.next().map(String::from_utf8_lossy).unwrap_or_default(),
    })
}
