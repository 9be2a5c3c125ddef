//! What holds for everything that a feed's parser hands over, whatever it was fed.

use feeds::{Collected, Document, feed};
use model::{FactStatus, Subject};
use versions::Scheme;

pub fn hold(id: &str, body: &[u8]) {
    let document = Document { name: "9/BaseOS".to_owned(), url: String::new() };
    let Some(feed) = feed(id) else { return };
    let mut collected = Collected::default();
    let _ = feed.parse(&document, &mut &*body, &mut collected);
    let platforms = feed.platforms();
    for advisory in &collected.advisories {
        assert!(!advisory.id.is_empty());
        assert!(advisory.cves.is_sorted() && advisory.cves.iter().all(|cve| cve.starts_with("CVE-")));
        for fact in &advisory.facts {
            assert!(platforms.contains(&fact.platform), "{}", fact.platform);
            assert!(fact.cve.is_empty() || advisory.cves.contains(&fact.cve));
            let (Subject::Source(name) | Subject::Binary(name)) = &fact.subject;
            assert!(!name.is_empty() && !name.chars().any(char::is_whitespace));
            if let FactStatus::Fixed(version) = &fact.status {
                let scheme = if fact.platform.distribution() == "ubuntu" { Scheme::Dpkg } else { Scheme::Rpm };
                assert!(scheme.check(version).is_ok(), "{version}");
            }
        }
    }
}
