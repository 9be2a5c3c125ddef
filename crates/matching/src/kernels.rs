//! Kernels: which packages hold one that could run, and what may take its place after a restart.

use crate::alias::alias;
use model::Package;
use std::borrow::Cow;

/// The context bit of hosts that report which kernel runs or boots next. Where it is not set, every
/// installed kernel image counts as exposed, since none can be ruled out.
pub const KERNELS_KNOWN: &str = "kernels-known";

/// What a package of a kernel's source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// An image, exposed where it runs or boots next.
    Image,
    /// Modules in a package of their own: they run within the image, so that their findings are its
    /// own, and theirs only where a host does not tell its kernels.
    Modules,
    /// Headers, documentation, meta-packages, debugging symbols, tools: no kernel that could run.
    Companion,
}

/// Sources of kernels in rpm distributions. Source: the `SOURCERPM` of the vendors' packages.
const RPM_SOURCES: &[&str] = &[
    "kernel",
    "kernel-rt",
    "kernel-uek",
    "kernel-plus",
    "kernel-alt",
    "kernel-aarch64",
    "kernel-pae",
    "kernel-lt",
    "kernel-ml",
];

/// What the image's package is called where images have a package of their own (`kernel` then only
/// depends on `kernel-core` and `kernel-modules`): Fedora, Enterprise Linux 8 and later.
const RPM_CORE_IMAGES: &[&str] = &[
    "kernel-core",
    "kernel-debug-core",
    "kernel-64k-core",
    "kernel-64k-debug-core",
    "kernel-zfcpdump-core",
    "kernel-rt-core",
    "kernel-rt-debug-core",
    "kernel-rt-64k-core",
    "kernel-rt-64k-debug-core",
    "kernel-uek-core",
    "kernel-uek-debug-core",
    "kernel-uek64k-core",
    "kernel-lt-core",
    "kernel-ml-core",
    "kernel-plus-core",
];

/// What it is called where it has none: Enterprise Linux up to 7, Amazon Linux, Oracle's kernel up to 8.
const RPM_WHOLE_IMAGES: &[&str] = &[
    "kernel",
    "kernel-debug",
    "kernel-PAE",
    "kernel-PAEdebug",
    "kernel-xen",
    "kernel-smp",
    "kernel-hugemem",
    "kernel-largesmp",
    "kernel-kdump",
    "kernel-rt",
    "kernel-rt-debug",
    "kernel-rt-trace",
    "kernel-rt-vanilla",
    "kernel-uek",
    "kernel-uek-debug",
    "kernel-plus",
    "kernel-lt",
    "kernel-ml",
];

/// Distributions whose kernels are packaged as rpm's, with the first release whose images have a
/// package of their own; 0 is all.
const RPM: &[(&str, u32)] =
    &[("rhel", 8), ("almalinux", 8), ("rocky", 8), ("centos", 8), ("ol", 8), ("fedora", 0), ("amzn", u32::MAX)];

/// What the package is if its source is a kernel.
pub(crate) fn kernel(package: &Package) -> Option<Kernel> {
    match package.platform.distribution() {
        "debian" => debian(&package.name, &judged_source(package)),
        "ubuntu" => ubuntu(&package.name, &judged_source(package)),
        distribution => {
            let (_, first_core) = RPM.iter().find(|(of, _)| *of == distribution)?;
            let release = package.platform.release().split('.').next().unwrap_or_default();
            let core = release.parse::<u32>().unwrap_or(u32::MAX) >= *first_core && *first_core != u32::MAX;
            rpm(&package.name, &package.source, core)
        }
    }
}

fn judged_source(package: &Package) -> Cow<'_, str> {
    alias(package).map_or(Cow::Borrowed(package.source.as_str()), |alias| alias.source)
}

fn image_if(image: bool, modules: bool) -> Kernel {
    match (image, modules) {
        (true, _) => Kernel::Image,
        (false, true) => Kernel::Modules,
        (false, false) => Kernel::Companion,
    }
}

/// Debian's `linux`, `linux-6.12` (a newer kernel for an older release), `linux-2.6`, and their
/// signed forms.
fn debian(name: &str, source: &str) -> Option<Kernel> {
    let numbered = |series: &str| !series.is_empty() && series.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let kernel = source == "linux" || source.strip_prefix("linux-").is_some_and(numbered);
    kernel.then(|| image_if(deb_image(name), false))
}

