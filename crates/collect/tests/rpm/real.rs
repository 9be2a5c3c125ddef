//! The real databases of the shared data set, each in each of the places where rpm has kept it.

use crate::host::Host;
use crate::root::content;
use model::wire::sections::PackageRecord;
use std::os::unix::fs::symlink;

/// The lines of a list: name, epoch:version-release, arch, source rpm, module label, install time, vendor.
fn expected(list: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(content(list)).unwrap();
    let mut rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split('\t').map(|text| text.replace("(none)", "")).collect()).collect();
    rows.sort();
    rows
}

fn row(record: &PackageRecord, columns: usize) -> Vec<String> {
    let epoch = if record.version.contains(':') { "" } else { "0:" };
    let without_epoch = record.source_version().rsplit(':').next().unwrap();
    let mut row = vec![
        record.name.clone(),
        format!("{epoch}{}", record.version),
        record.arch.clone(),
        format!("{}-{without_epoch}.src.rpm", record.source_name()),
        record.module.clone(),
        record.installed_at.map_or_else(String::new, |at| at.as_second().to_string()),
        record.vendor.clone(),
    ];
    row.truncate(columns);
    row
}

/// Truth: `*.expected.tsv`, what rpm says of the same files.
#[test]
fn the_report_says_what_rpm_says() {
    for (file, list, place, columns, count) in [
        ("mariner2.rpmdb.sqlite.zst", "mariner2.expected.tsv", "var/lib/rpm/rpmdb.sqlite", 7, 129),
        ("mariner2.rpmdb.sqlite.zst", "mariner2.expected.tsv", "usr/lib/sysimage/rpm/rpmdb.sqlite", 7, 129),
        ("mariner2.rpmdb.sqlite.zst", "mariner2.expected.tsv", "usr/share/rpm/rpmdb.sqlite", 7, 129),
        ("sle15-bci.ndb.Packages.db.zst", "sle15-bci.expected.tsv", "usr/lib/sysimage/rpm/Packages.db", 4, 35),
        ("libuuid.bdb.Packages", "libuuid.expected.tsv", "var/lib/rpm/Packages", 7, 1),
        ("epoch.bdb.Packages", "epoch.expected.tsv", "var/lib/rpm/Packages", 7, 1),
        ("small.bdb.Packages", "small.expected.tsv", "var/lib/rpm/Packages", 7, 1),
    ] {
        let host = Host::new();
        host.write(place, content(file));
        let collected = host.collect();
        let packages = collected.packages.unwrap();
        assert_eq!((packages.manager.as_str(), packages.skipped.len()), ("rpm", 0), "{place}");
        let mut rows: Vec<_> = packages.records.iter().map(|record| row(record, columns)).collect();
        rows.sort();
        assert_eq!(rows.len(), count, "{place}");
        assert_eq!(rows, expected(list), "{place}");
        assert!(packages.records.iter().all(|record| record.name != "gpg-pubkey"), "{place}: keys are no packages");
        let about = collected.host.unwrap();
        assert_eq!((about.package_manager.as_str(), about.arch.as_str()), ("rpm", "x86_64"), "{place}");
        // What is not read is not empty.
        assert!(collected.updates.unwrap_err().starts_with("neither dnf nor yum nor zypper has settings"), "{place}");
        assert!(collected.repositories.is_err(), "{place}");
    }
}

/// As Fedora and SUSE have it: the old place leads to the new one.
#[test]
fn places_that_are_one_by_links_are_read_once() {
    let host = Host::new();
    host.write("usr/lib/sysimage/rpm/Packages.db", content("sle15-bci.ndb.Packages.db.zst"));
    std::fs::create_dir_all(host.path("var/lib")).unwrap();
    symlink("../../usr/lib/sysimage/rpm", host.path("var/lib/rpm")).unwrap();
    assert_eq!(host.packages().records.len(), 35);
    symlink("/usr/lib/sysimage/rpm", host.path("usr/share/rpm")).unwrap_or_else(|_| {
        std::fs::create_dir_all(host.path("usr/share")).unwrap();
        symlink("/usr/lib/sysimage/rpm", host.path("usr/share/rpm")).unwrap();
    });
    assert_eq!(host.packages().records.len(), 35);
}

/// Platforms, by the os-release files of the distributions.
#[test]
fn hosts_have_their_platforms() {
    for (os_release, platform) in [
        ("ID=\"rhel\"\nVERSION_ID=\"9.4\"\n", "rhel:9.4"),
        ("ID=\"almalinux\"\nVERSION_ID=\"9.3\"\n", "almalinux:9.3"),
        ("ID=\"rocky\"\nVERSION_ID=\"8.4\"\n", "rocky:8.4"),
        ("ID=\"centos\"\nVERSION_ID=\"7\"\n", "centos:7"),
        ("NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"9\"\n", "centos:9"),
        ("ID=fedora\nVERSION_ID=42\n", "fedora:42"),
        ("ID=\"ol\"\nVERSION_ID=\"9.0\"\n", "ol:9.0"),
        ("ID=\"amzn\"\nVERSION_ID=\"2023\"\n", "amzn:2023"),
        ("ID=\"opensuse-leap\"\nVERSION_ID=\"15.3\"\n", "opensuse-leap:15.3"),
        ("ID=\"sles\"\nVERSION_ID=\"15.3\"\n", "sles:15.3"),
        ("ID=mariner\nVERSION_ID=\"2.0\"\n", "mariner:2.0"),
    ] {
        let host = Host::new();
        host.write("etc/os-release", os_release);
        host.write("var/lib/rpm/Packages", content("libuuid.bdb.Packages"));
        let collected = host.collect();
        assert_eq!(model::Platform::of_os(&collected.host.unwrap().os).to_string(), platform);
        assert_eq!(collected.packages.unwrap().records.len(), 1);
    }
}
