//! The lists of the sources, in the order in which apt reads them.

use super::names::{file_name, suite_path};
use super::settings::Settings;
use super::sources::SourceFile;
use super::table::{Archive, Index, Table};
use crate::Root;
use crate::text::identifier;
use formats::compression::Decoder;
use formats::deb822::{Error, Limits, Reader};
use formats::packages::{self, Package};
use formats::release::{self, Release};
use model::wire::sections::Skipped;
use std::collections::HashSet;
use std::io::BufReader;

/// Largest Release file, in bytes. Debian's have 150 KB, those of Ubuntu 270 KB.
const MOST_RELEASE: u64 = 16 << 20;
/// Largest list after decompression, in bytes. Debian 12's main has 50 MB.
const MOST_LIST: u64 = 1 << 30;
/// Most lists.
const MOST_LISTS: usize = 5_000;
/// The ways in which apt keeps a list, in the order in which it looks for them.
const EXTENSIONS: &[&str] = &["", ".xz", ".bz2", ".gz", ".lz4", ".zst"];
/// What the daily job of apt touches after a successful update.
const STAMPS: &[&str] = &["/var/lib/apt/periodic/update-success-stamp"];

/// What became of the lists.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The time of the newest.
    pub(super) newest: Option<i64>,
    /// The lists that are there and gave nothing, each with the reason. What their archives offer is
    /// not known, so neither is whether something is to be upgraded.
    pub(super) unread: Vec<String>,
}

/// Reads every list that is there.
pub(super) fn read(
    root: &Root,
    settings: &Settings,
    sources: &[SourceFile],
    table: &mut Table,
    skipped: &mut Vec<Skipped>,
) -> Found {
    let Some(directory) = settings.config.path("Dir::State::lists") else { return Found::default() };
    let directory = directory.trim_end_matches('/').to_owned();
    let mut lists = Lists { root, directory, found: Found::default(), skipped };
    // apt gathers the components of one suite at one address, whatever stands between their lines.
    let mut archives: Vec<(String, &SourceFile, Vec<&SourceFile>)> = Vec::new();
    for source in sources.iter().filter(|source| source.is_used()) {
        let key = file_name(&source.uri, &suite_path(&source.source.suite));
        match archives.iter_mut().find(|(known, first, _)| *known == key && first.uri.access == source.uri.access) {
            Some((_, _, members)) => members.push(source),
            None => archives.push((key, source, vec![source])),
        }
    }
    for (_, first, members) in archives {
        lists.archive(first, &members, table);
    }
    for stamp in STAMPS {
        lists.saw(root.modified(stamp).ok());
    }
    lists.found
}

struct Lists<'a> {
    root: &'a Root,
    directory: String,
    found: Found,
    skipped: &'a mut Vec<Skipped>,
}

