//! Reading a report that a stranger sent: whole, or not at all, with limits.
//!
//! Two kinds of fault: what makes the whole report unusable is [`Invalid`] and names the field; a
//! record that is odd by itself is left out and listed as [`Odd`], and the rest is taken.

use super::sections::{History, Host, PackageRecord, Packages, Repositories, Runtime, Skipped, UpdateRecord, Updates};
use super::{AgentInfo, CheckIn, FORMAT, Heartbeat, Limits, Report, Section, SectionHash, SectionName, SectionState};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use versions::Scheme;

/// Why a report is refused, with the field in the notation `sections.packages.data.records[3].name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Invalid {
    /// The field; empty when the document as a whole is meant.
    pub field: String,
    /// What is wrong, as a fragment of a sentence.
    pub why: String,
}

impl Invalid {
    /// An error about a field.
    #[must_use]
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }
}

/// A record that was left out of an accepted report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Odd {
    /// The section it stood in.
    pub section: SectionName,
    /// Which one: its name, or its place.
    pub record: String,
    /// Why, in words.
    pub why: String,
}

/// A section as it came in, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming<T> {
    /// Here it is. `canonical` is what the hash covers, for the record.
    Present {
        /// SHA-256 of `canonical`.
        hash: SectionHash,
        /// What was understood of it, without odd records.
        data: T,
        /// The bytes as they were sent.
        canonical: String,
    },
    /// As before.
    Unchanged {
        /// The hash that the sender believes the server to have.
        hash: SectionHash,
    },
    /// Not collected; the last good state stays.
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl<T> Incoming<T> {
    /// The section's data, if it came.
    #[must_use]
    pub fn data(&self) -> Option<&T> {
        match self {
            Self::Present { data, .. } => Some(data),
            _ => None,
        }
    }
}

/// A report that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The program that spoke.
    pub agent: AgentInfo,
    /// 32 lower case hexadecimal digits.
    pub machine_id: String,
    /// The kernel's boot id, may be empty.
    pub boot_id: String,
    /// The node name.
    pub hostname: String,
    /// The report's number.
    pub sequence: u64,
    /// The host's clock.
    pub observed_at: Timestamp,
    /// Free label.
    pub tag: String,
    /// Site.
    pub site: String,
    /// Environment.
    pub env: String,
    /// Volatile values.
    pub heartbeat: Heartbeat,
    /// What the machine is.
    pub host: Incoming<Host>,
    /// What is installed.
    pub packages: Incoming<Packages>,
    /// What could be upgraded.
    pub updates: Incoming<Updates>,
    /// Where from.
    pub repositories: Incoming<Repositories>,
    /// What runs.
    pub runtime: Incoming<Runtime>,
    /// What was patched when.
    pub history: Incoming<History>,
    /// Records that were left out.
    pub odd: Vec<Odd>,
}

/// Reads and checks a report.
///
/// # Errors
/// [`Invalid`] when it is no JSON, too large, of another format, or a field that everything hangs on
/// is missing or wrong. Nesting beyond 128 levels is refused by the JSON reader.
pub fn read_report(body: &[u8], limits: &Limits) -> Result<Accepted, Invalid> {
    let report: Report = read_json(body, limits)?;
    check_header(report.format, &report.agent, &report.machine_id, &report.boot_id, &report.hostname, limits)?;
    for (field, value) in [("tag", &report.tag), ("site", &report.site), ("env", &report.env)] {
        check_identifier(field, value, limits)?;
    }
    check_heartbeat(&report.heartbeat, limits)?;
    let mut odd = Vec::new();
    let sections = report.sections;
    Ok(Accepted {
        agent: report.agent,
        machine_id: report.machine_id,
        boot_id: report.boot_id,
        hostname: report.hostname,
        sequence: report.sequence,
        observed_at: report.observed_at,
        tag: report.tag,
        site: report.site,
        env: report.env,
        heartbeat: report.heartbeat,
        host: read_section(SectionName::Host, sections.host, limits, |host| check_host(host, limits))?,
        packages: read_section(SectionName::Packages, sections.packages, limits, |packages| {
            check_packages(packages, limits, &mut odd)
        })?,
        updates: read_section(SectionName::Updates, sections.updates, limits, |updates| {
            check_updates(updates, limits, &mut odd)
        })?,
        repositories: read_section(SectionName::Repositories, sections.repositories, limits, |repositories| {
            check_repositories(repositories, limits, &mut odd)
        })?,
        runtime: read_section(SectionName::Runtime, sections.runtime, limits, |runtime| {
            check_runtime(runtime, limits)
        })?,
        history: read_section(SectionName::History, sections.history, limits, |history| {
            check_history(history, limits, &mut odd)
        })?,
        odd,
    })
}

