//! Settings of dnf and yum: dnf.conf(5), yum.conf(5), their variables, and the configured repositories.

use super::zypp::{self, Zypper};
use crate::glob::Glob;
use crate::text::identifier;
use crate::{Root, os_release};
use formats::ini::{self, Section};
use model::wire::sections::Skipped;
use model::wire::without_credentials;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Largest file of settings, in bytes.
pub(super) const MOST_BYTES: u64 = 4 << 20;
/// Most repositories. A host of Red Hat's content delivery has some 2,000, nearly all disabled.
const MOST_REPOSITORIES: usize = 5_000;
/// Files with the main settings, the first that is there. What dnf leaves at yum's place is a link to its own.
const MAIN: [&str; 2] = ["/etc/dnf/dnf.conf", "/etc/yum.conf"];
/// Folders of drop-ins over the main settings, of dnf 5.
const DROP_INS: [&str; 2] = ["/usr/share/dnf5/libdnf.conf.d", "/etc/dnf/libdnf5.conf.d"];
/// Folders of repositories, where `reposdir` says no others.
const REPOSITORIES: [&str; 4] =
    ["/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d"];
/// Folders of settings over those of repositories, of dnf 5.
const OVERRIDES: [&str; 2] = ["/usr/share/dnf5/repos.override.d", "/etc/dnf/repos.override.d"];
/// Folders of variables.
const VARIABLES: [&str; 3] = ["/usr/share/dnf5/vars.d", "/etc/yum/vars", "/etc/dnf/vars"];
/// Where metadata are kept: what dnf, dnf 5 and yum take unless told otherwise.
const CACHES: [&str; 3] = ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum/$basearch/$releasever"];

/// A configured repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Repository {
    pub(super) id: String,
    pub(super) name: String,
    /// Its address, or that of the list of its mirrors, without credentials; empty where it has none.
    pub(super) uri: String,
    /// What dnf ends the name of its folder of metadata with: the beginning of the SHA-256 of the address that it
    /// fetches by, in hexadecimal digits (libdnf's `Repo::Impl::getHash`).
    pub(super) hash: String,
    pub(super) is_enabled: bool,
    /// The lower, the more it is preferred.
    pub(super) priority: i64,
    /// Decides between the same version of two repositories of one priority; the lower is taken.
    pub(super) cost: i64,
    pub(super) excludes: Vec<String>,
    pub(super) includes: Vec<String>,
    /// Where below its address its metadata lie (zypper's `path`), with a slash before it; empty for none.
    pub(super) below: String,
    /// Its packages are taken whatever modules say.
    pub(super) has_hotfixes: bool,
    /// Where it stands.
    pub(super) file: String,
}

/// How much of the hash of an address stands in a folder's name.
const HASH_BYTES: usize = 8;

/// Everything that is configured.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The file with the main settings.
    pub(super) file: String,
    /// The manager is yum, whose plugins have another place.
    pub(super) is_yum: bool,
    /// The manager is zypper, with what it alone has.
    pub(super) zypper: Option<Zypper>,
    pub(super) repositories: Vec<Repository>,
    pub(super) excludes: Vec<String>,
    pub(super) includes: Vec<String>,
    /// Of whom excludes and includes don't count: `main`, ids, or `all`.
    pub(super) without_excludes: Vec<String>,
    /// Plugins are switched off.
    pub(super) has_no_plugins: bool,
    /// `pluginconfpath`.
    pub(super) plugins: Vec<String>,
    /// Folders in which metadata may lie, variables resolved as far as they are known.
    pub(super) caches: Vec<String>,
    /// What modules are built for: `platform:el8`.
    pub(super) platform: String,
    pub(super) skipped: Vec<Skipped>,
}

/// Whether dnf or yum is configured here.
pub(crate) fn is_there(root: &Root) -> bool {
    MAIN.iter().any(|path| root.exists(path)) || REPOSITORIES.iter().any(|path| root.exists(path))
}

