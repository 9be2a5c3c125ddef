//! From text to [`Query`].

use super::error::nearest;
use super::{Count, Expr, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Op, Query, QueryError, Term};
use crate::{Colour, Freshness};
use model::Platform;

/// Words that join or negate; as text to search for they need quotes.
const KEYWORDS: [&str; 3] = ["or", "and", "not"];

/// Fields other than counts, and what is read for them too.
const FIELDS: [(&str, Field); 11] = [
    ("os", Field::Os),
    ("freshness", Field::Freshness),
    ("colour", Field::Colour),
    ("color", Field::Colour),
    ("pkg", Field::Package),
    ("package", Field::Package),
    ("update", Field::Update),
    ("cve", Field::Cve),
    ("reboot", Field::Reboot),
    ("tag", Field::Tag),
    ("host", Field::Host),
];

#[derive(Debug, Clone, Copy)]
enum Field {
    Os,
    Freshness,
    Colour,
    Package,
    Update,
    Cve,
    Reboot,
    Tag,
    Host,
    Count(Count),
}

fn field(name: &str) -> Option<Field> {
    let name = name.to_ascii_lowercase();
    let count = || Count::ALL.into_iter().find(|count| count.names().contains(&name.as_str())).map(Field::Count);
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field).or_else(count)
}

fn field_names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name).chain(Count::ALL.into_iter().flat_map(|count| count.names().iter().copied()))
}

/// Whether a word to search for can stand without quotes.
pub(super) fn is_plain_word(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('-')
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
        && !KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
        && field(word).is_none()
}

