//! The compiled rules of one platform.

use crate::assessment::Reason;
use crate::compile::RulesBuilder;
use crate::feed::{FeedStamp, Part};
use model::{Advisory, Package, Platform, Severity};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::ops::Range;
use versions::Scheme;

/// The facts of every feed that speaks for one platform, ready to judge packages.
///
/// Texts (CVE ids, versions, words) are interned once; a row holds numbers and the version as a key
/// that compares by `memcmp`. Immutable and cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Rules {
    pub(crate) platform: Platform,
    pub(crate) scheme: Option<Scheme>,
    /// Feeds in force, with what each contributes here.
    pub(crate) feeds: Vec<(FeedStamp, Part)>,
    /// Why silence is no negative on this platform, if so.
    pub(crate) silence: Option<Reason>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) keys: Vec<u8>,
    /// Rows, grouped by subject and sorted by CVE text within it.
    pub(crate) rows: Vec<Row>,
    pub(crate) by_source: HashMap<Box<str>, Range<usize>>,
    pub(crate) by_binary: HashMap<Box<str>, Range<usize>>,
}

/// Index of a text; 0 is the empty text.
pub(crate) type TextId = u32;

/// The text of no row.
pub(crate) const NO_TEXT: TextId = 0;

/// One fact, ready to compare.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) cve: TextId,
    /// Advisory that labels it, [`NO_TEXT`] where none does.
    pub(crate) advisory: TextId,
    /// The fixed version as the vendor wrote it; set where `status` is `Fixed`.
    pub(crate) fixed: TextId,
    pub(crate) key: KeySpan,
    /// A version of a later release that settles it too (hosts that may run sid).
    pub(crate) later: TextId,
    pub(crate) later_key: KeySpan,
    pub(crate) words: TextId,
    pub(crate) channel: TextId,
    pub(crate) module: TextId,
    /// Architectures, joined by a space; [`NO_TEXT`] is all.
    pub(crate) arches: TextId,
    pub(crate) status: Status,
    pub(crate) severity: Severity,
    /// Index into `feeds`.
    pub(crate) feed: u8,
}

/// A slice of the key arena.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeySpan {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// [`model::FactStatus`] without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Fixed,
    Affected,
    WillNotFix,
    UnderInvestigation,
    NotAffected,
}

impl Rules {
    /// Compiles the rules of `platform`.
    ///
    /// `feeds` are the feeds in force, in any order; a feed that is not among them has no say.
    /// `advisories` are pairs of feed id and advisory; facts about other platforms and feeds that do
    /// not speak for this one are passed over. The result does not depend on the order of either.
    /// To feed advisories one by one, use [`RulesBuilder`].
    #[must_use]
    pub fn compile<F, A>(platform: &Platform, feeds: &[FeedStamp], advisories: impl IntoIterator<Item = (F, A)>) -> Self
    where
        F: AsRef<str>,
        A: Borrow<Advisory>,
    {
        let mut builder = RulesBuilder::new(platform, feeds);
        for (feed, advisory) in advisories {
            builder.add(feed.as_ref(), advisory.borrow());
        }
        builder.finish()
    }

    /// The platform whose packages these rules judge.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The feeds in force, with what each contributes to this platform.
    #[must_use]
    pub fn feeds(&self) -> &[(FeedStamp, Part)] {
        &self.feeds
    }

    /// How many facts are in force, duplicates merged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no fact is in force.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether some fact could speak of the package; what is not named needs no second look when
    /// only facts have changed.
    #[must_use]
    pub fn names(&self, package: &Package) -> bool {
        self.by_source.contains_key(package.source.as_str())
            || self.by_binary.contains_key(package.name.as_str())
            || crate::alias::alias(package).is_some_and(|alias| self.by_source.contains_key(alias.source.as_ref()))
    }

    pub(crate) fn text(&self, id: TextId) -> &str {
        usize::try_from(id).ok().and_then(|id| self.texts.get(id)).map_or("", AsRef::as_ref)
    }

    pub(crate) fn key(&self, span: KeySpan) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        self.keys.get(start..start + len).unwrap_or_default()
    }
}
