//! pacman's descriptions of packages and its settings.
#![no_main]

use formats::alpm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    if let Ok(found) = alpm::description(document) {
        assert!(!found.name.is_empty() && !found.version.is_empty());
    }
    let _ = alpm::settings(document);
});
