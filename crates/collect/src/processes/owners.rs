//! To which package a file belongs, by the managers' own lists of files. Read only where a file was replaced.

use crate::manager::Manager;
use crate::{Root, rpm};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};

/// dpkg's lists, one a package.
const DPKG: &str = "/var/lib/dpkg/info";
/// pacman's local database, a folder a package.
const PACMAN: &str = "/var/lib/pacman/local";
/// apk's list of packages with their files.
const APK: [&str; 2] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
/// Largest list, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// The packages of these files, as far as they are found.
pub(super) fn find(root: &Root, manager: Option<Manager>, paths: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let mut owners =
        Owners { wanted: paths.iter().map(|path| (plain(path).to_owned(), *path)).collect(), found: BTreeMap::new() };
    if !paths.is_empty() {
        match manager {
            Some(Manager::Dpkg) => owners.of_dpkg(root),
            Some(Manager::Rpm) => owners.of_rpm(root),
            Some(Manager::Pacman) => owners.of_pacman(root),
            Some(Manager::Apk) => owners.of_apk(root),
            None => {}
        }
    }
    owners.found
}

/// Where `/lib` is a link to `/usr/lib`, lists may have either.
fn plain(path: &str) -> &str {
    path.strip_prefix("/usr").filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

struct Owners<'a> {
    /// By the path without `/usr`.
    wanted: BTreeMap<String, &'a str>,
    found: BTreeMap<String, String>,
}

impl Owners<'_> {
    fn take(&mut self, path: &str, package: &str) {
        if let Some(wanted) = self.wanted.get(plain(path)) {
            self.found.entry((*wanted).to_owned()).or_insert_with(|| package.to_owned());
        }
    }

    fn lines(root: &Root, path: &str, each: &mut dyn FnMut(&str)) {
        let Ok(file) = root.open(path) else { return };
        let mut lines = BufReader::new(file.take(MOST_BYTES)).split(b'\n');
        while let Some(Ok(line)) = lines.next() {
            each(&String::from_utf8_lossy(&line));
        }
    }

    fn of_dpkg(&mut self, root: &Root) {
        for entry in root.list(DPKG).unwrap_or_default() {
            if self.found.len() == self.wanted.len() {
                return;
            }
            let Some(name) = entry.name.strip_suffix(".list") else { continue };
            let package = name.split(':').next().unwrap_or(name);
            Self::lines(root, &format!("{DPKG}/{}", entry.name), &mut |line| self.take(line, package));
        }
    }

    fn of_rpm(&mut self, root: &Root) {
        let wanted: BTreeSet<String> =
            self.wanted.keys().flat_map(|path| [path.clone(), format!("/usr{path}")]).collect();
        for (path, package) in rpm::owners(root, &wanted) {
            self.take(&path, &package);
        }
    }

    fn of_pacman(&mut self, root: &Root) {
        for entry in root.list(PACMAN).unwrap_or_default().into_iter().filter(|entry| !entry.is_file) {
            // `name-pkgver-pkgrel`
            let Some(name) = entry.name.rsplitn(3, '-').nth(2) else { continue };
            let path = format!("{PACMAN}/{}/files", entry.name);
            Self::lines(root, &path, &mut |line| self.take(&format!("/{line}"), name));
        }
    }

    /// `P:` name, `F:` folder, `R:` file in it.
    fn of_apk(&mut self, root: &Root) {
        let Some(path) = APK.into_iter().find(|path| root.exists(path)) else { return };
        let (mut package, mut folder) = (String::new(), String::new());
        Self::lines(root, path, &mut |line| match line.split_once(':') {
            Some(("P", name)) => name.clone_into(&mut package),
            Some(("F", name)) => name.clone_into(&mut folder),
            Some(("R", name)) => self.take(&format!("/{folder}/{name}"), &package),
            _ => {}
        });
    }
}
