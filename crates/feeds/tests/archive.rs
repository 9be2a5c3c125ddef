//! Documents that come in an archive: the vendors' own bundles, and archives that mean harm.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{document, members, parse};
use feeds::{Collected, Document, Fresh, Unreadable, feed};
use jiff::Timestamp;
use std::io::Write;
use std::path::Path;

/// Imports and reads an archive as the server does.
fn take(id: &str, bytes: &[u8], max_bytes: u64) -> (Collected, Result<(), Unreadable>) {
    let folder = tempfile::tempdir().unwrap();
    let (file, kept) = (folder.path().join("archive"), folder.path().join("kept.zst"));
    std::fs::write(&file, bytes).unwrap();
    let fresh: Fresh = feeds::import(&file, &kept, max_bytes, Timestamp::UNIX_EPOCH).unwrap();
    let document = Document { name: "archive".into(), url: "file:archive".into() };
    let mut collected = Collected::default();
    let outcome = feeds::read(feed(id).unwrap(), &document, &fresh.body, max_bytes, &mut collected);
    let left: Vec<String> = names(folder.path());
    assert_eq!(left, ["archive", "kept.zst"], "nothing else is written");
    (collected, outcome)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A tar archive of files.
fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut head = tar::Header::new_ustar();
        // Names are written as they are: the crate's own way refuses those that tests need.
        head.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        head.set_size(bytes.len() as u64);
        head.set_mode(0o644);
        head.set_cksum();
        builder.append(&head, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const WHOLE: u64 = 1 << 30;
/// One package with one issue.
const SECDB: &[u8] = br#"{"reponame":"main","distroversion":"v3.20",
    "packages":[{"pkg":{"name":"a","secfixes":{"1-r0":["CVE-2024-1000"]}}}]}"#;

#[test]
fn every_document_of_a_bundle_is_read() {
    // The same as file by file (tests/secdb.rs); what is no database (README.md) is passed over.
    let (collected, outcome) = take("alpine-secdb", &document("alpine/alpine-secdb-yaml.tar.zst"), WHOLE);
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 11_827));
    assert_eq!(collected.skipped.len(), 43 + 18 + 7 + 1);
    assert!(collected.skipped.iter().any(|skipped| skipped.record.starts_with("v3.9/main.yaml: ")));
}

#[test]
fn tar_and_zip_say_the_same_however_members_are_packed() {
    let documents = members("alpine/samples-vuls-data-update.tar.zst", "main.json");
    let packed: Vec<(String, Vec<u8>)> = documents
        .iter()
        .map(|(name, bytes)| (format!("{name}.zst"), zstd::encode_all(bytes.as_slice(), 3).unwrap()))
        .collect();
    let expected = take("alpine-secdb", &tar_of(&borrowed(&documents)), WHOLE);
    let alone: Vec<_> = documents.iter().flat_map(|(_, bytes)| parse("alpine-secdb", bytes).0.advisories).collect();
    assert_eq!(expected.0.advisories, alone);
    assert_eq!((expected.0.advisories.len(), expected.0.skipped.len()), (6, 0));
    assert_eq!(take("alpine-secdb", &zip_of(&borrowed(&documents)), WHOLE), expected);
    assert_eq!(take("alpine-secdb", &tar_of(&borrowed(&packed)), WHOLE), expected);
    let gz = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&tar_of(&borrowed(&documents))).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(take("alpine-secdb", &gz, WHOLE), expected);
}

fn borrowed(files: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
}

#[test]
fn a_bad_member_is_skipped_and_the_others_are_used() {
    for archive in [tar_of, zip_of] {
        let files: [(&str, &[u8]); 4] =
            [("a.json", b"<html>"), ("b.json", SECDB), ("c.json.zst", b"\x28\xb5\x2f\xfdxxxx"), ("d.json", b"")];
        let (collected, outcome) = take("alpine-secdb", &archive(&files), WHOLE);
        assert_eq!((outcome, collected.advisories.len()), (Ok(()), 1));
        let skipped: Vec<&str> = collected.skipped.iter().map(|skipped| skipped.record.as_str()).collect();
        assert_eq!(skipped, ["a.json", "c.json.zst", "d.json"]);
        let (_, outcome) = take("alpine-secdb", &archive(&files[2..]), WHOLE);
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("none of the archive's 2 documents could be read; the first: c.json.zst"), "{error}");
        // A record's note says which member it is in.
        let odd = br#"{"reponame":"main","distroversion":"v3.20","packages":[{"x":1}]}"#;
        let (collected, _) = take("alpine-secdb", &archive(&[("m.json", odd)]), WHOLE);
        assert!(collected.skipped[0].record.starts_with("m.json: "), "{}", collected.skipped[0]);
    }
}