impl Lists<'_> {
    fn saw(&mut self, modified: Option<i64>) {
        self.found.newest = self.found.newest.max(modified);
    }

    fn skip(&mut self, record: &str, why: impl Into<String>) {
        self.skipped.push(Skipped { record: record.to_owned(), why: why.into() });
    }

    /// Reads one suite: its Release file, then the list of each component and architecture.
    fn archive(&mut self, first: &SourceFile, members: &[&SourceFile], table: &mut Table) {
        let below = suite_path(&first.source.suite);
        let path = |lists: &Self, name: &str| format!("{}/{}", lists.directory, file_name(&first.uri, name));
        let candidates = ["InRelease", "Release"].map(|name| path(self, &format!("{below}{name}")));
        let release_path = candidates.into_iter().find(|path| self.root.exists(path));
        let (release, modified) = release_path.as_deref().map(|path| self.release(path)).unwrap_or_default();
        self.saw(modified);
        let archive = table.archives.len();
        table.archives.push(Archive {
            release,
            site: identifier(&first.uri.host),
            uri: identifier(&first.uri.shown()),
            source_suite: identifier(&first.source.suite),
            modified,
        });
        let mut seen = HashSet::new();
        for source in members {
            let flat = [String::new()];
            let components = if source.is_flat() { &flat[..] } else { &source.source.components };
            for component in components {
                for arch in &source.architectures {
                    let index = if source.is_flat() {
                        "Packages".to_owned()
                    } else {
                        format!("{component}/binary-{arch}/Packages")
                    };
                    if !seen.insert(index.clone()) {
                        continue;
                    }
                    let Some(list) = self.find(&path(self, &format!("{below}{index}"))) else {
                        let is_optional = arch == "all" && !source.all_is_explicit;
                        if !is_optional {
                            self.missing(source, release_path.as_deref(), &index);
                        }
                        continue;
                    };
                    if table.files.len() >= MOST_LISTS {
                        self.skip(&list, format!("more than {MOST_LISTS} lists"));
                        continue;
                    }
                    let arch = if source.is_flat() { String::new() } else { arch.clone() };
                    table.files.push(Index { archive: Some(archive), component: component.clone(), arch });
                    if let Err(why) = self.list(&list, release_path.as_deref(), &index, table) {
                        // A list that gave nothing counts as none, and no package refers to it.
                        table.files.pop();
                        self.found.unread.push(format!("{list}: {why}"));
                    }
                }
            }
        }
    }

    fn find(&self, path: &str) -> Option<String> {
        EXTENSIONS.iter().map(|extension| format!("{path}{extension}")).find(|path| self.root.exists(path))
    }

    fn release(&mut self, path: &str) -> (Release, Option<i64>) {
        match self.root.read(path, MOST_RELEASE) {
            Ok(bytes) => {
                let (release, faults) = release::parse(&bytes);
                for fault in faults {
                    self.skip(&format!("{path} line {}", fault.line), fault.why);
                }
                (release, self.root.modified(path).ok())
            }
            Err(why) => {
                self.skip(path, why.why.to_string());
                (Release::default(), None)
            }
        }
    }

    /// Notes a list that should be there. Archives don't have every architecture, and apt does not
    /// keep empty lists: the Release file tells.
    fn missing(&mut self, source: &SourceFile, release: Option<&str>, index: &str) {
        let record = format!("{} {} {index}", source.uri.shown(), source.source.suite);
        let Some(release) = release else {
            return self.skip(&record, "was never fetched");
        };
        if self.has_packages(release, index) {
            self.skip(&record, "is missing, although the archive has it");
        }
    }

    /// Whether the Release file says that the list is not empty.
    fn has_packages(&self, release: &str, index: &str) -> bool {
        let document = self.root.read(release, MOST_RELEASE).unwrap_or_default();
        release::index_size(&document, index).is_some_and(|size| size > 0)
    }

    /// Reads a list into the file that was added last, keeping only packages that are installed.
    /// One that breaks off keeps what was read of it, with a note.
    ///
    /// # Errors
    /// Why nothing at all could be read: it does not open, fails before its first package, or holds
    /// something else than packages. A list that is rightly empty is no error.
    fn list(&mut self, path: &str, release: Option<&str>, index: &str, table: &mut Table) -> Result<(), String> {
        let file = table.files.len() - 1;
        let opened = self.root.open(path).map_err(|unreadable| unreadable.why.to_string())?;
        let decoder = Decoder::new(BufReader::with_capacity(64 << 10, opened), MOST_LIST).map_err(|e| e.to_string())?;
        let mut reader = Reader::new(decoder, Limits::default());
        let (mut packages, mut is_empty) = (0_u64, true);
        loop {
            match reader.next_stanza() {
                Ok(None) => break,
                Ok(Some(stanza)) => {
                    is_empty = false;
                    let Some(name) = packages::name(&stanza) else { continue };
                    packages += 1;
                    if !table.wants(name, &stanza) {
                        continue;
                    }
                    match Package::parse(&stanza) {
                        Ok(package) => table.add(&package, file),
                        Err(skip) => self.skip(&format!("{path} line {}", skip.line), skip.why),
                    }
                }
                Err(Error::Stanza(skip)) => {
                    is_empty = false;
                    self.skip(&format!("{path} line {}", skip.line), skip.why);
                }
                Err(Error::Read { line, error }) if packages > 0 => {
                    self.skip(&format!("{path} line {line}"), format!("read no further: {error}"));
                    break;
                }
                Err(Error::Read { error, .. }) => return Err(error.to_string()),
            }
        }
        if packages == 0 && !is_empty {
            return Err("holds no package".to_owned());
        }
        if is_empty && release.is_some_and(|release| self.has_packages(release, index)) {
            return Err("is empty, although the archive's is not".to_owned());
        }
        self.saw(self.root.modified(path).ok());
        Ok(())
    }
}
