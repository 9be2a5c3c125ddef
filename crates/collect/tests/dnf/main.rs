//! Hosts of dnf and yum: roots made by the real `rpm`, repositories made by the real `createrepo_c`, and what the real
//! `dnf` says of them.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod broken;
mod cases;
mod lab;
mod modules;
mod oracle;
#[path = "../support/mod.rs"]
mod support;
mod whole;
mod yum;
