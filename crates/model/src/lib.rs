//! The nouns of Mendwatch and the agent's wire format.
//!
//! Everything here is a value: no IO, no clock, no global. Other rooms share these types, so that
//! the same thing has the same name from the agent's collector to the dashboard.
//!
//! **Invariant**: nothing in this crate reads a file, the network or the time.

pub mod advisory;
pub mod clock;
pub mod cve;
pub mod inventory;
pub mod package;
pub mod platform;
pub mod verdict;
pub mod wire;

pub use advisory::{Advisory, AdvisoryKind, Fact, FactStatus, Subject};
pub use clock::Clock;
pub use cve::{CveRecord, Cvss, Epss, KnownExploited};
pub use inventory::{Entry, inventory};
pub use package::{Origin, Package, Role};
pub use platform::Platform;
pub use verdict::{Finding, Guard, GuardedState, Severity, State, Verdict};
