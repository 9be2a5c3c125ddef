//! The way in for reports: a bounded queue and one writer.
//!
//! The writer takes whatever waits, commits it to the record as one group, applies it to the index,
//! and only then answers each. While a commit is under way the next group gathers, so the cost of a
//! durable write is shared by all that wait for it. A full queue answers 503 at once; memory never
//! grows with the load.

use crate::api::error::{ApiError, ApiResult};
use crate::api::events::Cause;
use crate::app::App;
use crate::awaited::{self, Said};
use axum::http::StatusCode;
use fleet::Change;
use jiff::Timestamp;
use model::wire::{Accepted, Answer, CheckIn, SectionName};
use store::{CheckInOutcome, CheckInWrite, Fate, Namespace, ReportWrite};
use tokio::sync::{mpsc, oneshot, watch};

/// Reports and check-ins that may wait.
const QUEUE: usize = 256;
/// Most of them in one commit.
const GROUP: usize = 128;
/// The name space of the server's own host.
const OWN: Namespace = 0;
/// Who removed the server's own host when an agent's took its place.
const BY_SERVER: &str = "server";

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub enum Sender {
    /// The server itself, or the administrator of the machine over the socket.
    OwnHost,
    /// The holder of a token with this name space.
    Token(Namespace),
}

impl Sender {
    const fn namespace(self) -> Namespace {
        match self {
            Self::OwnHost => OWN,
            Self::Token(namespace) => namespace,
        }
    }
}

/// What became of a report.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The host's public id.
    pub host_id: i64,
    /// The number of the change.
    pub seq: i64,
    /// Nothing was changed: it had been taken before, or a later one had.
    pub duplicate: bool,
    /// What is known of the host was seen later.
    pub outdated: bool,
    /// Sections to be sent next.
    pub wanted: Vec<SectionName>,
    /// The number of the next report.
    pub next_sequence: u64,
}

/// The answer to a check-in.
#[derive(Debug, Clone)]
pub struct CheckedIn {
    /// Known, send, report now.
    pub answer: Answer,
    /// Sections to be sent.
    pub wanted: Vec<SectionName>,
    /// The number of the next report.
    pub next_sequence: u64,
    /// The number of the change.
    pub seq: i64,
}

type Reply<T> = oneshot::Sender<ApiResult<T>>;

enum Job {
    Report(Box<ReportWrite>, Reply<Taken>),
    CheckIn(Box<CheckInWrite>, Reply<CheckedIn>),
    /// What a report said that was refused, and when it came.
    Refused(Namespace, Said, Timestamp, Reply<()>),
    /// A host is removed, by whom. In the queue of the reports, so that record and index see both in
    /// the same order.
    Remove(i64, String, Reply<Option<i64>>),
}

/// The sending side.
#[derive(Debug)]
pub struct Intake {
    jobs: mpsc::Sender<Job>,
    done: watch::Receiver<()>,
}

/// The writer's side.
pub struct Work {
    jobs: mpsc::Receiver<Job>,
    /// Goes with the writer; by that [`Intake::drain`] knows that nothing is left.
    #[expect(dead_code, reason = "held for as long as the writer works")]
    done: watch::Sender<()>,
}

impl Intake {
    /// A queue.
    #[must_use]
    pub fn new() -> (Self, Work) {
        let (sender, jobs) = mpsc::channel(QUEUE);
        let (working, done) = watch::channel(());
        (Self { jobs: sender, done }, Work { jobs, done: working })
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> ApiResult<T> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .try_send(job(reply))
            .map_err(|_| ApiError::busy("More reports wait than the server can take at once.", 30))?;
        answer.await.map_err(|_| anyhow::anyhow!("the writer ended before it answered"))?
    }

    /// Takes a report; returns when it is durable and in the index.
    ///
    /// # Errors
    /// 503 when the queue is full; 500 when the record can't be written.
    pub async fn report(&self, sender: Sender, report: Accepted, received_at: Timestamp) -> ApiResult<Taken> {
        let write = Box::new(ReportWrite { namespace: sender.namespace(), report, received_at });
        self.ask(|reply| Job::Report(write, reply)).await
    }

