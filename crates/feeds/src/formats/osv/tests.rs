//! What is read of a record, and which ranges are taken.

use super::*;

fn ids(document: &str) -> Result<Vec<String>, Unreadable> {
    let mut seen = Vec::new();
    read(&mut document.as_bytes(), &mut |entry| {
        seen.push(match entry {
            Entry::Record(record) => record.id.into_owned(),
            Entry::Bad(_, why) => why,
        });
        Ok(())
    })?;
    Ok(seen)
}

#[test]
fn a_document_is_a_record_or_a_list_of_them() {
    assert_eq!(ids(" {\"id\":\"A\"}").unwrap(), ["A"]);
    assert_eq!(ids("\u{feff}[{\"id\":\"A\"},{\"id\":\"B\\n\"}]").unwrap(), ["A", "B\n"]);
    let bad = ids(r#"[{"id":"A"},{"x":1}]"#).unwrap();
    assert!(bad[0] == "A" && bad[1].contains("missing field `id`"), "{bad:?}");
    for document in ["", "{}", "<html>", r#"{"id":"A"} x"#, r#"{"id":"#] {
        assert!(matches!(ids(document), Err(Unreadable::Malformed { .. })), "{document}");
    }
}

#[test]
fn ranges_that_say_more_than_a_fixed_version_are_told_apart() {
    let of = |ranges: &str| {
        let text = format!(r#"{{"package":{{"ecosystem":"E","name":"n"}},"ranges":{ranges}}}"#);
        let affected: Affected<'_> = serde_json::from_str(&text).unwrap();
        affected.fixed().map(|fixed| fixed.map(str::to_owned))
    };
    let one = |events: &str| of(&format!(r#"[{{"type":"ECOSYSTEM","events":[{events}]}}]"#));
    assert_eq!(one(r#"{"introduced":"0"},{"fixed":"1.2-3"}"#), Ok(Some("1.2-3".to_owned())));
    assert_eq!(one(r#"{"introduced":"0"}"#), Ok(None));
    for (events, why) in [
        (r#"{"introduced":"1"},{"fixed":"2"}"#, "a range of it begins at '1'"),
        (r#"{"introduced":"0"},{"last_affected":"2"}"#, "its range ends with the last affected version '2'"),
        (r#"{"introduced":"0"},{"fixed":"2"},{"fixed":"3"}"#, "its range has several ends"),
        (r#"{"fixed":"2"}"#, "its range has no beginning"),
        (r#"{"introduced":"0"},{"limit":"2"}"#, "its range has an event of a kind that is not known"),
    ] {
        assert_eq!(one(events), Err(why.to_owned()), "{events}");
    }
    assert_eq!(of("[]"), Err("it has 0 ranges of versions, not one".to_owned()));
    assert_eq!(of(r#"[{"type":"GIT"}]"#), Err("its range is of the kind 'GIT'".to_owned()));
}

#[test]
fn qualifiers_are_read_from_the_package_url() {
    let package = Package {
        ecosystem: "E".into(),
        name: "n".into(),
        purl: "pkg:deb/ubuntu/netty@1:4.0?arch=source&distro=esm-apps/xenial".into(),
    };
    assert_eq!(package.qualifier("distro"), Some("esm-apps/xenial"));
    assert_eq!(package.qualifier("epoch"), None);
}
