//! Streaming parsers of the foreign formats that both the agent and the server read.
//!
//! Everything here works on bytes, `Read` or `BufRead`; nothing opens a file. Every parser has
//! ceilings on bytes and records, returns what it understood together with what it
//! [skipped](Skipped) and why, and never panics, whatever it is fed.

pub mod apt_conf;
pub mod compression;
pub mod deb822;
pub mod packages;
pub mod pattern;
pub mod preferences;
pub mod relations;
pub mod release;
pub mod sources_list;
pub mod updateinfo;
pub mod xml;

use std::fmt;

/// A part of a document that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Where it begins, counted from 1.
    pub line: u64,
    /// Why, in words.
    pub why: String,
}

impl Skipped {
    /// A note on a part that begins at `line`.
    #[must_use]
    pub fn new(line: u64, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// A short, printable form of foreign bytes for messages: at most 60 characters, escaped.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(240)]);
    text.chars().take(60).flat_map(char::escape_debug).collect()
}

/// apt's reading of a truth value, `None` where it is neither: numbers and the words of apt.conf(5).
pub(crate) fn truth(text: &str) -> Option<bool> {
    const TRUE: &[&str] = &["yes", "true", "with", "on", "enable"];
    const FALSE: &[&str] = &["no", "false", "without", "off", "disable"];
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        // apt takes 0 and 1 for what they say and any other number for no truth value at all.
        return match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
    }
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(TRUE) {
        Some(true)
    } else if is(FALSE) {
        Some(false)
    } else {
        None
    }
}
