//! What the answers of a query rest on.

use super::Query;
use super::tree::{Expr, Term};
use std::fmt;

/// What a field rests on. What is kept with a query must rest on less than the query is used for:
/// membership of a group may not depend on a policy that asks for the group. So a saved query names the
/// highest level that it may use: groups and permissions [`Level::Groups`], the scopes of exceptions
/// [`Level::Verdicts`]. The language has no field of the levels of groups and alerts so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 0: what hosts report, the time, and tags.
    Facts,
    /// 1: membership of groups.
    Groups,
    /// 2: verdicts as the feeds and the rules give them.
    Verdicts,
    /// 3: verdicts after exceptions, and what is counted from them.
    Open,
    /// 4: alerts and policies.
    Alerts,
}

impl Level {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Facts => 0,
            Self::Groups => 1,
            Self::Verdicts => 2,
            Self::Open => 3,
            Self::Alerts => 4,
        }
    }

    /// What it rests on, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facts => "reported facts and tags",
            Self::Groups => "groups",
            Self::Verdicts => "verdicts",
            Self::Open => "exceptions and counts of findings",
            Self::Alerts => "alerts and policies",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.number(), self.as_str())
    }
}

impl Query {
    /// The highest level of its fields; [`Level::Facts`] for the empty query.
    #[must_use]
    pub fn level(&self) -> Level {
        self.root.as_ref().map_or(Level::Facts, level)
    }
}

/// The highest level in a part of a query.
pub(super) fn level(expr: &Expr<Term>) -> Level {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().map(level).max().unwrap_or(Level::Facts),
        Expr::Not(part) => level(part),
        Expr::Term(term) => term.level(),
    }
}
