//! `mendwatch feeds`: vendors' security data.

mod show;

use super::data::{DataArgs, Found};
use super::output::{self, Output, printable};
use crate::api::feeds::{FeedRow, Feeds, SyncAsked, SyncResult};
use crate::local::{Local, encode};
use anyhow::Context as _;
use axum::body::Body;
use axum::http::Method;
use jiff::civil::Date;
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
    /// List the feeds that your hosts need and those in force, with the age of their data
    List {
        /// The others of the catalogue, too
        #[arg(long)]
        all: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one feed: what is in force, its documents, and who signed them
    Show {
        /// The feed
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch feeds from their vendors now: those named, or all that your hosts need and all in force
    Sync {
        /// Ids, as `mendwatch feeds list` shows them
        ids: Vec<String>,
        /// Every feed of the catalogue, whether a host needs it or not
        #[arg(long, conflicts_with = "ids")]
        all: bool,
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
        /// What it is called, where the file is not: of a feed with a document for each release it takes the place of
        /// the one of this name (v3.20/main.json)
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// It takes the place of all documents of the feed
        #[arg(long)]
        replace: bool,
        /// The day of its data; without it the document's own date counts, else the file's
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<Date>,
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

/// Runs `mendwatch feeds`. Exit code 2 when a feed could not be had; the others are taken.
///
/// # Errors
/// When there is no data directory, or it can't be reached.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    match args.what {
        What::List { all, json } => {
            let (feeds, absent) = known(&args.data)?;
            if json {
                out.line(&serde_json::to_string_pretty(&feeds.items)?)?;
            } else {
                list(&feeds, all, out)?;
            }
            if let Some(why) = absent {
                out.note(&format!("{why}: `mendwatch feeds sync ID --data data` makes one and fetches a feed into it"));
            }
            Ok(ExitCode::SUCCESS)
        }
        What::Show { id, json } => {
            let (feeds, _) = known(&args.data)?;
            show::run(&feeds, &id, json, out)?;
            Ok(ExitCode::SUCCESS)
        }
        What::Sync { ids, all, force, json } => {
            let local = args.data.open_or_make()?;
            let ids = if ids.is_empty() { wanted(&local, all)? } else { ids };
            let results: Vec<SyncResult> =
                local.json(&Method::POST, "/api/v1/feeds/sync", Some(&SyncAsked { ids, force }))?;
            show(&results, json, out)
        }
        What::Import { id, file, name, replace, date, force, json } => {
            let asked = Asked { name, date, replace, force };
            let result = import(&args.data.open_or_make()?, &id, &file, &asked)?;
            show(&[result], json, out)
        }
    }
}

/// The feeds of a sync that names none: empty for those that hosts need and those in force, which the server knows.
///
/// # Errors
/// When there are none: who wants gigabytes of every vendor says so.
fn wanted(local: &Local, all: bool) -> anyhow::Result<Vec<String>> {
    let feeds: Feeds = local.get("/api/v1/feeds")?;
    let ids = || feeds.items.iter().map(|feed| feed.id.clone());
    if all {
        return Ok(ids().collect());
    }
    let at_hand = feeds.items.iter().any(|feed| feed.needed || feed.state != "never");
    anyhow::ensure!(
        at_hand,
        "no host is on record that would need a feed, and none is in force: name those you want, such as \
         `mendwatch feeds sync debian-tracker`, or fetch every one with `--all`; there are: {}",
        ids().collect::<Vec<_>>().join(", ")
    );
    Ok(Vec::new())
}

/// The feeds with their states; where there is no data directory and none was named, those that there are to fetch, and
/// what was looked for.
fn known(data: &DataArgs) -> anyhow::Result<(Feeds, Option<String>)> {
    if !data.is_named()
        && data.config()?.database_url.is_none()
        && let Found::No(why) = data.find()?
    {
        return Ok((crate::api::feeds::catalogue(), Some(why)));
    }
    Ok((data.open()?.get("/api/v1/feeds")?, None))
}

/// How a file is to be taken.
struct Asked {
    name: Option<String>,
    date: Option<Date>,
    replace: bool,
    force: bool,
}

fn import(local: &Local, id: &str, file: &PathBuf, asked: &Asked) -> anyhow::Result<SyncResult> {
    let Asked { name, date, replace, force } = asked;
    let shown = file.display();
    let found = std::fs::metadata(file).with_context(|| format!("{shown} can't be read"))?;
    anyhow::ensure!(found.is_file(), "{shown} is not a file");
    anyhow::ensure!(found.len() <= MOST_BYTES, "{shown} has more than {MOST_BYTES} bytes");
    let bytes = std::fs::read(file).with_context(|| format!("{shown} can't be read"))?;
    let own = || file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = encode(&name.clone().unwrap_or_else(own));
    let mut path = format!("/api/v1/feeds/{}/import?name={name}&force={force}&replace={replace}", encode(id));
    if let Some(date) = date {
        // Its beginning: a day that is not over has seen no more of the vendor's work than that for certain.
        let at = date.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp();
        path.push_str(&format!("&date={}", encode(&at.to_string())));
    }
    if let Some(at) = found.modified().ok().and_then(|at| jiff::Timestamp::try_from(at).ok()) {
        path.push_str(&format!("&modified={}", encode(&at.to_string())));
    }
    let answer = local.send(&Method::POST, &path, "application/octet-stream", Body::from(bytes));
    let answer = answer.map_err(|error| match format!("{error:#}") {
        why if why.contains("held back") => anyhow::anyhow!("{why}; `--force` takes it all the same"),
        _ => error,
    });
    let answer = answer.with_context(|| format!("{shown} is not taken"))?;
    Ok(serde_json::from_slice(&answer)?)
}

/// One line a feed: those that are needed first, then others that are at hand.
fn list(feeds: &Feeds, all: bool, out: &mut Output) -> anyhow::Result<()> {
    let at_hand = |feed: &&FeedRow| feed.needed || feed.state != "never" || feed.error.is_some();
    let mut shown: Vec<&FeedRow> = feeds.items.iter().filter(at_hand).collect();
    if all || shown.is_empty() {
        shown = feeds.items.iter().collect();
    }
    shown.sort_by_key(|feed| !feed.needed);
    let width = shown.iter().map(|feed| feed.id.len()).max().unwrap_or_default();
    for feed in &shown {
        out.line(&format!("{:<width$}  {}", feed.id, about(feed)))?;
    }
    let others = feeds.items.len() - shown.len();
    if others > 0 {
        let others = if others == 1 { "1 other feed".to_owned() } else { format!("{others} other feeds") };
        out.line(&format!("{others}, which none of your hosts needs: `mendwatch feeds list --all`"))?;
    }
    Ok(())
}

/// The words for a feed's state, the same wherever it is told.
fn state_words(state: &str) -> &'static str {
    match state {
        "in_force" => "in force",
        "too_old" => "in force, but too old",
        _ => "never fetched",
    }
}