impl Settings {
    /// Reads all settings. `native` is the host's architecture.
    pub(super) fn read(root: &Root, native: &str) -> Self {
        let mut settings = Self::default();
        let file = MAIN.into_iter().find(|path| root.is_file(path)).unwrap_or(MAIN[0]);
        file.clone_into(&mut settings.file);
        settings.is_yum = file == MAIN[1];
        let mut sections = if root.exists(file) { settings.sections(root, file) } else { Vec::new() };
        for path in DROP_INS.iter().flat_map(|folder| settings.files(root, folder, ".conf")).collect::<Vec<_>>() {
            for section in settings.sections(root, &path) {
                merge(&mut sections, section);
            }
        }
        let at = sections.iter().position(|section| section.name == "main");
        let main = at.map(|at| sections.remove(at)).unwrap_or_default();
        let variables = Variables::read(root, native, &main);
        settings.main(root, &main, &variables);
        let mut found: Vec<(String, Section)> =
            sections.into_iter().map(|section| (file.to_owned(), section)).collect();
        let folders: Vec<String> = match main.list("reposdir") {
            Some(folders) => folders.into_iter().map(str::to_owned).collect(),
            None => REPOSITORIES.into_iter().map(str::to_owned).collect(),
        };
        for folder in &folders {
            for path in settings.files(root, folder, ".repo") {
                found.extend(settings.sections(root, &path).into_iter().map(|section| (path.clone(), section)));
            }
        }
        for path in OVERRIDES.iter().flat_map(|folder| settings.files(root, folder, ".repo")).collect::<Vec<_>>() {
            for over in settings.sections(root, &path) {
                let meant = Glob::new(&over.name);
                for (_, section) in found.iter_mut().filter(|(_, section)| meant.matches(&section.name)) {
                    over.keys().for_each(|(key, value)| section.set(key, value));
                }
            }
        }
        for (path, section) in found {
            settings.add(&path, &section, &variables);
        }
        settings
    }

    /// Reads the settings of zypper: its repositories, and what [`Zypper`] has. `native` is the host's architecture.
    pub(super) fn of_zypper(root: &Root, native: &str) -> Self {
        let mut settings = Self { file: zypp::SETTINGS.to_owned(), ..Self::default() };
        let sections = if root.exists(zypp::SETTINGS) { settings.sections(root, zypp::SETTINGS) } else { Vec::new() };
        let main = sections.into_iter().find(|section| section.name == "main").unwrap_or_default();
        let variables = Variables::read(root, native, &main);
        settings.caches = vec![main.get("metadatadir").unwrap_or(zypp::CACHE).to_owned()];
        let folder = main.get("reposdir").unwrap_or(zypp::REPOSITORIES).to_owned();
        for path in settings.files(root, &folder, ".repo") {
            for section in settings.sections(root, &path) {
                settings.add(&path, &section, &variables);
            }
        }
        let zypper = Zypper::read(root, &main, &mut settings);
        settings.zypper = Some(zypper);
        settings
    }

