//! Brings what is new of a feed: asks its index, fetches, checks.

mod checks;

use crate::feed::{Document, Feed};
use crate::fetch::{FetchError, Fetched, Fetcher, Known};
use crate::increments;
use crate::signature::Signed;
use crate::source::{FeedConfig, Source};
pub(crate) use checks::{Checks, detached, found, refused};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// A document of an earlier fetch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Where it came from, as its [`Document`] said.
    pub url: String,
    /// What the server said of it.
    pub known: Known,
    /// The kept copy.
    pub path: PathBuf,
}

/// A document of this fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtDocument {
    /// Which.
    pub document: Document,
    /// What became of it.
    pub fetched: Fetched,
    /// Who signed it.
    pub signed: Signed,
}

/// What a fetch of a feed brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// All documents of the feed, the unchanged ones too.
    pub documents: Vec<BroughtDocument>,
    /// What people should know: mirrors that did not answer, documents that were refused.
    pub notes: Vec<String>,
    /// Changed documents that are left for the next time.
    pub outstanding: usize,
}

/// Fetches what is new of a feed into `folder`, each document under a number. What is `held` is asked for
/// conditionally.
///
/// # Errors
/// When a document can be had nowhere, or is refused: the documents of a feed are taken together or not at all.
pub fn bring(
    feed: &dyn Feed,
    config: &FeedConfig,
    fetcher: &Fetcher,
    held: &[Held],
    folder: &Path,
    now: Timestamp,
) -> Result<Brought, FetchError> {
    let fetcher = fetcher.with_max_bytes(config.max_bytes.unwrap_or_else(|| feed.max_bytes()));
    fetcher.clear_partial(now);
    let mut places: Vec<Place<'_>> =
        config.places().into_iter().map(|config| Place { feed, config, sources: None }).collect();
    let mut brought = Brought::default();
    if feed.increments(config).is_some() {
        let at = |place: &mut Place<'_>, brought: &mut Brought| {
            let plan = feed.increments(&place.config);
            let asking = increments::Asking { feed, config: &place.config, fetcher: &fetcher, held, folder, now };
            plan.map_or(Ok(()), |plan| asking.bring(&plan, brought))
        };
        first_that_works(&mut places, &mut brought, at)?;
        return Ok(brought);
    }
    // The first address that names documents says which there are.
    let list = first_that_works(&mut places, &mut brought, |place, _| place.sources(&fetcher, now).map(<[_]>::to_vec))?;
    for (number, source) in list.iter().enumerate() {
        let to = folder.join(number.to_string());
        let document = first_that_works(&mut places, &mut brought, |place, _| {
            let sources = place.sources(&fetcher, now)?;
            let same = sources.iter().find(|other| other.document.name == source.document.name).cloned();
            let source = same.ok_or_else(|| FetchError::Broken {
                url: source.document.url.clone(),
                why: format!("there is no document '{}' at this address", source.document.name),
            })?;
            one(&place.config, &fetcher, &source, held, &to, now)
        })?;
        brought.documents.push(document);
    }
    Ok(brought)
}

/// One document from one place.
fn one(
    config: &FeedConfig,
    fetcher: &Fetcher,
    source: &Source,
    held: &[Held],
    to: &Path,
    now: Timestamp,
) -> Result<BroughtDocument, FetchError> {
    let url = &source.document.url;
    // Where a signature is required, "unchanged" is no answer unless the index vouches for what is at hand.
    let vouched = matches!(source.index_signed, Signed::By { .. }) && source.checksum.is_some();
    let held = held.iter().find(|held| held.url == *url).filter(|_| vouched || config.trust.accepts_held(None));
    let known = held.map(|held| held.known.clone()).unwrap_or_default();
    let mut checks = Checks::new(config, fetcher, source, now);
    let fetched = fetcher.fetch_checked(url, &known, to, now, &mut |raw| checks.of(raw))?;
    let signed = checks.signed();
    Ok(BroughtDocument { document: source.document.clone(), fetched, signed })
}

/// An address of a feed, and its documents once it was asked.
struct Place<'a> {
    feed: &'a dyn Feed,
    config: FeedConfig,
    sources: Option<Result<Vec<Source>, String>>,
}

impl Place<'_> {
    fn sources(&mut self, fetcher: &Fetcher, now: Timestamp) -> Result<&[Source], FetchError> {
        if self.sources.is_none() {
            match self.feed.sources(&self.config, now, &mut |url| fetcher.read(url)) {
                Ok(sources) => self.sources = Some(Ok(sources)),
                Err(error) => {
                    // The place is not asked again for every document.
                    self.sources = Some(Err(error.to_string()));
                    return Err(error);
                }
            }
        }
        match &self.sources {
            Some(Ok(sources)) => Ok(sources),
            Some(Err(why)) => Err(FetchError::Everywhere { tried: vec![why.clone()] }),
            None => Ok(&[]),
        }
    }
}

/// Asks one place after the other. Failures at places before the one that worked become notes.
fn first_that_works<T>(
    places: &mut [Place<'_>],
    brought: &mut Brought,
    mut ask: impl FnMut(&mut Place<'_>, &mut Brought) -> Result<T, FetchError>,
) -> Result<T, FetchError> {
    let mut failures: Vec<FetchError> = Vec::new();
    for place in places {
        match ask(place, brought) {
            Ok(found) => {
                for failure in failures {
                    let note = failure.to_string();
                    if !brought.notes.contains(&note) {
                        brought.notes.push(note);
                    }
                }
                return Ok(found);
            }
            Err(error) => failures.push(error),
        }
    }
    match failures.pop() {
        Some(only) if failures.is_empty() => Err(only),
        last => {
            let tried = failures.iter().chain(&last).map(ToString::to_string).collect();
            Err(FetchError::Everywhere { tried })
        }
    }
}
