//! The API over HTTP, against the real binary, on both engines. Mirrors `src/api`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::crate_in_macro_def,
    reason = "a test fails by panicking; the macro is of this crate only"
)]

#[path = "api/bad_input.rs"]
mod bad_input;
#[path = "api/durability.rs"]
mod durability;
#[path = "api/editions.rs"]
mod editions;
#[path = "api/events.rs"]
mod events;
#[path = "api/feeds.rs"]
mod feeds;
#[path = "api/hosts.rs"]
mod hosts;
#[path = "api/listings.rs"]
mod listings;
#[path = "api/not_known.rs"]
mod not_known;
#[path = "api/outdated.rs"]
mod outdated;
#[path = "api/parameters.rs"]
mod parameters;
#[path = "api/query.rs"]
mod query;
#[path = "api/removal.rs"]
mod removal;
#[path = "api/reports.rs"]
mod reports;
#[path = "api/session.rs"]
mod session;
#[path = "api/signatures.rs"]
mod signatures;
#[path = "api/web.rs"]
mod web;

mod support;
