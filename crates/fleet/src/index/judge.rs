//! Packages in roles: judged once, and again only when their platform's rules change.

use super::Index;
use super::intern::ordinal;
use super::lists::NOTHING;
use super::mended::Mended;
use crate::posting::Posting;
use crate::tables::{Carrier, Ordinal};
use matching::{Assessment, Rules};
use model::{Package, Platform, Role, State};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// What is said of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    /// What is open; a new list is to be given to the carrier at once.
    list: Ordinal,
    /// Why it is not assessed, if so.
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
        self.attach(new, said.list);
        new
    }

    /// Takes a host out of a carrier; one without hosts is forgotten.
    pub(super) fn carrier_loses(&mut self, carrier: Ordinal, host: Ordinal) {
        // It may have been gained just now, by this host or another.
        self.settle_gains();
        let Some(Some(entry)) = self.tables.carriers.get_mut(carrier) else { return };
        entry.hosts.remove(host);
        if !entry.hosts.is_empty() {
            return;
        }
        let Some(entry) = self.tables.carriers.get_mut(carrier).and_then(Option::take) else { return };
        self.detach(carrier, entry.list);
        if let Some(package) = self.tables.packages.get_mut(entry.package) {
            package.carriers.retain(|(_, of)| *of != carrier);
        }
        self.names.carriers.remove(&(entry.package, entry.role, entry.replacements));
        self.names.free_carriers.push(carrier);
    }

    fn judge(&mut self, package: Ordinal, role: Role, replacements: &[Ordinal]) -> Said {
        const NO_WORD: Said = Said { list: NOTHING, reason: None };
        self.applied.judged += 1;
        let Some(entry) = self.tables.packages.get(package) else { return NO_WORD };
        let (subject, platform) = (Arc::clone(&entry.package), entry.platform);
        let Some(rules) = self.tables.platform(platform).map(|platform| Arc::clone(&platform.rules)) else {
            return NO_WORD;
        };
        let (assessment, class) = rules.classify(&subject, role);
        let reason = match &assessment {
            Assessment::Assessed => None,
            Assessment::NotAssessed { reason } => Some(self.reason(reason)),
        };
        let Some(class) = class else { return Said { list: NOTHING, reason } };
        let others: Vec<Arc<Package>> = replacements
            .iter()
            .filter_map(|other| Some(Arc::clone(&self.tables.packages.get(*other)?.package)))
            .collect();
        // What replaces a kernel is asked for more than its class tells.
        let by_class = others.is_empty() || !matches!(role, Role::RunningKernel | Role::NextKernel);
        let key = by_class.then(|| {
            let replacements = others.iter().map(|other| rules.classify(other, Role::Installed).1);
            (class, replacements.collect())
        });
        if let Some(list) = key.as_ref().and_then(|key| self.names.lists.of_class(platform, key)) {
            return Said { list, reason };
        }
        self.applied.classes += 1;
        let list = self.open(&rules, &subject, role, &others);
        if let Some(key) = key {
            self.names.lists.set_class(platform, key, list);
        }
        Said { list, reason }
    }

    /// The list of what is open for a package in a role, verdict by verdict.
    fn open(&mut self, rules: &Rules, subject: &Package, role: Role, others: &[Arc<Package>]) -> Ordinal {
        let mended = Mended::of(rules, role, others);
        let mut opinions = Vec::new();
        let _ = rules.each_open(subject, role, &mut |verdict| {
            opinions.push(self.opinion(&verdict, |arm| {
                let mended = arm.state.is_open() && mended.closes(verdict.cve, arm);
                if mended { State::RestartNeeded } else { arm.state }
            }));
        });
        opinions.sort_by_key(|opinion| opinion.cve);
        self.list_of(opinions)
    }

    /// New rules: judges the platform's carriers again and recounts the hosts of those of which
    /// something else is said now.
    pub(super) fn set_rules(&mut self, platform: &Platform, rules: Arc<Rules>) {
        let platform = self.platform(platform);
        if let Some(entry) = self.tables.platforms.get_mut(platform) {
            (entry.rules, entry.has_rules) = (rules, true);
        }
        self.names.lists.forget_classes(platform);
        let packages = self.names.of_platform.get(platform as usize).cloned().unwrap_or_default();
        let mut changed = Vec::new();
        let mut hosts = RoaringBitmap::new();
        for package in packages {
            let carriers = self.tables.packages.get(package).map(|entry| entry.carriers.clone()).unwrap_or_default();
            for (role, carrier) in carriers {
                let Some(entry) = self.tables.carrier(carrier) else { continue };
                let replacements = Arc::clone(&entry.replacements);
                let before = Said { list: entry.list, reason: entry.reason };
                let said = self.judge(package, role, &replacements);
                if said == before {
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
        // Every carrier has its new list before any loses its old one, which may be the new one of others.
        let mut left = Vec::with_capacity(changed.len());
        for (carrier, said) in changed {
            left.push((carrier, said.list, self.attach(carrier, said.list)));
            if let Some(Some(entry)) = self.tables.carriers.get_mut(carrier) {
                entry.reason = said.reason;
            }
        }
        for (carrier, list, before) in left {
            if list != before {
                self.detach(carrier, before);
            }
        }
        for host in &hosts {
            self.recount(host);
        }
    }
}
