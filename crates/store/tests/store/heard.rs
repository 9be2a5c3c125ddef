//! Check-ins that are answered from memory are answered as from the record, and cost what they are to cost.

use crate::fixture::{Fixture, later, now, store_test};
use crate::sample::{MACHINE, agent, commit, debian, package, write};
use jiff::SignedDuration;
use model::wire::{Answer, CheckIn, Collected, FORMAT, Labels, SectionName};
use store::{CLOCK_AHEAD, CheckInOutcome, CheckInWrite, Store, TOKENS};

/// What a host says at a check-in `seconds` after the tests' beginning, with a clock that is `ahead` seconds ahead.
fn says(host: &Collected, labels: Option<Labels>, seconds: i64, ahead: i64) -> CheckInWrite {
    let checkin = CheckIn {
        format: FORMAT,
        agent: agent(),
        machine_id: host.machine_id.clone(),
        boot_id: host.boot_id.clone(),
        hostname: host.hostname.clone(),
        observed_at: later(seconds + ahead),
        sections: host.digests().unwrap(),
        labels,
        heartbeat: host.heartbeat.clone(),
    };
    CheckInWrite { namespace: TOKENS, checkin, received_at: later(seconds) }
}

async fn check_in(store: &Store, write: CheckInWrite) -> CheckInOutcome {
    store.checkins_commit(vec![write]).await.pop().unwrap().unwrap()
}

fn labelled() -> Option<Labels> {
    Some(Labels::default())
}

fn numbered(number: usize) -> Collected {
    // All zeros are no machine id.
    debian(&format!("{:032x}", number + 1))
}

/// Statements of the transaction in which unchanged check-ins are noted, whatever their number up to 128: BEGIN, hosts,
/// runs of scans, head of the log, line of the log, COMMIT.
const GROUP: u64 = 6;

store_test! {
    async fn a_group_of_unchanged_hosts_costs_six_statements(fixture) {
        let store = &fixture.store;
        for taken in store.reports_commit((0..128).map(|at| write(&numbered(at), 1, now())).collect()).await {
            taken.unwrap();
        }
        let group = |hosts: usize, seconds: i64| (0..hosts).map(|at| says(&numbered(at), labelled(), seconds, 0)).collect();
        let answer = async |store: &Store, hosts: usize, seconds: i64| {
            let before = store.statements();
            let outcomes = store.checkins_commit(group(hosts, seconds)).await;
            assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().answer == Answer::Known));
            store.statements() - before
        };
        for (hosts, seconds) in [(128, 60), (1, 120), (37, 180)] {
            assert_eq!(answer(store, hosts, seconds).await, GROUP, "{hosts} hosts");
        }
        // A server that starts knows them from its first look at the record.
        let started = fixture.another().await;
        assert!(answer(&started, 1, 240).await > GROUP, "it has not looked yet");
        let part = started.hosts_part(0).await.unwrap();
        assert_eq!((part.hosts.len(), part.next), (128, None));
        assert_eq!(started.host_platforms().await.unwrap(), ["debian:12".parse().unwrap()]);
        assert_eq!(answer(&started, 128, 300).await, GROUP);
        started.close().await;
        for id in 1..=128 {
            let state = store.host_get(id).await.unwrap().unwrap();
            assert_eq!((state.last_seen_at, state.observed_at), (later(300), later(300)));
            let runs = store.scan_list(id, i64::MAX, 10).await.unwrap();
            assert_eq!((runs.len(), runs[0].last_at), (1, later(300)));
        }
    }
}

