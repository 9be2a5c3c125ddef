//! The real databases of the shared data set, against their expected lists and against `rpm` itself.

use crate::reading::{line, lines_of, sound};
use crate::root::content;
use crate::rpm;
use formats::rpmdb::{Format, Limits, Package, read};
use std::io::Cursor;
use tempfile::TempDir;

/// The lines of a list: name, epoch:version-release, arch, source rpm; the module label, install time
/// and vendor, where it has seven columns.
fn expected(name: &str) -> Vec<String> {
    let text = String::from_utf8(content(name)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn row(package: &Package<'_>, columns: usize) -> String {
    let or_none = |text: &str| if text.is_empty() { "(none)".to_owned() } else { text.to_owned() };
    let evr = format!("{}:{}-{}", package.epoch.unwrap_or_default(), package.version, package.release);
    let vendor = package.vendor.map_or("(none)".into(), |vendor| String::from_utf8_lossy(vendor).into_owned());
    let all = [
        package.name.to_owned(),
        evr,
        package.arch.to_owned(),
        package.source_rpm.to_owned(),
        or_none(package.module),
        package.install_time.unwrap().to_string(),
        vendor,
    ];
    all[..columns].join("\t")
}

/// Truth: `*.expected.tsv`, what rpm (of the ndb database its publisher's rpm) says.
#[test]
fn every_field_equals_the_expected_lists() {
    for (file, list, format, count, columns) in [
        ("mariner2.rpmdb.sqlite.zst", "mariner2.expected.tsv", Format::Sqlite, 129, 7),
        ("sle15-bci.ndb.Packages.db.zst", "sle15-bci.expected.tsv", Format::Ndb, 35, 4),
        ("libuuid.bdb.Packages", "libuuid.expected.tsv", Format::Berkeley, 1, 7),
        ("epoch.bdb.Packages", "epoch.expected.tsv", Format::Berkeley, 1, 7),
        ("small.bdb.Packages", "small.expected.tsv", Format::Berkeley, 1, 7),
    ] {
        let (mut rows, mut keys) = (Vec::new(), 0);
        let outcome = read(Cursor::new(content(file)), None, &Limits::default(), &mut |package| {
            if package.is_key() {
                keys += 1;
            } else {
                rows.push(row(package, columns));
            }
        });
        let outcome = outcome.unwrap();
        rows.sort();
        assert_eq!((outcome.format, outcome.skipped), (format, vec![]), "{file}");
        assert_eq!((rows.len(), outcome.packages), (count, count + keys), "{file}");
        assert_eq!(rows, expected(list), "{file}");
    }
}

/// Truth: `rpm -qa` on the same file, every field and all dependencies.
#[test]
fn rpm_reads_the_same_of_sqlite_and_berkeley_db() {
    for (file, name, backend) in [
        ("mariner2.rpmdb.sqlite.zst", "rpmdb.sqlite", "sqlite"),
        ("libuuid.bdb.Packages", "Packages", "bdb_ro"),
        ("epoch.bdb.Packages", "Packages", "bdb_ro"),
        ("small.bdb.Packages", "Packages", "bdb_ro"),
    ] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(name), content(file)).unwrap();
        let theirs = rpm::query(folder.path(), backend);
        assert!(!theirs.is_empty());
        assert_eq!(sound(&content(file)), theirs, "{file}");
    }
}

/// Key ids: SUSE's package signing key as SUSE publishes it (`70AF9E8139DB7C82`), the rest as `rpm` above says.
#[test]
fn signatures_name_their_keys() {
    let mut keys = Vec::new();
    let database = Cursor::new(content("sle15-bci.ndb.Packages.db.zst"));
    read(database, None, &Limits::default(), &mut |package| keys.push(package.key_id)).unwrap();
    keys.sort();
    keys.dedup();
    assert_eq!(keys, [Some(0x70af_9e81_39db_7c82_u64.to_be_bytes())]);
}

#[test]
fn ceilings_hold() {
    let file = content("mariner2.rpmdb.sqlite.zst");
    let of = |limits: Limits| {
        let mut lines = Vec::new();
        read(Cursor::new(&file), None, &limits, &mut |package| lines.push(line(package)))
            .map(|outcome| (lines, outcome))
    };
    let error = |limits| of(limits).unwrap_err().to_string();
    assert_eq!(error(Limits { packages: 128, ..Limits::default() }), "has more than 128 packages");
    assert_eq!(error(Limits { file: 1 << 20, ..Limits::default() }), "has more than 1048576 bytes");
    // By SQLite's own count two headers have more than 150,000 bytes.
    let (lines, outcome) = of(Limits { header: 150_000, ..Limits::default() }).unwrap();
    assert_eq!((lines.len(), outcome.skipped.len()), (127, 2));
    assert!(outcome.skipped.iter().all(|skipped| skipped.why.ends_with("bytes, more than 150000")), "{outcome:?}");
    let (_, outcome) = of(Limits { entries: 60, ..Limits::default() }).unwrap();
    assert!(outcome.skipped[0].why.ends_with("1 to 60 are taken"), "{outcome:?}");
}

#[test]
fn other_files_are_none() {
    let error = |bytes: &[u8]| lines_of(bytes, None).unwrap_err().to_string();
    for bytes in [&b""[..], b"x", &[0; 4096], b"Package: bash\nVersion: 1\n\n"] {
        assert_eq!(error(bytes), "is no database of rpm: neither SQLite nor ndb nor a hash of Berkeley DB");
    }
}
