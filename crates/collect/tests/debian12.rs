//! A real Debian 12 host with the archive's lists of the same moment, against apt's own verdicts.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use collect::{Options, Root, apt, collect};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

fn data(path: &str) -> PathBuf {
    let data = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path);
    assert!(data.exists(), "{} is missing: the tests need the shared data set", data.display());
    data
}

fn unzstd(path: &str) -> Vec<u8> {
    zstd::decode_all(fs::File::open(data(path)).unwrap()).unwrap()
}

/// The lists of `feeds/debian/apt-lists` under the names that apt gives them.
fn write_lists(root: &Path) {
    let lists = root.join("var/lib/apt/lists");
    fs::create_dir_all(&lists).unwrap();
    for entry in fs::read_dir(data("feeds/debian/apt-lists")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let name = format!("deb.debian.org_{}", name.strip_suffix(".xz").unwrap());
        let mut content = Vec::new();
        liblzma::read::XzDecoder::new(fs::File::open(entry.path()).unwrap()).read_to_end(&mut content).unwrap();
        fs::write(lists.join(name), content).unwrap();
    }
}

const SOURCES: &str = "deb http://deb.debian.org/debian bookworm main\n\
    deb http://deb.debian.org/debian bookworm-updates main\n\
    deb http://deb.debian.org/debian-security bookworm-security main\n";

fn host() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    for path in ["etc/apt", "var/lib/dpkg"] {
        fs::create_dir_all(root.join(path)).unwrap();
    }
    fs::write(root.join("etc/apt/sources.list"), SOURCES).unwrap();
    fs::write(root.join("etc/os-release"), unzstd("hosts/os-release.zst")).unwrap();
    fs::write(root.join("etc/hostname"), "debian12\n").unwrap();
    fs::write(root.join("var/lib/dpkg/status"), unzstd("hosts/dpkg-status.zst")).unwrap();
    write_lists(root);
    directory
}

struct Row {
    pending: Option<String>,
    suites: BTreeSet<String>,
    security: bool,
}

fn rows() -> BTreeMap<(String, String, String), Row> {
    let mut rows = BTreeMap::new();
    for line in BufReader::new(&unzstd("conformance/host-debian12-apt.jsonl.zst")[..]).lines() {
        let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        let suites = row["pending_suites"].as_array().into_iter().flatten();
        let key = (text("package"), text("arch"), text("version"));
        let row = Row {
            pending: row["pending_version"].as_str().map(str::to_owned),
            suites: suites.map(|suite| suite.as_str().unwrap().to_owned()).collect(),
            security: row["from_security_suite"].as_bool().unwrap(),
        };
        assert!(rows.insert(key, row).is_none());
    }
    rows
}

/// Truth: `conformance/host-debian12-apt.jsonl.zst`, what apt 2.6 said on the host itself.
#[test]
fn every_verdict_equals_apts_own() {
    let directory = host();
    let root = Root::new(directory.path()).unwrap();
    let candidates = apt::candidates(&root, &Options::default()).unwrap();
    let candidates: BTreeMap<_, _> = candidates
        .into_iter()
        .map(|candidate| ((candidate.name.clone(), candidate.arch.clone(), candidate.installed.clone()), candidate))
        .collect();
    let rows = rows();
    assert_eq!(rows.len(), 467);
    let (mut pending, mut security) = (0, 0);
    for (key, row) in &rows {
        let ours = candidates.get(key).unwrap_or_else(|| panic!("{key:?} is not among the installed packages"));
        match &row.pending {
            Some(version) => {
                assert_eq!(ours.candidate.as_ref(), Some(version), "{key:?}");
                assert_eq!(ours.suites.iter().cloned().collect::<BTreeSet<_>>(), row.suites, "{key:?}");
                assert_eq!(ours.security, row.security, "{key:?}");
                pending += 1;
                security += usize::from(row.security);
            }
            None => assert_eq!(ours.candidate.as_ref(), Some(&key.2), "{key:?} has nothing pending"),
        }
    }
    assert_eq!((pending, security), (65, 36));
}

#[test]
fn the_report_says_the_same() {
    let directory = host();
    let root = Root::new(directory.path()).unwrap();
    let collected = collect(&root, &Options::default());
    let packages = collected.packages.unwrap();
    // dpkg-query -W of the host counts as many (hosts/dpkg-query-W.txt.zst).
    let queried = String::from_utf8(unzstd("hosts/dpkg-query-W.txt.zst")).unwrap();
    assert_eq!(packages.records.len(), queried.lines().count());
    assert_eq!(packages.skipped, []);
    let updates = collected.updates.unwrap();
    assert_eq!(updates.skipped, []);
    let updates_by_key: BTreeMap<_, _> =
        updates.records.iter().map(|u| ((u.name.clone(), u.arch.clone(), u.installed.clone()), u)).collect();
    for (key, row) in rows() {
        let ours = updates_by_key.get(&key);
        assert_eq!(ours.map(|update| update.candidate.clone()), row.pending, "{key:?}");
        if let Some(update) = ours {
            assert_eq!(update.security, row.security, "{key:?}");
            assert!(row.suites.contains(&update.suite), "{key:?}");
            assert_eq!(update.origin, "Debian");
            assert!(update.repository.starts_with("http://deb.debian.org/debian"), "{}", update.repository);
        }
    }
    // What matching.md rule 6 says of this host: 108 of 907 packages stand in no list, 92 of them
    // merely outdated.
    let inferred = packages.records.iter().filter(|record| record.origin_inferred).count();
    let unknown = packages.records.iter().filter(|record| record.origin.is_empty()).count();
    assert_eq!((packages.records.len(), inferred, unknown), (907, 92, 16));
    let repositories = collected.repositories.unwrap();
    let told: Vec<_> = repositories
        .records
        .iter()
        .map(|r| {
            (r.uri.as_str(), r.suite.as_str(), r.codename.as_str(), r.security, r.published_at.unwrap().to_string())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("http://deb.debian.org/debian", "bookworm", "bookworm", false, "2026-07-11T10:16:37Z".to_owned()),
            (
                "http://deb.debian.org/debian",
                "bookworm-updates",
                "bookworm-updates",
                false,
                "2026-11-20T02:11:10Z".to_owned()
            ),
            (
                "http://deb.debian.org/debian-security",
                "bookworm-security",
                "bookworm-security",
                true,
                "2026-11-20T00:12:41Z".to_owned()
            ),
        ]
    );
    let host = collected.host.unwrap();
    assert_eq!((host.os.id.as_str(), host.os.version_id.as_str(), host.arch.as_str()), ("debian", "12", "amd64"));
    assert_eq!(host.hostname, "debian12");
    assert_eq!(collected.history.unwrap_err(), "neither /var/log/dpkg.log nor apt's log is there");
}
