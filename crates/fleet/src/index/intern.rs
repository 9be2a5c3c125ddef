//! Names become ordinals. Only the applier knows these maps; snapshots hold the tables.

use super::Index;
use super::lists::Lists;
use super::numbers::NumberMap;
use crate::packed::Slot;
use crate::posting::Posting;
use crate::query::LabelKind;
use crate::tables::{Bit, Choice, Cve, Opinion, Ordinal, PackageEntry, PlatformEntry, States, Update, UpdateKey};
use crate::{PackageId, UpdateFacts};
use matching::{Reason, Rules, VerdictRef};
use model::{Advisory, Package, Platform, Role, State};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What the applier knows by name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) packages: NumberMap<PackageId, Ordinal>,
    /// By package that is a kernel image, what a restart could replace it with.
    pub(super) images: NumberMap<Ordinal, String>,
    pub(super) platforms: HashMap<Platform, Ordinal>,
    /// By platform, its packages.
    pub(super) of_platform: Vec<Vec<Ordinal>>,
    pub(super) bits: HashMap<Arc<str>, Ordinal>,
    pub(super) carriers: HashMap<(Ordinal, Role, Arc<[Ordinal]>), Ordinal>,
    pub(super) free_carriers: Vec<Ordinal>,
    pub(super) lists: Lists,
    texts: HashMap<Arc<str>, Ordinal>,
    reasons: HashMap<Reason, Ordinal>,
    chains: HashMap<Arc<[Choice]>, Ordinal>,
    pub(super) updates: HashMap<UpdateKey, Ordinal>,
    pub(super) free_updates: Vec<Ordinal>,
    pub(super) labels: HashMap<(LabelKind, Arc<str>), Ordinal>,
    pub(super) free_labels: Vec<Ordinal>,
    strings: HashSet<Arc<str>>,
}

impl Names {
    /// The one copy of a text that many hosts share (system names, tags, suites).
    pub(super) fn string(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.strings.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.strings.insert(Arc::clone(&new));
        new
    }
}

/// The ordinal of the next value of a table of this length. A table of 2^32 values would need more
/// memory than there is; the last ordinal reads as *not there*.
pub(super) fn ordinal(len: usize) -> Ordinal {
    Ordinal::try_from(len).unwrap_or(Ordinal::MAX)
}

impl Index {
    pub(super) fn platform(&mut self, platform: &Platform) -> Ordinal {
        if let Some(known) = self.names.platforms.get(platform) {
            return *known;
        }
        let new = ordinal(self.tables.platforms.len());
        // Without feeds: every package is not assessed, for a reason that names the feed wanted.
        let rules = Rules::compile(platform, &[], std::iter::empty::<(&str, &Advisory)>());
        self.tables.platforms.push(PlatformEntry {
            platform: platform.clone(),
            hosts: Posting::default(),
            rules: Arc::new(rules),
            has_rules: false,
        });
        self.names.of_platform.push(Vec::new());
        self.names.platforms.insert(platform.clone(), new);
        new
    }

    pub(super) fn add_package(&mut self, id: PackageId, package: Package) {
        if self.names.packages.contains_key(&id) {
            return;
        }
        let platform = self.platform(&package.platform);
        let new = ordinal(self.tables.packages.len());
        if let Some(group) = matching::image_group(&package) {
            self.names.images.insert(new, group);
        }
        if let Some(packages) = self.names.of_platform.get_mut(platform as usize) {
            packages.push(new);
        }
        let name = self.names.string(&package.name);
        if let Some(same) = self.tables.names.entry(name, Vec::new) {
            same.push(new);
        }
        if package.source != package.name {
            let source = self.names.string(&package.source);
            if let Some(same) = self.tables.sources.entry(source, Vec::new) {
                same.push(new);
            }
        }
        self.tables.packages.push(PackageEntry { id, package: Arc::new(package), platform, carriers: Vec::new() });
        self.names.packages.insert(id, new);
    }

    pub(super) fn bit(&mut self, name: &str) -> Ordinal {
        if let Some(known) = self.names.bits.get(name) {
            return *known;
        }
        let new = ordinal(self.tables.bits.len());
        let name: Arc<str> = name.into();
        self.tables.bits.push(Bit { name: Arc::clone(&name), hosts: Posting::default() });
        self.names.bits.insert(name, new);
        new
    }

