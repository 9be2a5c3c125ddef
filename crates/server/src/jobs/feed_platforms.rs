//! Of what a document speaks, its releases and its records, so that the file of one release does not take the
//! place of another's. Vendors give the files of several releases one name (`main.json`), and one must not drop
//! another unasked.

use super::feed_sync::ceiling;
use super::feed_take::kept;
use crate::app::App;
use feeds::{Document, Feed, HeldBack, Sink, Skipped, Stop};
use model::{Advisory, CveRecord, Platform};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::FeedDocument;

/// What a document has.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    /// How many advisories speak of each release.
    platforms: BTreeMap<Platform, u64>,
    /// How many facts each of its records states, by its key.
    pub(super) keys: HashMap<String, u64>,
    /// How many of its records of security state none.
    pub(super) empty: u64,
}

/// What of a document another that takes its place has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// Records, and those of them that are there without a word about packages.
    pub(super) gone: u64,
    pub(super) emptied: u64,
    /// Facts, and those of them that are missing, record by record.
    pub(super) facts: u64,
    pub(super) facts_lost: u64,
}

impl Spoken {
    /// Counts an advisory.
    pub(super) fn note(&mut self, advisory: &Advisory) {
        self.keys.insert(advisory.id.clone(), advisory.facts.len() as u64);
        self.empty += u64::from(advisory.facts.is_empty() && advisory.kind.is_security());
        let platforms: BTreeSet<&Platform> = advisory.facts.iter().map(|fact| &fact.platform).collect();
        for platform in platforms {
            match self.platforms.get_mut(platform) {
                Some(count) => *count += 1,
                None => _ = self.platforms.insert(platform.clone(), 1),
            }
        }
    }

    /// What of it another has not.
    pub(super) fn missing_in(&self, next: &Self) -> Missing {
        let mut missing = Missing { gone: 0, emptied: 0, facts: 0, facts_lost: 0 };
        for (key, facts) in &self.keys {
            let now = next.keys.get(key).copied();
            missing.gone += u64::from(now.is_none());
            missing.emptied += u64::from(now == Some(0) && *facts > 0);
            missing.facts += facts;
            missing.facts_lost += facts.saturating_sub(now.unwrap_or(0));
        }
        missing
    }

    /// The release that it is about, where it is one.
    pub(super) fn only(&self) -> Option<Platform> {
        let mut platforms = self.platforms.keys();
        platforms.next().filter(|_| platforms.next().is_none()).cloned()
    }

    /// Whether it speaks of a release, by its name.
    pub(super) fn speaks_of(&self, platform: &str) -> bool {
        self.platforms.keys().any(|known| known.to_string() == platform)
    }

    /// The releases that it is about: spoken of at least half as often as the one that is most. Red Hat's
    /// document of one release speaks of others where an erratum was for both.
    fn about(&self) -> BTreeSet<&Platform> {
        let most = self.platforms.values().copied().max().unwrap_or(0);
        self.platforms.iter().filter(|(_, count)| **count * 2 >= most).map(|(platform, _)| platform).collect()
    }
}

impl Sink for Spoken {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.note(&advisory);
        Ok(())
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.keys.insert(record.id, 0);
        Ok(())
    }

    fn skipped(&mut self, _: Skipped) -> Result<(), Stop> {
        Ok(())
    }
}

/// What a document in force has, read from the copy that was kept; `None` where that can't be read any more.
pub(super) async fn spoken(
    app: &App,
    feed: &'static dyn Feed,
    before: &FeedDocument,
) -> anyhow::Result<Option<Spoken>> {
    let (body, name, max_bytes) = (kept(app, before)?.body, before.name.clone(), ceiling(feed)?);
    let read = tokio::task::spawn_blocking(move || {
        let mut spoken = Spoken::default();
        let document = Document { url: name.clone(), name };
        feeds::read(feed, &document, &body, max_bytes, &mut spoken).ok().map(|()| spoken)
    });
    Ok(read.await?)
}

/// Holds a document back that is about other releases than the one whose place it would take.
pub(super) fn hold_against(spoken: &Spoken, next: &Document, next_spoken: &Spoken) -> Result<(), HeldBack> {
    let (held, coming) = (spoken.about(), next_spoken.about());
    if held.is_empty() || coming.is_empty() || !held.is_disjoint(&coming) {
        return Ok(());
    }
    let list = |of: &BTreeSet<&Platform>| of.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let why = format!(
        "'{}' in force speaks of {}, this one of {}: give it a name of its own (`--name`) to have both",
        next.name,
        list(&held),
        list(&coming)
    );
    Err(HeldBack { why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(counts: &[(&str, u64)]) -> Vec<String> {
        let platforms = counts.iter().map(|(platform, count)| (platform.parse().unwrap(), *count)).collect();
        let spoken = Spoken { platforms, ..Spoken::default() };
        spoken.about().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_document_is_about_what_it_speaks_of_most() {
        // Red Hat's documents of RHEL 8 and RHEL 5, by the CPEs of their definitions.
        assert_eq!(about(&[("rhel:7", 1), ("rhel:8", 129)]), ["rhel:8"]);
        assert_eq!(about(&[("rhel:4", 286), ("rhel:5", 1170), ("rhel:6", 306), ("rhel:7", 100)]), ["rhel:5"]);
        assert_eq!(about(&[("debian:11", 90), ("debian:12", 100), ("debian:13", 50)]).len(), 3);
        assert!(about(&[]).is_empty());
    }
}
