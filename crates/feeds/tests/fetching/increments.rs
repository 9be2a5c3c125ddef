//! Feeds that publish an archive and what has changed since, shaped as Red Hat's directory of VEX documents.

use crate::gpg::{Gpg, TODAY};
use crate::server::{Server, Site, paths};
use feeds::signature::{Keyring, SignaturePolicy, Signed, Trust};
use feeds::{Brought, Collected, Document, FeedConfig, FetchError, FetchOptions, Fetched, Fetcher, Fresh, Held, Known};
use feeds::{bring, feed};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

const ARCHIVE: &str = "csaf_vex_2026-11-01.tar.zst";

/// A document that says nothing but its title.
fn document(cve: &str, title: &str) -> String {
    format!(
        r#"{{"document":{{"title":"{title}","tracking":{{"id":"{cve}","current_release_date":"2026-11-01T00:00:00Z"}}}},
        "vulnerabilities":[{{"cve":"{cve}","title":"{title}"}}]}}"#
    )
}

fn path(number: u32) -> String {
    format!("2026/cve-2026-{number:04}.json")
}

fn cve(number: u32) -> String {
    format!("CVE-2026-{number:04}")
}

fn archive(documents: &[(u32, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(zstd::Encoder::new(Vec::new(), 3).unwrap());
    for (number, title) in documents {
        let text = document(&cve(*number), title);
        let mut head = tar::Header::new_gnu();
        head.set_size(text.len() as u64);
        head.set_mode(0o644);
        builder.append_data(&mut head, path(*number), text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A vendor, and the server that keeps what it published.
struct Vendor {
    site: Site,
    server: Server,
    folder: tempfile::TempDir,
    held: Option<Held>,
    trust: Trust,
    max_changes: Option<usize>,
    fetches: u32,
}

impl Vendor {
    /// Publishes an archive of three documents.
    fn new() -> Self {
        let site = Site::default();
        let server = site.serve();
        let folder = tempfile::tempdir().unwrap();
        let trust = Trust::default();
        let vendor = Self { site, server, folder, held: None, trust, max_changes: None, fetches: 0 };
        vendor.publish(ARCHIVE, &[(1, "old 1"), (2, "old 2"), (3, "old 3")]);
        vendor.changes(&[]);
        vendor.deletions(&[]);
        vendor
    }

    fn publish(&self, name: &str, documents: &[(u32, &str)]) {
        self.site.put("/vex/archive_latest.txt", format!("{name}\n"));
        self.site.put(&format!("/vex/{name}"), archive(documents));
    }

    /// The list in the vendor's own form, newest first.
    fn list(&self, name: &str, lines: &[(u32, &str)]) {
        let line = |(number, at): &(u32, &str)| format!("\"{}\",\"{at}+00:00\"\n", path(*number));
        self.site.put(&format!("/vex/{name}"), lines.iter().rev().map(line).collect::<String>());
    }

    fn changes(&self, lines: &[(u32, &str)]) {
        self.list("changes.csv", lines);
    }

    fn deletions(&self, lines: &[(u32, &str)]) {
        self.list("deletions.csv", lines);
    }

    fn document(&self, number: u32, title: &str) {
        self.site.put(&format!("/vex/{}", path(number)), document(&cve(number), title));
    }

    /// Fetches, keeps what came, and says what was asked for.
    fn bring(&mut self) -> (Result<Brought, FetchError>, Vec<String>) {
        let before = self.server.requests().len();
        let url = self.server.url("/vex");
        let (trust, max_changes) = (self.trust.clone(), self.max_changes);
        let config = FeedConfig { url: Some(url), trust, max_changes, ..FeedConfig::default() };
        self.fetches += 1;
        let folder = self.folder.path().join(self.fetches.to_string());
        std::fs::create_dir(&folder).unwrap();
        let held: Vec<Held> = self.held.iter().cloned().collect();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        let vex = feed("redhat-vex").unwrap();
        let outcome = bring(vex, &config, &Fetcher::new(FetchOptions::default()), &held, &folder, now);
        if let Ok(brought) = &outcome
            && let Fetched::Fresh(fresh) = &brought.documents[0].fetched
        {
            let path = fresh.body.clone();
            self.held = Some(Held { url: brought.documents[0].document.url.clone(), known: Known::default(), path });
        }
        (outcome, paths(&self.server.requests()[before..]))
    }

    /// As [`Vendor::bring`], where something new is to come.
    fn fresh(&mut self) -> (Brought, Fresh, Vec<String>) {
        let (outcome, asked) = self.bring();
        let brought = outcome.unwrap_or_else(|error| panic!("{error}"));
        match brought.documents[0].fetched.clone() {
            Fetched::Fresh(fresh) => (brought, fresh, asked),
            Fetched::Unchanged => panic!("unchanged"),
        }
    }

    /// The title of every document in force.
    fn titles(&self) -> BTreeMap<String, String> {
        let held: &PathBuf = &self.held.as_ref().unwrap().path;
        let mut collected = Collected::default();
        let document = Document { name: "archive".into(), url: String::new() };
        feeds::read(feed("redhat-vex").unwrap(), &document, held, 1 << 30, &mut collected).unwrap();
        assert_eq!(collected.skipped, [], "everything is understood");
        let titles: Vec<_> = collected.advisories.into_iter().map(|advisory| (advisory.id, advisory.title)).collect();
        let by_id: BTreeMap<_, _> = titles.iter().cloned().collect();
        assert_eq!(titles.len(), by_id.len(), "no document counts twice: {titles:?}");
        by_id
    }

    fn are(&self, wanted: &[(u32, &str)]) {
        let wanted: BTreeMap<String, String> =
            wanted.iter().map(|(number, title)| (cve(*number), (*title).to_owned())).collect();
        assert_eq!(self.titles(), wanted);
    }
}

fn asked_for(asked: &[String], number: u32) -> bool {
    asked.contains(&format!("/vex/{}", path(number)))
}

#[test]
fn after_the_archive_only_what_changed_is_fetched() {
    let mut vendor = Vendor::new();
    vendor.changes(&[(1, "2026-10-01T00:00:00"), (2, "2026-11-05T00:00:00"), (4, "2026-11-06T01:02:03")]);
    vendor.deletions(&[(3, "2026-11-07T00:00:00")]);
    for number in [1, 2, 4] {
        vendor.document(number, &format!("new {number}"));
    }
    let (brought, fresh, asked) = vendor.fresh();
    vendor.are(&[(1, "old 1"), (2, "new 2"), (4, "new 4")]);
    assert!(!asked_for(&asked, 1), "it is in the archive: {asked:?}");
    assert_eq!((brought.outstanding, brought.notes.len()), (0, 0));
    assert_eq!(fresh.modified_at, Some("2026-11-06T01:02:03Z".parse().unwrap()));

    let before = std::fs::read(&vendor.held.as_ref().unwrap().path).unwrap();
    let (outcome, asked) = vendor.bring();
    assert_eq!(outcome.unwrap().documents[0].fetched, Fetched::Unchanged);
    assert_eq!(asked, ["/vex/changes.csv", "/vex/deletions.csv", "/vex/archive_latest.txt"]);

    // The next change is put on top; the archive is not fetched again.
    vendor.changes(&[
        (2, "2026-11-05T00:00:00"),
        (4, "2026-11-06T01:02:03"),
        (1, "2026-11-10T00:00:00"),
        (2, "2026-11-11T00:00:00"),
    ]);
    vendor.document(2, "newer 2");
    let (_, fresh, asked) = vendor.fresh();
    vendor.are(&[(1, "new 1"), (2, "newer 2"), (4, "new 4")]);
    assert!(asked_for(&asked, 1) && asked_for(&asked, 2) && !asked_for(&asked, 4), "{asked:?}");
    assert!(!asked.iter().any(|path| path.ends_with(ARCHIVE)));
    assert_eq!(fresh.modified_at, Some("2026-11-11T00:00:00Z".parse().unwrap()));
    let after = std::fs::read(&vendor.held.as_ref().unwrap().path).unwrap();
    assert!(after.ends_with(&before), "what was there is copied, not unpacked");

    // Deleted, and published again later.
    vendor.deletions(&[(3, "2026-11-07T00:00:00"), (4, "2026-11-12T00:00:00")]);
    vendor.fresh();
    vendor.are(&[(1, "new 1"), (2, "newer 2")]);
    vendor.changes(&[
        (1, "2026-11-10T00:00:00"),
        (2, "2026-11-11T00:00:00"),
        (3, "2026-11-13T00:00:00"),
        (4, "2026-11-13T00:00:00"),
    ]);
    vendor.document(3, "back 3");
    vendor.document(4, "back 4");
    vendor.fresh();
    vendor.are(&[(1, "new 1"), (2, "newer 2"), (3, "back 3"), (4, "back 4")]);
}

#[test]
fn a_bounded_number_is_fetched_at_a_time_and_nothing_is_lost() {
    let mut vendor = Vendor::new();
    vendor.max_changes = Some(2);
    let days: Vec<(u32, String)> =
        (1..=5).map(|number| (number, format!("2026-11-{:02}T00:00:00", 20 - number))).collect();
    vendor.changes(&days.iter().map(|(number, day)| (*number, day.as_str())).collect::<Vec<_>>());
    for number in 1..=5 {
        vendor.document(number, &format!("new {number}"));
    }
    // What waits longest comes first: 5 is the oldest change.
    let (brought, ..) = vendor.fresh();
    assert_eq!(brought.outstanding, 3);
    vendor.are(&[(1, "old 1"), (2, "old 2"), (3, "old 3"), (4, "new 4"), (5, "new 5")]);
    assert_eq!(vendor.fresh().0.outstanding, 1);
    vendor.are(&[(1, "old 1"), (2, "new 2"), (3, "new 3"), (4, "new 4"), (5, "new 5")]);
    assert_eq!(vendor.fresh().0.outstanding, 0);
    vendor.are(&[(1, "new 1"), (2, "new 2"), (3, "new 3"), (4, "new 4"), (5, "new 5")]);
    assert_eq!(vendor.bring().0.unwrap().documents[0].fetched, Fetched::Unchanged);
}

#[test]
fn a_newer_archive_is_taken_where_it_saves_requests() {
    let mut vendor = Vendor::new();
    vendor.fresh();
    vendor.max_changes = Some(2);
    let newer: Vec<(u32, &str)> = vec![(1, "newer 1"), (2, "newer 2"), (3, "newer 3"), (4, "newer 4")];
    vendor.publish("csaf_vex_2026-11-10.tar.zst", &newer);
    vendor.changes(&[(1, "2026-11-05T00:00:00"), (2, "2026-11-06T00:00:00")]);
    vendor.document(1, "new 1");
    vendor.document(2, "new 2");
    let (_, _, asked) = vendor.fresh();
    assert!(!asked.iter().any(|path| path.ends_with(".zst")), "two requests are fewer bytes: {asked:?}");
    vendor.changes(&[(1, "2026-11-11T00:00:00"), (2, "2026-11-11T00:00:00"), (3, "2026-11-11T00:00:00")]);
    vendor.document(3, "new 3");
    let (brought, _, asked) = vendor.fresh();
    assert!(!asked.iter().any(|path| path.ends_with(".zst")), "it has none of them: {asked:?}");
    assert_eq!(brought.outstanding, 1);
    vendor.publish("csaf_vex_2026-11-12.tar.zst", &newer);
    vendor.changes(&[(1, "2026-11-11T11:00:00"), (2, "2026-11-11T11:00:00"), (3, "2026-11-11T11:00:00")]);
    let (brought, _, asked) = vendor.fresh();
    assert!(asked.contains(&"/vex/csaf_vex_2026-11-12.tar.zst".to_owned()), "{asked:?}");
    assert_eq!(brought.outstanding, 0, "the newer archive has them");
    vendor.are(&newer);
}

#[test]
fn a_document_that_can_not_be_had_keeps_its_older_copy_and_is_asked_for_again() {
    let mut vendor = Vendor::new();
    vendor.changes(&[(1, "2026-11-02T00:00:00"), (2, "2026-11-03T00:00:00"), (3, "2026-11-04T00:00:00")]);
    vendor.document(2, "new 2");
    vendor.site.put(&format!("/vex/{}", path(3)), "<html>Log in to the hotel's network</html>");
    let (brought, ..) = vendor.fresh();
    vendor.are(&[(1, "old 1"), (2, "new 2"), (3, "old 3")]);
    assert_eq!(brought.outstanding, 2);
    assert!(brought.notes[0].ends_with("cve-2026-0001.json answered with status 404"), "{:?}", brought.notes);
    assert!(brought.notes[1].contains("it is no JSON document"), "{:?}", brought.notes);
    // They wait behind what did not fail, and come when they are there.
    vendor.max_changes = Some(1);
    vendor.document(1, "new 1");
    vendor.document(3, "new 3");
    vendor.document(4, "new 4");
    vendor.changes(&[
        (1, "2026-11-02T00:00:00"),
        (2, "2026-11-03T00:00:00"),
        (3, "2026-11-04T00:00:00"),
        (4, "2026-11-09T00:00:00"),
    ]);
    let (_, _, asked) = vendor.fresh();
    assert!(asked_for(&asked, 4) && !asked_for(&asked, 1), "{asked:?}");
    vendor.fresh();
    vendor.fresh();
    vendor.are(&[(1, "new 1"), (2, "new 2"), (3, "new 3"), (4, "new 4")]);
}

#[test]
fn one_document_that_fails_holds_up_no_other_but_a_server_that_is_down_is_left() {
    let mut vendor = Vendor::new();
    vendor.fresh();
    let days: Vec<(u32, String)> =
        (1..=9).map(|number| (number, format!("2026-11-{:02}T00:00:00", 10 + number))).collect();
    let list: Vec<(u32, &str)> = days.iter().map(|(number, day)| (*number, day.as_str())).collect();
    vendor.changes(&list);
    for number in 1..=9 {
        vendor.document(number, &format!("new {number}"));
    }
    vendor.site.fail(&format!("/vex/{}", path(1)));
    let (brought, ..) = vendor.fresh();
    assert_eq!(brought.outstanding, 1);
    assert!(brought.notes[0].ends_with("cve-2026-0001.json answered with status 500"), "{:?}", brought.notes);
    assert_eq!(vendor.titles().len(), 9);
    // Down for all that is new: nothing takes the place of what is held.
    let later: Vec<(u32, String)> = days.iter().map(|(number, day)| (*number, day.replace("-11-", "-12-"))).collect();
    vendor.changes(&later.iter().map(|(number, day)| (*number, day.as_str())).collect::<Vec<_>>());
    for number in 1..=9 {
        vendor.site.fail(&format!("/vex/{}", path(number)));
    }
    let (outcome, asked) = vendor.bring();
    assert!(matches!(outcome, Err(FetchError::Status { status: 500, .. })), "{outcome:?}");
    assert_eq!(asked.len(), 3 + 5);
}

#[test]
fn an_archive_that_is_damaged_is_no_edition() {
    let mut vendor = Vendor::new();
    let whole = archive(&[(1, "old 1")]);
    vendor.site.put(&format!("/vex/{ARCHIVE}"), &whole[..whole.len() - 5]);
    assert!(matches!(vendor.bring().0, Err(FetchError::Broken { .. })));
    vendor.site.put(&format!("/vex/{ARCHIVE}"), whole.clone());
    vendor.site.put(&format!("/vex/{ARCHIVE}.sha256"), format!("{}  {ARCHIVE}\n", hex::encode(Sha256::digest(b"x"))));
    assert!(matches!(vendor.bring().0, Err(FetchError::Checksum { .. })));
    vendor.site.put(&format!("/vex/{ARCHIVE}.sha256"), format!("{}  {ARCHIVE}\n", hex::encode(Sha256::digest(&whole))));
    vendor.fresh();
    vendor.site.put("/vex/changes.csv", "<html></html>");
    let error = vendor.bring().0.unwrap_err().to_string();
    assert!(error.ends_with("changes.csv: none of its lines is understood; line 1: <html></html>"), "{error}");
}

#[test]
fn every_document_is_checked_by_its_own_signature() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "rsa4096", "never");
    let mut vendor = Vendor::new();
    let keyring = Keyring::read(&[gpg.export(&[&key], true)]).unwrap();
    vendor.trust = Trust { policy: SignaturePolicy::Required, keyring };
    let signed = |vendor: &Vendor, path: &str, bytes: &[u8]| {
        vendor.site.put(&format!("/vex/{path}.asc"), gpg.armored(&key, bytes));
    };
    let error = vendor.bring().0.unwrap_err().to_string();
    assert!(error.ends_with("a signature is required, but it is not signed"), "{error}");
    signed(&vendor, ARCHIVE, &archive(&[(1, "old 1"), (2, "old 2"), (3, "old 3")]));
    vendor.changes(&[(1, "2026-11-02T00:00:00"), (2, "2026-11-03T00:00:00"), (3, "2026-11-04T00:00:00")]);
    for number in [1, 2, 3] {
        vendor.document(number, &format!("new {number}"));
    }
    // One is right, one is of another text, one has no signature.
    signed(&vendor, &path(1), document(&cve(1), "new 1").as_bytes());
    signed(&vendor, &path(2), document(&cve(2), "other 2").as_bytes());
    let (brought, ..) = vendor.fresh();
    assert!(matches!(&brought.documents[0].signed, Signed::By { fingerprint, .. } if *fingerprint == key));
    vendor.are(&[(1, "new 1"), (2, "old 2"), (3, "old 3")]);
    assert_eq!(brought.outstanding, 2);
    assert!(
        brought.notes[0].contains(&format!("cve-2026-0002.json is refused for its signature: by {key}: it is not of"))
    );
    assert!(brought.notes[1].ends_with("a signature is required, but it is not signed"), "{:?}", brought.notes);
    signed(&vendor, &path(2), document(&cve(2), "new 2").as_bytes());
    let (_, _, asked) = vendor.fresh();
    assert!(!asked_for(&asked, 1));
    vendor.are(&[(1, "new 1"), (2, "new 2"), (3, "old 3")]);
}

#[test]
fn what_was_taken_unsigned_is_not_enough_once_a_signature_is_required() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "rsa2048", "never");
    let mut vendor = Vendor::new();
    vendor.changes(&[(1, "2026-11-02T00:00:00")]);
    vendor.document(1, "new 1");
    vendor.fresh();
    let keyring = Keyring::read(&[gpg.export(&[&key], true)]).unwrap();
    vendor.trust = Trust { policy: SignaturePolicy::Required, keyring };
    let error = vendor.bring().0.unwrap_err().to_string();
    assert!(error.ends_with("a signature is required, but it is not signed"), "{error}");
    vendor.are(&[(1, "new 1"), (2, "old 2"), (3, "old 3")]);
    let archive = archive(&[(1, "old 1"), (2, "old 2"), (3, "old 3")]);
    vendor.site.put(&format!("/vex/{ARCHIVE}.asc"), gpg.armored(&key, &archive));
    vendor.site.put(&format!("/vex/{}.asc", path(1)), gpg.armored(&key, document(&cve(1), "new 1").as_bytes()));
    let (brought, _, asked) = vendor.fresh();
    assert!(asked_for(&asked, 1) && brought.outstanding == 0);
    vendor.are(&[(1, "new 1"), (2, "old 2"), (3, "old 3")]);
    assert_eq!(vendor.bring().0.unwrap().documents[0].fetched, Fetched::Unchanged);
    // Nor what was signed by a key that has been taken from the keyring.
    let other = gpg.key(TODAY, "ed25519", "never");
    vendor.trust.keyring = Keyring::read(&[gpg.export(&[&other], true)]).unwrap();
    let error = vendor.bring().0.unwrap_err().to_string();
    assert!(error.ends_with(&format!("it is signed by {key}, which is not in the keyring")), "{error}");
}

/// The list that a vendor's server gave, from `csaf-advisories-vunnel.tar.zst`.
#[test]
fn a_genuine_list_is_understood() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/redhat/csaf-advisories-vunnel.tar.zst");
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut bundle = tar::Archive::new(zstd::Decoder::new(file).unwrap());
    let mut list = String::new();
    for entry in bundle.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with("csaf/server/changes.csv") {
            std::io::Read::read_to_string(&mut entry, &mut list).unwrap();
        }
    }
    let lines = list.lines().count();
    let site = Site::default();
    site.put("/archive_latest.txt", "csaf_advisories_1990-01-01.tar.zst");
    site.put("/csaf_advisories_1990-01-01.tar.zst", archive(&[(1, "old 1")]));
    site.put("/changes.csv", list);
    site.put("/deletions.csv", "");
    let server = site.serve();
    let config = FeedConfig { url: Some(server.url("/")), max_changes: Some(0), ..FeedConfig::default() };
    let folder = tempfile::tempdir().unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let csaf = feed("redhat-csaf").unwrap();
    let brought = bring(csaf, &config, &Fetcher::new(FetchOptions::default()), &[], folder.path(), now).unwrap();
    assert_eq!((brought.outstanding, brought.notes), (lines, Vec::new()));
    assert!(lines > 0);
}
