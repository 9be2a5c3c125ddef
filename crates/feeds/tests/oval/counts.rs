//! Every bundle at hand: what was understood and what was skipped come to what `grep` counts.

use crate::bundles::parse as read;
use crate::data::{bytes, parse};
use std::collections::BTreeMap;

/// A document, and the skipped among its definitions by reason.
struct Bundle {
    feed: &'static str,
    path: &'static str,
    /// `grep -c '<definition ' FILE`, less `grep -c 'class="inventory"' FILE`.
    definitions: usize,
    skipped: &'static [(&'static str, usize)],
    /// Packages of definitions that are understood which are skipped.
    packages: usize,
    /// Facts, so that a change of the reading shows.
    facts: usize,
}

const LIVE_PATCH: &str = "it can't be said of single packages: it is about a single version";

const BUNDLES: &[Bundle] = &[
    Bundle {
        feed: "redhat-oval",
        path: "redhat/Red_Hat_Enterprise_Linux_3.oval.xml.zst",
        definitions: 327,
        skipped: &[],
        packages: 0,
        facts: 11_025,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/com.redhat.rhsa-RHEL5.xml.bz2",
        definitions: 1170,
        skipped: &[],
        packages: 0,
        facts: 40_048,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/com.redhat.rhsa-RHEL8.xml.zst",
        definitions: 129,
        skipped: &[],
        packages: 0,
        facts: 8625,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/rhel-6-including-unpatched.oval.xml.bz2",
        definitions: 10_892,
        skipped: &[],
        packages: 0,
        facts: 114_258,
    },
    // Live patches: `grep -c '<title>.*kpatch-patch' FILE`, each named for one build of the kernel.
    Bundle {
        feed: "redhat-oval",
        path: "redhat/rhel-7-including-unpatched.oval.xml.bz2",
        definitions: 8491,
        skipped: &[(LIVE_PATCH, 8)],
        packages: 0,
        facts: 126_055,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/rhel-8-including-unpatched.oval.xml.bz2",
        definitions: 4130,
        skipped: &[(LIVE_PATCH, 6)],
        packages: 0,
        facts: 100_828,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/samples-vuls-data-update.tar.zst!RHEL9/rhel-9-including-unpatched.oval.xml.bz2",
        definitions: 4,
        skipped: &[],
        packages: 0,
        facts: 9,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/samples-vuls-data-update.tar.zst!RHEL9/jboss-ws-5-including-unpatched.oval.xml.bz2",
        definitions: 1,
        skipped: &[],
        packages: 0,
        facts: 1,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/samples-vuln-list-update-redhat.tar.zst!happy/RHEL6/rhel-6-extras-including-unpatched.oval.xml.bz2",
        definitions: 6,
        skipped: &[],
        packages: 0,
        facts: 12,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/samples-vuln-list-update-redhat.tar.zst!happy/RHEL7/dotnet-3.1-including-unpatched.oval.xml.bz2",
        definitions: 4,
        skipped: &[],
        packages: 0,
        facts: 48,
    },
    Bundle {
        feed: "redhat-oval",
        path: "redhat/samples-vuln-list-update-redhat.tar.zst!happy/RHEL8/ansible-2-including-unpatched.oval.xml.bz2",
        definitions: 5,
        skipped: &[],
        packages: 0,
        facts: 12,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2",
        definitions: 7177,
        skipped: &[
            ("'2.0.x only' holds ' ', which no version may hold", 3),
            ("'4.2.0 only' holds ' ', which no version may hold", 1),
            ("'4.6.x only' holds ' ', which no version may hold", 1),
            ("'4.7.0-4.7.3 only' holds ' ', which no version may hold", 1),
            ("'9.5 only' holds ' ', which no version may hold", 2),
        ],
        // `CVE-2011-2484a`, which is no CVE: `bzcat FILE | grep -c 'ref_id="CVE-2011-2484a'` is 1.
        packages: 1,
        facts: 21_052 - 8,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2",
        definitions: 17_900,
        skipped: &[
            ("'1.9.2 only' holds ' ', which no version may hold", 1),
            ("'2.5 only' holds ' ', which no version may hold", 1),
            ("'3.x only' holds ' ', which no version may hold", 1),
            ("'4.6.x only' holds ' ', which no version may hold", 1),
            ("'5.6 only' holds ' ', which no version may hold", 1),
        ],
        packages: 71,
        facts: 58_287 - 76,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2",
        definitions: 12_723,
        skipped: &[
            ("'1:1.12_1.12.6-1+deb9u1build0.18.04.1' holds '_', which no version may hold", 1),
            ("'2.8.0- 1' holds ' ', which no version may hold", 1),
            ("'8.0.x only' holds ' ', which no version may hold", 6),
        ],
        packages: 65,
        facts: 62_190 - 73,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2",
        definitions: 7760,
        skipped: &[],
        packages: 2,
        facts: 24_046 - 2,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.cve.oval.xml.bz2",
        definitions: 1,
        skipped: &[],
        packages: 0,
        facts: 2,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.pkg.oval.xml.bz2",
        definitions: 2,
        skipped: &[],
        packages: 0,
        facts: 2,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.fips-updates_jammy.cve.oval.xml.bz2",
        definitions: 1,
        skipped: &[("the platform 'Ubuntu Pro FIPS-updates 22.04 LTS' is not known here", 1)],
        packages: 0,
        facts: 0,
    },
    Bundle {
        feed: "ubuntu-oval",
        path: "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.fips-updates_jammy.pkg.oval.xml.bz2",
        definitions: 2,
        skipped: &[("the platform 'Ubuntu Pro FIPS-updates 22.04 LTS' is not known here", 2)],
        packages: 0,
        facts: 0,
    },
    Bundle {
        feed: "ubuntu-usn-oval",
        path: "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.usn.oval.xml.bz2",
        definitions: 1,
        skipped: &[],
        packages: 0,
        facts: 5,
    },
    // The sample refers to a definition and to nothing that says which release it is: it has been cut out.
    Bundle {
        feed: "ubuntu-oval",
        path: "other/vulnerablecode-distro-samples.tar.zst!/ubuntu_oval_data.xml",
        definitions: 2,
        skipped: &[("it refers to a definition that the document does not have", 2)],
        packages: 0,
        facts: 0,
    },
    Bundle {
        feed: "debian-oval",
        path: "debian/samples-vuls-data-update.tar.zst!/oval-definitions-bullseye.xml.bz2",
        definitions: 4,
        skipped: &[],
        packages: 0,
        facts: 5,
    },
    Bundle {
        feed: "debian-oval",
        path: "other/vulnerablecode-distro-samples.tar.zst!/debian_oval_data.xml",
        definitions: 2,
        skipped: &[],
        packages: 0,
        facts: 2,
    },
];

