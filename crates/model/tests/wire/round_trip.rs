//! What is written is what is read.

use crate::sample;
use model::wire::{
    Incoming, Limits, SectionHash, SectionName, SectionState, canonical_json, read_report, write_report,
};

#[test]
fn every_field_arrives() {
    let body = serde_json::to_vec(&sample::report()).unwrap();
    let accepted = read_report(&body, &Limits::default()).unwrap();
    let collected = sample::collected();
    assert_eq!(accepted.agent, sample::agent());
    assert_eq!(accepted.machine_id, collected.machine_id);
    assert_eq!(accepted.boot_id, collected.boot_id);
    assert_eq!(accepted.hostname, "web1");
    assert_eq!(accepted.sequence, 7);
    assert_eq!(accepted.observed_at, sample::at("2026-11-22T06:30:00Z"));
    assert_eq!((&*accepted.tag, &*accepted.site, &*accepted.env), ("web", "Brno", "production"));
    assert_eq!(accepted.heartbeat, collected.heartbeat);
    assert_eq!(accepted.host.data(), Some(&sample::host()));
    assert_eq!(accepted.runtime.data(), Some(&sample::runtime()));
    assert_eq!(accepted.history.data(), Some(&sample::history()));

    // What the sender skipped moves to the odd records; the rest is as it was.
    let without_skipped = model::wire::sections::Packages { skipped: Vec::new(), ..sample::packages() };
    assert_eq!(accepted.packages.data(), Some(&without_skipped));
    let without_skipped = model::wire::sections::Updates { skipped: Vec::new(), ..sample::updates() };
    assert_eq!(accepted.updates.data(), Some(&without_skipped));
    let without_skipped = model::wire::sections::Repositories { skipped: Vec::new(), ..sample::repositories() };
    assert_eq!(accepted.repositories.data(), Some(&without_skipped));
    let odd: Vec<_> = accepted.odd.iter().map(|odd| (odd.section, odd.record.as_str())).collect();
    assert_eq!(
        odd,
        [
            (SectionName::Packages, "/var/lib/dpkg/status line 812"),
            (SectionName::Updates, "preferences.d/99local line 3"),
            (SectionName::Repositories, "sources.list line 9"),
        ]
    );
    assert!(!accepted.odd[0].why.contains(char::is_control), "shown escaped: {}", accepted.odd[0].why);
}

/// The record of a section is the bytes as they were sent, which is what the hash covers.
#[test]
fn canonical_bytes_are_kept_as_sent() {
    let body = serde_json::to_vec(&sample::report()).unwrap();
    let accepted = read_report(&body, &Limits::default()).unwrap();
    let Incoming::Present { hash, canonical, .. } = accepted.packages else { panic!("packages were sent") };
    assert_eq!(canonical.as_bytes(), canonical_json(&sample::packages()).unwrap());
    assert_eq!(hash, SectionHash::of(canonical.as_bytes()));
}

#[test]
fn sections_that_are_not_wanted_are_unchanged() {
    let mut collected = sample::collected();
    collected.updates = Err("apt's lists are not readable".to_owned());
    let wanted = [SectionName::Packages, SectionName::Updates];
    let report =
        write_report(&collected, sample::agent(), 8, sample::at("2026-11-22T07:30:00Z"), Some(&wanted)).unwrap();
    assert_eq!(report.sections.host.state, SectionState::Unchanged);
    assert!(report.sections.host.data.is_none());

    let accepted = read_report(&serde_json::to_vec(&report).unwrap(), &Limits::default()).unwrap();
    let hash = SectionHash::of(&canonical_json(&sample::host()).unwrap());
    assert_eq!(accepted.host, Incoming::Unchanged { hash });
    assert!(accepted.packages.data().is_some());
    assert_eq!(accepted.updates, Incoming::Unavailable { reason: "apt's lists are not readable".to_owned() });
}

/// A later agent may say more; what this reader does not know is kept and hashed, and not read.
#[test]
fn unknown_fields_are_ignored_and_hashed_as_sent() {
    let mut tree = sample::tree();
    tree["colour"] = "green".into();
    tree["sections"]["devices"] = serde_json::json!({"state": "present"});
    tree["sections"]["host"]["data"]["zone"] = serde_json::json!({"rack": [1, 2.5, null]});
    tree["sections"]["packages"]["data"]["records"][0]["licence"] = "MIT".into();
    tree["heartbeat"]["temperature"] = 41.5.into();
    let accepted = read_report(&sample::body(tree), &Limits::default()).unwrap();
    assert_eq!(accepted.host.data(), Some(&sample::host()));
    let Incoming::Present { hash, canonical, .. } = accepted.host else { panic!("the host was sent") };
    assert!(canonical.contains("rack"));
    assert_eq!(hash, SectionHash::of(canonical.as_bytes()));
}

/// White space around the sections is free, as a proxy may re-indent it; within `data` it is not.
#[test]
fn white_space_outside_of_data_is_free() {
    let compact = String::from_utf8(sample::body(sample::tree())).unwrap();
    let spaced = compact.replacen("\"format\":1", " \"format\" :\n 1\t", 1);
    assert_ne!(spaced, compact);
    assert!(read_report(spaced.as_bytes(), &Limits::default()).is_ok());

    let spaced = compact.replacen("\"manager\":\"dpkg\"", "\"manager\": \"dpkg\"", 1);
    assert_ne!(spaced, compact);
    let invalid = read_report(spaced.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(invalid.field, "sections.packages.hash");
}

/// A host without os-release, or with one that nobody knows, is a host all the same.
#[test]
fn unknown_systems_are_accepted() {
    let body = sample::with("/sections/host/data/os", serde_json::json!({"id": "templeos", "version_id": "5.03"}));
    let accepted = read_report(&body, &Limits::default()).unwrap();
    let platform = model::Platform::of_os(&accepted.host.data().unwrap().os);
    assert_eq!(platform.to_string(), "templeos:5.03");

    let body = sample::with("/sections/packages/data/manager", "slackpkg");
    let accepted = read_report(&body, &Limits::default()).unwrap();
    assert_eq!(accepted.packages.data().unwrap().records.len(), 2);
}
