//! Lists of packages of rpm repositories: any bytes are understood, skipped or refused.
#![no_main]

use formats::primary;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let mut packages = 0;
    let outcome = primary::read(document, &mut |package| {
        assert!(!package.name.is_empty() && !package.arch.is_empty() && package.evr.contains('-'));
        packages += 1;
    });
    if let Ok(outcome) = outcome {
        assert_eq!(outcome.packages, packages);
    }
});
