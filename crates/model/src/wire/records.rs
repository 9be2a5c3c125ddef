//! Checks of what a section holds: faults of the section refuse the report, an odd record is left
//! out and listed.

use super::address::{scheme_fault, without_credentials};
use super::characters::strip_invisible;
use super::fields::{
    check_count, check_hostname, check_identifier, check_integer, check_text, check_time, clean_description,
    clean_reason, identifier_fault, time_fault,
};
use super::sections::{History, Host, PackageRecord, Packages, Repositories, Runtime, Skipped, UpdateRecord, Updates};
use super::{Invalid, Limits, Odd, SectionName};
use crate::Platform;
use std::cmp::Ordering;
use versions::Scheme;

pub(super) fn check_host(host: &mut Host, limits: &Limits) -> Result<(), Invalid> {
    let field = |part: &str| format!("sections.host.data.{part}");
    check_hostname(&field("hostname"), &host.hostname)?;
    for (part, value) in [
        ("arch", &host.arch),
        ("fqdn", &host.fqdn),
        ("package_manager", &host.package_manager),
        ("virtualization", &host.virtualization),
        ("os.id", &host.os.id),
        ("os.version_id", &host.os.version_id),
        ("os.codename", &host.os.codename),
    ] {
        check_identifier(&field(part), value, limits)?;
    }
    clean_description(&field("cpu_model"), &mut host.cpu_model, limits)?;
    clean_description(&field("os.pretty_name"), &mut host.os.pretty_name, limits)?;
    check_time(&field("boot_time"), host.boot_time)?;
    check_integer(&field("memory_bytes"), host.memory_bytes.unwrap_or_default())?;
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

/// What is wrong with a version by the order of its package manager; of a manager that is not known
/// here, only what no manager takes.
fn version_fault(scheme: Option<Scheme>, version: &str) -> Option<String> {
    match scheme {
        Some(scheme) => Some(scheme.check(version).err()?.to_string()),
        None => version
            .chars()
            .find(|c| c.is_whitespace() || !c.is_ascii())
            .map(|c| format!("version holds '{}', which no version may hold", c.escape_debug())),
    }
}

/// What is wrong with a candidate that is not above what is installed. A manager may put an older version in the
/// place of a newer one (apt by a pin above 1000), which is no update and closes nothing; but two versions that were
/// exchanged by mistake look the same, so that such a record is listed as odd, not passed over. Where the report
/// does not say whose the versions are, every order has to say so.
fn order_fault(scheme: Option<Scheme>, installed: &str, candidate: &str) -> Option<String> {
    let orders = scheme.as_ref().map_or(Scheme::ALL.as_slice(), std::slice::from_ref);
    let is_above = |scheme: &Scheme| scheme.compare(candidate, installed) == Ordering::Greater;
    let how = if candidate == installed { "what is" } else { "not above what is" };
    (!orders.iter().any(is_above))
        .then(|| format!("the candidate {candidate} is {how} installed ({installed}), which is no update"))
}

/// Leaves out a time that no clock shows, and lists it: what it stands beside is as good as before.
fn drop_odd_time(field: &str, time: &mut Option<jiff::Timestamp>, at: usize, odd: &mut Vec<Odd>, section: SectionName) {
    if let Some(why) = time.and_then(time_fault) {
        *time = None;
        odd.push(Odd { section, record: format!("records[{at}].{field}"), why, kept: true });
    }
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
    list: &str,
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
                    record: format!("{list}[{at}] {}", shown.escape_debug()).trim_end().to_owned(),
                    why,
                    kept: false,
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
        kept: false,
    }));
    Ok(())
}

fn clean(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().escape_debug().to_string()
}

/// Refuses packages of another manager than the host's: by the order and the data of one they would be judged, and by
/// those of the other they were made. The last good state stays in force, and the sender is told.
///
/// # Errors
/// [`Invalid`] about the packages' `manager`.
pub(super) fn check_manager(packages: &Packages, host: &Host) -> Result<(), Invalid> {
    let Ok(scheme) = packages.manager.parse::<Scheme>() else { return Ok(()) };
    let platform = Platform::of_os(&host.os);
    let of_system = Scheme::of_distribution(platform.distribution());
    let of_host = host.package_manager.parse::<Scheme>().ok();
    let (expected, who) = match (of_system, of_host) {
        (Some(other), _) if other != scheme => (other, platform.distribution()),
        (_, Some(other)) if other != scheme => (other, "the host"),
        _ => return Ok(()),
    };
    Err(Invalid::new(
        "sections.packages.data.manager",
        format!("'{scheme}', but the packages of {who} are {expected}'s"),
    ))
}

