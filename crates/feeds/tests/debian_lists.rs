//! The DSA and DLA lists, genuine and damaged, against counts taken by other means.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{member, only, parse, unpack, untar};
use feeds::{Collected, Document};
use model::{FactStatus, Severity};
use std::collections::BTreeSet;

/// Advisories: `grep -c '^\[' list` (the data's README says 5406 and 3534). Facts, package lines times
/// the CVEs of their advisory, by awk:
///
/// ```sh
/// awk '/^\[/{t+=p*(c?c:1);p=0;c=0} /^[ \t]+\{/{c+=gsub(/(CVE|TEMP|CAN)-[0-9A-Za-z-]+/,"&")}
///      /^[ \t]+(\[[a-z]+\])? *- /{p++} END{print t+p*(c?c:1)}' list
/// ```
#[test]
fn the_whole_lists_are_understood() {
    for (id, path, advisories, facts) in
        [("debian-dsa", "data/DSA/list", 5406, 23_482), ("debian-dla", "data/DLA/list", 3534, 11_311)]
    {
        let (collected, outcome) = parse(id, &member("debian/security-tracker-lists.tar.zst", path));
        assert_eq!(outcome, Ok(()));
        assert_eq!(collected.skipped, [], "{id}");
        assert_eq!(collected.advisories.len(), advisories, "{id}");
        let counted: usize = collected.advisories.iter().map(|advisory| advisory.facts.len()).sum();
        assert_eq!(counted, facts, "{id}");
        let ids: BTreeSet<&str> = collected.advisories.iter().map(|advisory| advisory.id.as_str()).collect();
        assert_eq!(ids.len(), advisories, "every id of {id} is unique");
    }
}

/// Entries of the real list, read by eye.
#[test]
fn entries_say_what_the_list_says() {
    let (dsa, _) = parse("debian-dsa", &member("debian/security-tracker-lists.tar.zst", "data/DSA/list"));
    let of = |id: &str| dsa.advisories.iter().find(|advisory| advisory.id == id).unwrap();

    let xorg = of("DSA-5380-1");
    assert_eq!(xorg.title, "xorg-server - security update");
    assert_eq!(xorg.published, Some("2023-03-29T00:00:00Z".parse().unwrap()));
    assert_eq!(xorg.cves, ["CVE-2023-1393"]);
    let [fact] = xorg.facts.as_slice() else { panic!("{xorg:?}") };
    assert_eq!(fact.platform, "debian:11".parse().unwrap());
    assert_eq!(fact.subject.name(), "xorg-server");
    assert_eq!(fact.status, FactStatus::Fixed("2:1.20.11-1+deb11u6".into()));

    // A regression update names no CVE.
    let sox = of("DSA-5356-2");
    assert_eq!((sox.cves.len(), sox.facts.len(), sox.facts[0].cve.as_str()), (0, 1, ""));
    // Two packages, one CVE; two dashes; no revision in the id.
    let openssl = of("DSA-136");
    assert!(openssl.facts.iter().any(|fact| fact.subject.name() == "openssl095"));
    assert!(of("DSA-135").title.starts_with("libapache-mod-ssl -- "));

    // `[woody] - mantis <not-affected> (Vulnerable code not present)`
    let all = || dsa.advisories.iter().flat_map(|advisory| &advisory.facts);
    let mantis = all().find(|fact| fact.subject.name() == "mantis" && fact.status == FactStatus::NotAffected).unwrap();
    assert_eq!(mantis.words, "not-affected: Vulnerable code not present");
    // `[woody] - sudo 1.6.6-1.3woody1 (medium)`
    let sudo = all().find(|fact| fact.status == FactStatus::Fixed("1.6.6-1.3woody1".into())).unwrap();
    assert_eq!((sudo.severity, sudo.words.as_str()), (Severity::Medium, ""));
}

#[test]
fn squeezes_fixes_need_its_own_channel_and_nobody_elses() {
    let (dla, _) = parse("debian-dla", &member("debian/security-tracker-lists.tar.zst", "data/DLA/list"));
    let facts: Vec<_> = dla.advisories.iter().flat_map(|advisory| &advisory.facts).collect();
    let squeeze = facts.iter().filter(|fact| fact.platform.release() == "6").count();
    let lts = facts.iter().filter(|fact| fact.channel == "lts").count();
    // The list has 471 lines of squeeze (`grep -c '\[squeeze\]'`), each with one CVE or more.
    assert!(squeeze >= 471, "{squeeze}");
    assert_eq!(squeeze, lts);
}

/// Trimmed lists of other collections; counts by the same grep and awk.
#[test]
fn samples_are_understood() {
    let packed = member("debian/samples-vuls-data-update.tar.zst", "fixtures/security-tracker-master.tar.gz");
    let tar = unpack(&*packed).unwrap();
    let list = |end| only(untar(&tar, end), end);
    for (id, bytes, advisories, facts) in [
        // Spaces in place of tabs, ids without revision, an end of life and a change of key.
        ("debian-dsa", member("debian/samples-vunnel-debian.tar.zst", "test-fixtures/input/DSA"), 10, 11),
        ("debian-dsa", member("debian/samples-vuln-list-update-debian.tar.zst", "happy/data/DSA/list"), 1, 4),
        ("debian-dsa", list("data/DSA/list"), 3, 30),
        ("debian-dla", list("data/DLA/list"), 2, 2),
    ] {
        let (collected, outcome) = parse(id, &bytes);
        assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()));
        let counted: usize = collected.advisories.iter().map(|advisory| advisory.facts.len()).sum();
        assert_eq!((collected.advisories.len(), counted), (advisories, facts), "{}", collected.advisories[0].id);
    }
}

