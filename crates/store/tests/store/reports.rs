//! Taking reports.

use crate::fixture::{later, now, store_test};
use crate::sample::{self, MACHINE, debian, kernel, package, packages, report, write};
use model::wire::SectionName;
use model::wire::sections::{Os, Repositories};
use model::{Origin, Role};
use store::{Fate, StoreError};

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

store_test! {
    /// "Sent twice, the second changes no row, no counter, no log entry."
    async fn a_second_sending_changes_nothing(fixture) {
        let first = report(fixture, &debian(MACHINE), 1, now()).await;
        let mut changed = debian(MACHINE);
        changed.packages = Ok(packages(&[("bash", "5.2.15-2+b8")]));
        let second = report(fixture, &changed, 2, later(60)).await;
        let before = fixture.dump().await;
        // The last one again, later; and one before it again.
        let again = report(fixture, &changed, 2, later(120)).await;
        assert_eq!((again.fate, again.seq, again.next_sequence), (Fate::Duplicate, second.seq, 3));
        assert!(again.duplicate() && again.state.is_none());
        let old = report(fixture, &debian(MACHINE), 1, later(120)).await;
        assert_eq!((old.fate, old.seq), (Fate::Duplicate, first.seq));
        // Both in one group with itself.
        let group = vec![write(&changed, 2, later(130)), write(&changed, 2, later(130))];
        for outcome in fixture.store.reports_commit(group).await {
            assert_eq!(outcome.unwrap().fate, Fate::Duplicate);
        }
        assert_eq!(fixture.dump().await, before);
        assert!(before["hosts"].len() == 1 && before["change_log"].len() == 2, "{before:?}");
    }
}

store_test! {
    async fn a_number_that_was_never_taken_is_out_of_order(fixture) {
        report(fixture, &debian(MACHINE), 5, now()).await;
        let before = fixture.dump().await;
        let late = report(fixture, &debian(MACHINE), 4, later(5)).await;
        assert_eq!((late.fate, late.next_sequence, late.seq), (Fate::OutOfOrder, 6, 1));
        // Another boot that begins to count anew is told where to go on.
        let mut rebooted = debian(MACHINE);
        rebooted.boot_id = "ffffffff".into();
        let anew = report(fixture, &rebooted, 5, later(6)).await;
        assert_eq!((anew.fate, anew.next_sequence), (Fate::OutOfOrder, 6));
        assert_eq!(fixture.dump().await, before);
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
        let mut other = debian("ffffffffffffffffffffffffffffffff");
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
        assert_eq!(report(fixture, &debian(MACHINE), last, later(60)).await.next_sequence, last);
        let again = report(fixture, &debian(MACHINE), last, later(120)).await;
        assert_eq!((again.fate, again.next_sequence), (Fate::Duplicate, last));
        assert_eq!(sample::checkin(&fixture.store, &debian(MACHINE), later(180)).await.next_sequence, last);
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
