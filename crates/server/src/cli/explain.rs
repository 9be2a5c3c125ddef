//! `mendwatch explain`: the whole reasoning behind verdicts, positive or negative.

use super::evaluate::read_input;
use super::evaluate::source::SourceArgs;
use super::output::{Output, printable, styles};
use crate::api::cve_record::{CveRecordRow, CveScore, CveText};
use anyhow::bail;
use matching::Explanation;
use model::Platform;
use std::ops::ControlFlow;
use std::process::ExitCode;

/// What to explain, by what.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Standard input is that of `mendwatch evaluate`. For each package and role: where it comes from, what the
vendor's data can call it, each feed with its date and checksum, each comparison made, and what decided.
With --cve, what feeds in the data directory say of the CVE itself comes first (title, scores, known exploitation).
Without --cve every CVE that a feed names for the package is explained, with --package only packages of
that name (binary or source).

Exit codes: 0 explained, 2 wrong use, no line is a package, no package has the name, or there is nothing to
explain by.")]
pub struct Args {
    /// Distribution and release of the packages: debian:12
    #[arg(long, value_name = "PLATFORM", value_parser = super::platform::parse)]
    platform: Platform,
    /// The CVE or advisory to explain
    #[arg(long, value_name = "ID", value_parser = id)]
    cve: Option<String>,
    /// The binary or source package to explain
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// One JSON object a package and role instead of sentences
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

/// The id of a CVE or an advisory: of a slip nothing would be said, which reads like "not affected".
fn id(text: &str) -> Result<String, fleet::query::NoId> {
    fleet::query::check_id(text).map(|()| text.to_owned())
}

/// Runs `mendwatch explain`.
///
/// # Errors
/// When standard input or a feed can't be read, or no package has the name.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let Args { platform, cve, package, json, source } = args;
    let judge = source.judge(&platform, out)?;
    // What the CVE is comes first, in the data at hand; files of feeds know nothing of it.
    let about = cve.as_deref().filter(|_| !json).and_then(|cve| judge.record(cve));
    let input = read_input(&platform, out)?;
    let lines = about.as_ref().map(record_lines).unwrap_or_default();
    for line in &lines {
        out.line(&printable(line))?;
    }
    if !lines.is_empty() {
        out.line("")?;
    }
    let mut first = true;
    let explained = judge.explain(input.host, input.packages, cve, package.clone(), &mut |line| {
        if json {
            return super::evaluate::print(line, out);
        }
        let explanation: Explanation = serde_json::from_slice(line)?;
        if !std::mem::take(&mut first) {
            out.line("")?;
        }
        print(&explanation, out)?;
        Ok(if out.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if explained == 0 {
        // Input without packages was refused: only a name can leave nothing.
        let name = package.unwrap_or_default();
        bail!("none of the packages is called {name}, nor built from a source of that name");
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Longest description that is printed, in characters.
const DESCRIPTION: usize = 300;

/// The first lines of what is known of a CVE itself, each statement with its feed; none where nothing is.
fn record_lines(record: &CveRecordRow) -> Vec<String> {
    let title = record.titles.first().map(|title| format!(": {} [{}]", title.text, title.feed)).unwrap_or_default();
    let mut lines = vec![format!("{}{title}", record.id)];
    if !record.rejected.is_empty() {
        lines.push(format!("  rejected by its numbering authority [{}]", record.rejected.join(", ")));
    }
    if let Some(CveText { text, feed }) = record.descriptions.first() {
        let cut: String = text.chars().take(DESCRIPTION).collect();
        let more = if cut.len() < text.len() { "..." } else { "" };
        lines.push(format!("  {cut}{more} [{feed}]"));
    }
    for exploited in &record.exploited {
        let due = exploited.due.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
        let ransomware = if exploited.ransomware { ", used by ransomware" } else { "" };
        lines.push(format!("  known to be exploited since {}{due}{ransomware} [{}]", exploited.added, exploited.feed));
    }
    for epss in &record.epss {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let (score, below) = (percent(epss.score), percent(epss.percentile));
        lines
            .push(format!("  EPSS {score} of {}, as high as or higher than {below} of all [{}]", epss.date, epss.feed));
    }
    for score in record.scores.iter().take(3) {
        let CveScore { version, score, rating, vector, source, feed } = score;
        lines.push(format!("  CVSS {version} {score:.1} {rating} by {source}: {vector} [{feed}]"));
    }
    // A name alone says nothing that was not asked.
    if lines.len() == 1 && title.is_empty() {
        lines.clear();
    }
    lines
}

/// The reasoning in lines: what is judged first, the rest below it.
fn print(explanation: &Explanation, out: &mut Output) -> std::io::Result<()> {
    let look = out.look();
    for (at, line) in explanation.lines.iter().enumerate() {
        let line = printable(line);
        out.line(&if at == 0 { look.paint(styles::STRONG, &line) } else { format!("  {line}") })?;
    }
    Ok(())
}
