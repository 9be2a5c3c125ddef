//! What a record names that is not understood: only that is lost with it, and no silence is taken for a word.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bundles;

use bundles::parse;
use feeds::{Collected, Document, Lost, Tally, feed};

/// What the one note of a document loses.
fn lost(id: &str, document: &str) -> Lost {
    let (collected, outcome) = parse(id, document.as_bytes());
    assert_eq!(outcome, Ok(()), "{document}");
    let [note] = collected.skipped.as_slice() else { panic!("{document}: {:?}", collected.skipped) };
    note.lost.clone().unwrap_or_else(|| panic!("{note} loses nothing"))
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_record_that_is_not_understood_is_lost_for_its_packages() {
    let secdb = |entry: &str| {
        format!(
            r#"{{"reponame":"main","distroversion":"v3.20","packages":[{{"pkg":{{"name":"a","secfixes":{{"1-r0":["CVE-2024-1000"]}}}}}},{entry}]}}"#
        )
    };
    let alpine = Some("alpine:3.20".parse().unwrap());
    for entry in [
        r#"{"pkg":{"name":"b","secfixes":[1]}}"#,
        r#"{"pkg":{"name":"b","secfixes":{"1-r0":7}}}"#,
        r#"{"pkg":{"name":"b","secfixes":{"1-r0":["CVE-2024-1001"],"1-r0":["CVE-2024-1002"]}}}"#,
    ] {
        let wanted = Lost { packages: names(&["b"]), platform: alpine.clone(), ..Lost::default() };
        assert_eq!(lost("alpine-secdb", &secdb(entry)), wanted, "{entry}");
    }
    for entry in ["null", r#"{"pkg":null}"#, r#"{"pkg":{"name":7}}"#] {
        let wanted = Lost { anything: true, platform: alpine.clone(), ..Lost::default() };
        assert_eq!(lost("alpine-secdb", &secdb(entry)), wanted, "{entry}");
    }
    let of =
        |cves: &[&str], packages: &[&str]| Lost { cves: names(cves), packages: names(packages), ..Lost::default() };
    let group =
        r#"[{"name":"AVG-5","packages":["libtiff"],"status":"Odd","severity":"Critical","issues":["CVE-2016-10095"]}]"#;
    assert_eq!(lost("arch-tracker", group), of(&["CVE-2016-10095"], &["libtiff"]));
    assert_eq!(lost("arch-tracker", &group.replace("\"Odd\"", "7")), of(&["CVE-2016-10095"], &["libtiff"]));
    let osv =
        r#"[{"id":7,"related":["CVE-2024-1000"],"affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"xz"}}]}]"#;
    assert_eq!(lost("almalinux-osv", osv), of(&["CVE-2024-1000"], &["xz"]));
    let errata = r#"{"data":[{"id":7,"packages":[{"name":"xz"},{"name":"xz-libs"}]}]}"#;
    assert_eq!(lost("almalinux-errata", errata), of(&[], &["xz", "xz-libs"]));
    let rocky = r#"{"advisories":[{"name":7,"packages":[{"nevra":"delve-0:1.25.2-1.el10_1.aarch64.rpm"}]}]}"#;
    assert_eq!(lost("rocky-errata", rocky), of(&[], &["delve"]));
    let usn = r#"{"4011-1":{"cves":7,"releases":{"xenial":{"sources":{"jinja2":{"version":"1"}}}}}}"#;
    assert_eq!(lost("ubuntu-usn", usn), of(&[], &["jinja2"]));
    let bodhi = r#"{"updates":[{"alias":7,"builds":[{"nvr":"firefox-102.0-1.fc36"}]}]}"#;
    assert_eq!(lost("fedora-bodhi", bodhi), of(&[], &["firefox"]));
    let list =
        "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2023-1393}\n\t[bullseye] - xorg-server <odd>\n";
    assert_eq!(lost("debian-dsa", list), of(&["CVE-2023-1393"], &["xorg-server"]));
}

/// `withdrawn` is a time (<https://ossf.github.io/osv-schema/#withdrawn-field>).
#[test]
fn an_osv_record_is_taken_back_when_its_time_has_come() {
    let read = |id: &str, document: &str| {
        let mut collected = Collected::default();
        let mut tally = Tally::new(&mut collected).as_of("2026-11-22T00:00:00Z".parse().unwrap());
        let named = Document { name: "x".into(), url: "x".into() };
        feed(id).unwrap().parse(&named, &mut document.as_bytes(), &mut tally).unwrap();
        collected
    };
    for (id, record, ecosystem) in [
        ("almalinux-osv", "ALSA-2022:1", "AlmaLinux:8"),
        ("rocky-osv", "RLSA-2022:1", "Rocky Linux:8"),
        ("ubuntu-osv", "UBUNTU-CVE-2022-1000", "Ubuntu:22.04:LTS"),
    ] {
        let of = |withdrawn: &str| {
            format!(
                r#"{{"id":"{record}","withdrawn":"{withdrawn}","related":["CVE-2022-1000"],"affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"xz"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"5.2.4-4.el8"}}]}}]}}]}}"#
            )
        };
        let past = read(id, &of("2024-01-01T00:00:00Z"));
        assert_eq!((past.advisories[0].withdrawn, past.skipped.len()), (true, 0), "{id}: {:?}", past.skipped);
        let coming = read(id, &of("2027-01-01T00:00:00Z"));
        assert_eq!((coming.advisories[0].withdrawn, coming.skipped.len()), (false, 1), "{id}");
        assert!(coming.skipped[0].lost.is_none() && coming.skipped[0].why.contains("still to come"), "{id}");
        let odd = read(id, &of("yes"));
        assert_eq!((odd.advisories.len(), odd.skipped.len()), (0, 1), "{id}");
        let lost = odd.skipped[0].lost.as_ref().unwrap();
        assert_eq!((&lost.cves, &lost.packages), (&names(&["CVE-2022-1000"]), &names(&["xz"])), "{id}");
    }
}

/// An empty version is none, and not the lowest there is, by which the package would be said to be unaffected.
#[test]
fn an_empty_version_in_oval_is_not_understood() {
    let path =
        format!("{}/../../../shared/data/feeds/redhat/com.redhat.rhsa-RHEL8.xml.zst", env!("CARGO_MANIFEST_DIR"));
    let whole = String::from_utf8(bundles::document("redhat/com.redhat.rhsa-RHEL8.xml.zst")).unwrap();
    let (sound, _) = parse("redhat-oval", whole.as_bytes());
    let at = whole.find("<evr ").or_else(|| whole.find(":evr ")).unwrap_or_else(|| panic!("{path} has no evr"));
    let begin = at + whole[at..].find('>').unwrap() + 1;
    let end = begin + whole[begin..].find('<').unwrap();
    let (odd, outcome) = parse("redhat-oval", format!("{}{}", &whole[..begin], &whole[end..]).as_bytes());
    assert_eq!(outcome, Ok(()));
    let notes: Vec<_> = odd.skipped.iter().filter(|note| !sound.skipped.contains(note)).collect();
    assert!(!notes.is_empty() && odd.advisories.len() < sound.advisories.len());
    for note in notes {
        assert!(note.why.contains("its version is empty"), "{note}");
        let lost = note.lost.as_ref().unwrap();
        assert!(!lost.cves.is_empty() && !lost.packages.is_empty(), "{note}");
    }
}

/// What a note says is lost: CVEs and packages.
type LostByName = Option<(Vec<String>, Vec<String>)>;

/// Each note of a document, as CVEs and packages that are lost; `None` where nothing is.
fn all_lost(id: &str, document: &str) -> (Collected, Vec<LostByName>) {
    let (collected, outcome) = parse(id, document.as_bytes());
    assert_eq!(outcome, Ok(()), "{document}");
    let of = |note: &feeds::Skipped| note.lost.clone().map(|lost| (lost.cves, lost.packages));
    let notes = collected.skipped.iter().map(of).collect();
    (collected, notes)
}

/// Ids as they stand in Alpine's database of v3.8 to v3.11 (`CVE 2018-16859`, `CVE_2019-2426`, `CVE-????-?????  XSA-295`,
/// `CVE-2017-17434-1`), and others of their kind.
#[test]
fn odd_ids_of_cves_are_understood_or_lost_for_their_packages() {
    let secdb = |entry: &str| {
        format!(
            r#"{{"reponame":"main","distroversion":"v3.11","packages":[{{"pkg":{{"name":"a","secfixes":{{"1-r0":[{entry:?}]}}}}}}]}}"#
        )
    };
    for (entry, id) in [("CVE 2018-16859", "CVE-2018-16859"), ("CVE_2019-2426", "CVE-2019-2426")] {
        let (read, notes) = all_lost("alpine-secdb", &secdb(entry));
        assert_eq!((read.advisories[0].facts[0].cve.as_str(), notes), (id, vec![None]), "{entry}");
    }
    let (read, notes) = all_lost("alpine-secdb", &secdb("CVE-????-?????  XSA-295"));
    assert_eq!((read.advisories[0].facts[0].cve.as_str(), notes), ("XSA-295", vec![]));
    for (entry, cves) in [("CVE-2017-17434-1", names(&["CVE-2017-17434"])), ("see", vec![]), ("CVE-????-?????", vec![])]
    {
        let (read, notes) = all_lost("alpine-secdb", &secdb(entry));
        assert_eq!((read.advisories.len(), notes), (0, vec![Some((cves, names(&["a"])))]), "{entry}");
    }

    let arch = r#"[{"name":"AVG-5","packages":["libtiff"],"status":"Vulnerable","severity":"Critical","issues":["cve-2016-10095","see"]}]"#;
    let (read, notes) = all_lost("arch-tracker", arch);
    assert_eq!(read.advisories[0].cves, ["CVE-2016-10095"]);
    assert_eq!(notes, [None, Some((vec![], names(&["libtiff"])))]);

    let tracker = r#"{"xz-utils":{"CVE_2024-3094":{"releases":{"bookworm":{"status":"open"}}},"see":{"releases":{"bookworm":{"status":"open"}}}}}"#;
    let (read, notes) = all_lost("debian-tracker", tracker);
    assert_eq!(read.advisories[0].id, "CVE-2024-3094 xz-utils");
    assert_eq!(notes, [None, Some((vec![], names(&["xz-utils"])))]);

    let usn = r#"{"4011-1":{"cves":["CVE 2019-10906","CVE-2016","https://launchpad.net/bugs/1"],"releases":{"xenial":{"sources":{"jinja2":{"version":"1"}}}}}}"#;
    let (read, notes) = all_lost("ubuntu-usn", usn);
    assert_eq!(read.advisories[0].cves, ["CVE-2019-10906"]);
    assert_eq!(notes, [None, Some((vec![], names(&["jinja2"])))]);

    let alma = |related: &str| {
        format!(
            r#"[{{"id":"ALSA-2024:1","summary":"Important: xz security update","related":["{related}"],"affected":[{{"package":{{"ecosystem":"AlmaLinux:8","name":"xz"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"5.2.4-4.el8"}}]}}]}}]}}]"#
        )
    };
    let (read, notes) = all_lost("almalinux-osv", &alma("CVE 2024-3094"));
    assert_eq!((read.advisories[0].facts[0].cve.as_str(), notes), ("CVE-2024-3094", vec![None]));
    let (read, notes) = all_lost("almalinux-osv", &alma("CVE-2024-3094b"));
    assert_eq!((read.advisories[0].cves.len(), notes), (0, vec![Some((names(&["CVE-2024-3094"]), names(&["xz"])))]));
    assert_eq!(all_lost("almalinux-osv", &alma("RHSA-2024:1")).1, []);
}

/// Records of OSV that are odd, each of each of its users.
#[test]
fn osv_records_that_are_odd_are_lost_for_what_they_name() {
    let affected = |ecosystem: &str| {
        format!(
            r#","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"xz"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"5.2.4-4.el8"}}]}}]}}]"#
        )
    };
    let of = |id: &str, more: &str| {
        format!(r#"[{{"id":"{id}","related":["CVE-2024-3094"],"modified":"2024-03-30T00:00:00Z"{more}}}]"#)
    };
    let (cve, xz) = (names(&["CVE-2024-3094"]), names(&["xz"]));
    for (feed, good, ecosystem, odd_id) in [
        ("almalinux-osv", "ALSA-2024:1", "AlmaLinux:8", "ALSA 2024-1"),
        ("rocky-osv", "RLSA-2024:1", "Rocky Linux:8", "RLSA 2024-1"),
        ("ubuntu-osv", "UBUNTU-CVE-2024-3094", "Ubuntu:22.04:LTS", "UBUNTU-2024-3094"),
    ] {
        assert_eq!(all_lost(feed, &of(good, &affected(ecosystem))).1, [], "{feed}");
        assert_eq!(all_lost(feed, &of(odd_id, &affected(ecosystem))).1, [Some((cve.clone(), xz.clone()))], "{feed}");
        let no_list = all_lost(feed, &of(good, "")).1;
        assert_eq!(no_list, [Some((cve.clone(), vec![]))], "{feed}");
        let odd_summary = of(good, &format!(r#","summary":7{}"#, affected(ecosystem)));
        assert_eq!(all_lost(feed, &odd_summary).1, [Some((cve.clone(), xz.clone()))], "{feed}");
        for odd in ["almalinux", "Alma Linux 8", ""] {
            let (_, notes) = all_lost(feed, &of(good, &affected(odd)));
            let [Some((_, packages))] = notes.as_slice() else { panic!("{feed} {odd}: {notes:?}") };
            assert_eq!(packages, &xz, "{feed} {odd}");
        }
        // A release that is not known here is no host's.
        let other = ecosystem.replace("22.04", "99").replace(":8", ":99");
        assert_eq!(all_lost(feed, &of(good, &affected(&other))).1, [None], "{feed}");
        // One record by itself is told as one of a list.
        let alone = odd_summary.trim_start_matches('[').trim_end_matches(']').to_owned();
        assert_eq!(all_lost(feed, &alone).1, [Some((cve.clone(), xz.clone()))], "{feed}");
    }
    // A fault that was mended need not name a CVE, nor a package.
    assert_eq!(all_lost("almalinux-osv", r#"[{"id":"ALBA-2024:1","affected":[]}]"#).1, []);
    // Ubuntu's word that no package is affected.
    assert_eq!(all_lost("ubuntu-osv", &of("UBUNTU-CVE-2024-3094", r#","affected":[]"#)).1, []);
}

/// `"2.8.0-r0": {}` stands in Alpine's own documents where nothing was mended by a version.
#[test]
fn fixes_that_are_missing_are_lost_and_none_are_none() {
    let secdb = |secfixes: &str| {
        format!(
            r#"{{"reponame":"main","distroversion":"v3.12","packages":[{{"pkg":{{"name":"ansible"{secfixes}}}}},{{"pkg":{{"name":"b","secfixes":{{"1-r0":["CVE-2024-1000"]}}}}}}]}}"#
        )
    };
    let lost = Some((vec![], names(&["ansible"])));
    for (secfixes, wanted) in [
        (r#","secfixes":{}"#, vec![]),
        (r#","secfixes":{"2.7.9-r0":["CVE-2018-16876"],"2.8.0-r0":{}}"#, vec![]),
        (r#","secfixes":{"2.8.0-r0":[]}"#, vec![]),
        ("", vec![lost.clone()]),
        (r#","secfixes":null"#, vec![lost.clone()]),
        (r#","secfixes":{"2.8.0-r0":null}"#, vec![lost.clone()]),
        (r#","secfixes":{"2.8.0-r0":[null]}"#, vec![lost]),
    ] {
        assert_eq!(all_lost("alpine-secdb", &secdb(secfixes)).1, wanted, "{secfixes}");
    }
}

/// A definition without criteria, or with empty ones, would never hold.
#[test]
fn criteria_that_are_gone_are_no_all_clear() {
    let whole = String::from_utf8(bundles::document("redhat/com.redhat.rhsa-RHEL8.xml.zst")).unwrap();
    let (sound, _) = parse("redhat-oval", whole.as_bytes());
    let begin = whole.find("<criteria").unwrap();
    let end = whole.find("</definition>").unwrap();
    for instead in [
        "",
        "<criteria operator=\"OR\"/>",
        "<criteria operator=\"AND\"><criteria operator=\"OR\"></criteria></criteria>",
    ] {
        let (odd, outcome) = parse("redhat-oval", format!("{}{instead}{}", &whole[..begin], &whole[end..]).as_bytes());
        assert_eq!((outcome, odd.advisories.len()), (Ok(()), sound.advisories.len() - 1), "{instead}");
        let notes: Vec<_> = odd.skipped.iter().filter(|note| !sound.skipped.contains(note)).collect();
        assert!(
            notes.iter().any(|note| note.lost.as_ref().is_some_and(|lost| !lost.cves.is_empty())),
            "{instead}: {notes:?}"
        );
    }
}
