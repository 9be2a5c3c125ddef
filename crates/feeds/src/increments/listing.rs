//! Lists of what has changed: `changes.csv` and `deletions.csv` of a CSAF directory (CSAF 2.0, 7.1.13).
//!
//! ```text
//! "2023/cve-2023-0044.json","2023-12-12T00:00:00+00:00"
//! ```
//!
//! Newest first in Red Hat's, which is not relied on.

use jiff::Timestamp;
use std::collections::BTreeMap;

/// Most lines of a list; Red Hat's had 50,000 in 2026.
const MAX_LINES: usize = 1_000_000;
/// Longest path, so that it fits a tar head with what is put before it.
const MAX_PATH: usize = 90;

/// A list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// When each document last changed, by its path.
    pub(super) at: BTreeMap<String, Timestamp>,
    /// Lines that are none.
    pub(super) odd: usize,
    /// The first of them, with its number.
    pub(super) first_odd: Option<String>,
}

impl Listing {
    /// Reads a list; `wants` says which paths are documents.
    ///
    /// # Errors
    /// When it is no text, has too many lines, or none of its lines is understood.
    pub(super) fn read(text: &[u8], wants: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is no text".to_owned())?;
        let (mut listing, mut understood) = (Self::default(), 0_usize);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            if number >= MAX_LINES {
                return Err(format!("more than {MAX_LINES} lines"));
            }
            let Some((path, at)) = entry(line) else {
                listing.odd += 1;
                let shown: String = line.chars().filter(|c| !c.is_control()).take(100).collect();
                listing.first_odd.get_or_insert_with(|| format!("line {}: {shown}", number + 1));
                continue;
            };
            understood += 1;
            if wants(path) {
                // A document that stands there twice counts as of its last change.
                let last = listing.at.entry(path.to_owned()).or_insert(at);
                *last = at.max(*last);
            }
        }
        match (understood, &listing.first_odd) {
            (0, Some(first)) => Err(format!("none of its lines is understood; {first}")),
            _ => Ok(listing),
        }
    }
}

fn entry(line: &str) -> Option<(&str, Timestamp)> {
    let (path, at) = line.trim().split_once(',')?;
    let (path, at) = (path.trim_matches('"'), at.trim().trim_matches('"'));
    let fits = path.len() <= MAX_PATH
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/'))
        && path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    let at = at.parse().ok()?;
    fits.then_some((path, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Listing, String> {
        Listing::read(text.as_bytes(), &|path| path.ends_with(".json"))
    }

    #[test]
    fn lines_are_paths_and_times() {
        let listing = read(
            "\"2023/cve-2023-0044.json\",\"2023-12-12T00:00:00+00:00\"\n2023/a.json,2023-12-13T01:02:03Z\r\n\
            \"2023/cve-2023-0044.json\",\"2023-12-11T00:00:00+00:00\"\n\"2023/a.json.asc\",\"2023-12-13T01:02:03Z\"\n",
        )
        .unwrap();
        let at: Vec<_> = listing.at.iter().map(|(path, at)| (path.as_str(), at.to_string())).collect();
        assert_eq!(
            at,
            [
                ("2023/a.json", "2023-12-13T01:02:03Z".to_owned()),
                ("2023/cve-2023-0044.json", "2023-12-12T00:00:00Z".to_owned())
            ]
        );
        assert_eq!(read("").unwrap(), Listing::default());
    }

    #[test]
    fn paths_lead_nowhere_else() {
        let listing = read(
            "../etc/passwd.json,2023-12-12T00:00:00Z\n/a.json,2023-12-12T00:00:00Z\na//b.json,2023-12-12T00:00:00Z\n\
             a?b.json,2023-12-12T00:00:00Z\nb.json,2023-12-12T00:00:00Z\nc.json,yesterday\n",
        )
        .unwrap();
        assert_eq!((listing.at.len(), listing.odd), (1, 5));
        assert_eq!(listing.first_odd.as_deref(), Some("line 1: ../etc/passwd.json,2023-12-12T00:00:00Z"));
        let error = read("<html>\n<body>").unwrap_err();
        assert_eq!(error, "none of its lines is understood; line 1: <html>");
    }
}
