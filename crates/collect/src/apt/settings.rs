//! apt's settings: apt.conf.d, apt.conf, and what they leave open.

use crate::dpkg::Database;
use crate::{Options, Root};
use formats::apt_conf::Config;
use model::wire::sections::Skipped;

/// What apt sets before it reads a file (`apt-config dump` with no configuration, apt 2.6).
const DEFAULTS: &[(&str, &str)] = &[
    ("Dir", "/"),
    ("Dir::State", "var/lib/apt"),
    ("Dir::State::lists", "lists/"),
    ("Dir::Etc", "etc/apt"),
    ("Dir::Etc::sourcelist", "sources.list"),
    ("Dir::Etc::sourceparts", "sources.list.d"),
    ("Dir::Etc::main", "apt.conf"),
    ("Dir::Etc::parts", "apt.conf.d"),
    ("Dir::Etc::preferences", "preferences"),
    ("Dir::Etc::preferencesparts", "preferences.d"),
];

/// Largest file of settings, in bytes.
pub(super) const MOST_BYTES: u64 = 8 << 20;

/// The settings that decide about candidates.
pub(super) struct Settings {
    pub(super) config: Config,
    /// Native first.
    pub(super) architectures: Vec<String>,
    pub(super) machine_id: String,
}

impl Settings {
    /// Reads the parts, then the main file, as apt does.
    pub(super) fn read(root: &Root) -> (Self, Vec<Skipped>) {
        let mut config = Config::new();
        let mut skipped = Vec::new();
        for (name, value) in DEFAULTS {
            // Ten items are below any ceiling.
            let _ = config.set(name, value);
        }
        let parts = config.path("Dir::Etc::parts");
        let mut files = parts.map(|parts| files_in(root, &parts, "conf", &mut skipped)).unwrap_or_default();
        files.extend(config.path("Dir::Etc::main").filter(|main| root.exists(main)));
        for path in files {
            match root.read(&path, MOST_BYTES) {
                Ok(bytes) => {
                    skipped.extend(config.read(&bytes).into_iter().map(|skip| note(&path, &skip)));
                }
                Err(why) => skipped.push(Skipped { record: path, why: why.why.to_string() }),
            }
        }
        (Self { config, architectures: Vec::new(), machine_id: String::new() }, skipped)
    }

    /// `APT::Architecture`, else dpkg's own list (its first line, where a foreign architecture was
    /// ever added), else that of the package dpkg, else of apt, else the commonest.
    pub(super) fn native_architecture(&self, root: &Root, database: &Database) -> String {
        if let Some(arch) = self.config.get("APT::Architecture") {
            return arch.to_owned();
        }
        if let Some(arch) = dpkg_architectures(root).into_iter().next() {
            return arch;
        }
        let of = |name: &str| database.packages.iter().find(|package| package.record.name == name);
        if let Some(package) = of("dpkg").or_else(|| of("apt")).filter(|package| package.record.arch != "all") {
            return package.record.arch.clone();
        }
        let mut counts = std::collections::BTreeMap::new();
        for package in database.packages.iter().filter(|package| package.record.arch != "all") {
            *counts.entry(package.record.arch.as_str()).or_insert(0) += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(arch, _)| arch.to_owned()).unwrap_or_default()
    }

    /// `APT::Architectures`, else the native one and what was added to dpkg.
    pub(super) fn set_architectures(&mut self, root: &Root, native: &str) {
        let mut architectures = vec![native.to_owned()];
        let configured = self.config.list("APT::Architectures");
        architectures.extend(if configured.is_empty() { dpkg_architectures(root) } else { configured });
        let mut seen = std::collections::HashSet::new();
        architectures.retain(|arch| !arch.is_empty() && seen.insert(arch.clone()));
        self.architectures = architectures;
    }

    pub(super) fn set_machine_id(&mut self, root: &Root, options: &Options) {
        let configured = self.config.get("APT::Machine-ID").map(str::to_owned);
        self.machine_id =
            options.machine_id.clone().or(configured).unwrap_or_else(|| crate::host::stated_machine_id(root));
    }

    pub(super) fn is_on(&self, name: &str, otherwise: bool) -> bool {
        self.config.truth(name).unwrap_or(otherwise)
    }
}

/// `dpkg --add-architecture` keeps its list here, the native one first.
fn dpkg_architectures(root: &Root) -> Vec<String> {
    let text = root.text("/var/lib/dpkg/arch", MOST_BYTES).unwrap_or_default();
    text.split_ascii_whitespace().map(str::to_owned).take(100).collect()
}

/// A fault of a file as a report names it.
pub(super) fn note(path: &str, skip: &formats::Skipped) -> Skipped {
    Skipped { record: format!("{path} line {}", skip.line), why: skip.why.clone() }
}

/// The files of a directory of parts, as apt picks them: regular, not hidden, the extension asked for
/// or (except for sources) none, and no character that run-parts(8) would refuse.
pub(super) fn files_in(root: &Root, directory: &str, extension: &str, skipped: &mut Vec<Skipped>) -> Vec<String> {
    let entries = match root.list(directory) {
        Ok(entries) => entries,
        Err(why) => {
            if !why.is_missing() {
                skipped.push(Skipped { record: directory.to_owned(), why: why.why.to_string() });
            }
            return Vec::new();
        }
    };
    let directory = directory.trim_end_matches('/');
    let mut files = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.is_file && is_part(&entry.name, extension)) {
        files.push(format!("{directory}/{}", entry.name));
    }
    files
}

fn is_part(name: &str, extension: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'.');
    if name.starts_with('.') || name.ends_with('.') || !name.bytes().all(fine) {
        return false;
    }
    match name.rsplit_once('.') {
        Some((_, found)) if extension == "list" => found == "list" || found == "sources",
        Some((_, found)) => found == extension,
        None => extension != "list",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_parts_as_apt_does() {
        for (name, extension, expected) in [
            ("01autoremove", "conf", true),
            ("x.conf", "conf", true),
            ("x.conf.dpkg-old", "conf", false),
            (".hidden", "conf", false),
            ("bad name", "conf", false),
            ("x~", "conf", false),
            ("x.", "conf", false),
            ("debian.sources", "list", true),
            ("x.list", "list", true),
            ("x.list.save", "list", false),
            ("plain", "list", false),
            ("a.b.list", "list", true),
        ] {
            assert_eq!(is_part(name, extension), expected, "{name}");
        }
    }
}
