//! Reading a large feed, compiling its rules, and judging real hosts by them.
//!
//! Counted is the processor time of this thread (`/proc/thread-self/schedstat`), so that other work on the
//! machine does not show; the least of several runs is given. Goals: `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use feeds::{Collected, Document, feed};
use matching::{FeedStamp, Rules};
use model::{Advisory, Origin, Package, Role};
use std::hint::black_box;
use std::io::Read as _;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// Nanoseconds that this thread has had a processor.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The least processor time of `runs` runs, in nanoseconds, and what the last one gave.
fn least<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::INFINITY;
    let mut last = None;
    for _ in 0..runs {
        let before = cpu();
        let result = black_box(run());
        best = best.min(cpu() - before);
        last = Some(result);
    }
    (best, last.unwrap())
}

fn unpacked(path: &str) -> Vec<u8> {
    let file = std::fs::File::open(format!("{DATA}/{path}")).unwrap_or_else(|error| panic!("{DATA}/{path}: {error}"));
    let mut bytes = Vec::new();
    formats::compression::Decoder::new(std::io::BufReader::new(file), 2 << 30)
        .and_then(|mut decoder| decoder.read_to_end(&mut bytes))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    bytes
}

fn parse(id: &str, bytes: &[u8]) -> Vec<Advisory> {
    let document = Document { name: id.to_owned(), url: id.to_owned() };
    let mut collected = Collected::default();
    feed(id).unwrap().parse(&document, &mut &*bytes, &mut collected).unwrap();
    collected.advisories
}

/// The packages of a host of the set of real inventories.
fn inventory(case: &str, platform: &str) -> Vec<Package> {
    let text = String::from_utf8(unpacked("conformance/inventory-vuls-integration.jsonl.zst")).unwrap();
    let host = text
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

fn rules(platform: &str, id: &str, advisories: &[Advisory]) -> Rules {
    let stamp = FeedStamp {
        id: id.to_owned(),
        as_of: "2021-05-26T00:00:00Z".parse().unwrap(),
        document: id.to_owned(),
        sha256: String::new(),
        too_old: false,
    };
    Rules::compile(&platform.parse().unwrap(), &[stamp], advisories.iter().map(|advisory| (id, advisory)))
}

/// One line: what, its figure, and what it was taken on.
fn line(what: &str, figure: &str, on: &str) {
    println!("{what:<46} {figure:>14}   {on}");
}

/// What each host and package of it costs, of many rounds: the kernel counts in ticks of some milliseconds.
fn host<T: Copy>(what: &str, runs: usize, rules: &Rules, packages: &[Package], mut judged: impl FnMut() -> T) -> T {
    const ROUNDS: u32 = 400;
    let (nanoseconds, last) = least(runs, || (0..ROUNDS).map(|_| judged()).last().unwrap());
    let (nanoseconds, count) = (nanoseconds / f64::from(ROUNDS), packages.len());
    #[expect(clippy::cast_precision_loss, reason = "a few hundred packages")]
    let each = nanoseconds / count as f64;
    let on = format!("{count} packages, {} facts; {each:.0} ns a package", rules.len());
    line(what, &format!("{:.1} us", nanoseconds / 1e3), &on);
    last
}

fn judge(what: &str, runs: usize, rules: &Rules, packages: &[Package]) {
    // What the index does for a package that it has not met: most are of a class that it has.
    host(&format!("classify a host, {what}"), runs, rules, packages, || {
        packages.iter().filter(|package| black_box(rules.classify(package, Role::Installed)).1.is_some()).count()
    });
    // What it does for a class that it has not met, and `evaluate` for every package.
    let open = host(&format!("judge a host, {what}"), runs, rules, packages, || {
        let mut open = 0_u32;
        for package in packages {
            black_box(rules.each_open(package, Role::Installed, &mut |verdict| {
                black_box(verdict.cve);
                open += 1;
            }));
        }
        open
    });
    line("  open verdicts of that host", &open.to_string(), "");
}

fn main() {
    // `cargo test --benches` runs it without the flag, to see that it runs.
    let runs = if std::env::args().any(|argument| argument == "--bench") { 7 } else { 1 };
    for (release, case) in [("7", "rhel_73"), ("6", "rhel_610")] {
        let bytes = unpacked(&format!("feeds/redhat/rhel-{release}-including-unpatched.oval.xml.bz2"));
        let on = format!("{:.1} MB of XML, decompressed", f64::from(u32::try_from(bytes.len()).unwrap()) / 1e6);
        let (nanoseconds, _) =
            least(runs, || feeds::formats::oval::parse(bytes.as_slice()).unwrap().definitions.items().len());
        line(&format!("RHEL {release} OVAL: the document"), &format!("{:.0} ms", nanoseconds / 1e6), &on);
        let (nanoseconds, advisories) = least(runs, || parse("redhat-oval", &bytes));
        line(&format!("RHEL {release} OVAL: parse, all of it"), &format!("{:.0} ms", nanoseconds / 1e6), &on);
        let platform = format!("rhel:{release}");
        let (nanoseconds, rules) = least(runs, || rules(&platform, "redhat-oval", &advisories));
        let on = format!("{} advisories, {} facts", advisories.len(), rules.len());
        line(&format!("RHEL {release}: compile the rules"), &format!("{:.0} ms", nanoseconds / 1e6), &on);
        judge(&format!("RHEL {release}"), runs, &rules, &inventory(case, &platform));
    }
    let xenial = parse("ubuntu-oval", &unpacked("feeds/ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2"));
    let rules = rules("ubuntu:16.04", "ubuntu-oval", &xenial);
    judge("Ubuntu 26.04 by 16.04's feed", runs, &rules, &inventory("ubuntu_2604", "ubuntu:16.04"));
}
