//! From the sections of a report to what is judged: packages in their roles.

use crate::wire::sections::{PackageRecord, Packages, Runtime};
use crate::{Origin, Package, Platform, Role};

/// One package of one host in one role, with what is true of it on this host only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What is true of it everywhere.
    pub package: Package,
    /// The capacity in which the host has it.
    pub role: Role,
    /// The administrator keeps this version.
    pub held: bool,
    /// Installed as a dependency.
    pub auto: bool,
}

/// The inventory of a host: every installed package, and again the kernels that run and boot next.
///
/// Sorted by (package, role), without duplicates, so that equal hosts give equal inventories.
#[must_use]
pub fn inventory(platform: &Platform, packages: &Packages, runtime: Option<&Runtime>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = packages
        .records
        .iter()
        .map(|record| Entry {
            package: package(platform, record),
            role: Role::Installed,
            held: record.held,
            auto: record.auto,
        })
        .collect();
    if let Some(runtime) = runtime {
        let kernels = [(&runtime.running_kernel, Role::RunningKernel), (&runtime.next_kernel, Role::NextKernel)];
        for (release, role) in kernels.into_iter().filter(|(release, _)| !release.is_empty()) {
            for kernel in runtime.kernels.iter().filter(|kernel| kernel.release == *release) {
                let owner = entries.iter().find(|entry| {
                    entry.role == Role::Installed
                        && entry.package.name == kernel.package
                        && (kernel.version.is_empty() || entry.package.version == kernel.version)
                });
                if let Some(owner) = owner.cloned() {
                    entries.push(Entry { role, ..owner });
                }
            }
        }
    }
    entries.sort();
    entries.dedup();
    entries
}

/// The package of a record, with its origin by the evidence at hand (matching rule 6).
#[must_use]
pub fn package(platform: &Platform, record: &PackageRecord) -> Package {
    Package {
        platform: platform.clone(),
        name: record.name.clone(),
        version: record.version.clone(),
        arch: record.arch.clone(),
        source: record.source_name().to_owned(),
        source_version: record.source_version().to_owned(),
        module: module_stream(&record.module).to_owned(),
        origin: origin(platform, record),
    }
}

/// `name:stream` of a module label. A header's `Modularitylabel` goes on with the build's version and
/// context (`nodejs:20:8080020230920:a75119d5`), which differ from build to build and which no vendor
/// names in a fix.
fn module_stream(label: &str) -> &str {
    label.match_indices(':').nth(1).map_or(label, |(at, _)| &label[..at])
}

/// Archive names (apt's `Origin`) that are the distribution itself. Sources: the `Release` files of
/// the archives.
const OWN_ARCHIVES: &[(&str, &[&str])] =
    &[("debian", &["Debian"]), ("ubuntu", &["Ubuntu", "UbuntuESM", "UbuntuESMApps"]), ("raspbian", &["Raspbian"])];

/// Marks in a version by which builders other than the distribution sign their work.
const FOREIGN_MARKS: &[(&str, &str)] =
    &[("~bpo", "Debian Backports"), ("ppa", "Launchpad PPA"), ("+deb.sury.org", "deb.sury.org")];

/// What the `Vendor` of a distribution's own rpm packages begins with. In dpkg's world that field
/// names a maintainer and is no evidence. Source: the headers of the vendors' packages.
const OWN_VENDORS: &[(&str, &str)] = &[
    ("rhel", "Red Hat"),
    ("centos", "CentOS"),
    ("almalinux", "AlmaLinux"),
    ("rocky", "Rocky"),
    ("fedora", "Fedora Project"),
    ("ol", "Oracle"),
    ("amzn", "Amazon"),
    ("opensuse-leap", "openSUSE"),
    ("opensuse-tumbleweed", "openSUSE"),
    ("sles", "SUSE"),
];

/// Who EPEL's packages, which are built for other vendors' distributions, say that they come from.
const EPEL_VENDOR: &str = "Fedora Project";

/// Distributions for which EPEL builds.
const EPEL_HOSTS: &[&str] = &["rhel", "centos", "almalinux", "rocky", "ol"];

/// Who the vendor's name says that an rpm package comes from, if it isn't the distribution.
fn foreign_vendor(platform: &Platform, vendor: &str) -> Option<String> {
    let (_, own) = OWN_VENDORS.iter().find(|(distribution, _)| *distribution == platform.distribution())?;
    if vendor.is_empty() || vendor.starts_with(own) {
        return None;
    }
    let epel = vendor == EPEL_VENDOR && EPEL_HOSTS.contains(&platform.distribution());
    Some(if epel { "EPEL".to_owned() } else { vendor.to_owned() })
}

fn origin(platform: &Platform, record: &PackageRecord) -> Origin {
    if !record.origin.is_empty() {
        let own = OWN_ARCHIVES
            .iter()
            .find(|(distribution, _)| *distribution == platform.distribution())
            .is_some_and(|(_, archives)| archives.contains(&record.origin.as_str()));
        return match (own, record.origin_inferred) {
            (true, false) => Origin::Distribution,
            (true, true) => inferred(record),
            (false, _) => Origin::Foreign(record.origin.clone()),
        };
    }
    match foreign_vendor(platform, &record.vendor) {
        Some(vendor) => Origin::Foreign(vendor),
        None => inferred(record),
    }
}

