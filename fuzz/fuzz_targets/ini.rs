//! Settings of dnf and yum.
#![no_main]

use formats::ini;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let (sections, _) = ini::parse(document);
    for section in &sections {
        assert!(!section.name.is_empty());
        assert!(section.keys().all(|(key, value)| section.get(key) == Some(value)));
    }
});
