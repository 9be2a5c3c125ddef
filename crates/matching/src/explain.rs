//! The whole reasoning about one package, for people and for tools, positive or negative.

use crate::alias::alias;
use crate::assessment::Assessment;
use crate::feed::{FeedStamp, Part};
use crate::judge::{Because, Exposure, HAS_FIX, HAS_LATER_FIX, NO_KERNEL, NOT_RUNNING, Side, StatesRef};
use crate::rules::{NO_TEXT, Row, Rules, Status};
use model::{Origin, Package, Role, State, Verdict};
use serde::{Deserialize, Serialize};

/// Everything that led to what is said of a package in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The package, with its origin.
    pub package: Package,
    /// The role in which it was judged.
    pub role: Role,
    /// Version of the rules.
    pub rules_version: u32,
    /// What the vendor's data can call it: `source linux 6.1.192-2`.
    pub subjects: Vec<String>,
    /// Every feed in force, and what it contributes.
    pub feeds: Vec<FeedUse>,
    /// Whether silence is a negative.
    pub assessment: Assessment,
    /// Every fact considered, sorted by CVE.
    pub considered: Vec<Considered>,
    /// The reasoning in sentences, in order.
    pub lines: Vec<String>,
}

/// A feed and what it contributes to the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedUse {
    /// The feed's edition.
    pub feed: FeedStamp,
    /// What it contributes.
    pub part: Part,
}

/// One fact and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The verdict, negative ones too.
    pub verdict: Verdict,
    /// The comparisons made, in order; none where the vendor's word settles it.
    pub comparisons: Vec<Comparison>,
    /// What decided, as a sentence.
    pub decided: String,
}

/// One comparison of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The order used: `dpkg`.
    pub scheme: String,
    /// Whose version is on the left: `source openssl`.
    pub subject: String,
    /// The package's version in the subject's terms.
    pub installed: String,
    /// `<`, `=` or `>`.
    pub relation: String,
    /// The fixed version as the vendor wrote it.
    pub fixed: String,
}

impl Rules {
    /// Explains what is said of a package in a role, of one CVE or of all. Works for what is not
    /// affected and not assessed, too.
    #[must_use]
    pub fn explain(&self, package: &Package, role: Role, cve: Option<&str>) -> Explanation {
        let mut considered = Vec::new();
        let refusal = self.refusal(package);
        if refusal.is_none() {
            let exposure = self.exposure(package, role);
            self.walk(package, &mut |row, side| {
                if cve.is_none_or(|cve| self.text(row.cve) == cve || self.text(row.advisory) == cve) {
                    considered.push(self.consider(row, side, exposure));
                }
            });
        }
        let assessment = match refusal.or_else(|| self.silence.clone()) {
            Some(reason) => Assessment::NotAssessed { reason },
            None => Assessment::Assessed,
        };
        let subjects = subjects(package);
        let feeds: Vec<FeedUse> =
            self.feeds.iter().map(|(feed, part)| FeedUse { feed: feed.clone(), part: *part }).collect();
        let mut explanation = Explanation {
            package: package.clone(),
            role,
            rules_version: crate::RULES_VERSION,
            subjects,
            feeds,
            assessment,
            considered,
            lines: Vec::new(),
        };
        explanation.lines = lines(&explanation, cve);
        explanation
    }

    fn consider(&self, row: &Row, side: &Side<'_>, exposure: Exposure) -> Considered {
        let (base, because) = self.outcome(row, &side.key);
        let verdict = self.verdict(row, base, because, exposure).to_owned();
        let compare = |fixed, span| Comparison {
            scheme: self.scheme.map_or("", versions::Scheme::as_str).to_owned(),
            subject: format!("{} {}", side.kind, side.name),
            installed: side.version.to_owned(),
            relation: match side.key.as_slice().cmp(self.key(span)) {
                std::cmp::Ordering::Less => "<",
                std::cmp::Ordering::Equal => "=",
                std::cmp::Ordering::Greater => ">",
            }
            .to_owned(),
            fixed: self.text(fixed).to_owned(),
        };
        let mut comparisons = Vec::new();
        if row.status == Status::Fixed {
            comparisons.push(compare(row.fixed, row.key));
        }
        if row.later != NO_TEXT && because != Because::Reached {
            comparisons.push(compare(row.later, row.later_key));
        }
        let version = match (because, row.status) {
            (Because::Below, _) => "the installed version is below the fixed one".to_owned(),
            (Because::Reached, _) => HAS_FIX.to_owned(),
            (Because::ReachedLater, _) => HAS_LATER_FIX.to_owned(),
            (Because::Said, status) => format!(
                "the vendor says: {}",
                match status {
                    Status::Affected => "affected, no fix yet",
                    Status::WillNotFix => "affected, no fix is planned here",
                    Status::UnderInvestigation => "not decided",
                    Status::NotAffected | Status::Fixed => "not affected",
                }
            ),
        };
        let open = !matches!(base, StatesRef::Always(State::NotAffected));
        let decided = match exposure {
            Exposure::None if open => format!("{version}, but the package {NO_KERNEL}"),
            Exposure::UnlessTold if open => format!("{version}, but {NOT_RUNNING}"),
            _ if verdict.states.iter().any(|s| s.state == State::NotAssessed) => {
                format!("{version}, but the data is too old for a negative")
            }
            _ => version,
        };
        Considered { verdict, comparisons, decided }
    }
}

