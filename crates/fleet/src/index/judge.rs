//! Packages in roles: judged once, and again only when their platform's rules change.

use super::Index;
use super::intern::ordinal;
use crate::posting::Posting;
use crate::tables::{Carrier, List, Opinion, Ordinal};
use matching::{Arm, Assessment, Rules};
use model::{Package, Platform, Role, State};
use roaring::RoaringBitmap;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The list of carriers for which nothing is open.
const NOTHING: Ordinal = 0;

/// What is said of a carrier.
#[derive(Debug)]
struct Said {
    opinions: Vec<Opinion>,
    reason: Option<Ordinal>,
}

impl Index {
    /// The carrier of a package in a role, judged now if it is new.
    pub(super) fn carrier(&mut self, package: Ordinal, role: Role, replacements: &Arc<[Ordinal]>) -> Ordinal {
        let key = (package, role, Arc::clone(replacements));
        if let Some(known) = self.names.carriers.get(&key) {
            return *known;
        }
        let said = self.judge(package, role, replacements);
        let carrier = Some(Carrier {
            package,
            role,
            replacements: Arc::clone(replacements),
            hosts: Posting::default(),
            list: NOTHING,
            reason: said.reason,
        });
        let new = match self.names.free_carriers.pop() {
            Some(free) => {
                if let Some(place) = self.tables.carriers.get_mut(free) {
                    *place = carrier;
                }
                free
            }
            None => {
                self.tables.carriers.push(carrier);
                ordinal(self.tables.carriers.len() - 1)
            }
        };
        if let Some(entry) = self.tables.packages.get_mut(package) {
            entry.carriers.push((role, new));
        }
        self.names.carriers.insert(key, new);
        self.attach(new, said.opinions);
        new
    }

    pub(super) fn carrier_gains(&mut self, carrier: Ordinal, host: Ordinal) {
        if let Some(Some(carrier)) = self.tables.carriers.get_mut(carrier) {
            carrier.hosts.insert(host);
        }
    }

    /// Takes a host out of a carrier; one without hosts is forgotten.
    pub(super) fn carrier_loses(&mut self, carrier: Ordinal, host: Ordinal) {
        let Some(Some(entry)) = self.tables.carriers.get_mut(carrier) else { return };
        entry.hosts.remove(host);
        if !entry.hosts.is_empty() {
            return;
        }
        self.detach(carrier);
        let Some(entry) = self.tables.carriers.get_mut(carrier).and_then(Option::take) else { return };
        if let Some(package) = self.tables.packages.get_mut(entry.package) {
            package.carriers.retain(|(_, of)| *of != carrier);
        }
        self.names.carriers.remove(&(entry.package, entry.role, entry.replacements));
        self.names.free_carriers.push(carrier);
    }

    fn judge(&mut self, package: Ordinal, role: Role, replacements: &[Ordinal]) -> Said {
        self.applied.judged += 1;
        let Some(entry) = self.tables.packages.get(package) else {
            return Said { opinions: Vec::new(), reason: None };
        };
        let subject = Arc::clone(&entry.package);
        let Some(rules) = self.tables.platform(entry.platform).map(|platform| Arc::clone(&platform.rules)) else {
            return Said { opinions: Vec::new(), reason: None };
        };
        let others: Vec<Arc<Package>> = replacements
            .iter()
            .filter_map(|other| Some(Arc::clone(&self.tables.packages.get(*other)?.package)))
            .collect();
        let mended = Mended::of(&rules, role, &others);
        let mut opinions = Vec::new();
        let assessment = rules.each_open(&subject, role, &mut |verdict| {
            opinions.push(self.opinion(&verdict, |arm| {
                let mended = arm.state.is_open() && mended.closes(verdict.cve, arm);
                if mended { State::RestartNeeded } else { arm.state }
            }));
        });
        opinions.sort_by_key(|opinion| opinion.cve);
        let reason = match &assessment {
            Assessment::Assessed => None,
            Assessment::NotAssessed { reason } => Some(self.reason(reason)),
        };
        Said { opinions, reason }
    }

    /// Gives a carrier without a list its list.
    fn attach(&mut self, carrier: Ordinal, opinions: Vec<Opinion>) {
        if opinions.is_empty() {
            return self.point(carrier, NOTHING);
        }
        let opinions: Arc<[Opinion]> = opinions.into();
        let known = self.names.lists.get(&opinions).copied();
        let list = known.unwrap_or_else(|| self.add_list(&opinions));
        if let Some(Some(entry)) = self.tables.lists.get_mut(list) {
            entry.carriers.push(carrier);
        }
        self.point(carrier, list);
    }

    fn point(&mut self, carrier: Ordinal, list: Ordinal) {
        if let Some(Some(entry)) = self.tables.carriers.get_mut(carrier) {
            entry.list = list;
        }
    }

    fn add_list(&mut self, opinions: &Arc<[Opinion]>) -> Ordinal {
        let entry = Some(List { opinions: Arc::clone(opinions), carriers: Vec::new() });
        let list = match self.names.free_lists.pop() {
            Some(free) => {
                if let Some(place) = self.tables.lists.get_mut(free) {
                    *place = entry;
                }
                free
            }
            None => {
                self.tables.lists.push(entry);
                ordinal(self.tables.lists.len() - 1)
            }
        };
        for opinion in opinions.iter() {
            if let Some(cve) = self.tables.cves.get_mut(opinion.cve)
                && let Err(at) = cve.lists.binary_search(&list)
            {
                cve.lists.insert(at, list);
            }
        }
        self.names.lists.insert(Arc::clone(opinions), list);
        list
    }

