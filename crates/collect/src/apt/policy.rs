//! apt's policy: the priority of every version, and which one is the candidate.
//!
//! apt_preferences(5) describes it for people. As apt 2.6 computes it: every index has a priority
//! (500; 100 for dpkg's status and for archives that are `ButAutomaticUpgrades`; 1 for
//! `NotAutomatic`), which the first pin for all packages that fits replaces, `APT::Default-Release`
//! standing before all pins. The first pin with a name that fits a version is the version's own
//! priority; without one it has the greatest of its indices. Among the versions, newest first, the
//! first with the greatest priority is the candidate, where older ones than the installed count
//! from 1000 on only, and priority 0 never.

mod matcher;

use super::phasing;
use super::settings::Settings;
use super::table::{Group, Table, Version};
use formats::pattern::Pattern;
use formats::preferences::{By, Pin, Priority};
use matcher::Matcher;
use model::wire::sections::Skipped;
use std::cmp::Ordering;
use versions::Scheme;

/// The weight of an index or version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Weight(i32);

/// `Pin-Priority: never`, below every number.
const NEVER: Weight = Weight(i16::MIN as i32);

/// What was decided about one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    /// The candidate among the group's versions.
    pub(super) candidate: Option<usize>,
    /// The index that gives the candidate its weight, the first of several.
    pub(super) from: Option<usize>,
    /// The archive phases the candidate, and it is not this machine's turn.
    pub(super) is_phased: bool,
}

/// Decides about every package of the table.
pub(super) fn decide(settings: &Settings, pins: &[Pin], table: &Table) -> (Vec<Decision>, Vec<Skipped>) {
    let mut skipped = Vec::new();
    let mut policy = Policy::new(settings, table);
    policy.weigh_files(pins, &mut skipped);
    let mut own: Vec<Vec<Option<Weight>>> = table.groups.iter().map(|group| vec![None; group.versions.len()]).collect();
    for pin in pins.iter().filter(|pin| !pin.packages.is_empty()) {
        policy.weigh_versions(pin, &mut own, &mut skipped);
    }
    let decisions = table.groups.iter().zip(&own).map(|(group, own)| policy.decide(group, own)).collect();
    (decisions, skipped)
}

struct Policy<'a> {
    settings: &'a Settings,
    table: &'a Table,
    files: Vec<Weight>,
}

fn weight(priority: Priority) -> Weight {
    match priority {
        Priority::Is(number) => Weight(i32::from(number)),
        Priority::Never => NEVER,
    }
}

impl<'a> Policy<'a> {
    fn new(settings: &'a Settings, table: &'a Table) -> Self {
        let default = |file: usize| match table.archive(file).map(|archive| &archive.release) {
            None => Weight(100),
            Some(release) if release.but_automatic_upgrades => Weight(100),
            Some(release) if release.not_automatic => Weight(1),
            Some(_) => Weight(500),
        };
        Self { settings, table, files: (0..table.files.len()).map(default).collect() }
    }

    /// Gives each index the priority of the first pin for all packages that fits it.
    fn weigh_files(&mut self, pins: &[Pin], skipped: &mut Vec<Skipped>) {
        let mut general: Vec<(Matcher, Weight)> = Vec::new();
        if let Some(release) = self.settings.config.get("APT::Default-Release") {
            match matcher::is_known_release(release, self.table) {
                true => general.push((Matcher::new(By::Release, release), Weight(990))),
                false => skipped.push(Skipped {
                    record: "APT::Default-Release".to_owned(),
                    why: format!("'{release}' is no release of the sources; apt refuses to work"),
                }),
            }
        }
        let all = pins.iter().filter(|pin| pin.packages.is_empty());
        general.extend(all.map(|pin| (Matcher::new(pin.by, &pin.choice), weight(pin.priority))));
        let mut is_fixed = vec![false; self.files.len()];
        for (matcher, weight) in general {
            for (file, fixed) in is_fixed.iter_mut().enumerate() {
                // `never` overrides what was fixed before, and nothing overrides it.
                let is_open = !*fixed || weight == NEVER;
                if is_open && self.files[file] != NEVER && matcher.fits_file(self.table, file) {
                    self.files[file] = weight;
                    *fixed = true;
                }
            }
        }
    }

    /// Gives versions the priority of a pin with names, where no earlier pin did.
    fn weigh_versions(&self, pin: &Pin, own: &mut [Vec<Option<Weight>>], skipped: &mut Vec<Skipped>) {
        let matcher = Matcher::new(pin.by, &pin.choice);
        for name in &pin.packages {
            let target = match Target::new(name, &self.table.native) {
                Ok(target) => target,
                Err(why) => {
                    skipped.push(Skipped { record: format!("pin for {name}"), why });
                    continue;
                }
            };
            for (group, own) in self.table.groups.iter().zip(own.iter_mut()) {
                if !arch_fits(&target.arch, &group.arch) || !target.by_source && !target.fits_name(&group.name) {
                    continue;
                }
                for (version, own) in group.versions.iter().zip(own.iter_mut()) {
                    let fits = !target.by_source || target.fits_name(&version.source);
                    if fits && own.is_none() && matcher.fits_version(self.table, version) {
                        *own = Some(weight(pin.priority));
                    }
                }
            }
        }
    }

