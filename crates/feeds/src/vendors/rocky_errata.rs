//! Rocky Linux' errata as its service Apollo gives them, page by page.
//!
//! Address: <https://apollo.build.resf.org/api/v3/advisories/>, described by its own OpenAPI document;
//! <https://errata.rockylinux.org/api/v2/advisories> has the same records.
//!
//! ```text
//! {"advisories": [{"name", "kind", "severity", "synopsis", "description", "published_at", "updated_at",
//!   "cves": [{"cve"}], "fixes": [{"source"}],
//!   "packages": [{"nevra", "module_name", "module_stream", "product_name"}]}], "total", "size", "page"}
//! ```
//!
//! What is odd: packages are given as `NAME-EPOCH:VERSION-RELEASE.ARCH.rpm`, source packages among
//! them, once for every product; products of earlier minor releases are marked `(Legacy)` and are the
//! same release to us; products of special interest groups are not the distribution's.
//!
//! Not affected, won't fix: not said.

use super::rocky;
use super::rpm_repositories::unusable;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::errata::{self, Erratum, text};
use crate::formats::json_list::{self, Item, Limits};
use crate::formats::{osv, salvage};
use model::Platform;
use serde::Deserialize;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct RockyErrata;

/// Where the pages are.
pub const URL: &str = "https://apollo.build.resf.org/api/v3/advisories/";

/// Errata a page; the service gives no more.
const PAGE: u64 = 100;
/// Most pages that are fetched.
const MAX_PAGES: u64 = 2_000;
const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 64 << 20 };

impl Feed for RockyErrata {
    fn id(&self) -> &'static str {
        "rocky-errata"
    }

    fn title(&self) -> &'static str {
        "Rocky Linux errata"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        rocky::platforms()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        if let Some(url) = &config.url {
            return Ok(vec![Document { name: "advisories.json".to_owned(), url: url.clone() }]);
        }
        /// The number of errata, which a page of one says as well as any other.
        #[derive(Deserialize)]
        struct Total {
            total: u64,
        }
        let first = format!("{URL}?size=1&page=1");
        let Total { total } =
            serde_json::from_slice(&index(&first)?).map_err(|error| unusable(&first, &error.to_string()))?;
        let pages = total.div_ceil(PAGE);
        if pages == 0 || pages > MAX_PAGES {
            return Err(unusable(&first, &format!("{total} errata are not to be believed")));
        }
        let of = |page: u64| Document { name: format!("page-{page}"), url: format!("{URL}?size={PAGE}&page={page}") };
        Ok((1..=pages).map(of).collect())
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        json_list::each(body, &["advisories"], LIMITS, &mut |item| {
            match item {
                Item::TooLong(start) => sink.skipped(salvage::too_long(start))?,
                Item::Record(text) => match serde_json::from_str::<Record>(text) {
                    Err(error) => sink.skipped(unread(text, format!("no erratum: {error}")))?,
                    Ok(record) => take(record, sink)?,
                },
            }
            Ok(())
        })
        .map(drop)
    }
}

/// A note on an erratum that is not understood.
fn unread(text: &str, why: String) -> Skipped {
    salvage::skipped(text, why, &[&["packages", "*", "nevra"]], &name_of)
}

/// The name of `delve-0:1.25.2-1.el10_1.aarch64.rpm`.
fn name_of(nevra: &str) -> Option<String> {
    Some(nevra.rsplit_once('-')?.0.rsplit_once('-')?.0.to_owned())
}

