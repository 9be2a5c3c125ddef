//! Private roots with packages, and what `oscap` says on them.

use crate::rpm_file::RpmFile;
use feeds::formats::oval::{Host, HostPackage};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use versions::Scheme;

/// A package to install.
pub(crate) struct Chosen {
    pub(crate) name: String,
    /// With the epoch, where it is not 0.
    pub(crate) version: String,
}

/// A root.
pub(crate) struct Root {
    folder: TempDir,
    /// Of rpm's packages; else of dpkg's.
    rpm: bool,
}

/// Runs a program that the test can't do without.
fn run(command: &mut Command, package: &str) -> Output {
    let output = command.output();
    output.unwrap_or_else(|error| panic!("{command:?}: {error}; install Debian's package {package}"))
}

/// The release of the kernel that runs here.
fn running_kernel() -> String {
    std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap().trim().to_owned()
}

impl Root {
    /// A root with rpm's database, whose packages bear the vendor's key id.
    pub(crate) fn rpm(chosen: &[Chosen], release: &str, key: &str, modules: &[(&str, &str)]) -> (Self, Host) {
        let root = Self { folder: TempDir::new().unwrap(), rpm: true };
        // In a root, oscap calls tests of the running kernel not applicable; beside the test of the next
        // kernel, which has no file here, that comes to the same as a kernel newer than all.
        let running_kernel = "99.0.0-1.x86_64".to_owned();
        let mut host = Host { scheme: Some(Scheme::Rpm), running_kernel, ..Host::default() };
        let package = |name: &str, version: &str| HostPackage {
            name: name.to_owned(),
            version: version.to_owned(),
            arch: "x86_64".to_owned(),
            key: key.to_owned(),
        };
        for made in ["files", "root/etc/dnf/modules.d", "home"] {
            std::fs::create_dir_all(root.path(made)).unwrap();
        }
        host.add_owner("/etc/redhat-release", package("redhat-release-server", release));
        std::fs::write(root.path("root/etc/redhat-release"), "x").unwrap();
        for (name, stream) in modules {
            host.enable_module(name, stream);
        }
        for (path, text) in &host.files {
            std::fs::write(root.path(&format!("root{path}")), text).unwrap();
        }
        host.packages.extend(chosen.iter().map(|chosen| package(&chosen.name, &chosen.version)));
        let mut list = String::new();
        for (number, package) in host.packages.iter().enumerate() {
            let (epoch, version, release) = package.parts();
            let file = RpmFile {
                name: &package.name,
                epoch: epoch.parse().unwrap(),
                version,
                release,
                arch: &package.arch,
                key,
                file: (number == 0).then_some("redhat-release"),
            };
            let path = root.path(&format!("files/{number}.rpm"));
            std::fs::write(&path, file.bytes()).unwrap();
            writeln!(list, "{path}").unwrap();
        }
        std::fs::write(root.path("list"), list).unwrap();
        // Debian's rpm keeps its database in the home directory unless told otherwise.
        std::fs::write(root.path("home/.rpmmacros"), "%_dbpath /var/lib/rpm\n").unwrap();
        let options = "--justdb --nodeps --noorder --noscripts --notriggers --nosignature --nodigest --nofiledigest --ignorearch --ignoreos";
        let mut command = Command::new("rpm");
        command.env("HOME", root.path("home")).args(["--root", &root.path("root"), "-i"]);
        let output = run(command.args(options.split(' ')).arg(root.path("list")), "rpm");
        assert!(output.status.success(), "{output:?}");
        let mut command = Command::new("rpm");
        command.env("HOME", root.path("home")).args(["--root", &root.path("root"), "-qa"]);
        let output = run(&mut command, "rpm");
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), host.packages.len());
        (root, host)
    }

    /// A root with dpkg's status and a file that names the release.
    pub(crate) fn dpkg(chosen: &[Chosen], codename: &str) -> (Self, Host) {
        let root = Self { folder: TempDir::new().unwrap(), rpm: false };
        let mut host = Host { scheme: Some(Scheme::Dpkg), running_kernel: running_kernel(), ..Host::default() };
        for made in ["etc/apt", "var/lib/dpkg", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"] {
            std::fs::create_dir_all(root.path(made)).unwrap();
        }
        let text = format!("DISTRIB_ID=Ubuntu\nDISTRIB_CODENAME={codename}\n");
        std::fs::write(root.path("etc/lsb-release"), &text).unwrap();
        host.files.insert(root.path("etc/lsb-release"), text);
        let mut status = String::new();
        for Chosen { name, version } in chosen {
            writeln!(
                status,
                "Package: {name}\nStatus: install ok installed\nMaintainer: x <x@example.org>\nArchitecture: amd64\nVersion: {version}\nDescription: x\n"
            )
            .unwrap();
            host.packages.push(HostPackage {
                name: name.clone(),
                version: version.clone(),
                arch: "amd64".to_owned(),
                key: String::new(),
            });
        }
        std::fs::write(root.path("var/lib/dpkg/status"), status).unwrap();
        let folder = root.path("");
        let settings = format!(
            "Dir \"{folder}\";\nDir::State::status \"{folder}var/lib/dpkg/status\";\nAPT::Architecture \"amd64\";\nAPT::Architectures {{\"amd64\";}};\n"
        );
        std::fs::write(root.path("apt.conf"), settings).unwrap();
        (root, host)
    }

    /// A path in the root's folder.
    pub(crate) fn path(&self, path: &str) -> String {
        self.folder.path().join(path).to_str().unwrap().to_owned()
    }

    /// What oscap says of each definition of a document.
    pub(crate) fn evaluate(&self, document: &[u8]) -> BTreeMap<String, String> {
        let file = self.path("document.xml");
        std::fs::write(&file, document).unwrap();
        let mut command = Command::new("oscap");
        command.args(["oval", "eval", "--skip-validation"]).arg(Path::new(&file));
        if self.rpm {
            command.env("HOME", self.path("home")).env("OSCAP_PROBE_ROOT", self.path("root"));
        } else {
            command.env("APT_CONFIG", self.path("apt.conf"));
        }
        let output = run(&mut command, "openscap-scanner");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        // `Definition oval:com.redhat.rhsa:def:20191167: true`
        let lines = text.lines().filter_map(|line| line.strip_prefix("Definition ")?.rsplit_once(": "));
        lines.map(|(id, result)| (id.to_owned(), result.to_owned())).collect()
    }
}
