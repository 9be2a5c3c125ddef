//! The record of a data directory that no server holds, read as it lies: no lock is taken, nothing is
//! made or written, so that whoever may read the files may ask.

use crate::platform_rules;
use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use matching::Rules;
use model::Platform;
use store::{Location, Store};

/// How often reading begins anew because somebody wrote meanwhile.
const ATTEMPTS: usize = 3;

/// The rules of a platform from the feeds in force, as at `now`; with `until`, advisories that were published after it
/// are left out, as far as the vendor dates them.
///
/// # Errors
/// When the record can't be read, has another schema than this build's, or does not come to rest.
pub fn rules(
    location: &Location,
    platform: &Platform,
    now: Timestamp,
    feed_max_age: SignedDuration,
    until: Option<Timestamp>,
) -> anyhow::Result<Rules> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time();
    if matches!(location, Location::Postgres(_)) {
        // Only a network needs it; its set-up alone writes to a descriptor.
        runtime.enable_io();
    }
    let runtime = runtime.build()?;
    for _ in 0..ATTEMPTS {
        let before = location.stamp().ok();
        let read = runtime.block_on(async {
            let store = Store::open_to_read(location).await?;
            let rules = platform_rules::compile_of(&store, platform, now, feed_max_age, until).await;
            store.close().await;
            rules
        });
        // What was read while somebody wrote may be torn, and so may be the error.
        if before == location.stamp().ok() {
            return read;
        }
    }
    bail!("{location} is being written; try again in a moment")
}
