//! Foreign text made fit for a report.

use model::wire::Limits;

/// Text without control characters, cut at `most` bytes.
pub(crate) fn clean(text: &str, most: usize) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_control()).collect();
    if out.len() > most {
        let end = (0..=most).rev().find(|at| out.is_char_boundary(*at)).unwrap_or(0);
        out.truncate(end);
    }
    out
}

/// An identifier: names, models, addresses. A report may hold 512 bytes of it.
pub(crate) fn identifier(text: &str) -> String {
    clean(text.trim(), Limits::default().identifier_bytes)
}

/// The same from bytes, those that are not UTF-8 replaced.
pub(crate) fn identifier_of(bytes: &[u8]) -> String {
    identifier(&String::from_utf8_lossy(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(clean("a\u{0}b\u{1b}[1m", 100), "ab[1m");
        assert_eq!(clean("äöü", 3), "ä");
        assert_eq!(identifier(" x\n"), "x");
        assert_eq!(identifier_of(b"caf\xe9"), "caf\u{fffd}");
    }
}
