//! What a feed is, and where its records go.

pub use crate::skipped::{Lost, Skipped};
pub use crate::source::FeedConfig;
use jiff::Timestamp;
use model::{Advisory, CveRecord, Platform};
use std::collections::BTreeSet;
use std::fmt;
use std::io::BufRead;

/// One vendor's documents: where the bytes are, and what they mean.
pub trait Feed: Sync {
    /// Stable name in configuration, database and addresses: `debian-tracker`.
    fn id(&self) -> &'static str;

    /// One line for people.
    fn title(&self) -> &'static str;

    /// Goes up with every change of the parser that can change a record, so that kept documents are
    /// read again.
    fn parser_version(&self) -> u32;

    /// The platforms that it can speak for. What a document says of others is skipped.
    fn platforms(&self) -> Vec<Platform>;

    /// The documents to fetch now. `index` reads a small document (a directory, a list of files) by
    /// its address, for vendors whose documents can't be told beforehand.
    ///
    /// # Errors
    /// When an index can't be read.
    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<Document>, crate::FetchError>;

    /// The same documents with what can be checked of them: checksums, signatures. Indices are checked here,
    /// at the time `now`.
    ///
    /// # Errors
    /// As [`Feed::discover`], and when an index is refused.
    fn sources(
        &self,
        config: &FeedConfig,
        _now: Timestamp,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<crate::Source>, crate::FetchError> {
        Ok(self.discover(config, index)?.into_iter().map(crate::Source::from).collect())
    }

    /// Where the feed publishes an archive and, document by document, what has changed since.
    fn increments(&self, _config: &FeedConfig) -> Option<crate::Increments> {
        None
    }

    /// Most bytes of a document after decompression, unless an administrator says otherwise.
    fn max_bytes(&self) -> u64 {
        512 << 20
    }

    /// How many records a whole edition has at least, by far less than it had when this was written; 0 where that
    /// can't be told (of a document a release, or of a young feed). Of an edition with fewer the silence is not
    /// trusted: the first one, too, which no other stands beside to be compared with.
    fn usual_records(&self) -> u64 {
        0
    }

    /// Whether what was published stays published under its id, or is replaced by what has another: an edition that
    /// has lost many ids is then an ordinary one.
    fn keeps_ids(&self) -> bool {
        true
    }

    /// Whether some of its records are labels that say nothing of packages, as they are published (notices beside the
    /// records of CVEs). Of the others a record without a fact is an exception, and a document with many has lost what
    /// it said.
    fn has_labels(&self) -> bool {
        false
    }

    /// Whether the feed consists of several documents, one a release or year, each of which replaces
    /// only its namesake when it is imported.
    fn has_many(&self) -> bool {
        false
    }

    /// Whether the vendor publishes signatures by which the feed's documents can be checked, directly or by a
    /// signed index. Of the others HTTPS alone says that they are the vendor's.
    fn has_signatures(&self) -> bool {
        false
    }

    /// Whether a document may come as an archive of documents. Anything else in an archive is refused.
    fn takes_archives(&self) -> bool {
        false
    }

    /// Whether a member of an archive is one of the feed's documents, by its path in there. The others
    /// (checksums, signatures, lists of what changed) are passed over.
    fn wants(&self, _member: &str) -> bool {
        true
    }

    /// What is lost with a member of an archive that can't be read, as far as its path tells: an issue, a release;
    /// `None` where it would have decided nothing (a notice that is only a label).
    fn lost_with(&self, member: &str) -> Option<Lost> {
        Some(Lost::of_name(member))
    }

    /// Reads one decompressed document into the sink.
    ///
    /// # Errors
    /// When the document as a whole is not what it should be, or the sink stops. What went into the
    /// sink before is then part of no edition.
    fn parse(&self, document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable>;
}

/// One document of a feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    /// Its name, unique within the feed and stable between fetches: `list`, `2024/cve-2024-1.json`.
    pub name: String,
    /// Where it is fetched from.
    pub url: String,
}

/// Where a parser puts what it reads.
pub trait Sink {
    /// Takes the date that a document gives itself: when the vendor made it. A parser calls it at most once a
    /// document; what has no use for it passes it over.
    fn dated(&mut self, _at: Timestamp) {}

    /// Takes the modification time that an archive gives a document in it; 1970 where it gives none.
    fn packed(&mut self, _at: Timestamp) {}

    /// The moment as of which the document is read: what is dated later has not happened yet. `None` where it is
    /// not told; then everything has.
    fn until(&self) -> Option<Timestamp> {
        None
    }

    /// Takes a record.
    ///
    /// # Errors
    /// [`Stop`] when the taker can take no more; the parser then ends with [`Unreadable::Stopped`].
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop>;

    /// Takes what is known of a CVE itself. A taker that judges packages has no use for it and passes
    /// it over, which is what happens unless it says otherwise.
    ///
    /// # Errors
    /// As [`Sink::advisory`].
    fn cve(&mut self, _record: CveRecord) -> Result<(), Stop> {
        Ok(())
    }

