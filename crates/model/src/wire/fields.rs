//! Checks of single fields: lengths, characters, ranges.

use super::characters::{invisible_fault, strip_invisible};
use super::{AgentInfo, FORMAT, Heartbeat, Invalid, Limits};
use jiff::Timestamp;

pub(super) fn check_header(
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
        return Err(Invalid::new(
            "machine_id",
            "expected 32 lower case hexadecimal digits, as in /etc/machine-id (not `uninitialized`)",
        ));
    }
    if is_common(machine_id) {
        return Err(Invalid::new(
            "machine_id",
            "one digit repeated is no id of a machine but of every image that was made so; `systemd-machine-id-setup` makes one",
        ));
    }
    check_identifier("boot_id", boot_id, limits)?;
    check_hostname("hostname", hostname)
}

/// Whether an id is all zeros or all `f`, as in images that were prepared for copying and in firmware
/// that was never given one: many machines have it.
#[must_use]
pub fn is_common(machine_id: &str) -> bool {
    ['0', 'f'].iter().any(|digit| !machine_id.is_empty() && machine_id.chars().all(|c| c == *digit))
}

/// A host name goes into pages, logs, mails and shells' completions: ASCII letters, digits and the
/// few signs that resolvers see in practice, in labels that are not empty. One dot may end it, as in
/// a zone file. 253 bytes is the ceiling of a DNS name (RFC 1035, section 2.3.4).
pub(super) fn check_hostname(field: &str, name: &str) -> Result<(), Invalid> {
    if name.is_empty() {
        return Err(Invalid::new(field, "empty"));
    }
    if name.len() > 253 {
        return Err(Invalid::new(field, "longer than 253 bytes"));
    }
    if let Some(c) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
        return Err(Invalid::new(field, format!("holds '{}', which no host name may hold", c.escape_debug())));
    }
    let labels = name.strip_suffix('.').unwrap_or(name);
    if labels.split('.').any(str::is_empty) {
        return Err(Invalid::new(field, "has an empty part: two dots in a row, or one at its start"));
    }
    Ok(())
}

pub(super) fn check_identifier(field: &str, value: &str, limits: &Limits) -> Result<(), Invalid> {
    identifier_fault(value, limits).map_or(Ok(()), |why| Err(Invalid::new(field, why)))
}

pub(super) fn identifier_fault(value: &str, limits: &Limits) -> Option<String> {
    if value.len() > limits.identifier_bytes {
        return Some(format!("longer than {} bytes", limits.identifier_bytes));
    }
    invisible_fault(value)
}

/// A line for people: too long a one is refused; characters that nobody sees are taken out, since
/// what is left still says why.
pub(super) fn clean_reason(field: &str, value: &mut String, limits: &Limits) -> Result<(), Invalid> {
    if value.len() > limits.text_bytes {
        return Err(Invalid::new(field, format!("longer than {} bytes", limits.text_bytes)));
    }
    // A reason of several lines stays readable on one.
    if value.contains(['\n', '\t']) {
        *value = value.replace(['\n', '\t'], " ");
    }
    strip_invisible(value);
    Ok(())
}

/// A description of a name or make, which a program took from elsewhere.
pub(super) fn clean_description(field: &str, value: &mut String, limits: &Limits) -> Result<(), Invalid> {
    if value.len() > limits.identifier_bytes {
        return Err(Invalid::new(field, format!("longer than {} bytes", limits.identifier_bytes)));
    }
    strip_invisible(value);
    Ok(())
}

/// The years that a clock of a host may show.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1970..=2999;

/// What is wrong with a time: outside of [`YEARS`] no computer's clock stands, and other programs
/// that read the record may not hold it (a date of five digits, one before the epoch).
pub(super) fn time_fault(time: Timestamp) -> Option<String> {
    let year = jiff::tz::Offset::UTC.to_datetime(time).year();
    (!YEARS.contains(&year)).then(|| format!("{time} is outside of the years {} to {}", YEARS.start(), YEARS.end()))
}

pub(super) fn check_time(field: &str, time: Option<Timestamp>) -> Result<(), Invalid> {
    time.and_then(time_fault).map_or(Ok(()), |why| Err(Invalid::new(field, why)))
}

pub(super) fn check_text(field: &str, value: &str, limits: &Limits) -> Result<(), Invalid> {
    if value.len() > limits.text_bytes {
        return Err(Invalid::new(field, format!("longer than {} bytes", limits.text_bytes)));
    }
    match value.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(c) => Err(Invalid::new(field, format!("holds the control character {}", c.escape_unicode()))),
        None => Ok(()),
    }
}

pub(super) fn check_count(field: &str, count: usize, most: usize) -> Result<(), Invalid> {
    if count > most {
        return Err(Invalid::new(field, format!("{count} records, at most {most} are taken")));
    }
    Ok(())
}

pub(super) fn check_heartbeat(heartbeat: &Heartbeat, limits: &Limits) -> Result<(), Invalid> {
    // JSON has no infinity, but a number such as 1e300 becomes one in 32 bits.
    if heartbeat.load.is_some_and(|load| load.iter().any(|average| !average.is_finite() || *average < 0.0)) {
        return Err(Invalid::new("heartbeat.load", "no load average"));
    }
    for (field, value) in [
        ("heartbeat.memory_available_bytes", heartbeat.memory_available_bytes),
        ("heartbeat.swap_used_bytes", heartbeat.swap_used_bytes),
        ("heartbeat.uptime_seconds", heartbeat.uptime_seconds),
    ] {
        check_integer(field, value.unwrap_or_default())?;
    }
    check_count("heartbeat.disks", heartbeat.disks.len(), limits.list)?;
    for (at, disk) in heartbeat.disks.iter().enumerate() {
        check_text(&format!("heartbeat.disks[{at}].mount"), &disk.mount, limits)?;
        check_integer(&format!("heartbeat.disks[{at}].size_bytes"), disk.size_bytes)?;
        check_integer(&format!("heartbeat.disks[{at}].available_bytes"), disk.available_bytes)?;
        check_integer(&format!("heartbeat.disks[{at}].used_bytes"), disk.used_bytes.unwrap_or_default())?;
    }
    Ok(())
}

/// Databases hold signed 64-bit integers.
pub(super) fn check_integer(field: &str, value: u64) -> Result<(), Invalid> {
    check_most(field, value, i64::MAX.unsigned_abs())
}

pub(super) fn check_most(field: &str, value: u64, most: u64) -> Result<(), Invalid> {
    if value > most {
        return Err(Invalid::new(field, format!("{value} is above {most}")));
    }
    Ok(())
}
