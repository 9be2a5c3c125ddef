//! Properties over damaged databases: no panic, no endless reading, nothing made up.

use crate::reading::lines_of;
use crate::root::content;
use formats::rpmdb::{Header, Package};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::sync::LazyLock;

static SQLITE: LazyLock<Vec<u8>> = LazyLock::new(|| content("mariner2.rpmdb.sqlite.zst"));
static NDB: LazyLock<(Vec<u8>, Vec<String>)> = LazyLock::new(|| {
    let file = content("sle15-bci.ndb.Packages.db.zst");
    let lines = lines_of(&file, None).unwrap().0;
    (file, lines)
});
static BERKELEY: LazyLock<Vec<u8>> = LazyLock::new(|| content("libuuid.bdb.Packages"));

/// The header of the first package of the ndb database: 4,128 bytes in the blob at byte 4,096.
pub(crate) fn header() -> Vec<u8> {
    NDB.0[4096 + 16..4096 + 16 + 4128].to_vec()
}

/// Places of changes: anywhere, and often where pages begin, which is where the structure is.
fn places(length: usize) -> impl Strategy<Value = Vec<(usize, u8)>> {
    let near_start = (0..length / 512, 0..40_usize).prop_map(move |(page, at)| (page * 512 + at).min(length - 1));
    prop::collection::vec((prop_oneof![0..length, near_start, 0..4096.min(length)], any::<u8>()), 1..6)
}

fn damaged(bytes: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, value) in changes {
        bytes[*at] = *value;
    }
    bytes
}

/// Runs a property over drawn changes of so many bytes. It says whether the database could be read; some must be,
/// else it is held against nothing.
fn each(cases: u32, length: usize, property: impl Fn(Vec<(usize, u8)>) -> Result<bool, TestCaseError>) {
    let read = Cell::new(0);
    let outcome = TestRunner::new(ProptestConfig::with_cases(cases)).run(&places(length), |changes| {
        read.set(read.get() + u32::from(property(changes)?));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(read.get() > 0, "none of {cases} could be read");
}

#[test]
fn damaged_sqlite_gives_no_more_packages() {
    each(64, SQLITE.len(), |changes| {
        let Ok((lines, outcome)) = lines_of(&damaged(&SQLITE, &changes), None) else { return Ok(false) };
        prop_assert!(lines.len() + outcome.skipped.len() <= 129 + changes.len());
        Ok(true)
    });
}

/// Blobs have checksums: what is given out is what was there.
#[test]
fn damaged_ndb_gives_whole_packages_or_says_which_are_not() {
    let (file, wanted) = &*NDB;
    each(64, file.len(), |changes| {
        let Ok((lines, outcome)) = lines_of(&damaged(file, &changes), None) else { return Ok(false) };
        prop_assert!(lines.iter().all(|line| wanted.contains(line)));
        // Only a slot of which both number and place were made zero is a free one.
        prop_assert!(lines.len() + outcome.skipped.len() + changes.len() / 2 >= wanted.len());
        Ok(true)
    });
}

#[test]
fn damaged_berkeley_db_gives_no_more_packages() {
    each(1000, BERKELEY.len(), |changes| {
        let Ok((lines, outcome)) = lines_of(&damaged(&BERKELEY, &changes), None) else { return Ok(false) };
        prop_assert!(lines.len() + outcome.skipped.len() <= 1 + changes.len());
        Ok(true)
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// A header alone, anywhere damaged or cut.
    #[test]
    fn damaged_headers_end(changes in places(4128), end in 0..=4128_usize) {
        let bytes = damaged(&header(), &changes);
        for bytes in [&bytes[..], &bytes[..end]] {
            if let Ok(package) = Header::parse(bytes, 1000).and_then(|header| Package::of(header, 1)) {
                prop_assert!(crate::reading::line(&package).len() < 1 << 20);
            }
        }
    }
}
