//! One host.

use super::agents::{MOST_ODD, OddRecord};
use super::error::{ApiError, ApiResult, Problem};
use super::hosts::HostRow;
use super::json::{Path, Query};
use super::types::{AssessmentCounts, NotAssessed, SeverityCounts, StateCounts, UpdateCounts};
use crate::app::App;
use crate::auth::principal::Principal;
use crate::not_known::About;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::wire::SectionName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use versions::Scheme;

/// Kernels of a host.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Kernels {
    /// `uname -r` of the one that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
    /// The one that boots next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Those on disk.
    pub installed: Vec<KernelRow>,
}

/// A kernel on disk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KernelRow {
    /// `uname -r` of it.
    pub release: String,
    /// The package that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The package's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A file system.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiskRow {
    /// Where it is mounted.
    pub mount: String,
    /// Its size.
    pub size_bytes: u64,
    /// What an ordinary user may still write.
    pub available_bytes: u64,
    /// What is in use, where its agent says it. `df` calls `used / (used + available)` the use; what is
    /// reserved for the administrator is neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_bytes: Option<u64>,
}

/// What is held of one section of the host's reports.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SectionRow {
    /// `host`, `packages`, `updates`, `repositories`, `runtime`, `history`.
    pub name: String,
    /// `present`, `unavailable` (what is shown is older) or `never`.
    pub state: String,
    /// When it was last seen to be so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub observed_at: Option<jiff::Timestamp>,
    /// Why it is unavailable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The program that reports.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A name and boot under which a host was heard.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpeakerRow {
    /// The node name.
    pub hostname: String,
    /// The kernel's boot id, may be empty.
    pub boot_id: String,
    /// When it was last heard.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: jiff::Timestamp,
}

/// Open findings of one host.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct HostFindingCounts {
    /// CVEs that are open.
    pub open: u64,
    /// By state.
    pub by_state: StateCounts,
    /// By severity.
    pub by_severity: SeverityCounts,
}

/// What of a host could be judged.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct HostAssessment {
    /// The counts.
    #[serde(flatten)]
    pub counts: AssessmentCounts,
    /// Why the others could not, most packages first.
    pub reasons: Vec<NotAssessed>,
}

/// Everything that the head and the summary of a host's page show.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HostDetail {
    /// The row of the list.
    #[serde(flatten)]
    pub row: HostRow,
    /// One sentence that says what matters.
    pub summary: String,
    /// systemd's machine id.
    pub machine_id: String,
    /// Fully qualified name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    /// Native architecture.
    pub arch: String,
    /// Kernels.
    pub kernel: Kernels,
    /// When it was booted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub boot_time: Option<jiff::Timestamp>,
    /// Seconds since boot, at the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_seconds: Option<u64>,
    /// `kvm`, `lxc` ...; `none` on bare metal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtualization: Option<String>,
    /// Logical processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_count: Option<u32>,
    /// Model of the first processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_model: Option<String>,
    /// Total memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Memory that programs could have, at the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_available_bytes: Option<u64>,
    /// Load over 1, 5, 15 minutes, at the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Vec<f32>>,
    /// File systems.
    pub disks: Vec<DiskRow>,
    /// Addresses.
    pub ip_addresses: Vec<String>,
    /// `dpkg`, `rpm` ...
    pub package_manager: String,
    /// The program that reports.
    pub agent: Agent,
    /// Hosts that do not count since this one stands for the same machine; their history is on record.
    pub replaces: Vec<i64>,
    /// Names and boots under which it was heard within a week, that of now last: more than one machine
    /// seems to share its machine id. Empty unless `not_known` has `possible_clones`.
    pub possible_clones: Vec<SpeakerRow>,
    /// When it was first heard of.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: jiff::Timestamp,
    /// When its package lists were last fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lists_at: Option<jiff::Timestamp>,
    /// Why it must be rebooted.
    pub reboot_reasons: Vec<String>,
    /// The sections of its reports.
    pub sections: Vec<SectionRow>,
    /// Records that were left out of them; the first 100.
    pub odd: Vec<OddRecord>,
    /// Pending updates.
    pub updates: UpdateCounts,
    /// Open findings.
    pub findings: HostFindingCounts,
    /// What could be judged.
    pub assessment: HostAssessment,
}

