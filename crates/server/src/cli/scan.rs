//! `mendwatch scan`: this host, without a server.
//!
//! Reads files below the root, executes nothing, takes no lock, opens no socket and writes nothing,
//! unless `--save`, `--data` or `MENDWATCH_DATA` name a data directory: its own database then does
//! what databases do.

pub mod result;
mod save;
mod table;
#[cfg(test)]
mod table_tests;

use super::evaluate::judged::Judged;
use super::evaluate::source::{Judge, SourceArgs};
use super::output::Output;
use crate::local::Local;
use anyhow::Context as _;
use model::clock::SystemClock;
use model::inventory::inventory;
use model::wire::Collected;
use model::{Clock as _, Platform};
use result::Scan;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What to look at, and how to show it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes, for scripts and monitoring systems:
  0  scanned (with --fail-on: and nothing of that kind is pending)
  1  --fail-on: updates are pending, withheld ones included
  2  wrong use, or the answer is not known: the updates could not be read, or --save failed")]
pub struct Args {
    /// Look at the system below this directory instead of /
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Everything as one JSON object
    #[arg(long)]
    json: bool,
    /// List what is not assessed or could not be read, with the reasons
    #[arg(long, conflicts_with = "json")]
    why: bool,
    /// Keep the scan in the data directory, through the running server if there is one
    #[arg(long)]
    save: bool,
    /// Exit with 1 when updates of this kind are pending
    #[arg(long, value_name = "KIND")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    source: SourceArgs,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Pending security updates
    Security,
    /// Any pending updates
    Any,
}

/// Runs `mendwatch scan`.
///
/// # Errors
/// When the root can't be opened, a feed can't be read, saving fails, or `--fail-on` can't be
/// answered.
#[expect(clippy::needless_pass_by_value, reason = "every command is handed its arguments")]
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let scanned_at = SystemClock.now();
    let root =
        collect::Root::new(&args.root).with_context(|| format!("the root {} can't be opened", args.root.display()))?;
    let collected = collect::collect(&root, &collect::Options::default(), &SystemClock);
    let (judged, local) = judge(&args, &collected, out)?;
    let scan = Scan::new(&collected, judged, scanned_at);
    let took = began.elapsed();
    if args.json {
        out.line(&serde_json::to_string_pretty(&scan)?)?;
    } else {
        let look = out.look();
        let lines = if args.why { table::why(&scan, look) } else { table::lines(&scan, look, took) };
        for line in lines {
            out.line(&line)?;
        }
    }
    out.flush()?;
    if args.save {
        let local = local.map_or_else(|| args.source.data().open(), Ok)?;
        let outcome = save::save(&local, &collected, scanned_at).context("the scan can't be saved")?;
        out.note(&outcome);
    }
    exit_code(args.fail_on, &scan)
}

/// Judges what is installed, by what is at hand. A data directory that can't be reached is said to
/// be, and the scan goes on without it.
fn judge(args: &Args, collected: &Collected, out: &mut Output) -> anyhow::Result<(Judged, Option<Local>)> {
    let (Ok(host), Ok(packages)) = (&collected.host, &collected.packages) else {
        return Ok((Judged::default(), None));
    };
    let platform = Platform::of_os(&host.os);
    let entries = inventory(&platform, packages, collected.runtime.as_ref().ok());
    let wants_data = !args.source.has_feeds() && (args.save || args.source.data().data.is_some());
    if wants_data {
        let (request_host, lines) = save::request_parts(collected, packages);
        let request = super::evaluate::source::Request { platform: &platform, host: &request_host, packages: &lines };
        match args.source.judge(&platform, out).and_then(|judge| Ok((judge.evaluate(&request)?, judge))) {
            Ok((judged, Judge::There(local))) => return Ok((judged, Some(local))),
            Ok((judged, Judge::Here(_))) => return Ok((judged, None)),
            Err(error) => out.note(&format!("vulnerabilities are not assessed: {error:#}")),
        }
    }
    let rules = args.source.rules(&platform, out)?;
    let mut judged = Judged::by(&rules, &entries, &[]);
    if !args.source.has_feeds() && !wants_data {
        point_to_data(&mut judged, &args.source.data().dir());
    }
    Ok((judged, None))
}

/// Where nothing was judged by and a data directory lies in its usual place, fetching feeds once more
/// would mend nothing: the scan has to be told of it. It is not opened unasked, since its database
/// locks and writes.
fn point_to_data(judged: &mut Judged, dir: &Path) {
    if !dir.is_dir() {
        return;
    }
    for group in judged.not_assessed.iter_mut().filter(|group| group.code == "no_feed" && group.command.is_some()) {
        group.reason = "no feed was asked".to_owned();
        group.command = Some(format!("mendwatch scan --data {}", dir.display()));
    }
}

fn exit_code(fail_on: Option<FailOn>, scan: &Scan) -> anyhow::Result<ExitCode> {
    let Some(fail_on) = fail_on else { return Ok(ExitCode::SUCCESS) };
    let (Some(security), Some(other)) = (scan.counts.security_updates, scan.counts.other_updates) else {
        let reason = scan.unavailable(model::wire::SectionName::Updates).unwrap_or("not collected");
        anyhow::bail!("whether updates are pending is not known: {reason}");
    };
    let pending = match fail_on {
        FailOn::Security => security,
        FailOn::Any => security + other,
    };
    Ok(if pending > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
