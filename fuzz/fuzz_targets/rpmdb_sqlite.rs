//! rpm's database in SQLite. The first two bytes say how many blocks of 512 bytes the file has; the rest is the
//! write-ahead log.
#![no_main]

use formats::rpmdb::{Limits, read};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|document: &[u8]| {
    let Some((blocks, rest)) = document.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*blocks)) * 512;
    let (file, log) = rest.split_at(length.min(rest.len()));
    let log = (!log.is_empty()).then(|| Cursor::new(log));
    let mut bytes = 0;
    let _ = read(Cursor::new(file), log, &Limits::default(), &mut |package| bytes += package.name.len());
    // Headers of a database lie beside each other: what they hold is no more than the file and its log.
    assert!(bytes <= document.len());
});
