//! Random queries, and those of `benches/queries.txt`: read and answered by the model as by the index.

use crate::fleet_of::{HOSTNAMES, TAGS, batches, start};
use crate::naive::{Ask, Naive};
use fleet::{Index, Query};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// One of some texts.
fn of(texts: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    prop::sample::select(texts.to_vec()).prop_map(str::to_owned)
}

/// A field with one of its values.
fn field(name: &'static str, values: &[&'static str]) -> BoxedStrategy<String> {
    of(values).prop_map(move |value| format!("{name}:{value}")).boxed()
}

/// A field compared with one of some values.
fn compared(name: &'static str, values: &[&'static str]) -> BoxedStrategy<String> {
    let op = of(&["<", "<=", ">", ">="]);
    (op, of(values)).prop_map(move |(op, value)| format!("{name}{op}{value}")).boxed()
}

const NAMES: [&str; 6] = ["openssl", "libssl3", "bash", "lib*", "*ss*", "nothing"];
const VERSIONS: [&str; 4] = ["3.0.11", "3.0.11-1~deb12u2", "3.0.13", "5.2.15"];
const CVES: [&str; 6] = ["CVE-2026-0", "CVE-2026-1", "cve-2026-2", "CVE-2026-*", "CVE-1999-0", "CVE-2026-3,CVE-2026-4"];
const STATES: [&str; 6] =
    ["fix_available", "fix_needs_channel", "restart_needed", "no_fix", "will_not_fix", "under_investigation"];
const SEVERITIES: [&str; 7] = ["critical", "high", "medium", "low", "negligible", "unknown", "high,low"];

/// A condition on a package, inside a group.
fn of_package(name: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => field(name, &NAMES),
        2 => compared("version", &VERSIONS),
        1 => field("version", &VERSIONS),
        1 => field("source", &["openssl", "bash", "linux*"]),
        1 => field("arch", &["amd64", "arm64"]),
        1 => field("role", &["installed", "running_kernel", "next_kernel", "resident"]),
        1 => field("origin", &["distribution", "foreign"]),
    ]
}

/// A condition on a finding, inside a group.
fn of_finding() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => field("cve", &CVES),
        3 => field("state", &STATES),
        2 => field("severity", &SEVERITIES),
        1 => compared("severity", &SEVERITIES[..5]),
        1 => field("fixed", &["yes", "no"]),
        1 => field("kev", &["yes", "no"]),
        1 => compared("epss", &["0", "0.5", "0.97", "1"]),
        1 => compared("cvss", &["0", "4.5", "9.8"]),
        1 => field("feed", &["debian-tracker", "debian-dsa", "debian-*"]),
        1 => field("advisory", &["\"CVE-2026-1 bash\"", "cve-2026-*", "*ssl*"]),
        3 => of_package("package"),
    ]
}

/// Conditions joined in every way.
fn joined(term: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    let tree = term.prop_recursive(3, 8, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            (of(&["-", "not "]), inner).prop_map(|(not, one)| format!("{not}({one})")),
            several.clone().prop_map(|parts| parts.join(" ")),
            (of(&[" ", " and "]), several.clone()).prop_map(|(join, parts)| parts
                .iter()
                .map(|part| format!("({part})"))
                .collect::<Vec<_>>()
                .join(&join)),
            several.prop_map(|parts| parts.join(" or ")),
        ]
    });
    tree.boxed()
}