    fn decide(&self, group: &Group, own: &[Option<Weight>]) -> Decision {
        let installed = group.installed();
        let mut best: Option<(usize, Weight)> = None;
        for (at, version) in group.versions.iter().enumerate() {
            let weight = self.weight(version, own.get(at).copied().flatten());
            if weight.0 == 0 || weight <= best.map_or(Weight(-1), |(_, weight)| weight) {
                continue;
            }
            let older = installed
                .and_then(|at| group.versions.get(at))
                .is_some_and(|installed| Scheme::Dpkg.compare(&version.text, &installed.text) == Ordering::Less);
            if older && weight.0 < 1000 {
                continue;
            }
            best = Some((at, weight));
        }
        let candidate = best.map(|(at, _)| at);
        Decision {
            candidate,
            from: candidate.and_then(|at| self.heaviest(&group.versions[at])),
            is_phased: candidate.is_some_and(|at| self.is_held_by_phasing(group, at)),
        }
    }

    /// The index of an archive that weighs most, the first of several.
    fn heaviest(&self, version: &Version) -> Option<usize> {
        let listed = version.files.iter().copied().filter(|file| self.table.archive(*file).is_some());
        listed.rev().max_by_key(|file| self.files[*file])
    }

    fn weight(&self, version: &Version, own: Option<Weight>) -> Weight {
        let phasing = |weight: Weight| match self.is_phased_away(version) && self.is_phasing_policy() {
            true => weight.min(Weight(1)),
            false => weight,
        };
        if let Some(own) = own
            && (own == NEVER || version.files.iter().any(|file| self.files[*file] != NEVER))
        {
            return phasing(own);
        }
        let of_files = version.files.iter().map(|file| match self.table.archive(*file) {
            // A version that dpkg knows and that is not installed is no candidate, ever.
            None if !version.is_installed => Weight(-1),
            _ => self.files[*file],
        });
        phasing(of_files.max().unwrap_or(Weight(0)))
    }

    /// apt can phase by lowering priorities, too. It does not, unless told.
    fn is_phasing_policy(&self) -> bool {
        self.settings.is_on("APT::Get::Phase-Policy", false)
    }

    /// It is not this machine's turn to have the version.
    fn is_phased_away(&self, version: &Version) -> bool {
        let Some(percent) = version.phased_percent else { return false };
        let is_on = |name: &str| {
            let own = format!("APT::Get::{name}");
            self.settings.is_on(&own, self.settings.is_on(&format!("Update-Manager::{name}"), false))
        };
        if is_on("Always-Include-Phased-Updates") {
            return false;
        }
        if is_on("Never-Include-Phased-Updates") {
            return true;
        }
        let id = &self.settings.machine_id;
        !id.is_empty() && phasing::draw(&version.source, &version.source_version, id) > u64::from(percent)
    }

    /// Whether an upgrade leaves the candidate out for phasing: not where a version between it and
    /// the installed one came from a security suite.
    fn is_held_by_phasing(&self, group: &Group, candidate: usize) -> bool {
        if self.is_phasing_policy() || !self.is_phased_away(&group.versions[candidate]) {
            return false;
        }
        let end = group.installed().filter(|at| *at > candidate).unwrap_or(group.versions.len());
        let between = group.versions.get(candidate + 1..end).unwrap_or_default();
        !between
            .iter()
            .flat_map(|version| &version.files)
            .any(|file| self.table.archive(*file).is_some_and(|archive| archive.release.suite.ends_with("-security")))
    }
}

/// The packages that one name of a pin is for.
struct Target {
    by_source: bool,
    name: String,
    pattern: Option<Pattern>,
    arch: String,
}

impl Target {
    fn new(text: &str, native: &str) -> Result<Self, String> {
        let (by_source, text) = text.strip_prefix("src:").map_or((false, text), |name| (true, name));
        let (name, arch) = text.rsplit_once(':').unwrap_or((text, native));
        let is_pattern =
            name.contains(['*', '[', '?']) || name.len() > 1 && name.starts_with('/') && name.ends_with('/');
        let pattern = if is_pattern { Some(Pattern::new(name)?) } else { None };
        Ok(Self { by_source, name: name.to_owned(), pattern, arch: arch.to_owned() })
    }

    fn fits_name(&self, name: &str) -> bool {
        match &self.pattern {
            // A package that is called like the pattern itself is not meant by it.
            Some(pattern) => self.name != name && pattern.matches(name),
            None => self.name == name,
        }
    }
}

/// Whether an architecture is meant: by its name, `any`, `linux-any` or `any-CPU`.
fn arch_fits(wanted: &str, arch: &str) -> bool {
    let (system, cpu) = arch.split_once('-').unwrap_or(("linux", arch));
    match wanted.split_once('-') {
        _ if wanted == arch || wanted == "any" => true,
        Some((wanted, "any")) => wanted == system,
        Some(("any", wanted)) => wanted == cpu,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: dpkg-architecture -a ARCH -i WILDCARD of dpkg 1.21.
    #[test]
    fn architecture_wildcards() {
        for (wanted, arch, expected) in [
            ("amd64", "amd64", true),
            ("amd64", "i386", false),
            ("any", "i386", true),
            ("linux-any", "amd64", true),
            ("any-amd64", "amd64", true),
            ("hurd-any", "hurd-i386", true),
            ("any-i386", "hurd-i386", true),
            ("linux-any", "hurd-i386", false),
        ] {
            assert_eq!(arch_fits(wanted, arch), expected, "{wanted} {arch}");
        }
    }
}
