//! What is known of CVEs themselves: CISA's catalogue, EPSS, NVD and CVE records, against counts
//! taken by jq and wc.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::{document, members, parse};
use feeds::{CVE_FEEDS, Feed, FeedConfig};
use model::CveRecord;

fn of(id: &str) -> &'static dyn Feed {
    CVE_FEEDS.iter().copied().find(|feed| feed.id() == id).unwrap()
}

/// Every record is understood; gives them.
fn whole(id: &str, bytes: &[u8], records: usize) -> Vec<CveRecord> {
    let (collected, outcome) = parse(id, bytes);
    assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()));
    assert_eq!((collected.cves.len(), collected.advisories.len()), (records, 0));
    collected.cves
}

fn find<'a>(records: &'a [CveRecord], id: &str) -> &'a CveRecord {
    records.iter().find(|record| record.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// `jq '.vulnerabilities|length'`; the entry is read by eye.
#[test]
fn cisas_catalogue() {
    let all = whole("cisa-kev", &document("kev/known_exploited_vulnerabilities.json.zst"), 1404);
    for (bundle, end, entries) in [
        ("kev/samples-vunnel-kev.tar.zst", "test-fixtures/valid-catalog-1.json", 3),
        ("kev/samples-vuls-data-update.tar.zst", "kev/testdata/fixtures/known_exploited_vulnerabilities.json", 1),
    ] {
        whole("cisa-kev", &members(bundle, end)[0].1, entries);
    }
    let git = find(&all, "CVE-2025-48384");
    let exploited = git.exploited.as_ref().unwrap();
    assert_eq!((exploited.added.to_string().as_str(), exploited.ransomware), ("2025-08-25", false));
    assert_eq!(exploited.due.unwrap().to_string(), "2025-09-15");
    assert_eq!(git.weaknesses, ["CWE-436", "CWE-59"]);
    assert!(
        git.description.starts_with("Git contains a link following vulnerability that stems from"),
        "{}",
        git.description
    );
    // `jq '[.vulnerabilities[]|select(.knownRansomwareCampaignUse=="Known")]|length'`.
    let ransomware = all.iter().filter(|record| record.exploited.as_ref().unwrap().ransomware).count();
    assert_eq!(ransomware, RANSOMWARE);
}

const RANSOMWARE: usize = 293;

/// Lines that begin with `CVE-`: `zcat | grep -c ^CVE-`.
#[test]
fn epss_scores() {
    let bundle = "epss/samples-vuls-data-update.tar.zst";
    let sample = |day: &str| {
        let packed = members(bundle, &format!("epss_scores-{day}.csv.gz")).remove(0).1;
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut text).unwrap();
        text
    };
    let newest = sample("2023-03-07");
    let lines = newest.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"CVE-")).count();
    let all = whole("first-epss", &newest, lines);
    assert!(lines > 1);
    assert_eq!(all[0].epss.as_ref().unwrap().date.to_string(), "2023-03-07");
    let earlier = whole("first-epss", &sample("2022-02-04"), 2);
    let score = find(&earlier, "CVE-2020-5902").epss.clone().unwrap();
    assert_eq!((score.score, score.percentile), (0.96817, 0.99999));
    // Editions before February 2022 name no day.
    for day in ["2021-04-14", "2021-09-01"] {
        let error = parse("first-epss", &sample(day)).1.unwrap_err().to_string();
        assert!(error.contains("the scores have no day"), "{day}: {error}");
    }
    let vunnel = "epss/samples-vunnel-epss.tar.zst";
    for (end, why) in [("invalid-header.csv", "these are no scores"), ("missing-date.csv", "")] {
        let error = parse("first-epss", &members(vunnel, end)[0].1).1.unwrap_err().to_string();
        assert!(error.contains(why), "{end}: {error}");
    }
    let text = b"#model_version:v1,score_date:2026-01-02T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.1,0.2\nCVE-2024-1000,1.5,0.2\nCVE-2024-1001,0.5,0.25\nCVE-2024-1002,NaN,0.1\nx,y\n";
    let (collected, outcome) = parse("first-epss", text);
    assert_eq!((outcome, collected.cves.len()), (Ok(()), 1));
    let lines: Vec<Option<u64>> = collected.skipped.iter().map(|skipped| skipped.line).collect();
    assert_eq!(lines, [Some(3), Some(4), Some(6), Some(7)]);
}

