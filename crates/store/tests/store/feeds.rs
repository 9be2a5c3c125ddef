//! Feeds: documents, generations, advisories in time.

use crate::fixture::{Fixture, at, later, now, store_test};
use jiff::Timestamp;
use model::{Advisory, Fact, FactStatus, Severity, Subject};
use store::{
    Cause, FeedDocument, GenerationOutcome, Loss, Named, Remains, Signature, SkippedRecord, SkippedRecords, StoreError,
};

fn fact(platform: &str, package: &str, cve: &str, fixed: &str) -> Fact {
    Fact {
        platform: platform.parse().unwrap(),
        subject: Subject::Source(package.into()),
        cve: cve.into(),
        status: FactStatus::Fixed(fixed.into()),
        words: String::new(),
        severity: Severity::High,
        arches: Vec::new(),
        channel: String::new(),
        module: String::new(),
    }
}

fn advisory(id: &str, facts: Vec<Fact>) -> Advisory {
    Advisory {
        id: id.into(),
        title: format!("about {id}"),
        published: None,
        kind: model::AdvisoryKind::Security,
        updated: None,
        withdrawn: false,
        cves: facts.iter().map(|fact| fact.cve.clone()).collect(),
        facts,
        references: Vec::new(),
    }
}

/// Advisory `n` speaks of package `p{n}` in debian:12, and every third one of debian:11 too.
fn numbered(n: u32, fixed: &str) -> Advisory {
    let (package, cve) = (format!("p{n}"), format!("CVE-2026-{n:05}"));
    let mut facts = vec![fact("debian:12", &package, &cve, fixed)];
    if n.is_multiple_of(3) {
        facts.insert(0, fact("debian:11", &package, &cve, fixed));
    }
    advisory(&format!("DSA-{n}-1"), facts)
}

async fn publish(fixture: &Fixture, feed: &str, advisories: &[Advisory], now: Timestamp) -> GenerationOutcome {
    let mut generation = fixture.store.feed_generation_begin(feed, now).await.unwrap();
    fixture.store.feed_generation_write(&mut generation, advisories).await.unwrap();
    fixture.store.feed_generation_publish(generation, None, &SkippedRecords::default(), now).await.unwrap()
}

async fn in_force(fixture: &Fixture, platform: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let platform = platform.map(|platform| platform.parse().unwrap());
    let each = |stored: store::StoredAdvisory| found.push(stored.advisory.id);
    let count = fixture.store.advisories_load(platform.as_ref(), each).await.unwrap();
    assert_eq!(count, found.len() as u64);
    found.sort();
    found
}

store_test! {
    async fn nothing_is_seen_before_it_is_published(fixture) {
        let all: Vec<Advisory> = (1..=900).map(|n| numbered(n, "1.0")).collect();
        let mut generation = fixture.store.feed_generation_begin("debian-dsa", now()).await.unwrap();
        fixture.store.feed_generation_write(&mut generation, &all).await.unwrap();
        assert_eq!(in_force(fixture, None).await, Vec::<String>::new());
        assert_eq!(fixture.store.feed_list().await.unwrap()[0].generation, 0);
        assert_eq!(fixture.store.change_head().await.unwrap(), 0);
        let skipped = SkippedRecord { document: "list".into(), record: "DSA-x".into(), why: "no number".into() };
        let as_of = at("2026-11-21T00:00:00Z");
        let mut records = SkippedRecords::default();
        records.push(skipped.clone(), Some(Named { platform: "debian:12", cves: &["CVE-1".into()], packages: &["a".into(), "b".into()], anything: false }));
        let outcome = fixture
            .store
            .feed_generation_publish(generation, Some(as_of), &records, later(10))
            .await
            .unwrap();
        assert_eq!((outcome.records, outcome.added, outcome.changed, outcome.removed, outcome.skipped), (900, 900, 0, 0, 1));
        assert_eq!((outcome.seq, outcome.touched.len()), (1, 900));
        assert_eq!(in_force(fixture, None).await.len(), 900);
        assert_eq!(in_force(fixture, Some("debian:11")).await.len(), 300);
        assert_eq!(in_force(fixture, Some("debian:10")).await.len(), 0);
        let feed = fixture.store.feed_list().await.unwrap().remove(0);
        assert_eq!((feed.id.as_str(), feed.generation, feed.records, feed.skipped), ("debian-dsa", outcome.generation, 900, 1));
        assert_eq!((feed.published_at, feed.as_of, feed.error), (Some(later(10)), Some(as_of), None));
        assert_eq!(fixture.store.feed_skipped("debian-dsa", 10).await.unwrap(), [skipped]);
        let loss = |package: &str| Loss {
            document: "list".into(),
            platform: "debian:12".into(),
            cve: "CVE-1".into(),
            package: package.into(),
            record: "DSA-x".into(),
            why: "no number".into(),
        };
        assert_eq!(fixture.store.feed_losses("debian-dsa").await.unwrap(), [loss("a"), loss("b")]);
        assert_eq!((feed.lost, feed.lost_kept), (1, 1));
        let change = fixture.store.change_list(0, 10).await.unwrap().remove(0);
        assert_eq!((change.seq, change.cause, &change.what["changed"]), (1, Cause::Feed, &serde_json::json!(900)));
        assert_eq!(fixture.store.advisory_get("debian-dsa", "DSA-7-1").await.unwrap(), Some(all[6].clone()));
        assert_eq!(fixture.store.advisory_get("debian-dsa", "DSA-0-1").await.unwrap(), None);
    }
}

