//! A fleet against a running server: agents' check-ins and reports over many connections that stay open, as a bounded load.
//!
//! Each connection speaks for hosts of its own, so that no host says two things at once. As an agent does, a host checks in
//! by the hashes of its sections, and sends what the server asks for.

mod client;
mod speaker;

use super::Fleet;
use super::latency::{Latencies, LatencySummary};
use anyhow::{Context as _, anyhow};
use model::Clock;
use serde::Serialize;
use speaker::Speaker;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Where to, how much and for how long.
#[derive(Clone)]
pub struct DriveOptions {
    /// The server's address, such as `http://127.0.0.1:8001`.
    pub server: String,
    /// An agents' token.
    pub token: String,
    /// Connections at once.
    pub connections: usize,
    /// Check-ins a second; as many as the server takes where it is absent.
    pub rate: Option<f64>,
    /// How long; once through the fleet where it is absent.
    pub duration: Option<Duration>,
    /// Check-ins in a thousand of hosts that have changed: 20 packages in other versions.
    pub changed_per_mille: usize,
}

/// What one or all connections saw.
#[derive(Debug, Clone, Default)]
struct Seen {
    checkins: Latencies,
    reports: Latencies,
    known: u64,
    bytes: u64,
    busy: u64,
    late: u64,
    errors: BTreeMap<String, u64>,
}

impl Seen {
    fn merge(&mut self, other: &Self) {
        self.checkins.merge(&other.checkins);
        self.reports.merge(&other.reports);
        self.known += other.known;
        self.bytes += other.bytes;
        self.busy += other.busy;
        self.late += other.late;
        for (what, count) in &other.errors {
            *self.errors.entry(what.clone()).or_default() += count;
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Driven {
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Check-ins that were answered, a second.
    pub checkins_per_second: f64,
    /// Reports that were acknowledged, a second.
    pub reports_per_second: f64,
    /// Check-ins that were answered with *known*.
    pub known: u64,
    /// How long check-ins took, from request to answer.
    pub checkins: LatencySummary,
    /// How long reports took.
    pub reports: LatencySummary,
    /// Bytes of reports that were sent, compressed.
    pub report_bytes: u64,
    /// Answers 503; each was asked again after the server's Retry-After.
    pub busy: u64,
    /// Check-ins that were sent over 100 ms after their time, where there is a rate: then latencies say too little.
    pub late: u64,
    /// Requests that were not answered as they should, by status or reason.
    pub errors: BTreeMap<String, u64>,
    /// Processor time of this program, which makes the reports: not the server's.
    pub generator_cpu_seconds: Option<f64>,
}

/// Drives the server until it is over.
///
/// # Errors
/// When the server refuses the token, or can't be reached at all.
pub fn drive(fleet: &Fleet, options: &DriveOptions, clock: &dyn Clock) -> anyhow::Result<Driven> {
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let connections = options.connections.clamp(1, usize::try_from(fleet.hosts()).unwrap_or(usize::MAX).max(1));
    let mut seen = Seen::default();
    let ended: Vec<anyhow::Result<Seen>> = std::thread::scope(|threads| {
        let speakers: Vec<_> = (0..connections)
            .map(|place| {
                let mut speaker = Speaker::new(fleet, options, clock, place, connections);
                std::thread::Builder::new().stack_size(512 << 10).spawn_scoped(threads, move || speaker.run(start))
            })
            .collect();
        speakers
            .into_iter()
            .map(|thread| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| Err(anyhow!("a connection's thread ended early"))),
                Err(error) => Err(error).context("no thread can be started; use fewer --connections"),
            })
            .collect()
    });
    for ended in ended {
        seen.merge(&ended?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let (checkins, reports) = (seen.checkins.summary(), seen.reports.summary());
    #[expect(clippy::cast_precision_loss, reason = "rates")]
    let rate = |count: u64| count as f64 / seconds;
    Ok(Driven {
        seconds,
        checkins_per_second: rate(checkins.count),
        reports_per_second: rate(reports.count),
        known: seen.known,
        checkins,
        reports,
        report_bytes: seen.bytes,
        busy: seen.busy,
        late: seen.late,
        errors: seen.errors,
        generator_cpu_seconds: cpu_seconds().zip(cpu).map(|(after, before)| after - before),
    })
}

/// Processor time that this process has used: fields 14 and 15 of proc_pid_stat(5), in ticks of which Linux shows 100 a
/// second to programs whatever its own are.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}
