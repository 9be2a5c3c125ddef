//! Records that a feed's parser did not understand, and what silence means beside them.
//!
//! A record that was skipped says nothing, and so does one that was never there; only the first must
//! not be taken for *not affected*. What a skipped record names decides how far that goes: an issue
//! of a package, an issue wherever it is, or all that is said of a package. One that may be about anything (a
//! whole document) makes the feed's silence count for nothing; so do too many of them, of whatever kind.

use crate::alias::alias;
use crate::assessment::Reason;
use crate::feed::Part;
use crate::judge::{Arm, Because};
use crate::kernels::any_build;
use crate::rules::Rules;
use model::{Package, Platform, State};
use std::collections::{BTreeSet, HashMap};

/// Most skipped records that the rules of a platform keep. A feed that has lost more than this is not
/// trusted in its silence anyway ([`SkipCounts`]).
const MAX_SKIPS: usize = 100_000;

/// What a skipped record of a feed would have spoken of. A record that names several issues or
/// packages is several of these; one that names neither may have spoken of anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The release that it is about; all that the feed speaks for where the record does not tell.
    pub platform: Option<Platform>,
    /// The CVE, or the vendor's name of the issue; empty where the record does not tell.
    pub cve: String,
    /// The source or binary package; empty where the record does not tell.
    pub package: String,
    /// Which record: its key or how it begins.
    pub record: String,
    /// Why it was skipped.
    pub why: String,
}

/// How much of a feed's edition was skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SkipCounts {
    /// Records understood.
    pub records: u64,
    /// Notes on records with which something is lost.
    pub lost: u64,
    /// Of them, those whose [`Skip`]s are at hand.
    pub kept: u64,
}

impl SkipCounts {
    /// Whether so much is lost that silence says nothing: more than was understood, or more than
    /// could be kept, so that nobody knows what it was about.
    const fn are_too_many(&self) -> bool {
        self.lost > self.kept || self.lost > self.records
    }
}

/// A [`Skip`] of a feed that has a say.
#[derive(Debug)]
pub(crate) struct Unread {
    /// Index into the rules' feeds.
    pub(crate) feed: u8,
    cve: Box<str>,
    /// What takes the place of a verdict's words.
    words: Box<str>,
}

/// The skipped records of the feeds that decide on one platform.
#[derive(Debug, Default)]
pub(crate) struct Unreads {
    all: Vec<Unread>,
    /// Places in `all`.
    by_package: HashMap<Box<str>, Vec<u32>>,
    /// Places in `all` of what names an issue and no package.
    by_cve: HashMap<Box<str>, Vec<u32>>,
}

/// What is collected while rules are compiled.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    skips: Vec<(u8, Skip)>,
    /// By feed, the first that may have spoken of anything, and how many others there are.
    anything: HashMap<u8, (Skip, u64)>,
    counts: HashMap<u8, SkipCounts>,
}

impl Drafts {
    pub(crate) fn add(&mut self, feed: u8, skip: &Skip) {
        if skip.cve.is_empty() && skip.package.is_empty() {
            self.anything.entry(feed).and_modify(|(_, others)| *others += 1).or_insert_with(|| (skip.clone(), 0));
        } else if self.skips.len() < MAX_SKIPS {
            self.skips.push((feed, skip.clone()));
        }
    }

    pub(crate) fn count(&mut self, feed: u8, counts: SkipCounts) {
        self.counts.insert(feed, counts);
    }

    /// Why a feed's silence counts for nothing, if so.
    pub(crate) fn distrust(&self, feed: u8, id: &str) -> Option<Reason> {
        if let Some(counts) = self.counts.get(&feed).filter(|counts| counts.are_too_many()) {
            return Some(Reason::TooManySkipped { feed: id.to_owned(), skipped: counts.lost, records: counts.records });
        }
        let (Skip { record, why, .. }, others) = self.anything.get(&feed)?;
        let others = if *others == 0 { String::new() } else { format!(" and {others} more") };
        let why = format!("what {record}{others} would have said in {id} is not known: {why}");
        Some(Reason::DocumentSkipped { feed: id.to_owned(), why })
    }

    /// How many records of each feed were lost.
    pub(crate) fn lost(&self) -> HashMap<u8, u64> {
        self.counts.iter().filter(|(_, counts)| counts.lost > 0).map(|(feed, counts)| (*feed, counts.lost)).collect()
    }

