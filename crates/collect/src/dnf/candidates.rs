//! The packages that the repositories offer above what is installed, and which of them the manager would take.

use super::cache::{Cache, Wanted};
use super::document;
use super::excludes::{Excludes, Reason};
use super::modules::Modules;
use super::nevra::Nevra;
use super::settings::{Settings, runs_on};
use super::zypp::{self, Vendors};
use crate::text::identifier;
use crate::{Root, own_repository};
use formats::primary::{self, Package, Relation};
use formats::primary_db;
use model::wire::sections::PackageRecord;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use versions::Scheme;

/// Most candidates of all repositories together. Enterprise Linux keeps every version that it ever had: some 20 of
/// each package.
const MOST_CANDIDATES: usize = 500_000;

/// Most notes on odd versions of one repository.
const MOST_ODD: usize = 1000;

/// A package of a repository that is of use here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) arch: String,
    pub(super) evr: String,
    pub(super) vendor: String,
    pub(super) size: Option<u64>,
    /// By its place in the settings.
    pub(super) repository: usize,
    /// Of what it replaces, what names installed packages.
    obsoletes: Vec<Relation>,
    /// Why the manager does not take it, if it does not.
    pub(super) reason: Option<Reason>,
}

/// A step that the manager would make, or would make but for a reason.
pub(super) struct Step<'a> {
    pub(super) candidate: &'a Candidate,
    /// What it takes the place of.
    pub(super) installed: &'a PackageRecord,
    pub(super) reason: Option<Reason>,
}

/// Everything that is offered, with what is installed.
pub(super) struct Candidates<'a> {
    installed: HashMap<&'a str, Vec<&'a PackageRecord>>,
    all: Vec<Candidate>,
    /// Priority and cost of each repository.
    ranks: Vec<(i64, i64)>,
    /// Which vendors may take each other's place, where that is asked.
    vendors: Option<Vendors>,
}

impl<'a> Candidates<'a> {
    /// Reads the lists of packages of all repositories, keeping what can take the place of something installed.
    ///
    /// # Errors
    /// Which list can't be read, and why: what it offers is not known then, so neither is whether something waits.
    pub(super) fn read(
        root: &Root,
        settings: &mut Settings,
        caches: &[(usize, Cache)],
        native: &str,
        packages: &'a [PackageRecord],
        modules: &Modules,
        excludes: &mut Excludes,
    ) -> Result<Self, String> {
        let mut installed: HashMap<&str, Vec<&PackageRecord>> = HashMap::new();
        for package in packages {
            excludes.see(&Nevra::of(&package.name, &package.version, &package.arch));
            installed.entry(&package.name).or_default().push(package);
        }
        let ranks = settings.repositories.iter().map(|repository| (repository.priority, repository.cost)).collect();
        let vendors = settings.zypper.as_ref().map(|zypper| zypper.vendors.clone());
        let mut candidates = Self { installed, all: Vec::new(), ranks, vendors };
        // Only where priorities differ an older package of a preferred repository hides newer ones of others.
        let first = caches.first().map(|(at, _)| candidates.rank(*at).0);
        let are_alike =
            candidates.vendors.is_none() && caches.iter().all(|(at, _)| Some(candidates.rank(*at).0) == first);
        let mut has_base = false;
        for (at, cache) in caches {
            let (path, is_database) = match (cache.find(root, "primary"), cache.find_database(root)) {
                (Wanted::At(path), _) => (path, false),
                (_, Some(path)) => (path, true),
                (Wanted::None, None) => {
                    let id = settings.repositories.get(*at).map(|repository| identifier(&repository.id));
                    return Err(format!("the metadata of repository '{}' list no packages", id.unwrap_or_default()));
                }
                (Wanted::Unreadable(why), None) => return Err(why),
            };
            let has_hotfixes = settings.repositories.get(*at).is_some_and(|repository| repository.has_hotfixes);
            let mut odd = Vec::new();
            let mut each = |package: &Package| {
                has_base |= own_repository::is_base(&package.name);
                if candidates.installed.contains_key(package.name.as_str())
                    && let Err(why) = Scheme::Rpm.check(&package.evr)
                    && odd.len() < MOST_ODD
                {
                    odd.push(format!("package '{}': {why}", identifier(&package.name)));
                }
                excludes.see(&Nevra::of(&package.name, &package.evr, &package.arch));
                if has_hotfixes || modules.show(package) {
                    candidates.take(*at, package, native, are_alike);
                }
            };
            let outcome = if is_database {
                cache.stated("primary_db").map_or(Ok(()), |stated| document::unpacked(root, &path, stated))?;
                let file = root.open(&path).map_err(|why| why.to_string())?;
                primary_db::read(file, &mut each).map_err(|why| format!("{path}: {why}"))?
            } else {
                let mut document = cache.open(root, "primary", &path)?;
                let outcome = primary::read(&mut document, &mut each).map_err(|why| format!("{path}: {why}"))?;
                document.finish()?;
                outcome
            };
            for why in odd {
                settings.skip(&path, why);
            }
            let primary::Outcome { seen, stated, skipped, .. } = outcome;
            match stated {
                Some(stated) if seen < stated => {
                    return Err(format!("{path} holds {seen} packages, but {stated} by its own count"));
                }
                Some(stated) if seen > stated => {
                    settings.skip(&path, format!("holds {seen} packages, but {stated} by its own count"));
                }
                _ => {}
            }
            for skip in skipped {
                settings.skip(&format!("{path} line {}", skip.line), skip.why);
            }
        }
        if candidates.all.len() >= MOST_CANDIDATES {
            return Err(format!(
                "the repositories offer more than {MOST_CANDIDATES} packages in place of installed ones"
            ));
        }
        if let Some(why) = own_repository::fault(|name| candidates.installed.contains_key(name), |_| has_base) {
            settings.skip("repositories", why);
        }
        let locked: Vec<&PackageRecord> = packages
            .iter()
            .filter(|package| excludes.is_locked(&Nevra::of(&package.name, &package.version, &package.arch)))
            .collect();
        for candidate in &mut candidates.all {
            let nevra = Nevra::of(&candidate.name, &candidate.evr, &candidate.arch);
            candidate.reason = excludes.reason(&nevra, candidate.repository).or_else(|| {
                // A lock also keeps what it locks from being replaced by a package of another name.
                let replaces = |relation: &Relation| locked.iter().any(|package| is_meant(relation, package));
                (candidate.obsoletes.iter().any(replaces) && !excludes.is_locked(&nevra))
                    .then(|| (model::wire::sections::Withheld::Held, String::new()))
            });
        }
        Ok(candidates)
    }

