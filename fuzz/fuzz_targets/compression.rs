//! Decompression under a ceiling: never a panic, never a byte beyond the ceiling.
#![no_main]

use formats::compression::Decoder;
use libfuzzer_sys::fuzz_target;
use std::io::Read as _;

const CEILING: u64 = 1 << 16;

fuzz_target!(|document: &[u8]| {
    let Ok(mut decoder) = Decoder::new(document, CEILING) else { return };
    let mut content = Vec::new();
    let _ = decoder.read_to_end(&mut content);
    assert!(content.len() as u64 <= CEILING);
});
