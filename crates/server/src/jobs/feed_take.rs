//! Documents of a feed that are at hand are written in slices and made current.
//!
//! Nothing of a document is in force before all of it was read; what was in force stays until then, and when
//! anything fails. Documents of a feed of several that stay as they are are not read again, where it is known of each
//! that none of its records stands in another: the work is that of what changes.

use super::feed_platforms::{self, Missing, Spoken};
use super::feed_read::{Counts, read, remark};
use super::feed_sync::{Outcome, fewest, judge_again, touched};
use crate::api::events::Cause;
use crate::app::App;
use anyhow::{Context as _, anyhow, bail};
use feeds::{AsOf, Dated, Dates, Document, Edition, Feed, Fresh, HeldBack, Lost, NothingUnderstood, Skipped};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use store::{FeedDocument, Remains, Signature, SkipTotals, SkippedRecords};

/// Documents that are to be a feed's next edition.
pub(super) struct Incoming {
    /// Every document of the edition, those that did not change as well.
    pub(super) documents: Vec<Coming>,
    /// The document in force whose place the first of them takes, where that is told by its name.
    pub(super) replaced: Option<FeedDocument>,
    /// Documents that shrank or went back in time are taken, too.
    pub(super) force: bool,
}

/// One of them.
#[derive(Clone)]
pub(super) struct Coming {
    pub(super) document: Document,
    pub(super) fresh: Fresh,
    /// What is known of who signed it.
    pub(super) signature: Signature,
    /// What is known of its date from outside.
    pub(super) brought: Dates,
    /// SHA-256 of the imported file, packed as it was.
    pub(super) file_sha256: Option<[u8; 32]>,
    /// Who said the date of a copy that was kept; empty where the date is to be found.
    pub(super) dated: String,
    /// It is in force already, and comes again only because others change.
    pub(super) again: Option<FeedDocument>,
}

impl Coming {
    /// A document that was just fetched.
    pub(super) fn fetched(document: Document, fresh: Fresh, signature: Signature) -> Self {
        Self {
            document,
            fresh,
            signature,
            brought: Dates::default(),
            file_sha256: None,
            dated: String::new(),
            again: None,
        }
    }

    /// A document in force, as it was kept. Nothing that others bring with them is about it.
    pub(super) fn again(app: &App, held: FeedDocument) -> anyhow::Result<Self> {
        let document = Document { name: held.name.clone(), url: held.url.clone() };
        let (fresh, file_sha256, dated) = (kept(app, &held)?, held.file_sha256, held.dated.clone());
        let (signature, brought) = (held.signature.clone(), Dates::default());
        Ok(Self { document, fresh, signature, brought, file_sha256, dated, again: Some(held) })
    }
}

