//! The query language: text that becomes a set of hosts. `docs/query-language.md` is its manual.
//!
//! ```text
//! query   = [ any ]
//! any     = all { "or" all }
//! all     = one { [ "and" ] one }
//! one     = ( "-" | "not" ) one | "(" any ")" | term
//! term    = word | field ( ":" | "=" ) value { "," value } | field op value
//!         | ( "pkg" | "finding" ) ":" "(" any ")"
//!         | "pkg" ":" value [ op value ] { "," value [ op value ] }
//! op      = ":" | "=" | "<" | "<=" | ">" | ">="
//! ```
//!
//! Inside a group the same grammar is of conditions on one package or finding.

mod complete;
mod error;
mod eval;
mod explain;
mod fields;
mod ids;
mod level;
mod network;
mod parse;
mod pattern;
mod tree;
mod words;
mod write;

pub use complete::{Completion, MOST_SUGGESTIONS, Suggestion, SuggestionKind};
pub use error::QueryError;
pub use explain::{Cost, CveData, Join, Plan};
pub use ids::{NoId, check_id};
pub use level::Level;
pub(crate) use tree::{Expr, LabelKind, Term};

/// The longest text that is read, in characters.
pub const MAX_LENGTH: usize = 4096;
/// How many terms a query may have.
pub const MAX_TERMS: usize = 100;
/// How deep parentheses and negations may nest.
pub const MAX_DEPTH: usize = 20;

/// A parsed query. The empty query keeps every host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub(crate) root: Option<Expr<Term>>,
}

impl Query {
    /// Parses a query. Text of white space alone is the empty query.
    ///
    /// # Errors
    /// Says what is wrong, where (in characters), and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::parse_at_most(text, Level::Alerts)
    }

    /// Parses a query that is kept where its fields may be of this level at most.
    ///
    /// # Errors
    /// As [`Query::parse`], and at the first field of a higher level.
    pub fn parse_at_most(text: &str, most: Level) -> Result<Self, QueryError> {
        parse::parse(text, most)
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
