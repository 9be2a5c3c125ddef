//! OVAL: the format, its evaluation, and the feeds of Red Hat, Ubuntu and Debian.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../bundles/mod.rs"]
mod bundles;
mod counts;
mod data;
mod facts;
mod flat;
mod hostile;
mod language;
