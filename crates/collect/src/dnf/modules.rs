//! Which streams of modules are in force, and which packages they hide.
//!
//! As libdnf has it: a stream is in force if it was enabled, or is the default of a module for which none was chosen.
//! Packages of streams that are not in force are hidden; so is every package outside of modules that stands for the
//! name of one that is in force, however new it is. Repositories with `module_hotfixes` are exempt.

use super::cache::{Cache, Wanted};
use super::document::Document;
use super::nevra::Nevra;
use super::settings::{MOST_BYTES, Settings};
use crate::Root;
use formats::modulemd::{self, Build, Item};
use formats::repomd::MetadataFile;
use formats::{ini, primary, updateinfo};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::BufRead;

/// What was chosen of modules, one file a module.
const CHOICES: &str = "/etc/dnf/modules.d";
/// Defaults over those of the repositories.
const DEFAULTS: &str = "/etc/dnf/modules.defaults.d";
/// What dnf keeps of enabled streams, for when their repository is gone.
const KEPT: &str = "/var/lib/dnf/modulefailsafe";
/// Most builds that are considered. Enterprise Linux 8 has some 2,000.
const MOST_BUILDS: usize = 200_000;

/// What was chosen of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Enabled(String),
    Disabled,
}

/// What is hidden.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// Packages of builds in force and of others, as hashes of name, epoch, version, release and architecture: some
    /// 100,000 in Enterprise Linux 8.
    shown: HashSet<u64>,
    hidden: HashSet<u64>,
    /// Names of packages of builds in force.
    names: HashSet<String>,
    /// Name, stream, context and architecture of builds in force.
    in_force: BTreeSet<[String; 4]>,
}

impl Modules {
    /// Reads the documents of all repositories, and which streams are in force.
    pub(super) fn read(root: &Root, settings: &mut Settings, caches: &[(usize, Cache)]) -> Self {
        let mut documents = Vec::new();
        for (_, cache) in caches {
            match cache.find(root, "modules") {
                Wanted::At(path) => documents.push((path, cache.stated("modules"))),
                Wanted::None => {}
                Wanted::Unreadable(why) => settings.skip(&why, "so that its modules are not known"),
            }
        }
        let choices = choices(root, settings);
        let mut gathered = Gathered::default();
        for (path, stated) in &documents {
            gathered.take(root, settings, path, *stated);
        }
        gathered.settle_defaults();
        for path in below(root, DEFAULTS, &[".yaml"]) {
            let mut over = Gathered::default();
            over.take(root, settings, &path, None);
            gathered.defaults.extend(over.defaults);
        }
        for path in below(root, KEPT, &[".yaml"]) {
            let mut kept = Gathered::default();
            kept.take(root, settings, &path, None);
            let is_missing = |build: &Build| {
                choices.get(&build.name) == Some(&Choice::Enabled(build.stream.clone()))
                    && !gathered.builds.iter().any(|known| known.name == build.name && known.stream == build.stream)
            };
            let is_needed = kept.builds.iter().any(is_missing);
            if is_needed {
                gathered.builds.extend(kept.builds);
                documents.push((path, None));
            }
        }
        if gathered.builds.is_empty() {
            return Self::default();
        }
        let in_force = gathered.in_force(&choices, &settings.platform);
        let mut modules = Self::default();
        for build in &in_force {
            let Build { name, stream, context, arch, .. } = build;
            modules.in_force.insert([name, stream, context, arch].map(String::clone));
        }
        let in_force: HashSet<u64> = in_force.into_iter().map(identity).collect();
        for (path, _) in &documents {
            let each = &mut |item: Item<'_>| {
                if let Item::Artifact(build, artifact) = item {
                    modules.add(in_force.contains(&identity(build)), artifact);
                }
            };
            // What went wrong was noted the first time.
            let _ = Document::open(root, path, None).map(|document| modulemd::read(document, each));
        }
        modules
    }

    fn add(&mut self, is_in_force: bool, artifact: &str) {
        if !is_in_force {
            self.hidden.insert(hash(artifact));
            return;
        }
        self.shown.insert(hash(artifact));
        let Some((rest, arch)) = artifact.rsplit_once('.') else { return };
        let name = rest.rsplitn(3, '-').nth(2);
        // A source stands for nothing that could be installed.
        if let Some(name) = name.filter(|name| !matches!(arch, "src" | "nosrc") && !self.names.contains(*name)) {
            self.names.insert(name.to_owned());
        }
    }

    /// Whether a package of a repository without hotfixes is to be seen.
    pub(super) fn show(&self, package: &primary::Package) -> bool {
        if self.shown.is_empty() && self.hidden.is_empty() {
            return true;
        }
        let hash = hash(&Nevra::of(&package.name, &package.evr, &package.arch).with_epoch());
        if self.shown.contains(&hash) {
            return true;
        }
        !self.hidden.contains(&hash)
            && !self.names.contains(&package.name)
            && !package.provides.iter().any(|name| self.names.contains(name))
    }

    /// Whether an advisory about a build's packages is about this host: whether the build, or another version of it,
    /// is in force.
    pub(super) fn has(&self, module: &updateinfo::Module) -> bool {
        let wanted = [&module.name, &module.stream, &module.context, &module.arch];
        self.in_force.iter().any(|known| known.each_ref() == wanted)
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn identity(build: &Build) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&build.name, &build.stream, build.version, &build.context, &build.arch).hash(&mut hasher);
    hasher.finish()
}

