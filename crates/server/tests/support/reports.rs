//! Reports to send.

use super::Client;
use jiff::Timestamp;
use model::wire::sections::{
    Host, Kernel, Os, PackageRecord, Packages, Repositories, RepositoryRecord, Runtime, UpdateRecord, Updates,
};
use model::wire::{AgentInfo, CheckIn, Collected, FORMAT, Heartbeat, write_report};

pub const OBSERVED: &str = "2026-11-22T06:00:00Z";

pub fn package(name: &str, version: &str) -> PackageRecord {
    PackageRecord {
        name: name.to_owned(),
        version: version.to_owned(),
        arch: "amd64".to_owned(),
        origin: "Debian".to_owned(),
        ..PackageRecord::default()
    }
}

pub fn update(name: &str, installed: &str, candidate: &str, security: bool) -> UpdateRecord {
    UpdateRecord {
        name: name.to_owned(),
        arch: "amd64".to_owned(),
        installed: installed.to_owned(),
        candidate: candidate.to_owned(),
        suite: if security { "bullseye-security" } else { "bullseye" }.to_owned(),
        origin: "Debian".to_owned(),
        security,
        ..UpdateRecord::default()
    }
}

/// One of Debian's own suites.
pub fn repository(suite: &str, security: bool) -> RepositoryRecord {
    RepositoryRecord {
        kind: "deb".to_owned(),
        uri: format!("http://mirror.example/{}", if security { "debian-security" } else { "debian" }),
        suite: suite.to_owned(),
        codename: suite.to_owned(),
        component: "main".to_owned(),
        origin: "Debian".to_owned(),
        enabled: true,
        security,
        ..RepositoryRecord::default()
    }
}

/// A check-in of a host, by the hashes of what it has.
pub fn checkin(collected: &Collected, at: Timestamp) -> serde_json::Value {
    let checkin = CheckIn {
        format: FORMAT,
        agent: AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() },
        machine_id: collected.machine_id.clone(),
        boot_id: collected.boot_id.clone(),
        hostname: collected.hostname.clone(),
        observed_at: at,
        sections: collected.digests().expect("digests"),
        labels: None,
        heartbeat: collected.heartbeat.clone(),
    };
    serde_json::to_value(checkin).expect("JSON")
}

/// [`OBSERVED`]: when check-ins are seen in which time is of no matter.
pub fn observed() -> Timestamp {
    OBSERVED.parse().expect("a time")
}

/// What the server answers to a check-in.
pub fn check_in(agent: &mut Client, collected: &Collected, at: Timestamp) -> serde_json::Value {
    let answer = agent.post("/api/agent/v1/checkin", &checkin(collected, at));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// A small Debian 11 host. `number` tells hosts apart.
pub fn host(number: u32) -> Collected {
    let at: Timestamp = OBSERVED.parse().expect("a time");
    Collected {
        machine_id: format!("{number:032x}"),
        boot_id: "b0000000-0000-4000-8000-000000000001".to_owned(),
        hostname: format!("host-{number}.example.org"),
        heartbeat: Heartbeat { load: Some([0.1, 0.2, 0.3]), uptime_seconds: Some(100), ..Heartbeat::default() },
        host: Ok(Host {
            arch: "amd64".to_owned(),
            hostname: format!("host-{number}.example.org"),
            ip_addresses: vec!["192.0.2.7".to_owned()],
            memory_bytes: Some(1 << 30),
            os: Os {
                id: "debian".to_owned(),
                version_id: "11".to_owned(),
                codename: "bullseye".to_owned(),
                pretty_name: "Debian GNU/Linux 11 (bullseye)".to_owned(),
                id_like: Vec::new(),
            },
            package_manager: "dpkg".to_owned(),
            ..Host::default()
        }),
        packages: Ok(Packages {
            manager: "dpkg".to_owned(),
            records: vec![
                package("bash", "5.1-2+deb11u1"),
                package("linux-image-5.10.0-20-amd64", "5.10.158-2"),
                package("openssl", "1.1.1n-0+deb11u3"),
            ],
            skipped: Vec::new(),
        }),
        updates: Ok(Updates {
            lists_at: Some(at),
            records: vec![
                update("bash", "5.1-2+deb11u1", "5.1-2+deb11u2", false),
                update("openssl", "1.1.1n-0+deb11u3", "1.1.1n-0+deb11u4", true),
            ],
            replacements: Vec::new(),
            skipped: Vec::new(),
        }),
        repositories: Ok(Repositories {
            records: vec![repository("bullseye", false), repository("bullseye-security", true)],
            skipped: Vec::new(),
        }),
        runtime: Ok(Runtime {
            kernels: vec![Kernel {
                release: "5.10.0-20-amd64".to_owned(),
                package: "linux-image-5.10.0-20-amd64".to_owned(),
                version: "5.10.158-2".to_owned(),
            }],
            running_kernel: "5.10.0-20-amd64".to_owned(),
            next_kernel: "5.10.0-20-amd64".to_owned(),
            reboot_required: Some(false),
            ..Runtime::default()
        }),
        history: Err("not collected by this version".to_owned()),
    }
}

/// The whole report of a host.
pub fn report(collected: &Collected, sequence: u64) -> Vec<u8> {
    let agent = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let at = OBSERVED.parse().expect("a time");
    let report = write_report(collected, agent, sequence, at, None).expect("a report");
    serde_json::to_vec(&report).expect("JSON")
}

/// The same report with one part replaced, hashes kept as they are: for what must be refused.
pub fn spoiled(report: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(report).expect("text");
    assert!(text.contains(from), "the report has no {from}");
    text.replacen(from, to, 1).into_bytes()
}
