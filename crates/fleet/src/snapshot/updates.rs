//! Pending updates of the fleet.

use super::Snapshot;
use super::page::{Keys, Words, most_first, smallest};
use crate::tables::Ordinal;
use crate::{FleetUpdate, Page, UpdateCursor, UpdatesQuery};
use model::Platform;
use roaring::RoaringBitmap;
use std::sync::Arc;

type Key<'a> = (bool, i64, &'a str, &'a str, &'a Platform, &'a str, Ordinal);

impl Snapshot {
    /// A page of pending updates, fleet-wide.
    #[must_use]
    pub fn updates(&self, query: &UpdatesQuery, scope: Option<&RoaringBitmap>) -> Page<FleetUpdate, UpdateCursor> {
        let words = Words::of(&query.words);
        let keys: Vec<Key<'_>> = (0..)
            .zip(self.tables.updates.iter())
            .filter_map(|(ordinal, update)| {
                let update = update.as_ref()?;
                let key = &update.key;
                if query.security.is_some_and(|security| security != key.security) || !words.all_in(&key.name) {
                    return None;
                }
                let hosts = update.hosts.count(scope);
                let platform = &self.tables.platform(key.platform)?.platform;
                (hosts > 0).then(|| {
                    let hosts = most_first(hosts);
                    (
                        !key.security,
                        hosts,
                        key.name.as_ref(),
                        key.candidate.as_ref(),
                        platform,
                        key.suite.as_ref(),
                        ordinal,
                    )
                })
            })
            .collect();
        // All parts but the last make an update, so the last never decides.
        let after: Option<Key<'_>> = query.cursor.as_ref().map(|cursor| {
            let UpdateCursor { other, hosts, name, candidate, platform, suite } = cursor;
            (*other, *hosts, name.as_str(), candidate.as_str(), platform, suite.as_str(), Ordinal::MAX)
        });
        let Keys { page, total, more } = smallest(keys, query.limit, after.as_ref());
        let next =
            page.last().filter(|_| more).map(|(other, hosts, name, candidate, platform, suite, _)| UpdateCursor {
                other: *other,
                hosts: *hosts,
                name: (*name).to_owned(),
                candidate: (*candidate).to_owned(),
                platform: (*platform).clone(),
                suite: (*suite).to_owned(),
            });
        let items = page.into_iter().filter_map(|key| {
            let update = self.tables.updates.get(key.6)?.as_ref()?;
            Some(FleetUpdate {
                name: Arc::clone(&update.key.name),
                candidate: Arc::clone(&update.key.candidate),
                platform: key.4.clone(),
                suite: Arc::clone(&update.key.suite),
                security: update.key.security,
                hosts: update.hosts.count(scope),
            })
        });
        Page { items: items.collect(), total, next, seq: self.tables.seq }
    }
}
