//! The record on both engines. Each test runs twice, see `fixture::store_test!`.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod checkins;
mod concurrency;
mod feeds;
mod fixture;
mod full;
mod heard;
mod inventories;
mod memory;
mod people;
mod portable;
mod postgres;
mod removals;
mod reports;
mod sample;
mod schema;
mod work;
