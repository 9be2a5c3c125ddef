//! Packages of lists and of dpkg's status: what the quick searches find equals what the whole reading
//! finds.
#![no_main]

use formats::deb822::{Error, Limits, Reader};
use formats::packages::{self, Package};
use formats::relations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let mut reader = Reader::new(document, Limits::default());
    loop {
        match reader.next_stanza() {
            Ok(None) | Err(Error::Read { .. }) => return,
            Err(Error::Stanza(_)) => {}
            Ok(Some(stanza)) => {
                let provided: Vec<_> = packages::provided_names(&stanza).collect();
                let Ok(package) = Package::parse(&stanza) else { continue };
                let _ = (package.build_hash(), package.source_name(), package.source_version());
                for field in [package.pre_depends, package.depends, package.conflicts, package.breaks] {
                    let _ = relations::parse(&String::from_utf8_lossy(field));
                }
                // A field that stands there twice is the last for one and the first for the other.
                let names = stanza.fields().flatten().filter(|field| field.is("Provides")).count();
                if let (1, Ok(text)) = (names, std::str::from_utf8(package.provides)) {
                    for relation in relations::parse(text).0.into_iter().flatten().filter(|_| !text.contains('|')) {
                        let is_first = stanza.bytes().to_ascii_lowercase().starts_with(b"provides");
                        let as_written = stanza.bytes().windows(10).any(|bytes| bytes == b"\nProvides:");
                        assert!(is_first || !as_written || provided.contains(&relation.name), "{relation} {provided:?}");
                    }
                }
            }
        }
    }
});