#[test]
fn the_sad_sample_is_named_with_its_line() {
    let (collected, outcome) =
        parse("debian-dla", &member("debian/samples-vuln-list-update-debian.tar.zst", "happy/data/DLA/list"));
    assert_eq!(outcome, Ok(()));
    assert_eq!(collected.advisories.len(), 1);
    let skipped: Vec<String> = collected.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["line 4: [19 Jul 2021] MALFORMED HEADER: expected an advisory 'DLA-NUMBER' after the date"]);
}

/// What a line may do wrong, and the note on it; the rest of the advisory is kept.
#[test]
fn a_bad_line_is_skipped_with_its_reason() {
    for (line, why) in [
        ("\t{CVE-2023-1000", "the list of CVEs has no end"),
        ("\t{CVE-2023-1000 <script>}", "'<script>' is no id of a CVE"),
        ("\t[hamm] - bash 2.0-1", "the release 'hamm' is not in the table of releases"),
        ("\t[bullseye - bash 2.0-1", "the release has no end"),
        ("\t[bullseye] bash 2.0-1", "expected '[RELEASE] - PACKAGE VERSION', CVEs or a note"),
        ("\t[bullseye] - bash", "the package has neither version nor state"),
        ("\t[bullseye] - bash 2_0", "'2_0' holds '_', which no version may hold"),
        ("\t[bullseye] - bash <eaten>", "the state '<eaten>' is not known"),
    ] {
        let text = format!("[29 Mar 2023] DSA-1-1 a - b\n\t[bullseye] - sed 4.8-1\n{line}\n\tNOTE: x\n");
        let (collected, outcome) = parse("debian-dsa", text.as_bytes());
        assert_eq!(outcome, Ok(()), "{line}");
        assert_eq!(collected.advisories[0].facts.len(), 1, "{line}");
        let [skipped] = collected.skipped.as_slice() else { panic!("{line}: {:?}", collected.skipped) };
        assert_eq!((skipped.line, skipped.why.as_str()), (Some(3), why), "{line}");
    }
    for (head, why) in [
        ("[31 Feb 2023] DSA-2-1 a - b", "'31 Feb 2023' is no date"),
        ("[29 Mar 2023] DLA-2-1 a - b", "expected an advisory 'DSA-NUMBER' after the date"),
        ("<html>", "neither the head of an advisory ('[DATE] ID PACKAGE - TEXT') nor an indented line"),
    ] {
        let text = format!("[29 Mar 2023] DSA-1-1 a - b\n{head}\n\t{{CVE-2023-1000}}\n\t[bullseye] - sed 4.8-1\n");
        let (collected, _) = parse("debian-dsa", text.as_bytes());
        assert_eq!(collected.advisories.len(), 1);
        assert_eq!(collected.advisories[0].facts, [], "lines of a bad head go with it");
        assert_eq!((collected.skipped[0].line, collected.skipped[0].why.as_str()), (Some(2), why));
    }
    let (collected, _) = parse("debian-dsa", b"[29 Mar 2023] DSA-1-1 a - b\n\t\xff\n\t[sid] - sed 4.8-1\n");
    assert_eq!((collected.skipped[0].why.as_str(), collected.advisories[0].facts.len()), ("the line is not UTF-8", 1));
}

#[test]
fn a_line_without_end_costs_one_note() {
    let mut text = b"[29 Mar 2023] DSA-1-1 a - b\n\tNOTE: ".to_vec();
    text.extend(vec![b'x'; 1 << 20]);
    text.extend(b"\n\t[sid] - sed 4.8-1\n");
    let (collected, outcome) = parse("debian-dsa", &text);
    assert_eq!(outcome, Ok(()));
    assert_eq!(collected.skipped.len(), 1);
    assert_eq!((collected.skipped[0].why.as_str(), collected.skipped[0].line), ("the line is too long", Some(2)));
    assert_eq!(collected.advisories[0].facts.len(), 1);
}

/// An error page is read to its end, as any text is; that nothing of it was understood is said by
/// `check_understood`, which every taker of a document asks.
#[test]
fn what_is_no_list_is_not_understood() {
    let refused = |text: &[u8]| {
        let mut kept = Collected::default();
        let mut tally = feeds::Tally::new(&mut kept);
        let document = Document { name: "list".into(), url: "list".into() };
        feeds::feed("debian-dsa").unwrap().parse(&document, &mut &text[..], &mut tally).unwrap();
        feeds::check_understood(&tally).unwrap_err().to_string()
    };
    assert_eq!(refused(b""), "it holds no records");
    let page = refused(b"\n<!DOCTYPE html>\n<p>503</p>\n");
    assert!(
        page.starts_with("0 of 2 records understood: line 2: <!DOCTYPE html>: neither the head of an advisory"),
        "{page}"
    );
}
