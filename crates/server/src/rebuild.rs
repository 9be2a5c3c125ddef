//! The index from the record, at start.
//!
//! The rules of every platform come first, so that each host is counted once, by what holds. Then one thread reads hosts
//! and another puts them into the index. What comes in meanwhile is answered from the record and waits for the index
//! in its order ([`crate::early`]).

use crate::api::events::Cause;
use crate::app::App;
use anyhow::Context as _;
use fleet::{Change, PackageId};
use model::Platform;
use std::collections::BTreeSet;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Parts of hosts that were read and wait to be put into the index: one, so that neither side waits for the other for
/// long; each is some tens of megabytes.
const READ_AHEAD: usize = 1;

/// Fills the index. The number of hosts.
///
/// # Errors
/// When the record can't be read.
pub async fn rebuild(app: &App) -> anyhow::Result<u64> {
    let seq = app.store().change_head().await?;
    let (parts, mut to_fill) = mpsc::channel::<Vec<Change>>(READ_AHEAD);
    let filling = {
        let app = app.clone();
        // Nothing is published before the last.
        tokio::task::spawn_blocking(move || {
            while let Some(changes) = to_fill.blocking_recv() {
                app.fill(changes);
            }
        })
    };
    let read = read(app, parts).await;
    filling.await.context("the index could not be filled")?;
    let hosts = read?;
    let scores = crate::cve_scores::read(app.store()).await?;
    app.begin(seq, vec![Change::CveScores(scores), Change::Time(app.now())], Cause::Time);
    Ok(hosts)
}

async fn read(app: &App, parts: mpsc::Sender<Vec<Change>>) -> anyhow::Result<u64> {
    const GONE: &str = "nobody fills the index any more";
    let interval = app.config().interval;
    let mut known_packages = 0;
    let first = packages(app, &mut known_packages).await?;
    parts.send(vec![Change::Time(app.now()), first]).await.context(GONE)?;
    let mut platforms: BTreeSet<Platform> = app.store().host_platforms().await?.into_iter().collect();
    parts.send(rules(app, platforms.clone()).await?).await.context(GONE)?;

    let (mut next, mut hosts) = (Some(0), 0);
    while let Some(after) = next {
        let part = app.store().hosts_part(after).await?;
        next = part.next;
        hosts += part.hosts.len() as u64;
        // Reports come in meanwhile: what they brought stands before the hosts that have it.
        let mut changes = vec![packages(app, &mut known_packages).await?];
        let new: BTreeSet<Platform> =
            part.hosts.iter().map(|state| &state.platform).filter(|of| !platforms.contains(of)).cloned().collect();
        if !new.is_empty() {
            changes.extend(rules(app, new.clone()).await?);
            platforms.extend(new);
        }
        let facts = |state| Change::Host(Box::new(crate::facts::facts(&state, interval)));
        changes.extend(part.hosts.into_iter().map(facts));
        parts.send(changes).await.context(GONE)?;
    }
    Ok(hosts)
}

/// The packages that are not in the index yet.
async fn packages(app: &App, known: &mut i64) -> anyhow::Result<Change> {
    let mut packages = Vec::new();
    *known = app.store().packages_load(*known, |id, package| packages.push((PackageId(id), package))).await?;
    Ok(Change::PackageIds(packages))
}

/// The rules of some platforms, as many at once as there are processors.
async fn rules(app: &App, platforms: BTreeSet<Platform>) -> anyhow::Result<Vec<Change>> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut waiting = platforms.into_iter();
    let mut compiling = JoinSet::new();
    let mut compiled = Vec::new();
    loop {
        while compiling.len() < at_once
            && let Some(platform) = waiting.next()
        {
            let app = app.clone();
            compiling.spawn(async move {
                let rules = app.platform_rules().compile(&app, &platform).await;
                rules.map(|rules| Change::Rules { platform, rules })
            });
        }
        match compiling.join_next().await {
            Some(rules) => compiled.push(rules.context("rules could not be compiled")??),
            None => return Ok(compiled),
        }
    }
}
