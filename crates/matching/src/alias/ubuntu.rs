//! Ubuntu's signed kernels, meta-packages and restricted modules.
//!
//! Ubuntu's data names kernels by the source that is compiled (`linux`, `linux-hwe-6.5`,
//! `linux-aws`), while the installed image comes from a source that signs it. `grub2-signed` and
//! `shim-signed` need no row: the vendor names these sources themselves. Sources: the `Source` fields
//! of Ubuntu's `Packages` lists, wiki.ubuntu.com/Kernel/Dev/KernelMaintenanceStarter.

use super::Alias;
use model::Package;
use std::borrow::Cow;

/// How the version of the compiled source is found.
enum Versions {
    /// It is the same; what follows a last `+` counts the wrapper's own changes (`5.4.0-42.46+1`).
    Same,
    /// `5.4.0.42.45` is the meta-package of `5.4.0-42.46`: the last number is its own, so that it
    /// names the build `5.4.0-42` alone.
    Meta,
}

struct Row {
    /// What the wrapping source has in place of `linux`.
    prefix: &'static str,
    versions: Versions,
    rule: &'static str,
}

/// The table. The first row that holds is taken.
const UBUNTU: &[Row] = &[
    Row {
        prefix: "linux-signed",
        versions: Versions::Same,
        rule: "linux-signed and linux-signed-FLAVOUR are the signed form of linux and linux-FLAVOUR",
    },
    Row {
        prefix: "linux-main-signed",
        versions: Versions::Same,
        rule: "linux-main-signed holds signed modules of linux",
    },
    Row {
        prefix: "linux-meta",
        versions: Versions::Meta,
        rule: "linux-meta-FLAVOUR A.B.C.N.U is the meta-package of linux-FLAVOUR A.B.C-N",
    },
    Row {
        prefix: "linux-restricted-modules",
        versions: Versions::Same,
        rule: "linux-restricted-modules-FLAVOUR holds modules for linux-FLAVOUR",
    },
    Row {
        prefix: "linux-restricted-signatures",
        versions: Versions::Same,
        rule: "linux-restricted-signatures-FLAVOUR holds signatures of modules for linux-FLAVOUR",
    },
    Row {
        prefix: "linux-lrm",
        versions: Versions::Same,
        rule: "linux-lrm-FLAVOUR holds restricted modules for linux-FLAVOUR",
    },
];

/// The first row of the table that holds for the package's source.
pub(super) fn alias(package: &Package) -> Option<Alias<'_>> {
    let source = package.source.as_str();
    if !source.starts_with("linux-") {
        return None;
    }
    UBUNTU.iter().find_map(|row| {
        let flavour = source.strip_prefix(row.prefix)?;
        if !(flavour.is_empty() || flavour.starts_with('-')) {
            return None;
        }
        let version = match row.versions {
            Versions::Same => without_own(&package.source_version).to_owned(),
            Versions::Meta => build_of_meta(&package.source_version)?,
        };
        Some(Alias { source: Cow::Owned(format!("linux{flavour}")), version: Cow::Owned(version), rule: row.rule })
    })
}

/// `7.0.0-14.14+3` without `+3`; a `+` that is followed by anything but a number is part of the version.
fn without_own(version: &str) -> &str {
    match version.rsplit_once('+') {
        Some((version, own)) if !own.is_empty() && own.bytes().all(|b| b.is_ascii_digit()) => version,
        _ => version,
    }
}

/// `5.4.0.42.45` as `5.4.0-42`; `None` for what is not five numbers (with a suffix of a backport).
fn build_of_meta(version: &str) -> Option<String> {
    let numbers = version.split('~').next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    let [a, b, c, build, _own] = parts.as_slice() else { return None };
    let number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    [a, b, c, build].into_iter().all(number).then(|| format!("{a}.{b}.{c}-{build}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Origin;

    fn package(name: &str, source: &str, version: &str) -> Package {
        Package {
            platform: "ubuntu:20.04".parse().unwrap(),
            name: name.into(),
            version: version.into(),
            arch: "amd64".into(),
            source: source.into(),
            source_version: version.into(),
            module: String::new(),
            origin: Origin::Distribution,
        }
    }

    /// Binary, source, version; then the compiled source and its version. Packages of Ubuntu's own
    /// lists of 20.04, 22.04 and 16.04, and a real host of 26.04 (conformance/inventory-vuls-integration).
    const REAL: &[(&str, &str, &str, &str, &str)] = &[
        ("linux-image-5.4.0-42-generic", "linux-signed", "5.4.0-42.46", "linux", "5.4.0-42.46"),
        ("linux-image-7.0.0-14-generic", "linux-signed", "7.0.0-14.14", "linux", "7.0.0-14.14"),
        ("linux-main-modules-zfs-7.0.0-14-generic", "linux-main-signed", "7.0.0-14.14+3", "linux", "7.0.0-14.14"),
        (
            "linux-image-5.8.0-23-generic",
            "linux-signed-hwe-5.8",
            "5.8.0-23.24~20.04.1",
            "linux-hwe-5.8",
            "5.8.0-23.24~20.04.1",
        ),
        ("linux-image-5.4.0-1020-aws", "linux-signed-aws", "5.4.0-1020.20", "linux-aws", "5.4.0-1020.20"),
        (
            "linux-image-4.4.0-21-generic",
            "linux-signed-lts-xenial",
            "4.4.0-21.37~14.04.1",
            "linux-lts-xenial",
            "4.4.0-21.37~14.04.1",
        ),
        ("linux-image-generic", "linux-meta", "5.4.0.42.45", "linux", "5.4.0-42"),
        ("linux-image-aws", "linux-meta-aws", "5.4.0.1020.21", "linux-aws", "5.4.0-1020"),
        ("linux-image-generic-hwe-20.04", "linux-meta-hwe-5.8", "5.8.0.23.24~20.04.1", "linux-hwe-5.8", "5.8.0-23"),
        (
            "linux-modules-nvidia-440-5.4.0-42-generic",
            "linux-restricted-modules",
            "5.4.0-42.46+1",
            "linux",
            "5.4.0-42.46",
        ),
        (
            "linux-signatures-nvidia-5.4.0-42-generic",
            "linux-restricted-signatures",
            "5.4.0-42.46",
            "linux",
            "5.4.0-42.46",
        ),
        ("linux-lrm-aws", "linux-lrm-aws", "5.4.0-1020.20", "linux-aws", "5.4.0-1020.20"),
    ];

    #[test]
    fn wrapping_sources_are_read_back() {
        for (name, source, version, wanted, wanted_version) in REAL {
            let package = package(name, source, version);
            let alias = alias(&package).unwrap_or_else(|| panic!("{source} has no alias"));
            assert_eq!((alias.source.as_ref(), alias.version.as_ref()), (*wanted, *wanted_version), "{name}");
        }
    }

    #[test]
    fn what_is_no_wrapper_has_no_alias() {
        for source in
            ["linux", "linux-hwe-5.8", "linux-aws", "linux-base", "linux-signedness", "grub2-signed", "linux-metal"]
        {
            assert_eq!(alias(&package(source, source, "5.4.0-42.46")), None, "{source}");
        }
        assert_eq!(
            alias(&package("linux-image-generic", "linux-meta", "5.4.0-42")),
            None,
            "no version of a meta-package"
        );
    }
}