fn subjects(package: &Package) -> Vec<String> {
    let mut subjects = vec![format!("source {} {}", package.source, package.source_version)];
    if let Some(alias) = alias(package) {
        subjects.push(format!("source {} {} ({})", alias.source, alias.version, alias.rule));
    }
    subjects.push(format!("package {} {}", package.name, package.version));
    subjects
}

fn lines(explanation: &Explanation, cve: Option<&str>) -> Vec<String> {
    let package = &explanation.package;
    let mut lines = vec![
        format!(
            "{} {} {} on {}, {}",
            package.name,
            package.version,
            package.arch,
            package.platform,
            role_words(explanation.role)
        ),
        match &package.origin {
            Origin::Distribution => "origin: the distribution; the version stands in its repository list".to_owned(),
            Origin::DistributionInferred => "origin: the distribution, inferred; no evidence contradicts it".to_owned(),
            Origin::Foreign(origin) => format!("origin: {origin}"),
        },
    ];
    lines.extend(explanation.subjects.iter().map(|subject| format!("judged as {subject}")));
    for FeedUse { feed, part } in &explanation.feeds {
        let part = match part {
            Part::Decides => "decides",
            Part::PositivesOnly => "decides what it names, and nothing else",
            Part::Labels => "names advisories",
            Part::Unused => "has no say here",
        };
        let age = if feed.too_old { ", too old for a negative" } else { "" };
        lines.push(format!(
            "feed {} {part}: data of {}{age}, {} (sha256 {})",
            feed.id, feed.as_of, feed.document, feed.sha256
        ));
    }
    for item in &explanation.considered {
        lines.extend(item.lines());
    }
    lines.push(conclusion(explanation, cve));
    lines
}

impl Considered {
    fn lines(&self) -> Vec<String> {
        let verdict = &self.verdict;
        let label = if verdict.advisory.is_empty() { String::new() } else { format!(" ({})", verdict.advisory) };
        let mut lines: Vec<String> = Vec::with_capacity(self.comparisons.len() + 1);
        for Comparison { scheme, subject, installed, relation, fixed } in &self.comparisons {
            lines.push(format!("{}{label}: {subject} {installed} {relation} {fixed} by {scheme}", verdict.cve));
        }
        let states: Vec<String> = verdict
            .states
            .iter()
            .map(|guarded| match &guarded.guard {
                model::Guard::Always => guarded.state.to_string(),
                model::Guard::Has(bit) => format!("{} with {bit}", guarded.state),
                model::Guard::Lacks(bit) => format!("{} without {bit}", guarded.state),
            })
            .collect();
        let words = if verdict.words.is_empty() || self.decided.contains(&verdict.words) {
            String::new()
        } else {
            format!(" [{}]", verdict.words)
        };
        lines.push(format!(
            "{}{label}: {} because {}{words} [{}]",
            verdict.cve,
            states.join(", "),
            self.decided,
            verdict.feed
        ));
        lines
    }
}

fn conclusion(explanation: &Explanation, cve: Option<&str>) -> String {
    let silence = match &explanation.assessment {
        Assessment::Assessed => "not affected".to_owned(),
        Assessment::NotAssessed { reason } => format!("not assessed: {reason}"),
    };
    match (cve, explanation.considered.is_empty()) {
        (Some(cve), true) => format!("{cve}: no feed in force names it for this package; {silence}"),
        (Some(_), false) => format!("anything else: {silence}"),
        (None, _) => format!("whatever is not named above: {silence}"),
    }
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::Installed => "installed",
        Role::RunningKernel => "the running kernel",
        Role::NextKernel => "the kernel that boots next",
        Role::Resident => "an old version that a process still runs",
    }
}
