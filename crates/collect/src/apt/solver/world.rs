//! The packages that are installed, may move, or may come, and what they are to each other.

use crate::apt::policy::Decision;
use crate::apt::table::{Group, Table, Version};
use formats::relations::{Operator, Relation};
use std::cmp::Ordering;
use std::collections::HashMap;
use versions::Scheme;

/// How one package refuses another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Conflicts,
    Breaks,
}

/// A version of a package with its relations taken apart.
pub(super) struct Side<'a> {
    pub(super) version: &'a Version,
    pub(super) depends: Vec<Vec<Relation<'a>>>,
    pub(super) refuses: Vec<(Refusal, Relation<'a>)>,
    provides: Vec<Relation<'a>>,
}

impl<'a> Side<'a> {
    fn new(version: &'a Version) -> Self {
        let relations = &version.relations;
        let conflicts = relations.conflicts().map(|relation| (Refusal::Conflicts, relation));
        let breaks = relations.breaks().map(|relation| (Refusal::Breaks, relation));
        Self {
            version,
            depends: relations.depends(),
            refuses: conflicts.chain(breaks).collect(),
            provides: relations.provides(),
        }
    }
}

/// What becomes of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes to its candidate.
    Moves,
    /// It remains as it is installed.
    Stays,
    /// It is not installed, and can be where something needs it.
    MayCome,
    /// It is not installed and can't be.
    StaysOut,
}

/// Why an installed package does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// It has nothing to move to.
    NoCandidate,
    Held,
    Phased,
    /// Its candidate can't be installed: see [`Member::why`].
    KeptBack,
}

/// A package.
pub(super) struct Member<'a> {
    pub(super) group: &'a Group,
    pub(super) installed: Option<Side<'a>>,
    pub(super) candidate: Option<Side<'a>>,
    pub(super) fate: Fate,
    pub(super) rest: Rest,
    /// Why its candidate can't be installed.
    pub(super) why: Option<String>,
}

impl<'a> Member<'a> {
    /// What it is in the world that is tried; none where it is not there.
    pub(super) fn target(&self) -> Option<&Side<'a>> {
        match self.fate {
            Fate::Moves | Fate::MayCome => self.candidate.as_ref(),
            Fate::Stays => self.installed.as_ref(),
            Fate::StaysOut => None,
        }
    }

    /// It is there, whether anything needs it or not.
    pub(super) fn is_certain(&self) -> bool {
        matches!(self.fate, Fate::Moves | Fate::Stays)
    }

    /// Takes back its move, for good.
    pub(super) fn keep(&mut self, why: String) {
        self.fate = if self.installed.is_some() { Fate::Stays } else { Fate::StaysOut };
        self.rest = Rest::KeptBack;
        self.why = Some(why);
    }
}

/// All of them.
pub(super) struct World<'a> {
    pub(super) members: Vec<Member<'a>>,
    native: &'a str,
    /// How many of the members are installed; those stand first, in the order of their table.
    installed: usize,
    by_name: HashMap<&'a str, Vec<usize>>,
    /// By the name that either version of a member provides.
    providers: HashMap<&'a str, Vec<usize>>,
}

impl<'a> World<'a> {
    /// The installed packages with their candidates, all moving that may, and new packages with theirs.
    pub(super) fn new(
        table: &'a Table,
        decisions: &[Decision],
        new: &'a Table,
        chosen: &[Decision],
        respects_holds: bool,
    ) -> Self {
        let mut members: Vec<Member<'a>> = Vec::with_capacity(table.groups.len() + new.groups.len());
        for (group, decision) in table.groups.iter().zip(decisions) {
            let at = group.installed();
            let to = decision.candidate.filter(|candidate| Some(*candidate) != at);
            let rest = match to {
                None => Rest::NoCandidate,
                Some(_) if group.held && respects_holds => Rest::Held,
                Some(_) if decision.is_phased => Rest::Phased,
                Some(_) => Rest::KeptBack,
            };
            members.push(Member {
                group,
                installed: at.and_then(|at| group.versions.get(at)).map(Side::new),
                candidate: to.and_then(|to| group.versions.get(to)).map(Side::new),
                fate: if rest == Rest::KeptBack { Fate::Moves } else { Fate::Stays },
                rest,
                why: None,
            });
        }
        let installed = members.len();
        for (group, decision) in new.groups.iter().zip(chosen) {
            let is_known = table.groups_of(&group.name).any(|known| known.arch == group.arch);
            let candidate = decision.candidate.and_then(|at| group.versions.get(at)).map(Side::new);
            if candidate.is_some() && !is_known {
                let (fate, rest) = (Fate::MayCome, Rest::KeptBack);
                members.push(Member { group, installed: None, candidate, fate, rest, why: None });
            }
        }
        let (mut by_name, mut providers) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (at, member) in members.iter().enumerate() {
            by_name.entry(member.group.name.as_str()).or_default().push(at);
            for provided in [&member.installed, &member.candidate].into_iter().flatten().flat_map(|side| &side.provides)
            {
                providers.entry(provided.name).or_default().push(at);
            }
        }
        Self { members, native: &table.native, installed, by_name, providers }
    }

