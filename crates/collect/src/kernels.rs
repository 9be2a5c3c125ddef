//! The kernels on disk, the one that runs and the one that boots next; and whether to reboot.

mod grub;

use crate::Root;
use crate::reboot;
use crate::text::identifier;
use model::wire::sections::{Host, Kernel, PackageRecord, Runtime};
use std::collections::BTreeMap;
use versions::Scheme;

/// What packages of kernels are called before the release: Debian and Ubuntu, signed and not, and
/// Proxmox.
const PACKAGE_PREFIXES: &[&str] = &["linux-image-", "linux-image-unsigned-", "proxmox-kernel-", "pve-kernel-"];
/// What may stand behind the release in a package's name.
const PACKAGE_SUFFIXES: &[&str] = &["", "-unsigned", "-signed"];

/// The section. `of_rpm`: kernels of rpm's packages, where there are such. `host`: what the machine is, as far as
/// that is known.
pub(crate) fn section(
    root: &Root,
    host: Option<&Host>,
    scheme: Scheme,
    installed: &[PackageRecord],
    of_rpm: Vec<Kernel>,
) -> Runtime {
    let kernels = kernels(root, installed, of_rpm);
    let uname = root.is_live().then(rustix::system::uname);
    let text = |text: &std::ffi::CStr| identifier(&text.to_string_lossy());
    let running_kernel = uname.as_ref().map(|uname| text(uname.release())).unwrap_or_default();
    let next_kernel = next(root, &kernels, scheme);
    let basis = reboot::Basis {
        scheme,
        installed,
        kernels: &kernels,
        running: &running_kernel,
        next: &next_kernel,
        booted_at: host.filter(|host| !host.is_container()).and_then(|host| host.boot_time),
    };
    let (reboot_required, reboot_reasons) = reboot::read(root, &basis);
    Runtime {
        next_kernel,
        kernels,
        reboot_required,
        reboot_reasons,
        running_kernel,
        running_kernel_build: uname.as_ref().map(|uname| text(uname.version())).unwrap_or_default(),
        ..Runtime::default()
    }
}

/// Kernels in `/boot` and kernels of packages, which `/boot` lacks where it is not mounted.
fn kernels(root: &Root, installed: &[PackageRecord], of_rpm: Vec<Kernel>) -> Vec<Kernel> {
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
    for kernel in of_rpm {
        let known = kernels.entry(kernel.release.clone()).or_default();
        // `kernel` only depends on `kernel-core`, which holds the image, where there is one.
        if known.package.is_empty() || kernel.package.ends_with("-core") {
            *known = kernel;
        }
    }
    kernels.into_values().take(1000).collect()
}

/// A kernel's release begins with a number; `vmlinuz-old` doesn't. Fedora's and Enterprise Linux' rescue image is
/// `vmlinuz-0-rescue-` and the machine id.
fn is_release(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && ![".dpkg-new", ".dpkg-tmp"].iter().any(|end| text.ends_with(end))
        && !text.starts_with("0-rescue-")
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
fn next(root: &Root, kernels: &[Kernel], scheme: Scheme) -> String {
    let greatest = || {
        let releases = kernels.iter().map(|kernel| kernel.release.as_str());
        releases.max_by(|a, b| scheme.compare(a, b)).unwrap_or_default().to_owned()
    };
    if kernels.is_empty() {
        return String::new();
    }
    match grub::next(root) {
        grub::Next::Release(release) => identifier(&release),
        grub::Next::First => greatest(),
        grub::Next::Entry(id) => by_entry(&id, kernels),
        grub::Next::Unknown => String::new(),
    }
}

/// The release in the id of an entry of the boot loader specification, which `kernel-install` makes of the machine
/// id and the release: `4a5b...-5.14.0-362.8.1.el9_3.x86_64`. Ids with other parts come to nothing.
fn by_entry(id: &str, kernels: &[Kernel]) -> String {
    let id = id.strip_suffix(".conf").unwrap_or(id);
    let is_of = |kernel: &&Kernel| id.strip_suffix(kernel.release.as_str()).is_some_and(|rest| rest.ends_with('-'));
    kernels.iter().find(is_of).map(|kernel| kernel.release.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_releases() {
        let kernel = |release: &str| Kernel { release: release.into(), ..Kernel::default() };
        let kernels = [kernel("5.14.0-362.8.1.el9_3.x86_64"), kernel("5.14.0-362.8.1.el9_3.x86_64+rt")];
        for (id, release) in [
            ("4a5b6c-5.14.0-362.8.1.el9_3.x86_64", "5.14.0-362.8.1.el9_3.x86_64"),
            ("4a5b6c-5.14.0-362.8.1.el9_3.x86_64+rt.conf", "5.14.0-362.8.1.el9_3.x86_64+rt"),
            ("4a5b6c-0-rescue", ""),
            ("4a5b6c-15.14.0-362.8.1.el9_3.x86_64", ""),
        ] {
            assert_eq!(by_entry(id, &kernels), release, "{id}");
        }
        assert!(!is_release("0-rescue-4a5b6c") && is_release("6.8.5-301.fc40.x86_64"));
    }

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
