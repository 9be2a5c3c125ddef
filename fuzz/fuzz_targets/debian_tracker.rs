//! Debian's tracker: any bytes are understood, skipped or refused, and what is understood is sound.
#![no_main]

use feeds::{Collected, Document, feed};
use libfuzzer_sys::fuzz_target;
use model::FactStatus;

fuzz_target!(|body: &[u8]| {
    let document = Document { name: "json".to_owned(), url: String::new() };
    let mut collected = Collected::default();
    let Some(feed) = feed("debian-tracker") else { return };
    let _ = feed.parse(&document, &mut &*body, &mut collected);
    for advisory in &collected.advisories {
        assert!(!advisory.id.is_empty() && advisory.id.len() <= 512);
        for fact in &advisory.facts {
            assert!(advisory.cves.contains(&fact.cve) && feed.platforms().contains(&fact.platform));
            if let FactStatus::Fixed(version) = &fact.status {
                assert!(versions::Scheme::Dpkg.check(version).is_ok());
            }
        }
    }
});
