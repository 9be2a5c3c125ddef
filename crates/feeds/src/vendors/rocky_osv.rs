//! Rocky Linux' errata as OSV records.
//!
//! Address: OSV.dev's export of what Rocky publishes, one archive of all records.
//! Format: <https://ossf.github.io/osv-schema/>.
//!
//! What is odd: every record names a package once, whichever builds there are; the package URL's
//! `distro` names the repository of a special interest group (`rocky-linux-8-sig-cloud`), whose builds
//! are not the distribution's; epochs of 0 are written out; CVEs are `related`, later `upstream`.
//!
//! Not affected, won't fix: not said.

use super::rocky;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::osv::errata::{NoRelease, is_number};
use crate::formats::osv::{self, Affected, Entry, Record};
use model::Platform;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct RockyOsv;

/// Where the archive is.
pub const URL: &str = "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip";

impl Feed for RockyOsv {
    fn id(&self) -> &'static str {
        "rocky-osv"
    }

    fn title(&self) -> &'static str {
        "Rocky Linux errata (OSV)"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // A part of the errata since release 8 of 2021.
        1_000
    }

    fn platforms(&self) -> Vec<Platform> {
        rocky::platforms()
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
        Ok(vec![Document { name: "all.zip".to_owned(), url }])
    }

    fn wants(&self, member: &str) -> bool {
        member.ends_with(".json")
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
    match rocky::kind(&record.id) {
        Err(rocky::NotOurs::Group(why)) => Ok(sink.skipped(Skipped::new(&record.id, None, why).harmless())?),
        Err(rocky::NotOurs::NoId(why)) => Ok(sink.skipped(record.unread(why))?),
        Ok(kind) => match osv::errata::erratum(record, kind, &platform, sink.until()) {
            Ok((erratum, notes)) => Ok(erratum.hand_over(notes, None, sink)?),
            Err(note) => Ok(sink.skipped(*note)?),
        },
    }
}

/// The release that a package is for: `Rocky Linux:8`.
fn platform(affected: &Affected<'_>) -> Result<Platform, NoRelease> {
    let ecosystem = affected.package.ecosystem.as_ref();
    if let Some(distro) = affected.package.qualifier("distro").filter(|distro| distro.contains("-sig-")) {
        return Err(NoRelease::Elsewhere(format!(
            "it is of a special interest group ({}), not the distribution",
            crate::formats::errata::shown(distro)
        )));
    }
    let major = ecosystem.strip_prefix("Rocky Linux:").filter(|major| is_number(major));
    let why = || format!("the ecosystem '{}' is no release of Rocky Linux", crate::formats::errata::shown(ecosystem));
    rocky::platform(major.ok_or_else(|| NoRelease::Unknown(why()))?).map_err(NoRelease::Elsewhere)
}