    fn text(&mut self, text: &str) -> Ordinal {
        if let Some(known) = self.names.texts.get(text) {
            return *known;
        }
        let new = ordinal(self.tables.texts.len());
        let text: Arc<str> = text.into();
        self.tables.texts.push(Arc::clone(&text));
        self.names.texts.insert(text, new);
        new
    }

    fn chain(&mut self, chain: Arc<[Choice]>) -> Ordinal {
        if let Some(known) = self.names.chains.get(&chain) {
            return *known;
        }
        let new = ordinal(self.tables.chains.len());
        self.tables.chains.push(Arc::clone(&chain));
        self.names.chains.insert(chain, new);
        new
    }

    pub(super) fn reason(&mut self, reason: &Reason) -> Ordinal {
        if let Some(known) = self.names.reasons.get(reason) {
            return *known;
        }
        let new = ordinal(self.tables.reasons.len());
        self.tables.reasons.push(reason.clone());
        self.names.reasons.insert(reason.clone(), new);
        new
    }

    fn cve(&mut self, name: &str) -> Ordinal {
        if let Some(known) = self.tables.cve_names.get(name) {
            return *known;
        }
        let new = ordinal(self.tables.cves.len());
        let name: Arc<str> = name.into();
        self.tables.cves.push(Cve {
            name: Arc::clone(&name),
            by_state: [0; 6],
            by_severity: [0; 6],
            score: self.tables.scores.of(&name),
            lists: Vec::new(),
        });
        self.tables.cve_names.insert(name, new);
        new
    }

    /// What the index keeps of a verdict. `state` gives the state of each arm: what a restart would
    /// mend is not known to the rules.
    pub(super) fn opinion(
        &mut self,
        verdict: &VerdictRef<'_, '_>,
        state: impl Fn(&matching::Arm<'_>) -> State,
    ) -> Opinion {
        let fixed_version = verdict.principal().fixed_version;
        let is_one = verdict.arms.iter().all(|arm| !arm.state.is_open() || arm.fixed_version == fixed_version);
        let states = match verdict.arms {
            [arm] => States::Always(state(arm)),
            [first, last] if last.bit.is_empty() && is_one => {
                States::Split { bit: self.bit(first.bit), with: state(first), without: state(last) }
            }
            arms => {
                let choice = |arm: &matching::Arm<'_>| Choice {
                    bit: (!arm.bit.is_empty()).then(|| self.bit(arm.bit)),
                    state: state(arm),
                    fixed: self.text(arm.fixed_version),
                };
                let choices: Vec<Choice> = arms.iter().map(choice).collect();
                States::Chain(self.chain(choices.into()))
            }
        };
        let mut said = DefaultHasher::new();
        for arm in verdict.arms {
            (arm.advisory, arm.fixed_version, arm.feed, arm.words).hash(&mut said);
        }
        #[expect(clippy::cast_possible_truncation, reason = "half of a hash is enough to notice a change")]
        let said = said.finish() as u32;
        Opinion {
            said,
            cve: self.cve(verdict.cve),
            fixed: self.text(fixed_version),
            states,
            severity: verdict.severity,
        }
    }

    /// The ordinal of an update, made if it is new.
    pub(super) fn update(&mut self, platform: Ordinal, update: &UpdateFacts) -> Ordinal {
        let key = UpdateKey {
            platform,
            security: update.security,
            name: self.names.string(&update.name),
            candidate: self.names.string(&update.candidate),
            suite: self.names.string(&update.suite),
        };
        if let Some(known) = self.names.updates.get(&key) {
            return *known;
        }
        let entry = Some(Update { key: key.clone(), hosts: Posting::default() });
        let new = match self.names.free_updates.pop() {
            Some(free) => {
                if let Some(place) = self.tables.updates.get_mut(free) {
                    *place = entry;
                }
                free
            }
            None => {
                self.tables.updates.push(entry);
                ordinal(self.tables.updates.len() - 1)
            }
        };
        self.names.updates.insert(key, new);
        new
    }

    /// The inventory by ordinals, sorted by package and role, each pair once. Packages that were
    /// never introduced are left out and counted.
    pub(super) fn slots(&mut self, inventory: &[(PackageId, Role, bool)]) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(inventory.len());
        for (id, role, held) in inventory {
            match self.names.packages.get(id) {
                Some(package) => slots.push(Slot { package: *package, role: *role, held: *held }),
                None => self.applied.unknown_packages += 1,
            }
        }
        slots.sort_unstable();
        slots.dedup_by(|next, kept| {
            let same = (next.package, next.role) == (kept.package, kept.role);
            kept.held |= same && next.held;
            same
        });
        slots
    }
}
