//! What `evaluate` and `explain` are asked about: a host's packages, and what else a verdict depends
//! on. The command line reads them line by line, the API as one object.

use model::inventory::{self, Entry};
use model::wire::sections::{Kernel, PackageRecord, Packages, Runtime};
use model::{Platform, Role};
use serde::{Deserialize, Serialize};

/// What a verdict depends on besides the packages themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostContext {
    /// Channels that the host has attached: `lts`, `esm-infra`.
    pub channels: Vec<String>,
    /// `uname -r` of the kernel that runs; empty where unknown.
    pub running_kernel: String,
    /// `uname -r` of the kernel that boots next; empty where unknown.
    pub next_kernel: String,
    /// Live patches in force.
    pub livepatches: Vec<String>,
    /// Enabled module streams, `name:stream`.
    pub modules: Vec<String>,
    /// Old packages that processes still run.
    pub resident: Vec<PackageLine>,
}

impl HostContext {
    /// The context bits of the host that do not follow from its packages.
    #[must_use]
    pub fn bits(&self) -> Vec<String> {
        let livepatches = self.livepatches.iter().map(|id| format!("livepatch:{id}"));
        let modules = self.modules.iter().map(|module| format!("module-enabled:{module}"));
        self.channels.iter().cloned().chain(livepatches).chain(modules).collect()
    }
}

/// A package as it stands on a line. Fields that are not named here are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageLine {
    /// Name of the binary package.
    pub name: String,
    /// Full version.
    pub version: String,
    /// Architecture; empty where it does not matter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arch: String,
    /// Source package; the binary's own name where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Version of the source package; the binary's own where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_version: String,
    /// Module label `name:stream`; what a header's `Modularitylabel` has behind the stream is passed over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// Packager or maintainer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// Archive that has the version: `Debian`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// `origin` is of the name only: no list at hand has this version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub origin_inferred: bool,
}

impl From<&PackageLine> for PackageRecord {
    fn from(line: &PackageLine) -> Self {
        Self {
            name: line.name.clone(),
            version: line.version.clone(),
            arch: line.arch.clone(),
            source: line.source.clone(),
            source_version: line.source_version.clone(),
            module: line.module.clone(),
            vendor: line.vendor.clone(),
            origin: line.origin.clone(),
            origin_inferred: line.origin_inferred,
            ..Self::default()
        }
    }
}

/// The packages of a host in their roles, sorted, each once; and remarks on kernels that the host
/// names but does not list.
#[must_use]
pub fn entries(platform: &Platform, host: &HostContext, packages: &[PackageLine]) -> (Vec<Entry>, Vec<String>) {
    let records: Vec<PackageRecord> = packages.iter().map(PackageRecord::from).collect();
    let runtime = runtime(platform, host, &records);
    let mut remarks = Vec::new();
    for (what, release) in [("running", &host.running_kernel), ("next", &host.next_kernel)] {
        if !release.is_empty() && !runtime.kernels.iter().any(|kernel| kernel.release == *release) {
            remarks.push(format!("the {what} kernel {release} is none of the packages, so that it is not judged"));
        }
    }
    let list = Packages { manager: String::new(), records, skipped: Vec::new() };
    let mut entries = inventory::inventory(platform, &list, Some(&runtime));
    entries.extend(host.resident.iter().map(|line| Entry {
        package: inventory::package(platform, &PackageRecord::from(line)),
        role: Role::Resident,
        held: false,
        auto: false,
    }));
    entries.sort();
    entries.dedup();
    (entries, remarks)
}

