//! The sections of a host's report.

use super::fleet::{Choice, Drawn, Fleet};
use super::random::Random;
use jiff::{SignedDuration, Timestamp};
use model::wire::sections::{
    Host, Kernel, Os, PackageRecord, Packages, Repositories, RepositoryRecord, Runtime, UpdateRecord, Updates,
};
use model::wire::{Heartbeat, Labels};
use versions::Scheme;

const ENVIRONMENTS: [&str; 4] = ["production", "staging", "development", "test"];
const TAGS: [&str; 5] = ["", "internet", "database", "batch", "desktop"];
const ROLES: [&str; 8] = ["web", "db", "app", "cache", "mail", "build", "node", "ci"];
/// How often an archive publishes anew: hosts that fetched its lists between two times have the same.
const PUBLISHED_EVERY: i64 = 6 * 3600;

impl Fleet {
    pub(super) fn hostname(&self, drawn: &Drawn) -> String {
        let mut random = Random::of(self.seed, &[drawn.number, 11]);
        format!("{}-{:07}.{}.example.org", ROLES[random.below(ROLES.len())], drawn.number, site(drawn))
    }

    pub(super) fn labels(&self, drawn: &Drawn) -> Labels {
        let [env, _, tag] = drawn.labels;
        Labels { tag: TAGS[tag].to_owned(), site: site(drawn), env: ENVIRONMENTS[env].to_owned() }
    }

    pub(super) fn heartbeat(&self, drawn: &Drawn) -> Heartbeat {
        let mut random = Random::of(self.seed, &[drawn.number, 12]);
        let eighths = 1 + random.next() % 7;
        let since = self.booted(drawn).map(|at| self.at.as_second() - at.as_second());
        Heartbeat {
            memory_available_bytes: Some(memory(drawn) / 8 * eighths),
            uptime_seconds: since.and_then(|since| u64::try_from(since).ok()),
            ..Heartbeat::default()
        }
    }

    fn booted(&self, drawn: &Drawn) -> Option<Timestamp> {
        self.ago(0, SignedDuration::from_hours(24 * 30), drawn.number)
    }

    pub(super) fn host_section(&self, drawn: &Drawn) -> Host {
        let image = self.image(drawn);
        let [_, site, _] = drawn.labels;
        let address = drawn.number & 0xff_ffff;
        Host {
            arch: image.arch.clone(),
            boot_time: self.booted(drawn),
            cpu_count: Some([2, 4, 8, 16][site % 4]),
            hostname: self.hostname(drawn),
            ip_addresses: vec![format!("10.{}.{}.{}", address >> 16, (address >> 8) & 0xff, address & 0xff)],
            memory_bytes: Some(memory(drawn)),
            os: Os {
                codename: image.codename.clone(),
                id: image.id.clone(),
                id_like: Vec::new(),
                pretty_name: image.pretty_name.clone(),
                version_id: image.version_id.clone(),
            },
            package_manager: image.scheme.as_str().to_owned(),
            virtualization: "kvm".to_owned(),
            ..Host::default()
        }
    }

    pub(super) fn packages_section(&self, drawn: &Drawn, choices: &[Choice]) -> Packages {
        let image = self.image(drawn);
        let mut records: Vec<PackageRecord> = choices.iter().map(|choice| self.record(drawn, choice)).collect();
        if let Some(kernel) = self.next_kernel(drawn) {
            let place = records.partition_point(|record| record.name <= kernel.package);
            let running = records.get(place.wrapping_sub(1)).filter(|record| record.name == kernel.package).cloned();
            records.extend(running.map(|running| PackageRecord {
                version: kernel.version.clone(),
                source_version: String::new(),
                ..running
            }));
        }
        records.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
        records.dedup_by(|a, b| (&a.name, &a.arch, &a.version) == (&b.name, &b.arch, &b.version));
        Packages { manager: image.scheme.as_str().to_owned(), records, skipped: Vec::new() }
    }

