//! From text to [`Query`].

mod terms;
mod values;

use super::fields::Place;
use super::tree::Expr;
use super::{Level, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Query, QueryError};

/// Words that join or negate; as text to search for they need quotes.
pub(super) const KEYWORDS: [&str; 3] = ["or", "and", "not"];

/// Whether a word to search for can stand without quotes.
pub(super) fn is_plain_word(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    !text.is_empty()
        && !text.starts_with('-')
        && text.chars().all(plain)
        && !KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(text))
        && Place::Host.field(text).is_none()
}

/// Whether a value can stand without quotes.
pub(super) fn is_plain_value(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~' | ':'))
}

/// Parses a query of which the fields have this level at most.
pub(super) fn parse(text: &str, most: Level) -> Result<Query, QueryError> {
    let text: Vec<char> = text.chars().take(MAX_LENGTH + 1).collect();
    if text.len() > MAX_LENGTH {
        let message = format!("a query has at most {MAX_LENGTH} characters");
        return Err(QueryError { position: MAX_LENGTH, length: 0, message, suggestion: None });
    }
    let mut parser = Parser { text: &text, at: 0, terms: 0, depth: 0, place: Place::Host, most };
    parser.space();
    if parser.peek().is_none() {
        return Ok(Query::default());
    }
    let root = parser.any()?;
    match parser.peek() {
        None => Ok(Query { root: Some(root) }),
        // `any` stops at the end or at a parenthesis that nothing opened.
        Some(_) => Err(parser.error(parser.at, 1, "this ')' closes nothing")),
    }
}

/// What stands at the leaves of a tree of conditions.
trait Condition: Sized {
    /// Reads one, or several of which any must hold.
    fn read(parser: &mut Parser<'_>) -> Result<Expr<Self>, QueryError>;
}

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    terms: usize,
    depth: usize,
    /// What is being spoken of.
    place: Place,
    /// The highest level that fields may have.
    most: Level,
}

/// A piece of the text and where it starts.
struct Piece {
    text: String,
    start: usize,
    quoted: bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn error(&self, position: usize, length: usize, message: impl Into<String>) -> QueryError {
        QueryError { position, length, message: message.into(), suggestion: None }
    }

    fn any<T: Condition>(&mut self) -> Result<Expr<T>, QueryError> {
        let mut parts = vec![self.all()?];
        while let Some(start) = self.keyword("or") {
            self.expect_more(start, 2, "'or' joins two conditions, the second is missing")?;
            parts.push(self.all()?);
        }
        Ok(Expr::any(parts))
    }

    fn all<T: Condition>(&mut self) -> Result<Expr<T>, QueryError> {
        let mut parts = Vec::new();
        loop {
            self.space();
            match self.peek() {
                None | Some(')') => break,
                Some(_) if self.is_keyword("or") => break,
                Some(_) => {}
            }
            if let Some(start) = self.keyword("and") {
                let alone = "'and' joins two conditions, one is missing";
                if parts.is_empty() {
                    return Err(self.error(start, 3, alone));
                }
                self.expect_more(start, 3, alone)?;
            }
            parts.push(self.one()?);
        }
        if parts.is_empty() {
            let (length, message) = match self.peek() {
                None => (0, "a condition is missing at the end"),
                Some(')') => (1, "a condition is missing before ')'"),
                Some(_) => (2, "'or' joins two conditions, the first is missing"),
            };
            return Err(self.error(self.at, length, message));
        }
        Ok(Expr::all(parts))
    }

    /// A condition must follow: neither the end nor `)` nor `or`.
    fn expect_more(&mut self, start: usize, length: usize, message: &str) -> Result<(), QueryError> {
        self.space();
        let missing = matches!(self.peek(), None | Some(')')) || KEYWORDS[..2].iter().any(|word| self.is_keyword(word));
        if missing { Err(self.error(start, length, message)) } else { Ok(()) }
    }

    fn one<T: Condition>(&mut self) -> Result<Expr<T>, QueryError> {
        self.space();
        let start = self.at;
        self.depth += 1;
        let expr = if self.peek() == Some('-') {
            self.nest(start)?;
            self.at += 1;
            if self.peek().is_none_or(|c| c.is_whitespace() || c == ')') {
                let message = "'-' must stand directly before what it negates";
                return Err(self.error(start, 1, message));
            }
            Expr::Not(Box::new(self.one()?))
        } else if self.keyword("not").is_some() {
            self.nest(start)?;
            self.expect_more(start, 3, "'not' negates a condition, it is missing")?;
            Expr::Not(Box::new(self.one()?))
        } else if self.peek() == Some('(') {
            self.bracketed()?
        } else {
            T::read(self)?
        };
        self.depth -= 1;
        Ok(expr)
    }

    /// A parenthesis or negation at `start` may nest so deep: `depth` counts it, as the condition that it begins.
    fn nest(&self, start: usize) -> Result<(), QueryError> {
        let message = || format!("parentheses and negations nest at most {MAX_DEPTH} deep");
        if self.depth > MAX_DEPTH { Err(self.error(start, 1, message())) } else { Ok(()) }
    }

    /// What stands in the parentheses that open at the cursor.
    fn bracketed<T: Condition>(&mut self) -> Result<Expr<T>, QueryError> {
        let start = self.at;
        self.nest(start)?;
        self.at += 1;
        let inner = self.any()?;
        if self.peek() != Some(')') {
            return Err(self.error(start, 1, "this '(' is never closed"));
        }
        self.at += 1;
        Ok(inner)
    }

    /// The length of the run of characters at the cursor that ends at white space, a parenthesis, a
    /// quote or one of `stops`.
    fn run(&self, stops: &[char]) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | '"') || stops.contains(c);
        rest.iter().position(end).unwrap_or(rest.len())
    }

    fn slice(&self, start: usize, end: usize) -> String {
        self.text.get(start..end).unwrap_or_default().iter().collect()
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        let length = self.run(&[]);
        length == keyword.len() && self.slice(self.at, self.at + length).eq_ignore_ascii_case(keyword)
    }

    fn keyword(&mut self, keyword: &str) -> Option<usize> {
        self.space();
        let start = self.at;
        self.is_keyword(keyword).then(|| {
            self.at += keyword.len();
            start
        })
    }

    /// Counts a condition against the ceiling.
    fn count_term(&mut self) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.error(self.at, 0, format!("a query has at most {MAX_TERMS} conditions")));
        }
        Ok(())
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' => match self.peek() {
                    Some(escaped @ ('"' | '\\')) => {
                        text.push(escaped);
                        self.at += 1;
                    }
                    _ => text.push('\\'),
                },
                c => text.push(c),
            }
        }
        Err(self.error(start, 1, "this quote is never closed"))
    }

    fn piece(&mut self, of: &str, stops: &[char]) -> Result<Piece, QueryError> {
        let start = self.at;
        let (text, quoted) = if self.peek() == Some('"') {
            (self.quoted()?, true)
        } else {
            let length = self.run(stops);
            self.at += length;
            (self.slice(start, self.at), false)
        };
        if text.is_empty() {
            return Err(self.error(start, self.at - start, format!("a value is missing after '{of}'")));
        }
        Ok(Piece { text, start, quoted })
    }
}