    /// The manager's name, as its command.
    pub(super) fn tool(&self) -> &'static str {
        match (&self.zypper, self.is_yum) {
            (Some(_), _) => "zypper",
            (None, true) => "yum",
            (None, false) => "dnf",
        }
    }

    fn main(&mut self, root: &Root, main: &Section, variables: &Variables) {
        let words = |keys: &[&str]| -> Vec<String> {
            let lists = keys.iter().filter_map(|key| main.list(key)).flatten();
            lists.map(|word| variables.resolve(word)).collect()
        };
        self.excludes = words(&["excludepkgs", "exclude"]);
        self.includes = words(&["includepkgs"]);
        self.without_excludes = words(&["disable_excludes"]);
        self.has_no_plugins = main.truth("plugins") == Some(false) || self.is_yum && main.truth("plugins").is_none();
        self.plugins = words(&["pluginconfpath"]);
        if self.plugins.is_empty() {
            self.plugins.push(if self.is_yum { "/etc/yum/pluginconf.d" } else { "/etc/dnf/plugins" }.to_owned());
        }
        let told = ["cachedir", "system_cachedir"].into_iter().filter_map(|key| main.get(key));
        let caches = told.chain(CACHES).map(|path| variables.resolve(path));
        self.caches = caches.filter(|path| path.starts_with('/')).collect();
        self.platform = match main.get("module_platform_id") {
            Some(platform) => platform.to_owned(),
            None => os_release::value(root, "PLATFORM_ID"),
        };
    }

    fn add(&mut self, path: &str, section: &Section, variables: &Variables) {
        if self.repositories.len() >= MOST_REPOSITORIES {
            if self.repositories.len() == MOST_REPOSITORIES {
                self.skip(path, format!("read no further: more than {MOST_REPOSITORIES} repositories"));
            }
            return;
        }
        let id = variables.resolve(&section.name);
        if self.repositories.iter().any(|known| known.id == id) {
            return self.skip(path, format!("repository '{}' is configured twice; the first counts", identifier(&id)));
        }
        let mut number = |key: &str, default: i64| match section.get(key).map(str::parse) {
            None => default,
            Some(Ok(number)) => number,
            Some(Err(_)) => {
                let why = format!(
                    "'{}' is no number for {key} of '{}'",
                    identifier(section.get(key).unwrap_or_default()),
                    identifier(&id)
                );
                self.skipped.push(Skipped { record: path.to_owned(), why });
                default
            }
        };
        let (priority, cost) = (number("priority", 99), number("cost", 1000));
        let words = |keys: &[&str]| -> Vec<String> {
            keys.iter().filter_map(|key| section.list(key)).flatten().map(|word| variables.resolve(word)).collect()
        };
        let address =
            ["baseurl", "metalink", "mirrorlist"].into_iter().find_map(|key| section.list(key)?.first().copied());
        // In this order, the first that is set.
        let fetched_by =
            ["metalink", "mirrorlist", "baseurl"].into_iter().find_map(|key| section.list(key)?.first().copied());
        let hash = Sha256::digest(variables.resolve(fetched_by.unwrap_or_default()).as_bytes());
        self.repositories.push(Repository {
            hash: hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect(),
            name: variables.resolve(section.get("name").unwrap_or_default()),
            uri: without_credentials(&variables.resolve(address.unwrap_or_default())),
            is_enabled: section.truth("enabled") != Some(false),
            priority,
            cost,
            excludes: words(&["excludepkgs", "exclude"]),
            includes: words(&["includepkgs"]),
            below: match section.get("path").unwrap_or_default().trim_matches('/') {
                "" => String::new(),
                path => format!("/{path}"),
            },
            has_hotfixes: section.truth("module_hotfixes") == Some(true),
            file: path.to_owned(),
            id,
        });
    }

    /// The files of a folder with an ending, in the order of their names.
    pub(super) fn files(&mut self, root: &Root, folder: &str, ending: &str) -> Vec<String> {
        let folder = folder.trim_end_matches('/');
        match root.list(folder) {
            Ok(entries) => {
                let files = entries.into_iter().filter(|entry| entry.is_file && entry.name.ends_with(ending));
                files.map(|entry| format!("{folder}/{}", entry.name)).collect()
            }
            Err(why) => {
                if !why.is_missing() {
                    self.skip(folder, why.why.to_string());
                }
                Vec::new()
            }
        }
    }

    pub(super) fn sections(&mut self, root: &Root, path: &str) -> Vec<Section> {
        match root.read(path, MOST_BYTES) {
            Ok(bytes) => {
                let (sections, skipped) = ini::parse(&bytes);
                for skip in skipped {
                    self.skip(&format!("{path} line {}", skip.line), skip.why);
                }
                sections
            }
            Err(why) => {
                self.skip(path, why.why.to_string());
                Vec::new()
            }
        }
    }

    pub(super) fn skip(&mut self, record: &str, why: impl Into<String>) {
        self.skipped.push(Skipped { record: record.to_owned(), why: why.into() });
    }
}

