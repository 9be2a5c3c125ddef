//! Every answer equals the naive model's, on random fleets under random changes.

use crate::fleet_of::{batches, start};
use crate::naive::{self, Host, Naive, sorted};
use crate::queries::{Ask, ask};
use fleet::{FindingsQuery, HostId, HostQuery, Index, PackagesQuery, Query, Snapshot, Sort, SortColumn, UpdatesQuery};
use model::{Finding, Severity, State};
use proptest::prelude::*;
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};

/// Reads every page of a listing, `limit` rows a page.
macro_rules! pages {
    ($limit:expr, |$query:ident| $page:expr) => {{
        let mut $query = $limit;
        let (mut rows, mut total) = (Vec::new(), None);
        for _ in 0..200 {
            let page = $page;
            rows.extend(page.items);
            assert_eq!(*total.get_or_insert(page.total), page.total, "the total is the same on every page");
            $query.cursor = page.next;
            if $query.cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows.len() as u64, total.unwrap());
        rows
    }};
}

fn check(snapshot: &Snapshot, model: &Naive, all: &[Host], scope: Option<&Ask>, ask: &Ask, limit: usize) {
    let of_scope: Vec<&Host> = all.iter().filter(|host| scope.is_none_or(|scope| scope.keeps(host))).collect();
    let bits = scope.map(|scope| snapshot.evaluate(&Query::parse(&scope.text()).unwrap(), None));
    let bits = bits.as_ref();

    assert_eq!(snapshot.overview(bits), naive::overview(model, &of_scope));
    check_hosts(snapshot, &of_scope, bits, ask, limit);
    for host in all {
        check_host(snapshot, model, host, bits, of_scope.iter().any(|of| of.row.id == host.row.id));
    }
    assert_eq!(snapshot.host(HostId(999), bits), None);

    for words in ["", "ssl", "linux IMAGE"] {
        let query = PackagesQuery { words: words.into(), limit, cursor: None };
        let found = pages!(query, |query| snapshot.packages(&query, bits));
        let expected = naive::packages(model, &of_scope);
        let named = |name: &str| words.to_lowercase().split(' ').all(|word| name.contains(word));
        assert_eq!(found, expected.into_iter().filter(|row| named(&row.package.name)).collect::<Vec<_>>());
    }
    for (words, security) in [("", None), ("S", Some(true)), ("", Some(false))] {
        let query = UpdatesQuery { words: words.into(), security, limit, cursor: None };
        let found = pages!(query, |query| snapshot.updates(&query, bits));
        let mut expected = naive::updates(&of_scope);
        expected.retain(|row| row.name.contains(&words.to_lowercase()) && security.is_none_or(|s| s == row.security));
        assert_eq!(found, expected);
    }
    let filters = [
        ("", None, None),
        ("cve-2026-1", None, None),
        ("2026 ssl", None, None),
        ("", Some(State::RestartNeeded), None),
        ("", Some(State::FixNeedsChannel), Some(Severity::High)),
        ("", Some(State::NotAffected), None),
        ("", None, Some(Severity::Unknown)),
    ];
    for (words, state, severity) in filters {
        let query = FindingsQuery { words: words.into(), state, severity, limit, cursor: None };
        let found = pages!(query, |query| snapshot.findings(&query, bits));
        let mut expected = naive::findings(&of_scope);
        expected.retain(|row| {
            let texts = || std::iter::once(&row.cve).chain(&row.packages);
            words.split_whitespace().all(|word| texts().any(|text| text.to_lowercase().contains(word)))
                && state.is_none_or(|state| row.states.get(state) > 0)
                && severity.is_none_or(|severity| row.severity == severity)
        });
        assert_eq!(found, expected, "{words:?} {state:?} {severity:?}");
    }
}

