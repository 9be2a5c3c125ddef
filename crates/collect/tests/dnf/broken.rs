//! Metadata that are missing or damaged: the section says so, and never that nothing waits.

use crate::lab::{Lab, made, updateinfo};
use crate::support::snapshot;
use std::fs;
use std::path::PathBuf;

/// A host with an update in each of two repositories, fetched by dnf.
fn host() -> Lab {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "b 1-1 x86_64"].map(made));
    let info = updateinfo(&[("X-1", "security", &["a 2-1 x86_64"])]);
    lab.repository("one", &[made("a 2-1 x86_64")], &[("updateinfo", &info)], "");
    lab.repository("two", &[made("b 2-1 x86_64")], &[], "");
    lab.fetch();
    lab
}

/// The file of a repository's metadata whose name ends so.
fn metadata(lab: &Lab, id: &str, ending: &str) -> PathBuf {
    let folder = fs::read_dir(lab.root().join("var/cache/dnf")).unwrap().map(|entry| entry.unwrap().path());
    let is_of = |path: &PathBuf| path.is_dir() && path.file_name().unwrap().to_str().unwrap().starts_with(id);
    let folder = folder.into_iter().find(is_of).unwrap().join("repodata");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_str().unwrap().contains(ending)).unwrap()
}

fn names(lab: &Lab) -> Vec<String> {
    lab.collect().updates.unwrap().records.into_iter().map(|record| record.name).collect()
}

#[test]
fn without_metadata_the_section_says_what_to_run() {
    let lab = host();
    assert_eq!(names(&lab), ["a", "b"]);
    fs::remove_dir_all(lab.root().join("var/cache/dnf")).unwrap();
    let collected = lab.collect();
    let why = "dnf has repositories but no metadata of them in its cache that can be read here: run 'dnf makecache'";
    assert_eq!(collected.updates.unwrap_err(), why);
    let repositories = collected.repositories.unwrap();
    assert_eq!(repositories.records.len(), 2);
    assert!(repositories.records.iter().all(|record| record.enabled && record.fetched_at.is_none()));
    for id in ["one", "two"] {
        fs::write(lab.root().join(format!("etc/yum.repos.d/{id}.repo")), format!("[{id}]\nenabled=0\n")).unwrap();
    }
    assert_eq!(lab.collect().updates.unwrap_err(), "dnf has no repository that is enabled");
}

#[test]
fn a_repository_that_was_never_fetched_is_named() {
    let lab = host();
    lab.write("root/etc/yum.repos.d/new.repo", "[new]\nname=New\nbaseurl=https://me:secret@e.org/x\nenabled=1\n");
    let collected = lab.collect();
    let updates = collected.updates.unwrap();
    assert_eq!(updates.records.len(), 2);
    let notes: Vec<String> = updates.skipped.iter().map(|odd| format!("{}: {}", odd.record, odd.why)).collect();
    assert_eq!(notes, ["repository new: its metadata were never fetched"]);
    let repositories = collected.repositories.unwrap();
    assert!(repositories.records.iter().any(|record| record.uri == "https://e.org/x"), "{repositories:?}");
}

#[test]
fn a_list_that_breaks_off_is_no_answer() {
    let lab = host();
    let list = metadata(&lab, "two", "primary.xml");
    let whole = fs::read(&list).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&list, &whole[..length]).unwrap();
        let why = lab.collect().updates.unwrap_err();
        assert!(why.contains("/var/cache/dnf/two-") && why.contains("primary.xml"), "{length}: {why}");
    }
    fs::remove_file(&list).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("primary.xml.gz does not exist"), "{why}");
    fs::write(metadata(&lab, "two", "repomd.xml"), "<repomd>").unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("repomd.xml: line 1: the document ends with 1 elements open"), "{why}");
}