    /// Takes a note on what could not be understood.
    ///
    /// # Errors
    /// As [`Sink::advisory`].
    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop>;
}

/// The taker of records can take no more. Why is the taker's to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Why a document could not be read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not what it should be.
    #[error("line {line}: {why}")]
    Malformed {
        /// Where that shows, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Reading its bytes failed: damaged compression, too large, the disk.
    #[error("{0}")]
    Io(String),
    /// The sink could take no more.
    #[error("stopped by the taker of its records")]
    Stopped,
}

impl From<Stop> for Unreadable {
    fn from(Stop: Stop) -> Self {
        Self::Stopped
    }
}

/// A sink that keeps everything, for tests and small documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Collected {
    /// What was understood.
    pub advisories: Vec<Advisory>,
    /// What was understood of CVEs themselves.
    pub cves: Vec<CveRecord>,
    /// What was not.
    pub skipped: Vec<Skipped>,
}

impl Sink for Collected {
    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.advisories.push(advisory);
        Ok(())
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.cves.push(record);
        Ok(())
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.skipped.push(skipped);
        Ok(())
    }
}

/// A sink that counts what passes through to another.
pub struct Tally<'a> {
    inner: &'a mut dyn Sink,
    /// Records understood.
    pub advisories: u64,
    /// Facts in them.
    pub facts: u64,
    /// Records of CVEs themselves.
    pub cves: u64,
    /// Notes on what was skipped.
    pub skipped: u64,
    /// Of them, those with which something is lost ([`Skipped::lost`]).
    pub lost: u64,
    /// The first of all of them.
    pub first_skipped: Option<Skipped>,
    /// The releases that the facts are about.
    pub platforms: BTreeSet<Platform>,
    /// The date that the document gives itself; of an archive's documents the newest.
    pub dated: Option<Timestamp>,
    /// The newest date among the records, of publication or change. One that is later than the moment as of which
    /// the document is read is a typing error or an announcement, and does not count.
    pub newest: Option<Timestamp>,
    /// Some record has such a later date.
    pub later: bool,
    /// Of an archive the newest modification time of its documents; 1970 where they have none.
    pub members: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl fmt::Debug for Tally<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally")
            .field("advisories", &self.advisories)
            .field("facts", &self.facts)
            .field("cves", &self.cves)
            .field("skipped", &self.skipped)
            .field("lost", &self.lost)
            .field("first_skipped", &self.first_skipped)
            .field("dated", &self.dated)
            .field("newest", &self.newest)
            .finish_non_exhaustive()
    }
}

impl<'a> Tally<'a> {
    /// Counts what goes into `inner`.
    #[must_use]
    pub fn new(inner: &'a mut dyn Sink) -> Self {
        Self {
            inner,
            advisories: 0,
            facts: 0,
            cves: 0,
            skipped: 0,
            lost: 0,
            first_skipped: None,
            platforms: BTreeSet::new(),
            dated: None,
            newest: None,
            later: false,
            members: None,
            until: None,
        }
    }

    /// Says as of when the document is read, see [`Sink::until`].
    #[must_use]
    pub fn as_of(mut self, at: Timestamp) -> Self {
        self.until = Some(at);
        self
    }

    fn date(&mut self, at: Option<Timestamp>) {
        let is_later = at.zip(self.until).is_some_and(|(at, until)| at > until);
        self.later |= is_later;
        self.newest = self.newest.max(at.filter(|_| !is_later));
    }

    /// The date inside: the document's own where it has one, since a record's may be of a day still to come
    /// (a CVE that is to be published) or long past. Else the newest of its records.
    #[must_use]
    pub fn inside(&self) -> Option<Timestamp> {
        self.dated.or(self.newest)
    }
}

impl Sink for Tally<'_> {
    fn dated(&mut self, at: Timestamp) {
        self.dated = self.dated.max(Some(at));
        self.inner.dated(at);
    }

    fn packed(&mut self, at: Timestamp) {
        self.members = self.members.max(Some(at));
        self.inner.packed(at);
    }

    fn until(&self) -> Option<Timestamp> {
        self.until.or_else(|| self.inner.until())
    }

    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.advisories += 1;
        self.facts += advisory.facts.len() as u64;
        self.date(advisory.published);
        self.date(advisory.updated);
        for fact in &advisory.facts {
            if !self.platforms.contains(&fact.platform) {
                self.platforms.insert(fact.platform.clone());
            }
        }
        self.inner.advisory(advisory)
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.cves += 1;
        self.date(record.published);
        self.date(record.updated);
        self.inner.cve(record)
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.skipped += 1;
        self.lost += u64::from(skipped.lost.is_some());
        if self.first_skipped.is_none() {
            self.first_skipped = Some(skipped.clone());
        }
        self.inner.skipped(skipped)
    }
}
