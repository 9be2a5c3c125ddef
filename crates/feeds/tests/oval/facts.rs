//! Facts compared with the documents by eye: the lines are quoted beside them.

use crate::bundles::parse as read;
use crate::data::{bytes, feed};
use feeds::{Collected, Document, Tally};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Severity, Subject};

fn advisories(feed: &str, path: &str) -> Vec<Advisory> {
    read(feed, &bytes(path)).0.advisories
}

fn of<'a>(advisories: &'a [Advisory], id: &str) -> &'a Advisory {
    advisories.iter().find(|advisory| advisory.id == id).unwrap_or_else(|| panic!("{id}"))
}

fn fact<'a>(advisory: &'a Advisory, cve: &str, name: &str) -> &'a Fact {
    let mut facts = advisory.facts.iter().filter(|fact| fact.cve == cve && fact.subject.name() == name);
    let found = facts.next().unwrap_or_else(|| panic!("{cve} {name}"));
    assert!(facts.next().is_none(), "{cve} {name}");
    found
}

#[test]
fn red_hat_8_says_what_is_fixed_affected_and_not() {
    let all = advisories("redhat-oval", "redhat/rhel-8-including-unpatched.oval.xml.bz2");

    // <title>RHSA-2019:1167: kernel security and bug fix update (Important)</title>, <issued date="2019-05-14"/>;
    // "kernel is earlier than 0:4.18.0-80.1.2.el8_0", arch aarch64|ppc64le|s390x|x86_64; CVE-2018-12130 has the impact
    // important, CVE-2019-9003 low.
    let kernel = of(&all, "RHSA-2019:1167 rhel:8");
    assert_eq!((kernel.kind, kernel.cves.len()), (AdvisoryKind::Security, 5));
    assert_eq!(kernel.published, Some("2019-05-14T00:00:00Z".parse().unwrap()));
    assert_eq!(kernel.references[0], "https://access.redhat.com/errata/RHSA-2019:1167");
    let fixed = fact(kernel, "CVE-2018-12130", "kernel");
    assert_eq!(fixed.status, FactStatus::Fixed("4.18.0-80.1.2.el8_0".into()));
    assert_eq!((fixed.subject.clone(), fixed.severity), (Subject::Binary("kernel".into()), Severity::High));
    assert_eq!(fixed.arches, ["aarch64", "ppc64le", "s390x", "x86_64"]);
    assert_eq!((fixed.channel.as_str(), fixed.module.as_str()), ("", ""));
    assert_eq!(fact(kernel, "CVE-2019-9003", "kernel").severity, Severity::Low);

    // "Module php:7.2 is enabled", "php-pecl-apcu is installed".
    let php = fact(of(&all, "CVE-2017-7189 rhel:8"), "CVE-2017-7189", "php-pecl-apcu");
    assert_eq!((php.module.as_str(), &php.status, php.severity), ("php:7.2", &FactStatus::Affected, Severity::Medium));

    // "Unaffected components for: CVE-1999-0428 openssl ...": "openssl is installed", "openssl is not installed".
    let openssl = fact(of(&all, "CVE-1999-0428 rhel:8 unaffected"), "CVE-1999-0428", "openssl");
    assert_eq!(openssl.status, FactStatus::NotAffected);

    // <resolution state="Will not fix"><component>tar</component>
    let nine = "redhat/samples-vuls-data-update.tar.zst!RHEL9/rhel-9-including-unpatched.oval.xml.bz2";
    let nine = advisories("redhat-oval", nine);
    let tar = fact(of(&nine, "CVE-2005-2541 rhel:9"), "CVE-2005-2541", "tar");
    assert_eq!((&tar.status, tar.words.as_str()), (&FactStatus::WillNotFix, "will not fix"));
}

