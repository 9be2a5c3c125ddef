//! What came of judging a list of packages, whoever judged it.

use matching::{Part, Reason, Rules, Unassessed, context_of, each_host_finding, host_unassessed, host_unread};
use model::inventory::Entry;
use model::{Finding, Role, State};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// The result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Open findings, sorted.
    pub findings: Vec<Finding>,
    /// Packages that were judged, each once.
    pub packages: usize,
    /// Of them, those that a feed in force speaks for.
    pub assessed: usize,
    /// The others by reason, the most packages first.
    pub not_assessed: Vec<NotAssessed>,
    /// Issues of packages that are not assessed since the records that would tell were skipped, sorted: lines with
    /// state `not_assessed` and the reason.
    #[serde(default)]
    pub skipped: Vec<Finding>,
    /// Feeds that have a say about the platform.
    pub feeds: Vec<String>,
}

/// The result but for the findings, which are told one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Open findings that were told.
    pub findings: u64,
    /// Packages that were judged, each once.
    pub packages: usize,
    /// Of them, those that a feed in force speaks for.
    pub assessed: usize,
    /// The others by reason, the most packages first.
    pub not_assessed: Vec<NotAssessed>,
    /// Issues that are not assessed, as in [`Judged`].
    #[serde(default)]
    pub skipped: Vec<Finding>,
    /// Feeds that have a say about the platform.
    pub feeds: Vec<String>,
}

/// Packages about which silence says nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAssessed {
    /// A stable word: `no_feed`, `release_not_in_feed`, `feed_too_old`, `positives_only`, `record_skipped`,
    /// `document_skipped`, `too_many_skipped`, `foreign_origin`, `invalid_version`; of a
    /// scan also `data_unreadable`.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// The command that mends it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// How many packages.
    pub count: usize,
    /// Which.
    pub packages: Vec<PackageName>,
}

/// A package, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageName {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Architecture.
    pub arch: String,
}

impl Judged {
    /// The findings that were told, with the summary of them.
    #[must_use]
    pub fn of(findings: Vec<Finding>, summary: Summary) -> Self {
        let Summary { packages, assessed, not_assessed, skipped, feeds, .. } = summary;
        Self { findings, packages, assessed, not_assessed, skipped, feeds }
    }
}

impl Summary {
    /// Judges the packages of a host and tells each open finding, sorted, until `each` breaks. Holds no
    /// more of them than one package has. `channels` are the context bits of the host that do not follow
    /// from its packages.
    pub fn by<B>(
        rules: &Rules,
        entries: &[Entry],
        channels: &[String],
        each: &mut dyn FnMut(Finding) -> ControlFlow<B>,
    ) -> ControlFlow<B, Self> {
        let mut context: BTreeSet<String> = context_of(entries);
        context.extend(channels.iter().cloned());
        let mut findings = 0;
        each_host_finding(rules, entries, &context, &mut |finding| {
            findings += 1;
            each(finding)
        })?;
        let packages: BTreeSet<_> = entries.iter().map(|entry| &entry.package).collect();
        let not_assessed = by_reason(host_unassessed(rules, entries));
        let without: usize = not_assessed.iter().map(|group| group.count).sum();
        ControlFlow::Continue(Self {
            findings,
            packages: packages.len(),
            assessed: packages.len().saturating_sub(without),
            not_assessed,
            skipped: host_unread(rules, entries),
            feeds: rules
                .feeds()
                .iter()
                .filter(|(_, part)| *part != Part::Unused)
                .map(|(stamp, _)| stamp.id.clone())
                .collect(),
        })
    }

    /// A line for each issue and then each package that is not assessed, in the shape of a finding.
    pub fn not_assessed_lines(&self) -> impl Iterator<Item = Finding> + '_ {
        let packages = self.not_assessed.iter().flat_map(|group| {
            group.packages.iter().map(|package| Finding {
                package: package.name.clone(),
                version: package.version.clone(),
                arch: package.arch.clone(),
                role: Role::Installed,
                cve: String::new(),
                advisory: String::new(),
                state: State::NotAssessed,
                fixed_version: String::new(),
                severity: model::Severity::Unknown,
                feed: String::new(),
                words: group.reason.clone(),
            })
        });
        self.skipped.iter().cloned().chain(packages)
    }
}

fn by_reason(unassessed: Vec<Unassessed>) -> Vec<NotAssessed> {
    let mut groups: BTreeMap<Reason, Vec<PackageName>> = BTreeMap::new();
    for Unassessed { package, reason } in unassessed {
        let name = PackageName { name: package.name, version: package.version, arch: package.arch };
        groups.entry(reason).or_default().push(name);
    }
    let mut groups: Vec<NotAssessed> = groups
        .into_iter()
        .map(|(reason, packages)| NotAssessed {
            code: reason.code().to_owned(),
            reason: reason.to_string(),
            command: crate::api::assessment::mending_command(&reason),
            count: packages.len(),
            packages,
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}
