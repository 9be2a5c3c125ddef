//! A root in apk's format.

use collect::{Options, Root, collect};
use model::wire::Collected;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

pub(crate) struct Host {
    folder: TempDir,
}

/// Packages in apk's format: `name version` and, behind a `|`, further lines with `;` between them.
pub(crate) fn list<'a>(packages: impl IntoIterator<Item = &'a str>) -> String {
    let one = |text: &str| {
        let (head, lines) = text.split_once('|').unwrap_or((text, ""));
        let (name, version) = head.trim().split_once(' ').unwrap();
        let lines: String =
            lines.split(';').filter(|line| !line.trim().is_empty()).map(|l| format!("{}\n", l.trim())).collect();
        format!("C:Q1abc=\nP:{name}\nV:{version}\nA:x86_64\nS:100\n{lines}\n")
    };
    packages.into_iter().map(one).collect()
}

impl Host {
    pub(crate) fn new() -> Self {
        let host = Self { folder: TempDir::new().unwrap() };
        host.write("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.0\n");
        host
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("root").join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// An index as apk's repositories have it: an archive with a signature, cut off behind it, and one of the list,
    /// each packed with gzip.
    pub(crate) fn index(&self, path: &str, packages: &[&str]) {
        self.index_of(path, &list(packages.iter().copied()));
    }

    /// The same of a list as it stands.
    pub(crate) fn index_of(&self, path: &str, list: &str) {
        let folder = self.folder.path().join("index");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("APKINDEX"), list).unwrap();
        fs::write(folder.join("DESCRIPTION"), "v3.19.0-1-gabc").unwrap();
        fs::write(folder.join(".SIGN.RSA.x.rsa.pub"), "x").unwrap();
        let pack = |script: &str| {
            let mut shell = Command::new("sh");
            let output = shell.args(["-c", script]).current_dir(&folder).output().unwrap();
            assert!(output.status.success(), "{script}");
            output.stdout
        };
        let mut bytes = pack("tar -cf - .SIGN.RSA.x.rsa.pub | head -c 1024 | gzip -n");
        bytes.extend(pack("tar -cf - DESCRIPTION APKINDEX | gzip -n"));
        self.write(path, bytes);
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.path("")).unwrap(), &Options::default())
    }
}