fn merge(sections: &mut Vec<Section>, over: Section) {
    match sections.iter_mut().find(|section| section.name == over.name) {
        Some(section) => over.keys().for_each(|(key, value)| section.set(key, value)),
        None => sections.push(over),
    }
}

/// What `$name` stands for.
#[derive(Debug, Default)]
struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The release, the architecture, and the files in the folders of variables. The release is the first part of
    /// os-release's version, as Enterprise Linux and Fedora have it; Amazon's has all of it.
    fn read(root: &Root, native: &str, main: &Section) -> Self {
        let mut values = BTreeMap::new();
        let os = os_release::read(root).unwrap_or_default();
        let version = os.version_id.split('.').next().unwrap_or_default();
        values.insert("releasever".to_owned(), version.to_owned());
        values.insert("releasever_major".to_owned(), version.to_owned());
        values.insert("arch".to_owned(), native.to_owned());
        values.insert("basearch".to_owned(), base_architecture(native).to_owned());
        let folders: Vec<String> = match main.list("varsdir") {
            Some(folders) => folders.into_iter().map(str::to_owned).collect(),
            None => VARIABLES.into_iter().map(str::to_owned).collect(),
        };
        for folder in folders {
            for entry in root.list(&folder).unwrap_or_default().into_iter().filter(|entry| entry.is_file) {
                if let Ok(text) = root.text(&format!("{folder}/{}", entry.name), 4096) {
                    values.insert(entry.name, text.lines().next().unwrap_or_default().trim().to_owned());
                }
            }
        }
        values.retain(|_, value| !value.is_empty());
        Self(values)
    }

    /// `$name` and `${name}` by what they stand for; names that are not known stay as they are.
    fn resolve(&self, text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, behind)) = rest.split_once('$') {
            out.push_str(before);
            let is_braced = behind.starts_with('{');
            let name = behind.trim_start_matches('{');
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            let after = if is_braced { after.strip_prefix('}') } else { Some(after) };
            match (self.0.get(name), after) {
                (Some(value), Some(after)) => {
                    out.push_str(value);
                    rest = after;
                }
                _ => {
                    out.push('$');
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// The word for an architecture's family, as dnf has it in `dnf/rpm/__init__.py`.
fn base_architecture(arch: &str) -> &str {
    match arch {
        "i386" | "i486" | "i586" | "i686" | "athlon" => "i386",
        "x86_64" | "amd64" | "ia32e" | "x86_64_v2" => "x86_64",
        "armv7hl" | "armv7hnl" | "armv8hl" => "armhfp",
        other => other,
    }
}

/// Whether packages of an architecture run on another, as rpm's `rpmrc` has it. An unknown host takes any.
pub(super) fn runs_on(native: &str, arch: &str) -> bool {
    const X86: &[&str] = &["athlon", "i686", "i586", "i486", "i386"];
    const AMD64: &[&str] = &["x86_64", "x86_64_v2", "x86_64_v3", "amd64", "ia32e"];
    arch == "noarch"
        || native.is_empty()
        || match base_architecture(native) {
            "x86_64" => AMD64.contains(&arch) || X86.contains(&arch),
            "i386" => X86.contains(&arch),
            "armhfp" => arch.starts_with("armv"),
            _ => arch == native,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_resolved_as_dnf_does() {
        let variables =
            Variables([("releasever", "9"), ("basearch", "x86_64")].map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        for (text, wanted) in [
            ("https://e.org/$releasever/$basearch/os", "https://e.org/9/x86_64/os"),
            ("a-${releasever}b", "a-9b"),
            ("$other/$", "$other/$"),
            ("${releasever", "${releasever"),
        ] {
            assert_eq!(variables.resolve(text), wanted);
        }
    }
}
