//! Release files, signed and not.
#![no_main]

use formats::release;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let (release, _) = release::parse(document);
    assert!(!release.suite.contains(char::is_control) && !release.origin.contains(char::is_control));
    let _ = release::index_size(document, "main/binary-amd64/Packages");
});