fn check_hosts(snapshot: &Snapshot, of_scope: &[&Host], bits: Option<&RoaringBitmap>, ask: &Ask, limit: usize) {
    let text = ask.text();
    let filter = Query::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let kept: Vec<&Host> = of_scope.iter().copied().filter(|host| ask.keeps(host)).collect();
    assert_eq!(snapshot.evaluate(&filter, bits).len(), kept.len() as u64, "{text}");
    for column in SortColumn::ALL {
        for descending in [false, true] {
            let sort = Sort { column, descending };
            let query = HostQuery { filter: filter.clone(), sort, limit, cursor: None };
            let found = pages!(query, |query| {
                let page = snapshot.hosts(&query, bits);
                assert_eq!(page.facets, naive::facets(&kept), "facets are of the whole result");
                page.page
            });
            assert_eq!(found, sorted(&kept, sort), "{text} by {sort}");
        }
    }
}

fn check_host(snapshot: &Snapshot, model: &Naive, host: &Host, bits: Option<&RoaringBitmap>, visible: bool) {
    let id = host.row.id;
    assert_eq!(snapshot.host(id, bits), visible.then(|| host.row.clone()));
    assert_eq!(snapshot.host_packages(id, bits), visible.then(|| host.packages.clone()));
    let found = snapshot.host_findings(id, false, bits);
    assert_eq!(found.is_some(), visible);
    let Some(found) = found else { return };
    assert_eq!(found.findings, host.findings);
    assert_eq!(found.assessment, host.assessment);

    // With negatives: everything that `judge_all` says of a package in a role that counts.
    let entries = model.entries(&host.facts);
    let context = Naive::context(&entries, &host.facts);
    let rules = model.rules.get(&host.facts.platform);
    let mut negatives: Vec<(String, String, State)> = Vec::new();
    for entry in &entries {
        let runs = |other: &model::inventory::Entry| {
            other.role == model::Role::RunningKernel && other.package == entry.package
        };
        if entry.role == model::Role::NextKernel && entries.iter().any(runs) {
            continue;
        }
        for verdict in rules.map(|rules| rules.judge_all(&entry.package, entry.role).verdicts).unwrap_or_default() {
            let state = matching::state_on(&verdict, &context).unwrap();
            if !state.is_open() {
                negatives.push((entry.package.name.clone(), verdict.cve, state));
            }
        }
    }
    let all = snapshot.host_findings(id, true, bits).unwrap().findings;
    let (open, rest): (Vec<Finding>, Vec<Finding>) = all.into_iter().partition(|finding| finding.state.is_open());
    assert_eq!(open, host.findings);
    let mut rest: Vec<_> = rest.into_iter().map(|finding| (finding.package, finding.cve, finding.state)).collect();
    for list in [&mut rest, &mut negatives] {
        list.sort();
        list.dedup();
    }
    assert_eq!(rest, negatives);
}

/// What a page of one host shows, the time last seen apart.
fn shown(host: &Host) -> impl PartialEq + use<> {
    let mut row = host.row.clone();
    row.last_seen_at = start();
    (row, host.findings.clone(), host.packages.clone(), host.assessment.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 300, ..ProptestConfig::default() })]
    #[test]
    fn the_index_says_what_plain_loops_say(
        batches in batches(6),
        scope in ask(),
        asks in proptest::collection::vec(ask(), 5),
        limit in 1usize..4,
    ) {
        let mut index = Index::new(start());
        let mut model = Naive::new(start());
        let reader = index.reader();
        let mut before: BTreeMap<HostId, Host> = BTreeMap::new();
        for ((seq, batch), ask) in (1..).zip(batches).zip(&asks) {
            model.apply(seq, &batch);
            let applied = index.apply(seq, batch);
            let snapshot = reader.snapshot();
            prop_assert_eq!((applied.seq, snapshot.seq(), snapshot.as_of()), (seq, seq, model.now));
            prop_assert_eq!(applied.unknown_packages, 0);
            let all = model.all();
            for scope in [None, Some(&scope)] {
                check(&snapshot, &model, &all, scope, ask, limit);
            }
            // Nobody's answer changes unannounced.
            let after: BTreeMap<HostId, Host> = all.into_iter().map(|host| (host.row.id, host)).collect();
            let announced: BTreeSet<HostId> = applied.hosts.iter().copied().collect();
            for id in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
                let same = before.get(id).map(shown) == after.get(id).map(shown);
                prop_assert!(same || announced.contains(id), "host {id:?} changed unannounced");
            }
            before = after;
        }
    }
}