/// Whether a document in force is the one that is brought under a name: a file's name alone stands for the
/// document at the end of whose address it stands, packed or not.
pub(super) fn is_called(held: &FeedDocument, name: &str) -> bool {
    let plain = |name: &str| {
        let ends = [".gz", ".xz", ".bz2", ".zst", ".lz4"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let (name, path) = (plain(name), plain(held.url.strip_prefix("file:").unwrap_or(&held.url)));
    let is_end = |of: &str| of.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    !name.is_empty() && (is_end(&plain(&held.name)) || is_end(&path))
}

/// The edition of a document that was kept.
pub(super) fn kept(app: &App, held: &FeedDocument) -> anyhow::Result<Fresh> {
    let (path, sha256, fetched_at) = held
        .path
        .as_ref()
        .zip(held.sha256)
        .zip(held.fetched_at)
        .map(|((path, sha256), fetched_at)| (path, sha256, fetched_at))
        .with_context(|| format!("{} was not kept; sync again with --force", held.url))?;
    Ok(Fresh {
        body: app.data().path().join(path),
        origin: held.url.clone(),
        etag: held.etag.clone(),
        last_modified: held.last_modified.clone(),
        modified_at: held.as_of,
        sha256: hex::encode(sha256),
        bytes: held.bytes.unwrap_or(0),
        fetched_at,
    })
}

/// A document that was read.
struct Taken {
    document: Document,
    fresh: Fresh,
    counts: Counts,
    as_of: AsOf,
    signature: Signature,
    file_sha256: Option<[u8; 32]>,
    dated: String,
    /// When its vendor was last asked for it, or it was brought.
    checked_at: Option<Timestamp>,
}

/// Reads documents into a new generation and makes it current.
pub(super) async fn take(app: &App, feed: &'static dyn Feed, incoming: Incoming) -> anyhow::Result<Outcome> {
    let held = app.store().feed_documents(feed.id()).await?;
    if let Some(changing) = changing(feed, &incoming, &held) {
        let mut before = BTreeMap::new();
        for document in changing {
            let Some(spoken) = feed_platforms::spoken(app, feed, document).await? else { continue };
            before.insert(document.url.clone(), spoken);
        }
        if let Some(outcome) = write(app, feed, &incoming, &held, Some(&before)).await? {
            return Ok(outcome);
        }
        tracing::info!(feed.id = feed.id(), "documents of a feed share records and are read together");
    }
    match write(app, feed, &incoming, &held, None).await? {
        Some(outcome) => Ok(outcome),
        None => bail!("its documents can't be told apart"),
    }
}

/// The documents in force whose records come or go, where all others can stay as they are without being read again;
/// `None` where they can't, or where it would be more work.
fn changing<'h>(feed: &dyn Feed, incoming: &Incoming, held: &'h [FeedDocument]) -> Option<Vec<&'h FeedDocument>> {
    let stays = |held: &FeedDocument| {
        incoming.documents.iter().any(|coming| coming.again.as_ref().is_some_and(|again| again.url == held.url))
    };
    let is_known = |held: &&FeedDocument| held.alone.is_some() && held.parser == feed.parser_version();
    let is_alone = |held: &&FeedDocument| held.alone == Some(true);
    let (stay, change): (Vec<&FeedDocument>, Vec<&FeedDocument>) = held.iter().partition(|held| stays(held));
    let bytes = |of: &[&FeedDocument]| of.iter().filter_map(|document| document.bytes).sum::<u64>();
    let pays = !stay.is_empty() && bytes(&stay) >= bytes(&change);
    let knows_all = stay.iter().all(is_known) && change.iter().all(is_known) && change.iter().all(is_alone);
    (feed.has_many() && pays && knows_all).then_some(change)
}