/// What one host takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HostAsked {
    /// Answer only from a state that holds this change.
    #[param(minimum = 0)]
    pub min_seq: Option<i64>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(host_get, host_remove)).routes(routes!(own_host_scan))
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Nothing of that number.
pub fn no_host(id: i64) -> ApiError {
    ApiError::not_found(format!("There is no host {id}."))
}

/// One host.
#[utoipa::path(get, path = "/api/v1/hosts/{id}", tag = "hosts", params(("id" = i64, Path,), HostAsked), responses(
    (status = 200, body = HostDetail),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 410, description = "`removed`: it does not count; says since when, why, and which host stands for the same machine", body = Problem),
))]
async fn host_get(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<i64>,
    Query(asked): Query<HostAsked>,
) -> ApiResult<Json<HostDetail>> {
    let (snapshot, _) = app.snapshot(asked.min_seq).await?;
    let Some(row) = snapshot.host(fleet::HostId(id), None) else { return Err(absent(&app, id).await) };
    let assessed = snapshot.host_assessment(fleet::HostId(id), None).ok_or_else(|| no_host(id))?;
    let state = app.store().host_get(id).await?.ok_or_else(|| no_host(id))?;
    let host = state.host.clone().unwrap_or_default();
    let runtime = state.runtime.clone().unwrap_or_default();
    let assessment = HostAssessment {
        counts: AssessmentCounts {
            packages: assessed.packages,
            assessed: assessed.assessed,
            not_assessed: assessed.not_assessed,
        },
        reasons: super::assessment::reasons(&assessed.reasons),
    };
    let counts = HostFindingCounts {
        open: u64::from(row.open_findings),
        by_state: (&row.by_state).into(),
        by_severity: (&row.by_severity).into(),
    };
    let updates = UpdateCounts {
        security: u64::from(row.security_updates),
        other: u64::from(row.other_updates),
        withheld: u64::from(row.withheld_updates),
    };
    let reason = |name| state.section(name).and_then(|status| status.unavailable.as_ref()).map(|(why, _)| why.as_str());
    let about = About {
        scheme: Scheme::of_distribution(row.platform.distribution()),
        host: reason(SectionName::Host),
        packages: reason(SectionName::Packages),
        updates: reason(SectionName::Updates),
        repositories: reason(SectionName::Repositories),
        kernel: state
            .runtime
            .as_ref()
            .map(|runtime| runtime.running_kernel.as_str())
            .filter(|kernel| !kernel.is_empty()),
        alone: false,
    };
    let clones = row.not_known.iter().any(|one| matches!(one, fleet::NotKnown::PossibleClones(_)));
    let not_known = about.say(&row.not_known);
    Ok(Json(HostDetail {
        summary: super::summary::host(&row, &not_known, &assessment),
        machine_id: state.machine_id.clone(),
        fqdn: filled(&host.fqdn),
        arch: host.arch,
        kernel: Kernels {
            running: filled(&runtime.running_kernel),
            next: filled(&runtime.next_kernel),
            installed: runtime
                .kernels
                .iter()
                .map(|kernel| KernelRow {
                    release: kernel.release.clone(),
                    package: filled(&kernel.package),
                    version: filled(&kernel.version),
                })
                .collect(),
        },
        boot_time: host.boot_time,
        uptime_seconds: state.heartbeat.uptime_seconds,
        virtualization: filled(&host.virtualization),
        cpu_count: host.cpu_count,
        cpu_model: filled(&host.cpu_model),
        memory_bytes: host.memory_bytes,
        memory_available_bytes: state.heartbeat.memory_available_bytes,
        load: state.heartbeat.load.map(|load| load.to_vec()),
        disks: state
            .heartbeat
            .disks
            .iter()
            .map(|disk| DiskRow {
                mount: disk.mount.clone(),
                size_bytes: disk.size_bytes,
                available_bytes: disk.available_bytes,
                used_bytes: disk.used_bytes,
            })
            .collect(),
        ip_addresses: host.ip_addresses,
        package_manager: host.package_manager,
        agent: Agent { name: state.agent.name.clone(), version: state.agent.version.clone() },
        replaces: app.store().hosts_replaced_by(id).await?,
        possible_clones: if clones { speakers(&state) } else { Vec::new() },
        first_seen_at: state.first_seen_at,
        lists_at: row.lists_at,
        reboot_reasons: runtime.reboot_reasons,
        sections: SectionName::ALL.into_iter().map(|name| section(&state, name)).collect(),
        odd: state.odd.iter().take(MOST_ODD).map(OddRecord::from).collect(),
        updates,
        findings: counts,
        assessment,
        row: HostRow { not_known, ..row.into() },
    }))
}

