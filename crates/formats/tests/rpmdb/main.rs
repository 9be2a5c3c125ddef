//! rpm's databases: real ones of all three formats, made ones against the real `rpm`, broken ones.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod broken;
mod flipped;
mod log;
mod made;
mod reading;
mod real;
mod root;
mod rpm;