fn below(root: &Root, folder: &str, endings: &[&str]) -> Vec<String> {
    let entries = root.list(folder).unwrap_or_default().into_iter();
    let files = entries.filter(|entry| entry.is_file && endings.iter().any(|ending| entry.name.ends_with(ending)));
    files.map(|entry| format!("{folder}/{}", entry.name)).collect()
}

fn choices(root: &Root, settings: &mut Settings) -> BTreeMap<String, Choice> {
    let mut choices = BTreeMap::new();
    for path in below(root, CHOICES, &[".module"]) {
        let bytes = match root.read(&path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(why) => {
                settings.skip(&path, why.why.to_string());
                continue;
            }
        };
        for section in ini::parse(&bytes).0 {
            let state = section.get("state").unwrap_or_default();
            let stream = section.get("stream").unwrap_or_default();
            let choice = match state {
                "disabled" => Choice::Disabled,
                // Older versions of dnf wrote a truth value instead.
                "enabled" | "1" => Choice::Enabled(stream.to_owned()),
                _ if section.truth("enabled") == Some(true) => Choice::Enabled(stream.to_owned()),
                _ => continue,
            };
            choices.insert(section.name, choice);
        }
    }
    choices
}

#[derive(Debug, Default)]
struct Gathered {
    builds: Vec<Build>,
    defaults: BTreeMap<String, String>,
    /// Defaults that repositories don't agree on are none.
    disputed: BTreeSet<String>,
}

impl Gathered {
    /// Reads a document, and holds it against what the index of its repository says of it, where it is of one.
    fn take(&mut self, root: &Root, settings: &mut Settings, path: &str, stated: Option<&MetadataFile>) {
        let mut document = match Document::open(root, path, stated) {
            Ok(document) => document,
            Err(why) => return settings.skip(path, why),
        };
        if let Err(why) = self.read(&mut document, settings, path) {
            settings.skip(path, format!("read no further: {why}"));
        } else if let Err(why) = document.finish() {
            settings.skip(path, format!("{why}; so that its modules are not known"));
        }
    }

