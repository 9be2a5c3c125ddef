//! The tracker's document, genuine samples and damaged ones, against counts taken by jq.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{member, parse};
use feeds::{Document, Feed, Sink, Skipped, Stop, Unreadable};
use model::{Advisory, Fact, FactStatus, Severity};
use std::io::{BufReader, Read};

const SAMPLES: [(&str, &str, usize, usize); 2] = [
    // Records: `jq '[.[]|length]|add'`; releases: `jq '[.[][].releases|length]|add'`.
    ("debian/samples-vunnel-debian.tar.zst", "test-fixtures/input/debian.json", 7, 25),
    ("debian/samples-vuls-data-update.tar.zst", "api/testdata/fixtures/advisory.json", 4, 8),
];

fn fact<'a>(advisories: &'a [Advisory], id: &str, release: &str) -> &'a Fact {
    let advisory = advisories.iter().find(|advisory| advisory.id == id).unwrap_or_else(|| panic!("no {id}"));
    advisory.facts.iter().find(|fact| fact.platform.release() == release).unwrap_or_else(|| panic!("{id} {release}"))
}

#[test]
fn every_record_and_release_is_understood() {
    for (bundle, path, records, releases) in SAMPLES {
        let (collected, outcome) = parse("debian-tracker", &member(bundle, path));
        assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()), "{path}");
        assert_eq!(collected.advisories.len(), records, "{path}");
        assert_eq!(collected.advisories.iter().map(|advisory| advisory.facts.len()).sum::<usize>(), releases, "{path}");
    }
}

/// Rows of the samples, read by eye.
#[test]
fn records_say_what_the_tracker_says() {
    let (vunnel, _) = parse("debian-tracker", &member(SAMPLES[0].0, SAMPLES[0].1));
    let of = |id: &str, release: &str| fact(&vunnel.advisories, id, release);
    let chromium = of("CVE-2022-0456 chromium", "11");
    assert_eq!(chromium.status, FactStatus::Fixed("98.0.4758.80-1~deb11u1".into()));
    assert_eq!((chromium.severity, chromium.words.as_str()), (Severity::Unknown, ""));
    let dead = of("CVE-2022-0456 chromium", "10");
    assert_eq!((&dead.status, dead.words.as_str()), (&FactStatus::WillNotFix, "end-of-life"));
    let prototype = of("CVE-2007-2383 prototypejs", "sid");
    assert_eq!((&prototype.status, prototype.severity), (&FactStatus::NotAffected, Severity::Negligible));
    // Two stars mark an urgency that was assigned by machine.
    assert_eq!(of("CVE-2008-7220 prototypejs", "10").severity, Severity::High);
    // `"releases": []`: known, and nothing said of any release.
    let silent = vunnel.advisories.iter().find(|advisory| advisory.id == "CVE-2022-0358 chromium-browser").unwrap();
    assert_eq!(silent.facts, []);

    let (vuls, _) = parse("debian-tracker", &member(SAMPLES[1].0, SAMPLES[1].1));
    let ignored = fact(&vuls.advisories, "CVE-2016-5416 389-ds-base", "11");
    assert_eq!((&ignored.status, ignored.words.as_str()), (&FactStatus::WillNotFix, "ignored: Minor issue"));
    assert_eq!(fact(&vuls.advisories, "CVE-2016-5416 389-ds-base", "sid").status, FactStatus::Affected);
    let placeholder = fact(&vuls.advisories, "TEMP-0000000-0CA7E3 wordpress", "11");
    assert_eq!(placeholder.cve, "TEMP-0000000-0CA7E3");
    assert_eq!(
        vuls.advisories.iter().find(|a| a.id.starts_with("CVE-2016-5405")).unwrap().references,
        ["https://bugs.debian.org/842121"]
    );
}