#[test]
fn red_hat_5_has_its_extended_life_and_other_releases_in_one_document() {
    let all = advisories("redhat-oval", "redhat/com.redhat.rhsa-RHEL5.xml.bz2");
    // <title>RHSA-2017:2412: kernel ...</title> with the one <cpe>cpe:/o:redhat:rhel_els:5</cpe>
    let kernel = of(&all, "RHSA-2017:2412 rhel:5 els");
    assert!(kernel.facts.iter().all(|fact| fact.channel == "els" && fact.platform == "rhel:5".parse().unwrap()));
    // RHSA-2007:0066, wireshark: "Red Hat Enterprise Linux 4 is installed" and "... 5 is installed".
    let wireshark = all.iter().find(|advisory| advisory.id.starts_with("RHSA-2007:0066 ")).unwrap();
    let mut platforms: Vec<String> = wireshark.facts.iter().map(|fact| fact.platform.to_string()).collect();
    platforms.dedup();
    assert_eq!(platforms, ["rhel:4", "rhel:5"]);
}

#[test]
fn a_documents_own_date_is_the_generators() {
    // bzcat com.ubuntu.focal.cve.oval.xml.bz2 | grep -m1 oval:timestamp: 2021-05-24T06:26:19; the newest
    // <public_date> in it is 2021-10-12, of a CVE that was yet to be published.
    let focal = bytes("ubuntu/com.ubuntu.focal.cve.oval.xml.bz2");
    let mut collected = Collected::default();
    let mut tally = Tally::new(&mut collected);
    let document = Document { name: "x".into(), url: "x".into() };
    feed("ubuntu-oval").parse(&document, &mut &focal[..], &mut tally).unwrap();
    assert_eq!(tally.dated, Some("2021-05-24T06:26:19Z".parse().unwrap()));
    assert_eq!(tally.newest, Some("2021-10-12T00:00:00Z".parse().unwrap()));
    assert_eq!(tally.inside(), tally.dated);
}

#[test]
fn ubuntu_keeps_the_trackers_words() {
    let focal = advisories("ubuntu-oval", "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2");
    // "gcc-arm-none-eabi package in focal is affected and may need fixing.", whose test names the binaries
    // gcc-arm-none-eabi and gcc-arm-none-eabi-source; "gcc-snapshot package in focal, is related to the CVE in some way and has been fixed
    // (note: '20140405-0ubuntu1')."; <severity>Low</severity>, <public_date>2015-02-23</public_date>
    let gcc = of(&focal, "CVE-2002-2439 ubuntu:20.04");
    assert_eq!(gcc.published, Some("2015-02-23T00:00:00Z".parse().unwrap()));
    let arm = fact(gcc, "CVE-2002-2439", "gcc-arm-none-eabi");
    assert_eq!(arm.subject, Subject::Source("gcc-arm-none-eabi".into()));
    assert!(gcc.facts.iter().all(|fact| fact.subject.name() != "gcc-arm-none-eabi-source"));
    assert_eq!((&arm.status, arm.words.as_str()), (&FactStatus::UnderInvestigation, "needs-triage"));
    let snapshot = fact(gcc, "CVE-2002-2439", "gcc-snapshot");
    assert_eq!(snapshot.status, FactStatus::Fixed("20140405-0ubuntu1".into()));
    assert_eq!((snapshot.words.as_str(), snapshot.severity), ("not-affected", Severity::Low));
    // "xine-ui package in focal is affected and needs fixing.", <public_date>2007-01-16 23:28:00 UTC</public_date>
    let xine = of(&focal, "CVE-2007-0255 ubuntu:20.04");
    assert_eq!(xine.published, Some("2007-01-16T23:28:00Z".parse().unwrap()));
    let xine = fact(xine, "CVE-2007-0255", "xine-ui");
    assert_eq!((&xine.status, xine.words.as_str()), (&FactStatus::Affected, "needed"));
    assert_eq!(xine.severity, Severity::Unknown);

    let trusty = advisories("ubuntu-oval", "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2");
    // "openssl package in trusty was vulnerable but has been fixed (note: '1.0.1f-1ubuntu2.27+esm1')."
    let openssl = fact(of(&trusty, "CVE-2019-1563 ubuntu:14.04"), "CVE-2019-1563", "openssl");
    assert_eq!(openssl.status, FactStatus::Fixed("1.0.1f-1ubuntu2.27+esm1".into()));
    assert_eq!((openssl.channel.as_str(), openssl.words.as_str()), ("esm-infra", ""));
    // "xerces-c package in trusty is affected, but a decision has been made to defer addressing it (note: '2019-01-01')."
    let deferred = trusty.iter().flat_map(|advisory| &advisory.facts).find(|fact| fact.subject.name() == "xerces-c");
    let deferred = deferred.unwrap();
    assert_eq!((&deferred.status, deferred.words.as_str()), (&FactStatus::Affected, "deferred (2019-01-01)"));
    // "linux: while related to the CVE in some way, a decision has been made to ignore this issue (note: 'was
    // needs-triage ESM criteria')."
    let ignored = trusty.iter().flat_map(|advisory| &advisory.facts);
    let ignored = ignored.filter(|fact| fact.words == "ignored (was needs-triage ESM criteria)");
    assert!(ignored.map(|fact| &fact.status).all(|status| *status == FactStatus::WillNotFix));
}

