//! What waits to be upgraded on a host.

use super::error::{ApiResult, Problem};
use super::host::no_host;
use super::json::{Path, Query};
use super::page::{Page, slice};
use super::updates::UpdatesAsked;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use model::wire::sections::{UpdateRecord, Withheld};
use model::{Finding, Platform, Role};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use versions::Scheme;

/// A CVE that an update closes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ClosedCve {
    /// The CVE.
    pub cve: String,
    /// The vendor's severity.
    pub severity: String,
}

/// One pending update.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostUpdate {
    /// Name of the package.
    pub name: String,
    /// Architecture.
    pub arch: String,
    /// The version that is installed.
    pub installed: String,
    /// The version that would be installed.
    pub candidate: String,
    /// The suite within the repository.
    pub suite: String,
    /// The repository.
    pub repository: String,
    /// The archive's name for itself.
    pub origin: String,
    /// Whether it is a security update.
    pub security: bool,
    /// `held`, `phased`, `excluded` or `kept_back`: why the manager does not install it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
    /// Share of machines that the archive offers it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phased_percent: Option<u8>,
    /// Size of the download in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// CVEs that are open for the package and fixed in the candidate, worst first.
    pub cves: Vec<ClosedCve>,
}

/// The word of a reason.
#[must_use]
pub const fn withheld(withheld: Withheld) -> &'static str {
    match withheld {
        Withheld::Held => "held",
        Withheld::Phased => "phased",
        Withheld::Excluded => "excluded",
        Withheld::KeptBack => "kept_back",
    }
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_updates))
}

/// Lists what waits on a host: security first, then by name.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/updates", tag = "hosts", params(("id" = i64, Path,), UpdatesAsked), responses(
    (status = 200, body = Page<HostUpdate>),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 422, description = "`invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn host_updates(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(asked): Query<UpdatesAsked>,
) -> ApiResult<Json<Page<HostUpdate>>> {
    let (snapshot, seq) = app.snapshot(asked.min_seq).await?;
    let findings = snapshot.host_findings(fleet::HostId(id), false, None).ok_or_else(|| no_host(id))?.findings;
    let state = app.store().host_get(id).await?.ok_or_else(|| no_host(id))?;
    let mut records = state.updates.map(|updates| updates.records).unwrap_or_default();
    records.retain(|record| {
        asked.security.is_none_or(|security| record.security == security)
            && super::words_in(asked.q.as_deref(), &record.name)
    });
    records.sort_by(|a, b| (!a.security, &a.name, &a.arch).cmp(&(!b.security, &b.name, &b.arch)));
    let packages = snapshot.host_packages(fleet::HostId(id), None).ok_or_else(|| no_host(id))?;
    let alike: BTreeSet<(&str, &str)> = packages
        .iter()
        .filter(|row| row.package.version == row.package.source_version)
        .map(|row| (row.package.name.as_str(), row.package.arch.as_str()))
        .collect();
    let closed = closed_by(&state.platform, &findings, &alike);
    let page = slice(&records, asked.limit, asked.cursor.as_deref(), seq, |record| row(record, &closed))?;
    Ok(Json(page))
}

type OpenByPackage<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Finding>>;

/// Open findings with a fix, by package. The fixed version is the source's where the vendor speaks of
/// sources, and the candidate is a binary's: they are held against each other only for packages
/// (`alike`) whose binary has its source's version; of others nothing is claimed.
fn closed_by<'a>(
    platform: &Platform,
    findings: &'a [Finding],
    alike: &BTreeSet<(&str, &str)>,
) -> (Option<Scheme>, OpenByPackage<'a>) {
    let mut open = OpenByPackage::new();
    for finding in
        findings.iter().filter(|finding| finding.role == Role::Installed && !finding.fixed_version.is_empty())
    {
        let package = (finding.package.as_str(), finding.arch.as_str());
        if alike.contains(&package) {
            open.entry(package).or_default().push(finding);
        }
    }
    (Scheme::of_distribution(platform.distribution()), open)
}

fn row(record: &UpdateRecord, (scheme, open): &(Option<Scheme>, OpenByPackage<'_>)) -> HostUpdate {
    let findings = open.get(&(record.name.as_str(), record.arch.as_str())).map(Vec::as_slice).unwrap_or_default();
    let mut cves: Vec<(model::Severity, String)> = findings
        .iter()
        .filter(|finding| {
            scheme.is_some_and(|scheme| scheme.compare(&record.candidate, &finding.fixed_version).is_ge())
        })
        .map(|finding| (finding.severity, finding.cve.clone()))
        .collect();
    cves.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    cves.dedup();
    HostUpdate {
        name: record.name.clone(),
        arch: record.arch.clone(),
        installed: record.installed.clone(),
        candidate: record.candidate.clone(),
        suite: record.suite.clone(),
        repository: record.repository.clone(),
        origin: record.origin.clone(),
        security: record.security,
        withheld: record.withheld.map(|why| withheld(why).to_owned()),
        phased_percent: record.phased_percent,
        size: record.size,
        cves: cves
            .into_iter()
            .map(|(severity, cve)| ClosedCve { cve, severity: severity.as_str().to_owned() })
            .collect(),
    }
}
