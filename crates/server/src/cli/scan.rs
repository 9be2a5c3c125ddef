//! `mendwatch scan`: this host, without a server.
//!
//! Reads files below the root and of a data directory that is at hand; executes nothing, takes no lock
//! and writes nothing, unless `--save` asks for it. Only a server that holds the data directory is
//! talked to, over its socket.

mod judge;
pub mod result;
mod save;
mod security;
mod table;
#[cfg(test)]
mod table_tests;
mod told;
mod worst;

use super::evaluate::source::SourceArgs;
use super::output::Output;
use anyhow::Context as _;
use model::Clock as _;
use model::clock::SystemClock;
use result::Scan;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use told::Told;

/// What to look at, and how to show it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes, for scripts and monitoring systems:
  0  scanned (with --fail-on: and nothing of that kind is pending)
  1  --fail-on: updates are pending, withheld ones included
  2  wrong use; there is no system below --root; --save failed; or, with --fail-on, no such update is
     known to be pending but not everything is known (what is not known is listed)")]
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
    /// Pending security updates, as repositories and, where these say nothing, findings have it
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
    if let Some(why) = collect::no_system(&root) {
        anyhow::bail!("{} is no system: {why}", args.root.display());
    }
    let collected = collect::collect(&root, &collect::Options::default());
    let records = told::updates(&collected);
    let mut told = Told::new(&collected, &records, args.json);
    let (judged, local) = judge::judge(&args.source, args.save, &collected, scanned_at, &mut told, out)?;
    let scan = Scan::new(&collected, judged, told.end(out)?, scanned_at);
    let took = began.elapsed();
    if args.json {
        told::print_rest(&scan, out)?;
    } else {
        let look = out.look();
        let lines = if args.why { table::why(&scan, look) } else { table::lines(&scan, look, took) };
        for line in lines {
            out.line(&line)?;
        }
    }
    out.flush()?;
    if args.save {
        let local = local.map_or_else(|| args.source.data().make(), Ok)?;
        let outcome = save::save(&local, &collected, scanned_at).context("the scan can't be saved")?;
        out.note(&outcome);
    }
    exit_code(args.fail_on, &scan)
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
    if pending > 0 {
        return Ok(ExitCode::FAILURE);
    }
    // Said before whatever else is not known: here something does wait.
    if fail_on == FailOn::Security
        && let Some(of_security) = scan.not_known.iter().find(|one| one.code == "security_unknown")
    {
        anyhow::bail!("whether security updates are pending is not known: {}", of_security.text.trim_end_matches('.'));
    }
    let Some(first) = scan.not_known.first() else { return Ok(ExitCode::SUCCESS) };
    let more = match scan.not_known.len() {
        1 => String::new(),
        count => format!(" (and {} more: `mendwatch scan`)", count - 1),
    };
    let first = first.text.trim_end_matches('.');
    anyhow::bail!("no such update is known to be pending, but not everything is known: {first}{more}")
}
