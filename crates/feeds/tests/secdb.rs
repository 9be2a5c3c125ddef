//! The apk distributions' security databases against counts taken by other tools.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{members, parse};
use feeds::{FeedConfig, feed};
use model::{Advisory, FactStatus};

const SAMPLES: &str = "alpine/samples-vuls-data-update.tar.zst";

/// Alpine's databases of 3.3 to 3.11, whole. Their issues are counted by
///
/// ```text
/// awk '/^ *name:/{p=$2} FNR==1{i=0} /^packages:/{i=1}
///   i&&/^ *[0-9][^ ]*: *$/{v=$1;sub(/:$/,"",v);gsub(/["\047]/,"",v)}
///   i&&/^ *- /&&!/- pkg:/{l=$0;sub(/^ *- */,"",l);gsub(/["\047]/,"",l)
///     gsub(/CVE[ _]/,"CVE-",l);gsub(/CVE-\?+-\?+/,"",l)
///     if(v!="0"&&v!~/^[0-9]+(\.[0-9]+)*[a-z]?[0-9]*(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*(-r[0-9]+)?$/){bad++;next}
///     n=split(l,w," ");c=0
///     for(j=1;j<=n;j++){if(w[j]~/^CVE-[0-9]+-[0-9]+$/){k[FILENAME" "p" "w[j]]=1;c=1}else if(w[j]~/^CVE/){odd++;c=1}}
///     if(!c)k[FILENAME" "p" "w[1]]=1}
///   END{for(x in k)t++;print t, bad, odd}' v*/*.yaml
/// ```
///
/// one per file, package and CVE, or first name where an entry has no CVE: 11,827. 43 entries stand under a version that
/// apk would not take (`10.2.22.r0`, `4.8.0.-r1`), 18 ids are none (`CVE-2017-17434-1`). Seven are written otherwise
/// (`CVE_2019-2426`, `CVE 2018-16859`): `grep -hE '^ *- +CVE(_| )[0-9]' v*/*.yaml | wc -l`. In v3.6 nothing stands under a version
/// of heimdal's (7.4.0-r0): by eye.
#[test]
fn every_issue_of_the_yaml_databases_is_understood_or_skipped() {
    let (mut understood, mut skipped): (usize, Vec<String>) = (0, Vec::new());
    for (name, bytes) in members("alpine/alpine-secdb-yaml.tar.zst", ".yaml") {
        let (collected, outcome) = parse("alpine-secdb", &bytes);
        assert_eq!(outcome, Ok(()), "{name}");
        understood += collected.advisories.len();
        skipped.extend(collected.skipped.into_iter().map(|skipped| skipped.to_string()));
    }
    assert_eq!((understood, skipped.len()), (11_827, 43 + 18 + 7 + 1));
    assert!(skipped.iter().any(|note| note.starts_with("mariadb 10.2.22.r0")), "{skipped:?}");
}

/// Issues by `jq '[.packages[]?|.pkg.name as $n|.pkg.secfixes//{}|to_entries[]|.value[]?|[$n,(split(" ")|
/// (map(select(startswith("CVE-"))) as $c|if ($c|length)>0 then $c[] else .[0] end))]]|unique|length'`,
/// the YAML sample by the awk line above.
#[test]
fn every_issue_of_the_samples_is_understood() {
    for (id, bundle, end, issues) in [
        ("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/edge/community.json", 8),
        ("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/edge/main.json", 3),
        ("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/v3.16/community.json", 1),
        ("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/v3.16/main.json", 2),
        ("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/v3.2/main.json", 1),
        ("alpine-secdb", "alpine/samples-vunnel-alpine.tar.zst", "secdb/v3.15/main.yaml", 13),
        ("alpine-secdb", "other/vulnerablecode-distro-samples.tar.zst", "test_data/alpine/v3.11/main.json", 4),
        ("alpine-secdb", "other/vulnerablecode-distro-samples.tar.zst", "test_data/alpine/v3.3/community.json", 0),
        ("wolfi-secdb", "wolfi/samples-vuls-data-update.tar.zst", "secdb/testdata/fixtures/happy/security.json", 84),
        ("wolfi-secdb", "wolfi/samples-vunnel-wolfi.tar.zst", "secdb/security.json", 59),
        ("chainguard-secdb", "wolfi/samples-vunnel-chainguard.tar.zst", "secdb/security.json", 197),
    ] {
        let (collected, outcome) = parse(id, &members(bundle, end)[0].1);
        assert_eq!((outcome, collected.advisories.len()), (Ok(()), issues), "{bundle} {end}");
        // `XSA-252` of xen stands under `4.10-1-r1`, which is no version.
        let odd = usize::from(end == "test_data/alpine/v3.11/main.json");
        assert_eq!(collected.skipped.len(), odd, "{bundle} {end}");
    }
}

