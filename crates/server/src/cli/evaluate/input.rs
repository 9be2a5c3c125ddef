//! The input of `evaluate` and `explain`: an optional first line about the host, then packages, one
//! JSON object a line.

use crate::cli::output::{Output, counted};
use anyhow::{Context as _, bail};
use model::inventory::{self, Entry};
use model::wire::sections::{Kernel, PackageRecord, Packages, Runtime};
use model::{Platform, Role};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read as _};

/// The longest line; a first line may list the old packages of many processes.
const LONGEST_LINE: u64 = 16 << 20;
/// More packages than any host has.
const MOST_PACKAGES: usize = 1_000_000;
/// How many bad lines are named; the others are counted.
const MOST_COMPLAINTS: usize = 20;

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

/// A line that is no package, or the remark that the host's kernel is none of the packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub number: u64,
    /// What is wrong, as a fragment.
    pub why: String,
}

/// Everything that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// The host.
    pub host: HostContext,
    /// The packages.
    pub packages: Vec<PackageLine>,
    /// Lines that were left out.
    pub bad: Vec<BadLine>,
    /// How many lines were left out, also those beyond the list.
    pub bad_count: usize,
}

impl Input {
    /// Reads to the end.
    ///
    /// # Errors
    /// When the input can't be read, or a line or the whole is beyond every measure.
    pub fn read(input: &mut dyn BufRead) -> anyhow::Result<Self> {
        let mut all = Self::default();
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = input.take(LONGEST_LINE + 1).read_until(b'\n', &mut line).context("standard input")?;
            if read == 0 {
                break;
            }
            if read as u64 > LONGEST_LINE {
                bail!("line {number} of standard input is longer than {LONGEST_LINE} bytes");
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if let Err(why) = all.take_line(&line) {
                all.bad_count += 1;
                if all.bad.len() < MOST_COMPLAINTS {
                    all.bad.push(BadLine { number, why });
                }
            }
            if all.packages.len() > MOST_PACKAGES {
                bail!("more than {MOST_PACKAGES} packages");
            }
        }
        Ok(all)
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), String> {
        #[derive(Deserialize)]
        struct HostLine {
            host: HostContext,
        }
        let first = self.packages.is_empty() && self.bad_count == 0;
        if first && let Ok(HostLine { host }) = serde_json::from_slice::<HostLine>(line) {
            self.host = host;
            return Ok(());
        }
        // The reader of JSON counts lines within the line, which says nothing: "at line 1" is cut.
        let package: PackageLine = serde_json::from_slice(line).map_err(|error| {
            let text = error.to_string();
            let column = error.column();
            match text.split(" at line ").next() {
                Some(text) if column > 0 => format!("{text} at column {column}"),
                _ => text,
            }
        })?;
        if let Some(field) = [("name", &package.name), ("version", &package.version)]
            .iter()
            .find_map(|(field, value)| value.is_empty().then_some(*field))
        {
            return Err(format!("{field} is empty"));
        }
        self.packages.push(package);
        Ok(())
    }

    /// Names the lines that were left out.
    ///
    /// # Errors
    /// When not a single line was a package though there were lines.
    pub fn complain(&self, out: &mut Output) -> anyhow::Result<()> {
        for bad in &self.bad {
            out.note(&format!("line {}: {}", bad.number, bad.why));
        }
        if self.bad_count == 0 {
            return Ok(());
        }
        if self.packages.is_empty() {
            bail!("none of {} is a package", counted(self.bad_count, "line", "lines"));
        }
        let total = self.packages.len() + self.bad_count;
        out.note(&format!("{} of {total} left out; the others are judged", counted(self.bad_count, "line", "lines")));
        Ok(())
    }

    /// What is judged, and remarks on what can't be.
    #[must_use]
    pub fn entries(&self, platform: &Platform) -> (Vec<Entry>, Vec<String>) {
        entries(platform, &self.host, &self.packages)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Input {
        Input::read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn the_first_line_may_be_the_host() {
        let input = read(
            "{\"host\":{\"channels\":[\"lts\"],\"running_kernel\":\"6.1.0-40-amd64\"}}\n\
             {\"name\":\"linux-image-6.1.0-40-amd64\",\"version\":\"6.1.153-1\",\"more\":1}\n\n\
             {\"name\":\"bash\",\"version\":\"5.2\",\"arch\":\"amd64\"}\n",
        );
        assert_eq!((input.packages.len(), input.bad_count), (2, 0));
        assert_eq!(input.host.bits(), ["lts"]);
        let (entries, remarks) = input.entries(&"debian:12".parse().unwrap());
        let roles: Vec<_> = entries.iter().map(|entry| (entry.package.name.as_str(), entry.role)).collect();
        assert_eq!(
            roles,
            [
                ("bash", Role::Installed),
                ("linux-image-6.1.0-40-amd64", Role::Installed),
                ("linux-image-6.1.0-40-amd64", Role::RunningKernel),
            ]
        );
        assert!(remarks.is_empty());
    }

    #[test]
    fn a_kernel_that_is_not_listed_is_remarked_on() {
        let input = read("{\"host\":{\"next_kernel\":\"6.9\"}}\n{\"name\":\"bash\",\"version\":\"5.2\"}\n");
        let (entries, remarks) = input.entries(&"debian:12".parse().unwrap());
        assert_eq!(entries.len(), 1);
        assert_eq!(remarks, ["the next kernel 6.9 is none of the packages, so that it is not judged"]);
    }

    #[test]
    fn bad_lines_are_named_and_the_others_read() {
        let input = read(
            "{\"name\":\"bash\"}\nnonsense\n{\"name\":\"\",\"version\":\"1\"}\n{\"name\":\"vim\",\"version\":\"9\"}\n\u{1}",
        );
        assert_eq!((input.packages.len(), input.bad_count), (1, 4));
        let named: Vec<_> = input.bad.iter().map(|bad| format!("{}: {}", bad.number, bad.why)).collect();
        assert_eq!(
            named,
            [
                "1: missing field `version` at column 15",
                "2: expected ident at column 2",
                "3: name is empty",
                "5: expected value at column 1",
            ]
        );
    }

    #[test]
    fn many_bad_lines_are_counted() {
        let input = read(&"x\n".repeat(100));
        assert_eq!((input.bad.len(), input.bad_count), (MOST_COMPLAINTS, 100));
    }

    #[test]
    fn an_old_package_that_still_runs_is_an_entry() {
        let input = read(
            "{\"host\":{\"resident\":[{\"name\":\"libssl3\",\"version\":\"3.0.1\"}]}}\n{\"name\":\"libssl3\",\"version\":\"3.0.2\"}\n",
        );
        let (entries, _) = input.entries(&"debian:12".parse().unwrap());
        let roles: Vec<_> = entries.iter().map(|entry| (entry.package.version.as_str(), entry.role)).collect();
        assert_eq!(roles, [("3.0.1", Role::Resident), ("3.0.2", Role::Installed)]);
    }
}
