//! Red Hat's CSAF documents against counts taken by jq, and what they say read by eye.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{members, parse};
use feeds::vendors::redhat_csaf::{ADVISORIES, Counts, RedHatCsaf, VEX};
use feeds::{Collected, Document, FeedConfig, Unreadable, feed};
use model::{Advisory, Fact, FactStatus, Severity, Subject};
use std::io::Read as _;

/// Every document of a bundle that is of this kind, and what became of all its statements.
fn read(kind: &RedHatCsaf, bundle: &str) -> (usize, Counts, Collected) {
    let (mut documents, mut counts, mut collected) = (0, Counts::default(), Collected::default());
    for (name, bytes) in members(bundle, "").into_iter().filter(|(name, _)| feeds::Feed::wants(kind, name)) {
        let mut text = String::new();
        let mut decoder = formats::compression::Decoder::new(bytes.as_slice(), 1 << 30).unwrap();
        if decoder.read_to_string(&mut text).is_err() {
            continue;
        }
        // What is no document of this kind says so by its name; everything else must be read.
        let read = kind.read(&text, &mut collected);
        let other = |error: &Unreadable| {
            let why = error.to_string();
            why.contains("is none of") || why.contains("missing field") || why.contains("invalid type")
        };
        if !read.as_ref().is_err_and(other) {
            let of = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            documents += 1;
            counts.taken += of.taken;
            counts.debugging += of.debugging;
            counts.sources += of.sources;
            counts.other_products += of.other_products;
            counts.unknown += of.unknown;
        }
    }
    (documents, counts, collected)
}

fn sum(counts: Counts) -> usize {
    counts.taken + counts.debugging + counts.sources + counts.other_products + counts.unknown
}

/// Documents by `.document.tracking.id`, statements by
/// `jq '[.vulnerabilities[]?.product_status|to_entries[]?|.value|length]|add'` over each.
#[test]
fn every_statement_of_every_document_is_accounted_for() {
    for (kind, bundle, documents, statements) in [
        (&VEX, "redhat/csaf-vex-claircore.tar.zst", 22, 5012),
        (&ADVISORIES, "redhat/csaf-vex-claircore.tar.zst", 1, 15),
        (&VEX, "redhat/csaf-trustify.tar.zst", 39, 35_132),
        (&ADVISORIES, "redhat/csaf-trustify.tar.zst", 20, 227_371),
        (&ADVISORIES, "redhat/csaf-advisories-vunnel.tar.zst", 8, 2267),
        (&ADVISORIES, "redhat/csaf-vulnerablecode.tar.zst", 6, 373),
        (&VEX, "redhat/vmaas-test-repo.tar.zst", 4, 19),
    ] {
        let (read, counts, collected) = read(kind, bundle);
        assert_eq!((read, sum(counts)), (documents, statements), "{bundle} {counts:?}");
        // What is not said by a fact is named: one note for all of a document's other products.
        assert_eq!(collected.skipped.is_empty(), counts.other_products + counts.unknown == 0, "{bundle}");
    }
}

/// The vendor's own archives, as they are fetched: `tar xO | jq` as above gives 2,493 and 3,306.
#[test]
fn archives_are_read_as_they_are_published() {
    for (id, end, records) in [
        ("redhat-vex", "vex/v1/testdata/fixtures/csaf_vex_2024-08-04.tar.zst", 5),
        ("redhat-vex", "vex/v2/testdata/fixtures/vex-archive.tar.zst", 5),
        ("redhat-csaf", "csaf/testdata/fixtures/csaf_advisories_2024-08-11.tar.zst", 5),
    ] {
        let bytes = members("redhat/samples-vuls-data-update.tar.zst", end).remove(0).1;
        let folder = tempfile::tempdir().unwrap();
        let (file, kept) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&file, &bytes).unwrap();
        let fresh = feeds::import(&file, &kept, 1 << 30, jiff::Timestamp::UNIX_EPOCH).unwrap();
        let document = Document { name: "archive".into(), url: "file:a".into() };
        let mut collected = Collected::default();
        feeds::read(feed(id).unwrap(), &document, &fresh.body, 1 << 30, &mut collected).unwrap();
        let mut names: Vec<&str> = collected.advisories.iter().flat_map(|advisory| own_name(&advisory.id)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), records, "{end}: {names:?}");
    }
}

