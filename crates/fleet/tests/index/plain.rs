//! Plain parts of a fleet: a test writes down what it is about and takes the rest from here.

use crate::fleet_of::{platform, start};
use fleet::{Attributes, Availability, Awaited, HostFacts, HostId, Interval, SecurityRepository, UpdateFacts};
use matching::{FeedStamp, Rules};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Severity, Subject};
use std::sync::Arc;

/// A host of the first platform on which everything is known but when its lists were fetched, and nothing is installed.
pub(crate) fn host(id: i64) -> HostFacts {
    HostFacts {
        id: HostId(id),
        hostname: format!("host-{id:06}"),
        platform: platform(0),
        os_name: "Debian GNU/Linux 12 (bookworm)".into(),
        tags: vec![],
        context: vec![],
        last_seen_at: start(),
        interval: Interval::default(),
        inventory: vec![],
        updates: vec![],
        reboot_required: None,
        lists_at: None,
        packages: Availability::Present,
        updates_section: Availability::Present,
        packages_skipped: 0,
        updates_skipped: 0,
        replacements: (0, 0),
        security_unknown: 0,
        repositories_skipped: 0,
        host_section: Availability::Present,
        security_repository: SecurityRepository::Configured,
        awaited: Awaited::default(),
        clock_ahead: None,
        kernel_unowned: false,
        reboot_unknown: false,
        alternated_at: None,
        attributes: Attributes::default(),
    }
}

/// A security update that waits, from version 1.0-1.
pub(crate) fn update(name: &str, candidate: &str) -> UpdateFacts {
    UpdateFacts {
        name: name.into(),
        arch: "amd64".into(),
        candidate: candidate.into(),
        installed: "1.0-1".into(),
        suite: "bookworm-security".into(),
        security: true,
        withheld: None,
    }
}

/// What is said of a source package of the first platform.
pub(crate) fn fact(cve: &str, source: &str, status: FactStatus, severity: Severity) -> Fact {
    Fact {
        platform: platform(0),
        subject: Subject::Source(source.into()),
        cve: cve.into(),
        status,
        words: String::new(),
        severity,
        arches: vec![],
        channel: String::new(),
        module: String::new(),
    }
}

pub(crate) fn advisory(id: &str, facts: Vec<Fact>) -> Advisory {
    Advisory {
        id: id.into(),
        title: String::new(),
        published: None,
        kind: AdvisoryKind::Security,
        updated: None,
        withdrawn: false,
        cves: vec![],
        facts,
        references: vec![],
    }
}

/// The first platform's rules, by a single advisory of the tracker that is of today.
pub(crate) fn rules(facts: Vec<Fact>) -> Arc<Rules> {
    let stamp = FeedStamp {
        id: "debian-tracker".into(),
        as_of: start(),
        document: String::new(),
        sha256: String::new(),
        too_old: false,
    };
    Arc::new(Rules::compile(&platform(0), &[stamp], [("debian-tracker", advisory("set", facts))]))
}