/// What another program put in the place of a list, or what was left of one, is well formed and not the repository's.
#[test]
fn a_list_that_is_not_the_repositorys_is_no_answer() {
    let lab = host();
    let list = metadata(&lab, "two", "primary.xml");
    let whole = fs::read(&list).unwrap();
    // The same packages but the one that waits, packed as before.
    let other = Lab::new().empty_list();
    assert_ne!(whole, other);
    fs::write(&list, other).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.contains("primary.xml.gz has ") && why.ends_with("it is not what the repository has"), "{why}");
    // One byte of what gzip does not look at: the time in its header.
    let mut changed = whole.clone();
    changed[4] ^= 1;
    fs::write(&list, changed).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.contains("primary.xml.gz does not have the checksum (sha256) of repomd.xml"), "{why}");
    fs::write(&list, &whole).unwrap();
    assert_eq!(names(&lab), ["a", "b"]);
    // By a checksum of another kind than is known, the list's own count tells.
    let index = metadata(&lab, "two", "repomd.xml");
    let text = fs::read_to_string(&index).unwrap();
    fs::write(
        &index,
        text.replace("sha256", "whirlpool").replace("<size>", "<no-size>").replace("</size>", "</no-size>"),
    )
    .unwrap();
    assert_eq!(names(&lab), ["a", "b"]);
    fs::write(&list, Lab::gzip("<metadata packages=\"1\"></metadata>")).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("primary.xml.gz holds 0 packages, but 1 by its own count"), "{why}");
}

/// `createrepo_c -s sha1`, `-s sha512`: what it writes is what is computed here.
#[test]
fn checksums_of_every_kind_that_createrepo_writes_are_held() {
    for kind in ["sha1", "sha224", "sha384", "sha512"] {
        let mut lab = Lab::new();
        lab.install(&[made("a 1-1 x86_64")]);
        lab.repository("one", &[made("a 2-1 x86_64")], &[], "");
        lab.index_again("one", kind);
        lab.fetch();
        assert_eq!(names(&lab), ["a"], "{kind}");
        let list = metadata(&lab, "one", "primary.xml");
        let mut whole = fs::read(&list).unwrap();
        whole[4] ^= 1;
        fs::write(&list, whole).unwrap();
        let why = lab.collect().updates.unwrap_err();
        assert!(why.contains(&format!("does not have the checksum ({kind})")), "{kind}: {why}");
    }
}

/// Only additions are switched on: what the distribution has to offer is not known.
#[test]
fn without_the_distributions_own_repository_not_all_is_known() {
    let mut lab = Lab::new();
    lab.install(&["a 1-1 x86_64", "glibc 1-1 x86_64"].map(made));
    lab.repository("epel", &[made("a 2-1 x86_64")], &[], "");
    lab.repository("baseos", &[made("glibc 1-1 x86_64")], &[], "");
    lab.fetch();
    assert_eq!(lab.collect().updates.unwrap().skipped, []);
    fs::write(lab.root().join("etc/yum.repos.d/baseos.repo"), "[baseos]\nenabled=0\n").unwrap();
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records.len(), 1);
    let [note] = updates.skipped.as_slice() else { panic!("{:?}", updates.skipped) };
    assert!(note.why.starts_with("none offers any version of glibc: the distribution's own repository"), "{note:?}");
}

/// `dnf updateinfo list --security` says nothing of `b` either way: its repository has no advisories.
#[test]
fn without_advisories_it_is_not_known_what_is_of_security() {
    let lab = host();
    let told = |lab: &Lab| -> Vec<(String, bool, bool)> {
        let records = lab.collect().updates.unwrap().records;
        records.into_iter().map(|record| (record.name, record.security, record.security_unknown)).collect()
    };
    assert_eq!(told(&lab), [("a".to_owned(), true, false), ("b".to_owned(), false, true)]);
    let list = metadata(&lab, "one", "updateinfo");
    let whole = fs::read(&list).unwrap();
    fs::write(&list, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(told(&lab)[0], ("a".to_owned(), false, true), "what could not be read says nothing");
}

#[test]
fn advisories_that_break_off_are_noted() {
    let lab = host();
    let list = metadata(&lab, "one", "updateinfo");
    let whole = fs::read(&list).unwrap();
    fs::write(&list, &whole[..whole.len() / 2]).unwrap();
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records.len(), 2);
    let [note] = updates.skipped.as_slice() else { panic!("{:?}", updates.skipped) };
    assert!(note.record.contains("updateinfo") && note.why.starts_with("read no further"), "{note:?}");
}