/// `CVE-2024-1`, not `RHSA-2024:1 CVE-2024-1`.
fn own_name(id: &str) -> Option<&str> {
    (!id.contains(' ')).then_some(id)
}

fn facts<'a>(advisories: &'a [Advisory], platform: &str, subject: &Subject) -> Vec<(&'a str, &'a Fact)> {
    let platform = platform.parse().unwrap();
    let of = |advisory: &'a Advisory| advisory.facts.iter().map(move |fact| (advisory.id.as_str(), fact));
    advisories.iter().flat_map(of).filter(|(_, fact)| fact.platform == platform && fact.subject == *subject).collect()
}

/// CVE-2024-0727 (openssl) as Red Hat published it on 2025-11-21, read by eye.
#[test]
fn a_statement_by_cve_says_what_red_hat_says() {
    let (_, bytes) =
        members("redhat/csaf-vex-claircore.tar.zst", "acceptance/testdata/cve-2024-0727-openssl.json").remove(0);
    let (collected, outcome) = parse("redhat-vex", &bytes);
    outcome.unwrap();
    let all = &collected.advisories;
    let binary = |name: &str| Subject::Binary(name.to_owned());
    let [(id, fixed)] = facts(all, "rhel:9", &binary("openssl-libs"))[..] else { panic!("{all:?}") };
    assert_eq!((id, fixed.cve.as_str()), ("RHSA-2024:2447 CVE-2024-0727", "CVE-2024-0727"));
    assert_eq!(fixed.status, FactStatus::Fixed("1:3.0.7-27.el9".into()));
    assert_eq!((fixed.severity, fixed.arches.len(), fixed.channel.as_str()), (Severity::Low, 0, ""));
    let [(_, out_of_scope)] = facts(all, "rhel:6", &binary("openssl"))[..] else { panic!("{all:?}") };
    assert_eq!((&out_of_scope.status, out_of_scope.words.as_str()), (&FactStatus::WillNotFix, "Out of support scope"));
    let [(_, deferred)] = facts(all, "rhel:8", &binary("compat-openssl10"))[..] else { panic!("{all:?}") };
    assert_eq!((&deferred.status, deferred.words.as_str()), (&FactStatus::Affected, "Fix deferred"));
    let [(_, shim)] = facts(all, "rhel:9", &binary("shim-x64"))[..] else { panic!("{all:?}") };
    assert_eq!((&shim.status, shim.words.as_str()), (&FactStatus::NotAffected, "vulnerable code not present"));
    // Its source is named beside its binaries and says nothing more.
    assert_eq!(facts(all, "rhel:8", &Subject::Source("compat-openssl10".into())), []);
    // Debugging packages hold nothing that runs.
    assert_eq!(facts(all, "rhel:9", &binary("openssl-debuginfo")), []);
}

/// RHSA-2023:7025 (ruby:2.5) and RHSA-2024:0811 (sudo), read by eye.
#[test]
fn an_advisory_says_what_red_hat_says() {
    let bundle = "redhat/csaf-advisories-vunnel.tar.zst";
    let of = |end: &str| {
        let (collected, outcome) = parse("redhat-csaf", &members(bundle, end).remove(0).1);
        outcome.unwrap();
        collected.advisories
    };
    let ruby = of("csaf/advisories/rhsa-2023_7025.json");
    assert_eq!((ruby.len(), ruby[0].id.as_str(), ruby[0].cves.len()), (1, "RHSA-2023:7025", 4));
    let fixed = facts(&ruby, "rhel:8", &Subject::Binary("ruby".into()));
    // One fact a CVE, with the module's stream.
    assert_eq!(fixed.len(), 4);
    assert_eq!(fixed[0].1.module, "ruby:2.5");
    assert_eq!(fixed[0].1.status, FactStatus::Fixed("2.5.9-111.module+el8.9.0+19193+435404ae".into()));
    assert_eq!(ruby[0].published, Some("2023-11-14T15:32:25Z".parse().unwrap()));
}

