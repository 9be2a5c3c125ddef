//! A whole host: the packages of a real SUSE Linux Enterprise Server 15.3, and what its repositories offered.

use crate::host::{Host, of};
use crate::lab::{Made, shared, updateinfo};

/// Installed packages and what was pending, each with its repository: of the inventories of vuls
/// (`conformance/inventory-vuls-integration`).
fn inventory() -> (Vec<Made>, Vec<Made>) {
    let file = std::fs::File::open(shared("conformance/inventory-vuls-integration.jsonl.zst"));
    let text = String::from_utf8(zstd::decode_all(file.expect("the tests need the shared data set")).unwrap()).unwrap();
    let hosts = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let is_wanted = |host: &serde_json::Value| {
        host["distro"].as_str().unwrap().contains("suse.linux.enterprise.server") && host["release"] == "15.3"
    };
    let host = hosts.into_iter().find(is_wanted).unwrap();
    let (mut installed, mut pending) = (Vec::new(), Vec::new());
    for package in host["packages"].as_array().unwrap() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, arch) = (text("name"), text("arch"));
        if !matches!(arch, "x86_64" | "noarch") {
            continue;
        }
        let vendor = "SUSE LLC <https://www.suse.com/>";
        installed.push(of(vendor, &format!("{name} {}-{} {arch}", text("version"), text("release"))));
        if !text("pending_version").is_empty() {
            // Some of SUSE's own packages write the vendor otherwise, which is no change.
            let vendor = if pending.len().is_multiple_of(3) { "SUSE Linux Enterprise 15" } else { vendor };
            pending.push(of(vendor, &format!("{name} {}-{} {arch}", text("pending_version"), text("pending_release"))));
        }
    }
    (installed, pending)
}

#[test]
fn a_real_host_has_the_updates_and_patches_that_zypper_finds() {
    let (mut installed, pending) = inventory();
    assert!(installed.len() >= 500 && pending.len() >= 100, "{} {}", installed.len(), pending.len());
    installed.push(of("SUSE LLC <https://www.suse.com/>", "sles-release 15.3-1 x86_64"));
    let mut host = Host::new();
    host.lab.install(&installed);
    // What is installed is still offered.
    host.repository("pool", &installed, &[], "");
    let texts: Vec<String> = pending.iter().map(|of| format!("{} {} {}", of.name, of.evr, of.arch)).collect();
    let ids: Vec<String> = (0..pending.len()).map(|at| format!("SUSE-2026-{}", at / 3)).collect();
    let mut advisories: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (id, text) in ids.iter().zip(&texts) {
        match advisories.last_mut() {
            Some((last, _, packages)) if last == id => packages.push(text),
            _ => advisories.push((
                id,
                if advisories.len().is_multiple_of(2) { "security" } else { "recommended" },
                vec![text],
            )),
        }
    }
    let advisories: Vec<(&str, &str, &[&str])> =
        advisories.iter().map(|(id, kind, of)| (*id, *kind, &of[..])).collect();
    let info = updateinfo(&advisories);
    host.repository("updates", &pending, &[("updateinfo", &info)], "");
    // Newer ones of a vendor of one's own, and a repository that nobody prefers.
    let names: Vec<Made> =
        pending.iter().take(20).map(|made| of("Other", &format!("{} 999-1 {}", made.name, made.arch))).collect();
    host.repository("other", &names, &[], "");
    host.repository("last", &[of("SUSE LLC", "bash 999-1 x86_64")], &[], "priority=200");
    host.fetch();
    let (updates, patches) = host.compare();
    assert!(updates >= 100 && patches >= 30, "{updates} updates, {patches} patches");
}
