//! Globs as fnmatch(3) knows them without flags: `*`, `?`, `[a-z]`, `[!a]`, a backslash before what is meant
//! as it stands. Case counts. libdnf and pacman match names by it.

/// Longest glob, in bytes.
const MOST_BYTES: usize = 4096;

/// A glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    One(char),
    Any,
    AnyRun,
    Set { is_not: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Compiles a glob; one without marks matches itself alone.
    pub(crate) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().take(MOST_BYTES).collect();
        let (mut pieces, mut at) = (Vec::new(), 0);
        while let Some(&c) = chars.get(at) {
            at += 1;
            pieces.push(match c {
                '*' if pieces.last() == Some(&Piece::AnyRun) => continue,
                '*' => Piece::AnyRun,
                '?' => Piece::Any,
                '\\' => {
                    let meant = chars.get(at).copied().unwrap_or('\\');
                    at += 1;
                    Piece::One(meant)
                }
                '[' => match set(chars.get(at..).unwrap_or_default()) {
                    Some((set, length)) => {
                        at += length;
                        set
                    }
                    None => Piece::One('['),
                },
                c => Piece::One(c),
            });
        }
        Self(pieces)
    }

    /// Whether the whole text matches. Takes at most the product of both lengths.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut piece, mut at, mut retry) = (0, 0, None);
        loop {
            let here = self.0.get(piece);
            if here == Some(&Piece::AnyRun) {
                piece += 1;
                retry = Some((piece, at));
                continue;
            }
            let is_met = match (here, text.get(at)) {
                (None, None) => return true,
                (Some(piece), Some(&c)) => piece.matches(c),
                _ => false,
            };
            if is_met {
                (piece, at) = (piece + 1, at + 1);
                continue;
            }
            // The last run takes one character more.
            match retry {
                Some((from, start)) if start < text.len() => {
                    retry = Some((from, start + 1));
                    (piece, at) = (from, start + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Piece {
    fn matches(&self, c: char) -> bool {
        match self {
            Self::One(one) => *one == c,
            Self::Any | Self::AnyRun => true,
            Self::Set { is_not, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_not,
        }
    }
}

/// The set behind a bracket, and how many characters it takes; `None` where none ends.
fn set(chars: &[char]) -> Option<(Piece, usize)> {
    let is_not = matches!(chars.first(), Some('!' | '^'));
    let begin = usize::from(is_not);
    let (mut ranges, mut at) = (Vec::new(), begin);
    loop {
        let c = *chars.get(at)?;
        if c == ']' && at > begin {
            return Some((Piece::Set { is_not, ranges }, at + 1));
        }
        let end = match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(&end)) if end != ']' => Some(end),
            _ => None,
        };
        ranges.push((c, end.unwrap_or(c)));
        at += if end.is_some() { 3 } else { 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verdicts of glibc's fnmatch(3), flags 0.
    #[test]
    fn matches_as_fnmatch_does() {
        for (glob, text, wanted) in [
            ("kernel*", "kernel-core", true),
            ("kernel*", "Kernel-core", false),
            ("k?rnel", "kernel", true),
            ("*-devel", "a-devel-b", false),
            ("*a*b", "xaabab", true),
            ("lib[a-c]*", "libb1", true),
            ("lib[!a-c]*", "libb1", false),
            ("[]x]", "]", true),
            ("a[b", "a[b", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("", "", true),
            ("*", "", true),
            ("a", "ab", false),
        ] {
            assert_eq!(Glob::new(glob).matches(text), wanted, "{glob} {text}");
        }
    }
}
