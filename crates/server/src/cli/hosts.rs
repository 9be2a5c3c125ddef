//! `mendwatch hosts`: the hosts that report.

use super::data::DataArgs;
use super::hosts_import;
use super::output::columns::{Cell, Column, table};
use super::output::{Output, counted, minute, printable, styles, thousands, when};
use crate::api::types::NotAssessed;
use crate::local::{Local, encode};
use crate::not_known::NotKnown;
use anyhow::{bail, ensure};
use axum::body::Body;
use axum::http::Method;
use jiff::Timestamp;
use model::Clock as _;
use model::clock::SystemClock;
use serde::Deserialize;
use serde_json::Value;
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
    /// List hosts, those with the most security updates first
    List {
        /// Which: a query as in the dashboard's list of hosts, such as reboot:yes
        query: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one host
    Show {
        /// Its number in the list, or its name
        host: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take reports from files that `mendwatch-agent print` wrote, where no network brings them
    Import {
        /// One report each; - is standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Take a host out of all lists and counts; what is known of it stays, and it comes back when it reports
    Remove {
        /// Its number in the list, or its whole name
        host: String,
    },
}

/// Most hosts that are named where a name fits several.
const MOST_NAMED: usize = 20;

/// Rows asked for at a time; the most that the API gives.
pub(super) const PAGE: usize = 500;

/// Runs `mendwatch hosts`.
///
/// # Errors
/// When there is no data directory, it can't be reached, or there is no such host.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    // A text that is no query needs no data to be refused, and is shown with its place.
    if let What::List { query: Some(query), .. } = &args.what {
        super::query::check(query)?;
    }
    // A report may be the first thing that a data directory is given.
    let local = if matches!(args.what, What::Import { .. }) { args.data.open_or_make() } else { args.data.open() }?;
    match args.what {
        What::List { query, json } => {
            let (hosts, lacks) = all(query.as_deref().unwrap_or_default(), |path| local.get(path))?;
            if json {
                out.line(&serde_json::to_string_pretty(&hosts)?)?;
            } else {
                lacking(&lacks, out)?;
                list(serde_json::from_value(Value::Array(hosts))?, out)?;
            }
        }
        What::Import { files } => return hosts_import::run(&local, &files, out),
        What::Show { host, json } => {
            let id = number(&local, &host, Fit::Part)?;
            let host: Value = local.get(&format!("/api/v1/hosts/{id}"))?;
            if json {
                out.line(&serde_json::to_string_pretty(&host)?)?;
            } else {
                show(&serde_json::from_value(host)?, out)?;
            }
        }
        What::Remove { host } => {
            let id = number(&local, &host, Fit::Whole)?;
            let path = format!("/api/v1/hosts/{id}");
            let removed: Named = local.get(&path)?;
            local.send(&Method::DELETE, &path, "application/json", Body::empty())?;
            out.line(&format!("Removed host {id} ({}).", printable(&removed.hostname)))?;
            out.line(
                "What is known of it stays on record; it comes back under the same number when it reports \
                 (`mendwatch-agent once` on it, or `mendwatch hosts import FILE` here).",
            )?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// How much of a host's name must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// A part that only one name has will do.
    Part,
    Whole,
}

/// The number of a host that was named by its number or its name.
fn number(local: &Local, host: &str, fit: Fit) -> anyhow::Result<i64> {
    if let Ok(id) = host.parse() {
        return Ok(id);
    }
    // Names have no quotes and no white space: what has is no name.
    ensure!(!host.is_empty() && !host.contains(['"', '\\']), "'{}' is no host's name", host.escape_debug());
    // Of the rows nothing but number and name is looked at.
    let (rows, _) = all(&format!("\"{host}\""), |path| local.get_names(path))?;
    let rows: Vec<Row> = serde_json::from_value(Value::Array(rows))?;
    let is_named = |row: &&Row| row.hostname.eq_ignore_ascii_case(host);
    let mut found: Vec<&Row> = rows.iter().filter(is_named).collect();
    if found.is_empty() && fit == Fit::Part {
        found = rows.iter().collect();
    }
    match found.as_slice() {
        [] if fit == Fit::Whole && !rows.is_empty() => {
            bail!("there is no host named '{}'; give the whole name, or the number", host.escape_debug())
        }
        [] => bail!("there is no host named '{}'", host.escape_debug()),
        [one] => Ok(one.id),
        many => {
            let names: Vec<_> =
                many.iter().take(MOST_NAMED).map(|row| format!("{} {}", row.id, row.hostname)).collect();
            let more = match many.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {} more", thousands(more)),
            };
            bail!(
                "{} hosts have '{host}' {} their names; name one by its number: {}{more}",
                many.len(),
                if fit == Fit::Whole { "as" } else { "in" },
                names.join(", ")
            )
        }
    }
}

/// What is shown of a host; `--json` gives everything that the API says.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    id: i64,
    hostname: String,
    platform: String,
    os_name: String,
    freshness: String,
    updates_known: bool,
    not_known: Vec<NotKnown>,
    security_updates: usize,
    other_updates: usize,
    withheld_updates: usize,
    open_findings: usize,
    assessed: bool,
    #[serde(default)]
    reboot_required: Option<bool>,
    packages: usize,
    last_seen_at: Timestamp,
}

/// The name of a host.
#[derive(Debug, Deserialize)]
struct Named {
    hostname: String,
}

#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(flatten)]
    row: Row,
    summary: String,
    machine_id: String,
    #[serde(default)]
    possible_clones: Vec<Speaker>,
    assessment: Assessment,
}

