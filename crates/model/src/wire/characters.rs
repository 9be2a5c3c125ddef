//! Characters that have no place in a name, a label or a reason.

/// Whether a character can be seen by nobody who reads the text: control characters (C0, DEL, C1),
/// line and paragraph separators, marks that turn the direction of writing round, joiners and
/// spaces without width, tags. They let two names look alike, or one read as another.
///
/// Sources: Unicode's `Cc`, `Zl`, `Zp`; `Bidi_Control` and the characters of category `Cf` in the
/// blocks General Punctuation, Arabic, Mongolian, Specials and Tags
/// (<https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt>,
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The first such character of a text, as a fragment of a sentence.
pub(super) fn invisible_fault(value: &str) -> Option<String> {
    let c = value.chars().find(|c| is_invisible(*c))?;
    let kind = if c.is_control() { "control" } else { "invisible" };
    Some(format!("holds the {kind} character {}", c.escape_unicode()))
}

/// Takes invisible characters out of a text for people: the rest of it is still worth reading.
pub(super) fn strip_invisible(text: &mut String) {
    if text.chars().any(is_invisible) {
        text.retain(|c| !is_invisible(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_and_what_everybody_sees() {
        // U+202E turns what follows round: the attack of CVE-2021-42574.
        for c in ['\0', '\n', '\u{7f}', '\u{85}', '\u{ad}', '\u{200b}', '\u{200d}', '\u{2028}', '\u{202e}', '\u{2066}']
        {
            assert!(is_invisible(c), "{}", c.escape_unicode());
        }
        assert!(is_invisible('\u{feff}') && is_invisible('\u{e0041}'));
        for c in ['a', ' ', '\u{a0}', 'é', '中', '-', '\u{2010}', '\u{2030}', '\u{205f}', '😀', '\u{fffd}'] {
            assert!(!is_invisible(c), "{}", c.escape_unicode());
        }
        let mut text = "no \u{202e}log\u{200b}\u{7} here".to_owned();
        strip_invisible(&mut text);
        assert_eq!(text, "no log here");
    }
}
