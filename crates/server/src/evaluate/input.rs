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
    /// Module label `name:stream`.
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
    let runtime = runtime(host, &records);
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

/// Which packages are the kernels that the host names: Debian and its derivatives call the package
/// of a kernel `linux-image-` and its release, with `-unsigned` where it is not signed.
fn runtime(host: &HostContext, records: &[PackageRecord]) -> Runtime {
    let kernel = |record: &PackageRecord| {
        let release = record.name.strip_prefix("linux-image-")?;
        let release = release.strip_suffix("-unsigned").unwrap_or(release);
        [&host.running_kernel, &host.next_kernel].iter().any(|named| *named == release).then(|| Kernel {
            package: record.name.clone(),
            release: release.to_owned(),
            version: record.version.clone(),
        })
    };
    Runtime {
        kernels: records.iter().filter_map(kernel).collect(),
        running_kernel: host.running_kernel.clone(),
        next_kernel: host.next_kernel.clone(),
        ..Runtime::default()
    }
}
