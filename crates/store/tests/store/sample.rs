//! Hosts as an agent would report them: collected, written to the wire, and read from it.

use crate::fixture::Fixture;
use jiff::Timestamp;
use model::wire::sections::{
    History, HistoryAction, HistoryRecord, Host, Kernel, Os, PackageRecord, Packages, Repositories, RepositoryRecord,
    Runtime, UpdateRecord, Updates,
};
use model::wire::{
    Accepted, AgentInfo, CheckIn, Collected, FORMAT, Heartbeat, Labels, Limits, SectionName, read_report, write_report,
};
use store::{CheckInOutcome, CheckInWrite, ReportOutcome, ReportWrite, Store};

pub(crate) const MACHINE: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn package(name: &str, version: &str) -> PackageRecord {
    PackageRecord {
        name: name.into(),
        version: version.into(),
        arch: "amd64".into(),
        origin: "Debian".into(),
        depends: format!("libc6 (for {name})"),
        ..PackageRecord::default()
    }
}

pub(crate) fn packages(records: &[(&str, &str)]) -> Packages {
    let mut records: Vec<_> = records.iter().map(|(name, version)| package(name, version)).collect();
    records.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
    Packages { manager: "dpkg".into(), records, skipped: Vec::new() }
}

pub(crate) fn kernel(release: &str, version: &str) -> Kernel {
    Kernel { package: format!("linux-image-{release}"), release: release.into(), version: version.into() }
}

/// A Debian 12 host with two kernels, of which the older runs.
pub(crate) fn debian(machine: &str) -> Collected {
    Collected {
        host: Ok(Host {
            arch: "amd64".into(),
            hostname: "web1".into(),
            os: Os { id: "debian".into(), version_id: "12".into(), codename: "bookworm".into(), ..Os::default() },
            package_manager: "dpkg".into(),
            ..Host::default()
        }),
        packages: Ok(packages(&[
            ("bash", "5.2.15-2+b7"),
            ("linux-image-6.1.0-40-amd64", "6.1.153-1"),
            ("linux-image-6.1.0-41-amd64", "6.1.158-1"),
            ("openssl", "3.0.16-1~deb12u1"),
        ])),
        updates: Ok(Updates {
            lists_at: Some("2026-11-22T05:00:00Z".parse().unwrap()),
            records: vec![UpdateRecord {
                name: "openssl".into(),
                arch: "amd64".into(),
                installed: "3.0.16-1~deb12u1".into(),
                candidate: "3.0.17-1~deb12u3".into(),
                security: true,
                ..UpdateRecord::default()
            }],
            replacements: Vec::new(),
            skipped: Vec::new(),
        }),
        repositories: Ok(Repositories {
            records: vec![RepositoryRecord {
                kind: "deb".into(),
                uri: "http://deb.debian.org/debian".into(),
                enabled: true,
                suite: "bookworm".into(),
                ..RepositoryRecord::default()
            }],
            skipped: Vec::new(),
        }),
        runtime: Ok(Runtime {
            kernels: vec![kernel("6.1.0-40-amd64", "6.1.153-1"), kernel("6.1.0-41-amd64", "6.1.158-1")],
            running_kernel: "6.1.0-40-amd64".into(),
            next_kernel: "6.1.0-41-amd64".into(),
            ..Runtime::default()
        }),
        history: Ok(History {
            records: vec![HistoryRecord {
                action: HistoryAction::Install,
                arch: "amd64".into(),
                at: "2026-10-01T12:00:00Z".parse().unwrap(),
                by: String::new(),
                from: String::new(),
                name: "bash".into(),
                to: "5.2.15-2+b7".into(),
            }],
        }),
        heartbeat: Heartbeat { load: Some([0.5, 0.25, 0.125]), uptime_seconds: Some(77), ..Heartbeat::default() },
        machine_id: machine.into(),
        hostname: "web1".into(),
        boot_id: "5f2e0c1a".into(),
    }
}

pub(crate) fn agent() -> AgentInfo {
    AgentInfo { name: "mendwatch-agent".into(), version: "0.1.0".into() }
}

/// The report over the wire: written by the agent's code, read by the server's.
pub(crate) fn accepted(
    collected: &Collected,
    sequence: u64,
    observed_at: Timestamp,
    wanted: Option<&[SectionName]>,
) -> Accepted {
    let report = write_report(collected, agent(), sequence, observed_at, wanted).unwrap();
    read_report(&serde_json::to_vec(&report).unwrap(), &Limits::default()).unwrap()
}

pub(crate) fn write(collected: &Collected, sequence: u64, at: Timestamp) -> ReportWrite {
    ReportWrite { namespace: 1, report: accepted(collected, sequence, at, None), received_at: at }
}

/// Takes one report and holds that what the writer says of the host is what a reader finds.
pub(crate) async fn commit(store: &Store, write: ReportWrite) -> ReportOutcome {
    let outcome = store.reports_commit(vec![write]).await.pop().unwrap().unwrap();
    if let Some(state) = &outcome.state {
        assert_eq!(store.host_get(outcome.host_id).await.unwrap().as_ref(), Some(state));
    }
    outcome
}

pub(crate) async fn report(fixture: &Fixture, collected: &Collected, sequence: u64, at: Timestamp) -> ReportOutcome {
    commit(&fixture.store, write(collected, sequence, at)).await
}

pub(crate) async fn checkin(store: &Store, collected: &Collected, at: Timestamp) -> CheckInOutcome {
    checkin_with(store, collected, None, at).await
}

pub(crate) async fn checkin_with(
    store: &Store,
    collected: &Collected,
    labels: Option<Labels>,
    at: Timestamp,
) -> CheckInOutcome {
    checkin_observed(store, collected, labels, at, at).await
}

pub(crate) async fn checkin_observed(
    store: &Store,
    collected: &Collected,
    labels: Option<Labels>,
    observed_at: Timestamp,
    received_at: Timestamp,
) -> CheckInOutcome {
    let checkin = CheckIn {
        format: FORMAT,
        agent: agent(),
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at,
        sections: collected.digests().unwrap(),
        labels,
        heartbeat: collected.heartbeat.clone(),
    };
    let write = CheckInWrite { namespace: 1, checkin, received_at };
    store.checkins_commit(vec![write]).await.pop().unwrap().unwrap()
}
