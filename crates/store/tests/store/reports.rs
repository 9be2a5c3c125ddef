//! Taking reports.

use crate::fixture::{later, now, store_test};
use crate::sample::{self, MACHINE, debian, kernel, package, packages, report, write};
use model::wire::sections::{Os, Repositories};
use model::wire::{Collected, SectionName};
use model::{Origin, Role};
use store::{Fate, ReportWrite, StoreError};

/// (name, role) of every line of a host's inventory.
async fn lines(store: &store::Store, host: i64) -> Vec<(String, Role)> {
    let packages = store.host_packages(host).await.unwrap();
    packages.into_iter().map(|line| (line.package.name, line.entry.role)).collect()
}

store_test! {
    async fn a_first_report_makes_a_host(fixture) {
        let outcome = report(fixture, &debian(MACHINE), 7, now()).await;
        assert_eq!((outcome.fate, outcome.first, outcome.seq, outcome.next_sequence), (Fate::Applied, true, 1, 8));
        assert_eq!(outcome.wanted, []);
        assert_eq!(outcome.changed, SectionName::ALL);
        let state = outcome.state.unwrap();
        assert_eq!(state.platform.to_string(), "debian:12");
        assert_eq!((state.hostname.as_str(), state.sequence, state.revision), ("web1", 7, 1));
        assert_eq!(state.updates.as_ref().unwrap().records.len(), 1);
        assert_eq!(outcome.packages.len(), 4);
        // Two kernels: the older runs, the newer boots next.
        let kernels: Vec<_> = lines(&fixture.store, state.id).await.into_iter().filter(|(name, _)| name.starts_with("linux")).collect();
        assert_eq!(
            kernels,
            [
                ("linux-image-6.1.0-40-amd64".to_owned(), Role::Installed),
                ("linux-image-6.1.0-40-amd64".to_owned(), Role::RunningKernel),
                ("linux-image-6.1.0-41-amd64".to_owned(), Role::Installed),
                ("linux-image-6.1.0-41-amd64".to_owned(), Role::NextKernel),
            ]
        );
        let repositories: Repositories =
            fixture.store.host_section(state.id, SectionName::Repositories).await.unwrap().unwrap();
        assert_eq!(repositories.records[0].suite, "bookworm");
        let bash = fixture.store.host_packages(state.id).await.unwrap().remove(0);
        assert_eq!((bash.package.name.as_str(), &bash.package.origin), ("bash", &Origin::Distribution));
        assert_eq!(fixture.store.package_text(bash.entry.package).await.unwrap().depends, "libc6 (for bash)");
        let runs = fixture.store.scan_list(state.id, i64::MAX, 10).await.unwrap();
        assert_eq!((runs.len(), runs[0].count, runs[0].packages, runs[0].security_updates), (1, 1, 4, 1));
    }
}

/// A report that arrives later than it was written.
fn late(collected: &Collected, sequence: u64, observed: i64, received: i64) -> ReportWrite {
    ReportWrite { received_at: later(received), ..write(collected, sequence, later(observed)) }
}

store_test! {
    /// "Sent twice, the second changes no row, no counter, no log entry."
    async fn a_second_sending_changes_nothing(fixture) {
        let first = report(fixture, &debian(MACHINE), 1, now()).await;
        let mut changed = debian(MACHINE);
        changed.packages = Ok(packages(&[("bash", "5.2.15-2+b8")]));
        let second = report(fixture, &changed, 2, later(60)).await;
        let before = fixture.dump().await;
        // The last one again, later; and one before it again.
        let again = sample::commit(&fixture.store, late(&changed, 2, 60, 120)).await;
        assert_eq!((again.fate, again.seq, again.next_sequence), (Fate::Duplicate, second.seq, 3));
        assert!(again.duplicate() && again.state.is_none());
        let old = sample::commit(&fixture.store, late(&debian(MACHINE), 1, 0, 120)).await;
        assert_eq!((old.fate, old.seq), (Fate::Duplicate, first.seq));
        // Both in one group with itself.
        let group = vec![late(&changed, 2, 60, 130), late(&changed, 2, 60, 130)];
        for outcome in fixture.store.reports_commit(group).await {
            assert_eq!(outcome.unwrap().fate, Fate::Duplicate);
        }
        assert_eq!(fixture.dump().await, before);
        assert!(before["hosts"].len() == 1 && before["change_log"].len() == 2, "{before:?}");
    }
}

