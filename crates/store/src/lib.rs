//! The record: what hosts reported, what vendors published and what people decided, on SQLite or
//! PostgreSQL behind one text of SQL and one set of migrations. `docs/data-model.md` explains the
//! tables.
//!
//! **Invariants**
//! - Facts only: nothing here is derived from matching, but the verdict *log*, which is history.
//! - A write is durable when its function returns; [`Store::open`] refuses settings that weaken this.
//! - The last thing a writer does before COMMIT is to take its numbers from `log_head` and to write
//!   its lines of the change log, so sequence numbers have no gaps and appear in order.
//! - Times are microseconds since 1970 UTC in BIGINT and come from the caller, never from the engine:
//!   they sort and subtract alike on both engines, as RFC 3339 text with and without fractions
//!   would not.
//! - Versions, names and CVEs are TEXT: in a column of numeric affinity SQLite would store the
//!   version `1.10` as `1.1`.
//!
//! **Portable SQL** (held by `tests/portable.rs`): three column types (BIGINT, TEXT, BYTEA); `?` for
//! arguments, rewritten to `$n` for PostgreSQL; no `now()`, no ILIKE, no arrays; many rows are
//! `VALUES (?, ?), (?, ?)` with a few fixed lengths. Where the engines truly differ, the function
//! says `fork` and the test counts it.

mod advisories;
mod apply;
mod awaited;
mod bodies;
mod changes;
mod checkins;
mod current;
mod cves;
mod db;
mod decisions;
mod error;
mod feeds;
mod generations;
mod heard;
mod hosts;
mod identities;
mod inventories;
mod leases;
mod losses;
mod marker;
mod migrate;
mod open;
mod order;
mod packages;
mod people;
mod plan;
mod removals;
mod reports;
mod scans;
mod sets;
mod settings;
mod settled;
mod slices;
mod tokens;
mod verdicts;

pub use advisories::StoredAdvisory;
pub use awaited::HostAwaited;
pub use changes::{Cause, Change};
pub use checkins::{CheckInOutcome, CheckInWrite};
pub use current::CLOCK_AHEAD;
pub use cves::StoredCve;
pub use decisions::{Decision, DecisionKind, NewDecision};
pub use error::{EngineError, Result, StoreError};
pub use feeds::{FeedDocument, FeedState, Signature};
pub use generations::{FeedGeneration, GenerationOutcome, Remains};
pub use hosts::{HostState, HostSummary, HostsLoaded, HostsPart, InventoryEntry, SectionStatus};
pub use identities::Speaker;
pub use inventories::{HostPackage, InventoryInterval, PackageEvent, SectionInterval};
pub use leases::Lease;
pub use losses::{Loss, Named, SkipTotals, SkippedRecord, SkippedRecords};
pub use migrate::{Described, schema_described, schema_version};
pub use open::{EngineKind, Location, Stamp, Store};
pub use packages::PackageText;
pub use people::{NewUser, Session, SetupLink, User};
pub use removals::{HostIdentity, HostRemoval};
pub use reports::{Fate, ReportOutcome, ReportWrite};
pub use scans::ScanRun;
pub use tokens::{AgentToken, TOKENS};
pub use verdicts::VerdictChange;

/// Public number of a host. Never reused.
pub type HostId = i64;
/// Number of a distinct package. Never reused.
pub type PackageId = i64;
/// A name space of host identities: hosts are distinct by (name space, machine id). 0 is the server
/// itself, [`TOKENS`] all agent tokens, so that another token speaks for the same hosts.
pub type Namespace = i64;
/// SHA-256 of a secret (session id, token, set-up link). The secret itself is never stored.
pub type SecretHash = [u8; 32];
