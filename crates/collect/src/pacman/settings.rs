//! pacman's settings: pacman.conf(5).

use crate::Root;
use crate::glob::Glob;
use formats::alpm::{self, Setting};
use model::wire::sections::Skipped;
use model::wire::without_credentials;

/// Where they begin.
pub(super) const MAIN: &str = "/etc/pacman.conf";
/// Largest file, in bytes.
const MOST_BYTES: u64 = 4 << 20;
/// Deepest nesting of included files, as pacman has it.
const MOST_DEPTH: u32 = 10;
/// Most files.
const MOST_FILES: usize = 1000;
/// Most repositories.
const MOST_REPOSITORIES: usize = 1000;

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Repository {
    pub(super) name: String,
    /// Its first server's address, without credentials; empty where it has none.
    pub(super) uri: String,
    /// What it may be used for; nothing named is everything.
    usage: Vec<String>,
}

impl Repository {
    /// Whether its packages come with an upgrade of everything.
    pub(super) fn upgrades(&self) -> bool {
        self.usage.is_empty() || self.usage.iter().any(|usage| usage == "Upgrade" || usage == "All")
    }
}

/// What is configured.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Where the databases lie, without a slash at its end.
    pub(super) databases: String,
    /// In the order in which pacman asks them.
    pub(super) repositories: Vec<Repository>,
    pub(super) ignored: Vec<(Glob, String)>,
    pub(super) ignored_groups: Vec<(Glob, String)>,
    /// The first that is named; `auto` is the machine's own.
    pub(super) architecture: String,
    pub(super) skipped: Vec<Skipped>,
    files: usize,
}

impl Settings {
    /// Reads the settings with what they include. `$arch` of servers is left where it follows from the machine.
    pub(super) fn read(root: &Root) -> Self {
        let mut settings = Self { databases: "/var/lib/pacman".to_owned(), ..Self::default() };
        let mut section = String::new();
        settings.file(root, MAIN, 0, &mut section);
        let arch = settings.architecture.clone();
        for repository in &mut settings.repositories {
            let mut uri = repository.uri.replace("$repo", &repository.name);
            if !arch.is_empty() {
                uri = uri.replace("$arch", &arch);
            }
            repository.uri = without_credentials(&uri);
        }
        settings
    }

    fn file(&mut self, root: &Root, path: &str, depth: u32, section: &mut String) {
        self.files += 1;
        if depth > MOST_DEPTH || self.files > MOST_FILES {
            return self.skip(path, "is not read: too many files include each other");
        }
        let bytes = match root.read(path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(why) => return self.skip(path, why.why.to_string()),
        };
        let (lines, skipped) = alpm::settings(&bytes);
        for skip in skipped {
            self.skip(&format!("{path} line {}", skip.line), skip.why);
        }
        for (number, setting) in lines {
            match setting {
                Setting::Section(name) => {
                    let is_new = name != "options" && self.repositories.iter().all(|known| known.name != name);
                    if is_new && self.repositories.len() >= MOST_REPOSITORIES {
                        let why = format!("read no further: more than {MOST_REPOSITORIES} repositories");
                        return self.skip(&format!("{path} line {number}"), why);
                    }
                    if is_new {
                        self.repositories.push(Repository { name: name.clone(), ..Repository::default() });
                    }
                    *section = name;
                }
                Setting::Key(key, value) if key == "Include" => {
                    let files = expanded(root, &value);
                    if files.is_empty() {
                        self.skip(&format!("{path} line {number}"), "includes files that do not exist");
                    }
                    for file in files {
                        self.file(root, &file, depth + 1, section);
                    }
                }
                Setting::Key(key, value) => self.key(section, &key, &value),
            }
        }
    }

    fn key(&mut self, section: &str, key: &str, value: &str) {
        let words = || value.split_whitespace();
        let globs = || words().map(|word| (Glob::new(word), word.to_owned()));
        match (section, key) {
            ("options", "IgnorePkg") => self.ignored.extend(globs()),
            ("options", "IgnoreGroup") => self.ignored_groups.extend(globs()),
            ("options", "DBPath") if value.starts_with('/') => {
                value.trim_end_matches('/').clone_into(&mut self.databases);
            }
            ("options", "Architecture") if self.architecture.is_empty() => {
                let first = words().find(|word| *word != "auto").unwrap_or_default();
                first.clone_into(&mut self.architecture);
            }
            ("options", _) => {}
            (name, key) => {
                let Some(repository) = self.repositories.iter_mut().find(|known| known.name == name) else { return };
                match key {
                    "Server" if repository.uri.is_empty() => value.clone_into(&mut repository.uri),
                    "Usage" => repository.usage.extend(words().map(str::to_owned)),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn skip(&mut self, record: &str, why: impl Into<String>) {
        self.skipped.push(Skipped { record: record.to_owned(), why: why.into() });
    }
}

/// The files that a path with globs stands for, in order.
fn expanded(root: &Root, path: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for part in path.split('/').filter(|part| !part.is_empty()) {
        if !part.contains(['*', '?', '[']) {
            found.iter_mut().for_each(|folder| *folder = format!("{folder}/{part}"));
            continue;
        }
        let glob = Glob::new(part);
        let below = |folder: &String| {
            let entries = root.list(folder).unwrap_or_default().into_iter();
            let named = entries.filter(|entry| !entry.name.starts_with('.') && glob.matches(&entry.name));
            named.map(|entry| format!("{folder}/{}", entry.name)).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(below).take(MOST_FILES).collect();
    }
    found.retain(|path| root.exists(path));
    found
}
