//! Rocky Linux' errata in its package repositories.
//!
//! Address: `https://dl.rockylinux.org/pub/rocky/RELEASE/REPOSITORY/x86_64/os/`, where `repomd.xml`
//! names the document. Format: [`formats::updateinfo`].
//!
//! What is odd: an erratum's packages are spread over the repositories, so that it stands in several
//! documents; repositories of earlier minor releases (the vault) hold errata that the current ones
//! have dropped; the release is named by the update (`Rocky Linux 9`) and by the builds.
//!
//! Not affected, won't fix: not said.

use super::{rocky, rpm_repositories};
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::fetch::FetchError;
use crate::formats::errata::text;
use crate::formats::updateinfo::{self, Dialect};
use crate::source::Source;
use formats::updateinfo::{Collection, Package, Update};
use jiff::Timestamp;
use model::Platform;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct RockyUpdateinfo;

/// Where the repositories are.
pub const URL: &str = "https://dl.rockylinux.org/pub/rocky";

/// Repositories of the distribution by major release.
const REPOSITORIES: &[(&str, &[&str])] = &[
    ("8", &["BaseOS", "AppStream", "PowerTools", "HighAvailability", "RT", "NFV"]),
    ("9", &["BaseOS", "AppStream", "CRB", "HighAvailability", "RT", "NFV"]),
    ("10", &["BaseOS", "AppStream", "CRB", "HighAvailability", "NFV"]),
];

const DIALECT: Dialect = Dialect { id: |id| rocky::kind(id).is_ok(), platform, cves_in_texts: false };

impl Feed for RockyUpdateinfo {
    fn id(&self) -> &'static str {
        "rocky-updateinfo"
    }

    fn title(&self) -> &'static str {
        "Rocky Linux errata (package repositories)"
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn has_signatures(&self) -> bool {
        true
    }

    fn platforms(&self) -> Vec<Platform> {
        rocky::platforms()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        rpm_repositories::documents(config, &rpm_repositories::table(config, URL, REPOSITORIES), index)
    }

    fn sources(
        &self,
        config: &FeedConfig,
        now: Timestamp,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Source>, FetchError> {
        rpm_repositories::sources(config, &rpm_repositories::table(config, URL, REPOSITORIES), now, index)
    }

    fn wants(&self, member: &str) -> bool {
        member.contains("updateinfo.xml")
    }

    fn parse(&self, document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        updateinfo::parse(&DIALECT, rpm_repositories::part(document), body, sink)
    }
}

fn platform(update: &Update, _: &Collection, package: &Package) -> Result<Platform, String> {
    let named = update.release.strip_prefix("Rocky Linux ").map(|rest| rest.split('.').next().unwrap_or(rest));
    let built = text::el_major(&package.release);
    if let Some((named, built)) = named.zip(built).filter(|(named, built)| named != built) {
        return Err(format!("its update is for release {named}, but it was built for {built}"));
    }
    rocky::platform(named.or(built).ok_or("neither its update nor its release says for which Rocky Linux it is")?)
}