store_test! {
    async fn what_is_kept_is_not_written_again(fixture) {
        let all: Vec<Advisory> = (1..=20).map(|n| numbered(n, "1.0")).collect();
        publish(fixture, "dsa", &all, now()).await;
        // 1 to 5 were of a document that is read again: 1 is gone from it, 2 says something else, 21 is new.
        let keys = (1..=5).map(|n| format!("DSA-{n}-1")).collect();
        let mut generation = fixture.store.feed_generation_begin("dsa", later(1)).await.unwrap();
        generation.keep_others(&keys);
        let next = [numbered(2, "2.0"), numbered(3, "1.0"), numbered(4, "1.0"), numbered(5, "1.0"), numbered(21, "1.0")];
        fixture.store.feed_generation_write(&mut generation, &next).await.unwrap();
        let remains = generation.remains();
        assert_eq!((generation.is_shared(1), generation.meets_kept()), (false, false));
        assert_eq!((remains.records, remains.gone), (20, 1));
        let outcome = fixture.store.feed_generation_publish(generation, None, &SkippedRecords::default(), later(1)).await.unwrap();
        assert_eq!((outcome.records, outcome.added, outcome.changed, outcome.removed), (20, 1, 1, 1));
        assert_eq!(in_force(fixture, None).await.len(), 20);
        // One that stands in a kept document as well is told.
        let mut generation = fixture.store.feed_generation_begin("dsa", later(2)).await.unwrap();
        generation.keep_others(&std::collections::HashSet::new());
        fixture.store.feed_generation_write(&mut generation, &[numbered(7, "2.0")]).await.unwrap();
        assert_eq!((generation.is_shared(1), generation.meets_kept()), (true, true));
        let outcome = fixture.store.feed_generation_publish(generation, None, &SkippedRecords::default(), later(2)).await.unwrap();
        assert_eq!((outcome.records, outcome.changed), (20, 0), "the kept one counts");
    }
}

store_test! {
    async fn what_records_have_lost_is_counted(fixture) {
        let all: Vec<Advisory> = (1..=3).map(|n| numbered(n, "1.0")).collect();
        publish(fixture, "dsa", &all, now()).await;
        let facts: u64 = all.iter().map(|one| one.facts.len() as u64).sum();
        let platform = all[0].facts[0].platform.to_string();
        assert_eq!(fixture.store.advisory_platforms("dsa").await.unwrap().get(&platform), Some(&3));
        assert_eq!(fixture.store.advisory_platforms("other").await.unwrap().len(), 0);
        // 1 stays, 2 has lost what it said, 3 is gone, 4 is new.
        let next = [all[0].clone(), Advisory { facts: Vec::new(), ..all[1].clone() }, numbered(4, "1.0")];
        let mut generation = fixture.store.feed_generation_begin("dsa", later(1)).await.unwrap();
        fixture.store.feed_generation_write(&mut generation, &next).await.unwrap();
        let lost = (all[1].facts.len() + all[2].facts.len()) as u64;
        let wanted = Remains { records: 3, gone: 1, emptied: 1, facts, facts_lost: lost };
        assert_eq!(generation.remains(), wanted);
        // What is being written is not in force yet.
        assert_eq!(fixture.store.advisory_platforms("dsa").await.unwrap().get(&platform), Some(&3));
    }
}

