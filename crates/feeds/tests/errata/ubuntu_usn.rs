//! Canonical's database of notices, trimmed and damaged, against counts taken by other means.

use crate::bundles::{member, parse};
use crate::support::{facts, of, take};
use feeds::{Collected, Unreadable};
use model::{Advisory, FactStatus, Subject};

fn database(bundle: &str) -> Collected {
    let (collected, outcome) = take("ubuntu-usn", "database-all.json", &member(bundle, "database-all.json.bz2"));
    assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()));
    collected
}

/// The facts of a release, as `source CVE channel version`.
fn said(advisory: &Advisory, release: &str) -> Vec<String> {
    let of_release = advisory.facts.iter().filter(|fact| fact.platform.release() == release);
    of_release
        .map(|fact| {
            let (Subject::Source(name), FactStatus::Fixed(version)) = (&fact.subject, &fact.status) else {
                panic!("{fact:?}")
            };
            format!("{name} {} {} {version}", fact.cve, fact.channel)
        })
        .collect()
}

/// `bzcat | jq length`: 3 and 1 notices; `jq '[.[].releases[].sources|length]|add'`: 14 and 3 sources.
#[test]
fn samples_are_understood() {
    let all = database("ubuntu/samples-vuls-data-update.tar.zst");
    assert_eq!(all.advisories.len(), 3);
    let jinja = of(&all, "USN-4011-1");
    assert_eq!((jinja.title.as_str(), jinja.cves.len()), ("Jinja2 vulnerabilities", 2));
    // `date -ud @1559819644`
    assert_eq!(jinja.published, Some("2019-06-06T11:14:04Z".parse().unwrap()));
    // "This issue only affected Ubuntu 16.04 LTS. (CVE-2016-10745)"
    assert_eq!(
        said(jinja, "16.04"),
        ["jinja2 CVE-2016-10745  2.8-1ubuntu0.1", "jinja2 CVE-2019-10906  2.8-1ubuntu0.1"]
    );
    assert_eq!(said(jinja, "18.04"), ["jinja2 CVE-2019-10906  2.10-1ubuntu0.18.04.1"]);
    // The binaries of a kernel have a new name each time: the source tells.
    assert_eq!(said(of(&all, "USN-2274-1"), "14.04"), ["linux CVE-2014-4699  3.13.0-30.55"]);
    // Several sources at once, from an archive of Ubuntu Pro: the notice alone is stated.
    let kernels = of(&all, "USN-6342-1");
    assert_eq!(said(kernels, "18.04").len(), 5);
    assert!(said(kernels, "16.04").contains(&"linux-hwe  esm-infra 4.15.0-216.227~16.04.1".to_owned()));
    // 4 sources with 5 CVEs in 4 releases (jinja2), one kernel, 9 kernels.
    assert_eq!(facts(&all), 5 + 1 + 9);

    let old = database("other/vulnerablecode-distro-samples.tar.zst");
    assert_eq!(old.advisories.len(), 1);
    let xine = of(&old, "USN-763-1");
    assert_eq!(said(xine, "8.04").len(), 2);
}

#[test]
fn what_is_odd_in_a_notice_is_skipped_with_its_reason() {
    let of_release = |release: &str| {
        let notice = format!(
            r#"{{"1-1":{{"cves":["CVE-2024-0001","https://launchpad.net/bugs/1"],"releases":{{"noble":{{"sources":{{"a":{{"version":"1"}}}}}},{release}}}}}}}"#
        );
        let (collected, outcome) = parse("ubuntu-usn", notice.as_bytes());
        assert_eq!((outcome, facts(&collected)), (Ok(()), 1), "{release}");
        assert_eq!(collected.advisories[0].cves, ["CVE-2024-0001"]);
        let [skipped] = collected.skipped.as_slice() else { panic!("{release}: {:?}", collected.skipped) };
        skipped.why.clone()
    };
    for (release, why) in [
        (r#""hamm":{}"#, "the release is not in the table of releases"),
        (r#""jammy":{"sources":{"a":{"version":"1_0"}}}"#, "version: '1_0' holds '_', which no version may hold"),
        (r#""jammy":{"sources":{"a b":{"version":"1"}}}"#, "the name of the package is empty, too long or no text"),
        (r#""xenial":{"sources":{"a":{"version":"1+esm1"}}}"#, "it is of Ubuntu Pro, but of which archive is not said"),
        (
            r#""xenial":{"sources":{"a":{"version":"1"}},"binaries":{"b":{"version":"1","pocket":"esm-apps"},"c":{"version":"1","pocket":"esm-infra"}}}"#,
            "its binaries are in several pockets: esm-apps, esm-infra",
        ),
    ] {
        assert_eq!(of_release(release), why);
    }
    for (document, why) in [(r#"{"x":{}}"#, "the key is no notice's number"), (r#"{"1-1":[]}"#, "no notice: ")] {
        let (collected, _) = parse("ubuntu-usn", document.as_bytes());
        assert!(collected.skipped[0].why.starts_with(why), "{:?}", collected.skipped);
    }
    for document in ["{}", "[]", "", "<html>"] {
        assert!(matches!(parse("ubuntu-usn", document.as_bytes()).1, Err(Unreadable::Malformed { .. })), "{document}");
    }
}