/// Whether a package holds the kernel of a release (`uname -r`).
///
/// Debian and its derivatives call the package `linux-image-` and its release, with `unsigned` before
/// or behind it where it is not signed. rpm's kernels are called by version, release and architecture,
/// with the variant behind a `+`, before Enterprise Linux 8 behind a dot
/// (`5.14.0-362.8.1.el9_3.x86_64+rt`, `2.6.32-754.el6.i686.PAE`).
fn holds_kernel(platform: &Platform, record: &PackageRecord, release: &str) -> bool {
    if let Some(of) = record.name.strip_prefix("linux-image-") {
        let of = of.strip_prefix("unsigned-").unwrap_or(of);
        return of.strip_suffix("-unsigned").unwrap_or(of) == release;
    }
    let version = record.version.split_once(':').map_or(record.version.as_str(), |(_, version)| version);
    let Some(variant) = release.strip_prefix(version).and_then(|rest| rest.strip_prefix('.')) else { return false };
    let Some(variant) = variant.strip_prefix(record.arch.as_str()) else { return false };
    let Some(image) = matching::image_group(&inventory::package(platform, record)) else { return false };
    let name = image.strip_prefix("kernel").unwrap_or(&image);
    let name = name.strip_suffix("-core").unwrap_or(name).trim_start_matches('-');
    match variant.strip_prefix(['+', '.']) {
        Some(variant) => variant == name,
        // These are told apart by their versions.
        None => variant.is_empty() && (matches!(name, "" | "uek" | "lt" | "ml") || version.contains(".rt")),
    }
}

/// Which packages are the kernels that the host names.
fn runtime(platform: &Platform, host: &HostContext, records: &[PackageRecord]) -> Runtime {
    let kernel = |record: &PackageRecord| {
        let named = [&host.running_kernel, &host.next_kernel].into_iter().filter(|release| !release.is_empty());
        let release = named.into_iter().find(|release| holds_kernel(platform, record, release))?;
        Some(Kernel { package: record.name.clone(), version: record.version.clone(), release: release.clone() })
    };
    Runtime {
        kernels: records.iter().filter_map(kernel).collect(),
        running_kernel: host.running_kernel.clone(),
        next_kernel: host.next_kernel.clone(),
        ..Runtime::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_found_by_what_uname_calls_it() {
        // Releases of the hosts of conformance/inventory-vuls-integration, and of Red Hat's documents.
        for (platform, name, version, arch, release, wanted) in [
            ("debian:12", "linux-image-6.1.0-29-amd64", "6.1.123-1", "amd64", "6.1.0-29-amd64", true),
            ("debian:12", "linux-image-6.1.0-29-amd64-unsigned", "6.1.123-1", "amd64", "6.1.0-29-amd64", true),
            ("ubuntu:26.04", "linux-image-7.0.0-14-generic", "7.0.0-14.14", "amd64", "7.0.0-14-generic", true),
            (
                "ubuntu:22.04",
                "linux-image-unsigned-5.15.0-56-generic",
                "5.15.0-56.62",
                "amd64",
                "5.15.0-56-generic",
                true,
            ),
            ("almalinux:8.9", "kernel-core", "4.18.0-513.9.1.el8_9", "x86_64", "4.18.0-513.9.1.el8_9.x86_64", true),
            ("almalinux:8.9", "kernel", "4.18.0-513.9.1.el8_9", "x86_64", "4.18.0-513.9.1.el8_9.x86_64", false),
            ("almalinux:8.9", "kernel-core", "4.18.0-513.el8", "x86_64", "4.18.0-513.9.1.el8_9.x86_64", false),
            ("centos:7", "kernel", "3.10.0-1062.12.1.el7", "x86_64", "3.10.0-1062.12.1.el7.x86_64", true),
            ("rhel:6.10", "kernel-PAE", "2.6.32-754.el6", "i686", "2.6.32-754.el6.i686.PAE", true),
            ("rhel:9.4", "kernel-rt-core", "5.14.0-362.8.1.el9_3", "x86_64", "5.14.0-362.8.1.el9_3.x86_64+rt", true),
            ("rhel:9.4", "kernel-core", "5.14.0-362.8.1.el9_3", "x86_64", "5.14.0-362.8.1.el9_3.x86_64+rt", false),
            ("rhel:8.4", "kernel-rt-core", "4.18.0-305.rt7.72.el8", "x86_64", "4.18.0-305.rt7.72.el8.x86_64", true),
            ("amzn:2023", "kernel", "6.1.79-99.164.amzn2023", "x86_64", "6.1.79-99.164.amzn2023.x86_64", true),
        ] {
            let record = PackageRecord {
                name: name.into(),
                version: version.into(),
                arch: arch.into(),
                source: if name.starts_with("kernel") { "kernel" } else { "linux-signed" }.into(),
                ..PackageRecord::default()
            };
            let platform: Platform = platform.parse().unwrap();
            assert_eq!(holds_kernel(&platform, &record, release), wanted, "{platform} {name} {release}");
        }
    }
}
