//! What it costs to judge a host whose packages the index has met: real hosts against the whole feed of their platform.
//!
//! Taken is a change of a host of which only the name of its operating system is another: it is put in order, looked
//! up package by package, and its open findings are counted twice (as it was, as it is) and compared. That is more
//! than the judging; what the judging alone costs is at most half of it. Counted is the processor time of this thread;
//! the least of several runs is given. Goals: `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use feeds::{Collected, Document, feed};
use fleet::{
    Attributes, Availability, Awaited, Change, HostFacts, HostFindingsQuery, HostId, Index, Interval, PackageId,
    SecurityRepository,
};
use jiff::Timestamp;
use matching::{FeedStamp, Rules};
use model::{Advisory, Origin, Package, Role};
use std::io::Read as _;
use std::sync::Arc;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// A host of the set of real inventories, the platform by whose rules it is judged, and the feed that has them.
const HOSTS: [(&str, &str, &str, &str); 4] = [
    ("alma_9", "almalinux:9", "almalinux-osv", "almalinux/osv-database.tar.zst"),
    ("rhel_73", "rhel:7", "redhat-oval", "redhat/rhel-7-including-unpatched.oval.xml.bz2"),
    ("rhel_610", "rhel:6", "redhat-oval", "redhat/rhel-6-including-unpatched.oval.xml.bz2"),
    ("ubuntu_2604", "ubuntu:16.04", "ubuntu-oval", "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2"),
];

/// Nanoseconds that this thread has had a processor.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn unpacked(path: &str) -> Vec<u8> {
    let file = std::fs::File::open(format!("{DATA}/{path}")).unwrap_or_else(|error| panic!("{DATA}/{path}: {error}"));
    let mut bytes = Vec::new();
    let mut decoder = formats::compression::Decoder::new(std::io::BufReader::new(file), 2 << 30).unwrap();
    decoder.read_to_end(&mut bytes).unwrap();
    bytes
}

/// What a feed says by a file, or by each JSON document of an archive.
fn advisories(id: &str, path: &str) -> Vec<Advisory> {
    let bytes = unpacked(&format!("feeds/{path}"));
    let mut documents = Vec::new();
    if path.contains(".tar.") {
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            if name.ends_with(".json") {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                documents.push((name, content));
            }
        }
    } else {
        documents.push((path.to_owned(), bytes));
    }
    let mut collected = Collected::default();
    for (name, content) in documents {
        let document = Document { url: name.clone(), name };
        feed(id).unwrap().parse(&document, &mut content.as_slice(), &mut collected).unwrap();
    }
    collected.advisories
}

fn rules(platform: &str, id: &str, advisories: &[Advisory]) -> Rules {
    let stamp =
        FeedStamp { id: id.to_owned(), as_of: now(), document: id.to_owned(), sha256: String::new(), too_old: false };
    Rules::compile(&platform.parse().unwrap(), &[stamp], advisories.iter().map(|advisory| (id, advisory)))
}

fn packages(hosts: &str, case: &str, platform: &str) -> Vec<Package> {
    let host = hosts
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|host| host["case"] == case)
        .unwrap_or_else(|| panic!("no host {case}"));
    let of = |package: &serde_json::Value, field: &str| package[field].as_str().unwrap_or_default().to_owned();
    let package = |package: &serde_json::Value| {
        let (version, release) = (of(package, "version"), of(package, "release"));
        let version = if release.is_empty() { version } else { format!("{version}-{release}") };
        Package {
            platform: platform.parse().unwrap(),
            name: of(package, "name"),
            arch: of(package, "arch"),
            source: of(package, "source"),
            source_version: version.clone(),
            version,
            module: String::new(),
            origin: Origin::Distribution,
        }
    };
    host["packages"].as_array().unwrap().iter().map(package).collect()
}

/// A host without packages.
fn bare(platform: &str) -> HostFacts {
    HostFacts {
        id: HostId(1),
        hostname: "host".into(),
        platform: platform.parse().unwrap(),
        os_name: String::new(),
        tags: vec![],
        context: vec![],
        last_seen_at: now(),
        interval: Interval::default(),
        inventory: vec![],
        updates: vec![],
        replacements: (0, 0),
        security_unknown: 0,
        reboot_required: Some(false),
        lists_at: Some(now()),
        packages: Availability::Present,
        updates_section: Availability::Present,
        packages_skipped: 0,
        updates_skipped: 0,
        repositories_skipped: 0,
        host_section: Availability::Present,
        security_repository: SecurityRepository::Configured,
        awaited: Awaited::default(),
        clock_ahead: None,
        kernel_unowned: false,
        reboot_unknown: false,
        alternated_at: None,
        attributes: Attributes::default(),
    }
}

/// The host in one of two states, which differ in a text alone.
fn host(template: &HostFacts, turn: u32) -> Change {
    let os_name = if turn.is_multiple_of(2) { "even" } else { "odd" };
    Change::Host(Box::new(HostFacts { os_name: os_name.into(), ..template.clone() }))
}

fn main() {
    // `cargo test --benches` runs it without the flag, to see that it runs.
    let (runs, rounds) = if std::env::args().any(|argument| argument == "--bench") { (7, 400) } else { (1, 2) };
    let hosts = String::from_utf8(unpacked("conformance/inventory-vuls-integration.jsonl.zst")).unwrap();
    println!("{:<26} {:>9} {:>14} {:>14} {:>16}", "host", "packages", "open findings", "a change", "of it a package");
    for (case, platform, id, path) in HOSTS {
        let rules = Arc::new(rules(platform, id, &advisories(id, path)));
        let packages = packages(&hosts, case, platform);
        let count = packages.len();
        let ids: Vec<(PackageId, Package)> = (1..).map(PackageId).zip(packages).collect();
        let template = HostFacts {
            inventory: ids.iter().map(|(id, _)| (*id, Role::Installed, false)).collect(),
            ..bare(platform)
        };
        let mut index = Index::new(now());
        index.apply(1, vec![Change::PackageIds(ids), Change::Rules { platform: platform.parse().unwrap(), rules }]);
        index.apply(2, vec![host(&template, 1)]);
        let open =
            index.reader().snapshot().host_findings(HostId(1), &HostFindingsQuery::default(), None).unwrap().page.total;
        let mut best = f64::INFINITY;
        for _ in 0..runs {
            // Published once for all rounds, as by a group of reports.
            let changes = (0..rounds).map(|turn| host(&template, turn)).collect();
            let before = cpu();
            index.apply(3, changes);
            best = best.min((cpu() - before) / f64::from(rounds));
        }
        let each = best / f64::from(u32::try_from(count).unwrap());
        println!(
            "{:<26} {count:>9} {open:>14} {:>11.1} us {each:>13.0} ns",
            format!("{case} by {platform}"),
            best / 1e3,
        );
    }
}
