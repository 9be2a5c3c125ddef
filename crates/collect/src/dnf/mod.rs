//! What dnf, yum or zypper would upgrade, from the metadata that they fetched last.
//!
//! The answers are those of `dnf check-update` and of `dnf updateinfo list` (dnf 4.14), with what excludes and locks
//! keep back named. Whether the dependencies of an update can be met is not computed; check-update does not ask
//! either. How it is computed: `docs/collecting.md`, "dnf and yum". zypper's rules, over the same lists: [`zypp`].

mod advisories;
mod cache;
mod candidates;
mod document;
mod excludes;
mod modules;
mod nevra;
mod sections;
mod settings;
mod zypp;

use crate::text::identifier;
use crate::{Root, tidy};
use advisories::Advisories;
use cache::{Cache, Folders};
use candidates::Candidates;
use excludes::Excludes;
use model::wire::sections::{PackageRecord, Repositories, Updates};
use modules::Modules;
use nevra::Nevra;
use settings::Settings;
use std::collections::HashSet;

pub(crate) use settings::is_there;
pub(crate) use zypp::is_there as is_zypper_there;

/// What was read.
pub(crate) struct View {
    pub(crate) updates: Result<Updates, String>,
    pub(crate) repositories: Result<Repositories, String>,
}

/// Reads everything, and marks the packages that a lock holds. `native` is the host's architecture.
pub(crate) fn read(root: &Root, native: &str, packages: &mut [PackageRecord]) -> View {
    let mut settings =
        if zypp::is_there(root) { Settings::of_zypper(root, native) } else { Settings::read(root, native) };
    let folders = Folders::find(root, &mut settings);
    let (mut caches, mut missing): (Vec<(usize, Cache)>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut fault, mut notes) = (None, Vec::new());
    for (at, repository) in settings.repositories.iter().enumerate().filter(|(_, repository)| repository.is_enabled) {
        match folders.of(root, repository, &mut notes) {
            Some(Ok(cache)) => caches.push((at, cache)),
            Some(Err(why)) => {
                fault.get_or_insert(why);
            }
            None => missing.push(repository.id.clone()),
        }
    }
    settings.skipped.append(&mut notes);
    let of_settings = std::mem::take(&mut settings.skipped);
    let repositories = sections::repositories(&settings, &caches, of_settings.clone());
    let mut held = HashSet::new();
    let updates = fault.map_or_else(|| usable(&settings, &caches), Err).and_then(|()| {
        for id in missing {
            settings.skip(&format!("repository {}", identifier(&id)), "its metadata were never fetched");
        }
        let has_modules = settings.zypper.is_none();
        let modules = if has_modules { Modules::read(root, &mut settings, &caches) } else { Modules::default() };
        let mut excludes = Excludes::read(root, &mut settings);
        let candidates = Candidates::read(root, &mut settings, &caches, native, packages, &modules, &mut excludes)?;
        let names: HashSet<&str> = candidates.names().collect();
        let advisories = Advisories::read(root, &mut settings, &caches, &names, &modules);
        let is_locked =
            |record: &PackageRecord| excludes.is_locked(&Nevra::of(&record.name, &record.version, &record.arch));
        held = (0..packages.len()).filter(|at| packages.get(*at).is_some_and(is_locked)).collect();
        let mut updates = sections::updates(&settings, &caches, &candidates, &advisories);
        let skipped = of_settings.into_iter().chain(std::mem::take(&mut settings.skipped));
        updates.skipped = tidy(skipped.collect());
        Ok(updates)
    });
    for at in held {
        if let Some(package) = packages.get_mut(at) {
            package.held = true;
        }
    }
    let why = |why: String| identifier(&why);
    View { updates: updates.map_err(why), repositories: Ok(repositories) }
}

/// Whether there is anything to answer by.
///
/// # Errors
/// What is missing, and what to run for it.
fn usable(settings: &Settings, caches: &[(usize, Cache)]) -> Result<(), String> {
    if !caches.is_empty() {
        return Ok(());
    }
    let tool = settings.tool();
    let fetch = if settings.zypper.is_some() { "zypper refresh".to_owned() } else { format!("{tool} makecache") };
    Err(if settings.repositories.iter().any(|repository| repository.is_enabled) {
        format!("{tool} has repositories but no metadata of them in its cache that can be read here: run '{fetch}'")
    } else if settings.repositories.is_empty() {
        format!("{tool} has no repositories")
    } else {
        format!("{tool} has no repository that is enabled")
    })
}
