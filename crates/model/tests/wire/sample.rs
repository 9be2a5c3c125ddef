//! A report with every field of every section set. The literals name every field, so that a new one
//! stops the compiler until it is here, in `testdata/wire/sections.py` and in the document.

use jiff::Timestamp;
use model::wire::sections::{
    History, HistoryAction, HistoryRecord, Host, Kernel, Os, PackageRecord, Packages, ReplacementRecord, Repositories,
    RepositoryRecord, Restart, Runtime, Skipped, UpdateRecord, Updates, Withheld,
};
use model::wire::{AgentInfo, Collected, DiskHealth, Heartbeat, Report, SectionHash, write_report};
use serde_json::Value;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn skipped(record: &str, why: &str) -> Vec<Skipped> {
    vec![Skipped { record: text(record), why: text(why) }]
}

pub(crate) fn host() -> Host {
    Host {
        arch: text("amd64"),
        boot_time: Some(at("2026-11-20T05:00:07Z")),
        cpu_count: Some(2),
        cpu_model: text("Intel(R) Xeon(R) \"Gold\" 6226R \\ 2.90GHz"),
        fqdn: text("web1.example.org"),
        hostname: text("web1"),
        ip_addresses: vec![text("192.0.2.10"), text("2001:db8::10")],
        memory_bytes: Some(25_769_803_776),
        os: Os {
            codename: text("bookworm"),
            id: text("debian"),
            id_like: vec![text("gnu"), text("linux")],
            pretty_name: text("Debian GNU/Linux 12 (bookworm) – Zürich"),
            version_id: text("12"),
        },
        package_manager: text("dpkg"),
        virtualization: text("kvm"),
    }
}

pub(crate) fn packages() -> Packages {
    let awkward: String = (0..0x20_u8).map(char::from).collect();
    let awkward = awkward + "\"\\/ <&> \u{7f} \u{80} é Ω 𝛑 \u{2028}\u{2029} \u{feff} \u{10ffff}";
    Packages {
        manager: text("dpkg"),
        records: vec![
            PackageRecord {
                arch: text("amd64"),
                auto: true,
                depends: text("libc6 (>= 2.34), default-mta | mail-transport-agent"),
                held: true,
                installed_at: Some(at("2026-10-01T12:30:00Z")),
                module: text("nodejs:18"),
                name: text("libssl3"),
                origin: text("Debian"),
                origin_inferred: true,
                source: text("openssl"),
                source_version: text("3.0.17-1~deb12u2"),
                status: text("half-configured"),
                vendor: text("Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>"),
                version: text("3.0.17-1~deb12u2+b1"),
            },
            PackageRecord {
                arch: text("all"),
                name: text("tzdata"),
                version: text("2025b-0+deb12u2"),
                ..PackageRecord::default()
            },
        ],
        skipped: skipped("/var/lib/dpkg/status line 812", &awkward),
    }
}

pub(crate) fn updates() -> Updates {
    Updates {
        lists_at: Some(at("2026-11-21T06:00:00Z")),
        records: vec![UpdateRecord {
            advisories: vec![text("DSA-6015-1"), text("DSA-6020-1")],
            arch: text("amd64"),
            candidate: text("3.0.18-1~deb12u1"),
            installed: text("3.0.17-1~deb12u2"),
            name: text("libssl3"),
            origin: text("Debian"),
            phased_percent: Some(10),
            repository: text("http://deb.debian.org/debian-security"),
            security: true,
            security_unknown: false,
            size: Some(2_021_980),
            suite: text("bookworm-security"),
            withheld: Some(Withheld::KeptBack),
            withheld_reason: text("needs libc6 (>= 2.37), but there is only libc6 2.36-9+deb12u13"),
        }],
        replacements: vec![ReplacementRecord {
            arch: text("x86_64"),
            by: text("nginx-core"),
            by_arch: text("x86_64"),
            candidate: text("2:1.26.2-1"),
            installed: text("1:1.22.1-9"),
            name: text("nginx"),
            repository: text("appstream"),
            security: false,
            security_unknown: true,
        }],
        skipped: skipped("preferences.d/99local line 3", "a pin without a package"),
    }
}

pub(crate) fn repositories() -> Repositories {
    Repositories {
        records: vec![RepositoryRecord {
            arches: vec![text("amd64"), text("i386")],
            codename: text("bookworm"),
            component: text("main"),
            enabled: true,
            fetched_at: Some(at("2026-11-21T06:00:00Z")),
            kind: text("deb"),
            label: text("Debian-Security"),
            name: text("Debian security updates"),
            origin: text("Debian"),
            published_at: Some(at("2026-11-20T22:14:03Z")),
            security: true,
            suite: text("bookworm-security"),
            uri: text("http://deb.debian.org/debian-security"),
        }],
        skipped: skipped("sources.list line 9", "no suite"),
    }
}

