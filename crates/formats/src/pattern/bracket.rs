//! Bracket expressions `[a-z[:digit:]]`, which globs and regular expressions share: POSIX 9.3.5.

/// A set of bytes, case ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set([bool; 256]);

impl Set {
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Reads what follows the `[`: the set and how many bytes it took, `None` without an end.
    ///
    /// In a glob `!` negates like `^`, and a backslash escapes; in an expression it is itself.
    pub(super) fn parse(text: &[u8], glob: bool) -> Option<(Self, usize)> {
        let mut set = [false; 256];
        let mut at = 0;
        let negated = text.first().is_some_and(|b| *b == b'^' || glob && *b == b'!');
        at += usize::from(negated);
        let first = at;
        loop {
            let byte = *text.get(at)?;
            if byte == b']' && at > first {
                at += 1;
                break;
            }
            if byte == b'[' && text.get(at + 1) == Some(&b':') {
                let length = text[at + 2..].windows(2).position(|end| end == b":]")?;
                let class = &text[at + 2..at + 2 + length];
                for member in 0..=255_u8 {
                    set[usize::from(member)] |= in_class(class, member)?;
                }
                at += length + 4;
                continue;
            }
            let (low, length) = member(&text[at..], glob)?;
            at += length;
            let is_range = text.get(at) == Some(&b'-') && text.get(at + 1).is_some_and(|b| *b != b']');
            if !is_range {
                set[usize::from(low)] = true;
                continue;
            }
            let (high, length) = member(&text[at + 1..], glob)?;
            at += 1 + length;
            for byte in low..=high {
                set[usize::from(byte)] = true;
            }
        }
        for letter in b'a'..=b'z' {
            let (lower, upper) = (usize::from(letter), usize::from(letter.to_ascii_uppercase()));
            let either = set[lower] || set[upper];
            (set[lower], set[upper]) = (either, either);
        }
        if negated {
            set = set.map(|has| !has);
        }
        Some((Self(set), at))
    }
}

/// One member: a byte, an escaped byte in globs, `[.x.]` or `[=x=]`.
fn member(text: &[u8], glob: bool) -> Option<(u8, usize)> {
    match *text.first()? {
        b'\\' if glob => Some((*text.get(1)?, 2)),
        b'[' if matches!(text.get(1), Some(b'.' | b'=')) => {
            let kind = text[1];
            (text.get(3) == Some(&kind) && text.get(4) == Some(&b']')).then(|| (text[2], 5))
        }
        byte => Some((byte, 1)),
    }
}

fn in_class(class: &[u8], byte: u8) -> Option<bool> {
    Some(match class {
        b"alpha" => byte.is_ascii_alphabetic(),
        b"digit" => byte.is_ascii_digit(),
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"upper" => byte.is_ascii_uppercase(),
        b"lower" => byte.is_ascii_lowercase(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"punct" => byte.is_ascii_punctuation(),
        b"print" => (0x20..0x7f).contains(&byte),
        b"graph" => byte.is_ascii_graphic(),
        b"cntrl" => byte.is_ascii_control(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    })
}
