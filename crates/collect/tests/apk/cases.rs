//! What is read of apk's lists, and which updates follow.

use crate::host::{Host, list};
use model::wire::sections::{UpdateRecord, Withheld};
use std::fs;

/// The repositories of Alpine 3.9, whose indexes have these names in the cache.
const MAIN: (&str, &str) = ("http://dl-cdn.alpinelinux.org/alpine/v3.9/main", "var/cache/apk/APKINDEX.b89edf6e.tar.gz");
const COMMUNITY: (&str, &str) =
    ("http://dl-cdn.alpinelinux.org/alpine/v3.9/community", "var/cache/apk/APKINDEX.737f7e01.tar.gz");

fn shared(path: &str) -> String {
    let path = format!("{}/../../../shared/data/{path}", env!("CARGO_MANIFEST_DIR"));
    let file = fs::File::open(path).expect("the tests need the shared data set");
    String::from_utf8(zstd::decode_all(file).unwrap()).unwrap()
}

fn line(record: &UpdateRecord) -> String {
    let end = if record.withheld == Some(Withheld::Held) { " held" } else { "" };
    format!("{} {} -> {}{end}", record.name, record.installed, record.candidate)
}

/// Truth: an Alpine 3.19 as vuls found it, with what `apk version` said was pending
/// (`conformance/inventory-vuls-integration`).
#[test]
fn a_real_host_has_what_apk_found_pending() {
    let text = shared("conformance/inventory-vuls-integration.jsonl.zst");
    let hosts = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let real = hosts.into_iter().find(|host| host["distro"] == "alpine").unwrap();
    let (mut installed, mut offered, mut wanted, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for package in real["packages"].as_array().unwrap() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, version, pending) = (text("name"), text("version"), text("pending_version"));
        installed.push(format!("{name} {version} | o:{}; D:so:libc.musl-x86_64.so.1 /bin/sh", text("source")));
        offered.push(format!("{name} {}", if pending.is_empty() { version } else { pending }));
        names.push(format!("{name} {version} {}", text("source")));
        if !pending.is_empty() {
            wanted.push(format!("{name} {version} -> {pending}"));
        }
    }
    let host = Host::new();
    host.write("lib/apk/db/installed", list(installed.iter().map(String::as_str)));
    host.write("etc/apk/repositories", format!("{}\n#{}\n", MAIN.0, COMMUNITY.0));
    host.write("etc/apk/world", "alpine-baselayout\nbusybox\napk-tools\nopenssh-server\n");
    host.index(MAIN.1, &offered.iter().map(String::as_str).collect::<Vec<_>>());
    host.index(COMMUNITY.1, &["busybox 9.9-r0"]);
    let collected = host.collect();
    let updates = collected.updates.unwrap();
    assert_eq!(updates.records.iter().map(line).collect::<Vec<_>>(), wanted);
    assert_eq!((updates.records.len(), updates.skipped.len()), (13, 0));
    assert!(updates.lists_at.is_some() && updates.records.iter().all(|r| r.repository == MAIN.0));
    let packages = collected.packages.unwrap();
    let mine: Vec<String> =
        packages.records.iter().map(|r| format!("{} {} {}", r.name, r.version, r.source_name())).collect();
    assert_eq!(mine, names);
    assert_eq!((packages.manager.as_str(), packages.skipped.len()), ("apk", 0));
    assert_eq!(packages.records.iter().filter(|record| !record.auto).count(), 4);
    assert_eq!(packages.records[0].depends, "so:libc.musl-x86_64.so.1, /bin/sh");
    let about = collected.host.unwrap();
    assert_eq!((about.package_manager.as_str(), about.arch.as_str()), ("apk", "x86_64"));
    assert_eq!(model::Platform::of_os(&about.os).to_string(), "alpine:3.19.0");
}

