//! A fleet into a data directory, by the store's own group commit: durable as any report, without HTTP and without an index.

use super::Fleet;
use super::stats::{Counting, FleetStats};
use anyhow::{Context as _, anyhow};
use jiff::{SignedDuration, Timestamp};
use model::wire::{Accepted, Limits, Report, read_report};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use store::{Fate, ReportWrite, Store, TOKENS};

/// Reports of one commit: as many as the server's writer takes at most.
const GROUP: usize = 128;
/// Groups that may wait for the writer.
const WAITING: usize = 2;

/// What was filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Reports that were taken.
    pub taken: u64,
    /// Reports that had been taken before.
    pub before: u64,
    /// What the fleet is, where that was asked for.
    pub stats: Option<FleetStats>,
}

/// How to fill.
#[derive(Debug, Clone, Copy)]
pub struct FillOptions {
    /// Reports of each host beside the first, with other versions of 20 packages each, spread over the year before.
    pub changes: u32,
    /// When the last report of each host comes.
    pub now: Timestamp,
    /// Whether to count what was made.
    pub stats: bool,
}

/// Reports that are committed together: in the order of hosts, no host twice.
type Group = Vec<ReportWrite>;

/// Reads a report as a server does that got these bytes.
///
/// # Errors
/// When the server would refuse it.
pub fn accepted(report: &Report) -> anyhow::Result<(Accepted, usize)> {
    let bytes = serde_json::to_vec(report)?;
    let accepted =
        read_report(&bytes, &Limits::default()).map_err(|error| anyhow!("a made report is refused: {error}"))?;
    if let Some(odd) = accepted.odd.first() {
        return Err(anyhow!("a made report has an odd record: {} {}: {}", odd.section, odd.record, odd.why));
    }
    Ok((accepted, bytes.len()))
}

/// Makes every report of the fleet, the oldest of each host first, and hands out groups until the receiver is gone.
fn make(
    fleet: &Fleet,
    options: FillOptions,
    counting: &mut Option<Counting>,
    groups: &SyncSender<Group>,
) -> anyhow::Result<()> {
    for change in 0..=options.changes {
        let received_at = time_of(change, options)?;
        let mut group = Group::with_capacity(GROUP);
        for number in 0..fleet.hosts() {
            let drawn = fleet.draw(number);
            let host = fleet.host(&drawn, change);
            let made = fleet.report(&drawn, &host, u64::from(change) + 1, received_at, None)?;
            let (report, bytes) = accepted(&made).with_context(|| format!("host {number}"))?;
            if let Some(counting) = counting.as_mut().filter(|_| change == options.changes) {
                counting.add(fleet, &drawn, &host, &made, bytes)?;
            }
            group.push(ReportWrite { namespace: TOKENS, report, received_at });
            if group.len() == GROUP && groups.send(std::mem::take(&mut group)).is_err() {
                return Ok(());
            }
        }
        if !group.is_empty() && groups.send(group).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// When the reports with this change come.
fn time_of(change: u32, options: FillOptions) -> anyhow::Result<Timestamp> {
    let year = SignedDuration::from_hours(365 * 24);
    let back = year / i32::try_from(options.changes.max(1))? * i32::try_from(options.changes - change)?;
    Ok(options.now.checked_sub(back)?)
}

/// What the fleet is, without storing it.
///
/// # Errors
/// When a report is made that a server would refuse.
pub fn count_only(fleet: &Fleet) -> anyhow::Result<FleetStats> {
    let mut counting = Counting::default();
    for number in 0..fleet.hosts() {
        let drawn = fleet.draw(number);
        let host = fleet.host(&drawn, 0);
        let report = fleet.report(&drawn, &host, 1, fleet.at(), None)?;
        let (_, bytes) = accepted(&report).with_context(|| format!("host {number}"))?;
        counting.add(fleet, &drawn, &host, &report, bytes)?;
    }
    Ok(counting.finish())
}

/// Fills. `told` hears how many reports were taken so far.
///
/// # Errors
/// When a report is made that a server would refuse, or the record can't be written.
pub async fn fill(
    store: &Store,
    fleet: &Fleet,
    options: FillOptions,
    mut told: impl FnMut(u64),
) -> anyhow::Result<Filled> {
    let (sender, groups) = sync_channel(WAITING);
    let mut counting = options.stats.then(Counting::default);
    let mut filled = Filled::default();
    let handle = tokio::runtime::Handle::current();
    // Reports are made while others are written.
    tokio::task::block_in_place(|| {
        std::thread::scope(|threads| {
            let counting = &mut counting;
            let maker = threads.spawn(move || make(fleet, options, counting, &sender));
            let written = handle.block_on(write(store, &groups, &mut filled, &mut told));
            // A maker that waits for a writer that failed ends by it.
            drop(groups);
            let made = maker.join().map_err(|_| anyhow!("the thread that makes reports ended early"))?;
            written.and(made)
        })
    })?;
    filled.stats = counting.map(Counting::finish);
    Ok(filled)
}

async fn write(
    store: &Store,
    groups: &Receiver<Group>,
    filled: &mut Filled,
    told: &mut impl FnMut(u64),
) -> anyhow::Result<()> {
    while let Ok(group) = groups.recv() {
        for outcome in store.reports_commit(group).await {
            match outcome?.fate {
                Fate::Applied => filled.taken += 1,
                Fate::Duplicate | Fate::OutOfOrder => filled.before += 1,
            }
        }
        told(filled.taken + filled.before);
    }
    Ok(())
}
