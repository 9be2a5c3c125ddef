//! Which hosts a fleet has: drawn by number, so that host 700,000 needs no other.

use super::images::{Image, ImagePackage};
use super::random::Random;
use super::rebuilds::{follows, rebuild};
use anyhow::ensure;
use jiff::Timestamp;
use model::wire::{AgentInfo, CheckIn, Collected, Digests, FORMAT, Labels, Report, SectionName, write_report};
use std::borrow::Cow;

/// Hosts in a thousand whose packages are not those of an image.
const OWN: usize = 400;
/// Hosts in a thousand with packages of somebody else's.
const FOREIGN: usize = 20;
/// How many such packages.
pub(super) const FOREIGN_PACKAGES: usize = 20;
/// Packages in a thousand that vendors rebuild.
const REBUILT: usize = 400;
/// What a changed report changes.
const CHANGED_PACKAGES: usize = 20;
/// Distinct packages of a fleet of a million hosts, of which more than 200,000 are to be met; of others by the square root
/// of their size, as new versions come the slower the more hosts there are already.
const DISTINCT_OF_A_MILLION: f64 = 260_000.0;

/// What the draws are for, so that no two depend on each other.
mod draw {
    pub(super) const HOST: u64 = 1;
    pub(super) const STATE: u64 = 2;
    pub(super) const REBUILT: u64 = 3;
    pub(super) const OWN: u64 = 4;
    pub(super) const CHANGE: u64 = 5;
    pub(super) const FOREIGN: u64 = 6;
    pub(super) const MACHINE: u64 = 7;
}

/// Hosts to be made.
#[derive(Debug)]
pub struct Fleet {
    pub(super) images: Vec<Image>,
    /// Packages of the images up to and with each, by which they are drawn: large systems are more of a fleet than
    /// containers are.
    weights: Vec<usize>,
    pub(super) seed: u64,
    hosts: u64,
    pub(super) at: Timestamp,
    /// How far images are patched: so many of each.
    states: usize,
    /// Rebuilds of each package that is rebuilt.
    rebuilds: u32,
}

/// What was drawn for a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Its number in the fleet, from 0.
    pub number: u64,
    /// The place of its image.
    pub image: usize,
    /// How far the image was patched when the host was made from it.
    pub state: usize,
    /// Its packages are not those of the image.
    pub own: bool,
    /// It has packages of somebody else's.
    pub foreign: bool,
    /// Which of the sets of repositories.
    pub repositories: usize,
    /// Which live patch is in force; 0 is none.
    pub livepatch: usize,
    /// Whether it can tell what kernel runs.
    pub kernel: bool,
    /// Whether it waits for a reboot.
    pub reboot: bool,
    /// Environment, site and tag.
    pub labels: [usize; 3],
}

/// A package of a host: which one of an image, in which of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// The image that has it: the host's own, but for foreign packages.
    pub image: usize,
    pub package: usize,
    pub version: u32,
    /// Installed apart from the image, and how many days ago.
    pub days: Option<u32>,
    /// Who built it, where that is somebody else.
    pub builder: Option<usize>,
}

/// Sets of repositories, live patches (the first is none) and labels (environments, sites, tags) to choose from: with a
/// kernel that is known or not, 200 combinations of what the host's context is made from.
pub(super) const REPOSITORY_SETS: usize = 5;
pub(super) const LIVEPATCHES: usize = 20;
const LABELS: [usize; 3] = [4, 10, 5];

