//! Check-ins: one row touched for a host where nothing changed, nothing where something did.

use crate::changes::{self, Cause, NewChange};
use crate::current::{self, Current, HostRow, Identity, clamp};
use crate::db::args;
use crate::plan;
use crate::{HostId, Namespace, Result, Store, StoreError};
use jiff::Timestamp;
use model::wire::{Answer, CheckIn, Digest, Labels, SectionName};
use std::collections::{BTreeMap, BTreeSet};

/// A check-in to be answered.
#[derive(Debug, Clone)]
pub struct CheckInWrite {
    /// The name space of the credential that it came with.
    pub namespace: Namespace,
    /// The check-in.
    pub checkin: CheckIn,
    /// When it arrived, server's clock.
    pub received_at: Timestamp,
}

/// The answer to a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInOutcome {
    /// The host; `None` where it is not known yet.
    pub host_id: Option<HostId>,
    /// `known`: the host is as it was, and that was noted. `send`: a report is wanted, nothing was
    /// noted. `report_now`: a whole report is wanted, since the host was removed; nothing was noted.
    pub answer: Answer,
    /// The sections wanted; empty with `known`.
    pub sections: Vec<SectionName>,
    /// The number that the next report is to carry at least.
    pub next_sequence: u64,
    /// The sequence number under which it is visible.
    pub seq: i64,
}

/// How often a check-in is compared anew when somebody else keeps changing its host.
const ATTEMPTS: u32 = 8;

impl Store {
    /// Answers many check-ins with one transaction, with the discipline of
    /// [`Store::reports_commit`]. Answers stand in the order of `writes`.
    pub async fn checkins_commit(&self, writes: Vec<CheckInWrite>) -> Vec<Result<CheckInOutcome>> {
        let mut answers: Vec<Option<Result<CheckInOutcome>>> = writes.iter().map(|_| None).collect();
        let mut left: Vec<usize> = (0..writes.len()).collect();
        for _ in 0..ATTEMPTS {
            let mut hosts = BTreeSet::new();
            let (group, later): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|at| hosts.insert(identity(&writes[*at])));
            left = Vec::new();
            let mut groups = Vec::new();
            match self.checkin_group(&writes, &group).await {
                Err(_) if group.len() > 1 => {
                    for at in group {
                        groups.push((vec![at], self.checkin_group(&writes, &[at]).await));
                    }
                }
                done => groups.push((group, done)),
            }
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
                            match outcome {
                                Some(outcome) => answers[at] = Some(Ok(outcome)),
                                None => left.push(at),
                            }
                        }
                    }
                }
            }
            left.extend(later);
            if left.is_empty() {
                break;
            }
        }
        let conflict = |write: &CheckInWrite| StoreError::Conflict(format!("host {}", write.checkin.machine_id));
        answers.into_iter().zip(&writes).map(|(answer, write)| answer.unwrap_or_else(|| Err(conflict(write)))).collect()
    }

    /// One group with each host once. `None` for a host that somebody else changed meanwhile.
    async fn checkin_group(&self, writes: &[CheckInWrite], group: &[usize]) -> Result<Vec<Option<CheckInOutcome>>> {
        const RUN: &str = "UPDATE scans SET last_at = ?, count = count + 1 WHERE host_id = ? AND revision = ?";
        let mut outcomes: Vec<Option<CheckInOutcome>> = Vec::with_capacity(group.len());
        let mut known: BTreeMap<HostId, (usize, Current)> = BTreeMap::new();
        {
            let mut tx = self.read().await?;
            let identities: Vec<Identity> = group.iter().map(|at| identity(&writes[*at])).collect();
            let mut hosts = current::find(&mut tx, &identities).await?;
            let head = changes::head(&mut tx).await?;
            for (at, identity) in group.iter().zip(&identities) {
                let host = hosts.remove(identity);
                let outcome = compare(&writes[*at].checkin, host.as_ref(), head);
                outcomes.push(Some(outcome));
                if let Some(host) = host.filter(|_| outcomes.last().is_some_and(is_known)) {
                    known.insert(host.row.id, (outcomes.len() - 1, host));
                }
            }
        }
        if known.is_empty() {
            return Ok(outcomes);
        }
        // In the order of hosts, so that two servers never wait for one another in a circle.
        let mut tx = self.write().await?;
        let mut hosts = Vec::with_capacity(known.len());
        let mut latest = None;
        for (id, (place, mut host)) in known {
            let write = &writes[group[place]];
            note(&mut host, write);
            if current::replace(&mut tx, &host.row).await? {
                tx.run(RUN, args![host.row.observed_at, id, host.row.run_revision]).await?;
                hosts.push((place, id));
                latest = latest.max(Some(write.received_at));
            } else {
                outcomes[place] = None;
            }
        }
        // One entry for the group: an entry a host and hour would be most of the log.
        let ids: Vec<HostId> = hosts.iter().map(|(_, id)| *id).collect();
        let changes = latest.map(|at| NewChange {
            at,
            cause: Cause::CheckIn,
            host: None,
            sequence: None,
            what: serde_json::json!({ "hosts": ids }),
        });
        if let Some(seq) = changes::commit(tx, changes.into_iter().collect()).await? {
            for (place, _) in hosts {
                if let Some(outcome) = &mut outcomes[place] {
                    outcome.seq = seq;
                }
            }
        }
        Ok(outcomes)
    }
}

