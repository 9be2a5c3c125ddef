//! Why a definition can't be evaluated, or can't be said as facts.

use std::fmt;

/// Why. The text names kinds and words of the document, so that equal causes count together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A test of a kind that is not known here: its element's name.
    UnknownTest(String),
    /// Definitions that refer to themselves, or to each other beyond a sensible depth.
    Cycle,
    /// A reference to something that is not in the document: what it should be.
    Missing(&'static str),
    /// A part that is known to the language, but not here.
    Unsupported(String),
    /// The definition has no criteria.
    NoCriteria,
    /// The tree is understood, but says more than statements about single packages can.
    NotFlat(&'static str),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTest(kind) => write!(f, "tests of the kind '{}' are not known", kind.escape_debug()),
            Self::Cycle => f.write_str("definitions refer to each other in a circle, or too deeply"),
            Self::Missing(what) => write!(f, "it refers to {what} that the document does not have"),
            Self::Unsupported(why) => f.write_str(why),
            Self::NoCriteria => f.write_str("it has no criteria"),
            Self::NotFlat(why) => write!(f, "it can't be said of single packages: {why}"),
        }
    }
}
