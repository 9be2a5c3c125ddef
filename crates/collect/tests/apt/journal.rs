//! dpkg's journal, against dpkg's own reading of it.

use crate::lab::{Lab, deb, run};
use collect::{Options, Root, collect};
use model::wire::sections::Packages;
use std::fs;
use std::process::Command;

fn ours(lab: &Lab) -> Packages {
    collect(&Root::new(lab.root()).unwrap(), &Options::default()).packages.unwrap()
}

/// `name arch version state` of everything that is installed, ours.
fn told(packages: &Packages) -> Vec<String> {
    let state = |status: &str| if status.is_empty() { "installed".to_owned() } else { status.to_owned() };
    let line =
        |r: &model::wire::sections::PackageRecord| format!("{} {} {} {}", r.name, r.arch, r.version, state(&r.status));
    packages.records.iter().map(line).collect()
}

/// The same by `dpkg-query`.
fn asked(lab: &Lab) -> Vec<String> {
    let admin = format!("--admindir={}", lab.root().join("var/lib/dpkg").display());
    let format = "${Package} ${Architecture} ${Version} ${db:Status-Status}\n";
    let output = run(Command::new("dpkg-query").args([&admin, "-W", "-f", format]));
    let text = String::from_utf8(output.stdout).unwrap();
    let gone = |line: &&str| !line.ends_with(" config-files") && !line.ends_with(" not-installed");
    let mut lines: Vec<_> = text.lines().filter(gone).map(str::to_owned).collect();
    lines.sort();
    lines
}

fn journal(lab: &Lab) -> Vec<String> {
    let entries = fs::read_dir(lab.root().join("var/lib/dpkg/updates")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// dpkg is killed while it configures the second of three packages.
#[test]
fn what_a_killed_dpkg_left() {
    let lab = Lab::new();
    lab.install(&[deb("first", "1"), deb("second", "1")]);
    let debs = [deb("first", "2"), deb("second", "2").postinst("kill -9 $PPID"), deb("third", "1")];
    let status = lab.installation(&debs).output().unwrap().status;
    assert!(!status.success(), "dpkg was not killed");
    assert!(journal(&lab).len() > 3, "{:?}", journal(&lab));
    let merged = fs::read_to_string(lab.root().join("var/lib/dpkg/status")).unwrap();
    assert!(merged.contains("Package: first\nStatus: install ok installed\n") && !merged.contains("third"), "{merged}");
    let packages = ours(&lab);
    assert_eq!(told(&packages), asked(&lab));
    assert_eq!(told(&packages), ["first all 2 installed", "second all 2 half-configured", "third all 1 unpacked"]);
    assert_eq!(packages.skipped, []);
}

#[test]
fn stanzas_of_every_kind() {
    let lab = Lab::new();
    let stanza = |name: &str, status: &str, arch: &str, version: &str, more: &str| {
        format!(
            "Package: {name}\nStatus: {status}\nArchitecture: {arch}\n{more}Version: {version}\nMaintainer: x\nDescription: x\n"
        )
    };
    let ok = "install ok installed";
    let same = "Multi-Arch: same\n";
    let before = [
        stanza("changed", ok, "amd64", "1", ""),
        stanza("removed", ok, "amd64", "1", ""),
        stanza("purged", ok, "amd64", "1", ""),
        stanza("lib", ok, "amd64", "1", same),
        stanza("lib", ok, "i386", "1", same),
        stanza("split", ok, "all", "1", ""),
    ];
    lab.write("root/var/lib/dpkg/arch", "amd64\ni386\n");
    lab.write("root/var/lib/dpkg/status", &before.join("\n"));
    let entries = [
        stanza("changed", "install ok unpacked", "amd64", "2", ""),
        stanza("removed", "deinstall ok config-files", "amd64", "1", ""),
        "Package: purged\nStatus: purge ok not-installed\nArchitecture: amd64\n".to_owned(),
        stanza("lib", ok, "i386", "2", same),
        stanza("changed", ok, "amd64", "3", ""),
        stanza("split", ok, "amd64", "2", ""),
        stanza("added", ok, "all", "1", ""),
    ];
    for (number, entry) in entries.iter().enumerate() {
        lab.write(&format!("root/var/lib/dpkg/updates/{number:04}"), entry);
    }
    // Not yet renamed: dpkg does not read it.
    lab.write("root/var/lib/dpkg/updates/tmp.i", &stanza("half", ok, "all", "1", ""));
    let packages = ours(&lab);
    assert_eq!(told(&packages), asked(&lab));
    assert_eq!(
        told(&packages),
        [
            "added all 1 installed",
            "changed amd64 3 installed",
            "lib amd64 1 installed",
            "lib i386 2 installed",
            "split amd64 2 installed",
        ]
    );
    assert_eq!(packages.skipped, []);
}

#[test]
fn what_dpkg_would_refuse_is_noted() {
    let lab = Lab::new();
    lab.install(&[deb("first", "1")]);
    let ok = "Status: install ok installed\nArchitecture: all\nVersion: 2\n";
    lab.write("root/var/lib/dpkg/updates/0000", &format!("Package: first\n{ok}\nPackage: more\n{ok}"));
    lab.write("root/var/lib/dpkg/updates/0001", "");
    lab.write("root/var/lib/dpkg/updates/0002", "Package: first\nVersion: 3\n");
    lab.write("root/var/lib/dpkg/updates/0003", "no stanza");
    lab.write("root/var/lib/dpkg/updates/10000", &format!("Package: late\n{ok}"));
    let packages = ours(&lab);
    assert_eq!(told(&packages), ["first all 2 installed", "late all 2 installed"]);
    let notes: Vec<_> = packages.skipped.iter().map(|s| format!("{}: {}", s.record, s.why)).collect();
    assert_eq!(
        notes,
        [
            "/var/lib/dpkg/updates: names of different length, which dpkg does not write",
            "/var/lib/dpkg/updates/0000: holds more than one stanza; only the first was read",
            "/var/lib/dpkg/updates/0001: is empty",
            "/var/lib/dpkg/updates/0002: no status of first",
            "/var/lib/dpkg/updates/0003: line 1: neither field nor continuation: no stanza",
        ]
    );
}
