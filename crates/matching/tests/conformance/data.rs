//! The project's real data, as the sets need it.

use crate::support::{DATA, files, unpacked};
use feeds::formats::oval::{Criteria, Value, Variable};
use matching::{FeedStamp, Rules};
use model::{Advisory, Origin, Package, Platform};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

/// The records of a set.
pub(crate) fn records(set: &str) -> Vec<serde_json::Value> {
    let text = String::from_utf8(unpacked(&format!("conformance/{set}.jsonl.zst"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A field that is a text; empty where it is null.
pub(crate) fn text<'a>(record: &'a serde_json::Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// What a feed understands of those files of a bundle that it wants, whatever they are compressed with;
/// samples that are broken on purpose give nothing.
pub(crate) fn samples(feed: &str, bundle: &str, wanted: impl Fn(&str) -> bool) -> Vec<Advisory> {
    let of = feeds::feed(feed).unwrap();
    let mut advisories = Vec::new();
    for (name, content) in files(bundle).into_iter().filter(|(name, _)| wanted(name)) {
        let Ok(decoder) = formats::compression::Decoder::new(content.as_slice(), 1 << 30) else { continue };
        let document = feeds::Document { url: name.clone(), name };
        let mut collected = feeds::Collected::default();
        if of.parse(&document, &mut BufReader::new(decoder), &mut collected).is_ok() {
            advisories.extend(collected.advisories);
        }
    }
    assert!(!advisories.is_empty(), "{feed} reads nothing of {bundle}");
    advisories
}

/// What a feed understands of those files of a bundle that it wants.
pub(crate) fn parsed(feed: &str, bundle: &str, wanted: impl Fn(&str) -> bool) -> Vec<Advisory> {
    let of = feeds::feed(feed).unwrap();
    let mut collected = feeds::Collected::default();
    for (name, content) in files(bundle).into_iter().filter(|(name, _)| wanted(name)) {
        let document = feeds::Document { url: name.clone(), name };
        of.parse(&document, &mut &*content, &mut collected)
            .unwrap_or_else(|error| panic!("{}: {error}", document.name));
    }
    collected.advisories
}

fn opened(path: &str) -> impl BufRead {
    let file = std::fs::File::open(format!("{DATA}/{path}")).unwrap_or_else(|error| panic!("{path}: {error}"));
    let decoder = formats::compression::Decoder::new(BufReader::new(file), 1 << 30).unwrap();
    BufReader::with_capacity(1 << 17, decoder)
}

/// The sources of binaries by an Ubuntu OVAL file: a criterion's comment begins with the source, and its
/// test lists the binaries. Binaries of kernels are named for any of their builds.
pub(crate) fn ubuntu_sources(platform: &str, path: &str) -> BTreeMap<String, BTreeSet<String>> {
    let platform: Platform = platform.parse().unwrap();
    let document = feeds::formats::oval::parse(opened(path)).unwrap();
    let mut sources: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open: Vec<&Criteria> =
        document.definitions.items().iter().filter_map(|definition| definition.criteria.as_ref()).collect();
    while let Some(criteria) = open.pop() {
        let (id, comment) = match criteria {
            Criteria::Group { parts, .. } => {
                open.extend(parts);
                continue;
            }
            Criteria::Extend { .. } => continue,
            Criteria::Test { id, comment, .. } => (id, document.text(*comment)),
        };
        let (source, _) = comment.split_once(' ').unwrap();
        let Some(object) = document.tests.get(*id).and_then(|test| document.objects.get(test.object?)) else {
            continue;
        };
        for entity in &object.entities {
            let Value::Variable(variable) = entity.value else { continue };
            let Some(Variable::Constant(names)) = document.variables.get(variable) else { continue };
            for name in names {
                let name = matching::any_build(&platform, document.text(*name)).into_owned();
                sources.entry(name).or_default().insert(source.trim_end_matches(':').to_owned());
            }
        }
    }
    sources
}

/// The sources of Debian's binaries that have one of another name, by the archive's list of Debian 12;
/// those of 9 to 11 are called alike with few exceptions.
pub(crate) fn debian_sources() -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut package = String::new();
    for line in opened("feeds/debian/apt-lists/debian_dists_bookworm_main_binary-amd64_Packages.xz").lines() {
        let line = line.unwrap();
        if let Some(name) = line.strip_prefix("Package: ") {
            name.clone_into(&mut package);
        } else if let Some(source) = line.strip_prefix("Source: ") {
            sources.insert(package.clone(), source.split(' ').next().unwrap_or_default().to_owned());
        }
    }
    sources
}

/// What a feed understands of one document, however it is compressed.
pub(crate) fn document(feed: &str, path: &str) -> Vec<Advisory> {
    let document = feeds::Document { name: path.to_owned(), url: path.to_owned() };
    let mut collected = feeds::Collected::default();
    let mut body = opened(path);
    feeds::feed(feed).unwrap().parse(&document, &mut body, &mut collected).unwrap();
    collected.advisories
}

/// The rules of a platform by one feed in force.
pub(crate) fn rules(platform: &str, feed: &str, advisories: &[Advisory]) -> Rules {
    rules_of(platform, &[(feed, advisories)])
}

/// The rules of a platform by several feeds in force.
pub(crate) fn rules_of(platform: &str, feeds: &[(&str, &[Advisory])]) -> Rules {
    let platform: Platform = platform.parse().unwrap();
    let stamp = |id: &str| FeedStamp {
        id: id.to_owned(),
        as_of: "2026-08-21T00:00:00Z".parse().unwrap(),
        document: id.to_owned(),
        sha256: String::new(),
        too_old: false,
    };
    let stamps: Vec<FeedStamp> = feeds.iter().map(|(id, _)| stamp(id)).collect();
    Rules::compile(&platform, &stamps, feeds.iter().flat_map(|(id, of)| of.iter().map(move |advisory| (*id, advisory))))
}

pub(crate) fn package(platform: &str, name: &str, version: &str, arch: &str, source: &str) -> Package {
    Package {
        platform: platform.parse().unwrap(),
        name: name.to_owned(),
        version: version.to_owned(),
        arch: arch.to_owned(),
        source: if source.is_empty() { name } else { source }.to_owned(),
        source_version: version.to_owned(),
        module: String::new(),
        origin: Origin::DistributionInferred,
    }
}
