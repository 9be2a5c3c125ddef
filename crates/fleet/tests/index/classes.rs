//! Packages that are judged alike are gone through once.

use crate::fleet_of::{platform, start};
use crate::plain;
use fleet::{Change, HostFacts, HostId, Index, PackageId, Query};
use model::{FactStatus, Origin, Package, Role, Severity};

const PACKAGES: i64 = 600;

/// A binary of one source, in one of six versions.
fn package(n: i64) -> Package {
    let version = format!("1.{}-1", n % 6);
    Package {
        platform: platform(0),
        name: format!("part-{n:04}"),
        version: version.clone(),
        arch: ["amd64", "arm64"][usize::try_from(n % 2).unwrap()].into(),
        source: "whole".into(),
        source_version: version,
        module: String::new(),
        origin: Origin::Distribution,
    }
}

fn host(id: i64, role: Role) -> Change {
    let inventory = (0..PACKAGES).map(|n| (PackageId(n), role, false)).collect();
    Change::Host(Box::new(HostFacts { inventory, ..plain::host(id) }))
}

/// CVE-2026-2 is fixed in 1.2-1, CVE-2026-4 in 1.4-1: below the first, between them, and fixed.
fn rules(severity: Severity) -> Change {
    let fixed =
        |n: i64| plain::fact(&format!("CVE-2026-{n}"), "whole", FactStatus::Fixed(format!("1.{n}-1")), severity);
    Change::Rules { platform: platform(0), rules: plain::rules(vec![fixed(2), fixed(4)]) }
}

#[test]
fn a_class_is_gone_through_once_whatever_becomes_of_its_packages() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let packages = (0..PACKAGES).map(|n| (PackageId(n), package(n))).collect();
    let open = |cve: &str| {
        let filter = Query::parse(&format!("cve:{cve}")).unwrap();
        reader.snapshot().evaluate(&filter, None).len()
    };
    let made = index.apply(1, vec![Change::PackageIds(packages), rules(Severity::High), host(1, Role::Installed)]);
    assert_eq!((made.judged, made.classes), (600, 3), "below, between, fixed");
    assert_eq!((open("CVE-2026-2"), open("CVE-2026-4")), (1, 1));

    let made = index.apply(2, vec![rules(Severity::Low)]);
    assert_eq!((made.judged, made.classes), (600, 3), "the same once more by other rules");

    // Nobody has them any more: what was known of them goes, and comes again with the next host.
    let made = index.apply(3, vec![Change::HostGone(HostId(1))]);
    assert_eq!((made.judged, open("CVE-2026-2")), (0, 0));
    let made = index.apply(4, vec![host(2, Role::Installed)]);
    // That nothing is open for the fixed ones is known as long as the rules hold.
    assert_eq!((made.judged, made.classes), (600, 2));
    assert_eq!((open("CVE-2026-2"), open("CVE-2026-4")), (1, 1));

    // The same versions still mapped by processes, with nothing on disk that would mend them.
    let made = index.apply(5, vec![host(3, Role::Resident)]);
    assert_eq!((made.judged, made.classes), (600, 0), "a version is as exposed in memory as on disk");
    assert_eq!((open("CVE-2026-2"), open("CVE-2026-4")), (2, 2));
}