store_test! {
    /// What was seen before what is on record never takes its place, by whatever number it comes.
    async fn an_older_look_that_was_under_way_for_long_changes_nothing(fixture) {
        report(fixture, &debian(MACHINE), 5, later(100)).await;
        let before = fixture.dump().await;
        let mut older = debian(MACHINE);
        older.packages = Ok(packages(&[("bash", "5.2.15-2")]));
        for sequence in [1, 4, 5] {
            let outcome = sample::commit(&fixture.store, late(&older, sequence, 50, 200)).await;
            assert_eq!((outcome.fate, outcome.next_sequence, outcome.seq), (Fate::OutOfOrder, 6, 1), "{sequence}");
        }
        // A clock that is an hour ahead is ahead for both.
        let mut ahead = debian("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
        let hour = 3600;
        sample::commit(&fixture.store, late(&ahead, 5, 100 + hour, 100)).await;
        ahead.packages = Ok(packages(&[("bash", "5.2.15-2")]));
        let outcome = sample::commit(&fixture.store, late(&ahead, 4, 50 + hour, 200)).await;
        assert_eq!(outcome.fate, Fate::OutOfOrder);
        let mut after = fixture.dump().await;
        for (table, rows) in &mut after {
            rows.truncate(before[table].len());
        }
        assert_eq!(after["hosts"], before["hosts"]);
    }
}

store_test! {
    /// A report with the greatest number there is, sent by mistake or by malice, in the present or dated far
    /// ahead, ends nothing: what the host says afterwards is taken.
    async fn no_number_keeps_later_reports_out(fixture) {
        use model::wire::MAX_SEQUENCE;
        for (machine, observed) in [(MACHINE, 10), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 900_000_000)] {
            let host = report(fixture, &debian(machine), 1, now()).await.host_id;
            let poison = sample::commit(&fixture.store, late(&debian(machine), MAX_SEQUENCE, observed, 10)).await;
            assert_eq!((poison.fate, poison.next_sequence), (Fate::Applied, 1));
            let mut changed = debian(machine);
            changed.packages = Ok(packages(&[("bash", "5.2.15-2+b8")]));
            let next = report(fixture, &changed, 2, later(60)).await;
            assert_eq!((next.fate, next.next_sequence), (Fate::Applied, 3));
            assert_eq!(lines(&fixture.store, host).await, [("bash".to_owned(), Role::Installed)]);
            let log = fixture.store.change_list(next.seq - 1, 1).await.unwrap();
            assert_eq!(log[0].what["renumbered"], true, "{:?}", log[0]);
            // The poison again, now that its number is a higher one once more.
            let again = sample::commit(&fixture.store, late(&debian(machine), MAX_SEQUENCE, observed, 70)).await;
            let after = report(fixture, &changed, again.next_sequence, later(80)).await;
            assert_eq!(after.fate, Fate::Applied);
            assert_eq!(lines(&fixture.store, host).await, [("bash".to_owned(), Role::Installed)]);
        }
    }
}

store_test! {
    /// An agent whose state is lost counts from one again, or sends one number for ever.
    async fn a_counter_that_began_anew_is_taken_by_its_time(fixture) {
        let host = report(fixture, &debian(MACHINE), 700, now()).await.host_id;
        let mut changed = debian(MACHINE);
        for (round, version) in (1..).zip(["1", "2", "3"]) {
            changed.packages = Ok(packages(&[("bash", version)]));
            let outcome = report(fixture, &changed, 1, later(60 * round)).await;
            assert_eq!((outcome.fate, outcome.next_sequence), (Fate::Applied, 2), "{round}");
        }
        let state = fixture.store.host_get(host).await.unwrap().unwrap();
        assert_eq!((state.sequence, state.last_seen_at), (1, later(180)));
        // The same content once more, seen later: the host lives.
        assert_eq!(report(fixture, &changed, 1, later(240)).await.fate, Fate::Applied);
    }
}