pub(super) fn check_packages(packages: &mut Packages, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_identifier("sections.packages.data.manager", &packages.manager, limits)?;
    check_count("sections.packages.data.records", packages.records.len(), limits.packages)?;
    take_skipped(SectionName::Packages, &mut packages.skipped, odd, limits)?;
    packages.records.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
    for (at, record) in packages.records.iter_mut().enumerate() {
        // Who packaged it is for people to read, and no reason to overlook a package.
        strip_invisible(&mut record.vendor);
        drop_odd_time("installed_at", &mut record.installed_at, at, odd, SectionName::Packages);
    }
    let scheme = packages.manager.parse().ok();
    keep_sound(
        SectionName::Packages,
        "records",
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
            .or_else(|| version_fault(scheme, &r.version))
            .or_else(|| version_fault(scheme, r.source_version()))
        },
        |r| &r.name,
        |a: &PackageRecord, b: &PackageRecord| (&a.name, &a.arch, &a.version) == (&b.name, &b.arch, &b.version),
    );
    Ok(())
}

/// `manager`: the order of the versions, where the report says whose they are.
pub(super) fn check_updates(
    updates: &mut Updates,
    manager: Option<Scheme>,
    limits: &Limits,
    odd: &mut Vec<Odd>,
) -> Result<(), Invalid> {
    check_time("sections.updates.data.lists_at", updates.lists_at)?;
    check_count("sections.updates.data.records", updates.records.len(), limits.updates)?;
    take_skipped(SectionName::Updates, &mut updates.skipped, odd, limits)?;
    updates.records.sort_by(|a, b| (&a.name, &a.arch, &a.installed).cmp(&(&b.name, &b.arch, &b.installed)));
    for record in &mut updates.records {
        record.repository = without_credentials(&record.repository);
    }
    check_replacements(updates, manager, limits, odd)?;
    keep_sound(
        SectionName::Updates,
        "records",
        &mut updates.records,
        odd,
        |r| {
            if r.advisories.len() > limits.list {
                return Some(format!("more than {} advisories", limits.list));
            }
            if r.phased_percent.is_some_and(|percent| percent > 100) {
                return Some("phased_percent is above 100".to_owned());
            }
            if let Some(Err(invalid)) = r.size.map(|size| check_integer("size", size)) {
                return Some(invalid.to_string());
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
            .or_else(|| text_fault("withheld_reason", &r.withheld_reason, limits))
            .or_else(|| r.advisories.iter().find_map(|id| identifier_fault(id, limits)))
            .or_else(|| version_fault(manager, &r.installed).map(|why| format!("installed: {why}")))
            .or_else(|| version_fault(manager, &r.candidate).map(|why| format!("candidate: {why}")))
            .or_else(|| order_fault(manager, &r.installed, &r.candidate))
        },
        |r| &r.name,
        |a: &UpdateRecord, b: &UpdateRecord| (&a.name, &a.arch, &a.installed) == (&b.name, &b.arch, &b.installed),
    );
    Ok(())
}

/// Versions of two packages have no order, so that none is asked for.
fn check_replacements(
    updates: &mut Updates,
    manager: Option<Scheme>,
    limits: &Limits,
    odd: &mut Vec<Odd>,
) -> Result<(), Invalid> {
    check_count("sections.updates.data.replacements", updates.replacements.len(), limits.updates)?;
    updates.replacements.sort_by(|a, b| (&a.name, &a.arch, a).cmp(&(&b.name, &b.arch, b)));
    keep_sound(
        SectionName::Updates,
        "replacements",
        &mut updates.replacements,
        odd,
        |r| {
            record_fault(
                &[
                    ("name", &r.name, true),
                    ("installed", &r.installed, true),
                    ("by", &r.by, true),
                    ("candidate", &r.candidate, true),
                    ("arch", &r.arch, false),
                    ("by_arch", &r.by_arch, false),
                    ("repository", &r.repository, false),
                ],
                limits,
            )
            .or_else(|| version_fault(manager, &r.installed).map(|why| format!("installed: {why}")))
            .or_else(|| version_fault(manager, &r.candidate).map(|why| format!("candidate: {why}")))
        },
        |r| &r.name,
        |a, b| a == b,
    );
    Ok(())
}

pub(super) fn check_repositories(
    repositories: &mut Repositories,
    limits: &Limits,
    odd: &mut Vec<Odd>,
) -> Result<(), Invalid> {
    check_count("sections.repositories.data.records", repositories.records.len(), limits.repositories)?;
    take_skipped(SectionName::Repositories, &mut repositories.skipped, odd, limits)?;
    for (at, record) in repositories.records.iter_mut().enumerate() {
        record.uri = without_credentials(&record.uri);
        drop_odd_time("fetched_at", &mut record.fetched_at, at, odd, SectionName::Repositories);
        drop_odd_time("published_at", &mut record.published_at, at, odd, SectionName::Repositories);
    }
    repositories.records.sort_by(|a, b| {
        (&a.kind, &a.uri, &a.suite, &a.component, a).cmp(&(&b.kind, &b.uri, &b.suite, &b.component, b))
    });
    keep_sound(
        SectionName::Repositories,
        "records",
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
            .or_else(|| scheme_fault(&r.uri).map(|why| format!("uri {why}")))
        },
        |r| &r.uri,
        |a, b| a == b,
    );
    Ok(())
}

