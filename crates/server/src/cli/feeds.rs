//! `mendwatch feeds`: vendors' security data.

use super::DataArgs;
use super::output::Output;
use crate::api::feeds::{Feeds, SyncAsked, SyncResult};
use crate::local::Local;
use anyhow::Context as _;
use axum::body::Body;
use axum::http::Method;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataArgs,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List the feeds, with the age of what is in force
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch feeds from their vendors now: those named, or all that speak for your hosts
    Sync {
        /// Ids, as `mendwatch feeds list` shows them
        ids: Vec<String>,
        /// Take documents that shrank beyond measure or went back in time, too
        #[arg(long)]
        force: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a file that you fetched by other means (may be gz, xz, bz2 or zst)
    Import {
        /// The feed
        id: String,
        /// The file
        file: PathBuf,
        /// Take it although it shrank beyond measure or went back in time
        #[arg(long)]
        force: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// The largest document that is taken, as it comes.
const MOST_BYTES: u64 = 1 << 30;

/// Runs `mendwatch feeds`. Exit code 1 when a feed could not be had; the others are taken.
///
/// # Errors
/// When the data can't be reached.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    match args.what {
        What::List { json } => {
            let feeds: Feeds = args.data.open()?.get("/api/v1/feeds")?;
            if json {
                out.line(&serde_json::to_string_pretty(&feeds.items)?)?;
            } else {
                list(&feeds, out)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        What::Sync { ids, force, json } => {
            let local = args.data.open()?;
            let results: Vec<SyncResult> =
                local.json(&Method::POST, "/api/v1/feeds/sync", Some(&SyncAsked { ids, force }))?;
            show(&results, json, out)
        }
        What::Import { id, file, force, json } => {
            let result = import(&args.data.open()?, &id, &file, force)?;
            show(&[result], json, out)
        }
    }
}

fn import(local: &Local, id: &str, file: &PathBuf, force: bool) -> anyhow::Result<SyncResult> {
    let shown = file.display();
    let found = std::fs::metadata(file).with_context(|| format!("{shown} can't be read"))?;
    anyhow::ensure!(found.is_file(), "{shown} is not a file");
    anyhow::ensure!(found.len() <= MOST_BYTES, "{shown} has more than {MOST_BYTES} bytes");
    let bytes = std::fs::read(file).with_context(|| format!("{shown} can't be read"))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = format!("/api/v1/feeds/{}/import?name={}&force={force}", encode(id), encode(&name));
    let answer = local
        .send(&Method::POST, &path, "application/octet-stream", Body::from(bytes))
        .with_context(|| format!("{shown} is not taken"))?;
    Ok(serde_json::from_slice(&answer)?)
}

/// Percent-encoding of everything but what an address may hold anywhere (RFC 3986, unreserved).
fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn list(feeds: &Feeds, out: &mut Output) -> anyhow::Result<()> {
    for feed in &feeds.items {
        let state = match feed.state.as_str() {
            "in_force" => "in force",
            "too_old" => "too old",
            _ => "never fetched",
        };
        let of = feed.as_of.map(|at| format!("  data of {}", at.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
        let records = if feed.records > 0 { format!("  {} records", feed.records) } else { String::new() };
        let skipped = if feed.skipped > 0 { format!(", {} skipped", feed.skipped) } else { String::new() };
        out.line(&format!("{:<16} {state:<14}{of}{records}{skipped}", feed.id))?;
        out.line(&format!("{:16} {}", "", feed.title))?;
        if let Some(error) = &feed.error {
            out.line(&format!("{:16} last attempt failed: {error}", ""))?;
        }
    }
    Ok(())
}

fn show(results: &[SyncResult], json: bool, out: &mut Output) -> anyhow::Result<ExitCode> {
    if json {
        out.line(&serde_json::to_string_pretty(results)?)?;
    }
    let mut failed = false;
    for result in results {
        failed |= result.error.is_some();
        if json {
            continue;
        }
        match (&result.error, result.outcome.as_str()) {
            (Some(error), _) => {
                out.line(&format!("{}: failed: {error}", result.id))?;
            }
            (None, "unchanged") => {
                out.line(&format!("{}: nothing new, {} records in force", result.id, result.records))?;
            }
            _ => {
                out.line(&format!(
                    "{}: {} records in force ({} new, {} changed, {} gone, {} skipped)",
                    result.id, result.records, result.added, result.changed, result.removed, result.skipped
                ))?;
                for skipped in &result.skipped_first {
                    out.line(&format!("  skipped {}: {}", skipped.record, skipped.why))?;
                }
            }
        }
    }
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
