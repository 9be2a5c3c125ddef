//! The project's real data. A missing file fails the test, never skips it.

use feeds::formats::oval::{Criteria, Value, Variable};
use matching::{FeedStamp, Rules};
use model::{Advisory, Origin, Package, Platform};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// A Zstandard file's content.
pub(crate) fn unpacked(path: &str) -> Vec<u8> {
    let path = format!("{DATA}/{path}");
    let packed = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut decoder = zstd::Decoder::new(packed).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut content = Vec::new();
    decoder.read_to_end(&mut content).unwrap();
    content
}

/// The records of a set.
pub(crate) fn records(set: &str) -> Vec<serde_json::Value> {
    let text = String::from_utf8(unpacked(&format!("conformance/{set}.jsonl.zst"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A field that is a text; empty where it is null.
pub(crate) fn text<'a>(record: &'a serde_json::Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// The files of a bundle: path and content.
pub(crate) fn files(bundle: &str) -> Vec<(String, Vec<u8>)> {
    let tar = unpacked(bundle);
    let mut files = Vec::new();
    let mut at = 0;
    let mut long = None;
    // ustar: a head of 512 bytes with the name and the size in octal, then the content in blocks of 512; a
    // name that is too long for the head stands in an entry of its own before it (GNU `L`, pax `x`).
    while at + 512 <= tar.len() && tar[at] != 0 {
        let field = |from: usize, len: usize| {
            let field = &tar[at + from..at + from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8_lossy(&field[..end]).trim().to_owned()
        };
        let size = usize::from_str_radix(&field(124, 12), 8).unwrap();
        let content = &tar[at + 512..at + 512 + size];
        match tar[at + 156] {
            b'L' => long = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
            b'x' => {
                let text = String::from_utf8_lossy(content);
                long = text.split_once("path=").and_then(|(_, rest)| rest.lines().next()).map(str::to_owned);
            }
            b'0' | 0 => {
                let name = long.take().unwrap_or_else(|| format!("{}/{}", field(345, 155), field(0, 100)));
                files.push((name, content.to_vec()));
            }
            _ => long = None,
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}

/// The content of the one file of a bundle whose path ends so.
pub(crate) fn file(bundle: &str, end: &str) -> Vec<u8> {
    let mut found: Vec<_> = files(bundle).into_iter().filter(|(name, _)| name.ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end} in {bundle}");
    found.remove(0).1
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
