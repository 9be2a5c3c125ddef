//! Roots in which the real `rpm` installs packages, and repositories that the real `createrepo_c` makes of others.

use collect::{Options, Root, collect};
use model::wire::Collected;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A package to be built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) name: String,
    /// `[epoch:]version-release`.
    pub(crate) evr: String,
    pub(crate) arch: String,
    /// Further lines of its part of the spec file.
    pub(crate) lines: Vec<String>,
}

/// A package without more than it needs: `name evr arch`.
pub(crate) fn made(text: &str) -> Made {
    let mut words = text.split_whitespace().map(str::to_owned);
    let mut next = || words.next().unwrap();
    Made { name: next(), evr: next(), arch: next(), lines: Vec::new() }
}

/// The same with a line more.
pub(crate) fn made_with(text: &str, line: &str) -> Made {
    Made { lines: line.split(';').map(|line| line.trim().to_owned()).collect(), ..made(text) }
}

/// A folder with a root and its repositories.
pub(crate) struct Lab {
    folder: TempDir,
    built: u32,
}

impl Lab {
    /// An Enterprise Linux 9 without packages and repositories.
    pub(crate) fn new() -> Self {
        let lab = Self { folder: TempDir::new().unwrap(), built: 0 };
        // Debian's rpm keeps its database in the home directory unless told otherwise.
        lab.write("home/.rpmmacros", "%_dbpath /var/lib/rpm\n");
        let os = "ID=\"almalinux\"\nVERSION_ID=\"9.0\"\nPLATFORM_ID=\"platform:el9\"\nPRETTY_NAME=\"AlmaLinux 9.0\"\n";
        lab.write("root/etc/os-release", os);
        lab.write("root/etc/dnf/dnf.conf", "[main]\ngpgcheck=0\nbest=True\n");
        lab.write("root/etc/hostname", "el9\n");
        // The plugin reads its list where its settings say, whatever the root.
        let list = "/etc/dnf/plugins/versionlock.list";
        lab.write(&format!("root{list}"), "");
        lab.write("root/etc/dnf/plugins/versionlock.conf", &format!("[main]\nenabled = 1\nlocklist = {list}\n"));
        let list = lab.path(&format!("root{list}"));
        lab.write("plugins/versionlock.conf", &format!("[main]\nenabled = 1\nlocklist = {}\n", list.display()));
        lab
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds packages into a folder of their own and gives their files.
    fn build(&mut self, packages: &[Made]) -> Vec<PathBuf> {
        // One spec file can build a name once, and for one architecture beside noarch.
        let mut rounds: BTreeMap<(bool, usize), Vec<&Made>> = BTreeMap::new();
        let mut seen: BTreeMap<(bool, &str), usize> = BTreeMap::new();
        for package in packages {
            let is_32 = package.arch == "i686";
            let times = seen.entry((is_32, &package.name)).or_default();
            rounds.entry((is_32, *times)).or_default().push(package);
            *times += 1;
        }
        self.built += 1;
        let out = self.path(&format!("built/{}", self.built));
        for ((is_32, _), packages) in rounds {
            let mut spec =
                String::from("Name: lab\nVersion: 1\nRelease: 1\nSummary: x\nLicense: MIT\n%description\nx\n");
            for Made { name, evr, arch, lines } in packages {
                let (epoch, rest) = evr.split_once(':').unwrap_or(("0", evr));
                let (version, release) = rest.rsplit_once('-').unwrap();
                spec += &format!("%package -n {name}\nSummary: x\nVersion: {version}\nRelease: {release}\n");
                if epoch != "0" {
                    spec += &format!("Epoch: {epoch}\n");
                }
                if arch == "noarch" {
                    spec += "BuildArch: noarch\n";
                }
                lines.iter().for_each(|line| spec += &format!("{line}\n"));
                spec += &format!("%description -n {name}\nx\n%files -n {name}\n");
            }
            self.write("x.spec", &spec);
            let mut build = Command::new("rpmbuild");
            build.args(["-bb", "--quiet", "--nodeps", "--target", if is_32 { "i686-linux" } else { "x86_64-linux" }]);
            for define in [
                format!("_topdir {}", self.path("build").display()),
                format!("_rpmdir {}", out.display()),
                "_build_name_fmt %%{NAME}-%%{EPOCH}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm".to_owned(),
                "__os_install_post %{nil}".to_owned(),
                "_binary_payload w0.gzdio".to_owned(),
            ] {
                build.args(["--define", &define]);
            }
            run(build.env("HOME", self.path("home")).arg(self.path("x.spec")), "rpm");
        }
        let mut files: Vec<PathBuf> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Installs packages into the root's database.
    pub(crate) fn install(&mut self, packages: &[Made]) {
        let files = self.build(packages);
        let mut install = Command::new("rpm");
        install.env("HOME", self.path("home")).arg("--root").arg(self.path("root"));
        install.args(["-i", "--justdb", "--nodeps", "--noscripts", "--ignorearch", "--ignoreos", "--force"]);
        run(install.args(&files), "rpm");
    }

    /// Makes a repository, with documents about its advisories and modules where they are given, and configures it
    /// with further settings.
    pub(crate) fn repository(&mut self, id: &str, packages: &[Made], documents: &[(&str, &str)], settings: &str) {
        let folder = self.path(&format!("repositories/{id}"));
        fs::create_dir_all(&folder).unwrap();
        if !packages.is_empty() {
            for file in self.build(packages) {
                fs::rename(&file, folder.join(file.file_name().unwrap())).unwrap();
            }
        }
        run(Command::new("createrepo_c").arg("-q").arg(&folder), "createrepo-c");
        for (kind, document) in documents {
            let name = if *kind == "modules" { "modules.yaml" } else { "updateinfo.xml" };
            self.write(name, document);
            let mut modify = Command::new("modifyrepo_c");
            modify.arg(format!("--mdtype={kind}")).arg(self.path(name)).arg(folder.join("repodata"));
            run(&mut modify, "createrepo-c");
        }
        let url = folder.display();
        let text = format!("[{id}]\nname=Repository {id}\nbaseurl=file://{url}\ngpgcheck=0\n{settings}\n");
        self.write(&format!("root/etc/yum.repos.d/{id}.repo"), &text);
    }

    /// Makes the index of a repository once more, with checksums of another kind.
    pub(crate) fn index_again(&self, id: &str, kind: &str) {
        let folder = self.path(&format!("repositories/{id}"));
        run(Command::new("createrepo_c").args(["-q", "-s", kind]).arg(folder), "createrepo-c");
    }

    /// A list of no packages, packed as createrepo_c does.
    pub(crate) fn empty_list(&self) -> Vec<u8> {
        let folder = self.path("repositories/empty");
        fs::create_dir_all(&folder).unwrap();
        run(Command::new("createrepo_c").arg("-q").arg(&folder), "createrepo-c");
        let mut files = fs::read_dir(folder.join("repodata")).unwrap().map(|file| file.unwrap().path());
        fs::read(files.find(|path| path.to_str().unwrap().contains("primary.xml")).unwrap()).unwrap()
    }

    /// A text, packed by gzip.
    pub(crate) fn gzip(text: &str) -> Vec<u8> {
        let output = Command::new("sh").args(["-c", "printf %s \"$1\" | gzip -c", "sh", text]).output().unwrap();
        assert!(output.status.success());
        output.stdout
    }

    fn command(&self) -> Command {
        let mut dnf = Command::new("dnf");
        dnf.env("HOME", self.path("home")).env("LC_ALL", "C.UTF-8").arg("-q").arg("--releasever=9");
        dnf.arg("-c").arg(self.path("root/etc/dnf/dnf.conf")).arg("--installroot").arg(self.path("root"));
        dnf.arg(format!("--setopt=pluginconfpath={}", self.path("plugins").display()));
        dnf
    }

    /// Has dnf change what is installed.
    pub(crate) fn change(&self, arguments: &[&str]) {
        run(self.command().arg("-y").args(arguments), "dnf");
    }

    /// `dnf makecache`.
    pub(crate) fn fetch(&self) {
        run(self.command().arg("makecache"), "dnf");
    }

    /// What dnf says by what it has, in words. 100 is its way to say that there are updates.
    pub(crate) fn dnf(&self, arguments: &[&str]) -> Vec<String> {
        let mut command = self.command();
        command.arg("-C").args(arguments);
        let output = command.stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; install Debian's package dnf"));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 100)), "{command:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.path("root")
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.root()).unwrap(), &Options::default())
    }
}

