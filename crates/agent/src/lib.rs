//! The agent: collects what a host has and tells a server what has changed.
//!
//! Sees only `model`, `formats` and `collect`. It reads files and talks to one server; it executes
//! nothing, listens on nothing, writes no file. Documentation for people: `docs/agent.md`.
//!
//! **Invariants**
//! - The token goes to the configured server only: redirects are refused, plain HTTP is for
//!   loopback addresses unless allowed by name, and no message holds the token.
//! - Sending is safe to repeat: a report keeps its number when it is sent again, and the server takes
//!   a number once.

pub mod client;
pub mod exchange;
pub mod failure;
pub mod pace;
pub mod settings;
pub mod text;

/// How the program names itself in reports.
#[must_use]
pub fn agent_info() -> model::wire::AgentInfo {
    model::wire::AgentInfo { name: "mendwatch-agent".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}
