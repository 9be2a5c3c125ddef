//! The compiled rules of one platform.

use crate::assessment::Reason;
use crate::compile::RulesBuilder;
use crate::feed::{FeedStamp, Part};
use crate::platforms::comes_from;
use crate::skips::Unreads;
use model::{Advisory, Origin, Package, Platform, Severity};
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
    /// Feeds in force, with what each contributes to the distribution's own packages.
    pub(crate) own_feeds: Vec<(FeedStamp, Part)>,
    /// The same, with what they contribute to guests' packages.
    pub(crate) feeds: Vec<(FeedStamp, Part)>,
    /// Why silence is no negative on this platform, if so.
    pub(crate) silence: Option<Reason>,
    /// The deciding feed names only what has a fix.
    pub(crate) fixes_only: bool,
    /// Sorted, so that the order of ids is the order of texts.
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) keys: Vec<u8>,
    /// Rows, grouped by subject and sorted by CVE within it.
    pub(crate) rows: Vec<Row>,
    pub(crate) subjects: Vec<Subject>,
    /// Places in `subjects`.
    pub(crate) by_source: HashMap<Box<str>, u32>,
    pub(crate) by_binary: HashMap<Box<str>, u32>,
    /// Places in `rows`, see [`Subject`].
    pub(crate) order: Vec<u32>,
    /// Versions, see [`Subject`].
    pub(crate) steps: Vec<KeySpan>,
    pub(crate) arches: Arches,
    /// Records that were skipped, of the feeds that decide.
    pub(crate) unreads: Unreads,
    /// How many records of each feed were lost, by place in `own_feeds`.
    pub(crate) lost: HashMap<u8, u64>,
    /// Rules of the repositories that somebody else builds for the platform (EPEL), by which alone
    /// their packages are judged.
    pub(crate) guests: Vec<Rules>,
}

/// The rows of one source or binary package, and ways to those that are open.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// All its rows, sorted by CVE.
    pub(crate) rows: Range<u32>,
    /// Its plain fixes (in `order`), the greatest fixed version first: those that a version lacks are
    /// the first ones.
    pub(crate) plain: Range<u32>,
    /// The first row (in `order`) of each other CVE that may be open whatever the version.
    pub(crate) rest: Range<u32>,
    /// Every version (in `steps`) that one of its rows names, the least first, each once: two versions
    /// between the same steps are the same to all rows.
    pub(crate) steps: Range<u32>,
    /// Some row is limited to architectures.
    pub(crate) by_arch: bool,
    /// Some row is limited to module streams.
    pub(crate) by_module: bool,
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
    /// Its key. That of a version without release is the beginning of those of its releases, so that
    /// plain comparison finds them all fixed (rule 1).
    pub(crate) key: KeySpan,
    /// A version of a later release that settles it too (hosts that may run sid).
    pub(crate) later: TextId,
    pub(crate) later_key: KeySpan,
    pub(crate) words: TextId,
    pub(crate) channel: TextId,
    pub(crate) module: TextId,
    /// Place in [`Arches`]; 0 is all. Until rows are filed, the names joined by a space.
    pub(crate) arches: u32,
    pub(crate) status: Status,
    pub(crate) lane: Lane,
    pub(crate) severity: Severity,
    /// Index into `feeds`.
    pub(crate) feed: u8,
}

/// Sets of architectures, of which a feed has few.
#[derive(Debug, Default)]
pub(crate) struct Arches {
    names: HashMap<Box<str>, u32>,
    /// Places in `names`. The first is empty and means all.
    sets: Vec<Box<[u32]>>,
}

impl Arches {
    /// The architecture of no row.
    pub(crate) const NONE: u32 = u32::MAX;

    /// Takes sets of names joined by a space; the first is no set.
    pub(crate) fn of<'t>(joined: impl Iterator<Item = &'t str>) -> Self {
        let mut names: HashMap<Box<str>, u32> = HashMap::new();
        let mut set = |joined: &str| {
            joined
                .split(' ')
                .filter(|name| !name.is_empty())
                .map(|name| {
                    let next = u32::try_from(names.len()).unwrap_or(Self::NONE);
                    *names.entry(name.into()).or_insert(next)
                })
                .collect()
        };
        let sets = joined.map(&mut set).collect();
        Self { names, sets }
    }

    pub(crate) fn named(&self, name: &str) -> u32 {
        self.names.get(name).copied().unwrap_or(Self::NONE)
    }

    pub(crate) fn has(&self, set: u32, arch: u32) -> bool {
        set == 0 || self.sets.get(set as usize).is_some_and(|set| set.contains(&arch))
    }
}