impl CheckIn {
    /// Reads and checks a check-in.
    ///
    /// # Errors
    /// [`Invalid`] as for [`read_report`].
    pub fn read(body: &[u8], limits: &Limits) -> Result<Self, Invalid> {
        let checkin: Self = read_json(body, limits)?;
        check_header(checkin.format, &checkin.agent, &checkin.machine_id, &checkin.boot_id, &checkin.hostname, limits)?;
        check_heartbeat(&checkin.heartbeat, limits)?;
        for (name, digest) in checkin.sections.iter() {
            if let super::Digest::Unavailable { reason } = digest {
                check_text(&format!("sections.{name}.reason"), reason, limits)?;
            }
        }
        Ok(checkin)
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8], limits: &Limits) -> Result<T, Invalid> {
    if u64::try_from(body.len()).unwrap_or(u64::MAX) > limits.report_bytes {
        return Err(Invalid::new("", format!("larger than {} bytes", limits.report_bytes)));
    }
    // The whole text is checked once: data is kept raw, and raw JSON is not checked for UTF-8.
    let text = std::str::from_utf8(body)
        .map_err(|error| Invalid::new("", format!("not UTF-8 from byte {}", error.valid_up_to())))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| path_error("", error))?;
    json.end().map_err(|error| Invalid::new("", error.to_string()))?;
    Ok(value)
}

fn path_error(prefix: &str, error: serde_path_to_error::Error<serde_json::Error>) -> Invalid {
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let field = match (prefix.is_empty(), path.is_empty()) {
        (true, _) => path,
        (false, true) => prefix.to_owned(),
        (false, false) => format!("{prefix}.{path}"),
    };
    Invalid::new(field, error.into_inner().to_string())
}

fn check_header(
    format: u32,
    agent: &AgentInfo,
    machine_id: &str,
    boot_id: &str,
    hostname: &str,
    limits: &Limits,
) -> Result<(), Invalid> {
    if format != FORMAT {
        return Err(Invalid::new(
            "format",
            format!("{format} is not a format that this server reads; it reads {FORMAT}"),
        ));
    }
    check_identifier("agent.name", &agent.name, limits)?;
    check_identifier("agent.version", &agent.version, limits)?;
    if machine_id.len() != 32 || !machine_id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(Invalid::new("machine_id", "expected 32 lower case hexadecimal digits, as in /etc/machine-id"));
    }
    check_identifier("boot_id", boot_id, limits)?;
    check_hostname("hostname", hostname)
}

/// A host name goes into pages, logs, mails and shells' completions: letters, digits and the few
/// signs that resolvers see in practice. 253 bytes is the ceiling of a DNS name.
fn check_hostname(field: &str, name: &str) -> Result<(), Invalid> {
    if name.is_empty() {
        return Err(Invalid::new(field, "empty"));
    }
    if name.len() > 253 {
        return Err(Invalid::new(field, "longer than 253 bytes"));
    }
    match name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
        Some(c) => Err(Invalid::new(field, format!("holds '{}', which no host name may hold", c.escape_debug()))),
        None => Ok(()),
    }
}

fn check_identifier(field: &str, value: &str, limits: &Limits) -> Result<(), Invalid> {
    identifier_fault(value, limits).map_or(Ok(()), |why| Err(Invalid::new(field, why)))
}