store_test! {
    async fn only_differences_are_written_and_named(fixture) {
        publish(fixture, "dsa", &(1..=50).map(|n| numbered(n, "1.0")).collect::<Vec<_>>(), now()).await;
        // 1 is gone, 2 says something else, 51 is new; what 2 said before counts as touched too.
        let mut next: Vec<Advisory> = (2..=51).map(|n| numbered(n, "1.0")).collect();
        next[0].facts = vec![fact("debian:12", "renamed", "CVE-2026-00002", "2.0")];
        let outcome = publish(fixture, "dsa", &next, later(10)).await;
        assert_eq!((outcome.records, outcome.added, outcome.changed, outcome.removed), (50, 1, 1, 1));
        assert_eq!(outcome.touched, ["p1", "p2", "p51", "renamed"]);
        assert_eq!(fixture.count("advisory_versions").await, 52);
        assert!(!in_force(fixture, None).await.contains(&"DSA-1-1".to_owned()));
        assert_eq!(fixture.store.advisory_get("dsa", "DSA-2-1").await.unwrap(), Some(next[0].clone()));
        // The same again changes nothing but the age.
        let same = publish(fixture, "dsa", &next, later(20)).await;
        assert_eq!((same.records, same.added, same.changed, same.removed, same.touched.len()), (50, 0, 0, 0, 0));
        assert_eq!(fixture.count("advisory_versions").await, 52);
        // What was gone comes back under its number.
        next.push(numbered(1, "1.0"));
        let back = publish(fixture, "dsa", &next, later(30)).await;
        assert_eq!((back.added, back.records), (1, 51));
        assert_eq!(fixture.count("advisories").await, 51);
    }
}

store_test! {
    async fn the_past_is_what_was_published_by_then(fixture) {
        let known = async |seconds: i64| {
            let mut found = Vec::new();
            let each = |stored: store::StoredAdvisory| {
                let FactStatus::Fixed(version) = &stored.advisory.facts[0].status else { panic!() };
                found.push(format!("{} {version}", stored.advisory.id));
            };
            fixture.store.advisories_load_at(None, later(seconds), each).await.unwrap();
            found.sort();
            found
        };
        publish(fixture, "dsa", &[numbered(1, "1.0"), numbered(2, "1.0")], later(10)).await;
        publish(fixture, "dsa", &[numbered(1, "1.1")], later(20)).await;
        publish(fixture, "other", &[numbered(5, "5.0")], later(25)).await;
        publish(fixture, "dsa", &[numbered(1, "1.1"), numbered(2, "1.0")], later(30)).await;
        assert_eq!(known(9).await, Vec::<String>::new());
        assert_eq!(known(10).await, ["DSA-1-1 1.0", "DSA-2-1 1.0"]);
        assert_eq!(known(24).await, ["DSA-1-1 1.1"]);
        assert_eq!(known(29).await, ["DSA-1-1 1.1", "DSA-5-1 5.0"]);
        assert_eq!(known(30).await, ["DSA-1-1 1.1", "DSA-2-1 1.0", "DSA-5-1 5.0"]);
    }
}

store_test! {
    async fn an_attempt_that_was_given_up_leaves_nothing(fixture) {
        let first: Vec<Advisory> = (1..=10).map(|n| numbered(n, "1.0")).collect();
        publish(fixture, "dsa", &first, now()).await;
        let before = fixture.dump().await;
        // Died before publishing: half of it written, of what was there a part replaced.
        let mut lost = fixture.store.feed_generation_begin("dsa", later(5)).await.unwrap();
        fixture.store.feed_generation_write(&mut lost, &[numbered(1, "9.9"), numbered(99, "9.9")]).await.unwrap();
        assert_eq!(in_force(fixture, None).await.len(), 10);
        // The next attempt clears it away, and what was lost can't be published any more.
        let next = fixture.store.feed_generation_begin("dsa", later(10)).await.unwrap();
        let late = fixture.store.feed_generation_publish(lost, None, &SkippedRecords::default(), later(11)).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
        drop(next);
        let mut again = fixture.store.feed_generation_begin("dsa", later(20)).await.unwrap();
        fixture.store.feed_generation_write(&mut again, &first).await.unwrap();
        let mut after = fixture.dump().await;
        for table in ["advisory_versions", "advisory_platforms", "feeds", "change_log"] {
            assert_eq!(after.remove(table), before.get(table).cloned(), "{table}");
        }
        assert_eq!(fixture.count("feed_generations").await, 2);
    }
}