#[derive(Debug, Deserialize)]
struct Assessment {
    assessed: usize,
    reasons: Vec<NotAssessed>,
}

#[derive(Debug, Deserialize)]
struct Speaker {
    hostname: String,
    boot_id: String,
    last_seen_at: Timestamp,
}

/// What an answer lacks, a line each.
pub(super) fn lacking(lacks: &[String], out: &mut Output) -> std::io::Result<()> {
    for lack in lacks {
        let mark = out.look().paint(styles::WARNING, out.look().symbol("▲", "!"));
        out.line(&format!("{mark} {}", printable(lack)))?;
    }
    Ok(())
}

/// A page of hosts.
#[derive(Deserialize)]
struct Page {
    items: Vec<Value>,
    #[serde(default)]
    next_cursor: Option<String>,
    lacks: Vec<String>,
}

/// Every host that the query keeps, and what that answer lacks.
fn all(query: &str, get: impl Fn(&str) -> anyhow::Result<Page>) -> anyhow::Result<(Vec<Value>, Vec<String>)> {
    let mut hosts = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(&format!("/api/v1/hosts?limit={PAGE}&q={}{cursor}", encode(query)))?;
        hosts.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={}", encode(&next)),
            None => return Ok((hosts, page.lacks)),
        }
    }
}

const COLUMNS: &[Column] = &[
    Column { title: "ID", right: true, yields: 0 },
    Column { title: "HOST", right: false, yields: 1 },
    Column { title: "PLATFORM", right: false, yields: 2 },
    Column { title: "SEEN", right: false, yields: 0 },
    Column { title: "SECURITY", right: true, yields: 0 },
    Column { title: "OTHERS", right: true, yields: 0 },
    Column { title: "WITHHELD", right: true, yields: 0 },
    Column { title: "CVES", right: true, yields: 0 },
    Column { title: "NOTE", right: false, yields: 0 },
];

