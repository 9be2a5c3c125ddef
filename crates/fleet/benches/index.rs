//! What a change and a question cost: one changed host, the first page of hosts, the hosts of a CVE,
//! new rules of a platform, in a fleet of `MENDWATCH_BENCH_HOSTS` hosts (100,000 unless set).
//!
//! The fleet: 600 packages a host out of 3,000 names in 20 versions each; 60 % of the hosts are one
//! of 50 images, 40 % have an inventory of their own; one source in three has a CVE for each of its
//! last versions. The order of hosts is random against their images.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it did not expect")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use fleet::{
    Attributes, Availability, Awaited, Change, CveScores, CveScoresBuilder, HostFacts, HostFindingsQuery, HostId,
    HostPackagesQuery, HostQuery, Index, Interval, PackageId, Query, Score, SecurityRepository, UpdateFacts,
};
use jiff::Timestamp;
use matching::{FeedStamp, Rules};
use model::{Advisory, Fact, FactStatus, Origin, Package, Platform, Role, Severity, State, Subject};
use std::hint::black_box;
use std::sync::Arc;

const NAMES: u64 = 3000;
const VERSIONS: u64 = 20;
const PER_HOST: u64 = 600;

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn platform() -> Platform {
    "debian:12".parse().unwrap()
}

/// SplitMix64: the same fleet on every machine.
fn random(mut seed: u64) -> u64 {
    seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

fn package(name: u64, version: u64) -> (PackageId, Package) {
    let version_text = format!("1.{version}-1");
    let package = Package {
        platform: platform(),
        name: format!("package-{name}"),
        version: version_text.clone(),
        arch: "amd64".into(),
        source: format!("source-{}", name / 2),
        source_version: version_text,
        module: String::new(),
        origin: Origin::Distribution,
    };
    (PackageId(i64::try_from(name * VERSIONS + version).unwrap()), package)
}

fn rules(severity: Severity) -> Arc<Rules> {
    let facts = (0..NAMES / 2).step_by(3).flat_map(|source| {
        (VERSIONS - 5..VERSIONS).map(move |version| Fact {
            platform: platform(),
            subject: Subject::Source(format!("source-{source}")),
            cve: format!("CVE-2026-{}", source * 10 + version),
            status: FactStatus::Fixed(format!("1.{version}-1")),
            words: String::new(),
            severity,
            arches: vec![],
            channel: String::new(),
            module: String::new(),
        })
    });
    compiled(facts.collect())
}

fn compiled(facts: Vec<Fact>) -> Arc<Rules> {
    let advisory = Advisory {
        id: "set".into(),
        title: String::new(),
        published: None,
        kind: model::AdvisoryKind::Security,
        updated: None,
        withdrawn: false,
        cves: vec![],
        facts,
        references: vec![],
    };
    let stamp = FeedStamp {
        id: "debian-tracker".into(),
        as_of: now(),
        document: String::new(),
        sha256: String::new(),
        too_old: false,
    };
    Arc::new(Rules::compile(&platform(), &[stamp], [("debian-tracker", advisory)]))
}

/// A host; `version` 0 and up are states of it in which 20 of its packages differ.
fn host(id: u64, version: u64) -> Change {
    let own = random(id) % 10 < 4;
    let image = random(id) % 50;
    let seed = if own { id << 20 } else { image };
    let first = random(seed) % (NAMES - PER_HOST);
    let inventory = (0..PER_HOST).map(|n| {
        let changed = n < 20 && version > 0;
        let of = if changed { random(id << 8 | version) } else { random(seed << 10 | n) };
        let package = (first + n) * VERSIONS + (of.wrapping_add(n) % VERSIONS);
        (PackageId(i64::try_from(package).unwrap()), Role::Installed, false)
    });
    let updates = (0..random(id) % 12).map(|n| UpdateFacts {
        name: format!("package-{}", first + n),
        arch: "amd64".into(),
        candidate: format!("1.{VERSIONS}-1"),
        installed: "1.0-1".into(),
        suite: "bookworm-security".into(),
        security: n % 3 == 0,
        withheld: None,
    });
    Change::Host(Box::new(HostFacts {
        id: HostId(i64::try_from(id).unwrap()),
        hostname: format!("host-{:08}.example.org", random(id) % 100_000_000),
        platform: platform(),
        os_name: "Debian GNU/Linux 12 (bookworm)".into(),
        tags: vec![["web", "db", "lab"][usize::try_from(id % 3).unwrap()].into()],
        context: vec![],
        last_seen_at: now(),
        interval: Interval::default(),
        inventory: inventory.collect(),
        updates: updates.collect(),
        reboot_required: Some(id.is_multiple_of(7)),
        lists_at: Some(now()),
        packages: Availability::Present,
        updates_section: Availability::Present,
        packages_skipped: 0,
        updates_skipped: 0,
        replacements: (0, 0),
        security_unknown: 0,
        repositories_skipped: 0,
        host_section: Availability::Present,
        security_repository: SecurityRepository::Configured,
        awaited: Awaited::default(),
        clock_ahead: None,
        kernel_unowned: false,
        reboot_unknown: false,
        alternated_at: None,
        attributes: attributes(id),
    }))
}

/// Three environments, 40 sites, 30 kernels, two addresses a host, a tenth of the hosts booted in each of ten weeks.
fn attributes(id: u64) -> Attributes {
    let of = random(id ^ 0x5eed);
    let octet = |shift: u32| (of >> shift) & 0xff;
    Attributes {
        site: format!("site-{}", of % 40),
        environment: ["prod", "staging", "dev"][usize::try_from(of % 3).unwrap()].into(),
        kernel: format!("6.1.0-{}-amd64", of % 30),
        arch: "amd64".into(),
        package_manager: "dpkg".into(),
        virtualization: "kvm".into(),
        fqdn: format!("host-{id:08}.dc{}.example.{}", of % 20, if of.is_multiple_of(4) { "cz" } else { "org" }),
        addresses: [format!("10.{}.{}.{}", octet(8), octet(16), octet(24)), format!("2001:db8::{:x}", of & 0xffff)]
            .map(|address| address.parse().unwrap())
            .into(),
        booted_at: Some(now() - jiff::SignedDuration::from_hours(24 * 7 * i64::try_from(of % 10).unwrap())),
    }
}

/// Of one CVE in a hundred exploitation is known; every one has a chance and a base score.
fn scores() -> Arc<CveScores> {
    let mut scores = CveScoresBuilder::default();
    for n in 0..NAMES / 2 * 10 {
        let of = random(n);
        let score = Score {
            exploited: of.is_multiple_of(100),
            epss: u32::try_from(of % 100_000).ok(),
            cvss: u8::try_from(of % 101).ok(),
        };
        scores.add(&format!("CVE-2026-{n}"), score);
    }
    Arc::new(scores.finish())
}

fn index(c: &mut Criterion) {
    let hosts: u64 = std::env::var("MENDWATCH_BENCH_HOSTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let mut index = Index::new(now());
    let packages = (0..NAMES).flat_map(|name| (0..VERSIONS).map(move |version| package(name, version)));
    index.apply(
        1,
        vec![
            Change::PackageIds(packages.collect()),
            Change::Rules { platform: platform(), rules: rules(Severity::High) },
            Change::CveScores(scores()),
        ],
    );
    let ids: Vec<u64> = (0..hosts).collect();
    for some in ids.chunks(1000) {
        index.apply(2, some.iter().map(|id| host(*id, 0)).collect());
    }
    let reader = index.reader();

    let mut group = c.benchmark_group(format!("{hosts} hosts"));
    let mut turn = 0;
    for batch in [1u64, 100] {
        group.bench_function(format!("apply {batch} changed"), |b| {
            b.iter_batched(
                || {
                    turn += 1;
                    (0..batch).map(|n| host(random(turn * 1000 + n) % hosts, turn)).collect::<Vec<_>>()
                },
                |changes| index.apply(3, changes),
                BatchSize::SmallInput,
            );
        });
    }
    group.bench_function("apply 100 seen", |b| {
        let mut seconds = 0;
        b.iter(|| {
            seconds += 1;
            let last_seen_at = now() + jiff::SignedDuration::from_secs(seconds);
            let seen = |n| HostId(i64::try_from(random(n) % hosts).unwrap());
            index.apply(3, (0..100).map(|n| Change::HostSeen { host: seen(n), last_seen_at }).collect())
        });
    });
    let snapshot = reader.snapshot();
    let ask = |text: &str| HostQuery { filter: Query::parse(text).unwrap(), limit: 50, ..HostQuery::default() };
    for text in ["", "security>2 tag:web", "8.exa", "pkg:package-1500<1.7", "cve:CVE-2026-7516"] {
        let query = ask(text);
        group.bench_function(format!("hosts page '{text}'"), |b| b.iter(|| black_box(snapshot.hosts(&query, None))));
    }
    for text in [
        "env:prod -tag:lab",
        "kernel:6.1.0-1*",
        "domain:example.cz",
        "stale>24h",
        "boot>30d",
        "ip:10.0.0.0/12",
        "host-00*",
        "not_known:any",
        "pkg:package-15*",
        "pkg:(source:source-750 version<1.7 arch:amd64)",
        "pkg:(version<1.3)",
        "cve:CVE-2026-7*",
        "kev:yes",
        "severity>=high",
        "finding:(cve:CVE-2026-7516 state:fix_available)",
        "finding:(kev:yes fixed:yes epss>0.5)",
        "finding:(state:no_fix)",
        "finding:(source:source-75* cvss>=9)",
        "finding:(feed:debian-dsa)",
        "tag:web env:prod finding:(kev:yes state:fix_available) -ip:10.0.0.0/12",
    ] {
        let query = Query::parse(text).unwrap();
        let kept = snapshot.evaluate(&query, None).len();
        group.bench_function(format!("query '{text}' of {kept}"), |b| b.iter(|| snapshot.evaluate(&query, None)));
    }
    for text in ["", "env:", "pkg:package-1", "cve:CVE-2026-7", "finding:(severity:"] {
        group.bench_function(format!("complete '{text}'"), |b| b.iter(|| snapshot.complete(text, usize::MAX, None)));
    }
    let scope = snapshot.evaluate(&Query::parse("tag:web").unwrap(), None);
    group.bench_function("overview", |b| b.iter(|| black_box(snapshot.overview(None))));
    group.bench_function("overview of a third", |b| b.iter(|| black_box(snapshot.overview(Some(&scope)))));
    let cve = Query::parse("cve:CVE-2026-7516").unwrap();
    group.bench_function("cve hosts", |b| b.iter(|| black_box(snapshot.evaluate(&cve, None))));
    group.sample_size(10);
    group.bench_function("new rules", |b| {
        let sets = [rules(Severity::Low), rules(Severity::High)];
        let mut turn = 0;
        b.iter(|| {
            turn += 1;
            let rules = Arc::clone(&sets[turn % 2]);
            index.apply(4, vec![Change::Rules { platform: platform(), rules }])
        });
    });
    group.finish();
}

/// One host with 8,000 packages of one source, for which 499 CVEs are open: four million pairs.
fn large_host(c: &mut Criterion) {
    let of = |n: u64| {
        let (_, package) = package(n, 0);
        (PackageId(i64::try_from(n).unwrap()), Package { source: "source-0".into(), ..package })
    };
    let facts = (0..499).map(|n| Fact {
        platform: platform(),
        subject: Subject::Source("source-0".into()),
        cve: format!("CVE-2026-{n}"),
        status: FactStatus::Affected,
        words: String::new(),
        severity: Severity::ALL[n % 6],
        arches: vec![],
        channel: String::new(),
        module: String::new(),
    });
    let Change::Host(mut large) = host(1, 0) else { unreachable!("a host is a change of one") };
    large.inventory = (0..8000).map(|n| (PackageId(n), Role::Installed, false)).collect();
    let mut index = Index::new(now());
    index.apply(
        1,
        vec![
            Change::PackageIds((0..8000).map(of).collect()),
            Change::Rules { platform: platform(), rules: compiled(facts.collect()) },
            Change::Host(large),
        ],
    );
    let snapshot = index.reader().snapshot();
    let mut group = c.benchmark_group("a host of 4 million findings");
    let query = |words: &str, state| HostFindingsQuery {
        words: words.into(),
        state,
        limit: 50,
        ..HostFindingsQuery::default()
    };
    for (name, query) in [
        ("first page", query("", None)),
        ("words", query("package-77 2026-4", None)),
        ("negatives", query("", Some(State::NotAffected))),
    ] {
        assert!(snapshot.host_findings(HostId(1), &query, None).is_some());
        group.bench_function(name, |b| b.iter(|| black_box(snapshot.host_findings(HostId(1), &query, None))));
    }
    let packages = HostPackagesQuery { limit: 50, ..HostPackagesQuery::default() };
    group.bench_function("packages", |b| b.iter(|| black_box(snapshot.host_packages(HostId(1), &packages, None))));
    group.bench_function("why", |b| b.iter(|| black_box(snapshot.host_explain(HostId(1), "CVE-2026-7", None, None))));
    group.finish();
}

criterion_group!(benches, index, large_host);
criterion_main!(benches);