store_test! {
    async fn a_key_that_comes_twice_counts_the_last_time(fixture) {
        let twice = [numbered(3, "1.0"), numbered(4, "1.0"), numbered(3, "2.0")];
        assert_eq!(publish(fixture, "dsa", &twice, now()).await.records, 2);
        assert_eq!(fixture.store.advisory_get("dsa", "DSA-3-1").await.unwrap(), Some(numbered(3, "2.0")));
        // Also when the second time is in another slice.
        let mut generation = fixture.store.feed_generation_begin("dsa", later(5)).await.unwrap();
        for version in ["3.0", "3.0", "4.0"] {
            fixture.store.feed_generation_write(&mut generation, &[numbered(3, version)]).await.unwrap();
        }
        let outcome = fixture.store.feed_generation_publish(generation, None, &SkippedRecords::default(), later(5)).await.unwrap();
        assert_eq!((outcome.changed, outcome.removed, outcome.records), (1, 1, 1));
        assert_eq!(fixture.store.advisory_get("dsa", "DSA-3-1").await.unwrap(), Some(numbered(3, "4.0")));
        assert_eq!(in_force(fixture, Some("debian:11")).await, ["DSA-3-1"]);
    }
}

store_test! {
    async fn documents_and_attempts_are_on_record(fixture) {
        let mut document = FeedDocument {
            alone: Some(true),
            lost: 3,
            lost_kept: 2,
            name: "list".into(),
            url: "https://security-tracker.debian.org/tracker/data/json".into(),
            etag: Some("\"abc\"".into()),
            last_modified: Some("Sat, 21 Nov 2026 00:00:00 GMT".into()),
            sha256: Some([7; 32]),
            fetched_at: Some(now()),
            checked_at: Some(now()),
            as_of: None,
            bytes: Some(70_000_000),
            path: Some("feeds/debian-tracker/abc.json.zst".into()),
            parser: 3,
            records: 60_000,
            skipped: 1,
            error: None,
            signature: Signature::NotChecked,
            file_sha256: Some([9; 32]),
            dated: "inside".into(),
        };
        for signature in [
            Signature::Verified { fingerprint: "77E79ABE93673533ED09EBE2DCE3823597F5EAC4".into(), signed_at: now() },
            Signature::UnknownKey { issuer: "DCE3823597F5EAC4".into() },
            Signature::NotSigned,
            Signature::NotChecked,
        ] {
            document.signature = signature;
            fixture.store.feed_document_set("tracker", &document).await.unwrap();
            assert_eq!(fixture.store.feed_documents("tracker").await.unwrap(), [document.clone()]);
        }
        document.checked_at = Some(later(60));
        document.error = Some("timeout".into());
        fixture.store.feed_document_set("tracker", &document).await.unwrap();
        assert_eq!(fixture.store.feed_documents("tracker").await.unwrap(), [document.clone()]);
        let other = FeedDocument { url: "file:json".into(), ..document.clone() };
        fixture.store.feed_document_set("tracker", &other).await.unwrap();
        let gone = fixture.store.feed_documents_retain("tracker", &[document.url.as_str()]).await.unwrap();
        assert_eq!((gone, fixture.store.feed_documents("tracker").await.unwrap()), (vec![other], vec![document]));
        assert_eq!(fixture.store.feed_documents("dsa").await.unwrap(), []);
        // Nothing was published: there is nothing whose age could be renewed.
        let unchanged = fixture.store.feed_unchanged("tracker", None, now()).await;
        assert!(matches!(unchanged, Err(StoreError::Missing(_))));
        publish(fixture, "tracker", &[numbered(1, "1")], now()).await;
        fixture.store.feed_failed("tracker", "certificate expired", later(60)).await.unwrap();
        let feed = fixture.store.feed_list().await.unwrap().remove(0);
        assert_eq!((feed.error.as_deref(), feed.as_of), (Some("certificate expired"), Some(now())));
        assert_eq!((feed.checked_at, feed.records), (Some(later(60)), 1));
        fixture.store.feed_unchanged("tracker", Some(later(100)), later(120)).await.unwrap();
        let feed = fixture.store.feed_list().await.unwrap().remove(0);
        assert_eq!((feed.error, feed.as_of, feed.checked_at), (None, Some(later(100)), Some(later(120))));
    }
}

