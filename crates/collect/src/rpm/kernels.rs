//! Which packages hold a kernel, and what `uname -r` says when it runs.

use formats::rpmdb::Package;

/// Tags of the list of files: names, folders, and which folder each name is in.
const BASE_NAMES: u32 = 1117;
const FOLDER_NAMES: u32 = 1118;
const FOLDER_INDEXES: u32 = 1116;

/// What images are called: on x86 and most others, on POWER, on ARM, on s390.
const IMAGES: [&str; 4] = ["vmlinuz", "vmlinux", "Image", "image"];

/// The release of the kernel that a package holds: by the image among its files, else by its name.
pub(super) fn release_of(package: &Package<'_>) -> Option<String> {
    // Lists of files are long; kernels go by this name wherever rpm is.
    if !package.name.starts_with("kernel") {
        return None;
    }
    by_files(package).or_else(|| by_name(package.name, package.version, package.release, package.arch))
}

/// The paths of a package's files.
pub(super) fn paths(package: &Package<'_>) -> impl Iterator<Item = String> {
    let folders: Vec<String> =
        package.header.texts(FOLDER_NAMES).map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let files = package.header.texts(BASE_NAMES).zip(package.header.numbers(FOLDER_INDEXES));
    let paths: Vec<String> = files
        .filter_map(|(name, folder)| {
            let folder = folders.get(usize::try_from(folder).ok()?)?;
            Some(format!("{folder}{}", String::from_utf8_lossy(name)))
        })
        .collect();
    paths.into_iter()
}

/// The release in the path of the image: `/boot/vmlinuz-RELEASE` or `/lib/modules/RELEASE/vmlinuz`.
fn by_files(package: &Package<'_>) -> Option<String> {
    let folders: Vec<&[u8]> = package.header.texts(FOLDER_NAMES).collect();
    let files = package.header.texts(BASE_NAMES).zip(package.header.numbers(FOLDER_INDEXES));
    files.into_iter().find_map(|(name, folder)| {
        let name = std::str::from_utf8(name).ok()?;
        let image = IMAGES.iter().find_map(|image| name.strip_prefix(image))?;
        let folder = std::str::from_utf8(folders.get(usize::try_from(folder).ok()?)?).ok()?;
        let release = if folder == "/boot/" {
            image.strip_prefix('-')?
        } else {
            let below = folder.strip_prefix("/usr").unwrap_or(folder).strip_prefix("/lib/modules/")?;
            below.strip_suffix('/').filter(|release| image.is_empty() && !release.contains('/'))?
        };
        release.starts_with(|c: char| c.is_ascii_digit()).then(|| release.to_owned())
    })
}

/// Variants of Red Hat's kernel and its kin, which `uname -r` names behind a `+`, before Enterprise Linux 8
/// behind a dot. What is told apart by its version has none.
const VARIANTS: &[&str] = &["debug", "64k", "64k-debug", "zfcpdump", "rt", "rt-debug", "rt-64k", "PAE", "xen", "kdump"];

/// Kernels whose release is the package's version, release and architecture alone.
const PLAIN: &[&str] = &["", "uek", "lt", "ml", "plus"];

/// Flavours of SUSE's kernel. Source: the packages of openSUSE's repositories.
const SUSE: &[&str] = &["default", "azure", "rt", "64kb", "kvmsmall", "pae", "vanilla", "debug", "preempt", "longterm"];