store_test! {
    async fn what_another_server_wrote_counts(fixture) {
        let (ours, other) = (&fixture.store, fixture.another().await);
        let host = debian(MACHINE);
        let id = commit(ours, write(&host, 1, now())).await.host_id;
        assert_eq!(check_in(ours, says(&host, labelled(), 10, 0)).await.answer, Answer::Known);
        // The host reported something else there.
        let mut changed = host.clone();
        changed.packages.as_mut().unwrap().records.push(package("vim", "2:9"));
        commit(&other, write(&changed, 2, later(20))).await;
        let outcome = check_in(ours, says(&host, labelled(), 30, 0)).await;
        assert_eq!((outcome.answer, outcome.sections.as_slice()), (Answer::Send, &[SectionName::Packages][..]));
        commit(ours, write(&host, 3, later(40))).await;
        assert_eq!(check_in(ours, says(&host, labelled(), 50, 0)).await.answer, Answer::Known);
        // It said there that it is otherwise, and says here that it is as it was.
        assert_eq!(check_in(&other, says(&changed, labelled(), 60, 0)).await.answer, Answer::Send);
        let outcome = check_in(ours, says(&host, labelled(), 70, 0)).await;
        assert_eq!((outcome.answer, outcome.awaited), (Answer::Known, Some(Vec::new())));
        assert_eq!(fixture.count("awaited_sections").await, 0);
        // It was removed there.
        other.host_remove(id, "admin", None, later(80)).await.unwrap().unwrap();
        assert_eq!(check_in(ours, says(&host, labelled(), 90, 0)).await.answer, Answer::ReportNow);
        other.close().await;
    }
}

/// One thing that happens to a record.
enum Event {
    CheckIn(Box<CheckInWrite>),
    Report(Box<store::ReportWrite>),
    Removed(i64),
    /// A report was refused that had this content.
    Refused(Box<Collected>),
}

/// Histories of three hosts that change in everything that a check-in is compared by.
fn history(seed: u64) -> Vec<(i64, Event)> {
    let mut state = seed;
    let mut draw = |most: u64| {
        // xorshift64*, Vigna 2016.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % most
    };
    let mut events = Vec::new();
    for step in 0..120 {
        let machine = draw(3);
        let mut host = numbered(usize::try_from(machine).unwrap());
        if draw(4) == 0 {
            host.packages.as_mut().unwrap().records.pop();
        }
        if draw(6) == 0 {
            host.updates = Err("no lists".into());
        }
        if draw(6) == 0 {
            host.boot_id = "another".into();
        }
        let label = if draw(6) == 0 { "web" } else { "" };
        let labels = Some(Labels { tag: label.into(), ..Labels::default() }).filter(|_| draw(8) != 0);
        let ahead = if draw(8) == 0 { CLOCK_AHEAD.as_secs() + 1 } else { 0 };
        let at = step * 60;
        let event = match draw(16) {
            0..10 => Event::CheckIn(Box::new(says(&host, labels, at, ahead))),
            10..14 => {
                let mut report = write(&host, u64::try_from(step + 1).unwrap(), later(at));
                report.report.tag = label.into();
                report.report.observed_at += SignedDuration::from_secs(ahead);
                Event::Report(Box::new(report))
            }
            14 => Event::Removed(i64::try_from(machine).unwrap() + 1),
            _ => Event::Refused(Box::new(host)),
        };
        events.push((at, event));
    }
    events
}

/// What a store answers, in words.
async fn happen(store: &Store, at: i64, event: &Event) -> String {
    match event {
        Event::CheckIn(write) => format!("{:?}", check_in(store, CheckInWrite::clone(write)).await),
        Event::Report(write) => {
            let mut outcome = commit(store, store::ReportWrite::clone(write)).await;
            // They come in no order.
            outcome.packages.sort_by_key(|(id, _)| *id);
            format!("{outcome:?}")
        }
        Event::Removed(host) => format!("{:?}", store.host_remove(*host, "admin", None, later(at)).await.unwrap()),
        Event::Refused(host) => {
            let digests = host.digests().unwrap();
            let hashes: Vec<_> = digests
                .iter()
                .filter_map(|(name, digest)| match digest {
                    model::wire::Digest::Present { hash } => Some((name, *hash)),
                    model::wire::Digest::Unavailable { .. } => None,
                })
                .collect();
            format!("{:?}", store.host_says(TOKENS, &host.machine_id, &hashes, later(at)).await.unwrap())
        }
    }
}

/// A store that remembers answers and writes as one that is opened anew for everything that happens.
async fn remembers_nothing_wrong(remembers: &Fixture, forgets: &Fixture, seeds: std::ops::Range<u64>) {
    let mut known = 0;
    for seed in seeds {
        for (at, event) in history(seed * 0x9e37_79b9 + 1) {
            let at = at + i64::try_from(seed).unwrap() * 10_000;
            let from_memory = happen(&remembers.store, at, &event).await;
            let fresh = forgets.another().await;
            let from_record = happen(&fresh, at, &event).await;
            fresh.close().await;
            assert_eq!(from_memory, from_record, "seed {seed} at {at}");
            known += u32::from(matches!(event, Event::CheckIn(_)) && from_memory.contains("answer: Known"));
        }
    }
    assert!(known > 5, "{known}");
    assert_eq!(remembers.dump().await, forgets.dump().await);
}

