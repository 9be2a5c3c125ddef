//! Where verdicts come from: feed files on the command line, or a data directory.

use crate::api::cve_record::CveRecordRow;
use crate::api::evaluate::{EvaluateAsked, ExplainAsked, SummaryLine};
use crate::app::Config;
use crate::at_rest;
use crate::cli::data::{DataArgs, Found};
use crate::cli::output::Output;
use crate::data_dir::DataDir;
use crate::evaluate::input::{HostContext, PackageLine};
use crate::evaluate::judged::Summary;
use crate::evaluate::{self, Only};
use crate::local::{Local, encode};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use matching::Rules;
use model::{Clock as _, Finding, Platform};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Options that say what to judge by.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Judge by this file of a feed instead of a data directory; may be repeated
    #[arg(long = "feed", value_name = "ID=FILE", value_parser = feed_file)]
    feeds: Vec<FeedFile>,
    /// Judge as on this day: 2026-11-22, or a time in RFC 3339. Feeds older than their limit on that
    /// day say nothing of what they do not name; advisories published after it are left out
    #[arg(long, value_name = "DATE", value_parser = as_of)]
    as_of: Option<Timestamp>,
    /// The day of the files' data, as `feeds import --date` takes it; without it a file's own date counts, else its
    /// modification time
    #[arg(long, value_name = "DATE", requires = "feeds")]
    date: Option<Date>,
}

/// A feed and the file to read it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFile {
    /// Id of the feed.
    pub id: String,
    /// A document of it, may be compressed.
    pub path: PathBuf,
}

fn feed_file(text: &str) -> Result<FeedFile, String> {
    match text.split_once('=') {
        Some((id, path)) if !id.is_empty() && !path.is_empty() => {
            Ok(FeedFile { id: id.to_owned(), path: PathBuf::from(path) })
        }
        _ => Err("expected ID=FILE, such as debian-tracker=tracker.json".to_owned()),
    }
}

/// A day, of which the last second is meant, or a moment.
fn as_of(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date = text.parse().map_err(|_| "expected a day such as 2026-11-22, or a time in RFC 3339".to_owned())?;
    day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|e| e.to_string())
}

/// Who judges the packages of a platform.
pub struct Judge {
    platform: Platform,
    by: By,
}

enum By {
    /// Rules in this process.
    Rules(Box<Rules>),
    /// The data directory, through the API.
    Data(Local),
}

impl SourceArgs {
    /// Whether feed files were named.
    #[must_use]
    pub fn has_feeds(&self) -> bool {
        !self.feeds.is_empty()
    }

    /// Where the data directory is.
    #[must_use]
    pub const fn data(&self) -> &DataArgs {
        &self.data
    }

    /// Who judges packages of the platform.
    ///
    /// # Errors
    /// When a feed file can't be read, or the data directory can't be reached.
    pub fn judge(&self, platform: &Platform, out: &mut Output) -> anyhow::Result<Judge> {
        let by = if self.has_feeds() {
            By::Rules(Box::new(self.rules(platform, out)?))
        } else if let Some(at) = self.as_of {
            By::Rules(Box::new(self.rules_as_of(platform, at)?))
        } else {
            By::Data(self.data.open().context("without --feed, verdicts come from a data directory")?)
        };
        Ok(Judge { platform: platform.clone(), by })
    }

    /// The day that is asked about, if one is.
    #[must_use]
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// The rules of the data directory at hand, as on another day.
    ///
    /// # Errors
    /// When there is none, a server holds it, or it can't be read.
    pub fn rules_as_of(&self, platform: &Platform, at: Timestamp) -> anyhow::Result<Rules> {
        let dir = match self.data.find()? {
            Found::At(dir) => dir,
            Found::No(why) => bail!("--as-of judges by a data directory or by files (--feed ID=FILE): {why}"),
        };
        let location = self.data.location(&dir)?;
        if DataDir::open(&dir)?.has_server()? {
            bail!(
                "a server holds {}, and answers of the present only: stop it, or name files for --as-of (--feed ID=FILE)",
                dir.display()
            );
        }
        at_rest::rules(&location, platform, at, Config::default().feed_max_age, Some(at))
    }

    /// The rules of the feed files named; of none, rules by which everything is not assessed.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn rules(&self, platform: &Platform, out: &mut Output) -> anyhow::Result<Rules> {
        let at = self.as_of.unwrap_or_else(|| model::clock::SystemClock.now());
        // Its beginning: a day that is not over has seen no more of the vendor's work than that for certain.
        let date = self.date.map(|day| day.to_zoned(jiff::tz::TimeZone::UTC)).transpose()?.map(|day| day.timestamp());
        if date.is_some_and(|date| date > at) {
            bail!("--date: the date of the data is in the future");
        }
        super::feed_files::rules(&self.feeds, platform, at, self.as_of.is_some(), date, out)
    }
}

/// Takes a line of JSON; breaks when nobody reads on.
pub type EachLine<'a> = dyn FnMut(&[u8]) -> anyhow::Result<ControlFlow<()>> + 'a;

impl Judge {
    /// What feeds say of a CVE itself; `None` where there is no data directory, or nothing in it.
    #[must_use]
    pub fn record(&self, cve: &str) -> Option<CveRecordRow> {
        match &self.by {
            By::Rules(_) => None,
            By::Data(local) => local.get(&format!("/api/v1/cves/{}/record", encode(cve))).ok(),
        }
    }

