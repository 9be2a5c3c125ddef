//! Fetching, against servers on this machine that answer as told, well or badly; signatures made by GnuPG.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod documents;
mod gpg;
mod increments;
mod mirrors;
mod real_releases;
mod resume;
mod server;
mod signatures;
mod signed_feeds;