store_test! {
    /// Two machines with one machine id: a name and boot that comes back after another spoke.
    async fn machines_that_take_turns_are_noticed(fixture) {
        let mut copy = debian(MACHINE);
        copy.hostname = "web2".into();
        copy.host.as_mut().unwrap().hostname = "web2".into();
        copy.boot_id = "77777777".into();
        let state = |outcome: store::ReportOutcome| outcome.state.unwrap();
        let day = 24 * 3600;
        assert_eq!(state(report(fixture, &debian(MACHINE), 1, now()).await).alternated_at, None);
        // Renamed and restarted: that is no second machine.
        assert_eq!(state(report(fixture, &copy, 2, later(60)).await).alternated_at, None);
        assert_eq!(state(report(fixture, &copy, 3, later(90)).await).alternated_at, None);
        let back = report(fixture, &debian(MACHINE), 4, later(day)).await;
        let log = fixture.store.change_list(back.seq - 1, 1).await.unwrap();
        assert_eq!(log[0].what["possible_clones"], true);
        let back = state(back);
        assert_eq!(back.alternated_at, Some(later(day)));
        let speakers: Vec<_> = back.speakers.iter().map(|of| (of.hostname.as_str(), of.last_at)).collect();
        assert_eq!(speakers, [("web2", later(90)), ("web1", later(day))]);
        // A check-in of the other is asked for a report, which notes it.
        let asked = sample::checkin(&fixture.store, &copy, later(day + 5)).await;
        assert_eq!((asked.answer, asked.sections.as_slice()), (model::wire::Answer::Send, &[SectionName::Host][..]));
        assert_eq!(state(report(fixture, &copy, 5, later(day + 6)).await).alternated_at, Some(later(day + 6)));
        // Whoever comes back after more than a week was not heard meanwhile.
        let forgotten = state(report(fixture, &debian(MACHINE), 6, later(9 * day)).await);
        assert_eq!((forgotten.alternated_at, forgotten.speakers.len()), (None, 1));
    }
}

store_test! {
    async fn as_many_names_as_somebody_invents_fill_nothing(fixture) {
        let mut host = debian(MACHINE);
        for number in 1..=40 {
            host.boot_id = format!("boot-{number}");
            report(fixture, &host, number, later(i64::try_from(number).unwrap())).await;
        }
        assert_eq!(fixture.count("host_identities").await, 16);
    }
}

store_test! {
    async fn unavailable_never_empties(fixture) {
        let host = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let known = lines(&fixture.store, host).await;
        let mut broken = debian(MACHINE);
        broken.packages = Err("/var/lib/dpkg/status: permission denied".into());
        broken.updates = Err("no lists".into());
        let outcome = report(fixture, &broken, 2, later(60)).await;
        assert_eq!(outcome.changed, [SectionName::Packages, SectionName::Updates]);
        assert_eq!(lines(&fixture.store, host).await, known);
        let state = outcome.state.unwrap();
        assert_eq!(state.inventory.len(), 6);
        assert_eq!(state.updates.as_ref().unwrap().records.len(), 1);
        let section = state.section(SectionName::Packages).unwrap();
        assert_eq!(section.unavailable, Some(("/var/lib/dpkg/status: permission denied".into(), later(60))));
        assert_eq!((section.observed_at, section.since), (Some(now()), Some(now())));
        assert_eq!(state.section(SectionName::Host).unwrap().observed_at, Some(later(60)));
        assert_eq!(fixture.count("inventories WHERE ended_at IS NOT NULL").await, 0);
        assert_eq!(fixture.count("package_log").await, 0);
        // Still so: no news. Then back: the outage ends, what was in force goes on.
        let still = report(fixture, &broken, 3, later(120)).await;
        assert_eq!(still.changed, []);
        let back = report(fixture, &debian(MACHINE), 4, later(180)).await;
        assert_eq!(back.changed, [SectionName::Packages, SectionName::Updates]);
        assert_eq!(back.state.unwrap().section(SectionName::Packages).unwrap().unavailable, None);
        assert_eq!(fixture.count("inventories").await, 6);
        assert_eq!(fixture.count("section_outages WHERE ended_at IS NOT NULL").await, 2);
    }
}

