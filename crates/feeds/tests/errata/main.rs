//! Errata of AlmaLinux, Rocky, Fedora and EPEL, and Ubuntu's notices and OSV records: every bundle at
//! hand, genuine and broken, against counts taken by other means.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod almalinux;
#[path = "../bundles/mod.rs"]
mod bundles;
mod discover;
mod fedora;
mod rocky;
mod support;
mod ubuntu_osv;
mod ubuntu_usn;
mod updateinfo;