/// Truth: what apk says of pairs of versions (`versions/apk.jsonl`, from apk's own tests and others'): the second is an
/// update of the first where it is greater.
#[test]
fn an_update_is_what_apk_calls_newer() {
    let text = shared("versions/apk.jsonl.zst");
    let pairs: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(char::is_whitespace);
    let (mut installed, mut offered, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
    for (at, pair) in pairs.iter().enumerate() {
        let (a, b) = (pair["a"].as_str().unwrap(), pair["b"].as_str().unwrap());
        if is_version(a) && is_version(b) {
            installed.push(format!("p{at:06} {a}"));
            offered.push(format!("p{at:06} {b}"));
            if pair["cmp"].as_i64() == Some(-1) {
                wanted.push(format!("p{at:06} {a} -> {b}"));
            }
        }
    }
    assert!(wanted.len() > 500, "{}", wanted.len());
    let host = Host::new();
    host.write("lib/apk/db/installed", list(installed.iter().map(String::as_str)));
    host.write("etc/apk/repositories", MAIN.0);
    host.index(MAIN.1, &offered.iter().map(String::as_str).collect::<Vec<_>>());
    let mine: Vec<String> = host.collect().updates.unwrap().records.iter().map(line).collect();
    let odd: Vec<&String> = mine.iter().filter(|line| !wanted.contains(line)).collect();
    let missing: Vec<&String> = wanted.iter().filter(|line| !mine.contains(line)).collect();
    assert!(odd.is_empty() && missing.is_empty(), "only ours {odd:?}; missing {missing:?}");
}

#[test]
fn tags_and_wishes_decide() {
    let host = Host::new();
    let installed = ["a 1-r0", "b 1-r0", "c 1-r0", "d 1-r0", "e 1-r0", "f 1-r0 | s:edge", ".virtual 20240101.1"];
    host.write("lib/apk/db/installed", list(installed));
    let tagged = format!("@edge {}\n/media/usb/apks\n{}\n", COMMUNITY.0, MAIN.0);
    host.write("etc/apk/repositories", tagged);
    host.write("etc/apk/world", "a\nb=1-r0\nc~1\nd<2\ne@edge\n!f\n");
    let all = |version: &str| ["a", "b", "c", "d", "e", "f"].map(|name| format!("{name} {version}"));
    let index = |path: &str, versions: &[&str]| {
        let packages: Vec<String> = versions.iter().flat_map(|version| all(version)).collect();
        host.index(path, &packages.iter().map(String::as_str).collect::<Vec<_>>());
    };
    index(MAIN.1, &["1-r1", "2-r0", "1.5-r0"]);
    index(COMMUNITY.1, &["3-r0"]);
    index("media/usb/apks/x86_64/APKINDEX.tar.gz", &["0.1-r0"]);
    let collected = host.collect();
    let updates = collected.updates.unwrap();
    assert_eq!(
        updates.records.iter().map(line).collect::<Vec<_>>(),
        [
            "a 1-r0 -> 2-r0",
            "b 1-r0 -> 2-r0 held",
            "c 1-r0 -> 1.5-r0",
            "d 1-r0 -> 1.5-r0",
            "e 1-r0 -> 3-r0",
            "f 1-r0 -> 3-r0",
        ]
    );
    assert_eq!(updates.records[1].withheld_reason, "is asked for as b=1-r0 in /etc/apk/world");
    let held: Vec<String> =
        collected.packages.unwrap().records.into_iter().filter(|r| r.held).map(|r| r.name).collect();
    assert_eq!(held, ["b", "c", "d"]);
    assert_eq!(collected.repositories.unwrap().records.len(), 3);
}

/// No repository is without packages.
#[test]
fn an_index_without_packages_is_no_answer() {
    let host = Host::new();
    host.write("lib/apk/db/installed", list(["a 1-r0", "musl 1-r0"]));
    host.write("etc/apk/repositories", format!("{}\n", MAIN.0));
    for text in ["", "\n", "\n\n\n"] {
        host.index_of(MAIN.1, text);
        let why = host.collect().updates.unwrap_err();
        assert_eq!(why, "/var/cache/apk/APKINDEX.b89edf6e.tar.gz: lists no package", "{text:?}");
    }
    host.index(MAIN.1, &["a 2-r0", "musl 1-r0"]);
    let updates = host.collect().updates.unwrap();
    assert_eq!((updates.records.len(), updates.skipped.len()), (1, 0));
    assert!(updates.records[0].security_unknown, "Alpine's index says nothing of security");
    for (packages, wanted) in [
        (&["a 2-r0"][..], "none offers any version of musl: the distribution's own repository"),
        (&["a 2-r0", "a 3_x!-r0", "musl 1-r0"], "a: '3_x!-r0' can't be read"),
    ] {
        host.index(MAIN.1, packages);
        let updates = host.collect().updates.unwrap();
        let [note] = updates.skipped.as_slice() else { panic!("{packages:?}: {:?}", updates.skipped) };
        assert!(note.why.contains(wanted), "{note:?}");
    }
}

/// Alpine's age is that of the older of its own, whatever a repository of one's own has.
#[test]
fn the_oldest_of_the_distributions_own_indexes_counts() {
    let host = Host::new();
    host.write("lib/apk/db/installed", list(["a 1-r0"]));
    host.write("etc/apk/repositories", format!("{}\n{}\n/media/own\n", MAIN.0, COMMUNITY.0));
    for (path, day) in [(MAIN.1, 20), (COMMUNITY.1, 10), ("media/own/x86_64/APKINDEX.tar.gz", 1)] {
        host.index(path, &["a 1-r0"]);
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + day * 86_400);
        fs::File::options().append(true).open(host.path(path)).unwrap().set_modified(time).unwrap();
    }
    assert_eq!(host.collect().updates.unwrap().lists_at.unwrap().as_second(), 1_700_000_000 + 10 * 86_400);
    let many: String = (0..1001).map(|n| format!("/media/{n}\n")).collect();
    host.write("etc/apk/repositories", many);
    let repositories = host.collect().repositories.unwrap();
    assert_eq!(repositories.records.len(), 1000);
    assert!(repositories.skipped[0].why.contains("more than 1000 repositories"), "{:?}", repositories.skipped);
}

