//! From advisories to [`Rules`].

use crate::assessment::Reason;
use crate::feed::{FeedStamp, Part, Speakers, canonical, speakers};
use crate::rules::{KeySpan, NO_TEXT, Row, Rules, Status, TextId};
use model::{Advisory, Fact, FactStatus, Platform, Subject};
use std::cmp::Ordering;
use std::collections::HashMap;
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
}

/// A row with the subject it will be filed under.
#[derive(Debug)]
struct Draft {
    name: TextId,
    binary: bool,
    row: Row,
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
        let (facts_of, sid) = canonical(platform);
        let mut feeds = feeds.to_vec();
        feeds.sort_by(|a, b| a.id.cmp(&b.id));
        feeds.dedup_by(|a, b| a.id == b.id);
        feeds.truncate(usize::from(u8::MAX));
        Self {
            platform: platform.clone(),
            sid: sid.then(|| Platform::new(facts_of.distribution(), "sid").ok()).flatten(),
            facts_of,
            scheme: Scheme::of_distribution(platform.distribution()),
            speakers: speakers(platform),
            feeds,
            ids: HashMap::from([("".into(), NO_TEXT)]),
            texts: vec!["".into()],
            keys: Vec::new(),
            drafts: Vec::new(),
            later: HashMap::new(),
        }
    }

    /// Takes what an advisory of a feed says of this platform. Withdrawn advisories, other
    /// platforms and feeds that are not in force or have no say here are passed over.
    pub fn add(&mut self, feed: &str, advisory: &Advisory) {
        let (Some(speakers), Some(scheme)) = (self.speakers, self.scheme) else { return };
        let authority = speakers.authority == feed;
        if advisory.withdrawn || !(authority || speakers.lists.contains(&feed)) {
            return;
        }
        let Some(feed) = self.feeds.iter().position(|stamp| stamp.id == feed).and_then(|at| u8::try_from(at).ok())
        else {
            return;
        };
        for fact in &advisory.facts {
            if fact.platform == self.platform || fact.platform == self.facts_of {
                let draft = self.draft(feed, scheme, advisory, fact);
                self.drafts.push(draft);
            } else if authority
                && Some(&fact.platform) == self.sid.as_ref()
                && let (Subject::Source(source), FactStatus::Fixed(version)) = (&fact.subject, &fact.status)
            {
                let key = (self.intern(source), self.intern(&fact.cve));
                let fixed = (self.intern(version), self.push_key(scheme, version));
                self.later.insert(key, fixed);
            }
        }
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
        // A feed keyed by CVE and package has no name that would be a label.
        let label = if !fact.cve.is_empty() && advisory.id.starts_with(&fact.cve) { "" } else { &advisory.id };
        let cve = if fact.cve.is_empty() { &advisory.id } else { &fact.cve };
        Draft {
            name: self.intern(fact.subject.name()),
            binary: matches!(fact.subject, Subject::Binary(_)),
            row: Row {
                cve: self.intern(cve),
                advisory: self.intern(label),
                fixed: self.intern(fixed),
                key,
                later: NO_TEXT,
                later_key: KeySpan::default(),
                words: self.intern(&fact.words),
                channel: self.intern(&fact.channel),
                module: self.intern(&fact.module),
                arches: self.intern(&fact.arches.join(" ")),
                status,
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
        let authority = self.speakers.and_then(|s| self.feeds.iter().position(|stamp| stamp.id == s.authority));
        let authority = authority.filter(|at| self.drafts.iter().any(|d| usize::from(d.row.feed) == *at));
        let (parts, silence) = self.parts(authority);
        let drafts = std::mem::take(&mut self.drafts);
        let (mut deciding, labels): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(|draft| {
            matches!(parts.get(usize::from(draft.row.feed)), Some(Part::Decides | Part::PositivesOnly))
        });
        self.merge(&mut deciding);
        self.label(&mut deciding, &labels);
        for draft in &mut deciding {
            if let Some((later, key)) = self.later.get(&(draft.name, draft.row.cve)).copied() {
                (draft.row.later, draft.row.later_key) = (later, key);
            }
        }
        let mut rules = Rules {
            platform: self.platform,
            scheme: self.scheme,
            feeds: self.feeds.into_iter().zip(parts).collect(),
            silence,
            texts: self.texts,
            keys: self.keys,
            rows: Vec::with_capacity(deciding.len()),
            by_source: HashMap::new(),
            by_binary: HashMap::new(),
        };
        let mut deciding = deciding.into_iter().peekable();
        while let Some(first) = deciding.next() {
            let (start, name, binary) = (rules.rows.len(), first.name, first.binary);
            rules.rows.push(first.row);
            while let Some(next) = deciding.next_if(|next| next.name == name && next.binary == binary) {
                rules.rows.push(next.row);
            }
            let (range, name) = (start..rules.rows.len(), rules.text(name).into());
            let map = if binary { &mut rules.by_binary } else { &mut rules.by_source };
            map.insert(name, range);
        }
        rules
    }

    /// What each feed contributes, and why silence is no negative.
    fn parts(&self, authority: Option<usize>) -> (Vec<Part>, Option<Reason>) {
        let mut parts = vec![Part::Unused; self.feeds.len()];
        let Some(speakers) = self.speakers else {
            return (parts, Some(Reason::NoFeed { platform: self.platform.clone(), wanted: Vec::new() }));
        };
        for (part, stamp) in parts.iter_mut().zip(&self.feeds) {
            if speakers.lists.contains(&stamp.id.as_str()) {
                *part = if authority.is_some() { Part::Labels } else { Part::PositivesOnly };
            }
        }
        if let Some(at) = authority {
            parts[at] = Part::Decides;
            let stamp = &self.feeds[at];
            let silence = stamp.too_old.then(|| Reason::FeedTooOld { feed: stamp.id.clone(), as_of: stamp.as_of });
            return (parts, silence);
        }
        let lists: Vec<String> = self
            .feeds
            .iter()
            .enumerate()
            .filter(|(at, _)| parts[*at] == Part::PositivesOnly)
            .filter(|(at, _)| self.drafts.iter().any(|draft| usize::from(draft.row.feed) == *at))
            .map(|(_, stamp)| stamp.id.clone())
            .collect();
        let wanted = speakers.authority.to_owned();
        let reason = if lists.is_empty() {
            Reason::NoFeed { platform: self.platform.clone(), wanted: vec![wanted] }
        } else {
            Reason::PositivesOnly { feeds: lists, wanted }
        };
        (parts, Some(reason))
    }

    /// Sorts by subject and CVE and keeps one statement of each (module, channel, architectures).
    ///
    /// Where several advisories fix the same CVE, the greatest version counts: a vendor names a CVE
    /// again when the first fix was incomplete (what merely mends a regression names none).
    fn merge(&self, drafts: &mut Vec<Draft>) {
        let text = |id: TextId| self.texts.get(id as usize).map_or("", AsRef::as_ref);
        let subject = |a: &Draft, b: &Draft| {
            (a.binary, text(a.name), text(a.row.cve))
                .cmp(&(b.binary, text(b.name), text(b.row.cve)))
                .then_with(|| text(a.row.module).cmp(text(b.row.module)))
                .then_with(|| text(a.row.channel).cmp(text(b.row.channel)))
                .then_with(|| text(a.row.arches).cmp(text(b.row.arches)))
        };
        drafts.sort_by(|a, b| {
            subject(a, b)
                .then_with(|| rank(a.row.status).cmp(&rank(b.row.status)))
                .then_with(|| self.bytes(b.row.key).cmp(self.bytes(a.row.key)))
                .then_with(|| text(a.row.advisory).cmp(text(b.row.advisory)))
                .then_with(|| (text(a.row.fixed), text(a.row.words)).cmp(&(text(b.row.fixed), text(b.row.words))))
        });
        drafts.dedup_by(|next, kept| subject(next, kept) == Ordering::Equal);
    }

    /// Names the advisory of each fix: the one with the same fixed version, else the greatest.
    fn label(&self, drafts: &mut [Draft], labels: &[Draft]) {
        let mut by_cve: HashMap<(TextId, TextId), Vec<&Row>> = HashMap::new();
        for label in labels.iter().filter(|label| label.row.status == Status::Fixed) {
            by_cve.entry((label.name, label.row.cve)).or_default().push(&label.row);
        }
        for draft in drafts.iter_mut().filter(|draft| draft.row.status == Status::Fixed) {
            let fixed = self.bytes(draft.row.key);
            let best = by_cve.get(&(draft.name, draft.row.cve)).and_then(|rows| {
                rows.iter().max_by_key(|row| {
                    let key = self.bytes(row.key);
                    (key == fixed, key, self.texts.get(row.advisory as usize))
                })
            });
            if let Some(best) = best {
                draft.row.advisory = best.advisory;
            }
        }
    }

    fn bytes(&self, span: KeySpan) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        self.keys.get(start..start + len).unwrap_or_default()
    }
}

/// Which of two statements about the same CVE counts; the lower one. A fix is the later word.
fn rank(status: Status) -> u8 {
    match status {
        Status::Fixed => 0,
        Status::Affected => 1,
        Status::WillNotFix => 2,
        Status::UnderInvestigation => 3,
        Status::NotAffected => 4,
    }
}
