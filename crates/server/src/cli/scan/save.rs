//! `scan --save`: hands the scan to the data directory as any agent would.

use crate::evaluate::input::{HostContext, PackageLine};
use crate::jobs::own_host::agent_info;
use crate::local::Local;
use axum::http::Method;
use jiff::Timestamp;
use model::wire::sections::Packages;
use model::wire::{Answer, CheckIn, CheckInAnswer, Collected, FORMAT, SectionName, write_report};

/// Tells the data directory what was collected: by hashes first, so that nothing is written where
/// nothing has changed. Returns what came of it, in words.
///
/// # Errors
/// When the host has no machine id, or the data directory refuses.
pub(crate) fn save(local: &Local, collected: &Collected, observed_at: Timestamp) -> anyhow::Result<String> {
    anyhow::ensure!(!collected.machine_id.is_empty(), "the host has no machine id (/etc/machine-id)");
    let agent = agent_info();
    let checkin = CheckIn {
        format: FORMAT,
        agent: agent.clone(),
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at,
        sections: collected.digests()?,
        labels: None,
        heartbeat: collected.heartbeat.clone(),
    };
    let answer: CheckInAnswer = local.json(&Method::POST, "/api/agent/v1/checkin", Some(&checkin))?;
    let wanted: Option<Vec<SectionName>> = match answer.answer {
        Answer::Known => return Ok("saved: nothing has changed since the last scan".to_owned()),
        Answer::ReportNow => None,
        Answer::Send => (!answer.sections.is_empty()).then_some(answer.sections),
    };
    let report = write_report(collected, agent.clone(), answer.next_sequence, observed_at, wanted.as_deref())?;
    let mut answer = local.deliver(&report)?;
    if !answer.wanted.is_empty() {
        // Sections that were believed to be known: once more, with everything.
        let report = write_report(collected, agent, answer.next_sequence, observed_at, None)?;
        answer = local.deliver(&report)?;
    }
    Ok(format!("saved as host {}", answer.host_id))
}

/// What was collected, in the shape in which it is judged.
#[must_use]
pub(crate) fn request_parts(collected: &Collected, packages: &Packages) -> (HostContext, Vec<PackageLine>) {
    let runtime = collected.runtime.as_ref().ok();
    let host = HostContext {
        running_kernel: runtime.map(|runtime| runtime.running_kernel.clone()).unwrap_or_default(),
        next_kernel: runtime.map(|runtime| runtime.next_kernel.clone()).unwrap_or_default(),
        livepatches: runtime.map(|runtime| runtime.livepatches.clone()).unwrap_or_default(),
        ..HostContext::default()
    };
    let line = |record: &model::wire::sections::PackageRecord| PackageLine {
        name: record.name.clone(),
        version: record.version.clone(),
        arch: record.arch.clone(),
        source: record.source.clone(),
        source_version: record.source_version.clone(),
        module: record.module.clone(),
        vendor: record.vendor.clone(),
        origin: record.origin.clone(),
        origin_inferred: record.origin_inferred,
    };
    (host, packages.records.iter().map(line).collect())
}
