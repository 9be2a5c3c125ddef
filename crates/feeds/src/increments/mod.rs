//! Feeds that publish an archive now and then, and what has changed since document by document.
//!
//! The archive is fetched once; after that, `changes.csv` and `deletions.csv` say which documents are new, and only
//! those are fetched, the ones that wait longest first, a bounded number at a time: the rest is fetched the next time. When
//! more has changed than may be fetched at a time, or the changes outgrow the archive, a newer archive is taken
//! in its place. A document that can't be had, or whose signature is bad, is left out with its reason; the
//! copy before it stays in force and it is asked for again.
//!
//! What is kept is one file ([`layers`]), which says itself what it holds: nothing else has to be remembered.

pub(crate) mod layers;
mod listing;

use crate::bring::{Brought, BroughtDocument, Checks, Held};
use crate::feed::{Document, Feed};
use crate::fetch::{FetchError, Fetched, Fetcher, Known};
use crate::keep::Fresh;
use crate::signature::Signed;
use crate::source::{FeedConfig, MAX_CHANGES, Source};
use jiff::Timestamp;
use layers::{Changed, Missing, State};
use listing::Listing;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Largest single document, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 128 << 20;
/// Failures in a row that are not about the document, after which a server is left.
const MAX_FAILURES: u32 = 5;
/// Changes of less bytes than that, packed, never outgrow an archive.
const MIN_OUTGROWN: u64 = 16 << 20;
/// Notes on single documents; all are counted.
const MAX_NOTES: usize = 10;

/// Where a feed of this kind has its files, all beneath one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Increments {
    /// The address beneath which everything is, ending in `/`.
    pub root: String,
    /// A file with the name of the newest archive: `archive_latest.txt`.
    pub latest: &'static str,
    /// The list of what has changed: `changes.csv`.
    pub changes: &'static str,
    /// The list of what was deleted: `deletions.csv`.
    pub deletions: &'static str,
    /// What stands behind the name of a file whose signature it is: `.asc`.
    pub signature: &'static str,
    /// What stands behind the name of the archive whose SHA-256 it is: `.sha256`.
    pub checksum: &'static str,
}

/// All that is needed to ask.
pub(crate) struct Asking<'a> {
    pub(crate) feed: &'a dyn Feed,
    pub(crate) config: &'a FeedConfig,
    pub(crate) fetcher: &'a Fetcher,
    pub(crate) held: &'a [Held],
    pub(crate) folder: &'a Path,
    pub(crate) now: Timestamp,
}

/// What is there to go on from: the state, the file, and who signed the archive where it has just been fetched.
struct Base {
    state: State,
    file: PathBuf,
    signed: Signed,
    fresh: bool,
}

