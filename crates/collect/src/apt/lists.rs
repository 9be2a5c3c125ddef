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

/// Reads every list that is there; gives the time of the newest.
pub(super) fn read(
    root: &Root,
    settings: &Settings,
    sources: &[SourceFile],
    table: &mut Table,
    skipped: &mut Vec<Skipped>,
) -> Option<i64> {
    let directory = settings.config.path("Dir::State::lists")?;
    let mut lists = Lists { root, directory: directory.trim_end_matches('/').to_owned(), newest: None, skipped };
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
    lists.newest
}

struct Lists<'a> {
    root: &'a Root,
    directory: String,
    newest: Option<i64>,
    skipped: &'a mut Vec<Skipped>,
}

impl Lists<'_> {
    fn saw(&mut self, modified: Option<i64>) {
        self.newest = self.newest.max(modified);
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
                    self.list(&list, table);
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
        let document = self.root.read(release, MOST_RELEASE).unwrap_or_default();
        if release::index_size(&document, index).is_some_and(|size| size > 0) {
            self.skip(&record, "is missing, although the archive has it");
        }
    }

    /// Reads a list into the file that was added last, keeping only packages that are installed.
    fn list(&mut self, path: &str, table: &mut Table) {
        let file = table.files.len() - 1;
        let opened = match self.root.open(path) {
            Ok(opened) => opened,
            Err(why) => return self.skip(path, why.why.to_string()),
        };
        self.saw(self.root.modified(path).ok());
        let decoder = match Decoder::new(BufReader::with_capacity(64 << 10, opened), MOST_LIST) {
            Ok(decoder) => decoder,
            Err(error) => return self.skip(path, error.to_string()),
        };
        let mut reader = Reader::new(decoder, Limits::default());
        loop {
            match reader.next_stanza() {
                Ok(None) => return,
                Ok(Some(stanza)) => {
                    if !packages::name(&stanza).is_some_and(|name| table.wants(name)) {
                        continue;
                    }
                    match Package::parse(&stanza) {
                        Ok(package) => table.add(&package, file),
                        Err(skip) => self.skip(&format!("{path} line {}", skip.line), skip.why),
                    }
                }
                Err(Error::Stanza(skip)) => self.skip(&format!("{path} line {}", skip.line), skip.why),
                Err(Error::Read { line, error }) => {
                    return self.skip(&format!("{path} line {line}"), format!("read no further: {error}"));
                }
            }
        }
    }
}
