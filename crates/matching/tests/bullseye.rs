//! A real Debian 11 root, with the advisory lists and with the tracker's samples in force.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use matching::{Assessment, Part, Rules, host_findings, host_unassessed};
use model::inventory::Entry;
use model::{Advisory, FactStatus, Package, Platform, Role, State};
use std::collections::BTreeSet;
use std::process::Command;
use support::{file, lists, package, parsed, stamp};

const MANIFESTS: &str = "raw/debian-rootfs-amd64-manifests.tar.zst";

/// Sources of the root's binaries that are not named like their source: the `Source` fields of
/// Debian's `Packages` (bookworm's, and bullseye's for what bookworm no longer has).
const SOURCES: &[(&str, &str)] = &[
    ("bsdutils", "util-linux"),
    ("gcc-10-base", "gcc-10"),
    ("gcc-9-base", "gcc-9"),
    ("gpgv", "gnupg2"),
    ("libacl1", "acl"),
    ("libapt-pkg6.0", "apt"),
    ("libattr1", "attr"),
    ("libaudit-common", "audit"),
    ("libaudit1", "audit"),
    ("libblkid1", "util-linux"),
    ("libbz2-1.0", "bzip2"),
    ("libc-bin", "glibc"),
    ("libc6", "glibc"),
    ("libcap-ng0", "libcap-ng"),
    ("libcom-err2", "e2fsprogs"),
    ("libcrypt1", "libxcrypt"),
    ("libdb5.3", "db5.3"),
    ("libdebconfclient0", "cdebconf"),
    ("libext2fs2", "e2fsprogs"),
    ("libffi7", "libffi"),
    ("libgcc-s1", "gcc-10"),
    ("libgmp10", "gmp"),
    ("libgnutls30", "gnutls28"),
    ("libgpg-error0", "libgpg-error"),
    ("libgssapi-krb5-2", "krb5"),
    ("libhogweed6", "nettle"),
    ("libidn2-0", "libidn2"),
    ("libk5crypto3", "krb5"),
    ("libkeyutils1", "keyutils"),
    ("libkrb5-3", "krb5"),
    ("libkrb5support0", "krb5"),
    ("liblz4-1", "lz4"),
    ("liblzma5", "xz-utils"),
    ("libmount1", "util-linux"),
    ("libnettle8", "nettle"),
    ("libnsl2", "libnsl"),
    ("libp11-kit0", "p11-kit"),
    ("libpam-modules", "pam"),
    ("libpam-modules-bin", "pam"),
    ("libpam-runtime", "pam"),
    ("libpam0g", "pam"),
    ("libpcre2-8-0", "pcre2"),
    ("libpcre3", "pcre3"),
    ("libseccomp2", "libseccomp"),
    ("libselinux1", "libselinux"),
    ("libsemanage-common", "libsemanage"),
    ("libsemanage1", "libsemanage"),
    ("libsepol1", "libsepol"),
    ("libsmartcols1", "util-linux"),
    ("libss2", "e2fsprogs"),
    ("libssl1.1", "openssl"),
    ("libstdc++6", "gcc-10"),
    ("libsystemd0", "systemd"),
    ("libtinfo6", "ncurses"),
    ("libtirpc-common", "libtirpc"),
    ("libtirpc3", "libtirpc"),
    ("libudev1", "systemd"),
    ("libunistring2", "libunistring"),
    ("libuuid1", "util-linux"),
    ("libxxhash0", "xxhash"),
    ("libzstd1", "libzstd"),
    ("login", "shadow"),
    ("logsave", "e2fsprogs"),
    ("lsb-base", "lsb"),
    ("mount", "util-linux"),
    ("ncurses-base", "ncurses"),
    ("ncurses-bin", "ncurses"),
    ("passwd", "shadow"),
    ("perl-base", "perl"),
    ("sysvinit-utils", "sysvinit"),
    ("zlib1g", "zlib"),
];

/// The root's packages. A binary rebuild (`+b1`) and `bsdutils`' epoch are not in the source's version.
fn root() -> Vec<Package> {
    let manifest = String::from_utf8(file(MANIFESTS, "/bullseye/rootfs.manifest")).unwrap();
    manifest
        .lines()
        .map(|line| {
            let (name, version) = line.split_once('\t').unwrap();
            let name = name.split(':').next().unwrap();
            let source = SOURCES.iter().find(|(binary, _)| *binary == name).map_or(name, |(_, source)| source);
            let mut package = package("debian:11", name, source, version);
            if let Some((built, rebuild)) = version.rsplit_once("+b")
                && rebuild.bytes().all(|b| b.is_ascii_digit())
            {
                package.source_version = built.to_owned();
            }
            if name == "bsdutils" {
                package.source_version = version.strip_prefix("1:").unwrap().to_owned();
            }
            package
        })
        .collect()
}

fn installed(packages: impl IntoIterator<Item = Package>) -> Vec<Entry> {
    packages.into_iter().map(|package| Entry { package, role: Role::Installed, held: false, auto: false }).collect()
}

