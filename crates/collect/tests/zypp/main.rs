//! Hosts of zypper, held against the real zypper.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod cases;
mod host;
#[path = "../dnf/lab.rs"]
#[expect(dead_code, reason = "the tests of dnf use more of it")]
mod lab;
mod whole;
