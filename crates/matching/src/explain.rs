//! The whole reasoning about one package, for people and for tools, positive or negative.

use crate::alias::alias;
use crate::assessment::{Assessment, Reason};
use crate::feed::{FeedStamp, Part};
use crate::judge::{
    Arm, Because, Exposure, HAS_FIX, HAS_LATER_FIX, NO_KERNEL, NOT_RUNNING, OTHER_STREAM, Side, Sides, Speaking,
    UNKNOWN_STREAM, VerdictRef, exposure,
};
use crate::rules::{KeySpan, NO_TEXT, Rules, Status, TextId};
use crate::skips::Unread;
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
    /// Records of it that were skipped and would have had something to say.
    #[serde(default)]
    pub skipped: u64,
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
        let (rules, assessment) = match self.speaking(package) {
            Ok(rules) => (rules, rules.assessment_of(package)),
            Err(reason) => (self, Assessment::NotAssessed { reason }),
        };
        let refused = self.speaking(package).is_err();
        let sides = if refused { Sides::default() } else { rules.sides(package) };
        let exposure = exposure(package, role);
        let unread = if refused { Vec::new() } else { rules.unread_of(package) };
        rules.groups(&sides, &mut |group| {
            let wanted = |said: &Speaking<'_>| {
                cve.is_none_or(|cve| rules.text(said.row.cve) == cve || rules.text(said.row.advisory) == cve)
            };
            if group.iter().any(wanted) {
                considered.push(rules.consider(group, &sides, &unread, exposure));
            }
        });
        if !refused {
            let missing = rules.unread_considered(&unread, cve, &considered);
            considered.extend(missing);
            considered.sort_by(|a, b| a.verdict.cve.cmp(&b.verdict.cve));
        }
        let skipped = |at: usize| u8::try_from(at).ok().and_then(|at| rules.lost.get(&at)).copied().unwrap_or(0);
        let feeds = rules.own_feeds.iter().enumerate();
        let feeds = feeds.map(|(at, (feed, part))| FeedUse { feed: feed.clone(), part: *part, skipped: skipped(at) });
        let mut explanation = Explanation {
            package: package.clone(),
            role,
            rules_version: crate::RULES_VERSION,
            subjects: subjects(package),
            feeds: feeds.collect(),
            assessment,
            considered,
            lines: Vec::new(),
        };
        explanation.lines = lines(&explanation, rules, cve);
        explanation
    }

    /// Issues whose records were skipped and of which no fact speaks: those that name the package, or the
    /// one that is asked for.
    fn unread_considered(&self, unread: &[&Unread], cve: Option<&str>, considered: &[Considered]) -> Vec<Considered> {
        let issues: Vec<&Unread> = match cve {
            Some(cve) => self.unread_about(unread, cve).into_iter().collect(),
            None => self.unread_issues(unread),
        };
        let new = |issue: &&Unread| !considered.iter().any(|item| item.verdict.cve == issue.cve());
        let consider = |issue: &Unread| {
            let arm = self.unread_arm(issue);
            let decided = arm.words.to_owned();
            Considered { verdict: self.unread_verdict(issue, &[arm]).to_owned(), comparisons: Vec::new(), decided }
        };
        issues.into_iter().filter(new).map(consider).collect()
    }

    fn consider<'r>(
        &'r self,
        group: &[Speaking<'r>],
        sides: &Sides<'_, 'r>,
        unread: &[&'r Unread],
        exposure: Exposure,
    ) -> Considered {
        let mut arms = Vec::new();
        let severity = self.states(group, sides, &mut arms);
        let decided = decision(&arms, exposure, matches!(self.silence, Some(Reason::FeedTooOld { .. })));
        self.expose(exposure, &mut arms);
        let cve = group.first().map_or("", |said| self.text(said.row.cve));
        self.withhold(unread, cve, &mut arms);
        let withheld = arms.iter().find(|arm| arm.because == Because::Unread);
        let decided = withheld.map_or_else(|| decided.clone(), |arm| format!("{decided}, but {}", arm.words));
        let verdict = VerdictRef { cve, severity, arms: &arms }.to_owned();
        let mut comparisons = Vec::new();
        for said in group.iter().filter(|said| said.sure) {
            let Some(side) = sides.get(said.side) else { continue };
            if said.row.status == Status::Fixed {
                comparisons.push(self.compared(side, said.row.fixed, said.row.key));
            }
            let reached = said.row.status == Status::Fixed && side.key.as_slice() >= self.key(said.row.key);
            if said.row.later != NO_TEXT && !reached {
                comparisons.push(self.compared(side, said.row.later, said.row.later_key));
            }
        }
        Considered { verdict, comparisons, decided }
    }

    fn compared(&self, side: &Side<'_, '_>, fixed: TextId, span: KeySpan) -> Comparison {
        Comparison {
            scheme: self.scheme.map_or("", versions::Scheme::as_str).to_owned(),
            subject: format!("{} {}", side.kind, side.name),
            installed: side.version.as_ref().to_owned(),
            relation: match versions::compare_fixed_keys(&side.key, self.key(span)) {
                std::cmp::Ordering::Less => "<",
                std::cmp::Ordering::Equal => "=",
                std::cmp::Ordering::Greater => ">",
            }
            .to_owned(),
            fixed: self.text(fixed).to_owned(),
        }
    }
}