fn dpkg(a: &str, relation: &str, b: &str) -> bool {
    Command::new("dpkg").args(["--compare-versions", a, relation, b]).status().unwrap().success()
}

fn platform() -> Platform {
    "debian:11".parse().unwrap()
}

fn compile(lists: &[(&str, Vec<Advisory>)]) -> Rules {
    let stamps: Vec<_> = lists.iter().map(|(id, _)| stamp(id)).collect();
    Rules::compile(&platform(), &stamps, lists.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a))))
}

/// What the list's lines say when the real dpkg compares them with the package.
fn by_dpkg(packages: &[Package], lists: &[(&str, Vec<Advisory>)]) -> BTreeSet<(String, String)> {
    let mut open = BTreeSet::new();
    for advisory in lists.iter().flat_map(|(_, advisories)| advisories) {
        for fact in advisory.facts.iter().filter(|fact| fact.platform == platform()) {
            let FactStatus::Fixed(fixed) = &fact.status else { continue };
            for package in packages.iter().filter(|package| package.source == fact.subject.name()) {
                if dpkg(&package.source_version, "lt", fixed) {
                    let issue = if fact.cve.is_empty() { &advisory.id } else { &fact.cve };
                    open.insert((package.name.clone(), issue.clone()));
                }
            }
        }
    }
    open
}

/// The image is of January 2025 and up to date; the lists end in April 2023: nothing is open, and
/// nothing is called unaffected either.
#[test]
fn an_up_to_date_root_has_no_listed_finding_and_is_still_not_assessed() {
    let (lists, packages) = (lists(), root());
    assert_eq!(packages.len(), 96, "wc -l rootfs.manifest");
    assert_eq!(by_dpkg(&packages, &lists), BTreeSet::new());
    let rules = compile(&lists);
    assert_eq!(rules.feeds().iter().map(|(_, part)| *part).collect::<Vec<_>>(), [Part::PositivesOnly; 2]);
    let entries = installed(packages);
    assert_eq!(host_findings(&rules, &entries, &BTreeSet::new()), []);
    let unassessed = host_unassessed(&rules, &entries);
    assert_eq!(unassessed.len(), 96);
    assert!(unassessed.iter().all(|item| item.reason.code() == "positives_only"));
    assert_eq!(
        unassessed[0].reason.to_string(),
        "only lists of fixed issues are in force (debian-dsa): load debian-tracker",
        "in April 2023 bullseye had no long term support yet"
    );
}

/// The same root as Debian 11.0 was released: versions of these packages on 14 August 2021, and what
/// `grep -B3 '\[bullseye\] - SOURCE ' data/DSA/list` says of them.
#[test]
fn the_root_as_it_was_released_has_exactly_the_listed_findings() {
    const RELEASED: &[(&str, &str, &str)] = &[
        ("zlib1g", "1:1.2.11.dfsg-2", "zlib"),
        ("gzip", "1.10-4", "gzip"),
        ("liblzma5", "5.2.5-2", "xz-utils"),
        ("libssl1.1", "1.1.1k-1", "openssl"),
        ("libkrb5-3", "1.18.3-6", "krb5"),
    ];
    let lists = lists();
    let mut packages = root();
    packages.retain(|package| RELEASED.iter().any(|(name, ..)| *name == package.name));
    for package in &mut packages {
        let (_, version, source) = RELEASED.iter().find(|(name, ..)| *name == package.name).unwrap();
        (package.version, package.source_version) = ((*version).to_owned(), (*version).to_owned());
        assert_eq!(package.source, *source);
    }
    let findings = host_findings(&compile(&lists), &installed(packages.clone()), &BTreeSet::new());
    let rows: Vec<[&str; 4]> = findings
        .iter()
        .map(|f| [f.package.as_str(), f.cve.as_str(), f.advisory.as_str(), f.fixed_version.as_str()])
        .collect();
    assert_eq!(
        rows,
        [
            ["gzip", "CVE-2022-1271", "DSA-5122-1", "1.10-4+deb11u1"],
            ["libkrb5-3", "CVE-2022-42898", "DSA-5286-1", "1.18.3-6+deb11u3"],
            ["liblzma5", "CVE-2022-1271", "DSA-5123-1", "5.2.5-2.1~deb11u1"],
            ["libssl1.1", "CVE-2021-3711", "DSA-4963-1", "1.1.1k-1+deb11u1"],
            ["libssl1.1", "CVE-2021-3712", "DSA-4963-1", "1.1.1k-1+deb11u1"],
            ["libssl1.1", "CVE-2021-4160", "DSA-5103-1", "1.1.1k-1+deb11u2"],
            ["libssl1.1", "CVE-2022-0778", "DSA-5103-1", "1.1.1k-1+deb11u2"],
            ["libssl1.1", "CVE-2022-1292", "DSA-5139-1", "1.1.1n-0+deb11u2"],
            ["libssl1.1", "CVE-2022-2068", "DSA-5169-1", "1.1.1n-0+deb11u3"],
            ["libssl1.1", "CVE-2022-2097", "DSA-5343-1", "1.1.1n-0+deb11u4"],
            ["libssl1.1", "CVE-2022-4304", "DSA-5343-1", "1.1.1n-0+deb11u4"],
            ["libssl1.1", "CVE-2022-4450", "DSA-5343-1", "1.1.1n-0+deb11u4"],
            ["libssl1.1", "CVE-2023-0215", "DSA-5343-1", "1.1.1n-0+deb11u4"],
            ["libssl1.1", "CVE-2023-0286", "DSA-5343-1", "1.1.1n-0+deb11u4"],
            ["zlib1g", "CVE-2018-25032", "DSA-5111-1", "1:1.2.11.dfsg-2+deb11u1"],
            ["zlib1g", "CVE-2022-37434", "DSA-5218-1", "1:1.2.11.dfsg-2+deb11u2"],
        ]
    );
    assert!(findings.iter().all(|finding| finding.state == State::FixAvailable && finding.feed == "debian-dsa"));
    let pairs: BTreeSet<_> = findings.iter().map(|f| (f.package.clone(), f.cve.clone())).collect();
    assert_eq!(pairs, by_dpkg(&packages, &lists), "and dpkg says the same of the same lines");
}

