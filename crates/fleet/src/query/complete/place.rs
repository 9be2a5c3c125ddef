//! Where in a query the cursor stands. Unlike the parser it takes what is not finished, and never fails.

use crate::query::fields::{Field, Info, Place, Takes};

/// What is being typed at the cursor.
#[derive(Debug, PartialEq)]
pub(super) enum Typed {
    /// A word, or the name of a field.
    Name,
    /// A value of a field; of a version, the package that it is of.
    Value { info: &'static Info, package: Option<String> },
    /// Something for which nothing can be suggested.
    Nothing,
}

impl PartialEq for Info {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// The piece of text at the cursor.
#[derive(Debug, PartialEq)]
pub(super) struct At {
    pub(super) place: Place,
    pub(super) typed: Typed,
    /// Where the piece begins and ends, in characters.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What of it stands before the cursor, without quotes.
    pub(super) prefix: String,
    /// Whether a condition stands before it that a word may join.
    pub(super) follows: bool,
}

/// One step of a walk from the beginning to the cursor.
struct Walk<'a> {
    text: &'a [char],
    /// What the open parentheses are about.
    places: Vec<Place>,
    /// Where the term at the cursor begins.
    term: usize,
    /// Where its piece begins: behind its operator or a comma.
    piece: usize,
    /// The field of the term, once its operator was met.
    field: Option<Head>,
    /// Whether a quote is open.
    quoted: bool,
    follows: bool,
}

#[derive(Clone)]
struct Head {
    info: Option<&'static Info>,
    /// Of `pkg:openssl<`, what stands before the comparison.
    package: Option<String>,
}

impl At {
    pub(super) fn of(text: &[char], at: usize) -> Self {
        let mut walk = Walk { text, places: Vec::new(), term: 0, piece: 0, field: None, quoted: false, follows: false };
        (0..at).for_each(|index| walk.step(index));
        walk.at(at)
    }
}

fn is_op(c: char) -> bool {
    matches!(c, ':' | '<' | '>' | '=')
}

impl Walk<'_> {
    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Host)
    }

    fn slice(&self, start: usize, end: usize) -> String {
        self.text.get(start..end).unwrap_or_default().iter().collect()
    }

    fn begin(&mut self, index: usize) {
        (self.term, self.piece, self.field) = (index, index, None);
    }

    fn step(&mut self, index: usize) {
        let Some(c) = self.text.get(index).copied() else { return };
        let escaped = self.quoted && index > self.piece && self.text.get(index - 1) == Some(&'\\');
        match c {
            '"' if !escaped => self.quoted = !self.quoted,
            _ if self.quoted => {}
            '(' => {
                let of = self.field.as_ref().filter(|_| self.piece == index).and_then(|head| head.info);
                self.places.push(match of.map(|info| info.field) {
                    Some(Field::Package) => Place::Package,
                    Some(Field::Finding) => Place::Finding,
                    _ => self.place(),
                });
                self.begin(index + 1);
                self.follows = false;
            }
            ')' => {
                self.places.pop();
                self.begin(index + 1);
                self.follows = true;
            }
            '-' if index == self.term => self.begin(index + 1),
            c if c.is_whitespace() => self.space(index),
            ',' if self.field.is_some() => {
                self.piece = index + 1;
                if let Some(head) = &mut self.field {
                    head.package = None;
                }
            }
            c if is_op(c) => self.op(index, c),
            _ => {}
        }
    }

    /// White space ends a term, but for what stands about a comparison: `security > 10`.
    fn space(&mut self, index: usize) {
        let typed = self.slice(self.term, index);
        let word = typed.trim().to_lowercase();
        let compared = |info: &Info| matches!(info.takes, Takes::Number | Takes::Span | Takes::Compared);
        let next = || self.text.iter().skip(index).find(|c| !c.is_whitespace());
        if self.field.is_none()
            && self.place().field(&word).is_some_and(compared)
            && next().is_some_and(|c| matches!(c, '<' | '>' | '='))
        {
            return;
        }
        if let Some(head) = &self.field {
            let waits = self.slice(self.piece, index).trim().is_empty() && head.info.is_some_and(compared);
            if waits {
                self.piece = index + 1;
                return;
            }
        }
        if !word.is_empty() {
            self.follows = !matches!(word.as_str(), "or" | "and" | "not");
        }
        self.begin(index + 1);
    }

    fn op(&mut self, index: usize, c: char) {
        match &mut self.field {
            None => {
                let name = self.slice(self.term, index);
                self.field = Some(Head { info: self.place().field(name.trim()), package: None });
                self.piece = index + 1;
            }
            // `<=`
            Some(_) if c == '=' && self.piece == index => self.piece = index + 1,
            Some(head) if c != ':' && head.package.is_none() => {
                let is_package = head.info.is_some_and(|info| info.field == Field::Package);
                if is_package {
                    let package: String = self.text.get(self.piece..index).unwrap_or_default().iter().collect();
                    head.package = Some(package.replace('"', ""));
                    self.piece = index + 1;
                }
            }
            Some(_) => {}
        }
    }

    fn at(self, at: usize) -> At {
        let place = self.place();
        let stops = |c: char| c.is_whitespace() || matches!(c, '(' | ')') || c == ',' && self.field.is_some();
        let rest = self.text.get(at..).unwrap_or_default();
        let end = if self.quoted {
            rest.iter().position(|c| *c == '"').map_or(self.text.len(), |quote| at + quote + 1)
        } else {
            // A name ends at its operator, which stays.
            let ends = |c: &char| stops(*c) || *c == '"' || self.field.is_none() && is_op(*c);
            at + rest.iter().position(ends).unwrap_or(rest.len())
        };
        let prefix = self.slice(self.piece, at);
        let prefix = prefix.trim_start_matches('"').trim_end_matches('"').replace("\\\"", "\"");
        let followed = self.text.get(end).copied().is_some_and(is_op);
        let typed = match &self.field {
            None if self.quoted => Typed::Nothing,
            // The field stands already: only another name would take its place.
            None if followed => Typed::Nothing,
            None => Typed::Name,
            Some(Head { info: Some(info), package }) => Typed::Value { info, package: package.clone() },
            Some(Head { info: None, .. }) => Typed::Nothing,
        };
        At { place, typed, start: self.piece.min(at), end, prefix, follows: self.follows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cursor stands at `|`.
    fn at(marked: &str) -> (At, String) {
        let cursor = marked.chars().position(|c| c == '|').unwrap();
        let text: Vec<char> = marked.chars().filter(|c| *c != '|').collect();
        let at = At::of(&text, cursor);
        let piece = text[at.start..at.end].iter().collect();
        (at, piece)
    }

    #[test]
    fn the_piece_at_the_cursor_is_found() {
        let value = |place: Place, name: &str| Typed::Value { info: place.field(name).unwrap(), package: None };
        for (marked, place, typed, piece, prefix) in [
            ("|", Place::Host, Typed::Name, "", ""),
            ("we|b", Place::Host, Typed::Name, "web", "we"),
            ("-we|b os:x", Place::Host, Typed::Name, "web", "we"),
            ("os:deb|ian tag:web", Place::Host, value(Place::Host, "os"), "debian", "deb"),
            ("os:debian:1|", Place::Host, value(Place::Host, "os"), "debian:1", "debian:1"),
            ("tag:a,we|b,c", Place::Host, value(Place::Host, "tag"), "web", "we"),
            ("tag:\"two w|ords\" x", Place::Host, value(Place::Host, "tag"), "\"two words\"", "two w"),
            ("(a or os:|)", Place::Host, value(Place::Host, "os"), "", ""),
            ("é finding:(cve:X sta|", Place::Finding, Typed::Name, "sta", "sta"),
            ("finding:(cve:X -(state:no|", Place::Finding, value(Place::Finding, "state"), "no", "no"),
            ("finding:(cve:X) sta|", Place::Host, Typed::Name, "sta", "sta"),
            ("pkg:(na|", Place::Package, Typed::Name, "na", "na"),
            ("pkg:open|", Place::Host, value(Place::Host, "pkg"), "open", "open"),
            ("severity >= h|", Place::Host, value(Place::Host, "severity"), "h", "h"),
            ("o|s:debian", Place::Host, Typed::Nothing, "os", "o"),
            ("nonsense:x|", Place::Host, Typed::Nothing, "x", "x"),
            ("\"we|", Place::Host, Typed::Nothing, "\"we", "we"),
            (")))|", Place::Host, Typed::Name, "", ""),
        ] {
            let (found, of) = at(marked);
            assert_eq!(
                (found.place, found.typed, of.as_str(), found.prefix.as_str()),
                (place, typed, piece, prefix),
                "{marked}"
            );
        }
        let (found, piece) = at("pkg:openssl<=3.|0 x");
        assert_eq!(piece, "3.0");
        assert!(matches!(found.typed, Typed::Value { package: Some(of), .. } if of == "openssl"));
        assert!(at("web o|").0.follows && !at("web or o|").0.follows && !at("(o|").0.follows);
    }
}
