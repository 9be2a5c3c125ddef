//! The data of each section, for every source of facts that a collector may read (rows A1 to A5 of
//! the feature list), also those that no collector fills yet.
//!
//! Conventions: times are RFC 3339 UTC with whole seconds, sizes are bytes, lists are sorted by the
//! fields named at them and hold no duplicates; empty and absent are the same and left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

fn is_false(value: &bool) -> bool {
    !value
}

/// Section `host`: what the machine is. Changes seldom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Native architecture in the package manager's words (`amd64`, `x86_64`).
    pub arch: String,
    /// When the running kernel was booted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_time: Option<Timestamp>,
    /// Logical processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_count: Option<u32>,
    /// Model name of the first processor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cpu_model: String,
    /// Fully qualified name as the host itself resolves it, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fqdn: String,
    /// The kernel's node name.
    pub hostname: String,
    /// Addresses of all interfaces but loopback and link-local, as text, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_addresses: Vec<String>,
    /// Total memory in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// os-release.
    pub os: Os,
    /// `dpkg`, `rpm`, `pacman` or `apk`; empty where none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package_manager: String,
    /// `kvm`, `vmware`, `lxc`, `docker` ...; `none` on bare metal, empty where unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub virtualization: String,
}

/// The fields of os-release(5) that say what the system is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `VERSION_CODENAME`: `bookworm`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub codename: String,
    /// `ID`: `debian`; `linux` where os-release has none, as os-release(5) says.
    pub id: String,
    /// `ID_LIKE`, in the file's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_like: Vec<String>,
    /// `PRETTY_NAME`: `Debian GNU/Linux 12 (bookworm)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pretty_name: String,
    /// `VERSION_ID`: `12`; empty where the release has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_id: String,
}

/// Section `packages`: everything installed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packages {
    /// The database that was read: `dpkg`, `rpm`, `pacman`, `apk`.
    pub manager: String,
    /// Installed packages, sorted by (name, arch, version).
    pub records: Vec<PackageRecord>,
    /// Records of the database that could not be understood, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// One installed package.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageRecord {
    /// Architecture in the manager's words.
    pub arch: String,
    /// Installed as a dependency, not by hand, where the manager knows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub auto: bool,
    /// Dependencies in the manager's own syntax (dpkg: `Pre-Depends` and `Depends` joined by `, `).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub depends: String,
    /// Held, pinned, locked: the administrator keeps this version.
    #[serde(default, skip_serializing_if = "is_false")]
    pub held: bool,
    /// When it was installed or last upgraded, where the manager knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<Timestamp>,
    /// Module label `name:stream` of a modular rpm.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// Name of the package.
    pub name: String,
    /// Name of the archive whose list at hand holds this very version (apt's `Origin`:
    /// `Debian`); where no list does, of the archive that lists the name; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// `origin` is of the name only: no list at hand holds this version (an outdated package).
    #[serde(default, skip_serializing_if = "is_false")]
    pub origin_inferred: bool,
    /// Name of the source package, where it differs from `name`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Version of the source package, where it differs from `version`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_version: String,
    /// The manager's state where it is not plainly installed (dpkg: `half-configured`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The packager: rpm's `Vendor`, dpkg's `Maintainer`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// Full version with epoch and revision.
    pub version: String,
}

impl PackageRecord {
    /// The source package's name, the binary's own where none is stated.
    #[must_use]
    pub fn source_name(&self) -> &str {
        if self.source.is_empty() { &self.name } else { &self.source }
    }

    /// The source package's version, the binary's own where none is stated.
    #[must_use]
    pub fn source_version(&self) -> &str {
        if self.source_version.is_empty() { &self.version } else { &self.source_version }
    }
}

/// A record of a foreign database that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Which one: its name, or where it stands (`/var/lib/dpkg/status line 812`).
    pub record: String,
    /// Why, in words.
    pub why: String,
}

/// Section `updates`: what the host's own package manager would upgrade.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updates {
    /// When the newest of the repositories' lists was fetched; the age of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lists_at: Option<Timestamp>,
    /// Packages with a candidate above the installed version, sorted by (name, arch).
    pub records: Vec<UpdateRecord>,
    /// Installed packages that the manager would replace by packages of other names (rpm's `Obsoletes`), sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replacements: Vec<ReplacementRecord>,
    /// Lists and settings that could not be understood, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// One pending update.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UpdateRecord {
    /// Ids of advisories that the repository's metadata attaches (`updateinfo`), sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<String>,
    /// Architecture of the candidate.
    pub arch: String,
    /// The version that the manager would install.
    pub candidate: String,
    /// The version that is installed.
    pub installed: String,
    /// Name of the package.
    pub name: String,
    /// The archive's own name for itself (apt's `Origin`: `Debian`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// Share of machines the archive offers it to, in percent, where it phases the update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phased_percent: Option<u8>,
    /// Where the candidate comes from: apt's archive root, dnf's repository id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repository: String,
    /// The update comes from a security repository, or carries a security advisory.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security: bool,
    /// Whether it is of security is not known: its repository says so of no update (Arch's, Alpine's, those of rpm
    /// without `updateinfo`), or what it says could not be read. Never beside `security`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security_unknown: bool,
    /// Size of the download in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The suite within the repository, in the archive's words (`bookworm-security`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suite: String,
    /// Why the manager does not install it now, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// What exactly keeps it back, in words that follow the package's name: `needs libfoo (>= 2),
    /// which no repository offers`. Empty where the word says all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub withheld_reason: String,
}

