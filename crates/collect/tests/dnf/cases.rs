//! Where the newest version is not what dnf takes, one by one.

use crate::lab::{Lab, made, made_with, updateinfo};
use crate::oracle::{compare, key};
use model::wire::sections::{Updates, Withheld};

/// `name.arch candidate` of what would be taken, and of what is kept back with the word.
fn lines(updates: &Updates) -> Vec<String> {
    let word = |withheld: Option<Withheld>| match withheld {
        None => "",
        Some(Withheld::Held) => " held",
        Some(Withheld::Excluded) => " excluded",
        Some(_) => " ?",
    };
    updates.records.iter().map(|r| format!("{} {}{}", key(r), r.candidate, word(r.withheld))).collect()
}

#[test]
fn excludes_and_includes_decide_as_dnf_decides() {
    let mut lab = Lab::new();
    let names = ["php", "php-cli", "nginx", "bash", "vim", "zlib", "curl", "tree"];
    let all = |evr: &str| names.map(|name| made(&format!("{name} {evr} x86_64")));
    lab.install(&all("1.0-1"));
    let mut offered = all("2.0-1").to_vec();
    offered.extend([made("nginx 1.5-1 x86_64"), made("bash 3:1.0-1 x86_64")]);
    lab.write("root/etc/dnf/dnf.conf", "[main]\nexcludepkgs=php-* nginx-2*\n  vim.i686, zlib.x86_64\n");
    lab.repository("base", &offered, &[], "exclude=bash-3:*");
    lab.repository("few", &[made("curl 3.0-1 x86_64"), made("tree 3.0-1 x86_64")], &[], "includepkgs=tree");
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(
        lines(&updates),
        [
            "bash.x86_64 2.0-1",
            "curl.x86_64 2.0-1",
            "nginx.x86_64 1.5-1",
            "php.x86_64 2.0-1",
            "php-cli.x86_64 2.0-1 excluded",
            "tree.x86_64 3.0-1",
            "vim.x86_64 2.0-1",
            "zlib.x86_64 2.0-1 excluded",
        ]
    );
    let zlib = updates.records.last().unwrap();
    assert_eq!(zlib.withheld_reason, "is among excludepkgs (zlib.x86_64)");
}

#[test]
fn locks_hold_what_they_name() {
    let mut lab = Lab::new();
    lab.install(
        &["bind 32:9.16-1 x86_64", "bind-libs 32:9.16-1 x86_64", "curl 1-1 x86_64", "nginx 1-1 x86_64"].map(made),
    );
    let mut offered = ["bind 32:9.16-2 x86_64", "bind-libs 32:9.18-1 x86_64", "curl 2-1 x86_64", "curl 3-1 x86_64"]
        .map(made)
        .to_vec();
    offered.push(made_with("nginx-core 2-1 x86_64", "Obsoletes: nginx < 2"));
    offered.push(made("nginx 2-1 x86_64"));
    lab.repository("base", &offered, &[], "");
    let locks = "# Added lock on Thu Jan  1 00:00:00 2026\nbind-32:9.16-1.*\n!curl-0:3-1.*\nnginx-0:1-1.*\n";
    lab.write("root/etc/dnf/plugins/versionlock.list", locks);
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(
        lines(&updates),
        ["bind.x86_64 32:9.16-2 held", "bind-libs.x86_64 32:9.18-1", "curl.x86_64 2-1", "nginx.x86_64 2-1 held"]
    );
    assert_eq!(updates.replacements, []);
    let packages = lab.collect().packages.unwrap();
    let held: Vec<&str> = packages.records.iter().filter(|r| r.held).map(|r| r.name.as_str()).collect();
    assert_eq!(held, ["bind", "nginx"]);
}

#[test]
fn a_preferred_repository_hides_newer_packages_of_others() {
    let mut lab = Lab::new();
    lab.install(&["bash 1-1 x86_64", "curl 1-1 x86_64", "zlib 1-1 x86_64", "tree 1-1 x86_64"].map(made));
    lab.repository(
        "mine",
        &["bash 1-2 x86_64", "curl 1-1 x86_64", "tree 2-1 x86_64"].map(made),
        &[],
        "priority=10\nexcludepkgs=tree",
    );
    lab.repository(
        "base",
        &["bash 3-1 x86_64", "curl 2-1 x86_64", "zlib 2-1 x86_64", "tree 3-1 x86_64"].map(made),
        &[],
        "",
    );
    lab.repository("dear", &["zlib 2-1 x86_64"].map(made), &[], "cost=2000");
    lab.repository("off", &["bash 9-1 x86_64"].map(made), &[], "enabled=0");
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(lines(&updates), ["bash.x86_64 1-2", "tree.x86_64 3-1", "zlib.x86_64 2-1"]);
    assert_eq!(updates.records[2].repository, "base", "the cheaper of two that have the same");
    let repositories = lab.collect().repositories.unwrap();
    let enabled: Vec<(&str, bool)> = repositories.records.iter().map(|r| (r.suite.as_str(), r.enabled)).collect();
    assert_eq!(enabled, [("base", true), ("dear", true), ("mine", true), ("off", false)]);
    assert!(repositories.records.iter().all(|r| r.fetched_at.is_some() == r.enabled && r.uri.starts_with("file:///")));
}