fn identifier_fault(value: &str, limits: &Limits) -> Option<String> {
    if value.len() > limits.identifier_bytes {
        return Some(format!("longer than {} bytes", limits.identifier_bytes));
    }
    value.chars().find(|c| c.is_control()).map(|c| format!("holds the control character {}", c.escape_unicode()))
}

fn check_text(field: &str, value: &str, limits: &Limits) -> Result<(), Invalid> {
    if value.len() > limits.text_bytes {
        return Err(Invalid::new(field, format!("longer than {} bytes", limits.text_bytes)));
    }
    match value.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(Invalid::new(field, format!("holds the control character {}", c.escape_unicode()))),
        None => Ok(()),
    }
}

fn check_count(field: &str, count: usize, most: usize) -> Result<(), Invalid> {
    if count > most {
        return Err(Invalid::new(field, format!("{count} records, at most {most} are taken")));
    }
    Ok(())
}

fn check_heartbeat(heartbeat: &Heartbeat, limits: &Limits) -> Result<(), Invalid> {
    check_count("heartbeat.disks", heartbeat.disks.len(), limits.list)?;
    for (at, disk) in heartbeat.disks.iter().enumerate() {
        check_text(&format!("heartbeat.disks[{at}].mount"), &disk.mount, limits)?;
    }
    Ok(())
}

fn read_section<T: DeserializeOwned>(
    name: SectionName,
    section: Section,
    limits: &Limits,
    check: impl FnOnce(&mut T) -> Result<(), Invalid>,
) -> Result<Incoming<T>, Invalid> {
    let field = |part: &str| format!("sections.{name}.{part}");
    let hash = |hash: Option<SectionHash>| hash.ok_or_else(|| Invalid::new(field("hash"), "missing"));
    match section.state {
        SectionState::Unavailable => {
            let reason = section.reason.ok_or_else(|| Invalid::new(field("reason"), "missing"))?;
            check_text(&field("reason"), &reason, limits)?;
            Ok(Incoming::Unavailable { reason })
        }
        SectionState::Unchanged => Ok(Incoming::Unchanged { hash: hash(section.hash)? }),
        SectionState::Present => {
            let stated = hash(section.hash)?;
            let raw = section.data.ok_or_else(|| Invalid::new(field("data"), "missing"))?;
            let canonical = Box::<str>::from(Box::<serde_json::value::RawValue>::from(raw)).into_string();
            let actual = SectionHash::of(canonical.as_bytes());
            if actual != stated {
                return Err(Invalid::new(
                    field("hash"),
                    format!(
                        "{stated} is stated, but the data as sent has {actual}; was the report re-formatted on its way?"
                    ),
                ));
            }
            let mut json = serde_json::Deserializer::from_str(&canonical);
            let mut data: T =
                serde_path_to_error::deserialize(&mut json).map_err(|error| path_error(&field("data"), error))?;
            check(&mut data)?;
            Ok(Incoming::Present { hash: stated, data, canonical })
        }
    }
}

fn check_host(host: &Host, limits: &Limits) -> Result<(), Invalid> {
    let field = |part: &str| format!("sections.host.data.{part}");
    check_hostname(&field("hostname"), &host.hostname)?;
    for (part, value) in [
        ("arch", &host.arch),
        ("cpu_model", &host.cpu_model),
        ("fqdn", &host.fqdn),
        ("package_manager", &host.package_manager),
        ("virtualization", &host.virtualization),
        ("os.id", &host.os.id),
        ("os.version_id", &host.os.version_id),
        ("os.codename", &host.os.codename),
        ("os.pretty_name", &host.os.pretty_name),
    ] {
        check_identifier(&field(part), value, limits)?;
    }
    check_count(&field("ip_addresses"), host.ip_addresses.len(), limits.list)?;
    for (at, address) in host.ip_addresses.iter().enumerate() {
        if address.parse::<std::net::IpAddr>().is_err() {
            return Err(Invalid::new(field(&format!("ip_addresses[{at}]")), "not an IP address"));
        }
    }
    check_count(&field("os.id_like"), host.os.id_like.len(), limits.list)?;
    for (at, id) in host.os.id_like.iter().enumerate() {
        check_identifier(&field(&format!("os.id_like[{at}]")), id, limits)?;
    }
    Ok(())
}

