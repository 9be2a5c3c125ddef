//! Taking reports: many in one transaction, each whole or not at all.

use crate::bodies::{self, Body};
use crate::changes::{self, Cause, NewChange};
use crate::current::{self, Current, Identity};
use crate::db::Tx;
use crate::identities::Turn;
use crate::order::{self, Place};
use crate::packages::{self, PackageHash, PackageText};
use crate::plan::{self, Draft, Material};
use crate::settled::Settled;
use crate::{HostId, HostState, Namespace, PackageId, Result, Store, StoreError, apply};
use jiff::Timestamp;
use model::Package;
use model::wire::{Accepted, SectionName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A report to be taken.
#[derive(Debug, Clone)]
pub struct ReportWrite {
    /// The name space of the credential that it came with.
    pub namespace: Namespace,
    /// The report.
    pub report: Accepted,
    /// When it arrived, server's clock.
    pub received_at: Timestamp,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was taken.
    Applied,
    /// It had been taken before: the same number, time and sections; nothing was written.
    Duplicate,
    /// What is on record was seen later: by its number it is no later report, and by its time neither.
    /// Nothing was written; the host is to number its next report from `next_sequence`.
    OutOfOrder,
}

/// The answer to a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportOutcome {
    /// The host's public number.
    pub host_id: HostId,
    /// The sequence number under which it is visible: with [`Fate::Duplicate`] that of the first time.
    pub seq: i64,
    /// What became of it.
    pub fate: Fate,
    /// The host was not known before.
    pub first: bool,
    /// It was removed, and counts again.
    pub returned: bool,
    /// Sections that came as `unchanged` and are not held: to be sent next.
    pub wanted: Vec<SectionName>,
    /// Sections whose content or availability changed.
    pub changed: Vec<SectionName>,
    /// The number that the next report is to carry at least.
    pub next_sequence: u64,
    /// The host as it is now, for the index; `None` unless [`Fate::Applied`].
    pub state: Option<HostState>,
    /// Packages of the inventory that the report itself brought: at least those new to the record.
    pub packages: Vec<(PackageId, Package)>,
}

impl ReportOutcome {
    /// Whether nothing was written.
    #[must_use]
    pub fn duplicate(&self) -> bool {
        self.fate != Fate::Applied
    }
}

/// How often a report is planned anew when somebody else keeps changing its host.
const ATTEMPTS: u32 = 8;

