//! The four orders against recorded verdicts, against the tools of this machine, and against the
//! laws that any order obeys.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod apk_tools;
mod bounds;
mod checks;
mod fixed;
mod generate;
mod laws;
mod tools;
mod vectors;
