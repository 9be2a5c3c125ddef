//! Check-ins: one row touched for a host where nothing changed; where something did, only that what is on
//! record is outdated.

use crate::awaited::{self, Awaited, is_news};
use crate::changes::{self, Cause, NewChange};
use crate::current::{self, Current, HostRow, Identity, clamp, is_ahead};
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
    /// `known`: the host is as it was, and that was noted. `send`: a report is wanted; of a known host it was
    /// noted which sections are outdated until it comes, nothing else. `report_now`: a whole report is wanted, since
    /// the host was removed; nothing was noted.
    pub answer: Answer,
    /// The sections wanted; empty with `known`.
    pub sections: Vec<SectionName>,
    /// All sections (`packages`, `updates`, `repositories`) that are now on record as outdated, each with the moment
    /// (server's clock) at which the host first said that it is otherwise; `None` where that is as it was.
    pub awaited: Option<Vec<(SectionName, Timestamp)>>,
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
        let mut known: BTreeMap<HostId, (usize, Current, Awaited)> = BTreeMap::new();
        {
            let mut tx = self.read().await?;
            let identities: Vec<Identity> = group.iter().map(|at| identity(&writes[*at])).collect();
            let mut hosts = current::find(&mut tx, &identities).await?;
            let head = changes::head(&mut tx).await?;
            for (at, identity) in group.iter().zip(&identities) {
                let host = hosts.remove(identity);
                let write = &writes[*at];
                let outcome = compare(write, host.as_ref(), head);
                let answer = outcome.answer;
                outcomes.push(Some(outcome));
                let Some(host) = host.filter(|_| answer != Answer::ReportNow) else { continue };
                let awaited = awaited::awaited(&host, write.checkin.sections.iter(), write.received_at);
                if answer == Answer::Known || awaited != host.awaited {
                    known.insert(host.row.id, (outcomes.len() - 1, host, awaited));
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
        for (id, (place, mut host, awaited)) in known {
            let write = &writes[group[place]];
            let changed = awaited != host.awaited;
            let noted = if is_known(&outcomes[place]) {
                note(&mut host, write);
                let noted = current::replace(&mut tx, &host.row).await?;
                if noted {
                    tx.run(RUN, args![host.row.observed_at, id, host.row.run_revision]).await?;
                    if changed {
                        awaited::write(&mut tx, id, &awaited).await?;
                    }
                }
                noted
            } else {
                awaited::write_unless_changed(&mut tx, id, host.row.revision, &awaited).await?
            };
            let outcome = &mut outcomes[place];
            if !noted {
                *outcome = None;
                continue;
            }
            if let Some(outcome) = outcome.as_mut().filter(|_| changed) {
                outcome.awaited = Some(awaited.into_iter().collect());
            }
            hosts.push((place, id));
            latest = latest.max(Some(write.received_at));
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
/// is asked for everything: what it says now makes it count again. A clock that goes ahead, or right again,
/// is noted with a report as well.
fn compare(write: &CheckInWrite, host: Option<&Current>, seq: i64) -> CheckInOutcome {
    let checkin = &write.checkin;
    let news = |name: SectionName, digest: &Digest| match host {
        Some(host) => is_news(host, name, digest),
        None => matches!(digest, Digest::Present { .. }),
    };
    let mut sections: Vec<SectionName> =
        checkin.sections.iter().filter(|(name, digest)| news(*name, digest)).map(|(name, _)| name).collect();
    let relabelled = host.is_some_and(|host| checkin.labels.as_ref().is_some_and(|labels| !same(labels, &host.row)));
    // Who speaks is noted with a report, as the labels are.
    let other =
        host.is_some_and(|host| (&checkin.hostname, &checkin.boot_id) != (&host.row.hostname, &host.row.boot_id));
    let clock = host.is_some_and(|host| {
        let (_, skew) = clamp(checkin.observed_at, write.received_at, None);
        is_ahead(skew) != is_ahead(host.row.clock_skew)
    });
    if (relabelled || other || clock) && !sections.contains(&SectionName::Host) {
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
        awaited: None,
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
