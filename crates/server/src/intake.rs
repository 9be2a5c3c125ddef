//! The way in for reports: a bounded queue and one writer.
//!
//! The writer takes whatever waits, commits it to the record as one group, applies it to the index,
//! and only then answers each. While a commit is under way the next group gathers, so the cost of a
//! durable write is shared by all that wait for it. A full queue answers 503 at once; memory never
//! grows with the load.

use crate::api::error::{ApiError, ApiResult};
use crate::api::events::Cause;
use crate::app::App;
use fleet::Change;
use jiff::Timestamp;
use model::wire::{Accepted, Answer, CheckIn, SectionName};
use store::{CheckInWrite, Fate, Namespace, ReportWrite};
use tokio::sync::{Notify, mpsc, oneshot};

/// Reports and check-ins that may wait.
const QUEUE: usize = 256;
/// Most of them in one commit.
const GROUP: usize = 128;
/// The name space of the server's own host.
const OWN: Namespace = 0;

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

type Reply<T> = oneshot::Sender<store::Result<T>>;

enum Job {
    Report(Box<ReportWrite>, Reply<Taken>),
    CheckIn(Box<CheckInWrite>, Reply<CheckedIn>),
    /// Answered when everything before it is done.
    Drain(oneshot::Sender<()>),
}

/// The sending side.
#[derive(Debug)]
pub struct Intake {
    jobs: mpsc::Sender<Job>,
    closed: Notify,
}

/// The writer's side.
pub struct Work(mpsc::Receiver<Job>);

impl Intake {
    /// A queue.
    #[must_use]
    pub fn new() -> (Self, Work) {
        let (jobs, work) = mpsc::channel(QUEUE);
        (Self { jobs, closed: Notify::new() }, Work(work))
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> ApiResult<T> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .try_send(job(reply))
            .map_err(|_| ApiError::busy("More reports wait than the server can take at once.", 30))?;
        let answer = answer.await.map_err(|_| anyhow::anyhow!("the writer ended before it answered"))?;
        Ok(answer?)
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

    /// Waits until everything that was taken in is done.
    pub async fn drain(&self) {
        let (reply, done) = oneshot::channel();
        if self.jobs.send(Job::Drain(reply)).await.is_ok() {
            // The writer is gone: nothing is left to wait for.
            let _ = done.await;
        }
        self.closed.notify_waiters();
    }
}

impl Work {
    /// Works until the service ends.
    pub async fn run(mut self, app: App) {
        let mut jobs = Vec::with_capacity(GROUP);
        loop {
            tokio::select! {
                taken = self.0.recv_many(&mut jobs, GROUP) => if taken == 0 { return },
                () = app.ended(), if self.0.is_empty() => return,
            }
            group(&app, std::mem::take(&mut jobs)).await;
        }
    }
}

async fn group(app: &App, jobs: Vec<Job>) {
    let (mut reports, mut report_replies) = (Vec::new(), Vec::new());
    let (mut checkins, mut checkin_replies) = (Vec::new(), Vec::new());
    let mut drains = Vec::new();
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
            Job::Drain(reply) => drains.push(reply),
        }
    }
    if !reports.is_empty() {
        take_reports(app, reports, report_replies).await;
    }
    if !checkins.is_empty() {
        take_checkins(app, checkins, checkin_replies).await;
    }
    for reply in drains {
        // Whoever asked may have given up.
        let _ = reply.send(());
    }
}

async fn take_reports(app: &App, reports: Vec<ReportWrite>, replies: Vec<Reply<Taken>>) {
    let outcomes = app.store().reports_commit(reports).await;
    let mut changes = Vec::new();
    let mut seq = 0;
    for outcome in outcomes.iter().flatten().filter(|outcome| outcome.fate == Fate::Applied) {
        let Some(state) = &outcome.state else { continue };
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
    }
    app.apply(seq, changes, Cause::Report);
    for (outcome, reply) in outcomes.into_iter().zip(replies) {
        let taken = outcome.map(|outcome| Taken {
            host_id: outcome.host_id,
            seq: outcome.seq,
            duplicate: outcome.duplicate(),
            next_sequence: outcome.next_sequence,
            wanted: outcome.wanted,
        });
        // The sender may have hung up; what it sent is taken all the same.
        let _ = reply.send(taken);
    }
}

async fn take_checkins(app: &App, checkins: Vec<CheckInWrite>, replies: Vec<Reply<CheckedIn>>) {
    let heard: Vec<Timestamp> = checkins.iter().map(|write| write.received_at).collect();
    let outcomes = app.store().checkins_commit(checkins).await;
    let mut seq = 0;
    let mut changes = Vec::new();
    for (outcome, at) in outcomes.iter().zip(heard) {
        let Ok(outcome) = outcome else { continue };
        if let (Answer::Known, Some(host)) = (outcome.answer, outcome.host_id) {
            changes.push(Change::HostSeen { host: fleet::HostId(host), last_seen_at: at });
            seq = seq.max(outcome.seq);
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
        // As above.
        let _ = reply.send(checked);
    }
}