/// The release by the package's name and version, for packages without a list of files.
///
/// `kernel-core` and its variants hold the image from Enterprise Linux 8 on, where `kernel` only
/// depends on it; both come to the same release. SUSE's releases lack the last number of the package's, which
/// counts rebuilds, and end in the flavour: `kernel-default-5.3.18-150300.59.49.1` is `5.3.18-150300.59.49-default`.
fn by_name(name: &str, version: &str, release: &str, arch: &str) -> Option<String> {
    let rest = name.strip_prefix("kernel")?;
    let rest = rest.strip_suffix("-core").unwrap_or(rest);
    let flavour = if rest.is_empty() { rest } else { rest.strip_prefix('-')? };
    let is_suse = !release.contains(".el") && !release.contains(".fc") && !release.contains(".amzn");
    if is_suse && SUSE.contains(&flavour) {
        let (release, _) = release.rsplit_once('.')?;
        return Some(format!("{version}-{release}-{flavour}"));
    }
    let plain = format!("{version}-{release}.{arch}");
    if PLAIN.contains(&flavour) || release.contains(".rt") && flavour == "rt" {
        return Some(plain);
    }
    let is_old = [".el5", ".el6", ".el7"].iter().any(|mark| release.contains(mark));
    VARIANTS.contains(&flavour).then(|| format!("{plain}{}{flavour}", if is_old { '.' } else { '+' }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variants() {
        // Releases as the vendors' own kernels give them (`kernel-uname-r` of the packages; the first two stand
        // so in Red Hat's primary.xml of the shared data set).
        for (name, version, release, wanted) in [
            ("kernel", "2.6.32", "279.19.1.el6", Some("2.6.32-279.19.1.el6.x86_64")),
            ("kernel-debug", "2.6.32", "279.19.1.el6", Some("2.6.32-279.19.1.el6.x86_64.debug")),
            ("kernel-debug-core", "5.14.0", "362.8.1.el9_3", Some("5.14.0-362.8.1.el9_3.x86_64+debug")),
            ("kernel-rt-core", "5.14.0", "362.8.1.el9_3", Some("5.14.0-362.8.1.el9_3.x86_64+rt")),
            ("kernel-rt-core", "4.18.0", "513.9.1.rt7.311.el8_9", Some("4.18.0-513.9.1.rt7.311.el8_9.x86_64")),
            ("kernel-uek-core", "5.15.0", "0.30.20.el9uek", Some("5.15.0-0.30.20.el9uek.x86_64")),
            ("kernel-default", "6.6.7", "1.1", Some("6.6.7-1-default")),
            ("kernel-modules-core", "5.14.0", "362.8.1.el9_3", None),
            ("kernel-headers", "5.14.0", "362.8.1.el9_3", None),
            ("kernel-default-extra", "5.3.18", "150300.59.49.1", None),
            ("kernel-tools", "5.14.0", "362.8.1.el9_3", None),
            ("kernelshark", "1.0", "1", None),
        ] {
            assert_eq!(by_name(name, version, release, "x86_64").as_deref(), wanted, "{name}-{version}-{release}");
        }
    }

    /// Truth: `uname -r` of 20 real hosts of rpm distributions, which have the kernel that they ran installed
    /// (`conformance/inventory-vuls-integration`); not openSUSE Leap 16's `kernel-default-base`, whose release is made
    /// of two.
    #[test]
    fn the_running_kernels_of_real_hosts_are_among_the_installed() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/conformance/inventory-vuls-integration.jsonl.zst"
        );
        let file = std::fs::File::open(path).expect("the tests need the shared data set");
        let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
        let mut hosts = 0;
        for line in text.lines() {
            let host: serde_json::Value = serde_json::from_str(line).unwrap();
            let distro = host["distro"].as_str().unwrap_or_default();
            let running = host["kernel"]["release"].as_str().unwrap_or_default();
            if matches!(distro, "alpine" | "debian" | "ubuntu") {
                continue;
            }
            let mut releases = Vec::new();
            for package in host["packages"].as_array().unwrap() {
                let text = |field: &str| package[field].as_str().unwrap_or_default();
                let version = text("version");
                let version = version.split_once(':').map_or(version, |(_, version)| version);
                releases.extend(by_name(text("name"), version, text("release"), text("arch")));
            }
            if running != "6.12.0-160000.2-default" {
                assert!(releases.iter().any(|release| release == running), "{distro}: {running} not in {releases:?}");
                hosts += 1;
            }
        }
        assert_eq!(hosts, 23);
    }
}