fn identity(write: &CheckInWrite) -> Identity {
    (write.namespace, write.checkin.machine_id.clone())
}

fn is_known(outcome: &Option<CheckInOutcome>) -> bool {
    outcome.as_ref().is_some_and(|outcome| outcome.answer == Answer::Known)
}

/// What a check-in says beside what is on record. A section that can't be collected any more, or
/// again, is news as much as another hash: the report records it. So are other labels and another name
/// or boot, which come with a report; section `host` is asked for, so that a report is wanted. A host that was removed
/// is asked for everything: what it says now makes it count again.
fn compare(checkin: &CheckIn, host: Option<&Current>, seq: i64) -> CheckInOutcome {
    let news = |name: SectionName, digest: &Digest| {
        let Some(host) = host else { return matches!(digest, Digest::Present { .. }) };
        let outage = host.outage(name).is_some();
        match digest {
            Digest::Unavailable { .. } => !outage,
            Digest::Present { hash } => outage || host.held(name).and_then(|held| held.hash) != Some(hash.0),
        }
    };
    let mut sections: Vec<SectionName> =
        checkin.sections.iter().filter(|(name, digest)| news(*name, digest)).map(|(name, _)| name).collect();
    let relabelled = host.is_some_and(|host| checkin.labels.as_ref().is_some_and(|labels| !same(labels, &host.row)));
    // Who speaks is noted with a report, as the labels are.
    let other =
        host.is_some_and(|host| (&checkin.hostname, &checkin.boot_id) != (&host.row.hostname, &host.row.boot_id));
    if (relabelled || other) && !sections.contains(&SectionName::Host) {
        sections.insert(0, SectionName::Host);
    }
    let answer = match host {
        Some(host) if host.removed => Answer::ReportNow,
        Some(_) if sections.is_empty() => Answer::Known,
        _ => Answer::Send,
    };
    if answer == Answer::ReportNow {
        sections = SectionName::ALL.to_vec();
    }
    CheckInOutcome {
        host_id: host.map(|host| host.row.id),
        answer,
        sections,
        next_sequence: host.map_or(1, |host| plan::next_sequence(host.row.sequence)),
        seq,
    }
}

fn same(labels: &Labels, row: &HostRow) -> bool {
    (&labels.tag, &labels.site, &labels.env) == (&row.tag, &row.site, &row.env)
}

/// What a check-in changes of the row.
fn note(host: &mut Current, write: &CheckInWrite) {
    let row = &mut host.row;
    let received = Timestamp::from_microsecond(write.received_at.as_microsecond()).unwrap_or(write.received_at);
    let (observed_at, skew) = clamp(write.checkin.observed_at, received, Some(row.observed_at));
    row.observed_at = observed_at;
    row.clock_skew = skew;
    row.last_seen_at = row.last_seen_at.max(received);
    row.agent = write.checkin.agent.clone();
    row.heartbeat = write.checkin.heartbeat.clone();
    row.revision += 1;
}