/// The version order of a package database, where this build knows it.
fn scheme_of(manager: &str) -> Option<Scheme> {
    manager.parse().ok()
}

/// The first thing wrong with a record's identifying fields.
fn record_fault(fields: &[(&str, &str, bool)], limits: &Limits) -> Option<String> {
    fields.iter().find_map(|(name, value, required)| {
        if *required && value.is_empty() {
            return Some(format!("{name} is empty"));
        }
        identifier_fault(value, limits).map(|why| format!("{name} {why}"))
    })
}

fn text_fault(name: &str, value: &str, limits: &Limits) -> Option<String> {
    check_text(name, value, limits).err().map(|invalid| invalid.to_string())
}

/// Takes out the records that have a fault or stand there twice, and lists them.
fn keep_sound<R>(
    section: SectionName,
    records: &mut Vec<R>,
    odd: &mut Vec<Odd>,
    fault: impl Fn(&R) -> Option<String>,
    name: impl Fn(&R) -> &str,
    same: impl Fn(&R, &R) -> bool,
) {
    let mut kept: Vec<R> = Vec::with_capacity(records.len());
    for (at, record) in records.drain(..).enumerate() {
        let why = fault(&record)
            .or_else(|| kept.last().is_some_and(|last| same(last, &record)).then(|| "stands there twice".to_owned()));
        match why {
            Some(why) => {
                let shown: String = name(&record).chars().take(80).collect();
                odd.push(Odd {
                    section,
                    record: format!("records[{at}] {}", shown.escape_debug()).trim_end().to_owned(),
                    why,
                });
            }
            None => kept.push(record),
        }
    }
    *records = kept;
}

/// Records that the sender itself could not read are listed beside those that we can't.
fn take_skipped(
    section: SectionName,
    skipped: &mut Vec<Skipped>,
    odd: &mut Vec<Odd>,
    limits: &Limits,
) -> Result<(), Invalid> {
    check_count(&format!("sections.{section}.data.skipped"), skipped.len(), limits.list)?;
    odd.extend(skipped.drain(..).map(|skipped| Odd {
        section,
        record: clean(&skipped.record, 256),
        why: clean(&skipped.why, 256),
    }));
    Ok(())
}

fn clean(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().escape_debug().to_string()
}

fn check_packages(packages: &mut Packages, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_identifier("sections.packages.data.manager", &packages.manager, limits)?;
    check_count("sections.packages.data.records", packages.records.len(), limits.packages)?;
    take_skipped(SectionName::Packages, &mut packages.skipped, odd, limits)?;
    packages.records.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
    let scheme = scheme_of(&packages.manager);
    let version_fault = |version: &str| Some(scheme?.check(version).err()?.to_string());
    keep_sound(
        SectionName::Packages,
        &mut packages.records,
        odd,
        |r| {
            record_fault(
                &[
                    ("name", &r.name, true),
                    ("version", &r.version, true),
                    ("arch", &r.arch, false),
                    ("source", &r.source, false),
                    ("source_version", &r.source_version, false),
                    ("module", &r.module, false),
                    ("origin", &r.origin, false),
                    ("status", &r.status, false),
                    ("vendor", &r.vendor, false),
                ],
                limits,
            )
            .or_else(|| text_fault("depends", &r.depends, limits))
            .or_else(|| version_fault(&r.version))
            .or_else(|| version_fault(r.source_version()))
        },
        |r| &r.name,
        |a: &PackageRecord, b: &PackageRecord| (&a.name, &a.arch, &a.version) == (&b.name, &b.arch, &b.version),
    );
    Ok(())
}