/// What decided, as a sentence fragment: of each arm where they differ.
fn decision(arms: &[Arm<'_>], exposure: Exposure, too_old: bool) -> String {
    let one = |arm: &Arm<'_>| {
        let version = why(arm);
        match exposure {
            Exposure::None if arm.state.is_open() => format!("{version}, but the package {NO_KERNEL}"),
            Exposure::UnlessTold if arm.state.is_open() => format!("{version}, but {NOT_RUNNING}"),
            _ if too_old && arm.state == State::NotAffected => {
                format!("{version}, but the data is too old for a negative")
            }
            _ => version,
        }
    };
    match arms {
        [arm] => one(arm),
        _ => {
            let parts = arms.iter().map(|arm| match arm.bit {
                "" => format!("otherwise {}", one(arm)),
                bit => format!("with {bit} {}", one(arm)),
            });
            parts.collect::<Vec<_>>().join("; ")
        }
    }
}

fn why(arm: &Arm<'_>) -> String {
    match (arm.because, arm.state) {
        (Because::Below, State::FixNeedsChannel) => {
            "the installed version is below the fixed one, which only the channel has".to_owned()
        }
        (Because::Below, _) => "the installed version is below the fixed one".to_owned(),
        (Because::Reached, _) => HAS_FIX.to_owned(),
        (Because::ReachedLater, _) => HAS_LATER_FIX.to_owned(),
        (Because::OtherStream, _) => OTHER_STREAM.to_owned(),
        (Because::UnknownStream, _) => UNKNOWN_STREAM.to_owned(),
        (Because::Unread, _) => arm.words.to_owned(),
        (Because::Said, state) => format!(
            "the vendor says: {}",
            match state {
                State::NoFix => "affected, no fix yet",
                State::WillNotFix => "affected, no fix is planned here",
                State::UnderInvestigation => "not decided",
                _ => "not affected",
            }
        ),
    }
}

fn subjects(package: &Package) -> Vec<String> {
    let mut subjects = vec![format!("source {} {}", package.source, package.source_version)];
    if let Some(alias) = alias(package) {
        subjects.push(format!("source {} {} ({})", alias.source, alias.version, alias.rule));
    }
    let module = if package.module.is_empty() { String::new() } else { format!(" of module {}", package.module) };
    subjects.push(format!("package {} {}{module}", package.name, package.version));
    subjects
}

fn lines(explanation: &Explanation, rules: &Rules, cve: Option<&str>) -> Vec<String> {
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
    if *rules.platform() != package.platform {
        lines.push(format!("judged by what is said of {}, where it comes from", rules.platform()));
    }
    lines.extend(feed_lines(explanation, rules));
    for item in &explanation.considered {
        lines.extend(item.lines());
    }
    lines.push(conclusion(explanation, rules, cve));
    lines
}

/// The feeds that have a say, those that decide first, a line each; the others as a number.
fn feed_lines(explanation: &Explanation, rules: &Rules) -> Vec<String> {
    let rank = |part: Part| match part {
        Part::Decides => 0,
        Part::Supplements => 1,
        Part::PositivesOnly => 2,
        Part::Labels => 3,
        Part::Unused => 4,
    };
    let platform = rules.platform();
    // Why a feed that speaks for the platform is not heard is worth a line; that others do not speak of it is none.
    let speaks = crate::feeds_for(platform);
    let (mut feeds, others): (Vec<&FeedUse>, Vec<&FeedUse>) =
        explanation.feeds.iter().partition(|of| of.part != Part::Unused || speaks.contains(&of.feed.id.as_str()));
    feeds.sort_by_key(|of| rank(of.part));
    let mut lines: Vec<String> = feeds.into_iter().map(|of| feed_line(of, rules)).collect();
    match others.len() {
        0 => {}
        1 => lines.push(format!("1 other feed in force does not speak for {platform}")),
        others => lines.push(format!("{others} other feeds in force do not speak for {platform}")),
    }
    lines
}

fn feed_line(FeedUse { feed, part, skipped }: &FeedUse, rules: &Rules) -> String {
    let part = match part {
        Part::Decides if rules.fixes_only => "decides; it names only what has a fix",
        Part::Decides => "decides",
        Part::Supplements => "decides the CVEs of which the first has no record",
        Part::PositivesOnly => "decides what it names, and nothing else",
        Part::Labels => "names advisories",
        Part::Unused => "has no say here",
    };
    let age = if feed.too_old { ", too old for a negative" } else { "" };
    let skipped = match skipped {
        0 => String::new(),
        1 => "; 1 record was skipped".to_owned(),
        many => format!("; {many} records were skipped"),
    };
    let at = feed.as_of.strftime("%Y-%m-%d %H:%M UTC");
    format!("feed {} {part}: data of {at}{age}, {} (sha256 {}){skipped}", feed.id, feed.document, feed.sha256)
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
            .map(|guarded| {
                let fixed = guarded.fixed_version.as_deref().filter(|fixed| !fixed.is_empty());
                let fixed = fixed.map(|fixed| format!(" (fixed in {fixed})")).unwrap_or_default();
                match &guarded.guard {
                    model::Guard::Always if verdict.states.len() > 1 => format!("{} otherwise{fixed}", guarded.state),
                    model::Guard::Always => guarded.state.to_string(),
                    model::Guard::Has(bit) => format!("{} with {bit}{fixed}", guarded.state),
                    model::Guard::Lacks(bit) => format!("{} without {bit}{fixed}", guarded.state),
                }
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

fn conclusion(explanation: &Explanation, rules: &Rules, cve: Option<&str>) -> String {
    let silence = match &explanation.assessment {
        Assessment::Assessed if rules.fixes_only => "not affected by anything that the vendor has fixed".to_owned(),
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
