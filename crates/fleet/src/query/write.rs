//! A query in its plain form.

use super::Query;
use super::fields::Place;
use super::parse::{is_plain_value, is_plain_word};
use super::pattern::Pattern;
use super::tree::{Age, Expr, Op, Part, Term};
use super::words::role;
use std::fmt::{self, Display, Formatter, Write as _};

/// Units of time, the longest first, with their seconds.
pub(super) const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

impl Display for Query {
    /// The query in its plain form; parsing it gives an equal query.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.root {
            Some(root) => expression(f, root, false, &|f, term| write!(f, "{term}")),
            None => Ok(()),
        }
    }
}

impl Display for Expr<Term> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        expression(f, self, false, &|f, term| write!(f, "{term}"))
    }
}

type Leaf<'a, T> = &'a dyn Fn(&mut Formatter<'_>, &T) -> fmt::Result;

/// Writes conditions joined; `inside` another join they stand in parentheses.
pub(super) fn expression<T>(f: &mut Formatter<'_>, expr: &Expr<T>, inside: bool, leaf: Leaf<'_, T>) -> fmt::Result {
    let (parts, separator) = match expr {
        Expr::All(parts) => (parts, " "),
        Expr::Any(parts) => (parts, " or "),
        Expr::Not(inner) => {
            f.write_str("-")?;
            return expression(f, inner, true, leaf);
        }
        Expr::Term(term) => return leaf(f, term),
    };
    if inside {
        f.write_str("(")?;
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        expression(f, part, true, leaf)?;
    }
    if inside {
        f.write_str(")")?;
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) if word.wild => {
                // Behind the name of its field stands what alone would be read as something else.
                let alone = !word.text.starts_with('-') && !word.text.contains([':', '<', '>', '=']);
                write!(f, "{}{}", if alone { "" } else { "host:" }, word.text)
            }
            Self::Word(word) if is_plain_word(&word.text) => f.write_str(&word.text),
            Self::Word(word) => quoted(f, &word.text),
            Self::Os { distribution, release: None } => write!(f, "os:{distribution}"),
            Self::Os { distribution, release: Some(release) } => write!(f, "os:{distribution}:{release}"),
            Self::Freshness(freshness) => write!(f, "freshness:{}", freshness.as_str()),
            Self::Colour(colour) => write!(f, "colour:{}", colour.as_str()),
            Self::Count { count, op, number } => write!(f, "{}{}{number}", count.name(), op.as_str()),
            Self::Age { age, op, seconds } => span(f, *age, *op, *seconds),
            Self::Update(name) => pattern(f, "update", name),
            Self::Reboot(Some(required)) => write!(f, "reboot:{required}"),
            Self::Reboot(None) => f.write_str("reboot:unknown"),
            Self::Tag(tag) => pattern(f, "tag", tag),
            Self::Label { kind, value } => pattern(f, kind.name(), value),
            Self::Address(network) => write!(f, "ip:{network}"),
            Self::NotKnown(code) => write!(f, "not_known:{}", code.unwrap_or("any")),
            Self::Package(of) => package(f, of),
            Self::Finding(of) => finding(f, of),
        }
    }
}

fn span(f: &mut Formatter<'_>, age: Age, op: Op, seconds: u64) -> fmt::Result {
    let fits = |(_, unit): &&(char, u64)| seconds.is_multiple_of(*unit) && (seconds > 0 || *unit == 1);
    let (unit, length) = UNITS.iter().find(fits).copied().unwrap_or(('s', 1));
    write!(f, "{}{}{}{unit}", age.name(), op.as_str(), seconds / length)
}

/// The short form where there is one: `pkg:openssl<3.0.7`.
fn package(f: &mut Formatter<'_>, of: &Expr<Part>) -> fmt::Result {
    let is_short = |name: &Pattern| !name.wild || !name.text.contains(['<', '>', '=']);
    match of.conjuncts() {
        [Expr::Term(Part::Name(name))] if is_short(name) => pattern(f, "pkg", name),
        [Expr::Term(Part::Name(name)), Expr::Term(Part::Version(op, version))] if is_short(name) => {
            pattern(f, "pkg", name)?;
            f.write_str(op.as_str())?;
            value(f, version)
        }
        _ => group(f, Place::Package, of),
    }
}

/// A single condition that has a field of its own on hosts stands without its group: `cve:CVE-2024-3094`.
fn finding(f: &mut Formatter<'_>, of: &Expr<Part>) -> fmt::Result {
    match of {
        // `kev:no` is of hosts without any, `finding:(kev:no)` of hosts with another.
        Expr::Term(Part::Kev(false)) => group(f, Place::Finding, of),
        Expr::Term(one) if one.is_short() => part(f, one, Place::Host),
        _ => group(f, Place::Finding, of),
    }
}

fn group(f: &mut Formatter<'_>, place: Place, of: &Expr<Part>) -> fmt::Result {
    f.write_str(place.opening())?;
    expression(f, of, false, &|f, one| part(f, one, place))?;
    f.write_char(')')
}

fn part(f: &mut Formatter<'_>, part: &Part, place: Place) -> fmt::Result {
    let name = part.name_at(place).unwrap_or_default();
    match part {
        Part::Name(of) | Part::Source(of) | Part::Arch(of) | Part::Cve(of) | Part::Feed(of) | Part::Advisory(of) => {
            pattern(f, name, of)
        }
        Part::Version(op, version) => {
            write!(f, "{name}{}", op.as_str())?;
            value(f, version)
        }
        Part::Role(of) => write!(f, "{name}:{}", role(*of)),
        Part::Origin(of) => write!(f, "{name}:{}", of.as_str()),
        Part::State(of) => write!(f, "{name}:{}", of.as_str()),
        Part::Severity(Op::Equal, of) => write!(f, "{name}:{}", of.as_str()),
        Part::Severity(op, of) => write!(f, "{name}{}{}", op.as_str(), of.as_str()),
        Part::Fixed(yes) | Part::Kev(yes) => write!(f, "{name}:{}", if *yes { "yes" } else { "no" }),
        Part::Epss(op, score) => write!(f, "{name}{}{}", op.as_str(), Decimal(*score, 5)),
        Part::Cvss(op, score) => write!(f, "{name}{}{}", op.as_str(), Decimal(*score, 1)),
    }
}

/// A whole number of the last of so many decimal places.
struct Decimal(u32, u32);

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let one = 10u32.pow(self.1);
        let (whole, rest) = (self.0 / one, self.0 % one);
        write!(f, "{whole}")?;
        if rest > 0 {
            let places = format!("{rest:0width$}", width = self.1 as usize);
            write!(f, ".{}", places.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

fn pattern(f: &mut Formatter<'_>, name: &str, of: &Pattern) -> fmt::Result {
    write!(f, "{name}:")?;
    // A pattern was read without quotes, so it holds nothing that needs them.
    if of.wild { f.write_str(&of.text) } else { value(f, &of.text) }
}

fn value(f: &mut Formatter<'_>, value: &str) -> fmt::Result {
    if is_plain_value(value) { f.write_str(value) } else { quoted(f, value) }
}

/// Between quotes, with `\` before what would end them.
pub(super) fn quoted(f: &mut impl fmt::Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
