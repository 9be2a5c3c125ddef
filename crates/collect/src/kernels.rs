//! The kernels on disk, the one that runs and the one that boots next; and whether to reboot.

mod grub;

use crate::Root;
use crate::reboot;
use crate::text::identifier;
use model::wire::sections::{Kernel, PackageRecord, Runtime};
use std::collections::BTreeMap;
use versions::Scheme;

/// What packages of kernels are called before the release: Debian and Ubuntu, signed and not, and
/// Proxmox.
const PACKAGE_PREFIXES: &[&str] = &["linux-image-", "linux-image-unsigned-", "proxmox-kernel-", "pve-kernel-"];
/// What may stand behind the release in a package's name.
const PACKAGE_SUFFIXES: &[&str] = &["", "-unsigned", "-signed"];

/// The section.
pub(crate) fn section(root: &Root, installed: &[PackageRecord]) -> Runtime {
    let kernels = kernels(root, installed);
    let (reboot_required, reboot_reasons) = reboot::read(root);
    let uname = root.is_live().then(rustix::system::uname);
    let text = |text: &std::ffi::CStr| identifier(&text.to_string_lossy());
    Runtime {
        next_kernel: next(root, &kernels),
        kernels,
        reboot_required,
        reboot_reasons,
        running_kernel: uname.as_ref().map(|uname| text(uname.release())).unwrap_or_default(),
        running_kernel_build: uname.as_ref().map(|uname| text(uname.version())).unwrap_or_default(),
        ..Runtime::default()
    }
}

/// Kernels in `/boot` and kernels of packages, which `/boot` lacks where it is not mounted.
fn kernels(root: &Root, installed: &[PackageRecord]) -> Vec<Kernel> {
    let mut kernels: BTreeMap<String, Kernel> = BTreeMap::new();
    for entry in root.list("/boot").unwrap_or_default() {
        if let Some(release) = entry.name.strip_prefix("vmlinuz-").filter(|release| is_release(release)) {
            let release = identifier(release);
            kernels.insert(release.clone(), Kernel { release, ..Kernel::default() });
        }
    }
    for PackageRecord { name, version, .. } in installed {
        let Some(release) = release_of(name) else { continue };
        let kernel = kernels.entry(release.to_owned()).or_default();
        // A signed and an unsigned package of one release exclude each other, but for leftovers.
        if kernel.package.is_empty() || PACKAGE_PREFIXES[0].len() + release.len() == name.len() {
            *kernel = Kernel { package: name.clone(), release: release.to_owned(), version: version.clone() };
        }
    }
    kernels.into_values().take(1000).collect()
}

/// A kernel's release begins with a number; `vmlinuz-old` and rescue images don't.
fn is_release(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with(".dpkg-new") && !text.ends_with(".dpkg-tmp")
}

/// The release of the kernel in a package of this name. Meta-packages (`linux-image-amd64`) and
/// debugging symbols have none.
fn release_of(package: &str) -> Option<&str> {
    let rest = PACKAGE_PREFIXES
        .iter()
        .rev()
        .find_map(|prefix| package.strip_prefix(prefix).filter(|rest| is_release(rest)))?;
    let release = PACKAGE_SUFFIXES.iter().rev().find_map(|suffix| rest.strip_suffix(suffix)).unwrap_or(rest);
    // `proxmox-kernel-6.8` is a meta-package: a release has three numbers.
    (!release.ends_with("-dbg") && release.split('.').count() > 2).then_some(release)
}

/// The release that boots next: what GRUB is set to boot where that can be read, else the greatest
/// that is installed, which is what `update-grub` puts first. Empty where GRUB is set to something
/// that can't be resolved.
fn next(root: &Root, kernels: &[Kernel]) -> String {
    let greatest = || {
        let releases = kernels.iter().map(|kernel| kernel.release.as_str());
        releases.max_by(|a, b| Scheme::Dpkg.compare(a, b)).unwrap_or_default().to_owned()
    };
    if kernels.is_empty() {
        return String::new();
    }
    match grub::next(root) {
        grub::Next::Release(release) => identifier(&release),
        grub::Next::First => greatest(),
        grub::Next::Unknown => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kernels_from_meta_packages() {
        for (package, expected) in [
            ("linux-image-6.1.0-40-amd64", Some("6.1.0-40-amd64")),
            ("linux-image-6.1.0-40-amd64-unsigned", Some("6.1.0-40-amd64")),
            ("linux-image-6.1.0-40-amd64-dbg", None),
            ("linux-image-unsigned-6.8.0-41-generic", Some("6.8.0-41-generic")),
            ("linux-image-amd64", None),
            ("linux-image-generic-hwe-22.04", None),
            ("proxmox-kernel-6.8.12-4-pve-signed", Some("6.8.12-4-pve")),
            ("proxmox-kernel-6.8", None),
            ("linux-headers-6.1.0-40-amd64", None),
        ] {
            assert_eq!(release_of(package), expected, "{package}");
        }
    }
}
