//! Debian's advisory lists: any bytes are understood, skipped or refused, and every advisory that is
//! understood starts on a line of its own.
#![no_main]

use feeds::{Collected, Document, feed};
use libfuzzer_sys::fuzz_target;
use model::FactStatus;

fuzz_target!(|body: &[u8]| {
    let document = Document { name: "list".to_owned(), url: String::new() };
    for id in ["debian-dsa", "debian-dla"] {
        let mut collected = Collected::default();
        let Some(feed) = feed(id) else { return };
        let outcome = feed.parse(&document, &mut &*body, &mut collected);
        assert_eq!(outcome.is_err(), collected.advisories.is_empty());
        let heads = body.split(|b| *b == b'\n').filter(|line| line.first() == Some(&b'[')).count();
        assert!(collected.advisories.len() <= heads);
        for fact in collected.advisories.iter().flat_map(|advisory| &advisory.facts) {
            assert!(feed.platforms().contains(&fact.platform));
            if let FactStatus::Fixed(version) = &fact.status {
                assert!(versions::Scheme::Dpkg.check(version).is_ok());
            }
        }
    }
});