/// CVE-2025-40907 (perl-FCGI), read by eye: extended streams are channels of the release.
#[test]
fn extended_streams_are_channels() {
    let bundle = "redhat/csaf-vex-claircore.tar.zst";
    let (_, bytes) = members(bundle, "acceptance/testdata/cve-2025-40907-perl.json").remove(0);
    let (collected, _) = parse("redhat-vex", &bytes);
    let fixes = facts(&collected.advisories, "rhel:8", &Subject::Binary("perl-FCGI".into()));
    // `jq -r '.vulnerabilities[0].product_status.fixed[]' | grep ':perl-FCGI-[0-9]' | cut -d: -f1 | sort -u`:
    // AppStream-8.10.0.Z.MAIN.EUS, whose CPE is that of 8 itself, 8.2.0.Z.AUS and so on.
    let channels: std::collections::BTreeSet<&str> = fixes.iter().map(|(_, fact)| fact.channel.as_str()).collect();
    let wanted = ["", "aus:8.2", "aus:8.4", "aus:8.6", "e4s:8.6", "e4s:8.8", "tus:8.6", "tus:8.8"];
    assert_eq!(channels.into_iter().collect::<Vec<_>>(), wanted);
    assert!(fixes.iter().all(|(_, fact)| fact.module == "perl-FCGI:0.78"), "{fixes:?}");
}

#[test]
fn broken_documents_are_refused_and_odd_products_named() {
    let bundle = "redhat/csaf-vex-claircore.tar.zst";
    // Genuine but for what claircore broke: a module label that is none, a document that was deleted.
    let of = |end: &str| parse("redhat-vex", &members(bundle, end).remove(0).1);
    let (collected, outcome) = of("vex/testdata/cve-2024-24786-bad-rpmmod.json");
    outcome.unwrap();
    assert!(collected.skipped[0].why.contains("1 products can't be told"), "{:?}", collected.skipped);
    let (collected, outcome) = of("csaf/testdata/cve-1999-0001-deleted.json");
    outcome.unwrap();
    assert!(collected.advisories[0].withdrawn && collected.advisories[0].facts.is_empty());
    let (_, outcome) = parse("redhat-csaf", &members(bundle, "csaf/testdata/cve-2021-0084.json").remove(0).1);
    assert!(outcome.unwrap_err().to_string().contains("'CVE-2021-0084' is none of RHSA-, RHBA-, RHEA-"));
    let (_, outcome) = parse("redhat-vex", &members("redhat/csaf-trustify.tar.zst", "ssa-054046.json").remove(0).1);
    assert!(outcome.unwrap_err().to_string().contains("'SSA-054046' is none of CVE-"));
    for (text, why) in [
        ("", "EOF"),
        ("[]", "expected struct Csaf"),
        (r#"{"document":{"tracking":{"id":"CVE-2024-1000"}}}"#, "CVE-2024-1000 names no vulnerability"),
        (&"{\"document\":".repeat(500), "recursion limit"),
    ] {
        let error = parse("redhat-vex", text.as_bytes()).1.unwrap_err().to_string();
        assert!(error.contains(why) || text.len() > 1000, "{text}: {error}");
    }
    // Relationships that lead in a circle end.
    let circle = r#"{"document":{"tracking":{"id":"CVE-2024-1000"}},"product_tree":{"branches":[
        {"product":{"product_id":"p"}}],"relationships":[
        {"full_product_name":{"product_id":"a"},"product_reference":"p","relates_to_product_reference":"b"},
        {"full_product_name":{"product_id":"b"},"product_reference":"p","relates_to_product_reference":"a"}]},
        "vulnerabilities":[{"cve":"CVE-2024-1000","product_status":{"fixed":["a"]}}]}"#;
    let (collected, outcome) = parse("redhat-vex", circle.as_bytes());
    outcome.unwrap();
    assert!(collected.skipped[0].why.contains("do not end"), "{:?}", collected.skipped);
}

#[test]
fn the_archive_is_found_by_its_name() {
    let mut asked = Vec::new();
    let documents = feed("redhat-vex")
        .unwrap()
        .discover(&FeedConfig::default(), &mut |url| {
            asked.push(url.to_owned());
            Ok(b"csaf_vex_2024-08-04.tar.zst\n".to_vec())
        })
        .unwrap();
    assert_eq!(asked, ["https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt"]);
    assert_eq!(documents[0].url, "https://security.access.redhat.com/data/csaf/v2/vex/csaf_vex_2024-08-04.tar.zst");
    for page in ["", "../../etc/passwd", "a b", "<html>"] {
        let outcome =
            feed("redhat-vex").unwrap().discover(&FeedConfig::default(), &mut |_| Ok(page.as_bytes().to_vec()));
        assert!(outcome.is_err(), "{page}");
    }
}
