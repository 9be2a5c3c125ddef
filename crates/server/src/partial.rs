//! Parts of the index, for a command that runs without a server and asks one thing: reading the whole record, and
//! judging every host by every feed, would take most of its time.
//!
//! What is left out answers as if it were not on record, so that only who knows what an answer rests on may ask a part.

use crate::api::events::Cause;
use crate::app::App;
use fleet::{Change, HostFacts, PackageId};
use std::collections::BTreeSet;

/// Hosts of one batch, as at start.
const BATCH: usize = 512;

/// Fills the index with hosts that have neither packages nor updates: what remains are their names.
///
/// # Errors
/// When the record can't be read.
pub async fn names(app: &App) -> anyhow::Result<()> {
    app.fill(vec![Change::Time(app.now())]);
    hosts(app, |facts| HostFacts { inventory: Vec::new(), updates: Vec::new(), ..facts }).await
}

/// Fills the index with what hosts reported, and judges nothing.
///
/// # Errors
/// When the record can't be read.
pub async fn facts(app: &App) -> anyhow::Result<()> {
    let mut packages = Vec::new();
    app.store().packages_load(0, |id, package| packages.push((PackageId(id), package))).await?;
    app.fill(vec![Change::Time(app.now()), Change::PackageIds(packages)]);
    hosts(app, |facts| facts).await
}

async fn hosts(app: &App, of: fn(HostFacts) -> HostFacts) -> anyhow::Result<()> {
    let interval = app.config().interval;
    let mut batch = Vec::with_capacity(BATCH);
    let loaded = app
        .store()
        .hosts_load(|state| {
            batch.push(Change::Host(Box::new(of(crate::facts::facts(&state, interval)))));
            if batch.len() == BATCH {
                app.fill(std::mem::take(&mut batch));
            }
        })
        .await?;
    batch.push(Change::Time(app.now()));
    app.apply(loaded.seq, batch, Cause::Time);
    Ok(())
}

/// Fills the index with one host and what is said of it; with nothing, where there is no such host.
///
/// # Errors
/// When the record can't be read.
pub async fn host(app: &App, id: i64) -> anyhow::Result<()> {
    let mut changes = vec![Change::Time(app.now())];
    let counts = app.store().host_removal(id).await?.is_none();
    if let Some(state) = app.store().host_get(id).await?.filter(|_| counts) {
        let has: BTreeSet<i64> = state.inventory.iter().map(|entry| entry.package).collect();
        let mut packages = Vec::with_capacity(has.len());
        let take = |id, package| {
            if has.contains(&id) {
                packages.push((PackageId(id), package));
            }
        };
        app.store().packages_load(0, take).await?;
        changes.push(Change::PackageIds(packages));
        changes.push(Change::Host(Box::new(crate::facts::facts(&state, app.config().interval))));
        changes.push(judging(app, &state.platform).await?);
    }
    changes.push(Change::Time(app.now()));
    app.apply(0, changes, Cause::Time);
    Ok(())
}

/// Judges the hosts of one host's platform, where facts are in the index.
///
/// # Errors
/// When the record can't be read.
pub async fn verdicts_like(app: &App, id: i64) -> anyhow::Result<()> {
    if let Some(state) = app.store().host_get(id).await? {
        let change = judging(app, &state.platform).await?;
        app.apply(0, vec![change], Cause::Time);
    }
    Ok(())
}

async fn judging(app: &App, platform: &model::Platform) -> anyhow::Result<Change> {
    let rules = app.platform_rules().compile(app, platform).await?;
    Ok(Change::Rules { platform: platform.clone(), rules })
}
