//! What is suggested while a query is typed.

use crate::fleet_of::{package, package_id, platform, start};
use crate::plain;
use fleet::query::{MOST_SUGGESTIONS, SuggestionKind};
use fleet::{Attributes, Change, HostFacts, Index, Query, Snapshot};
use model::{FactStatus, Role, Severity};
use proptest::prelude::*;
use std::sync::Arc;

/// Hosts 1 to 6: openssl on all, bash on the last two, of which one is of another release.
fn fleet() -> Arc<Snapshot> {
    let host = |id: i64| {
        let of = usize::from(id == 6);
        let packages: &[usize] = if id > 4 { &[0, 5] } else { &[0] };
        Change::Host(Box::new(HostFacts {
            platform: platform(of),
            tags: vec![if id % 2 == 0 { "web" } else { "two words" }.into()],
            inventory: packages.iter().map(|n| (package_id(of, *n), Role::Installed, false)).collect(),
            attributes: Attributes {
                environment: if id < 3 { "prod" } else { "dev" }.into(),
                fqdn: format!("h{id}.example.{}", if id == 1 { "cz" } else { "org" }),
                ..Attributes::default()
            },
            ..plain::host(id)
        }))
    };
    let facts = (0..30)
        .map(|n| plain::fact(&format!("CVE-2026-{n:04}"), "openssl", FactStatus::Affected, Severity::ALL[n % 6]));
    let ids = (0..2).flat_map(|of| [0, 5].map(|n| (package_id(of, n), package(of, n)))).collect();
    let mut changes =
        vec![Change::PackageIds(ids), Change::Rules { platform: platform(0), rules: plain::rules(facts.collect()) }];
    changes.extend((1..=6).map(host));
    let mut index = Index::new(start());
    index.apply(1, changes);
    index.reader().snapshot()
}

/// What is suggested at `|`: the piece that is replaced, and texts with counts.
fn at(snapshot: &Snapshot, marked: &str, scope: Option<&str>) -> (String, Vec<(String, Option<u64>)>) {
    let cursor = marked.chars().position(|c| c == '|').unwrap();
    let text: String = marked.replace('|', "");
    let scope = scope.map(|scope| snapshot.evaluate(&Query::parse(scope).unwrap(), None));
    let found = snapshot.complete(&text, cursor, scope.as_ref());
    let piece = text.chars().skip(found.start).take(found.end - found.start).collect();
    (piece, found.suggestions.into_iter().map(|one| (one.text, one.hosts)).collect())
}

#[test]
fn values_are_those_of_hosts_with_their_number() {
    let snapshot = fleet();
    let check = |marked: &str, scope, piece: &str, expected: &[(&str, u64)]| {
        let expected = expected.iter().map(|(text, hosts)| ((*text).to_owned(), Some(*hosts))).collect::<Vec<_>>();
        assert_eq!(at(&snapshot, marked, scope), (piece.to_owned(), expected), "{marked}");
    };
    check("os:|", None, "", &[("debian", 6), ("debian:12", 5), ("debian:11", 1)]);
    check("os:debian:1|2 web", None, "debian:12", &[("debian:12", 5), ("debian:11", 1)]);
    check("tag:|", None, "", &[("\"two words\"", 3), ("web", 3)]);
    check("tag:web,t|", None, "t", &[("\"two words\"", 3)]);
    check("env:|", None, "", &[("dev", 4), ("prod", 2)]);
    check("tld:|", None, "", &[("org", 5), ("cz", 1)]);
    check("-(web or domain:ex|)", None, "ex", &[("example.org", 5), ("example.cz", 1)]);
    check("pkg:|", None, "", &[("openssl", 6), ("bash", 2)]);
    check("pkg:openssl<|", None, "", &[("3.0.11-1~deb12u1", 6)]);
    check("finding:(package:b|", None, "b", &[("bash", 2)]);
    check(
        "cve:cve-2026-002|9 web",
        None,
        "cve-2026-0029",
        &[
            "CVE-2026-0020",
            "CVE-2026-0021",
            "CVE-2026-0022",
            "CVE-2026-0023",
            "CVE-2026-0024",
            "CVE-2026-0025",
            "CVE-2026-0026",
            "CVE-2026-0027",
            "CVE-2026-0028",
            "CVE-2026-0029",
        ]
        .map(|cve| (cve, 5)),
    );
    check("reboot:|", None, "", &[("unknown", 6)]);
    // Who may see two hosts learns of no others.
    check("env:|", Some("env:prod"), "", &[("prod", 2)]);
    check("os:|", Some("env:prod"), "", &[("debian", 2), ("debian:12", 2)]);
    check("pkg:|", Some("env:prod"), "", &[("openssl", 2)]);
    check("tld:o|", Some("env:prod"), "o", &[("org", 1)]);
    check("cve:CVE-2026-0007|", Some("os:debian:12 env:dev"), "CVE-2026-0007", &[("CVE-2026-0007", 3)]);
    check("cve:|", Some("os:debian:11"), "", &[]);
    check("severity:h|", None, "h", &[("high", 5)]);
}

#[test]
fn fields_and_words_are_suggested_where_they_may_stand() {
    let snapshot = fleet();
    let texts = |marked: &str| at(&snapshot, marked, None).1.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    assert_eq!(texts("se|"), ["severity:", "security>", "seen>"]);
    assert_eq!(texts("web o|")[..3], ["os:", "other>", "findings>"]);
    assert!(texts("web o|").contains(&"or ".into()) && !texts("o|").contains(&"or ".into()));
    assert_eq!(texts("finding:(se|"), ["severity:"]);
    assert_eq!(texts("pkg:(name:openssl v|"), ["version<"]);
    assert_eq!(texts("prod|"), [] as [&str; 0], "environments are named by their field");
    assert_eq!(texts("we|"), ["tag:web"]);
    assert_eq!(texts("fin|"), ["finding:(", "findings>"]);
    assert_eq!(texts("nonsense:|"), [] as [&str; 0]);
    let all = snapshot.complete("", 0, None);
    assert_eq!((all.start, all.end, all.suggestions.len()), (0, 0, MOST_SUGGESTIONS));
    assert!(all.suggestions.iter().all(|one| one.kind == SuggestionKind::Field && !one.note.is_empty()));
    assert_eq!(snapshot.complete("cve:", 99, None).suggestions.len(), MOST_SUGGESTIONS, "of 30 that are open");
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_suggested_can_be_read(
        text in r#"([a-z(): "<>=,\\*-]|os:|tag:|pkg:|pkg:\(|finding:\(|cve:|é){0,20}"#,
        at in 0usize..40,
    ) {
        let snapshot = fleet();
        let found = snapshot.complete(&text, at, None);
        let length = text.chars().count();
        prop_assert!(found.start <= at.min(length) && at.min(length) <= found.end && found.end <= length, "{found:?}");
        prop_assert!(found.suggestions.len() <= MOST_SUGGESTIONS);
    }

    #[test]
    fn a_value_that_was_taken_makes_a_query(field in prop::sample::select(vec!["os:", "tag:", "env:", "pkg:", "cve:", "update:"])) {
        let snapshot = fleet();
        for one in snapshot.complete(field, field.len(), None).suggestions {
            let query = Query::parse(&format!("{field}{}", one.text)).unwrap();
            prop_assert_eq!(Some(snapshot.evaluate(&query, None).len()), one.hosts, "{}", query);
        }
    }
}
