//! What may stand at a place of a query that is being typed.

mod place;
mod values;

use super::fields::{Field, Info, Place, Takes};
use super::{Expr, Term};
use crate::Snapshot;
use place::{At, Typed};
use roaring::RoaringBitmap;
use values::{Candidate, candidates};

/// Most suggestions at once.
pub const MOST_SUGGESTIONS: usize = 20;

/// Values that are counted at most; they are taken from the most frequent of the whole fleet down.
const MOST_COUNTED: usize = 400;

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// The first character that a suggestion takes the place of, counted from 0.
    pub start: usize,
    /// The character behind the last one; the same as `start` where nothing is replaced.
    pub end: usize,
    /// At most [`MOST_SUGGESTIONS`].
    pub suggestions: Vec<Suggestion>,
}

/// One thing that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What to put in place of the characters, quotes where it needs them.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// How many hosts of the scope have the value; none for fields and words that join.
    pub hosts: Option<u64>,
    /// One line for people; empty for values.
    pub note: &'static str,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A field, with what stands between it and its value.
    Field,
    /// A value.
    Value,
    /// A word that joins or negates.
    Keyword,
}

impl SuggestionKind {
    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Value => "value",
            Self::Keyword => "keyword",
        }
    }
}

impl Snapshot {
    /// What may stand at a place of a text (in characters from 0; behind its end is at its end). Values are
    /// those that hosts of the scope have, the most frequent first. What stands elsewhere in the text need
    /// be no query.
    #[must_use]
    pub fn complete(&self, text: &str, at: usize, scope: Option<&RoaringBitmap>) -> Completion {
        let text: Vec<char> = text.chars().take(super::MAX_LENGTH).collect();
        let at = At::of(&text, at.min(text.len()));
        let mut suggestions = Vec::new();
        match &at.typed {
            Typed::Name => {
                let values = self.values_of_word(&at, scope);
                suggestions.extend(fields(&at));
                suggestions.extend(values);
            }
            Typed::Value { info, package } => {
                let found = candidates(&self.tables, at.place, info, package.as_deref(), &at.prefix);
                suggestions.extend(self.counted(found, scope, ""));
            }
            Typed::Nothing => {}
        }
        suggestions.truncate(MOST_SUGGESTIONS);
        Completion { start: at.start, end: at.end, suggestions }
    }

    /// Values of the fields that name hosts by a word, for who begins with the value.
    fn values_of_word(&self, at: &At, scope: Option<&RoaringBitmap>) -> Vec<Suggestion> {
        if at.place != Place::Host || at.prefix.chars().count() < 2 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for name in ["os", "tag"] {
            if let Some(info) = Place::Host.field(name) {
                let values = candidates(&self.tables, at.place, info, None, &at.prefix);
                found.extend(self.counted(values, scope, &format!("{name}:")));
            }
        }
        found
    }

    /// Those that hosts of the scope have, the most frequent first.
    fn counted(&self, mut found: Vec<Candidate<'_>>, scope: Option<&RoaringBitmap>, before: &str) -> Vec<Suggestion> {
        // What is frequent in the fleet is counted first: of many values, few are.
        found.sort_by(|a, b| b.rough.cmp(&a.rough).then_with(|| a.text.cmp(&b.text)));
        let within = self.within(scope);
        let mut counted: Vec<(u64, String)> = Vec::new();
        for candidate in found.into_iter().take(MOST_COUNTED) {
            if counted.len() == MOST_SUGGESTIONS {
                break;
            }
            let hosts = candidate.count(&self.tables, &within);
            if hosts > 0 {
                counted.push((hosts, candidate.text));
            }
        }
        counted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let suggestion = |(hosts, text): (u64, String)| Suggestion {
            text: format!("{before}{text}"),
            kind: SuggestionKind::Value,
            hosts: Some(hosts),
            note: "",
        };
        counted.into_iter().map(suggestion).collect()
    }
}

/// Fields of the place that begin so, and words that may stand there.
fn fields(at: &At) -> Vec<Suggestion> {
    let prefix = at.prefix.to_lowercase();
    let begins = |info: &&Info| info.names.iter().any(|name| name.starts_with(&prefix));
    let mut found: Vec<Suggestion> = at.place.fields().iter().filter(begins).map(field).collect();
    let words = [
        ("or", at.follows, "either of two conditions"),
        ("and", at.follows, "both of two conditions"),
        ("not", true, "what the next condition does not keep"),
    ];
    // Nobody looks for a joining word by a list of all fields.
    let typed = !prefix.is_empty();
    found.extend(words.into_iter().filter(|(word, may, _)| typed && *may && word.starts_with(&prefix)).map(
        |(word, _, note)| Suggestion { text: format!("{word} "), kind: SuggestionKind::Keyword, hosts: None, note },
    ));
    found
}

fn field(info: &Info) -> Suggestion {
    let behind = match info.takes {
        Takes::Values => ":",
        Takes::Number | Takes::Span => ">",
        Takes::Compared if matches!(info.field, Field::Of(super::fields::PartField::Version)) => "<",
        Takes::Compared => ":",
        Takes::Group => ":(",
    };
    Suggestion { text: format!("{}{behind}", info.name()), kind: SuggestionKind::Field, hosts: None, note: info.what }
}

/// A condition by itself.
fn alone(term: Term) -> Expr<Term> {
    Expr::Term(term)
}