/// Sources of Ubuntu that begin with `linux-` and are no kernels. Source: the archive's `Sources`.
const UBUNTU_NOT_KERNELS: &[&str] = &[
    "linux-atm",
    "linux-base",
    "linux-firmware",
    "linux-firmware-raspi",
    "linux-firmware-raspi2",
    "linux-ftpd",
    "linux-ftpd-ssl",
    "linux-igd",
    "linux-minidisc",
    "linux-sound-base",
    "linux-user-chroot",
    "linux-wlan-ng",
    "linux-apfs-rw",
    "linux-show-player",
];

/// Ubuntu's `linux` and `linux-FLAVOUR`, and what wraps them.
fn ubuntu(name: &str, source: &str) -> Option<Kernel> {
    let kernel = source == "linux" || source.starts_with("linux-") && !UBUNTU_NOT_KERNELS.contains(&source);
    // `linux-modules-5.15.0-56-generic` and `linux-modules-extra-...`, not those of other vendors' drivers.
    let modules = ["linux-modules-extra-", "linux-modules-"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let modules = modules.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    kernel.then(|| image_if(deb_image(name), modules))
}

/// `linux-image-amd64` and `linux-image-6.12-amd64` are meta-packages; an image names a third number
/// (`6.1.0-40`), a build (`6.16+deb14`) or a release candidate (`6.13-rc7`).
fn deb_image(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("linux-image-") else { return false };
    let rest = rest.strip_prefix("unsigned-").unwrap_or(rest);
    let end = rest.find(['-', '+']).unwrap_or(rest.len());
    let (series, build) = rest.split_at(end);
    series.bytes().next().is_some_and(|b| b.is_ascii_digit())
        && (series.matches('.').count() >= 2 || build.starts_with('+') || build.starts_with("-rc"))
        && !rest.ends_with("-dbg")
        && !rest.ends_with("-dbgsym")
        && !rest.ends_with("-signed-template")
}

/// Packages of rpm kernels that tools other than rpm list without their source.
const RPM_COMPANIONS: &[&str] =
    &["bpftool", "perf", "python-perf", "python2-perf", "python3-perf", "rtla", "rv", "libperf"];

fn rpm(name: &str, source: &str, core: bool) -> Option<Kernel> {
    let by_name = source == name && (RPM_COMPANIONS.contains(&name) || name.starts_with("kernel-"));
    if !(RPM_SOURCES.contains(&source) || by_name) {
        return None;
    }
    let whole = !core || name.starts_with("kernel-uek");
    let image = RPM_CORE_IMAGES.contains(&name) || whole && RPM_WHOLE_IMAGES.contains(&name);
    let modules = name
        .split_once("-modules")
        .is_some_and(|(_, rest)| matches!(rest, "" | "-core" | "-extra" | "-internal" | "-partner"));
    Some(image_if(image, modules))
}

/// The name of a package of Ubuntu's kernels for any of its builds: `linux-image-5.4.0-73-generic` is
/// `linux-image-5.4.0-N-generic`. Each build has packages of its own name, and the vendor names those
/// of the latest alone.
#[must_use]
pub fn any_build<'a>(platform: &model::Platform, name: &'a str) -> Cow<'a, str> {
    if platform.distribution() != "ubuntu" || !name.starts_with("linux-") {
        return Cow::Borrowed(name);
    }
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let series = |part: &str| part.split('.').count() == 3 && part.split('.').all(number);
    let parts: Vec<&str> = name.split('-').collect();
    let build = parts.windows(2).position(|pair| series(pair[0]) && number(pair[1]));
    match build {
        Some(at) => {
            let parts = parts.iter().enumerate().map(|(i, part)| if i == at + 1 { "N" } else { part });
            Cow::Owned(parts.collect::<Vec<_>>().join("-"))
        }
        None => Cow::Borrowed(name),
    }
}

