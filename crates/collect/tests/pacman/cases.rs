//! What pacman lists, and what it would put in the place of what.

use crate::lab::Lab;
use model::wire::sections::Withheld;
use std::collections::{BTreeMap, BTreeSet};

/// Packages of Arch Linux with a version that was affected and the one that fixed it
/// (`feeds/arch/all.json`, Arch's own tracker).
fn tracked() -> BTreeMap<String, (String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/arch/all.json.zst");
    let file = std::fs::File::open(path).expect("the tests need the shared data set");
    let groups: Vec<serde_json::Value> = serde_json::from_slice(&zstd::decode_all(file).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for group in &groups {
        let (Some(affected), Some(fixed)) = (group["affected"].as_str(), group["fixed"].as_str()) else { continue };
        for package in group["packages"].as_array().unwrap() {
            found.insert(package.as_str().unwrap().to_owned(), (affected.to_owned(), fixed.to_owned()));
        }
    }
    found
}

#[test]
fn a_whole_host_has_what_pacman_lists() {
    // Enough; repo-add takes a tenth of a second for each.
    let tracked: BTreeMap<String, (String, String)> = tracked().into_iter().take(320).collect();
    let installed: Vec<String> =
        tracked.iter().map(|(name, (version, _))| format!("{name} {version} x86_64")).collect();
    let (needed, wanted) = installed.split_at(installed.len() / 3);
    let mut lab = Lab::new();
    let texts = |list: &[String]| list.to_vec();
    let borrowed = |list: &'static [String]| list.iter().map(String::as_str).collect::<Vec<_>>();
    lab.install(&borrowed(texts(needed).leak()), true);
    lab.install(&borrowed(texts(wanted).leak()), false);
    // Every second package has its fix in the one repository or the other, every seventh a third version in both.
    let (mut core, mut extra) = (Vec::new(), Vec::new());
    for (at, (name, (affected, fixed))) in tracked.iter().enumerate() {
        let version = if at % 2 == 0 { fixed } else { affected };
        if at % 3 == 0 { &mut core } else { &mut extra }.push(format!("{name} {version} x86_64"));
        if at % 7 == 0 {
            extra.retain(|text: &String| !text.starts_with(&format!("{name} ")));
            extra.push(format!("{name} 99:1.0-1 any"));
        }
    }
    lab.options("IgnorePkg = c* firefox\nIgnorePkg = g[a-l]*");
    lab.repository("core", &borrowed(core.leak()), "");
    lab.repository("extra", &borrowed(extra.leak()), "");
    lab.fetch();
    let (packages, updates) = lab.compare();
    assert!(packages >= 300 && updates >= 100, "{packages} packages, {updates} updates");
    let collected = lab.collect();
    let about = collected.host.unwrap();
    assert_eq!((about.package_manager.as_str(), about.arch.as_str()), ("pacman", "x86_64"));
    assert_eq!(model::Platform::of_os(&about.os).distribution(), "arch");
    let held = collected.updates.unwrap().records.iter().filter(|r| r.withheld == Some(Withheld::Held)).count();
    assert!(held >= 5, "{held}");
}

#[test]
fn the_first_repository_with_the_name_decides() {
    let mut lab = Lab::new();
    lab.install(
        &[
            "a 1-1 x86_64",
            "b 2-1 x86_64",
            "c 1-1 x86_64",
            "d 1-1 any | group = tools",
            "e 1:1-1 x86_64",
            "f 1-1 x86_64",
            "own 1-1 any",
        ],
        false,
    );
    lab.options("IgnoreGroup = to*\nIgnorePkg = c");
    lab.repository("staging", &["f 2-1 x86_64"], "Usage = Sync Search Install");
    lab.repository("core", &["a 1-2 x86_64", "b 1-9 x86_64", "c 2-1 x86_64", "e 2-1 x86_64", "f 3-1 x86_64"], "");
    lab.repository("extra", &["a 3-1 x86_64", "b 3-1 x86_64", "d 2-1 any", "e 1:2-1 x86_64"], "");
    lab.fetch();
    assert_eq!(lab.compare(), (7, 4));
    let collected = lab.collect();
    let updates = collected.updates.unwrap();
    let mine: Vec<String> = updates
        .records
        .iter()
        .map(|r| format!("{} {} {} {:?} {}", r.name, r.candidate, r.repository, r.withheld, r.withheld_reason))
        .collect();
    assert_eq!(
        mine,
        [
            "a 1-2 core None ",
            "c 2-1 core Some(Held) is among IgnorePkg (c)",
            "d 2-1 extra Some(Held) is in group tools, which is among IgnoreGroup",
            "f 2-1 staging Some(Excluded) comes from repository staging, whose Usage has no Upgrade",
        ]
    );
    assert!(updates.lists_at.is_some() && updates.records.iter().all(|r| r.size.is_some_and(|size| size > 0)));
    let repositories = collected.repositories.unwrap();
    let names: Vec<&str> = repositories.records.iter().map(|r| r.suite.as_str()).collect();
    assert_eq!(names, ["core", "extra", "staging"]);
    assert!(repositories.records.iter().all(|r| r.uri.ends_with(&r.suite) && r.enabled && r.published_at.is_some()));
    let packages = collected.packages.unwrap();
    assert!(packages.records.iter().all(|r| r.held == (r.name == "c") && r.installed_at.is_some()));
}

/// Truth: what `pacman -Su` would install.
#[test]
fn successors_are_those_that_an_upgrade_brings() {
    let mut lab = Lab::new();
    lab.install(
        &["old 1-1 x86_64", "older 2-1 x86_64", "kept 1-1 x86_64", "both 1-1 x86_64", "held 1-1 x86_64"],
        false,
    );
    lab.options("IgnorePkg = held");
    lab.repository(
        "core",
        &["new 5-1 x86_64 | replaces = old; replaces = older<2; replaces = held", "both 1-1 x86_64"],
        "",
    );
    lab.repository("extra", &["next 3-1 x86_64 | replaces = older>=2; replaces = both", "kept 2-1 x86_64"], "");
    lab.fetch();
    lab.compare();
    let theirs = lab.lines(&["-Su", "--print", "--print-format", "%n %v"]);
    let updates = lab.collect().updates.unwrap();
    let mut mine: BTreeSet<String> = updates.replacements.iter().map(|r| format!("{} {}", r.by, r.candidate)).collect();
    mine.extend(updates.records.iter().filter(|r| r.withheld.is_none()).map(|r| format!("{} {}", r.name, r.candidate)));
    assert_eq!(mine, theirs);
    let pairs: Vec<String> =
        updates.replacements.iter().map(|r| format!("{} {} {}", r.name, r.by, r.repository)).collect();
    assert_eq!(pairs, ["old new core", "older next extra"]);
}