    /// Whether anything moves at all.
    pub(super) fn moves(&self) -> bool {
        self.members.iter().any(|member| member.fate == Fate::Moves)
    }

    /// For each installed package why it is kept back.
    pub(super) fn into_reasons(self) -> Vec<Option<String>> {
        self.members.into_iter().take(self.installed).map(|member| member.why).collect()
    }

    /// The members that are called so or provide it, in either version.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = usize> + '_ {
        let of = |map: &HashMap<&str, Vec<usize>>| map.get(name).cloned().unwrap_or_default();
        of(&self.by_name).into_iter().chain(of(&self.providers))
    }

    /// Whether the world that is tried has what a clause asks for.
    pub(super) fn has(&self, clause: &[Relation<'_>], arch: &str) -> bool {
        clause.iter().any(|relation| {
            let targets = self.named(relation.name).filter_map(|at| Some((at, self.members[at].target()?)));
            targets.into_iter().any(|(at, side)| self.satisfies(at, side, relation, arch))
        })
    }

    /// Whether a version of a member satisfies a relation of a package of this architecture.
    pub(super) fn satisfies(&self, at: usize, side: &Side<'_>, relation: &Relation<'_>, arch: &str) -> bool {
        let own = &self.members[at].group.arch;
        let multi_arch = side.version.multi_arch.as_str();
        let fits_arch = match relation.arch {
            None => own == arch || multi_arch.eq_ignore_ascii_case("foreign"),
            Some("any") => multi_arch.eq_ignore_ascii_case("allowed"),
            Some("native") => own == self.native,
            Some(wanted) => own == wanted,
        };
        fits_arch && self.is_meant(at, side, relation)
    }

    /// Whether a refusal is about a version of a member. It is about every architecture of a name,
    /// and never about the package itself.
    pub(super) fn refuses(&self, by: usize, at: usize, side: &Side<'_>, relation: &Relation<'_>) -> bool {
        let (own, other) = (self.members[by].group, self.members[at].group);
        let fits_arch = relation.arch.is_none_or(|arch| arch == "any" || arch == other.arch);
        own.name != other.name && fits_arch && self.is_meant(at, side, relation)
    }

    /// Whether name and version are meant, its own or one that it provides. Who asks for a version
    /// is not content with a provider that states none (Policy 7.5).
    fn is_meant(&self, at: usize, side: &Side<'_>, relation: &Relation<'_>) -> bool {
        let admits = |version: &str| {
            relation.version.is_none_or(|(op, wanted)| op.admits(Scheme::Dpkg.compare(version, wanted)))
        };
        self.members[at].group.name == relation.name && admits(&side.version.text)
            || side.provides.iter().filter(|provided| provided.name == relation.name).any(|provided| {
                match provided.version {
                    Some((Operator::Equal, version)) => admits(version),
                    _ => relation.version.is_none(),
                }
            })
    }

    /// Whether two packages of one name have to have the same version: `Multi-Arch: same`.
    pub(super) fn is_lockstep(one: &Side<'_>, other: &Side<'_>) -> bool {
        let is_same = |side: &Side<'_>| side.version.multi_arch.eq_ignore_ascii_case("same");
        is_same(one)
            && is_same(other)
            && Scheme::Dpkg.compare(&one.version.text, &other.version.text) != Ordering::Equal
    }
}