#[test]
fn lists_that_are_missing_or_break_off_are_no_answer() {
    let host = Host::new();
    let whole = list(["a 1-r0", "b 1-r0"]);
    host.write("lib/apk/db/installed", &whole);
    assert_eq!(host.collect().updates.unwrap_err(), "apk has no repositories");
    host.write("etc/apk/repositories", format!("{}\n{}\n", MAIN.0, COMMUNITY.0.replace("//", "//me:secret@")));
    let why = "apk has repositories but no indexes of them in its cache: run 'apk update'";
    assert_eq!(host.collect().updates.unwrap_err(), why);
    host.index(MAIN.1, &["a 2-r0", "b 2-r0"]);
    let updates = host.collect().updates.unwrap();
    assert_eq!(updates.records.len(), 2);
    let notes: Vec<String> = updates.skipped.iter().map(|odd| format!("{} {}", odd.record, odd.why)).collect();
    assert_eq!(notes, [format!("{} has no index in the cache: it was never fetched", COMMUNITY.0)]);
    let index = fs::read(host.path(MAIN.1)).unwrap();
    for length in [0, 10, index.len() / 2, index.len() - 1] {
        host.write(MAIN.1, &index[..length]);
        let collected = host.collect();
        let why = collected.updates.unwrap_err();
        assert!(why.starts_with("/var/cache/apk/APKINDEX.b89edf6e.tar.gz: "), "{length}: {why}");
        assert_eq!(collected.packages.unwrap().records.len(), 2);
    }
    for length in 1..whole.len() - 1 {
        host.write("lib/apk/db/installed", &whole[..length]);
        match host.collect().packages {
            // Only where a whole package ends half a list looks like one: apk replaces its list in one step.
            Ok(packages) => assert!(whole[..length].ends_with("\n\n") && packages.records.len() == 1),
            Err(why) => assert_eq!(why, "/lib/apk/db/installed breaks off within a package"),
        }
    }
}
