//! Wire format v1: what agents say and servers answer. Specification: `docs/wire-format.md`.
//!
//! A report is six [sections](sections), each *present*, *unchanged* or *unavailable*. A section has
//! a canonical form, whose SHA-256 is its hash; volatile values stand in the [`Heartbeat`], which
//! no hash covers. A check-in names the hashes only, and the server answers which sections it wants.
//!
//! **Invariants**
//! - Struct fields are declared in alphabetical order, so that serde writes canonical JSON (a test
//!   holds this); absent and empty values are left out.
//! - `unavailable` never empties what was known.
//! - A reader ignores fields that it does not know; a field never changes its meaning.

mod address;
mod canonical;
mod characters;
mod checkin;
mod fields;
mod limits;
mod objects;
mod records;
mod report;
pub mod sections;
mod validate;

pub use address::without_credentials;
pub use canonical::{SectionHash, canonical_json};
pub use characters::is_invisible;
pub use checkin::{Answer, CheckIn, CheckInAnswer, Digest, Digests, Labels, ReportAnswer};
pub use fields::is_common as is_common_machine_id;
pub use limits::{Limits, MAX_SEQUENCE};
pub use objects::Objects;
pub use report::{
    AgentInfo, Collected, DiskHealth, Heartbeat, Report, Section, SectionName, SectionState, Sections, write_report,
};
pub use validate::{Accepted, Incoming, Invalid, Odd, read_report};

/// The version of the wire format that this build writes. It reads this one only; v1 is the first.
pub const FORMAT: u32 = 1;
