//! Who decides on a platform, and what silence means there.

use super::RulesBuilder;
use crate::assessment::Reason;
use crate::feed::Part;
use crate::rules::Status;
use crate::speakers::{Names, Others, Speakers};

/// What each feed contributes, and what follows.
pub(super) struct Parts {
    /// By place among the feeds in force.
    pub(super) parts: Vec<Part>,
    /// Why silence is no negative, if so.
    pub(super) silence: Option<Reason>,
    /// The deciding feed names only what has a fix.
    pub(super) fixes_only: bool,
}

impl RulesBuilder {
    pub(super) fn parts(&self) -> Parts {
        let mut parts = vec![Part::Unused; self.feeds.len()];
        let Some(speakers) = self.speakers else {
            let reason = Reason::NoFeed { platform: self.platform.clone(), wanted: Vec::new() };
            return Parts { parts, silence: Some(reason), fixes_only: false };
        };
        // A feed decides only for releases that it knows.
        let mut deciding = speakers.deciding.iter().filter_map(|deciding| {
            let at = self.feeds.iter().position(|stamp| stamp.id == deciding.feed)?;
            self.has_facts(at).then_some((at, deciding))
        });
        let first = deciding.next();
        if speakers.others == Others::Supplement {
            for (at, _) in deciding {
                parts[at] = Part::Supplements;
            }
        }
        for (part, stamp) in parts.iter_mut().zip(&self.feeds) {
            if speakers.lists.contains(&stamp.id.as_str()) {
                *part = if first.is_some() { Part::Labels } else { Part::PositivesOnly };
            }
        }
        let Some((at, deciding)) = first else {
            let reason = self.without_authority(speakers, &parts);
            return Parts { parts, silence: Some(reason), fixes_only: false };
        };
        let stamp = &self.feeds[at];
        if deciding.names == Names::EverythingIfUnfixed && !self.names_unfixed(at) {
            parts[at] = Part::PositivesOnly;
            let reason = Reason::PositivesOnly { feeds: vec![stamp.id.clone()], wanted: self.wanted(speakers) };
            return Parts { parts, silence: Some(reason), fixes_only: false };
        }
        parts[at] = Part::Decides;
        let too_old = stamp.too_old.then(|| Reason::FeedTooOld { feed: stamp.id.clone(), as_of: stamp.as_of });
        let place = u8::try_from(at).unwrap_or(u8::MAX);
        let silence = too_old.or_else(|| self.skips.distrust(place, &stamp.id));
        let fixes_only = deciding.names == Names::Fixes;
        Parts { parts, silence, fixes_only }
    }

    fn without_authority(&self, speakers: &Speakers, parts: &[Part]) -> Reason {
        let lists: Vec<String> = self
            .feeds
            .iter()
            .enumerate()
            .filter(|(at, _)| parts[*at] == Part::PositivesOnly && self.has_facts(*at))
            .map(|(_, stamp)| stamp.id.clone())
            .collect();
        let wanted = self.wanted(speakers);
        let loaded = speakers.deciding.iter().find(|deciding| self.feeds.iter().any(|stamp| stamp.id == deciding.feed));
        if let (Some(loaded), true) = (loaded, lists.is_empty()) {
            Reason::ReleaseNotInFeed { platform: self.platform.clone(), feed: loaded.feed.to_owned() }
        } else if lists.is_empty() {
            Reason::NoFeed { platform: self.platform.clone(), wanted: vec![wanted] }
        } else {
            Reason::PositivesOnly { feeds: lists, wanted }
        }
    }

    fn wanted(&self, speakers: &Speakers) -> String {
        speakers.deciding.first().map(|deciding| deciding.feed.to_owned()).unwrap_or_default()
    }

    fn has_facts(&self, feed: usize) -> bool {
        self.drafts.iter().any(|draft| usize::from(draft.row.feed) == feed)
    }

    fn names_unfixed(&self, feed: usize) -> bool {
        let unfixed = |status| matches!(status, Status::Affected | Status::WillNotFix | Status::UnderInvestigation);
        self.drafts.iter().any(|draft| usize::from(draft.row.feed) == feed && unfixed(draft.row.status))
    }
}
