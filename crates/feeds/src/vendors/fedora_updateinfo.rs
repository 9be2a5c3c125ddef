//! Fedora's and EPEL's updates in their package repositories.
//!
//! Addresses: `https://dl.fedoraproject.org/pub/fedora/linux/updates/RELEASE/Everything/x86_64/` and
//! `https://dl.fedoraproject.org/pub/epel/RELEASE/Everything/x86_64/`, where `repomd.xml` names the
//! document. Format: [`formats::updateinfo`].
//!
//! What is odd: see [`fedora`]; a document lists the packages of every architecture; `src` is the
//! address of the binary package, but source packages stand in the list (with architecture `src`);
//! the update says for which release it is (`Fedora 43`, `Fedora EPEL 9`).
//!
//! Not affected, won't fix: not said.

use super::fedora;
use super::rpm_repositories::{self, Repository};
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::fetch::FetchError;
use crate::formats::errata::{shown, text};
use crate::formats::updateinfo::{self, Dialect};
use crate::source::Source;
use formats::updateinfo::{Collection, Package, Update};
use jiff::Timestamp;
use model::Platform;
use std::io::BufRead;

/// One of the two.
#[derive(Debug, Clone, Copy)]
pub struct FedoraUpdateinfo {
    id: &'static str,
    title: &'static str,
    epel: bool,
}

/// Fedora's own.
pub const FEDORA: FedoraUpdateinfo =
    FedoraUpdateinfo { id: "fedora-updateinfo", title: "Fedora updates (package repositories)", epel: false };

/// Extra Packages for Enterprise Linux.
pub const EPEL: FedoraUpdateinfo =
    FedoraUpdateinfo { id: "epel-updateinfo", title: "EPEL updates (package repositories)", epel: true };

/// Where Fedora's repositories of updates are.
pub const FEDORA_URL: &str = "https://dl.fedoraproject.org/pub/fedora/linux/updates";
/// Where EPEL's are.
pub const EPEL_URL: &str = "https://dl.fedoraproject.org/pub/epel";

const FEDORA_DIALECT: Dialect = Dialect {
    id: |id| id.starts_with("FEDORA-") && !id.starts_with("FEDORA-EPEL-"),
    platform: fedora_platform,
    cves_in_texts: true,
};
const EPEL_DIALECT: Dialect =
    Dialect { id: |id| id.starts_with("FEDORA-EPEL-"), platform: epel_platform, cves_in_texts: true };

impl Feed for FedoraUpdateinfo {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn has_signatures(&self) -> bool {
        true
    }

    /// A repository has the newest update of a package, and its metadata only the updates that it has.
    fn keeps_ids(&self) -> bool {
        false
    }

    fn platforms(&self) -> Vec<Platform> {
        if self.epel { fedora::epel_platforms() } else { fedora::fedora_platforms() }
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
        let repositories = self.repositories(config, index)?;
        rpm_repositories::documents(config, &repositories, index)
    }

    fn sources(
        &self,
        config: &FeedConfig,
        now: Timestamp,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Source>, FetchError> {
        let repositories = self.repositories(config, index)?;
        rpm_repositories::sources(config, &repositories, now, index)
    }

    fn wants(&self, member: &str) -> bool {
        member.contains("updateinfo.xml")
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        // Ids are unique over all releases, and an update stands in one document as a whole.
        updateinfo::parse(if self.epel { &EPEL_DIALECT } else { &FEDORA_DIALECT }, "", body, sink)
    }
}

impl FedoraUpdateinfo {
    /// The repositories of the releases that Bodhi names; none where the administrator names a document.
    fn repositories(
        &self,
        config: &FeedConfig,
        index: rpm_repositories::Index<'_>,
    ) -> Result<Vec<Repository>, FetchError> {
        let mirror = rpm_repositories::mirror(config);
        if config.url.is_some() && mirror.is_none() {
            return Ok(Vec::new());
        }
        let (distribution, base) = if self.epel { ("epel", EPEL_URL) } else { ("fedora", FEDORA_URL) };
        let base = mirror.unwrap_or(base);
        let platforms = fedora::releases(index)?.into_iter().filter_map(|release| release.platform().ok());
        let mut numbers: Vec<String> = platforms
            .filter(|platform| platform.distribution() == distribution)
            .map(|platform| platform.release().to_owned())
            .collect();
        numbers.sort();
        numbers.dedup();
        let of =
            |number: &String| Repository { name: number.clone(), url: format!("{base}/{number}/Everything/x86_64") };
        Ok(numbers.iter().map(of).collect())
    }
}

fn fedora_platform(update: &Update, _: &Collection, package: &Package) -> Result<Platform, String> {
    let named = update.release.strip_prefix("Fedora ").map(|rest| rest.trim_end_matches(" Modular"));
    let release = named.or_else(|| text::fedora_release(&package.release));
    fedora::fedora(release.ok_or_else(|| format!("the release '{}' is none of Fedora's", shown(&update.release)))?)
}

fn epel_platform(update: &Update, _: &Collection, package: &Package) -> Result<Platform, String> {
    let named = update.release.strip_prefix("Fedora EPEL ").map(|rest| rest.trim_end_matches(" Modular"));
    let release = named.or_else(|| text::el_major(&package.release));
    fedora::epel(release.ok_or_else(|| format!("the release '{}' is none of EPEL's", shown(&update.release)))?)
}
