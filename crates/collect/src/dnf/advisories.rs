//! What the repositories' advisories say of newer versions of installed packages.

use super::cache::{Cache, Wanted};
use super::modules::Modules;
use super::settings::Settings;
use crate::Root;
use formats::updateinfo::{self, Item};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use versions::Scheme;

/// Advisories by the names of installed packages.
#[derive(Debug, Default)]
pub(super) struct Advisories {
    of: HashMap<String, Vec<Entry>>,
    ids: Vec<(String, bool)>,
    /// Repositories that have some about security, by their place in the settings.
    pub(super) with_security: HashSet<usize>,
    /// Repositories that have any, all of which could be read.
    known: HashSet<usize>,
}

#[derive(Debug)]
struct Entry {
    arch: String,
    evr: String,
    advisory: usize,
}

impl Advisories {
    /// Reads those of all repositories, as far as they are about one of the names.
    pub(super) fn read(
        root: &Root,
        settings: &mut Settings,
        caches: &[(usize, Cache)],
        names: &HashSet<&str>,
        modules: &Modules,
    ) -> Self {
        let mut advisories = Self::default();
        let is_zypper = settings.zypper.is_some();
        for (at, cache) in caches {
            let path = match cache.find(root, "updateinfo") {
                Wanted::At(path) => path,
                Wanted::None => continue,
                Wanted::Unreadable(why) => {
                    settings.skip(&why, "so that its advisories are not known");
                    continue;
                }
            };
            let mut document = match cache.open(root, "updateinfo", &path) {
                Ok(document) => document,
                Err(why) => {
                    settings.skip(&path, why);
                    continue;
                }
            };
            let mut odd = Vec::new();
            let read = updateinfo::read::<_, std::convert::Infallible>(&mut document, &mut |item| {
                match item {
                    // zypper takes no part in what was withdrawn.
                    Item::Update(update) if is_zypper && update.status == "retracted" => {}
                    Item::Update(update) => advisories.take(*at, &update, names, modules),
                    // What is no part of this host's packages needs no note.
                    Item::Skipped { note, packages, whole, .. } => {
                        if whole || packages.iter().any(|name| names.contains(name.as_str())) {
                            odd.push(note);
                        }
                    }
                }
                Ok(())
            });
            for note in odd {
                settings.skip(&format!("{path} line {}", note.line), note.why);
            }
            if let Err(why) = &read {
                settings.skip(&path, format!("read no further: {why}"));
            } else if let Err(why) = document.finish() {
                settings.skip(&path, format!("{why}; so that its advisories are not known"));
            } else if read.is_ok_and(|count| count > 0) {
                advisories.known.insert(*at);
            }
        }
        advisories
    }

    fn take(&mut self, repository: usize, update: &updateinfo::Update, names: &HashSet<&str>, modules: &Modules) {
        let is_security = update.kind == "security";
        if is_security {
            self.with_security.insert(repository);
        }
        let mut advisory = None;
        for (collection, package) in update.packages() {
            let is_of_host = collection.module.as_ref().is_none_or(|module| modules.has(module));
            if !is_of_host || package.is_source() || !names.contains(package.name.as_str()) {
                continue;
            }
            let advisory = *advisory.get_or_insert_with(|| {
                self.ids.push((update.id.clone(), is_security));
                self.ids.len() - 1
            });
            let evr = match package.epoch.as_str() {
                "0" => format!("{}-{}", package.version, package.release),
                epoch => format!("{epoch}:{}-{}", package.version, package.release),
            };
            let entry = Entry { arch: package.arch.clone(), evr, advisory };
            self.of.entry(package.name.clone()).or_default().push(entry);
        }
    }

    /// Whether a repository tells which of its packages are of security: it has advisories.
    pub(super) fn tells(&self, repository: usize) -> bool {
        self.known.contains(&repository)
    }

    /// Whether an advisory on security brings a package that is not installed yet, in this version or an earlier one.
    pub(super) fn bring(&self, name: &str, arch: &str, evr: &str) -> bool {
        let entries = self.of.get(name).map(Vec::as_slice).unwrap_or_default();
        entries.iter().any(|entry| {
            entry.arch == arch
                && Scheme::Rpm.compare(&entry.evr, evr) != Ordering::Greater
                && self.ids.get(entry.advisory).is_some_and(|(_, is_security)| *is_security)
        })
    }

    /// The advisories that a step from one version to another brings, sorted, and whether one is about security.
    pub(super) fn between(&self, name: &str, arch: &str, from: &str, to: &str) -> (Vec<String>, bool) {
        let entries = self.of.get(name).map(Vec::as_slice).unwrap_or_default();
        let brought = entries.iter().filter(|entry| {
            entry.arch == arch
                && Scheme::Rpm.compare(&entry.evr, from) == Ordering::Greater
                && Scheme::Rpm.compare(&entry.evr, to) != Ordering::Greater
        });
        let brought: Vec<&(String, bool)> = brought.filter_map(|entry| self.ids.get(entry.advisory)).collect();
        let mut ids: Vec<String> = brought.iter().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        (ids, brought.iter().any(|(_, is_security)| *is_security))
    }
}