/// Runs a program that the tests can't do without.
pub(crate) fn run(command: &mut Command, package: &str) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; install Debian's package {package}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A document of advisories: id, kind, and its packages as `name evr arch`, with module, stream and context before a
/// `|` where they are of one.
pub(crate) fn updateinfo(advisories: &[(&str, &str, &[&str])]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<updates>\n");
    for (id, kind, packages) in advisories {
        text += &format!(
            "<update from=\"x\" status=\"final\" type=\"{kind}\" version=\"1\"><id>{id}</id><title>{id}</title>\
             <severity>Important</severity><issued date=\"2026-01-02 03:04:05\"/><references/><pkglist>\n"
        );
        for package in *packages {
            let (module, package) = package.split_once('|').unwrap_or(("", package));
            let Made { name, evr, arch, .. } = made(package);
            let (epoch, rest) = evr.split_once(':').unwrap_or(("0", &evr));
            let (version, release) = rest.rsplit_once('-').unwrap();
            let module = match module.split(':').collect::<Vec<_>>()[..] {
                [name, stream, context] => format!(
                    "<module name=\"{name}\" stream=\"{stream}\" version=\"7\" context=\"{context}\" arch=\"x86_64\"/>"
                ),
                _ => String::new(),
            };
            text += &format!(
                "<collection short=\"c\"><name>c</name>{module}<package name=\"{name}\" epoch=\"{epoch}\" version=\"{version}\" \
                 release=\"{release}\" arch=\"{arch}\"><filename>{name}.rpm</filename></package></collection>\n"
            );
        }
        text += "</pkglist></update>\n";
    }
    text + "</updates>\n"
}

/// A path of the shared data set.
pub(crate) fn shared(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path)
}
