//! Properties over damaged databases: no panic, no endless reading, nothing made up.

use crate::reading::{content, lines_of};
use formats::rpmdb::{Header, Package};
use proptest::prelude::*;
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_sqlite_gives_no_more_packages(changes in places(SQLITE.len())) {
        if let Ok((lines, outcome)) = lines_of(&damaged(&SQLITE, &changes), None) {
            prop_assert!(lines.len() + outcome.skipped.len() <= 129 + changes.len());
        }
    }

    /// Blobs have checksums: what is given out is what was there.
    #[test]
    fn damaged_ndb_gives_whole_packages_or_says_which_are_not(changes in places(NDB.0.len())) {
        let (file, wanted) = &*NDB;
        if let Ok((lines, outcome)) = lines_of(&damaged(file, &changes), None) {
            prop_assert!(lines.iter().all(|line| wanted.contains(line)));
            // Only a slot of which both number and place were made zero is a free one.
            prop_assert!(lines.len() + outcome.skipped.len() + changes.len() / 2 >= wanted.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn damaged_berkeley_db_gives_no_more_packages(changes in places(BERKELEY.len())) {
        if let Ok((lines, outcome)) = lines_of(&damaged(&BERKELEY, &changes), None) {
            prop_assert!(lines.len() + outcome.skipped.len() <= 1 + changes.len());
        }
    }

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