/// Only contradicting evidence makes a package foreign: most packages in no list are outdated ones
/// of the distribution, exactly those that matter.
fn inferred(record: &PackageRecord) -> Origin {
    FOREIGN_MARKS
        .iter()
        .find(|(mark, _)| record.version.contains(mark))
        .map_or(Origin::DistributionInferred, |(_, builder)| Origin::Foreign((*builder).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sections::Kernel;

    fn record(name: &str, version: &str, origin: &str, origin_inferred: bool) -> PackageRecord {
        PackageRecord {
            name: name.into(),
            version: version.into(),
            arch: "amd64".into(),
            origin: origin.into(),
            origin_inferred,
            ..PackageRecord::default()
        }
    }

    #[test]
    fn a_module_label_is_cut_to_its_stream() {
        // The label of a package of AlmaLinux 8's nodejs:20, and what is no label.
        for (label, stream) in [
            ("nodejs:20:8090020231012:a75119d5", "nodejs:20"),
            ("nodejs:20", "nodejs:20"),
            ("nodejs", "nodejs"),
            ("", ""),
            ("a:b:", "a:b"),
        ] {
            assert_eq!(module_stream(label), stream, "{label}");
        }
    }

    #[test]
    fn only_contradicting_evidence_makes_a_package_foreign() {
        let debian: Platform = "debian:12".parse().unwrap();
        let of = |record: PackageRecord| package(&debian, &record).origin;
        assert_eq!(of(record("bash", "5.2", "Debian", false)), Origin::Distribution);
        assert_eq!(of(record("bash", "5.1", "Debian", true)), Origin::DistributionInferred);
        assert_eq!(of(record("bash", "5.1", "", false)), Origin::DistributionInferred);
        assert_eq!(of(record("docker-ce", "5:24", "Docker", false)), Origin::Foreign("Docker".into()));
        assert_eq!(of(record("docker-ce", "5:23", "Docker", true)), Origin::Foreign("Docker".into()));
        assert_eq!(of(record("git", "1:2.47-1~bpo12+1", "", false)), Origin::Foreign("Debian Backports".into()));
    }

    #[test]
    fn the_vendor_of_an_rpm_package_is_evidence() {
        // Vendors as `rpm -q --qf '%{VENDOR}'` gives them on such hosts.
        let of = |platform: &str, vendor: &str| {
            let record = PackageRecord { vendor: vendor.into(), ..record("x", "1-1.el9", "", false) };
            package(&platform.parse().unwrap(), &record).origin
        };
        assert_eq!(of("rhel:9.4", "Red Hat, Inc."), Origin::DistributionInferred);
        assert_eq!(of("rocky:9.1", "Rocky Enterprise Software Foundation"), Origin::DistributionInferred);
        assert_eq!(of("rhel:9.4", "Fedora Project"), Origin::Foreign("EPEL".into()));
        assert_eq!(of("fedora:40", "Fedora Project"), Origin::DistributionInferred);
        assert_eq!(of("almalinux:9.3", "CentOS"), Origin::Foreign("CentOS".into()));
        assert_eq!(of("rhel:9.4", ""), Origin::DistributionInferred);
        assert_eq!(of("debian:12", "Jane Maintainer"), Origin::DistributionInferred, "dpkg names a maintainer");
    }

    #[test]
    fn running_and_next_kernels_are_entries_of_their_own() {
        let debian: Platform = "debian:12".parse().unwrap();
        let packages = Packages {
            manager: "dpkg".into(),
            records: vec![
                record("linux-image-6.1.0-40-amd64", "6.1.153-1", "Debian", true),
                record("linux-image-6.1.0-41-amd64", "6.1.158-1", "Debian", false),
            ],
            skipped: vec![],
        };
        let kernel = |n: u8, version: &str| Kernel {
            package: format!("linux-image-6.1.0-{n}-amd64"),
            release: format!("6.1.0-{n}-amd64"),
            version: version.into(),
        };
        let runtime = Runtime {
            kernels: vec![kernel(40, "6.1.153-1"), kernel(41, "6.1.158-1")],
            running_kernel: "6.1.0-40-amd64".into(),
            next_kernel: "6.1.0-41-amd64".into(),
            ..Runtime::default()
        };
        let roles: Vec<_> = inventory(&debian, &packages, Some(&runtime))
            .into_iter()
            .map(|entry| (entry.package.version, entry.role))
            .collect();
        assert_eq!(
            roles,
            [
                ("6.1.153-1".to_owned(), Role::Installed),
                ("6.1.153-1".to_owned(), Role::RunningKernel),
                ("6.1.158-1".to_owned(), Role::Installed),
                ("6.1.158-1".to_owned(), Role::NextKernel),
            ]
        );
    }
}
