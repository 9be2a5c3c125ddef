//! Documents of modules: any bytes are understood, skipped or refused.
#![no_main]

use formats::modulemd::{self, Item};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let _ = modulemd::read(document, &mut |item| match item {
        Item::Build(build) => assert!(!build.name.is_empty() && !build.stream.is_empty()),
        Item::Default { module, .. } => assert!(!module.is_empty()),
        Item::Artifact(..) => {}
    });
});
