//! AlmaLinux' errata in their three forms, genuine and broken, against counts taken by other means.

use crate::bundles::{document, member, members, parse};
use crate::support::{facts, of, reasons, said, take, version};
use feeds::{Collected, Unreadable};
use model::{Advisory, AdvisoryKind, Severity};
use std::collections::{BTreeMap, BTreeSet};
use versions::Scheme;

const OSV: &str = "almalinux/osv-database.tar.zst";
const VULS: &str = "almalinux/samples-vuls-data-update.tar.zst";

/// The complete database is read once, from its archive as it is fetched, for everything that is asked of it.
#[test]
fn the_complete_database() {
    let (all, outcome) = take("almalinux-osv", "osv-database.tar", &document(OSV));
    assert_eq!(outcome, Ok(()));
    it_is_understood(&all);
    records_say_what_it_says(&all);
    most_errata_say_which_package_a_cve_is_in(&all);
    verdicts_of_three_hosts_follow_from_the_facts(&all);
}

/// Records: `ls advisories/*/*.json | wc -l`, 5,680; ids: `jq -r .id advisories/*/*.json | sort -u | wc -l`,
/// 5,637. Kinds: `jq -r .id advisories/*/*.json | cut -c1-4 | sort | uniq -c`, 4,480 ALSA, 978 ALBA and 222
/// ALEA, of which three name a CVE: `jq -r 'select((.id|startswith("ALSA")|not) and (.related|length>0)).id'`.
fn it_is_understood(all: &Collected) {
    assert_eq!(all.skipped, []);
    assert_eq!(all.advisories.len(), 5680);
    let mut by_id: BTreeMap<&str, &Advisory> = BTreeMap::new();
    for advisory in &all.advisories {
        let before = by_id.insert(&advisory.id, advisory);
        assert!(before.is_none_or(|before| before == advisory), "{} is the same wherever it stands", advisory.id);
    }
    assert_eq!(by_id.len(), 5637);
    let count = |kind| all.advisories.iter().filter(|advisory| advisory.kind == kind).count();
    assert_eq!(count(AdvisoryKind::Security), 4483);
    assert_eq!((count(AdvisoryKind::Bugfix), count(AdvisoryKind::Enhancement)), (976, 221));

    // No package is lost. Affected packages by record, name and release:
    // `jq -r '.id as $i | .affected[] | "\($i) \(.package.ecosystem) \(.package.name)"' advisories/*/*.json | sort -u | wc -l`
    let stated: BTreeSet<(&str, &model::Platform, &str)> = by_id
        .values()
        .flat_map(|advisory| {
            advisory.facts.iter().map(|fact| (advisory.id.as_str(), &fact.platform, fact.subject.name()))
        })
        .collect();
    assert_eq!(stated.len(), 64_065);

    // And every CVE is stated: in packages, or by the erratum in whose name the rest is.
    for advisory in by_id.values().filter(|advisory| !advisory.facts.is_empty()) {
        let of_cves: BTreeSet<&str> = advisory.facts.iter().map(|fact| fact.cve.as_str()).collect();
        assert!(
            of_cves.contains("") || advisory.cves.iter().all(|cve| of_cves.contains(cve.as_str())),
            "{}",
            advisory.id
        );
    }
}

/// Records read by eye.
fn records_say_what_it_says(all: &Collected) {
    let gupnp = of(all, "ALSA-2021:2363");
    assert_eq!(gupnp.title, "Important: gupnp security update");
    assert_eq!(gupnp.cves, ["CVE-2021-33516"]);
    assert_eq!(gupnp.published, Some("2021-06-09T12:54:08Z".parse().unwrap()));
    assert_eq!(said(gupnp, "gupnp-devel"), [("CVE-2021-33516", "", "1.0.6-2.el8_4")]);
    assert_eq!(gupnp.facts[0].platform, "almalinux:8".parse().unwrap());
    assert_eq!(gupnp.facts[0].severity, Severity::High);
    // One erratum for two releases, each with its own build.
    let java = of(all, "ALSA-2024:8127");
    let builds: BTreeSet<String> = java
        .facts
        .iter()
        .filter(|fact| fact.subject.name() == "java-21-openjdk")
        .map(|fact| format!("{} {}", fact.platform, version(fact)))
        .collect();
    assert_eq!(
        builds.iter().map(String::as_str).collect::<Vec<_>>(),
        ["almalinux:8 1:21.0.5.0.10-3.el8.alma.1", "almalinux:9 1:21.0.5.0.10-3.el9.alma.1"]
    );
    // Of several builds of a module the earliest has the fix. `X-devel` is labelled as X.
    let virt = of(all, "ALSA-2024:4351");
    let modules: BTreeSet<(&str, &str)> =
        said(virt, "hivex").into_iter().map(|(_, module, version)| (module, version)).collect();
    let hivex = "1.3.18-23.module_el8.6.0+2880+7d9e3703";
    assert_eq!(modules.into_iter().collect::<Vec<_>>(), [("virt-devel:rhel", hivex), ("virt:rhel", hivex)]);
    // An erratum of AlmaLinux' own.
    assert!(!of(all, "ALSA-2025:A003").facts.is_empty());
}