impl Asking<'_> {
    /// Brings the feed's one document.
    pub(crate) fn bring(&self, plan: &Increments, brought: &mut Brought) -> Result<(), FetchError> {
        let document = Document { name: "archive".to_owned(), url: plan.root.clone() };
        let changes = self.listing(&plan.root, plan.changes)?;
        let deletions = self.listing(&plan.root, plan.deletions)?;
        for (list, name) in [(&changes, plan.changes), (&deletions, plan.deletions)] {
            if let Some(first) = &list.first_odd {
                brought.notes.push(format!("{} lines of {name} are not understood; the first: {first}", list.odd));
            }
        }
        let limit = self.config.max_changes.unwrap_or(MAX_CHANGES);
        let latest = archive_name(&plan.root, plan.latest, &mut |url| self.fetcher.read(url))?;
        let mut base = match self.held(&document) {
            Some((state, file)) if !self.outgrown(&state, &file, &changes, &deletions, limit, &latest) => {
                Base { state, file, signed: Signed::NotAsked, fresh: false }
            }
            _ => self.archive(plan, &latest)?,
        };
        let before = base.state.clone();
        let mut pending = self.pending(&base.state, &changes, &deletions);
        // What failed before comes last, so that it can't keep the others waiting.
        pending.sort_by_key(|(path, at)| (base.state.missing.contains_key(path), *at));
        let documents = self.changed(plan, &mut base, &pending[..pending.len().min(limit)], &mut brought.notes)?;
        brought.outstanding = pending.len() - documents.len();
        let since = base.state.since;
        let deleted = deletions.at.iter().filter(|(path, at)| **at >= since && is_gone(path, &changes, &deletions));
        base.state.deleted = deleted.map(|(path, _)| path.clone()).collect();
        for path in &base.state.deleted {
            base.state.changed.remove(path);
            base.state.missing.remove(path);
        }
        let fetched = if base.state == before && !base.fresh {
            Fetched::Unchanged
        } else {
            Fetched::Fresh(self.write(plan, &base, &documents)?)
        };
        brought.documents.push(BroughtDocument { document, fetched, signed: base.signed });
        Ok(())
    }

    /// Fetches changed documents, notes them in the state, and gives their paths and files. One that can't be had is
    /// noted with the reason; a server that gives several in a row not is left.
    fn changed(
        &self,
        plan: &Increments,
        base: &mut Base,
        wanted: &[(String, Timestamp)],
        notes: &mut Vec<String>,
    ) -> Result<Vec<(String, PathBuf)>, FetchError> {
        let mut documents = Vec::new();
        let (mut refused, mut in_a_row) = (Vec::new(), 0);
        for (tried, (path, at)) in wanted.iter().enumerate() {
            let to = self.folder.join(format!("changed-{tried}"));
            let error = match self.document(plan, path, *at, &to) {
                Ok(changed) => {
                    base.state.newest = base.state.newest.max(*at);
                    base.state.missing.remove(path);
                    base.state.changed.insert(path.clone(), changed);
                    documents.push((path.clone(), to));
                    in_a_row = 0;
                    continue;
                }
                Err(error) => error,
            };
            let of_the_document = matches!(
                error,
                FetchError::Status { status: 404 | 410, .. }
                    | FetchError::Signature { .. }
                    | FetchError::TooLarge { .. }
                    | FetchError::Checksum { .. }
            );
            in_a_row += u32::from(!of_the_document);
            let given_up = in_a_row >= MAX_FAILURES;
            // What has come so far counts, if any of it is new.
            if given_up && documents.is_empty() && !base.fresh {
                return Err(error);
            }
            base.state.missing.insert(path.clone(), Missing { at: *at, why: error.to_string() });
            refused.push(error.to_string());
            if given_up {
                notes.push(format!("stopped after {} of {} changed documents: {error}", tried + 1, wanted.len()));
                break;
            }
        }
        let more = refused.len().saturating_sub(MAX_NOTES);
        notes.extend(refused.into_iter().take(MAX_NOTES));
        if more > 0 {
            notes.push(format!("{more} more changed documents could not be had"));
        }
        Ok(documents)
    }

    /// The file of an earlier fetch.
    fn held(&self, document: &Document) -> Option<(State, PathBuf)> {
        let held = self.held.iter().find(|held| held.url == document.url)?;
        let state = State::of(&held.path)?;
        self.config.trust.accepts_held(state.signed_by.as_deref()).then(|| (state, held.path.clone()))
    }

    /// What has changed and is not at hand, by path and time.
    fn pending(&self, state: &State, changes: &Listing, deletions: &Listing) -> Vec<(String, Timestamp)> {
        let at_hand = |path: &String, at: &Timestamp| {
            state.changed.get(path).is_some_and(|changed| {
                changed.at == *at && self.config.trust.accepts_held(changed.signed_by.as_deref())
            })
        };
        let wanted = |(path, at): &(&String, &Timestamp)| {
            **at >= state.since && !at_hand(path, at) && !is_gone(path, changes, deletions)
        };
        changes.at.iter().filter(wanted).map(|(path, at)| (path.clone(), *at)).collect()
    }

    /// Whether to take a newer archive in place of the one at hand: it saves requests, or the changes have become
    /// more than the archive; and what has changed since the newer one can be fetched at once, so that no document
    /// goes backwards.
    fn outgrown(
        &self,
        state: &State,
        file: &Path,
        changes: &Listing,
        deletions: &Listing,
        limit: usize,
        latest: &str,
    ) -> bool {
        let Some(since) = date_in(latest).filter(|_| state.archive != latest) else { return false };
        let newer = State { since, ..State::default() };
        let layers = std::fs::metadata(file).map(|file| file.len()).unwrap_or_default().saturating_sub(state.packed);
        (self.pending(state, changes, deletions).len() > limit || layers > state.packed.max(MIN_OUTGROWN))
            && self.pending(&newer, changes, deletions).len() <= limit
    }

    fn listing(&self, root: &str, name: &str) -> Result<Listing, FetchError> {
        let url = format!("{root}{name}");
        Listing::read(&self.fetcher.read(&url)?, &|path| self.feed.wants(path))
            .map_err(|why| FetchError::Broken { url, why })
    }

    /// Fetches the archive.
    fn archive(&self, plan: &Increments, name: &str) -> Result<Base, FetchError> {
        let url = format!("{}{name}", plan.root);
        let source = Source {
            checksum_file: Some(format!("{url}{}", plan.checksum)),
            signature_file: Some(format!("{url}{}", plan.signature)),
            ..Source::from(Document { name: name.to_owned(), url: url.clone() })
        };
        let mut checks = Checks::new(self.config, self.fetcher, &source, self.now);
        let file = self.folder.join("archive");
        let fetched =
            self.fetcher.fetch_checked(&url, &Known::default(), &file, self.now, &mut |raw| checks.of(raw))?;
        let Fetched::Fresh(fresh) = fetched else {
            return Err(FetchError::Broken {
                url,
                why: "it is said not to have changed, but was never fetched".to_owned(),
            });
        };
        // Between the beginning of an archive's making and its publication documents change: they are in the list.
        let named = date_in(name);
        let since = named.into_iter().chain(fresh.modified_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
        let packed = std::fs::metadata(&file).map(|file| file.len()).unwrap_or_default();
        let newest = fresh.modified_at.or(named).unwrap_or(Timestamp::UNIX_EPOCH);
        let signed = checks.signed();
        let state = State {
            archive: name.to_owned(),
            since,
            signed_by: signed.fingerprint(),
            sha256: fresh.sha256,
            bytes: fresh.bytes,
            packed,
            newest,
            ..State::default()
        };
        Ok(Base { state, file, signed, fresh: true })
    }

    /// Fetches one changed document to `to`, as it is.
    fn document(&self, plan: &Increments, path: &str, at: Timestamp, to: &Path) -> Result<Changed, FetchError> {
        let url = format!("{}{path}", plan.root);
        let source = Source {
            signature_file: Some(format!("{url}{}", plan.signature)),
            ..Source::from(Document { name: path.to_owned(), url: url.clone() })
        };
        let mut checks = Checks::new(self.config, self.fetcher, &source, self.now);
        let mut bytes = Vec::new();
        let broken = |error: std::io::Error| FetchError::Broken { url: url.clone(), why: error.to_string() };
        let mut spare = to.to_owned().into_os_string();
        spare.push(".kept");
        let fetcher = self.fetcher.with_max_bytes(MAX_DOCUMENT_BYTES);
        fetcher.fetch_checked(&url, &Known::default(), Path::new(&spare), self.now, &mut |raw| {
            checks.of(raw)?;
            bytes = std::fs::read(raw).map_err(broken)?;
            Ok(())
        })?;
        std::fs::remove_file(&spare).map_err(broken)?;
        // An error page must not take the place of what is known.
        serde_json::from_slice::<Object>(&bytes).map_err(|error| FetchError::Checksum {
            url: url.clone(),
            why: format!("it is no JSON document ({error})"),
        })?;
        std::fs::write(to, &bytes).map_err(broken)?;
        let signed_by = checks.signed().fingerprint();
        Ok(Changed { at, signed_by, sha256: hex::encode(Sha256::digest(&bytes)), bytes: bytes.len() as u64 })
    }

    /// Writes the file with everything in it.
    fn write(&self, plan: &Increments, base: &Base, documents: &[(String, PathBuf)]) -> Result<Fresh, FetchError> {
        let to = self.folder.join("layered");
        let documents: Vec<(String, &Path)> = documents
            .iter()
            .filter(|(path, _)| base.state.changed.contains_key(path))
            .map(|(path, file)| (path.clone(), file.as_path()))
            .collect();
        let broken = |error: std::io::Error| FetchError::Broken { url: plan.root.clone(), why: error.to_string() };
        layers::put_on(&to, &base.state, &documents, &base.file).map_err(broken)?;
        for (_, file) in &documents {
            std::fs::remove_file(file).map_err(broken)?;
        }
        let text = serde_json::to_vec(&base.state).map_err(|error| broken(error.into()))?;
        Ok(Fresh {
            body: to,
            origin: format!("{}{}", plan.root, base.state.archive),
            etag: None,
            last_modified: None,
            modified_at: Some(base.state.newest).filter(|newest| *newest > Timestamp::UNIX_EPOCH),
            // The state names the checksum of the archive and of each document on top.
            sha256: hex::encode(Sha256::digest(text)),
            bytes: base.state.total_bytes(),
            fetched_at: self.now,
        })
    }
}

