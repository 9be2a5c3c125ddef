//! Values that hosts have, by what was typed of them.

use super::alone;
use crate::not_known::NotKnown;
use crate::posting::Posting;
use crate::query::eval::evaluate;
use crate::query::fields::{Field, Info, PartField, Place};
use crate::query::parse::is_plain_value;
use crate::query::pattern::Pattern;
use crate::query::tree::{Expr, LabelKind, Op, Part, Source, Term};
use crate::query::words::role;
use crate::query::write::quoted;
use crate::tables::Tables;
use crate::{Colour, Freshness, StateCounts};
use model::{Role, Severity};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;

/// A value that may stand at the cursor.
pub(super) struct Candidate<'a> {
    /// As it is written.
    pub(super) text: String,
    /// How frequent it is in the whole fleet, to look at the frequent ones first.
    pub(super) rough: u64,
    hosts: Hosts<'a>,
}

/// The hosts that have a value.
enum Hosts<'a> {
    Sets(Vec<&'a Posting>),
    /// Those that a condition keeps.
    Kept(Expr<Term>),
}

impl Candidate<'_> {
    pub(super) fn count(&self, tables: &Tables, within: &RoaringBitmap) -> u64 {
        match &self.hosts {
            Hosts::Sets(sets) => match sets.as_slice() {
                [one] => one.count_in(within),
                many => many.iter().fold(RoaringBitmap::new(), |all, set| all | set.and(within)).len(),
            },
            Hosts::Kept(condition) => evaluate(condition, tables, within.clone()).len(),
        }
    }
}

fn written(text: &str) -> String {
    if is_plain_value(text) {
        return text.to_owned();
    }
    let mut written = String::new();
    // Writing to a text can't fail.
    let _ = quoted(&mut written, text);
    written
}

fn of_sets<'a>(text: &str, sets: Vec<&'a Posting>) -> Candidate<'a> {
    Candidate { text: written(text), rough: sets.iter().map(|set| set.len()).sum(), hosts: Hosts::Sets(sets) }
}

/// Words of a fixed list. The list's own order stands where counts are equal.
fn of_list<'a>(words: impl IntoIterator<Item = (&'static str, Term)>, prefix: &str) -> Vec<Candidate<'a>> {
    let prefix = prefix.to_lowercase();
    words
        .into_iter()
        .filter(|(word, _)| word.starts_with(&prefix))
        .map(|(word, term)| Candidate { text: word.to_owned(), rough: 0, hosts: Hosts::Kept(alone(term)) })
        .collect()
}

fn finding(part: Part) -> Term {
    Term::Finding(Expr::Term(part))
}

/// Values of a field that begin with `prefix`, in any case of letters.
pub(super) fn candidates<'a>(
    tables: &'a Tables,
    place: Place,
    info: &Info,
    package: Option<&str>,
    prefix: &str,
) -> Vec<Candidate<'a>> {
    let yes_no = |term: fn(bool) -> Term| of_list([("yes", term(true)), ("no", term(false))], prefix);
    match info.field {
        Field::Os => platforms(tables, prefix),
        Field::Freshness => of_list(Freshness::ALL.map(|of| (of.as_str(), Term::Freshness(of))), prefix),
        Field::Colour => of_list(Colour::ALL.map(|of| (of.as_str(), Term::Colour(of))), prefix),
        Field::Reboot => {
            let words = [("true", Some(true)), ("false", Some(false)), ("unknown", None)];
            of_list(words.map(|(word, of)| (word, Term::Reboot(of))), prefix)
        }
        Field::NotKnown => {
            let codes = NotKnown::ALL.map(|one| (one.code(), Term::NotKnown(Some(one.code()))));
            of_list(codes.into_iter().chain([("any", Term::NotKnown(None))]), prefix)
        }
        Field::Tag => {
            let tags = tables.tags.iter().filter(|(tag, _)| begins(tag, prefix));
            tags.map(|(tag, hosts)| of_sets(tag, vec![hosts])).collect()
        }
        Field::Label(kind) => labels(tables, kind, prefix, false),
        Field::Tld => labels(tables, LabelKind::Domain, prefix, true),
        Field::Update => updates(tables, prefix),
        Field::Package => match package {
            Some(package) => versions(tables, package, prefix),
            None => packages(tables, prefix, |of| of.name.as_str()),
        },
        Field::Of(PartField::Name) => packages(tables, prefix, |of| of.name.as_str()),
        Field::Of(PartField::Source) => packages(tables, prefix, |of| of.source.as_str()),
        Field::Of(PartField::Arch) => packages(tables, prefix, |of| of.arch.as_str()),
        Field::Of(PartField::Cve) => cves(tables, prefix),
        Field::Of(PartField::State) => {
            of_list(StateCounts::STATES.map(|of| (of.as_str(), finding(Part::State(of)))), prefix)
        }
        Field::Of(PartField::Severity) => {
            of_list(Severity::ALL.map(|of| (of.as_str(), finding(Part::Severity(Op::Equal, of)))), prefix)
        }
        Field::Of(PartField::Kev) => yes_no(|yes| finding(Part::Kev(yes))),
        Field::Of(PartField::Fixed) => yes_no(|yes| finding(Part::Fixed(yes))),
        Field::Of(PartField::Role) => of_list(Role::ALL.map(|of| (role(of), widened(place, Part::Role(of)))), prefix),
        Field::Of(PartField::Origin) => {
            of_list(Source::ALL.map(|of| (of.as_str(), widened(place, Part::Origin(of)))), prefix)
        }
        Field::Host
        | Field::Count(_)
        | Field::Age(_)
        | Field::Address
        | Field::Finding
        | Field::Of(PartField::Version | PartField::Epss | PartField::Cvss | PartField::Feed | PartField::Advisory) => {
            Vec::new()
        }
    }
}

