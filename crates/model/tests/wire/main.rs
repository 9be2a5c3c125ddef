//! The wire format, as `docs/wire-format.md` states it.

mod bad_input;
mod canonical;
mod checkin;

mod mutations;
mod odd_records;
mod round_trip;
mod sample;
