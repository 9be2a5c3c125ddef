//! Check-ins.

use crate::sample;
use model::wire::{
    Answer, CheckIn, CheckInAnswer, Digest, FORMAT, Labels, Limits, SectionHash, SectionName, canonical_json,
    write_report,
};
use serde_json::{Value, json};

fn checkin() -> CheckIn {
    let collected = sample::collected();
    CheckIn {
        format: FORMAT,
        agent: sample::agent(),
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at: sample::at("2026-11-22T06:30:00Z"),
        sections: collected.digests().unwrap(),
        labels: Some(Labels { tag: "web".to_owned(), site: "Brno".to_owned(), env: String::new() }),
        heartbeat: collected.heartbeat,
    }
}

fn read(tree: &Value) -> Result<CheckIn, model::wire::Invalid> {
    CheckIn::read(tree.to_string().as_bytes(), &Limits::default())
}

#[test]
fn what_is_written_is_read() {
    let body = serde_json::to_vec(&checkin()).unwrap();
    assert_eq!(CheckIn::read(&body, &Limits::default()).unwrap(), checkin());
}

/// The hashes of a check-in are those of the report that would follow.
#[test]
fn digests_equal_the_report() {
    let mut collected = sample::collected();
    collected.history = Err("no log is readable".to_owned());
    let digests = collected.digests().unwrap();
    let report = write_report(&collected, sample::agent(), 1, sample::at("2026-11-22T06:30:00Z"), None).unwrap();
    assert_eq!(digests.packages, Digest::Present { hash: report.sections.packages.hash.unwrap() });
    assert_eq!(
        digests.packages,
        Digest::Present { hash: SectionHash::of(&canonical_json(&sample::packages()).unwrap()) }
    );
    assert_eq!(digests.history, Digest::Unavailable { reason: "no log is readable".to_owned() });
    let names: Vec<_> = digests.iter().map(|(name, _)| name).collect();
    assert_eq!(names, SectionName::ALL);
}

#[test]
fn bad_input_names_the_field() {
    let good = serde_json::to_value(checkin()).unwrap();
    assert!(read(&good).is_ok());
    for (pointer, value, field, why) in [
        ("/format", json!(9), "format", "it reads 1"),
        ("/machine_id", json!("x"), "machine_id", "32 lower case hexadecimal digits"),
        ("/hostname", json!("<b>"), "hostname", "'<'"),
        ("/observed_at", json!(0), "observed_at", "expected"),
        ("/sections", json!({}), "sections.host", "missing field"),
        ("/sections/host", json!({"state": "present"}), "sections.host.hash", "missing field"),
        ("/sections/host", json!({"state": "unchanged"}), "sections.host.state", "unknown variant `unchanged`"),
        (
            "/sections/host",
            json!({"state": "present", "hash": "AB"}),
            "sections.host.hash",
            "64 lower case hexadecimal digits",
        ),
        (
            "/sections/host",
            json!({"state": "unavailable", "reason": "x".repeat(40_000)}),
            "sections.host.reason",
            "longer than 32768 bytes",
        ),
        ("/sections/host", json!(["present", "00"]), "sections.host", "invalid type: sequence"),
        ("/labels", json!(["web", "Brno"]), "labels", "invalid type: sequence"),
        ("/labels/tag", json!("we\u{200b}b"), "labels.tag", "invisible character \\u{200b}"),
        ("/labels/site", json!("a\nb"), "labels.site", "control character"),
        ("/observed_at", json!("3000-01-01T00:00:00Z"), "observed_at", "outside of the years 1970 to 2999"),
        ("/heartbeat/disks/0/mount", json!("\u{1}"), "heartbeat.disks[0].mount", "control character"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let invalid = read(&bad).unwrap_err();
        assert_eq!(invalid.field, field, "{pointer}: {invalid}");
        assert!(invalid.why.contains(why), "{pointer}: {invalid}");
    }
}

/// Absent labels are not compared; labels that are all empty are.
#[test]
fn labels_are_there_or_not() {
    let mut tree = serde_json::to_value(checkin()).unwrap();
    assert_eq!(read(&tree).unwrap().labels.unwrap().site, "Brno");
    tree["labels"] = json!({});
    assert_eq!(read(&tree).unwrap().labels, Some(Labels::default()));
    tree.as_object_mut().unwrap().remove("labels");
    assert_eq!(read(&tree).unwrap().labels, None);
}

#[test]
fn answers_have_one_spelling() {
    let answer = CheckInAnswer {
        answer: Answer::ReportNow,
        sections: vec![SectionName::Packages],
        next_sequence: 8,
        interval_seconds: 3600,
    };
    let text = r#"{"answer":"report_now","sections":["packages"],"next_sequence":8,"interval_seconds":3600}"#;
    assert_eq!(serde_json::to_string(&answer).unwrap(), text);
    assert_eq!(serde_json::from_str::<CheckInAnswer>(text).unwrap(), answer);
    // An older server may leave the list out.
    let short = r#"{"answer":"known","next_sequence":8,"interval_seconds":3600,"later":true}"#;
    assert_eq!(serde_json::from_str::<CheckInAnswer>(short).unwrap().answer, Answer::Known);
}