    fn record(&self, drawn: &Drawn, choice: &Choice) -> PackageRecord {
        let (image, of) = (&self.images[choice.image], self.package(choice));
        let version = self.version(choice.image, choice.package, choice.version).into_owned();
        // A rebuild of Debian's has its source's version still; what was offered is taken to have its source's, too.
        let keeps_source = choice.version == 0 || (image.scheme == Scheme::Dpkg && choice.version > 1);
        let source_version = match (keeps_source, choice.version, of.source_version.is_empty()) {
            (true, 0, _) => of.source_version.to_string(),
            (true, _, _) if !of.candidate.is_empty() => of.candidate.to_string(),
            (true, _, true) => of.version.to_string(),
            (true, _, false) => of.source_version.to_string(),
            (false, ..) => String::new(),
        };
        let day = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
        let installed_at = match choice.days {
            Some(days) => self.ago(days, SignedDuration::from_hours(12), choice.package as u64),
            // When the image was made.
            None => self.at.checked_sub(day(400)).ok().and_then(|at| Timestamp::from_second(at.as_second()).ok()),
        };
        let builder = choice.builder.map(third_party);
        let is_dpkg = self.image(drawn).scheme == Scheme::Dpkg;
        PackageRecord {
            arch: of.arch.to_string(),
            installed_at,
            module: of.module.to_string(),
            name: of.name.to_string(),
            origin: builder.clone().filter(|_| is_dpkg).unwrap_or_default(),
            source: of.source.to_string(),
            source_version,
            vendor: builder.filter(|_| !is_dpkg).unwrap_or_default(),
            version,
            ..PackageRecord::default()
        }
    }

    pub(super) fn updates_section(&self, drawn: &Drawn, choices: &[Choice]) -> Updates {
        let image = self.image(drawn);
        let release = if image.codename.is_empty() { "updates" } else { &image.codename };
        let mut records = Vec::new();
        for choice in choices {
            let Some(candidate) = self.newer(choice) else { continue };
            let of = self.package(choice);
            // Four of ten updates are for security, whatever host they wait on.
            let security = Random::of(self.seed, &[choice.image as u64, choice.package as u64, 13]).per_mille(400);
            // What somebody else builds does not come from the distribution, let alone from its security team.
            let (security, suite, origin) = match choice.builder {
                Some(builder) => (false, "stable".to_owned(), third_party(builder)),
                None if security => (true, format!("{release}-security"), String::new()),
                None => (false, release.to_owned(), String::new()),
            };
            records.push(UpdateRecord {
                arch: of.arch.to_string(),
                candidate: candidate.into_owned(),
                installed: self.version(choice.image, choice.package, choice.version).into_owned(),
                name: of.name.to_string(),
                origin,
                security,
                suite,
                ..UpdateRecord::default()
            });
        }
        records.sort_by(|a, b| (&a.name, &a.arch).cmp(&(&b.name, &b.arch)));
        // Of a package in two versions the manager offers one update.
        records.dedup_by(|a, b| (&a.name, &a.arch) == (&b.name, &b.arch));
        Updates { lists_at: self.lists_at(drawn), records, ..Updates::default() }
    }

    pub(super) fn repositories_section(&self, drawn: &Drawn) -> Repositories {
        let image = self.image(drawn);
        let (kind, suites): (_, &[&str]) = match image.scheme {
            Scheme::Dpkg => ("deb", &["", "-security", "-updates", "-backports", "-internal"]),
            Scheme::Rpm => ("rpm", &["", "-security", "-appstream", "-extras", "-internal"]),
            Scheme::Apk => ("apk", &["", "-security", "-community", "-testing", "-internal"]),
            Scheme::Pacman => ("pacman", &["", "-security", "-extra", "-multilib", "-internal"]),
        };
        let release = if image.codename.is_empty() { &image.version_id } else { &image.codename };
        let origin = match image.id.as_str() {
            "debian" => "Debian",
            "ubuntu" => "Ubuntu",
            _ => "",
        };
        let mut records: Vec<RepositoryRecord> = suites
            .iter()
            .enumerate()
            // The first two always, and one more in all but one of the sets.
            .filter(|(at, _)| *at < 2 || *at == drawn.repositories)
            .map(|(_, suite)| RepositoryRecord {
                codename: format!("{release}{suite}"),
                component: "main".to_owned(),
                enabled: true,
                fetched_at: self.lists_at(drawn),
                kind: kind.to_owned(),
                origin: if *suite == "-internal" { "Internal" } else { origin }.to_owned(),
                published_at: self.lists_at(drawn),
                security: *suite == "-security",
                suite: format!("{release}{suite}"),
                uri: format!("http://mirror.example.org/{}", image.id),
                ..RepositoryRecord::default()
            })
            .collect();
        records
            .sort_by(|a, b| (&a.kind, &a.uri, &a.suite, &a.component).cmp(&(&b.kind, &b.uri, &b.suite, &b.component)));
        Repositories { records, skipped: Vec::new() }
    }

