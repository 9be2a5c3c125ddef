//! Where the documents of feeds are that have to ask for it.

use crate::bundles::member;
use feeds::{Document, FeedConfig, FetchError, feed};

/// The documents of a feed, where `answer` is what its indices say by their address.
fn discovered(id: &str, answer: &dyn Fn(&str) -> Option<Vec<u8>>) -> (Vec<Document>, Vec<String>) {
    let mut asked = Vec::new();
    let documents = feed(id).unwrap().discover(&FeedConfig::default(), &mut |url| {
        asked.push(url.to_owned());
        answer(url).ok_or_else(|| FetchError::Status { url: url.to_owned(), status: 404, retry_after: None })
    });
    (documents.unwrap_or_else(|error| panic!("{error}")), asked)
}

/// The index of a real repository, shortened by its collectors, which names an updateinfo.
fn repomd() -> Vec<u8> {
    member("almalinux/samples-vuls-data-update.tar.zst", "happy/almalinux/9/AppStream/x86_64/os/repodata/repomd.xml")
}

/// Its entry: `<location href="repodata/cccc125...-updateinfo.xml.gz"/>`.
const HREF: &str = "repodata/cccc125de8ddb7f66ac6a9850f48af285670c3ace1e29f2b0ce002ab69b88ee5-updateinfo.xml.gz";

#[test]
fn repositories_are_asked_for_their_updateinfo() {
    for (id, base, count) in [
        ("almalinux-updateinfo", "https://repo.almalinux.org/almalinux", 18),
        ("rocky-updateinfo", "https://dl.rockylinux.org/pub/rocky", 17),
    ] {
        let (documents, asked) = discovered(id, &|_| Some(repomd()));
        assert_eq!((documents.len(), asked.len()), (count, count));
        assert!(asked.contains(&format!("{base}/9/AppStream/x86_64/os/repodata/repomd.xml")), "{asked:?}");
        let appstream = documents.iter().find(|document| document.name == "9/AppStream").unwrap();
        assert_eq!(appstream.url, format!("{base}/9/AppStream/x86_64/os/{HREF}"));
        let mut names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "names are unique");
    }
    // One that has had no update is passed over.
    let without = br#"<repomd><data type="primary"><location href="repodata/a.xml.gz"/></data></repomd>"#;
    let (documents, _) =
        discovered("almalinux-updateinfo", &|url| Some(if url.contains("/10/") { without.to_vec() } else { repomd() }));
    assert_eq!(documents.len(), 12);
}

#[test]
fn an_index_that_cannot_be_used_fails_the_whole() {
    let elsewhere =
        br#"<repomd><data type="updateinfo"><location href="https://elsewhere.example/u.xml"/></data></repomd>"#;
    let outside = br#"<repomd><data type="updateinfo"><location href="../../u.xml"/></data></repomd>"#;
    for (body, why) in [
        (None, "answered with status 404"),
        (Some(b"<html></html>".to_vec()), "the root element is 'html', not 'repomd'"),
        (Some(elsewhere.to_vec()), "its updateinfo has no place within the repository"),
        (Some(outside.to_vec()), "its updateinfo has no place within the repository"),
    ] {
        let outcome = feed("rocky-updateinfo").unwrap().discover(&FeedConfig::default(), &mut |url| {
            body.clone().ok_or_else(|| FetchError::Status { url: url.to_owned(), status: 404, retry_after: None })
        });
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("https://dl.rockylinux.org/"), "{error}");
    }
}

/// Bodhi's own list, shortened: F29C, F38, F38M, F38F, F38C, F40 (`jq '[.releases[].name]'`).
#[test]
fn releases_of_packages_are_asked_for() {
    let releases = member("fedora/samples-vuls-data-update.tar.zst", "fixtures/releases/releases.json");
    let answer = |url: &str| Some(if url.contains("/releases/") { releases.clone() } else { repomd() });
    let (documents, _) = discovered("fedora-updateinfo", &answer);
    let urls: Vec<&str> = documents.iter().map(|document| document.url.as_str()).collect();
    let at = |release: &str| {
        format!("https://dl.fedoraproject.org/pub/fedora/linux/updates/{release}/Everything/x86_64/{HREF}")
    };
    assert_eq!(urls, [at("38"), at("40")]);
    let (documents, asked) = discovered("epel-updateinfo", &answer);
    assert_eq!((documents.len(), asked.len()), (0, 1), "no release of EPEL is in the list");

    // 227 updates are three pages of a hundred.
    let total = br#"{"updates":[],"total":227,"pages":227}"#;
    let (documents, asked) = discovered("fedora-bodhi", &|url| {
        Some(if url.contains("/releases/") { releases.clone() } else { total.to_vec() })
    });
    assert_eq!((documents.len(), asked.len()), (6, 3));
    assert_eq!(documents[5].name, "F40-page-3");
    assert!(documents[5].url.ends_with("?releases=F40&type=security&status=stable&rows_per_page=100&page=3"));
}

/// `{"advisories": [..1..], "total": 8019, "page": 1, "size": 1}`
#[test]
fn pages_of_apollo_are_counted() {
    let page = member("rocky/samples-vuls-data-update.tar.zst", "errata/testdata/fixtures/happy/page1.json");
    let (documents, _) = discovered("rocky-errata", &|_| Some(page.clone()));
    assert_eq!(documents.len(), 81);
    assert_eq!(documents[80].url, "https://apollo.build.resf.org/api/v3/advisories/?size=100&page=81");
    let error = |body: &'static [u8]| {
        let outcome = feed("rocky-errata").unwrap().discover(&FeedConfig::default(), &mut |_| Ok(body.to_vec()));
        outcome.unwrap_err().to_string()
    };
    assert!(error(br#"{"total":0}"#).ends_with("0 errata are not to be believed"));
    assert!(error(b"<html>").contains("expected value"));
}
