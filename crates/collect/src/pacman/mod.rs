//! What pacman has installed and would upgrade.
//!
//! The answers are those of `pacman -Q` and `pacman -Qu` (pacman 6.0), and the replacements those of `pacman -Su`.

mod local;
mod settings;
mod sync;

use crate::software::Software;
use crate::text::identifier;
use crate::{Root, tidy};
use jiff::Timestamp;
use local::{Database, Installed};
use model::wire::Limits;
use model::wire::sections::{
    ReplacementRecord, Repositories, RepositoryRecord, Skipped, UpdateRecord, Updates, Withheld,
};
use settings::Settings;
use std::cmp::Ordering;
use sync::{Offered, Sync};
use versions::Scheme;

/// Reads everything.
///
/// # Errors
/// Why the database of installed packages can't be read.
pub(crate) fn read(root: &Root) -> Result<Software, String> {
    let mut settings = Settings::read(root);
    let mut database = local::read(root, &settings.databases)?;
    let native =
        Some(settings.architecture.clone()).filter(|arch| !arch.is_empty()).unwrap_or_else(|| database.native());
    for (name, package) in &mut database.packages {
        package.record.held = settings.ignored.iter().any(|(glob, _)| glob.matches(name));
    }
    let of_settings = settings.skipped.clone();
    let syncs = sync::read(root, &mut settings, &database);
    let repositories = repositories(&settings, syncs.as_deref().unwrap_or_default(), of_settings);
    let updates = syncs.map(|syncs| updates(&settings, &syncs, &database)).map_err(|why| identifier(&why));
    Ok(Software {
        packages: Ok(database.section()),
        updates,
        repositories: Ok(repositories),
        native,
        kernels: Vec::new(),
    })
}

fn updates(settings: &Settings, syncs: &[Sync], database: &Database) -> Updates {
    let mut records: Vec<UpdateRecord> =
        database.packages.values().filter_map(|package| update(settings, syncs, package)).collect();
    records.sort_by(|a, b| (&a.name, &a.arch).cmp(&(&b.name, &b.arch)));
    let mut replacements: Vec<ReplacementRecord> =
        database.packages.values().flat_map(|package| replacements(settings, syncs, package)).collect();
    replacements.sort_by(|a, b| (&a.name, &a.arch, a).cmp(&(&b.name, &b.arch, b)));
    let lists_at = age(settings, syncs).and_then(|seconds| Timestamp::from_second(seconds).ok());
    Updates { lists_at, records, replacements, skipped: tidy(settings.skipped.clone()) }
}

/// From when the databases are: the oldest of the distribution's own, which change every day, else the newest of all:
/// a repository of one's own may stand still for years.
fn age(settings: &Settings, syncs: &[Sync]) -> Option<i64> {
    const OWN: &[&str] = &["core", "extra"];
    let name = |sync: &Sync| settings.repositories.get(sync.repository).map_or("", |of| of.name.as_str());
    let own = syncs.iter().filter(|sync| OWN.contains(&name(sync))).filter_map(|sync| sync.dated).min();
    own.or_else(|| syncs.iter().filter_map(|sync| sync.dated).max())
}

/// The first repository that has a package of the name is asked, whatever others have.
fn update(settings: &Settings, syncs: &[Sync], package: &Installed) -> Option<UpdateRecord> {
    let record = &package.record;
    let (sync, offered) = syncs.iter().find_map(|sync| Some((sync, sync.offered.get(&record.name)?)))?;
    if Scheme::Pacman.compare_as_tool(&offered.version, &record.version) != Ordering::Greater {
        return None;
    }
    let repository = settings.repositories.get(sync.repository)?;
    let withheld = match reason(settings, &record.name, &package.groups) {
        Some(why) => Some((Withheld::Held, why)),
        None if !repository.upgrades() => {
            Some((Withheld::Excluded, format!("comes from repository {}, whose Usage has no Upgrade", repository.name)))
        }
        None => None,
    };
    Some(UpdateRecord {
        arch: identifier(&offered.arch),
        candidate: offered.version.clone(),
        installed: record.version.clone(),
        name: record.name.clone(),
        repository: identifier(&repository.name),
        security_unknown: true,
        size: offered.size,
        withheld: withheld.as_ref().map(|(word, _)| *word),
        withheld_reason: withheld.map(|(_, why)| identifier(&why)).unwrap_or_default(),
        ..UpdateRecord::default()
    })
}

/// Why a package is passed over in upgrades, if it is.
fn reason(settings: &Settings, name: &str, groups: &[String]) -> Option<String> {
    if let Some((_, text)) = settings.ignored.iter().find(|(glob, _)| glob.matches(name)) {
        return Some(format!("is among IgnorePkg ({text})"));
    }
    let group = groups.iter().find(|group| settings.ignored_groups.iter().any(|(glob, _)| glob.matches(group)));
    group.map(|group| format!("is in group {group}, which is among IgnoreGroup"))
}

/// The first repository is asked that has a package of the name, or one that replaces it.
fn replacements(settings: &Settings, syncs: &[Sync], package: &Installed) -> Vec<ReplacementRecord> {
    let record = &package.record;
    let is_used = |sync: &&Sync| settings.repositories.get(sync.repository).is_some_and(settings::Repository::upgrades);
    for sync in syncs.iter().filter(is_used) {
        if sync.offered.contains_key(&record.name) {
            break;
        }
        let is_successor = |offered: &&Offered| {
            offered.replaces.contains(&record.name)
                && reason(settings, &offered.name, &offered.groups).is_none()
                && reason(settings, &record.name, &package.groups).is_none()
        };
        let successors = sync.successors.iter().filter(is_successor);
        let found: Vec<ReplacementRecord> = successors
            .map(|offered| ReplacementRecord {
                arch: record.arch.clone(),
                by: offered.name.clone(),
                by_arch: identifier(&offered.arch),
                candidate: offered.version.clone(),
                installed: record.version.clone(),
                name: record.name.clone(),
                repository: settings
                    .repositories
                    .get(sync.repository)
                    .map(|of| identifier(&of.name))
                    .unwrap_or_default(),
                security: false,
                security_unknown: true,
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn repositories(settings: &Settings, syncs: &[Sync], mut skipped: Vec<Skipped>) -> Repositories {
    let mut records = Vec::new();
    for (at, repository) in settings.repositories.iter().enumerate() {
        if repository.uri.is_empty() {
            let why = format!("repository '{}' has no server", identifier(&repository.name));
            skipped.push(Skipped { record: settings::MAIN.to_owned(), why });
            continue;
        }
        let dated = syncs.iter().find(|sync| sync.repository == at).and_then(|sync| sync.dated);
        records.push(RepositoryRecord {
            enabled: true,
            kind: "pacman".to_owned(),
            published_at: dated.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            suite: identifier(&repository.name),
            uri: identifier(&repository.uri),
            ..RepositoryRecord::default()
        });
    }
    records.sort_by(|a, b| {
        (&a.kind, &a.uri, &a.suite, &a.component, a).cmp(&(&b.kind, &b.uri, &b.suite, &b.component, b))
    });
    records.dedup();
    records.truncate(Limits::default().repositories);
    Repositories { records, skipped: tidy(skipped) }
}
