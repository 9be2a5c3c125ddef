//! Comparison of single values, and the patterns used for it.

use super::model::{Datatype, Operation, Strings, Sym};
use super::reason::Reason;
use regex::{Regex, RegexBuilder};
use std::cmp::Ordering;
use std::collections::HashMap;
use versions::Scheme;

/// Largest compiled pattern in bytes; the largest real ones (ranges of kernel releases) take a fifth.
const MAX_PATTERN_BYTES: usize = 2 << 20;

/// Compiled patterns of a document, by their text's number.
#[derive(Debug, Default)]
pub struct Patterns(HashMap<Sym, Result<Regex, Reason>>);

impl Patterns {
    /// The pattern of a text. Lines are told apart (`^`, `$`), which is the language's default.
    pub(super) fn get(&mut self, strings: &Strings, sym: Sym) -> Result<&Regex, Reason> {
        let compiled = self.0.entry(sym).or_insert_with(|| compile(strings.get(sym)));
        compiled.as_ref().map_err(Clone::clone)
    }
}

/// Compiles a pattern. Matching takes time in proportion to the text, whatever the pattern.
pub(super) fn compile(pattern: &str) -> Result<Regex, Reason> {
    RegexBuilder::new(pattern).multi_line(true).size_limit(MAX_PATTERN_BYTES).build().map_err(|error| {
        let why = if matches!(error, regex::Error::CompiledTooBig(_)) { "too large" } else { "of a kind not known" };
        Reason::Unsupported(format!("a pattern is {why} here"))
    })
}

/// Whether a value of an item stands to an expected one as the operation says; patterns aside.
pub(super) fn holds(operation: Operation, datatype: Datatype, actual: &str, expected: &str) -> Result<bool, Reason> {
    let order = || order(datatype, actual, expected);
    Ok(match operation {
        Operation::Equals if datatype == Datatype::Text => actual == expected,
        Operation::NotEqual if datatype == Datatype::Text => actual != expected,
        Operation::EqualsIgnoringCase => actual.eq_ignore_ascii_case(expected),
        Operation::NotEqualIgnoringCase => !actual.eq_ignore_ascii_case(expected),
        Operation::Equals => order()?.is_eq(),
        Operation::NotEqual => order()?.is_ne(),
        Operation::Less => order()?.is_lt(),
        Operation::LessOrEqual => order()?.is_le(),
        Operation::Greater => order()?.is_gt(),
        Operation::GreaterOrEqual => order()?.is_ge(),
        Operation::Pattern => return Err(Reason::Unsupported("a pattern where none is expected".to_owned())),
    })
}

fn order(datatype: Datatype, actual: &str, expected: &str) -> Result<Ordering, Reason> {
    match datatype {
        Datatype::RpmEvr => Ok(Scheme::Rpm.compare_fixed(actual, expected)),
        Datatype::DebianEvr => Ok(Scheme::Dpkg.compare(actual, expected)),
        Datatype::Int => match (actual.trim().parse::<i64>(), expected.trim().parse::<i64>()) {
            (Ok(actual), Ok(expected)) => Ok(actual.cmp(&expected)),
            _ => Err(Reason::Unsupported("a number that is none".to_owned())),
        },
        Datatype::Text => Err(Reason::Unsupported("an order of texts".to_owned())),
    }
}