store_test! {
    async fn a_section_that_was_never_available_is_known_as_such(fixture) {
        let mut host = debian(MACHINE);
        host.packages = Err("no package database".into());
        host.host = Err("no os-release".into());
        let state = report(fixture, &host, 1, now()).await.state.unwrap();
        assert_eq!(state.platform.to_string(), "linux:unknown");
        assert_eq!(state.inventory, []);
        let section = state.section(SectionName::Packages).unwrap();
        assert_eq!((section.hash, section.observed_at), (None, None));
        assert_eq!(section.unavailable, Some(("no package database".into(), now())));
    }
}

store_test! {
    async fn unchanged_sections_are_kept_or_asked_for(fixture) {
        let first = report(fixture, &debian(MACHINE), 1, now()).await;
        let before = first.state.unwrap();
        // Nothing changed, only hashes sent.
        let mut write = write(&debian(MACHINE), 2, later(3600));
        write.report = sample::accepted(&debian(MACHINE), 2, later(3600), Some(&[]));
        let same = sample::commit(&fixture.store, write.clone()).await;
        assert_eq!((same.wanted.as_slice(), same.changed.as_slice()), (&[][..], &[][..]));
        let state = same.state.unwrap();
        assert_eq!((&state.inventory, &state.updates, state.revision), (&before.inventory, &before.updates, 2));
        let runs = fixture.store.scan_list(first.host_id, i64::MAX, 10).await.unwrap();
        assert_eq!((runs.len(), runs[0].count, runs[0].first_at, runs[0].last_at), (1, 2, now(), later(3600)));
        // Something changed that was not sent.
        let mut other = debian(MACHINE);
        other.packages = Ok(packages(&[("bash", "5.2.15-2+b8")]));
        other.updates = Ok(model::wire::sections::Updates::default());
        write.report = sample::accepted(&other, 3, later(7200), Some(&[SectionName::Updates]));
        let partly = sample::commit(&fixture.store, write).await;
        assert_eq!(partly.wanted, [SectionName::Packages]);
        assert_eq!(partly.changed, [SectionName::Updates]);
        assert_eq!(partly.state.unwrap().inventory, before.inventory);
    }
}

store_test! {
    async fn another_kernel_runs_without_the_packages_being_sent(fixture) {
        let host = report(fixture, &debian(MACHINE), 1, now()).await.host_id;
        let mut rebooted = debian(MACHINE);
        rebooted.runtime.as_mut().unwrap().running_kernel = "6.1.0-41-amd64".into();
        let mut write = write(&rebooted, 2, later(60));
        write.report = sample::accepted(&rebooted, 2, later(60), Some(&[SectionName::Runtime]));
        let outcome = sample::commit(&fixture.store, write).await;
        assert_eq!(outcome.changed, [SectionName::Packages, SectionName::Runtime]);
        assert_eq!(outcome.wanted, []);
        let running: Vec<_> =
            lines(&fixture.store, host).await.into_iter().filter(|(_, role)| *role == Role::RunningKernel).collect();
        assert_eq!(running, [("linux-image-6.1.0-41-amd64".to_owned(), Role::RunningKernel)]);
        // The same as if everything had been sent.
        let whole = report(fixture, &rebooted, 3, later(120)).await;
        assert_eq!(whole.changed, []);
        assert_eq!(fixture.count("package_log").await, 2);
    }
}

store_test! {
    async fn another_distribution_makes_the_packages_wanted_again(fixture) {
        let mut unknown = debian(MACHINE);
        unknown.host = Err("no os-release".into());
        let host = report(fixture, &unknown, 1, now()).await.host_id;
        // In a system that says nothing of itself, "Debian" is somebody else.
        let origin = |packages: Vec<store::HostPackage>| packages[0].package.origin.clone();
        assert_eq!(origin(fixture.store.host_packages(host).await.unwrap()), Origin::Foreign("Debian".into()));
        let mut write = write(&debian(MACHINE), 2, later(60));
        write.report = sample::accepted(&debian(MACHINE), 2, later(60), Some(&[SectionName::Host]));
        let outcome = sample::commit(&fixture.store, write).await;
        assert_eq!(outcome.state.unwrap().section(SectionName::Packages).unwrap().hash, None);
        let asked = sample::checkin(&fixture.store, &debian(MACHINE), later(120)).await;
        assert_eq!(asked.sections, [SectionName::Packages]);
        report(fixture, &debian(MACHINE), 3, later(180)).await;
        assert_eq!(origin(fixture.store.host_packages(host).await.unwrap()), Origin::Distribution);
    }
}

