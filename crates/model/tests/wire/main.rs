//! The wire format, as `docs/wire-format.md` states it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod canonical;
mod checkin;
mod document;
mod mutations;
mod odd_records;
mod round_trip;
mod sample;
