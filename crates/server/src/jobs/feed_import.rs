//! A file that somebody brings is put in force, where no network is or the vendor's server is not to be asked.

use super::feed_sync::{Outcome, Spool, ceiling, leased, unchecked};
use super::feed_take::{Coming, Incoming, is_called, take};
use crate::app::App;
use anyhow::bail;
use feeds::{Dated, Dates, Document, Feed};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use store::FeedDocument;

/// A file that somebody brings.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// Its name: of a feed with several documents, which of them it is.
    pub name: String,
    /// What is known of its date from outside.
    pub brought: Dates,
    /// It takes the place of all documents of the feed.
    pub replace: bool,
    /// It is taken although it shrank beyond measure or went back in time.
    pub force: bool,
}

/// Puts a file in force that was fetched by other means. Of a feed with several documents it takes the place of
/// the one of its name, and the others stay.
///
/// # Errors
/// When it can't be read, nothing of it is understood, or it is held back; what was in force stays. Whoever
/// brought the file is told; with the feed it is not noted, since the feed is no worse for it.
pub async fn import(app: &App, feed: &'static dyn Feed, file: Spool, import: Import) -> anyhow::Result<Outcome> {
    let Import { name, brought, replace, force } = import;
    let document = Document { name: name.clone(), url: format!("file:{name}") };
    leased(app, feed, async {
        let now = app.now();
        let file_sha256 = hash_of(file.file("document")).await?;
        if !replace
            && !force
            && let Some(records) = is_in_force(app, feed, &document, file_sha256, brought).await?
        {
            return Ok(Outcome::Unchanged { records, notes: Vec::new() });
        }
        let max_bytes = ceiling(feed)?;
        let fresh = {
            let (from, to) = (file.file("document"), file.file("kept"));
            let spooled = from.display().to_string();
            tokio::task::spawn_blocking(move || feeds::import(&from, &to, max_bytes, now))
                .await?
                // The file is the user's; where it was spooled says nothing to them.
                .map_err(|error| anyhow::anyhow!(error.to_string().replace(&spooled, &name)))?
        };
        // A file comes without the signature that stood beside it.
        let coming =
            Coming { brought, file_sha256: Some(file_sha256), ..Coming::fetched(document, fresh, unchecked(feed)) };
        let mut documents = vec![coming];
        let mut replaced = None;
        if feed.has_many() {
            let (same, others): (Vec<_>, Vec<_>) =
                app.store().feed_documents(feed.id()).await?.into_iter().partition(|held| is_called(held, &name));
            if same.len() > 1 && !replace && !force {
                let names: Vec<&str> = same.iter().map(|held| held.name.as_str()).take(5).collect();
                bail!("held back: '{name}' may be any of {}: say which with `--name`", names.join(", "));
            }
            replaced = same.into_iter().next().filter(|_| !replace);
            for held in others.into_iter().filter(|_| !replace) {
                documents.push(Coming::again(app, held)?);
            }
        }
        take(app, feed, Incoming { documents, replaced, force: force || replace }).await
    })
    .await?
}

/// SHA-256 of a file as it is.
async fn hash_of(file: PathBuf) -> anyhow::Result<[u8; 32]> {
    let hash = tokio::task::spawn_blocking(move || {
        let mut reader = BufReader::with_capacity(1 << 16, File::open(file)?);
        let mut hash = Sha256::new();
        loop {
            let bytes = reader.fill_buf()?;
            if bytes.is_empty() {
                return std::io::Result::Ok(hash.finalize().into());
            }
            hash.update(bytes);
            let taken = bytes.len();
            reader.consume(taken);
        }
    });
    Ok(hash.await??)
}

/// Whether a file is in force already under its name, read by the present parser and with the date that it would
/// have now: then nothing is left to do but to note that it was brought. Gives the number
/// of records in force.
async fn is_in_force(
    app: &App,
    feed: &'static dyn Feed,
    document: &Document,
    file_sha256: [u8; 32],
    brought: Dates,
) -> anyhow::Result<Option<u64>> {
    let held = app.store().feed_documents(feed.id()).await?.into_iter().find(|held| held.url == document.url);
    let Some(held) = held.filter(|held| held.file_sha256 == Some(file_sha256)) else { return Ok(None) };
    let Some(as_of) = held.as_of.filter(|_| held.parser == feed.parser_version()) else { return Ok(None) };
    let of = |dated: Dated| (held.dated == dated.as_str()).then_some(as_of);
    let (inside, members) = (of(Dated::Inside), of(Dated::Members));
    if feeds::as_of(Dates { inside, members, ..brought }, app.now()).at != as_of {
        return Ok(None);
    }
    let now = app.now();
    app.store().feed_document_set(feed.id(), &FeedDocument { checked_at: Some(now), error: None, ..held }).await?;
    app.store().feed_unchanged(feed.id(), None, now).await?;
    let current = app.store().feed_list().await?.into_iter().find(|state| state.id == feed.id());
    Ok(Some(current.map_or(0, |state| state.records.unsigned_abs())))
}