fn term() -> impl Strategy<Value = String> {
    let word = of(&HOSTNAMES).prop_map(|name| quoted(&name));
    let labels = prop_oneof![
        field("env", &["prod", "dev", "*", "p*,d*"]),
        field("site", &["brno", "\"two words\"", "b*"]),
        field("kernel", &["6.1.0-40-amd64", "6.1.*", "6.6.*"]),
        field("arch", &["amd64", "arm64"]),
        field("manager", &["dpkg", "rpm", "pacman"]),
        field("virtualization", &["kvm", "none"]),
        field("domain", &["example.org", "dc1.example.org", "org", "Example.CZ"]),
        field("tld", &["org", "cz", "org,cz", "de"]),
        field("ip", &["10.0.0.0/8", "172.16.0.0/12", "192.0.2.7", "2001:db8::/32", "::/0", "0.0.0.0/0"]),
    ];
    let ages = prop_oneof![
        compared("seen", &["24h", "7d", "3600s"]),
        compared("stale", &["24h", "90m"]),
        compared("lists", &["1w", "7d", "0s"]),
        compared("boot", &["30d", "1w"]),
    ];
    let not_known = &["any", "lists_old", "packages_empty", "possible_clones", "updates_never_received", "clock_ahead"];
    let numbers = &["security", "security_updates ", "other", "withheld", "findings", "packages"];
    let number = (of(numbers), of(&["<", "<=", "=", ">", ">="]), of(&["0", " 1", "2"]));
    let alone = prop_oneof![
        of(&["we", "B", "1", "-1*", "host:web", "host:w*", "*e*1*", "host:DB"])
            .prop_filter("negates", |word| !word.starts_with('-')),
        field("os", &["debian", "arch", "debian:12", "arch:rolling", "fedora:40,debian:11"]),
        field("freshness", &["fresh", "late", "stale", "lost", "stale,lost"]),
        field("colour", &["green", "yellow", "orange", "red", "grey", "gray,red"]),
        field("reboot", &["true", "false", "unknown", "yes"]),
        field("not_known", not_known),
        of(&TAGS).prop_map(|tag| format!("tag:{}", quoted(&tag))),
        field("tag", &["p*", "*o*"]),
        number.prop_map(|(name, op, number)| format!("{name}{op}{number}")),
        // The third one is the source of the second; `nothing` is neither.
        field("update", &["bash", "libssl3", "openssl", "nothing", "*ss*"]),
        field("pkg", &NAMES),
        (of(&NAMES), of(&["<", "<=", "=", ">", ">="]), of(&VERSIONS))
            .prop_map(|(name, op, version)| format!("pkg:{name}{op}{version}")),
        field("pkg", &["bash,curl", "openssl<3.0.13,bash=5.2.15"]),
    ];
    let findings = prop_oneof![
        field("cve", &CVES),
        field("severity", &SEVERITIES),
        compared("severity", &SEVERITIES[..5]),
        field("state", &STATES),
        field("kev", &["true", "false", "yes,no"]),
        compared("epss", &["0.5", "0.97"]),
        compared("cvss", &["4.5", "9.8"]),
        field("advisory", &["cve-2026-*", "*ssl*"]),
    ];
    prop_oneof![
        1 => word,
        6 => alone,
        4 => labels,
        2 => ages,
        3 => findings,
        2 => joined(of_package("name")).prop_map(|of| format!("pkg:({of})")),
        4 => joined(of_finding()).prop_map(|of| format!("finding:({of})")),
    ]
}

pub(crate) fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![1 => Just(String::new()), 19 => joined(term())].prop_map(|text| Ask::new(&text))
}

/// The queries that are held to mean the same everywhere: one a line, `#` before what is said of them.
fn of_benches() -> Vec<Ask> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/queries.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(Ask::new).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn a_query_written_out_reads_as_itself(ask in ask()) {
        let query = Query::parse(ask.text()).unwrap_or_else(|error| panic!("{}: {error}", ask.text()));
        let written = query.to_string();
        prop_assert_eq!(Query::parse(&written), Ok(query), "{}", written);
    }

    /// More queries than the fleets of `agree` get, and nothing but them.
    #[test]
    fn hosts_are_those_that_plain_loops_keep(
        batches in batches(5),
        asks in prop::collection::vec(ask(), 6),
        scope in ask(),
    ) {
        let (mut index, mut model) = (Index::new(start()), Naive::new(start()));
        for (seq, batch) in (1..).zip(batches) {
            model.apply(seq, &batch);
            index.apply(seq, batch);
        }
        let (snapshot, all) = (index.reader().snapshot(), model.all());
        let within = snapshot.evaluate(&Query::parse(scope.text()).unwrap(), None);
        for ask in &asks {
            let query = Query::parse(ask.text()).unwrap();
            for bits in [None, Some(&within)] {
                let kept = all.iter().filter(|host| ask.keeps(host) && (bits.is_none() || scope.keeps(host))).count();
                prop_assert_eq!(snapshot.evaluate(&query, bits).len(), kept as u64, "{}", ask.text());
                let plan = snapshot.plan(&query, bits);
                prop_assert_eq!(plan.map_or(kept as u64, |plan| plan.hosts), kept as u64, "{}", ask.text());
            }
        }
    }
}

#[test]
fn the_queries_of_the_benches_are_answered_as_the_model_does() {
    let asks = of_benches();
    assert!(asks.len() >= 40, "{} queries", asks.len());
    let mut runner = TestRunner::deterministic();
    // How often each kept some hosts of a fleet and left others out.
    let mut parted = BTreeSet::new();
    for _ in 0..60 {
        let (mut index, mut model) = (Index::new(start()), Naive::new(start()));
        for (seq, batch) in (1..).zip(batches(8).new_tree(&mut runner).unwrap().current()) {
            model.apply(seq, &batch);
            index.apply(seq, batch);
        }
        let (snapshot, all) = (index.reader().snapshot(), model.all());
        for ask in &asks {
            let query = Query::parse(ask.text()).unwrap_or_else(|error| panic!("{}: {error}", ask.text()));
            let kept = all.iter().filter(|host| ask.keeps(host)).count();
            assert_eq!(snapshot.evaluate(&query, None).len(), kept as u64, "{}", ask.text());
            if kept > 0 && kept < all.len() {
                parted.insert(ask.text());
            }
        }
    }
    let idle: Vec<&str> = asks.iter().map(Ask::text).filter(|text| !parted.contains(text)).collect();
    assert!(idle.len() * 3 <= asks.len(), "too many tell no hosts apart: {idle:?}");
}