/// Folders of the same id: from before an address was changed, and of a repository whose id begins alike.
#[test]
fn the_newest_metadata_of_a_repository_are_in_use() {
    let lab = host();
    let mut other = Lab::new();
    other.repository("one", &[made("a 9-1 x86_64")], &[], "");
    let cache = lab.root().join("var/cache/dnf");
    for (folder, age) in [("one-0123456789abcdef", 1_000_000_000), ("one-more-0123456789abcdef", 4_000_000_000)] {
        let repodata = cache.join(folder).join("repodata");
        fs::create_dir_all(&repodata).unwrap();
        for file in fs::read_dir(other.path("repositories/one/repodata")).unwrap() {
            let file = file.unwrap().path();
            let copy = repodata.join(file.file_name().unwrap());
            fs::copy(&file, &copy).unwrap();
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(age);
            fs::File::options().append(true).open(&copy).unwrap().set_modified(time).unwrap();
        }
    }
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records[0].candidate, "2-1");
}

/// The lists are as old as the oldest of those with security advisories; without any such, as the oldest.
#[test]
fn the_oldest_metadata_count() {
    let lab = host();
    let date = |id: &str, day: u64| {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + day * 86_400);
        for ending in ["repomd.xml", "primary.xml"] {
            fs::File::options().append(true).open(metadata(&lab, id, ending)).unwrap().set_modified(time).unwrap();
        }
    };
    let days = || (lab.collect().updates.unwrap().lists_at.unwrap().as_second() - 1_700_000_000) / 86_400;
    date("one", 20);
    date("two", 10);
    assert_eq!(days(), 20, "'two' has no advisories");
    fs::write(metadata(&lab, "one", "updateinfo"), Lab::gzip("<updates></updates>")).unwrap();
    assert_eq!(days(), 10);
}

/// `cachedir` may hold a folder of the same id by another address, however much newer.
#[test]
fn metadata_of_another_address_do_not_count() {
    let lab = host();
    let own = metadata(&lab, "one", "repomd.xml").parent().unwrap().parent().unwrap().to_path_buf();
    // sha256sum of the address that stands in the settings begins so.
    let address = format!("file://{}", lab.path("repositories/one").display());
    let sum =
        std::process::Command::new("sh").args(["-c", "printf %s \"$1\" | sha256sum", "sh", &address]).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(own.file_name().unwrap().to_str().unwrap(), format!("one-{}", &sum[..16]));
    fs::rename(&own, own.with_file_name("one-ffffffffffffffff")).unwrap();
    assert_eq!(names(&lab), ["a", "b"], "one by no known address is taken");
    fs::create_dir_all(own.join("repodata")).unwrap();
    fs::copy(metadata(&lab, "two", "repomd.xml"), own.join("repodata/repomd.xml")).unwrap();
    let why = lab.collect().updates.unwrap_err();
    assert!(why.contains(&format!("one-{}", &sum[..16])), "the one by its address counts, though it is broken: {why}");
}

/// Each pattern that begins with a wildcard is held against every package; beyond 500 that is said.
#[test]
fn locks_with_wildcards_have_a_ceiling() {
    let lab = host();
    let locks = |count: usize| (0..count).map(|n| format!("*x{n}-1-1.*\n")).collect::<String>();
    lab.write("root/etc/dnf/plugins/versionlock.list", &locks(500));
    assert_eq!(lab.collect().updates.unwrap().skipped, []);
    lab.write("root/etc/dnf/plugins/versionlock.list", &locks(501));
    let updates = lab.collect().updates.unwrap();
    let [note] = updates.skipped.as_slice() else { panic!("{:?}", updates.skipped) };
    assert!(note.why.starts_with("more than 500 patterns of packages begin with a wildcard"), "{note:?}");
}

#[test]
fn a_collection_leaves_no_trace() {
    let lab = host();
    let before = snapshot(&lab.root());
    assert_eq!(names(&lab), ["a", "b"]);
    assert_eq!(snapshot(&lab.root()), before);
}