    fn rank(&self, repository: usize) -> (i64, i64) {
        self.ranks.get(repository).copied().unwrap_or((99, 1000))
    }

    fn take(&mut self, repository: usize, package: &Package, native: &str, are_alike: bool) {
        let is_source = matches!(package.arch.as_str(), "src" | "nosrc");
        // What was taken back, or is for those alone whom its vendor gave it, comes to nobody by itself.
        let is_offered = self.vendors.is_none() || !package.provides.iter().any(|name| zypp::is_taken_back(name));
        if is_source || !is_offered || !runs_on(native, &package.arch) || self.all.len() >= MOST_CANDIDATES {
            return;
        }
        let is_newer = match self.installed.contains_key(package.name.as_str()) {
            true => !are_alike || self.in_place_of(&package.name, &package.arch, &package.evr).is_some(),
            false => false,
        };
        let replaces = |relation: &&Relation| {
            let named = self.installed.get(relation.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            named.iter().any(|package| is_meant(relation, package))
        };
        let obsoletes: Vec<Relation> = package.obsoletes.iter().filter(replaces).cloned().collect();
        if !is_newer && obsoletes.is_empty() {
            return;
        }
        self.all.push(Candidate {
            name: package.name.clone(),
            arch: package.arch.clone(),
            evr: package.evr.clone(),
            vendor: package.vendor.clone(),
            size: package.size,
            repository,
            obsoletes,
            reason: None,
        });
    }

    /// The names of installed packages for which something newer is offered.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|candidate| candidate.name.as_str())
    }

