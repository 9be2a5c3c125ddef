//! What is judged how often, what a restart mends, and what time changes.

use crate::fleet_of::{package, package_id, platform, start};
use crate::plain;
use fleet::{
    Change, Colour, FindingsQuery, Freshness, HostFacts, HostFindingsQuery, HostId, Index, Interval, Reader,
    UpdateFacts,
};
use jiff::SignedDuration;
use matching::Rules;
use model::wire::sections::Withheld;
use model::{Advisory, FactStatus, Role, Severity, State};
use std::sync::Arc;

const OPENSSL: usize = 0;
/// Version 6.1.37-1.
const OLD_KERNEL: usize = 11;
/// Version 6.1.124-1.
const NEW_KERNEL: usize = 13;

fn facts(id: i64, inventory: &[(usize, Role)]) -> HostFacts {
    let inventory = inventory.iter().map(|(n, role)| (package_id(0, *n), *role, false)).collect();
    HostFacts { inventory, ..plain::host(id) }
}

fn put(facts: HostFacts) -> Change {
    Change::Host(Box::new(facts))
}

/// One CVE of the kernel, fixed in 6.1.85-1, and one of openssl, fixed in 3.0.13-1.
fn rules(severity: Severity) -> Change {
    let fixed = |cve, source, version: &str| plain::fact(cve, source, FactStatus::Fixed(version.into()), severity);
    let facts = vec![fixed("CVE-2026-1", "linux", "6.1.85-1"), fixed("CVE-2026-2", "openssl", "3.0.13-1")];
    Change::Rules { platform: platform(0), rules: plain::rules(facts) }
}

fn all_packages() -> Change {
    Change::PackageIds((0..14).map(|n| (package_id(0, n), package(0, n))).collect())
}

fn state_of(reader: &Reader, host: i64, cve: &str) -> Option<State> {
    let all = HostFindingsQuery { limit: 500, ..HostFindingsQuery::default() };
    let findings = reader.snapshot().host_findings(HostId(host), &all, None).unwrap().page.items;
    findings.into_iter().find(|finding| finding.cve == cve).map(|finding| finding.state)
}

/// Matching rule 4: only the running kernel and the one that boots next are exposed; a fixed kernel
/// that is installed but does not run is `restart_needed`.
#[test]
fn a_fixed_kernel_on_disk_needs_a_restart() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let (on_disk, runs) = (Role::Installed, Role::RunningKernel);
    index.apply(
        1,
        vec![
            all_packages(),
            rules(Severity::High),
            put(facts(1, &[(OLD_KERNEL, on_disk), (OLD_KERNEL, runs)])),
            put(facts(
                2,
                &[(OLD_KERNEL, on_disk), (OLD_KERNEL, runs), (NEW_KERNEL, on_disk), (NEW_KERNEL, Role::NextKernel)],
            )),
            put(facts(3, &[(OLD_KERNEL, on_disk), (NEW_KERNEL, on_disk), (NEW_KERNEL, runs)])),
            // It cannot tell what runs: none can be ruled out.
            put(facts(4, &[(OLD_KERNEL, on_disk), (NEW_KERNEL, on_disk)])),
        ],
    );
    let states = [1, 2, 3, 4].map(|host| state_of(&reader, host, "CVE-2026-1"));
    assert_eq!(states, [Some(State::FixAvailable), Some(State::RestartNeeded), None, Some(State::FixAvailable)]);
    let rows = reader.snapshot().findings(&FindingsQuery { limit: 9, ..FindingsQuery::default() }, None).items;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].hosts, rows[0].states.get(State::FixAvailable), rows[0].states.get(State::RestartNeeded)),
        (3, 2, 1)
    );

    // It was restarted.
    index.apply(2, vec![put(facts(2, &[(OLD_KERNEL, on_disk), (NEW_KERNEL, on_disk), (NEW_KERNEL, runs)]))]);
    assert_eq!(state_of(&reader, 2, "CVE-2026-1"), None);
}

#[test]
fn a_package_is_judged_once_however_many_hosts_have_it() {
    let mut index = Index::new(start());
    let reader = index.reader();
    index.apply(1, vec![all_packages(), rules(Severity::High)]);
    let hosts = |range: std::ops::RangeInclusive<i64>| range.map(|id| put(facts(id, &[(OPENSSL, Role::Installed)])));
    assert_eq!(index.apply(2, hosts(1..=50).collect()).judged, 1);
    assert_eq!(index.apply(3, hosts(51..=100).collect()).judged, 0);
    assert_eq!(reader.snapshot().overview(None).findings.open, 100);

    // Rules of another platform judge nothing here, and touch nobody.
    let other = platform(1);
    let none = Rules::compile::<&str, Advisory>(&other, &[], []);
    let applied = index.apply(4, vec![Change::Rules { platform: other, rules: Arc::new(none) }]);
    assert_eq!((applied.judged, applied.hosts.len()), (0, 0));
    // Rules that say the same of every package judge again and touch nobody.
    let applied = index.apply(5, vec![rules(Severity::High)]);
    assert_eq!((applied.judged, applied.hosts.len()), (1, 0));
    let applied = index.apply(6, vec![rules(Severity::Low)]);
    assert_eq!((applied.judged, applied.hosts.len()), (1, 100));

    // A report that says the same again touches nobody either, nor does a check-in.
    let seen = Change::HostSeen { host: HostId(1), last_seen_at: start() + SignedDuration::from_secs(5) };
    let applied = index.apply(7, [put(facts(2, &[(OPENSSL, Role::Installed)])), seen].into());
    assert_eq!((applied.seq, applied.judged, applied.hosts.len(), applied.unknown_packages), (7, 0, 0, 0));
    // A package that nobody introduced is left out, and said.
    let mut unknown = facts(2, &[(OPENSSL, Role::Installed)]);
    unknown.inventory.push((fleet::PackageId(77_777), Role::Installed, false));
    assert_eq!(index.apply(8, vec![put(unknown)]).unknown_packages, 1);
    assert_eq!(reader.snapshot().host(HostId(2), None).unwrap().packages, 1);
    // The sequence never goes back.
    assert_eq!(index.apply(3, vec![]).seq, 8);
}

