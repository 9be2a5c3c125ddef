//! Private roots: packages made by dpkg-deb, archives by apt-ftparchive, installed by dpkg, fetched
//! by apt-get update.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a tool, or says which package has it.
pub(crate) fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let package = match program.as_str() {
        "apt-ftparchive" => "apt-utils",
        "apt-get" | "apt-cache" => "apt",
        "dpkg-deb" | "dpkg" => "dpkg",
        "xz" => "xz-utils",
        other => other,
    }
    .to_owned();
    command.env("LC_ALL", "C").env_remove("SOURCE_DATE_EPOCH");
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; install the package {package}"));
    assert!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A package to be made.
#[derive(Clone)]
pub(crate) struct Deb {
    name: String,
    version: String,
    arch: String,
    fields: String,
    postinst: String,
}

/// A package of architecture `all`.
pub(crate) fn deb(name: &str, version: &str) -> Deb {
    Deb {
        name: name.into(),
        version: version.into(),
        arch: "all".into(),
        fields: String::new(),
        postinst: String::new(),
    }
}

impl Deb {
    pub(crate) fn arch(mut self, arch: &str) -> Self {
        self.arch = arch.into();
        self
    }

    /// What dpkg runs when it configures the package.
    pub(crate) fn postinst(mut self, script: &str) -> Self {
        self.postinst = format!("#!/bin/sh\n{script}\n");
        self
    }

    /// A further control field.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push_str(&format!("{name}: {value}\n"));
        self
    }
}

/// An archive's suite to be made.
pub(crate) struct Suite<'a> {
    name: &'a str,
    component: &'a str,
    arches: &'a [&'a str],
    fields: Vec<(&'a str, &'a str)>,
    extra: Vec<(String, String)>,
    compressed: &'a [&'a str],
}

/// A suite of component `main` for amd64 with `Suite` and `Codename` of this name.
pub(crate) fn suite(name: &str) -> Suite<'_> {
    let fields = vec![("Suite", name), ("Codename", name)];
    Suite { name, component: "main", arches: &["amd64"], fields, extra: Vec::new(), compressed: &[] }
}

impl<'a> Suite<'a> {
    /// A field of its Release file.
    pub(crate) fn release(mut self, name: &'a str, value: &'a str) -> Self {
        self.fields.retain(|(known, _)| *known != name);
        self.fields.push((name, value));
        self
    }

    pub(crate) fn component(mut self, component: &'a str) -> Self {
        self.component = component;
        self
    }

    pub(crate) fn arches(mut self, arches: &'a [&'a str]) -> Self {
        self.arches = arches;
        self
    }

    /// A field that the list, but not the package, has for a name.
    pub(crate) fn list_field(mut self, package: &str, field: &str) -> Self {
        self.extra.push((package.into(), field.into()));
        self
    }

    /// Offers the list in these compressions only (`lz4`, `xz`, `gz`, `bz2`, `zst`).
    pub(crate) fn compressed(mut self, tools: &'a [&'a str]) -> Self {
        self.compressed = tools;
        self
    }
}

