//! Archives of tar: whatever the bytes, a file is never longer than the archive.
#![no_main]

use formats::tar::Archive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let mut archive = Archive::new(body);
    while let Ok(Some(_)) = archive.next_file() {
        if let Ok(bytes) = archive.read_file(1 << 20) {
            assert!(bytes.len() <= body.len());
        }
    }
});
