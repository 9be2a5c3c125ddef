//! Logs with those that were rotated away, line by line, the newest file first.

use crate::Root;
use formats::compression::Decoder;
use std::io::{BufRead as _, BufReader, Read as _};

/// Largest log after decompression, in bytes.
const MOST_BYTES: u64 = 64 << 20;
/// Longest line, in bytes; the rest of a longer one is passed over.
const MOST_LINE: usize = 1 << 20;
/// Most rotated logs that are looked at: logrotate keeps 12 of them, one a month.
const MOST_FILES: usize = 30;

/// The paths of a log: itself, then what was rotated away, in order: `NAME.1`, `NAME.2.gz` ... by number; others
/// (`NAME-20260101.xz`) by name, the last first.
pub(super) fn files(root: &Root, path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut found: Vec<(u64, std::cmp::Reverse<String>)> = Vec::new();
    for entry in root.list(folder).unwrap_or_default().into_iter().filter(|entry| entry.is_file) {
        let Some(rest) = entry.name.strip_prefix(name).filter(|rest| rest.starts_with(['.', '-'])) else { continue };
        let digits: String = rest[1..].chars().take_while(char::is_ascii_digit).collect();
        let Ok(number) = digits.parse::<u64>() else { continue };
        let rank = if rest.starts_with('.') { number } else { u64::MAX };
        found.push((rank, std::cmp::Reverse(entry.name)));
    }
    found.sort();
    let rotated = found.into_iter().map(|(_, name)| format!("{folder}/{}", name.0)).take(MOST_FILES);
    let own = root.exists(path).then(|| path.to_owned());
    own.into_iter().chain(rotated).collect()
}

/// Gives out the lines of a log, decompressed where it is compressed. One that breaks off is read up to there.
///
/// # Errors
/// Why it can't be opened.
pub(super) fn each(root: &Root, path: &str, each: &mut dyn FnMut(&str)) -> Result<(), String> {
    let file = root.open(path).map_err(|why| why.to_string())?;
    let decoder = Decoder::new(BufReader::new(file), MOST_BYTES).map_err(|error| format!("{path}: {error}"))?;
    let mut body = BufReader::with_capacity(64 << 10, decoder);
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = u64::try_from(MOST_LINE).unwrap_or(u64::MAX);
        match (&mut body).take(most).read_until(b'\n', &mut line) {
            // Nothing more, or what is left can't be read: a log that is being rotated, or one that is too long.
            Ok(0) | Err(_) => return Ok(()),
            Ok(_) => each(String::from_utf8_lossy(&line).trim_end()),
        }
    }
}
