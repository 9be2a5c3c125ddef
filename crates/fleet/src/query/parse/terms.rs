//! Conditions: a word, or a field and what it takes.

use super::{Condition, Parser, Piece};
use crate::query::QueryError;
use crate::query::error::nearest;
use crate::query::fields::{Field, Info, Place, Takes};
use crate::query::pattern::Pattern;
use crate::query::tree::{Age, Expr, Op, Part, Term};

impl Condition for Term {
    fn read(parser: &mut Parser<'_>) -> Result<Expr<Self>, QueryError> {
        match parser.head()? {
            Head::Word(piece) => Ok(Expr::Term(Self::Word(Pattern::of(piece.text, piece.quoted)))),
            Head::Field { info, name, op } => parser.host_condition(info, &name, op),
        }
    }
}

impl Condition for Part {
    fn read(parser: &mut Parser<'_>) -> Result<Expr<Self>, QueryError> {
        match parser.head()? {
            Head::Word(piece) => {
                let first = parser.place.fields().first().map_or("", Info::name);
                let length = parser.at - piece.start;
                let message = format!("inside '{})' stand fields and their values", parser.place.opening());
                let suggestion = (!piece.quoted).then(|| format!("{first}:{}", piece.text));
                Err(QueryError { suggestion, ..parser.error(piece.start, length, message) })
            }
            Head::Field { info, name, op } => parser.values(info, &name, op, Parser::part),
        }
    }
}

/// How a condition begins.
enum Head {
    Word(Piece),
    Field { info: &'static Info, name: String, op: Op },
}

impl Parser<'_> {
    /// A word, or the name of a field with its operator.
    fn head(&mut self) -> Result<Head, QueryError> {
        let start = self.at;
        self.count_term()?;
        if self.peek() == Some('"') {
            return Ok(Head::Word(Piece { text: self.quoted()?, start, quoted: true }));
        }
        let length = self.run(&[':', '<', '>', '=']);
        let name = self.slice(start, start + length);
        self.at += length;
        let known = self.place.field(&name);
        // `security_updates > 10`, as one writes a comparison.
        if known.is_some_and(|info| matches!(info.takes, Takes::Number | Takes::Span | Takes::Compared)) {
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
            return Ok(Head::Word(Piece { text: name, start, quoted: false }));
        }
        let Some(info) = known else { return Err(self.unknown_field(start, length, &name)) };
        if info.level > self.most {
            let message = format!("'{name}' rests on {}, and this query may rest on {} at most", info.level, self.most);
            return Err(self.error(start, length, message));
        }
        let op_at = self.at;
        let op = self.op();
        self.check_op(info, &name, op, op_at)?;
        Ok(Head::Field { info, name, op })
    }