/// Writes a generation. With `before`, what the documents that change had, the others are kept as they are; `None`
/// then means that one that came has records in common with them.
async fn write(
    app: &App,
    feed: &'static dyn Feed,
    incoming: &Incoming,
    held: &[FeedDocument],
    before: Option<&BTreeMap<String, Spoken>>,
) -> anyhow::Result<Option<Outcome>> {
    let Incoming { documents, replaced, force } = incoming;
    let (kept, read_now): (Vec<&Coming>, Vec<&Coming>) =
        documents.iter().partition(|coming| before.is_some() && coming.again.is_some());
    let kept: Vec<&FeedDocument> = kept.into_iter().filter_map(|coming| coming.again.as_ref()).collect();
    let mut generation = app.store().feed_generation_begin(feed.id(), app.now()).await?;
    let mut skipped = SkippedRecords::default();
    if let Some(before) = before {
        let keys: HashSet<String> = before.values().flat_map(|spoken| spoken.keys.keys().cloned()).collect();
        generation.keep_others(&keys);
        carry(app, feed, &kept, &mut skipped).await?;
    }
    let mut taken = Vec::new();
    for Coming { document, fresh, signature, brought, file_sha256, dated, again } in read_now.into_iter().cloned() {
        let noted = skipped.totals();
        let mut counts =
            read(app, feed, &document, &fresh, &mut generation, &mut skipped).await.with_context(|| {
                format!("{} can't be read", document.url.strip_prefix("file:").unwrap_or(&document.url))
            })?;
        let noted_now = skipped.totals();
        (counts.lost, counts.lost_kept) = (noted_now.lost - noted.lost, noted_now.lost_kept - noted.lost_kept);
        let (inside, members) = (counts.inside, counts.members);
        let dates = Dates { server: fresh.modified_at, inside, members, ..brought };
        let as_of = feeds::as_of(dates, fresh.fetched_at);
        let dated = if dated.is_empty() { as_of.dated.as_str().to_owned() } else { dated };
        let checked_at = again.map_or(Some(app.now()), |held| held.checked_at);
        taken.push(Taken { document, fresh, counts, as_of, signature, file_sha256, dated, checked_at });
        generation.next_document();
    }
    // Of a record that stands in several documents the last one counts. Those that were kept count before what came,
    // and so have to stand behind it.
    let meets_kept = generation.meets_kept();
    let is_behind = documents.iter().skip_while(|coming| coming.again.is_none()).all(|coming| coming.again.is_some());
    if meets_kept && !is_behind {
        return Ok(None);
    }
    let alone: Vec<bool> = (1..).zip(&taken).map(|(number, _)| !generation.is_shared(number)).collect();
    let records = taken.iter().map(|taken| taken.counts.records).chain(kept.iter().map(|held| held.records)).sum();
    if records == 0 {
        let remark = match taken.first() {
            Some(taken) => remark(feed, &taken.fresh).await?,
            None => String::new(),
        };
        return Err(anyhow!("{}{remark}", NothingUnderstood::Empty));
    }
    let notes: Vec<String> =
        too_few(feed, records, &mut skipped)?.into_iter().chain(too_empty(feed, &taken, &mut skipped)).collect();
    let current =
        app.store().feed_list().await?.into_iter().find(|state| state.id == feed.id() && state.generation > 0);
    if let Some(current) = current.filter(|_| !force) {
        let mut of_replaced = None;
        if let (Some(replaced), Some(first)) = (replaced, taken.first()) {
            let known = before.and_then(|before| before.get(&replaced.url)).cloned();
            of_replaced = match (known, before) {
                (None, None) => feed_platforms::spoken(app, feed, replaced).await?,
                (known, _) => known,
            };
            if let Some(spoken) = &of_replaced {
                feed_platforms::hold_against(spoken, &first.document, &first.counts.spoken)?;
            }
        }
        check_succession(feed, &current, held, &kept, replaced.as_ref(), &taken)?;
        if let (Some(replaced), Some(spoken), Some(first)) = (replaced, &of_replaced, taken.first()) {
            check_keys(feed, replaced, spoken, first)?;
        }
        // Another parser may call the same records otherwise.
        if held.iter().all(|held| held.parser == feed.parser_version()) {
            check_remains(app, feed, generation.remains(), before.is_none().then_some(&taken)).await?;
        }
    }
    let edition = edition(&taken, &kept).unwrap_or_else(|| feeds::as_of(Dates::default(), app.now()));
    let outcome = app.store().feed_generation_publish(generation, Some(edition.at), &skipped, app.now()).await?;
    tracing::info!(
        feed.id = feed.id(),
        feed.as_of = %edition.at,
        records = outcome.records,
        added = outcome.added,
        changed = outcome.changed,
        gone = outcome.removed,
        skipped = outcome.skipped,
        "a new edition of a feed is in force"
    );
    for (taken, alone) in taken.iter().zip(alone) {
        keep(app, feed, taken, alone).await?;
    }
    for held in &kept {
        // With which of them what came has records in common is not known.
        let alone = held.alone.map(|alone| alone && !meets_kept);
        app.store().feed_document_set(feed.id(), &FeedDocument { error: None, alone, ..(*held).clone() }).await?;
    }
    let kept_urls = kept.iter().map(|held| held.url.as_str());
    let urls: Vec<&str> = taken.iter().map(|taken| taken.document.url.as_str()).chain(kept_urls).collect();
    forget(app, feed, app.store().feed_documents_retain(feed.id(), &urls).await?).await?;
    crate::cve_scores::follow(app, feed).await?;
    judge_again(app, touched(app, feed), outcome.seq, Cause::Feed).await?;
    // What is no record of a document is told by a note.
    let skipped = skipped.kept().iter().filter(|record| !record.document.is_empty()).cloned().collect();
    Ok(Some(Outcome::Updated { generation: outcome, as_of: edition, skipped, notes }))
}

