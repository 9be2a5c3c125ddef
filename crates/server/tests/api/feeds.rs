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
);

fn bundled(bundle: &str, member: &str) -> Vec<u8> {
    let path = format!("{}/../../../shared/data/feeds/debian/{bundle}", env!("CARGO_MANIFEST_DIR"));
    let done = Command::new("tar").args(["--zstd", "-xOf", &path, member]).output().expect("tar");
    assert!(done.status.success(), "{path}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// A trimmed genuine document of the tracker: packages 389-ds-base, wordpress and others.
fn tracker() -> Vec<u8> {
    bundled("samples-vuls-data-update.tar.zst", "pkg/fetch/debian/tracker/api/testdata/fixtures/advisory.json")
}

fn import(admin: &mut Client, feed: &str, document: Vec<u8>) -> Value {
    let path = format!("/api/v1/feeds/{feed}/import?name=sample");
    let answer = admin.send(Method::POST, &path, &[("content-type", "application/octet-stream")], document);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

fn with_389_ds(server: &Server) {
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
    }
    let update = admin.read("/api/v1/hosts/1/updates?q=openssl");
    let closed = update["items"][0]["cves"].as_array().unwrap();
    assert!(closed.iter().any(|cve| cve["cve"] == rows[0]["cve"]), "the update says what it closes");
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!(detail["assessment"]["assessed"], 0, "a list of what was fixed clears nothing");
    let summary = detail["summary"].as_str().unwrap();
    assert!(
        summary.contains("with a fix at hand") && summary.ends_with("What else is vulnerable is not assessed."),
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
