//! From advisories to [`Rules`].

mod merge;
mod parts;

pub(crate) use merge::says_more;

use crate::feed::{FeedStamp, Part};
use crate::kernels::any_build;
use crate::platforms::{canonical, guests};
use crate::rules::{Arches, KeySpan, Lane, NO_TEXT, Row, Rules, Status, Subject, TextId};
use crate::skips::{Drafts, Skip, SkipCounts};
use crate::speakers::{Speakers, speakers};
use model::{Advisory, Fact, FactStatus, Platform};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use versions::Scheme;

/// Takes advisories one by one, so that no more than one need be in memory.
#[derive(Debug)]
pub struct RulesBuilder {
    platform: Platform,
    /// The platform that facts name, see [`canonical`].
    facts_of: Platform,
    /// Facts of sid settle a version too.
    sid: Option<Platform>,
    scheme: Option<Scheme>,
    speakers: Option<&'static Speakers>,
    feeds: Vec<FeedStamp>,
    ids: HashMap<Box<str>, TextId>,
    texts: Vec<Box<str>>,
    keys: Vec<u8>,
    drafts: Vec<Draft>,
    /// Fixed versions of sid by (source, CVE).
    later: HashMap<(TextId, TextId), (TextId, KeySpan)>,
    /// Records that were skipped.
    skips: Drafts,
    /// Builders of the repositories that somebody else builds for the platform.
    guests: Vec<RulesBuilder>,
}

/// A row with the subject it will be filed under.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: TextId,
    pub(super) binary: bool,
    pub(super) row: Row,
}

