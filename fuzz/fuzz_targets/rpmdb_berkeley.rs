//! rpm's database in Berkeley DB.
#![no_main]

use formats::rpmdb::{Limits, read};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|document: &[u8]| {
    let mut bytes = 0;
    let _ = read(Cursor::new(document), None, &Limits::default(), &mut |package| bytes += package.name.len());
    // Headers of a database lie beside each other: what they hold is no more than the file.
    assert!(bytes <= document.len());
});