    /// Takes a carrier from its list; a list without carriers is forgotten.
    fn detach(&mut self, carrier: Ordinal) {
        let Some(list) = self.tables.carrier(carrier).map(|carrier| carrier.list) else { return };
        self.point(carrier, NOTHING);
        if list == NOTHING {
            return;
        }
        let Some(Some(entry)) = self.tables.lists.get_mut(list) else { return };
        entry.carriers.retain(|of| *of != carrier);
        if !entry.carriers.is_empty() {
            return;
        }
        let Some(entry) = self.tables.lists.get_mut(list).and_then(Option::take) else { return };
        for opinion in entry.opinions.iter() {
            if let Some(cve) = self.tables.cves.get_mut(opinion.cve)
                && let Ok(at) = cve.lists.binary_search(&list)
            {
                cve.lists.remove(at);
            }
        }
        self.names.lists.remove(&entry.opinions);
        self.names.free_lists.push(list);
    }

    /// New rules: judges the platform's carriers again and recounts the hosts of those of which
    /// something else is said now.
    pub(super) fn set_rules(&mut self, platform: &Platform, rules: Arc<Rules>) {
        let platform = self.platform(platform);
        if let Some(entry) = self.tables.platforms.get_mut(platform) {
            (entry.rules, entry.has_rules) = (rules, true);
        }
        let packages = self.names.of_platform.get(platform as usize).cloned().unwrap_or_default();
        let mut changed = Vec::new();
        let mut hosts = RoaringBitmap::new();
        for package in packages {
            let carriers = self.tables.packages.get(package).map(|entry| entry.carriers.clone()).unwrap_or_default();
            for (role, carrier) in carriers {
                let Some(entry) = self.tables.carrier(carrier) else { continue };
                let (replacements, list) = (Arc::clone(&entry.replacements), entry.list);
                let reason = entry.reason;
                let said = self.judge(package, role, &replacements);
                let before = self.tables.list(list).map(|list| list.opinions.as_ref()).unwrap_or_default();
                if before == said.opinions && reason == said.reason {
                    continue;
                }
                if let Some(entry) = self.tables.carrier(carrier) {
                    entry.hosts.add_to(&mut hosts);
                }
                changed.push((carrier, said));
            }
        }
        for host in &hosts {
            self.uncount(host);
        }
        for (carrier, said) in changed {
            self.detach(carrier);
            self.attach(carrier, said.opinions);
            if let Some(Some(entry)) = self.tables.carriers.get_mut(carrier) {
                entry.reason = said.reason;
            }
        }
        for host in &hosts {
            self.recount(host);
        }
    }
}

/// The CVEs that an installed package would close after a restart.
enum Mended<'a> {
    /// Kernels: thousands of CVEs are asked for, so every answer is taken at once.
    Kernels {
        /// Closed on every host.
        everywhere: HashSet<&'a str>,
        /// By context bits in order, one list an image: the first whose bit is the asked one, or that
        /// has none, tells whether it is closed.
        by_bit: HashMap<&'a str, Vec<Vec<(&'a str, bool)>>>,
    },
    /// Old versions in memory: few are asked for.
    Packages { rules: &'a Rules, others: &'a [Arc<Package>] },
}

impl<'a> Mended<'a> {
    fn of(rules: &'a Rules, role: Role, others: &'a [Arc<Package>]) -> Self {
        if !matches!(role, Role::RunningKernel | Role::NextKernel) {
            return Self::Packages { rules, others };
        }
        // A feed that is too old says *not assessed* in place of a negative.
        let closed = |arm: &Arm<'_>| matches!(arm.state, State::NotAffected | State::NotAssessed);
        let mut everywhere = HashSet::new();
        let mut by_bit: HashMap<&'a str, Vec<Vec<(&'a str, bool)>>> = HashMap::new();
        for other in others {
            // As a running kernel, an image is judged by its version alone: what `Rules::is_fixed`
            // asks CVE by CVE.
            let _ = rules.each(other, Role::RunningKernel, &mut |verdict| {
                if verdict.arms.iter().all(closed) {
                    everywhere.insert(verdict.cve);
                } else if verdict.arms.iter().any(closed) {
                    let arms = verdict.arms.iter().map(|arm| (arm.bit, closed(arm))).collect();
                    by_bit.entry(verdict.cve).or_default().push(arms);
                }
            });
        }
        Self::Kernels { everywhere, by_bit }
    }

    /// Whether it is closed on the hosts that an arm of its verdict is about.
    fn closes(&self, cve: &str, of: &Arm<'_>) -> bool {
        match self {
            Self::Kernels { everywhere, by_bit } => {
                let holds = |arms: &Vec<(&str, bool)>| {
                    let first = arms.iter().find(|(bit, _)| bit.is_empty() || *bit == of.bit);
                    first.is_some_and(|(_, closed)| *closed)
                };
                everywhere.contains(cve) || by_bit.get(cve).is_some_and(|images| images.iter().any(holds))
            }
            Self::Packages { rules, others } => {
                others.iter().any(|other| rules.is_fixed(other, cve, &mut |bit| bit == of.bit))
            }
        }
    }
}