/// How a channel relates to the base release (rule 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// It is the base release.
    Base,
    /// More updates for the same packages (`esm-infra`, `lts`, `els`): without it a host is as
    /// affected as with it, and lacks the fix.
    Added,
    /// A minor release with fixes of its own (`eus:9.2`): its hosts are judged by its facts, others
    /// are not.
    Stream,
}

impl Lane {
    /// A channel that names a minor release is a stream of its own.
    pub(crate) fn of(channel: &str) -> Self {
        if channel.is_empty() {
            Self::Base
        } else if channel.contains(':') {
            Self::Stream
        } else {
            Self::Added
        }
    }
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

    /// Why silence about the distribution's own packages is no negative, if so.
    #[must_use]
    pub fn silence(&self) -> Option<&Reason> {
        self.silence.as_ref()
    }

    /// How many facts are in force, duplicates merged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len() + self.guests.iter().map(Self::len).sum::<usize>()
    }

    /// Whether no fact is in force.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether some fact could speak of the package; what is not named needs no second look when
    /// only facts have changed.
    #[must_use]
    pub fn names(&self, package: &Package) -> bool {
        let Ok(rules) = self.speaking(package) else { return false };
        rules.by_source.contains_key(package.source.as_str())
            || rules.by_binary.contains_key(crate::kernels::any_build(&package.platform, &package.name).as_ref())
            || crate::alias::alias(package).is_some_and(|alias| rules.by_source.contains_key(alias.source.as_ref()))
    }

    /// The rules that judge a package: these, or those of the repository that it comes from.
    ///
    /// # Errors
    /// Why no fact at all may be held against the package.
    pub(crate) fn speaking(&self, package: &Package) -> Result<&Self, Reason> {
        if package.platform != self.platform {
            return Err(Reason::NoFeed { wanted: wanted(&package.platform), platform: package.platform.clone() });
        }
        let rules = match &package.origin {
            Origin::Foreign(name) => {
                let guest = self.guests.iter().find(|guest| comes_from(&package.origin, &guest.platform));
                guest.ok_or_else(|| Reason::ForeignOrigin { origin: name.clone() })?
            }
            Origin::Distribution | Origin::DistributionInferred => self,
        };
        let Some(scheme) = rules.scheme else {
            return Err(Reason::NoFeed { platform: rules.platform.clone(), wanted: wanted(&rules.platform) });
        };
        let invalid = |wrong: versions::InvalidVersion| Reason::InvalidVersion { why: wrong.to_string() };
        scheme.check(&package.version).map_err(invalid)?;
        if package.source_version != package.version {
            scheme.check(&package.source_version).map_err(invalid)?;
        }
        Ok(rules)
    }

    pub(crate) fn text(&self, id: TextId) -> &str {
        usize::try_from(id).ok().and_then(|id| self.texts.get(id)).map_or("", AsRef::as_ref)
    }

    /// The id of a text, if some row has it.
    pub(crate) fn text_id(&self, text: &str) -> Option<TextId> {
        self.texts.binary_search_by(|of| of.as_ref().cmp(text)).ok().and_then(|at| u32::try_from(at).ok())
    }

    pub(crate) fn key(&self, span: KeySpan) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        self.keys.get(start..start + len).unwrap_or_default()
    }

    pub(crate) fn rows_of(&self, range: &Range<u32>) -> &[Row] {
        self.rows.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    pub(crate) fn subject(&self, map: &HashMap<Box<str>, u32>, name: &str) -> Option<(u32, &Subject)> {
        let at = *map.get(name)?;
        Some((at, self.subjects.get(at as usize)?))
    }

    pub(crate) fn order_of(&self, range: &Range<u32>) -> &[u32] {
        self.order.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    pub(crate) fn feed_of(&self, row: &Row) -> Option<&FeedStamp> {
        self.own_feeds.get(usize::from(row.feed)).map(|(stamp, _)| stamp)
    }
}

/// The feed to load for a platform.
fn wanted(platform: &Platform) -> Vec<String> {
    crate::speaks_for(platform).into_iter().take(1).map(str::to_owned).collect()
}
