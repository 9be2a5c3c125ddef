//! `mendwatch simulate`: a fleet made from real package lists, into a data directory or against a server.

mod show;

use super::data::DataArgs;
use super::output::{Output, thousands};
use crate::data_dir::{DataDir, Held};
use crate::simulate::drive::{DriveOptions, Driven, drive};
use crate::simulate::fill::{FillOptions, Filled, count_only, fill};
use crate::simulate::stats::FleetStats;
use crate::simulate::{Fleet, images};
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use model::Clock as _;
use model::clock::SystemClock;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use store::Store;

/// What to make, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// How many hosts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    hosts: u64,
    /// The same seed gives the same hosts
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The moment of which the fleet is, such as 2026-11-22T00:00:00Z [default: the beginning of today, UTC]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Make hosts from the package lists in this folder in place of those that the program brings: reports (*.json) as mendwatch-agent print writes them, or images (*.jsonl)
    #[arg(long, value_name = "DIR")]
    inventories: Option<PathBuf>,
    /// With --data: reports of each host beside the first, with 20 packages in other versions each, spread over a year
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000), conflicts_with = "server")]
    changes: u32,
    /// Drive this server: check-ins of all hosts, and the reports it asks for
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// A token of its agents
    #[arg(long, env = "MENDWATCH_TOKEN", hide_env_values = true, value_name = "TOKEN", requires = "server")]
    token: Option<String>,
    /// With --server: connections at once
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=2048))]
    connections: u16,
    /// With --server: check-ins a second [default: as many as the server takes]
    #[arg(long, value_name = "N", value_parser = positive)]
    rate: Option<f64>,
    /// With --server: how long, such as 30s or 10m [default: until each host has checked in once]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<std::time::Duration>,
    /// With --server: percent of the check-ins that are of hosts with 20 packages in other versions
    #[arg(long, default_value_t = 2.0, value_name = "PERCENT", value_parser = percent)]
    changed: f64,
    /// Show what the fleet is: platforms, distinct packages, and one hash of all its reports
    #[arg(long)]
    stats: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0).ok_or("expected a number above 0".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=100.0).contains(share)).ok_or("expected 0 to 100".to_owned())
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let parsed: SignedDuration = text.parse().map_err(|error| format!("{error}"))?;
    let duration = std::time::Duration::try_from(parsed).map_err(|_| "expected a time above 0".to_owned())?;
    if duration.is_zero() { Err("expected a time above 0".to_owned()) } else { Ok(duration) }
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    hosts: u64,
    seed: u64,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fleet: Option<FleetStats>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<FilledOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    driven: Option<Driven>,
}

/// What was filled.
#[derive(Debug, Serialize)]
struct FilledOutcome {
    /// Reports that were taken.
    reports: u64,
    /// Reports that had been taken before.
    before: u64,
    /// How long it took.
    seconds: f64,
}

/// Runs `mendwatch simulate`.
///
/// # Errors
/// When the images can't be read, the data can't be reached or written, or the server does not take part.
pub fn run(args: &Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    if let (Some(server), Some(dir)) = (&args.server, args.data.named_on_command_line()) {
        bail!("both --server {server} and --data {}: the fleet is made in one place", dir.display());
    }
    let clock = SystemClock;
    let images = match &args.inventories {
        Some(folder) => images::of_folder(folder)?,
        None => images::embedded()?,
    };
    let at = args.at.unwrap_or_else(|| today(clock.now()));
    let fleet = Fleet::new(images, args.seed, args.hosts, at)?;
    let mut outcome = Outcome { hosts: args.hosts, seed: args.seed, at: at.to_string(), ..Outcome::default() };
    if let Some(server) = &args.server {
        outcome.driven = Some(driven(args, &fleet, server)?);
        outcome.fleet = args.stats.then(|| count_only(&fleet)).transpose()?;
    } else if args.data.named_on_command_line().is_some() {
        // The environment names the record of real hosts, for other commands.
        let start = Instant::now();
        let filled = filled(args, &fleet, clock.now())?;
        outcome.fleet = filled.stats;
        outcome.filled = Some(FilledOutcome {
            reports: filled.taken,
            before: filled.before,
            seconds: start.elapsed().as_secs_f64(),
        });
    } else if args.stats {
        outcome.fleet = Some(count_only(&fleet)?);
    } else {
        bail!(
            "where to? --data DIR fills a data directory, --server URL drives a server, --stats shows what would be made"
        );
    }
    if args.json {
        out.line(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        show::table(&outcome, out)?;
    }
    let failed = outcome.driven.is_some_and(|driven| !driven.errors.is_empty());
    Ok(if failed { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// The beginning of the day, so that what is made once a day and driven later is the same fleet.
fn today(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(86_400)).unwrap_or(now)
}

fn driven(args: &Args, fleet: &Fleet, server: &str) -> anyhow::Result<Driven> {
    let Some(token) = args.token.clone() else {
        bail!(
            "--server needs --token or MENDWATCH_TOKEN: `mendwatch tokens create` on the server's machine prints one"
        );
    };
    if !server.starts_with("http://") && !server.starts_with("https://") {
        bail!("--server {server}: expected http://ADDRESS or https://ADDRESS");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let changed_per_mille = (args.changed * 10.0).round() as usize;
    let options = DriveOptions {
        server: server.to_owned(),
        token,
        connections: usize::from(args.connections),
        rate: args.rate,
        duration: args.duration,
        changed_per_mille,
    };
    drive(fleet, &options, &SystemClock)
}

fn filled(args: &Args, fleet: &Fleet, now: Timestamp) -> anyhow::Result<Filled> {
    let dir = args.data.dir();
    let data = DataDir::create(&dir)?;
    let _lock = match data.hold()? {
        Held::ByUs(lock) => lock,
        Held::ByOther => bail!("a server holds {}: drive it with --server, or stop it first", dir.display()),
    };
    let location = args.data.location(&dir)?;
    let all = fleet.hosts() * u64::from(args.changes + 1);
    let style = ProgressStyle::with_template("{pos} of {len} reports  {per_sec}  {eta} left");
    let progress = ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let options = FillOptions { changes: args.changes, now, stats: args.stats };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let filled = runtime.block_on(async {
        let store = Store::open(&location, now).await?;
        let filled = fill(&store, fleet, options, |taken| progress.set_position(taken)).await;
        store.close().await;
        filled
    });
    progress.finish_and_clear();
    filled.with_context(|| {
        format!(
            "{} can't be filled to its end; {} reports are in it",
            dir.display(),
            thousands(usize::try_from(progress.position()).unwrap_or(usize::MAX))
        )
    })
}