#[tokio::test]
async fn memory_answers_as_the_record_sqlite() {
    Fixture::sqlite(async |a| Fixture::sqlite(async |b| remembers_nothing_wrong(a, b, 1..6).await).await).await;
}

#[tokio::test]
async fn memory_answers_as_the_record_postgres() {
    Fixture::postgres(async |a| Fixture::postgres(async |b| remembers_nothing_wrong(a, b, 1..3).await).await).await;
}

store_test! {
    /// No statement asks for a token again, and a revocation holds at once all the same.
    async fn a_revoked_token_is_not_found_again(fixture) {
        let store = &fixture.store;
        let tokens = [1_u8, 2].map(|number| [number; 32]);
        for hash in tokens {
            store.token_create("fleet", hash, now()).await.unwrap();
        }
        let first = store.token_find(tokens[0], now()).await.unwrap().unwrap();
        let before = store.statements();
        assert_eq!(store.token_find(tokens[0], now()).await.unwrap().as_ref(), Some(&first));
        assert_eq!(store.statements(), before);
        assert!(store.token_find(tokens[1], now()).await.unwrap().is_some());
        assert!(store.token_revoke(first.id, now()).await.unwrap());
        assert_eq!(store.token_find(tokens[0], now()).await.unwrap(), None);
        assert!(store.token_find(tokens[1], now()).await.unwrap().is_some());
        // One that was made after it was asked for.
        assert_eq!(store.token_find([3; 32], now()).await.unwrap(), None);
        store.token_create("late", [3; 32], now()).await.unwrap();
        assert!(store.token_find([3; 32], now()).await.unwrap().is_some());
    }
}

/// Where servers share the record, what another one revokes is known a second later at most.
#[tokio::test]
async fn a_token_that_another_server_revoked_is_not_found_a_second_later() {
    Fixture::postgres(async |fixture| {
        let (store, other) = (&fixture.store, fixture.another().await);
        let token = store.token_create("fleet", [1; 32], now()).await.unwrap();
        assert!(store.token_find([1; 32], now()).await.unwrap().is_some());
        assert!(other.token_revoke(token.id, now()).await.unwrap());
        assert_eq!(store.token_find([1; 32], later(1)).await.unwrap(), None);
        other.close().await;
    })
    .await;
}

/// Statements that a report of a known host takes at most, by what it changes: its packages and updates here. The
/// reading of the host (9), the numbers of what is new (14), and the writing (14); the inventory adds lines to the
/// transposed log in a few fixed lengths.
const CHANGED: u64 = 36;

store_test! {
    async fn a_group_of_changed_reports_costs_little_more_than_one(fixture) {
        let store = &fixture.store;
        for taken in store.reports_commit((0..64).map(|at| write(&numbered(at), 1, now())).collect()).await {
            taken.unwrap();
        }
        let changed = |at: usize, number: u64| {
            let mut host = numbered(at);
            host.packages.as_mut().unwrap().records.push(package("vim", &format!("2:9.{at}.{number}")));
            host.updates.as_mut().unwrap().records[0].candidate = format!("3.0.{at}-{number}");
            write(&host, number, later(i64::try_from(number).unwrap()))
        };
        let cost = async |hosts: usize, number: u64| {
            let reports = (0..hosts).map(|at| changed(at, number)).collect();
            let before = store.statements();
            for taken in store.reports_commit(reports).await {
                assert_eq!(taken.unwrap().changed, [SectionName::Packages, SectionName::Updates]);
            }
            store.statements() - before
        };
        let one = cost(1, 2).await;
        assert!(one <= CHANGED, "{one}");
        // Each host's own row is written by a statement of its own; the rest is the group's.
        let all = cost(64, 3).await;
        assert!(all <= one + 64 + 24, "{all} for 64 beside {one} for one");
    }
}
