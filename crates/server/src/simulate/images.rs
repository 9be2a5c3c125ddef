//! The base images of a fleet: what a real host had installed, as facts. The binary brings some (`images.md` says where
//! they come from); a folder may bring others.

use super::rebuilds::follows;
use anyhow::{Context as _, bail, ensure};
use model::wire::{Limits, read_report};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use versions::Scheme;

/// The images inside the binary, made by `benches/fleet/images.py`.
const EMBEDDED: &[u8] = include_bytes!("images.jsonl.zst");
/// Most bytes of a file of images, decompressed.
const MOST_BYTES: u64 = 256 << 20;
/// Most images.
const MOST_IMAGES: usize = 10_000;

/// What a host of an image runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageKernel {
    /// The package that owns it.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// `uname -r`.
    pub release: String,
}

/// A package of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePackage {
    /// Its name.
    pub name: Box<str>,
    /// Its architecture.
    pub arch: Box<str>,
    /// The version that was installed.
    pub version: Box<str>,
    /// Its source's name; empty where it is its own.
    pub source: Box<str>,
    /// Its source's version; empty where it is its own.
    pub source_version: Box<str>,
    /// `name:stream` of a modular rpm.
    pub module: Box<str>,
    /// The newer version that the host's package manager offered; empty where there was none.
    pub candidate: Box<str>,
}

/// What a real host had installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// To know it by.
    pub name: String,
    /// os-release's `ID`.
    pub id: String,
    /// os-release's `VERSION_ID`, may be empty.
    pub version_id: String,
    /// os-release's `VERSION_CODENAME`, may be empty.
    pub codename: String,
    /// os-release's `PRETTY_NAME`.
    pub pretty_name: String,
    /// Whose versions they are.
    pub scheme: Scheme,
    /// The native architecture.
    pub arch: String,
    /// What runs; a container has none of its own.
    pub kernel: Option<ImageKernel>,
    /// Its packages, sorted by (name, arch, version).
    pub packages: Vec<ImagePackage>,
}

/// An image as a line of a file has it. Unknown fields (`from`) are for people.
#[derive(Deserialize)]
struct Line {
    name: String,
    id: String,
    #[serde(default)]
    version_id: String,
    #[serde(default)]
    codename: String,
    #[serde(default)]
    pretty_name: String,
    manager: String,
    arch: String,
    /// Package, version, release.
    #[serde(default)]
    kernel: Option<[String; 3]>,
    /// Name, arch, version, source, source version, module, candidate; empty ones at the end are left out.
    packages: Vec<Vec<Box<str>>>,
}

impl Line {
    fn image(self) -> anyhow::Result<Image> {
        let scheme: Scheme = self.manager.parse().map_err(|error| anyhow::anyhow!("manager: {error}"))?;
        let kernel = self.kernel.map(|[package, version, release]| ImageKernel { package, version, release });
        let packages = self.packages.into_iter().filter_map(package);
        Image {
            name: self.name,
            id: self.id,
            version_id: self.version_id,
            codename: self.codename,
            pretty_name: self.pretty_name,
            scheme,
            arch: self.arch,
            kernel,
            packages: Vec::new(),
        }
        .with(packages)
    }
}

fn package(fields: Vec<Box<str>>) -> Option<ImagePackage> {
    let mut fields = fields.into_iter();
    let (name, arch, version) = (fields.next()?, fields.next()?, fields.next()?);
    let mut next = || fields.next().unwrap_or_default();
    let (source, source_version, module, candidate) = (next(), next(), next(), next());
    Some(ImagePackage { name, arch, version, source, source_version, module, candidate })
}

impl Image {
    /// Takes the packages, in order, each once, without candidates that are none.
    fn with(mut self, packages: impl Iterator<Item = ImagePackage>) -> anyhow::Result<Self> {
        let scheme = self.scheme;
        self.packages = packages.filter(|package| scheme.check(&package.version).is_ok()).collect();
        for package in &mut self.packages {
            if !follows(scheme, &package.version, &package.candidate) {
                package.candidate = Box::default();
            }
        }
        self.packages.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
        self.packages.dedup_by(|a, b| (&a.name, &a.arch, &a.version) == (&b.name, &b.arch, &b.version));
        ensure!(!self.packages.is_empty(), "it has no packages");
        Ok(self)
    }

    /// A host's own report as an image.
    fn of_report(name: &str, bytes: &[u8]) -> anyhow::Result<Self> {
        let report = read_report(bytes, &Limits::default())?;
        let (Some(host), Some(packages)) = (report.host.data(), report.packages.data()) else {
            bail!("sections host and packages are not present in it");
        };
        let offered = |name: &str, arch: &str| {
            let updates = report.updates.data()?.records.as_slice();
            updates.iter().find(|update| (update.name.as_str(), update.arch.as_str()) == (name, arch))
        };
        let kernel = report.runtime.data().and_then(|runtime| {
            let kernel = runtime.kernels.iter().find(|kernel| kernel.release == runtime.running_kernel)?;
            let (package, version) = (kernel.package.clone(), kernel.version.clone());
            Some(ImageKernel { package, version, release: kernel.release.clone() })
        });
        Self {
            name: name.to_owned(),
            id: host.os.id.clone(),
            version_id: host.os.version_id.clone(),
            codename: host.os.codename.clone(),
            pretty_name: host.os.pretty_name.clone(),
            scheme: packages.manager.parse().map_err(|error| anyhow::anyhow!("manager: {error}"))?,
            arch: host.arch.clone(),
            kernel,
            packages: Vec::new(),
        }
        .with(packages.records.iter().map(|record| ImagePackage {
            name: record.name.as_str().into(),
            arch: record.arch.as_str().into(),
            version: record.version.as_str().into(),
            source: record.source.as_str().into(),
            source_version: record.source_version.as_str().into(),
            module: record.module.as_str().into(),
            candidate: offered(&record.name, &record.arch).map(|of| of.candidate.as_str().into()).unwrap_or_default(),
        }))
    }
}

