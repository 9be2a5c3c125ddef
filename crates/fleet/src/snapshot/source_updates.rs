//! What helps most: pending updates of one source package taken together, by what they close.

use super::Snapshot;
use crate::tables::{Ordinal, States, Update};
use crate::{MOST_NAMES, SourceUpdate};
use model::{Platform, Role};
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use versions::Scheme;

/// Hosts that have what a list says and wait for a candidate, by list and candidate.
type Waiting<'a> = BTreeMap<(Ordinal, &'a str), RoaringBitmap>;

impl Snapshot {
    /// The source packages whose pending updates close the most: (host, CVE) pairs first, then
    /// security updates before others, then the number of updates, then source and platform.
    #[must_use]
    pub fn source_updates(&self, limit: usize, scope: Option<&RoaringBitmap>) -> Vec<SourceUpdate> {
        let mut groups: BTreeMap<(Ordinal, Arc<str>), Vec<&Update>> = BTreeMap::new();
        for update in self.tables.updates.iter().flatten() {
            if update.hosts.count(scope) > 0 {
                groups.entry((update.key.platform, self.source_of(update))).or_default().push(update);
            }
        }
        let mut rows: Vec<SourceUpdate> = groups
            .into_iter()
            .filter_map(|((platform, source), updates)| {
                Some(self.source_update(&self.tables.platform(platform)?.platform, source, &updates, scope))
            })
            .collect();
        rows.sort_by(|a, b| {
            let key = |row: &SourceUpdate| (Reverse(row.findings), !row.security, Reverse(row.updates));
            key(a).cmp(&key(b)).then_with(|| (&a.source, &a.platform).cmp(&(&b.source, &b.platform)))
        });
        rows.truncate(limit);
        rows
    }

    /// The source of the package that waits; its own name where no host has it installed.
    fn source_of(&self, update: &Update) -> Arc<str> {
        let packages = self.tables.names.get(&*update.key.name).map(Vec::as_slice).unwrap_or_default();
        packages
            .iter()
            .filter_map(|package| self.tables.packages.get(*package))
            .filter(|entry| entry.platform == update.key.platform)
            .map(|entry| entry.package.source.as_str())
            .min()
            .filter(|source| !source.is_empty())
            .map_or_else(|| Arc::clone(&update.key.name), Arc::from)
    }

    fn source_update(
        &self,
        platform: &Platform,
        source: Arc<str>,
        updates: &[&Update],
        scope: Option<&RoaringBitmap>,
    ) -> SourceUpdate {
        let mut hosts = RoaringBitmap::new();
        let mut packages: BTreeSet<&Arc<str>> = BTreeSet::new();
        let mut candidates: BTreeMap<&Arc<str>, u64> = BTreeMap::new();
        let mut waiting = Waiting::new();
        for update in updates {
            let on = scope.map_or_else(|| update.hosts.to_bitmap(), |scope| update.hosts.and(scope));
            packages.insert(&update.key.name);
            *candidates.entry(&update.key.candidate).or_default() += on.len();
            self.add_waiting(update, &on, &mut waiting);
            hosts |= on;
        }
        let mut by_count: Vec<(&Arc<str>, u64)> = candidates.into_iter().collect();
        by_count.sort_by_key(|(_, count)| Reverse(*count));
        SourceUpdate {
            source,
            platform: platform.clone(),
            security: updates.iter().any(|update| update.key.security),
            package_count: packages.len() as u64,
            packages: packages.into_iter().take(MOST_NAMES).cloned().collect(),
            updates: by_count.iter().map(|(_, count)| count).sum(),
            candidate_count: by_count.len() as u64,
            candidates: by_count.into_iter().take(MOST_NAMES).map(|(candidate, _)| Arc::clone(candidate)).collect(),
            hosts: hosts.len(),
            findings: self.closed(platform, &waiting),
        }
    }

    /// Notes on which hosts something is open for the installed package. A candidate is a binary's
    /// version and a fixed version the source's where the vendor speaks of sources: they are held
    /// against each other only where the installed binary has its source's version.
    fn add_waiting<'a>(&self, update: &'a Update, on: &RoaringBitmap, waiting: &mut Waiting<'a>) {
        for package in self.tables.names.get(&*update.key.name).into_iter().flatten() {
            let Some(entry) = self.tables.packages.get(*package) else { continue };
            if entry.platform != update.key.platform || entry.package.version != entry.package.source_version {
                continue;
            }
            let Some(carrier) = entry.carrier(Role::Installed).and_then(|carrier| self.tables.carrier(carrier)) else {
                continue;
            };
            if self.tables.list(carrier.list).is_some_and(|list| !list.opinions.is_empty()) {
                // Binaries of one source share a list, which says the same for each of them.
                *waiting.entry((carrier.list, &update.key.candidate)).or_default() |= carrier.hosts.and(on);
            }
        }
    }

    /// How many open (host, CVE) pairs the candidates fix.
    fn closed(&self, platform: &Platform, waiting: &Waiting<'_>) -> u64 {
        let Some(scheme) = Scheme::of_distribution(platform.distribution()) else { return 0 };
        let mut fixes: HashMap<(&str, Ordinal), bool> = HashMap::new();
        let mut closed: HashMap<Ordinal, RoaringBitmap> = HashMap::new();
        for ((list, candidate), hosts) in waiting {
            let Some(list) = self.tables.list(*list) else { continue };
            for opinion in list.opinions.iter() {
                let mut fixes = |fixed: Ordinal| {
                    *fixes.entry((candidate, fixed)).or_insert_with(|| {
                        let fixed = self.tables.text(fixed);
                        !fixed.is_empty() && scheme.compare(candidate, &fixed).is_ge()
                    })
                };
                // Most fix nothing: their hosts need not be parted.
                if !matches!(opinion.states, States::Chain(_)) && !fixes(opinion.fixed) {
                    continue;
                }
                for (state, fixed, hosts) in self.tables.parted(opinion, hosts.clone()) {
                    if state.is_open() && fixes(fixed) {
                        *closed.entry(opinion.cve).or_default() |= hosts;
                    }
                }
            }
        }
        closed.values().map(RoaringBitmap::len).sum()
    }
}
