//! Hosts whose packages rpm manages: real databases in a root, roots made by the real `rpm`, and
//! databases that can't be read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod broken;
mod host;
mod kernels;
mod made;
mod real;
#[path = "../../../formats/tests/rpmdb/root.rs"]
mod root;
#[path = "../support/mod.rs"]
mod support;