    pub(super) fn runtime_section(&self, drawn: &Drawn) -> Runtime {
        let image = self.image(drawn);
        let Some(kernel) = image.kernel.as_ref().filter(|_| drawn.kernel) else {
            return Runtime { reboot_required: Some(drawn.reboot), ..Runtime::default() };
        };
        let next = self.next_kernel(drawn);
        let running = Kernel {
            package: kernel.package.clone(),
            release: kernel.release.clone(),
            version: kernel.version.clone(),
        };
        let boots = next.as_ref().unwrap_or(&running).release.clone();
        let mut kernels: Vec<Kernel> = [running].into_iter().chain(next).collect();
        kernels.sort();
        Runtime {
            kernels,
            livepatches: (drawn.livepatch > 0)
                .then(|| format!("kpatch-{}-{}", image.version_id, drawn.livepatch))
                .into_iter()
                .collect(),
            next_kernel: boots,
            reboot_reasons: if drawn.reboot { vec!["a newer kernel is installed".to_owned()] } else { Vec::new() },
            reboot_required: Some(drawn.reboot),
            running_kernel: kernel.release.clone(),
            ..Runtime::default()
        }
    }

    /// The newer kernel that waits for a reboot. rpm keeps several versions of one package; dpkg's kernels have names of
    /// their own, of which the images know one.
    fn next_kernel(&self, drawn: &Drawn) -> Option<Kernel> {
        let image = self.image(drawn);
        let kernel = image.kernel.as_ref().filter(|_| drawn.reboot && drawn.kernel && image.scheme == Scheme::Rpm)?;
        let at = image.packages.iter().position(|of| *of.name == *kernel.package && *of.version == *kernel.version)?;
        let version = self.version(drawn.image, at, 1);
        let arch = &image.packages[at].arch;
        let release = version.split_once(':').map_or(&*version, |(_, release)| release);
        Some(Kernel {
            package: kernel.package.clone(),
            release: format!("{release}.{arch}"),
            version: version.to_string(),
        })
    }

    /// When the newest of the host's lists was published: one of the last four times.
    fn lists_at(&self, drawn: &Drawn) -> Option<Timestamp> {
        let back = i64::try_from(drawn.number % 4).unwrap_or(0) * PUBLISHED_EVERY;
        let second = self.at.as_second();
        Timestamp::from_second(second - second.rem_euclid(PUBLISHED_EVERY) - back).ok()
    }

    /// A moment so many days ago and up to `within` earlier, in whole seconds.
    fn ago(&self, days: u32, within: SignedDuration, of: u64) -> Option<Timestamp> {
        let within = usize::try_from(within.as_secs()).unwrap_or(1);
        let more = i64::try_from(Random::of(self.seed, &[of, 14]).below(within)).unwrap_or(0);
        Timestamp::from_second(self.at.as_second() - i64::from(days) * 86_400 - more).ok()
    }
}

/// The name of a builder that is not the distribution.
fn third_party(builder: impl std::fmt::Display) -> String {
    format!("Third Party {builder:0>2}")
}

fn memory(drawn: &Drawn) -> u64 {
    [4, 8, 16, 64][drawn.labels[1] % 4] << 30
}

fn site(drawn: &Drawn) -> String {
    format!("site{:02}", drawn.labels[1])
}