#[test]
fn an_archive_cut_off_is_no_edition() {
    let files: Vec<(String, Vec<u8>)> =
        (0..50_u32).map(|n| (format!("{n}.json"), [SECDB, &vec![b' '; 2000]].concat())).collect();
    let whole = tar_of(&borrowed(&files));
    // Each member here has a head and five blocks: behind the first one, the twentieth and the last nothing is missing
    // but the end.
    for members in [1, 20, 50] {
        let (_, outcome) = take("alpine-secdb", &whole[..members * 3072], WHOLE);
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("the archive is damaged: it is cut off, its end is missing"), "{members}: {error}");
    }
    for cut in [600, 1500, whole.len() / 2, whole.len() / 2 + 700] {
        let (_, outcome) = take("alpine-secdb", &whole[..cut], WHOLE);
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("the archive is damaged"), "{cut}: {error}");
    }
    let whole = zip_of(&borrowed(&files));
    let (_, outcome) = take("alpine-secdb", &whole[..whole.len() - 30], WHOLE);
    assert!(outcome.unwrap_err().to_string().contains("the archive is damaged"));
}

/// What is lost with a member that can't be read is told by its path, as far as it tells.
#[test]
fn a_member_that_can_not_be_read_is_lost_with_what_its_name_tells() {
    let erratum = br#"{"id":"ALBA-2022:1","published":"2022-01-01T00:00:00Z","affected":[]}"#;
    let cve = br#"{"id":"UBUNTU-CVE-2024-1000","published":"2022-01-01T00:00:00Z","affected":[]}"#;
    for (feed, good, bad, cves, platform, anything) in [
        ("alpine-secdb", SECDB, "secdb/v3.19/main.json", &[][..], Some("alpine:3.19"), true),
        ("alpine-secdb", SECDB, "main.json", &[], None, true),
        ("almalinux-osv", erratum, "x/almalinux9/ALSA-2022:2.json", &[], Some("almalinux:9"), true),
        ("ubuntu-osv", cve, "cve/UBUNTU-CVE-2024-1234.json", &["CVE-2024-1234"], None, false),
    ] {
        for archive in [tar_of, zip_of] {
            let (collected, outcome) = take(feed, &archive(&[("x/good.json", good), (bad, b"<html>")]), WHOLE);
            assert_eq!(outcome, Ok(()), "{bad}");
            let [note] = collected.skipped.as_slice() else { panic!("{bad}: {:?}", collected.skipped) };
            let lost = note.lost.as_ref().unwrap();
            assert_eq!((note.record.as_str(), lost.cves.as_slice(), lost.anything), (bad, &owned(cves)[..], anything));
            assert_eq!(lost.platform.as_ref().map(ToString::to_string).as_deref(), platform, "{bad}");
        }
    }
    // A notice of Ubuntu's is a label, and Red Hat's other documents say nothing of this feed's.
    let files: [(&str, &[u8]); 2] = [("x/good.json", cve), ("USN-5000-1.json", b"{")];
    assert_eq!(take("ubuntu-osv", &tar_of(&files), WHOLE).0.skipped[0].lost, None);
    let lost = |name: &str| feed("redhat-vex").unwrap().lost_with(name);
    assert_eq!(lost("2024/cve-2024-3094.json").unwrap().cves, ["CVE-2024-3094"]);
    assert_eq!(lost("2024/rhsa-2024_1234.json"), None);
    assert!(lost("2024/index.json").unwrap().anything);
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What is known of a file's date, as the server asks for it.
fn dates(id: &str, bytes: &[u8], now: Timestamp) -> feeds::Dates {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), bytes).unwrap();
    let mut collected = Collected::default();
    let mut tally = feeds::Tally::new(&mut collected).as_of(now);
    let document = Document { name: "archive".into(), url: "file:archive".into() };
    feeds::read(feed(id).unwrap(), &document, &folder.path().join("file"), WHOLE, &mut tally).unwrap();
    feeds::Dates { inside: tally.inside(), members: tally.members, ..feeds::Dates::default() }
}

