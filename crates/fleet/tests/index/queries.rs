//! Queries as the model understands them, and what the parser says of text.

use crate::fleet_of::{HOSTNAMES, TAGS};
use crate::naive::Host;
use fleet::{NotKnown, Query, query::MAX_DEPTH, query::MAX_LENGTH, query::MAX_TERMS};
use proptest::prelude::*;
use std::cmp::Ordering;

/// A query, told in another way than the index tells it.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Everything,
    Text(String, fn(&Host, &str) -> bool, &'static str),
    Count(&'static str, &'static str, u64),
    Package(&'static str, &'static str, &'static str),
    Not(Box<Ask>),
    All(Vec<Ask>),
    Any(Vec<Ask>),
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Ask {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Text(value, _, field) => format!("{field}{}", quoted(value)),
            Self::Count(field, op, number) => format!("{field}{op}{number}"),
            Self::Package(name, op, version) => format!("pkg:{name}{op}{version}"),
            Self::Not(ask) => format!("-({})", ask.text()),
            Self::All(asks) => asks.iter().map(|ask| format!("({})", ask.text())).collect::<Vec<_>>().join(" "),
            Self::Any(asks) => asks.iter().map(|ask| format!("({})", ask.text())).collect::<Vec<_>>().join(" or "),
        }
    }

    pub(crate) fn keeps(&self, host: &Host) -> bool {
        match self {
            Self::Everything => true,
            Self::Text(value, keeps, _) => keeps(host, value),
            Self::Count(field, op, number) => {
                let row = &host.row;
                let count = match *field {
                    "security" | "security_updates" => row.security_updates,
                    "other" => row.other_updates,
                    "withheld" => row.withheld_updates,
                    "findings" => row.open_findings,
                    _ => row.packages,
                };
                let untold = [NotKnown::PackagesNeverReceived, NotKnown::PackagesUnavailable];
                let known = match *field {
                    "security" | "security_updates" | "other" | "withheld" => row.updates_known,
                    "findings" => row.assessed,
                    _ => !row.not_known.iter().any(|one| untold.contains(one)),
                };
                // None is a number only where somebody looked.
                (known || count > 0) && compares(u64::from(count).cmp(number), op)
            }
            Self::Package(name, op, version) => host.packages.iter().any(|of| {
                let scheme = versions::Scheme::of_distribution(of.package.platform.distribution());
                // Without a revision in the literal, the installed one's does not count.
                let installed = match (version.contains('-'), of.package.version.rfind('-')) {
                    (false, Some(at)) => &of.package.version[..at],
                    _ => &of.package.version,
                };
                of.package.name == *name
                    && (op.is_empty() || scheme.is_some_and(|scheme| compares(scheme.compare(installed, version), op)))
            }),
            Self::Not(ask) => !ask.keeps(host),
            Self::All(asks) => asks.iter().all(|ask| ask.keeps(host)),
            Self::Any(asks) => asks.iter().any(|ask| ask.keeps(host)),
        }
    }
}

fn compares(order: Ordering, op: &str) -> bool {
    match op {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        ">=" => order != Ordering::Less,
        _ => order == Ordering::Equal,
    }
}

