//! Vendors' data: imported, judged by, explained. Data: `../shared/data/feeds/debian`.

use crate::on_both_engines;
use crate::support::reports::{host, package, report};
use crate::support::{Client, Engine, Server};
use serde_json::{Value, json};
use std::process::Command;
use ureq::http::Method;

on_both_engines!(
    what_is_imported_is_judged_by_at_once,
    lists_decide_positives_only_and_old_data_no_negatives,
    what_can_not_be_read_leaves_what_is_in_force,
    packages_of_no_host_are_judged_as_well,
    a_scan_judges_by_the_data_of_the_server,
    what_was_skipped_is_not_assessed,
    documents_of_one_feed_stand_beside_each_other,
    a_file_that_is_in_force_is_not_read_again,
    what_is_not_the_feeds_document_is_named,
    cves_have_records_of_their_own,
    a_release_that_no_feed_knows_is_told_without_a_command,
    an_archive_is_as_old_as_what_is_in_it,
    a_member_that_is_lost_is_no_all_clear,
);

fn bundled(bundle: &str, member: &str) -> Vec<u8> {
    let path = format!("{}/../../../shared/data/feeds/debian/{bundle}", env!("CARGO_MANIFEST_DIR"));
    let done = Command::new("tar").args(["--zstd", "-xOf", &path, member]).output().expect("tar");
    assert!(done.status.success(), "{path}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// A trimmed genuine document of the tracker: packages 389-ds-base, wordpress and others.
pub(crate) fn tracker() -> Vec<u8> {
    bundled("samples-vuls-data-update.tar.zst", "pkg/fetch/debian/tracker/api/testdata/fixtures/advisory.json")
}

pub(crate) fn import(admin: &mut Client, feed: &str, document: Vec<u8>) -> Value {
    let path = format!("/api/v1/feeds/{feed}/import?name=sample");
    let answer = admin.send(Method::POST, &path, &[("content-type", "application/octet-stream")], document);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

pub(crate) fn with_389_ds(server: &Server) {
    let mut collected = host(1);
    collected.packages.as_mut().unwrap().records.push(package("389-ds-base", "1.4.4.11-2"));
    let taken = server.client().with_token(&server.agent_token()).report(&report(&collected, 1));
    assert_eq!(taken.status, 200);
}

fn what_is_imported_is_judged_by_at_once(engine: Engine) {
    let mut server = Server::start(engine);
    with_389_ds(&server);
    let mut admin = server.admin();
    let imported = import(&mut admin, "debian-tracker", tracker());
    assert_eq!(imported["outcome"], "updated");

    // The document's row for 389-ds-base, CVE-2016-5416, bullseye: open, nodsa "Minor issue",
    // nodsa_reason "ignored". Its two other CVEs are fixed in 0 and in 1.3.5.15-1.
    let findings = admin.read("/api/v1/hosts/1/findings");
    assert_eq!(findings["total"], 1, "{findings:#}");
    let finding = &findings["items"][0];
    assert_eq!((&finding["cve"], &finding["state"]), (&json!("CVE-2016-5416"), &json!("will_not_fix")));
    assert!(finding["words"].as_str().unwrap().contains("Minor issue"), "{finding}");
    assert_eq!(finding["feed"], "debian-tracker");

    let not = admin.read("/api/v1/hosts/1/findings?state=not_affected");
    let cves: Vec<&str> = not["items"].as_array().unwrap().iter().map(|row| row["cve"].as_str().unwrap()).collect();
    assert_eq!(cves, ["CVE-2012-0833", "CVE-2016-5405"]);

    let explained = admin.read("/api/v1/hosts/1/findings/CVE-2016-5405");
    let text =
        explained["explanation"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect::<Vec<_>>().join("\n");
    for part in ["1.4.4.11-2", "1.3.5.15-1", "debian-tracker", "sha"] {
        assert!(text.to_lowercase().contains(part), "no {part} in:\n{text}");
    }
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!((&detail["assessed"], &detail["open_findings"]), (&json!(true), &json!(1)));
    let by_cve = admin.read("/api/v1/findings");
    assert_eq!((&by_cve["items"][0]["cve"], &by_cve["items"][0]["hosts"]), (&json!("CVE-2016-5416"), &json!(1)));
    assert_eq!(admin.read("/api/v1/hosts?q=cve:CVE-2016-5416")["total"], 1);
    assert_eq!(admin.read("/api/v1/overview")["platforms"][0]["feed_state"], "in_force");

    // Again: nothing is new, added or gone. And a restart says the same.
    let again = import(&mut admin, "debian-tracker", tracker());
    assert_eq!((&again["added"], &again["changed"], &again["removed"]), (&json!(0), &json!(0), &json!(0)));
    server.restart();
    let after = server.admin().read("/api/v1/hosts/1/findings");
    assert_eq!(after["items"], findings["items"]);
}

fn lists_decide_positives_only_and_old_data_no_negatives(engine: Engine) {
    let server = Server::start(engine);
    server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    let mut admin = server.admin();
    let imported = import(&mut admin, "debian-dsa", bundled("security-tracker-lists.tar.zst", "data/DSA/list"));
    // grep -c '^\[' data/DSA/list says 5406.
    assert_eq!(imported["records"].as_u64().unwrap() + imported["skipped"].as_u64().unwrap(), 5406, "{imported}");

    // DSA-5343-1: [bullseye] - openssl 1.1.1n-0+deb11u4, above the host's 1.1.1n-0+deb11u3.
    let findings = admin.read("/api/v1/hosts/1/findings?q=DSA-5343-1");
    let rows = findings["items"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(
            (&row["package"], &row["state"], &row["fixed_version"]),
            (&json!("openssl"), &json!("fix_available"), &json!("1.1.1n-0+deb11u4"))
        );
        assert_eq!(row["offered"], true, "the pending update is that version: {row}");
    }
    let update = admin.read("/api/v1/hosts/1/updates?q=openssl");
    let closed = update["items"][0]["cves"].as_array().unwrap();
    assert!(closed.iter().any(|cve| cve["cve"] == rows[0]["cve"]), "the update says what it closes");
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!(detail["assessment"]["assessed"], 0, "a list of what was fixed clears nothing");
    let summary = detail["summary"].as_str().unwrap();
    assert!(
        summary.contains("of them fixed by the vendor")
            && summary.ends_with("What else is vulnerable is not assessed."),
        "{summary}"
    );
    assert_eq!(admin.read("/api/v1/overview")["platforms"][0]["feed_state"], "partial");
    let feed = admin.read("/api/v1/feeds");
    let row = feed["items"].as_array().unwrap().iter().find(|row| row["id"] == "debian-dsa").unwrap().clone();
    assert_eq!(row["state"], "too_old", "the list ends in April 2023");
    assert!(row["as_of"].as_str().unwrap().starts_with("2023-0"), "{row}");
}

fn what_can_not_be_read_leaves_what_is_in_force(engine: Engine) {
    let server = Server::start(engine);
    with_389_ds(&server);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    let before = admin.read("/api/v1/hosts/1/findings")["items"].clone();
    let mut truncated = tracker();
    truncated.truncate(truncated.len() / 2);
    let shrunk = br#"{"bash": {"CVE-2014-6271": {"releases": {"bullseye": {"status": "resolved", "repositories": {}, "fixed_version": "4.3-9.1", "urgency": "high"}}}}}"#;
    let all_skipped = br#"{"bash": {"CVE-2014-6271": {"releases": 7}, "CVE-2014-7169": 7}}"#;
    for (what, says, document) in [
        ("truncated", "can't be read", truncated),
        ("no JSON", "line 1", b"<html>503</html>".to_vec()),
        ("an empty object", "names no issue", b"{}".to_vec()),
        ("every record skipped", "0 of 2 records understood: CVE-2014-6271 bash: not a record", all_skipped.to_vec()),
        ("much smaller", "held back: it has 1 records", shrunk.to_vec()),
        ("damaged compression", "x", [b"\x28\xb5\x2f\xfd".to_vec(), vec![0xff; 100]].concat()),
    ] {
        let answer = admin.send(Method::POST, "/api/v1/feeds/debian-tracker/import?name=x", &[], document);
        assert_eq!(answer.problem().1, "unreadable_document", "{what}");
        let why = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(!why.is_empty() && !why.contains("in-"), "in the user's words: {why}");
        assert!(why.contains(says), "{what}: {why}");
        assert_eq!(admin.read("/api/v1/hosts/1/findings")["items"], before, "{what}");
        let feeds = admin.read("/api/v1/feeds");
        let row = feeds["items"].as_array().unwrap().iter().find(|row| row["id"] == "debian-tracker").unwrap().clone();
        assert_eq!(row["state"], "in_force", "{what}");
        assert_eq!(row["error"], Value::Null, "{what}: the feed is no worse for a file that was refused");
        let kept = std::fs::read_dir(server.data().join("feeds/debian-tracker")).unwrap();
        assert_eq!(kept.count(), 1, "nothing of what was refused is left behind");
    }
}

fn packages_of_no_host_are_judged_as_well(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    let asked = json!({"platform": "debian:11", "packages": [
        {"name": "389-ds-base", "version": "1.4.4.11-2", "arch": "amd64"},
        {"name": "docker-ce", "version": "5:20.10", "origin": "Docker"},
    ]});
    let judged = admin.post("/api/v1/evaluate", &asked).json();
    assert_eq!((&judged["findings"][0]["cve"], &judged["assessed"]), (&json!("CVE-2016-5416"), &json!(1)));
    assert_eq!(judged["not_assessed"][0]["code"], "foreign_origin");
    let explained = admin.post("/api/v1/explain", &asked).json();
    assert_eq!(explained["items"].as_array().unwrap().len(), 2);
}

/// While the server holds the data it is asked; afterwards the record is read as it lies; and what a
/// server that died did not write down is not guessed.
fn a_scan_judges_by_the_data_of_the_server(engine: Engine) {
    let mut server = Server::start(engine);
    let list = bundled("security-tracker-lists.tar.zst", "data/DSA/list");
    import(&mut server.admin(), "debian-dsa", list);
    let scan = |server: &Server| -> Value {
        let done = server.command(&["scan", "--json"]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    };
    let asked = scan(&server);
    assert_eq!(asked["assessment"]["feeds"], json!(["debian-dsa"]), "{}", asked["assessment"]);
    assert_eq!(server.admin().read("/api/v1/hosts")["total"], 0, "the scan is not kept");
    server.stop();
    let read = scan(&server);
    assert_eq!(read["assessment"], asked["assessment"], "whoever judges says the same");
    assert_eq!(read["findings"], asked["findings"]);

    server.restart();
    import(&mut server.admin(), "debian-dla", bundled("security-tracker-lists.tar.zst", "data/DLA/list"));
    server.kill();
    let died = scan(&server)["assessment"].clone();
    match engine {
        // What it wrote last may not be in the file yet.
        Engine::Sqlite => assert_eq!(died["reasons"][0]["code"], "data_unreadable", "{died}"),
        Engine::Postgres => assert_eq!(died["feeds"], json!(["debian-dla", "debian-dsa"]), "{died}"),
    }
    server.restart();
    assert_eq!(scan(&server)["assessment"]["reasons"][0]["code"], "no_feed");
}

/// Imports a document with these parameters; what it answers, or the sentence in which it was refused.
pub(crate) fn try_import(admin: &mut Client, feed: &str, asked: &str, document: &[u8]) -> Result<Value, String> {
    let path = format!("/api/v1/feeds/{feed}/import?{asked}");
    let answer = admin.send(Method::POST, &path, &[], document.to_vec());
    let text = |value: Value| value["detail"].as_str().unwrap().to_owned();
    if answer.status == 200 { Ok(answer.json()) } else { Err(text(answer.json())) }
}

/// One good record of the tracker, one whose row for bullseye is odd, one that is odd as a whole.
const ODD: &[u8] = br#"{"openssl":{
    "CVE-2026-0001":{"releases":{"bullseye":{"status":"open","urgency":"high"}}},
    "CVE-2026-0002":{"releases":{"bullseye":{"status":"sleeping"},"bookworm":{"status":"open"}}},
    "CVE-2026-0003":7},
  "zlib":{"CVE-2026-0004":{"releases":{"bullseye":{"status":"open"}}},"CVE-2026-0005":{"releases":{"bullseye":{"status":"open"}}}}}"#;

fn what_was_skipped_is_not_assessed(engine: Engine) {
    let mut server = Server::start(engine);
    server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    let mut admin = server.admin();
    let imported = import(&mut admin, "debian-tracker", ODD.to_vec());
    assert_eq!((&imported["records"], &imported["skipped"]), (&json!(4), &json!(2)), "{imported}");
    let row = |admin: &mut Client| {
        let feeds = admin.read("/api/v1/feeds");
        feeds["items"].as_array().unwrap().iter().find(|row| row["id"] == "debian-tracker").unwrap().clone()
    };
    assert_eq!((&row(&mut admin)["skipped"], &row(&mut admin)["lost"]), (&json!(2), &json!(2)));
    for _ in 0..2 {
        // On the host, which has openssl of bullseye.
        for cve in ["CVE-2026-0002", "CVE-2026-0003"] {
            let explained = admin.read(&format!("/api/v1/hosts/1/findings/{cve}?package=openssl"));
            let text = explained["explanation"].to_string();
            let wanted = format!("{cve}: not_assessed because its record in debian-tracker was skipped: ");
            assert!(text.contains(&wanted), "{text}");
            assert!(text.contains("2 records were skipped"), "{text}");
        }
        let found = admin.read("/api/v1/hosts/1/findings?state=not_assessed");
        let cves: Vec<&str> =
            found["items"].as_array().unwrap().iter().map(|row| row["cve"].as_str().unwrap()).collect();
        assert_eq!(cves, ["CVE-2026-0002", "CVE-2026-0003"], "{found:#}");
        assert!(found["items"][0]["words"].as_str().unwrap().contains("the status 'sleeping' is not known"), "{found}");
        assert_eq!(admin.read("/api/v1/hosts/1/findings")["items"][0]["cve"], "CVE-2026-0001", "what is open stays so");
        // And of a list of packages: bookworm's row of the second was understood.
        let asked =
            |platform: &str| json!({"platform": platform, "packages": [{"name": "openssl", "version": "3.0.1-1"}]});
        let skipped = |admin: &mut Client, platform: &str| -> Vec<String> {
            let judged = admin.post("/api/v1/evaluate", &asked(platform)).json();
            judged["skipped"].as_array().unwrap().iter().map(|row| row["cve"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(skipped(&mut admin, "debian:11"), ["CVE-2026-0002", "CVE-2026-0003"]);
        assert_eq!(skipped(&mut admin, "debian:12"), ["CVE-2026-0003"]);
        server.restart();
        admin = server.admin();
    }
    // With the records mended, nothing of it is left.
    let mended =
        String::from_utf8(ODD.to_vec()).unwrap().replace("sleeping", "open").replace("7}", "{\"releases\":{}}}");
    import(&mut admin, "debian-tracker", mended.into_bytes());
    assert_eq!(row(&mut admin)["lost"], 0);
    assert_eq!(admin.read("/api/v1/hosts/1/findings?state=not_assessed")["total"], 0);
}

/// A document of Alpine's database with so many issues.
pub(crate) fn secdb(release: &str, repository: &str, issues: usize) -> Vec<u8> {
    let fixes: Vec<String> = (0..issues).map(|n| format!("\"{}-r0\":[\"CVE-2026-{n:04}\"]", n + 1)).collect();
    let package = format!(r#"{{"pkg":{{"name":"{repository}-a","secfixes":{{{}}}}}}}"#, fixes.join(","));
    format!(r#"{{"reponame":"{repository}","distroversion":"{release}","packages":[{package}]}}"#).into_bytes()
}

fn documents_of_one_feed_stand_beside_each_other(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let issues = |admin: &mut Client, platform: &str, package: &str| {
        let asked = json!({"platform": platform, "packages": [{"name": package, "version": "0-r0"}]});
        admin.post("/api/v1/evaluate", &asked).json()["findings"].as_array().unwrap().len()
    };
    let take = |admin: &mut Client, asked: &str, document: &[u8]| try_import(admin, "alpine-secdb", asked, document);
    take(&mut admin, "name=main.json", &secdb("v3.19", "main", 20)).unwrap();
    let second = take(&mut admin, "name=community.json", &secdb("v3.19", "community", 30)).unwrap();
    assert_eq!((&second["records"], &second["added"], &second["removed"]), (&json!(50), &json!(30), &json!(0)));
    // Another release's file of the same name does not drop the first unasked.
    let why = take(&mut admin, "name=main.json", &secdb("v3.20", "main", 40)).unwrap_err();
    assert!(why.contains("held back: 'main.json' in force speaks of alpine:3.19, this one of alpine:3.20"), "{why}");
    take(&mut admin, "name=v3.20/main.json", &secdb("v3.20", "main", 40)).unwrap();
    let counts = |admin: &mut Client| {
        [("alpine:3.19", "main-a"), ("alpine:3.19", "community-a"), ("alpine:3.20", "main-a")]
            .map(|(p, n)| issues(admin, p, n))
    };
    assert_eq!(counts(&mut admin), [20, 30, 40]);
    // One that shrank is held back, though the whole lost little.
    let why = take(&mut admin, "name=community.json", &secdb("v3.19", "community", 26)).unwrap_err();
    assert!(why.contains("held back: community.json: it has 26 records, 13 % fewer than the 30"), "{why}");
    take(&mut admin, "name=community.json.xz", &secdb("v3.19", "community", 28)).unwrap();
    assert_eq!(counts(&mut admin), [20, 28, 40], "packed or not, it is the same document");
    // A name that several documents could be called by.
    take(&mut admin, "name=v3.19/main.json", &secdb("v3.19", "main", 20)).unwrap();
    let names = |admin: &mut Client| {
        let kept = std::fs::read_dir(server.data().join("feeds/alpine-secdb")).unwrap();
        let _ = admin;
        let mut names: Vec<_> = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let why = take(&mut admin, "name=main.json", &secdb("v3.19", "main", 20)).map(|_| ()).err();
    assert!(why.is_none_or(|why| why.contains("say which with `--name`")), "{:?}", names(&mut admin));
    take(&mut admin, "name=main.json&replace=true", &secdb("v3.18", "main", 5)).unwrap();
    assert_eq!(counts(&mut admin), [0, 0, 0]);
    assert_eq!(issues(&mut admin, "alpine:3.18", "main-a"), 5);
    assert_eq!(names(&mut admin), ["main.json.zst"], "copies of what is gone are gone");
    // A feed of one document is replaced whole, whatever the file is called.
    import(&mut admin, "debian-tracker", tracker());
    let again = try_import(&mut admin, "debian-tracker", "name=other", &tracker()).unwrap();
    assert_eq!((&again["added"], &again["removed"]), (&json!(0), &json!(0)));
}

fn a_file_that_is_in_force_is_not_read_again(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let mut take = |asked: &str, document: &[u8]| try_import(&mut admin, "alpine-secdb", asked, document).unwrap();
    let (main, community) = (secdb("v3.19", "main", 20), secdb("v3.19", "community", 30));
    take("name=main.json&modified=2026-01-02T00:00:00Z", &main);
    let second = take("name=community.json&date=2026-01-04T00:00:00Z", &community);
    let said = |answer: &Value| (answer["outcome"].clone(), answer["records"].clone(), answer["as_of"].clone());
    // The older of the two dates: what is said of one document says nothing of the other.
    assert_eq!(said(&second), (json!("updated"), json!(50), json!("2026-01-02T00:00:00Z")), "{second}");
    let again = take("name=main.json&modified=2026-01-02T00:00:00Z", &main);
    assert_eq!((&again["outcome"], &again["records"]), (&json!("unchanged"), &json!(50)), "{again}");
    // What is newer by its date is news, and so is another file, other bytes for the same text, and whatever is forced.
    let newer = take("name=main.json&modified=2026-01-03T00:00:00Z", &main);
    assert_eq!(said(&newer), (json!("updated"), json!(50), json!("2026-01-03T00:00:00Z")), "{newer}");
    for (asked, document) in [
        ("name=main.json&modified=2026-01-03T00:00:00Z", secdb("v3.19", "main", 21)),
        ("name=main.json&modified=2026-01-03T00:00:00Z", [secdb("v3.19", "main", 21), b"\n".to_vec()].concat()),
        ("name=main.json&modified=2026-01-03T00:00:00Z&force=true", secdb("v3.19", "main", 21)),
    ] {
        assert_eq!(take(asked, &document)["outcome"], "updated", "{asked}");
    }
}

fn what_is_not_the_feeds_document_is_named(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let list = bundled("security-tracker-lists.tar.zst", "data/DSA/list");
    let whole =
        format!("{}/../../../shared/data/feeds/debian/security-tracker-lists.tar.zst", env!("CARGO_MANIFEST_DIR"));
    let utf16: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (feed, document, says) in [
        ("debian-dsa", std::fs::read(whole).unwrap(), "it is an archive (data"),
        ("debian-dsa", tracker(), "it looks like a document of debian-tracker"),
        ("debian-dla", list.clone(), "it looks like a document of debian-dsa"),
        ("debian-tracker", list, "it looks like a document of debian-dsa"),
        ("debian-tracker", b"<!DOCTYPE html><title>Sign in</title>".to_vec(), "it is a web page (HTML)"),
        ("debian-tracker", utf16, "it is text in UTF-16"),
        ("debian-tracker", Vec::new(), "the file is empty"),
        ("debian-dsa", Vec::new(), "the file is empty"),
    ] {
        let why = try_import(&mut admin, feed, "name=x", &document).unwrap_err();
        assert!(why.contains(says), "{feed}: {why}");
    }
    let marked = [b"\xef\xbb\xbf".to_vec(), tracker()].concat();
    assert_eq!(try_import(&mut admin, "debian-tracker", "name=x", &marked).unwrap()["skipped"], 0);
}

fn cves_have_records_of_their_own(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let unknown = admin.read("/api/v1/cves/CVE-2024-0444/record");
    assert_eq!((&unknown["asked"], &unknown["titles"]), (&json!([]), &json!([])), "nothing is loaded");
    let data = |path: &str| {
        std::fs::read(format!("{}/../../../shared/data/feeds/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let kev = import(&mut admin, "cisa-kev", data("kev/known_exploited_vulnerabilities.json.zst"));
    // jq '.vulnerabilities|length', .dateReleased
    assert_eq!((&kev["records"], &kev["dated"]), (&json!(1404), &json!("inside")), "{kev}");
    assert_eq!(kev["as_of"], "2025-08-25T17:04:19.9796Z");
    let records = import(&mut admin, "cve-records", data("cve/vulnrichment-subset.tar.zst"));
    assert_eq!((&records["records"], &records["skipped"]), (&json!(1958), &json!(0)), "{records}");
    let epss =
        b"#model_version:v2025.03.14,score_date:2026-01-02T12:55:00Z\ncve,epss,percentile\nCVE-2024-0444,0.83,0.99\n";
    import(&mut admin, "first-epss", epss.to_vec());

    // `jq .containers.cna` on CVE-2024-0444.json of the bundle.
    let gstreamer = admin.read("/api/v1/cves/cve-2024-0444/record");
    assert_eq!(gstreamer["id"], "CVE-2024-0444");
    assert_eq!(
        gstreamer["epss"],
        json!([{"score": 0.83, "percentile": 0.99, "date": "2026-01-02", "feed": "first-epss"}])
    );
    assert_eq!(gstreamer["titles"][0]["feed"], "cve-records", "{gstreamer}");
    let score = &gstreamer["scores"][0];
    let found = (&score["score"], &score["rating"], &score["source"], &score["feed"]);
    assert_eq!(found, (&json!(7.5), &json!("high"), &json!("zdi"), &json!("cve-records")), "{gstreamer}");
    assert!(score["vector"].as_str().unwrap().starts_with("CVSS:3.0/AV:N/"), "{gstreamer}");
    assert_eq!(gstreamer["weaknesses"], json!([{"id": "CWE-121", "feed": "cve-records"}]), "{gstreamer}");
    // An entry of the catalogue, read by eye.
    let git = admin.read("/api/v1/cves/CVE-2025-48384/record");
    let known = json!([{"added": "2025-08-25", "due": "2025-09-15", "ransomware": false, "feed": "cisa-kev"}]);
    assert_eq!((&git["exploited"], &git["descriptions"][0]["feed"]), (&known, &json!("cisa-kev")));
    let unknown = admin.read("/api/v1/cves/CVE-1999-0001/record");
    let asked = json!(["cisa-kev", "cve-records", "first-epss"]);
    assert_eq!((&unknown["asked"], &unknown["descriptions"]), (&asked, &json!([])), "none of them has it");
    // They say nothing of packages.
    let asked = json!({"platform": "debian:12", "packages": [{"name": "xz-utils", "version": "5.6.0-0.2"}]});
    let judged = admin.post("/api/v1/evaluate", &asked).json();
    assert_eq!((&judged["findings"], &judged["not_assessed"][0]["code"]), (&json!([]), &json!("no_feed")));
    let feeds = admin.read("/api/v1/feeds");
    let row = feeds["items"].as_array().unwrap().iter().find(|row| row["id"] == "cve-records").unwrap().clone();
    assert_eq!((&row["records"], &row["needed"]), (&json!(1958), &json!(false)));
}

fn a_release_that_no_feed_knows_is_told_without_a_command(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    let judged = |admin: &mut Client, platform: &str| {
        let asked = json!({"platform": platform, "packages": [{"name": "a", "version": "1"}]});
        admin.post("/api/v1/evaluate", &asked).json()["not_assessed"][0].clone()
    };
    for (platform, reason, command) in [
        ("centos:8", "no feed speaks for centos:8", Value::Null),
        ("debian:99", "debian-tracker is in force, but says nothing of debian:99", Value::Null),
        (
            "alpine:3.18",
            "no feed in force speaks for alpine:3.18: load alpine-secdb",
            json!("mendwatch feeds sync alpine-secdb"),
        ),
    ] {
        let found = judged(&mut admin, platform);
        assert_eq!((&found["reason"], &found["command"]), (&json!(reason), &command), "{platform}");
    }
    try_import(&mut admin, "alpine-secdb", "name=main.json", &secdb("v3.11", "main", 3)).unwrap();
    let found = judged(&mut admin, "alpine:3.18");
    assert_eq!(found["reason"], "alpine-secdb is in force, but says nothing of alpine:3.18");

    // What the fleet has and needs: a Debian host.
    server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    let feeds = admin.read("/api/v1/feeds");
    let of = |key: &str, wanted: &Value| -> Vec<String> {
        let rows = feeds["items"].as_array().unwrap().iter().filter(|row| &row[key] == wanted);
        rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of("needed", &json!(true)), ["debian-dla", "debian-dsa", "debian-tracker"]);
    assert_eq!(of("speaks_for", &json!(["debian:11"])), ["debian-dla", "debian-dsa", "debian-oval", "debian-tracker"]);
}

/// A tar archive of documents, as of a day.
fn archive(day: &str, members: &[(&str, &[u8])]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in members {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let mut tar = Command::new("tar");
    tar.args(["--create", "--format=pax", "--mtime", day, "--owner=0", "--group=0", "--directory"]).arg(folder.path());
    let done = tar.args(members.iter().map(|(name, _)| *name)).output().expect("tar");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn an_archive_is_as_old_as_what_is_in_it(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let bytes = archive("2021-07-01T00:00:00Z", &[("v3.19/main.json", &secdb("v3.19", "main", 20))]);
    let mut take = |asked: &str| try_import(&mut admin, "alpine-secdb", asked, &bytes).unwrap();
    let copied = take("name=x.tar&modified=2026-01-02T00:00:00Z");
    let said = |answer: &Value| (answer["as_of"].clone(), answer["dated"].clone(), answer["state"].clone());
    assert_eq!(said(&copied), (json!("2021-07-01T00:00:00Z"), json!("members"), json!("too_old")));
    assert_eq!(take("name=x.tar&modified=2026-01-03T00:00:00Z")["outcome"], "unchanged", "copied again");
    let older = take("name=x.tar&modified=2020-01-02T00:00:00Z&force=true");
    assert_eq!(said(&older).0, "2020-01-02T00:00:00Z", "never newer than the file: {older}");
    // A plain day, as the command takes it.
    let given = take("name=x.tar&date=2022-02-03");
    assert_eq!(said(&given), (json!("2022-02-03T00:00:00Z"), json!("given"), json!("too_old")));
    let why = admin.send(Method::POST, "/api/v1/feeds/alpine-secdb/import?name=x&date=soon", &[], bytes.clone());
    let text = String::from_utf8_lossy(&why.body).into_owned();
    assert!(why.status == 422 && text.contains("date is 'soon': expected a day"), "{} {text}", why.status);
    // An archive of records that are dated: `jq -r '.published,.modified'` of all of them, the newest.
    let path = format!("{}/../../../shared/data/feeds/almalinux/osv-database.tar.zst", env!("CARGO_MANIFEST_DIR"));
    let alma = std::fs::read(path).unwrap();
    let taken = try_import(&mut admin, "almalinux-osv", "name=x&modified=2026-11-01T00:00:00Z", &alma).unwrap();
    assert_eq!((&taken["as_of"], &taken["dated"]), (&json!("2026-08-21T12:56:10Z"), &json!("inside")));
}

fn a_member_that_is_lost_is_no_all_clear(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let good = secdb("v3.20", "main", 3);
    let with = |name: &str| archive("2026-01-02T00:00:00Z", &[("v3.20/main.json", &good), (name, b"<html>")]);
    let judged = |admin: &mut Client, platform: &str| {
        let asked = json!({"platform": platform, "packages": [{"name": "main-a", "version": "9-r0"}]});
        admin.post("/api/v1/evaluate", &asked).json()["not_assessed"].clone()
    };
    let asked = "name=x.tar&date=2026-11-20&replace=true";
    // Its release is told by its folder; where it is not, nobody knows what it was about.
    try_import(&mut admin, "alpine-secdb", asked, &with("v3.20/community.json")).unwrap();
    let found = judged(&mut admin, "alpine:3.20");
    assert_eq!(found[0]["code"], "document_skipped", "{found}");
    let reason = found[0]["reason"].as_str().unwrap();
    assert!(reason.contains("what v3.20/community.json would have said in alpine-secdb is not known: "), "{reason}");
    try_import(&mut admin, "alpine-secdb", asked, &with("v3.19/community.json")).unwrap();
    assert_ne!(judged(&mut admin, "alpine:3.20")[0]["code"], "document_skipped");
    try_import(&mut admin, "alpine-secdb", asked, &with("community.json")).unwrap();
    assert_eq!(judged(&mut admin, "alpine:3.20")[0]["code"], "document_skipped");
}
