//! Values of fields.

use super::{Parser, Piece};
use crate::not_known::NotKnown;
use crate::query::QueryError;
use crate::query::error::nearest;
use crate::query::fields::{Field, Info, PartField};
use crate::query::ids;
use crate::query::network::{Bad, Network};
use crate::query::pattern::Pattern;
use crate::query::tree::{LabelKind, Op, Part, Source, Term};
use crate::query::words::{MANAGERS, YES_NO, role};
use crate::query::write::UNITS;
use crate::{Colour, Freshness, StateCounts};
use model::{Platform, Role, Severity, State};

impl Parser<'_> {
    fn wrong(&self, piece: &Piece, message: impl Into<String>) -> QueryError {
        self.error(piece.start, self.at - piece.start, message)
    }

    /// That a value is none of a list, with the nearest one.
    fn none_of(&self, name: &str, piece: &Piece, known: &[&'static str]) -> QueryError {
        let message = format!("'{}' is no value of '{name}': expected {}", piece.text, known.join(", "));
        let suggestion = nearest(&piece.text, known.iter().copied()).map(str::to_owned);
        QueryError { suggestion, ..self.wrong(piece, message) }
    }

    /// The value of a list that has this word.
    fn one_of<T: Copy>(
        &self,
        name: &str,
        piece: &Piece,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<T, QueryError> {
        let found = all.iter().copied().find(|one| word(*one).eq_ignore_ascii_case(&piece.text));
        found.ok_or_else(|| self.none_of(name, piece, &all.iter().map(|one| word(*one)).collect::<Vec<_>>()))
    }

    fn yes(&self, name: &str, piece: &Piece) -> Result<bool, QueryError> {
        match piece.text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(true),
            "false" | "no" => Ok(false),
            _ => Err(self.none_of(name, piece, &YES_NO)),
        }
    }

    pub(super) fn host_value(&self, info: &Info, name: &str, _: Op, piece: &Piece) -> Result<Term, QueryError> {
        let pattern = || Pattern::of(piece.text.clone(), piece.quoted);
        let lower = piece.text.to_lowercase();
        Ok(match info.field {
            Field::Freshness => Term::Freshness(self.one_of(name, piece, &Freshness::ALL, Freshness::as_str)?),
            Field::Colour if lower == "gray" => Term::Colour(Colour::Grey),
            Field::Colour => Term::Colour(self.one_of(name, piece, &Colour::ALL, Colour::as_str)?),
            Field::Reboot => match lower.as_str() {
                "true" | "yes" => Term::Reboot(Some(true)),
                "false" | "no" => Term::Reboot(Some(false)),
                "unknown" => Term::Reboot(None),
                _ => return Err(self.none_of(name, piece, &["true", "false", "unknown"])),
            },
            Field::Os => {
                let (distribution, release) =
                    lower.split_once(':').map_or((lower.as_str(), None), |(of, release)| (of, Some(release)));
                if let Err(invalid) = Platform::new(distribution, release.unwrap_or("any")) {
                    let hint = if piece.quoted { "" } else { "; expected os:debian or os:debian:12" };
                    return Err(self.wrong(piece, format!("{invalid}{hint}")));
                }
                Term::Os { distribution: distribution.to_owned(), release: release.map(str::to_owned) }
            }
            Field::NotKnown if lower == "any" => Term::NotKnown(None),
            Field::NotKnown => {
                let codes = NotKnown::ALL.map(NotKnown::code);
                let code = codes.into_iter().find(|code| *code == lower);
                match code {
                    Some(code) => Term::NotKnown(Some(code)),
                    None => {
                        let mut known = vec!["any"];
                        known.extend(codes);
                        return Err(self.none_of(name, piece, &known));
                    }
                }
            }
            Field::Address => Term::Address(self.network(name, piece)?),
            Field::Tld => Term::Label { kind: LabelKind::Domain, value: self.domain(name, piece, true)? },
            Field::Label(LabelKind::Domain) => {
                Term::Label { kind: LabelKind::Domain, value: self.domain(name, piece, false)? }
            }
            Field::Label(LabelKind::Manager) => {
                let manager = self.one_of(name, piece, &MANAGERS, |word| word).map_err(|wrong| {
                    // Who names the tool means what keeps the packages.
                    let meant = match lower.as_str() {
                        "apt" | "apt-get" | "aptitude" | "deb" => Some("dpkg".to_owned()),
                        "dnf" | "yum" | "zypper" => Some("rpm".to_owned()),
                        _ => wrong.suggestion,
                    };
                    QueryError { suggestion: meant, ..wrong }
                })?;
                Term::Label { kind: LabelKind::Manager, value: Pattern::of(manager.to_owned(), true) }
            }
            Field::Label(kind) => Term::Label { kind, value: pattern() },
            Field::Update => Term::Update(pattern()),
            Field::Tag => Term::Tag(pattern()),
            Field::Host | Field::Package | Field::Finding | Field::Count(_) | Field::Age(_) | Field::Of(_) => {
                Term::Word(pattern())
            }
        })
    }

    fn network(&self, name: &str, piece: &Piece) -> Result<Network, QueryError> {
        Network::read(&piece.text).map_err(|bad| match bad {
            Bad::Address => self.wrong(
                piece,
                format!("'{}' is no address or network: expected {name}:192.0.2.7, {name}:10.0.0.0/8", piece.text),
            ),
            Bad::Prefix(most) => self.wrong(piece, format!("the length of a prefix is a number from 0 to {most} here")),
            Bad::HostBits(network) => QueryError {
                suggestion: Some(network.to_string()),
                ..self.wrong(piece, format!("'{}' has bits behind its prefix", piece.text))
            },
        })
    }

    /// A domain in lower case, without dots at its ends.
    fn domain(&self, name: &str, piece: &Piece, top: bool) -> Result<Pattern, QueryError> {
        let lower = piece.text.to_lowercase();
        let bare = lower.trim_start_matches("*.").trim_matches('.');
        let is_domain = !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let message = match (is_domain && bare == lower.trim_matches('.'), top && bare.contains('.')) {
            (true, false) => return Ok(Pattern::of(bare.to_owned(), true)),
            (true, true) => {
                format!("'{}' is no top-level domain; a domain below one is asked for by domain:", piece.text)
            }
            (false, _) => {
                format!("'{}' is no domain: '{name}' takes names as in {name}:cz, all below is kept", piece.text)
            }
        };
        let suggestion = (is_domain && !top).then(|| bare.to_owned());
        Err(QueryError { suggestion, ..self.wrong(piece, message) })
    }

    pub(super) fn part(&self, info: &Info, name: &str, op: Op, piece: &Piece) -> Result<Part, QueryError> {
        let pattern = || Pattern::of(piece.text.clone(), piece.quoted);
        let Field::Of(field) = info.field else { return Err(self.wrong(piece, format!("'{name}' stands on hosts"))) };
        Ok(match field {
            PartField::Name => Part::Name(pattern()),
            PartField::Source => Part::Source(pattern()),
            PartField::Version => Part::Version(op, piece.text.clone()),
            PartField::Arch => Part::Arch(pattern()),
            PartField::Role => Part::Role(self.one_of(name, piece, &Role::ALL, role)?),
            PartField::Origin => Part::Origin(self.one_of(name, piece, &Source::ALL, Source::as_str)?),
            PartField::Cve => Part::Cve(self.cve(piece)?),
            PartField::State => Part::State(self.state(name, piece)?),
            PartField::Severity => {
                let severity = self.one_of(name, piece, &Severity::ALL, Severity::as_str)?;
                if op != Op::Equal && severity == Severity::Unknown {
                    let message = "an unknown severity is neither above nor below others";
                    return Err(QueryError { suggestion: None, ..self.wrong(piece, message) });
                }
                Part::Severity(op, severity)
            }
            PartField::Fixed => Part::Fixed(self.yes(name, piece)?),
            PartField::Kev => Part::Kev(self.yes(name, piece)?),
            PartField::Epss => Part::Epss(op, self.decimal(name, piece, 5, 100_000, "from 0 to 1 such as 0.5")?),
            PartField::Cvss => Part::Cvss(op, self.decimal(name, piece, 1, 100, "from 0 to 10 such as 7.5")?),
            PartField::Feed => Part::Feed(pattern()),
            PartField::Advisory => Part::Advisory(pattern()),
        })
    }

    /// An id, or a pattern that may fit one: a slip would silently keep no host.
    fn cve(&self, piece: &Piece) -> Result<Pattern, QueryError> {
        let pattern = Pattern::of(piece.text.clone(), piece.quoted);
        let checked = if pattern.wild { ids::check_pattern(&piece.text) } else { ids::check_id(&piece.text) };
        match checked {
            Ok(()) => Ok(pattern),
            Err(no_id) => Err(QueryError { suggestion: no_id.suggestion, ..self.wrong(piece, no_id.message) }),
        }
    }

    /// Only open findings are asked for: of others the index knows nothing.
    fn state(&self, name: &str, piece: &Piece) -> Result<State, QueryError> {
        let closed =
            State::ALL.iter().find(|state| !state.is_open() && state.as_str().eq_ignore_ascii_case(&piece.text));
        if let Some(closed) = closed {
            let open = StateCounts::STATES.map(State::as_str).join(", ");
            let message =
                format!("'{}' is no open state, and only open findings are looked at: {open}", closed.as_str());
            return Err(self.wrong(piece, message));
        }
        self.one_of(name, piece, &StateCounts::STATES, State::as_str)
    }

    /// A decimal number as a whole number of its last place.
    fn decimal(&self, name: &str, piece: &Piece, places: usize, most: u32, what: &str) -> Result<u32, QueryError> {
        let read = || {
            let (whole, rest) = piece.text.split_once('.').unwrap_or((&piece.text, "0"));
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if !digits(whole) || !digits(rest) || rest.len() > places || whole.len() > 3 {
                return None;
            }
            let rest = format!("{rest:0<places$}");
            format!("{whole}{rest}").parse::<u32>().ok().filter(|number| *number <= most)
        };
        read().ok_or_else(|| {
            let message = format!("'{name}' is compared with a number {what}, of at most {places} decimal places");
            self.wrong(piece, message)
        })
    }
}

/// Seconds of a span such as `24h`, up to a hundred years.
pub(super) fn span(text: &str) -> Option<u64> {
    const MOST: u64 = 100 * 366 * 86_400;
    let unit = text.chars().next_back()?.to_ascii_lowercase();
    let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let number = text.get(..text.len() - 1)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(*length).filter(|seconds| *seconds <= MOST)
}