    /// Keeps what is of feeds that have a say. `known` tells of which issues the deciding feed has a
    /// record, about which a feed that supplements it is not asked.
    pub(crate) fn finish(self, parts: &[Part], ids: &[String], known: impl Fn(&str) -> bool) -> Unreads {
        let mut unreads = Unreads::default();
        for (feed, Skip { cve, package, record, why, .. }) in self.skips {
            let has_say = match parts.get(usize::from(feed)) {
                Some(Part::Decides | Part::PositivesOnly) => true,
                Some(Part::Supplements) => cve.is_empty() || !known(&cve),
                Some(Part::Labels | Part::Unused) | None => false,
            };
            if !has_say {
                continue;
            }
            let id = ids.get(usize::from(feed)).map_or("", String::as_str);
            let at = u32::try_from(unreads.all.len()).unwrap_or(u32::MAX);
            let words = format!("its record in {id} was skipped: {why} ({record})").into();
            let (key, map) = match package.is_empty() {
                true => (cve.as_str().into(), &mut unreads.by_cve),
                false => (package.as_str().into(), &mut unreads.by_package),
            };
            map.entry(key).or_default().push(at);
            unreads.all.push(Unread { feed, cve: cve.into(), words });
        }
        unreads
    }
}

impl Unreads {
    fn at<'u>(&'u self, places: Option<&'u Vec<u32>>) -> impl Iterator<Item = &'u Unread> + 'u {
        places.into_iter().flatten().filter_map(|at| self.all.get(*at as usize))
    }

    /// Whether a skipped record names an issue.
    pub(crate) fn name(&self, cve: &str) -> bool {
        self.all.iter().any(|unread| unread.cve.as_ref() == cve)
    }
}

impl Rules {
    /// The skipped records that name a package by one of the names that vendors' data can call it.
    pub(crate) fn unread_of(&self, package: &Package) -> Vec<&Unread> {
        let unreads = &self.unreads;
        if unreads.by_package.is_empty() {
            return Vec::new();
        }
        let build = any_build(&package.platform, &package.name);
        let alias = alias(package);
        let mut names = BTreeSet::from([build.as_ref(), package.name.as_str(), package.source.as_str()]);
        names.extend(alias.as_ref().map(|alias| alias.source.as_ref()));
        names.into_iter().flat_map(|name| unreads.at(unreads.by_package.get(name))).collect()
    }

    /// Whether a skipped record names the package.
    pub(crate) fn has_unread(&self, package: &Package) -> bool {
        self.speaking(package).is_ok_and(|rules| !rules.unread_of(package).is_empty())
    }

    /// The skipped record that keeps one issue of a package from being judged: one that names both,
    /// else one that names the issue alone.
    pub(crate) fn unread_about<'r>(&'r self, of_package: &[&'r Unread], cve: &str) -> Option<&'r Unread> {
        let named = of_package.iter().copied().find(|unread| unread.cve.as_ref() == cve);
        named.or_else(|| self.unreads.at(self.unreads.by_cve.get(cve)).next())
    }

    /// Why nothing is known of a package though its feed is in force: a skipped record names it and
    /// does not tell the issue.
    pub(crate) fn unread_package(&self, package: &Package) -> Option<Reason> {
        let unread = self.unread_of(package).into_iter().find(|unread| unread.cve.is_empty())?;
        Some(Reason::RecordSkipped { feed: self.feed_id(unread).to_owned(), why: unread.words.to_string() })
    }

    /// Skipped records that name a package and an issue of which no fact speaks; sorted by issue, one
    /// each.
    pub(crate) fn unread_issues<'r>(&'r self, of_package: &[&'r Unread]) -> Vec<&'r Unread> {
        let mut issues: Vec<&Unread> = of_package.iter().copied().filter(|unread| !unread.cve.is_empty()).collect();
        issues.sort_by_key(|unread| &unread.cve);
        issues.dedup_by_key(|unread| &unread.cve);
        issues
    }

    fn feed_id(&self, unread: &Unread) -> &str {
        self.own_feeds.get(usize::from(unread.feed)).map_or("", |(stamp, _)| stamp.id.as_str())
    }

    /// What is said of an issue whose record was skipped.
    pub(crate) fn unread_arm<'r>(&'r self, unread: &'r Unread) -> Arm<'r> {
        Arm {
            bit: "",
            state: State::NotAssessed,
            advisory: "",
            fixed_version: "",
            feed: self.feed_id(unread),
            words: &unread.words,
            because: Because::Unread,
        }
    }

    /// Withdraws negatives of an issue of a package where a skipped record of a feed that decides
    /// names both: it may have said otherwise. What is said to be affected stays so.
    pub(crate) fn withhold<'r>(&'r self, of_package: &[&'r Unread], cve: &str, arms: &mut [Arm<'r>]) {
        let Some(unread) = of_package.iter().copied().find(|unread| unread.cve.as_ref() == cve) else { return };
        let withdrawn = self.unread_arm(unread);
        for arm in arms.iter_mut().filter(|arm| arm.state == State::NotAffected) {
            *arm = Arm { bit: arm.bit, fixed_version: arm.fixed_version, ..withdrawn };
        }
    }
}

impl Unread {
    /// The issue that it names; empty where it names none.
    pub(crate) fn cve(&self) -> &str {
        &self.cve
    }
}
