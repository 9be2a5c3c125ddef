//! apk's lists of packages.
#![no_main]

use formats::apk;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let mut packages = 0;
    let outcome = apk::read(document, &mut |package| {
        assert!(!package.name.is_empty() && !package.version.is_empty());
        packages += 1;
    });
    if let Ok(outcome) = outcome {
        assert_eq!(outcome.packages, packages);
    }
});
