//! The hosts of one CVE.

use crate::HostId;
use serde::{Deserialize, Serialize};

/// Which hosts on which a CVE is open, which page. Ordered by state (the most pressing first),
/// severity (worst first), name in lower case, number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CveHostsQuery {
    /// The CVE, or an advisory's id where it names none; in any case.
    pub cve: String,
    /// Only hosts on which it is in this state.
    pub state: Option<model::State>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page starts.
    pub cursor: Option<CveHostCursor>,
}

/// The last row of a page of a CVE's hosts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CveHostCursor {
    /// Place of the state in [`crate::StateCounts::STATES`].
    pub state: u8,
    /// Rank of the severity, 0 is the worst.
    pub severity: u8,
    /// Name of the host in lower case.
    pub hostname: String,
    /// Its number.
    pub host: HostId,
}
