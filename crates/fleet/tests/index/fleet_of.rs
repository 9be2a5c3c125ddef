//! Random fleets: few names, so that hosts share packages, versions, updates and CVEs.

use crate::plain;
use fleet::{
    Attributes, Availability, Awaited, Change, CveScores, HostFacts, HostId, Interval, PackageId, Score,
    SecurityRepository, UpdateFacts,
};
use jiff::{SignedDuration, Timestamp};
use matching::{FeedStamp, Rules};
use model::wire::sections::Withheld;
use model::{Advisory, Fact, FactStatus, Origin, Package, Platform, Role, Severity, Subject};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;

pub(crate) const PLATFORMS: [&str; 3] = ["debian:12", "debian:11", "arch:rolling"];
pub(crate) const HOSTNAMES: [&str; 7] = ["web-1", "Web-2", "web-10", "db", "DB", "cache.example.org", "\"odd\" <b>"];
pub(crate) const TAGS: [&str; 3] = ["web", "prod", "two words"];

pub(crate) fn platform(n: usize) -> Platform {
    PLATFORMS[n % PLATFORMS.len()].parse().unwrap()
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

/// Name, version, architecture, source, source version, foreign. Kernels stand last.
const UNIVERSE: [(&str, &str, &str, &str, &str, bool); 14] = [
    ("openssl", "3.0.11-1~deb12u1", "amd64", "openssl", "3.0.11-1~deb12u1", false),
    ("openssl", "3.0.11-1~deb12u2", "amd64", "openssl", "3.0.11-1~deb12u2", false),
    ("openssl", "3.0.13-1", "amd64", "openssl", "3.0.13-1", false),
    ("libssl3", "3.0.11-1~deb12u1", "amd64", "openssl", "3.0.11-1~deb12u1", false),
    ("libssl3", "3.0.13-1", "amd64", "openssl", "3.0.13-1", false),
    ("bash", "5.2.15-2+b2", "amd64", "bash", "5.2.15-2", false),
    ("bash", "5.2.15-2+b2", "arm64", "bash", "5.2.15-2", false),
    ("curl", "7.88.1-10", "amd64", "curl", "7.88.1-10", true),
    ("curl", "7.88.1-10", "amd64", "curl", "7.88.1-10", false),
    ("curl", "1_0", "amd64", "curl", "1_0", false),
    ("linux-image-amd64", "6.1.85-1", "amd64", "linux-signed-amd64", "6.1.85+1", false),
    ("linux-image-6.1.0-10-amd64", "6.1.37-1", "amd64", "linux-signed-amd64", "6.1.37+1", false),
    ("linux-image-6.1.0-20-amd64", "6.1.85-1", "amd64", "linux-signed-amd64", "6.1.85+1", false),
    ("linux-image-6.1.0-30-amd64", "6.1.124-1", "amd64", "linux", "6.1.124-1", false),
];
const KERNELS: std::ops::Range<usize> = 11..14;

pub(crate) fn package_id(platform: usize, n: usize) -> PackageId {
    PackageId((platform * 100 + n).try_into().unwrap())
}

pub(crate) fn package(of: usize, n: usize) -> Package {
    let (name, version, arch, source, source_version, foreign) = UNIVERSE[n];
    Package {
        platform: platform(of),
        name: name.into(),
        version: version.into(),
        arch: arch.into(),
        source: source.into(),
        source_version: source_version.into(),
        module: String::new(),
        origin: if foreign { Origin::Foreign("Docker".into()) } else { Origin::Distribution },
    }
}

/// Subjects of facts, with versions in which they may be fixed.
const SUBJECTS: [(&str, bool, [&str; 2]); 5] = [
    ("openssl", true, ["3.0.11-1~deb12u2", "3.0.13-1"]),
    ("libssl3", false, ["3.0.13-1", "3.0.14-1"]),
    ("bash", true, ["5.2.15-2", "5.2.16-1"]),
    ("curl", true, ["7.88.1-10+deb12u5", "7.88.1-10"]),
    ("linux", true, ["6.1.85-1", "6.1.124-1"]),
];

#[derive(Debug, Clone)]
pub(crate) struct Said {
    subject: usize,
    cve: u8,
    status: u8,
    severity: u8,
    channel: u8,
    words: bool,
}

/// Channels of facts and context bits of hosts: two that are added, two minor releases with fixes of their own. A
/// CVE that is told in several has a chain of states.
const CHANNELS: [&str; 4] = ["els", "lts", "eus:9.2", "eus:9.4"];

fn said() -> impl Strategy<Value = Said> {
    // The first is critical: of the others alone, hardly a drawn host is red.
    let severity = prop_oneof![1 => Just(0u8), 2 => 0u8..6];
    (0..SUBJECTS.len(), 0u8..6, 0u8..6, severity, 0u8..8, any::<bool>()).prop_map(
        |(subject, cve, status, severity, channel, words)| Said { subject, cve, status, severity, channel, words },
    )
}

fn fact(platform: &Platform, said: &Said) -> Fact {
    let (name, source, fixed) = SUBJECTS[said.subject];
    let status = match said.status {
        0 => FactStatus::Fixed(fixed[0].into()),
        1 => FactStatus::Fixed(fixed[1].into()),
        2 => FactStatus::Affected,
        3 => FactStatus::WillNotFix,
        4 => FactStatus::UnderInvestigation,
        _ => FactStatus::NotAffected,
    };
    let channel = CHANNELS.get(usize::from(said.channel)).copied().unwrap_or_default();
    // An added channel brings fixes; a minor release may say anything of itself.
    let channel = if channel.contains(':') || matches!(status, FactStatus::Fixed(_)) { channel } else { "" };
    Fact {
        platform: platform.clone(),
        subject: if source { Subject::Source(name.into()) } else { Subject::Binary(name.into()) },
        cve: format!("CVE-2026-{}", said.cve),
        channel: channel.into(),
        status,
        words: if said.words { "Minor issue".into() } else { String::new() },
        severity: Severity::ALL[usize::from(said.severity)],
        arches: vec![],
        module: String::new(),
    }
}

fn rules(platform: &Platform, feed: u8, said: &[Said]) -> Arc<Rules> {
    let (id, too_old) = [("debian-tracker", false), ("debian-tracker", true), ("debian-dsa", false)][usize::from(feed)];
    let stamp =
        FeedStamp { id: id.into(), as_of: start(), document: "tracker.json".into(), sha256: "0".repeat(64), too_old };
    let advisories = said.iter().map(|said| {
        let fact = fact(platform, said);
        let (id_of_both, cves) = (format!("{} {}", fact.cve, fact.subject.name()), vec![fact.cve.clone()]);
        (id, Advisory { cves, ..plain::advisory(&id_of_both, vec![fact]) })
    });
    Arc::new(Rules::compile(platform, &[stamp], advisories))
}

fn update() -> impl Strategy<Value = UpdateFacts> {
    (0usize..4, 0usize..2, any::<bool>(), option::weighted(0.3, any::<bool>()), any::<bool>()).prop_map(
        |(name, candidate, security, withheld, arch)| UpdateFacts {
            name: ["openssl", "bash", "curl", "libssl3"][name].into(),
            arch: if arch { "amd64" } else { "arm64" }.into(),
            candidate: ["9.0-1", "3.0.12-1"][candidate].into(),
            installed: "1.0-1".into(),
            suite: if security { "bookworm-security" } else { "bookworm" }.into(),
            security,
            withheld: withheld.map(|held| if held { Withheld::Held } else { Withheld::Phased }),
        },
    )
}

fn availability() -> impl Strategy<Value = Availability> {
    prop_oneof![
        6 => Just(Availability::Present),
        1 => Just(Availability::Never),
        1 => Just(Availability::Unread),
        1 => Just(Availability::Unavailable),
    ]
}

fn repository() -> impl Strategy<Value = SecurityRepository> {
    prop_oneof![
        8 => Just(SecurityRepository::Configured),
        1 => Just(SecurityRepository::NotExpected),
        1 => Just(SecurityRepository::Missing),
        1 => Just(SecurityRepository::NoSources),
        1 => Just(SecurityRepository::Unknown),
    ]
}

/// Whether the kernel is no package's, and whether the need of a reboot is not known.
fn runs() -> impl Strategy<Value = (bool, bool)> {
    prop_oneof![8 => Just((false, false)), 1 => Just((true, false)), 1 => Just((false, true))]
}

fn awaited() -> impl Strategy<Value = Awaited> {
    let since = || option::weighted(0.05, (0i64..48).prop_map(|hours| start() - SignedDuration::from_hours(hours)));
    (since(), since(), since()).prop_map(|(packages, updates, repositories)| Awaited {
        packages,
        updates,
        repositories,
    })
}

/// What only queries ask for; texts are empty now and then, as where nothing is known.
fn attributes() -> impl Strategy<Value = Attributes> {
    let text = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
    let labels =
        (text(&["", "brno", "two words"]), text(&["", "prod", "dev"]), text(&["", "6.1.0-10-amd64", "6.1.0-40-amd64"]));
    let system = (text(&["", "amd64", "arm64"]), text(&["", "dpkg", "pacman"]), text(&["", "kvm", "none"]));
    let fqdn = text(&["", "web", "web.dc1.example.org", "Web.EXAMPLE.ORG.", "example.org", "db.example.cz", "a..cz"]);
    let addresses = prop::sample::subsequence(vec!["10.1.2.3", "172.31.255.255", "192.0.2.7", "2001:db8:1::1"], 0..3);
    let booted = option::weighted(0.7, -5i64..60 * 24);
    (labels, system, fqdn, addresses, booted).prop_map(|(labels, system, fqdn, addresses, booted)| Attributes {
        site: labels.0,
        environment: labels.1,
        kernel: labels.2,
        arch: system.0,
        package_manager: system.1,
        virtualization: system.2,
        fqdn,
        addresses: addresses.into_iter().map(|address| address.parse().unwrap()).collect(),
        booted_at: booted.map(|hours| start() - SignedDuration::from_hours(hours)),
    })
}

/// What is known of CVEs themselves; of some nothing.
fn scores() -> impl Strategy<Value = Arc<CveScores>> {
    let score = (any::<bool>(), option::of(0u32..=100_000), option::of(0u8..=100));
    let score = score.prop_map(|(exploited, epss, cvss)| Score { exploited, epss, cvss });
    vec((0u8..6, score), 0..6).prop_map(|scores| {
        let scores: Vec<(String, Score)> =
            scores.into_iter().map(|(cve, score)| (format!("CVE-2026-{cve}"), score)).collect();
        Arc::new(CveScores::new(scores.iter().map(|(cve, score)| (cve.as_str(), *score))))
    })
}

fn inventory(of: usize) -> impl Strategy<Value = Vec<(PackageId, Role, bool)>> {
    let kernel = || option::weighted(0.7, KERNELS);
    let resident = || option::weighted(0.3, 0..KERNELS.start);
    (vec((0..UNIVERSE.len(), any::<bool>()), 0..10), kernel(), kernel(), resident()).prop_map(
        move |(installed, running, next, resident)| {
            let roles = [(running, Role::RunningKernel), (next, Role::NextKernel), (resident, Role::Resident)];
            let roles = roles.into_iter().filter_map(|(n, role)| Some((package_id(of, n?), role, false)));
            let installed = installed.into_iter().map(|(n, held)| (package_id(of, n), Role::Installed, held));
            installed.chain(roles).collect()
        },
    )
}

/// The channels of a host: none of half of them.
fn has(channels: u8) -> Vec<String> {
    let has = |n: &usize| channels >= 16 && channels & 1 << n != 0;
    (0..CHANNELS.len()).filter(has).map(|n| CHANNELS[n].to_owned()).collect()
}

fn facts(hosts: i64) -> impl Strategy<Value = (HostFacts, usize)> {
    (0..PLATFORMS.len()).prop_flat_map(move |of| {
        let names = (1..=hosts, 0..HOSTNAMES.len(), vec(0..TAGS.len(), 0..3), 0u8..32);
        // Lists of the future, of now, and of more than a week ago.
        let lists = option::weighted(0.8, -30i64..9 * 24);
        let interval = prop_oneof![Just(600i64), Just(3600), Just(172_800)];
        let ago = prop_oneof![0i64..24, 0i64..9 * 24];
        let times = (ago, interval, lists, option::weighted(0.2, 0i64..9 * 24));
        let few = || prop_oneof![8 => Just(0u32), 1 => 1u32..3];
        let skipped = (few(), few(), few(), few(), (few(), few()));
        let states = (availability(), availability(), option::of(any::<bool>()), skipped);
        let doubts = (availability(), repository(), awaited(), option::weighted(0.05, 2i64..9_000), runs());
        (names, times, states, doubts, inventory(of), vec(update(), 0..4), attributes()).prop_map(
            move |(
                (id, hostname, tags, channels),
                (hours, interval, lists, alternated),
                (packages, section, reboot, skipped),
                (host, repository, awaited, ahead, (kernel_unowned, reboot_unknown)),
                inventory,
                updates,
                attributes,
            )| {
                let ago = |hours: i64| start() - SignedDuration::from_hours(hours);
                let facts = HostFacts {
                    id: HostId(id),
                    hostname: HOSTNAMES[hostname].into(),
                    platform: platform(of),
                    os_name: format!("System {of}"),
                    tags: tags.into_iter().map(|tag| TAGS[tag].to_owned()).collect(),
                    context: has(channels),
                    last_seen_at: ago(hours),
                    interval: Interval(SignedDuration::from_secs(interval)),
                    inventory,
                    updates,
                    reboot_required: reboot,
                    lists_at: lists.map(ago),
                    packages,
                    updates_section: section,
                    packages_skipped: skipped.0,
                    updates_skipped: skipped.1,
                    repositories_skipped: skipped.2,
                    security_unknown: skipped.3,
                    replacements: skipped.4,
                    host_section: host,
                    security_repository: repository,
                    awaited,
                    clock_ahead: ahead.map(SignedDuration::from_hours),
                    kernel_unowned,
                    reboot_unknown,
                    alternated_at: alternated.map(ago),
                    attributes,
                };
                (facts, of)
            },
        )
    })
}

/// One change of a fleet of at most `hosts` hosts; a host brings its packages with it.
fn change(hosts: i64) -> impl Strategy<Value = Vec<Change>> {
    let id = 1..=hosts;
    prop_oneof![
        8 => facts(hosts).prop_map(|(facts, of)| {
            let ids = (0..UNIVERSE.len()).map(|n| (package_id(of, n), package(of, n)));
            let used = |id: &PackageId| facts.inventory.iter().any(|(of, ..)| of == id);
            let packages = ids.filter(|(id, _)| used(id)).collect();
            vec![Change::PackageIds(packages), Change::Host(Box::new(facts))]
        }),
        2 => (0..PLATFORMS.len(), 0u8..3, vec(said(), 0..12)).prop_map(|(of, feed, said)| {
            vec![Change::Rules { platform: platform(of), rules: rules(&platform(of), feed, &said) }]
        }),
        1 => id.clone().prop_map(|id| vec![Change::HostGone(HostId(id))]),
        2 => (id, -9i64 * 24..20).prop_map(|(id, hours)| {
            vec![Change::HostSeen { host: HostId(id), last_seen_at: start() + SignedDuration::from_hours(hours) }]
        }),
        1 => (1..=hosts, awaited()).prop_map(|(id, awaited)| vec![Change::HostAwaited { host: HostId(id), awaited }]),
        1 => scores().prop_map(|scores| vec![Change::CveScores(scores)]),
        2 => (0i64..400).prop_map(|hours| vec![Change::Time(start() + SignedDuration::from_hours(hours))]),
    ]
}

/// Batches of changes.
pub(crate) fn batches(hosts: i64) -> impl Strategy<Value = Vec<Vec<Change>>> {
    vec(vec(change(hosts), 1..6).prop_map(|changes| changes.into_iter().flatten().collect()), 1..6)
}
