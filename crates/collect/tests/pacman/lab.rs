//! A root with repositories, and what pacman says of it.

use collect::{Options, Root, collect};
use model::wire::Collected;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Lab {
    folder: TempDir,
    repositories: Vec<(String, String)>,
    options: String,
}

/// A file in a `ustar` archive.
fn packed(name: &str, text: &str) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", text.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut out = header.to_vec();
    out.extend(text.as_bytes());
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

impl Lab {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let lab = Self { folder, repositories: Vec::new(), options: String::new() };
        lab.write("root/etc/os-release", "NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\n");
        fs::create_dir_all(lab.path("root/var/lib/pacman")).unwrap();
        lab
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Makes packages: `name version arch`, and behind a `|` further lines of .PKGINFO with `;` between them.
    fn make(&self, to: &str, packages: &[&str]) -> Vec<PathBuf> {
        let make = |text: &&str| {
            let (head, lines) = text.split_once('|').unwrap_or((text, ""));
            let [name, version, arch] = head.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{text}") };
            let mut info = format!(
                "pkgname = {name}\npkgbase = {name}\npkgver = {version}\npkgdesc = x\nurl = x\nbuilddate = 1700000000\n\
                 packager = Someone <someone@example.org>\nsize = 1\narch = {arch}\nlicense = MIT\n"
            );
            lines
                .split(';')
                .filter(|line| !line.trim().is_empty())
                .for_each(|line| info += &format!("{}\n", line.trim()));
            let mut tar = packed(".PKGINFO", &info);
            tar.resize(tar.len() + 1024, 0);
            let file = format!("{to}/{name}-{version}-{arch}.pkg.tar.zst");
            self.write(&file, zstd::encode_all(&tar[..], 1).unwrap());
            self.path(&file)
        };
        packages.iter().map(make).collect()
    }

    fn command(&self) -> Command {
        let root = self.path("root");
        let mut pacman = Command::new("pacman");
        pacman.env("LC_ALL", "C").args(["--noconfirm", "--root"]).arg(&root).arg("--dbpath");
        pacman.arg(root.join("var/lib/pacman")).arg("--cachedir").arg(self.path("cache"));
        pacman.arg("--config").arg(self.path("pacman.conf")).arg("--logfile").arg(self.path("pacman.log"));
        pacman.arg("--hookdir").arg(self.path("hooks")).arg("--gpgdir").arg(self.path("gpg"));
        pacman
    }

    /// Installs packages into the database.
    pub(crate) fn install(&self, packages: &[&str], as_dependencies: bool) {
        self.configure();
        let files = self.make("built", packages);
        let mut install = self.command();
        install.args(["-U", "--dbonly", "-dd"]);
        if as_dependencies {
            install.arg("--asdeps");
        }
        run(install.args(files));
    }

    /// Makes a repository with further settings.
    pub(crate) fn repository(&mut self, name: &str, packages: &[&str], settings: &str) {
        let folder = format!("repositories/{name}");
        let files = self.make(&folder, packages);
        let database = self.path(&folder).join(format!("{name}.db.tar.gz"));
        run(Command::new("repo-add").arg("-q").arg(database).args(files));
        self.repositories.push((name.to_owned(), settings.to_owned()));
    }

    pub(crate) fn options(&mut self, options: &str) {
        options.clone_into(&mut self.options);
    }

    /// The settings: those of the root have repositories in a file that is included, as hosts have mirrors.
    fn configure(&self) {
        let head = format!("[options]\nArchitecture = x86_64\nSigLevel = Never\n{}\n", self.options);
        let mut all = head.clone();
        let mut own = head;
        for (name, settings) in &self.repositories {
            let server = format!("Server = file://{}\n", self.path("repositories/$repo").display());
            all += &format!("[{name}]\n{settings}\n{server}");
            own += &format!("[{name}]\n{settings}\nInclude = /etc/pacman.d/mirrors/*.list\n");
            self.write("root/etc/pacman.d/mirrors/a.list", format!("# x\n{server}"));
        }
        self.write("pacman.conf", all);
        self.write("root/etc/pacman.conf", own);
    }

    pub(crate) fn fetch(&self) {
        self.configure();
        run(self.command().arg("-Sy"));
    }

    /// The lines of pacman; it ends with 1 where there are none.
    pub(crate) fn lines(&self, arguments: &[&str]) -> BTreeSet<String> {
        let mut command = self.command();
        let output = command.args(arguments).stdin(Stdio::null()).output();
        let output = output.expect("pacman: install Debian's package pacman-package-manager");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{command:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.path("root")
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.root()).unwrap(), &Options::default())
    }

    /// Holds the packages and the updates against `pacman -Q` and `pacman -Qu`; gives how many there are.
    pub(crate) fn compare(&self) -> (usize, usize) {
        let collected = self.collect();
        let (packages, updates) = (collected.packages.unwrap(), collected.updates.unwrap());
        assert_eq!((&packages.skipped, &updates.skipped), (&vec![], &vec![]));
        let mine: BTreeSet<String> = packages.records.iter().map(|r| format!("{} {}", r.name, r.version)).collect();
        assert_eq!(mine, self.lines(&["-Q"]), "pacman -Q");
        let mine: BTreeSet<String> = packages.records.iter().filter(|r| r.auto).map(|r| r.name.clone()).collect();
        assert_eq!(mine, self.lines(&["-Qdq"]), "pacman -Qd");
        let line = |r: &model::wire::sections::UpdateRecord| {
            let end = if r.withheld.is_some() { " [ignored]" } else { "" };
            format!("{} {} -> {}{end}", r.name, r.installed, r.candidate)
        };
        let mine: BTreeSet<String> = updates.records.iter().map(line).collect();
        assert_eq!(mine, self.lines(&["-Qu"]), "pacman -Qu");
        (packages.records.len(), updates.records.len())
    }
}

/// Runs a program that the tests can't do without.
pub(crate) fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{command:?}: {error}; install Debian's packages pacman-package-manager and makepkg")
    });
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout).unwrap();
        panic!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