    /// The installed package that a version takes the place of: the newest of its name and architecture, where
    /// none is as new as the candidate. Between an architecture and `noarch` packages may change. Several
    /// versions of one package are installed of kernels: the newest of them counts.
    fn in_place_of(&self, name: &str, arch: &str, evr: &str) -> Option<&'a PackageRecord> {
        let mut newest: Option<&PackageRecord> = None;
        for package in self.installed.get(name)? {
            if package.arch != arch && package.arch != "noarch" && arch != "noarch" {
                continue;
            }
            if Scheme::Rpm.compare(&package.version, evr) != Ordering::Less {
                return None;
            }
            if newest.is_none_or(|known| Scheme::Rpm.compare(&package.version, &known.version) == Ordering::Greater) {
                newest = Some(package);
            }
        }
        newest
    }

    /// The best priority of each name, among what may be taken.
    fn priorities(&self) -> HashMap<&str, i64> {
        let mut best: HashMap<&str, i64> = HashMap::new();
        for candidate in self.all.iter().filter(|candidate| candidate.reason.is_none()) {
            let priority = self.rank(candidate.repository).0;
            best.entry(&candidate.name).and_modify(|best| *best = (*best).min(priority)).or_insert(priority);
        }
        best
    }

    /// What `check-update` lists, and of what it does not list for a reason the newest; by name and architecture.
    pub(super) fn steps(&'a self) -> Vec<Step<'a>> {
        if let Some(vendors) = &self.vendors {
            return zypp::steps(&self.installed, &self.all, &|repository| self.rank(repository).0, vendors);
        }
        let priorities = self.priorities();
        let mut steps: BTreeMap<(&str, &str), Step<'a>> = BTreeMap::new();
        for candidate in &self.all {
            let is_second = candidate.reason.is_none()
                && priorities.get(candidate.name.as_str()) != Some(&self.rank(candidate.repository).0);
            if is_second {
                continue;
            }
            let Some(installed) = self.in_place_of(&candidate.name, &candidate.arch, &candidate.evr) else { continue };
            let step = Step { candidate, installed, reason: candidate.reason.clone() };
            match steps.entry((&candidate.name, &candidate.arch)) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(step);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    if self.is_preferred(&step, entry.get()) {
                        entry.insert(step);
                    }
                }
            }
        }
        steps.into_values().collect()
    }

    /// What may be taken before what may not, then the newest, of the same version the cheapest.
    fn is_preferred(&self, step: &Step<'_>, other: &Step<'_>) -> bool {
        let newer = || Scheme::Rpm.compare(&step.candidate.evr, &other.candidate.evr);
        let cost = |step: &Step<'_>| self.rank(step.candidate.repository);
        let order = other.reason.is_some().cmp(&step.reason.is_some()).then_with(newer);
        order.then_with(|| cost(other).cmp(&cost(step))) == Ordering::Greater
    }

    /// Installed packages in whose place packages of other names would come, each with the newest of them.
    pub(super) fn replacements(&'a self) -> Vec<(&'a PackageRecord, &'a Candidate)> {
        let priorities = self.priorities();
        let mut found: BTreeMap<(&PackageRecord, &str, &str), &Candidate> = BTreeMap::new();
        for candidate in self.all.iter().filter(|candidate| candidate.reason.is_none()) {
            if priorities.get(candidate.name.as_str()) != Some(&self.rank(candidate.repository).0) {
                continue;
            }
            for relation in candidate.obsoletes.iter().filter(|relation| relation.name != candidate.name) {
                let named = self.installed.get(relation.name.as_str()).map(Vec::as_slice).unwrap_or_default();
                let may = |package: &PackageRecord| {
                    self.vendors.as_ref().is_none_or(|of| of.are_alike(&package.vendor, &candidate.vendor))
                };
                for package in named.iter().filter(|package| is_meant(relation, package) && may(package)) {
                    let key = (*package, candidate.name.as_str(), candidate.arch.as_str());
                    let known = found.entry(key).or_insert(candidate);
                    if Scheme::Rpm.compare(&candidate.evr, &known.evr) == Ordering::Greater {
                        *known = candidate;
                    }
                }
            }
        }
        found.into_iter().map(|((package, ..), candidate)| (package, candidate)).collect()
    }
}

/// Whether what is replaced by a relation is this package. Names count, not what a package stands for.
fn is_meant(relation: &Relation, package: &PackageRecord) -> bool {
    if relation.name != package.name {
        return false;
    }
    if relation.flags.is_empty() || relation.evr.is_empty() {
        return true;
    }
    let order = Scheme::Rpm.compare_fixed(&package.version, &relation.evr);
    match relation.flags.as_str() {
        "EQ" => order == Ordering::Equal,
        "LT" => order == Ordering::Less,
        "LE" => order != Ordering::Greater,
        "GT" => order == Ordering::Greater,
        "GE" => order != Ordering::Less,
        _ => false,
    }
}
