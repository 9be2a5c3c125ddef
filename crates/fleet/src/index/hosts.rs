//! Hosts come, change, check in, grow old and go.

use super::Index;
use super::deadlines::freshness;
use super::intern::ordinal;
use crate::columns::Row;
use crate::not_known::earliest;
use crate::packed::{Packed, Slot};
use crate::posting::Posting;
use crate::tables::{Ordinal, Record};
use crate::tally::Pair;
use crate::{Awaited, Basis, Colour, Freshness, HostFacts, HostId};
use jiff::Timestamp;
use model::Role;
use std::sync::Arc;

impl Index {
    pub(super) fn put_host(&mut self, facts: &HostFacts) {
        let known = self.tables.host_ids.get(&facts.id).copied();
        let host = known.unwrap_or_else(|| self.place());
        let old = self.tables.host(host).cloned();
        let old_row = self.tables.columns.row(host);
        let old_pairs = old.as_ref().map(|record| self.pairs(record)).unwrap_or_default();

        let (record, row) = self.record(facts);
        self.move_host(host, old.as_deref(), Some(&record));
        let record = Arc::new(record);
        if let Some(place) = self.tables.hosts.get_mut(host) {
            *place = Some(Arc::clone(&record));
        }
        if known.is_none() {
            self.tables.host_ids.insert(facts.id, host);
            self.tables.all.insert(host);
        }

        let mut row = row;
        self.tally.count(&self.tables, &record, &mut row);
        let mut pairs = self.tally.pairs.clone();
        pairs.sort_unstable();
        self.change_cells(&old_pairs, &pairs);
        self.settle(host, &record, old.is_some().then_some(old_row), row);

        let row = self.tables.columns.row(host);
        if old.as_ref() != Some(&record) || old_row.unseen() != row.unseen() || old_pairs != pairs {
            self.touched.insert(host);
        }
    }

    pub(super) fn remove_host(&mut self, id: HostId) {
        let Some(host) = self.tables.host_ids.get(&id).copied() else { return };
        let Some(record) = self.tables.host(host).cloned() else { return };
        let row = self.tables.columns.row(host);
        let pairs = self.pairs(&record);
        self.change_cells(&pairs, &[]);
        self.move_host(host, Some(&record), None);
        self.tables.totals.take(&row);
        for (posting, _) in self.standings(&row) {
            posting.remove(host);
        }
        self.tables.columns.set(host, Row::default());
        if let Some(place) = self.tables.hosts.get_mut(host) {
            *place = None;
        }
        self.tables.host_ids.remove(&id);
        self.tables.all.remove(host);
        self.deadlines.set(host, None);
        self.free_hosts.push(host);
        self.touched.remove(host);
        self.applied.hosts.push(id);
    }

    pub(super) fn host_seen(&mut self, id: HostId, last_seen_at: Timestamp) {
        let Some(host) = self.tables.host_ids.get(&id).copied() else { return };
        self.set_awaited(host, Awaited::default());
        let row = self.tables.columns.row(host);
        if last_seen_at > row.last_seen_at {
            self.refresh(host, Row { last_seen_at, ..row });
        }
    }

    pub(super) fn host_awaited(&mut self, id: HostId, awaited: Awaited) {
        if let Some(host) = self.tables.host_ids.get(&id).copied() {
            self.set_awaited(host, awaited);
        }
    }

    fn set_awaited(&mut self, host: Ordinal, awaited: Awaited) {
        let Some(record) = self.tables.host(host).filter(|record| record.basis.awaited != awaited) else { return };
        let mut record = Record::clone(record);
        record.basis.awaited = awaited;
        if let Some(place) = self.tables.hosts.get_mut(host) {
            *place = Some(Arc::new(record));
        }
        let row = self.tables.columns.row(host);
        self.refresh(host, row);
        self.touched.insert(host);
    }

    pub(super) fn set_time(&mut self, now: Timestamp) {
        if now <= self.tables.now {
            return;
        }
        self.tables.now = now;
        for host in self.deadlines.due(now) {
            let row = self.tables.columns.row(host);
            self.refresh(host, row);
        }
    }

    /// Takes a host out of the counters, before its verdicts change.
    pub(super) fn uncount(&mut self, host: Ordinal) {
        let Some(record) = self.tables.host(host).cloned() else { return };
        let pairs = self.pairs(&record);
        self.change_cells(&pairs, &[]);
    }

    /// Puts a host back into the counters, after its verdicts changed.
    pub(super) fn recount(&mut self, host: Ordinal) {
        let Some(record) = self.tables.host(host).cloned() else { return };
        let old = self.tables.columns.row(host);
        let mut row = old;
        self.tally.count(&self.tables, &record, &mut row);
        let mut pairs = self.tally.pairs.clone();
        pairs.sort_unstable();
        self.change_cells(&[], &pairs);
        self.settle(host, &record, Some(old), row);
        self.touched.insert(host);
    }

