//! What apk has installed and would upgrade.
//!
//! An update is what `apk version` finds: the newest version of a package in the indexes at hand, of repositories
//! without a tag or with the package's own. Whether `apk upgrade` can bring it, which asks what else must change, is
//! not computed. There was no apk to compare with; `docs/collecting.md` says by what this is shown instead.

mod settings;

use crate::software::Software;
use crate::text::{clean, identifier};
use crate::{Root, installed, own_repository, tidy};
use formats::apk::{self, Package};
use formats::compression::Decoder;
use formats::tar::Archive;
use jiff::Timestamp;
use model::wire::Limits;
use model::wire::sections::{
    PackageRecord, Packages, Repositories, RepositoryRecord, Skipped, UpdateRecord, Updates, Withheld,
};
use settings::Settings;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::BufReader;
use versions::Scheme;

/// Where what is installed is listed, and since apk 3.
const INSTALLED: [&str; 2] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
/// Largest list, in bytes, after decompression. Alpine's `community` has 30 MB.
const MOST_BYTES: u64 = 1 << 30;

/// A version that a repository has.
#[derive(Debug, Clone)]
struct Offered {
    version: String,
    arch: String,
    size: Option<u64>,
    repository: usize,
}

/// Reads everything.
///
/// # Errors
/// Why the list of installed packages can't be read.
pub(crate) fn read(root: &Root) -> Result<Software, String> {
    let path = INSTALLED.into_iter().find(|path| root.exists(path)).unwrap_or(INSTALLED[0]);
    let (installed, skipped) = read_installed(root, path)?;
    let native = native(root, &installed);
    let mut settings = Settings::read(root, &native);
    let of_settings = settings.skipped.clone();
    let mut dates = BTreeMap::new();
    let offered = offered(root, &mut settings, &installed, &mut dates);
    let repositories = repositories(&settings, &dates, of_settings);
    let updates = offered.map(|offered| updates(&settings, &installed, &offered, &dates));
    let packages = packages(&settings, installed, skipped);
    Ok(Software {
        packages: Ok(packages),
        updates: updates.map_err(|why| identifier(&why)),
        repositories: Ok(repositories),
        native,
        kernels: Vec::new(),
    })
}

fn read_installed(root: &Root, path: &str) -> Result<(Vec<Package>, Vec<Skipped>), String> {
    let file = root.open(path).map_err(|why| why.to_string())?;
    let decoder = Decoder::new(BufReader::with_capacity(64 << 10, file), MOST_BYTES);
    let body = BufReader::with_capacity(64 << 10, decoder.map_err(|error| format!("{path}: {error}"))?);
    let (mut packages, most) = (Vec::new(), Limits::default().packages);
    let outcome = apk::read(body, &mut |package| {
        // One more than a report carries is enough to know that they are too many.
        if packages.len() <= most {
            packages.push(package);
        }
    });
    let outcome = outcome.map_err(|error| format!("{path}: {error}"))?;
    // apk writes a whole file beside it and renames that, so that half a list is damage and no transaction.
    if !outcome.is_whole {
        return Err(format!("{path} breaks off within a package"));
    }
    installed::check_count(path, packages.len())?;
    if packages.is_empty() {
        return Err(format!("{path} holds no installed package"));
    }
    let note = |skip: formats::Skipped| Skipped { record: format!("{path} line {}", skip.line), why: skip.why };
    Ok((packages, outcome.skipped.into_iter().map(note).collect()))
}

/// Native architecture: as apk is told, else the one that most packages are built for.
fn native(root: &Root, installed: &[Package]) -> String {
    let told = root.text("/etc/apk/arch", 4096).unwrap_or_default();
    if let Some(arch) = told.split_whitespace().next() {
        return identifier(arch);
    }
    installed::native(installed.iter().map(|package| package.arch.as_str()))
}

