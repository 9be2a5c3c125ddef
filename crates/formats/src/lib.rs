//! Streaming parsers of the foreign formats that both the agent and the server read.
//!
//! Everything here works on bytes, `Read` or `BufRead`; nothing opens a file. Every parser has
//! ceilings on bytes and records, returns what it understood together with what it
//! [skipped](Skipped) and why, and never panics, whatever it is fed.

pub mod alpm;
pub mod apk;
pub mod apt_conf;
pub mod compression;
pub mod deb822;
pub mod ini;
pub mod modulemd;
pub mod packages;
pub mod pattern;
pub mod preferences;
pub mod primary;
pub mod primary_db;
pub mod relations;
pub mod release;
pub mod repomd;
pub mod rpmdb;
pub mod sources_list;
pub mod tar;
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

/// A short, printable form of foreign bytes for messages: at most 60 characters, escaped, without what
/// may be a name and password within an address. Messages travel; what is configured stays.
pub(crate) fn shown(bytes: &[u8]) -> String {
    /// Far more than is shown, so that an address is seen to its end.
    const LOOKED_AT: usize = 4096;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]);
    let (mut plain, mut rest) = (String::new(), &*text);
    while let Some((before, behind)) = rest.split_once(':') {
        plain.push_str(before);
        plain.push(':');
        rest = behind;
        if !behind.starts_with('/') {
            continue;
        }
        let end = behind.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(behind.len());
        let is_cut = end == behind.len() && bytes.len() > LOOKED_AT;
        let (address, after) = behind.split_at(end);
        match address.rfind('@') {
            Some(at) => {
                plain.push_str("//");
                plain.push_str(&address[at + 1..]);
                rest = after;
            }
            None if is_cut => rest = "",
            None => {}
        }
    }
    plain.push_str(rest);
    plain.chars().take(60).flat_map(char::escape_debug).collect()
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

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn messages_hold_no_credentials() {
        for (text, expected) in [
            ("deb https://me:secret@e.org/debian x", "deb https://e.org/debian x"),
            ("deb https:/me:secret@e.org/debian x", "deb https://e.org/debian x"),
            ("deb https://me:sec/ret@e.org/ x", "deb https://e.org/ x"),
            ("Proxy \"http://me:secret@proxy:3128\" junk", "Proxy \\\"http://proxy:3128\\\" junk"),
            ("a: b@c, https://e.org", "a: b@c, https://e.org"),
            ("http://a:b@c http://d:e@f", "http://c http://f"),
        ] {
            assert_eq!(shown(text.as_bytes()), expected);
        }
        let long = format!("https://me:{}@e.org/", "s".repeat(500));
        assert_eq!(shown(long.as_bytes()), "https://e.org/");
        let endless = format!("https://me:{}@e.org/", "s".repeat(5000));
        assert_eq!(shown(endless.as_bytes()), "https:");
    }
}
