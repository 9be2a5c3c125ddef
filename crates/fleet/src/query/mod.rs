//! The query language: text that becomes a set of hosts. `docs/query-language.md` is its manual.
//!
//! ```text
//! query   = [ any ]
//! any     = all { "or" all }
//! all     = one { [ "and" ] one }
//! one     = ( "-" | "not" ) one | "(" any ")" | term
//! term    = word | field ( ":" | "=" ) value { "," value } | count op number
//!         | "pkg" ( ":" | "=" ) value [ op value ]
//! op      = ":" | "=" | "<" | "<=" | ">" | ">="
//! ```

mod error;
mod eval;
mod parse;

use crate::{Colour, Freshness};
pub use error::QueryError;
use std::fmt;

/// The longest text that is read, in characters.
pub const MAX_LENGTH: usize = 4096;
/// How many terms a query may have.
pub const MAX_TERMS: usize = 100;
/// How deep parentheses and negations may nest.
pub const MAX_DEPTH: usize = 20;

/// A parsed query. The empty query keeps every host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub(crate) root: Option<Expr>,
}

impl Query {
    /// Parses a query. Text of white space alone is the empty query.
    ///
    /// # Errors
    /// Says what is wrong, where (in characters), and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// Whether every host is kept.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

impl std::str::FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A part of a query. `All` and `Any` have two parts or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expr {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
}

/// One condition on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// The hostname contains the text, in any case.
    Word(String),
    /// The host's distribution, or distribution and release.
    Os { distribution: String, release: Option<String> },
    /// How long ago it was heard of.
    Freshness(Freshness),
    /// How it is shown.
    Colour(Colour),
    /// A number of the host.
    Count { count: Count, op: Op, number: u64 },
    /// It has a package of this name installed, of a version that compares so.
    Package { name: String, version: Option<(Op, String)> },
    /// An update of this package waits, by its own name or its source's.
    Update(String),
    /// The CVE is open on it.
    Cve(String),
    /// Whether it must be rebooted; absent: it cannot tell.
    Reboot(Option<bool>),
    /// It has the tag.
    Tag(String),
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

impl Count {
    pub(crate) const ALL: [Self; 5] = [Self::Security, Self::Other, Self::Withheld, Self::Findings, Self::Packages];

    /// The field's name, and the longer names that are read too.
    pub(crate) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Security => &["security", "security_updates"],
            Self::Other => &["other", "other_updates"],
            Self::Withheld => &["withheld", "withheld_updates"],
            Self::Findings => &["findings", "open_findings"],
            Self::Packages => &["packages"],
        }
    }
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

    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Freshness {
    /// Every value, the freshest first.
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Late, Self::Stale, Self::Lost];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Lost => "lost",
        }
    }
}

impl Colour {
    /// Every value.
    pub const ALL: [Self; 5] = [Self::Green, Self::Yellow, Self::Orange, Self::Red, Self::Grey];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

impl fmt::Display for Query {
    /// The query in its plain form; parsing it gives an equal query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Some(root) => write_expr(f, root, false),
            None => Ok(()),
        }
    }
}

fn write_expr(f: &mut fmt::Formatter<'_>, expr: &Expr, inside: bool) -> fmt::Result {
    let (parts, separator) = match expr {
        Expr::All(parts) => (parts, " "),
        Expr::Any(parts) => (parts, " or "),
        Expr::Not(inner) => {
            f.write_str("-")?;
            return write_expr(f, inner, true);
        }
        Expr::Term(term) => return write!(f, "{term}"),
    };
    if inside {
        f.write_str("(")?;
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        write_expr(f, part, true)?;
    }
    if inside {
        f.write_str(")")?;
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) if parse::is_plain_word(word) => f.write_str(word),
            Self::Word(word) => write_quoted(f, word),
            Self::Os { distribution, release: None } => write!(f, "os:{distribution}"),
            Self::Os { distribution, release: Some(release) } => write!(f, "os:{distribution}:{release}"),
            Self::Freshness(freshness) => write!(f, "freshness:{}", freshness.as_str()),
            Self::Colour(colour) => write!(f, "colour:{}", colour.as_str()),
            Self::Count { count, op, number } => {
                write!(f, "{}{}{number}", count.names().first().unwrap_or(&""), op.as_str())
            }
            Self::Package { name, version } => {
                f.write_str("pkg:")?;
                write_value(f, name)?;
                version.as_ref().map_or(Ok(()), |(op, version)| {
                    f.write_str(op.as_str())?;
                    write_value(f, version)
                })
            }
            Self::Update(name) => {
                f.write_str("update:")?;
                write_value(f, name)
            }
            Self::Cve(cve) => {
                f.write_str("cve:")?;
                write_value(f, cve)
            }
            Self::Reboot(Some(required)) => write!(f, "reboot:{required}"),
            Self::Reboot(None) => f.write_str("reboot:unknown"),
            Self::Tag(tag) => {
                f.write_str("tag:")?;
                write_value(f, tag)
            }
        }
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    if parse::is_plain_value(value) { f.write_str(value) } else { write_quoted(f, value) }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
