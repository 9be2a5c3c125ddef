//! Of which releases a document speaks, so that the file of one release does not take the place of
//! another's. Vendors give the files of several releases one name (`main.json`), and one must not drop
//! another unasked.

use super::feed_sync::ceiling;
use super::feed_take::kept;
use crate::app::App;
use feeds::{Document, Feed, HeldBack, Sink, Skipped, Stop};
use model::{Advisory, Platform};
use std::collections::{BTreeMap, BTreeSet};
use store::FeedDocument;

/// How many advisories of a document speak of each release.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken(BTreeMap<Platform, u64>);

impl Spoken {
    /// Counts an advisory.
    pub(super) fn note(&mut self, advisory: &Advisory) {
        let platforms: BTreeSet<&Platform> = advisory.facts.iter().map(|fact| &fact.platform).collect();
        for platform in platforms {
            match self.0.get_mut(platform) {
                Some(count) => *count += 1,
                None => _ = self.0.insert(platform.clone(), 1),
            }
        }
    }

    /// The releases that it is about: spoken of at least half as often as the one that is most. Red Hat's
    /// document of one release speaks of others where an erratum was for both.
    fn about(&self) -> BTreeSet<&Platform> {
        let most = self.0.values().copied().max().unwrap_or(0);
        self.0.iter().filter(|(_, count)| **count * 2 >= most).map(|(platform, _)| platform).collect()
    }
}

impl Sink for Spoken {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.note(&advisory);
        Ok(())
    }

    fn skipped(&mut self, _: Skipped) -> Result<(), Stop> {
        Ok(())
    }
}

/// Holds a document back that is about other releases than the one whose place it would take.
pub(super) async fn hold_against(
    app: &App,
    feed: &'static dyn Feed,
    before: &FeedDocument,
    next: &Document,
    next_spoken: &Spoken,
) -> anyhow::Result<()> {
    let (body, name, max_bytes) = (kept(app, before)?.body, before.name.clone(), ceiling(feed)?);
    let spoken = tokio::task::spawn_blocking(move || {
        let mut spoken = Spoken::default();
        let document = Document { url: name.clone(), name };
        // Of a copy that can't be read any more nothing is known, and nothing is lost with it.
        let _ = feeds::read(feed, &document, &body, max_bytes, &mut spoken);
        spoken
    })
    .await?;
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
    Err(HeldBack { why }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(counts: &[(&str, u64)]) -> Vec<String> {
        let spoken = Spoken(counts.iter().map(|(platform, count)| (platform.parse().unwrap(), *count)).collect());
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
