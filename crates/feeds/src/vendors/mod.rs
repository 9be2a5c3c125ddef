//! One file a vendor's feed: its address, its dialect, its table of releases.

pub mod debian_lists;
pub mod debian_releases;
pub mod debian_tracker;