#[test]
fn an_archive_tells_the_dates_of_its_records_and_members() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let now = at("2026-11-22T00:00:00Z");
    // `jq -r '.published,.modified' advisories/*/*.json | sort | tail -1`, and `tar --utc -tvf` of the members.
    let alma = dates("almalinux-osv", &document("almalinux/osv-database.tar.zst"), now);
    assert_eq!(
        (alma.inside, alma.members),
        (Some(at("2026-08-21T12:56:10Z")), Some(at("1970-01-01T00:00:00Z"))),
        "the archive has no times"
    );
    // Nothing inside has a date: the members' own count (2021-07-01, set below), where they have any.
    let none = dates("alpine-secdb", &tar_of(&[("main.json", SECDB)]), now);
    assert_eq!((none.inside, none.members), (None, Some(Timestamp::UNIX_EPOCH)));
    let mut builder = tar::Builder::new(Vec::new());
    for (name, time) in
        [("v3.20/main.json", 1_625_097_600_u64), ("v3.20/community.json", 1_500_000_000), ("x.md", 1_700_000_000)]
    {
        let mut head = tar::Header::new_ustar();
        head.set_path(name).unwrap();
        head.set_size(SECDB.len() as u64);
        head.set_mtime(time);
        head.set_cksum();
        builder.append(&head, SECDB).unwrap();
    }
    let dated = dates("alpine-secdb", &builder.into_inner().unwrap(), now);
    assert_eq!((dated.inside, dated.members), (None, Some(at("2021-07-01T00:00:00Z"))));
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let time = zip::DateTime::from_date_and_time(2021, 7, 1, 12, 30, 0).unwrap();
    writer.start_file("main.json", zip::write::SimpleFileOptions::default().last_modified_time(time)).unwrap();
    writer.write_all(SECDB).unwrap();
    let zipped = dates("alpine-secdb", &writer.finish().unwrap().into_inner(), now);
    assert_eq!(zipped.members, Some(at("2021-07-01T12:30:00Z")));
    // A record of a day to come does not make the others young.
    let osv = br#"[{"id":"ALSA-2022:1","published":"2206-01-01T00:00:00Z","affected":[]},{"id":"ALSA-2022:2","published":"2022-01-01T00:00:00Z","affected":[]}]"#;
    assert_eq!(dates("almalinux-osv", osv, now).inside, Some(at("2022-01-01T00:00:00Z")));
}

#[test]
fn names_point_nowhere_and_links_are_not_followed() {
    for archive in [tar_of, zip_of] {
        let (collected, outcome) =
            take("alpine-secdb", &archive(&[("../../../../tmp/evil.json", SECDB), ("/etc/evil.json", SECDB)]), WHOLE);
        assert_eq!((outcome, collected.advisories.len()), (Ok(()), 2));
        assert!(!Path::new("/etc/evil.json").exists() && !Path::new("/tmp/evil.json").exists());
        let (collected, _) = take("alpine-secdb", &archive(&[("a\nb.json", SECDB), ("c.json", SECDB)]), WHOLE);
        assert_eq!((collected.advisories.len(), collected.skipped.len()), (1, 1));
    }
    let mut builder = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_ustar();
    head.set_entry_type(tar::EntryType::Symlink);
    head.set_size(0);
    builder.append_link(&mut head, "link.json", "/etc/passwd").unwrap();
    let (collected, outcome) = take("alpine-secdb", &builder.into_inner().unwrap(), WHOLE);
    assert_eq!(collected.skipped[0].why, "a link or device is not followed");
    assert!(outcome.unwrap_err().to_string().contains("none of the archive's 1 members is of this feed"));
}

#[test]
fn what_unfolds_without_end_meets_the_ceiling() {
    // 16 MiB of blanks become some kilobytes; four such members stay under the archive's ceiling and not under theirs.
    let blanks = vec![b' '; 16 << 20];
    let bomb = zstd::encode_all(blanks.as_slice(), 3).unwrap();
    assert!(bomb.len() < 16 << 10);
    for archive in [tar_of, zip_of] {
        let files = [("a.json", bomb.as_slice()), ("b.json", &bomb), ("c.json", &bomb), ("d.json", &bomb)];
        let (_, outcome) = take("alpine-secdb", &archive(&files), 24 << 20);
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("the members have more than 25165824 bytes together"), "{error}");
    }
    let (_, outcome) = take("alpine-secdb", &zip_of(&[("a.json", &blanks), ("b.json", &blanks)]), 24 << 20);
    assert!(outcome.unwrap_err().to_string().contains("the members have more than"));
}

/// The whole repository of the tracker, given to the feed that reads one list of it.
#[test]
fn a_feed_of_one_document_takes_no_archive() {
    let tracker = document("debian/security-tracker-lists.tar.zst");
    for archive in [tracker, zip_of(&[("data/DSA/list", b"x")])] {
        let (collected, outcome) = take("debian-dsa", &archive, WHOLE);
        assert_eq!(collected.advisories.len(), 0);
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("it is an archive") && error.contains("which this feed does not come in"), "{error}");
        assert!(error.contains("/raw/master/data/DSA/list"), "what was expected is named: {error}");
    }
}