    fn refresh(&mut self, host: Ordinal, row: Row) {
        let Some(record) = self.tables.host(host).cloned() else { return };
        let old = self.tables.columns.row(host);
        self.settle(host, &record, Some(old), row);
        let new = self.tables.columns.row(host);
        if (old.freshness, old.colour, old.not_known) != (new.freshness, new.colour, new.not_known) {
            self.touched.insert(host);
        }
    }

    fn place(&mut self) -> Ordinal {
        self.free_hosts.pop().unwrap_or_else(|| {
            self.tables.hosts.push(None);
            ordinal(self.tables.hosts.len() - 1)
        })
    }

    /// The open CVEs of a host, sorted.
    fn pairs(&mut self, record: &Record) -> Vec<Pair> {
        let mut row = Row::default();
        self.tally.count(&self.tables, record, &mut row);
        let mut pairs = self.tally.pairs.clone();
        pairs.sort_unstable();
        pairs
    }

    /// Moves a host from its old pairs to its new ones in the counters of the CVEs; both sorted.
    fn change_cells(&mut self, old: &[Pair], new: &[Pair]) {
        let (mut gone, mut come) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let order = match (gone.peek(), come.peek()) {
                (None, None) => return,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(old), Some(new)) => old.cmp(new),
            };
            // Equal pairs are in both: nothing to write, no page to copy.
            if order.is_le()
                && let Some(pair) = gone.next()
                && order.is_lt()
            {
                self.cell(pair, |cell| *cell -= 1);
            }
            if order.is_ge()
                && let Some(pair) = come.next()
                && order.is_gt()
            {
                self.cell(pair, |cell| *cell += 1);
            }
        }
    }

    fn cell(&mut self, pair: &Pair, step: impl Fn(&mut u32)) {
        let Some(cve) = self.tables.cves.get_mut(pair.cve) else { return };
        let places =
            (cve.by_state.get_mut(usize::from(pair.state)), cve.by_severity.get_mut(usize::from(pair.severity)));
        if let (Some(state), Some(severity)) = places {
            step(state);
            step(severity);
        }
    }

    /// Gives a host its numbers, freshness and colour, in columns, sums and sets.
    fn settle(&mut self, host: Ordinal, record: &Record, old: Option<Row>, mut row: Row) {
        let (fresh, deadline) = freshness(row.last_seen_at, record.interval, self.tables.now);
        row.freshness = fresh;
        let (not_known, until) = record.basis(&row).standing(self.tables.now);
        row.not_known = not_known;
        row.colour = colour(&row);
        self.deadlines.set(host, earliest(deadline, until));
        if old.map(Row::unseen) != Some(row.unseen()) {
            if let Some(old) = old {
                self.tables.totals.take(&old);
                for (posting, keep) in self.moved(&old, &row) {
                    if !keep {
                        posting.remove(host);
                    }
                }
            }
            self.tables.totals.add(&row);
            for (posting, _) in self.standings(&row) {
                posting.insert(host);
            }
        }
        self.tables.columns.set(host, row);
    }

    /// The sets in which a host with this row stands.
    fn standings(&mut self, row: &Row) -> impl Iterator<Item = (&mut Posting, bool)> {
        let (freshness, colour) = (row.freshness as usize, row.colour as usize);
        let reboot = row.reboot.map(usize::from);
        let tables = &mut self.tables;
        let sets = [
            tables.by_freshness.get_mut(freshness),
            tables.by_colour.get_mut(colour),
            reboot.and_then(|reboot| tables.by_reboot.get_mut(reboot)),
        ];
        sets.into_iter().flatten().map(|set| (set, true))
    }

    /// The sets of the old row, and whether the new one stands in them too.
    fn moved(&mut self, old: &Row, new: &Row) -> impl Iterator<Item = (&mut Posting, bool)> {
        let keep = [old.freshness == new.freshness, old.colour == new.colour, old.reboot == new.reboot];
        self.standings(old).zip(keep).map(|((set, _), keep)| (set, keep))
    }

    /// What is kept of a host, and its numbers apart from those that verdicts decide.
    fn record(&mut self, facts: &HostFacts) -> (Record, Row) {
        let platform = self.platform(&facts.platform);
        let slots = self.slots(&facts.inventory);
        let mut context: Vec<Ordinal> = facts.context.iter().map(|bit| self.bit(bit)).collect();
        if slots.iter().any(|slot| matches!(slot.role, Role::RunningKernel | Role::NextKernel)) {
            context.push(self.bit(matching::KERNELS_KNOWN));
        }
        context.sort_unstable();
        context.dedup();
        let mut tags: Vec<Arc<str>> = facts.tags.iter().map(|tag| self.names.string(tag)).collect();
        tags.sort_unstable();
        tags.dedup();
        let mut updates: Vec<Ordinal> = facts.updates.iter().map(|update| self.update(platform, update)).collect();
        updates.sort_unstable();
        updates.dedup();
        let labels = self.labels(facts);
        let mut addresses = facts.attributes.addresses.clone();
        addresses.sort_unstable();
        addresses.dedup();
        let hostname: Arc<str> = facts.hostname.as_str().into();
        let lower = facts.hostname.to_lowercase();
        let count = |keep: fn(&crate::UpdateFacts) -> bool| {
            u32::try_from(facts.updates.iter().filter(|update| keep(update)).count()).unwrap_or(u32::MAX)
        };
        let row = Row {
            security: count(|update| update.security).saturating_add(facts.replacements.0),
            other: count(|update| !update.security && update.withheld.is_none()).saturating_add(facts.replacements.1),
            withheld: count(|update| update.withheld.is_some()),
            reboot: facts.reboot_required,
            last_seen_at: facts.last_seen_at,
            lists_at: facts.lists_at,
            platform,
            ..Row::default()
        };
        let record = Record {
            id: facts.id,
            lower: if lower == *hostname { Arc::clone(&hostname) } else { lower.into() },
            hostname,
            os_name: self.names.string(&facts.os_name),
            platform,
            interval: facts.interval,
            tags: tags.into(),
            labels: self.shared.share(Packed::of_ordinals(&labels)),
            addresses: addresses.into(),
            booted_at: facts.attributes.booted_at,
            context: context.into(),
            variants: self.variants(&slots).into(),
            inventory: self.shared.share(Packed::of_slots(&slots)),
            updates: self.shared.share(Packed::of_ordinals(&updates)),
            basis: Basis {
                host: facts.host_section,
                packages: facts.packages,
                packages_skipped: facts.packages_skipped,
                updates: facts.updates_section,
                updates_skipped: facts.updates_skipped,
                security_unknown: facts.security_unknown,
                repositories_skipped: facts.repositories_skipped,
                security_repository: facts.security_repository,
                awaited: facts.awaited,
                clock_ahead: facts.clock_ahead,
                kernel_unowned: facts.kernel_unowned,
                reboot_unknown: facts.reboot_unknown,
                alternated_at: facts.alternated_at,
                ..Basis::default()
            },
        };
        (record, row)
    }

    /// The carriers of what is not just installed. A kernel that runs and boots next is one carrier,
    /// in the role of the running one.
    fn variants(&mut self, slots: &[Slot]) -> Vec<Ordinal> {
        let installed = || slots.iter().filter(|slot| slot.role == Role::Installed).map(|slot| slot.package);
        let mut variants = Vec::new();
        for slot in slots.iter().filter(|slot| slot.role != Role::Installed) {
            let runs = |other: &Slot| (other.package, other.role) == (slot.package, Role::RunningKernel);
            let replacements: Arc<[Ordinal]> = match slot.role {
                Role::NextKernel if slots.iter().any(runs) => continue,
                Role::RunningKernel | Role::NextKernel => match self.names.images.get(&slot.package) {
                    Some(source) => installed().filter(|of| self.names.images.get(of) == Some(source)).collect(),
                    None => Arc::from([]),
                },
                Role::Installed | Role::Resident => {
                    let name = |of: Ordinal| {
                        let package = &self.tables.packages.get(of)?.package;
                        Some((&package.name, &package.arch))
                    };
                    installed().filter(|of| name(*of) == name(slot.package)).collect()
                }
            };
            variants.push(self.carrier(slot.package, slot.role, &replacements));
        }
        variants
    }

    /// Moves a host between the sets that its record names. What it gains comes before what it
    /// loses, so that nothing is forgotten that is needed again at once.
    fn move_host(&mut self, host: Ordinal, old: Option<&Record>, new: Option<&Record>) {
        let installed = |record: Option<&Record>| -> Vec<Ordinal> {
            let slots = record.into_iter().flat_map(|record| record.inventory.slots());
            slots.filter(|slot| slot.role == Role::Installed).map(|slot| slot.package).collect()
        };
        let (come, gone) = difference(&installed(old), &installed(new));
        let nothing: Arc<[Ordinal]> = Arc::from([]);
        for package in come {
            // An installed package is one carrier, at hand where any host has it.
            let known = self.tables.packages.get(package).and_then(|entry| entry.carrier(Role::Installed));
            let carrier = known.unwrap_or_else(|| self.carrier(package, Role::Installed, &nothing));
            self.carrier_gains(carrier, host);
        }
        let mut variants = [old, new].map(|record| record.map(|record| record.variants.to_vec()).unwrap_or_default());
        variants.iter_mut().for_each(|variants| variants.sort_unstable());
        let (variants_come, variants_gone) = difference(&variants[0], &variants[1]);
        variants_come.into_iter().for_each(|carrier| self.carrier_gains(carrier, host));
        let gone = gone.into_iter().filter_map(|package| self.tables.packages.get(package)?.carrier(Role::Installed));
        for carrier in gone.chain(variants_gone).collect::<Vec<_>>() {
            self.carrier_loses(carrier, host);
        }

        let updates = [old, new].map(|of| of.map(|of| of.updates.ordinals().collect::<Vec<_>>()).unwrap_or_default());
        let (come, gone) = difference(&updates[0], &updates[1]);
        for update in come {
            if let Some(Some(update)) = self.tables.updates.get_mut(update) {
                update.hosts.insert(host);
            }
        }
        gone.into_iter().for_each(|update| self.update_loses(update, host));

        let bits = [old, new].map(|record| record.map(|record| record.context.to_vec()).unwrap_or_default());
        let (come, gone) = difference(&bits[0], &bits[1]);
        for (bit, has) in come.into_iter().map(|bit| (bit, true)).chain(gone.into_iter().map(|bit| (bit, false))) {
            if let Some(bit) = self.tables.bits.get_mut(bit) {
                let _ = if has { bit.hosts.insert(host) } else { bit.hosts.remove(host) };
            }
        }

        let tags = [old, new].map(|record| record.map(|record| record.tags.to_vec()).unwrap_or_default());
        let (come, gone) = difference(&tags[0], &tags[1]);
        for tag in come {
            if let Some(hosts) = self.tables.tags.entry(tag, Posting::default) {
                hosts.insert(host);
            }
        }
        for tag in gone {
            let left = self.tables.tags.entry(Arc::clone(&tag), Posting::default).is_some_and(|hosts| {
                hosts.remove(host);
                hosts.is_empty()
            });
            if left {
                self.tables.tags.remove(&tag);
            }
        }

        let labels = [old, new].map(|of| of.map(|of| of.labels.ordinals().collect::<Vec<_>>()).unwrap_or_default());
        let (come, gone) = difference(&labels[0], &labels[1]);
        come.into_iter().for_each(|label| self.label_gains(label, host));
        gone.into_iter().for_each(|label| self.label_loses(label, host));

        let platforms = [old, new].map(|record| record.map(|record| record.platform));
        if platforms[0] != platforms[1] {
            if let Some(entry) = platforms[1].and_then(|platform| self.tables.platforms.get_mut(platform)) {
                entry.hosts.insert(host);
            }
            if let Some(entry) = platforms[0].and_then(|platform| self.tables.platforms.get_mut(platform)) {
                entry.hosts.remove(host);
            }
        }
        let names = [old, new].map(|record| record.map(|record| (&record.lower, record.id)));
        if names[0] != names[1] {
            if let Some((lower, id)) = names[0] {
                self.ranks.remove(lower, id);
            }
            if let Some((lower, id)) = names[1] {
                self.ranks.insert(lower, id, host);
            }
        }
    }

    fn update_loses(&mut self, update: Ordinal, host: Ordinal) {
        let Some(Some(entry)) = self.tables.updates.get_mut(update) else { return };
        entry.hosts.remove(host);
        if entry.hosts.is_empty()
            && let Some(entry) = self.tables.updates.get_mut(update).and_then(Option::take)
        {
            self.names.updates.remove(&entry.key);
            self.names.free_updates.push(update);
        }
    }
}

/// What is only in `new`, and what is only in `old`; both sorted.
fn difference<T: Ord + Clone>(old: &[T], new: &[T]) -> (Vec<T>, Vec<T>) {
    let only = |these: &[T], those: &[T]| -> Vec<T> {
        let mut those = those.iter().peekable();
        let mut only = Vec::new();
        for this in these {
            while those.next_if(|that| *that < this).is_some() {}
            if those.peek() != Some(&this) {
                only.push(this.clone());
            }
        }
        only
    };
    (only(new, old), only(old, new))
}

/// The conditions of [`Colour`], in their order.
fn colour(row: &Row) -> Colour {
    if matches!(row.freshness, Freshness::Stale | Freshness::Lost) {
        Colour::Grey
    } else if row.critical_fix {
        Colour::Red
    } else if row.security > 0 {
        Colour::Orange
    } else if row.other > 0 || row.reboot == Some(true) {
        Colour::Yellow
    } else if row.not_known > 0 {
        Colour::Grey
    } else {
        Colour::Green
    }
}