store_test! {
    async fn what_differs_from_host_to_host_is_no_part_of_a_package(fixture) {
        let first = report(fixture, &debian(MACHINE), 1, now()).await.state.unwrap();
        let mut other = debian("fffffffffffffffffffffffffffffffe");
        let mut list = other.packages.clone().unwrap();
        list.records[0].held = true;
        list.records[0].auto = true;
        list.records[0].status = "half-configured".into();
        list.records[0].installed_at = Some(later(-86_400));
        other.packages = Ok(list);
        let second = report(fixture, &other, 1, now()).await.state.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(fixture.count("packages").await, 4);
        let line = second.inventory.iter().find(|line| line.held).unwrap();
        let plain = first.inventory.iter().find(|plain| plain.package == line.package).unwrap();
        assert_eq!((plain.held, plain.auto, &*plain.status, plain.installed_at), (false, false, "", None));
        assert_eq!((line.held, line.auto, &*line.status), (true, true, "half-configured"));
        assert_eq!(line.installed_at, Some(later(-86_400)));
        // Five bodies are shared: host, updates, repositories, runtime and history; the two sets differ.
        assert_eq!(fixture.count("section_bodies").await, 7);
    }
}

store_test! {
    async fn hosts_are_distinct_by_name_space_and_machine(fixture) {
        let mut own = write(&debian(MACHINE), 1, now());
        own.namespace = 0;
        let a = sample::commit(&fixture.store, own).await;
        let b = report(fixture, &debian(MACHINE), 1, now()).await;
        assert_ne!(a.host_id, b.host_id);
    }
}

store_test! {
    async fn a_group_takes_many_hosts_and_a_host_twice(fixture) {
        let machine = |n: u32| format!("{n:032x}");
        let mut writes: Vec<_> = (1..=20).map(|n| write(&debian(&machine(n)), 1, now())).collect();
        let mut changed = debian(&machine(3));
        changed.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
        writes.push(write(&changed, 2, later(1)));
        let outcomes: Vec<_> = fixture.store.reports_commit(writes).await.into_iter().map(Result::unwrap).collect();
        assert!(outcomes.iter().all(|outcome| outcome.fate == Fate::Applied));
        assert_eq!(outcomes[2].host_id, outcomes[20].host_id);
        let mut seqs: Vec<i64> = outcomes.iter().map(|outcome| outcome.seq).collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=21).collect::<Vec<_>>());
        assert_eq!(fixture.store.change_head().await.unwrap(), 21);
        assert_eq!(outcomes[20].state.as_ref().unwrap().inventory.len(), 7);
        let mut loaded = Vec::new();
        let done = fixture.store.hosts_load(|host| loaded.push(host)).await.unwrap();
        assert_eq!((done.hosts, done.seq), (20, 21));
        for outcome in outcomes.into_iter().filter(|outcome| outcome.seq != 3) {
            let state = outcome.state.unwrap();
            let found = loaded.iter().find(|host| host.id == state.id).unwrap();
            assert!(*found == state || found.sequence == 2, "{found:?}");
        }
        assert_eq!(fixture.store.host_list(0, 100).await.unwrap().len(), 20);
        assert_eq!(fixture.store.host_list(5, 3).await.unwrap().len(), 3);
    }
}

store_test! {
    /// The last number is answered with itself, for there is none after it that a report may carry.
    async fn numbers_end_where_the_wire_ends(fixture) {
        let last = model::wire::MAX_SEQUENCE;
        assert_eq!(report(fixture, &debian(MACHINE), last - 1, now()).await.next_sequence, last);
        assert_eq!(report(fixture, &debian(MACHINE), last, later(60)).await.next_sequence, 1, "and begin anew");
        let again = sample::commit(&fixture.store, late(&debian(MACHINE), last, 60, 120)).await;
        assert_eq!((again.fate, again.next_sequence), (Fate::Duplicate, 1));
        assert_eq!(sample::checkin(&fixture.store, &debian(MACHINE), later(180)).await.next_sequence, 1);
        for beyond in [last + 1, i64::MAX.unsigned_abs() - 1, i64::MAX.unsigned_abs(), u64::MAX] {
            let mut bad = write(&debian(MACHINE), 1, later(240));
            bad.report.sequence = beyond;
            let outcome = fixture.store.reports_commit(vec![bad]).await.remove(0);
            assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{outcome:?}");
        }
    }
}

