//! Check-ins: one row touched for a host where nothing changed; where something did, only that what is on
//! record is outdated.

use crate::awaited::{self, Awaited, is_news};
use crate::changes::{self, Cause, NewChange};
use crate::current::{self, Current, HostRow, Identity, clamp, is_ahead};
use crate::db::{Tx, args, json};
use crate::heard::{Entry, Says};
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
        let mut outcomes: Vec<Option<CheckInOutcome>> = group.iter().map(|_| None).collect();
        let mut noted = Notes::default();
        let mut unheard = Vec::new();
        for (place, at) in group.iter().enumerate() {
            let write = &writes[*at];
            let identity = identity(write);
            let says = Says::of_checkin(&write.checkin, skew(write));
            match says.and_then(|says| self.heard.same(&identity, &says)) {
                Some(entry) => {
                    outcomes[place] = Some(known(&entry));
                    noted.same.push(Same {
                        place,
                        identity,
                        id: entry.id,
                        revision: entry.revision,
                        run: entry.run_revision,
                    });
                }
                None => unheard.push((place, identity)),
            }
        }
        if !unheard.is_empty() {
            self.compare_with_record(writes, group, unheard, &mut outcomes, &mut noted).await?;
        }
        if !noted.same.is_empty() || !noted.awaited.is_empty() {
            self.note_group(writes, group, noted, &mut outcomes).await?;
        }
        Ok(outcomes)
    }

    /// Those whose check-in is not the one that was to be expected, or that were not heard before.
    async fn compare_with_record(
        &self,
        writes: &[CheckInWrite],
        group: &[usize],
        unheard: Vec<(usize, Identity)>,
        outcomes: &mut [Option<CheckInOutcome>],
        noted: &mut Notes,
    ) -> Result<()> {
        let mut tx = self.read().await?;
        let identities: Vec<Identity> = unheard.iter().map(|(_, identity)| identity.clone()).collect();
        let mut hosts = current::find(&mut tx, &identities).await?;
        let head = changes::head(&mut tx).await?;
        drop(tx);
        for (place, identity) in unheard {
            let host = hosts.remove(&identity);
            let write = &writes[group[place]];
            let outcome = compare(write, host.as_ref(), head);
            let answer = outcome.answer;
            outcomes[place] = Some(outcome);
            let Some(host) = host else { continue };
            self.heard.learn(&host);
            if answer == Answer::ReportNow {
                continue;
            }
            let awaited = awaited::awaited(&host, write.checkin.sections.iter(), write.received_at);
            if awaited != host.awaited {
                noted.awaited.insert(host.row.id, (place, host, awaited));
            } else if answer == Answer::Known {
                let (id, revision, run) = (host.row.id, host.row.revision, host.row.run_revision);
                noted.same.push(Same { place, identity, id, revision, run });
            }
        }
        Ok(())
    }

    /// Writes what a group says, in one transaction.
    async fn note_group(
        &self,
        writes: &[CheckInWrite],
        group: &[usize],
        noted: Notes,
        outcomes: &mut [Option<CheckInOutcome>],
    ) -> Result<()> {
        let Notes { mut same, awaited } = noted;
        // In the order of hosts, so that two servers never wait for one another in a circle.
        same.sort_by_key(|same| same.id);
        let mut tx = self.write().await?;
        let written = note_same(&mut tx, &same, |place| &writes[group[place]]).await?;
        let mut hosts: Vec<(usize, HostId)> = Vec::with_capacity(same.len() + awaited.len());
        for one in &same {
            if written.contains(&one.id) {
                hosts.push((one.place, one.id));
            } else {
                outcomes[one.place] = None;
                self.heard.forget(&one.identity);
            }
        }
        let mut others = Vec::with_capacity(awaited.len());
        for (id, (place, mut host, awaited)) in awaited {
            let write = &writes[group[place]];
            let is_written = if is_known(&outcomes[place]) {
                note(&mut host, write);
                let is_written = current::replace(&mut tx, &host.row).await?;
                if is_written {
                    tx.run(RUN, args![host.row.observed_at, id, host.row.run_revision]).await?;
                    awaited::write(&mut tx, id, &awaited).await?;
                }
                is_written
            } else {
                awaited::write_unless_changed(&mut tx, id, host.row.revision, &awaited).await?
            };
            let outcome = &mut outcomes[place];
            if !is_written {
                *outcome = None;
                continue;
            }
            host.awaited.clone_from(&awaited);
            others.push(host);
            if let Some(outcome) = outcome {
                outcome.awaited = Some(awaited.into_iter().collect());
            }
            hosts.push((place, id));
        }
        // One entry for the group: an entry a host and hour would be most of the log.
        hosts.sort_by_key(|(_, id)| *id);
        let ids: Vec<HostId> = hosts.iter().map(|(_, id)| *id).collect();
        let latest = hosts.iter().map(|(place, _)| writes[group[*place]].received_at).max();
        let changes = latest.map(|at| NewChange {
            at,
            cause: Cause::CheckIn,
            host: None,
            sequence: None,
            what: serde_json::json!({ "hosts": ids }),
        });
        let seq = changes::commit(tx, changes.into_iter().collect()).await?;
        for same in same.iter().filter(|same| written.contains(&same.id)) {
            self.heard.wrote(&same.identity, same.revision);
        }
        others.iter().for_each(|host| self.heard.learn(host));
        for (place, _) in hosts {
            if let (Some(outcome), Some(seq)) = (&mut outcomes[place], seq) {
                outcome.seq = seq;
            }
        }
        Ok(())
    }
}

