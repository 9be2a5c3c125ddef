//! AlmaLinux' errata as OSV records.
//!
//! Address: <https://github.com/AlmaLinux/osv-database>, one file an erratum under
//! `advisories/almalinuxN/`, fetched as an archive; the same records are in OSV.dev's export.
//! Format: <https://ossf.github.io/osv-schema/>.
//!
//! What is odd: a record for several releases stands under each of them, whole each time, so that an
//! id comes up to three times with the same content; there are neither sources nor architectures;
//! CVEs are `related`; a package may stand several times with the builds of several compositions.
//!
//! Not affected, won't fix: not said. What is mended is all that is published.

use super::almalinux;
use crate::feed::{Document, Feed, FeedConfig, Lost, Sink, Unreadable};
use crate::fetch::FetchError;
use crate::formats::osv::errata::{NoRelease, is_number};
use crate::formats::osv::{self, Affected, Entry, Record};
use model::Platform;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct AlmaLinuxOsv;

/// Where the archive is.
pub const URL: &str = "https://github.com/AlmaLinux/osv-database/archive/refs/heads/master.tar.gz";

impl Feed for AlmaLinuxOsv {
    fn id(&self) -> &'static str {
        "almalinux-osv"
    }

    fn title(&self) -> &'static str {
        "AlmaLinux errata (OSV)"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // 5,637 errata in August 2026.
        2_000
    }

    fn platforms(&self) -> Vec<Platform> {
        almalinux::platforms()
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "osv-database.tar".to_owned(), url }])
    }

    fn wants(&self, member: &str) -> bool {
        member.ends_with(".json")
    }

    /// An erratum's name tells nothing of its packages, only its folder the release.
    fn lost_with(&self, member: &str) -> Option<Lost> {
        let folder = member.split('/').filter_map(|part| part.strip_prefix("almalinux")).next_back();
        let platform = folder.and_then(|major| almalinux::platform(major).ok());
        Some(Lost { anything: true, platform, ..Lost::default() })
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        osv::read(body, &mut |entry| {
            match entry {
                Entry::Bad(text, why) => sink.skipped(osv::unread(text, why))?,
                Entry::Record(record) => take(&record, sink)?,
            }
            Ok(())
        })
    }
}

fn take(record: &Record<'_>, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let Some(kind) = almalinux::kind(&record.id) else {
        return Ok(sink.skipped(record.unread("the id is none of AlmaLinux' errata"))?);
    };
    match osv::errata::erratum(record, kind, &platform, sink.until()) {
        Ok((erratum, notes)) => Ok(erratum.hand_over(notes, None, sink)?),
        Err(note) => Ok(sink.skipped(*note)?),
    }
}

/// The release that a package is for: `AlmaLinux:8`.
fn platform(affected: &Affected<'_>) -> Result<Platform, NoRelease> {
    let ecosystem = affected.package.ecosystem.as_ref();
    let major = ecosystem.strip_prefix("AlmaLinux:").filter(|major| is_number(major));
    let why = || format!("the ecosystem '{}' is no release of AlmaLinux", crate::formats::errata::shown(ecosystem));
    almalinux::platform(major.ok_or_else(|| NoRelease::Unknown(why()))?).map_err(NoRelease::Elsewhere)
}
