//! What a query was read as, and what each part of it keeps and costs.

use super::eval::evaluate;
use super::tree::{Expr, Part, Term};
use super::{Level, Query, ids, level};
use crate::Snapshot;
use model::Role;
use roaring::RoaringBitmap;
use std::collections::HashMap;

/// What a condition costs, the cheapest first: those go first of several that must all hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// One set of hosts, kept ready.
    Set,
    /// A union of such sets.
    Union,
    /// A number of each host that is left.
    Column,
    /// A text or a list of addresses of each host that is left.
    Names,
    /// Texts that the rules have to say again.
    Rules,
}

impl Cost {
    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Union => "union",
            Self::Column => "column",
            Self::Names => "names",
            Self::Rules => "rules",
        }
    }

    /// Of a part: what is dearest in it.
    pub(super) fn of(expr: &Expr<Term>) -> Self {
        match expr {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().map(Self::of).max().unwrap_or(Self::Set),
            Expr::Not(part) => Self::of(part),
            Expr::Term(term) => match term {
                Term::Freshness(_) | Term::Colour(_) | Term::Reboot(_) => Self::Set,
                Term::Tag(tag) if tag.literal().is_some() => Self::Set,
                // A kernel that runs and boots next too is told by the inventory alone.
                Term::Package(of) if !of.every(&|part| !matches!(part, Part::Role(Role::NextKernel))) => Self::Names,
                Term::Os { .. } | Term::Tag(_) | Term::Label { .. } | Term::Update(_) | Term::Package(_) => Self::Union,
                Term::Finding(of) if of.every(&|part| !part.is_of_text()) => Self::Union,
                Term::Finding(_) => Self::Rules,
                Term::Count { .. } | Term::Age { .. } | Term::NotKnown(_) => Self::Column,
                Term::Word(_) | Term::Address(_) => Self::Names,
            },
        }
    }
}

/// How the parts of a [`Plan`] are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// All must hold.
    All,
    /// Any must hold.
    Any,
    /// The one part must not hold.
    Not,
    /// It has no parts.
    Term,
}

impl Join {
    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::Not => "not",
            Self::Term => "term",
        }
    }
}

/// A part of a query, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its plain form.
    pub text: String,
    /// How its parts are joined.
    pub join: Join,
    /// The highest level of its fields.
    pub level: Level,
    /// What is dearest in it.
    pub cost: Cost,
    /// How many hosts of the scope it keeps by itself.
    pub hosts: u64,
    /// Its parts, in the order in which they are looked at.
    pub parts: Vec<Self>,
}

impl Snapshot {
    /// What a query was read as; none for the empty query. Evaluates each of its parts by itself, equal
    /// ones once.
    #[must_use]
    pub fn plan(&self, query: &Query, scope: Option<&RoaringBitmap>) -> Option<Plan> {
        let within = self.within(scope);
        let mut known = HashMap::new();
        query.root.as_ref().map(|root| self.plan_and_hosts(root, &within, &mut known).0)
    }

    /// A join is made of what its parts keep: no condition is looked at twice.
    fn plan_and_hosts(
        &self,
        expr: &Expr<Term>,
        within: &RoaringBitmap,
        known: &mut HashMap<String, RoaringBitmap>,
    ) -> (Plan, RoaringBitmap) {
        let text = expr.to_string();
        let (join, of): (Join, &[Expr<Term>]) = match expr {
            Expr::All(parts) => (Join::All, parts),
            Expr::Any(parts) => (Join::Any, parts),
            Expr::Not(part) => (Join::Not, std::slice::from_ref(part)),
            Expr::Term(_) => (Join::Term, &[]),
        };
        let mut of: Vec<&Expr<Term>> = of.iter().collect();
        of.sort_by_key(|part| Cost::of(part));
        let (parts, sets): (Vec<Plan>, Vec<RoaringBitmap>) =
            of.into_iter().map(|part| self.plan_and_hosts(part, within, known)).unzip();
        let hosts = match join {
            Join::All => sets.into_iter().fold(within.clone(), |all, set| all & set),
            Join::Any => sets.into_iter().fold(RoaringBitmap::new(), |any, set| any | set),
            Join::Not => sets.into_iter().fold(within.clone(), |left, set| left - set),
            Join::Term => {
                let keep = || evaluate(expr, &self.tables, within.clone());
                known.entry(text.clone()).or_insert_with(keep).clone()
            }
        };
        let plan = Plan { text, join, level: level::level(expr), cost: Cost::of(expr), hosts: hosts.len(), parts };
        (plan, hosts)
    }