/// With the tracker in force it decides, and the lists only name advisories.
#[test]
fn the_trackers_samples_decide_over_the_lists() {
    let vunnel = "feeds/debian/samples-vunnel-debian.tar.zst";
    let vuls = "feeds/debian/samples-vuls-data-update.tar.zst";
    let mut tracker = parsed("debian-tracker", vunnel, "test-fixtures/input/debian.json");
    tracker.extend(parsed("debian-tracker", vuls, "api/testdata/fixtures/advisory.json"));
    let mut all = lists();
    all.push(("debian-tracker", tracker));
    let rules = compile(&all);
    assert_eq!(
        rules.feeds().iter().map(|(feed, part)| (feed.id.as_str(), *part)).collect::<Vec<_>>(),
        [("debian-dla", Part::Labels), ("debian-dsa", Part::Labels), ("debian-tracker", Part::Decides)]
    );
    let judge = |source: &str, version: &str| {
        let judgement = rules.judge_all(&package("debian:11", source, source, version), Role::Installed);
        assert_eq!(judgement.assessment, Assessment::Assessed);
        let rows: Vec<(String, State, String, String)> =
            judgement.verdicts.into_iter().map(|v| (v.cve, v.states[0].state, v.fixed_version, v.words)).collect();
        rows
    };
    let row = |cve: &str, state, fixed: &str, words: &str| (cve.to_owned(), state, fixed.to_owned(), words.to_owned());
    // The versions are those of bullseye's own repository, as the samples name them.
    assert_eq!(
        judge("389-ds-base", "1.4.4.11-2"),
        [
            row("CVE-2012-0833", State::NotAffected, "", "unimportant"),
            row("CVE-2016-5405", State::NotAffected, "1.3.5.15-1", "the installed version has the fix"),
            row("CVE-2016-5416", State::WillNotFix, "", "ignored: Minor issue"),
        ]
    );
    assert_eq!(
        judge("chromium", "90.0.4430.212-1"),
        [row("CVE-2022-0456", State::FixAvailable, "98.0.4758.80-1~deb11u1", "")]
    );
    assert_eq!(judge("sope", "5.0.1-2"), [row("CVE-2025-53603", State::FixAvailable, "5.0.1-2+deb11u1", "")]);
    assert_eq!(judge("sope", "5.0.1-2+deb11u1")[0].1, State::NotAffected);
    // The lists know openssl, the samples don't: results are never the union of whatever is loaded.
    assert_eq!(judge("openssl", "1.1.1k-1"), []);
}

/// DSA-5970-1 names the tracker's fact of bookworm.
#[test]
fn the_list_labels_the_trackers_fact() {
    let vunnel = "feeds/debian/samples-vunnel-debian.tar.zst";
    let tracker = parsed("debian-tracker", vunnel, "test-fixtures/input/debian.json");
    let dsa = parsed("debian-dsa", vunnel, "test-fixtures/input/DSA");
    let bookworm: Platform = "debian:12".parse().unwrap();
    let both = [("debian-tracker", &tracker), ("debian-dsa", &dsa)];
    let rules = Rules::compile(
        &bookworm,
        &[stamp("debian-tracker"), stamp("debian-dsa")],
        both.iter().flat_map(|(id, l)| l.iter().map(move |a| (*id, a))),
    );
    let judgement = rules.judge(&package("debian:12", "libsope1", "sope", "5.8.0-1"), Role::Installed);
    let [verdict] = judgement.verdicts.as_slice() else { panic!("{judgement:?}") };
    assert_eq!((verdict.cve.as_str(), verdict.advisory.as_str()), ("CVE-2025-53603", "DSA-5970-1"));
    assert_eq!((verdict.fixed_version.as_str(), verdict.feed.as_str()), ("5.8.0-1+deb12u1", "debian-tracker"));
}
