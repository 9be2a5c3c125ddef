//! A feed as it is in force, and what it contributes to a platform.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A feed as it is in force: the edition that verdicts and explanations name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedStamp {
    /// The feed's id: `debian-tracker`.
    pub id: String,
    /// The vendor's date of the data, or the date of the fetch where the vendor gives none.
    pub as_of: Timestamp,
    /// Where the document came from: its address, or the name of the imported file.
    pub document: String,
    /// SHA-256 of the document as the vendor wrote it (decompressed), 64 hex digits.
    pub sha256: String,
    /// The data is so old that what it does not mention can no longer be called unaffected. Set by
    /// the caller, who knows the time. Only negatives are withdrawn by it, never a positive.
    pub too_old: bool,
}

/// What a feed contributes to the verdicts of one platform (matching rule 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Its facts decide, and what it does not mention is not affected.
    Decides,
    /// Its facts decide the CVEs of which the deciding feed has no record.
    Supplements,
    /// Its facts decide positives; what it does not mention stays not assessed, since it names only
    /// what was fixed.
    PositivesOnly,
    /// It names the advisories of another feed's facts and decides nothing.
    Labels,
    /// It is in force but has no say about this platform.
    Unused,
}