#[test]
fn ubuntus_notices_name_binaries_and_lists_by_package_sources() {
    let bundle = "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy";
    let notices = advisories("ubuntu-usn-oval", &format!("{bundle}.usn.oval.xml.bz2"));
    let libssh = fact(of(&notices, "USN-6561-1 ubuntu:22.04"), "CVE-2023-48795", "libssh-4");
    assert_eq!(libssh.subject, Subject::Binary("libssh-4".into()));
    assert_eq!(libssh.status, FactStatus::Fixed("0.9.6-2ubuntu0.22.04.2".into()));
    assert_eq!(libssh.severity, Severity::Medium);
    let packages = advisories("ubuntu-oval", &format!("{bundle}.pkg.oval.xml.bz2"));
    // "(CVE-2023-48795) openssh package in jammy was vulnerable but has been fixed (note: '1:8.9p1-3ubuntu0.5')."
    let ssh = fact(of(&packages, "openssh ubuntu:22.04"), "CVE-2023-48795", "openssh");
    assert_eq!(ssh.subject, Subject::Source("openssh".into()));
    assert_eq!(ssh.status, FactStatus::Fixed("1:8.9p1-3ubuntu0.5".into()));
}

#[test]
fn debian_speaks_of_sources() {
    let all = advisories("debian-oval", "debian/samples-vuls-data-update.tar.zst!/oval-definitions-bullseye.xml.bz2");
    // "389-ds-base DPKG is earlier than 1.3.5.15-1"
    let fixed = fact(of(&all, "CVE-2016-5405 389-ds-base debian:11"), "CVE-2016-5405", "389-ds-base");
    assert_eq!(fixed.subject, Subject::Source("389-ds-base".into()));
    assert_eq!(fixed.status, FactStatus::Fixed("1.3.5.15-1".into()));
    // "389-ds-base DPKG is earlier than 0"
    let never = fact(of(&all, "CVE-2016-5416 389-ds-base debian:11"), "CVE-2016-5416", "389-ds-base");
    assert_eq!(never.status, FactStatus::NotAffected);
    // DSA-5179-1 php7.4, <date>2022-07-08</date>
    let php = of(&all, "DSA-5179-1 php7.4 debian:11");
    assert_eq!(php.cves, ["CVE-2022-31625", "CVE-2022-31626"]);
    assert_eq!(php.published, Some("2022-07-08T00:00:00Z".parse().unwrap()));
    // <evr ...>0:1:4.14-1.1+deb7u1</evr>: the first epoch is the document's own.
    let old = advisories("debian-oval", "other/vulnerablecode-distro-samples.tar.zst!/debian_oval_data.xml");
    let a2ps = fact(of(&old, "CVE-2001-1593 a2ps debian:7"), "CVE-2001-1593", "a2ps");
    assert_eq!(a2ps.status, FactStatus::Fixed("1:4.14-1.1+deb7u1".into()));
}