fn widened(place: Place, part: Part) -> Term {
    if place == Place::Finding { finding(part) } else { Term::Package(Expr::Term(part)) }
}

/// Whether a text begins with what was typed, in any case of ASCII letters.
fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// Releases, and distributions that have several.
fn platforms<'a>(tables: &'a Tables, prefix: &str) -> Vec<Candidate<'a>> {
    let mut by_name: BTreeMap<String, Vec<&'a Posting>> = BTreeMap::new();
    for entry in tables.platforms.iter().filter(|entry| !entry.hosts.is_empty()) {
        by_name.entry(entry.platform.to_string()).or_default().push(&entry.hosts);
        by_name.entry(entry.platform.distribution().to_owned()).or_default().push(&entry.hosts);
    }
    by_name.into_iter().filter(|(name, _)| begins(name, prefix)).map(|(name, sets)| of_sets(&name, sets)).collect()
}

fn labels<'a>(tables: &'a Tables, kind: LabelKind, prefix: &str, top: bool) -> Vec<Candidate<'a>> {
    let fits = |text: &str| begins(text, prefix) && !(top && text.contains('.'));
    let labels = tables.labels.iter().flatten().filter(|label| label.kind == kind && fits(&label.text));
    labels.map(|label| of_sets(&label.text, vec![&label.hosts])).collect()
}

fn updates<'a>(tables: &'a Tables, prefix: &str) -> Vec<Candidate<'a>> {
    let mut by_name: BTreeMap<&str, Vec<&'a Posting>> = BTreeMap::new();
    for update in tables.updates.iter().flatten().filter(|update| begins(&update.key.name, prefix)) {
        by_name.entry(&update.key.name).or_default().push(&update.hosts);
    }
    by_name.into_iter().map(|(name, sets)| of_sets(name, sets)).collect()
}

/// Installed packages by something of theirs.
fn packages<'a>(tables: &'a Tables, prefix: &str, of: fn(&model::Package) -> &str) -> Vec<Candidate<'a>> {
    let mut by_text: BTreeMap<&str, Vec<&'a Posting>> = BTreeMap::new();
    for entry in tables.packages.iter().filter(|entry| begins(of(&entry.package), prefix)) {
        if let Some(carrier) = entry.carrier(Role::Installed).and_then(|carrier| tables.carrier(carrier)) {
            by_text.entry(of(&entry.package)).or_default().push(&carrier.hosts);
        }
    }
    by_text.into_iter().filter(|(text, _)| !text.is_empty()).map(|(text, sets)| of_sets(text, sets)).collect()
}

/// Versions in which a package is installed.
fn versions<'a>(tables: &'a Tables, package: &str, prefix: &str) -> Vec<Candidate<'a>> {
    let mut by_version: BTreeMap<&str, Vec<&'a Posting>> = BTreeMap::new();
    for package in tables.names.get(package).into_iter().flatten() {
        let Some(entry) = tables.packages.get(*package) else { continue };
        let carrier = entry.carrier(Role::Installed).and_then(|carrier| tables.carrier(carrier));
        if let Some(carrier) = carrier.filter(|_| begins(&entry.package.version, prefix)) {
            by_version.entry(&entry.package.version).or_default().push(&carrier.hosts);
        }
    }
    by_version.into_iter().map(|(version, sets)| of_sets(version, sets)).collect()
}

/// CVEs that are open somewhere.
fn cves<'a>(tables: &'a Tables, prefix: &str) -> Vec<Candidate<'a>> {
    let open = tables.cves.iter().map(|cve| (cve, cve.by_state.iter().map(|of| u64::from(*of)).sum::<u64>()));
    open.filter(|(cve, hosts)| *hosts > 0 && begins(&cve.name, prefix))
        .map(|(cve, rough)| {
            let name = Pattern::of(cve.name.to_string(), true);
            Candidate { text: written(&cve.name), rough, hosts: Hosts::Kept(alone(finding(Part::Cve(name)))) }
        })
        .collect()
}
