//! A root of rpm's, and what is collected of it.

use collect::{Options, Root, collect};
use model::wire::Collected;
use model::wire::sections::Packages;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A file of the shared data set, decompressed.
pub(crate) fn content(name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hosts/rpmdb")).join(name);
    let bytes = fs::read(&path);
    let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}: the tests need the shared data set", path.display()));
    if name.ends_with(".zst") { zstd::decode_all(&bytes[..]).unwrap() } else { bytes }
}

/// Runs a program that the test can't do without, and gives its output.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; install Debian's package rpm"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) struct Host {
    folder: TempDir,
}

impl Host {
    /// An Enterprise Linux without packages.
    pub(crate) fn new() -> Self {
        let host = Self { folder: TempDir::new().unwrap() };
        host.write("etc/os-release", "ID=\"almalinux\"\nVERSION_ID=\"9.3\"\nPRETTY_NAME=\"AlmaLinux 9.3\"\n");
        host.write("etc/hostname", "el9\n");
        for made in ["home", "files"] {
            fs::create_dir(host.beside(made)).unwrap();
        }
        // Debian's rpm keeps its database in the home directory unless told otherwise.
        fs::write(host.beside("home/.rpmmacros"), "%_dbpath /var/lib/rpm\n").unwrap();
        host
    }

    /// A path beside the root.
    pub(crate) fn beside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A path in the root.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.beside("root").join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.path("")).unwrap(), &Options::default())
    }

    /// The section of packages, which must be there.
    pub(crate) fn packages(&self) -> Packages {
        self.collect().packages.unwrap()
    }

    /// Why there is none.
    pub(crate) fn reason(&self) -> String {
        self.collect().packages.unwrap_err()
    }

    /// `rpm` on the root.
    pub(crate) fn rpm(&self) -> Command {
        let mut command = Command::new("rpm");
        command.env("HOME", self.beside("home")).arg("--root").arg(self.path(""));
        command
    }

    /// Builds the packages of a spec file; they come to lie in `files`, under their names.
    pub(crate) fn build(&self, spec: &str) {
        fs::write(self.beside("x.spec"), spec).unwrap();
        let folder = self.folder.path().display();
        let mut build = Command::new("rpmbuild");
        build.args(["-bb", "--quiet", "--nodeps", "--target", "x86_64-linux"]).env("HOME", self.beside("home"));
        for define in [
            format!("_topdir {folder}/build"),
            format!("_rpmdir {folder}/files"),
            "_build_name_fmt %%{NAME}.rpm".to_owned(),
            "__os_install_post %{nil}".to_owned(),
        ] {
            build.args(["--define", &define]);
        }
        run(build.arg(self.beside("x.spec")));
    }

    /// Installs all packages that were built.
    pub(crate) fn install_all(&self) {
        let mut files: Vec<PathBuf> = fs::read_dir(self.beside("files")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        run(self.install().args(&files));
    }

    /// `rpm -i` into the database alone.
    pub(crate) fn install(&self) -> Command {
        let mut install = self.rpm();
        install.args(["-i", "--justdb", "--nodeps", "--noscripts", "--ignorearch", "--ignoreos"]);
        install
    }
}

/// Eight packages with what differs between packages, and a kernel in parts as Enterprise Linux 9 has it.
pub(crate) const SPEC: &str = "Name: suite\nVersion: 2.0\nRelease: 1.el9\nSummary: x\nLicense: MIT\nVendor: AlmaLinux\n\
    Packager: packager@example.org\n%description\nx\n%install\n\
    mkdir -p %{buildroot}/lib/modules/5.14.0-362.8.1.el9_3.x86_64 %{buildroot}/boot\n\
    touch %{buildroot}/lib/modules/5.14.0-362.8.1.el9_3.x86_64/vmlinuz \
    %{buildroot}/boot/vmlinuz-5.14.0-70.el9.x86_64\n%files\n\
    %package -n bash\nSummary: x\nEpoch: 1\nVersion: 5.1.8\nRelease: 9.el9\n\
    Requires: libc.so.6(GLIBC_2.34)(64bit), suite >= 2\n\
    Requires(post): /bin/sh\nRequires(preun): /bin/sh\n%description -n bash\nx\n%files -n bash\n\
    %package -n data\nSummary: x\nBuildArch: noarch\n%description -n data\nx\n%files -n data\n\
    %package -n nodejs\nSummary: x\nModularityLabel: nodejs:20:9030020231012:rhel9\n\
    %description -n nodejs\nx\n%files -n nodejs\n\
    %package -n kernel\nSummary: x\nVersion: 5.14.0\nRelease: 362.8.1.el9_3\n%description -n kernel\nx\n%files -n kernel\n\
    %package -n kernel-core\nSummary: x\nVersion: 5.14.0\nRelease: 362.8.1.el9_3\n%description -n kernel-core\nx\n\
    %files -n kernel-core\n/lib/modules/5.14.0-362.8.1.el9_3.x86_64/vmlinuz\n\
    %package -n kernel-old\nSummary: x\nVersion: 5.14.0\nRelease: 70.el9\n%description -n kernel-old\nx\n\
    %files -n kernel-old\n/boot/vmlinuz-5.14.0-70.el9.x86_64\n\
    %package -n kernel-headers\nSummary: x\n%description -n kernel-headers\nx\n%files -n kernel-headers\n";