fn check_updates(updates: &mut Updates, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_count("sections.updates.data.records", updates.records.len(), limits.updates)?;
    take_skipped(SectionName::Updates, &mut updates.skipped, odd, limits)?;
    updates.records.sort_by(|a, b| (&a.name, &a.arch, &a.installed).cmp(&(&b.name, &b.arch, &b.installed)));
    keep_sound(
        SectionName::Updates,
        &mut updates.records,
        odd,
        |r| {
            if r.advisories.len() > limits.list {
                return Some(format!("more than {} advisories", limits.list));
            }
            if r.phased_percent.is_some_and(|percent| percent > 100) {
                return Some("phased_percent is above 100".to_owned());
            }
            record_fault(
                &[
                    ("name", &r.name, true),
                    ("installed", &r.installed, true),
                    ("candidate", &r.candidate, true),
                    ("arch", &r.arch, false),
                    ("origin", &r.origin, false),
                    ("repository", &r.repository, false),
                    ("suite", &r.suite, false),
                ],
                limits,
            )
            .or_else(|| r.advisories.iter().find_map(|id| identifier_fault(id, limits)))
        },
        |r| &r.name,
        |a: &UpdateRecord, b: &UpdateRecord| (&a.name, &a.arch, &a.installed) == (&b.name, &b.arch, &b.installed),
    );
    Ok(())
}

fn check_repositories(repositories: &mut Repositories, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_count("sections.repositories.data.records", repositories.records.len(), limits.repositories)?;
    take_skipped(SectionName::Repositories, &mut repositories.skipped, odd, limits)?;
    keep_sound(
        SectionName::Repositories,
        &mut repositories.records,
        odd,
        |r| {
            if r.arches.len() > limits.list {
                return Some(format!("more than {} architectures", limits.list));
            }
            record_fault(
                &[
                    ("kind", &r.kind, true),
                    ("uri", &r.uri, true),
                    ("suite", &r.suite, false),
                    ("component", &r.component, false),
                    ("codename", &r.codename, false),
                    ("label", &r.label, false),
                    ("name", &r.name, false),
                    ("origin", &r.origin, false),
                ],
                limits,
            )
            .or_else(|| r.arches.iter().find_map(|arch| identifier_fault(arch, limits)))
        },
        |r| &r.uri,
        |a, b| a == b,
    );
    Ok(())
}

fn check_runtime(runtime: &Runtime, limits: &Limits) -> Result<(), Invalid> {
    let field = |part: &str| format!("sections.runtime.data.{part}");
    for (part, value) in [
        ("next_kernel", &runtime.next_kernel),
        ("running_kernel", &runtime.running_kernel),
        ("running_kernel_build", &runtime.running_kernel_build),
    ] {
        check_identifier(&field(part), value, limits)?;
    }
    check_count(&field("kernels"), runtime.kernels.len(), limits.list)?;
    for (at, kernel) in runtime.kernels.iter().enumerate() {
        for (part, value) in [("package", &kernel.package), ("release", &kernel.release), ("version", &kernel.version)]
        {
            check_identifier(&field(&format!("kernels[{at}].{part}")), value, limits)?;
        }
    }
    for (part, list) in [("livepatches", &runtime.livepatches), ("reboot_reasons", &runtime.reboot_reasons)] {
        check_count(&field(part), list.len(), limits.list)?;
        for (at, value) in list.iter().enumerate() {
            check_identifier(&field(&format!("{part}[{at}]")), value, limits)?;
        }
    }
    check_count(&field("restarts"), runtime.restarts.len(), limits.list)?;
    for (at, restart) in runtime.restarts.iter().enumerate() {
        for (part, value) in [
            ("command", &restart.command),
            ("package", &restart.package),
            ("unit", &restart.unit),
            ("version", &restart.version),
        ] {
            check_identifier(&field(&format!("restarts[{at}].{part}")), value, limits)?;
        }
        check_text(&field(&format!("restarts[{at}].file")), &restart.file, limits)?;
    }
    Ok(())
}

fn check_history(history: &mut History, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_count("sections.history.data.records", history.records.len(), limits.history)?;
    keep_sound(
        SectionName::History,
        &mut history.records,
        odd,
        |r| {
            record_fault(
                &[
                    ("name", &r.name, true),
                    ("arch", &r.arch, false),
                    ("by", &r.by, false),
                    ("from", &r.from, false),
                    ("to", &r.to, false),
                ],
                limits,
            )
        },
        |r| &r.name,
        |a, b| a == b,
    );
    Ok(())
}