#[test]
fn time_alone_changes_freshness_and_colour() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let ids = vec![(package_id(0, OPENSSL), package(0, OPENSSL))];
    let known = |id| HostFacts { lists_at: Some(start()), ..facts(id, &[(OPENSSL, Role::Installed)]) };
    index.apply(1, vec![Change::PackageIds(ids), put(known(1)), put(known(2))]);
    let shown = |host: i64| reader.snapshot().host(HostId(host), None).map(|row| (row.freshness, row.colour)).unwrap();
    let mut at = |seconds: i64| index.apply(1, vec![Change::Time(start() + SignedDuration::from_secs(seconds))]).hosts;
    let both = [HostId(1), HostId(2)];
    assert_eq!(shown(1), (Freshness::Fresh, Colour::Green));
    assert_eq!(at(7200), []);
    assert_eq!((at(7201), shown(1)), (both.to_vec(), (Freshness::Late, Colour::Green)));
    assert_eq!(at(24 * 3600), []);
    assert_eq!((at(24 * 3600 + 1), shown(1)), (both.to_vec(), (Freshness::Stale, Colour::Grey)));
    let seen = start() + SignedDuration::from_secs(24 * 3600);
    let applied = index.apply(2, vec![Change::HostSeen { host: HostId(2), last_seen_at: seen }]);
    assert_eq!((applied.hosts, shown(2)), (vec![HostId(2)], (Freshness::Fresh, Colour::Green)));
    let applied = index.apply(2, vec![Change::Time(start() + SignedDuration::from_secs(7 * 24 * 3600 + 1))]);
    assert_eq!(
        (applied.hosts, shown(1), shown(2)),
        (both.to_vec(), (Freshness::Lost, Colour::Grey), (Freshness::Stale, Colour::Grey))
    );
    // Time never goes back.
    assert_eq!(index.apply(2, vec![Change::Time(start())]).hosts, []);
    assert_eq!(shown(1).0, Freshness::Lost);
}

/// Lists grow old without a report and without the host falling silent: what they said is then no
/// all-clear any more. What is pending stays pending.
#[test]
fn a_host_that_reports_by_old_lists_turns_grey_by_itself() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let day = 24 * 3600;
    let quiet = HostFacts {
        lists_at: Some(start()),
        interval: Interval(SignedDuration::from_hours(30 * 24)),
        ..facts(1, &[(OPENSSL, Role::Installed)])
    };
    let waits = HostFacts { id: HostId(2), updates: vec![plain::update("openssl", "4")], ..quiet.clone() };
    let ahead = HostFacts { id: HostId(3), lists_at: Some(start() + SignedDuration::from_hours(25)), ..quiet.clone() };
    let ids = vec![(package_id(0, OPENSSL), package(0, OPENSSL))];
    index.apply(1, vec![Change::PackageIds(ids), put(quiet), put(waits), put(ahead)]);
    let shown = |host: i64| {
        let row = reader.snapshot().host(HostId(host), None).unwrap();
        (row.colour, row.not_known.iter().map(|one| one.code()).collect::<Vec<_>>())
    };
    assert_eq!(shown(1), (Colour::Green, vec![]));
    assert_eq!(shown(3), (Colour::Grey, vec!["lists_in_future"]));
    let mut at = |seconds: i64| index.apply(1, vec![Change::Time(start() + SignedDuration::from_secs(seconds))]).hosts;
    assert_eq!((at(day), shown(3)), (vec![HostId(3)], (Colour::Green, vec![])), "the moment came");
    assert_eq!(at(7 * day), []);
    assert_eq!(at(7 * day + 1), [HostId(1), HostId(2)]);
    assert_eq!(shown(1), (Colour::Grey, vec!["lists_old"]));
    assert_eq!(shown(2), (Colour::Orange, vec!["lists_old"]));
    assert_eq!(reader.snapshot().overview(None).hosts.colours, [1, 0, 1, 0, 1]);
}

#[test]
fn withheld_updates_are_counted_apart_unless_they_are_security_updates() {
    let mut index = Index::new(start());
    let update = |name: &str, security, withheld| UpdateFacts { security, withheld, ..plain::update(name, "2") };
    let mut held = facts(1, &[(OPENSSL, Role::Installed)]);
    held.lists_at = Some(start());
    held.updates = vec![update("a", false, Some(Withheld::Held)), update("b", false, Some(Withheld::Phased))];
    let mut both = facts(2, &[]);
    both.updates = vec![update("a", true, Some(Withheld::Held)), update("b", false, None)];
    let ids = vec![(package_id(0, OPENSSL), package(0, OPENSSL))];
    index.apply(1, vec![Change::PackageIds(ids), put(held), put(both)]);
    let snapshot = index.reader().snapshot();
    let row = |id: i64| {
        let row = snapshot.host(HostId(id), None).unwrap();
        (row.security_updates, row.other_updates, row.withheld_updates, row.colour)
    };
    assert_eq!(row(1), (0, 0, 2, Colour::Green));
    assert_eq!(row(2), (1, 1, 1, Colour::Orange));
}
