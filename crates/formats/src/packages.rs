//! Packages as dpkg's `status` and apt's `Packages` lists describe them: deb-control(5), Debian
//! repository format, dpkg's "status" file.
//!
//! Everything is borrowed from the stanza. Lists are long (52 MB on Debian 12) and hosts have few of
//! their packages, so [`name`] finds the name alone, without reading the other fields.

use crate::deb822::Stanza;
use crate::{Skipped, shown};

/// The name of the package that a stanza is about, read from its first line where it stands there
/// (it does in every list that apt-ftparchive, dak and dpkg write).
#[must_use]
pub fn name<'a>(stanza: &Stanza<'a>) -> Option<&'a [u8]> {
    const FIRST: &[u8] = b"Package: ";
    let bytes = stanza.bytes();
    if bytes.starts_with(FIRST) {
        let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        return Some(bytes[FIRST.len()..end].trim_ascii());
    }
    stanza.field("Package").map(|field| field.value)
}

/// The names that the package of a stanza provides, without reading the other fields. Most packages
/// provide none, which is found by one search.
pub fn provided_names<'a>(stanza: &Stanza<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    const FIELD: &[u8] = b"\nProvides:";
    let bytes = stanza.bytes();
    let has_field = memchr::memmem::find(bytes, FIELD).is_some();
    let value = if has_field { stanza.field("Provides").map(|field| field.value) } else { None };
    let names = value.unwrap_or_default().split(|b| *b == b',').filter_map(|text| std::str::from_utf8(text).ok());
    names.filter_map(|text| text.split(['(', ':', '[', '<']).next()?.split_whitespace().next())
}

/// What the administrator wants of a package, dpkg's first word of `Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// `install`
    Install,
    /// `hold`: keep this version.
    Hold,
    /// `deinstall`
    Deinstall,
    /// `purge`
    Purge,
    /// `unknown`, or a word of the future.
    Unknown,
}

/// dpkg's `Status`: what is wanted, whether something is wrong, and the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    /// What the administrator wants.
    pub want: Want,
    /// The package is broken and must be reinstalled.
    pub reinstall_required: bool,
    /// `installed`, `config-files`, `half-installed` ...
    pub state: &'a str,
}

impl<'a> Status<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (want, flag, state) = (words.next()?, words.next()?, words.next()?);
        let want = match want {
            "install" => Want::Install,
            "hold" => Want::Hold,
            "deinstall" => Want::Deinstall,
            "purge" => Want::Purge,
            _ => Want::Unknown,
        };
        Some(Self { want, reinstall_required: flag == "reinstreq", state })
    }

    /// Whether files of the package are on disk: every state but `not-installed` and `config-files`.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        !matches!(self.state, "not-installed" | "config-files")
    }
}

/// One package. Absent fields are empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Package<'a> {
    /// `Package`
    pub name: &'a str,
    /// `Version`
    pub version: &'a str,
    /// `Architecture`
    pub arch: &'a str,
    /// `Source`: the name, without the version in brackets.
    pub source: &'a str,
    /// `Source`: the version in brackets.
    pub source_version: &'a str,
    /// `Maintainer`
    pub maintainer: &'a [u8],
    /// `Pre-Depends`
    pub pre_depends: &'a [u8],
    /// `Depends`
    pub depends: &'a [u8],
    /// `Conflicts`
    pub conflicts: &'a [u8],
    /// `Breaks`
    pub breaks: &'a [u8],
    /// `Replaces`
    pub replaces: &'a [u8],
    /// `Provides`
    pub provides: &'a [u8],
    /// `Installed-Size`
    pub installed_size: &'a [u8],
    /// `Multi-Arch`
    pub multi_arch: &'a str,
    /// `Size` of the archive in bytes.
    pub size: Option<u64>,
    /// `Phased-Update-Percentage`; a percentage above 100 is none.
    pub phased_percent: Option<u8>,
    /// `Status`, which only dpkg's own database has.
    pub status: Option<Status<'a>>,
}

