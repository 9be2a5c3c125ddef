//! What the server does of itself: one file a job.

mod feed_platforms;
pub mod feed_sync;
mod feed_take;
pub mod own_host;
pub mod tick;
