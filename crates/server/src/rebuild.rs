//! The index from the record, at start.

use crate::api::events::Cause;
use crate::app::App;
use fleet::{Change, PackageId};
use std::collections::BTreeSet;

/// Hosts of one batch: few enough that memory stays flat. Nothing is published before the last.
const BATCH: usize = 512;

/// Fills the index. The number of hosts.
///
/// # Errors
/// When the record can't be read.
pub async fn rebuild(app: &App) -> anyhow::Result<u64> {
    let mut packages = Vec::new();
    app.store().packages_load(0, |id, package| packages.push((PackageId(id), package))).await?;
    app.fill(vec![Change::Time(app.now()), Change::PackageIds(packages)]);

    let interval = app.config().interval;
    let mut batch = Vec::with_capacity(BATCH);
    let mut platforms = BTreeSet::new();
    let loaded = app
        .store()
        .hosts_load(|state| {
            platforms.insert(state.platform.clone());
            batch.push(Change::Host(Box::new(crate::facts::facts(&state, interval))));
            if batch.len() == BATCH {
                app.fill(std::mem::take(&mut batch));
            }
        })
        .await?;
    for platform in platforms {
        let rules = app.platform_rules().compile(app, &platform).await?;
        batch.push(Change::Rules { platform, rules });
    }
    batch.push(Change::CveScores(crate::cve_scores::read(app.store()).await?));
    batch.push(Change::Time(app.now()));
    app.apply(loaded.seq, batch, Cause::Time);
    Ok(loaded.hosts)
}
