//! The reasons, in words: each names the packages and the relation, and begins where the name of the
//! package that is kept back would stand before it.

use super::world::{Fate, Member, Refusal, Rest, World};
use formats::relations::Relation;

/// Longest reason, in bytes: chains of new packages give long ones.
const MOST_BYTES: usize = 400;

fn shown(clause: &[Relation<'_>]) -> String {
    clause.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}

fn cut(text: String) -> String {
    if text.len() <= MOST_BYTES { text } else { format!("{}…", crate::text::clean(&text, MOST_BYTES - 3)) }
}

/// `bar 1.0`, with the architecture where it is another than that of the reader's package is not
/// told apart: apt's own messages leave it out, too.
fn installed(member: &Member<'_>) -> String {
    let version = member.installed.as_ref().map_or("", |side| side.version.text.as_str());
    format!("{} {version}", member.group.name)
}

/// Why an installed package is still there as it is.
fn rest(member: &Member<'_>) -> &'static str {
    match member.rest {
        Rest::NoCandidate => "has no newer version",
        Rest::Held => "is held",
        Rest::Phased => "waits for its turn in a phased update",
        Rest::KeptBack => "is kept back itself",
    }
}

/// `needs libfoo (>= 2), which no repository offers`
pub(super) fn missing(world: &World<'_>, clause: &[Relation<'_>], arch: &str) -> String {
    let because = clause.iter().map(|relation| unmet(world, relation, arch));
    // What is offered and can't be had says more than that another alternative does not exist.
    let because = because.max_by_key(Unmet::rank).map(|unmet| unmet.words()).unwrap_or_default();
    cut(format!("needs {}, {because}", shown(clause)))
}

/// Why one alternative does not do.
enum Unmet {
    NotOffered,
    /// There, in this version only.
    Other(String),
    /// It would do, but does not come.
    Withheld(String),
}

impl Unmet {
    fn rank(&self) -> u8 {
        match self {
            Self::NotOffered => 0,
            Self::Other(_) => 1,
            Self::Withheld(_) => 2,
        }
    }

    fn words(self) -> String {
        match self {
            Self::NotOffered => "which no repository offers".to_owned(),
            Self::Other(versions) => format!("but there is only {versions}"),
            Self::Withheld(why) => format!("which {why}"),
        }
    }
}

fn unmet(world: &World<'_>, relation: &Relation<'_>, arch: &str) -> Unmet {
    let mut found = Unmet::NotOffered;
    for at in world.named(relation.name) {
        let member = &world.members[at];
        let would_do = member.candidate.as_ref().is_some_and(|side| world.satisfies(at, side, relation, arch));
        if would_do {
            return Unmet::Withheld(match (member.fate, &member.why) {
                (Fate::StaysOut, Some(why)) => why.clone(),
                _ => rest(member).to_owned(),
            });
        }
        if let Some(side) = member.target().or(member.candidate.as_ref()) {
            found = Unmet::Other(format!("{} {}", member.group.name, side.version.text));
        }
    }
    found
}

/// `bar 1.0 needs foo (= 1), and has no newer version`
pub(super) fn needed(by: &Member<'_>, clause: &[Relation<'_>]) -> String {
    cut(format!("{} needs {}, and {}", installed(by), shown(clause), rest(by)))
}

fn verb(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Conflicts => "conflicts with",
        Refusal::Breaks => "breaks",
    }
}

/// `breaks bar (<< 2), and bar 1.0 is held`
pub(super) fn refuses(refusal: Refusal, relation: &Relation<'_>, other: &Member<'_>) -> String {
    let end = match other.fate {
        Fate::Moves => {
            let to = other.candidate.as_ref().map_or("", |side| side.version.text.as_str());
            format!("and {} goes to {to}", other.group.name)
        }
        _ => format!("and {} {}", installed(other), rest(other)),
    };
    cut(format!("{} {relation}, {end}", verb(refusal)))
}

/// `bar 1.0 breaks foo (>= 2), and has no newer version`
pub(super) fn refused(by: &Member<'_>, refusal: Refusal, relation: &Relation<'_>) -> String {
    match by.fate {
        Fate::Moves => {
            let to = by.candidate.as_ref().map_or("", |side| side.version.text.as_str());
            cut(format!("{} {to} {} {relation}", by.group.name, verb(refusal)))
        }
        _ => cut(format!("{} {} {relation}, and {}", installed(by), verb(refusal), rest(by))),
    }
}

/// `has to have the version of libfoo:i386, which is kept back itself`
pub(super) fn parted(other: &Member<'_>) -> String {
    cut(format!("has to have the version of {}:{}, which {}", other.group.name, other.group.arch, rest(other)))
}
