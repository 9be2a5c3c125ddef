//! A root in which the real `rpm` builds and installs packages, and the databases of the shared data set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The content of a file of the shared data set, decompressed. A missing one fails the test, never skips it.
pub(crate) fn content(name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hosts/rpmdb")).join(name);
    let bytes = fs::read(&path);
    let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}: the tests need the shared data set", path.display()));
    if name.ends_with(".zst") { zstd::decode_all(&bytes[..]).unwrap() } else { bytes }
}

/// Runs a program that the test can't do without, and gives its output.
pub(crate) fn run(command: &mut Command, package: &str) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; install Debian's package {package}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a root of rpm's and, beside it, what packages are built from.
pub(crate) struct Root {
    folder: TempDir,
}

impl Root {
    /// A root without a database.
    pub(crate) fn new() -> Self {
        let root = Self { folder: TempDir::new().unwrap() };
        for made in ["files", "home", "root"] {
            fs::create_dir(root.path(made)).unwrap();
        }
        // Debian's rpm keeps its database in the home directory unless told otherwise.
        fs::write(root.path("home/.rpmmacros"), "%_dbpath /var/lib/rpm\n").unwrap();
        root
    }

    /// A path in the folder; the root itself is `root`.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// `rpm` on the root.
    pub(crate) fn rpm(&self) -> Command {
        let mut command = Command::new("rpm");
        command.env("HOME", self.path("home")).arg("--root").arg(self.path("root"));
        command
    }

    /// Builds the packages of a spec file; they come to lie in `files`, under their names.
    pub(crate) fn build(&self, spec: &str) {
        fs::write(self.path("x.spec"), spec).unwrap();
        let folder = self.folder.path().display();
        let mut build = Command::new("rpmbuild");
        build.args(["-bb", "--quiet", "--nodeps", "--target", "x86_64-linux"]).env("HOME", self.path("home"));
        for define in [
            format!("_topdir {folder}/build"),
            format!("_rpmdir {folder}/files"),
            "_build_name_fmt %%{NAME}.rpm".to_owned(),
            "__os_install_post %{nil}".to_owned(),
        ] {
            build.args(["--define", &define]);
        }
        run(build.arg(self.path("x.spec")), "rpm");
    }

    /// `rpm -i` into the database alone.
    pub(crate) fn install(&self) -> Command {
        let mut install = self.rpm();
        install.args(["-i", "--justdb", "--nodeps", "--noscripts", "--ignorearch", "--ignoreos"]);
        install
    }

    /// Installs all packages that were built.
    pub(crate) fn install_all(&self) {
        let mut files: Vec<PathBuf> = fs::read_dir(self.path("files")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        run(self.install().args(&files), "rpm");
    }
}
