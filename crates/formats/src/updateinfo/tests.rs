//! What is read of an update, and what is said of one that is odd. Whole documents of the vendors
//! are read by the tests of the crate `feeds`.

use super::*;

fn items(document: &str) -> Result<Vec<Item>, Error<()>> {
    let mut items = Vec::new();
    read(document.as_bytes(), &mut |item| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

fn wrapped(inside: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<updates>\n{inside}\n</updates>\n")
}

#[test]
fn an_update_is_read_with_everything_it_says() {
    let items = items(&wrapped(
        r#"<update from="x" status="final" type="security" version="1">
  <id>ALSA-2021:4142</id><title>Important: a &amp; b</title><severity>Important</severity>
  <release>AlmaLinux 8</release><issued date="2021-11-09 08:31:43"/><updated>2021-11-10</updated>
  <reboot_suggested>True</reboot_suggested><description><![CDATA[x < y]]></description>
  <references><reference href="https://a/" id="CVE-2021-1" type="cve" title="t"/>
    <reference href="https://b/" id="7" type="bugzilla">in the text</reference></references>
  <pkglist><collection short="s"><name>n</name>
    <module name="pcs" stream="1" version="80" context="ab" arch="x86_64"/>
    <package name="pcs" version="0.10" release="1.el8" arch="x86_64" src="pcs-lib-0.10-1.el8.src.rpm">
      <filename>pcs-0.10-1.el8.x86_64.rpm</filename><sum type="sha256">ff</sum><restart_suggested>1</restart_suggested>
    </package>
    <package name="pcs-lib" epoch="1" version="0.10" release="1.el8" arch="src" src="-"/>
  </collection></pkglist></update>"#,
    ))
    .unwrap();
    let [Item::Update(update)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((update.id.as_str(), update.title.as_str()), ("ALSA-2021:4142", "Important: a & b"));
    assert_eq!((update.kind.as_str(), update.status.as_str()), ("security", "final"));
    assert_eq!((update.severity.as_str(), update.release.as_str()), ("Important", "AlmaLinux 8"));
    assert_eq!((update.issued.as_str(), update.updated.as_str()), ("2021-11-09 08:31:43", "2021-11-10"));
    assert_eq!((update.description.as_str(), update.wants_reboot(), update.line), ("x < y", true, 3));
    assert_eq!((update.references[0].id.as_str(), update.references[1].title.as_str()), ("CVE-2021-1", "in the text"));
    let [collection] = update.collections.as_slice() else { panic!("{update:?}") };
    assert_eq!((collection.short.as_str(), collection.name.as_str()), ("s", "n"));
    assert_eq!(collection.module.as_ref().map(|module| module.stream.as_str()), Some("1"));
    let [binary, source] = collection.packages.as_slice() else { panic!("{collection:?}") };
    assert_eq!((binary.epoch.as_str(), binary.source_name(), binary.is_source()), ("0", Some("pcs-lib"), false));
    assert_eq!((binary.reboot_suggested, binary.restart_suggested), (false, true));
    assert_eq!((source.epoch.as_str(), source.source_name(), source.is_source()), ("1", None, true));
}

#[test]
fn a_bad_part_is_skipped_with_its_line_and_the_rest_is_used() {
    for (part, line, why) in [
        (r#"<package name="a" version="1"/>"#, 5, "package 'a' has no release"),
        (r#"<package version="1" release="1"/>"#, 5, "package '' has no name"),
        (r#"<package name="a" epoch="x" version="1" release="1"/>"#, 5, "the epoch of package 'a' is no number"),
        (r#"<module stream="1"/>"#, 5, "a module has no name"),
    ] {
        let text = wrapped(&format!(
            "<update><id>A</id>\n<pkglist><collection>\n{part}<package name=\"b\" version=\"1\" release=\"2\"/></collection></pkglist></update>"
        ));
        let items = items(&text).unwrap();
        let [Item::Skipped { id, note, packages, whole: false }, Item::Update(update)] = items.as_slice() else {
            panic!("{items:?}")
        };
        assert_eq!((id.as_str(), note), ("A", &Skipped::new(line, why)), "{part}");
        let named: &[&str] = if part.contains("name=\"a\"") { &["a"] } else { &[] };
        assert_eq!(packages, named, "{part}");
        assert_eq!(update.packages().count(), 1);
    }
    let items = items(&wrapped("<update><title>x</title></update><update><id>B</id></update>")).unwrap();
    let [Item::Skipped { note, whole: true, .. }, Item::Update(update)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((note.why.as_str(), update.id.as_str()), ("the update has no id", "B"));
}

#[test]
fn an_update_with_too_many_packages_is_left_out_and_the_next_is_read() {
    let packages = r#"<package name="a" version="1" release="1"/>"#.repeat(MAX_PACKAGES + 1);
    let text = wrapped(&format!(
        "<update><id>A</id><pkglist><collection>{packages}</collection></pkglist></update><update><id>B</id></update>"
    ));
    let items = items(&text).unwrap();
    let [Item::Skipped { id, packages, whole: true, .. }, Item::Update(update)] = items.as_slice() else {
        panic!("{}", items.len())
    };
    assert_eq!((id.as_str(), packages.as_slice(), update.id.as_str()), ("A", &["a".to_owned()][..], "B"));
}

#[test]
fn what_is_no_updateinfo_is_refused() {
    for (document, why) in [
        ("<repomd/>", "line 1: the root element is 'repomd', not 'updates'"),
        ("", "line 1: there is no root element 'updates'"),
        ("not xml", "line 1: a text stands outside of the root element"),
        ("<updates>\n<update>", "line 2: the document ends with 2 elements open"),
        ("<!DOCTYPE updates [<!ENTITY a 'b'>]><updates/>", "line 1: it has a document type declaration"),
    ] {
        assert_eq!(items(document).unwrap_err().to_string(), why, "{document}");
    }
    let mut taken = 0;
    let outcome =
        read("<updates><update><id>a</id></update><update><id>b</id></update></updates>".as_bytes(), &mut |_| {
            taken += 1;
            Err("enough")
        });
    assert_eq!((outcome, taken), (Err(Error::Taker("enough")), 1));
    assert_eq!(items("<updates/>").unwrap(), []);
}
