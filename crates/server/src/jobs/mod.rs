//! What the server does of itself: one file a job.

pub mod feed_sync;
pub mod own_host;
pub mod tick;