/// One installed package in whose place a package of another name would come.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReplacementRecord {
    /// Architecture of the installed package.
    pub arch: String,
    /// Name of the package that would come.
    pub by: String,
    /// Architecture of the package that would come.
    pub by_arch: String,
    /// Its version, which has no order beside the one that is installed.
    pub candidate: String,
    /// The version that is installed.
    pub installed: String,
    /// Name of the installed package.
    pub name: String,
    /// Where it comes from: dnf's repository id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repository: String,
    /// A security advisory of the repository brings the package that would come.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security: bool,
    /// Whether one does is not known, as of updates.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security_unknown: bool,
}

/// Why a pending update is not installed by the manager's ordinary upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The administrator holds the package.
    Held,
    /// The archive phases the update and it is not this machine's turn.
    Phased,
    /// Excluded by configuration.
    Excluded,
    /// The manager keeps it back because its dependencies can't be met.
    KeptBack,
}

/// Section `repositories`: where the host would get packages from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repositories {
    /// Configured repositories, sorted by (kind, uri, suite, component).
    pub records: Vec<RepositoryRecord>,
    /// Files and lines that could not be understood, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// One configured repository (apt: one URI, suite and component).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepositoryRecord {
    /// Architectures it is limited to, sorted; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arches: Vec<String>,
    /// Codename from its own metadata.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub codename: String,
    /// apt's component (`main`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub component: String,
    /// Whether the manager uses it.
    pub enabled: bool,
    /// When the host last fetched its metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Timestamp>,
    /// `deb`, `rpm`, `pacman`, `apk`.
    pub kind: String,
    /// Label from its own metadata.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Display name (rpm: `name`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Origin from its own metadata.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// When the vendor dated its metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// A security repository by its suite, label or origin.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security: bool,
    /// The suite or distribution (`bookworm-security`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suite: String,
    /// Address without credentials.
    pub uri: String,
}

/// Section `runtime`: what runs, against what is on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// Kernels on disk, sorted by release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernels: Vec<Kernel>,
    /// Live patches in force, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub livepatches: Vec<String>,
    /// `uname -r` of the kernel that boots next, empty where it can't be told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_kernel: String,
    /// Why, one line a reason, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reboot_reasons: Vec<String>,
    /// Whether the host says that it must be rebooted; absent where it can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reboot_required: Option<bool>,
    /// Processes that still run replaced files, sorted by (unit, command, package).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restart>,
    /// `uname -r` of the kernel that runs, empty where it can't be told (a root that is not `/`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub running_kernel: String,
    /// `uname -v` of the kernel that runs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub running_kernel_build: String,
    /// How many processes could not be looked into, for want of privileges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable_processes: Option<u32>,
}

impl Host {
    /// Whether it is a container, by the words of systemd-detect-virt(1). The kernel in one is that of the machine
    /// around it, whose own report tells of it.
    #[must_use]
    pub fn is_container(&self) -> bool {
        const WORDS: &[&str] = &[
            "container-other",
            "docker",
            "lxc",
            "lxc-libvirt",
            "openvz",
            "podman",
            "pouch",
            "proot",
            "rkt",
            "systemd-nspawn",
            "wsl",
        ];
        WORDS.contains(&self.virtualization.as_str())
    }
}

/// One kernel on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kernel {
    /// The package that owns it, empty where none does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// `uname -r` of it: `6.1.0-40-amd64`.
    pub release: String,
    /// The package's version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
}

/// A process that still maps a replaced file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restart {
    /// Its command name.
    pub command: String,
    /// A replaced file that it maps.
    pub file: String,
    /// The package that the file belonged to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The systemd unit, empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Version of the package still in memory, where known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
}

/// Section `history`: what was patched when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Events, newest first, at most [`super::Limits::history`].
    pub records: Vec<HistoryRecord>,
}

/// One change of one package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// What was done.
    pub action: HistoryAction,
    /// Architecture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arch: String,
    /// When.
    pub at: Timestamp,
    /// The service or command that did it, without its arguments, and the user who asked (`unattended-upgrades`,
    /// `apt install (anna)`), where the log says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The version before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Name of the package.
    pub name: String,
    /// The version after.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
}

/// What was done to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryAction {
    /// It came.
    Install,
    /// A later version replaced it.
    Upgrade,
    /// An earlier version replaced it.
    Downgrade,
    /// It went.
    Remove,
}
