//! Every answer equals the naive model's, on random fleets under random changes.

use crate::fleet_of::{batches, start};
use crate::naive::Ask;
use crate::naive::{self, Host, Naive, sorted};
use crate::one_host;
use crate::queries::ask;
use fleet::{
    Column, FindingColumn, FindingsQuery, HostId, HostQuery, Index, Order, PackageColumn, PackagesQuery, Query,
    Snapshot, Sort, SortColumn, UpdateColumn, UpdatesQuery,
};
use model::{Severity, State};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};

/// Reads every page of a listing, `limit` rows a page.
#[macro_export]
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

/// Every order of a listing.
pub(crate) fn orders<C: Column>() -> impl Iterator<Item = Order<C>> {
    let columns = C::COLUMNS.iter().copied();
    columns.flat_map(|column| [Order::ascending(column), Order::descending(column)])
}

fn check(snapshot: &Snapshot, model: &Naive, all: &[Host], scope: Option<&Ask>, ask: &Ask, limit: usize) {
    let of_scope: Vec<&Host> = all.iter().filter(|host| scope.is_none_or(|scope| scope.keeps(host))).collect();
    let bits = scope.map(|scope| snapshot.evaluate(&Query::parse(scope.text()).unwrap(), None));
    let bits = bits.as_ref();

    assert_eq!(snapshot.overview(bits), naive::overview(model, &of_scope));
    check_hosts(snapshot, &of_scope, bits, ask, limit);
    for host in all {
        one_host::check(snapshot, model, host, bits, of_scope.iter().any(|of| of.row.id == host.row.id), limit);
    }
    assert_eq!(snapshot.host(HostId(999), bits), None);

    check_packages(snapshot, model, &of_scope, bits, limit);
    for (words, security) in [("", None), ("S", Some(true)), ("", Some(false))] {
        for sort in orders::<UpdateColumn>() {
            let query = UpdatesQuery { words: words.into(), security, sort, limit, cursor: None };
            let found = pages!(query, |query| snapshot.updates(&query, bits));
            let mut expected = naive::updates(&of_scope);
            expected
                .retain(|row| row.name.contains(&words.to_lowercase()) && security.is_none_or(|s| s == row.security));
            naive::sort_by(&mut expected, sort.descending, |row| match sort.column {
                UpdateColumn::Security => (row.security.into(), String::new()),
                UpdateColumn::Hosts => (row.hosts, String::new()),
                UpdateColumn::Name => (0, row.name.to_string()),
            });
            assert_eq!(found, expected, "{words:?} {security:?} {sort}");
        }
    }
    for cve in (0..7).map(|n| format!("CVE-2026-{n}")) {
        crate::one_cve::check(snapshot, model, &of_scope, bits, &cve, limit);
    }
    check_findings(snapshot, &of_scope, bits, limit);
}

fn check_packages(snapshot: &Snapshot, model: &Naive, hosts: &[&Host], bits: Option<&RoaringBitmap>, limit: usize) {
    let all = naive::packages(model, hosts);
    for words in ["", "ssl", "linux IMAGE"] {
        for sort in orders::<PackageColumn>() {
            let query = PackagesQuery { words: words.into(), sort, limit, cursor: None };
            let found = pages!(query, |query| snapshot.packages(&query, bits));
            let named = |name: &str| words.to_lowercase().split(' ').all(|word| name.contains(word));
            let mut expected: Vec<_> = all.iter().filter(|row| named(&row.package.name)).cloned().collect();
            naive::sort_by(&mut expected, sort.descending, |row| match sort.column {
                PackageColumn::Hosts => (row.hosts, String::new()),
                PackageColumn::Findings => (row.open_findings.into(), String::new()),
                PackageColumn::Name => (0, row.package.name.clone()),
            });
            assert_eq!(found, expected, "{words:?} {sort}");
        }
    }
}

fn check_findings(snapshot: &Snapshot, hosts: &[&Host], bits: Option<&RoaringBitmap>, limit: usize) {
    let filters = [
        ("", None, None),
        ("cve-2026-1", None, None),
        ("2026 ssl", None, None),
        ("", Some(State::RestartNeeded), None),
        ("", Some(State::FixNeedsChannel), Some(Severity::High)),
        ("", Some(State::NotAffected), None),
        ("", None, Some(Severity::Unknown)),
    ];
    let all = naive::findings(hosts);
    for (words, state, severity) in filters {
        for sort in orders::<FindingColumn>() {
            let query = FindingsQuery { words: words.into(), state, severity, sort, limit, cursor: None };
            let found = pages!(query, |query| snapshot.findings(&query, bits));
            let mut expected = all.clone();
            expected.retain(|row| {
                let texts = || std::iter::once(&row.cve).chain(&row.packages);
                words.split_whitespace().all(|word| texts().any(|text| text.to_lowercase().contains(word)))
                    && state.is_none_or(|state| row.states.get(state) > 0)
                    && severity.is_none_or(|severity| row.severity == severity)
            });
            naive::sort_by(&mut expected, sort.descending, |row| match sort.column {
                // The severities are declared mildest first.
                FindingColumn::Severity => (row.severity as u64, String::new()),
                FindingColumn::Hosts => (row.hosts, String::new()),
                FindingColumn::Cve => (0, row.cve.to_string()),
            });
            assert_eq!(found, expected, "{words:?} {state:?} {severity:?} {sort}");
        }
    }
}

fn check_hosts(snapshot: &Snapshot, of_scope: &[&Host], bits: Option<&RoaringBitmap>, ask: &Ask, limit: usize) {
    let text = ask.text();
    let filter = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
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

/// What the comparison meets: were the drawn fleets bare, it would hold nothing against nothing.
#[test]
fn drawn_fleets_have_everything() {
    let mut runner = TestRunner::deterministic();
    let (mut states, mut colours, mut freshness) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut withheld, mut channel, mut unassessed, mut longest) = (0, 0, 0, 0);
    for _ in 0..300 {
        let mut model = Naive::new(start());
        for (seq, batch) in (1..).zip(batches(6).new_tree(&mut runner).unwrap().current()) {
            model.apply(seq, &batch);
            for host in model.all() {
                states.extend(host.pairs.values().map(|(state, _)| format!("{state:?}")));
                colours.insert(format!("{:?}", host.row.colour));
                freshness.insert(format!("{:?}", host.row.freshness));
                withheld += host.row.withheld_updates;
                channel += u32::from(!host.facts.context.is_empty());
                let rules = model.rules.get(&host.facts.platform);
                for entry in model.entries(&host.facts) {
                    let said = rules.map(|rules| rules.judge_all(&entry.package, entry.role).verdicts);
                    longest = longest.max(said.iter().flatten().map(|verdict| verdict.states.len()).max().unwrap_or(0));
                }
                unassessed += u32::from(!host.assessment.reasons.is_empty());
            }
        }
    }
    let open = ["FixAvailable", "FixNeedsChannel", "NoFix", "RestartNeeded", "UnderInvestigation", "WillNotFix"];
    assert_eq!(states.iter().collect::<Vec<_>>(), open);
    assert_eq!(colours.iter().collect::<Vec<_>>(), ["Green", "Grey", "Orange", "Red", "Yellow"]);
    assert_eq!(freshness.iter().collect::<Vec<_>>(), ["Fresh", "Late", "Lost", "Stale"]);
    assert!(withheld > 0 && channel > 0 && unassessed > 0, "{withheld} {channel} {unassessed}");
    assert!(longest > 2, "chains of at most {longest} states");
}