fn text(field: &'static str, values: &'static [&'static str], keeps: fn(&Host, &str) -> bool) -> BoxedStrategy<Ask> {
    prop::sample::select(values).prop_map(move |value| Ask::Text(value.into(), keeps, field)).boxed()
}

fn term() -> impl Strategy<Value = Ask> {
    let ops = prop::sample::select(&["<", "<=", "=", ":", ">", ">="][..]);
    let counts =
        prop::sample::select(&["security", "security_updates", "other", "withheld", "findings", "packages"][..]);
    let versions = prop::sample::select(&["3.0.11", "3.0.11-1~deb12u2", "3.0.13", "5.2.15"][..]);
    let names = prop::sample::select(&["openssl", "libssl3", "bash", "nothing"][..]);
    let package_ops = prop::sample::select(&["", "<", "<=", "=", ">", ">="][..]);
    prop_oneof![
        text("", &HOSTNAMES, |host, value| host.row.hostname.to_lowercase().contains(&value.to_lowercase())),
        text("", &["we", "B", "1", "", "-"], |host, value| {
            host.row.hostname.to_lowercase().contains(&value.to_lowercase())
        }),
        text("os:", &["debian:12", "arch:rolling", "fedora:40"], |host, value| host.row.platform.to_string() == value),
        text("os:", &["debian", "arch"], |host, value| host.row.platform.distribution() == value),
        text("freshness:", &["fresh", "late", "stale", "lost"], |host, value| {
            serde_json::to_value(host.row.freshness).unwrap() == value
        }),
        text("colour:", &["green", "yellow", "orange", "red", "grey"], |host, value| {
            serde_json::to_value(host.row.colour).unwrap() == value
        }),
        text("cve:", &["CVE-2026-0", "CVE-2026-1", "cve-2026-2", "CVE-1999-0"], |host, value| {
            host.pairs.contains_key(&value.to_uppercase())
        }),
        // The third one is the source of the second; `nothing` is neither.
        text("update:", &["bash", "libssl3", "openssl", "nothing"], |host, value| {
            let from_source =
                |name: &str| host.packages.iter().any(|of| of.package.name == name && of.package.source == value);
            host.facts.updates.iter().any(|update| update.name == value || from_source(&update.name))
        }),
        text("reboot:", &["true", "false", "unknown"], |host, value| {
            host.row.reboot_required.map_or("unknown".into(), |required| required.to_string()) == value
        }),
        text("tag:", &TAGS, |host, value| host.row.tags.iter().any(|tag| **tag == *value)),
        (counts, ops, 0u64..3).prop_map(|(field, op, number)| Ask::Count(field, op, number)),
        (names, package_ops, versions).prop_map(|(name, op, version)| Ask::Package(
            name,
            op,
            if op.is_empty() { "" } else { version }
        )),
    ]
}

pub(crate) fn ask() -> impl Strategy<Value = Ask> {
    let tree = term().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ask| Ask::Not(Box::new(ask))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Ask::All),
            prop::collection::vec(inner, 1..3).prop_map(Ask::Any),
        ]
    });
    prop_oneof![1 => Just(Ask::Everything), 9 => tree]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn a_query_written_out_reads_as_itself(ask in ask()) {
        let query = Query::parse(&ask.text()).unwrap();
        let written = query.to_string();
        prop_assert_eq!(Query::parse(&written), Ok(query), "{}", written);
    }

    #[test]
    fn any_text_is_a_query_or_an_error_within_it(
        text in r#"([a-z(): "<>=,\\-]|os:|pkg:|colour:re|security|or |and |not |CVE-1|é|\t){0,30}"#
    ) {
        match Query::parse(&text) {
            Ok(query) => prop_assert_eq!(Query::parse(&query.to_string()), Ok(query)),
            Err(error) => {
                prop_assert!(error.position + error.length <= text.chars().count(), "{error:?}");
                prop_assert!(!error.message.is_empty());
            }
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Query::parse(&text);
    }
}

