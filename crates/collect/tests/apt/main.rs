//! Our reading of apt's files against apt itself, on private roots and on this very host.
//!
//! Needs `apt-get`, `apt-cache` (apt), `dpkg-deb`, `dpkg` (dpkg), `apt-ftparchive` (apt-utils), `lz4`
//! and `xz` (xz-utils); what is missing is named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod host;
mod journal;
mod kept;
mod lab;
mod layout;
mod oracle;
mod phasing;
mod pins;
mod suites;
mod universes;
