//! Debian's signed sources.
//!
//! Sources: the `Source` and `Version` fields of Debian's own `Packages` lists (the tests quote
//! them), wiki.debian.org/SecureBoot.

use super::Alias;
use model::Package;
use std::borrow::Cow;

/// How the name of the signed source is found.
enum Names {
    /// `prefix` + architecture + `suffix` becomes a fixed name.
    To(&'static str),
    /// `linux-signed-6.12-amd64` becomes `linux-6.12`, `linux-signed-amd64` becomes `linux`.
    Kernel,
}

/// How the version of the signed source is found.
enum Versions {
    /// `6.1.192+2` becomes `6.1.192-2`.
    LastPlus,
    /// `1+2.06+13+deb12u1` becomes `2.06-13+deb12u1`: the first part counts the signing package's own changes.
    SkipOwnThenLastPlus,
    /// The binary's version is `own version + signed version`, and the source's is its own alone:
    /// `1.51~1+deb12u1+16.1-2~deb12u1` of `1.51~1+deb12u1` becomes `16.1-2~deb12u1`.
    AfterOwn,
}

/// One row of the table.
struct Row {
    /// How the name of the signing source begins.
    prefix: &'static str,
    /// How it ends, after the architecture; the whole name where `prefix` is all of it.
    suffix: &'static str,
    /// What its version must begin with for the row to hold.
    version_prefix: &'static str,
    names: Names,
    versions: Versions,
    rule: &'static str,
}

/// Architectures for which Debian signs.
const SIGNED_ARCHES: &[&str] = &["amd64", "arm64", "armhf", "i386", "ia32"];

/// Debian's table. The first row that holds is taken.
const DEBIAN: &[Row] = &[
    Row {
        prefix: "linux-signed-",
        suffix: "",
        version_prefix: "",
        names: Names::Kernel,
        versions: Versions::LastPlus,
        rule: "linux-signed-ARCH X+Y is the signed form of linux X-Y",
    },
    Row {
        prefix: "grub-efi-",
        suffix: "-signed",
        version_prefix: "",
        names: Names::To("grub2"),
        versions: Versions::SkipOwnThenLastPlus,
        rule: "grub-efi-ARCH-signed N+X+Y is the signed form of grub2 X-Y",
    },
    Row {
        prefix: "shim-helpers-",
        suffix: "-signed",
        version_prefix: "",
        names: Names::To("shim"),
        versions: Versions::SkipOwnThenLastPlus,
        rule: "shim-helpers-ARCH-signed N+X+Y is the signed form of shim X-Y",
    },
    Row {
        prefix: "shim-signed",
        suffix: "",
        version_prefix: "",
        names: Names::To("shim"),
        versions: Versions::AfterOwn,
        rule: "a binary of shim-signed N has the version N+V, where V is the version of the signed shim",
    },
    Row {
        prefix: "fwupd-",
        suffix: "-signed",
        version_prefix: "1:",
        names: Names::To("fwupd-efi"),
        versions: Versions::LastPlus,
        rule: "fwupd-ARCH-signed 1:X+Y is the signed form of fwupd-efi 1:X-Y",
    },
    Row {
        prefix: "fwupd-",
        suffix: "-signed",
        version_prefix: "",
        names: Names::To("fwupd"),
        versions: Versions::LastPlus,
        rule: "fwupd-ARCH-signed X+Y is the signed form of fwupd X-Y",
    },
    Row {
        prefix: "systemd-boot-efi-",
        suffix: "-signed",
        version_prefix: "",
        names: Names::To("systemd"),
        versions: Versions::LastPlus,
        rule: "systemd-boot-efi-ARCH-signed X+Y is the signed form of systemd X-Y",
    },
];

/// The first row of the table that holds for the package's source.
pub(super) fn alias(package: &Package) -> Option<Alias<'_>> {
    DEBIAN.iter().find_map(|row| row.apply(package))
}

impl Row {
    fn apply<'a>(&self, package: &'a Package) -> Option<Alias<'a>> {
        let middle = package.source.strip_prefix(self.prefix)?.strip_suffix(self.suffix)?;
        if !package.source_version.starts_with(self.version_prefix) {
            return None;
        }
        let source: Cow<'a, str> = match self.names {
            Names::To(name) if middle.is_empty() || SIGNED_ARCHES.contains(&middle) => Cow::Borrowed(name),
            Names::To(_) => return None,
            Names::Kernel => match middle.rsplit_once('-') {
                None if SIGNED_ARCHES.contains(&middle) => Cow::Borrowed("linux"),
                Some((series, arch)) if SIGNED_ARCHES.contains(&arch) => Cow::Owned(format!("linux-{series}")),
                _ => return None,
            },
        };
        let version = match self.versions {
            Versions::LastPlus => last_plus(&package.source_version)?,
            Versions::SkipOwnThenLastPlus => last_plus(package.source_version.split_once('+')?.1)?,
            Versions::AfterOwn => package.version.strip_prefix(&package.source_version)?.strip_prefix('+')?.to_owned(),
        };
        Some(Alias { source, version: Cow::Owned(version), rule: self.rule })
    }
}