    fn unknown_field(&self, start: usize, length: usize, name: &str) -> QueryError {
        let elsewhere = [Place::Finding, Place::Package, Place::Host]
            .into_iter()
            .find(|place| *place != self.place && place.field(name).is_some());
        let message = match elsewhere {
            _ if length == 0 => "the name of a field is missing here".to_owned(),
            Some(Place::Host) => format!("'{name}' is a field of hosts, none of '{})'", self.place.opening()),
            Some(place) => format!("'{name}' is a field of '{})' only", place.opening()),
            None if self.place == Place::Host => {
                format!("'{name}' is not a field; text to search for that holds ':', '<', '>' or '=' stands in quotes")
            }
            None => format!("'{name}' is not a field of '{})'", self.place.opening()),
        };
        let suggestion = match elsewhere {
            None => nearest(name, self.place.names()).map(str::to_owned),
            Some(Place::Host) => None,
            Some(place) if self.place == Place::Host => Some(format!("{}{name}", place.opening())),
            Some(_) => None,
        };
        QueryError { suggestion, ..self.error(start, length, message) }
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

    fn check_op(&self, info: &Info, name: &str, op: Op, op_at: usize) -> Result<(), QueryError> {
        let (message, instead) = match (info.takes, op) {
            (Takes::Number | Takes::Compared, _) | (Takes::Values | Takes::Group, Op::Equal) => return Ok(()),
            (Takes::Span, Op::Equal) => (format!("'{name}' is a span of time: it takes '<' or '>'"), ">"),
            (Takes::Span, _) => return Ok(()),
            (Takes::Values | Takes::Group, _) => (format!("'{name}' is not compared, it takes ':'"), ":"),
        };
        Err(QueryError { suggestion: Some(instead.into()), ..self.error(op_at, self.at - op_at, message) })
    }

    fn host_condition(&mut self, info: &Info, name: &str, op: Op) -> Result<Expr<Term>, QueryError> {
        match info.field {
            Field::Package | Field::Finding if self.peek() == Some('(') => {
                let place = if info.field == Field::Package { Place::Package } else { Place::Finding };
                let of = self.group(place)?;
                Ok(Expr::Term(if place == Place::Package { Term::Package(of) } else { Term::Finding(of) }))
            }
            Field::Finding => {
                let length = self.run(&[]);
                let message = "'finding' takes conditions in parentheses: finding:(cve:CVE-2024-3094 state:no_fix)";
                Err(self.error(self.at, length, message))
            }
            Field::Package => self.packages(name),
            Field::Count(count) => {
                self.space();
                let piece = self.piece(name, &[])?;
                let number = piece.text.parse::<u64>().ok().filter(|_| piece.text.bytes().all(|b| b.is_ascii_digit()));
                let Some(number) = number else {
                    let message = format!("'{name}' is compared with a whole number, '{}' is none", piece.text);
                    return Err(self.error(piece.start, self.at - piece.start, message));
                };
                Ok(Expr::Term(Term::Count { count, op, number }))
            }
            Field::Age(age) => self.age(name, age, op),
            Field::Of(_) => {
                let found = self.values(info, name, op, Parser::part)?;
                Ok(Self::widened(found))
            }
            _ => self.values(info, name, op, Parser::host_value),
        }
    }

    /// A group: conditions of which all are about one package or finding.
    fn group(&mut self, place: Place) -> Result<Expr<Part>, QueryError> {
        let outside = std::mem::replace(&mut self.place, place);
        let inner = self.bracketed();
        self.place = outside;
        inner
    }

    /// Conditions on a finding that stand without a group: each is of a finding of its own.
    fn widened(of: Expr<Part>) -> Expr<Term> {
        match of {
            Expr::Any(parts) => Expr::any(parts.into_iter().map(Self::widened).collect()),
            // Who asks for hosts without known exploitation asks for those that have none at all.
            Expr::Term(Part::Kev(false)) => Expr::Not(Box::new(Expr::Term(Term::Finding(Expr::Term(Part::Kev(true)))))),
            one => Expr::Term(Term::Finding(one)),
        }
    }

    /// `openssl`, `openssl<3.0.7`, several with commas between them.
    fn packages(&mut self, name: &str) -> Result<Expr<Term>, QueryError> {
        let mut any = Vec::new();
        loop {
            let package = self.piece(name, &[',', '<', '>', '='])?;
            let mut parts = vec![Expr::Term(Part::Name(Pattern::of(package.text.clone(), package.quoted)))];
            if matches!(self.peek(), Some('<' | '>' | '=')) {
                let op = self.op();
                let version = self.piece(&format!("{}{}", package.text, op.as_str()), &[','])?;
                parts.push(Expr::Term(Part::Version(op, version.text)));
            }
            any.push(Expr::Term(Term::Package(Expr::all(parts))));
            if self.peek() != Some(',') {
                return Ok(Expr::any(any));
            }
            self.at += 1;
            self.count_term()?;
        }
    }

    fn age(&mut self, name: &str, age: Age, op: Op) -> Result<Expr<Term>, QueryError> {
        self.space();
        let piece = self.piece(name, &[])?;
        match super::values::span(&piece.text) {
            Some(seconds) => Ok(Expr::Term(Term::Age { age, op, seconds })),
            None => {
                let digits = piece.text.chars().all(|c| c.is_ascii_digit());
                let suggestion = digits.then(|| format!("{}h", piece.text));
                let message = format!(
                    "'{name}' is compared with a span of time such as 90m, 24h or 7d (s, m, h, d, w), '{}' is none",
                    piece.text
                );
                Err(QueryError { suggestion, ..self.error(piece.start, self.at - piece.start, message) })
            }
        }
    }

    /// Values with commas between them, of which any may hold; a comparison takes one.
    fn values<T>(
        &mut self,
        info: &Info,
        name: &str,
        op: Op,
        read: fn(&Self, &Info, &str, Op, &Piece) -> Result<T, QueryError>,
    ) -> Result<Expr<T>, QueryError> {
        if matches!(info.takes, Takes::Number | Takes::Compared) {
            self.space();
        }
        let mut any = Vec::new();
        loop {
            let piece = self.piece(name, &[','])?;
            any.push(Expr::Term(read(self, info, name, op, &piece)?));
            if self.peek() != Some(',') {
                return Ok(Expr::any(any));
            }
            if op != Op::Equal {
                return Err(self.error(self.at, 1, format!("'{name}{}' takes one value", op.as_str())));
            }
            self.at += 1;
            self.count_term()?;
        }
    }
}