fn text<'a>(value: &'a [u8], field: &str, line: u64) -> Result<&'a str, Skipped> {
    let text = std::str::from_utf8(value).ok().filter(|text| !text.contains(|c: char| c.is_control()));
    text.ok_or_else(|| Skipped::new(line, format!("{field} is no plain text: {}", shown(value))))
}

impl<'a> Package<'a> {
    /// Reads a stanza.
    ///
    /// # Errors
    /// The line and why: no name, a malformed line, or an identifying field that is not one line of
    /// UTF-8. Other fields are taken as bytes, whatever they hold.
    pub fn parse(stanza: &Stanza<'a>) -> Result<Self, Skipped> {
        let mut package = Self::default();
        for field in stanza.fields() {
            let field = field?;
            let value = field.value;
            let plain = |what: &str| text(value, what, field.line);
            match field.name.to_ascii_lowercase().as_slice() {
                b"package" => package.name = plain("Package")?,
                b"version" => package.version = plain("Version")?,
                b"architecture" => package.arch = plain("Architecture")?,
                b"source" => (package.source, package.source_version) = source(plain("Source")?),
                b"maintainer" => package.maintainer = value,
                b"pre-depends" => package.pre_depends = value,
                b"depends" => package.depends = value,
                b"conflicts" => package.conflicts = value,
                b"breaks" => package.breaks = value,
                b"replaces" => package.replaces = value,
                b"provides" => package.provides = value,
                b"installed-size" => package.installed_size = value,
                b"multi-arch" => package.multi_arch = plain("Multi-Arch")?,
                b"size" => package.size = plain("Size")?.parse().ok(),
                b"phased-update-percentage" => {
                    package.phased_percent =
                        plain("Phased-Update-Percentage")?.parse().ok().filter(|percent| *percent <= 100);
                }
                b"status" => package.status = Status::parse(plain("Status")?),
                _ => {}
            }
        }
        if package.name.is_empty() {
            return Err(Skipped::new(stanza.line(), "a stanza without Package"));
        }
        Ok(package)
    }

    /// Name of the source package; the binary's own where none is stated.
    #[must_use]
    pub fn source_name(&self) -> &'a str {
        if self.source.is_empty() { self.name } else { self.source }
    }

    /// Version of the source package; the binary's own where none is stated.
    #[must_use]
    pub fn source_version(&self) -> &'a str {
        if self.source_version.is_empty() { self.version } else { self.source_version }
    }

    /// apt's measure of whether two stanzas with one version describe the same build: a sum over the
    /// fields that dpkg keeps, without white space, `=`, epochs of 0 and case, since dpkg rewrites
    /// these (apt 2.6, `debListParser::VersionHash`).
    #[must_use]
    pub fn build_hash(&self) -> u32 {
        let mut hash = 5381_u32;
        let fields = [self.installed_size, self.depends, self.pre_depends, self.conflicts, self.breaks, self.replaces];
        for field in fields {
            let mut at = 0;
            while let Some(byte) = field.get(at) {
                if *byte == b'0' && field.get(at + 1) == Some(&b':') {
                    at += 2;
                    continue;
                }
                at += 1;
                if !byte.is_ascii_whitespace() && *byte != 0x0b && *byte != b'=' {
                    hash = hash.wrapping_mul(33).wrapping_add(u32::from(byte.to_ascii_lowercase()));
                }
            }
        }
        hash
    }
}