impl Store {
    /// Takes many reports in one transaction (group commit); when it returns they are durable. A
    /// group that fails is taken report by report, so that one bad report costs only itself. Answers
    /// stand in the order of `writes`.
    ///
    /// A report is sound already ([`model::wire::read_report`]); what can fail here is the engine.
    pub async fn reports_commit(&self, writes: Vec<ReportWrite>) -> Vec<Result<ReportOutcome>> {
        let mut answers: Vec<Option<Result<ReportOutcome>>> = writes.iter().map(|_| None).collect();
        let mut attempts = vec![0; writes.len()];
        let mut left: Vec<usize> = (0..writes.len()).collect();
        while !left.is_empty() {
            // Each host once: what its next report changes is known when this one is written.
            let mut hosts = BTreeSet::new();
            let (group, later): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|at| hosts.insert(identity(&writes[*at])));
            left = Vec::new();
            let groups = match self.report_group(&writes, &group).await {
                Ok(done) => vec![(group, Ok(done))],
                Err(error) if group.len() == 1 => vec![(group, Err(error))],
                Err(_) => {
                    let mut each = Vec::new();
                    for at in group {
                        each.push((vec![at], self.report_group(&writes, &[at]).await));
                    }
                    each
                }
            };
            for (group, done) in groups {
                match done {
                    Err(error) => {
                        // Alone in its group, or the group would have been taken one by one.
                        if let Some(at) = group.first() {
                            answers[*at] = Some(Err(error));
                        }
                    }
                    Ok(done) => {
                        for (at, outcome) in group.into_iter().zip(done) {
                            attempts[at] += 1;
                            match outcome {
                                Some(outcome) => answers[at] = Some(Ok(outcome)),
                                None if attempts[at] < ATTEMPTS => left.push(at),
                                None => {
                                    let host = format!("host {}", writes[at].report.machine_id);
                                    answers[at] = Some(Err(StoreError::Conflict(host)));
                                }
                            }
                        }
                    }
                }
            }
            left.extend(later);
        }
        let unanswered = || Err(StoreError::Conflict("the report".to_owned()));
        answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect()
    }

    /// One group with each host once. `None` for a report whose host somebody else changed meanwhile.
    async fn report_group(&self, writes: &[ReportWrite], group: &[usize]) -> Result<Vec<Option<ReportOutcome>>> {
        let mut outcomes: Vec<Option<ReportOutcome>> = group.iter().map(|_| None).collect();
        let mut drafts = Vec::new();
        {
            let mut tx = self.read().await?;
            let identities: Vec<Identity> = group.iter().map(|at| identity(&writes[*at])).collect();
            let mut hosts = current::find(&mut tx, &identities).await?;
            let material = material(&mut tx, writes, group, &hosts).await?;
            for (place, (at, identity)) in group.iter().zip(&identities).enumerate() {
                let current = hosts.remove(identity);
                let renumbered = match &current {
                    Some(current) => match judge(&mut tx, &writes[*at], current).await? {
                        Ok(renumbered) => renumbered,
                        Err(outcome) => {
                            outcomes[place] = Some(outcome);
                            continue;
                        }
                    },
                    None => false,
                };
                drafts.push((place, Draft::new(&writes[*at], current, renumbered, &material)?));
            }
        }
        if drafts.is_empty() {
            return Ok(outcomes);
        }
        let mut settled = self.intern(drafts).await?;
        // In the order of hosts, so that two servers never wait for one another in a circle.
        settled.sort_by_key(|(_, settled)| settled.after.row.id);
        let mut tx = self.write().await?;
        let written = apply::write(&mut tx, settled.iter().map(|(_, settled)| settled)).await?;
        let changes =
            settled.iter().zip(&written).filter(|(_, written)| **written).map(|((_, s), _)| change(s)).collect();
        let mut seq = changes::commit(tx, changes).await?.unwrap_or_default();
        for ((place, settled), written) in settled.into_iter().zip(written) {
            if written {
                self.heard.learn(&settled.after);
                outcomes[place] = Some(outcome(settled, seq));
                seq += 1;
            }
        }
        Ok(outcomes)
    }

    /// Gives numbers to packages, bodies and hosts that have none, in a short transaction of its
    /// own: other servers wait for the counters until it ends. A number that is not used is harmless.
    async fn intern<'a>(&self, mut drafts: Vec<(usize, Draft<'a>)>) -> Result<Vec<(usize, Settled)>> {
        let mut wanted: BTreeMap<PackageHash, (Package, PackageText)> = BTreeMap::new();
        let mut named: Vec<Vec<(PackageHash, Package)>> = Vec::new();
        for (_, draft) in &mut drafts {
            let found = std::mem::take(&mut draft.packages);
            named.push(found.iter().map(|(hash, (package, _))| (*hash, package.clone())).collect());
            wanted.extend(found);
        }
        let mut tx = self.read().await?;
        let (mut ids, unmet) = self.met.find(wanted.keys().copied());
        let found = packages::known(&mut tx, &unmet).await?;
        self.met.note(&found);
        ids.extend(found);
        let missing: BTreeMap<PackageHash, (&Package, PackageText)> = wanted
            .iter()
            .filter(|(hash, _)| !ids.contains_key(*hash))
            .map(|(hash, (package, text))| (*hash, (package, text.clone())))
            .collect();
        if missing.is_empty() {
            drafts.iter_mut().try_for_each(|(_, draft)| draft.settle_packages(&ids))?;
        }
        let mut bodies = bodies::known(&mut tx, &hashes(&drafts)).await?;
        drop(tx);
        let new_hosts = drafts.iter().filter(|(_, draft)| draft.current.is_none()).count();
        let mut next_host = 0;
        if !missing.is_empty() || new_hosts > 0 || hashes(&drafts).iter().any(|hash| !bodies.contains_key(hash)) {
            let mut tx = self.write().await?;
            let mut stored = HashMap::new();
            if !missing.is_empty() {
                stored = packages::store(&mut tx, &missing).await?;
                ids.extend(&stored);
                drafts.iter_mut().try_for_each(|(_, draft)| draft.settle_packages(&ids))?;
                bodies.extend(bodies::known(&mut tx, &hashes(&drafts)).await?);
            }
            let new: BTreeMap<[u8; 32], &Body> = drafts
                .iter()
                .flat_map(|(_, draft)| draft.bodies())
                .filter(|body| !bodies.contains_key(&body.hash))
                .map(|body| (body.hash, body))
                .collect();
            if !new.is_empty() {
                bodies.extend(bodies::store(&mut tx, &new).await?);
            }
            if new_hosts > 0 {
                next_host = tx.take("hosts", new_hosts).await?;
            }
            tx.commit().await?;
            self.met.note(&stored);
        }
        let mut settled = Vec::with_capacity(drafts.len());
        for ((place, draft), named) in drafts.into_iter().zip(named) {
            let id = match &draft.current {
                Some(current) => current.row.id,
                None => {
                    next_host += 1;
                    next_host - 1
                }
            };
            let mut one = draft.settle(id, &bodies)?;
            one.packages = named.into_iter().filter_map(|(hash, package)| Some((*ids.get(&hash)?, package))).collect();
            settled.push((place, one));
        }
        Ok(settled)
    }
}

