//! Pending updates of the fleet.

use super::Snapshot;
use super::page::{Best, Words};
use crate::tables::Ordinal;
use crate::{FleetUpdate, Order, Page, UpdateColumn, UpdateCursor, UpdatesQuery};
use model::Platform;
use roaring::RoaringBitmap;
use std::cmp::Ordering;
use std::sync::Arc;

/// Where an update stands. All parts but the last make an update.
#[derive(Clone, Copy)]
struct Key<'a> {
    security: bool,
    hosts: u64,
    name: &'a str,
    candidate: &'a str,
    platform: &'a Platform,
    suite: &'a str,
    /// None for a cursor.
    ordinal: Option<Ordinal>,
}

fn compare(order: Order<UpdateColumn>, a: &Key<'_>, b: &Key<'_>) -> Ordering {
    let first = match order.column {
        UpdateColumn::Security => a.security.cmp(&b.security),
        UpdateColumn::Hosts => a.hosts.cmp(&b.hosts),
        UpdateColumn::Name => a.name.cmp(b.name),
    };
    order
        .turn(first)
        .then_with(|| (b.security, b.hosts).cmp(&(a.security, a.hosts)))
        .then_with(|| (a.name, a.candidate, a.platform, a.suite).cmp(&(b.name, b.candidate, b.platform, b.suite)))
}

impl Snapshot {
    /// A page of pending updates, fleet-wide.
    #[must_use]
    pub fn updates(&self, query: &UpdatesQuery, scope: Option<&RoaringBitmap>) -> Page<FleetUpdate, UpdateCursor> {
        let words = Words::of(&query.words);
        let after = query.cursor.as_ref().map(|cursor| {
            let UpdateCursor { security, hosts, name, candidate, platform, suite } = cursor;
            Key { security: *security, hosts: *hosts, name, candidate, platform, suite, ordinal: None }
        });
        let mut best = Best::new(query.limit, after, |a, b| compare(query.sort, a, b));
        for (ordinal, update) in (0..).zip(self.tables.updates.iter()) {
            let Some(update) = update else { continue };
            let key = &update.key;
            if query.security.is_some_and(|security| security != key.security) || !words.all_in(&key.name) {
                continue;
            }
            let Some(platform) = self.tables.platform(key.platform).map(|entry| &entry.platform) else { continue };
            let hosts = update.hosts.count(scope);
            if hosts > 0 {
                best.offer(Key {
                    security: key.security,
                    hosts,
                    name: &key.name,
                    candidate: &key.candidate,
                    platform,
                    suite: &key.suite,
                    ordinal: Some(ordinal),
                });
            }
        }
        let cursor = |key: &Key<'_>| UpdateCursor {
            security: key.security,
            hosts: key.hosts,
            name: key.name.to_owned(),
            candidate: key.candidate.to_owned(),
            platform: key.platform.clone(),
            suite: key.suite.to_owned(),
        };
        best.finish().into_page(self.tables.seq, cursor, |key| {
            let update = self.tables.updates.get(key.ordinal?)?.as_ref()?;
            Some(FleetUpdate {
                name: Arc::clone(&update.key.name),
                candidate: Arc::clone(&update.key.candidate),
                platform: key.platform.clone(),
                suite: Arc::clone(&update.key.suite),
                security: update.key.security,
                hosts: key.hosts,
            })
        })
    }
}