#[derive(Deserialize)]
struct Record {
    name: String,
    #[serde(default)]
    synopsis: String,
    description: Option<String>,
    #[serde(default)]
    severity: String,
    published_at: Option<String>,
    updated_at: Option<String>,
    #[serde(default)]
    cves: Vec<Cve>,
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Cve {
    cve: String,
}

#[derive(Deserialize)]
struct Package {
    nevra: String,
    module_name: Option<String>,
    module_stream: Option<String>,
    product_name: String,
}

fn take(record: Record, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let kind = match rocky::kind(&record.name) {
        Ok(kind) => kind,
        Err(rocky::NotOurs::Group(why)) => {
            return Ok(sink.skipped(Skipped::new(&record.name, None, why).harmless())?);
        }
        Err(rocky::NotOurs::NoId(why)) => {
            let names: Vec<String> = record.packages.iter().filter_map(|package| name_of(&package.nevra)).collect();
            let note = Skipped::new(&record.name, None, why).of_packages(names.iter().map(String::as_str));
            return Ok(sink.skipped(note.of_anything())?);
        }
    };
    let mut notes = Vec::new();
    let mut dated = |what: &str, date: Option<&str>| {
        let date = date.unwrap_or_default();
        let at = text::date(date);
        if at.is_none() && !date.is_empty() {
            notes.push(
                Skipped::new(&record.name, None, format!("{what} '{}' is no date", errata::shown(date))).harmless(),
            );
        }
        at
    };
    let published = dated("published_at", record.published_at.as_deref());
    let updated = dated("updated_at", record.updated_at.as_deref());
    let titled = text::title_severity(&record.synopsis).0.unwrap_or_default();
    let severity = text::severity(&record.severity).unwrap_or_else(|| {
        let why = format!("the severity '{}' is not known", errata::shown(&record.severity));
        notes.push(Skipped::new(&record.name, None, why).harmless());
        titled
    });
    let named = text::modules(&record.synopsis);
    let mut packages = Vec::with_capacity(record.packages.len());
    for package in &record.packages {
        match of(package, &named) {
            Ok(package) => packages.push(package),
            Err(why) => {
                let which = format!("{} {}", record.name, package.nevra);
                let note = Skipped::new(&which, None, why).of_anything();
                notes.push(match release(package) {
                    Ok(platform) => note.on(&platform),
                    // It is of a special interest group, or of no release that is known.
                    Err(_) => note.harmless(),
                });
            }
        }
    }
    let erratum = Erratum {
        references: vec![format!("https://errata.rockylinux.org/{}", record.name)],
        id: record.name,
        title: record.synopsis,
        kind,
        severity: severity.max(titled),
        published,
        updated,
        cves: record.cves.into_iter().map(|cve| cve.cve).collect(),
        text: record.description.unwrap_or_default(),
        packages,
        names_no_package: record.packages.is_empty(),
        ..Erratum::default()
    };
    Ok(erratum.hand_over(notes, None, sink)?)
}

/// The release of a package's product.
fn release(package: &Package) -> Result<model::Platform, String> {
    let product = package.product_name.strip_prefix("Rocky Linux ").unwrap_or_default();
    if product.contains("SIG") || package.product_name.contains("sig-") {
        return Err(format!("it is of '{}', not the distribution", errata::shown(&package.product_name)));
    }
    let major = product.split(['.', ' ']).next().unwrap_or_default();
    rocky::platform(major).map_err(|_| format!("the product '{}' is not known", errata::shown(&package.product_name)))
}

fn of(package: &Package, named: &[String]) -> Result<errata::Package, String> {
    let platform = release(package)?;
    // `delve-0:1.25.2-1.el10_1.aarch64.rpm`
    let bad = || "its nevra is not NAME-EPOCH:VERSION-RELEASE.ARCH.rpm".to_owned();
    let (rest, arch) = package.nevra.strip_suffix(".rpm").and_then(|rest| rest.rsplit_once('.')).ok_or_else(bad)?;
    let (rest, release) = rest.rsplit_once('-').ok_or_else(bad)?;
    let (name, version) = rest.rsplit_once('-').ok_or_else(bad)?;
    let (epoch, version) = version.split_once(':').unwrap_or(("0", version));
    let evr = errata::evr(epoch, version, release);
    let modules = match (package.module_name.as_deref(), package.module_stream.as_deref()) {
        (Some(name), Some(stream)) => vec![format!("{name}:{stream}")],
        _ => osv::errata::labels(&evr, named),
    };
    Ok(errata::Package { platform, name: name.to_owned(), evr, arch: arch.to_owned(), source: None, modules })
}
