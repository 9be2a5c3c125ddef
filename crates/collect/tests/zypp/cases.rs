//! Cases in which "the newest version" is wrong, one by one; each held against zypper.

use crate::host::{Host, of};
use crate::lab::updateinfo;
use model::wire::sections::Withheld;
use std::fs;

const SUSE: &str = "SUSE LLC <https://www.suse.com/>";

fn host(installed: &[(&str, &str)], offered: &[(&str, &str)], settings: &str) -> Host {
    let mut host = Host::new();
    host.lab.install(&installed.iter().map(|(vendor, text)| of(vendor, text)).collect::<Vec<_>>());
    let packages: Vec<_> = offered.iter().map(|(vendor, text)| of(vendor, text)).collect();
    host.repository("one", &packages, &[], settings);
    host
}

#[test]
fn a_vendor_is_kept() {
    let all = [(SUSE, "a 1-1 noarch"), ("openSUSE", "b 1-1 noarch"), ("Other", "c 1-1 noarch"), (SUSE, "d 1-1 noarch")];
    let offered = [
        ("SUSE Linux Enterprise 15", "a 2-1 noarch"),
        (SUSE, "b 2-1 noarch"),
        ("Other", "c 2-1 noarch"),
        ("Other", "d 3-1 noarch"),
        (SUSE, "d 2-1 noarch"),
    ];
    let host = host(&all, &offered, "");
    host.fetch();
    assert_eq!(host.compare(), (3, 0));
    let records = host.collect().updates.unwrap().records;
    let kept = records.iter().find(|record| record.name == "b").unwrap();
    assert_eq!(kept.withheld, Some(Withheld::Excluded));
    assert_eq!(kept.withheld_reason, format!("would come from another vendor ({SUSE} in place of openSUSE)"));
    host.lab.write("root/etc/zypp/vendors.d/all", "[main]\nvendors = suse,opensuse\n");
    assert_eq!(host.compare(), (4, 0));
    fs::remove_file(host.lab.path("root/etc/zypp/vendors.d/all")).unwrap();
    host.lab.write("root/etc/zypp/zypp.conf", "[main]\nsolver.allowVendorChange = true\n");
    assert_eq!(host.compare(), (4, 0));
}

#[test]
fn locks_hold_what_they_name() {
    let names = ["apache2", "bind", "curl", "dbus", "expat"];
    let all = |version: &str| names.map(|name| of(SUSE, &format!("{name} {version} noarch")));
    let mut host = Host::new();
    host.lab.install(&all("1-1"));
    host.repository("one", &all("2-1"), &[], "");
    host.fetch();
    host.zypper(&["addlock", "curl", "ap*"]);
    host.zypper(&["addlock", "--repo", "one", "bind"]);
    assert_eq!(host.compare(), (2, 0));
    let collected = host.collect();
    let held: Vec<String> = collected
        .updates
        .unwrap()
        .records
        .into_iter()
        .filter(|record| record.withheld == Some(Withheld::Held))
        .map(|record| record.name)
        .collect();
    assert_eq!(held, ["apache2", "bind", "curl"]);
    let locked: Vec<String> = collected
        .packages
        .unwrap()
        .records
        .into_iter()
        .filter(|record| record.held)
        .map(|record| record.name)
        .collect();
    assert_eq!(locked, ["apache2", "curl"], "what is installed is of no repository");
    let path = host.lab.path("root/etc/zypp/locks");
    let locks = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{locks}\ntype: package\nprovides: x\n\n")).unwrap();
    let notes = host.collect().updates.unwrap().skipped;
    assert!(notes[0].why.starts_with("a lock by 'provides' is not understood"), "{notes:?}");
}

#[test]
fn the_preferred_repository_decides() {
    let mut host = host(&[(SUSE, "a 1-1 noarch"), (SUSE, "b 1-1 noarch")], &[(SUSE, "a 2-1 noarch")], "priority=50");
    host.repository("two", &[of(SUSE, "a 3-1 noarch"), of(SUSE, "b 3-1 noarch")], &[], "");
    host.repository("off", &[of(SUSE, "b 9-1 noarch")], &[], "enabled=0");
    host.fetch();
    assert_eq!(host.compare(), (2, 0));
    let records = host.collect().updates.unwrap().records;
    assert_eq!(records.iter().map(|of| of.candidate.as_str()).collect::<Vec<_>>(), ["2-1", "3-1"]);
}