store_test! {
    async fn one_bad_report_costs_only_itself(fixture) {
        let machine = |n: u32| format!("{n:032x}");
        let mut bad = write(&debian(&machine(2)), 1, now());
        // What the wire refuses and the engines can't number.
        bad.report.sequence = u64::MAX;
        let writes = vec![write(&debian(&machine(1)), 1, now()), bad, write(&debian(&machine(3)), 1, now())];
        let outcomes = fixture.store.reports_commit(writes).await;
        assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
        assert!(matches!(outcomes[1], Err(StoreError::Damaged { .. })), "{:?}", outcomes[1]);
        assert_eq!(fixture.count("hosts").await, 2);
    }
}

store_test! {
    async fn a_clock_that_is_wrong_moves_nothing(fixture) {
        let mut ahead = write(&debian(MACHINE), 1, now());
        ahead.report.observed_at = later(86_400 * 365);
        let state = sample::commit(&fixture.store, ahead).await.state.unwrap();
        assert_eq!((state.observed_at, state.clock_skew), (now(), 86_400 * 365 * 1_000_000));
        let mut unset = write(&debian(MACHINE), 2, later(60));
        unset.report.observed_at = "1970-01-01T00:00:10Z".parse().unwrap();
        assert_eq!(sample::commit(&fixture.store, unset).await.state.unwrap().observed_at, later(60));
        // A report that waited half an hour for its server is believed, and time never runs back.
        let mut waited = write(&debian(MACHINE), 3, later(7200));
        waited.report.observed_at = later(5400);
        assert_eq!(sample::commit(&fixture.store, waited).await.state.unwrap().observed_at, later(5400));
        let mut back = write(&debian(MACHINE), 4, later(7260));
        back.report.observed_at = later(600);
        assert_eq!(sample::commit(&fixture.store, back).await.state.unwrap().observed_at, later(5400));
    }
}

store_test! {
    async fn odd_records_are_kept_beside_the_section(fixture) {
        let mut host = debian(MACHINE);
        host.packages.as_mut().unwrap().records.push(package("zzz", "not a version"));
        let outcome = report(fixture, &host, 1, now()).await;
        let odd = &outcome.state.unwrap().odd;
        assert_eq!((odd.len(), odd[0].section), (1, SectionName::Packages));
        assert!(odd[0].record.contains("zzz"), "{odd:?}");
        // They stay while the section does.
        let mut write = write(&host, 2, later(60));
        write.report = sample::accepted(&host, 2, later(60), Some(&[]));
        assert_eq!(sample::commit(&fixture.store, write).await.state.unwrap().odd.len(), 1);
        let next = report(fixture, &debian(MACHINE), 3, later(120)).await;
        assert_eq!(next.state.unwrap().odd, []);
    }
}

store_test! {
    async fn an_upgrade_of_the_release_renames_every_package(fixture) {
        report(fixture, &debian(MACHINE), 1, now()).await;
        let mut upgraded = debian(MACHINE);
        upgraded.host.as_mut().unwrap().os =
            Os { id: "debian".into(), version_id: "13".into(), ..Os::default() };
        upgraded.runtime.as_mut().unwrap().kernels = vec![kernel("6.1.0-41-amd64", "6.1.158-1")];
        upgraded.runtime.as_mut().unwrap().running_kernel = "6.1.0-41-amd64".into();
        let state = report(fixture, &upgraded, 2, later(60)).await.state.unwrap();
        assert_eq!(state.platform.to_string(), "debian:13");
        let ids: Vec<i64> = state.inventory.iter().map(|entry| entry.package).collect();
        let packages = fixture.store.package_get(&ids).await.unwrap();
        assert!(packages.iter().all(|(_, package)| package.platform == state.platform));
        // Six lines went, six came.
        assert_eq!(fixture.count("package_log WHERE came = 0").await, 6);
        assert_eq!(fixture.count("package_log WHERE came = 1").await, 6);
    }
}