/// Takes over what was noted of documents that stay as they are.
async fn carry(app: &App, feed: &dyn Feed, kept: &[&FeedDocument], skipped: &mut SkippedRecords) -> anyhow::Result<()> {
    let is_of = |document: &str| kept.iter().any(|held| held.url == document);
    let totals = kept.iter().fold(SkipTotals::default(), |totals, held| SkipTotals {
        skipped: totals.skipped + held.skipped,
        lost: totals.lost + held.lost,
        lost_kept: totals.lost_kept + held.lost_kept,
    });
    let mut records = app.store().feed_skipped(feed.id(), usize::MAX).await?;
    records.retain(|record| is_of(&record.document));
    let mut losses = app.store().feed_losses(feed.id()).await?;
    losses.retain(|loss| is_of(&loss.document));
    skipped.carry(totals, records, losses);
    Ok(())
}

/// Notes an edition that has too few records to be whole, so that its silence counts for nothing.
fn too_few(feed: &dyn Feed, records: u64, skipped: &mut SkippedRecords) -> anyhow::Result<Option<String>> {
    let fewest = fewest(feed)?;
    if records >= fewest || feed.has_many() {
        return Ok(None);
    }
    let count = |count: u64| crate::cli::output::thousands(usize::try_from(count).unwrap_or(usize::MAX));
    let records = if records == 1 { "1 record".to_owned() } else { format!("{} records", count(records)) };
    let why = format!("{records}, where this feed usually has over {}", count(fewest));
    let lost = Lost { anything: true, ..Lost::default() };
    let note = Skipped::new("the rest of the document", None, why.clone()).losing(Some(lost));
    let document = Document { name: String::new(), url: String::new() };
    super::feed_read::push(skipped, &document, note);
    Ok(Some(format!("it has {why}: what it does not name counts as not assessed")))
}

/// Fewest records without a word about packages that are many.
const MANY_EMPTY: u64 = 10;

/// Notes an edition of which many records say nothing of any package, so that its silence counts for nothing. Some
/// vendors have such now and then: a group of packages whose issues were all taken back.
fn too_empty(feed: &dyn Feed, taken: &[Taken], skipped: &mut SkippedRecords) -> Vec<String> {
    let mut notes = Vec::new();
    for taken in taken.iter().filter(|_| !feed.has_labels()) {
        let (empty, records) = (taken.counts.spoken.empty, taken.counts.spoken.keys.len() as u64);
        if empty < MANY_EMPTY || empty * 100 <= records * u64::from(feeds::succession::MAX_SHRINK_PERCENT) {
            continue;
        }
        let why = format!("{empty} of its {records} records say nothing of any package");
        let lost = Lost { anything: true, platform: taken.counts.spoken.only(), ..Lost::default() };
        super::feed_read::push(
            skipped,
            &taken.document,
            Skipped::new(&taken.document.name, None, &*why).losing(Some(lost)),
        );
        notes.push(format!("{}: {why}: what it does not name counts as not assessed", taken.document.name));
    }
    notes
}