impl Fleet {
    /// A fleet of so many hosts as they are at a moment.
    ///
    /// # Errors
    /// Without images.
    pub fn new(images: Vec<Image>, seed: u64, hosts: u64, at: Timestamp) -> anyhow::Result<Self> {
        ensure!(!images.is_empty(), "there are no images to make hosts from");
        let mut total = 0;
        let weights: Vec<usize> = images
            .iter()
            .map(|image| {
                total += image.packages.len();
                total
            })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
        let share = (hosts as f64 / 1_000_000.0).sqrt();
        let offered = images.iter().flat_map(|image| &image.packages).filter(|of| !of.candidate.is_empty()).count();
        #[expect(clippy::cast_precision_loss, reason = "thousands of packages")]
        let (first, rebuilt) = ((total + offered) as f64, (total * REBUILT) as f64 / 1000.0);
        let rebuilds = ((DISTINCT_OF_A_MILLION * share - first) / rebuilt).ceil().clamp(1.0, 200.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are clamped")]
        let (states, rebuilds) = ((50.0 * share).round().clamp(1.0, 50.0) as usize, rebuilds as u32);
        Ok(Self { images, weights, seed, hosts, at, states, rebuilds })
    }

    /// How many hosts there are.
    #[must_use]
    pub const fn hosts(&self) -> u64 {
        self.hosts
    }

    /// The moment of which the fleet is.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The image of a host.
    #[must_use]
    pub fn image(&self, drawn: &Drawn) -> &Image {
        &self.images[drawn.image]
    }

    /// How many images there are, patched differently.
    #[must_use]
    pub fn image_states(&self) -> usize {
        self.images.len() * self.states
    }

    /// Draws a host.
    #[must_use]
    pub fn draw(&self, number: u64) -> Drawn {
        let mut random = Random::of(self.seed, &[draw::HOST, number]);
        let total = self.weights.last().copied().unwrap_or(0);
        let weight = random.below(total);
        let image = self.weights.partition_point(|upto| *upto <= weight);
        let has_kernel = self.images[image].kernel.is_some();
        Drawn {
            number,
            image,
            state: random.below(self.states),
            own: random.per_mille(OWN),
            foreign: random.per_mille(FOREIGN),
            repositories: random.below(REPOSITORY_SETS),
            livepatch: random.below(LIVEPATCHES),
            kernel: random.per_mille(950) && has_kernel,
            reboot: random.per_mille(80),
            labels: LABELS.map(|most| random.below(most)),
        }
    }

    /// How many versions a package has in the fleet.
    fn versions(&self, image: usize, package: usize) -> u32 {
        let offered = u32::from(!self.images[image].packages[package].candidate.is_empty());
        let mut random = Random::of(self.seed, &[draw::REBUILT, image as u64, package as u64]);
        1 + offered + if random.per_mille(REBUILT) { self.rebuilds } else { 0 }
    }

    /// The text of a package's version: the installed one, the one that was offered, then rebuilds.
    pub(super) fn version(&self, image: usize, package: usize, version: u32) -> Cow<'_, str> {
        let scheme = self.images[image].scheme;
        let of = &self.images[image].packages[package];
        match (version, of.candidate.is_empty()) {
            (0, _) => Cow::Borrowed(&of.version),
            (1, false) => Cow::Borrowed(&of.candidate),
            (number, true) => Cow::Owned(rebuild(scheme, &of.version, number)),
            (number, false) => Cow::Owned(rebuild(scheme, &of.candidate, number - 1)),
        }
    }