    /// Answers a check-in; returns when what it says is durable.
    ///
    /// # Errors
    /// As [`Intake::report`].
    pub async fn checkin(&self, sender: Sender, checkin: CheckIn, received_at: Timestamp) -> ApiResult<CheckedIn> {
        let write = Box::new(CheckInWrite { namespace: sender.namespace(), checkin, received_at });
        self.ask(|reply| Job::CheckIn(write, reply)).await
    }

    /// Notes that what is on record of a host is outdated, since its report was refused.
    ///
    /// # Errors
    /// As [`Intake::report`].
    pub async fn refused(&self, sender: Sender, said: Said, received_at: Timestamp) -> ApiResult<()> {
        self.ask(|reply| Job::Refused(sender.namespace(), said, received_at, reply)).await
    }

    /// Removes a host in the name of `by`: when it returns, that is durable and no answer shows the
    /// host. The number of the change; `None` where there is no such host, or it was removed before.
    ///
    /// # Errors
    /// As [`Intake::report`].
    pub async fn remove(&self, host: i64, by: String) -> ApiResult<Option<i64>> {
        self.ask(|reply| Job::Remove(host, by, reply)).await
    }

    /// Waits until everything that was taken in is done, once the service is told to end.
    pub async fn drain(&self) {
        let mut done = self.done.clone();
        while done.changed().await.is_ok() {}
    }
}

impl Work {
    /// Works until the service ends and everything that was taken in by then is done.
    pub async fn run(mut self, app: App) {
        let mut jobs = Vec::with_capacity(GROUP);
        loop {
            let taken = tokio::select! {
                taken = self.jobs.recv_many(&mut jobs, GROUP) => taken,
                () = app.ended(), if !self.jobs.is_closed() => {
                    // A queue that is dropped unclosed could keep a job that was on its way in, and its
                    // sender waiting for ever. Closed, it ends after the last of them.
                    self.jobs.close();
                    continue;
                }
            };
            if taken == 0 {
                return;
            }
            group(&app, std::mem::take(&mut jobs)).await;
        }
    }
}

async fn group(app: &App, jobs: Vec<Job>) {
    let (mut reports, mut report_replies) = (Vec::new(), Vec::new());
    let (mut checkins, mut checkin_replies) = (Vec::new(), Vec::new());
    let (mut refusals, mut removals) = (Vec::new(), Vec::new());
    for job in jobs {
        match job {
            Job::Report(write, reply) => {
                reports.push(*write);
                report_replies.push(reply);
            }
            Job::CheckIn(write, reply) => {
                checkins.push(*write);
                checkin_replies.push(reply);
            }
            Job::Refused(namespace, said, at, reply) => refusals.push((namespace, said, at, reply)),
            Job::Remove(host, by, reply) => removals.push((host, by, reply)),
        }
    }
    if !reports.is_empty() {
        let (reports, replies) =
            of_others(app, reports, report_replies, |write| (write.namespace, write.report.machine_id.as_str())).await;
        take_reports(app, reports, replies).await;
    }
    if !checkins.is_empty() {
        let (checkins, replies) =
            of_others(app, checkins, checkin_replies, |write| (write.namespace, write.checkin.machine_id.as_str()))
                .await;
        take_checkins(app, checkins, replies).await;
    }
    for (namespace, said, at, reply) in refusals {
        // As below.
        let _ = reply.send(refused(app, namespace, &said, at).await.map_err(ApiError::from));
    }
    for (host, by, reply) in removals {
        // The asker may have hung up; the host is removed all the same.
        let _ = reply.send(remove(app, host, &by).await.map_err(ApiError::from));
    }
}

async fn refused(app: &App, namespace: Namespace, said: &Said, at: Timestamp) -> store::Result<()> {
    let Some(says) = app.store().host_says(namespace, &said.machine_id, &said.hashes, at).await? else { return Ok(()) };
    let awaited = awaited::of_sections(&says.sections);
    app.apply(says.seq, vec![Change::HostAwaited { host: fleet::HostId(says.host), awaited }], Cause::Report);
    Ok(())
}

