//! One file a vendor's feed: its address, its dialect, its table of releases.

pub mod alpine_secdb;
pub mod arch_tracker;
pub mod debian_lists;
pub mod debian_releases;
pub mod debian_tracker;
pub mod wolfi_secdb;