pub(super) fn check_runtime(runtime: &mut Runtime, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    let field = |part: &str| format!("sections.runtime.data.{part}");
    for (part, value) in [
        ("next_kernel", &runtime.next_kernel),
        ("running_kernel", &runtime.running_kernel),
        ("running_kernel_build", &runtime.running_kernel_build),
    ] {
        check_identifier(&field(part), value, limits)?;
    }
    check_count(&field("kernels"), runtime.kernels.len(), limits.list)?;
    runtime.kernels.sort_by(|a, b| (&a.release, a).cmp(&(&b.release, b)));
    keep_sound(
        SectionName::Runtime,
        "kernels",
        &mut runtime.kernels,
        odd,
        |k| {
            record_fault(
                &[("release", &k.release, true), ("package", &k.package, false), ("version", &k.version, false)],
                limits,
            )
        },
        |k| &k.release,
        |a, b| a == b,
    );
    check_count(&field("livepatches"), runtime.livepatches.len(), limits.list)?;
    for (at, value) in runtime.livepatches.iter().enumerate() {
        check_identifier(&field(&format!("livepatches[{at}]")), value, limits)?;
    }
    check_count(&field("reboot_reasons"), runtime.reboot_reasons.len(), limits.list)?;
    for (at, value) in runtime.reboot_reasons.iter_mut().enumerate() {
        clean_reason(&field(&format!("reboot_reasons[{at}]")), value, limits)?;
    }
    check_count(&field("restarts"), runtime.restarts.len(), limits.list)?;
    runtime.restarts.sort_by(|a, b| (&a.unit, &a.command, &a.package, a).cmp(&(&b.unit, &b.command, &b.package, b)));
    keep_sound(
        SectionName::Runtime,
        "restarts",
        &mut runtime.restarts,
        odd,
        |r| {
            record_fault(
                &[
                    ("command", &r.command, true),
                    ("package", &r.package, false),
                    ("unit", &r.unit, false),
                    ("version", &r.version, false),
                ],
                limits,
            )
            .or_else(|| text_fault("file", &r.file, limits))
        },
        |r| &r.command,
        |a, b| a == b,
    );
    Ok(())
}

pub(super) fn check_history(history: &mut History, limits: &Limits, odd: &mut Vec<Odd>) -> Result<(), Invalid> {
    check_count("sections.history.data.records", history.records.len(), limits.history)?;
    history.records.sort_by(|a, b| (b.at, a).cmp(&(a.at, b)));
    keep_sound(
        SectionName::History,
        "records",
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
            .or_else(|| time_fault(r.at).map(|why| format!("at {why}")))
        },
        |r| &r.name,
        |a, b| a == b,
    );
    Ok(())
}
