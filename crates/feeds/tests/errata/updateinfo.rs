//! The format `updateinfo` over documents of vendors that have no such feed here: Red Hat's content
//! delivery network, and Pulp's test repository. Counts by `grep -o` on the decompressed document.

use crate::bundles::document;
use formats::updateinfo::{Item, Update, read};

fn updates(path: &str) -> Vec<Update> {
    let bytes = document(path);
    let mut updates = Vec::new();
    let count = read(&*bytes, &mut |item| match item {
        Item::Update(update) => {
            updates.push(*update);
            Ok(())
        }
        Item::Skipped { id, note, .. } => Err(format!("{id}: {note}")),
    })
    .unwrap();
    assert_eq!(count, updates.len() as u64);
    updates
}

#[test]
fn red_hats_documents_are_understood_to_the_last_package() {
    for (path, updates_there, packages, references, security) in [
        ("redhat/rhel6-repo/updateinfo.xml.xz", 1448, 5414, 10_351, 330),
        ("redhat/pulp-test_repo-updateinfo.xml.zst", 52, 154, 408, 7),
    ] {
        let updates = updates(path);
        assert_eq!(updates.len(), updates_there);
        assert_eq!(updates.iter().map(|update| update.packages().count()).sum::<usize>(), packages, "{path}");
        assert_eq!(updates.iter().map(|update| update.references.len()).sum::<usize>(), references, "{path}");
        assert_eq!(updates.iter().filter(|update| update.kind == "security").count(), security, "{path}");
        assert!(updates.iter().all(|update| !update.id.is_empty() && !update.title.is_empty()));
    }
}

#[test]
fn updates_say_what_the_documents_say() {
    let rhel6 = updates("redhat/rhel6-repo/updateinfo.xml.xz");
    let psycopg = rhel6.iter().find(|update| update.id == "RHBA-2012:0145").unwrap();
    assert_eq!((psycopg.kind.as_str(), psycopg.issued.as_str()), ("bugfix", "2012-02-17 00:00:00"));
    let (collection, package) = psycopg.packages().next().unwrap();
    assert_eq!(collection.short, "rhel-x86_64-server-6");
    assert_eq!((package.name.as_str(), package.epoch.as_str()), ("python-psycopg2", "0"));
    assert_eq!((package.version.as_str(), package.release.as_str()), ("2.0.14", "1.el6_2.1"));
    assert_eq!(package.source_name(), Some("python-psycopg2"));
    // Titles of references stand as text there, not as an attribute.
    let pulp = updates("redhat/pulp-test_repo-updateinfo.xml.zst");
    let xen = pulp.iter().find(|update| update.id == "RHBA-2009:1092").unwrap();
    assert_eq!(xen.references[0].title, "network-bridge-bonding doesn't support 802.1q vlans");
}
