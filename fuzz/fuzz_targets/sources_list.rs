//! Sources in both styles.
#![no_main]

use formats::sources_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    for (sources, _) in [sources_list::one_line(document), sources_list::deb822(document)] {
        for source in sources {
            assert!(source.uri.contains(':') && !source.suite.is_empty());
            assert_eq!(source.suite.ends_with('/'), source.components.is_empty());
        }
    }
});
