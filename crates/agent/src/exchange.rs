//! One conversation with a server: check-in by hashes, then the report if it is asked for.

use crate::client::{Body, Client};
use crate::failure::{Failure, Kind};
use crate::settings::Labels;
use crate::{agent_info, text};
use jiff::Timestamp;
use model::wire::{Answer, CheckIn, CheckInAnswer, Collected, FORMAT, Report, ReportAnswer, SectionName, write_report};
use std::fmt;

/// How many reports one conversation sends at most: the server may find once that it lacks sections
/// that it believed to have, not for ever.
const MOST_REPORTS: usize = 3;

/// zstd's level: most of the gain, little memory.
const COMPRESSION: i32 = 3;

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server had everything.
    Known,
    /// A report was sent and taken.
    Reported {
        /// The host's id at the server.
        host_id: i64,
        /// Sections that were sent as present.
        sections: Vec<SectionName>,
        /// Bytes sent, compressed.
        bytes: usize,
        /// Records that the server left out.
        odd: usize,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known => f.write_str("nothing new: the server has everything"),
            Self::Reported { host_id, sections, bytes, odd } => {
                let names: Vec<_> = sections.iter().map(|name| name.as_str()).collect();
                let names = if names.is_empty() { "no section".to_owned() } else { names.join(", ") };
                write!(f, "reported {names} ({}) as host {host_id}", text::bytes(*bytes))?;
                match odd {
                    0 => Ok(()),
                    1 => f.write_str("; the server left out 1 odd record, see the host's page"),
                    odd => write!(f, "; the server left out {odd} odd records, see the host's page"),
                }
            }
        }
    }
}

/// Tells the server what was collected.
///
/// # Errors
/// [`Failure`]; nothing half-told remains at the server, and the next run begins anew.
pub fn exchange(
    client: &Client<'_>,
    collected: &Collected,
    observed_at: Timestamp,
    labels: &Labels,
) -> Result<Outcome, Failure> {
    let answer = check_in(client, collected, observed_at, labels)?;
    let mut wanted = match answer.answer {
        Answer::Known => return Ok(Outcome::Known),
        // Everything was collected a moment ago, so that "now" needs no second look at the host.
        Answer::ReportNow => SectionName::ALL.to_vec(),
        Answer::Send if answer.sections.is_empty() => SectionName::ALL.to_vec(),
        Answer::Send => answer.sections,
    };
    let mut sequence = answer.next_sequence;
    let (mut told, mut bytes) = (Vec::new(), 0);
    for _ in 0..MOST_REPORTS {
        let report = labelled_report(collected, sequence, observed_at, labels, Some(&wanted))?;
        told.extend(present(&report).filter(|name| !told.contains(name)).collect::<Vec<_>>());
        let body = compress(&report)?;
        drop(report);
        bytes += body.len();
        let answer: ReportAnswer =
            client.post("/api/agent/v1/report", "report", Body { bytes: &body, encoding: Some("zstd") })?;
        if answer.wanted.is_empty() {
            told.sort();
            return Ok(Outcome::Reported { host_id: answer.host_id, sections: told, bytes, odd: answer.odd.len() });
        }
        (wanted, sequence) = (answer.wanted, answer.next_sequence);
    }
    let names: Vec<_> = wanted.iter().map(|name| name.as_str()).collect();
    Err(Failure::new(Kind::Refused, format!("the server asks again and again for {}", names.join(", "))))
}

/// The report as it is sent, with its labels.
///
/// # Errors
/// [`Kind::Host`] when the host has no machine id, without which no server can tell it from others.
pub fn labelled_report(
    collected: &Collected,
    sequence: u64,
    observed_at: Timestamp,
    labels: &Labels,
    wanted: Option<&[SectionName]>,
) -> Result<Report, Failure> {
    let machine_id = machine_id(collected)?;
    let mut report =
        write_report(collected, agent_info(), sequence, observed_at, wanted).map_err(|error| unwritable(&error))?;
    report.machine_id = machine_id;
    report.tag.clone_from(&labels.tag);
    report.site.clone_from(&labels.site);
    report.env.clone_from(&labels.env);
    Ok(report)
}

fn check_in(
    client: &Client<'_>,
    collected: &Collected,
    observed_at: Timestamp,
    labels: &Labels,
) -> Result<CheckInAnswer, Failure> {
    let checkin = CheckIn {
        format: FORMAT,
        agent: agent_info(),
        machine_id: machine_id(collected)?,
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at,
        sections: collected.digests().map_err(|error| unwritable(&error))?,
        labels: Some(model::wire::Labels {
            tag: labels.tag.clone(),
            site: labels.site.clone(),
            env: labels.env.clone(),
        }),
        heartbeat: collected.heartbeat.clone(),
    };
    let body = serde_json::to_vec(&checkin).map_err(|error| unwritable(&error))?;
    client.post("/api/agent/v1/checkin", "check-in", Body { bytes: &body, encoding: None })
}

fn machine_id(collected: &Collected) -> Result<String, Failure> {
    if collected.machine_id.is_empty() {
        return Err(Failure::new(
            Kind::Host,
            "this host has no machine id, by which servers tell hosts apart: /etc/machine-id is missing or empty (systemd-machine-id-setup or dbus-uuidgen --ensure makes one)",
        ));
    }
    Ok(collected.machine_id.clone())
}

fn present(report: &Report) -> impl Iterator<Item = SectionName> + '_ {
    let sections = &report.sections;
    SectionName::ALL
        .into_iter()
        .zip([
            &sections.host,
            &sections.packages,
            &sections.updates,
            &sections.repositories,
            &sections.runtime,
            &sections.history,
        ])
        .filter(|(_, section)| section.data.is_some())
        .map(|(name, _)| name)
}

fn compress(report: &Report) -> Result<Vec<u8>, Failure> {
    let json = serde_json::to_vec(report).map_err(|error| unwritable(&error))?;
    // In one piece: knowing the size, zstd takes tables that fit it instead of megabytes.
    zstd::bulk::compress(&json, COMPRESSION).map_err(|error| unwritable(&error))
}

fn unwritable(error: &dyn fmt::Display) -> Failure {
    Failure::new(Kind::Host, format!("the report can't be written: {error}"))
}