/// A number that indexes texts or key bytes. More than 4 thousand million of either would need a
/// thousand times what all vendors have published; past that, everything shares the last one.
fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl RulesBuilder {
    /// Starts the rules of `platform` with the feeds in force.
    #[must_use]
    pub fn new(platform: &Platform, feeds: &[FeedStamp]) -> Self {
        let mut feeds = feeds.to_vec();
        feeds.sort_by(|a, b| a.id.cmp(&b.id));
        feeds.dedup_by(|a, b| a.id == b.id);
        feeds.truncate(usize::from(u8::MAX));
        let scheme = Scheme::of_distribution(platform.distribution());
        // A guest's packages are the host's manager's: its scheme holds for them.
        let guests = guests(platform).iter().map(|guest| Self::of(guest, &feeds, scheme)).collect();
        Self { guests, ..Self::of(platform, &feeds, scheme) }
    }

    fn of(platform: &Platform, feeds: &[FeedStamp], scheme: Option<Scheme>) -> Self {
        let (facts_of, sid) = canonical(platform);
        Self {
            platform: platform.clone(),
            sid: sid.then(|| Platform::new(facts_of.distribution(), "sid").ok()).flatten(),
            facts_of,
            scheme,
            speakers: speakers(platform),
            feeds: feeds.to_vec(),
            ids: HashMap::from([("".into(), NO_TEXT)]),
            texts: vec!["".into()],
            keys: Vec::new(),
            drafts: Vec::new(),
            later: HashMap::new(),
            skips: Drafts::default(),
            guests: Vec::new(),
        }
    }

    /// Takes what an advisory of a feed says of this platform. Withdrawn advisories, those that
    /// neither speak of security nor name a CVE, other platforms and feeds that are not in force or
    /// have no say here are passed over.
    pub fn add(&mut self, feed: &str, advisory: &Advisory) {
        for guest in &mut self.guests {
            guest.add(feed, advisory);
        }
        let (Some(speakers), Some(scheme)) = (self.speakers, self.scheme) else { return };
        let judged = advisory.kind.is_security() || advisory.facts.iter().any(|fact| !fact.cve.is_empty());
        if advisory.withdrawn || !judged || !speakers.knows(feed) {
            return;
        }
        let authority = speakers.rank(feed) == Some(0);
        let Some(feed) = self.place_of(feed) else { return };
        for fact in &advisory.facts {
            if fact.platform == self.platform || fact.platform == self.facts_of {
                let draft = self.draft(feed, scheme, advisory, fact);
                self.drafts.push(draft);
            } else if authority
                && Some(&fact.platform) == self.sid.as_ref()
                && let (model::Subject::Source(source), FactStatus::Fixed(version)) = (&fact.subject, &fact.status)
            {
                let key = (self.intern(source), self.intern(&fact.cve));
                let fixed = (self.intern(version), self.push_key(scheme, version));
                self.later.insert(key, fixed);
            }
        }
    }

    /// Takes what a skipped record of a feed would have spoken of. Other platforms and feeds that are not
    /// in force are passed over.
    pub fn add_skip(&mut self, feed: &str, skip: &Skip) {
        for guest in &mut self.guests {
            guest.add_skip(feed, skip);
        }
        let ours = skip.platform.as_ref().is_none_or(|of| *of == self.platform || *of == self.facts_of);
        if let Some(feed) = self.place_of(feed).filter(|_| ours) {
            self.skips.add(feed, skip);
        }
    }

    /// Takes how much of a feed was skipped.
    pub fn count_skips(&mut self, feed: &str, counts: SkipCounts) {
        for guest in &mut self.guests {
            guest.count_skips(feed, counts);
        }
        if let Some(feed) = self.place_of(feed) {
            self.skips.count(feed, counts);
        }
    }

    fn place_of(&self, feed: &str) -> Option<u8> {
        self.feeds.iter().position(|stamp| stamp.id == feed).and_then(|at| u8::try_from(at).ok())
    }

    fn draft(&mut self, feed: u8, scheme: Scheme, advisory: &Advisory, fact: &Fact) -> Draft {
        let (status, fixed) = match &fact.status {
            FactStatus::Fixed(version) => (Status::Fixed, version.as_str()),
            FactStatus::Affected => (Status::Affected, ""),
            FactStatus::WillNotFix => (Status::WillNotFix, ""),
            FactStatus::UnderInvestigation => (Status::UnderInvestigation, ""),
            FactStatus::NotAffected => (Status::NotAffected, ""),
        };
        let key = if status == Status::Fixed { self.push_key(scheme, fixed) } else { KeySpan::default() };
        let label = label(&advisory.id, &fact.cve);
        let cve = if fact.cve.is_empty() { label } else { &fact.cve };
        // Builds of a module say so in their release; a record that forgets the label still means one.
        let module = if fact.module.is_empty() && modular(fixed) { "*" } else { fact.module.as_str() };
        let name = match &fact.subject {
            model::Subject::Binary(name) => any_build(&self.facts_of, name),
            model::Subject::Source(name) => name.as_str().into(),
        };
        Draft {
            name: self.intern(&name),
            binary: matches!(fact.subject, model::Subject::Binary(_)),
            row: Row {
                cve: self.intern(cve),
                advisory: self.intern(label),
                fixed: self.intern(fixed),
                key,
                later: NO_TEXT,
                later_key: KeySpan::default(),
                words: self.intern(&fact.words),
                channel: self.intern(&fact.channel),
                module: self.intern(module),
                arches: self.intern(&fact.arches.join(" ")),
                status,
                lane: Lane::of(&fact.channel),
                severity: fact.severity,
                feed,
            },
        }
    }

    fn intern(&mut self, text: &str) -> TextId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = index(self.texts.len());
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    fn push_key(&mut self, scheme: Scheme, version: &str) -> KeySpan {
        let key = scheme.key(version);
        let span = KeySpan { start: index(self.keys.len()), len: index(key.len()) };
        self.keys.extend(key);
        span
    }

    /// Settles who decides, merges what several advisories say of the same CVE, and files the rows.
    #[must_use]
    pub fn finish(mut self) -> Rules {
        let guests: Vec<Rules> = std::mem::take(&mut self.guests).into_iter().map(Self::finish).collect();
        let parts::Parts { parts, silence, fixes_only } = self.parts();
        let drafts = std::mem::take(&mut self.drafts);
        let part_of = |draft: &Draft| parts.get(usize::from(draft.row.feed)).copied().unwrap_or(Part::Unused);
        let known: HashSet<TextId> =
            drafts.iter().filter(|draft| part_of(draft) == Part::Decides).map(|draft| draft.row.cve).collect();
        let skips = std::mem::take(&mut self.skips);
        let lost = skips.lost();
        let ids: Vec<String> = self.feeds.iter().map(|stamp| stamp.id.clone()).collect();
        let unreads = skips.finish(&parts, &ids, |cve| self.ids.get(cve).is_some_and(|id| known.contains(id)));
        let (mut deciding, mut labels) = (Vec::with_capacity(drafts.len()), Vec::new());
        for draft in drafts {
            match part_of(&draft) {
                Part::Decides | Part::PositivesOnly => deciding.push(draft),
                Part::Supplements if !known.contains(&draft.row.cve) => deciding.push(draft),
                Part::Labels => labels.push(draft),
                Part::Supplements | Part::Unused => {}
            }
        }
        self.sort_texts(deciding.iter_mut().chain(&mut labels));
        self.merge(&mut deciding);
        self.label(&mut deciding, &labels);
        for draft in &mut deciding {
            if let Some((later, key)) = self.later.get(&(draft.name, draft.row.cve)).copied() {
                (draft.row.later, draft.row.later_key) = (later, key);
            }
        }
        let arches = self.arches(&mut deciding);
        let feeds: Vec<(FeedStamp, Part)> = self.feeds.into_iter().zip(parts).collect();
        let mut feeds_of_all = feeds.clone();
        for guest in &guests {
            for ((_, part), (_, of_guest)) in feeds_of_all.iter_mut().zip(&guest.own_feeds) {
                *part = (*part).min(*of_guest);
            }
        }
        let mut rules = Rules {
            platform: self.platform,
            scheme: self.scheme,
            own_feeds: feeds,
            feeds: feeds_of_all,
            silence,
            fixes_only,
            texts: self.texts,
            keys: self.keys,
            rows: Vec::with_capacity(deciding.len()),
            subjects: Vec::new(),
            by_source: HashMap::new(),
            by_binary: HashMap::new(),
            order: Vec::with_capacity(deciding.len()),
            steps: Vec::new(),
            arches,
            unreads,
            lost,
            guests,
        };
        rules.file(deciding);
        rules
    }

    /// Gives rows the places of their sets of architectures.
    fn arches(&self, drafts: &mut [Draft]) -> Arches {
        let mut places = HashMap::from([(NO_TEXT, 0)]);
        let mut joined = vec![""];
        for Draft { row, .. } in drafts {
            row.arches = *places.entry(row.arches).or_insert_with_key(|text| {
                joined.push(self.texts.get(*text as usize).map_or("", AsRef::as_ref));
                index(joined.len() - 1)
            });
        }
        Arches::of(joined.into_iter())
    }

    /// Renumbers the texts in their order, so that comparing ids compares texts.
    fn sort_texts<'d>(&mut self, drafts: impl Iterator<Item = &'d mut Draft>) {
        let mut order: Vec<u32> = (0..index(self.texts.len())).collect();
        order.sort_unstable_by(|a, b| self.texts[*a as usize].cmp(&self.texts[*b as usize]));
        let mut place = vec![NO_TEXT; order.len()];
        for (at, old) in order.iter().enumerate() {
            place[*old as usize] = index(at);
        }
        let of = |id: TextId| place.get(id as usize).copied().unwrap_or(NO_TEXT);
        for Draft { name, row, .. } in drafts {
            *name = of(*name);
            for id in [
                &mut row.cve,
                &mut row.advisory,
                &mut row.fixed,
                &mut row.later,
                &mut row.words,
                &mut row.channel,
                &mut row.module,
                &mut row.arches,
            ] {
                *id = of(*id);
            }
        }
        let later = std::mem::take(&mut self.later);
        self.later =
            later.into_iter().map(|((source, cve), (fixed, key))| ((of(source), of(cve)), (of(fixed), key))).collect();
        let mut texts: Vec<Box<str>> = Vec::with_capacity(order.len());
        texts.extend(order.iter().map(|old| std::mem::take(&mut self.texts[*old as usize])));
        self.texts = texts;
        self.ids = HashMap::new();
    }
}