    /// Judges packages and hands on each open finding, sorted, as a line of JSON; then the summary, unless
    /// the reader has gone. Holds no more findings than one package has.
    ///
    /// # Errors
    /// When the data directory says so, and what `each` says.
    pub fn evaluate(
        &self,
        host: HostContext,
        packages: Vec<PackageLine>,
        each: &mut EachLine<'_>,
    ) -> anyhow::Result<Option<Summary>> {
        match &self.by {
            By::Rules(rules) => {
                let line = &mut |finding| as_line(&finding, each);
                match evaluate::evaluate(rules, &self.platform, &host, &packages, line) {
                    ControlFlow::Continue(summary) => Ok(Some(summary)),
                    ControlFlow::Break(ended) => ended.map(|()| None),
                }
            }
            By::Data(local) => lines_by(local, &self.platform, host, packages, each),
        }
    }

    /// Explains what is said of the packages, one line of JSON each, and says how many there were: of one
    /// CVE or of all, of the packages of one name or of all.
    ///
    /// # Errors
    /// As [`Judge::evaluate`].
    pub fn explain(
        &self,
        host: HostContext,
        packages: Vec<PackageLine>,
        cve: Option<String>,
        package: Option<String>,
        each: &mut EachLine<'_>,
    ) -> anyhow::Result<u64> {
        let mut explained = 0;
        let mut counted = |line: &[u8]| {
            explained += 1;
            each(line)
        };
        match &self.by {
            By::Rules(rules) => {
                let only = Only { cve: cve.as_deref(), package: package.as_deref() };
                let line = &mut |explanation| as_line(&explanation, &mut counted);
                match evaluate::explain(rules, &self.platform, &host, &packages, only, line) {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(ended) => ended?,
                }
            }
            By::Data(local) => {
                let asked = ExplainAsked { platform: self.platform.to_string(), host, packages, cve, package };
                let ended = local
                    .lines("/api/v1/explain", &asked, &mut |line| {
                        if line.starts_with(EXPLAINED) {
                            return Ok(ControlFlow::Break(()));
                        }
                        counted(line)
                    })
                    .context("the verdicts can't be explained")?;
                whole(ended)?;
            }
        }
        Ok(explained)
    }
}

/// How the last lines of answers begin.
const SUMMARY: &[u8] = b"{\"summary\":";
const EXPLAINED: &[u8] = b"{\"explained\":";

/// An answer ends with its last line, or because nobody reads on: else it broke off.
fn whole<B>(ended: ControlFlow<B>) -> anyhow::Result<B> {
    match ended {
        ControlFlow::Break(with) => Ok(with),
        ControlFlow::Continue(()) => bail!("the answer broke off: what was printed is not all"),
    }
}

/// Breaks with an error, or without one when nobody reads on.
fn as_line(value: &impl Serialize, each: &mut EachLine<'_>) -> ControlFlow<anyhow::Result<()>> {
    match serde_json::to_vec(value).map_err(anyhow::Error::from).and_then(|line| each(&line)) {
        Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
        Ok(ControlFlow::Break(())) => ControlFlow::Break(Ok(())),
        Err(error) => ControlFlow::Break(Err(error)),
    }
}

fn lines_by(
    local: &Local,
    platform: &Platform,
    host: HostContext,
    packages: Vec<PackageLine>,
    each: &mut EachLine<'_>,
) -> anyhow::Result<Option<Summary>> {
    let asked = EvaluateAsked { platform: platform.to_string(), host, packages };
    let ended = local
        .lines("/api/v1/evaluate", &asked, &mut |line| {
            if line.starts_with(SUMMARY) {
                let SummaryLine { summary } = serde_json::from_slice(line)?;
                return Ok(ControlFlow::Break(Some(summary)));
            }
            Ok(match each(line)? {
                ControlFlow::Continue(()) => ControlFlow::Continue(()),
                ControlFlow::Break(()) => ControlFlow::Break(None),
            })
        })
        .context("the packages can't be judged")?;
    whole(ended)
}

/// Lets the data judge packages and tells each open finding, sorted.
///
/// # Errors
/// When it says so, or can't be reached, or `each` says so.
pub(crate) fn evaluate_by(
    local: &Local,
    platform: &Platform,
    host: HostContext,
    packages: Vec<PackageLine>,
    each: &mut dyn FnMut(Finding) -> anyhow::Result<()>,
) -> anyhow::Result<Summary> {
    let summary = lines_by(local, platform, host, packages, &mut |line| {
        each(serde_json::from_slice(line).context("the packages can't be judged")?)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(summary.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end() {
        assert_eq!(as_of("2026-11-22").unwrap(), "2026-11-22T23:59:59Z".parse().unwrap());
        assert_eq!(as_of("2026-11-22T06:00:00+01:00").unwrap(), "2026-11-22T05:00:00Z".parse().unwrap());
        assert!(as_of("22.11.2026").unwrap_err().contains("2026-11-22"));
    }

    #[test]
    fn a_feed_is_an_id_and_a_file() {
        let file = feed_file("debian-tracker=/tmp/a=b.json").unwrap();
        assert_eq!((file.id.as_str(), file.path.to_str()), ("debian-tracker", Some("/tmp/a=b.json")));
        for text in ["tracker.json", "=x", "x="] {
            assert!(feed_file(text).is_err());
        }
    }
}
