//! Alpine's security database.
//!
//! Address: <https://secdb.alpinelinux.org/>, a folder a release, a document a repository
//! (`v3.20/main.json`). Format: [`crate::formats::secdb`].
//!
//! What is odd: which releases and repositories there are is known only from the folders' pages;
//! the documents name their own release and repository, which is what counts here, so that an
//! imported file needs no name. It speaks of sources and only of fixes in this release's branch.
//!
//! Not affected: version `0`. Won't fix: not said.

use crate::feed::{Document, Feed, FeedConfig, Lost, Sink, Unreadable};
use crate::fetch::FetchError;
use crate::formats::secdb::{self, Head, Place};
use model::Platform;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct AlpineSecdb;

/// Where the folders are.
pub const URL: &str = "https://secdb.alpinelinux.org/";

/// Most folders and documents that are followed; there were 20 and 40 in 2026.
const MAX_LINKS: usize = 200;

/// Releases with a database, oldest first. Source: the folders of [`URL`].
const RELEASES: &[&str] = &[
    "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "3.16",
    "3.17", "3.18", "3.19", "3.20", "3.21", "3.22", "3.23", "edge",
];

impl Feed for AlpineSecdb {
    fn id(&self) -> &'static str {
        "alpine-secdb"
    }

    fn title(&self) -> &'static str {
        "Alpine security database"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        RELEASES.iter().filter_map(|release| Platform::new("alpine", release).ok()).collect()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn wants(&self, member: &str) -> bool {
        let packed = [".gz", ".xz", ".bz2", ".zst", ".lz4"].iter().find_map(|end| member.strip_suffix(end));
        let plain = packed.unwrap_or(member);
        [".json", ".yaml", ".yml"].iter().any(|end| plain.ends_with(end))
    }

    /// A document is a repository of the release whose folder it is in.
    fn lost_with(&self, member: &str) -> Option<Lost> {
        let platform = member.split('/').filter_map(release).next_back();
        let platform = platform.and_then(|release| Platform::new("alpine", &release).ok());
        Some(Lost { anything: true, platform, ..Lost::default() })
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let mut root = config.url.clone().unwrap_or_else(|| URL.to_owned());
        if !root.ends_with('/') {
            root.push('/');
        }
        let mut documents = Vec::new();
        for folder in links(&index(&root)?).into_iter().filter(|link| release(link.trim_end_matches('/')).is_some()) {
            let folder = folder.trim_end_matches('/').to_owned();
            for name in links(&index(&format!("{root}{folder}/"))?) {
                if matches!(name.as_str(), "main.json" | "community.json") {
                    documents
                        .push(Document { name: format!("{folder}/{name}"), url: format!("{root}{folder}/{name}") });
                }
            }
        }
        if documents.is_empty() {
            return Err(FetchError::Address { url: root, why: "the page lists no release that is known".to_owned() });
        }
        Ok(documents)
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        secdb::read(body, &place, sink)
    }
}

/// The release of a folder's name or a document's `distroversion`: `v3.20` is 3.20.
///
/// Releases after the table's end are taken: a new one is not to wait for a new version of ours.
fn release(name: &str) -> Option<String> {
    let release = name.strip_prefix('v').filter(|rest| {
        let (major, minor) = rest.split_once('.').unwrap_or((rest, ""));
        [major, minor]
            .iter()
            .all(|part| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()))
    });
    release.or_else(|| (name == "edge").then_some("edge")).map(ToOwned::to_owned)
}

fn place(head: &Head) -> Result<Place, String> {
    let release = release(&head.distroversion)
        .ok_or_else(|| format!("'{}' is no release of Alpine (distroversion)", head.distroversion.escape_debug()))?;
    if !matches!(head.reponame.as_str(), "main" | "community" | "testing") {
        return Err(format!("'{}' is no repository of Alpine (reponame)", head.reponame.escape_debug()));
    }
    let platform = Platform::new("alpine", &release).map_err(|error| error.to_string())?;
    Ok(Place { platform, label: format!("{}/{}", head.distroversion, head.reponame) })
}

/// The relative addresses that a folder's page links to.
fn links(page: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(page)
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(link, _)| link.to_owned()))
        .filter(|link| link.len() <= 64 && !link.contains("..") && !link.contains(':') && !link.starts_with('/'))
        .take(MAX_LINKS)
        .collect()
}
