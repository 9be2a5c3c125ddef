//! The server's own host, looked at as an agent would: check-in by hashes, then what is wanted.
//!
//! Where an agent reports the same machine, this job stands down, for as long as the agent's host
//! is not removed: a silent agent is a silent host, which is to be seen and not papered over.

use crate::app::App;
use crate::intake::{REPORTED_BY_AGENT, Sender};
use anyhow::Context as _;
use collect::{Options, Root};
use model::wire::{self, AgentInfo, Answer, CheckIn, Collected, FORMAT, Report};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is known of the server's own host.
#[derive(Debug, Default)]
pub struct OwnHost {
    asked: tokio::sync::Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Its machine id at the last look.
    machine_id: String,
    /// The host under which an agent reports it.
    agents: Option<i64>,
}

impl OwnHost {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a look. Without the job, nobody hears.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Resolves when somebody asked for a look.
    async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Whether this is its machine id. `false` before the first look.
    #[must_use]
    pub fn is_machine(&self, machine_id: &str) -> bool {
        self.state().machine_id == machine_id
    }

    /// The host under which an agent reports this machine, as of the last look.
    #[must_use]
    pub fn agents(&self) -> Option<i64> {
        self.state().agents
    }

    /// Takes note of who reports this machine; a change of that is logged, once.
    fn note(&self, machine_id: &str, agents: Option<i64>) {
        let mut state = self.state();
        machine_id.clone_into(&mut state.machine_id);
        match (state.agents, agents) {
            (None, Some(host)) => {
                tracing::info!(host, "an agent reports this machine: the server no longer looks at it itself");
            }
            (Some(host), None) => {
                tracing::info!(host, "the agent's host is gone: the server looks at this machine itself again");
            }
            _ => {}
        }
        state.agents = agents;
    }
}

/// What a look found.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The host's name.
    pub hostname: String,
    /// Installed packages; none where the database could not be read.
    pub packages: Option<usize>,
    /// Pending security updates and others; none where the lists could not be read.
    pub updates: Option<(usize, usize)>,
    /// How long collecting took.
    pub took: Duration,
    /// The host under which an agent reports this machine; then nothing of the look was taken.
    pub agents: Option<i64>,
}

/// The name under which the binary reports.
#[must_use]
pub fn agent_info() -> AgentInfo {
    AgentInfo { name: "mendwatch".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Looks at the host each interval and whenever somebody asks, until the service ends.
pub async fn run(app: App) {
    let interval = Duration::from_secs(u64::from(app.interval_seconds()));
    loop {
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = app.own_host().asked() => {}
            () = app.ended() => return,
        }
        if let Err(error) = look(&app).await {
            tracing::error!(error = format!("{error:#}"), "the server's own host could not be looked at");
        }
    }
}

/// Looks at the host once and takes in what changed, unless an agent reports this machine.
///
/// # Errors
/// When nothing can be collected at all, or the record can't be written.
pub async fn look(app: &App) -> anyhow::Result<Looked> {
    let start = Instant::now();
    let observed_at = app.now();
    let collected = tokio::task::spawn_blocking(move || {
        let root = Root::new("/").context("/ can't be opened")?;
        anyhow::Ok(collect::collect(&root, &Options::default()))
    })
    .await??;
    let took = start.elapsed();
    let checkin = CheckIn {
        format: FORMAT,
        agent: agent_info(),
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at,
        sections: collected.digests()?,
        labels: None,
        heartbeat: collected.heartbeat.clone(),
    };
    let answer = match app.intake().checkin(Sender::OwnHost, checkin, app.now()).await {
        Ok(answer) => answer,
        Err(error) if error.code() == REPORTED_BY_AGENT => {
            let hosts = app.store().hosts_of_machine(&collected.machine_id).await?;
            let agents = hosts.last().map(|host| host.id);
            app.own_host().note(&collected.machine_id, agents);
            return Ok(looked(&collected, took, agents));
        }
        Err(error) => return Err(failure(&error)),
    };
    app.own_host().note(&collected.machine_id, None);
    if answer.answer != Answer::Known {
        let wanted = (answer.answer == Answer::Send).then_some(answer.wanted.as_slice());
        let report = wire::write_report(&collected, agent_info(), answer.next_sequence, observed_at, wanted)?;
        take(app, &report).await?;
    }
    Ok(looked(&collected, took, None))
}

/// Takes a report of this host, checked like any other.
async fn take(app: &App, report: &Report) -> anyhow::Result<()> {
    let body = serde_json::to_vec(report)?;
    let accepted = wire::read_report(&body, app.limits()).context("the report of this host is not sound")?;
    app.intake().report(Sender::OwnHost, accepted, app.now()).await.map_err(|error| failure(&error))?;
    Ok(())
}

fn failure(error: &crate::api::error::ApiError) -> anyhow::Error {
    anyhow::anyhow!("{}", error.detail())
}

fn looked(collected: &Collected, took: Duration, agents: Option<i64>) -> Looked {
    let updates = collected.updates.as_ref().ok().map(|updates| {
        let security = updates.records.iter().filter(|update| update.security).count();
        (security, updates.records.len() - security)
    });
    Looked {
        hostname: collected.hostname.clone(),
        packages: collected.packages.as_ref().ok().map(|packages| packages.records.len()),
        updates,
        took,
        agents,
    }
}
