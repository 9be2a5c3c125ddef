//! What a fleet turned out to be: the measures by which it is as hard as a real one.

use super::digest::FleetDigest;
use super::{Drawn, Fleet};
use model::wire::{Collected, Report};
use serde::Serialize;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FleetStats {
    /// Hosts.
    pub hosts: u64,
    /// Platforms of the hosts.
    pub platforms: u64,
    /// Images that hosts were made from, each patched differently.
    pub images: u64,
    /// Distinct packages: platform, name, version, architecture, builder.
    pub distinct_packages: u64,
    /// Packages of a host: the fewest, the mean, the most.
    pub packages_per_host: [u64; 3],
    /// Pending updates of a host: the fewest, the mean, the most.
    pub updates_per_host: [u64; 3],
    /// Bytes of a report's JSON: the fewest, the mean, the most.
    pub report_bytes: [u64; 3],
    /// Hosts with an inventory of their own, in a thousand.
    pub own_inventory_per_mille: u64,
    /// Hosts with 20 packages of somebody else's, in a thousand.
    pub foreign_per_mille: u64,
    /// Combinations of repositories, live patch and a kernel that is known or not.
    pub contexts: u64,
    /// Combinations of environment, site and tag.
    pub label_sets: u64,
    /// Neighbours in the order of numbers that have the same image, in a thousand: as few as by chance.
    pub same_image_as_next_per_mille: u64,
    /// SHA-256 of all reports in their order, without the moment of each.
    pub digest: String,
}

/// Counts as hosts are made.
#[derive(Debug, Default)]
pub struct Counting {
    hasher: RandomState,
    stats: FleetStats,
    digest: FleetDigest,
    // Hashes: of a million hosts' packages the texts would be most of the memory.
    packages: HashSet<u64>,
    platforms: HashSet<u64>,
    images: HashSet<(usize, usize)>,
    contexts: HashSet<(usize, usize, bool)>,
    labels: HashSet<[usize; 3]>,
    sums: [u64; 3],
    own: u64,
    foreign: u64,
    same: u64,
    last: Option<usize>,
}

impl Counting {
    /// Notes a host.
    ///
    /// # Errors
    /// As serialisation.
    pub fn add(
        &mut self,
        fleet: &Fleet,
        drawn: &Drawn,
        host: &Collected,
        report: &Report,
        bytes: usize,
    ) -> serde_json::Result<()> {
        self.digest.add(report)?;
        let first = self.stats.hosts == 0;
        self.stats.hosts += 1;
        let image = fleet.image(drawn);
        let platform = self.hasher.hash_one((&image.id, &image.version_id));
        self.platforms.insert(platform);
        let packages = host.packages.as_ref().map(|packages| packages.records.as_slice()).unwrap_or_default();
        for record in packages {
            let builder = (&record.origin, &record.vendor);
            let package = (platform, &record.name, &record.version, &record.arch, builder);
            self.packages.insert(self.hasher.hash_one(package));
        }
        let updates = host.updates.as_ref().map_or(0, |updates| updates.records.len());
        let stats = &mut self.stats;
        let ranges = [&mut stats.packages_per_host, &mut stats.updates_per_host, &mut stats.report_bytes];
        for ((range, sum), value) in ranges.into_iter().zip(&mut self.sums).zip([packages.len(), updates, bytes]) {
            let value = value as u64;
            *sum += value;
            range[0] = if first { value } else { range[0].min(value) };
            range[2] = range[2].max(value);
        }
        self.own += u64::from(drawn.own);
        self.foreign += u64::from(drawn.foreign);
        self.same += u64::from(self.last == Some(drawn.image));
        self.last = Some(drawn.image);
        self.images.insert((drawn.image, drawn.state));
        self.contexts.insert((drawn.repositories, drawn.livepatch, drawn.kernel));
        self.labels.insert(drawn.labels);
        Ok(())
    }

    /// What it comes to.
    #[must_use]
    pub fn finish(self) -> FleetStats {
        let hosts = self.stats.hosts.max(1);
        let mut stats = self.stats;
        let ranges = [&mut stats.packages_per_host, &mut stats.updates_per_host, &mut stats.report_bytes];
        for (range, sum) in ranges.into_iter().zip(self.sums) {
            range[1] = sum / hosts;
        }
        FleetStats {
            platforms: self.platforms.len() as u64,
            images: self.images.len() as u64,
            distinct_packages: self.packages.len() as u64,
            own_inventory_per_mille: self.own * 1000 / hosts,
            foreign_per_mille: self.foreign * 1000 / hosts,
            contexts: self.contexts.len() as u64,
            label_sets: self.labels.len() as u64,
            same_image_as_next_per_mille: self.same * 1000 / hosts,
            digest: self.digest.finish(),
            ..stats
        }
    }
}
