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