/// The name that labels a fact: the first word of the advisory's id. What follows keeps apart what one
/// advisory says of several CVEs (`RHSA-2024:1 CVE-2024-1`), or in several documents
/// (`ALSA-2022:4940 9/BaseOS`). A feed keyed by CVE and package has none.
fn label<'a>(id: &'a str, cve: &str) -> &'a str {
    if !cve.is_empty() && id.starts_with(cve) {
        return "";
    }
    id.split(' ').next().unwrap_or(id)
}

/// Whether the release of an rpm says that it was built for a module (`.module+el8.3.0+...`,
/// `.module_el8.5.0+...`).
pub(crate) fn modular(version: &str) -> bool {
    version.contains(".module+") || version.contains(".module_")
}

impl Rules {
    /// Files sorted drafts under their subjects.
    fn file(&mut self, drafts: Vec<Draft>) {
        let mut drafts = drafts.into_iter().peekable();
        while let Some(first) = drafts.next() {
            let (start, name, binary) = (self.rows.len(), first.name, first.binary);
            self.rows.push(first.row);
            while let Some(next) = drafts.next_if(|next| next.name == name && next.binary == binary) {
                self.rows.push(next.row);
            }
            let subject = self.sorted(index(start)..index(self.rows.len()));
            let name = self.text(name).into();
            let map = if binary { &mut self.by_binary } else { &mut self.by_source };
            map.insert(name, index(self.subjects.len()));
            self.subjects.push(subject);
        }
        self.order.shrink_to_fit();
        self.steps.shrink_to_fit();
        self.subjects.shrink_to_fit();
    }

