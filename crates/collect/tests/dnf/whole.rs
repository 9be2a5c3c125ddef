//! A whole host: the packages of a real AlmaLinux 9.0, and what its repositories offered.

use crate::lab::{Lab, Made, made, made_with, shared, updateinfo};
use crate::oracle::{compare, key};
use model::wire::sections::Withheld;

/// Installed packages and what was pending, each with its repository: of the inventories of vuls
/// (`conformance/inventory-vuls-integration`).
fn inventory(distro: &str, release: &str) -> (Vec<Made>, Vec<(String, Made)>) {
    let path = shared("conformance/inventory-vuls-integration.jsonl.zst");
    let file = std::fs::File::open(path).expect("the tests need the shared data set");
    let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    let hosts = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let host = hosts.into_iter().find(|host| host["distro"] == distro && host["release"] == release).unwrap();
    let (mut installed, mut pending) = (Vec::new(), Vec::new());
    for package in host["packages"].as_array().unwrap() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, arch) = (text("name"), text("arch"));
        installed.push(made(&format!("{name} {}-{} {arch}", text("version"), text("release"))));
        if !text("pending_version").is_empty() {
            let newer = made(&format!("{name} {}-{} {arch}", text("pending_version"), text("pending_release")));
            pending.push((text("repository").to_owned(), newer));
        }
    }
    (installed, pending)
}

#[test]
fn a_real_host_has_the_updates_that_dnf_finds() {
    let (mut installed, pending) = inventory("alma", "9.0");
    let count = (installed.len(), pending.len());
    assert!(count.0 >= 500 && count.1 >= 300, "{count:?}");
    // A second kernel, and a library of 32 bits beside that of 64.
    installed.push(made("kernel-core 5.14.0-70.30.1.el9_0 x86_64"));
    installed.push(made("zlib 1.2.11-31.el9_0.1 i686"));
    let mut lab = Lab::new();
    lab.install(&installed);
    let mut repositories: std::collections::BTreeMap<&str, Vec<Made>> = std::collections::BTreeMap::new();
    for (repository, package) in &pending {
        repositories.entry(repository).or_default().push(package.clone());
    }
    let base = repositories.entry("baseos").or_default();
    // What is installed is still offered, and versions before and between.
    base.extend(installed.iter().filter(|package| package.arch != "i686").cloned());
    base.push(made("zlib 1.2.11-40.el9 i686"));
    base.push(made("kernel-core 5.14.0-71.1.1.el9_0 x86_64"));
    base.push(made_with("dnf5 5.2.0-1.el9 x86_64", "Obsoletes: dnf < 5"));
    let ids: Vec<String> = (0..pending.len()).map(|at| format!("ALSA-2026:{:04}", at / 3)).collect();
    let texts: Vec<String> =
        pending.iter().map(|(_, made)| format!("{} {} {}", made.name, made.evr, made.arch)).collect();
    let mut advisories: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (id, text) in ids.iter().zip(&texts) {
        match advisories.last_mut() {
            Some((last, _, packages)) if last == id => packages.push(text),
            _ => advisories.push((
                id,
                if advisories.len().is_multiple_of(2) { "security" } else { "bugfix" },
                vec![text],
            )),
        }
    }
    advisories.push(("ALSA-2026:9000", "security", vec!["kernel-core 5.14.0-71.1.1.el9_0 x86_64"]));
    let advisories: Vec<(&str, &str, &[&str])> = advisories.iter().map(|(id, kind, p)| (*id, *kind, &p[..])).collect();
    let info = updateinfo(&advisories);
    let ids: Vec<String> = repositories.keys().map(|id| (*id).to_owned()).collect();
    for id in &ids {
        let documents: &[(&str, &str)] = if id == "baseos" { &[("updateinfo", &info)] } else { &[] };
        lab.repository(id, &repositories[id.as_str()], documents, "");
    }
    lab.write("root/etc/dnf/dnf.conf", "[main]\nbest=True\nexcludepkgs=python3-*, sssd*\n");
    lab.write("root/etc/dnf/plugins/versionlock.list", "glibc-*\nopenssl-1:3.0.1-*\n");
    lab.fetch();
    let (theirs, updates) = compare(&lab);
    let kept = |word| updates.records.iter().filter(|r| r.withheld == Some(word)).count();
    assert!(theirs.updates.len() >= 200 && theirs.security.len() >= 100, "{}", theirs.updates.len());
    assert!(kept(Withheld::Excluded) >= 10 && kept(Withheld::Held) >= 1);
    let kernel = updates.records.iter().find(|r| r.name == "kernel-core").unwrap();
    assert!(kernel.installed == "5.14.0-70.30.1.el9_0" && kernel.advisories.contains(&"ALSA-2026:9000".to_owned()));
    assert!(updates.records.iter().any(|r| key(r) == "zlib.i686"));
    assert!(updates.lists_at.is_some());
}