/// What a feed that is too old can't tell any more. Those about CVEs themselves judge no package.
fn too_old_for(id: &str) -> &'static str {
    match id {
        "cisa-kev" => "too old to say what is exploited by now: what was added since is missing",
        _ if feeds::CVE_FEEDS.iter().any(|feed| feed.id() == id) => {
            "too old to know the newest CVEs, and scores as they are by now"
        }
        _ => "too old to call anything unaffected",
    }
}

/// What there is to say of a feed, on one line.
fn about(feed: &FeedRow) -> String {
    let mut parts = vec![state_words(&feed.state).to_owned()];
    if let Some(at) = feed.as_of {
        parts.push(format!("data of {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    }
    if feed.records > 0 {
        parts.push(records(feed.records));
    }
    if feed.skipped > 0 {
        parts.push(format!("{} skipped", thousands(feed.skipped)));
    }
    parts.extend(show::signatures(feed));
    let mut line = parts.join(", ");
    if feed.state == "never" {
        line.push_str(&format!(": {}", feed.title));
    }
    if !feed.speaks_for.is_empty() && !feed.needed {
        line.push_str("; others say the same");
    }
    if let Some(error) = &feed.error {
        line.push_str(&format!("; last fetch failed: {}", printable(error)));
    }
    line
}

fn show(results: &[SyncResult], json: bool, out: &mut Output) -> anyhow::Result<ExitCode> {
    if json {
        out.line(&serde_json::to_string_pretty(results)?)?;
    }
    let mut failed = false;
    for result in results {
        if let Some(error) = &result.error {
            failed = true;
            out.note(&format!("error: {}", failure(&result.id, error)));
        } else if !json {
            lines(result, out)?;
        }
    }
    out.flush()?;
    Ok(if failed { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// What failed, and the way on.
fn failure(id: &str, error: &str) -> String {
    let way = if error.starts_with("held back") {
        "`--force` takes it all the same".to_owned()
    } else {
        format!("without a network: `mendwatch feeds import {id} FILE`")
    };
    format!("{id}: {error}; {way}")
}

fn lines(result: &SyncResult, out: &mut Output) -> std::io::Result<()> {
    let state = format!(" {}", state_words(&result.state));
    if result.outcome == "unchanged" {
        out.line(&format!("{}: nothing new, {}{state}", result.id, records(result.records)))?;
        return notes(result, out);
    }
    out.line(&format!(
        "{}: {}{state} ({} new, {} changed, {} gone, {} skipped)",
        result.id,
        records(result.records),
        thousands(result.added),
        thousands(result.changed),
        thousands(result.removed),
        thousands(result.skipped)
    ))?;
    let by = match result.dated.as_deref() {
        Some("inside") => " (the newest date in it)",
        Some("members") => " (the newest file in the archive)",
        Some("file") if result.state == "too_old" => " (the file's date)",
        // A copy is as new as the copying.
        Some("file") => " (the file's date; if what is in it is older, say so with `--date`)",
        Some("given") => " (given)",
        Some("fetched") => " (when it was taken: nothing says how old it is)",
        _ => "",
    };
    if let Some(at) = result.as_of {
        out.line(&format!("  data of {}{by}", at.strftime("%Y-%m-%d")))?;
    }
    if result.state == "too_old" {
        out.line(&format!(
            "  {}: import a newer file, or `mendwatch feeds sync {}`{}",
            too_old_for(&result.id),
            result.id,
            if by.contains("file") { "; if the date is wrong, say it with `--date`" } else { "" }
        ))?;
    }
    for skipped in &result.skipped_first {
        out.line(&format!("  skipped {}: {}", printable(&skipped.record), printable(&skipped.why)))?;
    }
    notes(result, out)
}

/// Who signed what, which mirror failed, what is left for the next fetch.
fn notes(result: &SyncResult, out: &mut Output) -> std::io::Result<()> {
    result.notes.iter().try_for_each(|note| out.line(&format!("  {}", printable(note))))
}

fn records(count: u64) -> String {
    format!("{} {}", thousands(count), if count == 1 { "record" } else { "records" })
}

fn thousands(count: u64) -> String {
    output::thousands(usize::try_from(count).unwrap_or(usize::MAX))
}