fn speakers(state: &store::HostState) -> Vec<SpeakerRow> {
    let row = |speaker: &store::Speaker| {
        let is_now = (&speaker.hostname, &speaker.boot_id) == (&state.hostname, &state.boot_id);
        SpeakerRow {
            hostname: speaker.hostname.clone(),
            boot_id: speaker.boot_id.clone(),
            last_seen_at: if is_now { state.last_seen_at } else { speaker.last_at },
        }
    };
    state.speakers.iter().map(row).collect()
}

fn section(state: &store::HostState, name: SectionName) -> SectionRow {
    let status = state.section(name);
    let observed_at = status.and_then(|status| status.observed_at);
    let unavailable = status.and_then(|status| status.unavailable.as_ref());
    let word = match (unavailable, observed_at) {
        (Some(_), _) => "unavailable",
        (None, Some(_)) => "present",
        (None, None) => "never",
    };
    SectionRow {
        name: name.to_string(),
        state: word.to_owned(),
        observed_at,
        reason: unavailable.map(|(reason, _)| reason.clone()),
    }
}

/// Looks at the server's own host now.
#[utoipa::path(post, path = "/api/v1/hosts/own/scan", tag = "hosts", responses(
    (status = 202, description = "The scan is under way; `change` events tell when it is in."),
    (status = 409, description = "`own_host_off`; `reported_by_agent`: an agent reports this machine", body = Problem),
))]
async fn own_host_scan(State(app): State<App>, _user: Principal) -> ApiResult<StatusCode> {
    if !app.config().own_host {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "own_host_off",
            "This server does not look at its own host (it was started with --own-host off).",
        ));
    }
    if let Some(agents) = app.own_host().agents() {
        return Err(crate::intake::reported_by_agent(agents));
    }
    app.own_host().ask();
    Ok(StatusCode::ACCEPTED)
}

/// Why a host is not there: it was removed, another stands for its machine, or there never was one.
async fn absent(app: &App, id: i64) -> ApiError {
    match app.store().host_removal(id).await {
        Ok(Some(removal)) => {
            let since = removal.removed_at.strftime("%Y-%m-%d %H:%M");
            let why = match removal.successor {
                Some(successor) => {
                    let known = app.store().host_get(successor).await.ok().flatten();
                    let name = known.map(|host| format!(" ({})", host.hostname.escape_debug())).unwrap_or_default();
                    format!(
                        "Host {id} does not count since {since} UTC: host {successor}{name} stands for the same machine."
                    )
                }
                None => format!(
                    "Host {id} was removed by {} on {since} UTC. What is known of it stays on record; it comes back when it reports.",
                    removal.removed_by
                ),
            };
            ApiError::new(StatusCode::GONE, "removed", why).successor(removal.successor)
        }
        Ok(None) => no_host(id),
        Err(error) => error.into(),
    }
}

/// Removes a host: it no longer counts, everywhere at once. Its facts and history stay on record, and
/// its next report makes it count again under the same number. Administrators only.
#[utoipa::path(delete, path = "/api/v1/hosts/{id}", tag = "hosts", params(("id" = i64, Path,)), responses(
    (status = 204),
    (status = 403, description = "`not_allowed`; `csrf_header_missing`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 410, description = "`removed`: it does not count already", body = Problem),
))]
async fn host_remove(State(app): State<App>, user: Principal, Path(id): Path<i64>) -> ApiResult<StatusCode> {
    user.administrator()?;
    match app.intake().remove(id, user.name).await? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(absent(&app, id).await),
    }
}