/// How far the CVEs of errata find their packages, so that a change of the rule shows.
fn most_errata_say_which_package_a_cve_is_in(all: &Collected) {
    let named: Vec<&Advisory> = all.advisories.iter().filter(|advisory| !advisory.cves.is_empty()).collect();
    let (mut whole, mut none) = (0, 0);
    for advisory in &named {
        let own = advisory.facts.iter().filter(|fact| fact.cve.is_empty()).count();
        whole += usize::from(own == 0);
        none += usize::from(own == advisory.facts.len());
    }
    assert_eq!((named.len(), whole, none), (4474, 3830, 308));
    // Nothing but the erratum may be said: its packages are of several sources, and no text says more.
    assert_eq!(said(of(all, "ALSA-2020:1577"), "gegl")[0].0, "-");
    // nodejs is named beside four CVEs; two more are of components that are no package, and left to the erratum.
    let node = of(all, "ALSA-2023:7205");
    let cves = |package: &str| said(node, package).into_iter().map(|(cve, ..)| cve).collect::<BTreeSet<_>>();
    let four = ["CVE-2023-38552", "CVE-2023-39331", "CVE-2023-39332", "CVE-2023-39333"];
    assert_eq!(cves("nodejs"), four.into_iter().chain(["-"]).collect());
    assert_eq!(cves("nodejs-nodemon"), BTreeSet::from(["-"]));
    assert!(node.facts.iter().all(|fact| fact.module == "nodejs:20"));
}

/// Three real hosts against the database, as computed with rpm's own comparison (the data's README):
/// what an erratum's non-modular builds say of a non-modular package is exactly what is expected, and
/// none of the modular ones, the trap that the set was made for, speaks of it.
fn verdicts_of_three_hosts_follow_from_the_facts(all: &Collected) {
    let mut by_package: BTreeMap<(String, &str), Vec<(&str, &str)>> = BTreeMap::new();
    for advisory in &all.advisories {
        for fact in advisory.facts.iter().filter(|fact| fact.module.is_empty()) {
            let key = (fact.platform.to_string(), fact.subject.name());
            by_package.entry(key).or_default().push((&advisory.id, version(fact)));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/conformance/alma-osv-derived.jsonl.zst");
    let rows = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    let (mut rows_seen, mut positives, mut trapped, mut different) = (0, 0, 0, Vec::new());
    for row in String::from_utf8(rows).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = |key: &str| row[key].as_str().unwrap();
        let platform = format!("almalinux:{}", text("host").trim_start_matches("alma_"));
        let installed = text("installed_evr");
        assert!(!installed.contains(".module"), "no module is installed there");
        let said = by_package.get(&(platform, text("package"))).into_iter().flatten();
        let ours: BTreeSet<&str> = said
            .filter(|(_, fixed)| Scheme::Rpm.compare(installed, fixed).is_lt())
            .map(|(advisory, _)| *advisory)
            .collect();
        let expected = row["expected_vulnerable"].as_array().unwrap().iter();
        let (modular, plain): (Vec<_>, Vec<_>) =
            expected.partition(|expected| expected["fixed"].as_str().unwrap().contains(".module"));
        let theirs: BTreeSet<&str> = plain.iter().map(|expected| expected["advisory"].as_str().unwrap()).collect();
        rows_seen += 1;
        positives += theirs.len();
        trapped += usize::from(!modular.is_empty());
        if ours != theirs {
            different.push(format!("{} {}: {ours:?} != {theirs:?}", text("host"), text("package")));
        }
    }
    assert_eq!(different, [] as [&str; 0]);
    // `zstd -dc ... | wc -l`; `jq '[.expected_vulnerable[]|select(.fixed|contains(".module")|not).advisory]|unique|length'`
    // summed; `jq -c 'select(any(.expected_vulnerable[];.fixed|contains(".module")))' | wc -l`.
    assert_eq!((rows_seen, positives, trapped), (467, 1482, 65));
}

#[test]
fn samples_of_osv_are_understood() {
    // `unzip -l all.zip`: four records; `find test-fixtures -path '*osv-database*' -name '*.json'`: five.
    let (collected, outcome) = take("almalinux-osv", "all.zip", &member(VULS, "alma/osv/testdata/fixtures/all.zip"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 4));
    let samples = members("almalinux/samples-vunnel-alma.tar.zst", ".json");
    assert_eq!(samples.len(), 5);
    for (name, bytes) in samples {
        let (collected, outcome) = parse("almalinux-osv", &bytes);
        assert_eq!(
            (outcome, collected.skipped.as_slice(), collected.advisories.len()),
            (Ok(()), [].as_slice(), 1),
            "{name}"
        );
    }
}

/// `jq '.data|length'`: 2 of errata.full.json; `jq length`: 4 of errata.json, the shorter form.
#[test]
fn both_forms_of_the_errata_are_understood() {
    let (collected, outcome) = take("almalinux-errata", "8/errata", &member(VULS, "errata.full.json"));
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 2));
    // A copy in an archive, by its place in there.
    let (copied, _) =
        take("almalinux-errata", "errata.almalinux.org/8/errata.full.json", &member(VULS, "errata.full.json"));
    assert_eq!(copied.advisories, collected.advisories);
    // Five builds of two packages (`jq '[.data[0].packages[].name]|unique'`), no CVE: one fact a package.
    let pcsc = of(&collected, "ALBA-2021:3049 8");
    assert_eq!((pcsc.kind, pcsc.facts.len()), (AdvisoryKind::Bugfix, 2));
    // `date -ud @1628589283`
    assert_eq!(pcsc.published, Some("2021-08-10T09:54:43Z".parse().unwrap()));
    assert_eq!(said(pcsc, "pcsc-lite-ccid"), [("-", "", "1.4.29-5.1.el8_4")]);
    // The module is told by each package; builds of architectures differ and are kept apart.
    let mariadb = of(&collected, "ALSA-2019:3708 8");
    assert_eq!(mariadb.kind, AdvisoryKind::Security);
    let judy: BTreeSet<(&str, &str, String)> = mariadb
        .facts
        .iter()
        .filter(|fact| fact.subject.name() == "Judy-devel" && fact.module == "mariadb-devel:10.3")
        .map(|fact| (fact.cve.as_str(), version(fact), fact.arches.join(" ")))
        .filter(|(cve, ..)| *cve == mariadb.cves[0])
        .collect();
    assert_eq!(
        judy.into_iter().map(|(_, version, arches)| (version, arches)).collect::<Vec<_>>(),
        [
            ("1.0.5-18.module_el8.3.0+2028+5e3224e9", "i686 x86_64".to_owned()),
            ("1.0.5-18.module_el8.6.0+2867+72759d2f", "ppc64le".to_owned())
        ]
    );

    let list = member("almalinux/samples-vuln-list-update-alma.tar.zst", "errata.json");
    let (collected, outcome) = parse("almalinux-errata", &list);
    assert_eq!((outcome, collected.skipped.as_slice(), collected.advisories.len()), (Ok(()), [].as_slice(), 4));
    let sndfile = of(&collected, "ALSA-2021:3253");
    assert_eq!(said(sndfile, "libsndfile"), [("CVE-2021-3246", "", "1.0.28-10.el8_4.1")]);
    let virt = of(&collected, "ALSA-2020:0279");
    assert!(virt.facts.iter().all(|fact| fact.module == "virt:rhel"));

    for bundle in [VULS, "almalinux/samples-vuln-list-update-alma.tar.zst"] {
        for (name, bytes) in members(bundle, "invalid.json") {
            let (_, outcome) = parse("almalinux-errata", &bytes);
            assert!(matches!(outcome, Err(Unreadable::Malformed { line: 1, .. })), "{name}: {outcome:?}");
        }
    }
}

