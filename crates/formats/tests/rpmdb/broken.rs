//! Broken databases: what is damaged is said, with its place, and nothing goes on for ever.

use crate::reading::{lines_of, sound};
use crate::root::content;
use crate::rpm::python;
use std::fs;
use tempfile::TempDir;

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn error(bytes: &[u8]) -> String {
    lines_of(bytes, None).unwrap_err().to_string()
}

/// The reasons for which headers of a database were passed over, and how many packages were left.
fn skipped(bytes: &[u8]) -> (usize, Vec<String>) {
    let (lines, outcome) = lines_of(bytes, None).unwrap();
    (lines.len(), outcome.skipped.iter().map(ToString::to_string).collect())
}

#[test]
fn a_file_that_ends_early_is_no_shorter_list() {
    for file in
        ["mariner2.rpmdb.sqlite.zst", "sle15-bci.ndb.Packages.db.zst", "libuuid.bdb.Packages", "epoch.bdb.Packages"]
    {
        let whole = content(file);
        let step = whole.len() / 150;
        for end in (0..whole.len()).step_by(step).chain([15, 16, 99, 100, 223, 224, 4095, 4096, whole.len() - 1]) {
            let result = lines_of(&whole[..end], None);
            assert!(result.is_err(), "{file} cut at {end}: {:?}", result.map(|(lines, _)| lines.len()));
        }
    }
}

/// A table of one package in pages of 512 bytes: page 1 is the schema, page 2 the leaf, a chain follows.
fn small_sqlite() -> Vec<u8> {
    const SCRIPT: &str = "
import sqlite3, sys
blob = open(sys.argv[1], 'rb').read()
to = sqlite3.connect(sys.argv[2])
to.execute('pragma page_size = 512')
to.execute('create table Packages (hnum INTEGER PRIMARY KEY, blob BLOB)')
to.execute('insert into Packages values (7, ?)', (blob,))
to.execute('insert into Packages values (8, ?)', (blob,))
to.commit()
";
    let folder = TempDir::new().unwrap();
    let (header, database) = (folder.path().join("header"), folder.path().join("db"));
    fs::write(&header, crate::flipped::header()).unwrap();
    python(SCRIPT, &[&header, &database]);
    let bytes = fs::read(&database).unwrap();
    assert_eq!(sound(&bytes).len(), 2);
    bytes
}