async fn remove(app: &App, host: i64, by: &str) -> store::Result<Option<i64>> {
    let Some((removed, seq)) = app.store().host_remove(host, by, None, app.now()).await? else { return Ok(None) };
    app.apply(seq, vec![Change::HostGone(fleet::HostId(host))], Cause::Decision);
    tracing::info!(host.id = host, user.name = by, "a host was removed");
    if removed.namespace != OWN && app.own_host().is_machine(&removed.machine_id) {
        // Nobody else reports this machine now.
        app.own_host().ask();
    }
    Ok(Some(seq))
}

/// The server looks at its own host only while no agent reports the same machine: one machine is one
/// host (docs/decisions/0005).
#[must_use]
pub fn reported_by_agent(host: i64) -> ApiError {
    let why = format!(
        "An agent reports this machine as host {host}; the server takes no other reports of it. Remove host {host} if the agent is gone for good."
    );
    ApiError::new(StatusCode::CONFLICT, REPORTED_BY_AGENT, why)
}

/// The code of [`reported_by_agent`].
pub const REPORTED_BY_AGENT: &str = "reported_by_agent";

/// What is to be taken of a group: not what the server says of its own host while an agent reports
/// the same machine. That is answered here.
async fn of_others<W, T>(
    app: &App,
    writes: Vec<W>,
    replies: Vec<Reply<T>>,
    identity: impl Fn(&W) -> (Namespace, &str),
) -> (Vec<W>, Vec<Reply<T>>) {
    let mut kept = (Vec::with_capacity(writes.len()), Vec::with_capacity(replies.len()));
    for (write, reply) in writes.into_iter().zip(replies) {
        let (namespace, machine_id) = identity(&write);
        let refused = match namespace {
            OWN => agents_host(app, machine_id)
                .await
                .map_or_else(|error| Some(error.into()), |found| found.map(reported_by_agent)),
            _ => None,
        };
        match refused {
            // As in the other places: the sender may have hung up.
            Some(refused) => _ = reply.send(Err(refused)),
            None => {
                kept.0.push(write);
                kept.1.push(reply);
            }
        }
    }
    kept
}

/// The host under which an agent reports a machine. A host of the server's own for the same machine
/// is retired in its favour, should there still be one.
async fn agents_host(app: &App, machine_id: &str) -> store::Result<Option<i64>> {
    let hosts = app.store().hosts_of_machine(machine_id).await?;
    let Some(agents) = hosts.iter().rfind(|host| host.namespace != OWN).map(|host| host.id) else { return Ok(None) };
    if let Some((seq, gone)) = retire(app, &hosts, agents).await? {
        app.apply(seq, vec![gone], Cause::Decision);
    }
    Ok(Some(agents))
}

/// Retires the server's own host among those of one machine: the record keeps it and names its
/// successor, the index is to forget it.
async fn retire(app: &App, hosts: &[store::HostIdentity], agents: i64) -> store::Result<Option<(i64, Change)>> {
    let Some(own) = hosts.iter().find(|host| host.namespace == OWN) else { return Ok(None) };
    let removed = app.store().host_remove(own.id, BY_SERVER, Some(agents), app.now()).await?;
    Ok(removed.map(|(host, seq)| (seq, Change::HostGone(fleet::HostId(host.id)))))
}

