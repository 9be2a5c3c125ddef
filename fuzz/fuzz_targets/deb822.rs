//! Stanzas: any bytes are read without a panic, within the ceilings, and lines never go back.
#![no_main]

use formats::deb822::{Error, Limits, Reader};
use formats::packages::{self, Package};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let limits = Limits { line: 200, stanza: 1000, fields: 20, stanzas: 100 };
    let mut reader = Reader::new(document, limits);
    let mut last = 0;
    loop {
        match reader.next_stanza() {
            Ok(None) | Err(Error::Read { .. }) => return,
            Ok(Some(stanza)) => {
                assert!(stanza.line() > last && stanza.bytes().len() <= limits.stanza);
                last = stanza.line();
                if let Ok(package) = Package::parse(&stanza) {
                    assert!(packages::name(&stanza).is_some());
                    let _ = (package.build_hash(), package.source_name(), package.source_version());
                }
            }
            Err(Error::Stanza(skipped)) => assert!(skipped.line > 0),
        }
    }
});
