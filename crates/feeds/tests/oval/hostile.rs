//! Documents that are broken, or made to hurt.

use crate::bundles::parse as read;
use crate::data::bytes;
use feeds::Unreadable;
use feeds::formats::oval;
use std::fmt::Write;

fn refused(feed: &str, document: &[u8]) -> (u64, String) {
    match read(feed, document).1 {
        Err(Unreadable::Malformed { line, why }) => (line, why),
        other => panic!("{other:?}"),
    }
}

/// Samples that their collectors broke on purpose, and documents of another kind.
#[test]
fn what_is_no_oval_is_refused_with_the_place() {
    let broken = bytes(
        "redhat/samples-vuln-list-update-redhat.tar.zst!broken-xml/RHEL6/rhel-6-extras-including-unpatched.oval.xml.bz2",
    );
    // The start tag of `states` has been taken out (`diff` with the whole sample: line 398).
    let (line, why) = refused("redhat-oval", &broken);
    assert!((398..=412).contains(&line), "{line}: {why}");
    let cut = bytes("suse/samples-vunnel-sles.tar.zst!/suse_truncated.xml");
    // Written by a library that puts numbers for the words of the language: read, but nothing of it is taken.
    let (collected, outcome) = read("redhat-oval", &cut);
    // Beside its four definitions six ids are odd: `Mitre CVE-1999-0524` four times, `CVE-2010-1323 at SUSE` and `at NVD`.
    assert_eq!((outcome, collected.advisories.len(), collected.skipped.len()), (Ok(()), 0, 4 + 6));
    let whole = bytes("redhat/samples-vuls-data-update.tar.zst!RHEL9/rhel-9-including-unpatched.oval.xml.bz2");
    let (line, why) = refused("redhat-oval", &whole[..whole.len() / 2]);
    assert!(line > 100 && !why.is_empty(), "{line}: {why}");
    for (document, expected) in [
        (&b""[..], "the document is empty"),
        (b"<html></html>", "it is no OVAL document: its first element is 'html', not 'oval_definitions'"),
        (b"<oval_definitions/>", "the document has no definition"),
        (b"{\"a\": 1}", "a text stands outside of the root element"),
    ] {
        assert_eq!(refused("redhat-oval", document), (1, expected.to_owned()));
    }
    let page = bytes("ubuntu/samples-vuls-data-update.tar.zst!ubuntu/oval/testdata/fixtures/indexof_valid.html");
    assert!(read("ubuntu-oval", &page).1.is_err());
}

/// A definition around criteria.
fn with(criteria: &str, rest: &str) -> String {
    format!(
        "<oval_definitions><definitions><definition id='d:1' class='patch'><metadata/>{criteria}</definition></definitions>{rest}</oval_definitions>"
    )
}

#[test]
fn nothing_that_a_document_declares_unfolds() {
    let bomb =
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]><oval_definitions>&b;</oval_definitions>";
    assert_eq!(refused("redhat-oval", bomb.as_bytes()), (1, "it has a document type declaration".to_owned()));
    let deep = with(&"<criteria>".repeat(100), "");
    let (_, why) = refused("redhat-oval", deep.as_bytes());
    assert_eq!(why, "elements are nested deeper than 64");
    let long = format!("<value>{}</value>", "x".repeat(70_000));
    let long = with("", &format!("<variables><constant_variable id='v:1'>{long}</constant_variable></variables>"));
    let (_, why) = refused("redhat-oval", long.as_bytes());
    assert_eq!(why, "the text of 'value' is longer than 65536 bytes");
}

/// Trees whose alternatives multiply, and definitions that double at each step.
#[test]
fn what_would_take_for_ever_is_given_up() {
    let pair = "<criteria operator='OR'><criterion test_ref='t:a'/><criterion test_ref='t:b'/></criteria>";
    let tests = "<tests><rpminfo_test id='t:a' check='at least one'><object object_ref='o:a'/></rpminfo_test>\
        <rpminfo_test id='t:b' check='at least one'><object object_ref='o:b'/></rpminfo_test></tests>\
        <objects><rpminfo_object id='o:a'><name>a</name></rpminfo_object><rpminfo_object id='o:b'><name>b</name></rpminfo_object></objects>";
    let product = with(&format!("<criteria operator='AND'>{}</criteria>", pair.repeat(40)), tests);
    let (collected, outcome) = read("redhat-oval", product.as_bytes());
    assert_eq!(outcome, Ok(()));
    assert_eq!(collected.skipped[0].why, "it can't be said of single packages: it has too many alternatives");

    let mut doubling = String::from("<oval_definitions><definitions>");
    for at in 0..40 {
        let next = at + 1;
        let twice = format!("<extend_definition definition_ref='d:{next}'/>").repeat(2);
        write!(
            doubling,
            "<definition id='d:{at}' class='patch'><criteria operator='OR'>{twice}</criteria></definition>"
        )
        .unwrap();
    }
    doubling.push_str("</definitions></oval_definitions>");
    let (collected, outcome) = read("redhat-oval", doubling.as_bytes());
    assert_eq!((outcome, collected.skipped.len()), (Ok(()), 40));
    // The tree is given up as well, at once.
    let document = oval::parse(doubling.as_bytes()).unwrap();
    let host = oval::Host::default();
    let id = document.strings.find("d:0").unwrap();
    assert!(oval::Evaluation::new(&document, &host).definition(id).is_err());
}

#[test]
fn odd_parts_skip_their_definition_and_no_other() {
    for (criteria, why) in [
        ("<criteria operator='NAND'/>", "the operator 'NAND' is not known"),
        ("<criteria negate='maybe'/>", "'maybe' is neither true nor false"),
        ("<criteria><criterion test_ref='t:1' negate='TRUE'/></criteria>", "'TRUE' is neither true nor false"),
        ("<criteria><criterion/></criteria>", "a criterion names no test"),
        ("<criteria><magic/></criteria>", "'magic' is not known among criteria"),
        ("<criteria/><criteria/>", "it has two criteria"),
        ("<criteria><criterion test_ref='t:9'/></criteria>", "it refers to a test that the document does not have"),
        ("<criteria/>", "its criteria are empty"),
        ("", "it has no criteria"),
    ] {
        let (collected, outcome) = read("redhat-oval", with(criteria, "").as_bytes());
        assert_eq!(outcome, Ok(()));
        let notes: Vec<(&str, &str)> = collected.skipped.iter().map(|n| (n.record.as_str(), n.why.as_str())).collect();
        assert_eq!(notes, [("d:1", why)]);
    }
    let twice = "<oval_definitions><definitions><definition id='d:1'/><definition id='d:1'/><definition/></definitions></oval_definitions>";
    let (collected, _) = read("redhat-oval", twice.as_bytes());
    let mut why: Vec<&str> = collected.skipped.iter().map(|note| note.why.as_str()).collect();
    why.sort_unstable();
    assert_eq!(why, ["it has no criteria", "it has no id", "the id occurs twice"]);
}