/// `zcat | grep -c '<update '`: 1 of AppStream, 2 of BaseOS, 1 each of the broken ones.
#[test]
fn updateinfo_of_the_repositories_is_understood() {
    let of_repository = |end: &str, name: &str| take("almalinux-updateinfo", name, &member(VULS, end));
    let (appstream, outcome) = of_repository(
        "cccc125de8ddb7f66ac6a9850f48af285670c3ace1e29f2b0ce002ab69b88ee5-updateinfo.xml.gz",
        "9/AppStream",
    );
    assert_eq!((outcome, appstream.skipped.as_slice(), appstream.advisories.len()), (Ok(()), [].as_slice(), 1));
    // The part that the repository has of the erratum is in the id.
    let node = of(&appstream, "ALSA-2023:7549 9/AppStream");
    assert_eq!(said(node, "nodejs"), [("CVE-2023-44487", "", "1:18.18.2-1.el9")]);
    assert_eq!(node.facts[0].platform, "almalinux:9".parse().unwrap());
    assert_eq!(node.published, Some("2023-11-28T00:00:00Z".parse().unwrap()));

    let (baseos, outcome) = of_repository(
        "106ba7d2cc8d0ba45aebfe29e32dbbc6ac0bb0378413184d62e6198d13fedb76-updateinfo.xml.gz",
        "updateinfo.xml",
    );
    assert_eq!(
        (outcome, baseos.skipped.as_slice(), baseos.advisories.len(), facts(&baseos)),
        (Ok(()), [].as_slice(), 2, 2)
    );
    assert_eq!(said(of(&baseos, "ALSA-2022:4940"), "xz"), [("CVE-2022-1271", "", "5.2.5-8.el9_0")]);
    assert_eq!(of(&baseos, "ALBA-2023:0123").kind, AdvisoryKind::Bugfix);

    let (badid, outcome) = of_repository("badid-updateinfo.xml.gz", "updateinfo.xml");
    assert_eq!((outcome, badid.advisories.len()), (Ok(()), 0));
    assert_eq!(reasons(&badid), BTreeMap::from([("the id is none of this vendor's", 1)]));
    // A damaged file is no document, whatever of it could be read.
    let (_, outcome) = of_repository("corrupt-updateinfo.xml.gz", "updateinfo.xml");
    assert!(matches!(outcome, Err(Unreadable::Io(_))), "{outcome:?}");
}