/// Any JSON object.
#[derive(serde::Deserialize)]
struct Object {}

/// Whether a document was deleted and has not been published again since.
fn is_gone(path: &str, changes: &Listing, deletions: &Listing) -> bool {
    deletions.at.get(path).is_some_and(|gone| changes.at.get(path).is_none_or(|changed| gone >= changed))
}

/// The name of the newest archive, from the file that names it.
pub(crate) fn archive_name(
    root: &str,
    latest: &str,
    index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
) -> Result<String, FetchError> {
    let latest = format!("{root}{latest}");
    let page = index(&latest)?;
    let name = std::str::from_utf8(&page).unwrap_or_default().trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(fits) {
        return Err(FetchError::Address { url: latest, why: "it names no archive".to_owned() });
    }
    Ok(name.to_owned())
}

/// The day in the name of an archive: `csaf_vex_2024-08-04.tar.zst`.
fn date_in(name: &str) -> Option<Timestamp> {
    let dates: BTreeSet<Timestamp> = (0..name.len().saturating_sub(9))
        .filter_map(|at| name.get(at..at + 10))
        .filter(|text| text.bytes().filter(|byte| *byte == b'-').count() == 2)
        .filter_map(|text| format!("{text}T00:00:00Z").parse().ok())
        .collect();
    dates.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_an_archive_is_in_its_name() {
        assert_eq!(date_in("csaf_vex_2024-08-04.tar.zst"), Some("2024-08-04T00:00:00Z".parse().unwrap()));
        assert_eq!(date_in("archive.tar.zst"), None);
        assert_eq!(date_in(""), None);
    }
}