/// Makes the last `+` before a digit the `-` that it stood for. A later `+` belongs to the revision
/// (`+deb12u1`), an earlier one to the upstream version (`2.02+dfsg1`).
fn last_plus(version: &str) -> Option<String> {
    let bytes = version.as_bytes();
    let at = (0..bytes.len().saturating_sub(1)).rev().find(|i| bytes[*i] == b'+' && bytes[i + 1].is_ascii_digit())?;
    Some(format!("{}-{}", &version[..at], &version[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Origin;

    fn package(name: &str, version: &str, source: &str, source_version: &str) -> Package {
        Package {
            platform: "debian:12".parse().unwrap(),
            name: name.into(),
            version: version.into(),
            arch: "amd64".into(),
            source: source.into(),
            source_version: source_version.into(),
            module: String::new(),
            origin: Origin::Distribution,
        }
    }

    /// Binary, version, source, source version of real packages; then what the unsigned package of
    /// the same build is called in the same list. Debian 12 `Packages` of November 2026 unless named.
    const REAL: &[(&str, &str, &str, &str, &str, &str)] = &[
        ("linux-image-6.1.0-56-amd64", "6.1.192-2", "linux-signed-amd64", "6.1.192+2", "linux", "6.1.192-2"),
        ("linux-image-6.1.0-56-arm64", "6.1.192-2", "linux-signed-arm64", "6.1.192+2", "linux", "6.1.192-2"),
        ("linux-image-6.1.0-56-686", "6.1.192-2", "linux-signed-i386", "6.1.192+2", "linux", "6.1.192-2"),
        (
            "linux-image-6.12.117+deb12-amd64",
            "6.12.117-1~deb12u1",
            "linux-signed-6.12-amd64",
            "6.12.117+1~deb12u1",
            "linux-6.12",
            "6.12.117-1~deb12u1",
        ),
        // Debian 10: linux 4.19.37-5+deb10u1, grub2 2.02+dfsg1-20+deb10u4 (DSA-4867-1).
        (
            "linux-image-4.19.0-5-amd64",
            "4.19.37-5+deb10u1",
            "linux-signed-amd64",
            "4.19.37+5+deb10u1",
            "linux",
            "4.19.37-5+deb10u1",
        ),
        (
            "grub-efi-amd64-signed",
            "1+2.02+dfsg1+20+deb10u4",
            "grub-efi-amd64-signed",
            "1+2.02+dfsg1+20+deb10u4",
            "grub2",
            "2.02+dfsg1-20+deb10u4",
        ),
        (
            "grub-efi-amd64-signed",
            "1+2.06+13+deb12u2",
            "grub-efi-amd64-signed",
            "1+2.06+13+deb12u2",
            "grub2",
            "2.06-13+deb12u2",
        ),
        (
            "grub-efi-arm64-signed",
            "1+2.06+13+deb12u2",
            "grub-efi-arm64-signed",
            "1+2.06+13+deb12u2",
            "grub2",
            "2.06-13+deb12u2",
        ),
        (
            "grub-efi-ia32-signed",
            "1+2.06+13+deb12u2",
            "grub-efi-ia32-signed",
            "1+2.06+13+deb12u2",
            "grub2",
            "2.06-13+deb12u2",
        ),
        (
            "shim-helpers-amd64-signed",
            "1+16.1+2~deb12u1",
            "shim-helpers-amd64-signed",
            "1+16.1+2~deb12u1",
            "shim",
            "16.1-2~deb12u1",
        ),
        ("shim-signed", "1.51~1+deb12u1+16.1-2~deb12u1", "shim-signed", "1.51~1+deb12u1", "shim", "16.1-2~deb12u1"),
        ("fwupd-amd64-signed", "1:1.4+1", "fwupd-amd64-signed", "1:1.4+1", "fwupd-efi", "1:1.4-1"),
        // Debian 11, before fwupd-efi was split off: fwupd 1.5.7-4.
        ("fwupd-amd64-signed", "1.5.7+4", "fwupd-amd64-signed", "1.5.7+4", "fwupd", "1.5.7-4"),
        // Debian 13: systemd 257.9-1~deb13u1.
        (
            "systemd-boot-efi-amd64-signed",
            "257.9+1~deb13u1",
            "systemd-boot-efi-amd64-signed",
            "257.9+1~deb13u1",
            "systemd",
            "257.9-1~deb13u1",
        ),
    ];

    #[test]
    fn signed_sources_are_read_back() {
        for (name, version, source, source_version, wanted, wanted_version) in REAL {
            let package = package(name, version, source, source_version);
            let alias = alias(&package).unwrap_or_else(|| panic!("{source} has no alias"));
            assert_eq!((alias.source.as_ref(), alias.version.as_ref()), (*wanted, *wanted_version), "{name} {version}");
        }
    }

    #[test]
    fn what_only_looks_signed_has_no_alias() {
        for source in
            ["linux", "linux-signed-riscv64", "grub-efi-foo-signed", "shim", "shim-signed-x", "fwupd", "linux-signed-"]
        {
            assert_eq!(alias(&package(source, "1:1+2.3+4", source, "1:1+2.3+4")), None, "{source}");
        }
        // A version that cannot be read back stays what it is.
        assert_eq!(alias(&package("x", "6.1", "linux-signed-amd64", "6.1")), None);
        assert_eq!(alias(&package("shim-signed", "1.4", "shim-signed", "1.5")), None);
        let mut ubuntu = package("shim-signed", "1.51+15.8-0ubuntu1", "shim-signed", "1.51");
        ubuntu.platform = "ubuntu:24.04".parse().unwrap();
        assert_eq!(super::super::alias(&ubuntu), None, "the table is Debian's");
    }
}
