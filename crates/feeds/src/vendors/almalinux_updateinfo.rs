//! AlmaLinux' errata in its package repositories.
//!
//! Address: `https://repo.almalinux.org/almalinux/RELEASE/REPOSITORY/x86_64/os/`, where `repomd.xml`
//! names the document. Format: [`formats::updateinfo`].
//!
//! What is odd: an erratum's packages are spread over the repositories, so that it stands in several
//! documents with other packages in each; the release is named by the collection
//! (`almalinux-9-for-x86_64-baseos-rpms__9_1_default`).
//!
//! Not affected, won't fix: not said.

use super::{almalinux, rpm_repositories};
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
pub struct AlmaLinuxUpdateinfo;

/// Where the repositories are.
pub const URL: &str = "https://repo.almalinux.org/almalinux";

/// Repositories of the distribution by major release.
const REPOSITORIES: &[(&str, &[&str])] = &[
    ("8", &["BaseOS", "AppStream", "PowerTools", "HighAvailability", "RT", "NFV"]),
    ("9", &["BaseOS", "AppStream", "CRB", "HighAvailability", "RT", "NFV"]),
    ("10", &["BaseOS", "AppStream", "CRB", "HighAvailability", "RT", "NFV"]),
];

const DIALECT: Dialect = Dialect { id: |id| almalinux::kind(id).is_some(), platform, cves_in_texts: false };

impl Feed for AlmaLinuxUpdateinfo {
    fn id(&self) -> &'static str {
        "almalinux-updateinfo"
    }

    fn title(&self) -> &'static str {
        "AlmaLinux errata (package repositories)"
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn has_signatures(&self) -> bool {
        true
    }

    fn platforms(&self) -> Vec<Platform> {
        almalinux::platforms()
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

fn platform(_: &Update, collection: &Collection, package: &Package) -> Result<Platform, String> {
    let named = [&collection.short, &collection.name].into_iter().find_map(|name| {
        let rest = name.strip_prefix("almalinux-")?;
        rest.split('-').next()
    });
    let built = text::el_major(&package.release);
    if let Some((named, built)) = named.zip(built).filter(|(named, built)| named != built) {
        return Err(format!("its collection is for release {named}, but it was built for {built}"));
    }
    almalinux::platform(named.or(built).ok_or("neither its collection nor its release says for which AlmaLinux it is")?)
}
