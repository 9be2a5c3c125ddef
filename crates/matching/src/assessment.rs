//! Whether silence about a package means that it is not affected.

use jiff::Timestamp;
use model::{Platform, Verdict};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything that is said of one package in one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether the package may be called unaffected by what `verdicts` does not name.
    pub assessment: Assessment,
    /// What is said, sorted by CVE. There may be open verdicts beside a *not assessed*: a list that
    /// names only fixes, or a feed too old for a negative.
    pub verdicts: Vec<Verdict>,
}

/// Whether silence is a negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Assessment {
    /// A feed in force speaks for the package; what it does not name is not affected.
    Assessed,
    /// Nothing may be concluded from silence.
    NotAssessed {
        /// Why.
        reason: Reason,
    },
}

impl Assessment {
    /// Whether silence is a negative.
    #[must_use]
    pub const fn is_assessed(&self) -> bool {
        matches!(self, Self::Assessed)
    }

    /// Why silence is no negative, if so.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Assessed => None,
            Self::NotAssessed { reason } => Some(reason),
        }
    }
}

/// Why a package is not assessed. [`fmt::Display`] gives a sentence fragment for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Reason {
    /// No feed in force speaks for the platform.
    NoFeed {
        /// The platform of the package.
        platform: Platform,
        /// Feeds that could speak for it, the best first; empty where no feed of the catalogue does.
        wanted: Vec<String>,
    },
    /// A feed that could decide is in force, but its documents say nothing of the release.
    ReleaseNotInFeed {
        /// The platform of the package.
        platform: Platform,
        /// The feed.
        feed: String,
    },
    /// The deciding feed is too old for a negative.
    FeedTooOld {
        /// The feed.
        feed: String,
        /// The date of its data.
        as_of: Timestamp,
    },
    /// Only lists that name fixed issues are in force.
    PositivesOnly {
        /// The lists.
        feeds: Vec<String>,
        /// The feed that would decide.
        wanted: String,
    },
    /// A record of the deciding feed that names the package was skipped, and nobody knows what it said.
    RecordSkipped {
        /// The feed.
        feed: String,
        /// Which record and why, as a sentence.
        why: String,
    },
    /// A document or record of the deciding feed was skipped that may have spoken of anything, so that its silence
    /// counts for nothing.
    DocumentSkipped {
        /// The feed.
        feed: String,
        /// Which and why, as a sentence.
        why: String,
    },
    /// So many records of the deciding feed were skipped that its silence counts for nothing.
    TooManySkipped {
        /// The feed.
        feed: String,
        /// Records skipped.
        skipped: u64,
        /// Records understood.
        records: u64,
    },
    /// Somebody other than the distribution built the package.
    ForeignOrigin {
        /// Who.
        origin: String,
    },
    /// The package's version is none that its manager would take.
    InvalidVersion {
        /// What is wrong with it.
        why: String,
    },
}

impl Reason {
    /// The stable word in interfaces.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoFeed { .. } => "no_feed",
            Self::ReleaseNotInFeed { .. } => "release_not_in_feed",
            Self::FeedTooOld { .. } => "feed_too_old",
            Self::PositivesOnly { .. } => "positives_only",
            Self::RecordSkipped { .. } => "record_skipped",
            Self::DocumentSkipped { .. } => "document_skipped",
            Self::TooManySkipped { .. } => "too_many_skipped",
            Self::ForeignOrigin { .. } => "foreign_origin",
            Self::InvalidVersion { .. } => "invalid_version",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFeed { platform, wanted } if wanted.is_empty() => {
                write!(f, "no feed speaks for {platform}")
            }
            Self::NoFeed { platform, wanted } => {
                write!(f, "no feed in force speaks for {platform}: load {}", wanted.join(" or "))
            }
            Self::ReleaseNotInFeed { platform, feed } => {
                write!(f, "{feed} is in force, but says nothing of {platform}")
            }
            Self::FeedTooOld { feed, as_of } => {
                write!(
                    f,
                    "the data of {feed} is of {}, too old to call anything unaffected",
                    as_of.strftime("%Y-%m-%d %H:%M UTC")
                )
            }
            Self::PositivesOnly { feeds, wanted } => {
                write!(f, "only lists of fixed issues are in force ({}): load {wanted}", feeds.join(", "))
            }
            Self::RecordSkipped { why, .. } | Self::DocumentSkipped { why, .. } => f.write_str(why),
            Self::TooManySkipped { feed, skipped, records } => {
                write!(f, "{skipped} records of {feed} were skipped and {records} understood: its silence says nothing")
            }
            Self::ForeignOrigin { origin } => {
                write!(f, "built by {origin}, for which no feed in force speaks")
            }
            Self::InvalidVersion { why } => f.write_str(why),
        }
    }
}