/// A key that stands twice in one object: readers take the last and drop the other. Neither is believed.
#[test]
fn what_stands_there_twice_is_skipped_by_name() {
    let row = r#"{"releases":{"bookworm":{"status":"resolved","fixed_version":"0"}}}"#;
    let open = r#"{"releases":{"bookworm":{"status":"open"}}}"#;
    for (document, records, record, why, cves, packages) in [
        (
            format!(r#"{{"xz":{{"CVE-2024-3094":{row},"CVE-2024-3094":{open}}}}}"#),
            1,
            "CVE-2024-3094 xz",
            "the issue 'CVE-2024-3094' stands there twice",
            &["CVE-2024-3094"][..],
            &["xz"][..],
        ),
        (
            format!(r#"{{"xz":{{"CVE-2024-3094":{row}}},"xz":{{"CVE-2024-3095":{row}}}}}"#),
            2,
            "xz",
            "the package 'xz' stands there twice",
            &[],
            &["xz"],
        ),
        (
            r#"{"xz":{"CVE-2024-3094":{"releases":{"sid":{"status":"open"},"sid":{"status":"open"}}}}}"#.to_owned(),
            0,
            "CVE-2024-3094 xz",
            "'sid' stands there twice",
            &["CVE-2024-3094"],
            &["xz"],
        ),
        (
            r#"{"xz":{"CVE-2024-3094":{"releases":{"sid":{"status":"open","status":"resolved"}}}}}"#.to_owned(),
            1,
            "CVE-2024-3094 xz sid",
            "duplicate field `status`",
            &["CVE-2024-3094"],
            &["xz"],
        ),
    ] {
        let (collected, outcome) = parse("debian-tracker", document.as_bytes());
        assert_eq!((outcome, collected.advisories.len()), (Ok(()), records), "{document}");
        let [note] = collected.skipped.as_slice() else { panic!("{document}: {:?}", collected.skipped) };
        assert!(note.record == record && note.why.contains(why), "{note}");
        let lost = note.lost.as_ref().unwrap();
        assert_eq!(
            (lost.cves.as_slice(), lost.packages.as_slice()),
            (
                &cves.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()[..],
                &packages.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()[..]
            ),
            "{note}"
        );
    }
}

/// Every word of the format, as the tracker's documentation lists them.
#[test]
fn every_status_keeps_its_word() {
    let row = |inner: &str| format!(r#"{{"a":{{"CVE-2024-1000":{{"releases":{{"bookworm":{{{inner}}}}}}}}}}}"#);
    for (inner, status, words, severity) in [
        (r#""status":"open","urgency":"not yet assigned""#, FactStatus::Affected, "", Severity::Unknown),
        (
            r#""status":"open","urgency":"low","nodsa":"Minor","nodsa_reason":"""#,
            FactStatus::WillNotFix,
            "no-dsa: Minor",
            Severity::Low,
        ),
        (
            r#""status":"open","urgency":"medium**","nodsa":"Later","nodsa_reason":"postponed""#,
            FactStatus::Affected,
            "postponed: Later",
            Severity::Medium,
        ),
        (
            r#""status":"open","urgency":"high","nodsa":"","nodsa_reason":"ignored""#,
            FactStatus::WillNotFix,
            "ignored",
            Severity::High,
        ),
        (r#""status":"open","urgency":"unimportant""#, FactStatus::WillNotFix, "unimportant", Severity::Negligible),
        (
            r#""status":"open","urgency":"end-of-life","nodsa":"EOL","nodsa_reason":"""#,
            FactStatus::WillNotFix,
            "no-dsa: EOL; end-of-life",
            Severity::Unknown,
        ),
        (
            r#""status":"undetermined","urgency":"not yet assigned""#,
            FactStatus::UnderInvestigation,
            "undetermined",
            Severity::Unknown,
        ),
        (
            r#""status":"resolved","fixed_version":"0","urgency":"not yet assigned""#,
            FactStatus::NotAffected,
            "",
            Severity::Unknown,
        ),
        (
            r#""status":"resolved","fixed_version":"1:2.3-4","urgency":"""#,
            FactStatus::Fixed("1:2.3-4".into()),
            "",
            Severity::Unknown,
        ),
    ] {
        let (collected, outcome) = parse("debian-tracker", row(inner).as_bytes());
        assert_eq!(outcome, Ok(()), "{inner}");
        let fact = &collected.advisories[0].facts[0];
        assert_eq!((&fact.status, fact.words.as_str(), fact.severity), (&status, words, severity), "{inner}");
    }
}

#[test]
fn what_is_not_understood_is_skipped_by_name() {
    for (text, record, why) in [
        (r#"{"a":7}"#, "a", "the package's issues are no object"),
        (r#"{"a":[{}]}"#, "a", "the package's issues are no object"),
        (r#"{"a":{"CVE-2024-1001":"x"}}"#, "CVE-2024-1001 a", "not a record of the tracker: "),
        (r#"{"a":{"CVE-2024-1001":{}}}"#, "CVE-2024-1001 a", "not a record of the tracker: missing field `releases`"),
        (r#"{"a":{"CVE-2024-1001":{"releases":[1]}}}"#, "CVE-2024-1001 a", "not a record of the tracker: "),
        (
            r#"{"a":{"CVE-\n1":{"releases":{}}}}"#,
            "CVE-\n1 a",
            "the name of the issue or package is empty, too long or no text",
        ),
        (
            r#"{"a":{"CVE-2024-1003":{"releases":{"hamm":{"status":"open"}}}}}"#,
            "CVE-2024-1003 a hamm",
            "the release is not in the table of releases",
        ),
        (
            r#"{"a":{"CVE-2024-1003":{"releases":{"sid":{"status":"done"}}}}}"#,
            "CVE-2024-1003 a sid",
            "the status 'done' is not known",
        ),
        (
            r#"{"a":{"CVE-2024-1003":{"releases":{"sid":{"status":"resolved"}}}}}"#,
            "CVE-2024-1003 a sid",
            "resolved, but without a fixed_version",
        ),
        (
            r#"{"a":{"CVE-2024-1003":{"releases":{"sid":{"status":"resolved","fixed_version":"1_2"}}}}}"#,
            "CVE-2024-1003 a sid",
            "fixed_version: '1_2' holds '_', which no version may hold",
        ),
        (
            r#"{"a":{"CVE-2024-1003":{"releases":{"sid":5}}}}"#,
            "CVE-2024-1003 a sid",
            "invalid type: integer `5`, expected struct Release",
        ),
    ] {
        // A good record behind it is read all the same.
        let text = format!(
            r#"{},"good":{{"CVE-2024-1002":{{"releases":{{"sid":{{"status":"open"}}}}}}}}}}"#,
            &text[..text.len() - 1]
        );
        let (collected, outcome) = parse("debian-tracker", text.as_bytes());
        assert_eq!(outcome, Ok(()), "{text}");
        assert_eq!(collected.advisories.last().unwrap().id, "CVE-2024-1002 good");
        let [skipped] = collected.skipped.as_slice() else { panic!("{text}: {:?}", collected.skipped) };
        assert_eq!(skipped.record, record, "{text}");
        assert!(skipped.why.starts_with(why), "{text}: {}", skipped.why);
    }
}

/// Silence about what was skipped must not be taken for a word: the note says what it would have been about.
#[test]
fn what_is_lost_with_a_record_is_named() {
    let digits = "1".repeat(10_000);
    let long = format!(r#"{{"status":"resolved","fixed_version":"{digits}"}}"#);
    let text = format!(
        r#"{{"a":{{"CVE-2024-1001":{{"releases":{{"bookworm":{long},"hamm":{{"status":"open"}}}}}},"TEMP-1":7}},"b":[]}}"#
    );
    let (collected, outcome) = parse("debian-tracker", text.as_bytes());
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 1));
    let lost = |cves: &[&str], packages: &[&str], platform: Option<&str>| {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Some(feeds::Lost {
            anything: false,
            cves: owned(cves),
            packages: owned(packages),
            platform: platform.map(|platform| platform.parse().unwrap()),
        })
    };
    let found: Vec<_> = collected.skipped.iter().map(|note| (note.record.as_str(), note.lost.clone())).collect();
    let expected = [
        ("CVE-2024-1001 a bookworm", lost(&["CVE-2024-1001"], &["a"], Some("debian:12"))),
        // No host is judged by a release that nobody knows.
        ("CVE-2024-1001 a hamm", None),
        ("TEMP-1 a", lost(&["TEMP-1"], &["a"], None)),
        ("b", lost(&[], &["b"], None)),
    ];
    assert_eq!(found, expected);
    assert_eq!(collected.skipped[0].why, "fixed_version: the version has 10000 bytes, more than 1024");
}

#[test]
fn what_is_no_tracker_is_unreadable_with_its_line() {
    let malformed = |bytes: &[u8]| match parse("debian-tracker", bytes).1 {
        Err(Unreadable::Malformed { line, why }) => (line, why),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        malformed(&member("debian/samples-vuls-data-update.tar.zst", "api/testdata/fixtures/invalid.json")),
        (1, "expected value at line 1 column 1".into())
    );
    assert_eq!(malformed(b"{}"), (1, "the document names no issue of any package".into()));
    assert!(malformed(b"[]").1.starts_with("invalid type: sequence, expected an object of source packages"));
    assert_eq!(malformed(b"").1, "EOF while parsing a value at line 1 column 0");
    // Truncated in the middle of the genuine sample.
    let whole = member(SAMPLES[0].0, SAMPLES[0].1);
    let (line, why) = malformed(&whole[..whole.len() / 2]);
    assert!(line > 50 && why.starts_with("EOF while parsing"), "{line}: {why}");
    // Nested beyond any sense, both in the frame and in a record.
    assert!(malformed("{\"a\":".repeat(100_000).as_bytes()).1.contains("EOF"));
    let deep = format!(r#"{{"a":{{"CVE-2024-1003":{{"releases":{}{}}}}}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (collected, outcome) = parse("debian-tracker", deep.as_bytes());
    assert!(outcome.is_err() || collected.skipped.len() == 1, "{outcome:?}");
}

/// The whole document is never held: the first record is out while most of it is still unread.
#[test]
fn records_come_while_the_document_is_being_read() {
    struct Endless {
        records: usize,
        sent: std::rc::Rc<std::cell::Cell<usize>>,
        rest: Vec<u8>,
    }
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.rest.is_empty() && self.records > 0 {
                self.records -= 1;
                let comma = if self.records == 0 { "}}" } else { "," };
                self.rest =
                    format!(r#""CVE-2024-{}":{{"releases":{{"sid":{{"status":"open"}}}}}}{comma}"#, self.records)
                        .into();
            }
            let read = self.rest.len().min(buffer.len());
            buffer[..read].copy_from_slice(&self.rest[..read]);
            self.rest.drain(..read);
            self.sent.set(self.sent.get() + read);
            Ok(read)
        }
    }
    struct First(std::rc::Rc<std::cell::Cell<usize>>, Option<usize>, usize);
    impl Sink for First {
        fn advisory(&mut self, _: Advisory) -> Result<(), Stop> {
            self.1.get_or_insert(self.0.get());
            self.2 += 1;
            if self.2 == 20_000 { Err(Stop) } else { Ok(()) }
        }
        fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
            panic!("{skipped}");
        }
    }
    let sent = std::rc::Rc::new(std::cell::Cell::new(0));
    let endless = Endless { records: 30_000, sent: sent.clone(), rest: br#"{"linux":{"#.to_vec() };
    let mut sink = First(sent.clone(), None, 0);
    let document = Document { name: "json".into(), url: "x".into() };
    let outcome = feeds::vendors::debian_tracker::DebianTracker.parse(
        &document,
        &mut BufReader::with_capacity(4096, endless),
        &mut sink,
    );
    assert_eq!(outcome, Err(Unreadable::Stopped), "the taker stopped it at record 20,000");
    assert!(sink.1.unwrap() < 10_000 && sent.get() > 1_000_000, "{:?} of {}", sink.1, sent.get());
}
