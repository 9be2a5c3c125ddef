//! Foreign text on a terminal.

/// The longest line that is printed of what a server said.
const LONGEST: usize = 1000;

/// The text as one printable line: control characters (and what steers the direction of writing)
/// appear escaped, so that a server can't move the cursor or recolour the terminal.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST));
    for (at, c) in text.trim().chars().enumerate() {
        if at == LONGEST {
            line.push('…');
            break;
        }
        match c {
            '\n' | '\t' => line.push(' '),
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                line.extend(c.escape_unicode());
            }
            c => line.push(c),
        }
    }
    line
}

/// A number of bytes for people: `812 B`, `12.3 kB`, `1.2 MB`.
#[must_use]
pub fn bytes(count: usize) -> String {
    let tenths = |unit: usize| format!("{}.{}", count / unit, count % unit * 10 / unit);
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31mb\r\nc\u{202e}d\n"), "a\\u{1b}[31mb\\u{d} c\\u{202e}d");
        assert_eq!(one_line(&"x".repeat(1200)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!([0, 999, 1_000, 12_345, 1_250_000].map(bytes), ["0 B", "999 B", "1.0 kB", "12.3 kB", "1.2 MB"]);
    }
}
