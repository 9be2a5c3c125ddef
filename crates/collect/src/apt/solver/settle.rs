//! Taking back moves until the rest can be done.

use super::explain;
use super::world::{Fate, World};
use std::collections::BTreeSet;

/// Settles the world. Returns the names that were asked for in vain: known under that name is
/// nothing that would do, and the lists may have it.
pub(super) fn settle(world: &mut World<'_>) -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    // Refusals last: who seems to be in the way may yet turn out to stay as it is.
    while needs(world, &mut asked) || dependents(world, &mut asked) || refusals(world) || siblings(world) {}
    asked
}

/// Keeps back what needs something that is not there.
fn needs(world: &mut World<'_>, asked: &mut BTreeSet<String>) -> bool {
    let mut changed = false;
    for at in 0..world.members.len() {
        let member = &world.members[at];
        if !matches!(member.fate, Fate::Moves | Fate::MayCome) {
            continue;
        }
        let Some(side) = &member.candidate else { continue };
        let missing = side.depends.iter().find(|clause| !world.has(clause, &member.group.arch));
        if let Some(clause) = missing {
            asked.extend(clause.iter().map(|relation| relation.name.to_owned()));
            let why = explain::missing(world, clause, &member.group.arch);
            world.members[at].keep(why);
            changed = true;
        }
    }
    changed
}

/// Keeps back what packages that stay would miss: what satisfies them today, and would not any more.
fn dependents(world: &mut World<'_>, asked: &mut BTreeSet<String>) -> bool {
    let mut kept = Vec::new();
    for member in world.members.iter().filter(|member| member.fate == Fate::Stays) {
        let Some(side) = &member.installed else { continue };
        let arch = &member.group.arch;
        for clause in side.depends.iter().filter(|clause| !world.has(clause, arch)) {
            for relation in clause {
                let satisfied = world.named(relation.name).filter(|at| {
                    let other = &world.members[*at];
                    let today = other.installed.as_ref().is_some_and(|side| world.satisfies(*at, side, relation, arch));
                    other.fate == Fate::Moves && today
                });
                let satisfied: Vec<_> = satisfied.collect();
                if !satisfied.is_empty() {
                    asked.extend(clause.iter().map(|relation| relation.name.to_owned()));
                }
                kept.extend(satisfied.into_iter().map(|at| (at, explain::needed(member, clause))));
            }
        }
    }
    keep(world, kept)
}

/// Keeps back what can't be beside the others, or others can't be beside. Of two updates that exclude
/// each other the one that is refused stays where it can, as with apt.
fn refusals(world: &mut World<'_>) -> bool {
    let mut kept = Vec::new();
    for (by, member) in world.members.iter().enumerate() {
        let Some(side) = member.target() else { continue };
        for (refusal, relation) in &side.refuses {
            for at in world.named(relation.name).filter(|at| *at != by) {
                let other = &world.members[at];
                let is_hit = other.target().is_some_and(|target| world.refuses(by, at, target, relation));
                if !is_hit || !member.is_certain() && !other.is_certain() {
                    // Of two that merely may come, neither has to.
                    continue;
                }
                let was = other.installed.as_ref().is_some_and(|old| world.refuses(by, at, old, relation));
                let can_stay = other.fate == Fate::Moves && !was && member.is_certain();
                if other.fate == Fate::MayCome || can_stay {
                    kept.push((at, explain::refused(member, *refusal, relation)));
                } else if member.fate != Fate::Stays {
                    kept.push((by, explain::refuses(*refusal, relation, other)));
                }
            }
        }
    }
    keep(world, kept)
}

/// Keeps back what would part from its sibling of another architecture.
fn siblings(world: &mut World<'_>) -> bool {
    let mut kept = Vec::new();
    for (at, member) in world.members.iter().enumerate() {
        if !matches!(member.fate, Fate::Moves | Fate::MayCome) {
            continue;
        }
        let Some(side) = &member.candidate else { continue };
        for other in world.named(&member.group.name).map(|other| &world.members[other]) {
            let is_sibling = other.group.name == member.group.name && other.group.arch != member.group.arch;
            let Some(target) = other.target().filter(|_| is_sibling && other.is_certain()) else { continue };
            if World::is_lockstep(side, target) {
                kept.push((at, explain::parted(other)));
            }
        }
    }
    keep(world, kept)
}

fn keep(world: &mut World<'_>, kept: Vec<(usize, String)>) -> bool {
    let mut changed = false;
    for (at, why) in kept {
        let member = &mut world.members[at];
        // The first reason stands.
        if matches!(member.fate, Fate::Moves | Fate::MayCome) {
            member.keep(why);
            changed = true;
        }
    }
    changed
}