#[test]
fn architectures_kernels_and_successors() {
    let mut lab = Lab::new();
    lab.install(&[
        made("glibc 1-1 x86_64"),
        made("glibc 1-1 i686"),
        made("zlib 1-1 x86_64"),
        made("tool 1-1 noarch"),
        made("data 1-1 x86_64"),
        made("kernel-core 5.14-1 x86_64"),
        made("kernel-core 5.14-3 x86_64"),
        made("nginx 1-1 x86_64"),
        made("old 5-1 x86_64"),
        made("kept 5-1 x86_64"),
        made("self 1-1 x86_64"),
    ]);
    lab.repository(
        "base",
        &[
            made("glibc 2-1 x86_64"),
            made("glibc 2-1 i686"),
            made("zlib 2-1 x86_64"),
            made("zlib 2-1 i686"),
            made("tool 2-1 x86_64"),
            made("data 2-1 noarch"),
            made("kernel-core 5.14-2 x86_64"),
            made("kernel-core 5.14-4 x86_64"),
            made("kernel-core 5.14-5 x86_64"),
            made_with("nginx-core 2-1 x86_64", "Obsoletes: nginx < 2"),
            made_with("nginx-core 3-1 x86_64", "Obsoletes: nginx < 2"),
            made("nginx 1-2 x86_64"),
            made_with("new 1-1 noarch", "Obsoletes: old; Obsoletes: kept < 5; Provides: kept = 9"),
            made_with("self 2-1 x86_64", "Obsoletes: self < 2"),
        ],
        &[],
        "",
    );
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(
        lines(&updates),
        [
            "data.noarch 2-1",
            "glibc.i686 2-1",
            "glibc.x86_64 2-1",
            "kernel-core.x86_64 5.14-5",
            "nginx.x86_64 1-2",
            "self.x86_64 2-1",
            "tool.x86_64 2-1",
            "zlib.x86_64 2-1",
        ]
    );
    assert_eq!(updates.records[3].installed, "5.14-3");
    let replaced: Vec<String> =
        updates.replacements.iter().map(|r| format!("{} {} {}", r.name, r.by, r.candidate)).collect();
    assert_eq!(replaced, ["nginx nginx-core 3-1", "old new 1-1"]);
}

#[test]
fn advisories_are_those_that_the_step_brings() {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "b 1-1 x86_64", "b 1-1 i686", "c 2-1 x86_64", "d 1:1-1 noarch"].map(made));
    let info = updateinfo(&[
        ("X-1", "security", &["a 1-1 x86_64", "c 2-1 x86_64"]),
        ("X-2", "security", &["a 2-1 x86_64"]),
        ("X-3", "bugfix", &["a 3-1 x86_64", "b 2-1 x86_64", "b 2-1 i686"]),
        ("X-4", "enhancement", &["d 1:2-1 noarch", "d 3-1 noarch"]),
        ("X-5", "security", &["other 2-1 x86_64", "b 2-1 aarch64"]),
        ("X-6", "newpackage", &["d 1:2-1 noarch"]),
    ]);
    let offered = ["a 2-1 x86_64", "a 3-1 x86_64", "b 2-1 x86_64", "b 2-1 i686", "c 2-1 x86_64", "d 1:2-1 noarch"];
    lab.repository("base", &offered.map(made), &[("updateinfo", &info)], "");
    lab.fetch();
    let (theirs, updates) = compare(&lab);
    assert_eq!(theirs.advisories.len(), 6);
    let mine: Vec<String> =
        updates.records.iter().map(|r| format!("{} {} {}", key(r), r.security, r.advisories.join(" "))).collect();
    assert_eq!(mine, ["a.x86_64 true X-2 X-3", "b.i686 false X-3", "b.x86_64 false X-3", "d.noarch false X-4 X-6"]);
}

/// What dnf itself records of an upgrade, a removal and an installation.
#[test]
fn the_record_of_dnf_tells_what_was_changed() {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "b 1-1 x86_64", "old 1-1 x86_64"].map(made));
    let offered = [made("a 1:2-1 x86_64"), made("new 1-1 x86_64"), made("more 3-1 x86_64")];
    lab.repository("one", &offered, &[], "");
    lab.fetch();
    lab.change(&["upgrade"]);
    lab.change(&["remove", "b"]);
    lab.change(&["install", "more"]);
    let history = lab.collect().history.unwrap();
    let mut lines: Vec<String> = history
        .records
        .iter()
        .map(|of| format!("{:?} {} {} {} > {}", of.action, of.name, of.arch, of.from, of.to))
        .collect();
    // dnf's record has seconds, and two of these may fall into one.
    lines.sort();
    assert_eq!(
        lines,
        ["Install more x86_64  > 3-1", "Remove b x86_64 1-1 > ", "Upgrade a x86_64 1-1 > 1:2-1"],
        "{:?}",
        lab.dnf(&["history", "list"])
    );
    let is_now = |of: &model::wire::sections::HistoryRecord| of.at.as_second() > 1_790_000_000;
    assert!(history.records.iter().all(|of| is_now(of) && of.by.starts_with("dnf ")), "{history:?}");
}