pub(crate) fn runtime() -> Runtime {
    let kernel = |release: &str, version: &str| Kernel {
        package: format!("linux-image-{release}"),
        release: text(release),
        version: text(version),
    };
    Runtime {
        kernels: vec![kernel("6.1.0-40-amd64", "6.1.153-1"), kernel("6.1.0-41-amd64", "6.1.158-1")],
        livepatches: vec![text("kpatch_6_1_0_40_1_1")],
        next_kernel: text("6.1.0-41-amd64"),
        reboot_required: Some(true),
        reboot_reasons: vec![text("linux-image-6.1.0-41-amd64")],
        restarts: vec![Restart {
            command: text("sshd"),
            file: text("/usr/lib/x86_64-linux-gnu/libssl.so.3"),
            package: text("libssl3"),
            unit: text("ssh.service"),
            version: text("3.0.17-1~deb12u1"),
        }],
        running_kernel: text("6.1.0-40-amd64"),
        running_kernel_build: text("#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20)"),
        unreadable_processes: Some(3),
    }
}

pub(crate) fn history() -> History {
    History {
        records: vec![HistoryRecord {
            action: HistoryAction::Upgrade,
            arch: text("amd64"),
            at: at("2026-10-01T12:30:00Z"),
            by: text("unattended-upgrades"),
            from: text("3.0.17-1~deb12u1"),
            name: text("libssl3"),
            to: text("3.0.17-1~deb12u2"),
        }],
    }
}

pub(crate) fn collected() -> Collected {
    Collected {
        host: Ok(host()),
        packages: Ok(packages()),
        updates: Ok(updates()),
        repositories: Ok(repositories()),
        runtime: Ok(runtime()),
        history: Ok(history()),
        heartbeat: Heartbeat {
            load: Some([0.5, 0.25, 0.125]),
            memory_available_bytes: Some(8 << 30),
            swap_used_bytes: Some(0),
            disks: vec![DiskHealth {
                mount: text("/"),
                size_bytes: 1 << 38,
                available_bytes: 1 << 36,
                used_bytes: Some(1 << 37),
            }],
            uptime_seconds: Some(86_400),
        },
        machine_id: text("0123456789abcdef0123456789abcdef"),
        hostname: text("web1"),
        boot_id: text("5c1c6c4e-8b5e-4c92-9f0a-3d8e0f1c2b3a"),
    }
}

pub(crate) fn agent() -> AgentInfo {
    AgentInfo { name: text("mendwatch-agent"), version: text("0.1.0") }
}

pub(crate) fn report() -> Report {
    let mut report = write_report(&collected(), agent(), 7, at("2026-11-22T06:30:00Z"), None).unwrap();
    report.tag = text("web");
    report.site = text("Brno");
    report.env = text("production");
    report
}

/// The report as a tree that a test may spoil.
pub(crate) fn tree() -> Value {
    serde_json::from_str(&serde_json::to_string(&report()).unwrap()).unwrap()
}

/// The tree as a body, each present section's hash set to what its data has now.
pub(crate) fn body(mut tree: Value) -> Vec<u8> {
    let sections = tree.get_mut("sections").and_then(Value::as_object_mut);
    for section in sections.into_iter().flat_map(|sections| sections.values_mut()).filter_map(Value::as_object_mut) {
        if let (Some(data), true) = (section.get("data"), section.contains_key("hash")) {
            let hash = SectionHash::of(data.to_string().as_bytes());
            section.insert("hash".to_owned(), Value::from(hash.to_string()));
        }
    }
    tree.to_string().into_bytes()
}

/// The body of a report in which one place (an RFC 6901 pointer) holds another value.
pub(crate) fn with(pointer: &str, value: impl Into<Value>) -> Vec<u8> {
    let mut tree = tree();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match tree.pointer_mut(parent).unwrap() {
        Value::Object(object) => _ = object.insert(field.to_owned(), value.into()),
        Value::Array(array) => array[field.parse::<usize>().unwrap()] = value.into(),
        other => panic!("{pointer}: {other} has no fields"),
    }
    body(tree)
}

/// The body of a report in which one field is missing.
pub(crate) fn without(pointer: &str) -> Vec<u8> {
    let mut tree = tree();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    tree.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).expect("the field was there");
    body(tree)
}