    /// What the answer to a query lacks: what it asks for and is not known. Each a sentence.
    #[must_use]
    pub fn lacks(&self, query: &Query, scope: Option<&RoaringBitmap>) -> Vec<String> {
        let scores = &self.tables.scores;
        let mut lacks = Vec::new();
        if query.level() >= Level::Verdicts {
            let totals = scope.map_or(self.tables.totals, |scope| self.tables.columns.sum(scope));
            let (hosts, all) = (totals.assessment.hosts_not_assessed, totals.hosts.total);
            if hosts > 0 {
                lacks.push(format!(
                    "{} of {} not assessed: what is not known to be open on them may be.",
                    thousands(hosts),
                    if all == 1 { "1 host is".to_owned() } else { format!("{} hosts are", thousands(all)) }
                ));
            }
        }
        let missing = [
            (
                CveData::Exploited,
                scores.has_exploited(),
                "No catalogue of exploited vulnerabilities is at hand, so kev: finds none; the feed is cisa-kev.",
            ),
            (
                CveData::Epss,
                scores.has_epss(),
                "No chances of exploitation are at hand, so epss finds none; the feed is first-epss.",
            ),
            (
                CveData::Cvss,
                scores.has_cvss(),
                "No base scores are at hand, so cvss finds none; the feeds are nvd and cve-records.",
            ),
        ];
        let asked = query.cve_data();
        lacks.extend(
            missing.iter().filter(|(of, there, _)| !there && asked.contains(of)).map(|(.., say)| (*say).to_owned()),
        );
        lacks.extend(query.advisories_as_cves().into_iter().map(|id| {
            format!(
                "A finding has the name {id} only where that advisory names no CVE; advisory:{id} asks for all that it labels."
            )
        }));
        lacks
    }
}

/// What is known of CVEs themselves, as a query may ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CveData {
    /// Known exploitation.
    Exploited,
    /// The chance of exploitation.
    Epss,
    /// Base scores.
    Cvss,
}

impl Query {
    /// What it asks of CVEs themselves, each once: how current the answer is depends on the feeds that say it.
    #[must_use]
    pub fn cve_data(&self) -> Vec<CveData> {
        let is_of = |of: CveData, part: &Part| match of {
            CveData::Exploited => matches!(part, Part::Kev(_)),
            CveData::Epss => matches!(part, Part::Epss(..)),
            CveData::Cvss => matches!(part, Part::Cvss(..)),
        };
        let Some(root) = &self.root else { return Vec::new() };
        let all = [CveData::Exploited, CveData::Epss, CveData::Cvss];
        all.into_iter().filter(|of| speaks_of(root, |part| is_of(*of, part))).collect()
    }

    /// The advisories that stand in the place of a CVE, each once.
    fn advisories_as_cves(&self) -> Vec<String> {
        let found = std::cell::RefCell::new(Vec::<String>::new());
        let look = |part: &Part| {
            if let Part::Cve(id) = part
                && let Some(id) = id.literal()
                && !ids::is_cve(id)
                && !found.borrow().iter().any(|known| known == id)
            {
                found.borrow_mut().push(id.to_owned());
            }
            false
        };
        if let Some(root) = &self.root {
            speaks_of(root, look);
        }
        found.into_inner()
    }
}

/// `1204` as `1,204`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether anything of a finding that is asked for is so.
fn speaks_of(expr: &Expr<Term>, of: impl Fn(&Part) -> bool) -> bool {
    !expr.every(&|term| match term {
        Term::Finding(parts) => parts.every(&|part| !of(part)),
        _ => true,
    })
}