/// What a kernel image can be replaced with by a restart: installed images with the same answer.
/// `None` for what holds no kernel that could run.
///
/// Debian's images share their source (`linux`, also for its signed forms), Ubuntu's their flavour
/// (the series of a hardware enablement kernel changes in place), those of rpm their name.
#[must_use]
pub fn image_group(package: &Package) -> Option<String> {
    if kernel(package) != Some(Kernel::Image) {
        return None;
    }
    Some(match package.platform.distribution() {
        "debian" => judged_source(package).into_owned(),
        "ubuntu" => flavour(&judged_source(package)).to_owned(),
        _ => package.name.clone(),
    })
}

/// `linux-hwe-6.5` without its series: `linux-hwe`.
fn flavour(source: &str) -> &str {
    match source.rsplit_once('-') {
        Some((flavour, series)) if series.starts_with(|c: char| c.is_ascii_digit()) => flavour,
        _ => source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Origin;

    fn package(platform: &str, name: &str, source: &str) -> Package {
        Package {
            platform: platform.parse().unwrap(),
            name: name.into(),
            version: "1".into(),
            arch: "amd64".into(),
            source: source.into(),
            source_version: "1".into(),
            module: String::new(),
            origin: Origin::Distribution,
        }
    }

    #[test]
    fn only_images_of_debian_are_kernels_that_can_run() {
        let of = |name: &str, source: &str| kernel(&package("debian:12", name, source));
        for image in [
            "linux-image-6.1.0-56-amd64",
            "linux-image-6.1.0-56-cloud-amd64-unsigned",
            "linux-image-6.12.100+deb12-rt-amd64",
            "linux-image-2.6.32-5-amd64",
            "linux-image-6.13-rc7-amd64",
        ] {
            assert_eq!(of(image, "linux"), Some(Kernel::Image), "{image}");
        }
        for companion in [
            "linux-image-amd64",
            "linux-image-6.12-amd64",
            "linux-image-6.1.0-56-amd64-dbg",
            "linux-image-6.12-amd64-signed-template",
            "linux-headers-6.1.0-56-amd64",
            "linux-libc-dev",
            "linux-doc-6.1",
            "bpftool",
        ] {
            assert_eq!(of(companion, "linux"), Some(Kernel::Companion), "{companion}");
        }
        assert_eq!(of("linux-image-6.12.117+deb12-amd64", "linux-6.12"), Some(Kernel::Image));
        assert_eq!(of("linux-image-2.6.32-5-amd64", "linux-2.6"), Some(Kernel::Image));
        for other in ["linux-atm", "linuxptp", "linux-base", "linux-ftpd", "openssl"] {
            assert_eq!(of(other, other), None, "{other}");
        }
    }

    #[test]
    fn only_images_of_ubuntu_are_kernels_that_can_run() {
        let of = |name: &str, source: &str| kernel(&package("ubuntu:22.04", name, source));
        for (image, source) in [
            ("linux-image-5.15.0-56-generic", "linux-signed"),
            ("linux-image-unsigned-5.15.0-56-generic", "linux"),
            ("linux-image-6.5.0-14-generic", "linux-signed-hwe-6.5"),
            ("linux-image-5.15.0-1026-aws", "linux-signed-aws"),
            ("linux-image-5.15.0-1024-raspi", "linux-raspi"),
        ] {
            assert_eq!(of(image, source), Some(Kernel::Image), "{image}");
        }
        for (companion, source) in [
            ("linux-image-generic", "linux-meta"),
            ("linux-image-generic-hwe-22.04", "linux-meta-hwe-6.5"),
            ("linux-generic", "linux-meta"),
            ("linux-modules-nvidia-525-generic", "linux-restricted-modules"),
            ("linux-headers-5.15.0-56", "linux"),
            ("linux-libc-dev", "linux"),
            ("linux-tools-common", "linux"),
        ] {
            assert_eq!(of(companion, source), Some(Kernel::Companion), "{companion}");
        }
        for modules in ["linux-modules-5.15.0-56-generic", "linux-modules-extra-5.15.0-56-generic"] {
            assert_eq!(of(modules, "linux"), Some(Kernel::Modules), "{modules}");
        }
        for other in ["linux-firmware", "linux-base", "linuxptp", "openssl"] {
            assert_eq!(of(other, other), None, "{other}");
        }
    }

    #[test]
    fn a_build_of_a_kernel_is_one_of_many() {
        let of = |name: &'static str| any_build(&"ubuntu:20.04".parse().unwrap(), name).into_owned();
        assert_eq!(of("linux-image-5.4.0-73-generic"), "linux-image-5.4.0-N-generic");
        assert_eq!(of("linux-image-unsigned-5.8.0-53-generic-64k"), "linux-image-unsigned-5.8.0-N-generic-64k");
        assert_eq!(of("linux-headers-5.4.0-73"), "linux-headers-5.4.0-N");
        for other in ["linux-image-generic-hwe-20.04", "linux-image-virtual", "libssl1.1", "linux-libc-dev"] {
            assert_eq!(of(other), other);
        }
        assert_eq!(
            any_build(&"debian:12".parse().unwrap(), "linux-image-6.1.0-56-amd64"),
            "linux-image-6.1.0-56-amd64"
        );
    }

    #[test]
    fn only_images_of_rpm_are_kernels_that_can_run() {
        for (platform, name, source, wanted) in [
            ("rhel:9.4", "kernel-core", "kernel", Some(Kernel::Image)),
            ("rhel:9.4", "kernel", "kernel", Some(Kernel::Companion)),
            ("rhel:9.4", "kernel-modules", "kernel", Some(Kernel::Modules)),
            ("rhel:9.4", "kernel-rt-modules-extra", "kernel", Some(Kernel::Modules)),
            ("rhel:9.4", "kernel-modules-core", "kernel", Some(Kernel::Modules)),
            ("rhel:9.4", "kernel-rt-core", "kernel", Some(Kernel::Image)),
            ("rhel:9.4", "bpftool", "kernel", Some(Kernel::Companion)),
            ("rhel:9.4", "python3-perf", "python3-perf", Some(Kernel::Companion)),
            ("rhel:9.4", "kernel-srpm-macros", "redhat-rpm-config", None),
            ("almalinux:8.9", "kernel-core", "kernel", Some(Kernel::Image)),
            ("centos:7", "kernel", "kernel", Some(Kernel::Image)),
            ("rhel:7.9", "kernel-rt", "kernel-rt", Some(Kernel::Image)),
            ("rhel:7.9", "kernel-headers", "kernel", Some(Kernel::Companion)),
            ("rhel:6.10", "kernel", "kernel", Some(Kernel::Image)),
            ("ol:8", "kernel-uek", "kernel-uek", Some(Kernel::Image)),
            ("ol:9", "kernel-uek-core", "kernel-uek", Some(Kernel::Image)),
            ("amzn:2023", "kernel", "kernel", Some(Kernel::Image)),
            ("fedora:40", "kernel", "kernel", Some(Kernel::Companion)),
            ("fedora:40", "kernel-core", "kernel", Some(Kernel::Image)),
            ("fedora:40", "kernelshark", "kernelshark", None),
            ("arch:rolling", "linux", "linux", None),
        ] {
            assert_eq!(kernel(&package(platform, name, source)), wanted, "{platform} {name}");
        }
    }

    #[test]
    fn a_restart_replaces_an_image_by_one_of_its_kind() {
        for (platform, name, source, wanted) in [
            ("debian:12", "linux-image-6.1.0-56-amd64", "linux-signed-amd64", Some("linux")),
            ("ubuntu:22.04", "linux-image-6.5.0-14-generic", "linux-signed-hwe-6.5", Some("linux-hwe")),
            ("ubuntu:22.04", "linux-image-6.2.0-39-generic", "linux-signed-hwe-6.2", Some("linux-hwe")),
            ("ubuntu:22.04", "linux-image-5.15.0-56-generic", "linux-signed", Some("linux")),
            ("rhel:9.4", "kernel-core", "kernel", Some("kernel-core")),
            ("rhel:9.4", "kernel-rt-core", "kernel", Some("kernel-rt-core")),
            ("rhel:9.4", "kernel", "kernel", None),
        ] {
            let package = package(platform, name, source);
            // Debian reads the version of a signed source back, and this one is none.
            let package = Package { source_version: "6.1.1+1".into(), ..package };
            assert_eq!(image_group(&package).as_deref(), wanted, "{platform} {name}");
        }
    }
}