#[test]
fn queries_are_written_plainly() {
    let written = |text: &str| Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string();
    for (text, plain) in [
        ("", ""),
        ("  \t ", ""),
        ("web", "web"),
        ("\"web 1\"", "\"web 1\""),
        ("\"or\"", "\"or\""),
        ("\"os\"", "\"os\""),
        ("host:web", "web"),
        ("OS:Debian:12", "os:debian:12"),
        ("color:gray", "colour:grey"),
        ("colour:red,orange web", "(colour:red or colour:orange) web"),
        ("security_updates > 10", "security>10"),
        ("security:0", "security=0"),
        ("findings>=1 AND NOT reboot:yes", "findings>=1 -reboot:true"),
        ("a b or c d", "(a b) or (c d)"),
        ("a (b (c d))", "a b c d"),
        ("(a or b) or c", "a or b or c"),
        ("-(a or b)", "-(a or b)"),
        ("--a", "--a"),
        ("pkg:openssl<3.0.7", "pkg:openssl<3.0.7"),
        ("package:bind9>=1:9.18", "pkg:bind9>=1:9.18"),
        ("pkg:libstdc++6=12.2.0-14", "pkg:libstdc++6=12.2.0-14"),
        ("tag:\"two words\"", "tag:\"two words\""),
        ("cve:CVE-2024-3094", "cve:CVE-2024-3094"),
        ("UPDATE:libstdc++6,bash", "update:libstdc++6 or update:bash"),
        ("-update:\"a b\"", "-update:\"a b\""),
    ] {
        assert_eq!(written(text), plain, "{text}");
    }
}

#[test]
fn errors_say_what_where_and_what_was_meant() {
    for (text, position, length, message, suggestion) in [
        ("freshnes:stale", 0, 8, "'freshnes' is not a field", Some("freshness")),
        ("web colour:gren", 11, 4, "'gren' is no value of 'colour'", Some("green")),
        ("é colour:gren", 9, 4, "expected green, yellow, orange, red, grey", Some("green")),
        ("web-1:8080", 0, 5, "stands in quotes", None),
        ("security>many", 9, 4, "'security' is compared with a whole number, 'many' is none", None),
        ("security>-1", 9, 2, "a whole number", None),
        ("security>99999999999999999999", 9, 20, "a whole number", None),
        ("os:", 3, 0, "a value is missing after 'os'", None),
        ("os:Debian/12", 3, 9, "is not a platform", None),
        ("update:", 7, 0, "a value is missing after 'update'", None),
        ("update>3", 6, 1, "'update' is not compared, it takes ':'", Some(":")),
        ("updat:bash", 0, 5, "'updat' is not a field", Some("update")),
        ("os>debian", 2, 1, "'os' is not compared, it takes ':'", Some(":")),
        ("pkg:openssl<", 12, 0, "a value is missing after 'openssl<'", None),
        ("pkg:<3", 4, 0, "a value is missing after 'pkg'", None),
        ("(web", 0, 1, "never closed", None),
        ("web)", 3, 1, "closes nothing", None),
        ("()", 1, 1, "a condition is missing before ')'", None),
        ("\"web", 0, 1, "never closed", None),
        ("web or", 4, 2, "the second is missing", None),
        ("or web", 0, 2, "the first is missing", None),
        ("web and", 4, 3, "one is missing", None),
        ("and web", 0, 3, "one is missing", None),
        ("not", 0, 3, "it is missing", None),
        ("web - db", 4, 1, "directly before", None),
        (":x", 0, 0, "the name of a field is missing", None),
        ("reboot:maybe", 7, 5, "expected true, false, unknown", None),
    ] {
        let error = Query::parse(text).expect_err(text);
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!(
            (error.position, error.length, error.suggestion.as_deref()),
            (position, length, suggestion),
            "{text}"
        );
    }
}

#[test]
fn ceilings_hold() {
    let ok = |text: &str| Query::parse(text).is_ok();
    assert!(ok(&"a ".repeat(MAX_TERMS)));
    assert!(!ok(&"a ".repeat(MAX_TERMS + 1)));
    assert!(!ok(&format!("tag:{}", "a,".repeat(MAX_TERMS) + "a")));
    assert!(ok(&format!("{}a{}", "(".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1))));
    assert!(!ok(&format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH))));
    assert!(!ok(&format!("{}a", "-".repeat(MAX_DEPTH))));
    assert!(!ok(&"(".repeat(MAX_LENGTH)));
    assert!(ok(&"a".repeat(MAX_LENGTH)));
    let error = Query::parse(&"a".repeat(MAX_LENGTH + 1)).unwrap_err();
    assert_eq!(error.position, MAX_LENGTH);
}
