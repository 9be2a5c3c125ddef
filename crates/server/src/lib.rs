//! The service and the commands of the `mendwatch` binary: the one room that wires all others.
//!
//! **Invariant**: facts go record first, index second, acknowledgement last ([`intake`]); every
//! command asks the same router that serves the network ([`local`]), but for a scan that finds no server:
//! it reads the record as it lies ([`at_rest`]).

pub mod answering;
pub mod api;
pub mod app;
pub mod at_rest;
pub mod auth;
pub mod awaited;
pub mod budget;
pub mod cli;
pub mod cve_scores;
pub mod data_dir;
pub mod early;
pub mod evaluate;
pub mod facts;
pub mod host_update;
pub mod intake;
pub mod jobs;
pub mod listen;
pub mod local;
pub mod not_known;
pub mod offered;
pub mod partial;
pub mod platform_rules;
pub mod rebuild;
pub mod running;
pub mod security_repository;
pub mod simulate;
pub mod web;
pub mod words;
pub mod writable;