#[test]
fn kernels_stand_beside_each_other_and_successors_are_named() {
    let kernel = |version: &str| {
        let mut kernel = of(SUSE, &format!("kernel-default {version} x86_64"));
        kernel.lines.push("Provides: multiversion(kernel)".to_owned());
        kernel
    };
    let mut host = Host::new();
    host.lab.install(&[
        kernel("5.3.18-1"),
        kernel("5.3.18-3"),
        of(SUSE, "old 1-1 noarch"),
        of("Other", "own 1-1 noarch"),
    ]);
    let mut successor = of(SUSE, "new 2-1 noarch");
    successor.lines.push("Obsoletes: old, own".to_owned());
    host.repository("one", &[kernel("5.3.18-2"), kernel("5.3.18-4"), successor], &[], "");
    host.fetch();
    host.lab.write("root/etc/zypp/zypp.conf", "[main]\nmultiversion = provides:multiversion(kernel)\n");
    assert_eq!(host.compare(), (1, 0));
    let replaced = host.collect().updates.unwrap().replacements;
    // `zypper update --dry-run` takes `new` in and `old` out; `own` is of another vendor.
    assert_eq!(replaced.iter().map(|of| (of.name.as_str(), of.by.as_str())).collect::<Vec<_>>(), [("old", "new")]);
}

#[test]
fn patches_that_were_taken_back_do_not_count() {
    let mut host = Host::new();
    host.lab.install(&[of(SUSE, "a 1-1 noarch"), of(SUSE, "b 1-1 noarch")]);
    let info = updateinfo(&[("SUSE-1", "security", &["a 2-1 noarch"]), ("SUSE-2", "security", &["b 2-1 noarch"])]);
    let (head, tail) = info.split_at(info.find("<id>SUSE-2").unwrap());
    let at = head.rfind("status=\"final\"").unwrap();
    let info = format!("{}status=\"retracted\"{}{tail}", &head[..at], &head[at + 14..]);
    let mut back = of(SUSE, "b 2-1 noarch");
    back.lines.push("Provides: retracted-patch-package()".to_owned());
    host.repository("one", &[of(SUSE, "a 2-1 noarch"), back], &[("updateinfo", &info)], "");
    host.fetch();
    assert_eq!(host.compare(), (1, 1));
}

#[test]
fn without_metadata_the_section_says_what_to_run() {
    let host = host(&[(SUSE, "a 1-1 noarch")], &[(SUSE, "a 2-1 noarch")], "");
    let why =
        "zypper has repositories but no metadata of them in its cache that can be read here: run 'zypper refresh'";
    assert_eq!(host.collect().updates.unwrap_err(), why);
    host.fetch();
    let folder = host.lab.root().join("var/cache/zypp/raw/one/repodata");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    let list = files.iter().find(|path| path.to_str().unwrap().contains("primary")).unwrap();
    fs::write(list, &fs::read(list).unwrap()[..50]).unwrap();
    let why = host.collect().updates.unwrap_err();
    assert!(why.contains("/var/cache/zypp/raw/one/repodata/"), "{why}");
}

/// What zypper itself logs of an installation and an upgrade.
#[test]
fn the_log_of_zypper_tells_what_was_changed() {
    let mut host = Host::new();
    host.lab.install(&[of(SUSE, "base 1-1 noarch")]);
    host.repository("one", &[of(SUSE, "a 1-1 noarch")], &[], "");
    host.fetch();
    host.zypper(&["install", "a"]);
    host.repository("two", &[of(SUSE, "a 2-1 noarch")], &[], "");
    host.fetch();
    host.zypper(&["update"]);
    host.zypper(&["remove", "a"]);
    let history = host.collect().history.unwrap();
    let mut records = history.records;
    records.sort_by_key(|of| of.at);
    let lines: Vec<String> =
        records.iter().map(|of| format!("{:?} {} {} {} > {}", of.action, of.name, of.arch, of.from, of.to)).collect();
    assert_eq!(lines, ["Install a noarch  > 1-1", "Upgrade a noarch 1-1 > 2-1", "Remove a noarch 2-1 > "]);
    assert!(records[1].by.contains("update"), "{records:?}");
}