#[test]
fn circles_in_sqlite_end() {
    let small = small_sqlite();
    // The fourth page is of the first header's chain: it leads to itself.
    let mut circle = small.clone();
    put(&mut circle, 3 * 512, &4_u32.to_be_bytes());
    let (packages, why) = skipped(&circle);
    assert_eq!(packages, 1, "the other header is whole");
    assert!(
        why[0].starts_with("header 7 at byte ") && why[0].ends_with("page 4 of its chain is part of another thing")
    );
    put(&mut circle, 3 * 512, &u32::MAX.to_be_bytes());
    assert!(skipped(&circle).1[0].ends_with("page 4294967295 of its chain does not exist"));
    // The leaf as an interior page whose only child is itself.
    let mut tree = small;
    put(&mut tree, 512, &[5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    assert_eq!(error(&tree), "SQLite database damaged at byte 512: page 2 of a table was met before");
    // 33 of 512 bytes reserved leave less than the 480 that SQLite's file format asks for (1.3.4).
    let mut reserved = small_sqlite();
    reserved[20] = 33;
    assert_eq!(error(&reserved), "SQLite database damaged at byte 20: it says that 33 bytes of a page are reserved");
    let mut large = content("mariner2.rpmdb.sqlite.zst");
    large[100 + 8..100 + 12].fill(0xff);
    put(&mut large, 103, &u16::MAX.to_be_bytes());
    assert_eq!(error(&large), "SQLite database damaged at byte 0: page 1 says that it has 65535 cells");
}

#[test]
fn circles_in_berkeley_db_end() {
    let whole = content("libuuid.bdb.Packages");
    let page_of = |kind: u8| (1..whole.len() / 4096).find(|page| whole[page * 4096 + 25] == kind).unwrap();
    let (hash, overflow) = (page_of(13), page_of(7));
    let number = |page: usize| u32::try_from(page).unwrap().to_le_bytes();
    let mut circle = whole.clone();
    put(&mut circle, overflow * 4096 + 16, &number(overflow));
    assert_eq!(skipped(&circle).0, 0);
    assert!(skipped(&circle).1[0].contains("of its chain"), "{:?}", skipped(&circle));
    let mut circle = whole.clone();
    put(&mut circle, hash * 4096 + 16, &number(hash));
    assert!(error(&circle).ends_with("was met before"), "{}", error(&circle));
    let mut short = whole;
    put(&mut short, overflow * 4096 + 16, &[0; 4]);
    assert!(skipped(&short).1[0].contains("of its chain") || skipped(&short).1[0].contains("its chain of pages ends"));
}

#[test]
fn absurd_numbers_are_refused() {
    let ndb = content("sle15-bci.ndb.Packages.db.zst");
    for (at, value, wanted) in [
        (12, u32::MAX, "it says that 4294967295 pages of slots begin it"),
        (12, 0, "it says that 0 pages of slots begin it"),
        (12, 2, "no slot where one should be"),
        (4, 9, "ndb database has version 9, which is not known"),
        (40, u32::MAX, "header 1 should lie here, and the file has 1374144 bytes"),
    ] {
        let mut bytes = ndb.clone();
        put(&mut bytes, at, &value.to_le_bytes());
        assert!(error(&bytes).contains(wanted), "{}", error(&bytes));
    }
    // A slot that leads to another's blob, one that leads nowhere, a blob whose checksum is wrong.
    for (at, value, wanted) in [
        (40, 516, "header 1 at byte 8256: no blob begins and ends there"),
        (40, 0, "header 1 at byte 0: its slot names no place"),
        (4200, 1, "header 1 at byte 4096: its checksum is wrong"),
        (4100, 9, "header 1 at byte 4096: the blob says that it is of header 9"),
    ] {
        let mut bytes = ndb.clone();
        put(&mut bytes, at, &u32::to_le_bytes(value));
        assert_eq!(skipped(&bytes), (34, vec![wanted.to_owned()]));
    }
    let berkeley = content("epoch.bdb.Packages");
    for (at, value, wanted) in [
        (16, 3, "is a hash of version 3; versions 8 to 10 are known"),
        (20, 1000, "its pages have 1000 bytes"),
        (20, 1 << 30, "its pages have 1073741824 bytes"),
        (32, u32::MAX, "its last page is 4294967295"),
        (32, 1000, "its last page is 1000"),
        (72, u32::MAX, "has 4294967295 buckets on 5 pages"),
        (96, u32::MAX, "page 4294967295, of bucket 0, does not exist"),
        (96, 0, "page 0, of bucket 0, was met before"),
        (12, 0x0005_3162, "is a tree; the packages lie in a hash"),
        (24, 1, "is encrypted"),
    ] {
        let mut bytes = berkeley.clone();
        put(&mut bytes, at, &u32::to_le_bytes(value));
        assert!(error(&bytes).contains(wanted), "{}", error(&bytes));
    }
    let sqlite = content("mariner2.rpmdb.sqlite.zst");
    for (at, value, wanted) in [
        (16, &[0, 3][..], "its pages have 3 bytes"),
        (28, &[255; 4], "the file ends, after 880 of 4294967295 pages"),
        (56, &[0, 0, 0, 3], "has text in UTF-16"),
        (19, &[3], "is of a version that is not known"),
        (100, &[10], "page 1 is none of a table (type 10)"),
    ] {
        let mut bytes = sqlite.clone();
        put(&mut bytes, at, value);
        assert!(error(&bytes).contains(wanted), "{}", error(&bytes));
    }
}