/// A root with a dpkg database and apt's folders.
pub(crate) struct Lab {
    directory: tempfile::TempDir,
    arches: Vec<String>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let lab = Self { directory: tempfile::tempdir().unwrap(), arches: vec!["amd64".into()] };
        for path in [
            "root/etc/apt/apt.conf.d",
            "root/etc/apt/preferences.d",
            "root/etc/apt/sources.list.d",
            "root/var/lib/dpkg/info",
            "root/var/lib/dpkg/updates",
            "root/var/lib/apt/lists/partial",
            "root/var/cache/apt/archives/partial",
        ] {
            fs::create_dir_all(lab.path(path)).unwrap();
        }
        lab.write("root/var/lib/dpkg/status", "");
        // Roots of packages for `all` only have nothing else to tell their architecture.
        lab.write("root/var/lib/dpkg/arch", "amd64\n");
        lab
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// The root, as our reading is given it.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("root")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Adds a line of apt's configuration.
    pub(crate) fn conf(&self, line: &str) -> &Self {
        let path = self.path("root/etc/apt/apt.conf.d/50lab");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, format!("{text}{line}\n")).unwrap();
        self
    }

    /// Sets the preferences.
    pub(crate) fn pins(&self, text: &str) -> &Self {
        self.write("root/etc/apt/preferences", text);
        self
    }

    /// Adds lines to sources.list; `@` stands for the folder of the archives.
    pub(crate) fn sources(&self, lines: &str) -> &Self {
        let path = self.path("root/etc/apt/sources.list");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, text + &self.expanded(lines)).unwrap();
        self
    }

    /// Text with `@` replaced by the address of the folder of the archives.
    pub(crate) fn expanded(&self, text: &str) -> String {
        text.replace('@', &format!("copy:{}", self.path("archives").display()))
    }

    /// Adds a foreign architecture, as dpkg does.
    pub(crate) fn add_architecture(&mut self, arch: &str) {
        self.arches.push(arch.to_owned());
        self.write("root/var/lib/dpkg/arch", &(self.arches.join("\n") + "\n"));
    }

    fn build(&self, deb: &Deb, into: &Path) -> PathBuf {
        fs::create_dir_all(into).unwrap();
        let stem = format!("{}_{}_{}", deb.name, deb.version.replace(':', "%3a"), deb.arch);
        let tree = self.path("trees").join(&stem);
        fs::create_dir_all(tree.join("DEBIAN")).unwrap();
        let Deb { name, version, arch, fields, postinst } = deb;
        let control = format!(
            "Package: {name}\nVersion: {version}\nArchitecture: {arch}\nMaintainer: Lab <lab@example.org>\n\
             {fields}Description: a package of the lab\n"
        );
        fs::write(tree.join("DEBIAN/control"), control).unwrap();
        if !postinst.is_empty() {
            let path = tree.join("DEBIAN/postinst");
            fs::write(&path, postinst).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let file = into.join(format!("{stem}.deb"));
        run(Command::new("dpkg-deb").args(["-Znone", "--nocheck", "-b"]).arg(&tree).arg(&file));
        fs::remove_dir_all(tree).unwrap();
        file
    }

    /// Installs packages.
    pub(crate) fn install(&self, debs: &[Deb]) -> &Self {
        run(&mut self.installation(debs));
        self
    }

    /// dpkg's command that would install packages.
    pub(crate) fn installation(&self, debs: &[Deb]) -> Command {
        let files: Vec<_> = debs.iter().map(|deb| self.build(deb, &self.path("installed"))).collect();
        let root = format!("--root={}", self.root().display());
        let force = ["--force-not-root", "--force-script-chrootless", "--force-bad-path", "--force-architecture"];
        let more = ["--force-depends", "--log=/dev/null"];
        let mut command = Command::new("dpkg");
        command.arg(root).args(force).args(more).arg("-i").args(&files);
        command
    }

    /// Sets `Status` of a package: `hold ok installed`.
    pub(crate) fn set_status(&self, name: &str, status: &str) -> &Self {
        let path = self.root().join("var/lib/dpkg/status");
        let text = fs::read_to_string(&path).unwrap();
        let from = format!("Package: {name}\nStatus: install ok installed\n");
        assert!(text.contains(&from));
        fs::write(path, text.replace(&from, &format!("Package: {name}\nStatus: {status}\n"))).unwrap();
        self
    }

    /// Makes a suite with these packages in the archive `archives`.
    pub(crate) fn publish(&self, suite: &Suite<'_>, debs: &[Deb]) -> &Self {
        let archives = self.path("archives");
        let pool = format!("pool/{}/{}", suite.name, suite.component);
        for deb in debs {
            self.build(deb, &archives.join(&pool));
        }
        fs::create_dir_all(archives.join(&pool)).unwrap();
        let dist = archives.join("dists").join(suite.name);
        for arch in suite.arches {
            let folder = dist.join(suite.component).join(format!("binary-{arch}"));
            fs::create_dir_all(&folder).unwrap();
            let list =
                run(Command::new("apt-ftparchive").args(["-a", arch, "packages"]).arg(&pool).current_dir(&archives));
            let list = suite.extra.iter().fold(String::from_utf8(list.stdout).unwrap(), |list, (name, field)| {
                list.replace(&format!("Package: {name}\n"), &format!("Package: {name}\n{field}\n"))
            });
            fs::write(folder.join("Packages"), list).unwrap();
            for extension in suite.compressed {
                let tool = match *extension {
                    "gz" => "gzip",
                    "bz2" => "bzip2",
                    "zst" => "zstd",
                    other => other,
                };
                let file = fs::File::create(folder.join(format!("Packages.{extension}"))).unwrap();
                run(Command::new(tool).arg("-c").arg(folder.join("Packages")).stdout(file));
            }
        }
        let fields = suite.fields.iter().map(|(name, value)| format!("APT::FTPArchive::Release::{name}={value}"));
        let architectures = format!("APT::FTPArchive::Release::Architectures={}", suite.arches.join(" "));
        let components = format!("APT::FTPArchive::Release::Components={}", suite.component);
        let mut command = Command::new("apt-ftparchive");
        for option in fields.chain([architectures, components]) {
            command.arg("-o").arg(option);
        }
        let _ = fs::remove_file(dist.join("Release"));
        let release = run(command.arg("release").arg(".").current_dir(&dist));
        fs::write(dist.join("Release"), release.stdout).unwrap();
        if !suite.compressed.is_empty() {
            // The plain list stays in the sums, as archives have it, and is not offered.
            for arch in suite.arches {
                fs::remove_file(dist.join(suite.component).join(format!("binary-{arch}/Packages"))).unwrap();
            }
        }
        self
    }

    /// apt's command, on this root.
    pub(crate) fn apt(&self, program: &str) -> Command {
        let root = self.root();
        let root = root.display();
        let arches: String = self.arches.iter().map(|arch| format!("\"{arch}\";")).collect();
        let conf = format!(
            "Dir \"{root}\";\nDir::State::status \"{root}/var/lib/dpkg/status\";\nAPT::Architecture \"amd64\";\n\
             APT::Architectures {{{arches}}};\nAPT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n\
             Dir::Bin::ischroot \"/bin/false\";\n"
        );
        self.write("apt.conf", &conf);
        let mut command = Command::new(program);
        command.env("APT_CONFIG", self.path("apt.conf"));
        command
    }

    /// Fetches the lists.
    pub(crate) fn update(&self) -> &Self {
        run(self.apt("apt-get").args(["-q", "update", "--allow-insecure-repositories"]));
        self
    }

    /// Puts the lists of a suite where apt would have put them, had it fetched them from `site`.
    pub(crate) fn update_as_from(&self, site: &str, suite: &str, component: &str) -> &Self {
        let lists = self.root().join("var/lib/apt/lists");
        let dist = self.path("archives/dists").join(suite);
        let stem = format!("{site}_dists_{suite}");
        fs::copy(dist.join("Release"), lists.join(format!("{stem}_Release"))).unwrap();
        let from = dist.join(component).join("binary-amd64/Packages");
        fs::copy(from, lists.join(format!("{stem}_{component}_binary-amd64_Packages"))).unwrap();
        self
    }
}
