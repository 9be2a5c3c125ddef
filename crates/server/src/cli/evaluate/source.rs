//! Where verdicts come from: feed files on the command line, or a data directory.

use crate::api::evaluate::{EvaluateAsked, ExplainAsked, Explanations};
use crate::cli::data::DataArgs;
use crate::cli::output::Output;
use crate::evaluate;
use crate::evaluate::input::{HostContext, PackageLine};
use crate::evaluate::judged::Judged;
use crate::local::Local;
use anyhow::Context as _;
use axum::http::Method;
use jiff::Timestamp;
use jiff::civil::Date;
use matching::{Explanation, Rules};
use model::{Clock as _, Platform};
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
    #[arg(long, value_name = "DATE", value_parser = as_of, requires = "feeds")]
    as_of: Option<Timestamp>,
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
        } else {
            By::Data(self.data.open().context("without --feed, verdicts come from a data directory")?)
        };
        Ok(Judge { platform: platform.clone(), by })
    }

    /// The rules of the feed files named; of none, rules by which everything is not assessed.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn rules(&self, platform: &Platform, out: &mut Output) -> anyhow::Result<Rules> {
        let at = self.as_of.unwrap_or_else(|| model::clock::SystemClock.now());
        super::feed_files::rules(&self.feeds, platform, at, self.as_of.is_some(), out)
    }
}

impl Judge {
    /// Judges packages.
    ///
    /// # Errors
    /// When the data directory says so.
    pub fn evaluate(&self, host: HostContext, packages: Vec<PackageLine>) -> anyhow::Result<Judged> {
        match &self.by {
            By::Rules(rules) => Ok(evaluate::evaluate(rules, &self.platform, &host, &packages)),
            By::Data(local) => evaluate_by(local, &self.platform, host, packages),
        }
    }

    /// Explains what is said of the packages: of one CVE or of all, of the packages of one name or
    /// of all.
    ///
    /// # Errors
    /// As [`Judge::evaluate`].
    pub fn explain(
        &self,
        host: HostContext,
        packages: Vec<PackageLine>,
        cve: Option<String>,
        package: Option<String>,
    ) -> anyhow::Result<Vec<Explanation>> {
        match &self.by {
            By::Rules(rules) => {
                let only = (cve.as_deref(), package.as_deref());
                Ok(evaluate::explain(rules, &self.platform, &host, &packages, only))
            }
            By::Data(local) => {
                let asked = ExplainAsked { platform: self.platform.to_string(), host, packages, cve, package };
                let answer: Explanations = local
                    .json(&Method::POST, "/api/v1/explain", Some(&asked))
                    .context("the verdicts can't be explained")?;
                Ok(answer.items)
            }
        }
    }
}

/// Lets the data judge packages.
///
/// # Errors
/// When it says so, or can't be reached.
pub(crate) fn evaluate_by(
    local: &Local,
    platform: &Platform,
    host: HostContext,
    packages: Vec<PackageLine>,
) -> anyhow::Result<Judged> {
    let asked = EvaluateAsked { platform: platform.to_string(), host, packages };
    local.json(&Method::POST, "/api/v1/evaluate", Some(&asked)).context("the packages can't be judged")
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
