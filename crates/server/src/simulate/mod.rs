//! `mendwatch simulate`: fleets made from real package lists, to see what a fleet of some size costs before there is one.
//!
//! A host is a function of the seed and its number ([`Fleet`]): none is kept. Its report is the one that an agent would
//! send, and is taken in as an agent's is: into a data directory ([`fill`]) by the store's own group commit, or by a running
//! server ([`drive`]) over HTTP, which is a bounded load at once.
//!
//! **Invariant**: the same options give the same reports, byte by byte, whichever way they go.

pub mod digest;
pub mod drive;
pub mod fill;
pub mod fleet;
pub mod images;
pub mod latency;
mod random;
mod rebuilds;
mod sections;
pub mod stats;

pub use fleet::{Drawn, Fleet};
