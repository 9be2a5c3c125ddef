//! What came of a simulation, for people.

use super::{FilledOutcome, Outcome};
use crate::cli::output::{Output, printable, thousands};
use crate::simulate::drive::Driven;
use crate::simulate::latency::LatencySummary;
use crate::simulate::stats::FleetStats;

/// Where values begin.
const LABEL: usize = 20;

pub(super) fn table(outcome: &Outcome, out: &mut Output) -> std::io::Result<()> {
    row(out, "hosts", &format!("{}, seed {}, as of {}", number(outcome.hosts), outcome.seed, outcome.at))?;
    if let Some(fleet) = &outcome.fleet {
        stats(fleet, out)?;
    }
    if let Some(filled) = &outcome.filled {
        self::filled(filled, out)?;
    }
    if let Some(driven) = &outcome.driven {
        self::driven(driven, out)?;
    }
    out.flush()
}

fn stats(fleet: &FleetStats, out: &mut Output) -> std::io::Result<()> {
    let range =
        |[least, mean, most]: [u64; 3]| format!("{} on average, {} to {}", number(mean), number(least), number(most));
    let share = |per_mille: u64| format!("{}.{} %", per_mille / 10, per_mille % 10);
    row(out, "platforms", &number(fleet.platforms))?;
    row(out, "images", &number(fleet.images))?;
    row(out, "distinct packages", &number(fleet.distinct_packages))?;
    row(out, "packages of a host", &range(fleet.packages_per_host))?;
    row(out, "updates of a host", &range(fleet.updates_per_host))?;
    row(out, "bytes of a report", &range(fleet.report_bytes))?;
    row(out, "own inventory", &share(fleet.own_inventory_per_mille))?;
    row(out, "foreign packages", &format!("20 each on {} of the hosts", share(fleet.foreign_per_mille)))?;
    row(out, "contexts", &format!("{}, and {} sets of labels", number(fleet.contexts), number(fleet.label_sets)))?;
    row(out, "order", &format!("{} have the image of the host before", share(fleet.same_image_as_next_per_mille)))?;
    row(out, "hash", &fleet.digest)
}

fn filled(filled: &FilledOutcome, out: &mut Output) -> std::io::Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = (filled.reports + filled.before) as f64 / filled.seconds.max(0.001);
    let before = if filled.before > 0 { format!(", {} known before", number(filled.before)) } else { String::new() };
    row(
        out,
        "filled",
        &format!("{} reports in {:.1} s ({rate:.0} a second){before}", number(filled.reports), filled.seconds),
    )
}

fn driven(driven: &Driven, out: &mut Output) -> std::io::Result<()> {
    let rate = |count: u64, rate: f64| format!("{} in {:.1} s ({rate:.0} a second)", number(count), driven.seconds);
    row(
        out,
        "check-ins",
        &format!("{}, {} known", rate(driven.checkins.count, driven.checkins_per_second), number(driven.known)),
    )?;
    row(out, "", &latency(&driven.checkins))?;
    let bytes = format!(", {} bytes compressed", number(driven.report_bytes));
    row(out, "reports", &format!("{}{bytes}", rate(driven.reports.count, driven.reports_per_second)))?;
    row(out, "", &latency(&driven.reports))?;
    row(out, "busy (503)", &number(driven.busy))?;
    if driven.late > 0 {
        row(out, "late", &format!("{} check-ins were sent over 100 ms after their time", number(driven.late)))?;
    }
    if let Some(cpu) = driven.generator_cpu_seconds {
        row(out, "generator", &format!("{cpu:.2} s of processor time, not the server's"))?;
    }
    if driven.errors.is_empty() {
        return row(out, "errors", "none");
    }
    for (what, count) in &driven.errors {
        row(out, "errors", &format!("{} × {}", number(*count), printable(what)))?;
    }
    Ok(())
}

fn latency(of: &LatencySummary) -> String {
    let [p50, p99, p999, max] = [of.p50_us, of.p99_us, of.p999_us, of.max_us].map(milliseconds);
    format!("p50 {p50}, p99 {p99}, p99.9 {p999}, longest {max}")
}

fn milliseconds(micros: u64) -> String {
    format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
}

fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

fn row(out: &mut Output, label: &str, value: &str) -> std::io::Result<()> {
    out.line(&format!("{label:<LABEL$}{value}"))
}
