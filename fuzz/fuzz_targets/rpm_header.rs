//! The header of an rpm package, as the database keeps it, and everything that is read of it.
#![no_main]

use formats::rpmdb::{Header, Kind, Package};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let Ok(header) = Header::parse(document, 65_535) else { return };
    let Ok(package) = Package::of(header, 1) else { return };
    assert!(!package.name.is_empty() && package.full_version().contains('-'));
    if let Some((name, version)) = package.source() {
        assert!(package.source_rpm.starts_with(name) && version.contains('-'));
    }
    for kind in [Kind::Requires, Kind::Provides, Kind::Conflicts, Kind::Obsoletes] {
        for dependency in package.dependencies(kind) {
            // Each name ends with a zero of its own; bytes that are not UTF-8 grow to three.
            assert!(dependency.name.len() < 3 * document.len() && !dependency.to_string().contains('\0'));
        }
    }
});