/// What the repositories have of installed names. `dates` takes the dates of their indexes, which apk sets to those of
/// the servers'.
///
/// # Errors
/// Which index can't be read, and why; that there is none is among the reasons.
fn offered(
    root: &Root,
    settings: &mut Settings,
    installed: &[Package],
    dates: &mut BTreeMap<usize, i64>,
) -> Result<BTreeMap<String, Vec<Offered>>, String> {
    let mut offered: BTreeMap<String, Vec<Offered>> =
        installed.iter().map(|package| (package.name.clone(), Vec::new())).collect();
    if settings.repositories.is_empty() {
        return Err("apk has no repositories".to_owned());
    }
    for at in 0..settings.repositories.len() {
        let Some(repository) = settings.repositories.get(at) else { continue };
        let Some(path) = repository.indexes.iter().find(|path| root.exists(path)).cloned() else {
            let record = repository.uri.clone();
            settings.skip(&record, "has no index in the cache: it was never fetched");
            continue;
        };
        let date = root.modified(&path).map_err(|why| why.to_string())?;
        index(root, &path, at, settings, &mut offered).map_err(|why| format!("{path}: {why}"))?;
        dates.insert(at, date);
    }
    if dates.is_empty() {
        return Err("apk has repositories but no indexes of them in its cache: run 'apk update'".to_owned());
    }
    let has = |name: &str| offered.get(name);
    if let Some(why) =
        own_repository::fault(|name| has(name).is_some(), |name| has(name).is_some_and(|of| !of.is_empty()))
    {
        settings.skip("repositories", why);
    }
    Ok(offered)
}

fn index(
    root: &Root,
    path: &str,
    repository: usize,
    settings: &mut Settings,
    offered: &mut BTreeMap<String, Vec<Offered>>,
) -> Result<(), String> {
    let file = root.open(path).map_err(|why| why.why.to_string())?;
    let decoder = Decoder::new(BufReader::with_capacity(64 << 10, file), MOST_BYTES).map_err(|e| e.to_string())?;
    let mut archive = Archive::new(BufReader::with_capacity(64 << 10, decoder));
    let mut is_there = false;
    while let Some(name) = archive.next_file().map_err(|error| error.to_string())? {
        if name != "APKINDEX" {
            continue;
        }
        is_there = true;
        let mut odd = Vec::new();
        let outcome = apk::read(BufReader::new(&mut archive), &mut |package| {
            if let Some(known) = offered.get_mut(&package.name) {
                if let Err(why) = Scheme::Apk.check(&package.version) {
                    odd.push(format!("{}: {why}", identifier(&package.name)));
                }
                let Package { version, arch, size, .. } = package;
                known.push(Offered { version, arch, size, repository });
            }
        });
        let outcome = outcome.map_err(|error| error.to_string())?;
        if !outcome.is_whole {
            return Err("breaks off within a package".to_owned());
        }
        // No repository is without packages: such a list was cut off, or never written.
        if outcome.packages == 0 {
            return Err("lists no package".to_owned());
        }
        for why in odd {
            settings.skip(path, why);
        }
        for skip in outcome.skipped {
            settings.skip(&format!("{path} line {}", skip.line), skip.why);
        }
    }
    if is_there { Ok(()) } else { Err("holds no list of packages".to_owned()) }
}

/// From when the indexes are: the oldest of the distribution's own, which change every day, else the newest of all:
/// a repository of one's own may stand still for years.
fn age(settings: &Settings, dates: &BTreeMap<usize, i64>) -> Option<i64> {
    let is_own = |at: usize| {
        let repository = settings.repositories.get(at);
        repository
            .is_some_and(|of| of.tag.is_empty() && ["/main", "/community"].iter().any(|end| of.uri.ends_with(end)))
    };
    let own = dates.iter().filter(|(at, _)| is_own(**at)).map(|(_, date)| *date).min();
    own.or_else(|| dates.values().copied().max())
}

fn updates(
    settings: &Settings,
    installed: &[Package],
    offered: &BTreeMap<String, Vec<Offered>>,
    dates: &BTreeMap<usize, i64>,
) -> Updates {
    let mut records: Vec<UpdateRecord> =
        installed.iter().filter_map(|package| update(settings, package, offered.get(&package.name)?)).collect();
    records.sort_by(|a, b| (&a.name, &a.arch, &a.installed).cmp(&(&b.name, &b.arch, &b.installed)));
    let lists_at = age(settings, dates).and_then(|seconds| Timestamp::from_second(seconds).ok());
    Updates { lists_at, records, skipped: tidy(settings.skipped.clone()), ..Updates::default() }
}

