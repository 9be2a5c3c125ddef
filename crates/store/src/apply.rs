//! Writing what was planned, many reports in one transaction.

use crate::db::{Tx, Value, args, count, json};
use crate::identities::{self, Turn};
use crate::settled::Settled;
use crate::{HostState, Result};
use crate::{awaited, current, removals};
use model::Role;
use model::wire::SectionName;

/// Writes the reports. For each, whether it was written: `false` when its host is no longer at the
/// revision that was planned with.
pub(crate) async fn write(tx: &mut Tx, reports: impl Iterator<Item = &Settled>) -> Result<Vec<bool>> {
    let mut written = Vec::new();
    let mut rows = Rows::default();
    for report in reports {
        let row = &report.after.row;
        let ours = if report.first { current::insert(tx, row).await? } else { current::replace(tx, row).await? };
        written.push(ours);
        if ours {
            if report.returned {
                removals::end(tx, row.id, report.recorded_at).await?;
            }
            if report.turn != Turn::Same {
                identities::write(tx, row.id, &report.after.speakers).await?;
            }
            if report.awaited_changed {
                awaited::write(tx, row.id, &report.after.awaited).await?;
            }
            rows.add(report)?;
            run(tx, report, &mut rows).await?;
        }
    }
    rows.insert(tx).await?;
    Ok(written)
}

/// A scan without a change lengthens its run; any other begins one.
async fn run(tx: &mut Tx, report: &Settled, rows: &mut Rows) -> Result<()> {
    const SAME: &str = "UPDATE scans SET last_at = ?, count = count + 1 WHERE host_id = ? AND revision = ?";
    let row = &report.after.row;
    if row.run_revision != row.revision {
        tx.run(SAME, args![row.observed_at, row.id, row.run_revision]).await?;
        return Ok(());
    }
    let (packages, security, other) = report.state.as_ref().map_or((0, 0, 0), counts);
    rows.scans.push(args![row.id, row.revision, row.observed_at, row.observed_at, 1_i64, packages, security, other]);
    Ok(())
}

fn counts(state: &HostState) -> (i64, i64, i64) {
    let packages = count(state.inventory.iter().filter(|entry| entry.role == Role::Installed).count());
    let updates = state.updates.as_ref().map(|updates| updates.records.as_slice()).unwrap_or_default();
    let security = count(updates.iter().filter(|update| update.security).count());
    (packages, security, count(updates.len()) - security)
}

/// New rows of the whole group, written together.
#[derive(Default)]
struct Rows {
    /// Intervals and outages that others follow, or that are over.
    intervals_ended: Vec<Vec<Value>>,
    outages_ended: Vec<Vec<Value>>,
    inventories: Vec<Vec<Value>>,
    outages: Vec<Vec<Value>>,
    log: Vec<Vec<Value>>,
    scans: Vec<Vec<Value>>,
}

impl Rows {
    fn add(&mut self, report: &Settled) -> Result<()> {
        let row = &report.after.row;
        let ends = |section: SectionName| args![row.id, section.as_str(), row.observed_at, report.recorded_at];
        if !report.first {
            self.intervals_ended.extend(report.replaced.iter().map(|held| ends(held.section)));
        }
        self.outages_ended.extend(report.outages_ended.iter().map(|section| ends(*section)));
        for held in &report.replaced {
            self.inventories.push(args![
                row.id,
                held.section.as_str(),
                held.revision,
                held.hash,
                held.body,
                json(&held.odd)?,
                held.observed_at,
                report.recorded_at
            ]);
        }
        for outage in &report.outages_begun {
            self.outages.push(args![
                row.id,
                outage.section.as_str(),
                outage.revision,
                &outage.reason,
                outage.last_good_at,
                outage.began_at,
                report.recorded_at
            ]);
        }
        for (package, role, came) in &report.log {
            let role = i64::from(role.code());
            self.log.push(args![*package, role, row.id, row.revision, *came, row.observed_at, report.recorded_at]);
        }
        Ok(())
    }

    async fn insert(self, tx: &mut Tx) -> Result<()> {
        const INTERVALS: &str = "UPDATE inventories SET ended_at = v.column3, ended_recorded_at = v.column4
            FROM (VALUES {}) AS v WHERE inventories.host_id = v.column1 AND inventories.section = v.column2
                AND inventories.ended_at IS NULL";
        const OUTAGES: &str = "UPDATE section_outages SET ended_at = v.column3, ended_recorded_at = v.column4
            FROM (VALUES {}) AS v WHERE section_outages.host_id = v.column1 AND section_outages.section = v.column2
                AND section_outages.ended_at IS NULL";
        let nobody = args![-1_i64, "", 0_i64, 0_i64];
        // Before their successors: a section of a host has one open interval at a time.
        tx.rows_joined(INTERVALS, self.intervals_ended, &nobody).await?;
        tx.rows_joined(OUTAGES, self.outages_ended, &nobody).await?;
        for (head, rows) in [
            (
                "INSERT INTO inventories (host_id, section, revision, section_hash, body_id, odd, observed_at, recorded_at)",
                self.inventories,
            ),
            (
                "INSERT INTO section_outages (host_id, section, revision, reason, last_good_at, began_at, recorded_at)",
                self.outages,
            ),
            ("INSERT INTO package_log (package_id, role, host_id, revision, came, observed_at, recorded_at)", self.log),
            (
                "INSERT INTO scans (host_id, revision, first_at, last_at, count, packages, security_updates, other_updates)",
                self.scans,
            ),
        ] {
            tx.insert_many(head, "", rows).await?;
        }
        Ok(())
    }
}