/// Holds the bundles of a feed against their counts.
fn count(feed: &str) {
    let mut wrong = Vec::new();
    for bundle in BUNDLES.iter().filter(|bundle| bundle.feed == feed) {
        let (collected, outcome) = read(bundle.feed, &bytes(bundle.path));
        let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
        let mut packages = 0;
        for note in &collected.skipped {
            assert!(note.line.is_some(), "{note}");
            // A note on one package of a definition names it after the definition, which is understood.
            if note.record.contains(' ') {
                packages += 1;
            } else {
                *skipped.entry(&note.why).or_default() += 1;
            }
        }
        let facts: usize = collected.advisories.iter().map(|advisory| advisory.facts.len()).sum();
        let definitions = collected.advisories.len() + collected.skipped.len() - packages;
        let found = (outcome, definitions, skipped, packages, facts);
        let expected =
            (Ok(()), bundle.definitions, bundle.skipped.iter().copied().collect(), bundle.packages, bundle.facts);
        if found != expected {
            wrong.push(format!("{}: {found:?}", bundle.path));
        }
        let mut ids: Vec<&str> = collected.advisories.iter().map(|advisory| advisory.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), collected.advisories.len(), "every id of {} is unique", bundle.path);
        assert!(collected.advisories.iter().all(|advisory| !advisory.facts.is_empty()), "{}", bundle.path);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn red_hats_definitions_are_understood_or_skipped_with_the_reason() {
    count("redhat-oval");
}

#[test]
fn ubuntus_definitions_are_understood_or_skipped_with_the_reason() {
    count("ubuntu-oval");
    count("ubuntu-usn-oval");
}

#[test]
fn debians_definitions_are_understood_or_skipped_with_the_reason() {
    count("debian-oval");
}

/// Documents of vendors whose feeds are not read: they must be parsed, whatever is done with them. The
/// counts are `grep -c '<definition '` and `grep -c '<[^/>]*_test '`.
#[test]
fn documents_of_other_vendors_are_parsed() {
    let mut wrong = Vec::new();
    for (path, definitions, tests) in [
        ("other/photon/com.vmware.phsa-photon3.xml.zst", 222, 1778),
        ("oracle/samples-vuls-data-update.tar.zst!/com.oracle.elsa-all.xml.bz2", 2, 24),
        ("oracle/samples-vuls-data-update.tar.zst!/com.oracle.olossa-20150009.xml", 1, 8),
        ("oracle/samples-vuls-data-update.tar.zst!/com.oracle.ovmsa-20250001.xml", 1, 6),
        ("oracle/samples-vuls-data-update.tar.zst!/com.oracle.olamsa-all.xml.bz2", 1, 14),
        ("almalinux/samples-vuls-data-update.tar.zst!/org.almalinux.alsa-9.xml.bz2", 2, 21),
        ("suse/samples-vuls-data-update.tar.zst!/suse.linux.enterprise.15-affected.xml.gz", 2, 2),
        ("suse/samples-vuls-data-update.tar.zst!/suse.linux.enterprise.16-patch.xml.gz", 2, 2),
        ("suse/samples-vuls-data-update.tar.zst!/opensuse.tumbleweed.xml.gz", 1, 7),
        ("suse/samples-vuls-data-update.tar.zst!/suse.linux.enterprise.server.9.xml.gz", 1, 2),
        ("other/vulnerablecode-distro-samples.tar.zst!/suse_oval_data.xml", 2, 9),
        ("other/vulnerablecode-distro-samples.tar.zst!/suse_oval/org.opensuse.CVE-2008-5679.xml", 1, 4),
        ("other/vulnerablecode-distro-samples.tar.zst!/suse_oval/mock-definitions-only.xml", 3, 0),
    ] {
        let document = parse(&bytes(path));
        let found = (document.seen, document.tests.items().len(), document.unread.len() + document.skipped.len());
        // The mock repeats the id of its first definition twice.
        let twice = if path.contains("mock-definitions-only") { 2 } else { 0 };
        if found != (definitions, tests, twice) {
            wrong.push(format!("{path}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