/// `jq '.vulnerabilities|length'` of every page.
#[test]
fn nvds_records() {
    let all = whole("nvd", &members("nvd/samples-vunnel-nvd.tar.zst", "test-fixtures/full-page.json").remove(0).1, 38);
    // Read by eye.
    let netapp = find(&all, "CVE-2023-27314");
    assert_eq!(netapp.published, Some("2023-10-12T19:15:11.747Z".parse().unwrap()));
    assert_eq!(netapp.weaknesses, ["CWE-400"]);
    let sources: Vec<&str> = netapp.cvss.iter().map(|cvss| cvss.source.as_str()).collect();
    assert_eq!(sources, ["nvd@nist.gov", "security-alert@netapp.com"]);
    assert_eq!((netapp.cvss[0].score, netapp.cvss[0].version.as_str()), (7.5, "3.1"));
    assert_eq!(netapp.cvss[0].vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    let pages = members("nvd/samples-vuls-data-update.tar.zst", ".json");
    let mut records = 0;
    for (name, bytes) in pages.iter().filter(|(name, _)| name.contains("nvd/api/cve/testdata/fixtures/")) {
        let (collected, outcome) = parse("nvd", bytes);
        assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()), "{name}");
        records += collected.cves.len();
    }
    assert_eq!(records, NVD_PAGES);
    // The retired format is refused.
    let error = parse("nvd", &document("nvd/nvd-1.1-feed-2020.json.zst")).1.unwrap_err().to_string();
    assert!(error.contains("the document has no list 'vulnerabilities'"), "{error}");
}

const NVD_PAGES: usize = 42;

/// `find -name '*.json' | wc -l` is 1,958, three of them REJECTED.
#[test]
fn cve_records() {
    let mut all = Vec::new();
    for (name, bytes) in members("cve/vulnrichment-subset.tar.zst", ".json") {
        let (collected, outcome) = parse("cve-records", &bytes);
        assert_eq!((outcome, collected.skipped.as_slice()), (Ok(()), [].as_slice()), "{name}");
        all.extend(collected.cves);
    }
    assert_eq!(all.len(), 1958);
    assert_eq!(all.iter().filter(|record| record.rejected).count(), 3);
    // `jq '[.containers[]|if type=="array" then .[] else . end|.metrics[]?|keys[]]|.[]' | grep -c cvss`: 3 of
    // version 2.0, 101 of 3.0, 1,065 of 3.1, 14 of 4.0.
    assert_eq!(all.iter().map(|record| record.cvss.len()).sum::<usize>(), 3 + 101 + 1065 + 14);
    // Read by eye.
    let gstreamer = find(&all, "CVE-2024-0444");
    assert!(gstreamer.title.starts_with("GStreamer AV1 Video Parsing Stack-based Buffer Overflow"));
    assert_eq!((gstreamer.cvss[0].source.as_str(), gstreamer.cvss[0].score), ("zdi", 7.5));
    assert_eq!(gstreamer.weaknesses, ["CWE-121"]);
    assert!(gstreamer.description.starts_with("GStreamer AV1 Video Parsing Stack-based Buffer Overflow"));
    for (text, why) in [
        ("{}", "missing field"),
        (
            r#"{"dataType":"CVE_RECORD","dataVersion":"4.0","cveMetadata":{"cveId":"CVE-2024-1000","state":"x"},"containers":{"cna":{"providerMetadata":{}}}}"#,
            "no CVE record of format 5",
        ),
        (
            r#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-1","state":"x"},"containers":{"cna":{"providerMetadata":{}}}}"#,
            "'CVE-1' is no CVE's id",
        ),
    ] {
        let error = parse("cve-records", text.as_bytes()).1.unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

/// Each says itself of when it is: `jq .dateReleased`, `jq .timestamp`, the first line of the scores.
#[test]
fn documents_are_dated_by_what_they_say_themselves() {
    let epss =
        b"#model_version:v2025.03.14,score_date:2026-01-02T12:55:00Z\ncve,epss,percentile\nCVE-2024-1000,0.1,0.2\n";
    let nvd = members("nvd/samples-vunnel-nvd.tar.zst", "test-fixtures/full-page.json").remove(0).1;
    let kev = document("kev/known_exploited_vulnerabilities.json.zst");
    for (id, bytes, wanted) in [
        ("cisa-kev", kev.as_slice(), "2025-08-25T17:04:19.9796Z"),
        ("nvd", &nvd, "2023-10-18T18:04:18.493Z"),
        ("first-epss", epss, "2026-01-02T00:00:00Z"),
    ] {
        let mut kept = feeds::Collected::default();
        let mut tally = feeds::Tally::new(&mut kept);
        let named = feeds::Document { name: "x".into(), url: "x".into() };
        of(id).parse(&named, &mut &bytes[..], &mut tally).unwrap();
        assert_eq!(tally.inside(), Some(wanted.parse().unwrap()), "{id}");
    }
}

#[test]
fn yearly_files_are_found_on_nvds_page() {
    let page = br#"<a href="/feeds/json/cve/2.0/nvdcve-2.0-2025.json.gz">GZ</a> nvdcve-2.0-2024.meta nvdcve-2.0-modified.json"#;
    let documents = of("nvd").discover(&FeedConfig::default(), &mut |_| Ok(page.to_vec())).unwrap();
    let urls: Vec<&str> = documents.iter().map(|document| document.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz",
            "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2025.json.gz"
        ]
    );
    assert!(of("nvd").discover(&FeedConfig::default(), &mut |_| Ok(Vec::new())).is_err());
}
