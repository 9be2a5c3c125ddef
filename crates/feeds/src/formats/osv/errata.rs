//! OSV records that are errata of an rpm distribution: AlmaLinux', Rocky's.
//!
//! They name binary packages with the version that fixes them, the CVEs of the erratum beside them
//! (`related`, later `upstream`), and neither sources nor architectures. Modules are named by the
//! summary alone (`nodejs:16 security update`).

use super::{Affected, Record};
use crate::feed::Skipped;
use crate::formats::cve_id::CveId;
use crate::formats::errata::{Erratum, Package, text};
use jiff::Timestamp;
use model::{AdvisoryKind, Platform};

/// Why a package is for no release that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRelease {
    /// It is for something else than the distribution's releases (a special interest group, another release).
    Elsewhere(String),
    /// What it is for can't be told.
    Unknown(String),
}

/// The erratum that a record is, with notes on what of it was not understood. `platform` says which
/// release a package is for, or why it is for none; `until` is the moment as of which it is read ([`Sink::until`]).
///
/// # Errors
/// A note on the record, where it is left out.
///
/// [`Sink::until`]: crate::Sink::until
pub fn erratum(
    record: &Record<'_>,
    kind: AdvisoryKind,
    platform: &dyn Fn(&Affected<'_>) -> Result<Platform, NoRelease>,
    until: Option<Timestamp>,
) -> Result<(Erratum, Vec<Skipped>), Box<Skipped>> {
    let (withdrawn, note) = record.is_withdrawn(until)?;
    let mut notes: Vec<Skipped> = note.into_iter().collect();
    let mut dated = |what: &str, date: &str| {
        let at = text::date(date);
        if at.is_none() && !date.is_empty() {
            notes
                .push(Skipped::new(&record.id, None, format!("{what} '{}' is no date", super::shown(date))).harmless());
        }
        at
    };
    let (published, updated) = (dated("published", &record.published), dated("modified", &record.modified));
    let modules = text::modules(&record.summary);
    let mut packages = Vec::with_capacity(record.packages().len());
    for affected in record.packages() {
        let which = || format!("{} {}", record.id, super::shown(&affected.package.name));
        let note = |why: String| Skipped::new(&which(), None, why).of_packages([affected.package.name.as_ref()]);
        match platform(affected) {
            Ok(release) => match package(affected, &modules, release.clone()) {
                Ok(package) => packages.push(package),
                Err(why) => notes.push(note(why).on(&release)),
            },
            Err(NoRelease::Elsewhere(why)) => notes.push(note(why).harmless()),
            Err(NoRelease::Unknown(why)) => notes.push(note(why)),
        }
    }
    // Names of others (`RHSA-2022:4940`) stand beside those of CVEs.
    let named = record.names().filter(|name| CveId::of(name) != CveId::Other);
    let erratum = Erratum {
        id: record.id.clone().into_owned(),
        part: String::new(),
        title: record.summary.clone().into_owned(),
        kind,
        severity: text::title_severity(&record.summary).0.unwrap_or_default(),
        published,
        updated,
        withdrawn,
        cves: named.map(str::to_owned).collect(),
        text: record.details.clone().into_owned(),
        packages,
        of_sources: false,
        names_no_package: record.packages().is_empty(),
        references: record.references.iter().map(|reference| reference.url.clone()).collect(),
    };
    Ok((erratum, notes))
}

fn package(affected: &Affected<'_>, modules: &[String], platform: Platform) -> Result<Package, String> {
    let fixed = affected.fixed()?.ok_or("an erratum without a fixed version says nothing")?;
    let evr = fixed.strip_prefix("0:").unwrap_or(fixed).to_owned();
    if let Some(major) = text::el_major(&evr).filter(|major| *major != platform.release()) {
        return Err(format!(
            "it is said to be for {platform}, but {} was built for release {major}",
            super::shown(&evr)
        ));
    }
    Ok(Package {
        platform,
        name: affected.package.name.clone().into_owned(),
        modules: labels(&evr, modules),
        evr,
        arch: String::new(),
        source: None,
    })
}

/// Whether what stands behind an ecosystem's name is a release's number.
pub(crate) fn is_number(release: &str) -> bool {
    !release.is_empty() && release.bytes().all(|byte| byte.is_ascii_digit())
}

/// The modules of a build: those that the erratum names, if it is modular at all.
pub(crate) fn labels(evr: &str, modules: &[String]) -> Vec<String> {
    match (text::is_modular(evr), modules) {
        (false, _) => Vec::new(),
        (true, []) => vec!["*".to_owned()],
        (true, modules) => modules.to_vec(),
    }
}

/// The modules of a build of which the record itself names one: that one, and the erratum's of the
/// same name in another stream. Builds are shared between streams, and some compositions list them
/// under the wrong one (Rocky's RLSA-2019:1972 is for ruby:2.5 and has its packages under ruby:2.6).
pub(crate) fn labels_with(own: String, modules: &[String]) -> Vec<String> {
    let name = |label: &str| label.split(':').next().unwrap_or_default().to_owned();
    let of_own = name(&own);
    let mut labels: Vec<String> = modules.iter().filter(|label| name(label) == of_own).cloned().collect();
    labels.push(own);
    labels
}
