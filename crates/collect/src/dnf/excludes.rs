//! What the administrator keeps the manager from taking: excludes, includes, and the locks of versionlock.

use super::nevra::{Nevra, Pattern};
use super::settings::{MOST_BYTES, Settings};
use super::zypp::Lock;
use crate::Root;
use formats::ini;
use model::wire::sections::Withheld;

/// Most patterns; each is held against every package of every repository.
const MOST_PATTERNS: usize = 10_000;

/// Most of them that begin with a wildcard: each of those is held against every package that there is.
const MOST_OPEN: usize = 500;

/// The locks of dnf 5, in a form of their own.
const LOCKS_OF_DNF_5: &str = "/etc/dnf/versionlock.toml";

/// Why a package is not taken: the word, and what exactly, where the word does not say all.
pub(super) type Reason = (Withheld, String);

/// A pattern with the repository that it is for, where it is for one.
#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    repository: Option<usize>,
}

/// Every rule.
#[derive(Debug, Default)]
pub(super) struct Excludes {
    excludes: Vec<Rule>,
    includes: Vec<Rule>,
    locks: Vec<Pattern>,
    /// Lines of versionlock that begin with `!`: versions that are not to come.
    refusals: Vec<Pattern>,
    /// zypper's.
    locks_of_zypper: Vec<Lock>,
}

impl Excludes {
    /// The rules of the settings and of versionlock.
    pub(super) fn read(root: &Root, settings: &mut Settings) -> Self {
        let off = &settings.without_excludes;
        let is_off = |id: &str| off.iter().any(|off| off == "all" || off == id);
        let rules = |patterns: &[String], repository: Option<usize>| -> Vec<Rule> {
            patterns.iter().map(|text| Rule { pattern: Pattern::of_setting(text), repository }).collect()
        };
        let mut all = Self::default();
        if !is_off("main") {
            all.excludes = rules(&settings.excludes, None);
            all.includes = rules(&settings.includes, None);
        }
        for (at, repository) in settings.repositories.iter().enumerate() {
            if repository.is_enabled && !is_off(&repository.id) {
                all.excludes.extend(rules(&repository.excludes, Some(at)));
                all.includes.extend(rules(&repository.includes, Some(at)));
            }
        }
        if let Some(zypper) = &mut settings.zypper {
            all.locks_of_zypper = std::mem::take(&mut zypper.locks);
            return all;
        }
        all.read_locks(root, settings);
        for rules in [&mut all.excludes, &mut all.includes] {
            if rules.len() > MOST_PATTERNS {
                rules.truncate(MOST_PATTERNS);
                let file = settings.file.clone();
                settings.skip(&file, format!("more than {MOST_PATTERNS} patterns of packages; the others don't count"));
            }
        }
        let mut open = 0;
        let mut keep = |pattern: &Pattern| {
            open += usize::from(pattern.is_open());
            !pattern.is_open() || open <= MOST_OPEN
        };
        all.excludes.retain(|rule| keep(&rule.pattern));
        all.includes.retain(|rule| keep(&rule.pattern));
        all.locks.retain(&mut keep);
        all.refusals.retain(&mut keep);
        if open > MOST_OPEN {
            let file = settings.file.clone();
            let why =
                format!("more than {MOST_OPEN} patterns of packages begin with a wildcard; the others don't count");
            settings.skip(&file, why);
        }
        all
    }

    /// The list of the plugin versionlock, of dnf and of yum.
    fn read_locks(&mut self, root: &Root, settings: &mut Settings) {
        if root.is_file(LOCKS_OF_DNF_5) {
            settings.skip(LOCKS_OF_DNF_5, "is not read: what dnf 5 locks is taken for free");
        }
        if settings.has_no_plugins {
            return;
        }
        for folder in settings.plugins.clone() {
            let path = format!("{}/versionlock.conf", folder.trim_end_matches('/'));
            let Ok(bytes) = root.read(&path, MOST_BYTES) else { continue };
            let (sections, _) = ini::parse(&bytes);
            let Some(main) = sections.iter().find(|section| section.name == "main") else { continue };
            let Some(list) = main.get("locklist").filter(|_| main.truth("enabled") != Some(false)) else { continue };
            let text = match root.text(list, MOST_BYTES) {
                Ok(text) => text,
                Err(why) => {
                    settings.skip(list, why.why.to_string());
                    continue;
                }
            };
            let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim);
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            if lines.len() > MOST_PATTERNS {
                settings.skip(list, format!("locks more than {MOST_PATTERNS} patterns; the others don't count"));
            }
            for line in lines.into_iter().take(MOST_PATTERNS) {
                match line.strip_prefix('!') {
                    Some(refused) => self.refusals.push(Pattern::of_lock(refused)),
                    None => self.locks.push(Pattern::of_lock(line)),
                }
            }
        }
    }

    /// Looks at a package that there is, installed or offered.
    pub(super) fn see(&mut self, package: &Nevra<'_>) {
        let rules = self.excludes.iter_mut().chain(&mut self.includes).map(|rule| &mut rule.pattern);
        for pattern in rules.chain(&mut self.locks).chain(&mut self.refusals) {
            pattern.see(package);
        }
    }

    /// Whether a lock names this version.
    pub(super) fn is_locked(&self, package: &Nevra<'_>) -> bool {
        self.locks.iter().any(|lock| lock.matches(package))
            || self.locks_of_zypper.iter().any(|lock| lock.matches(package, None))
    }

    /// Why a package of a repository is not taken, `None` where nothing speaks against it. Every package that there
    /// is was seen before.
    pub(super) fn reason(&self, package: &Nevra<'_>, repository: usize) -> Option<Reason> {
        if self.locks_of_zypper.iter().any(|lock| lock.matches(package, Some(repository))) {
            return Some((Withheld::Held, String::new()));
        }
        let is_for = |rule: &&Rule| rule.repository.is_none_or(|of| of == repository);
        let rule = self.excludes.iter().filter(is_for).find(|rule| rule.pattern.matches(package));
        if let Some(rule) = rule {
            let what = if rule.repository.is_some() { "the repository's excludepkgs" } else { "excludepkgs" };
            return Some((Withheld::Excluded, format!("is among {what} ({})", rule.pattern.text)));
        }
        if self.includes.iter().any(|rule| is_for(&rule))
            && !self.includes.iter().filter(is_for).any(|rule| rule.pattern.matches(package))
        {
            return Some((Withheld::Excluded, "is not among includepkgs".to_owned()));
        }
        if self.refusals.iter().any(|refusal| refusal.matches(package)) {
            return Some((Withheld::Held, String::new()));
        }
        let is_kept = self.locks.iter().any(|lock| lock.locks(package.name));
        (is_kept && !self.is_locked(package)).then(|| (Withheld::Held, String::new()))
    }
}
