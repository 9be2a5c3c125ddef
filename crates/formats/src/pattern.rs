//! The patterns of apt's preferences: globs (fnmatch(3) with case ignored) and, between slashes,
//! POSIX extended regular expressions (regex(7), case ignored, matching anywhere).
//!
//! Expressions are compiled to a list of steps and run over all alternatives at once, so that time
//! is bounded by the length of the pattern times the length of the text, whatever the pattern.
//! Back references, which extended expressions don't have by POSIX, are refused.

mod bracket;
mod expression;

use bracket::Set;
use expression::Expression;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Glob(Vec<Piece>),
    Expression(Expression),
}

/// A piece of a glob.
#[derive(Debug, Clone)]
enum Piece {
    Byte(u8),
    Any,
    AnyRun,
    Set(Box<Set>),
}

/// Longest pattern, in bytes.
const MOST_BYTES: usize = 4096;

impl Pattern {
    /// Compiles a pattern: `/.../` is an expression, anything else a glob.
    ///
    /// # Errors
    /// Why it is no expression, or that it is too long.
    pub fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > MOST_BYTES {
            return Err(format!("a pattern of more than {MOST_BYTES} bytes"));
        }
        let expression = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        Ok(Self(match expression {
            Some(expression) => Kind::Expression(Expression::new(expression.as_bytes())?),
            None => Kind::Glob(glob(pattern.as_bytes())),
        }))
    }

    /// Whether the text matches: a glob as a whole, an expression anywhere in it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.0 {
            Kind::Glob(pieces) => glob_matches(pieces, text.as_bytes()),
            Kind::Expression(expression) => expression.matches(text.as_bytes()),
        }
    }
}

fn glob(pattern: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(byte) = pattern.get(at) {
        at += 1;
        pieces.push(match byte {
            b'*' => Piece::AnyRun,
            b'?' => Piece::Any,
            b'\\' => {
                let escaped = pattern.get(at).copied().unwrap_or(b'\\');
                at += 1;
                Piece::Byte(escaped.to_ascii_lowercase())
            }
            b'[' => match Set::parse(&pattern[at..], true) {
                Some((set, length)) => {
                    at += length;
                    Piece::Set(Box::new(set))
                }
                // Without its end a bracket stands for itself.
                None => Piece::Byte(b'['),
            },
            other => Piece::Byte(other.to_ascii_lowercase()),
        });
    }
    pieces
}

/// Matches with one point to go back to: behind the last `*`, which is enough for globs.
fn glob_matches(pieces: &[Piece], text: &[u8]) -> bool {
    let (mut piece, mut at) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        let fits = match (pieces.get(piece), text.get(at)) {
            (Some(Piece::AnyRun), _) => {
                piece += 1;
                back = Some((piece, at));
                continue;
            }
            (None, None) => return true,
            (Some(Piece::Any), Some(_)) => true,
            (Some(Piece::Byte(byte)), Some(found)) => *byte == found.to_ascii_lowercase(),
            (Some(Piece::Set(set)), Some(found)) => set.has(*found),
            _ => false,
        };
        if fits {
            piece += 1;
            at += 1;
            continue;
        }
        let Some((star, from)) = back.filter(|(_, from)| *from < text.len()) else { return false };
        back = Some((star, from + 1));
        (piece, at) = (star, from + 1);
    }
}

#[cfg(test)]
mod tests;