/// Holds an edition back that has lost too much of what is in force, by its records and by what they state. `taken` is
/// all of it, where all of it was read.
async fn check_remains(app: &App, feed: &dyn Feed, remains: Remains, taken: Option<&Vec<Taken>>) -> anyhow::Result<()> {
    let Remains { records, gone, emptied, facts, facts_lost } = remains;
    let percent = feeds::succession::MAX_SHRINK_PERCENT;
    if !feed.keeps_ids() {
        return Ok(feeds::check_gone(records, 0, emptied, percent)?);
    }
    feeds::check_gone(records, gone, emptied, percent)?;
    let check = |lost| feeds::check_lost_facts(facts, lost, feeds::succession::MAX_LOST_FACTS_PERCENT);
    let Err(held_back) = check(facts_lost) else { return Ok(()) };
    // A release that a vendor leaves out altogether is assessed no longer, so that nothing reads as unaffected.
    let Some(taken) = taken else { return Err(held_back.into()) };
    let is_left_out = |platform: &str| !taken.iter().any(|taken| taken.counts.spoken.speaks_of(platform));
    let platforms = app.store().advisory_platforms(feed.id()).await?;
    let left_out: u64 =
        platforms.iter().filter(|(platform, _)| is_left_out(platform)).map(|(_, advisories)| advisories).sum();
    Ok(check(facts_lost.saturating_sub(left_out))?)
}

/// Holds a document back that has other records than the one whose place it takes, or whose records say less.
fn check_keys(feed: &dyn Feed, before: &FeedDocument, spoken: &Spoken, next: &Taken) -> Result<(), HeldBack> {
    if before.parser != feed.parser_version() {
        return Ok(());
    }
    let Missing { gone, emptied, facts, facts_lost } = spoken.missing_in(&next.counts.spoken);
    let gone = if feed.keeps_ids() { gone } else { 0 };
    feeds::check_gone(spoken.keys.len() as u64, gone, emptied, feeds::succession::MAX_SHRINK_PERCENT)
        .and_then(|()| match feed.keeps_ids() {
            true => feeds::check_lost_facts(facts, facts_lost, feeds::succession::MAX_LOST_FACTS_PERCENT),
            false => Ok(()),
        })
        .map_err(|HeldBack { why }| HeldBack { why: format!("{}: {why}", next.document.name) })
}

/// The date of all documents together: the newest, but where files were imported the oldest of them, since
/// nobody asks their vendor whether they are the latest.
fn edition(taken: &[Taken], kept: &[&FeedDocument]) -> Option<AsOf> {
    // The date of one that was kept has been told when it came.
    let kept = kept.iter().filter_map(|held| Some((held.url.as_str(), AsOf { at: held.as_of?, dated: Dated::Server })));
    let all: Vec<(&str, AsOf)> =
        taken.iter().map(|taken| (taken.document.url.as_str(), taken.as_of)).chain(kept).collect();
    let imported = all.iter().filter(|(url, _)| url.starts_with("file:"));
    let oldest = imported.map(|(_, as_of)| *as_of).min_by_key(|as_of| as_of.at);
    oldest.or_else(|| all.iter().map(|(_, as_of)| *as_of).max_by_key(|as_of| as_of.at))
}

/// Holds each document against the one whose place it takes, so that a release that lost its records does not
/// hide behind the others; documents that are gone count as lost from the whole.
fn check_succession(
    feed: &dyn Feed,
    current: &store::FeedState,
    held: &[FeedDocument],
    kept: &[&FeedDocument],
    replaced: Option<&FeedDocument>,
    taken: &[Taken],
) -> Result<(), HeldBack> {
    let percent = feeds::succession::MAX_SHRINK_PERCENT;
    let whole = |as_of| Edition { as_of, advisories: u64::try_from(current.records).unwrap_or(0), facts: 0 };
    if !feed.has_many() {
        let Some(as_of) = edition(taken, kept).map(|as_of| as_of.at) else { return Ok(()) };
        let records = taken.iter().map(|taken| taken.counts.records).sum();
        let next = Edition { as_of, advisories: records, facts: 0 };
        return feeds::check_succession(&whole(current.as_of.unwrap_or(as_of)), &next, percent);
    }
    let stays = |held: &FeedDocument| kept.iter().any(|kept| kept.url == held.url);
    let mut gone: Vec<&FeedDocument> = held.iter().filter(|held| !stays(held)).collect();
    for (at, taken) in taken.iter().enumerate() {
        let before = held.iter().find(|held| held.url == taken.document.url).or(replaced.filter(|_| at == 0));
        gone.retain(|held| before.is_none_or(|before| before.url != held.url));
        let Some(before) = before else { continue };
        let edition = |as_of, advisories| Edition { as_of, advisories, facts: 0 };
        let (was, is) = (before.as_of.unwrap_or(taken.as_of.at), taken.as_of.at);
        feeds::check_succession(&edition(was, before.records), &edition(is, taken.counts.records), percent)
            .map_err(|HeldBack { why }| HeldBack { why: format!("{}: {why}", taken.document.name) })?;
    }
    let lost: u64 = gone.iter().map(|held| held.records).sum();
    let now = Timestamp::UNIX_EPOCH;
    let rest =
        Edition { as_of: now, advisories: u64::try_from(current.records).unwrap_or(0).saturating_sub(lost), facts: 0 };
    feeds::check_succession(&whole(now), &rest, percent).map_err(|_| {
        let names: Vec<&str> = gone.iter().map(|held| held.name.as_str()).take(5).collect();
        HeldBack { why: format!("{} of its documents are gone, with {lost} records: {}", gone.len(), names.join(", ")) }
    })
}