/// The images that the binary brings.
///
/// # Errors
/// Never in practice: they are read by a test.
pub fn embedded() -> anyhow::Result<Vec<Image>> {
    let mut images = Vec::new();
    read_lines(zstd::stream::read::Decoder::new(EMBEDDED)?, &mut images).context("the images of this binary")?;
    Ok(images)
}

/// The images of a folder: `*.jsonl` and `*.jsonl.zst` with an image a line (`images.md`), and `*.json` as
/// `mendwatch-agent print` writes a report, in the order of the files' names.
///
/// # Errors
/// When there is none, or one can't be read: which file, and where in it.
pub fn of_folder(folder: &Path) -> anyhow::Result<Vec<Image>> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).with_context(|| format!("--inventories: {shown} can't be read"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    let mut images = Vec::new();
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut read = || -> anyhow::Result<()> {
            if name.ends_with(".jsonl") {
                read_lines(File::open(&file)?, &mut images)
            } else if name.ends_with(".jsonl.zst") {
                read_lines(zstd::stream::read::Decoder::new(File::open(&file)?)?, &mut images)
            } else if name.ends_with(".json") {
                let mut bytes = Vec::new();
                File::open(&file)?.take(Limits::default().report_bytes + 1).read_to_end(&mut bytes)?;
                images.push(Image::of_report(name.trim_end_matches(".json"), &bytes)?);
                Ok(())
            } else {
                Ok(())
            }
        };
        read().with_context(|| format!("--inventories: {}", file.display()))?;
    }
    ensure!(!images.is_empty(), "--inventories: {shown} holds no *.jsonl, *.jsonl.zst or *.json file");
    Ok(images)
}

fn read_lines(from: impl Read, images: &mut Vec<Image>) -> anyhow::Result<()> {
    for (at, line) in BufReader::new(from.take(MOST_BYTES)).lines().enumerate() {
        let line = line.with_context(|| format!("line {}", at + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        ensure!(images.len() < MOST_IMAGES, "line {}: more than {MOST_IMAGES} images", at + 1);
        let parsed = serde_json::from_str::<Line>(&line).map_err(anyhow::Error::from).and_then(Line::image);
        images.push(parsed.with_context(|| format!("line {}", at + 1))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_binary_brings_real_hosts_of_thirty_platforms() {
        let images = embedded().unwrap();
        let platforms: BTreeSet<_> = images.iter().map(|image| (&image.id, &image.version_id)).collect();
        // As `benches/fleet/images.py` prints when it makes the file.
        assert_eq!((images.len(), platforms.len()), (41, 38));
        assert_eq!(images.iter().map(|image| image.packages.len()).sum::<usize>(), 15_425);
        let alma = images.iter().find(|image| image.name == "alma_9").unwrap();
        assert_eq!((alma.id.as_str(), alma.version_id.as_str(), alma.scheme), ("almalinux", "9.0", Scheme::Rpm));
        // vulsio/integration, data/results/alma_9.json.
        let filter = alma.packages.iter().find(|package| &*package.name == "perl-DBM_Filter").unwrap();
        assert_eq!((&*filter.version, &*filter.candidate), ("0.06-479.el9", "0.06-481.1.el9_6"));
        assert_eq!((&*filter.source, &*filter.source_version), ("perl", "4:5.32.1-479.el9"));
        assert_eq!(alma.kernel.as_ref().unwrap().release, "5.14.0-70.13.1.el9_0.x86_64");
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_told_with_the_place() {
        let dir = tempfile::tempdir().unwrap();
        let told = || format!("{:#}", of_folder(dir.path()).unwrap_err());
        assert!(told().contains("holds no *.jsonl"), "{}", told());
        std::fs::write(dir.path().join("a.jsonl"), "\n{\"name\":\"x\"}\n").unwrap();
        assert!(told().contains("a.jsonl: line 2: missing field `id`"), "{}", told());
        let line = r#"{"name":"x","id":"debian","manager":"deb","arch":"amd64","packages":[["a","all","1"]]}"#;
        std::fs::write(dir.path().join("a.jsonl"), line).unwrap();
        assert!(told().contains("line 1: manager"), "{}", told());
        std::fs::write(dir.path().join("a.jsonl"), line.replace("\"deb\"", "\"dpkg\"")).unwrap();
        let images = of_folder(dir.path()).unwrap();
        assert_eq!((images.len(), images[0].packages.len()), (1, 1));
        std::fs::write(dir.path().join("b.json"), "{}").unwrap();
        assert!(told().contains("b.json"), "{}", told());
    }
}