    /// Sorts the rows of a subject by what has to be looked at to find the open ones.
    fn sorted(&mut self, rows: Range<u32>) -> Subject {
        let (mut plain, mut rest) = (Vec::new(), Vec::new());
        let mut at = rows.start;
        for group in self.rows_of(&rows).chunk_by(|a, b| a.cve == b.cve) {
            match group {
                [row] if row.is_plain_fix() => plain.push(at),
                [row] if row.status == Status::NotAffected => {}
                _ => rest.push(at),
            }
            at += index(group.len());
        }
        let key = |at: &u32| self.rows.get(*at as usize).map(|row| self.key(row.key)).unwrap_or_default();
        plain.sort_by(|a, b| key(b).cmp(key(a)));
        let start = index(self.order.len());
        self.order.extend(plain);
        let middle = index(self.order.len());
        self.order.extend(rest);
        let (by_arch, by_module) = {
            let rows = self.rows_of(&rows);
            (rows.iter().any(|row| row.arches != 0), rows.iter().any(|row| row.module != NO_TEXT))
        };
        let steps = self.steps_of(&rows);
        Subject { plain: start..middle, rest: middle..index(self.order.len()), steps, by_arch, by_module, rows }
    }

    /// Keeps every version that rows name, sorted, each once.
    fn steps_of(&mut self, rows: &Range<u32>) -> Range<u32> {
        let named = |row: &Row| {
            let fixed = (row.status == Status::Fixed).then_some(row.key);
            fixed.into_iter().chain((row.later != NO_TEXT).then_some(row.later_key))
        };
        let mut steps: Vec<KeySpan> = self.rows_of(rows).iter().flat_map(named).collect();
        steps.sort_by(|a, b| self.key(*a).cmp(self.key(*b)));
        steps.dedup_by(|a, b| self.key(*a) == self.key(*b));
        let start = index(self.steps.len());
        self.steps.extend(steps);
        start..index(self.steps.len())
    }
}

impl Row {
    /// Fixed in one version, of no module, in the base release; for every architecture or for some.
    fn is_plain_fix(&self) -> bool {
        self.status == Status::Fixed && self.lane == Lane::Base && [self.later, self.module] == [NO_TEXT; 2]
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn an_advisory_is_named_without_what_keeps_its_records_apart() {
        assert_eq!(label("RHSA-2024:1 CVE-2024-1", "CVE-2024-1"), "RHSA-2024:1");
        assert_eq!(label("ALSA-2022:4940 9/BaseOS", "CVE-2022-1271"), "ALSA-2022:4940");
        assert_eq!(label("ALBA-2021:3049 8", ""), "ALBA-2021:3049");
        assert_eq!(label("DSA-5380-1", ""), "DSA-5380-1");
        assert_eq!(label("CVE-2024-1 openssl", "CVE-2024-1"), "");
    }
}