/// The newest that may come; where what was asked for allows none that is newer, the newest that is kept back by it.
fn update(settings: &Settings, package: &Package, offered: &[Offered]) -> Option<UpdateRecord> {
    let wish = settings.world.as_ref().and_then(|world| world.get(&package.name));
    let tag = wish.map(|wish| wish.tag.as_str()).filter(|tag| !tag.is_empty()).unwrap_or(&package.tag);
    let is_from = |offered: &&Offered| {
        let of = settings.repositories.get(offered.repository).map(|repository| repository.tag.as_str());
        of.is_some_and(|of| of.is_empty() || of == tag)
    };
    let is_newer = |offered: &&Offered| Scheme::Apk.compare(&offered.version, &package.version) == Ordering::Greater;
    let newer: Vec<&Offered> = offered.iter().filter(is_from).filter(is_newer).collect();
    let newest = |list: &[&Offered]| -> Option<Offered> {
        let best = list.iter().copied().reduce(|best, next| {
            if Scheme::Apk.compare(&next.version, &best.version) == Ordering::Greater { next } else { best }
        });
        best.cloned()
    };
    let allowed: Vec<&Offered> =
        newer.iter().copied().filter(|offered| wish.is_none_or(|wish| wish.allows(&offered.version))).collect();
    let (candidate, is_held) = match newest(&allowed) {
        Some(candidate) => (candidate, false),
        None => (newest(&newer)?, true),
    };
    let repository = settings.repositories.get(candidate.repository)?;
    Some(UpdateRecord {
        arch: identifier(&candidate.arch),
        candidate: candidate.version,
        installed: package.version.clone(),
        name: package.name.clone(),
        repository: repository.uri.clone(),
        security_unknown: true,
        size: candidate.size,
        withheld: is_held.then_some(Withheld::Held),
        withheld_reason: wish
            .filter(|_| is_held)
            .map(|wish| identifier(&format!("is asked for as {} in /etc/apk/world", wish.text)))
            .unwrap_or_default(),
        ..UpdateRecord::default()
    })
}

fn packages(settings: &Settings, installed: Vec<Package>, skipped: Vec<Skipped>) -> Packages {
    let most = Limits::default().text_bytes;
    let records: Vec<PackageRecord> = installed
        .into_iter()
        .map(|package| {
            let wish = settings.world.as_ref().map(|world| world.get(&package.name));
            let source = if package.origin == package.name { String::new() } else { identifier(&package.origin) };
            PackageRecord {
                arch: identifier(&package.arch),
                auto: wish == Some(None),
                depends: clean(&package.depends.split_whitespace().collect::<Vec<_>>().join(", "), most),
                held: wish.flatten().is_some_and(settings::Wish::holds),
                source,
                vendor: identifier(&package.maintainer),
                version: package.version,
                name: package.name,
                ..PackageRecord::default()
            }
        })
        .collect();
    installed::section("apk", records, skipped)
}

fn repositories(settings: &Settings, dates: &BTreeMap<usize, i64>, skipped: Vec<Skipped>) -> Repositories {
    let record = |(at, repository): (usize, &settings::Repository)| RepositoryRecord {
        enabled: true,
        kind: "apk".to_owned(),
        name: identifier(&repository.tag),
        published_at: dates.get(&at).and_then(|seconds| Timestamp::from_second(*seconds).ok()),
        uri: repository.uri.clone(),
        ..RepositoryRecord::default()
    };
    let mut records: Vec<RepositoryRecord> = settings.repositories.iter().enumerate().map(record).collect();
    records.sort_by(|a, b| {
        (&a.kind, &a.uri, &a.suite, &a.component, a).cmp(&(&b.kind, &b.uri, &b.suite, &b.component, b))
    });
    records.dedup();
    Repositories { records, skipped: tidy(skipped) }
}
