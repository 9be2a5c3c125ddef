//! By what a scan judges: feed files that were named, else the data directory at hand, else nothing.
//!
//! Whatever keeps the data from being read keeps only the verdicts back: the scan itself is shown, and
//! says why nothing is assessed.

use super::save::request_parts;
use super::told::Told;
use crate::app::Config;
use crate::at_rest;
use crate::cli::data::{DataArgs, Found};
use crate::cli::evaluate::source::{SourceArgs, evaluate_by};
use crate::cli::output::Output;
use crate::data_dir::DataDir;
use crate::evaluate::input::HostContext;
use crate::evaluate::judged::Summary;
use crate::local::Local;
use anyhow::Context as _;
use jiff::Timestamp;
use matching::Rules;
use model::Platform;
use model::inventory::{Entry, inventory};
use model::wire::Collected;
use model::wire::sections::Packages;
use std::ops::ControlFlow;
use std::path::Path;

/// A host that could be read far enough to be judged.
struct Host<'a> {
    platform: Platform,
    collected: &'a Collected,
    packages: &'a Packages,
    entries: Vec<Entry>,
    context: HostContext,
}

impl Host<'_> {
    fn by_rules(&self, rules: &Rules, told: &mut Told<'_>, out: &mut Output) -> anyhow::Result<Summary> {
        told.again()?;
        let each = &mut |finding| match told.take(finding, out) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        };
        match Summary::by(rules, &self.entries, &self.context.bits(), each) {
            ControlFlow::Continue(summary) => Ok(summary),
            ControlFlow::Break(error) => Err(error),
        }
    }

    fn by_data(&self, local: &Local, told: &mut Told<'_>, out: &mut Output) -> anyhow::Result<Summary> {
        told.again()?;
        let (host, packages) = request_parts(self.collected, self.packages);
        evaluate_by(local, &self.platform, host, packages, &mut |finding| told.take(finding, out))
    }
}

/// Judges what is installed and tells the findings one by one. With `save`, the data is opened to be written to, and
/// handed back.
pub(super) fn judge(
    source: &SourceArgs,
    save: bool,
    collected: &Collected,
    now: Timestamp,
    told: &mut Told<'_>,
    out: &mut Output,
) -> anyhow::Result<(Summary, Option<Local>)> {
    let (Ok(host), Ok(packages)) = (&collected.host, &collected.packages) else {
        return Ok((Summary::default(), None));
    };
    let platform = Platform::of_os(&host.os);
    let host = Host {
        entries: inventory(&platform, packages, collected.runtime.as_ref().ok()),
        context: request_parts(collected, packages).0,
        platform,
        collected,
        packages,
    };
    if source.has_feeds() {
        let rules = source.rules(&host.platform, out)?;
        return Ok((host.by_rules(&rules, told, out)?, None));
    }
    let by_nothing = |told: &mut Told<'_>, out: &mut Output| {
        let rules = source.rules(&host.platform, out)?;
        host.by_rules(&rules, told, out)
    };
    let data = source.data();
    let judged = if let Some(at) = source.as_of() {
        source.rules_as_of(&host.platform, at).and_then(|rules| Ok((Some(host.by_rules(&rules, told, out)?), None)))
    } else if save {
        data.make().and_then(|local| Ok((Some(host.by_data(&local, told, out)?), Some(local))))
    } else {
        at_hand(data, &host, now, told, out).map(|judged| (judged, None))
    };
    Ok(match judged {
        Ok((Some(mut judged), local)) => {
            if data.is_named() {
                name_data(&mut judged, &data.dir());
            }
            (judged, local)
        }
        Ok((None, local)) => {
            let mut judged = by_nothing(told, out)?;
            if holds_something_else(&data.dir()) {
                // No feed can be loaded into what is no data directory.
                judged.not_assessed.iter_mut().for_each(|group| group.command = None);
            } else {
                name_data(&mut judged, &data.dir());
            }
            (judged, local)
        }
        Err(error) => {
            let mut judged = by_nothing(told, out).with_context(|| format!("{error:#}"))?;
            for group in judged.not_assessed.iter_mut().filter(|group| group.code == "no_feed") {
                "data_unreadable".clone_into(&mut group.code);
                group.reason = format!("{error:#}");
                group.command = None;
            }
            (judged, None)
        }
    })
}

/// Judges by a data directory that is there: asks the server that holds it, or reads it as it lies.
fn at_hand(
    data: &DataArgs,
    host: &Host<'_>,
    now: Timestamp,
    told: &mut Told<'_>,
    out: &mut Output,
) -> anyhow::Result<Option<Summary>> {
    let dir = match data.find()? {
        Found::At(dir) => dir,
        Found::No(_) => return Ok(None),
    };
    let location = data.location(&dir)?;
    if let Some(server) = Local::of_server(DataDir::open(&dir)?)? {
        return host.by_data(&server, told, out).map(Some);
    }
    let max_age = Config::default().feed_max_age;
    let rules = at_rest::rules(&location, &host.platform, now, max_age, None)?;
    host.by_rules(&rules, told, out).map(Some)
}

/// Whether a directory in which no data was found is there and not empty.
fn holds_something_else(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some())
}

/// Commands that mend have to find the same data.
fn name_data(judged: &mut Summary, dir: &Path) {
    for group in &mut judged.not_assessed {
        if let Some(command) = &mut group.command {
            command.push_str(" --data ");
            command.push_str(&quoted(&dir.display().to_string()));
        }
    }
}

/// A word of a shell's command line.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | '@' | ',');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a POSIX shell reads it: `printf '%s' WORD` gives the word back.
    #[test]
    fn a_directory_with_a_space_is_one_word() {
        assert_eq!(quoted("/var/lib/mendwatch"), "/var/lib/mendwatch");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