    /// The newest version of a package, where it is newer than this one.
    pub(super) fn newer(&self, choice: &Choice) -> Option<Cow<'_, str>> {
        let last = self.versions(choice.image, choice.package) - 1;
        (choice.builder.is_none() && choice.version < last)
            .then(|| self.version(choice.image, choice.package, last))
            .filter(|last| {
                let now = self.version(choice.image, choice.package, choice.version);
                follows(self.images[choice.image].scheme, &now, last)
            })
    }

    pub(super) fn package(&self, choice: &Choice) -> &ImagePackage {
        &self.images[choice.image].packages[choice.package]
    }

    /// What a host has after so many changes, sorted as the images are.
    pub(super) fn choices(&self, drawn: &Drawn, changes: u32) -> Vec<Choice> {
        let image = drawn.image;
        let mut choices = self.of_state(image, drawn.state);
        if drawn.own {
            let mut random = Random::of(self.seed, &[draw::OWN, drawn.number]);
            choices.retain_mut(|choice| {
                if random.per_mille(60) {
                    choice.version = version_of(&mut random, self.versions(image, choice.package));
                    choice.days = Some(days(&mut random));
                }
                !random.per_mille(30)
            });
        }
        for change in 1..=changes {
            self.change(drawn, change, &mut choices);
        }
        // A kernel that runs stays installed: a newer one comes beside it.
        if let Some(kernel) = &self.images[image].kernel {
            let runs = |choice: &&mut Choice| {
                let of = &self.images[image].packages[choice.package];
                *of.name == *kernel.package && *of.version == *kernel.version
            };
            choices.iter_mut().filter(runs).for_each(|choice| choice.version = 0);
        }
        if drawn.foreign {
            self.add_foreign(drawn, &mut choices);
        }
        choices
    }

    /// The packages of an image that was patched so far.
    fn of_state(&self, image: usize, state: usize) -> Vec<Choice> {
        // From half of the packages up to date to nearly all of them.
        let newest = 500 + 450 * state / self.states.max(1);
        let packages = 0..self.images[image].packages.len();
        let mut random = Random::of(self.seed, &[draw::STATE, image as u64, state as u64]);
        packages
            .map(|package| {
                let versions = self.versions(image, package);
                let is_newest = random.per_mille(newest);
                let older = version_of(&mut random, versions);
                let version = if is_newest { versions - 1 } else { older };
                Choice { image, package, version, days: None, builder: None }
            })
            .collect()
    }

    /// What somebody upgraded, or set back: other versions of some packages.
    fn change(&self, drawn: &Drawn, change: u32, choices: &mut [Choice]) {
        let mut random = Random::of(self.seed, &[draw::CHANGE, drawn.number, u64::from(change)]);
        let movable: Vec<usize> =
            (0..choices.len()).filter(|at| self.versions(drawn.image, choices[*at].package) > 1).collect();
        for _ in 0..CHANGED_PACKAGES.min(movable.len()) {
            let choice = &mut choices[movable[random.below(movable.len())]];
            let last = self.versions(drawn.image, choice.package) - 1;
            choice.version = if choice.version == last { last - 1 } else { last };
            choice.days = Some(0);
        }
    }

    /// Adds packages that the host's distribution does not have in this release, by builders of their own.
    fn add_foreign(&self, drawn: &Drawn, choices: &mut Vec<Choice>) {
        let own = &self.images[drawn.image];
        let others: Vec<usize> = (0..self.images.len())
            .filter(|at| {
                let of = &self.images[*at];
                of.scheme == own.scheme && (&of.id, &of.version_id) != (&own.id, &own.version_id)
            })
            .collect();
        let mut random = Random::of(self.seed, &[draw::FOREIGN, drawn.number]);
        let mut left = FOREIGN_PACKAGES;
        for _ in 0..FOREIGN_PACKAGES * 50 {
            if left == 0 || others.is_empty() {
                break;
            }
            let image = others[random.below(others.len())];
            let package = random.below(self.images[image].packages.len());
            let (builder, days) = (Some(random.below(40)), Some(days(&mut random)));
            let choice = Choice { image, package, version: 0, days, builder };
            let name = &self.package(&choice).name;
            let place = choices.partition_point(|other| self.package(other).name < *name);
            if choices.get(place).is_none_or(|other| self.package(other).name != *name) {
                choices.insert(place, choice);
                left -= 1;
            }
        }
    }

    /// A host as its agent would find it, after so many changes.
    #[must_use]
    pub fn host(&self, drawn: &Drawn, changes: u32) -> Collected {
        let choices = self.choices(drawn, changes);
        Collected {
            host: Ok(self.host_section(drawn)),
            packages: Ok(self.packages_section(drawn, &choices)),
            updates: Ok(self.updates_section(drawn, &choices)),
            repositories: Ok(self.repositories_section(drawn)),
            runtime: Ok(self.runtime_section(drawn)),
            history: Err(NO_HISTORY.to_owned()),
            heartbeat: self.heartbeat(drawn),
            machine_id: self.machine_id(drawn),
            hostname: self.hostname(drawn),
            boot_id: self.boot_id(drawn),
        }
    }

    /// The report of a host, as [`Fleet::host`] made it, as an agent would send it: with the sections that are wanted,
    /// or all of them.
    ///
    /// # Errors
    /// As [`write_report`].
    pub fn report(
        &self,
        drawn: &Drawn,
        host: &Collected,
        sequence: u64,
        observed_at: Timestamp,
        wanted: Option<&[SectionName]>,
    ) -> serde_json::Result<Report> {
        let report = write_report(host, agent(), sequence, whole_second(observed_at), wanted)?;
        let Labels { tag, site, env } = self.labels(drawn);
        Ok(Report { tag, site, env, ..report })
    }

    /// The check-in of a host with these hashes.
    #[must_use]
    pub fn checkin(&self, drawn: &Drawn, sections: Digests, observed_at: Timestamp) -> CheckIn {
        CheckIn {
            format: FORMAT,
            agent: agent(),
            machine_id: self.machine_id(drawn),
            boot_id: self.boot_id(drawn),
            hostname: self.hostname(drawn),
            observed_at: whole_second(observed_at),
            sections,
            labels: Some(self.labels(drawn)),
            heartbeat: self.heartbeat(drawn),
        }
    }

    /// 128 bits of the seed and the number, as systemd writes a machine id.
    pub(super) fn machine_id(&self, drawn: &Drawn) -> String {
        let mut random = Random::of(self.seed, &[draw::MACHINE, drawn.number]);
        format!("{:016x}{:016x}", random.next(), random.next())
    }

    /// The same for the boot id, in the kernel's form.
    pub(super) fn boot_id(&self, drawn: &Drawn) -> String {
        let mut random = Random::of(self.seed, &[draw::MACHINE, drawn.number, 1]);
        let (high, low) = (random.next(), random.next());
        let parts = (high >> 32, (high >> 16) & 0xffff, high & 0xfff, low & 0xfff, low >> 16);
        format!("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", parts.0, parts.1, parts.2, parts.3, parts.4)
    }
}

/// Why no history is sent: agents of this version don't either.
pub(super) const NO_HISTORY: &str = "not collected by this version";

/// How the program names itself in what it sends.
pub(super) fn agent() -> AgentInfo {
    AgentInfo { name: "mendwatch-simulate".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Reports of one fleet have one length whenever they are made.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// One of so many versions, each as likely.
fn version_of(random: &mut Random, versions: u32) -> u32 {
    u32::try_from(random.below(versions as usize)).unwrap_or(0)
}

/// When within 300 days.
fn days(random: &mut Random) -> u32 {
    u32::try_from(random.below(300)).unwrap_or(0)
}