/// A day that no calendar has: the record is taken without its date, and that is said.
#[test]
fn an_impossible_date_is_noted_and_costs_nothing_else() {
    let impossible = "2021-02-31";
    // Of each document the first date that is given to a definition, with what the note calls it.
    for (feed, path, before, what) in [
        (
            "debian-oval",
            "debian/samples-vuls-data-update.tar.zst!/oval-definitions-bullseye.xml.bz2",
            "<date>",
            "issued",
        ),
        (
            "redhat-oval",
            "redhat/samples-vuln-list-update-redhat.tar.zst!happy/RHEL7/dotnet-3.1-including-unpatched.oval.xml.bz2",
            "<issued date=\"",
            "issued",
        ),
        (
            "redhat-oval",
            "redhat/samples-vuln-list-update-redhat.tar.zst!happy/RHEL7/dotnet-3.1-including-unpatched.oval.xml.bz2",
            "<updated date=\"",
            "updated",
        ),
        (
            "ubuntu-oval",
            "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.usn.oval.xml.bz2",
            "<issued date=\"",
            "issued",
        ),
    ] {
        let text = String::from_utf8(bytes(path)).unwrap();
        let at = text.find(before).unwrap_or_else(|| panic!("{path} has no {before}")) + before.len();
        let spoiled = [&text[..at], impossible, &text[at + impossible.len()..]].concat();
        let ((sound, _), (mut odd, outcome)) = (read(feed, text.as_bytes()), read(feed, spoiled.as_bytes()));
        assert_eq!(outcome, Ok(()), "{path}");
        odd.skipped.retain(|note| !sound.skipped.contains(note));
        let [note] = odd.skipped.as_slice() else { panic!("{path}: {:?}", odd.skipped) };
        let written: String = text[at..].split(['<', '"']).next().unwrap().to_owned();
        let odd_date = format!("{impossible}{}", &written[impossible.len()..]);
        assert_eq!((&note.why, &note.lost), (&format!("{what} '{odd_date}' is no date"), &None), "{path}");
        let begin = text[..at].rfind("<definition ").unwrap();
        assert!(text[begin..at].contains(&format!("id=\"{}\"", note.record)), "{path}: {}", note.record);
        let changed: Vec<_> = sound.advisories.iter().zip(&odd.advisories).filter(|(a, b)| a != b).collect();
        let [(was, is)] = changed.as_slice() else { panic!("{path}: {} records are others", changed.len()) };
        let without = match what {
            "issued" => Advisory { published: None, ..(*was).clone() },
            _ => Advisory { updated: None, ..(*was).clone() },
        };
        assert_eq!(**is, without, "{path}");
    }
}

/// The date of the document itself is noted as well: what is in force is dated by the fetch then.
#[test]
fn an_impossible_date_of_a_document_is_noted() {
    let path = "debian/samples-vuls-data-update.tar.zst!/oval-definitions-bullseye.xml.bz2";
    let text = String::from_utf8(bytes(path)).unwrap();
    let spoiled = text.replace("2022-07-12T23:31:28.188-04:00", "2022-07-32T23:31:28");
    let (sound, odd) = (read("debian-oval", text.as_bytes()).0, read("debian-oval", spoiled.as_bytes()).0);
    assert_eq!(sound.advisories, odd.advisories);
    assert_eq!(odd.skipped.len(), sound.skipped.len() + 1);
    assert_eq!(odd.skipped[0].why, "timestamp '2022-07-32T23:31:28' is no date");
}