const RUN: &str = "UPDATE scans SET last_at = ?, count = count + 1 WHERE host_id = ? AND revision = ?";

/// What a group has to write.
#[derive(Default)]
struct Notes {
    /// Hosts that are as they were.
    same: Vec<Same>,
    /// Hosts of which other sections are awaited than before, with what is.
    awaited: BTreeMap<HostId, (usize, Current, Awaited)>,
}

/// A host that is as it was, nothing of it awaited.
struct Same {
    /// Its check-in's place in the group.
    place: usize,
    identity: Identity,
    id: HostId,
    /// That it was compared at.
    revision: i64,
    /// With which its run of scans began.
    run: i64,
}

/// Notes that hosts are as they were, all with two statements. Those for which that was written: the others were
/// changed meanwhile.
async fn note_same<'w>(
    tx: &mut Tx,
    same: &[Same],
    write: impl Fn(usize) -> &'w CheckInWrite,
) -> Result<BTreeSet<HostId>> {
    // A host of which something is awaited is not as it was, should another server have noted that.
    const HOSTS: &str = "UPDATE hosts SET revision = hosts.revision + 1,
            last_seen_at = CASE WHEN v.column3 > hosts.last_seen_at THEN v.column3 ELSE hosts.last_seen_at END,
            observed_at = CASE WHEN v.column4 > hosts.observed_at THEN v.column4 ELSE hosts.observed_at END,
            clock_skew = v.column5, agent_name = v.column6, agent_version = v.column7, heartbeat = v.column8
        FROM (VALUES {}) AS v
        WHERE hosts.id = v.column1 AND hosts.revision = v.column2
            AND NOT EXISTS (SELECT 1 FROM awaited_sections a WHERE a.host_id = hosts.id)
        RETURNING id";
    const RUNS: &str = "UPDATE scans SET count = scans.count + 1,
            last_at = CASE WHEN v.column3 > scans.last_at THEN v.column3 ELSE scans.last_at END
        FROM (VALUES {}) AS v
        WHERE scans.host_id = v.column1 AND scans.revision = v.column2
        RETURNING host_id";
    if same.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (mut hosts, mut looks) = (Vec::with_capacity(same.len()), Vec::with_capacity(same.len()));
    for one in same {
        let CheckInWrite { checkin, received_at, .. } = write(one.place);
        let received = stored(*received_at);
        let (observed, skew) = clamp(checkin.observed_at, received, None);
        let agent = &checkin.agent;
        hosts.push(args![
            one.id,
            one.revision,
            received,
            observed,
            skew,
            &agent.name,
            &agent.version,
            json(&checkin.heartbeat)?
        ]);
        looks.push((one.id, args![one.id, one.run, observed]));
    }
    let nobody = args![-1_i64, 0_i64, 0_i64, 0_i64, 0_i64, "", "", ""];
    let written = tx.rows_joined(HOSTS, hosts, &nobody).await?;
    let written: BTreeSet<HostId> = written.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
    let looks = looks.into_iter().filter(|(id, _)| written.contains(id)).map(|(_, look)| look).collect();
    let nobody = args![-1_i64, 0_i64, 0_i64];
    tx.rows_joined(RUNS, looks, &nobody).await?;
    Ok(written)
}

/// The answer to a check-in that says nothing new.
fn known(entry: &Entry) -> CheckInOutcome {
    CheckInOutcome {
        host_id: Some(entry.id),
        answer: Answer::Known,
        sections: Vec::new(),
        awaited: None,
        next_sequence: plan::next_sequence(entry.sequence),
        seq: 0,
    }
}

/// A moment as it is stored: what is stored has microseconds.
fn stored(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// How far the host's clock is from the server's, in microseconds.
fn skew(write: &CheckInWrite) -> i64 {
    clamp(write.checkin.observed_at, write.received_at, None).1
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
    let clock = host.is_some_and(|host| is_ahead(skew(write)) != is_ahead(host.row.clock_skew));
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
    let received = stored(write.received_at);
    let (observed_at, skew) = clamp(write.checkin.observed_at, received, Some(row.observed_at));
    row.observed_at = observed_at;
    row.clock_skew = skew;
    row.last_seen_at = row.last_seen_at.max(received);
    row.agent = write.checkin.agent.clone();
    row.heartbeat = write.checkin.heartbeat.clone();
    row.revision += 1;
}
