//! Verdicts of other systems with real inputs, against ours: `./dev conformance`.
//!
//! Each set prints one line: cases, decided, agree, explained, wrong. *Decided* are the cases about
//! which a feed at hand says something; the others can't be compared with anything. An *explained* case
//! differs for a reason whose predicate is checked on the case itself; at most 2 % of what is decided.
//! *Wrong* is 0.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints its line of the table"
)]

mod alma;
mod data;
mod fedora;
mod golden;
mod labels;
mod metamorphic;
mod nasl;
mod notus;
mod shelf;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod wazuh;