#[test]
fn an_archive_of_mostly_other_things_is_refused() {
    let name = |n: usize| format!("src/{n}.c");
    let names: Vec<String> = (0..20).map(name).collect();
    let with = |others: usize| {
        let mut files: Vec<(&str, &[u8])> =
            names.iter().take(others).map(|name| (name.as_str(), &b"int"[..])).collect();
        files.extend([("CVE-2024-1000.json", RECORD), ("CVE-2024-1001.json.asc", &b"x"[..])]);
        tar_of(&files)
    };
    assert_eq!(take("cve-records", &with(10), WHOLE).1, Ok(()));
    let error = take("cve-records", &with(11), WHOLE).1.unwrap_err().to_string();
    assert!(
        error.contains("11 of the archive's 13 members are no documents of this feed; the first: src/0.c"),
        "{error}"
    );
    assert!(error.contains("expected what https://github.com/CVEProject/cvelistV5/"), "{error}");
}

const RECORD: &[u8] = br#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2024-1000","state":"PUBLISHED"},"containers":{"cna":{"providerMetadata":{}}}}"#;

/// Some editors put a byte order mark before a text. It says nothing.
#[test]
fn a_byte_order_mark_is_passed_over() {
    let with_mark = [&b"\xef\xbb\xbf"[..], SECDB].concat();
    let (collected, outcome) = take("alpine-secdb", &with_mark, WHOLE);
    assert_eq!((outcome, collected.advisories.len()), (Ok(()), 1));
}

/// What can't be read says what it looks like, and whose it is.
#[test]
fn a_document_of_another_feed_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let tracker = members("debian/samples-vuls-data-update.tar.zst", "tracker/api/testdata/fixtures/advisory.json");
    let list = members("debian/security-tracker-lists.tar.zst", "data/DSA/list");
    for (feed_id, bytes, wanted) in [
        ("debian-tracker", list[0].1.as_slice(), "it looks like a document of debian-dsa"),
        ("debian-dla", &list[0].1, "it looks like a document of debian-dsa"),
        ("debian-dsa", &tracker[0].1, "it looks like a document of debian-tracker"),
        ("debian-dsa", SECDB, "it looks like a document of alpine-secdb"),
        (
            "debian-dsa",
            &document("kev/known_exploited_vulnerabilities.json.zst"),
            "it looks like a document of cisa-kev",
        ),
        ("debian-dsa", &document("redhat/com.redhat.rhsa-RHEL8.xml.zst"), "it looks like a document of redhat-oval"),
        ("debian-tracker", b"<!DOCTYPE html><title>Sign in</title>", "it is a web page (HTML), such as"),
        ("debian-tracker", b"", "the file is empty"),
    ] {
        let path = folder.path().join("file");
        std::fs::write(&path, zstd::encode_all(bytes, 1).unwrap()).unwrap();
        let remark = feeds::remark(feed(feed_id).unwrap(), &path, WHOLE).unwrap_or_default();
        assert!(remark.starts_with(wanted), "{feed_id}: {remark}");
    }
    let path = folder.path().join("file");
    std::fs::write(&path, b"nothing that anybody knows").unwrap();
    assert_eq!(feeds::remark(feed("debian-dsa").unwrap(), &path, WHOLE), None);
}

/// A note names its member once, also where the record is called by the member.
#[test]
fn a_note_on_a_document_of_one_record_names_it_once() {
    let vex = members("redhat/csaf-vex-claircore.tar.zst", ".json");
    let files: Vec<(String, Vec<u8>)> = vex.into_iter().take(50).collect();
    let (collected, outcome) = take("redhat-vex", &tar_of(&borrowed(&files)), WHOLE);
    assert_eq!(outcome, Ok(()));
    assert!(!collected.skipped.is_empty());
    for note in &collected.skipped {
        let record = note.record.to_ascii_uppercase();
        let Some(at) = record.find("CVE-") else { continue };
        let cve: String = record[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        assert_eq!(record.matches(&cve).count(), 1, "{note}");
    }
}

#[test]
fn an_archive_of_other_things_is_refused() {
    let (_, outcome) = take("alpine-secdb", &tar_of(&[]), WHOLE);
    assert!(outcome.is_err());
    let (_, outcome) = take("alpine-secdb", &zip_of(&[]), WHOLE);
    assert!(outcome.unwrap_err().to_string().contains("none of the archive's 0 members is of this feed"));
}
