//! Section `repositories`: the configured sources with what their Release files say.

use super::View;
use super::names::suite_path;
use super::security;
use super::sources::SourceFile;
use super::table::Archive;
use crate::text::identifier;
use formats::sources_list::Kind;
use jiff::Timestamp;
use model::wire::sections::{Repositories, RepositoryRecord};
use std::collections::HashMap;

impl View {
    /// The section: one record for each address, suite and component that offers packages.
    pub(crate) fn repositories(&self) -> Repositories {
        let key = |uri: &str, suite: &str| format!("{uri} {}", suite_path(suite));
        let archives: HashMap<String, &Archive> =
            self.table.archives.iter().map(|archive| (key(&archive.uri, &archive.source_suite), archive)).collect();
        let mut records = Vec::new();
        for source in self.sources.iter().filter(|source| source.source.kind == Kind::Deb) {
            let uri = identifier(&source.uri.shown());
            let archive = archives.get(&key(&uri, &identifier(&source.source.suite))).copied();
            let none = [String::new()];
            let components = if source.is_flat() { &none[..] } else { &source.source.components };
            records.extend(components.iter().map(|component| record(source, &uri, component, archive)));
        }
        records.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)).then_with(|| a.cmp(b)));
        records.dedup();
        Repositories { records, skipped: self.skipped_sources.clone() }
    }
}

fn sort_key(record: &RepositoryRecord) -> (&str, &str, &str, &str) {
    (&record.kind, &record.uri, &record.suite, &record.component)
}

fn record(source: &SourceFile, uri: &str, component: &str, archive: Option<&Archive>) -> RepositoryRecord {
    let release = archive.map(|archive| archive.release.clone()).unwrap_or_default();
    let options = &source.source.options;
    let is_limited = options.arch.is_some() || !options.arch_remove.is_empty() || !options.arch_add.is_empty();
    let mut arches: Vec<String> = match is_limited {
        true => source.architectures.iter().filter(|arch| *arch != "all" || source.all_is_explicit).cloned().collect(),
        false => Vec::new(),
    };
    arches.sort();
    arches.dedup();
    RepositoryRecord {
        arches: arches.iter().map(|arch| identifier(arch)).collect(),
        security: security::is_security(&release, &source.source.suite),
        codename: identifier(&release.codename),
        component: identifier(component),
        enabled: source.source.enabled,
        fetched_at: archive.and_then(|archive| Timestamp::from_second(archive.modified?).ok()),
        kind: "deb".to_owned(),
        label: identifier(&release.label),
        name: String::new(),
        origin: identifier(&release.origin),
        published_at: published_at(&release.date),
        suite: identifier(&source.source.suite),
        uri: uri.to_owned(),
    }
}

/// A Release file's date: RFC 5322 with the zone `UTC`, which that standard does not know.
fn published_at(date: &str) -> Option<Timestamp> {
    let date = date.trim();
    let numeric = date.strip_suffix("UTC").map(|civil| format!("{civil}+0000"));
    let zoned = jiff::fmt::rfc2822::parse(numeric.as_deref().unwrap_or(date)).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_dates_of_release_files() {
        let at = |date| published_at(date).map(|at| at.to_string()).unwrap_or_default();
        assert_eq!(at("Fri, 20 Nov 2026 00:12:41 UTC"), "2026-11-20T00:12:41Z");
        assert_eq!(at("Sat, 11 Jul 2026 10:16:37 +0200"), "2026-07-11T08:16:37Z");
        assert_eq!(at("yesterday"), "");
        assert_eq!(at(""), "");
    }
}