/// Moves the raw document to its place and notes where it came from.
async fn keep(app: &App, feed: &dyn Feed, taken: &Taken, alone: bool) -> anyhow::Result<()> {
    let Taken { document, fresh, counts, as_of, signature, file_sha256, dated, checked_at } = taken;
    let name: String = document
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .take(100)
        .collect();
    let place = app.data().feed(feed.id()).join(format!("{}.zst", name.trim_start_matches('.')));
    std::fs::rename(&fresh.body, &place).with_context(|| format!("{} can't be kept", place.display()))?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(&fresh.sha256, &mut sha256)?;
    let note = FeedDocument {
        name: document.name.clone(),
        url: document.url.clone(),
        etag: fresh.etag.clone(),
        last_modified: fresh.last_modified.clone(),
        sha256: Some(sha256),
        fetched_at: Some(fresh.fetched_at),
        checked_at: *checked_at,
        as_of: Some(as_of.at),
        bytes: Some(fresh.bytes),
        path: place.strip_prefix(app.data().path()).ok().map(|path| path.display().to_string()),
        parser: feed.parser_version(),
        records: counts.records,
        skipped: counts.skipped,
        error: None,
        signature: signature.clone(),
        file_sha256: *file_sha256,
        dated: dated.clone(),
        alone: Some(alone),
        lost: counts.lost,
        lost_kept: counts.lost_kept,
    };
    Ok(app.store().feed_document_set(feed.id(), &note).await?)
}

/// Removes the copies of documents that are no longer the feed's, unless another has taken their place.
async fn forget(app: &App, feed: &dyn Feed, gone: Vec<FeedDocument>) -> anyhow::Result<()> {
    let left = app.store().feed_documents(feed.id()).await?;
    for path in gone.into_iter().filter_map(|document| document.path) {
        if left.iter().any(|document| document.path.as_deref() == Some(path.as_str())) {
            continue;
        }
        let path = app.data().path().join(path);
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "a document that is no longer in force could not be removed");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_document_at_whose_end_its_name_stands() {
        let held =
            |name: &str, url: &str| FeedDocument { name: name.into(), url: url.into(), ..FeedDocument::default() };
        let fetched = held("RHEL8/rhel-8.oval.xml.bz2", "https://x.example/v2/RHEL8/rhel-8.oval.xml.bz2");
        let imported = held("rhel-8.oval.xml", "file:rhel-8.oval.xml");
        for document in [&fetched, &imported] {
            for name in ["rhel-8.oval.xml", "rhel-8.oval.xml.bz2", "rhel-8.oval.xml.zst"] {
                assert!(is_called(document, name), "{name}");
            }
            for name in ["rhel-7.oval.xml", "8.oval.xml", "", ".oval.xml", "xml"] {
                assert!(!is_called(document, name), "{name}");
            }
        }
        assert!(is_called(&fetched, "RHEL8/rhel-8.oval.xml") && !is_called(&fetched, "RHEL9/rhel-8.oval.xml"));
    }
}