pub(super) fn list(hosts: Vec<Row>, out: &mut Output) -> std::io::Result<()> {
    if hosts.is_empty() {
        return out.line("No hosts.");
    }
    let row = |host: Row| {
        // What waits is not nothing where no report has said it.
        let waits = |count: usize| if host.updates_known { thousands(count) } else { "?".to_owned() };
        let (security, others, withheld) =
            (waits(host.security_updates), waits(host.other_updates), waits(host.withheld_updates));
        // Each in its words: `lists old`, `possible clones`.
        let reboot = (host.reboot_required == Some(true)).then(|| "reboot required".to_owned());
        let note: Vec<String> =
            reboot.into_iter().chain(host.not_known.iter().map(|one| one.code.replace('_', " "))).collect();
        let note = note.join(", ");
        vec![
            Cell::from(host.id.to_string()),
            Cell::from(host.hostname).styled(styles::STRONG),
            Cell::from(host.platform),
            Cell::from(seen(&host.freshness, host.last_seen_at)),
            Cell::from(security),
            Cell::from(others),
            Cell::from(withheld),
            // What was not judged is not free of CVEs.
            Cell::from(match (host.open_findings, host.assessed) {
                (0, false) => "?".to_owned(),
                (open, _) => thousands(open),
            }),
            Cell::from(note).styled(styles::WARNING),
        ]
    };
    let rows: Vec<_> = hosts.into_iter().map(row).collect();
    for line in table(out.look(), 0, COLUMNS, &rows) {
        out.line(&line)?;
    }
    Ok(())
}

/// `fresh`, `late since 2026-11-22 06:12 UTC`
fn seen(freshness: &str, at: Timestamp) -> String {
    if freshness == "fresh" { freshness.to_owned() } else { format!("{freshness} since {}", minute(at)) }
}

/// The summary without what is listed below it, each with what mends it.
fn answer(summary: &str, not_known: &[NotKnown]) -> String {
    let without = not_known.iter().fold(summary.to_owned(), |text, one| text.replace(&one.text, ""));
    without.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why packages are not assessed, with the command that mends it.
fn not_assessed(assessment: &Assessment, open: usize, out: &mut Output) -> std::io::Result<()> {
    for reason in &assessment.reasons {
        let packages = usize::try_from(reason.packages).unwrap_or(usize::MAX);
        let what = match (assessment.assessed, open) {
            (0, 0) if assessment.reasons.len() == 1 => "nothing is assessed".to_owned(),
            // Lists that only name fixes give findings without assessing anything.
            (0, _) if assessment.reasons.len() == 1 => "nothing else is assessed".to_owned(),
            _ => format!("{} not assessed", counted(packages, "package", "packages")),
        };
        let mark = out.look().paint(styles::WARNING, out.look().symbol("▨", "?"));
        out.line(&format!("  {mark} {what}: {}", printable(&reason.reason)))?;
        if let Some(command) = &reason.command {
            out.line(&format!("    to mend it: `{}`", printable(command)))?;
        }
    }
    Ok(())
}

fn show(host: &Detail, out: &mut Output) -> std::io::Result<()> {
    let Detail { row, summary, machine_id, possible_clones, assessment } = host;
    let name = out.look().paint(styles::STRONG, &printable(&row.hostname));
    out.line(&format!("{name}  {}  {}", printable(&row.os_name), counted(row.packages, "package", "packages")))?;
    out.line(&format!("  {}", printable(&answer(summary, &row.not_known))))?;
    if row.updates_known {
        out.line(&format!(
            "  {:<10}  {}, {}, {} withheld",
            "updates",
            counted(row.security_updates, "security update", "security updates"),
            counted(row.other_updates, "other", "others"),
            thousands(row.withheld_updates)
        ))?;
    }
    for one in &row.not_known {
        let remedy = one.remedy.as_ref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
        let mark = out.look().paint(styles::WARNING, out.look().symbol("▲", "!"));
        out.line(&format!("  {mark} {}", printable(&format!("{}{remedy}", one.text))))?;
    }
    not_assessed(assessment, row.open_findings, out)?;
    for speaker in possible_clones {
        let boot = if speaker.boot_id.is_empty() { String::new() } else { format!(", boot {}", speaker.boot_id) };
        let words = format!("heard as {}{boot}, last {}", speaker.hostname, minute(speaker.last_seen_at));
        out.line(&format!("    {}", printable(&words)))?;
    }
    for (name, value) in [
        ("last seen", format!("{}, {}", when(row.last_seen_at, SystemClock.now()), row.freshness)),
        ("machine id", machine_id.clone()),
        ("number", row.id.to_string()),
    ] {
        out.line(&format!("  {name:<10}  {}", printable(&value)))?;
    }
    Ok(())
}
