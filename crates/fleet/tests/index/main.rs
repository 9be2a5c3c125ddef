//! The index against a naive model: plain loops over the facts of every host and direct calls of
//! `matching`, without any code of the index.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

mod agree;
mod chunks;
mod classes;
mod completion;
mod fleet_of;
mod isolation;
mod kernels;
mod language;
mod large;
mod naive;
mod one_cve;
mod one_host;
mod plain;
mod queries;
