//! What the vendors' facts mean for one package in one role.
//!
//! [`Rules`] are compiled once per platform from the advisories in force and then judge any number
//! of distinct packages: [`Rules::judge`] for the index, [`Rules::explain`] for people,
//! [`host_findings`] for the rows of one host. `docs/matching.md` says what a verdict means.
//!
//! **Invariants**: nothing here reads a file, the network or the time, so the same package, role,
//! advisories and [`RULES_VERSION`] give the same verdict on every machine; what depends on the
//! host leaves as a guard on a context bit, never as a different verdict.

mod alias;
mod assessment;
mod compile;
mod explain;
mod feed;
mod host;
mod judge;
mod kernels;
mod platforms;
mod rules;
mod skips;
mod speakers;

pub use alias::Alias;
pub use assessment::{Assessment, Judgement, Reason};
pub use compile::RulesBuilder;
pub use explain::{Comparison, Considered, Explanation, FeedUse};
pub use feed::{FeedStamp, Part};
pub use host::{
    Unassessed, context_of, each_host_finding, guarded_on, host_findings, host_unassessed, host_unread, state_on,
};
pub use judge::{Arm, Class, VerdictRef};
pub use kernels::{KERNELS_KNOWN, any_build, image_group};
pub use platforms::platforms_of;
pub use rules::Rules;
pub use skips::{Skip, SkipCounts};
pub use speakers::{deciding_for, feeds_for, needed_for, speaks_for};

/// The version of everything in this crate that can change a verdict: rules, alias tables, the
/// table of feeds. It goes up with every change that could, so that a changed verdict has a named
/// cause.
pub const RULES_VERSION: u32 = 3;