/// Entries of the documents, read by eye.
#[test]
fn entries_say_what_the_vendor_says() {
    let of = |id: &str, bundle: &str, end: &str| parse(id, &members(bundle, end)[0].1).0.advisories;
    let find = |all: &[Advisory], id: &str| all.iter().find(|a| a.id == id).unwrap_or_else(|| panic!("{id}")).clone();
    let apache = of("alpine-secdb", SAMPLES, "secdb/testdata/fixtures/v3.16/main.json");
    let apache = find(&apache, "CVE-2017-9798 apache2 v3.16/main");
    assert_eq!(apache.facts[0].platform, "alpine:3.16".parse().unwrap());
    assert_eq!(apache.facts[0].status, FactStatus::Fixed("2.4.27-r1".into()));

    let wolfi = of("wolfi-secdb", "wolfi/samples-vuls-data-update.tar.zst", "happy/security.json");
    assert_eq!(find(&wolfi, "CVE-2023-45283 aactl").facts[0].status, FactStatus::NotAffected);
    let ghsa = find(&wolfi, "GHSA-88jx-383q-w4qc aactl");
    assert_eq!((&ghsa.facts[0].status, ghsa.cves.len()), (&FactStatus::Fixed("0.4.12-r10".into()), 0));

    // `- CVE-2017-2620 XSA-209`: one issue under the name that others share, with its other name kept.
    let xen = members("alpine/alpine-secdb-yaml.tar.zst", "v3.10/main.yaml");
    let xen = find(&parse("alpine-secdb", &xen[0].1).0.advisories, "CVE-2017-2620 xen v3.10/main");
    assert_eq!(xen.facts[0].words, "XSA-209");
}

#[test]
fn what_is_no_database_is_refused_and_an_odd_version_skipped() {
    let head = r#""reponame":"main","distroversion":"v3.20""#;
    for (id, document, why) in [
        ("alpine-secdb", String::new(), "the document is empty"),
        ("alpine-secdb", "{}".into(), "names no repository"),
        ("alpine-secdb", r#"{"reponame":"main","distroversion":"3.20"}"#.into(), "'3.20' is no release of Alpine"),
        ("alpine-secdb", r#"{"reponame":"os","distroversion":"v3.20"}"#.into(), "'os' is no repository"),
        ("wolfi-secdb", r#"{"reponame":"chainguard","packages":[]}"#.into(), "database of the repository 'chainguard'"),
        ("alpine-secdb", format!(r#"{{{head},"packages":7}}"#), "invalid type"),
        ("alpine-secdb", "<html><body>".into(), "invalid type"),
        ("alpine-secdb", " ".repeat(5 << 20), "more than 4194304 bytes of YAML"),
    ] {
        let error = parse(id, document.as_bytes()).1.unwrap_err().to_string();
        assert!(error.contains(why), "{document}: {error}");
    }
    let packages =
        r#"[{"pkg":{"name":"a","secfixes":{"1.2.r3":["CVE-2024-1000"],"1.2-r4":["CVE-2024-1001", 7]}}},{"x":1}]"#;
    let (collected, outcome) = parse("alpine-secdb", format!(r#"{{{head},"packages":{packages}}}"#).as_bytes());
    assert_eq!((outcome, collected.advisories.len(), collected.skipped.len()), (Ok(()), 1, 3));
    assert_eq!(collected.advisories[0].id, "CVE-2024-1001 a v3.20/main");
    for (skipped, record) in collected.skipped.iter().zip(["a 1.2-r4 7", "a 1.2.r3", "{\"x\":1}"]) {
        assert!(skipped.record.starts_with(record), "{skipped}");
    }
}

/// The folder pages are the vendor's own, trimmed.
#[test]
fn documents_are_found_through_the_folders_pages() {
    let page = |end: &str| members(SAMPLES, end).remove(0).1;
    let mut asked = Vec::new();
    let mut index = |url: &str| {
        asked.push(url.to_owned());
        Ok(page(match url.strip_prefix("https://mirror.example/secdb/").unwrap() {
            "" => "secdb/testdata/fixtures/indexof.html",
            "edge/" => "secdb/testdata/fixtures/edge/indexof.html",
            "v3.16/" => "secdb/testdata/fixtures/v3.16/indexof.html",
            "v3.2/" => "secdb/testdata/fixtures/v3.2/indexof.html",
            other => panic!("{other}"),
        }))
    };
    let config = FeedConfig { url: Some("https://mirror.example/secdb".into()), ..FeedConfig::default() };
    let documents = feed("alpine-secdb").unwrap().discover(&config, &mut index).unwrap();
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    assert_eq!(
        names,
        ["edge/community.json", "edge/main.json", "v3.16/community.json", "v3.16/main.json", "v3.2/main.json"]
    );
    assert_eq!(documents[4].url, "https://mirror.example/secdb/v3.2/main.json");
    assert_eq!(asked.len(), 4);
    let error = feed("alpine-secdb").unwrap().discover(&FeedConfig::default(), &mut |_| Ok(b"<html>".to_vec()));
    assert!(error.unwrap_err().to_string().contains("lists no release"));
}