fn cve(id: &str, title: &str) -> model::CveRecord {
    model::CveRecord { id: id.into(), title: title.into(), ..model::CveRecord::default() }
}

store_test! {
    /// Of CVEs themselves only what is in force is kept; an attempt that was given up leaves it as it was.
    async fn records_of_cves_follow_their_feed(fixture) {
        let store = &fixture.store;
        let none = SkippedRecords::default();
        let titles = async |id: &str| -> Vec<String> {
            store.cve_records(id).await.unwrap().into_iter().map(|stored| format!("{} {}", stored.feed, stored.record.title)).collect()
        };
        let mut first = store.feed_generation_begin("nvd", now()).await.unwrap();
        let long = "x".repeat(1000);
        let records: Vec<_> = (0..1500).map(|n| cve(&format!("CVE-2026-{n:05}"), "old")).collect();
        store.feed_generation_write_cves(&mut first, &records).await.unwrap();
        store.feed_generation_write_cves(&mut first, &[cve("CVE-2026-00001", "first"), cve("CVE-2026-00001", &long)]).await.unwrap();
        assert_eq!(titles("CVE-2026-00000").await, [""; 0], "nothing is seen before it is published");
        let outcome = store.feed_generation_publish(first, None, &none, now()).await.unwrap();
        assert_eq!((outcome.records, outcome.added, outcome.changed, outcome.removed), (1500, 1500, 0, 0));
        assert_eq!(titles("CVE-2026-00001").await, [format!("nvd {long}")], "the later of two counts");

        let mut given_up = store.feed_generation_begin("nvd", later(5)).await.unwrap();
        store.feed_generation_write_cves(&mut given_up, &[cve("CVE-2026-00000", "never")]).await.unwrap();
        let mut next = store.feed_generation_begin("nvd", later(10)).await.unwrap();
        assert_eq!(titles("CVE-2026-00000").await, ["nvd old"]);
        // One is gone, one changed, one new.
        let mut records: Vec<_> = records[1..].to_vec();
        records[0] = cve("CVE-2026-00001", "changed");
        records.push(cve("CVE-2026-09999", "new"));
        store.feed_generation_write_cves(&mut next, &records).await.unwrap();
        let outcome = store.feed_generation_publish(next, None, &none, later(20)).await.unwrap();
        assert_eq!((outcome.records, outcome.added, outcome.changed, outcome.removed), (1500, 1, 1, 1));
        assert_eq!(titles("CVE-2026-00000").await, [""; 0]);
        assert_eq!(titles("CVE-2026-00001").await, ["nvd changed"]);
        let mut all = std::collections::BTreeMap::new();
        let loaded = store.cves_load(|stored| _ = all.insert(stored.record.id, (stored.feed, stored.record.title))).await.unwrap();
        assert_eq!((loaded, all.len()), (1500, 1500), "each once, in whatever parts");
        assert_eq!(all["CVE-2026-00001"], ("nvd".to_owned(), "changed".to_owned()));
        assert!(!all.contains_key("CVE-2026-00000"));
        assert_eq!(fixture.count("cve_records").await, 1500, "no past is kept");

        let mut other = store.feed_generation_begin("cve-records", later(30)).await.unwrap();
        store.feed_generation_write_cves(&mut other, &[cve("CVE-2026-00001", "theirs")]).await.unwrap();
        store.feed_generation_publish(other, None, &none, later(30)).await.unwrap();
        assert_eq!(titles("CVE-2026-00001").await, ["cve-records theirs", "nvd changed"]);
    }
}