    fn read(&mut self, document: impl BufRead, settings: &mut Settings, path: &str) -> std::io::Result<()> {
        let skipped = modulemd::read(document, &mut |item| match item {
            Item::Artifact(..) => {}
            Item::Build(build) if self.builds.len() < MOST_BUILDS => self.builds.push(build.clone()),
            Item::Build(_) => {}
            Item::Default { module, stream } => {
                let known = self.defaults.insert(module.to_owned(), stream.to_owned());
                if known.is_some_and(|known| known != stream) {
                    self.disputed.insert(module.to_owned());
                }
            }
        })?;
        for skip in skipped {
            settings.skip(&format!("{path} line {}", skip.line), skip.why);
        }
        Ok(())
    }

    fn settle_defaults(&mut self) {
        self.defaults.retain(|module, stream| !stream.is_empty() && !self.disputed.contains(module));
    }

    /// The builds in force: those of each stream that is enabled or the default, in every version, whose needs are
    /// met; and of what else they need the newest.
    fn in_force(&self, choices: &BTreeMap<String, Choice>, platform: &str) -> Vec<&Build> {
        let wanted = |module: &str| match choices.get(module) {
            Some(Choice::Enabled(stream)) => Some(stream.as_str()),
            Some(Choice::Disabled) => None,
            None => self.defaults.get(module).map(String::as_str),
        };
        let is_free = |build: &&Build| match choices.get(&build.name) {
            Some(Choice::Disabled) => false,
            Some(Choice::Enabled(stream)) => build.stream == *stream,
            None => self.defaults.get(&build.name).is_none_or(|stream| build.stream == *stream),
        };
        let mut possible: Vec<&Build> = self.builds.iter().filter(is_free).collect();
        // Newest first; what can't be met is taken out until nothing changes.
        possible.sort_by(|a, b| {
            (&a.name, &a.stream, b.version, &a.context).cmp(&(&b.name, &b.stream, a.version, &b.context))
        });
        loop {
            let streams: BTreeSet<(&str, &str)> =
                possible.iter().map(|build| (build.name.as_str(), build.stream.as_str())).collect();
            let before = possible.len();
            possible.retain(|build| is_met(build, &streams, platform));
            if possible.len() == before {
                break;
            }
        }
        // One build of every version of a stream, whichever context was met.
        let mut taken: BTreeMap<(&str, u64), &Build> = BTreeMap::new();
        for build in possible.iter().filter(|build| wanted(&build.name) == Some(&build.stream)) {
            taken.entry((&build.name, build.version)).or_insert(build);
        }
        let mut ahead: Vec<&Build> = taken.values().copied().collect();
        let mut names: BTreeSet<&str> = taken.keys().map(|(name, _)| *name).collect();
        while let Some(build) = ahead.pop() {
            for (module, streams) in build.requires.iter().flatten() {
                let needed = possible.iter().find(|other| other.name == *module && fits(&other.stream, streams));
                if let Some(needed) = needed.filter(|_| names.insert(module)) {
                    taken.insert((&needed.name, needed.version), needed);
                    ahead.push(needed);
                }
            }
        }
        taken.into_values().collect()
    }
}

fn is_met(build: &Build, streams: &BTreeSet<(&str, &str)>, platform: &str) -> bool {
    let is_there = |(module, wanted): &(String, Vec<String>)| {
        if module == "platform" {
            // Without a platform nothing is known of what fits it.
            return platform.strip_prefix("platform:").is_none_or(|own| fits(own, wanted));
        }
        streams.iter().any(|(name, stream)| name == module && fits(stream, wanted))
    };
    build.requires.is_empty() || build.requires.iter().any(|alternative| alternative.iter().all(is_there))
}

/// Whether a stream is among those that will do.
fn fits(stream: &str, wanted: &[String]) -> bool {
    let (refused, named): (Vec<_>, Vec<_>) = wanted.iter().partition(|wanted| wanted.starts_with('-'));
    (named.is_empty() || named.iter().any(|wanted| *wanted == stream))
        && !refused.iter().any(|refused| refused.strip_prefix('-') == Some(stream))
}
