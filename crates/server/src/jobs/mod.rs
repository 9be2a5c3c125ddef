//! What the server does of itself: one file a job.

pub mod feed_import;
mod feed_platforms;
mod feed_read;
pub mod feed_sync;
mod feed_take;
pub mod own_host;
pub mod tick;
