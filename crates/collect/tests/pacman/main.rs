//! Hosts of pacman: roots that the real `pacman` fills, with repositories that the real `repo-add` makes.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod broken;
mod cases;
mod lab;
#[path = "../support/mod.rs"]
mod support;
