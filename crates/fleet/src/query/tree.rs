//! What a query is once it was read: conditions joined into a tree, on hosts or, inside a group, on one
//! package or finding.

use super::network::Network;
use super::pattern::Pattern;
use crate::{Colour, Freshness};
use model::{Role, Severity, State};

/// Conditions joined. `All` and `Any` have two parts or more, none of them joined the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expr<T> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Term(T),
}

impl<T> Expr<T> {
    /// Several parts as one, a single part as it is. Parts that are joined the same way are taken in, so
    /// that equal queries are equal however they are bracketed.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// As [`Expr::all`], of parts of which any must hold.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    /// What must all hold: the parts of `All`, or the whole.
    pub(super) fn conjuncts(&self) -> &[Self] {
        match self {
            Self::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Whether something is true of every condition in it.
    pub(super) fn every(&self, of: &impl Fn(&T) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(|part| part.every(of)),
            Self::Not(part) => part.every(of),
            Self::Term(term) => of(term),
        }
    }

    /// Whether it holds where some conditions can't be told yet (`None`): `Some` only where these change
    /// nothing (Kleene's logic).
    pub(super) fn truth(&self, of: &mut impl FnMut(&T) -> Option<bool>) -> Option<bool> {
        match self {
            Self::Term(term) => of(term),
            Self::Not(part) => part.truth(of).map(|holds| !holds),
            Self::All(parts) => decided(parts, false, of),
            Self::Any(parts) => decided(parts, true, of),
        }
    }
}

/// One part that is `deciding` decides; else what can't be told leaves the whole untold.
fn decided<T>(parts: &[Expr<T>], deciding: bool, of: &mut impl FnMut(&T) -> Option<bool>) -> Option<bool> {
    let mut told = true;
    for part in parts {
        match part.truth(of) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => told = false,
        }
    }
    told.then_some(!deciding)
}

/// One condition on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// The hostname contains the text, in any case; with wildcards, it is such a name.
    Word(Pattern),
    /// The host's distribution, or distribution and release.
    Os { distribution: String, release: Option<String> },
    /// How long ago it was heard of.
    Freshness(Freshness),
    /// How it is shown.
    Colour(Colour),
    /// A number of the host.
    Count { count: Count, op: Op, number: u64 },
    /// The time since something of the host.
    Age { age: Age, op: Op, seconds: u64 },
    /// An update of this package waits, by its own name or its source's.
    Update(Pattern),
    /// Whether it must be rebooted; absent: it cannot tell.
    Reboot(Option<bool>),
    /// It has the tag.
    Tag(Pattern),
    /// A text of the host.
    Label { kind: LabelKind, value: Pattern },
    /// One of its addresses is in the network.
    Address(Network),
    /// Something is not known of it, by its code; none: anything.
    NotKnown(Option<&'static str>),
    /// It has a package of which this holds.
    Package(Expr<Part>),
    /// It has an open finding of which this holds.
    Finding(Expr<Part>),
}

/// One condition on a package in a role, or on a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The package's name.
    Name(Pattern),
    /// The package that it was built from.
    Source(Pattern),
    /// Its version, by the order of its distribution.
    Version(Op, String),
    /// Its architecture.
    Arch(Pattern),
    /// The role in which the host has it.
    Role(Role),
    /// Where it comes from.
    Origin(Source),
    /// The CVE, or the advisory where it names none.
    Cve(Pattern),
    /// The state on that host.
    State(State),
    /// The vendor's severity.
    Severity(Op, Severity),
    /// Whether a version is named that is not affected.
    Fixed(bool),
    /// Whether it is known to be exploited.
    Kev(bool),
    /// The chance of exploitation, in 100,000ths.
    Epss(Op, u32),
    /// The base score, in tenths.
    Cvss(Op, u32),
    /// The feed that decided.
    Feed(Pattern),
    /// The advisory that labels it.
    Advisory(Pattern),
}

/// Where a package comes from, as far as a query tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The distribution, by evidence or inference.
    Distribution,
    /// Somebody else.
    Foreign,
}

impl Part {
    /// Whether a package in a role alone decides it.
    pub(super) const fn is_of_package(&self) -> bool {
        matches!(
            self,
            Self::Name(_) | Self::Source(_) | Self::Version(..) | Self::Arch(_) | Self::Role(_) | Self::Origin(_)
        )
    }

    /// Whether the CVE alone decides it.
    pub(super) const fn is_of_cve(&self) -> bool {
        matches!(self, Self::Cve(_) | Self::Kev(_) | Self::Epss(..) | Self::Cvss(..))
    }

    /// Whether it asks for texts that the index does not keep.
    pub(super) const fn is_of_text(&self) -> bool {
        matches!(self, Self::Feed(_) | Self::Advisory(_))
    }
}

/// A number of a host that a query compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Security,
    Other,
    Withheld,
    Findings,
    Packages,
}

/// A moment of a host from which time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// When it was last heard of.
    Seen,
    /// When its package lists were fetched.
    Lists,
    /// When its kernel was booted.
    Boot,
}

/// A text of a host that a query compares whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LabelKind {
    /// Its site.
    Site,
    /// Its environment.
    Environment,
    /// The release of the kernel that runs.
    Kernel,
    /// Its architecture.
    Arch,
    /// Its package manager.
    Manager,
    /// What it runs on.
    Virtualization,
    /// A DNS domain that it is in.
    Domain,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Op {
    pub(crate) const fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}