/// `name (version)` as its two parts.
fn source(text: &str) -> (&str, &str) {
    match text.split_once('(') {
        Some((name, version)) => (name.trim(), version.trim_end().trim_end_matches(')').trim()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Package<'_>, Skipped> {
        Package::parse(&Stanza::of(text.as_bytes()))
    }

    #[test]
    fn reads_a_stanza_of_a_list() {
        // bookworm/main, trimmed.
        let package = parse(
            "Package: libgcc-s1\nSource: gcc-12 (12.2.0-14+deb12u1)\nVersion: 12.2.0-14\nInstalled-Size: 140\n\
             Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>\nArchitecture: amd64\n\
             Depends: gcc-12-base (= 12.2.0-14), libc6 (>= 2.35)\nMulti-Arch: same\nSize: 49856\n\
             Phased-Update-Percentage: 30\n",
        )
        .unwrap();
        assert_eq!((package.name, package.version, package.arch), ("libgcc-s1", "12.2.0-14", "amd64"));
        assert_eq!((package.source_name(), package.source_version()), ("gcc-12", "12.2.0-14+deb12u1"));
        assert_eq!((package.size, package.phased_percent, package.status), (Some(49856), Some(30), None));
        assert_eq!(package.depends, b"gcc-12-base (= 12.2.0-14), libc6 (>= 2.35)");
    }

    #[test]
    fn reads_states_and_holds() {
        let status = |text: &'static str| Status::parse(text).unwrap();
        assert!(status("install ok installed").is_installed());
        assert_eq!(status("hold ok installed").want, Want::Hold);
        assert!(!status("deinstall ok config-files").is_installed());
        assert!(status("install reinstreq half-installed").reinstall_required);
        assert!(status("install ok triggers-pending").is_installed());
        assert_eq!(Status::parse("install ok"), None);
    }

    #[test]
    fn finds_the_name_wherever_it_stands() {
        assert_eq!(name(&Stanza::of(b"Package: a\nVersion: 1")), Some(&b"a"[..]));
        assert_eq!(name(&Stanza::of(b"Version: 1\npackage:  b ")), Some(&b"b"[..]));
        assert_eq!(name(&Stanza::of(b"Version: 1")), None);
    }

    #[test]
    fn finds_what_a_package_provides() {
        let names = |text: &'static str| provided_names(&Stanza::of(text.as_bytes())).collect::<Vec<_>>();
        // bookworm/main: exim4-daemon-light, python3-distutils, trimmed.
        assert_eq!(names("Package: a\nProvides: mail-transport-agent, x (= 1:2)\n"), ["mail-transport-agent", "x"]);
        assert_eq!(names("Package: a\nProvides: x:any(= 1),\n  y\nVersion: 1"), ["x", "y"]);
        assert_eq!(names("Package: a\nProvides: x<< 2), y[amd64]"), ["x", "y"]);
        assert_eq!(names("Package: a\nDescription: x\n Provides: y"), Vec::<&str>::new());
    }

    #[test]
    fn dpkgs_rewriting_does_not_change_the_build() {
        let list = parse("Package: a\nDepends: b (>=1:2), C (=0:3)\nBreaks: d (<< 4)").unwrap();
        let status = parse("Package: a\nDepends: b (>= 1:2), c (= 3)\nBreaks: d (<<  4)").unwrap();
        assert_eq!(list.build_hash(), status.build_hash());
        assert_ne!(list.build_hash(), parse("Package: a\nDepends: b (>= 1:3), c (= 3)").unwrap().build_hash());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse("Version: 1").unwrap_err().to_string(), "line 1: a stanza without Package");
        let nul = parse("Package: a\nVersion: 1\0").unwrap_err();
        assert_eq!(nul.to_string(), "line 2: Version is no plain text: 1\\0");
        let latin = Package::parse(&Stanza::of(b"Package: caf\xe9")).unwrap_err();
        assert_eq!(latin.to_string(), "line 1: Package is no plain text: caf\u{fffd}");
        assert_eq!(parse("Package: a\njunk\n").unwrap_err().line, 2);
    }

    #[test]
    fn an_impossible_percentage_is_none() {
        assert_eq!(parse("Package: a\nPhased-Update-Percentage: 101").unwrap().phased_percent, None);
        assert_eq!(parse("Package: a\nPhased-Update-Percentage: x").unwrap().phased_percent, None);
    }
}
