//! The metadata that dnf or yum fetched last, as they lie in their cache.

use super::document::Document;
use super::settings::{Repository, Settings};
use crate::Root;
use crate::text::identifier;
use formats::repomd::{self, MetadataFile};
use model::wire::sections::Skipped;

/// Largest index of a repository, in bytes. Real ones have some 10 KB.
const MOST_INDEX: u64 = 4 << 20;
/// Largest file of metadata after decompression, in bytes. Fedora's `primary.xml` has 300 MB.
pub(super) const MOST_UNPACKED: u64 = 2 << 30;
/// Digits of the hash of a repository's address behind its id.
const HASH_DIGITS: usize = 16;
/// Most folders that are looked through for a path with variables in it.
const MOST_FOLDERS: usize = 1000;

/// The metadata of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cache {
    /// Where its index lies.
    folder: String,
    files: Vec<MetadataFile>,
    /// When it was fetched, or last found to be what the repository still has; in seconds since 1970.
    pub(super) fetched: Option<i64>,
    /// When the newest of its files was made.
    pub(super) published: Option<i64>,
}

/// A file of metadata that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// At this path.
    At(String),
    /// The repository has none.
    None,
    /// It should be there and is not, or in a form that is not read; why.
    Unreadable(String),
}

/// Where indexes may lie, each with the name of its folder: found once for all repositories.
pub(super) struct Folders {
    found: Vec<(String, String)>,
}

impl Folders {
    /// Looks through the folders of the settings.
    pub(super) fn find(root: &Root, settings: &mut Settings) -> Self {
        let mut found = Vec::new();
        for cache in settings.caches.clone() {
            for folder in expanded(root, &cache) {
                match root.list(&folder) {
                    Ok(entries) => found.extend(
                        entries.into_iter().filter(|e| !e.is_file).map(|e| (format!("{folder}/{}", e.name), e.name)),
                    ),
                    Err(why) if why.is_missing() => {}
                    Err(why) => settings.skip(&folder, why.why.to_string()),
                }
            }
        }
        found.sort();
        found.dedup();
        Self { found }
    }

    /// The metadata of a repository; `None` where there is none. dnf's folders are named after the id and a hash of the
    /// address. Several are left where an address was changed or given on the command line once; the one of the address
    /// that is set counts, however old it is. Where none is of that address, the newest, and of several it is noted.
    ///
    /// # Errors
    /// Why the index can't be read.
    pub(super) fn of(
        &self,
        root: &Root,
        Repository { id, hash, below, .. }: &Repository,
        notes: &mut Vec<Skipped>,
    ) -> Option<Result<Cache, String>> {
        // zypper's aliases may hold slashes, which it writes so.
        let id = &id.replace('/', "_");
        let own = format!("{id}-{hash}");
        let is_there = self.found.iter().any(|(_, name)| *name == own);
        let folders = self.found.iter().filter(|(_, name)| {
            let hash = name.strip_prefix(id).and_then(|rest| rest.strip_prefix('-'));
            let is_hash = |hash: &str| hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_hexdigit());
            if is_there { *name == own } else { name == id || hash.is_some_and(is_hash) }
        });
        let indexes = folders.flat_map(|(path, _)| [format!("{path}{below}/repodata"), path.clone()]);
        let dated = indexes.filter_map(|folder| match root.modified(&format!("{folder}/repomd.xml")) {
            Ok(modified) => Some((modified, folder)),
            Err(why) if why.is_missing() => None,
            Err(_) => Some((i64::MIN, folder)),
        });
        let dated: Vec<(i64, String)> = dated.collect();
        if !is_there && dated.len() > 1 {
            let why = format!("several folders hold metadata of '{}', none by its present address", identifier(id));
            notes.push(Skipped { record: dated.iter().max().map(|(_, folder)| folder.clone())?, why });
        }
        let (modified, folder) = dated.into_iter().max()?;
        Some(read(root, folder, modified))
    }
}

fn read(root: &Root, folder: String, modified: i64) -> Result<Cache, String> {
    let path = format!("{folder}/repomd.xml");
    let bytes = root.read(&path, MOST_INDEX).map_err(|why| why.to_string())?;
    let files = repomd::read(&bytes[..]).map_err(|why| format!("{path}: {why}"))?;
    let published = files.iter().filter_map(|file| file.timestamp.split('.').next()?.parse().ok()).max();
    let mut cache = Cache { folder, files, fetched: Some(modified), published };
    // dnf touches the list of packages where the repository has nothing new.
    if let Wanted::At(path) = cache.find(root, "primary") {
        cache.fetched = cache.fetched.max(root.modified(&path).ok());
    }
    Ok(cache)
}

impl Cache {
    /// Where the file of a kind lies.
    pub(super) fn find(&self, root: &Root, kind: &str) -> Wanted {
        let Some(file) = self.stated(kind) else { return Wanted::None };
        let name = file.href.rsplit('/').next().unwrap_or_default();
        let path = format!("{}/{name}", self.folder);
        if !name.is_empty() && root.exists(&path) {
            return Wanted::At(path);
        }
        let is_chunked = self.files.iter().filter(|file| file.kind == format!("{kind}_zck")).any(|file| {
            let name = file.href.rsplit('/').next().unwrap_or_default();
            !name.is_empty() && root.exists(&format!("{}/{name}", self.folder))
        });
        Wanted::Unreadable(if is_chunked {
            format!(
                "{}: the list '{kind}' is kept in zchunk's format only, which this version does not read",
                self.folder
            )
        } else {
            format!("{path} does not exist")
        })
    }

    /// The list of packages as a database, which yum keeps, unpacked, in the place of the document.
    pub(super) fn find_database(&self, root: &Root) -> Option<String> {
        let file = self.stated("primary_db")?;
        let name = file.href.rsplit('/').next().unwrap_or_default();
        let name = [".bz2", ".xz", ".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let paths = [format!("{}/{name}", self.folder), format!("{}/gen/primary_db.sqlite", self.folder)];
        paths.into_iter().find(|path| path.ends_with(".sqlite") && root.is_file(path))
    }

    /// What the index says of the file of a kind.
    pub(super) fn stated(&self, kind: &str) -> Option<&MetadataFile> {
        self.files.iter().find(|file| file.kind == kind)
    }

    /// Opens the file of a kind that [`Cache::find`] found.
    pub(super) fn open(&self, root: &Root, kind: &str, path: &str) -> Result<Document, String> {
        Document::open(root, path, self.stated(kind))
    }
}

/// The folders of a path; a part with a variable that is not known stands for any.
fn expanded(root: &Root, path: &str) -> Vec<String> {
    let mut folders = vec![String::new()];
    for part in path.split('/').filter(|part| !part.is_empty()) {
        if !part.contains('$') {
            folders.iter_mut().for_each(|folder| *folder = format!("{folder}/{part}"));
            continue;
        }
        let below = |folder: &String| {
            let entries = root.list(folder).unwrap_or_default().into_iter().filter(|entry| !entry.is_file);
            entries.map(|entry| format!("{folder}/{}", entry.name)).collect::<Vec<_>>()
        };
        folders = folders.iter().flat_map(below).take(MOST_FOLDERS).collect();
    }
    folders
}