fn identity(write: &ReportWrite) -> Identity {
    (write.namespace, write.report.machine_id.clone())
}

fn hashes(drafts: &[(usize, Draft<'_>)]) -> Vec<[u8; 32]> {
    let hashes: BTreeSet<[u8; 32]> =
        drafts.iter().flat_map(|(_, draft)| draft.bodies()).map(|body| body.hash).collect();
    hashes.into_iter().collect()
}

/// The bodies and packages on record that the group's reports are compared with.
async fn material(
    tx: &mut Tx,
    writes: &[ReportWrite],
    group: &[usize],
    hosts: &HashMap<Identity, Current>,
) -> Result<Material> {
    let bodies: Vec<i64> = hosts
        .values()
        .flat_map(|host| plan::NEEDED.iter().filter_map(|name| host.held(*name)).map(|held| held.body))
        .collect();
    let mut material = Material { bodies: bodies::load(tx, &bodies).await?, ..Material::default() };
    let mut needed = BTreeSet::new();
    for write in group.iter().map(|at| &writes[*at]) {
        if let Some(host) = hosts.get(&identity(write)) {
            needed.extend(plan::packages_needed(write, host, &material)?);
        }
    }
    let needed: Vec<PackageId> = needed.into_iter().collect();
    material.packages = packages::get(tx, &needed).await?.into_iter().collect();
    Ok(material)
}

/// What is to become of a report of a known host: the answer where it is not to be taken, else
/// whether it was numbered anew.
async fn judge(
    tx: &mut Tx,
    write: &ReportWrite,
    current: &Current,
) -> Result<std::result::Result<bool, ReportOutcome>> {
    let row = &current.row;
    let (fate, seq) = match order::place(tx, write, row).await? {
        Place::Next => return Ok(Ok(false)),
        Place::Renumbered => return Ok(Ok(true)),
        Place::Not(fate, seq) => (fate, seq),
    };
    Ok(Err(ReportOutcome {
        host_id: row.id,
        seq,
        fate,
        first: false,
        returned: false,
        wanted: Vec::new(),
        changed: Vec::new(),
        next_sequence: plan::next_sequence(row.sequence),
        state: None,
        packages: Vec::new(),
    }))
}

fn change(settled: &Settled) -> NewChange {
    let sections: Vec<&str> = settled.changed.iter().map(|name| name.as_str()).collect();
    let mut what = serde_json::Map::new();
    what.insert("report".to_owned(), settled.report.as_str().into());
    what.insert("revision".to_owned(), settled.after.row.revision.into());
    what.insert("sections".to_owned(), sections.into());
    // Said where it is so: most reports are nothing out of the ordinary.
    for (word, holds) in [
        ("first", settled.first),
        ("returned", settled.returned),
        ("renumbered", settled.renumbered),
        ("possible_clones", settled.turn == Turn::Returned),
    ] {
        if holds {
            what.insert(word.to_owned(), true.into());
        }
    }
    NewChange {
        at: settled.recorded_at,
        cause: Cause::Report,
        host: Some(settled.after.row.id),
        sequence: Some(settled.after.row.sequence),
        what: what.into(),
    }
}

fn outcome(settled: Settled, seq: i64) -> ReportOutcome {
    ReportOutcome {
        host_id: settled.after.row.id,
        seq,
        fate: Fate::Applied,
        first: settled.first,
        returned: settled.returned,
        wanted: settled.wanted,
        changed: settled.changed.into_iter().collect(),
        next_sequence: plan::next_sequence(settled.after.row.sequence),
        state: settled.state,
        packages: settled.packages,
    }
}