/// Whether a value can stand without quotes.
pub(super) fn is_plain_value(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~' | ':'))
}

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let text: Vec<char> = text.chars().take(MAX_LENGTH + 1).collect();
    if text.len() > MAX_LENGTH {
        let message = format!("a query has at most {MAX_LENGTH} characters");
        return Err(QueryError { position: MAX_LENGTH, length: 0, message, suggestion: None });
    }
    let mut parser = Parser { text: &text, at: 0, terms: 0, depth: 0 };
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

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    terms: usize,
    depth: usize,
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

    fn any(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.all()?];
        while let Some(start) = self.keyword("or") {
            self.expect_more(start, 2, "'or' joins two conditions, the second is missing")?;
            parts.push(self.all()?);
        }
        Ok(joined(parts, Expr::Any))
    }

    fn all(&mut self) -> Result<Expr, QueryError> {
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
        Ok(joined(parts, Expr::All))
    }

    /// A condition must follow: neither the end nor `)` nor `or`.
    fn expect_more(&mut self, start: usize, length: usize, message: &str) -> Result<(), QueryError> {
        self.space();
        let missing = matches!(self.peek(), None | Some(')')) || KEYWORDS[..2].iter().any(|word| self.is_keyword(word));
        if missing { Err(self.error(start, length, message)) } else { Ok(()) }
    }

    fn one(&mut self) -> Result<Expr, QueryError> {
        self.space();
        let start = self.at;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(start, 1, format!("parentheses and negations nest at most {MAX_DEPTH} deep")));
        }
        let expr = if self.peek() == Some('-') {
            self.at += 1;
            if self.peek().is_none_or(|c| c.is_whitespace() || c == ')') {
                let message = "'-' must stand directly before what it negates";
                return Err(self.error(start, 1, message));
            }
            Expr::Not(Box::new(self.one()?))
        } else if self.keyword("not").is_some() {
            self.expect_more(start, 3, "'not' negates a condition, it is missing")?;
            Expr::Not(Box::new(self.one()?))
        } else if self.peek() == Some('(') {
            self.at += 1;
            let inner = self.any()?;
            if self.peek() != Some(')') {
                return Err(self.error(start, 1, "this '(' is never closed"));
            }
            self.at += 1;
            inner
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(expr)
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

    fn term(&mut self) -> Result<Expr, QueryError> {
        let start = self.at;
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.error(start, 0, format!("a query has at most {MAX_TERMS} conditions")));
        }
        if self.peek() == Some('"') {
            return Ok(Expr::Term(Term::Word(self.quoted()?)));
        }
        let length = self.run(&[':', '<', '>', '=']);
        let name = self.slice(start, start + length);
        self.at += length;
        let known = field(&name);
        // `security_updates > 10`, as one writes a comparison.
        if matches!(known, Some(Field::Count(_))) {
            let before = self.at;
            self.space();
            if !matches!(self.peek(), Some('<' | '>' | '=')) {
                self.at = before;
            }
        }
        if !matches!(self.peek(), Some(':' | '<' | '>' | '=')) {
            if length == 0 {
                return Err(self.error(start, 1, "a condition is expected here"));
            }
            return Ok(Expr::Term(Term::Word(name)));
        }
        let Some(known) = known else {
            let message = if length == 0 {
                "the name of a field is missing here".to_owned()
            } else {
                format!("'{name}' is not a field; text to search for that holds ':', '<', '>' or '=' stands in quotes")
            };
            let suggestion = nearest(&name, field_names()).map(str::to_owned);
            return Err(QueryError { suggestion, ..self.error(start, length, message) });
        };
        let (op_at, op) = (self.at, self.op());
        match known {
            Field::Count(count) => self.count(&name, count, op),
            _ if op != Op::Equal => {
                let message = format!("'{name}' is not compared, it takes ':'");
                Err(QueryError { suggestion: Some(":".into()), ..self.error(op_at, self.at - op_at, message) })
            }
            Field::Package => self.package(&name),
            field => self.values(&name, field),
        }
    }

    /// The operator at the cursor, which one of `:<>=` begins.
    fn op(&mut self) -> Op {
        let first = self.peek();
        self.at += 1;
        let equal = self.peek() == Some('=');
        let (op, or_equal) = match first {
            Some('<') => (Op::Less, Op::LessOrEqual),
            Some('>') => (Op::Greater, Op::GreaterOrEqual),
            _ => return Op::Equal,
        };
        self.at += usize::from(equal);
        if equal { or_equal } else { op }
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

    fn count(&mut self, name: &str, count: Count, op: Op) -> Result<Expr, QueryError> {
        self.space();
        let piece = self.piece(name, &[])?;
        let number = piece.text.parse::<u64>().ok().filter(|_| piece.text.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = number else {
            let message = format!("'{name}' is compared with a whole number, '{}' is none", piece.text);
            return Err(self.error(piece.start, self.at - piece.start, message));
        };
        Ok(Expr::Term(Term::Count { count, op, number }))
    }

    fn package(&mut self, name: &str) -> Result<Expr, QueryError> {
        let package = self.piece(name, &['<', '>', '='])?;
        let version = if matches!(self.peek(), Some('<' | '>' | '=')) {
            let op = self.op();
            Some((op, self.piece(&format!("{}{}", package.text, op.as_str()), &[])?.text))
        } else {
            None
        };
        Ok(Expr::Term(Term::Package { name: package.text, version }))
    }

    fn values(&mut self, name: &str, field: Field) -> Result<Expr, QueryError> {
        let mut any = Vec::new();
        loop {
            let piece = self.piece(name, &[','])?;
            any.push(Expr::Term(self.value(name, field, &piece)?));
            if self.peek() != Some(',') {
                return Ok(joined(any, Expr::Any));
            }
            self.at += 1;
            self.terms += 1;
            if self.terms > MAX_TERMS {
                return Err(self.error(self.at, 0, format!("a query has at most {MAX_TERMS} conditions")));
            }
        }
    }

    fn value(&self, name: &str, field: Field, piece: &Piece) -> Result<Term, QueryError> {
        let lower = piece.text.to_lowercase();
        let length = self.at - piece.start;
        let none_of = |known: &[&'static str]| {
            let message = format!("'{}' is no value of '{name}': expected {}", piece.text, known.join(", "));
            let suggestion = nearest(&lower, known.iter().copied()).map(str::to_owned);
            QueryError { suggestion, ..self.error(piece.start, length, message) }
        };
        Ok(match field {
            Field::Freshness => Freshness::ALL
                .into_iter()
                .find(|value| value.as_str() == lower)
                .map(Term::Freshness)
                .ok_or_else(|| none_of(&Freshness::ALL.map(Freshness::as_str)))?,
            Field::Colour if lower == "gray" => Term::Colour(Colour::Grey),
            Field::Colour => Colour::ALL
                .into_iter()
                .find(|value| value.as_str() == lower)
                .map(Term::Colour)
                .ok_or_else(|| none_of(&Colour::ALL.map(Colour::as_str)))?,
            Field::Reboot => match lower.as_str() {
                "true" | "yes" => Term::Reboot(Some(true)),
                "false" | "no" => Term::Reboot(Some(false)),
                "unknown" => Term::Reboot(None),
                _ => return Err(none_of(&["true", "false", "unknown"])),
            },
            Field::Os => {
                let (distribution, release) =
                    lower.split_once(':').map_or((lower.as_str(), None), |(of, release)| (of, Some(release)));
                if let Err(invalid) = Platform::new(distribution, release.unwrap_or("any")) {
                    let hint = if piece.quoted { "" } else { "; expected os:debian or os:debian:12" };
                    return Err(self.error(piece.start, length, format!("{invalid}{hint}")));
                }
                Term::Os { distribution: distribution.to_owned(), release: release.map(str::to_owned) }
            }
            Field::Update => Term::Update(piece.text.clone()),
            Field::Cve => Term::Cve(piece.text.clone()),
            Field::Tag => Term::Tag(piece.text.clone()),
            Field::Host | Field::Package | Field::Count(_) => Term::Word(piece.text.clone()),
        })
    }
}

/// Several parts as one, a single part as it is. Parts that are joined the same way are taken in, so
/// that equal queries are equal however they are bracketed.
fn joined(parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    let kind = std::mem::discriminant(&join(Vec::new()));
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Expr::All(inner) if kind == std::mem::discriminant(&Expr::All(Vec::new())) => flat.extend(inner),
            Expr::Any(inner) if kind == std::mem::discriminant(&Expr::Any(Vec::new())) => flat.extend(inner),
            part => flat.push(part),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { join(flat) }
}
