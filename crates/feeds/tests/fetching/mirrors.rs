//! Several addresses of a feed.

use crate::server::{Server, Site, paths, response};
use feeds::{Brought, FeedConfig, FetchError, FetchOptions, Fetched, Fetcher, Held, Known, bring, feed};
use std::io::Write;
use std::path::Path;

const LIST: &[u8] = b"[29 Mar 2023] DSA-5380-1 xorg-server - security update\n";

fn brought(id: &str, config: &FeedConfig, held: &[Held], folder: &Path) -> Result<Brought, FetchError> {
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    bring(feed(id).unwrap(), config, &Fetcher::new(FetchOptions::default()), held, folder, now)
}

fn config(urls: &[String]) -> FeedConfig {
    FeedConfig { url: Some(urls[0].clone()), mirrors: urls[1..].to_vec(), ..FeedConfig::default() }
}

#[test]
fn the_next_address_is_asked_where_one_fails_and_the_failure_is_said() {
    let (down, good) = (Server::saying("500 Oops", b""), Server::saying("200 OK\r\nETag: \"a1\"", LIST));
    let folder = tempfile::tempdir().unwrap();
    let brought = brought("debian-dsa", &config(&[down.url("/list"), good.url("/list")]), &[], folder.path()).unwrap();
    assert_eq!(brought.documents.len(), 1);
    assert_eq!(brought.documents[0].document.url, good.url("/list"));
    assert_eq!(brought.notes, [format!("{} answered with status 500", down.url("/list"))]);
}

#[test]
fn where_none_answers_each_reason_is_said() {
    let (down, gone) = (Server::saying("500 Oops", b""), Server::saying("404 Not Found", b""));
    let folder = tempfile::tempdir().unwrap();
    let error = brought("debian-dsa", &config(&[down.url("/a"), gone.url("/b")]), &[], folder.path()).unwrap_err();
    let (one, two) = (down.url("/a"), gone.url("/b"));
    let both =
        format!("none of its 2 addresses gave it: {one} answered with status 500; {two} answered with status 404");
    assert_eq!(error.to_string(), both);
}

#[test]
fn what_is_held_is_asked_for_conditionally_at_the_address_it_came_from() {
    let server = Server::new(|head, connection| {
        let same = head.contains("if-none-match: \"a1\"");
        drop(
            connection
                .write_all(&response(if same { "304 Not Modified" } else { "200 OK" }, if same { b"" } else { LIST })),
        );
    });
    let folder = tempfile::tempdir().unwrap();
    let known = Known { etag: Some("\"a1\"".into()), last_modified: None };
    let held = Held { url: server.url("/list"), known, path: folder.path().join("none") };
    let ours = config(&[server.url("/list")]);
    let first = brought("debian-dsa", &ours, std::slice::from_ref(&held), folder.path()).unwrap();
    assert_eq!(first.documents[0].fetched, Fetched::Unchanged);
    let elsewhere = Held { url: "https://elsewhere.example/list".into(), ..held };
    let second = brought("debian-dsa", &ours, &[elsewhere], folder.path()).unwrap();
    assert!(matches!(second.documents[0].fetched, Fetched::Fresh(_)));
}

/// A repository without updates but for its index.
fn repository(site: &Site, root: &str, release: &str, repository: &str) {
    let index = r#"<repomd><data type="updateinfo"><location href="repodata/updateinfo.xml"/></data></repomd>"#;
    site.put(&format!("{root}/{release}/{repository}/x86_64/os/repodata/repomd.xml"), index);
    site.put(&format!("{root}/{release}/{repository}/x86_64/os/repodata/updateinfo.xml"), "<updates/>");
}

/// The repositories of `almalinux_updateinfo.rs`.
pub(crate) const REPOSITORIES: &[(&str, &[&str])] = &[
    ("8", &["BaseOS", "AppStream", "PowerTools", "HighAvailability", "RT", "NFV"]),
    ("9", &["BaseOS", "AppStream", "CRB", "HighAvailability", "RT", "NFV"]),
    ("10", &["BaseOS", "AppStream", "CRB", "HighAvailability", "RT", "NFV"]),
];

#[test]
fn a_document_that_one_mirror_lacks_comes_from_the_next() {
    let (first, second) = (Site::default(), Site::default());
    for (release, names) in REPOSITORIES {
        for name in *names {
            repository(&first, "/alma", release, name);
            repository(&second, "/pub", release, name);
        }
    }
    first.remove("/alma/9/CRB/x86_64/os/repodata/updateinfo.xml");
    let (one, two) = (first.serve(), second.serve());
    let folder = tempfile::tempdir().unwrap();
    let both = config(&[one.url("/alma/"), two.url("/pub/")]);
    let brought = brought("almalinux-updateinfo", &both, &[], folder.path()).unwrap();
    assert_eq!(brought.documents.len(), 18);
    let from_second: Vec<_> =
        brought.documents.iter().filter(|brought| brought.document.url.starts_with(&two.url("/pub/"))).collect();
    assert_eq!(from_second.len(), 1);
    assert_eq!(from_second[0].document.name, "9/CRB");
    assert_eq!(brought.notes.len(), 1, "{:?}", brought.notes);
    // The second is asked for its indices and the one document.
    assert_eq!(paths(&two.requests()).len(), 18 + 1);
}