async fn take_reports(app: &App, reports: Vec<ReportWrite>, replies: Vec<Reply<Taken>>) {
    let senders: Vec<(Namespace, String)> =
        reports.iter().map(|write| (write.namespace, write.report.machine_id.clone())).collect();
    let outcomes = app.store().reports_commit(reports).await;
    outcomes.iter().for_each(|outcome| app.writable().note(outcome));
    let mut changes = Vec::new();
    let mut seq = 0;
    for (outcome, (namespace, machine_id)) in outcomes.iter().zip(senders) {
        let Some(outcome) = outcome.as_ref().ok().filter(|outcome| outcome.fate == Fate::Applied) else { continue };
        let Some(state) = &outcome.state else { continue };
        if outcome.first || outcome.returned {
            let what = if outcome.first { "a new host reports" } else { "a host that was removed reports again" };
            tracing::info!(host.id = outcome.host_id, host.name = ?state.hostname, host.platform = %state.platform, "{what}");
        }
        let packages = outcome.packages.iter().map(|(id, package)| (fleet::PackageId(*id), package.clone()));
        changes.push(Change::PackageIds(packages.collect()));
        match app.platform_rules().ensure(app, &state.platform).await {
            Ok(Some(rules)) => changes.push(Change::Rules { platform: state.platform.clone(), rules }),
            Ok(None) => {}
            // The host is in the record; its packages stay not assessed until the next reload.
            Err(error) => {
                tracing::error!(platform = %state.platform, error = format!("{error:#}"), "rules could not be loaded");
            }
        }
        changes.push(Change::Host(Box::new(crate::facts::facts(state, app.config().interval))));
        seq = seq.max(outcome.seq);
        // In the batch in which the agent's host comes, so that no answer counts the machine twice.
        if namespace != OWN && (outcome.first || outcome.returned) {
            match retired(app, &machine_id, outcome.host_id).await {
                Ok(Some((retired, gone))) => {
                    changes.push(gone);
                    seq = seq.max(retired);
                    app.own_host().ask();
                }
                Ok(None) => {}
                // The own host's next look finds the agent's host and retires its own then.
                Err(error) => tracing::error!(%error, "the server's own host could not be retired"),
            }
        }
    }
    app.apply(seq, changes, Cause::Report);
    for (outcome, reply) in outcomes.into_iter().zip(replies) {
        let taken = outcome.map(|outcome| Taken {
            host_id: outcome.host_id,
            seq: outcome.seq,
            duplicate: outcome.duplicate(),
            outdated: outcome.fate == Fate::OutOfOrder,
            next_sequence: outcome.next_sequence,
            wanted: outcome.wanted,
        });
        let taken = taken.map_err(ApiError::from);
        // The sender may have hung up; what it sent is taken all the same.
        let _ = reply.send(taken);
    }
}

async fn retired(app: &App, machine_id: &str, agents: i64) -> store::Result<Option<(i64, Change)>> {
    retire(app, &app.store().hosts_of_machine(machine_id).await?, agents).await
}

async fn take_checkins(app: &App, checkins: Vec<CheckInWrite>, replies: Vec<Reply<CheckedIn>>) {
    let heard: Vec<Timestamp> = checkins.iter().map(|write| write.received_at).collect();
    let outcomes = app.store().checkins_commit(checkins).await;
    // A check-in that only asks for a report writes nothing, and says nothing of the record.
    let tells = |outcome: &&store::Result<CheckInOutcome>| {
        outcome.as_ref().map_or(true, |outcome| outcome.answer == Answer::Known)
    };
    outcomes.iter().filter(tells).for_each(|outcome| app.writable().note(outcome));
    let mut seq = 0;
    let mut changes = Vec::new();
    for (outcome, at) in outcomes.iter().zip(heard) {
        let Ok(CheckInOutcome { host_id: Some(host), answer, awaited, seq: noted, .. }) = outcome else { continue };
        let host = fleet::HostId(*host);
        if *answer == Answer::Known {
            changes.push(Change::HostSeen { host, last_seen_at: at });
            seq = seq.max(*noted);
        }
        if let Some(awaited) = awaited {
            changes.push(Change::HostAwaited { host, awaited: awaited::of_sections(awaited) });
            seq = seq.max(*noted);
        }
    }
    app.apply(seq, changes, Cause::Report);
    for (outcome, reply) in outcomes.into_iter().zip(replies) {
        let checked = outcome.map(|outcome| CheckedIn {
            answer: outcome.answer,
            wanted: outcome.sections,
            next_sequence: outcome.next_sequence,
            seq: outcome.seq,
        });
        let checked = checked.map_err(ApiError::from);
        // As above.
        let _ = reply.send(checked);
    }
}
